//! The days that a report is over when whoever asks leaves them out: as the group counts them, wherever he is.

use super::book::year_of;
use super::now::two_weeks;
use super::records::Records;
use super::shares::school_year;
use crate::model::date::{Days, Span};
use jiff::civil::Date;

/// Else this service week and the next.
#[must_use]
pub fn of_weeks(days: Days, records: &Records, today: Date) -> Span {
    let first = two_weeks(records, today).first;
    days.or(first, |first| two_weeks(records, first).last)
}

/// Else today.
#[must_use]
pub fn of_today(days: Days, today: Date) -> Span {
    days.or(today, |first| first)
}

/// Else the school year so far.
#[must_use]
pub fn of_year(days: Days, today: Date) -> Span {
    let first = school_year(year_of(today)).first;
    days.or(first, |first| today.max(first))
}
