//! What the office is told of exchanges and sessions: shares against the group's rules, and what to look at.

use crate::actions::acts;
use crate::answers::{bad_argument, reads_well};
use crate::harness::{Client, HEAD, LAKE, SPRING, TestHub};
use crate::process::program;
use crate::wishes::{
    accept, act, announce, approve, confirm_arrival, create, exchange, fresh, hold, id, named,
    propose, report_attendance, session,
};
use lianxiao::wire::v1;
use prost::Message as _;
use v1::ExchangeConcern::{EndingSoon, HalfOpen, NotArrived, PastEnd};
use v1::ShareResult::{Met, NotEnoughData, NotMet};

const TUESDAY: &str = "2026-05-12";

fn at(hub: &TestHub, time: &str) {
    hub.clock.set(time.parse().expect("a time"));
}

/// Head sends somebody to Spring, as far as the office's approval.
async fn approved(hub: &TestHub, sent: v1::Exchange) -> String {
    let record = fresh();
    let (home, host) = (hub.campus(HEAD), hub.campus(SPRING));
    home.applied(create(&record, sent)).await;
    acts(&home, &record, 1, propose()).await;
    acts(&host, &record, 2, accept()).await;
    acts(&hub.office(), &record, 3, approve()).await;
    record
}

async fn shares(
    office: &Client,
    school_year: i32,
    time: Option<prost_types::Timestamp>,
) -> v1::GetExchangeSharesResponse {
    let request = v1::GetExchangeSharesRequest { school_year, time };
    let mut office = office.office.clone();
    let answer = office.get_exchange_shares(request).await;
    answer.expect("the shares").into_inner()
}

/// A tenth of those who meet the conditions, in the group and in every campus.
async fn keep_rules(office: &Client) {
    let rule = |name: &str, scope: v1::ExchangeScope| v1::ExchangeRule {
        name: name.to_owned(),
        numerator: v1::ExchangeCount::Exchanged.into(),
        denominator: v1::ExchangeCount::Eligible.into(),
        threshold_percent: 10.0,
        scope: scope.into(),
        basis: v1::ExchangeBasis::Active.into(),
        source: "教督〔2017〕6号".to_owned(),
        ..Default::default()
    };
    let policy = v1::Policy {
        time_zone: "Asia/Shanghai".to_owned(),
        exchange_rules: vec![
            rule("全集团", v1::ExchangeScope::Group),
            rule("各校", v1::ExchangeScope::Campus),
        ],
        ..Default::default()
    };
    office.applied(create(&fresh(), policy)).await;
}

async fn count_staff(office: &Client) {
    for (campus, eligible) in [(HEAD, 10), (SPRING, 10), (LAKE, 0)] {
        let count = v1::StaffCount {
            campus_id: id(campus),
            school_year: 2025,
            day: "2025-09-10".to_owned(),
            eligible: Some(eligible),
            ..Default::default()
        };
        office.applied(create(&fresh(), count)).await;
    }
}

fn results(report: &v1::GetExchangeSharesResponse) -> Vec<v1::ShareResult> {
    let shares = report.shares.iter();
    shares.map(v1::ExchangeShare::result).collect()
}

