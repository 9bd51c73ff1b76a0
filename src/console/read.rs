//! What pages read: records as the caller may see them, with their typed parts, and the ground they stand on
//! (names of campuses, the group's zone and calendar).

use crate::hub::{Hub, HubError, calendar_of, zone};
use crate::model::calendar::Calendar;
use crate::model::caller::Caller;
use crate::model::date::{self, Span};
use crate::outlets::week::AllergenNames;
use crate::wire::convert::{BadArgument, day, record, record_id, stored_time};
use crate::wire::v1::{self, content, state};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use prost::Message as _;
use std::collections::HashMap;

/// A record with its typed parts.
pub struct Seen {
    /// The record.
    pub record: v1::Record,
    /// What its owner wrote.
    pub content: content::Kind,
    /// What the hub keeps of its course.
    pub state: Option<state::Kind>,
}

/// A record with its typed parts; `None` when it has no content.
pub fn seen(record: v1::Record) -> Option<Seen> {
    let content = v1::Content::decode(record.content.clone()).ok()?.kind?;
    let state = v1::State::decode(record.state.clone()).ok()?.kind;
    Some(Seen {
        record,
        content,
        state,
    })
}

/// A record by its id.
///
/// # Errors
/// `NotFound` for what is not there, not the caller's to see, or has no content.
pub async fn one(hub: &Hub, caller: &Caller, id: &str) -> Result<Seen, HubError> {
    // What is no id is no record.
    let id = record_id("id", id).map_err(|_| not_here(id))?;
    let change = hub.record(caller, id, 0, None).await?;
    record(change)
        .and_then(seen)
        .ok_or_else(|| not_here(&id.to_string()))
}

/// What is not a record of the page that was asked for.
pub fn not_here(id: &str) -> HubError {
    HubError::NotFound {
        what: "record",
        id: id.to_owned(),
        deleted: false,
    }
}

/// The records of a kind that touch a span.
///
/// # Errors
/// When the database failed.
pub async fn touching(
    hub: &Hub,
    caller: &Caller,
    kind: &str,
    span: Span,
) -> Result<Vec<Seen>, HubError> {
    let changes = hub.touching(caller, kind, span).await?;
    Ok(changes
        .into_iter()
        .filter_map(record)
        .filter_map(seen)
        .collect())
}

/// A menu with its record and course.
pub type SeenMenu = (v1::Record, v1::Menu, v1::MenuState);

/// The menus that touch a span.
///
/// # Errors
/// When the database failed.
pub async fn menus(hub: &Hub, caller: &Caller, span: Span) -> Result<Vec<SeenMenu>, HubError> {
    let seen = touching(hub, caller, "menu", span).await?;
    let menu = |seen: Seen| match (seen.content, seen.state) {
        (content::Kind::Menu(menu), Some(state::Kind::Menu(state))) => {
            Some((seen.record, menu, state))
        }
        _ => None,
    };
    Ok(seen.into_iter().filter_map(menu).collect())
}

/// Whether a menu is announced.
pub fn announced(state: &v1::MenuState) -> bool {
    use v1::MenuStatus::{Amended, Closed, Published};
    matches!(state.status(), Published | Amended | Closed)
}

/// The registers that are read for it.
pub const GROUND: [&str; 3] = ["campus", "calendar", "policy"];

/// The ground that records stand on.
pub struct Ground {
    /// The campuses, by id, head school first, then branches, then members, each by name.
    pub campuses: Vec<(String, v1::Campus)>,
    calendars: Vec<v1::Calendar>,
    /// Where the group's days begin.
    pub zone: TimeZone,
    /// The hub's clock.
    pub now: Timestamp,
    /// What was written up to here is shown.
    pub position: i64,
}

impl Ground {
    /// Reads it.
    ///
    /// # Errors
    /// When the database failed.
    pub async fn of(hub: &Hub, caller: &Caller) -> Result<Self, HubError> {
        // Read first: what is written meanwhile is told of.
        let position = hub.newest(caller).await?;
        let mut registers = Vec::new();
        for kind in GROUND {
            let seen = touching(hub, caller, kind, Span::ALWAYS).await?;
            registers.extend(seen.into_iter().map(|seen| (seen.record.id, seen.content)));
        }
        Ok(Ground::made_of(registers, hub.now(), position))
    }

