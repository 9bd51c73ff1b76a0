//! Where campuses stand, and whom to chase.

use super::menus::stamp;
use super::play::Term;
use crate::actions::acts;
use crate::answers::{bad_argument, refused};
use crate::harness::{HEAD, LAKE, SPRING};
use crate::wishes::{act, ask_correction, excuse, id, revoke_excuse};
use lianxiao::wire::v1;
use v1::ChaseReason as Reason;
use v1::MenuStandingState as State;

/// People who left and who came, by campus: two who are not yet named are two.
pub const MOVING: [(i32, i32); 3] = [(3, 1), (2, 1), (0, 2)];
/// What is owed on Monday 06-22: all three have that week's menu to answer for, but 滨湖分校. The head school never
/// closed the books of its two sessions.
pub const OWED: [(&str, &[Reason]); 3] = [
    (
        HEAD,
        &[
            Reason::MenuMissing,
            Reason::SessionOpen,
            Reason::SessionOpen,
        ],
    ),
    (SPRING, &[Reason::MenuMissing]),
    (LAKE, &[Reason::AttendanceMissing, Reason::SessionOpen]),
];

pub async fn chase(term: &Term, time: Option<&str>) -> v1::GetChaseListResponse {
    let request = v1::GetChaseListRequest {
        time: time.map(stamp),
    };
    let answer = term.office().office.get_chase_list(request).await;
    answer.expect("the list").into_inner()
}

pub async fn status(term: &Term, time: Option<&str>) -> v1::GetGroupStatusResponse {
    let request = v1::GetGroupStatusRequest {
        first_date: "2026-05-11".to_owned(),
        last_date: "2026-07-03".to_owned(),
        time: time.map(stamp),
    };
    let answer = term.office().office.get_group_status(request).await;
    answer.expect("the status").into_inner()
}

#[tokio::test]
async fn a_campus_s_rates_are_those_of_its_row_in_the_matrix() {
    let term = Term::over().await;
    let status = status(&term, None).await;
    let matrix = super::menus::by_week(&term).await;
    let rates = status
        .campuses
        .iter()
        .map(|campus| (campus.reporting, campus.timeliness));
    let rows = matrix.rows.iter().filter_map(|row| row.totals.clone());
    let rows = rows.map(|totals| (totals.reporting, totals.timeliness));
    assert_eq!(rates.collect::<Vec<_>>(), rows.collect::<Vec<_>>());
    let moved = status
        .campuses
        .iter()
        .map(|campus| (campus.exchanges_out, campus.exchanges_in));
    assert_eq!(moved.collect::<Vec<_>>(), MOVING);
}

#[tokio::test]
async fn whom_to_chase_is_told_as_a_list_and_as_a_line_that_names_nobody() {
    let term = Term::over().await;
    let monday = chase(&term, Some("2026-06-22T08:00:00+08:00")).await;
    let owed = |chase: &v1::GetChaseListResponse| {
        let campuses = chase.campuses.iter();
        let campuses = campuses.map(|campus| {
            let reasons: Vec<Reason> = campus.items.iter().map(v1::ChaseItem::reason).collect();
            (campus.name.clone(), reasons)
        });
        campuses.collect::<Vec<_>>()
    };
    assert_eq!(
        owed(&monday),
        OWED.map(|(name, reasons)| (name.to_owned(), reasons.to_vec()))
    );
    let week = "06-22、06-23、06-24、06-25、06-26";
    assert_eq!(
        monday.line,
        format!(
            "【催报】6月22日 {HEAD}：食谱未报（{week}）、活动未归档2场；{SPRING}：食谱未报（{week}）；\
             {LAKE}：考勤未报1场、活动未归档1场。请尽快上报。"
        )
    );
    // On Wednesday what was served unannounced is over.
    let wednesday = chase(&term, Some("2026-06-24T08:00:00+08:00")).await;
    assert_eq!(
        wednesday.campuses[0].items[0].dates,
        ["2026-06-24", "2026-06-25", "2026-06-26"]
    );
    // Friday is left out of a week that was otherwise published.
    let friday = chase(&term, Some("2026-06-11T12:00:00+08:00")).await;
    let spring = friday
        .campuses
        .iter()
        .find(|campus| campus.name == SPRING)
        .expect("it owes");
    assert_eq!(spring.items[0].reason(), Reason::MenuIncomplete);
    assert_eq!(spring.items[0].dates, ["2026-06-12"]);
    // The first days of the term were due before the holidays; the week after has until tomorrow.
    let before = chase(&term, Some("2026-05-08T15:00:30+08:00")).await;
    assert_eq!(
        before.line,
        format!(
            "【催报】5月8日 {HEAD}：食谱未报（05-08、05-09）；{SPRING}：食谱未报（05-08、05-09）。请尽快上报。"
        )
    );
}

