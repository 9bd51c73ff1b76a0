//! Sessions as a calendar that phones and desktops subscribe to (iCalendar, RFC 5545). No person is named.

use super::words;
use crate::model::date::{clock_time, day};
use crate::wire::v1::{self, SessionStatus};
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus, Property};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// How often a phone should ask: RFC 7986, and the older name that Outlook and Apple know.
const ASK_AGAIN: &str = "PT1H";

/// A session, to be put into a calendar.
pub struct Meeting {
    /// The record, by id.
    pub id: String,
    /// Its version: a phone shows the newest of an entry.
    pub version: i64,
    /// When that version was written.
    pub written: Timestamp,
    /// What its owner wrote.
    pub session: v1::Session,
    /// How far it is.
    pub status: SessionStatus,
    /// Where it meets; may be empty.
    pub place: String,
    /// The hosting campus, by name.
    pub host: String,
}

/// A calendar of sessions: an entry a day of each. One that was called off stays, marked so; one that was put off
/// has no days that hold, and is marked tentative.
pub fn calendar(
    group: &str,
    zone: &TimeZone,
    meetings: impl IntoIterator<Item = Meeting>,
) -> String {
    let mut calendar = Calendar::new();
    calendar
        .name(&format!("{group} 教研"))
        .append_property(of_kind("REFRESH-INTERVAL", "DURATION", ASK_AGAIN))
        .append_property(("X-PUBLISHED-TTL", ASK_AGAIN));
    if let Some(name) = zone.iana_name() {
        calendar.timezone(name);
    }
    for meeting in meetings {
        for (number, of_day) in meeting.session.days.iter().enumerate() {
            if let Some(date) = day(&of_day.date) {
                calendar.push(event(&meeting, (number, date, of_day), zone));
            }
        }
    }
    calendar.done().to_string()
}

fn event(
    meeting: &Meeting,
    (number, date, of_day): (usize, Date, &v1::SessionDay),
    zone: &TimeZone,
) -> Event {
    let session = &meeting.session;
    let mut event = Event::new();
    let half = match of_day.half_day() {
        v1::HalfDay::Morning => "（上午）",
        v1::HalfDay::Afternoon => "（下午）",
        v1::HalfDay::Unspecified => "",
    };
    event
        // The number of the day, not the day: one that is moved is the same entry.
        .uid(&format!("{}-{number}@lianxiao", meeting.id))
        .sequence(u32::try_from(meeting.version).unwrap_or(u32::MAX))
        .summary(&format!("{}{half}", session.title))
        .description(&description(meeting))
        .status(match meeting.status {
            SessionStatus::Cancelled => EventStatus::Cancelled,
            SessionStatus::Postponed | SessionStatus::Planned => EventStatus::Tentative,
            _ => EventStatus::Confirmed,
        });
    let written = utc(meeting.written);
    event
        .append_property(("DTSTAMP", written.as_str()))
        .append_property(("LAST-MODIFIED", written.as_str()));
    if !meeting.place.is_empty() {
        event.location(&meeting.place);
    }
    let at = |clock: &str| {
        let zoned = date.to_datetime(clock_time(clock)?).to_zoned(zone.clone());
        Some(zoned.ok()?.timestamp())
    };
    if let Some(start) = at(&of_day.start) {
        // In UTC: every calendar shows it in its own zone, and none needs to know the group's.
        event.append_property(("DTSTART", utc(start).as_str()));
        if let Some(end) = at(&of_day.end) {
            event.append_property(("DTEND", utc(end).as_str()));
        }
    } else {
        let text = |date: Date| date.strftime("%Y%m%d").to_string();
        let next = date.saturating_add(1.day());
        event
            .append_property(of_kind("DTSTART", "DATE", &text(date)))
            .append_property(of_kind("DTEND", "DATE", &text(next)));
    }
    event.done()
}

fn of_kind(name: &str, kind: &str, value: &str) -> Property {
    Property::new(name, value)
        .add_parameter("VALUE", kind)
        .done()
}

fn description(meeting: &Meeting) -> String {
    let session = &meeting.session;
    let mut lines = vec![
        words::form(session.form()).to_owned(),
        format!("主办：{}", meeting.host),
        format!("状态：{}", words::session_status(meeting.status)),
    ];
    let of = [session.subjects.join("、"), session.grades.join("、")].join(" ");
    if !of.trim().is_empty() {
        lines.push(of.trim().to_owned());
    }
    lines.join("\n")
}

fn utc(time: Timestamp) -> String {
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}
