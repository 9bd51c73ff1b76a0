//! Credentials that are taken back, rotated, or come to their end.

use crate::answers::{bad_argument, failed};
use crate::harness::{Client, HEAD, NOW, SPRING, TestHub, limits};
use crate::operator::{Operator, milliseconds, new_credential};
use crate::reader::{Reader, Watcher};
use crate::wishes::{create, fresh, id, session};
use jiff::{SignedDuration, Timestamp};
use lianxiao::model::clock::Clock as _;
use lianxiao::model::limits::Limits;
use lianxiao::wire::convert::timestamp;
use lianxiao::wire::v1;
use std::time::{Duration, Instant};
use tonic::{Code, Status};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// A hub on which nothing happens by itself: an event that comes was caused.
async fn silent_hub() -> TestHub {
    let silent = Limits {
        heartbeat_interval: Duration::from_hours(1),
        ..limits()
    };
    TestHub::start_with(silent).await
}

fn clerk(holder: &str) -> v1::NewCredential {
    new_credential(&id(SPRING), holder)
}

async fn read(client: &Client) -> Result<v1::PullResponse, Status> {
    client.pull(v1::PullRequest::default()).await
}

/// A stream that has delivered what there is.
async fn watching(client: &Client) -> Watcher {
    let mut watcher = Watcher::start(client, v1::Filter::default()).await;
    watcher.until(0).await;
    watcher
}

/// A stream that still delivers what happens.
async fn goes_on(hub: &TestHub, watcher: &mut Watcher) {
    let news = create(&fresh(), session("备课", "2026-05-12"));
    let position = hub.campus(HEAD).applied(news).await.position;
    watcher.until(position).await;
}

#[tokio::test]
async fn a_revoked_credential_is_refused_from_its_next_call_on_and_its_watches_end_within_a_second()
{
    let hub = silent_hub().await;
    let operator = Operator::of(&hub);
    let (credential, token) = operator.hire(clerk("总务处")).await;
    let (_, others) = operator.hire(clerk("总务处")).await;
    let (revoked, other) = (hub.client(Some(&token), ""), hub.client(Some(&others), ""));
    let mut ending = [watching(&revoked).await, watching(&revoked).await];
    let mut staying = watching(&other).await;
    operator.revoke(&credential).await.expect("revoked");
    let since = Instant::now();
    for watcher in &mut ending {
        let ended = Err::<(), _>(watcher.failure().await);
        failed(ended, Code::Unauthenticated, "CREDENTIAL_REVOKED");
    }
    assert!(
        since.elapsed() < Duration::from_secs(1),
        "{:?}",
        since.elapsed()
    );
    failed(
        read(&revoked).await,
        Code::Unauthenticated,
        "CREDENTIAL_REVOKED",
    );
    let again = revoked
        .sync
        .clone()
        .watch(v1::WatchRequest::default())
        .await;
    failed(again, Code::Unauthenticated, "CREDENTIAL_REVOKED");
    // The same campus by another credential.
    read(&other).await.expect("a page");
    goes_on(&hub, &mut staying).await;
}

#[tokio::test]
async fn a_credential_is_revoked_once_and_for_good() {
    let mut hub = TestHub::start().await;
    let operator = Operator::of(&hub);
    let (credential, token) = operator.hire(clerk("总务处")).await;
    let listed = async |operator: &Operator| {
        let group_id = operator.group_id.clone();
        let request = v1::ListCredentialsRequest { group_id };
        let listed = operator.admin.clone().list_credentials(request).await;
        let mut listed = listed.expect("a list").into_inner().credentials.into_iter();
        let found = listed.find(|of| of.id == credential);
        found.expect("it stays in the list").revoke_time
    };
    assert_eq!(listed(&operator).await, None);
    operator.revoke(&credential).await.expect("revoked");
    let first = listed(&operator).await;
    assert!(first.is_some());
    hub.clock.set(days_from_now(1));
    operator.revoke(&credential).await.expect("revoked");
    assert_eq!(listed(&operator).await, first);
    for unknown in [fresh(), hub.add_group("另一集团").await.id.to_string()] {
        failed(operator.revoke(&unknown).await, Code::NotFound, "NOT_FOUND");
    }
    bad_argument(operator.revoke("all").await, "credential_id");
    operator.leave().await;
    hub.stop().await;
    hub.reopen().await;
    let revoked = hub.client(Some(&token), "");
    failed(
        read(&revoked).await,
        Code::Unauthenticated,
        "CREDENTIAL_REVOKED",
    );
}

