//! What else there is on a session's days: the same session pushed twice, by its host or by host and guest, and
//! somebody who is to be in two places. Both are reported and never merged.

use super::{SessionRules, Status, first_day};
use crate::kinds::found::Found;
use crate::kinds::registers::vocabulary::Words;
use crate::kinds::{Case, Known, Rules as _, circles};
use crate::model::date;
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Place, Who};
use crate::wire::v1;
use jiff::civil::{Time, time};
use std::collections::BTreeSet;
use v1::VocabularyTopic as Topic;

/// Of each doubt the first is told: who pushes a hundred sessions of one day wants no answer of ten thousand lines.
pub fn check(session: &v1::Session, case: &Case<'_>, found: &mut Found) {
    let Some(day) = first_day(session) else {
        return;
    };
    let all = case.all::<SessionRules>();
    let [subjects, grades] = [Topic::Subject, Topic::Grade].map(|topic| Words::of(topic, case));
    let spoken = Spoken {
        subjects: subjects.spellings(&session.subjects, day),
        grades: grades.spellings(&session.grades, day),
    };
    let others = || {
        let all = all.values();
        all.filter(|other| other.id != case.record && other.state.status() != Status::Cancelled)
    };
    // Whether it may be read of is asked last: it costs more than all the rest.
    let twin = others().find_map(|other| {
        let day = is_twin(session, other, &spoken, case)?;
        sees(other, case).then_some((other.id, day))
    });
    if let Some((id, (i, date))) = twin {
        let finding = Finding::new(Code::SessionTwin, format!("days[{i}]"));
        found.say(finding.with("date", date).with("id", id));
    }
    for (path, person) in busy(session) {
        let elsewhere = others().find_map(|other| {
            let date = in_both(session, other, person)?;
            let apart = is_twin(session, other, &spoken, case).is_none() && sees(other, case);
            apart.then_some((other.id, date))
        });
        if let Some((id, date)) = elsewhere {
            let finding = Finding::new(Code::PersonTwice, path);
            let finding = finding.with("date", date).with("person", person);
            found.say(finding.with("id", id));
        }
    }
}

/// Whether the owner of the session at hand may read another one.
fn sees(other: &Known<SessionRules>, case: &Case<'_>) -> bool {
    let who = SessionRules::audience(other.owner, &other.content, &other.state);
    let campus = case.owner.campus();
    let campus = campus.and_then(|campus| case.neighbours.record(campus));
    let circles = campus.map_or_else(Vec::new, |campus| circles(&campus.parts.content));
    let mut own = [Who::Group, case.owner.into()].into_iter().chain(circles);
    own.any(|own| who.contains(&own))
}

/// A session's subjects and grades, by every name that another school may give them.
struct Spoken<'a> {
    subjects: BTreeSet<&'a str>,
    grades: BTreeSet<&'a str>,
}

/// The first day of a session that looks like another one: same day, subject and grade, however they are called,
/// by the same host or by one who invited the other.
fn is_twin<'a>(
    session: &'a v1::Session,
    other: &Known<SessionRules>,
    spoken: &Spoken<'_>,
    case: &Case<'_>,
) -> Option<(usize, &'a str)> {
    let there = &other.content;
    let days = session.days.iter().map(|day| day.date.as_str());
    let mut days = days.enumerate();
    let day = days.find(|(_, date)| there.days.iter().any(|day| day.date == *date))?;
    let share = |own: &BTreeSet<&str>, words: &[String]| {
        let mut words = words.iter();
        words.any(|word| own.contains(word.as_str()))
    };
    let untold = session.subjects.is_empty() && there.subjects.is_empty();
    let subject = share(&spoken.subjects, &there.subjects)
        || untold && session.title.trim() == there.title.trim();
    let untold = session.grades.is_empty() || there.grades.is_empty();
    let grade = untold || share(&spoken.grades, &there.grades);
    let invited =
        |session: &v1::Session, guest: Place| session.invited_campus_ids.contains(&guest.to_text());
    let host =
        || other.owner == case.owner || invited(there, case.owner) || invited(session, other.owner);
    (subject && grade && host()).then_some(day)
}

/// The day on which a person has to be in two sessions at one time.
fn in_both<'a>(
    session: &'a v1::Session,
    other: &Known<SessionRules>,
    person: &str,
) -> Option<&'a str> {
    let mut days = session.days.iter();
    let day = days.find(|day| meets(day, &other.content.days))?;
    let there = busy(&other.content);
    let both = there.iter().any(|(_, busy)| *busy == person);
    both.then_some(&day.date)
}

/// Who has to be there, by id: a name alone is nobody.
fn busy(session: &v1::Session) -> Vec<(String, &str)> {
    let speakers = session.speakers.iter().enumerate();
    let speakers = speakers.map(|(i, person)| (format!("speakers[{i}]"), Some(person)));
    let lead = ("lead".to_owned(), session.lead.as_ref());
    let chair = ("chair".to_owned(), session.chair.as_ref());
    let all = [lead, chair].into_iter().chain(speakers);
    let known = all.filter_map(|(path, person)| Some((path, person?.person_id.as_str())));
    known.filter(|(_, id)| !id.is_empty()).collect()
}

/// Whether a day meets one of others at some time.
fn meets(day: &v1::SessionDay, others: &[v1::SessionDay]) -> bool {
    let at_once = |other: &v1::SessionDay| match (hours(day), hours(other)) {
        (Some(a), Some(b)) => a.0 == b.0 || a.0 < b.1 && b.0 < a.1,
        _ => false,
    };
    let mut same = others.iter().filter(|other| other.date == day.date);
    same.any(at_once)
}

/// From when to when, where that is known.
fn hours(day: &v1::SessionDay) -> Option<(Time, Time)> {
    const NOON: Time = time(12, 0, 0, 0);
    match (date::clock_time(&day.start), day.half_day()) {
        (Some(start), _) => Some((start, date::clock_time(&day.end).unwrap_or(start))),
        (None, v1::HalfDay::Morning) => Some((Time::MIN, NOON)),
        (None, v1::HalfDay::Afternoon) => Some((NOON, Time::MAX)),
        (None, v1::HalfDay::Unspecified) => None,
    }
}
