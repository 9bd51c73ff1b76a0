//! Where a group stands this service week and the next.

use super::records::Records;
use super::status::group_calendar;
use super::{Heard, MenuPeriod, chase_list, group_status, menu_matrix};
use crate::kinds::registers::policy::zone;
use crate::model::date::Span;
use crate::wire::convert::stored_time;
use crate::wire::v1;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

/// The report, as the contract words it.
pub type GroupUpdate = v1::WatchGroupStatusResponse;

/// The report, and until when it stands if nobody writes anything.
pub struct GroupNow {
    /// The report.
    pub update: GroupUpdate,
    /// When a deadline or the day is over.
    pub changes_at: Timestamp,
}

/// The service week of a day and the next: from its Monday, or the Sunday with school before it, to the next Saturday.
#[must_use]
pub fn two_weeks(records: &Records, day: Date) -> Span {
    let calendar = group_calendar(records);
    let monday = calendar.service_week(day);
    let sunday = monday.saturating_sub(1.day());
    let with_sunday = calendar.is_school_day(sunday) && calendar.service_week(sunday) == monday;
    Span {
        first: if with_sunday { sunday } else { monday },
        last: monday.saturating_add(12.days()),
    }
}

/// What a campus is told of where it stands: nothing of any other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Duties {
    /// What was written up to here is counted.
    pub position: i64,
    /// This service week and the next, each by its Monday, and how the campus's menus of it stand.
    pub menus: Vec<(String, v1::MenuStanding)>,
    /// What it is chased for, but for corrections: those are records that it sees.
    pub owed: Vec<v1::ChaseItem>,
}

/// What of it a campus is told that may see some kinds.
#[must_use]
pub fn duties(now: &GroupUpdate, campus_id: &str, sees: impl Fn(&str) -> bool) -> Duties {
    let menus = now
        .menus
        .iter()
        .filter(|_| sees("menu"))
        .flat_map(|matrix| {
            let row = matrix.rows.iter().filter(|row| row.campus_id == campus_id);
            let columns = matrix.columns.iter().map(|column| column.date.clone());
            row.flat_map(move |row| columns.clone().zip(row.cells.iter().cloned()))
        });
    let chased = now.chase.iter().flat_map(|chase| &chase.campuses);
    let items = chased
        .filter(|campus| campus.campus_id == campus_id)
        .flat_map(|campus| &campus.items);
    Duties {
        position: position(now),
        menus: menus.collect(),
        owed: items
            .filter(|item| kind_of(item.reason()).is_some_and(&sees))
            .cloned()
            .collect(),
    }
}

/// The same of a copy: of the records that a campus sees, as of the position at which they are whole.
#[must_use]
pub fn duties_of<'r>(
    copy: impl IntoIterator<Item = &'r v1::Record>,
    campus_id: &str,
    (position, time): (i64, Timestamp),
) -> Duties {
    let mut records = Records::default();
    for record in copy {
        // What no report reads counts nowhere.
        let _ = records.take(record);
    }
    let span = two_weeks(&records, records.today(time));
    let menus = menu_matrix(&records, span, MenuPeriod::Week, (position, time));
    let chase = chase_list(&records, (position, time));
    let now = GroupUpdate {
        status: None,
        menus: Some(menus),
        chase: Some(chase),
    };
    Duties {
        position,
        ..duties(&now, campus_id, |_| true)
    }
}

/// Up to where what was written is counted.
#[must_use]
pub fn position(now: &GroupUpdate) -> i64 {
    let status = now.status.as_ref();
    let instant = status.and_then(|status| status.instant.as_ref());
    instant.map_or(0, |instant| instant.position)
}

fn kind_of(reason: v1::ChaseReason) -> Option<&'static str> {
    use v1::ChaseReason::{
        ArrivalOpen, AttendanceMissing, CorrectionOpen, EndOpen, MenuIncomplete, MenuMissing,
        SessionOpen, Unspecified,
    };
    match reason {
        MenuMissing | MenuIncomplete => Some("menu"),
        AttendanceMissing | SessionOpen => Some("session"),
        ArrivalOpen | EndOpen => Some("exchange"),
        CorrectionOpen | Unspecified => None,
    }
}

/// The reports over a span, of records that reach as far as the widest of them.
#[must_use]
pub fn group_now(
    records: &Records,
    heard: &Heard,
    span: Span,
    instant: (i64, Timestamp),
) -> GroupNow {
    let (_, time) = instant;
    let menus = menu_matrix(records, span, MenuPeriod::Week, instant);
    let cells = menus.rows.iter().flat_map(|row| &row.cells);
    let deadlines = cells.filter_map(|cell| stored_time(cell.deadline.as_ref()));
    let tomorrow = records.today(time).saturating_add(1.day());
    let midnight = tomorrow.to_zoned(zone(records.policy.as_ref()));
    let midnight = midnight.ok().map(|midnight| midnight.timestamp());
    let changes_at = deadlines.chain(midnight).filter(|at| *at > time).min();
    GroupNow {
        changes_at: changes_at.unwrap_or(Timestamp::MAX),
        update: v1::WatchGroupStatusResponse {
            status: Some(group_status(records, heard, span, instant)),
            menus: Some(menus),
            chase: Some(chase_list(records, instant)),
        },
    }
}

impl GroupUpdate {
    /// Whether both say the same, whenever it was computed and whoever called since.
    #[must_use]
    pub fn says_as(&self, other: &GroupUpdate) -> bool {
        self.timeless() == other.timeless()
    }

    fn timeless(&self) -> GroupUpdate {
        let mut update = self.clone();
        if let Some(status) = &mut update.status {
            status.instant = None;
            for campus in &mut status.campuses {
                campus.last_heard_time = None;
                for replica in &mut campus.replicas {
                    replica.report_time = None;
                }
            }
        }
        if let Some(menus) = &mut update.menus {
            menus.instant = None;
        }
        if let Some(chase) = &mut update.chase {
            chase.instant = None;
        }
        update
    }
}