#[tokio::test]
async fn a_correction_is_chased_until_it_is_made() {
    let term = Term::over().await;
    let ask = ask_correction("meals", "缺素菜");
    let asked = act(&id("spring 2026-06-29"), 2, ask);
    term.office().applied(asked).await;
    let list = chase(&term, None).await;
    let spring = list
        .campuses
        .iter()
        .find(|campus| campus.name == SPRING)
        .expect("it owes");
    let item = &spring.items[0];
    assert_eq!(
        (item.reason(), item.title.as_str(), item.dates.clone()),
        (
            Reason::CorrectionOpen,
            "meals",
            vec!["2026-07-04".to_owned()]
        )
    );
    assert!(!list.line.contains("缺素菜"));
}

#[tokio::test]
async fn only_the_office_excuses_with_a_reason_and_it_may_take_that_back() {
    let term = Term::over().await;
    let record = id("spring 2026-05-25");
    let spring = term.hub.campus(SPRING);
    let equipment = || excuse(v1::ExcuseReason::Equipment);
    let own = spring.one(act(&record, 2, equipment())).await;
    refused(&own, "NOT_ALLOWED", "act.action");
    let office = term.office();
    let none = office
        .one(act(&record, 2, excuse(v1::ExcuseReason::Unspecified)))
        .await;
    refused(&none, "REQUIRED", "act.action.menu.excuse.reason");
    let state = async || super::menus::by_week(&term).await.rows[1].cells[2].state();
    assert_eq!(state().await, State::Late);
    acts(&office, &record, 2, equipment()).await;
    assert_eq!(state().await, State::Excused);
    acts(&office, &record, 3, excuse(v1::ExcuseReason::Force)).await;
    acts(&office, &record, 4, revoke_excuse()).await;
    assert_eq!(state().await, State::Late);
    let draft = crate::wishes::fresh();
    let menu = crate::wishes::menu(&["2026-07-04"]);
    spring.applied(crate::wishes::create(&draft, menu)).await;
    crate::actions::too_early(&office, &draft, 1, equipment()).await;
}

#[tokio::test]
async fn a_replica_says_how_it_stands_and_the_office_sees_it() {
    let term = Term::begin().await;
    let mut spring = term.hub.campus(SPRING).sync;
    let newest = term.office().newest().await;
    let report = |position, unsent| v1::ReportStatusRequest {
        position,
        unsent,
        refused: 2,
        conflicts: 1,
    };
    spring
        .report_status(report(newest - 3, 5))
        .await
        .expect("it is noted");
    let campuses = status(&term, None).await.campuses;
    let [replica] = &campuses[1].replicas[..] else {
        panic!("{campuses:#?}")
    };
    let numbers = (
        replica.behind,
        replica.unsent,
        replica.refused,
        replica.conflicts,
    );
    assert_eq!((replica.holder.as_str(), numbers), ("总务处", (3, 5, 2, 1)));
    assert!(
        campuses[0].replicas.is_empty(),
        "nothing is known of the head school's"
    );
    spring
        .report_status(report(newest, 0))
        .await
        .expect("it is noted");
    assert_eq!(status(&term, None).await.campuses[1].replicas[0].unsent, 0);
    bad_argument(spring.report_status(report(newest, -1)).await, "unsent");
}

#[tokio::test]
async fn a_replica_reports_after_its_sync_what_was_refused() {
    let term = Term::begin().await;
    let folder = tempfile::TempDir::new().expect("a folder");
    let replica = lianxiao::client::Replica::open(&folder.path().join("copy.db")).await;
    let replica = replica.expect("a replica");
    let line = term.hub.line(&term.hub.group.member(SPRING).token);
    let wrong = v1::Menu {
        canteen: String::new(),
        ..crate::wishes::menu(&["2026-05-11"])
    };
    let wrong = crate::wishes::Content::encode(wrong);
    let refused = replica
        .put(&crate::wishes::fresh(), wrong)
        .await
        .expect("it is typed");
    replica.sync(&line).await.expect("it is in step");
    let standing = async || {
        let campuses = status(&term, None).await.campuses;
        let replica = campuses[1].replicas.first().expect("its report").clone();
        [
            replica.behind,
            replica.unsent.into(),
            replica.refused.into(),
            replica.conflicts.into(),
        ]
    };
    assert_eq!(standing().await, [0, 0, 1, 0]);
    replica
        .discard(&refused.mutation_id)
        .await
        .expect("it is dropped");
    replica.sync(&line).await.expect("it is in step");
    assert_eq!(standing().await, [0, 0, 0, 0]);
}
