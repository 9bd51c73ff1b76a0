//! Refusals are counts: by who, by reason and by minute.

use super::{credential_of, now, refusal_rows, refusals, with_exchange};
use crate::answers::{failed, refused};
use crate::harness::{HEAD, TestHub, within};
use crate::wishes::{create, fresh, session};
use futures::StreamExt as _;
use futures::stream;
use jiff::SignedDuration;
use lianxiao::hub::NewCredential;
use lianxiao::model::ids::Place;
use lianxiao::wire::v1;
use tonic::Code;

#[tokio::test]
async fn ten_thousand_refused_calls_leave_a_handful_of_rows_and_none_is_missing() {
    const CALLS: i64 = 10_000;
    let (hub, record) = with_exchange().await;
    let stranger = hub.client(Some("lxh_nobody"), "");
    let head = hub.campus(HEAD);
    let call = |number: i64| {
        let (stranger, head, record) = (stranger.clone(), head.clone(), record.clone());
        async move {
            match number % 2 {
                0 => failed(
                    stranger.get(&record).await,
                    Code::Unauthenticated,
                    "TOKEN_UNKNOWN",
                ),
                _ => failed(head.get(&record).await, Code::NotFound, "NOT_FOUND"),
            };
        }
    };
    let calls = stream::iter(0..CALLS).map(call).buffer_unordered(64);
    within("all are refused", calls.collect::<()>()).await;
    let (rows, of_head) = (refusal_rows(&hub, None).await, credential_of(&head).await);
    let of_group = refusal_rows(&hub, Some(hub.group.id)).await;
    assert!(rows.len() + of_group.len() <= 6, "one a minute and caller");
    let half = CALLS / 2;
    let counted = |who: &str, reason: &str| vec![(who.to_owned(), reason.to_owned(), half)];
    let strangers = refusals(&hub, None).await;
    assert_eq!(strangers, counted("127.0.0.1", "TOKEN_UNKNOWN"));
    let known = refusals(&hub, Some(hub.group.id)).await;
    assert_eq!(known, counted(&of_head, "NOT_FOUND"));
}

#[tokio::test]
async fn a_refusal_is_counted_by_who_and_why_and_what_is_done_is_not() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    assert_eq!(
        refusals(&hub, Some(hub.group.id)).await,
        [],
        "so far all went well"
    );
    let of_head = credential_of(&head).await;
    // Items, by their codes; good ones beside them are not counted, and tries are.
    let bad = || create(&fresh(), session("备课", "2026-02-30"));
    let answers = head
        .push([bad(), create(&fresh(), session("备课", "2026-05-12"))])
        .await;
    refused(
        &answers[0],
        "DATE_INVALID",
        "put.content.session.days[0].date",
    );
    head.push_as(v1::PushMode::Validate, v1::Atomicity::Item, [bad()])
        .await;
    head.push_as(
        v1::PushMode::Commit,
        v1::Atomicity::All,
        [bad(), create(&fresh(), session("备课", "2026-05-12"))],
    )
    .await;
    // Calls, by their reasons.
    let cursor = v1::PullRequest {
        cursor: "noise".to_owned(),
        ..Default::default()
    };
    failed(
        head.pull(cursor).await,
        Code::InvalidArgument,
        "ARGUMENT_INVALID",
    );
    let mut office = head.office.clone();
    let no_day = v1::GetGroupStatusRequest {
        first_date: "noise".to_owned(),
        ..Default::default()
    };
    let status = office.get_group_status(no_day);
    failed(status.await, Code::InvalidArgument, "ARGUMENT_INVALID");
    let too_large = create(&fresh(), session(&"长".repeat(8 << 20), "2026-05-12"));
    let push = lianxiao::wire::convert::push_request(&[too_large]);
    failed(
        head.try_push(push).await,
        Code::ResourceExhausted,
        "LIMIT_EXCEEDED",
    );
    let expected = [
        ("ARGUMENT_INVALID", 2),
        ("DATE_INVALID", 3),
        ("LIMIT_EXCEEDED", 1),
    ]
    .map(|(reason, count)| (of_head.clone(), reason.to_owned(), count));
    assert_eq!(refusals(&hub, Some(hub.group.id)).await, expected);
    assert_eq!(refusals(&hub, None).await, []);
}

#[tokio::test]
async fn a_credential_that_has_ended_is_refused_under_its_own_name() {
    let hub = TestHub::start().await;
    let expires_at = now() + SignedDuration::from_mins(5);
    let new = NewCredential {
        expires_at: Some(expires_at),
        ..NewCredential::new(Place::Office, "集团办")
    };
    let made = hub.hub().create_credential(hub.group.id, new).await;
    let (credential, token) = made.expect("a credential");
    let office = hub.client(Some(token.reveal()), "");
    office.describe().await;
    hub.clock.set(expires_at);
    for _ in 0..3 {
        failed(
            office.get(&fresh()).await,
            Code::Unauthenticated,
            "CREDENTIAL_EXPIRED",
        );
    }
    let expected = (credential.to_string(), "CREDENTIAL_EXPIRED".to_owned(), 3);
    assert_eq!(refusals(&hub, Some(hub.group.id)).await, [expected]);
    assert_eq!(refusals(&hub, None).await, []);
}
