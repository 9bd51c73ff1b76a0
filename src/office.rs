//! What the group office asks, computed from the records at an instant. One file a report.

mod menus;
mod records;
mod retention;
mod shares;
mod status;
mod watch;

pub use crate::kinds::registers::calendar::calendar_of;
pub use crate::kinds::registers::policy::zone;
pub use records::{KINDS, Records};
pub use retention::{Overdue, overdue};
pub use shares::{ExchangeShares, exchange_shares, school_year};
pub use status::{GroupStatus, Heard, group_status};
