//! Whom to chase on a day (催报), as a list and as a line.

mod line;

use super::menus::{Board, ExpectedDay};
use super::records::{Kept, Records};
use super::status::{instant, members, open_corrections, unit_is};
use super::watch;
use crate::kinds::registers::policy::zone;
use crate::model::date::Span;
use crate::wire::convert::stored_time;
use crate::wire::v1::{self, ChaseReason as Reason, ExchangeConcern as Concern};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use v1::MenuStandingState::{Incomplete, Missing};

/// The report, as the contract words it.
pub type ChaseList = v1::GetChaseListResponse;

/// So many service weeks are looked at, this one the first: no holiday is so long inside a term that the menu after
/// it is due before they are over.
const WEEKS: i32 = 5;

/// The days whose menus are looked at on a day.
#[must_use]
pub fn menu_span(today: Date) -> Span {
    Span {
        first: today.saturating_sub(7.days()),
        last: today.saturating_add((7 * WEEKS).days()),
    }
}

/// The days whose sessions and movements are looked at on a day: what is older than a year is let go.
#[must_use]
pub fn other_span(today: Date) -> Span {
    Span {
        first: today.saturating_sub(366.days()),
        last: today,
    }
}

/// The report: a pure function of the records at `position` and of `time`.
#[must_use]
pub fn chase_list(records: &Records, (position, time): (i64, Timestamp)) -> ChaseList {
    let zone = zone(records.policy.as_ref());
    let today = time.to_zoned(zone.clone()).date();
    let (first, last) = (today, today);
    let here = members(records, Span { first, last });
    let unrecorded = watch::sessions(records, &here, other_span(today), today);
    let watched = watch::exchanges(records, other_span(today), today);
    let campus = |campus: &&Kept<v1::Campus>| {
        let id = campus.id.to_string();
        let items = menus(&Board::of(campus, records), today, time, &zone)
            .into_iter()
            .chain(unrecorded.iter().filter_map(|of| session(of, &id)))
            .chain(watched.iter().filter_map(|of| exchange(of, &id)))
            .chain(corrections(campus, records, &zone));
        v1::ChasedCampus {
            name: campus.content.name.clone(),
            items: sorted(items.collect()),
            campus_id: id,
        }
    };
    let campuses = here.iter().map(campus);
    let campuses: Vec<_> = campuses.filter(|campus| !campus.items.is_empty()).collect();
    ChaseList {
        instant: Some(instant(records, (position, time))),
        date: today.to_string(),
        line: line::of(today, &campuses),
        campuses,
    }
}

fn sorted(mut items: Vec<v1::ChaseItem>) -> Vec<v1::ChaseItem> {
    items.sort_by(|a, b| {
        (a.reason, &a.dates, &a.record_id).cmp(&(b.reason, &b.dates, &b.record_id))
    });
    items
}

/// The menus of this week and the coming ones that are due today or were due. What was served unannounced is over.
fn menus(board: &Board<'_>, today: Date, now: Timestamp, zone: &TimeZone) -> Vec<v1::ChaseItem> {
    let this = board.calendar.service_week(today);
    let weeks = (0..WEEKS).map(|week| this.saturating_add((7 * week).days()));
    let owed = weeks.filter_map(|week| {
        let days = board.days(board.calendar.service_days(week));
        let deadline = board.deadline(&days);
        let standing = board.judge(&days, deadline, now, |_| false);
        let due = deadline.map(|deadline| deadline.to_zoned(zone.clone()).date());
        let due = due.or_else(|| days.first().map(ExpectedDay::date));
        let today_text = today.to_string();
        let mut dates = standing.missing_dates.clone();
        dates.retain(|date| *date >= today_text);
        let reason = match standing.state() {
            Missing => Reason::MenuMissing,
            Incomplete => Reason::MenuIncomplete,
            _ => return None,
        };
        (due? <= today && !dates.is_empty()).then(|| v1::ChaseItem {
            reason: reason.into(),
            dates,
            deadline: standing.deadline,
            ..Default::default()
        })
    });
    owed.collect()
}

/// What a campus owes of a session that is over.
fn session(of: &v1::UnrecordedSession, campus_id: &str) -> Option<v1::ChaseItem> {
    let session = of.session.as_ref()?;
    let silent = of.silent_campus_ids.iter().any(|id| id == campus_id);
    let open = session.host_campus_id == campus_id && of.silent_campus_ids.is_empty();
    let reason = match (silent, open) {
        (true, _) => Reason::AttendanceMissing,
        (_, true) => Reason::SessionOpen,
        _ => return None,
    };
    Some(v1::ChaseItem {
        reason: reason.into(),
        record_id: session.session_id.clone(),
        title: session.title.clone(),
        dates: vec![session.first_date.clone()],
        deadline: None,
    })
}

/// What a campus has to confirm of a movement: the host, and home for a host outside the group.
fn exchange(of: &v1::WatchedExchange, campus_id: &str) -> Option<v1::ChaseItem> {
    let exchange = of.exchange.as_ref()?;
    let outside = exchange.host.as_ref().and_then(|host| host.unit.as_ref());
    let outside = matches!(outside, Some(v1::unit::Unit::Outside(_)));
    let confirms = if outside {
        &exchange.home
    } else {
        &exchange.host
    };
    if !unit_is(confirms.as_ref(), campus_id) {
        return None;
    }
    let concerned = |concern| of.concerns().any(|other| other == concern);
    let (reason, date) = if concerned(Concern::NotArrived) {
        (Reason::ArrivalOpen, &exchange.planned_start)
    } else if concerned(Concern::PastEnd) {
        (Reason::EndOpen, &exchange.planned_end)
    } else {
        return None;
    };
    Some(v1::ChaseItem {
        reason: reason.into(),
        record_id: exchange.exchange_id.clone(),
        dates: vec![date.clone()],
        ..Default::default()
    })
}

fn corrections(
    campus: &Kept<v1::Campus>,
    records: &Records,
    zone: &TimeZone,
) -> Vec<v1::ChaseItem> {
    let open = open_corrections(campus, records).into_iter();
    let items = open.filter_map(|open| {
        let asked = open.asked?;
        let day = stored_time(asked.ask_time.as_ref())?
            .to_zoned(zone.clone())
            .date();
        Some(v1::ChaseItem {
            reason: Reason::CorrectionOpen.into(),
            record_id: open.record_id,
            title: asked.field,
            dates: vec![day.to_string()],
            deadline: None,
        })
    });
    items.collect()
}

#[cfg(test)]
mod tests;