#[tokio::test]
async fn a_share_of_the_policy_is_met_or_not_or_nobody_can_tell() {
    let hub = TestHub::start().await;
    let office = hub.office();
    keep_rules(&office).await;
    let record = approved(&hub, exchange(&id(HEAD), &id(SPRING))).await;
    let nobody_counted = shares(&office, 2025, None).await;
    assert_eq!(results(&nobody_counted), [NotEnoughData; 4]);
    assert_eq!(nobody_counted.shares[0].uncounted_campus_ids.len(), 3);
    count_staff(&office).await;
    let arrival = confirm_arrival("2026-05-08");
    acts(&hub.campus(SPRING), &record, 4, arrival).await;
    let came = shares(&office, 2025, None).await;
    let [of_group, of_head, of_spring, of_lake] = &came.shares[..] else {
        panic!("{came:#?}")
    };
    let range = |n| Some(v1::CountRange { least: n, most: n });
    assert_eq!(
        (of_group.numerator, of_group.denominator),
        (range(1), range(20))
    );
    let source = of_group.rule.as_ref().map(|rule| rule.source.as_str());
    assert_eq!(source, Some("教督〔2017〕6号"));
    let of = |share: &v1::ExchangeShare| {
        let name = share.name.clone();
        (share.campus_id.clone(), name, share.numerator)
    };
    assert_eq!(of(of_head), (id(HEAD), HEAD.to_owned(), range(1)));
    assert_eq!(of(of_spring), (id(SPRING), SPRING.to_owned(), range(0)));
    assert_eq!(of_lake.denominator, range(0));
    // Nobody may be exchanged at Lake: a share of nobody.
    assert_eq!(results(&came), [NotMet, Met, NotMet, NotEnoughData]);
    // Asked again of that instant, it is the same to the digit.
    let then = nobody_counted.instant.as_ref().and_then(|of| of.time);
    let again = shares(&office, 2025, then).await;
    assert_eq!(again.shares, nobody_counted.shares);
    let year_before = shares(&office, 2024, None).await;
    assert_eq!(results(&year_before), [NotEnoughData; 4]);
}

#[tokio::test]
async fn a_school_year_of_another_age_is_refused() {
    let hub = TestHub::start().await;
    for school_year in [-1, 1_999, 2_101, i32::MAX] {
        let request = v1::GetExchangeSharesRequest {
            school_year,
            time: None,
        };
        let answer = hub.office().office.get_exchange_shares(request).await;
        bad_argument(answer, "school_year");
    }
}

async fn status(hub: &TestHub) -> v1::GetGroupStatusResponse {
    let request = v1::GetGroupStatusRequest {
        first_date: "2026-05-04".to_owned(),
        last_date: "2026-12-31".to_owned(),
        time: None,
    };
    let answer = hub.office().office.get_group_status(request).await;
    answer.expect("figures").into_inner()
}

/// Why a movement is looked at.
fn concerns(status: &v1::GetGroupStatusResponse, record: &str) -> Vec<v1::ExchangeConcern> {
    let watched = status.watched_exchanges.iter();
    let mut own = watched.filter(|of| {
        of.exchange
            .as_ref()
            .is_some_and(|of| of.exchange_id == record)
    });
    own.next()
        .map(|of| of.concerns().collect())
        .unwrap_or_default()
}

#[tokio::test]
async fn what_is_overdue_or_half_open_is_seen_and_changed_by_no_timer() {
    let hub = TestHub::start().await;
    let term = |first: &str, last: &str, name: &str| v1::Exchange {
        person: Some(named(name)),
        planned_start: first.to_owned(),
        planned_end: last.to_owned(),
        ..exchange(&id(HEAD), &id(SPRING))
    };
    let late = approved(&hub, term("2026-05-01", "2026-06-30", "李老师")).await;
    let here = approved(&hub, term("2026-05-01", "2026-07-31", "王老师")).await;
    let half = fresh();
    let paired = v1::Exchange {
        pair_id: fresh(),
        ..term("2026-09", "2027-07", "赵老师")
    };
    let head = hub.campus(HEAD);
    head.applied(create(&half, paired.clone())).await;
    assert_eq!(
        concerns(&status(&hub).await, &half),
        [],
        "a draft is the campus's own"
    );
    acts(&head, &half, 1, propose()).await;
    acts(&hub.campus(SPRING), &here, 4, confirm_arrival("2026-05-08")).await;
    let now = status(&hub).await;
    assert_eq!(concerns(&now, &half), [HalfOpen]);
    assert_eq!(
        (concerns(&now, &late), concerns(&now, &here)),
        (vec![], vec![])
    );
    let back = v1::Exchange {
        home: paired.host.clone(),
        host: paired.home.clone(),
        ..paired
    };
    let other = fresh();
    let spring = hub.campus(SPRING);
    spring.applied(create(&other, back)).await;
    acts(&spring, &other, 1, propose()).await;
    at(&hub, "2026-06-08T08:00:00+08:00");
    let june = status(&hub).await;
    assert_eq!(concerns(&june, &half), []);
    assert_eq!(concerns(&june, &late), [NotArrived]);
    assert_eq!(concerns(&june, &here), [EndingSoon]);
    at(&hub, "2026-08-01T08:00:00+08:00");
    let august = status(&hub).await;
    assert_eq!(concerns(&august, &late), [NotArrived]);
    assert_eq!(concerns(&august, &here), [PastEnd]);
    let stands = hub.office().get(&here).await.expect("the movement");
    assert_eq!(stands.version, 5, "nobody wrote it since");
}

