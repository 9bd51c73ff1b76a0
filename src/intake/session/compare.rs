//! Sessions beside each other: twins, and people at two places at once.

use crate::intake::doubt::{Code, Doubt};
use crate::intake::fold;
use crate::intake::reading::{Item, Reading};
use crate::wire::v1::content::Kind;
use crate::wire::v1::{PersonRef, Session, SessionDay};
use std::collections::HashMap;

/// The most sessions that one is compared with.
const COMPARED_MAX: usize = 200;

/// Sessions that look like one another, and people who are at two places at once: one doubt a session.
pub fn compare(reading: &mut Reading) {
    let mut seen: HashMap<(String, String), Vec<usize>> = HashMap::new();
    let mut found = Vec::new();
    for (index, item) in reading.items.iter().enumerate() {
        let Some(session) = session_of(item) else {
            continue;
        };
        let marks = marks(session);
        let before = marks.iter().filter_map(|mark| seen.get(mark)).flatten();
        let others = before
            .take(COMPARED_MAX)
            .filter_map(|other| Some((*other, session_of(&reading.items[*other])?)));
        let meeting: Vec<(usize, &Session)> =
            others.filter(|(_, other)| meet(session, other)).collect();
        let twin = meeting.iter().find(|(_, other)| are_same(session, other));
        let busy = meeting.iter().find_map(|(other_index, other)| {
            let person =
                named(session).find(|one| named(other).any(|other| same_person(one, other)))?;
            Some((other_index, &person.display_name))
        });
        let doubt = match (twin, busy) {
            (Some((other, _)), _) => Some((Doubt::new(Code::Twin, item.place.clone(), ""), other)),
            (None, Some((other, name))) => {
                Some((Doubt::new(Code::BusyTwice, item.place.clone(), name), other))
            }
            (None, None) => None,
        };
        found.extend(doubt.map(|(doubt, other)| Doubt {
            item: Some(index),
            ..doubt.with(format!("#{other}"))
        }));
        for mark in marks {
            seen.entry(mark).or_default().push(index);
        }
    }
    reading.doubts.extend(found);
}

fn session_of(item: &Item) -> Option<&Session> {
    match &item.content {
        Kind::Session(session) => Some(session),
        _ => None,
    }
}

fn are_same(a: &Session, b: &Session) -> bool {
    !a.subjects.is_empty() && a.subjects == b.subjects && a.grades == b.grades
}

/// What two sessions share that are compared: a day, with subjects and grades or with a person.
fn marks(session: &Session) -> Vec<(String, String)> {
    let about = format!("{:?} {:?}", session.subjects, session.grades);
    let about = Some(about).filter(|_| !session.subjects.is_empty());
    let people = named(session).map(|person| fold::key(&person.display_name));
    let what: Vec<String> = about.into_iter().chain(people).collect();
    let days = session.days.iter().filter(|day| !day.date.is_empty());
    days.flat_map(|day| what.iter().map(|what| (day.date.clone(), what.clone())))
        .collect()
}

fn named(session: &Session) -> impl Iterator<Item = &PersonRef> {
    session
        .lead
        .iter()
        .chain(&session.speakers)
        .chain(&session.chair)
}

fn same_person(a: &PersonRef, b: &PersonRef) -> bool {
    let key = |person: &PersonRef| fold::key(&person.display_name);
    key(a) == key(b)
        && (a.affiliation.is_empty() || b.affiliation.is_empty() || a.affiliation == b.affiliation)
}

/// Whether two sessions are at one time, as far as they say.
fn meet(a: &Session, b: &Session) -> bool {
    a.days.iter().any(|one| {
        let same_day = |other: &&SessionDay| other.date == one.date && !one.date.is_empty();
        b.days.iter().filter(same_day).any(|other| {
            let ends = |day: &SessionDay| {
                if day.end.is_empty() {
                    "24:00".to_owned()
                } else {
                    day.end.clone()
                }
            };
            let clocks = !one.start.is_empty() && !other.start.is_empty();
            let halves = one.half_day == other.half_day || one.half_day == 0 || other.half_day == 0;
            if clocks {
                one.start < ends(other) && other.start < ends(one)
            } else {
                halves
            }
        })
    })
}
