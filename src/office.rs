//! What the group office asks, computed from the records at an instant. One file a report.

mod book;
mod chase;
mod days;
mod matrix;
mod menus;
mod now;
mod people;
mod records;
mod retention;
mod sessions;
mod shares;
mod status;
mod table;
mod watch;

pub use book::{ExchangeBook, book_span, exchange_book, year_of};
pub use chase::{ChaseList, chase_list, menu_span, other_span};
pub use days::{of_today, of_weeks, of_year};
pub use matrix::{MenuMatrix, menu_matrix, reach};
pub use now::{Duties, GroupNow, GroupUpdate, duties, duties_of, group_now, position, two_weeks};
pub use records::{REGISTERS, Records};
pub use retention::{Overdue, overdue};
pub use sessions::{SessionReport, session_report};
pub use shares::{ExchangeShares, exchange_shares, school_year};
pub use status::{GroupStatus, Heard, group_status};
pub use table::{MealTable, meal_table};

pub use crate::kinds::registers::calendar::calendar_of;
pub use crate::kinds::registers::policy::zone;
pub use crate::wire::v1::MenuPeriod;