#[tokio::test]
async fn a_group_cannot_revoke_or_rotate_the_credential_of_another() {
    let hub = TestHub::start().await;
    let mut operator = Operator::of(&hub);
    let (credential, token) = operator.hire(clerk("总务处")).await;
    operator.group_id = hub.add_group("另一集团").await.id.to_string();
    failed(
        operator.revoke(&credential).await,
        Code::NotFound,
        "NOT_FOUND",
    );
    let rotated = operator.rotate(&credential, 0).await;
    failed(rotated, Code::NotFound, "NOT_FOUND");
    read(&hub.client(Some(&token), "")).await.expect("a page");
}

fn days_from_now(days: i64) -> Timestamp {
    let now: Timestamp = NOW.parse().expect("a time");
    now + SignedDuration::from_hours(24 * days)
}

#[tokio::test]
async fn a_reader_goes_on_with_its_next_token_where_it_was_and_the_older_one_ends_after_the_overlap()
 {
    let hub = TestHub::start().await;
    let operator = Operator::of(&hub);
    let rights = "session=read".parse().expect("rights");
    let limited = v1::NewCredential {
        rights: lianxiao::wire::convert::kind_rights(&rights),
        ..clerk("教导处")
    };
    let (credential, token) = operator.hire(limited).await;
    let old = hub.client(Some(&token), "");
    let mut reader = Reader::new(old.clone(), v1::Filter::default());
    reader.until_whole(0).await;
    let before = old.describe().await.caller.expect("a caller");
    let next = operator.rotate(&credential, 7 * DAY_MS).await;
    let new = hub.client(Some(&next.expect("a token")), "");
    let news = create(&fresh(), session("备课", "2026-05-12"));
    let position = hub.campus(HEAD).applied(news).await.position;
    // `page` fails the test when the hub wants the reader to begin again.
    reader.client = new.clone();
    assert_eq!(reader.until_whole(0).await.newest_position, position);
    assert_eq!(reader.mirror, Reader::all(&new).await);
    let after = new.describe().await.caller.expect("a caller");
    assert_eq!(
        after, before,
        "the same credential, and its token has no end"
    );
    let ends = old.describe().await.caller.expect("a caller").expire_time;
    let ends = lianxiao::wire::convert::time(&ends.expect("an end")).expect("a time");
    let overlap = ends.duration_since(hub.clock.now());
    assert!(
        overlap <= SignedDuration::from_hours(168) && overlap > SignedDuration::from_hours(167)
    );
    hub.clock.set(ends - SignedDuration::from_mins(1));
    read(&old).await.expect("a page");
    hub.clock.set(ends);
    failed(
        read(&old).await,
        Code::Unauthenticated,
        "CREDENTIAL_EXPIRED",
    );
    read(&new).await.expect("a page");
}

