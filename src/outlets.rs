//! How a report leaves the hub: as a table for a terminal, as csv for Excel and WPS, as JSON. A report becomes sheets
//! first (one file a report), and each form shows sheets.

pub mod chase;
pub mod csv;
pub mod exchanges;
mod json;
pub mod menus;
pub mod sessions;
mod sheet;
pub mod status;
pub mod table;
pub mod words;

pub use json::json;
pub use sheet::{Cell, Sheet, ratio, when, zone};
