//! Who published menus on time: campus × service week, or campus × day.

use super::menus::{Board, reason_counts};
use super::records::Records;
use super::status::{group_calendar, instant, members};
use crate::model::calendar::Calendar;
use crate::model::date::Span;
use crate::wire::v1::{self, MenuPeriod, MenuStandingState as State};
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use std::collections::BTreeMap;

/// The report, as the contract words it.
pub type MenuMatrix = v1::GetMenuMatrixResponse;

/// The report: a pure function of the records at `position` and of `time`.
#[must_use]
pub fn menu_matrix(
    records: &Records,
    span: Span,
    period: MenuPeriod,
    (position, time): (i64, Timestamp),
) -> MenuMatrix {
    let calendar = group_calendar(records);
    let dates: Vec<Date> = match period {
        MenuPeriod::Day => span.days().collect(),
        _ => weeks(&calendar, span),
    };
    let row = |campus| {
        let board = Board::of(campus, records);
        let cells = match period {
            MenuPeriod::Day => by_day(&board, &dates, time),
            _ => by_week(&board, &dates, time),
        };
        v1::MenuRow {
            campus_id: campus.id.to_string(),
            name: campus.content.name.clone(),
            role: campus.content.role,
            totals: Some(totals(&cells)),
            cells,
        }
    };
    let rows: Vec<v1::MenuRow> = members(records, span).into_iter().map(row).collect();
    let column = |(i, date): (usize, &Date)| v1::MenuColumn {
        date: date.to_string(),
        teaching_week: calendar
            .teaching_week(*date)
            .map_or(0, |(_, week)| week.into()),
        totals: Some(totals(rows.iter().map(|row| &row.cells[i]))),
    };
    MenuMatrix {
        instant: Some(instant(records, (position, time))),
        period: period.into(),
        columns: dates.iter().enumerate().map(column).collect(),
        totals: Some(totals(rows.iter().flat_map(|row| &row.cells))),
        rows,
    }
}

/// All the days whose menus are looked at for a span: those of its service weeks.
#[must_use]
pub fn reach(records: &Records, span: Span) -> Span {
    let weeks = weeks(&group_calendar(records), span);
    let campuses = members(records, span).into_iter();
    let days = campuses.flat_map(|campus| {
        let calendar = Board::of(campus, records).calendar;
        let days = weeks.iter().flat_map(|week| calendar.service_days(*week));
        days.collect::<Vec<_>>()
    });
    days.fold(span, |span, day| Span {
        first: span.first.min(day),
        last: span.last.max(day),
    })
}

/// The service weeks that a day of a span belongs to, by Monday; a free Sunday belongs to none.
fn weeks(calendar: &Calendar, span: Span) -> Vec<Date> {
    let days = span.days();
    let days = days.filter(|day| day.weekday() != Weekday::Sunday || calendar.is_school_day(*day));
    let mut weeks: Vec<Date> = days.map(|day| calendar.service_week(day)).collect();
    weeks.sort_unstable();
    weeks.dedup();
    weeks
}

/// How a campus stands with each of some service weeks.
pub fn by_week(board: &Board<'_>, weeks: &[Date], now: Timestamp) -> Vec<v1::MenuStanding> {
    let cell = |week: &Date| {
        let days = board.days(board.calendar.service_days(*week));
        let deadline = board.deadline(&days);
        board.judge(&days, deadline, now, |day| {
            board.calendar.service_week(day) == *week
        })
    };
    weeks.iter().map(cell).collect()
}

/// How it stands with each of some days, which are due with their weeks.
fn by_day(board: &Board<'_>, days: &[Date], now: Timestamp) -> Vec<v1::MenuStanding> {
    let mut deadlines: BTreeMap<Date, Option<Timestamp>> = BTreeMap::new();
    let cell = |day: &Date| {
        let week = board.calendar.service_week(*day);
        let deadline = deadlines.entry(week);
        let deadline = *deadline
            .or_insert_with(|| board.deadline(&board.days(board.calendar.service_days(week))));
        let expected = board.days([*day]);
        let deadline = deadline.filter(|_| !expected.is_empty());
        board.judge(&expected, deadline, now, |changed| changed == *day)
    };
    days.iter().map(cell).collect()
}

/// The service weeks of a span in the group's calendar, and how a campus stands with them.
pub fn rates(board: &Board<'_>, records: &Records, span: Span, now: Timestamp) -> v1::MenuTotals {
    totals(&by_week(board, &weeks(&group_calendar(records), span), now))
}

fn totals<'a>(cells: impl IntoIterator<Item = &'a v1::MenuStanding>) -> v1::MenuTotals {
    let mut totals = v1::MenuTotals::default();
    let (mut reporting, mut timeliness) = (v1::Ratio::default(), v1::Ratio::default());
    let mut amendments = v1::AmendmentCount::default();
    let mut reasons: BTreeMap<i32, i32> = BTreeMap::new();
    for cell in cells {
        let due = cell.deadline.is_some();
        let state = match cell.state() {
            State::OnTime => &mut totals.on_time,
            State::Late => &mut totals.late,
            State::Excused => &mut totals.excused,
            State::Incomplete => &mut totals.incomplete,
            State::Missing => &mut totals.missing,
            State::NotApplicable | State::Unspecified => &mut totals.not_applicable,
        };
        *state += 1;
        let unfinished = matches!(cell.state(), State::Incomplete | State::Missing);
        totals.open += i32::from(unfinished && cell.open);
        totals.first_on_time += i32::from(cell.first_on_time);
        reporting.numerator += cell.published_days;
        reporting.denominator += cell.expected_days;
        timeliness.numerator += i32::from(due && cell.state() == State::OnTime);
        timeliness.denominator += i32::from(due && !(unfinished && cell.open));
        let made = cell.amendments.clone().unwrap_or_default();
        amendments.total += made.total;
        amendments.same_day += made.same_day;
        for row in made.reasons {
            *reasons.entry(row.reason).or_default() += row.count;
        }
    }
    amendments.reasons = reason_counts(reasons);
    v1::MenuTotals {
        reporting: Some(reporting),
        timeliness: Some(timeliness),
        amendments: Some(amendments),
        ..totals
    }
}

#[cfg(test)]
mod tests;