#[tokio::test]
async fn without_an_overlap_the_older_tokens_and_their_watches_end_at_once() {
    let hub = silent_hub().await;
    let operator = Operator::of(&hub);
    let (credential, first) = operator.hire(clerk("总务处")).await;
    let (_, other) = operator.hire(clerk("总务处")).await;
    let second = operator.rotate(&credential, DAY_MS).await.expect("a token");
    let clients = [&first, &second, &other].map(|token| hub.client(Some(token), ""));
    let mut older = [watching(&clients[0]).await, watching(&clients[1]).await];
    let mut staying = watching(&clients[2]).await;
    let third = operator.rotate(&credential, 0).await.expect("a token");
    for (watcher, client) in older.iter_mut().zip(&clients) {
        let ended = Err::<(), _>(watcher.failure().await);
        failed(ended, Code::Unauthenticated, "CREDENTIAL_EXPIRED");
        failed(
            read(client).await,
            Code::Unauthenticated,
            "CREDENTIAL_EXPIRED",
        );
    }
    let newest = hub.client(Some(&third), "");
    goes_on(&hub, &mut watching(&newest).await).await;
    goes_on(&hub, &mut staying).await;
}

#[tokio::test]
async fn a_watch_ends_when_its_token_does_though_it_was_opened_before_that_was_known() {
    let hub = silent_hub().await;
    let operator = Operator::of(&hub);
    let (credential, token) = operator.hire(clerk("总务处")).await;
    let mut older = watching(&hub.client(Some(&token), "")).await;
    let since = Instant::now();
    let next = operator.rotate(&credential, 1_000).await.expect("a token");
    let mut newer = watching(&hub.client(Some(&next), "")).await;
    let ended = Err::<(), _>(older.failure().await);
    failed(ended, Code::Unauthenticated, "CREDENTIAL_EXPIRED");
    assert!(
        since.elapsed() >= Duration::from_secs(1),
        "not before its end"
    );
    goes_on(&hub, &mut newer).await;
}

#[tokio::test]
async fn a_credential_ends_when_it_was_made_to_and_its_watches_with_it() {
    let hub = silent_hub().await;
    let operator = Operator::of(&hub);
    let now = hub.clock.now().as_second();
    let end = Timestamp::from_second(now + 3).expect("a time");
    let ending = v1::NewCredential {
        expire_time: Some(timestamp(end)),
        ..clerk("总务处")
    };
    let (credential, token) = operator.hire(ending).await;
    let client = hub.client(Some(&token), "");
    let mut watcher = watching(&client).await;
    let told = client
        .describe()
        .await
        .caller
        .expect("a caller")
        .expire_time;
    assert_eq!(told, Some(timestamp(end)));
    let ended = Err::<(), _>(watcher.failure().await);
    failed(ended, Code::Unauthenticated, "CREDENTIAL_EXPIRED");
    assert!(hub.clock.now() >= end, "not before its end");
    failed(
        read(&client).await,
        Code::Unauthenticated,
        "CREDENTIAL_EXPIRED",
    );
    bad_argument(operator.rotate(&credential, 0).await, "credential_id");
}

#[tokio::test]
async fn a_next_token_is_not_made_for_what_is_revoked_nor_for_an_overlap_that_is_none() {
    let hub = TestHub::start().await;
    let operator = Operator::of(&hub);
    let (credential, _) = operator.hire(clerk("总务处")).await;
    bad_argument(operator.rotate(&credential, -1).await, "overlap");
    let beyond = v1::RotateCredentialRequest {
        group_id: operator.group_id.clone(),
        credential_id: credential.clone(),
        overlap: Some(prost_types::Duration {
            seconds: i64::MAX,
            nanos: 0,
        }),
    };
    let rotated = operator.admin.clone().rotate_credential(beyond).await;
    bad_argument(rotated, "overlap");
    let invitation = |overlap| v1::CreateInvitationRequest {
        group_id: operator.group_id.clone(),
        invited: Some(v1::create_invitation_request::Invited::CredentialId(
            credential.clone(),
        )),
        overlap: Some(milliseconds(overlap)),
        ..Default::default()
    };
    bad_argument(operator.invite(invitation(-1)).await, "overlap");
    operator.revoke(&credential).await.expect("revoked");
    bad_argument(operator.rotate(&credential, 0).await, "credential_id");
    bad_argument(operator.invite(invitation(0)).await, "credential_id");
}
