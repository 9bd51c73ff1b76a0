//! What people type and their sheets → content as the hub takes it, plus doubts.
//!
//! Pure: bytes, registers and the day of reading in, contents and doubts out. Other names for a campus, a
//! subject or a slot are folded here and only here; the hub never rewrites what was pushed. A name only
//! proposes a person. What was not understood is a doubt, and nothing unknown becomes zero.
//!
//! Data flows one way: `source` (bytes → sheets) → one file a kind (sheets → contents), which share the
//! readers of days (`when`), words (`words`), columns (`columns`) and names
//! (`names`).

pub mod again;
pub mod blank;
mod calendar;
mod columns;
pub mod doubt;
mod exchange;
mod fold;
pub mod guess;
pub mod known;
mod menu;
mod names;
mod person;
pub mod reading;
mod session;
pub mod sheet;
pub mod source;
mod staff_count;
mod when;
pub mod wishes;
mod words;

use known::Known;
use reading::Reading;
use sheet::Sheet;
use source::Unreadable;

/// What a file is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// 食谱.
    Menu,
    /// 教研活动.
    Session,
    /// 交流轮岗.
    Exchange,
    /// 校历.
    Calendar,
    /// Persons.
    Person,
    /// 教师人数.
    StaffCount,
}

/// Reads a file: .xlsx, .xls, .csv or text, in UTF-8 or GB 18030. No bytes make it panic, and none make it
/// take more than a bounded time and memory.
///
/// # Errors
/// When there is nothing in it that could be a sheet or a text.
pub fn read(what: What, bytes: &[u8], known: &Known) -> Result<Reading, Unreadable> {
    let (sheets, doubts) = source::sheets(bytes)?;
    let mut reading = understand(what, &sheets, known);
    reading.doubts.splice(0..0, doubts);
    Ok(reading)
}

/// Reads sheets, as `source` gave them or with cells that somebody corrected.
#[must_use]
pub fn understand(what: What, sheets: &[Sheet], known: &Known) -> Reading {
    match what {
        What::Menu => menu::read(sheets, known),
        What::Session => session::read(sheets, known),
        What::Exchange => exchange::read(sheets, known),
        What::Calendar => calendar::read(sheets, known),
        What::Person => person::read(sheets, known),
        What::StaffCount => staff_count::read(sheets, known),
    }
}
