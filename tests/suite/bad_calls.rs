//! Calls that are wrong as a whole: the right gRPC code, and `google.rpc` details that a program can read.

use crate::answers::{bad_argument, failed};
use crate::harness::{Client, HEAD, LAKE, TestHub, limits};
use crate::reader::{Mirror, Reader, Watcher, campuses, kinds};
use crate::wishes::{create, fresh, session};
use bytes::Bytes;
use lianxiao::model::limits::Limits;
use lianxiao::wire::convert::push_request;
use lianxiao::wire::v1;
use tonic::codec::CompressionEncoding;
use tonic::{Code, Status};
use v1::watch_response::Event;

fn prep() -> v1::Session {
    session("数学", "2026-05-12")
}

fn small() -> Limits {
    Limits {
        request_bytes_max: 10_000,
        push_mutations_max: 5,
        ..limits()
    }
}

/// A push whose one item has a content of so many bytes.
fn heavy(bytes: usize) -> v1::PushRequest {
    push(vec![create(&fresh(), Bytes::from(vec![0; bytes]))])
}

fn push(mutations: Vec<v1::Mutation>) -> v1::PushRequest {
    push_request(&mutations)
}

fn names_the_limit<T>(answer: Result<T, Status>, limit: &str, max: &str) {
    let (status, details) = failed(answer, Code::ResourceExhausted, "LIMIT_EXCEEDED");
    let quota = details.quota_failure().expect("a QuotaFailure");
    assert_eq!(quota.violations[0].subject, limit);
    assert_eq!(quota.violations[0].description, status.message());
    let info = details.error_info().expect("an ErrorInfo");
    assert_eq!(info.metadata["limit"], limit);
    assert_eq!(info.metadata["max"], max);
    assert!(status.message().contains(limit) && status.message().contains(max));
}

#[tokio::test]
async fn a_request_over_the_limit_is_told_the_limit_however_large_it_is() {
    let hub = TestHub::start_with(small()).await;
    let head = hub.campus(HEAD);
    for bytes in [10_001, 39_000, 41_000, 5_000_000] {
        let answer = head.try_push(heavy(bytes)).await;
        names_the_limit(answer, "request_bytes_max", "10000");
    }
    head.applied(create(&fresh(), prep())).await;
}

#[tokio::test]
async fn a_request_that_unpacks_to_more_than_the_limit_is_told_the_limit() {
    let hub = TestHub::start_with(small()).await;
    let head = hub.campus(HEAD);
    for packing in [CompressionEncoding::Gzip, CompressionEncoding::Zstd] {
        for bytes in [10_001, 41_000, 5_000_000] {
            let mut sync = head.sync.clone().send_compressed(packing);
            let answer = sync.push(heavy(bytes)).await;
            names_the_limit(answer, "request_bytes_max", "10000");
        }
        let mut sync = head.sync.clone().send_compressed(packing);
        let good = push(vec![create(&fresh(), prep())]);
        let answer = sync.push(good).await.expect("a good push");
        let results = answer.into_inner().results;
        assert_eq!(results[0].outcome(), v1::Outcome::Applied);
    }
}

#[tokio::test]
async fn a_push_of_too_many_mutations_is_told_the_limit() {
    let hub = TestHub::start_with(small()).await;
    let head = hub.campus(HEAD);
    let items = |count| (0..count).map(|_| create(&fresh(), prep())).collect();
    let answer = head.try_push(push(items(6))).await;
    names_the_limit(answer, "push_mutations_max", "5");
    head.try_push(push(items(5))).await.expect("at the limit");
    let limits = head.describe().await.limits.expect("the limits");
    assert_eq!(limits.push_mutations_max, 5);
    assert_eq!(limits.request_bytes_max, 10_000);
}

#[tokio::test]
async fn a_push_of_nothing_or_in_an_unknown_mode_is_refused() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    bad_argument(head.try_push(push(Vec::new())).await, "mutations");
    let item = || vec![create(&fresh(), prep())];
    let mode = v1::PushRequest {
        mode: 9,
        ..push(item())
    };
    bad_argument(head.try_push(mode).await, "mode");
    let atomicity = v1::PushRequest {
        atomicity: 9,
        ..push(item())
    };
    bad_argument(head.try_push(atomicity).await, "atomicity");
}

/// What Pull and Watch say to a cursor and a filter.
async fn pull_and_watch(
    client: &Client,
    cursor: &str,
    filter: v1::Filter,
) -> [Result<(), Status>; 2] {
    let pull = v1::PullRequest {
        cursor: cursor.to_owned(),
        filter: Some(filter.clone()),
        ..Default::default()
    };
    let watch = v1::WatchRequest {
        cursor: cursor.to_owned(),
        filter: Some(filter),
    };
    let watched = client.sync.clone().watch(watch).await;
    [client.pull(pull).await.map(drop), watched.map(drop)]
}

async fn cursor_of(client: Client) -> String {
    let mut reader = Reader::new(client, v1::Filter::default());
    reader.until_whole(0).await.cursor
}

#[tokio::test]
async fn a_cursor_of_another_hub_or_group_and_noise_are_refused() {
    let (hub, other_hub) = (TestHub::start().await, TestHub::start().await);
    let other_group = hub.add_group("另一集团").await;
    let neighbour = hub.campus_of(&other_group, HEAD);
    let head = hub.campus(HEAD);
    let noise = ["x", "no cursor at all!", "AQ", "食谱"].map(str::to_owned);
    let foreign = [
        cursor_of(other_hub.campus(HEAD)).await,
        cursor_of(neighbour).await,
    ];
    for cursor in noise.into_iter().chain(foreign) {
        for answer in pull_and_watch(&head, &cursor, v1::Filter::default()).await {
            bad_argument(answer, "cursor");
        }
    }
}

