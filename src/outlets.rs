//! How a report leaves the hub: as a table for a terminal, as csv for Excel and WPS, as JSON, as a workbook that an
//! office prints, sessions as a calendar that a phone subscribes to. A report becomes sheets first (one file a report),
//! and the forms without a print of their own show sheets.

pub mod chase;
pub mod csv;
pub mod exchanges;
pub mod ics;
pub mod menus;
pub mod sessions;
mod sheet;
pub mod status;
pub mod table;
pub mod week;
pub mod words;
pub mod xlsx;

pub use sheet::{Cell, Sheet, as_of, ratio, when, zone};
