//! Coverage, participation, hosting, products.

use super::play::Term;
use crate::harness::{HEAD, LAKE, SPRING};
use crate::wishes::id;
use lianxiao::wire::v1;

/// Subject, campus, asked for in a term, held from least to most, planned.
pub const COVERAGE: [(&str, &str, i32, [i32; 2], i32); 5] = [
    // Announced for the head school by 滨湖分校, which is not expected to.
    ("数学", HEAD, 1, [0, 0], 1),
    // What was called off is nothing.
    ("数学", SPRING, 1, [0, 0], 0),
    ("语文", HEAD, 2, [2, 2], 0),
    ("语文", SPRING, 2, [2, 2], 0),
    // In May it was no member; in June it has not said whether anybody came.
    ("语文", LAKE, 2, [0, 1], 0),
];
/// Of the five, with one session and with enough.
pub const COVERED: [[i32; 2]; 2] = [[2, 3], [2, 2]];
/// Asked, reported, expected, who came; distinct people.
pub const CAME: [(&str, [i32; 4], Option<i32>); 3] = [
    (HEAD, [3, 3, 40, 39], None),
    (SPRING, [3, 3, 21, 14], None),
    // It came once, so its four are four people.
    (LAKE, [2, 1, 4, 4], Some(4)),
];
pub const ALL_CAME: [i32; 4] = [8, 7, 65, 57];
/// Leads, chairs and speakers: 甲老师 twice; two who have no id may be anybody.
pub const FUNCTIONS: ([i32; 2], i32) = ([1, 3], 4);
/// Planned, held, postponed, cancelled, by host; each is the only one of its part in the group.
pub const HOSTED: [[i32; 4]; 3] = [[0, 2, 0, 0], [0, 1, 0, 1], [1, 0, 0, 0]];
pub const ALL_HOSTED: [i32; 4] = [1, 3, 0, 1];
/// The same by form.
pub const FORMS: [(v1::SessionForm, [i32; 4]); 2] = [
    (v1::SessionForm::JointPrep, [1, 2, 0, 1]),
    (v1::SessionForm::Training, [0, 1, 0, 0]),
];
/// All of the head school.
pub const PRODUCTS: [(v1::ProductKind, i32); 2] =
    [(v1::ProductKind::Plan, 1), (v1::ProductKind::Slides, 2)];

pub async fn report(term: &Term) -> v1::GetSessionReportResponse {
    let request = v1::GetSessionReportRequest {
        first_date: "2026-05-06".to_owned(),
        last_date: "2026-07-03".to_owned(),
        time: None,
    };
    let answer = term.office().office.get_session_report(request).await;
    answer.expect("the report").into_inner()
}

fn range([least, most]: [i32; 2]) -> Option<v1::CountRange> {
    Some(v1::CountRange { least, most })
}

#[tokio::test]
async fn coverage_is_counted_against_the_expected_set_and_the_unknown_is_not_zero() {
    let report = report(&Term::over().await).await;
    let name = |id_: &str| {
        [HEAD, SPRING, LAKE]
            .into_iter()
            .find(|name| id(name) == *id_)
    };
    let cells = report.coverage.iter().map(|cell| {
        let campus = name(&cell.campus_id).expect("a campus");
        (
            cell.subject.as_str(),
            campus,
            cell.sessions_min,
            cell.held.map(|held| [held.least, held.most]).unwrap(),
            cell.planned,
        )
    });
    assert_eq!(cells.collect::<Vec<_>>(), COVERAGE);
    let share = |numerator| {
        Some(v1::CoverageShare {
            numerator: range(numerator),
            denominator: 5,
        })
    };
    assert_eq!([report.covered, report.fulfilled], COVERED.map(share));
}

#[tokio::test]
async fn participation_names_the_silent_and_keeps_persons_and_person_times_apart() {
    let report = report(&Term::over().await).await;
    let rows = report.campuses.iter().map(|campus| {
        let came = campus.attendances.clone().unwrap();
        let numbers = [came.asked, came.reported, came.expected, came.person_times];
        (campus.name.as_str(), numbers, came.persons)
    });
    assert_eq!(rows.collect::<Vec<_>>(), CAME);
    let all = report.attendances.clone().unwrap();
    assert_eq!(
        [all.asked, all.reported, all.expected, all.person_times],
        ALL_CAME
    );
    assert_eq!(all.persons, None);
    let [silent] = &all.silent[..] else {
        panic!("{all:#?}")
    };
    assert_eq!(
        (silent.title.as_str(), silent.campus_id.clone()),
        ("五年级语文备课 2026-06-09", id(LAKE))
    );
    assert!(!silent.waived);
    let functions = report.functions.unwrap();
    let (persons, times) = FUNCTIONS;
    assert_eq!(
        (functions.persons, functions.person_times),
        (range(persons), times)
    );
}

#[tokio::test]
async fn hosting_forms_and_products_sum_up_to_all() {
    let report = report(&Term::over().await).await;
    let count =
        |count: v1::SessionCount| [count.planned, count.held, count.postponed, count.cancelled];
    let hosted = report
        .campuses
        .iter()
        .map(|campus| count(campus.hosted.unwrap()));
    assert_eq!(hosted.collect::<Vec<_>>(), HOSTED);
    let roles = report
        .roles
        .iter()
        .map(|role| (role.role(), count(role.hosted.unwrap())));
    assert_eq!(
        roles.collect::<Vec<_>>(),
        [
            (v1::CampusRole::Head, HOSTED[0]),
            (v1::CampusRole::Branch, HOSTED[1]),
            (v1::CampusRole::Member, HOSTED[2]),
        ]
    );
    let forms = report
        .forms
        .iter()
        .map(|form| (form.form(), count(form.sessions.unwrap())));
    assert_eq!(forms.collect::<Vec<_>>(), FORMS);
    assert_eq!(count(report.sessions.unwrap()), ALL_HOSTED);
    let products = report.products.unwrap();
    let kinds = products.kinds.iter().map(|kind| (kind.kind(), kind.count));
    assert_eq!(kinds.collect::<Vec<_>>(), PRODUCTS);
    assert_eq!((products.products, products.sessions), (3, 1));
}