    /// Of registers, each by its id.
    pub fn made_of(
        registers: impl IntoIterator<Item = (String, content::Kind)>,
        now: Timestamp,
        position: i64,
    ) -> Self {
        let (mut campuses, mut calendars, mut policy) = (Vec::new(), Vec::new(), None);
        for (id, content) in registers {
            match content {
                content::Kind::Campus(campus) => campuses.push((id, campus)),
                content::Kind::Calendar(calendar) => calendars.push(calendar),
                content::Kind::Policy(of_group) => policy = Some(of_group),
                _ => {}
            }
        }
        campuses.sort_by_cached_key(|(id, of)| (of.role, of.name.clone(), id.clone()));
        Ground {
            campuses,
            calendars,
            zone: zone(policy.as_ref()),
            now,
            position,
        }
    }

    /// A campus's name; its id, when it is none that the caller knows.
    pub fn name<'a>(&'a self, id: &'a str) -> &'a str {
        let known = self.campuses.iter().find(|(of, _)| of == id);
        known.map_or(id, |(_, campus)| campus.name.as_str())
    }

    /// A school inside or outside the group: its name, and its page.
    pub fn unit(&self, unit: Option<&v1::Unit>) -> (String, Option<String>) {
        match unit.and_then(|unit| unit.unit.as_ref()) {
            Some(v1::unit::Unit::CampusId(id)) => {
                (self.name(id).to_owned(), Some(format!("/campus/{id}")))
            }
            Some(v1::unit::Unit::Outside(name)) => (name.clone(), None),
            None => (String::new(), None),
        }
    }

    /// Today, where the group's days begin.
    pub fn today(&self) -> Date {
        self.now.to_zoned(self.zone.clone()).date()
    }

    /// The days of a campus (an empty id: of the group).
    pub fn calendar(&self, campus_id: &str) -> Calendar {
        calendar_of(campus_id, &self.calendars)
    }

    /// The Monday that names the service week of a day, and what a page shows of that week: from the Sunday
    /// before it to the Saturday.
    pub fn week(&self, day: Date) -> (Date, Span) {
        let monday = self.calendar("").service_week(day);
        let span = Span {
            first: monday.saturating_sub(1.day()),
            last: monday.saturating_add(5.days()),
        };
        (monday, span)
    }

    /// The day that a page is asked for (`week`), or today.
    ///
    /// # Errors
    /// When it is none.
    pub fn asked_day(&self, query: &HashMap<String, String>) -> Result<Date, BadArgument> {
        match query.get("week") {
            Some(text) => day("week", text),
            None => Ok(self.today()),
        }
    }

    /// A time in the group's zone: 5月9日 18:40.
    pub fn moment(&self, time: Timestamp) -> String {
        let local = time.to_zoned(self.zone.clone());
        format!(
            "{}月{}日 {:02}:{:02}",
            local.month(),
            local.day(),
            local.hour(),
            local.minute()
        )
    }

    /// The same of a time of the contract; empty when it is absent.
    pub fn told(&self, time: Option<&prost_types::Timestamp>) -> String {
        stored_time(time)
            .map(|time| self.moment(time))
            .unwrap_or_default()
    }
}

/// A day as people read it: 5月11日 周一. What is no day stays as it is.
pub fn day_text(text: &str) -> String {
    date::day(text).map_or_else(
        || text.to_owned(),
        |day| format!("{}月{}日 {}", day.month(), day.day(), weekday(day)),
    )
}

/// 周一 to 周日.
pub fn weekday(day: Date) -> &'static str {
    ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
        [usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0)]
}

/// The names of allergens in the group's vocabularies.
///
/// # Errors
/// When the database failed.
pub async fn allergen_names(hub: &Hub, caller: &Caller) -> Result<AllergenNames, HubError> {
    let seen = touching(hub, caller, "vocabulary", Span::ALWAYS).await?;
    let vocabularies = seen.into_iter().filter_map(|seen| match seen.content {
        content::Kind::Vocabulary(of) if of.topic() == v1::VocabularyTopic::Allergen => Some(of),
        _ => None,
    });
    let names = vocabularies.flat_map(|of| {
        let scheme = of.scheme;
        of.words
            .into_iter()
            .map(move |word| ((scheme.clone(), word.code), word.name))
    });
    Ok(names.collect())
}
