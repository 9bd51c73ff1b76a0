//! Who is in the play, and by which rules.

use crate::harness::{HEAD, LAKE, NewCampus, SPRING};
use crate::wishes::{Content as _, id, named, session};
use lianxiao::wire::v1;

pub fn campuses() -> Vec<NewCampus> {
    let campus = |name: &str, role, joined: &str| NewCampus {
        id: id(name),
        name: name.to_owned(),
        content: v1::Campus {
            stages: vec![v1::Stage::Primary.into()],
            joined: joined.to_owned(),
            ..crate::harness::campus(name, role)
        }
        .encode(),
    };
    vec![
        campus(HEAD, v1::CampusRole::Head, ""),
        campus(SPRING, v1::CampusRole::Branch, ""),
        campus(LAKE, v1::CampusRole::Member, "2026-06-01"),
    ]
}

pub fn calendar() -> v1::Calendar {
    v1::Calendar {
        terms: vec![v1::Term {
            name: "2025-2026学年第二学期".to_owned(),
            first_day: "2026-05-06".to_owned(),
            last_day: "2026-07-03".to_owned(),
        }],
        special_days: vec![v1::SpecialDay {
            date: "2026-06-14".to_owned(),
            kind: v1::DayKind::Workday.into(),
            follows_weekday: 5,
            ..Default::default()
        }],
        ..Default::default()
    }
}

pub fn policy() -> v1::Policy {
    let expected = |subject: &str, grade: &str, sessions_min, campus_ids| v1::PrepExpectation {
        subject: subject.to_owned(),
        grade: grade.to_owned(),
        stage: v1::Stage::Primary.into(),
        sessions_min,
        campus_ids,
        ..Default::default()
    };
    v1::Policy {
        time_zone: "Asia/Shanghai".to_owned(),
        menu_deadlines: vec![v1::MenuDeadline {
            school_days_before: 1,
            time: "18:00".to_owned(),
            ..Default::default()
        }],
        prep_set: vec![
            expected("语文", "五年级", 2, vec![]),
            expected("数学", "六年级", 1, vec![id(HEAD), id(SPRING)]),
        ],
        exchange_rules: vec![v1::ExchangeRule {
            name: "骨干占比".to_owned(),
            numerator: v1::ExchangeCount::BackboneExchanged.into(),
            denominator: v1::ExchangeCount::Exchanged.into(),
            threshold_percent: 20.0,
            scope: v1::ExchangeScope::Group.into(),
            basis: v1::ExchangeBasis::Active.into(),
            source: "教督〔2017〕6号".to_owned(),
            ..Default::default()
        }],
        backbone_titles: vec!["骨干教师".to_owned()],
        backbone_level_min: v1::TitleLevel::County.into(),
        ..Default::default()
    }
}

/// Joint prep of the whole group, in a subject and grade.
pub fn prep(subject: &str, grade: &str, day: &str) -> v1::Session {
    v1::Session {
        subjects: vec![subject.to_owned()],
        grades: vec![grade.to_owned()],
        stage: v1::Stage::Primary.into(),
        ..session(&format!("{grade}{subject}备课 {day}"), day)
    }
}

/// Somebody of the register.
pub fn person(name: &str) -> v1::PersonRef {
    v1::PersonRef {
        person_id: id(name),
        ..named(name)
    }
}
