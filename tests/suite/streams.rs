//! How many watches there may be, and how long each lives.

use crate::answers::failed;
use crate::harness::{Client, HEAD, LAKE, SPRING, TestHub, limits, within};
use crate::reader::Watcher;
use crate::wishes::{create, fresh, session};
use lianxiao::model::limits::Limits;
use lianxiao::wire::v1;
use std::time::{Duration, Instant};
use tonic::{Code, Status, Streaming};
use v1::watch_response::Event;

type Stream = Streaming<v1::WatchResponse>;

async fn watch(client: &Client) -> Result<Stream, Status> {
    let mut sync = client.sync.clone();
    let call = within(
        "a watch is answered",
        sync.watch(v1::WatchRequest::default()),
    );
    call.await.map(tonic::Response::into_inner)
}

fn over(answer: Result<Stream, Status>, limit: &str, max: usize) {
    let (status, details) = failed(answer, Code::ResourceExhausted, "LIMIT_EXCEEDED");
    let info = &details.error_info().expect("an ErrorInfo").metadata;
    assert_eq!(info["limit"], limit, "{status:?}");
    assert_eq!(info["max"], max.to_string());
    let quota = &details.quota_failure().expect("a QuotaFailure").violations;
    assert_eq!(quota[0].subject, limit);
    let retry = details.retry_info().expect("a RetryInfo");
    assert!(retry.retry_delay.is_some());
}

/// Asks until a place is free: the hub hears of a closed stream a moment later.
async fn watch_when_free(client: &Client) -> Stream {
    let asking = async {
        loop {
            if let Ok(stream) = watch(client).await {
                return stream;
            }
        }
    };
    within("a closed stream frees its place", asking).await
}

#[tokio::test]
async fn a_credential_has_no_more_streams_than_it_may_and_closing_one_frees_it() {
    let limits = Limits {
        streams_per_credential_max: 3,
        ..limits()
    };
    let hub = TestHub::start_with(limits).await;
    let spring = hub.campus(SPRING);
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(watch(&spring).await.expect("a place is free"));
    }
    over(watch(&spring).await, "streams_per_credential_max", 3);
    watch(&hub.campus(LAKE))
        .await
        .expect("others have their own");
    open.pop();
    open.push(watch_when_free(&spring).await);
    over(watch(&spring).await, "streams_per_credential_max", 3);
}

#[tokio::test]
async fn a_group_has_no_more_streams_than_it_may_and_closing_one_frees_it() {
    let limits = Limits {
        streams_per_group_max: 2,
        ..limits()
    };
    let hub = TestHub::start_with(limits).await;
    let other = hub.add_group("另一集团").await;
    let (spring, lake) = (hub.campus(SPRING), hub.campus(LAKE));
    let _first = watch(&spring).await.expect("a place is free");
    let second = watch(&lake).await.expect("a place is free");
    over(watch(&hub.campus(HEAD)).await, "streams_per_group_max", 2);
    let theirs = hub.campus_of(&other, HEAD);
    watch(&theirs).await.expect("the other group has its own");
    drop(second);
    watch_when_free(&hub.campus(HEAD)).await;
}

#[tokio::test]
async fn a_refused_or_failed_watch_takes_no_place() {
    let limits = Limits {
        streams_per_credential_max: 1,
        ..limits()
    };
    let hub = TestHub::start_with(limits).await;
    let spring = hub.campus(SPRING);
    for _ in 0..3 {
        let request = v1::WatchRequest {
            cursor: "noise".to_owned(),
            ..Default::default()
        };
        let refused = spring.sync.clone().watch(request).await;
        failed(refused, Code::InvalidArgument, "ARGUMENT_INVALID");
    }
    watch(&spring).await.expect("the place is free");
}

/// How long a stream lived, and the goodbye it ended with.
async fn lived(client: &Client) -> (Duration, Watcher, v1::Goodbye) {
    let mut watcher = Watcher::start(client, v1::Filter::default()).await;
    let begun = Instant::now();
    loop {
        if let Event::Goodbye(goodbye) = watcher.next_news().await {
            let lived = begun.elapsed();
            assert_eq!(watcher.next().await, None, "a goodbye is the last word");
            return (lived, watcher, goodbye);
        }
    }
}

#[tokio::test]
async fn an_old_stream_ends_with_a_goodbye_whose_cursor_goes_on_and_streams_do_not_end_together() {
    let limits = Limits {
        stream_age: Duration::from_secs(2),
        ..limits()
    };
    let hub = TestHub::start_with(limits).await;
    let (head, lake) = (hub.campus(HEAD), hub.campus(LAKE));
    let streams = futures::future::join_all((0..16).map(|_| lived(&lake))).await;
    let ages: Vec<Duration> = streams.iter().map(|(age, ..)| *age).collect();
    let (youngest, oldest) = (ages.iter().min().unwrap(), ages.iter().max().unwrap());
    // A stream is younger here by the way of its answer.
    assert!(*youngest > Duration::from_millis(1_700), "{ages:?}");
    assert!(
        *oldest > *youngest + Duration::from_millis(50),
        "streams that began together ended together: {ages:?}"
    );
    let record = fresh();
    let stored = head
        .applied(create(&record, session("之后", "2026-05-12")))
        .await;
    let (_, watcher, goodbye) = streams.into_iter().next().unwrap();
    let whole = v1::Filter::default();
    let mut again = Watcher::resume(&lake, whole, goodbye.cursor, watcher.mirror).await;
    let Event::Changes(news) = again.next_news().await else {
        panic!("the change that the old stream did not see");
    };
    assert_eq!(news.changes.len(), 1, "and nothing twice");
    again.until(stored.position).await;
}
