//! How often and how much: whoever goes over a rate is told when there is enough again, and nobody else
//! feels it.

use crate::answers::{failed, outcomes};
use crate::audit::refusals;
use crate::frames::{HEADERS, Wire, reset};
use crate::harness::{Client, HEAD, LAKE, SPRING, TestHub, credential, limits, within};
use crate::invitations::{code, join, to_spring};
use crate::operator::Operator;
use crate::wishes::{Content as _, create, fresh, session};
use lianxiao::client::Replica;
use lianxiao::model::ids::Place;
use lianxiao::model::limits::{Limits, Rate};
use lianxiao::model::secret::Token;
use lianxiao::wire::convert::push_request;
use lianxiao::wire::v1;
use std::time::Duration;
use tokio::sync::Notify;
use tonic::{Code, Status};

/// A rate at which a test is soon refused, and soon let in again.
const FEW: Rate = Rate::new(2, 5);

/// Enough bytes for two pushes of a session, and another one each second.
const FEW_BYTES: Rate = Rate::new(600, 1_200);

async fn describe(client: &Client) -> Result<v1::DescribeResponse, Status> {
    let mut about = client.about.clone();
    let described = within(
        "the hub describes itself",
        about.describe(v1::DescribeRequest {}),
    );
    described.await.map(tonic::Response::into_inner)
}

async fn push(client: &Client) -> Result<Vec<v1::PushResult>, Status> {
    let mutation = create(&fresh(), session("备课", "2026-05-12"));
    client.try_push(push_request(&[mutation])).await
}

/// A refusal by a rate; how long it asks to be left alone.
fn over<T>(answer: Result<T, Status>, limit: &str) -> Duration {
    let (status, details) = failed(answer, Code::ResourceExhausted, "RATE_LIMITED");
    let info = &details.error_info().expect("an ErrorInfo").metadata;
    assert_eq!(info["limit"], limit, "{status:?}");
    let quota = &details.quota_failure().expect("a QuotaFailure").violations;
    assert_eq!(quota[0].subject, limit);
    let retry = details.retry_info().expect("a RetryInfo").retry_delay;
    retry.expect("a delay")
}

/// Calls until a call is refused; how many were not, and the refusal.
async fn until_refused<T, F>(mut call: impl FnMut() -> F) -> (u32, Result<T, Status>)
where
    F: Future<Output = Result<T, Status>>,
{
    for taken in 0..1_000 {
        match call().await {
            Err(status) if status.code() == Code::ResourceExhausted => return (taken, Err(status)),
            _ => {}
        }
    }
    panic!("a thousand calls were let in");
}

/// Waits as long as the hub asked: the answer must hold what it says.
async fn wait(told: Duration) {
    assert!(
        told > Duration::ZERO && told <= Duration::from_secs(2),
        "{told:?}"
    );
    tokio::time::sleep(told).await;
}

#[tokio::test]
async fn a_credential_that_calls_too_often_is_told_when_it_may_again_and_others_do_not_feel_it() {
    let limits = Limits {
        calls_per_credential: FEW,
        ..limits()
    };
    let hub = TestHub::start_with(limits).await;
    let spring = hub.campus(SPRING);
    let (taken, refusal) = until_refused(|| describe(&spring)).await;
    assert!(taken >= FEW.burst.get(), "a burst is let in: {taken}");
    let told = over(refusal, "calls_per_credential");
    describe(&hub.campus(LAKE))
        .await
        .expect("another one calls");
    wait(told).await;
    describe(&spring).await.expect("it was told when");
    let refused = refusals(&hub, Some(hub.group.id)).await;
    let [(_, reason, count)] = refused.as_slice() else {
        panic!("{refused:?}");
    };
    assert_eq!((reason.as_str(), *count), ("RATE_LIMITED", 1));
}

#[tokio::test]
async fn the_credentials_of_a_group_share_its_calls_and_other_groups_have_their_own() {
    let limits = Limits {
        calls_per_group: FEW,
        ..limits()
    };
    let hub = TestHub::start_with(limits).await;
    let (spring, lake) = (hub.campus(SPRING), hub.campus(LAKE));
    for _ in 0..FEW.burst.get() - 1 {
        describe(&spring).await.expect("the burst is not used up");
    }
    let (_, refusal) = until_refused(|| describe(&lake)).await;
    over(refusal, "calls_per_group");
    let other = hub.add_group("另一集团").await;
    describe(&hub.campus_of(&other, HEAD))
        .await
        .expect("another group");
}

