//! What the group office asks, computed from the records at an instant. One file a report.

mod menus;
mod records;
mod retention;
mod status;

pub use records::{KINDS, Records};
pub use retention::{Overdue, overdue};
pub use status::{GroupStatus, Heard, group_status};
