//! The rules of sessions as tables.

use super::*;
use crate::kinds::Moved;
use crate::kinds::testing::{campus, case, told};
use v1::HalfDay::{Afternoon, Unspecified};

fn session(date: &str) -> v1::Session {
    v1::Session {
        form: v1::SessionForm::JointPrep.into(),
        title: "信息科技 七年级".into(),
        subjects: vec!["信息科技".into()],
        stage: v1::Stage::Junior.into(),
        grades: vec!["七年级".into()],
        mode: v1::SessionMode::OnlineLive.into(),
        days: vec![v1::SessionDay {
            date: date.into(),
            start: "14:00".into(),
            ..Default::default()
        }],
        lead: Some(v1::PersonRef {
            display_name: "张老师".into(),
            ..Default::default()
        }),
        invited_campus_ids: vec![campus(2).to_text()],
        ..Default::default()
    }
}

fn codes(session: &v1::Session) -> Vec<(Code, String)> {
    told::<SessionRules>("s", session, &case(campus(1)))
}

fn product(sha256: &str) -> v1::Product {
    v1::Product {
        name: "教案".into(),
        sha256: sha256.into(),
        ..Default::default()
    }
}

#[test]
fn a_plain_session_is_clean_even_on_a_saturday() {
    assert_eq!(codes(&session("2026-05-09")), []);
    let everybody = v1::Session {
        form: v1::SessionForm::Training.into(),
        subjects: vec![],
        stage: 0,
        grades: vec![],
        products: vec![product(""), product(&"0aF9".repeat(16))],
        ..session("2026-05-09")
    };
    assert_eq!(codes(&everybody), []);
    let unnamed = v1::Session {
        subjects: vec![],
        claimed_subject_count: 8,
        ..session("2026-05-09")
    };
    let told = vec![(Code::ClaimDiffers, "s.claimed_subject_count".to_owned())];
    assert_eq!(codes(&unnamed), told, "claimed and not named");
    let claimed = v1::Session {
        subjects: vec!["语文".into(), "数学".into()],
        claimed_subject_count: 2,
        ..session("2026-05-09")
    };
    assert_eq!(codes(&claimed), []);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn each_fault_names_its_field() {
    let day = |date: &str, start: &str, end: &str, stated_weekday| v1::SessionDay {
        date: date.into(),
        start: start.into(),
        end: end.into(),
        stated_weekday,
        ..Default::default()
    };
    let base = session("2026-05-12");
    for (session, code, path) in [
        (
            v1::Session {
                form: 0,
                ..base.clone()
            },
            Code::Required,
            "s.form",
        ),
        (
            v1::Session {
                title: " ".into(),
                ..base.clone()
            },
            Code::Required,
            "s.title",
        ),
        (
            v1::Session {
                title: "备".repeat(201),
                ..base.clone()
            },
            Code::TextTooLong,
            "s.title",
        ),
        (
            v1::Session {
                title: "a\nb".into(),
                ..base.clone()
            },
            Code::TextNotOneLine,
            "s.title",
        ),
        (
            v1::Session {
                days: vec![],
                ..base.clone()
            },
            Code::Required,
            "s.days",
        ),
        (
            v1::Session {
                days: vec![day("2026-02-30", "", "", 0)],
                ..base.clone()
            },
            Code::DateInvalid,
            "s.days[0].date",
        ),
        (
            v1::Session {
                days: vec![day("2026-05-12", "16:30", "14:00", 0)],
                ..base.clone()
            },
            Code::EndBeforeStart,
            "s.days[0].end",
        ),
        (
            v1::Session {
                days: vec![day("2026-05-12", "14:00", "", 3)],
                ..base.clone()
            },
            Code::WeekdayMismatch,
            "s.days[0]",
        ),
        (
            v1::Session {
                claimed_subject_count: 8,
                ..base.clone()
            },
            Code::ClaimDiffers,
            "s.claimed_subject_count",
        ),
        (
            v1::Session {
                claimed_people: Some(v1::PeopleClaim::default()),
                ..base.clone()
            },
            Code::OutOfRange,
            "s.claimed_people.count",
        ),
        (
            v1::Session {
                mode: 0,
                ..base.clone()
            },
            Code::Unstated,
            "s.mode",
        ),
        (
            v1::Session {
                mode: v1::SessionMode::OnSite.into(),
                ..base.clone()
            },
            Code::Unstated,
            "s.place",
        ),
        (
            v1::Session {
                subjects: vec![],
                ..base.clone()
            },
            Code::Unstated,
            "s.subjects",
        ),
        (
            v1::Session {
                stage: 0,
                ..base.clone()
            },
            Code::Unstated,
            "s.stage",
        ),
        (
            v1::Session {
                grades: vec![],
                ..base.clone()
            },
            Code::Unstated,
            "s.grades",
        ),
        (
            v1::Session {
                products: vec![product("a3f1")],
                ..base.clone()
            },
            Code::HashInvalid,
            "s.products[0].sha256",
        ),
        (
            v1::Session {
                products: vec![product(&"g".repeat(64))],
                ..base.clone()
            },
            Code::HashInvalid,
            "s.products[0].sha256",
        ),
        (
            v1::Session {
                lead: None,
                ..base.clone()
            },
            Code::LeadMissing,
            "s.lead",
        ),
        (
            v1::Session {
                invites_all: true,
                ..base.clone()
            },
            Code::NotWithOther,
            "s.invited_campus_ids",
        ),
    ] {
        assert_eq!(codes(&session), [(code, path.to_owned())]);
    }
}

fn act(
    action: Action,
    asker: Place,
    state: &v1::SessionState,
    date: &str,
) -> Result<Moved<v1::SessionState, v1::Session>, Code> {
    let action = v1::SessionAction {
        action: Some(action),
    };
    SessionRules::act(&action, &session(date), state, &case(asker)).map_err(|finding| finding.code)
}

#[test]
fn a_session_is_announced_held_and_attended_by_those_who_may() {
    let announce = Action::Announce(v1::AnnounceSession {});
    let hold = Action::Hold(v1::HoldSession {});
    let report = |attended| {
        Action::ReportAttendance(v1::ReportAttendance {
            expected: 5,
            attended,
        })
    };
    let planned = SessionRules::new_state().unwrap();

    assert_eq!(
        act(announce.clone(), campus(2), &planned, "2026-05-12"),
        Err(Code::NotAllowed)
    );
    assert_eq!(
        act(hold.clone(), campus(1), &planned, "2026-05-12"),
        Err(Code::StateForbids)
    );
    let Ok(Moved::To(announced)) = act(announce.clone(), campus(1), &planned, "2026-05-12") else {
        panic!()
    };
    assert_eq!(
        act(announce.clone(), campus(1), &announced, "2026-05-12"),
        Ok(Moved::Nowhere)
    );
    assert_eq!(
        act(report(4), campus(2), &announced, "2026-05-12"),
        Err(Code::StateForbids)
    );
    assert_eq!(
        act(hold.clone(), campus(1), &announced, "2026-05-13"),
        Err(Code::DayNotCome)
    );
    let Ok(Moved::To(over)) = act(hold.clone(), campus(1), &announced, "2026-05-12") else {
        panic!()
    };
    assert_eq!(
        act(report(4), campus(3), &over, "2026-05-12"),
        Err(Code::NotAllowed)
    );
    assert_eq!(
        act(report(4), Place::Office, &over, "2026-05-12"),
        Err(Code::NotAllowed)
    );
    assert_eq!(
        act(report(-1), campus(2), &over, "2026-05-12"),
        Err(Code::OutOfRange)
    );
    let Ok(Moved::To(attended)) = act(report(4), campus(2), &over, "2026-05-12") else {
        panic!()
    };
    assert_eq!(
        act(report(4), campus(2), &attended, "2026-05-12"),
        Ok(Moved::Nowhere)
    );
    let Ok(Moved::To(corrected)) = act(report(3), campus(2), &attended, "2026-05-12") else {
        panic!()
    };
    assert_eq!(corrected.attendance.len(), 1);
    assert_eq!(corrected.attendance[0].attended, 3);
}

fn doubts(session: &v1::Session) -> Vec<(Code, String)> {
    use crate::kinds::registers::person::PersonRules;
    use crate::kinds::registers::vocabulary::VocabularyRules;
    use crate::kinds::testing::{Group, case_in, record, spring};
    let person = |name: &str, home| v1::Person {
        display_name: name.into(),
        home_campus_id: campus(home).to_text(),
        ..Default::default()
    };
    let word = |code: &str, aliases: &[&str]| v1::Word {
        code: code.into(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        ..Default::default()
    };
    let subjects = v1::Vocabulary {
        topic: v1::VocabularyTopic::Subject.into(),
        words: vec![
            word("信息科技", &["信息技术"]),
            word("道德与法治", &["道法", "思想品德"]),
        ],
        ..Default::default()
    };
    let group = Group::of(vec![
        spring(),
        record::<VocabularyRules>(60, &subjects),
        record::<PersonRules>(70, &person("张老师", 1)),
        record::<PersonRules>(71, &person("张老师", 1)),
        record::<PersonRules>(72, &person("李老师", 1)),
        record::<PersonRules>(73, &person("王老师", 2)),
    ]);
    let case = case_in(&group, campus(1));
    let mut found = Found::under("s".into());
    SessionRules::check(session, &case, &mut found);
    let told = |finding: Finding| (finding.code, finding.path);
    found.findings.into_iter().map(told).collect()
}

#[test]
fn what_was_held_stays_where_and_with_whom_it_was() {
    let put = |status: Status, field: &str| {
        let state = v1::SessionState {
            status: status.into(),
            ..Default::default()
        };
        let refusal = SessionRules::may_put(&state, &["place".to_owned(), field.to_owned()]);
        refusal.map_err(|refusal| refusal.path)
    };
    let refused = |field: &str| Err(format!("put.content.session.{field}"));
    for field in ["days", "invites_all", "invited_campus_ids"] {
        assert_eq!(put(Status::Planned, field), Ok(()));
        assert_eq!(put(Status::Held, field), refused(field));
    }
    assert_eq!(put(Status::Announced, "days"), refused("days"));
    assert_eq!(put(Status::Announced, "invited_campus_ids"), Ok(()));
    assert_eq!(put(Status::Held, "mode"), Ok(()));
}

#[test]
fn a_session_is_put_off_to_other_days() {
    let postpone = |days: &[&str]| {
        let day = |date: &&str| session(date).days.remove(0);
        let days = days.iter().map(day).collect();
        Action::Postpone(v1::PostponeSession { days })
    };
    let state = |status: Status| v1::SessionState {
        status: status.into(),
        ..Default::default()
    };
    let asked = |days: &[&str], status| {
        let moved = act(postpone(days), campus(1), &state(status), "2026-05-13");
        match moved.expect("it may be put off") {
            Moved::To(next) | Moved::Rewritten(next, _) => Some(next.status()),
            _ => None,
        }
    };
    let same = &["2026-05-13"][..];
    assert_eq!(asked(same, Status::Announced), None);
    assert_eq!(asked(same, Status::Planned), None);
    assert_eq!(asked(same, Status::Postponed), Some(Status::Announced));
    assert_eq!(
        asked(&["2026-05-14"], Status::Announced),
        Some(Status::Announced)
    );
    assert_eq!(asked(&[], Status::Announced), Some(Status::Postponed));
    assert_eq!(asked(&[], Status::Postponed), None);
}

#[test]
fn only_who_takes_part_is_waived() {
    let held = v1::SessionState {
        status: Status::Held.into(),
        ..Default::default()
    };
    let record = |waived: &[u128]| {
        let waived_campus_ids = waived.iter().map(|n| campus(*n).to_text()).collect();
        let record = v1::RecordSession { waived_campus_ids };
        let action = v1::SessionAction {
            action: Some(Action::Record(record)),
        };
        let session = session("2026-05-12");
        let moved = SessionRules::act(&action, &session, &held, &case(campus(1)));
        moved
            .map(|_| ())
            .map_err(|finding| (finding.code, finding.path))
    };
    let path = "act.action.session.record.waived_campus_ids[2]".to_owned();
    assert_eq!(record(&[1, 2]), Ok(()));
    assert_eq!(record(&[1, 2, 3]), Err((Code::CampusNotInvited, path)));
}

mod doubts;
mod stages;
mod twins;
