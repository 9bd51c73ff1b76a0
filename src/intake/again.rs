//! What was read held against what a school has already: the same thing again is the same record, a corrected
//! sheet changes only what it corrects, and what a sheet no longer names is told, never deleted unasked.
//!
//! A record that comes from a sheet gets an id that is made from its natural key, so that whoever hands the sheet
//! in again, on whatever computer, names the same record.

use super::fold::key;
use super::known::Known;
use super::reading::Item;
use crate::content::diff::diff;
pub use crate::content::overlay::Untyped;
use crate::content::overlay::overlay;
use crate::model::date::day;
use crate::wire::v1::content::Kind;
use crate::wire::v1::{self, unit};
use bytes::Bytes;
use prost::Message as _;
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// The name from which the ids of records that come from sheets are made.
const NAMESPACE: Uuid = Uuid::from_u128(0x6c69_616e_7869_616f_8000_7368_6565_7473);

/// A record that a school has, as its author sees it.
#[derive(Clone, Debug)]
pub struct Had {
    /// Its id.
    pub record_id: String,
    /// Its content, encoded.
    pub content: Bytes,
}

/// What becomes of one content that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Filed {
    /// Its number in the reading.
    pub item: usize,
    /// The record it is of.
    pub record_id: String,
    /// What stands there; `None`: nothing, it is new.
    pub before: Option<Bytes>,
    /// What is to stand there. It equals `before` when the sheet says nothing new.
    pub after: Bytes,
    /// Rows that stand there and that the sheet does not name, as paths of the content. They stay or go, as was
    /// asked.
    pub unnamed: Vec<String>,
}

/// What becomes of a reading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filing {
    /// The contents that the school may push, in the order read.
    pub filed: Vec<Filed>,
    /// The numbers of contents that another campus has to push, with its id; empty: the office.
    pub foreign: Vec<(usize, String)>,
    /// Records that came from a sheet, fall into the days of this one, and are not in it.
    pub missing: Vec<String>,
}

/// Holds what was read against what the campus `own` (empty: the office) has of its own.
#[must_use]
pub fn file(items: &[Item], own: &str, had: &[Had], known: &Known, untyped: Untyped) -> Filing {
    let mut filing = Filing::default();
    let mut desk = Desk {
        own,
        known,
        had: had
            .iter()
            .filter_map(|had| Held::read(had, own, known))
            .collect(),
        numbers: BTreeMap::new(),
    };
    let mut mine = Vec::new();
    for (number, item) in items.iter().enumerate() {
        match owner(&item.content).filter(|owner| *owner != own) {
            Some(other) => filing.foreign.push((number, other)),
            None => mine.push((number, item, desk.id(&item.content))),
        }
    }
    let ids: HashSet<String> = mine.iter().map(|(_, _, id)| id.clone()).collect();
    let mut taken = HashSet::new();
    let mut found: Vec<Option<usize>> = mine
        .iter()
        .map(|(_, item, id)| desk.same(&item.content, id, &ids, &mut taken))
        .collect();
    let days = days_of(items.iter().map(|item| &item.content));
    let unknown: Vec<usize> = (0..mine.len()).filter(|at| found[*at].is_none()).collect();
    for at in &unknown {
        let content = &mine[*at].1.content;
        let twins = unknown
            .iter()
            .filter(|other| alike(content, &mine[**other].1.content));
        if twins.count() == 1 {
            found[*at] = desk.corrected(content, &days, &taken);
            taken.extend(found[*at]);
        }
    }
    for ((number, item, id), found) in mine.into_iter().zip(found) {
        let there = found.map(|index| &desk.had[index]);
        filing
            .filed
            .push(filed(number, &item.content, id, there, untyped));
    }
    let missing = (0..desk.had.len()).filter(|index| !taken.contains(index));
    let missing = missing.filter(|index| desk.is_missed(*index, &days));
    filing.missing = missing.map(|index| desk.had[index].id.to_owned()).collect();
    filing
}

/// A record that the school has, read.
struct Held<'a> {
    id: &'a str,
    bytes: &'a Bytes,
    content: Kind,
    /// What people mean by the same one.
    natural: String,
    /// Its id was made from that.
    from_a_sheet: bool,
}

impl<'a> Held<'a> {
    fn read(had: &'a Had, own: &str, known: &Known) -> Option<Self> {
        /// So many rows of one natural key are looked for.
        const ALIKE_MAX: usize = 20;
        let content = v1::Content::decode(had.content.as_ref()).ok()?.kind?;
        let natural = natural(&content, known);
        let is_made = |number| made(own, &natural, number) == had.record_id;
        Some(Held {
            id: &had.record_id,
            bytes: &had.content,
            from_a_sheet: (1..=ALIKE_MAX).any(is_made),
            natural,
            content,
        })
    }
}

struct Desk<'a> {
    own: &'a str,
    known: &'a Known,
    had: Vec<Held<'a>>,
    /// How often each natural key came.
    numbers: BTreeMap<String, usize>,
}

