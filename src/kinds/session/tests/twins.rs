//! What else there is on a session's days, as tables.

use super::*;
use crate::kinds::Neighbour;
use crate::kinds::registers::campus::CampusRules;
use crate::kinds::testing::{Group, case_in, record};

/// A session of campus `owner`.
fn of(owner: u128, session: &v1::Session) -> Neighbour {
    let mut other = record::<SessionRules>(200, session);
    other.owner = campus(owner);
    other
}

fn beside(session: &v1::Session, other: Neighbour) -> Vec<(Code, String)> {
    let head = v1::Campus {
        role: v1::CampusRole::Head.into(),
        ..Default::default()
    };
    let group = Group::of(vec![other, record::<CampusRules>(1, &head)]);
    let mut found = Found::under("s".into());
    beside::check(session, &case_in(&group, campus(1)), &mut found);
    let told = found.findings.into_iter();
    told.map(|finding| (finding.code, finding.path)).collect()
}

fn maths() -> v1::Session {
    v1::Session {
        subjects: vec!["数学".into(), "科学".into()],
        grades: vec!["六年级".into()],
        ..session("2026-05-12")
    }
}

#[test]
fn a_session_pushed_twice_by_its_host_or_by_host_and_guest_is_doubted() {
    let with = |change: fn(&mut v1::Session)| {
        let mut session = maths();
        change(&mut session);
        session
    };
    let twin = vec![(Code::SessionTwin, "s.days[0]".to_owned())];
    let other_title = with(|other| other.title = "数学教研".into());
    for (owner, other, expected) in [
        (1, other_title.clone(), twin.clone()),
        (
            1,
            with(|other| other.subjects = vec!["语文".into()]),
            vec![],
        ),
        (
            1,
            with(|other| other.grades = vec!["五年级".into()]),
            vec![],
        ),
        (1, with(|other| other.grades.clear()), twin.clone()),
        (
            1,
            with(|other| other.days[0].date = "2026-05-13".into()),
            vec![],
        ),
        // Campus 2 is invited by the session at hand, campus 3 has nothing to do with it.
        (2, other_title.clone(), twin.clone()),
        (3, other_title, vec![]),
        (
            3,
            with(|other| other.invited_campus_ids = vec![campus(1).to_text()]),
            twin,
        ),
    ] {
        assert_eq!(
            beside(&maths(), of(owner, &other)),
            expected,
            "{owner} {other:?}"
        );
    }
    let untold = v1::Session {
        subjects: vec![],
        grades: vec![],
        ..session("2026-05-12")
    };
    assert_eq!(
        beside(&untold, of(1, &untold)).len(),
        1,
        "the same title tells"
    );
    let mut own = of(1, &maths());
    own.id = case(campus(1)).record;
    assert_eq!(beside(&maths(), own), [], "no session is its own twin");
    let mut cancelled = of(1, &maths());
    let state = v1::SessionState {
        status: Status::Cancelled.into(),
        ..Default::default()
    };
    cancelled.parts.state = crate::content::encoded::wrap(20, &state);
    assert_eq!(beside(&maths(), cancelled), []);
}

#[test]
fn a_subject_and_a_grade_are_the_same_by_all_their_names() {
    let named = |subject: &str, grade: &str| v1::Session {
        subjects: vec![subject.into()],
        grades: vec![grade.into()],
        ..session("2026-05-12")
    };
    for (one, other, same) in [
        (("道法", "七年级"), ("道德与法治", "初一"), true),
        (("品德", "6年级"), ("道法", "六年级"), true),
        (("信息技术", "七年级"), ("信息科技", "七年级"), true),
        (("音乐", "七年级"), ("美术", "七年级"), false),
        (("道法", "七年级"), ("道德与法治", "初二"), false),
        (("珠心算", "一年级"), ("珠心算", "1年级"), true),
    ] {
        let (here, there) = (named(one.0, one.1), named(other.0, other.1));
        for (here, there) in [(&here, &there), (&there, &here)] {
            let told = beside(here, of(1, there));
            assert_eq!(!told.is_empty(), same, "{one:?} {other:?}");
        }
    }
    // Until the plan of 2022 they were two.
    let before = |subject: &str| v1::Session {
        days: session("2022-05-12").days,
        ..named(subject, "七年级")
    };
    assert_eq!(beside(&before("信息技术"), of(1, &before("信息科技"))), []);
}

#[test]
fn nobody_leads_or_speaks_in_two_places_at_once() {
    let person = |n: u128| v1::PersonRef {
        person_id: campus(n).to_text(),
        ..Default::default()
    };
    let at = |start: &str, end: &str, half_day: v1::HalfDay| {
        let mut session = session("2026-05-12");
        session.days[0].start = start.into();
        session.days[0].end = end.into();
        session.days[0].half_day = half_day.into();
        session.lead = Some(person(77));
        session
    };
    let here = v1::Session {
        subjects: vec!["语文".into()],
        lead: Some(person(76)),
        speakers: vec![person(75), person(77)],
        ..at("14:00", "15:30", Unspecified)
    };
    let twice = [(Code::PersonTwice, "s.speakers[1]".to_owned())];
    for (start, end, half_day, meets) in [
        ("15:00", "16:00", Unspecified, true),
        ("14:00", "", Unspecified, true),
        ("15:30", "16:30", Unspecified, false),
        ("09:00", "", Unspecified, false),
        ("", "", Afternoon, true),
        ("", "", v1::HalfDay::Morning, false),
        ("", "", Unspecified, false),
    ] {
        let other = of(1, &at(start, end, half_day));
        let expected = if meets { &twice[..] } else { &[] };
        assert_eq!(beside(&here, other), expected, "{start} {end} {half_day:?}");
    }
    // A session of member schools among themselves is not the head school's to read of; this one is.
    let mut elsewhere = at("14:00", "", Unspecified);
    assert_eq!(beside(&here, of(4, &elsewhere)), twice);
    let branch = Group::of(vec![of(4, &elsewhere)]);
    let mut found = Found::under("s".into());
    beside::check(&here, &case_in(&branch, campus(1)), &mut found);
    assert_eq!(
        found.findings,
        [],
        "a member school is not told of what it may not see"
    );
    elsewhere.shared = true;
    let shared = Group::of(vec![of(4, &elsewhere)]);
    beside::check(&here, &case_in(&shared, campus(1)), &mut found);
    assert_eq!(found.findings.len(), 1);
}
