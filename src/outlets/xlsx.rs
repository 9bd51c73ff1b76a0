//! Reports as an office prints them on A4, and empty sheets to be filled in: page set up, widths set, headers
//! repeated. Whatever somebody typed is written as text: a name that looks like a formula is a name.

mod blank;
mod exchanges;
mod matrix;
mod report;
mod sheet;
mod week;

pub use blank::blank;
pub use exchanges::national;
pub use matrix::matrix;
pub use report::sheets;
pub use week::week;

/// What a workbook is sent as.
pub const CONTENT_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Why a workbook was not made.
pub type Error = rust_xlsxwriter::XlsxError;