impl Desk<'_> {
    /// The id of what was read: two rows that nothing tells apart are two records, by their order.
    fn id(&mut self, content: &Kind) -> String {
        let natural = natural(content, self.known);
        let number = self.numbers.entry(natural.clone()).or_default();
        *number += 1;
        made(self.own, &natural, *number)
    }

    /// The record that is the same thing: of that id, or, typed another way, of the same natural key.
    fn same(
        &self,
        content: &Kind,
        id: &str,
        ids: &HashSet<String>,
        taken: &mut HashSet<usize>,
    ) -> Option<usize> {
        let by_id = self.had.iter().position(|had| had.id == id);
        let natural = natural(content, self.known);
        let by_key = || {
            let free = |index: &usize| !taken.contains(index);
            let mut all = (0..self.had.len()).filter(free);
            all.find(|index| {
                let had = &self.had[*index];
                !ids.contains(had.id) && had.natural == natural
            })
        };
        let found = by_id.or_else(by_key)?;
        taken.insert(found).then_some(found)
    }

    /// A record of a sheet that this one no longer names, and of which what was read is the correction: a session
    /// of the same title, subjects and grades on another day. Where two could be meant, nobody is chosen: a twin
    /// that is seen does less harm than somebody else's session that is written over.
    fn corrected(&self, content: &Kind, days: &Days, taken: &HashSet<usize>) -> Option<usize> {
        let free = |index: &usize| !taken.contains(index) && self.is_missed(*index, days);
        let alike = |index: &usize| alike(content, &self.had[*index].content);
        let mut all = (0..self.had.len()).filter(free).filter(alike);
        all.next().filter(|_| all.next().is_none())
    }

    /// Whether a record came from a sheet of those days.
    fn is_missed(&self, index: usize, days: &Days) -> bool {
        let had = &self.had[index];
        had.from_a_sheet && days.hold(&had.content)
    }
}

/// What people mean by the same one.
fn natural(content: &Kind, known: &Known) -> String {
    let parts: Vec<String> = match content {
        Kind::Menu(menu) => vec![
            "menu".into(),
            menu.canteen.clone(),
            menu.menu_set.clone(),
            menu.audience.to_string(),
            week(menu, known),
        ],
        Kind::Session(session) => {
            let first = session.days.first().map(|day| day.date.clone());
            vec![
                "session".into(),
                session.title.clone(),
                first.unwrap_or_default(),
            ]
        }
        Kind::Exchange(exchange) => {
            let person = exchange.person.as_ref();
            let name = person.map(|person| person.display_name.clone());
            vec![
                "exchange".into(),
                name.unwrap_or_default(),
                unit(exchange.home.as_ref()).1,
                unit(exchange.host.as_ref()).1,
                exchange.planned_start.chars().take(4).collect(),
            ]
        }
        Kind::Person(person) => vec![
            "person".into(),
            person.home_campus_id.clone(),
            person.display_name.clone(),
        ],
        Kind::Calendar(calendar) => vec!["calendar".into(), calendar.campus_id.clone()],
        Kind::StaffCount(count) => vec![
            "staff_count".into(),
            count.campus_id.clone(),
            count.school_year.to_string(),
            count.day.clone(),
        ],
        other => vec![format!("{other:?}")],
    };
    let parts = parts.iter().map(|part| key(part).replace('/', "%2F"));
    parts.collect::<Vec<_>>().join("/")
}

/// The service week that a menu begins in: a make-up Sunday belongs to the week after it.
fn week(menu: &v1::Menu, known: &Known) -> String {
    let first = menu.service_dates.iter().min();
    let first = first.and_then(|date| day(date));
    let week = first.map(|date| known.calendar().service_week(date));
    week.map(|week| week.to_string()).unwrap_or_default()
}

/// Whether two contents differ at most in their days.
fn alike(one: &Kind, other: &Kind) -> bool {
    let (Kind::Session(one), Kind::Session(other)) = (one, other) else {
        return false;
    };
    let subjects = (&one.subjects, &one.grades) == (&other.subjects, &other.grades);
    subjects && key(&one.title) == key(&other.title)
}

/// The first and the last day that contents touch; `None`: they have no days.
struct Days(Option<(String, String)>);

fn days_of<'a>(contents: impl Iterator<Item = &'a Kind>) -> Days {
    let mut all: Vec<String> = contents.flat_map(dates).collect();
    all.sort_unstable();
    let ends = all.first().cloned().zip(all.last().cloned());
    Days(ends)
}

impl Days {
    fn hold(&self, content: &Kind) -> bool {
        match (&self.0, dates(content).into_iter().min()) {
            (Some((first, last)), Some(begins)) => *first <= begins && begins <= *last,
            (_, None) => true,
            (None, Some(_)) => false,
        }
    }
}

