//! Coverage, participation, hosting, products.

use super::play::Term;
use crate::harness::{HEAD, LAKE, SPRING};
use crate::wishes::id;
use lianxiao::wire::v1;

pub async fn report(term: &Term) -> v1::GetSessionReportResponse {
    let request = v1::GetSessionReportRequest {
        first_date: "2026-05-06".to_owned(),
        last_date: "2026-07-03".to_owned(),
        time: None,
    };
    let answer = term.office().office.get_session_report(request).await;
    answer.expect("the report").into_inner()
}

fn range(least: i32, most: i32) -> Option<v1::CountRange> {
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
            cell.held,
            cell.planned,
        )
    });
    assert_eq!(
        cells.collect::<Vec<_>>(),
        [
            // Announced for the head school by 滨湖分校, which is not expected to.
            ("数学", HEAD, 1, range(0, 0), 1),
            // What was called off is nothing.
            ("数学", SPRING, 1, range(0, 0), 0),
            ("语文", HEAD, 2, range(2, 2), 0),
            ("语文", SPRING, 2, range(2, 2), 0),
            // In May it was no member; in June it has not said whether anybody came.
            ("语文", LAKE, 2, range(0, 1), 0),
        ]
    );
    let share = |numerator| {
        Some(v1::CoverageShare {
            numerator,
            denominator: 5,
        })
    };
    assert_eq!(report.covered, share(range(2, 3)));
    assert_eq!(report.fulfilled, share(range(2, 2)));
}

#[tokio::test]
async fn participation_names_the_silent_and_keeps_persons_and_person_times_apart() {
    let report = report(&Term::over().await).await;
    let rows = report.campuses.iter().map(|campus| {
        let came = campus.attendances.clone().unwrap();
        let numbers = [came.asked, came.reported, came.expected, came.person_times];
        (campus.name.as_str(), numbers, came.persons)
    });
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [
            (HEAD, [3, 3, 40, 39], None),
            (SPRING, [3, 3, 21, 14], None),
            // It came once, so its four are four people.
            (LAKE, [2, 1, 4, 4], Some(4)),
        ]
    );
    let all = report.attendances.clone().unwrap();
    assert_eq!(
        [all.asked, all.reported, all.expected, all.person_times],
        [8, 7, 65, 57]
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
    // 甲老师 twice; two who have no id may be anybody.
    assert_eq!(
        (functions.persons, functions.person_times),
        (range(1, 3), 4)
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
    assert_eq!(
        hosted.collect::<Vec<_>>(),
        [[0, 2, 0, 0], [0, 1, 0, 1], [1, 0, 0, 0]]
    );
    let roles = report
        .roles
        .iter()
        .map(|role| (role.role(), count(role.hosted.unwrap())));
    assert_eq!(
        roles.collect::<Vec<_>>(),
        [
            (v1::CampusRole::Head, [0, 2, 0, 0]),
            (v1::CampusRole::Branch, [0, 1, 0, 1]),
            (v1::CampusRole::Member, [1, 0, 0, 0]),
        ]
    );
    let forms = report
        .forms
        .iter()
        .map(|form| (form.form(), count(form.sessions.unwrap())));
    assert_eq!(
        forms.collect::<Vec<_>>(),
        [
            (v1::SessionForm::JointPrep, [1, 2, 0, 1]),
            (v1::SessionForm::Training, [0, 1, 0, 0]),
        ]
    );
    assert_eq!(count(report.sessions.unwrap()), [1, 3, 0, 1]);
    let products = report.products.unwrap();
    let kinds = products.kinds.iter().map(|kind| (kind.kind(), kind.count));
    assert_eq!(
        kinds.collect::<Vec<_>>(),
        [(v1::ProductKind::Plan, 1), (v1::ProductKind::Slides, 2)]
    );
    assert_eq!((products.products, products.sessions), (3, 1));
}
