//! Whatever meets, parts sum up to totals, and nobody who is silent counts as nobody who came.

use super::*;
use crate::model::ids::{Place, RecordId};
use jiff::ToSpan as _;
use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

const SPAN: Span = Span {
    first: date(2026, 3, 2),
    last: date(2026, 6, 30),
};

fn id(n: u128) -> RecordId {
    RecordId(Uuid::from_u128(n))
}

/// Three campuses; the third joined late.
fn campuses() -> Vec<Campus> {
    let campus = |(n, role, joined): (u128, v1::CampusRole, &str)| Kept {
        id: id(n),
        owner: Place::Office,
        content: v1::Campus {
            name: format!("第{n}校"),
            role: role.into(),
            stages: vec![v1::Stage::Primary.into()],
            joined: joined.to_owned(),
            ..Default::default()
        },
        state: (),
    };
    [
        (1, v1::CampusRole::Head, ""),
        (2, v1::CampusRole::Branch, ""),
        (3, v1::CampusRole::Member, "2026-05-01"),
    ]
    .map(campus)
    .to_vec()
}

fn sessions() -> impl Strategy<Value = Vec<Session>> {
    let attendance = proptest::collection::vec(proptest::option::of((0..9_i32, 0..9_i32)), 3);
    let one = (
        1..=4_u128,
        1..=6_i32,
        1..=9_i32,
        -9..130_i32,
        any::<bool>(),
        attendance,
    );
    let one = one.prop_map(|(host, status, form, day, all, attendance)| {
        let rows = (1..).zip(attendance).filter_map(|(n, row)| {
            row.map(|(expected, attended)| v1::Attendance {
                campus_id: id(n).to_string(),
                expected,
                attended,
            })
        });
        let invited = if all { vec![] } else { vec![id(2).to_string()] };
        Kept {
            id: id(0),
            owner: Place::Campus(id(host)),
            content: v1::Session {
                form,
                subjects: vec!["语文".to_owned()],
                grades: vec!["五年级".to_owned()],
                days: vec![v1::SessionDay {
                    date: SPAN.first.saturating_add(day.days()).to_string(),
                    ..Default::default()
                }],
                invites_all: all,
                invited_campus_ids: invited,
                products: vec![v1::Product::default(); usize::try_from(form % 3).unwrap()],
                ..Default::default()
            },
            state: v1::SessionState {
                status,
                attendance: rows.collect(),
                ..Default::default()
            },
        }
    });
    proptest::collection::vec(one, 0..12)
}

fn report(sessions: Vec<Session>) -> SessionReport {
    let expected = v1::PrepExpectation {
        subject: "语文".to_owned(),
        grade: "五年级".to_owned(),
        stage: v1::Stage::Primary.into(),
        sessions_min: 2,
        ..Default::default()
    };
    let records = Records {
        campuses: campuses(),
        policy: Some(v1::Policy {
            prep_set: vec![expected],
            ..Default::default()
        }),
        sessions,
        ..Default::default()
    };
    session_report(&records, SPAN, (1, Timestamp::UNIX_EPOCH))
}

fn numbers(count: Option<v1::SessionCount>) -> [i32; 4] {
    let count = count.unwrap();
    [count.planned, count.held, count.postponed, count.cancelled]
}

fn sum<const N: usize>(all: impl Iterator<Item = [i32; N]>) -> [i32; N] {
    all.fold([0; N], |mut sum, numbers| {
        sum.iter_mut()
            .zip(numbers)
            .for_each(|(sum, number)| *sum += number);
        sum
    })
}

proptest! {
    #[test]
    fn parts_sum_up_to_totals(sessions in sessions()) {
        let report = report(sessions);
        let all = numbers(report.sessions);
        prop_assert_eq!(sum(report.campuses.iter().map(|row| numbers(row.hosted))), all);
        prop_assert_eq!(sum(report.roles.iter().map(|row| numbers(row.hosted))), all);
        prop_assert_eq!(sum(report.forms.iter().map(|row| numbers(row.sessions))), all);
        let came = |of: &Option<v1::Attendances>| {
            let of = of.clone().unwrap();
            let silent = i32::try_from(of.silent.len()).unwrap();
            [of.asked, of.reported, of.expected, of.person_times, silent]
        };
        let rows = sum(report.campuses.iter().map(|row| came(&row.attendances)));
        prop_assert_eq!(rows, came(&report.attendances));
        prop_assert_eq!(rows[0], rows[1] + rows[4], "asked are those who reported and those who did not");
        let products = |of: &Option<v1::ProductCount>| {
            let of = of.clone().unwrap();
            [of.products, of.sessions, of.kinds.iter().map(|kind| kind.count).sum()]
        };
        let rows = sum(report.campuses.iter().map(|row| products(&row.products)));
        prop_assert_eq!(rows, products(&report.products));
        let cells = i32::try_from(report.coverage.len()).unwrap();
        for share in [report.covered.unwrap(), report.fulfilled.unwrap()] {
            let numerator = share.numerator.unwrap();
            prop_assert_eq!(share.denominator, cells);
            prop_assert!(numerator.least <= numerator.most && numerator.most <= cells);
        }
    }
}