pub(super) fn dates(content: &Kind) -> Vec<String> {
    match content {
        Kind::Menu(menu) => menu.service_dates.clone(),
        Kind::Session(session) => session.days.iter().map(|day| day.date.clone()).collect(),
        Kind::Exchange(exchange) => {
            let start = Some(exchange.planned_start.clone());
            start
                .filter(|start| !start.is_empty())
                .into_iter()
                .collect()
        }
        _ => Vec::new(),
    }
}

/// A school: whether it is a campus, and its id or name.
fn unit(unit: Option<&v1::Unit>) -> (bool, String) {
    match unit.and_then(|unit| unit.unit.as_ref()) {
        Some(unit::Unit::CampusId(id)) => (true, id.clone()),
        Some(unit::Unit::Outside(name)) => (false, name.clone()),
        None => (false, String::new()),
    }
}

/// Who has to push a content; `None`: whoever has it. The home school of an exchange, or the host when home
/// lies outside the group; registers are the office's.
fn owner(content: &Kind) -> Option<String> {
    match content {
        Kind::Exchange(exchange) => {
            let (home, host) = (unit(exchange.home.as_ref()), unit(exchange.host.as_ref()));
            let campuses = [home, host].into_iter().filter(|(campus, _)| *campus);
            campuses.map(|(_, id)| id).next()
        }
        Kind::Person(_) | Kind::Calendar(_) | Kind::StaffCount(_) => Some(String::new()),
        _ => None,
    }
}

fn made(own: &str, natural: &str, number: usize) -> String {
    let name = match number {
        1 => format!("{own}/{natural}"),
        _ => format!("{own}/{natural}#{number}"),
    };
    Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string()
}

fn filed(
    item: usize,
    content: &Kind,
    id: String,
    there: Option<&Held<'_>>,
    untyped: Untyped,
) -> Filed {
    let typed = content.clone().encoded();
    let Some(there) = there else {
        return Filed {
            item,
            record_id: id,
            before: None,
            after: typed,
            unnamed: Vec::new(),
        };
    };
    let lean = overlay(there.bytes, &typed, Untyped::Go);
    // A row of a list of sessions or exchanges says all of its days; a sheet of meals may be half a week.
    let whole = matches!(content, Kind::Session(_) | Kind::Exchange(_));
    let full = match whole {
        true => lean.clone(),
        false => with_days_of_meals(overlay(there.bytes, &typed, Untyped::Stay)),
    };
    let rows = diff("lianxiao.v1.Content", &full, &lean).into_iter();
    let rows = rows.filter(|change| change.after.is_none() && !change.path.contains("[value="));
    Filed {
        item,
        record_id: there.id.to_owned(),
        before: Some(there.bytes.clone()),
        unnamed: rows.map(|change| change.path).collect(),
        after: match untyped {
            Untyped::Stay => full,
            Untyped::Go => lean,
        },
    }
}

/// A menu whose meals stay keeps their days.
fn with_days_of_meals(content: Bytes) -> Bytes {
    let Ok(v1::Content {
        kind: Some(Kind::Menu(menu)),
    }) = v1::Content::decode(content.as_ref())
    else {
        return content;
    };
    let meals = menu.meals.iter().map(|meal| &meal.date);
    let mut dates: Vec<String> = menu.service_dates.iter().chain(meals).cloned().collect();
    dates.sort_unstable();
    dates.dedup();
    if dates == menu.service_dates {
        return content;
    }
    let days = v1::Menu {
        service_dates: dates,
        ..Default::default()
    };
    overlay(&content, &Kind::Menu(days).encoded(), Untyped::Stay)
}

/// The action that changes a published menu from one content to another, and what it cannot change: once
/// published, only meals and days without service change, for a reason.
#[must_use]
pub fn amendment(
    before: &Bytes,
    after: &Bytes,
    reason: v1::AmendReason,
) -> Option<(v1::AmendMenu, Vec<String>)> {
    let menu = |bytes: &Bytes| match v1::Content::decode(bytes.as_ref()).ok()?.kind? {
        Kind::Menu(menu) => Some(menu),
        _ => None,
    };
    let (old, new) = (menu(before)?, menu(after)?);
    let action = v1::AmendMenu {
        reason: reason.into(),
        meals: new
            .meals
            .iter()
            .filter(|meal| !old.meals.contains(meal))
            .cloned()
            .collect(),
        no_service_days: {
            let fresh = new.no_service_days.iter();
            fresh
                .filter(|day| !old.no_service_days.contains(day))
                .cloned()
                .collect()
        },
    };
    let amended = ["menu.meals[", "menu.no_service_days[", "menu.service_dates"];
    let changes = diff("lianxiao.v1.Content", before, after).into_iter();
    let left = changes.filter(|change| {
        change.after.is_none() || !amended.iter().any(|unit| change.path.starts_with(unit))
    });
    Some((action, left.map(|change| change.path).collect()))
}

#[cfg(test)]
mod tests;