#[tokio::test]
async fn a_session_whose_books_are_open_is_listed_with_whose_attendance_is_missing() {
    let hub = TestHub::start().await;
    let (head, spring) = (hub.campus(HEAD), hub.campus(SPRING));
    let record = fresh();
    head.applied(create(&record, session("数学", TUESDAY)))
        .await;
    acts(&head, &record, 1, announce()).await;
    assert!(
        status(&hub).await.unrecorded_sessions.is_empty(),
        "it is to come"
    );
    at(&hub, "2026-05-12T16:00:00+08:00");
    acts(&head, &record, 2, hold()).await;
    spring
        .applied(act(&record, 3, report_attendance(3, 3)))
        .await;
    at(&hub, "2026-05-13T08:00:00+08:00");
    let open = status(&hub).await.unrecorded_sessions;
    assert_eq!(open.len(), 1);
    assert_eq!(
        open[0].session.as_ref().map(|of| of.session_id.clone()),
        Some(record)
    );
    let mut silent = open[0].silent_campus_ids.clone();
    silent.sort_unstable();
    let mut expected = vec![id(HEAD), id(LAKE)];
    expected.sort_unstable();
    assert_eq!(silent, expected);
}

#[tokio::test]
async fn the_words_that_come_with_the_program_are_pushed_by_the_office() {
    let output = program().args(["words"]).output().expect("it runs");
    assert!(output.status.success());
    let described = lianxiao::wire::CONTRACT.get_message_by_name("lianxiao.v1.PushRequest");
    let mut json = serde_json::Deserializer::from_slice(&output.stdout);
    let push = prost_reflect::DynamicMessage::deserialize(described.expect("known"), &mut json);
    let push = push.expect("a PushRequest").encode_to_vec();
    let push = v1::PushRequest::decode(push.as_slice()).expect("a PushRequest");
    let hub = TestHub::start().await;
    let (head, office) = (hub.campus(HEAD), hub.office());
    let first = office.try_push(push.clone()).await.expect("answers");
    assert_eq!(first.len(), 11);
    for result in &first {
        assert_eq!(result.outcome(), v1::Outcome::Applied, "{result:#?}");
    }
    let again = office.try_push(push).await.expect("answers");
    assert!(again.iter().all(|result| result.replayed));
    let of = |subjects: &[&str], grade: &str| v1::Session {
        subjects: subjects
            .iter()
            .map(|subject| (*subject).to_owned())
            .collect(),
        grades: vec![grade.to_owned()],
        ..session("备课", TUESDAY)
    };
    let short = head.applied(create(&fresh(), of(&["道法"], "初一"))).await;
    let codes: Vec<&str> = short.warnings.iter().map(|of| of.code.as_str()).collect();
    assert_eq!(codes, ["WORD_OLD", "WORD_OLD", "STAGE_DIFFERS"]);
    short.warnings.iter().for_each(reads_well);
    let today = head
        .applied(create(&fresh(), of(&["信息科技"], "六年级")))
        .await;
    assert_eq!(today.warnings, []);
    let few = program()
        .args(["words", "rank", "grade/6-3"])
        .output()
        .expect("it runs");
    let few = String::from_utf8(few.stdout).expect("text");
    assert_eq!(few.matches("recordId").count(), 2);
    let none = program()
        .args(["words", "colours"])
        .output()
        .expect("it runs");
    assert!(!none.status.success());
    assert!(String::from_utf8_lossy(&none.stderr).contains("grade/6-3"));
}