#[test]
fn an_old_word_is_the_word_it_is_now() {
    let mut records = Records {
        campuses: campuses(),
        ..Default::default()
    };
    records.vocabularies.push(Kept {
        id: id(9),
        owner: Place::Office,
        content: v1::Vocabulary {
            topic: v1::VocabularyTopic::Subject.into(),
            words: vec![v1::Word {
                code: "道德与法治".to_owned(),
                aliases: vec!["道法".to_owned()],
                ..Default::default()
            }],
            ..Default::default()
        },
        state: (),
    });
    let expected = v1::PrepExpectation {
        subject: "道德与法治".to_owned(),
        grade: "三年级".to_owned(),
        sessions_min: 1,
        campus_ids: vec![id(1).to_string()],
        ..Default::default()
    };
    records.policy = Some(v1::Policy {
        prep_set: vec![expected],
        ..Default::default()
    });
    let held = |form: v1::SessionForm| Kept {
        id: id(10),
        owner: Place::Campus(id(1)),
        content: v1::Session {
            form: form.into(),
            subjects: vec!["道法".to_owned()],
            grades: vec!["三年级".to_owned()],
            days: vec![v1::SessionDay {
                date: "2026-04-01".to_owned(),
                ..Default::default()
            }],
            ..Default::default()
        },
        state: v1::SessionState {
            status: Status::Held.into(),
            ..Default::default()
        },
    };
    // A training of that subject is no joint prep.
    for (form, least) in [
        (v1::SessionForm::SameLesson, 1),
        (v1::SessionForm::Training, 0),
    ] {
        records.sessions = vec![held(form)];
        let report = session_report(&records, SPAN, (1, Timestamp::UNIX_EPOCH));
        assert_eq!(
            report.coverage[0].held.map(|held| held.least),
            Some(least),
            "{form:?}"
        );
    }
}

/// Campus 1 has grade 6 in its primary stage, campus 2 in its junior one, campus 3 has no junior one and has not
/// said; each held a session on grade 6 for itself.
fn of_two_systems(stage: v1::Stage) -> Records {
    use v1::GradeSystem::{FiveFour, SixThree, Unspecified};
    use v1::Stage::{Junior, Primary};
    let mut campuses = campuses();
    let systems = [SixThree, FiveFour, Unspecified];
    let taught = [&[Primary, Junior][..], &[Primary, Junior], &[Primary]];
    for (campus, (system, taught)) in campuses.iter_mut().zip(systems.iter().zip(taught)) {
        campus.content.grade_system = (*system).into();
        campus.content.stages = taught.iter().map(|stage| i32::from(*stage)).collect();
    }
    let session = |host| Kept {
        id: id(10 + host),
        owner: Place::Campus(id(host)),
        content: v1::Session {
            form: v1::SessionForm::JointPrep.into(),
            subjects: vec!["语文".to_owned()],
            grades: vec!["六年级".to_owned()],
            days: vec![v1::SessionDay {
                date: "2026-05-12".to_owned(),
                ..Default::default()
            }],
            invited_campus_ids: vec![id(1).to_string(), id(2).to_string()],
            ..Default::default()
        },
        state: v1::SessionState {
            status: Status::Held.into(),
            attendance: vec![v1::Attendance {
                campus_id: id(1).to_string(),
                expected: 2,
                attended: 2,
            }],
            ..Default::default()
        },
    };
    let expected = v1::PrepExpectation {
        subject: "语文".to_owned(),
        grade: "六年级".to_owned(),
        stage: stage.into(),
        sessions_min: 1,
        ..Default::default()
    };
    Records {
        campuses,
        policy: Some(v1::Policy {
            prep_set: vec![expected],
            ..Default::default()
        }),
        sessions: (1..=3).map(session).collect(),
        ..Default::default()
    }
}

#[test]
fn grade_6_is_asked_for_and_counted_in_the_stage_that_each_campus_has_it_in() {
    use v1::Stage::{Junior, Primary, Unspecified};
    let (first, second, third) = ((1, Primary, 2), (2, Junior, 1), (3, Primary, 1));
    for (stated, cells) in [
        // Whoever came to the other system's session did not prepare the lessons of their own grade 6.
        (Unspecified, &[first, second, third][..]),
        (Primary, &[first, third]),
        (Junior, &[second]),
    ] {
        let report = session_report(&of_two_systems(stated), SPAN, (1, Timestamp::UNIX_EPOCH));
        let found = report.coverage.iter().map(|cell| {
            let held = cell.held.unwrap();
            (cell.campus_id.clone(), cell.stage(), held.least)
        });
        let cells = cells.iter();
        let cells = cells.map(|(n, stage, least)| (id(*n).to_string(), *stage, *least));
        assert_eq!(
            found.collect::<Vec<_>>(),
            cells.collect::<Vec<_>>(),
            "{stated:?}"
        );
    }
}
