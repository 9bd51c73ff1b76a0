//! What of a session is worth a look: when it is, what it is called, who is meant.

use super::{first_day, people};
use crate::kinds::Case;
use crate::kinds::found::Found;
use crate::kinds::registers::calendar::calendar;
use crate::kinds::registers::campus;
use crate::kinds::registers::person::propose;
use crate::kinds::registers::vocabulary::Words;
use crate::model::date;
use crate::model::finding::{Code, Finding};
use crate::wire::v1;
use v1::VocabularyTopic as Topic;

pub fn check(session: &v1::Session, case: &Case<'_>, found: &mut Found) {
    check_clock(session, found);
    check_terms(session, case, found);
    check_words(session, case, found);
    check_stage(session, case, found);
    for (path, person) in people(session) {
        propose(&path, person, case, found);
    }
}

/// A notice says when people meet, unless each does it at a time of their own.
fn check_clock(session: &v1::Session, found: &mut Found) {
    if session.mode() == v1::SessionMode::OnlineAsync {
        return;
    }
    for (i, day) in session.days.iter().enumerate() {
        let known = date::day(&day.date).is_some();
        if known && day.start.is_empty() && day.half_day() == v1::HalfDay::Unspecified {
            found.add_with(Code::ClockMissing, &format!("days[{i}]"), "date", &day.date);
        }
    }
}

/// Real sessions fall on weekends and in vacations: never refused, and counted in the coming term.
fn check_terms(session: &v1::Session, case: &Case<'_>, found: &mut Found) {
    let Some(calendar) = calendar(case) else {
        return;
    };
    for (i, day) in session.days.iter().enumerate() {
        let Some(date) = date::day(&day.date) else {
            continue;
        };
        if calendar.terms().iter().any(|term| term.days.contains(date)) {
            continue;
        }
        let term = calendar
            .counted_in(date)
            .map_or("-", |term| term.name.as_str());
        let finding = Finding::new(Code::OutsideTerm, format!("days[{i}]"));
        found.say(finding.with("date", date).with("term", term));
    }
}

fn check_words(session: &v1::Session, case: &Case<'_>, found: &mut Found) {
    let Some(day) = first_day(session) else {
        return;
    };
    let lists = [
        ("subjects", Topic::Subject, &session.subjects),
        ("grades", Topic::Grade, &session.grades),
    ];
    for (field, topic, values) in lists {
        let words = Words::of(topic, case);
        for (i, value) in values.iter().enumerate() {
            words.check(&format!("{field}[{i}]"), "", value, day, found);
        }
    }
}

/// The stage and the grades fit each other, as the host has them.
fn check_stage(session: &v1::Session, case: &Case<'_>, found: &mut Found) {
    let Some(day) = first_day(session) else {
        return;
    };
    let (words, host) = (Words::of(Topic::Grade, case), campus::own(case));
    for (i, grade) in session.grades.iter().enumerate() {
        let path = format!("grades[{i}]");
        words.check_stage(&path, host.as_ref(), (grade, session.stage()), day, found);
    }
}
