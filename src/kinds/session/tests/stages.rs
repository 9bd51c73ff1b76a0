//! Stages, and numbers that a source claims, as tables.

use super::*;
use crate::kinds::Neighbour;
use crate::kinds::registers::campus::CampusRules;
use crate::kinds::registers::vocabulary::{VocabularyRules, standard};
use crate::kinds::testing::{Group, case_in, record};
use v1::Stage::{Junior, Primary};

/// A campus that teaches some stages, and has not said how its grades lie.
fn teaches(stages: &[v1::Stage]) -> v1::Campus {
    v1::Campus {
        stages: stages.iter().map(|stage| i32::from(*stage)).collect(),
        ..Default::default()
    }
}

/// What is said of a session's stage at a campus, in a group that keeps some systems of grades.
fn said(grade: &str, stage: v1::Stage, campus: &v1::Campus, systems: &[&str]) -> Option<String> {
    let kept = standard().into_iter().filter(|words| {
        words.topic() == v1::VocabularyTopic::Grade && systems.contains(&words.scheme.as_str())
    });
    let kept = (60..).zip(kept);
    let kept = kept.map(|(n, words)| record::<VocabularyRules>(n, &words));
    let own: Neighbour = record::<CampusRules>(1, campus);
    let group = Group::of(kept.chain([own]).collect());
    let session = v1::Session {
        grades: vec![grade.into()],
        stage: stage.into(),
        ..session("2026-05-12")
    };
    let mut found = Found::under("s".into());
    SessionRules::check(&session, &case_in(&group, super::campus(1)), &mut found);
    let mut told = found.findings.into_iter();
    let told = told.find(|finding| finding.code == Code::StageDiffers)?;
    assert_eq!(told.path, "s.grades[0]");
    let mut arguments = told.arguments.into_iter();
    let (_, stages) = arguments.find(|(name, _)| name == "stages")?;
    Some(stages)
}

#[test]
fn a_grade_is_of_the_stage_that_the_campus_has_it_in() {
    let (both, all) = ([Primary, Junior], ["6-3", "5-4"]);
    let primary = Some("小学 (primary)".to_owned());
    let junior = Some("初中 (junior)".to_owned());
    for (grade, stage, taught, systems, expected) in [
        ("七年级", Primary, &both[..], &all[..], &junior),
        ("初一", Primary, &both, &["6-3"], &junior),
        ("七年级", Junior, &both, &all, &None),
        ("六年级", Primary, &both, &all, &None),
        ("六年级", Junior, &both, &all, &None),
        ("六年级", Junior, &both, &["6-3"], &primary),
        ("六年级", Primary, &both, &["5-4"], &junior),
        ("六年级", Junior, &[Primary], &all, &primary),
        ("六年级", Primary, &[Junior], &all, &junior),
        ("六年级", Primary, &[Primary], &all, &None),
        // A group that keeps no words is held to the standard ones.
        ("六年级", Junior, &both, &[], &None),
        ("五年级", Junior, &both, &[], &primary),
        // The guests' grade.
        ("七年级", Junior, &[Primary], &all, &None),
        ("混龄班", Junior, &both, &[], &None),
    ] {
        let told = said(grade, stage, &teaches(taught), systems);
        assert_eq!(told, *expected, "{grade} {stage:?} {taught:?} {systems:?}");
    }
}

#[test]
fn a_campus_that_has_said_how_its_grades_lie_is_held_to_it() {
    use v1::GradeSystem::{FiveFour, SixThree};
    let (both, all) = ([Primary, Junior], ["6-3", "5-4"]);
    for (system, grade, stage, taught, systems, fits) in [
        (SixThree, "六年级", Primary, &both[..], &all[..], true),
        (SixThree, "六年级", Junior, &both, &all, false),
        (FiveFour, "六年级", Junior, &both, &all, true),
        (FiveFour, "六年级", Primary, &both, &all, false),
        (FiveFour, "预初", Primary, &both, &all, false),
        (FiveFour, "五年级", Primary, &both, &all, true),
        // The standard words say it where the group keeps none, and the group's where they know no such system.
        (FiveFour, "六年级", Primary, &both, &[], false),
        (FiveFour, "六年级", Primary, &both, &["6-3"], true),
        // 初一 is of the other system's words alone.
        (FiveFour, "初一", Junior, &both, &all, true),
        // Grade 6 has left the primary school.
        (FiveFour, "六年级", Primary, &[Primary], &all, false),
    ] {
        let campus = v1::Campus {
            grade_system: system.into(),
            ..teaches(taught)
        };
        let told = said(grade, stage, &campus, systems);
        assert_eq!(
            told.is_none(),
            fits,
            "{system:?} {grade} {stage:?} {told:?}"
        );
    }
}

#[test]
fn how_many_are_said_to_have_come_is_held_against_those_who_did() {
    let recorded = |count, at_least, attended: &[i32], waived: &[u128]| {
        let row = |(n, attended): (u128, &i32)| v1::Attendance {
            campus_id: campus(n).to_text(),
            expected: *attended,
            attended: *attended,
        };
        let held = v1::SessionState {
            status: Status::Held.into(),
            attendance: (1..).zip(attended).map(row).collect(),
            ..Default::default()
        };
        let record = v1::RecordSession {
            waived_campus_ids: waived.iter().map(|n| campus(*n).to_text()).collect(),
        };
        let action = v1::SessionAction {
            action: Some(Action::Record(record)),
        };
        let session = v1::Session {
            claimed_people: Some(v1::PeopleClaim { count, at_least }),
            ..session("2026-05-12")
        };
        match SessionRules::act(&action, &session, &held, &case(campus(1))).unwrap() {
            Moved::To(next) => (next.status(), None),
            Moved::Doubted(next, finding) => (next.status(), Some(finding.arguments)),
            other => panic!("{other:?}"),
        }
    };
    let told = |claimed: &str, attended: &str| {
        let values = [("claimed", claimed), ("attended", attended)];
        let owned = values.map(|(name, value)| (name.to_owned(), value.to_owned()));
        (Status::Recorded, Some(owned.to_vec()))
    };
    let fits = (Status::Recorded, None);
    assert_eq!(recorded(60, false, &[20, 40], &[]), fits);
    assert_eq!(recorded(60, false, &[20, 41], &[]), told("60", "61"));
    assert_eq!(recorded(60, false, &[20, 39], &[]), told("60", "59"));
    assert_eq!(recorded(600, true, &[200, 412], &[]), fits);
    assert_eq!(recorded(600, true, &[200, 380], &[]), told("600+", "580"));
    assert_eq!(
        recorded(60, false, &[20], &[2]),
        fits,
        "nobody counted the rest"
    );
    assert_eq!(recorded(60, false, &[61], &[2]), told("60", "61"));
}