#[tokio::test]
async fn a_filter_that_can_read_nothing_is_refused() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    for answer in pull_and_watch(&head, "", kinds(&["menu", "meun"])).await {
        let why = bad_argument(answer, "filter.kinds");
        assert!(
            ["meun", "session", "conflict"]
                .iter()
                .all(|name| why.contains(name))
        );
    }
    for answer in pull_and_watch(&head, "", campuses(&["春风"])).await {
        bad_argument(answer, "filter.campus_ids[0]");
    }
    let pull = v1::PullRequest {
        max_bytes: -1,
        ..Default::default()
    };
    bad_argument(head.pull(pull).await, "max_bytes");
    bad_argument(head.get("春风").await, "record_id");
}

#[tokio::test]
async fn a_cursor_of_another_wish_or_reader_begins_again() {
    let hub = TestHub::start().await;
    let cursor = cursor_of(hub.campus(HEAD)).await;
    let reasons = [
        (hub.campus(HEAD), kinds(&["menu"])),
        (hub.campus(LAKE), v1::Filter::default()),
        (hub.office(), v1::Filter::default()),
    ];
    for (client, filter) in reasons {
        let pull = v1::PullRequest {
            cursor: cursor.clone(),
            filter: Some(filter.clone()),
            ..Default::default()
        };
        let page = client.pull(pull).await.expect("an answer");
        let reset = page.reset_required.expect("a reset");
        assert_eq!(reset.reason(), v1::ResetReason::Filter);
        assert!(page.changes.is_empty() && page.checkpoint.is_none());
        let mut watcher = Watcher::resume(&client, filter, cursor.clone(), Mirror::default()).await;
        let Some(Event::ResetRequired(reset)) = watcher.next().await else {
            panic!("a reset");
        };
        assert_eq!(reset.reason(), v1::ResetReason::Filter);
        assert_eq!(watcher.next().await, None, "the stream ends");
    }
}

#[tokio::test]
async fn who_has_no_token_or_a_wrong_one_gets_nowhere() {
    let hub = TestHub::start().await;
    let unknown = format!("{}x", hub.group.office);
    let tokens = [None, Some(""), Some("x"), Some(unknown.as_str())];
    for token in tokens {
        let nobody = hub.client(token, "");
        let reason = "TOKEN_UNKNOWN";
        let mutations = vec![create(&fresh(), prep())];
        failed(
            nobody.try_push(push(mutations)).await,
            Code::Unauthenticated,
            reason,
        );
        failed(nobody.get(&fresh()).await, Code::Unauthenticated, reason);
        for answer in pull_and_watch(&nobody, "", v1::Filter::default()).await {
            let (status, _) = failed(answer, Code::Unauthenticated, reason);
            assert!(status.message().contains("authorization: Bearer"));
        }
        let described = nobody.about.clone().describe(v1::DescribeRequest {}).await;
        failed(described, Code::Unauthenticated, reason);
        let mut office = nobody.office;
        let report = office.get_group_status(span("2026-05-11", "2026-05-15"));
        failed(report.await, Code::Unauthenticated, reason);
    }
}

fn span(first: &str, last: &str) -> v1::GetGroupStatusRequest {
    v1::GetGroupStatusRequest {
        first_date: first.to_owned(),
        last_date: last.to_owned(),
        time: None,
    }
}

#[tokio::test]
async fn figures_are_for_the_office() {
    let hub = TestHub::start().await;
    let week = span("2026-05-11", "2026-05-15");
    let mut campus = hub.campus(HEAD).office;
    let answer = campus.get_group_status(week.clone()).await;
    failed(answer, Code::PermissionDenied, "NOT_ALLOWED");
    let mut office = hub.office().office;
    let report = office.get_group_status(week).await.expect("a report");
    assert_eq!(report.into_inner().campuses.len(), 3);
}

#[tokio::test]
async fn a_span_of_no_days_is_refused() {
    let hub = TestHub::start().await;
    let mut office = hub.office().office;
    for (first, last, field) in [
        ("2026-02-30", "2026-05-15", "first_date"),
        // From the first day of this service week.
        ("", "2026-05-03", "last_date"),
        ("2026-05-11", "2026-5-15", "last_date"),
        ("2026-05-11", "2026-05-10", "last_date"),
        ("2026-01-01", "2027-01-03", "last_date"),
    ] {
        let answer = office.get_group_status(span(first, last)).await;
        bad_argument(answer, field);
    }
    for (first, last) in [("2026-05-11", "2026-05-11"), ("2026-01-01", "2027-01-02")] {
        let answer = office.get_group_status(span(first, last)).await;
        answer.expect("a report");
    }
}

#[tokio::test]
async fn a_report_of_the_future_is_refused() {
    let hub = TestHub::start().await;
    let mut office = hub.office().office;
    for seconds in [4_102_444_800, i64::MAX] {
        let time = prost_types::Timestamp { seconds, nanos: 0 };
        let request = v1::GetGroupStatusRequest {
            time: Some(time),
            ..span("2026-05-11", "2026-05-15")
        };
        bad_argument(office.get_group_status(request).await, "time");
    }
}