#[tokio::test]
async fn bytes_pushed_are_counted_and_what_was_refused_for_them_is_taken_later_as_if_new() {
    let limits = Limits {
        push_bytes_per_credential: FEW_BYTES,
        ..limits()
    };
    let hub = TestHub::start_with(limits).await;
    let spring = hub.campus(SPRING);
    let one = [create(&fresh(), session("备课", "2026-05-12"))];
    let (taken, _) = until_refused(|| push(&spring)).await;
    assert!(taken >= 1, "a burst is let in");
    let told = over(
        spring.try_push(push_request(&one)).await,
        "push_bytes_per_credential",
    );
    push(&hub.campus(LAKE)).await.expect("another one pushes");
    describe(&spring).await.expect("what is no push is let in");
    wait(told).await;
    let results = spring
        .try_push(push_request(&one))
        .await
        .expect("it was told when");
    assert_eq!(outcomes(&results), [v1::Outcome::Applied]);
    assert!(!results[0].replayed, "nothing of it was stored before");
}

#[tokio::test]
async fn the_credentials_of_a_group_share_its_bytes() {
    let limits = Limits {
        push_bytes_per_group: FEW_BYTES,
        ..limits()
    };
    let hub = TestHub::start_with(limits).await;
    let spring = hub.campus(SPRING);
    let (_, refusal) = until_refused(|| push(&spring)).await;
    over(refusal, "push_bytes_per_group");
    over(push(&hub.campus(LAKE)).await, "push_bytes_per_group");
    let other = hub.add_group("另一集团").await;
    push(&hub.campus_of(&other, HEAD))
        .await
        .expect("another group");
}

#[tokio::test]
async fn a_credential_has_no_more_pushes_open_than_it_may_and_others_have_their_own() {
    let limits = Limits {
        pushes_per_credential_max: 1,
        ..limits()
    };
    let hub = TestHub::start_with(limits).await;
    let spring = hub.campus(SPRING);
    let mut wire = Wire::open(hub.address()).await;
    let token = &hub.group.member(SPRING).token;
    let path = "/lianxiao.v1.SyncService/Push";
    let two = [
        wire.begin(path, Some(token)).await,
        wire.begin(path, Some(token)).await,
    ];
    // One of them is answered, and so the other has the place.
    let refused = within("one of two is refused", wire.next_of(HEADERS)).await;
    let held = two.into_iter().find(|stream| *stream != refused.stream);
    let refusal = push(&spring).await;
    let (_, details) = failed(refusal, Code::ResourceExhausted, "LIMIT_EXCEEDED");
    let info = &details.error_info().expect("an ErrorInfo").metadata;
    assert_eq!(info["limit"], "pushes_per_credential_max");
    assert!(details.retry_info().is_some());
    push(&hub.campus(LAKE))
        .await
        .expect("others have their own");
    describe(&spring).await.expect("what is no push is let in");
    wire.send(&reset(held.unwrap()))
        .await
        .expect("the line is open");
    let freed = async { while push(&spring).await.is_err() {} };
    within("a push that is given up frees its place", freed).await;
}

#[tokio::test]
async fn a_push_larger_than_a_burst_is_taken_after_a_rest() {
    let limits = Limits {
        push_bytes_per_credential: FEW_BYTES,
        ..limits()
    };
    let hub = TestHub::start_with(limits).await;
    let many: Vec<_> = (0..20)
        .map(|_| create(&fresh(), session("备课", "2026-05-12")))
        .collect();
    let results = hub.campus(SPRING).push(many).await;
    assert_eq!(outcomes(&results), [v1::Outcome::Applied; 20]);
    over(push(&hub.campus(SPRING)).await, "push_bytes_per_credential");
}

