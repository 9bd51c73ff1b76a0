//! What may be said at all: reasons are codes, and a policy names kinds that there are.

use crate::answers::{argument, refused};
use crate::harness::{HEAD, TestHub};
use crate::wishes::{create, edit, fresh, session};
use lianxiao::wire::v1;

#[tokio::test]
async fn a_reason_is_a_code_and_nothing_else_passes_for_one() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let because = |reason: &str| v1::Mutation {
        reason: reason.to_owned(),
        ..create(&fresh(), session("备课", "2026-05-12"))
    };
    let longest = "A".repeat(40);
    for reason in ["", "MOVED", "RAIN_2", longest.as_str()] {
        head.applied(because(reason)).await;
    }
    let too_long = "A".repeat(41);
    for reason in [
        "王老师病了",
        "rain",
        "RAIN AGAIN",
        "13912345678",
        "320402198001011234",
        "_",
        "ERASED",
        too_long.as_str(),
    ] {
        let result = head.one(because(reason)).await;
        let refusal = refused(&result, "REASON_INVALID", "reason");
        assert_eq!(argument(refusal, "max"), "40");
        assert_eq!(argument(refusal, "own"), "ERASED");
    }
}

#[tokio::test]
async fn a_retention_is_of_a_kind_that_campuses_push_and_of_a_time() {
    let hub = TestHub::start().await;
    let office = hub.office();
    let policy = |kind: &str, months| v1::Policy {
        time_zone: "Asia/Shanghai".to_owned(),
        retentions: vec![v1::Retention {
            kind: kind.to_owned(),
            months,
        }],
        ..Default::default()
    };
    for kind in ["person", "campus", "conflict", "nothing", ""] {
        let result = office.one(create(&fresh(), policy(kind, 12))).await;
        let path = "put.content.policy.retentions[0].kind";
        let refusal = refused(&result, "KIND_NOT_RETAINED", path);
        assert_eq!(
            argument(refusal, "known"),
            "session, exchange, menu, canteen_note, proposal"
        );
    }
    for months in [0, 601] {
        let result = office
            .one(create(&fresh(), policy("session", months)))
            .await;
        refused(
            &result,
            "OUT_OF_RANGE",
            "put.content.policy.retentions[0].months",
        );
    }
    let rules = fresh();
    office.applied(create(&rules, policy("session", 1))).await;
    for (version, kind) in [
        (1, "exchange"),
        (2, "menu"),
        (3, "canteen_note"),
        (4, "proposal"),
    ] {
        office
            .applied(edit(&rules, version, policy(kind, 600)))
            .await;
    }
}