#[tokio::test]
async fn an_address_that_guesses_tokens_is_refused_and_whoever_has_one_is_let_in_from_there() {
    let limits = Limits {
        failed_sign_ins_per_address: FEW,
        ..limits()
    };
    let hub = TestHub::start_with(limits).await;
    let stranger = hub.client(Some("lianxiao_nobody"), "");
    for _ in 0..FEW.burst.get() {
        failed(
            describe(&stranger).await,
            Code::Unauthenticated,
            "TOKEN_UNKNOWN",
        );
    }
    let (_, refusal) = until_refused(|| describe(&stranger)).await;
    let told = over(refusal, "failed_sign_ins_per_address");
    // Not seen before, so looked up now.
    let office = credential(hub.hub(), hub.group.id, Place::Office, "集团办").await;
    describe(&hub.client(Some(&office), ""))
        .await
        .expect("the token is one");
    wait(told).await;
    failed(
        describe(&stranger).await,
        Code::Unauthenticated,
        "TOKEN_UNKNOWN",
    );
}

#[tokio::test]
async fn an_address_that_guesses_codes_is_refused_before_they_are_looked_up() {
    let limits = Limits {
        failed_sign_ins_per_address: FEW,
        ..limits()
    };
    let hub = TestHub::start_with(limits).await;
    let operator = Operator::of(&hub);
    let right = code(&operator, to_spring(&operator)).await;
    let token = Token::from_random([7; 32]).reveal().to_owned();
    for _ in 0..FEW.burst.get() {
        failed(
            join(&hub, "wrong", &token).await,
            Code::NotFound,
            "INVITATION_UNKNOWN",
        );
    }
    let (_, refusal) = until_refused(|| join(&hub, &right, &token)).await;
    let told = over(refusal, "failed_sign_ins_per_address");
    wait(told).await;
    join(&hub, &right, &token).await.expect("it was told when");
}

#[tokio::test]
async fn the_hub_says_how_often_and_how_much() {
    let limits = Limits {
        calls_per_credential: Rate::new(1_001, 101),
        calls_per_group: Rate::new(1_002, 102),
        push_bytes_per_credential: Rate::new(1_003, 103),
        push_bytes_per_group: Rate::new(1_004, 104),
        failed_sign_ins_per_address: Rate::new(1_005, 105),
        ..limits()
    };
    let hub = TestHub::start_with(limits).await;
    let told = describe(&hub.campus(SPRING)).await.expect("a description");
    let told = told.limits.expect("limits");
    let rate = |per_second, burst| Some(v1::Rate { per_second, burst });
    assert_eq!(
        [
            told.calls_per_credential,
            told.calls_per_group,
            told.push_bytes_per_credential,
            told.push_bytes_per_group,
            told.failed_sign_ins_per_address,
        ],
        [
            rate(1_001, 101),
            rate(1_002, 102),
            rate(1_003, 103),
            rate(1_004, 104),
            rate(1_005, 105),
        ]
    );
}

#[tokio::test]
async fn a_replica_that_pushes_too_much_waits_as_it_is_told_and_loses_nothing() {
    // Room for two pushes of one session, and for the third some four seconds later: longer than a replica
    // that was told nothing would wait, again and again.
    const TYPED: usize = 3;
    let limits = Limits {
        push_mutations_max: 1,
        push_bytes_per_credential: Rate::new(100, 1_000),
        ..limits()
    };
    let hub = TestHub::start_with(limits).await;
    let folder = tempfile::tempdir().unwrap();
    let replica = Replica::open(&folder.path().join("replica.db")).await;
    let replica = replica.expect("a replica");
    for _ in 0..TYPED {
        let content = session("备课", "2026-05-12").encode();
        let typed = replica.put(&fresh(), content).await;
        typed.expect("it is typed");
    }
    let line = hub.line(&hub.group.member(SPRING).token);
    let (typed, all) = (Notify::new(), Notify::new());
    let watching = replica.watch(&line, &typed, |_| all.notify_one());
    tokio::select! {
        ended = watching => panic!("{ended:?}"),
        () = within("the replica is in step", all.notified()) => {}
    }
    let outbox = replica.outbox().await.expect("an outbox");
    assert!(outbox.is_empty(), "{outbox:?}");
    let refused = refusals(&hub, Some(hub.group.id)).await;
    let [(_, reason, count)] = refused.as_slice() else {
        panic!("it was never refused, or for something else: {refused:?}");
    };
    assert_eq!((reason.as_str(), *count), ("RATE_LIMITED", 1));
}
