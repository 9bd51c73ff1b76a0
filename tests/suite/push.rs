//! Pushing: one answer an item, each effect once, positions without gaps.

use crate::answers::{argument, failed, outcomes, refused};
use crate::harness::{Client, HEAD, LAKE, SPRING, TestHub, campus, credential};
use crate::reader::Reader;
use crate::wishes::{
    act, after, announce, at, create, delete, edit, fresh, id, menu, publish, put, session,
};
use futures::future::join_all;
use lianxiao::model::ids::Place;
use lianxiao::wire::v1;
use tonic::Code;
use v1::Outcome::{Applied, NotApplied, Rejected, Unchanged};
use v1::{Atomicity, PushMode};

const MONDAY: &str = "2026-05-11";

fn prep(title: &str) -> v1::Session {
    session(title, "2026-05-12")
}

/// A session that nobody leads: stored, with a warning.
fn odd(title: &str) -> v1::Session {
    v1::Session {
        lead: None,
        ..prep(title)
    }
}

/// A session that is refused.
fn bad() -> v1::Session {
    session("没有的一天", "2026-02-30")
}

fn replay(first: v1::PushResult) -> v1::PushResult {
    v1::PushResult {
        replayed: true,
        ..first
    }
}

#[tokio::test]
async fn each_item_gets_its_own_answer_and_a_bad_one_stops_nobody() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let before = head.newest().await;
    let (good, other) = (fresh(), fresh());
    let items = [
        create(&good, menu(&[MONDAY])),
        create(&fresh(), bad()),
        create(&other, odd("数学")),
    ];
    let results = head.push(items.clone()).await;
    assert_eq!(outcomes(&results), [Applied, Rejected, Applied]);
    for (item, result) in items.iter().zip(&results) {
        assert_eq!(result.record_id, item.record_id);
    }
    let numbers = |result: &v1::PushResult| (result.version, result.position);
    assert_eq!(numbers(&results[0]), (1, before + 1));
    assert_eq!(numbers(&results[1]), (0, 0));
    assert_eq!(numbers(&results[2]), (1, before + 2));
    assert_eq!(results[2].warnings[0].code, "LEAD_MISSING");
    assert_eq!(head.get(&good).await.expect("stored").position, before + 1);
    assert_eq!(head.get(&other).await.expect("stored").position, before + 2);
    assert_eq!(head.newest().await, before + 2);
}

#[tokio::test]
async fn a_mutation_sent_again_gets_its_first_answer_and_has_no_second_effect() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let mutation = create(&fresh(), odd("数学"));
    let first = head.applied(mutation.clone()).await;
    head.applied(create(&fresh(), prep("语文"))).await;
    let newest = head.newest().await;
    assert_eq!(head.one(mutation).await, replay(first));
    assert_eq!(head.newest().await, newest);
}

#[tokio::test]
async fn a_mutation_repeated_inside_one_push_is_carried_out_once() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let mutation = create(&fresh(), odd("数学"));
    let before = head.newest().await;
    let results = head.push([mutation.clone(), mutation]).await;
    assert_eq!(results[0].outcome(), Applied);
    assert_eq!(results[1], replay(results[0].clone()));
    assert_eq!(head.newest().await, before + 1);
}

#[tokio::test]
async fn a_mutation_id_used_for_something_else_is_refused() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let first = create(&fresh(), prep("数学"));
    head.applied(first.clone()).await;
    let mut other = create(&fresh(), prep("语文"));
    other.mutation_id.clone_from(&first.mutation_id);
    refused(
        &head.one(other.clone()).await,
        "MUTATION_ID_REUSED",
        "mutation_id",
    );
    let unseen = head.get(&other.record_id).await;
    failed(unseen, Code::NotFound, "NOT_FOUND");
    let results = head.push([first, other]).await;
    assert!(results[0].replayed);
    refused(&results[1], "MUTATION_ID_REUSED", "mutation_id");
}

#[tokio::test]
async fn a_refusal_is_judged_afresh() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let newcomer = fresh();
    let invited = v1::Session {
        invites_all: false,
        invited_campus_ids: vec![newcomer.clone()],
        ..prep("数学")
    };
    let mutation = create(&fresh(), invited);
    let path = "put.content.session.invited_campus_ids[0]";
    refused(&head.one(mutation.clone()).await, "CAMPUS_UNKNOWN", path);
    let new_campus = campus("水北", v1::CampusRole::Member);
    hub.office().applied(create(&newcomer, new_campus)).await;
    let result = head.applied(mutation).await;
    assert!(!result.replayed);
}

#[tokio::test]
async fn the_hub_knows_its_answers_after_a_restart() {
    let mut hub = TestHub::start().await;
    let record = fresh();
    let first = create(&record, odd("数学"));
    let second = edit(&record, 1, odd("语文"));
    let late = edit(&record, 1, odd("英语"));
    let stored = [first, second, late];
    let answers = hub.campus(HEAD).push(stored.clone()).await;
    assert_eq!(answers[2].outcome(), v1::Outcome::ConflictKept);
    let copy = Reader::all(&hub.office()).await;
    hub.stop().await;
    hub.reopen().await;
    let again = hub.campus(HEAD).push(stored).await;
    for (again, first) in again.into_iter().zip(answers) {
        // What the record looks like now is for the first answer only.
        let first = v1::PushResult {
            current: None,
            ..first
        };
        assert_eq!(again, replay(first));
    }
    assert_eq!(Reader::all(&hub.office()).await, copy);
}

#[tokio::test]
async fn mutation_ids_are_known_by_place_and_not_by_token() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let first = create(&fresh(), prep("数学"));
    head.applied(first.clone()).await;
    let place = Place::Campus(head.campus_id.parse().expect("an id"));
    let token = credential(hub.hub(), hub.group.id, place, "教导处").await;
    let colleague = hub.client(Some(&token), &head.campus_id);
    assert!(colleague.one(first.clone()).await.replayed);
    let theirs = v1::Mutation {
        record_id: fresh(),
        ..first
    };
    let result = hub.campus(SPRING).applied(theirs).await;
    assert!(!result.replayed);
}

/// Three campuses push at once, each in several calls that follow each other.
async fn push_at_once(clients: &[Client], calls: usize, items: usize) -> Vec<Vec<i64>> {
    let pushers = clients.iter().map(|client| async move {
        let mut positions = Vec::new();
        for _ in 0..calls {
            let push: Vec<_> = (0..items).map(|_| create(&fresh(), prep("数学"))).collect();
            let results = client.push(push).await;
            positions.extend(results.iter().map(|result| result.position));
        }
        positions
    });
    join_all(pushers).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn positions_are_dense_and_rise_in_commit_order_whoever_pushes_at_once() {
    let hub = TestHub::start().await;
    let clients = [HEAD, SPRING, LAKE].map(|name| hub.campus(name));
    let before = clients[0].newest().await;
    let positions = push_at_once(&clients, 15, 4).await;
    for of_one in &positions {
        assert!(of_one.is_sorted(), "one campus's pushes in their order");
    }
    let mut all: Vec<i64> = positions.concat();
    all.sort_unstable();
    let expected: Vec<i64> = (before + 1..=before + 180).collect();
    assert_eq!(all, expected);
    let copy = Reader::all(&hub.office()).await;
    let mut records: Vec<&v1::Record> = copy.records.values().collect();
    records.sort_by_key(|record| record.position);
    let time = |record: &&v1::Record| {
        let time = record.commit_time.expect("a commit time");
        (time.seconds, time.nanos)
    };
    assert!(records.iter().is_sorted_by_key(time));
}

#[tokio::test]
async fn one_bad_item_keeps_a_push_of_all_or_nothing_out() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let before = head.newest().await;
    let items = [
        create(&fresh(), prep("数学")),
        create(&fresh(), bad()),
        create(&fresh(), prep("语文")),
    ];
    let results = head
        .push_as(PushMode::Commit, Atomicity::All, items.clone())
        .await;
    assert_eq!(outcomes(&results), [NotApplied, Rejected, NotApplied]);
    assert!(results.iter().all(|result| result.position == 0));
    assert_eq!(results[1].refusals[0].code, "DATE_INVALID");
    assert_eq!(head.newest().await, before);
    let [first, _, third] = items;
    let results = head
        .push_as(PushMode::Commit, Atomicity::All, [first, third])
        .await;
    assert_eq!(outcomes(&results), [Applied, Applied]);
    assert!(results.iter().all(|result| !result.replayed));
    assert_eq!(head.newest().await, before + 2);
}

#[tokio::test]
async fn a_conflict_keeps_a_push_of_all_or_nothing_out_and_leaves_no_trace() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, prep("数学"))).await;
    head.applied(edit(&record, 1, prep("语文"))).await;
    let before = Reader::all(&hub.office()).await;
    let late = edit(&record, 1, prep("英语"));
    let items = [create(&fresh(), prep("物理")), late];
    let results = head.push_as(PushMode::Commit, Atomicity::All, items).await;
    assert_eq!(outcomes(&results), [NotApplied, Rejected]);
    let refusal = refused(&results[1], "BASE_UNKNOWN", "put.base");
    assert_eq!(argument(refusal, "current"), "2");
    let current = results[1]
        .current
        .as_ref()
        .expect("the record as it stands");
    assert_eq!(current, &before.records[&record]);
    assert_eq!(Reader::all(&hub.office()).await, before);
}

#[tokio::test]
async fn an_item_repeated_in_a_push_that_is_kept_out_was_not_stored_either() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let before = head.newest().await;
    let twice = create(&fresh(), prep("数学"));
    let items = [twice.clone(), twice.clone(), create(&fresh(), bad())];
    let results = head.push_as(PushMode::Commit, Atomicity::All, items).await;
    assert_eq!(outcomes(&results), [NotApplied, NotApplied, Rejected]);
    assert!(results.iter().all(|result| result.position == 0));
    assert_eq!(head.newest().await, before);
    assert!(!head.applied(twice).await.replayed);
}

#[tokio::test]
async fn what_an_earlier_push_stored_stays_so_in_a_push_that_is_kept_out() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let stored = create(&fresh(), prep("数学"));
    let first = head.applied(stored.clone()).await;
    let items = [stored, create(&fresh(), bad())];
    let results = head.push_as(PushMode::Commit, Atomicity::All, items).await;
    assert_eq!(results[0], replay(first));
    assert_eq!(results[1].outcome(), Rejected);
}

#[tokio::test]
async fn validate_judges_everything_and_stores_nothing() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let before = Reader::all(&hub.office()).await;
    let record = fresh();
    let items = [
        create(&record, odd("数学")),
        edit(&record, 1, prep("语文")),
        act(&record, 2, announce()),
        create(&fresh(), bad()),
    ];
    let validate = (PushMode::Validate, Atomicity::Item);
    let judged = head.push_as(validate.0, validate.1, items.clone()).await;
    assert_eq!(outcomes(&judged), [Applied, Applied, Applied, Rejected]);
    assert!(judged.iter().all(|result| result.position == 0));
    assert_eq!(Reader::all(&hub.office()).await, before);
    let stored = head.push(items).await;
    for (judged, stored) in judged.into_iter().zip(stored) {
        assert!(!stored.replayed, "what is only judged is not remembered");
        let position = stored.position;
        assert_eq!(v1::PushResult { position, ..judged }, stored);
    }
}

#[tokio::test]
async fn a_later_item_builds_on_an_earlier_one_of_the_same_push() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let before = head.newest().await;
    let record = fresh();
    let first = create(&record, menu(&[MONDAY]));
    let dearer = |fen| v1::Menu {
        price_fen: Some(fen),
        ..menu(&[MONDAY])
    };
    let items = [
        first.clone(),
        edit(&record, 1, dearer(800)),
        put(&record, Some(after(&first)), dearer(700)),
        edit(&record, 2, dearer(900)),
        act(&record, 3, publish()),
    ];
    let results = head.push(items).await;
    let kept = v1::Outcome::ConflictKept;
    assert_eq!(
        outcomes(&results),
        [Applied, Applied, kept, Applied, Applied]
    );
    let versions: Vec<i64> = results.iter().map(|result| result.version).collect();
    assert_eq!(versions, [1, 2, 2, 3, 4]);
    let stored = hub.campus(LAKE).get(&record).await.expect("published");
    assert_eq!((stored.version, stored.position), (4, before + 5));
}

#[tokio::test]
async fn an_edit_may_name_the_mutation_it_builds_on() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    let first = create(&record, prep("数学"));
    head.applied(first.clone()).await;
    let second = put(&record, Some(after(&first)), prep("语文"));
    assert_eq!(head.applied(second.clone()).await.version, 2);
    // An action moves the state; what the author saw of the content still stands.
    assert_eq!(head.applied(act(&record, 2, announce())).await.version, 3);
    let third = put(&record, Some(after(&second)), prep("英语"));
    assert_eq!(head.applied(third).await.version, 4);
    let late = put(&record, Some(after(&first)), prep("物理"));
    let late = head.one(late).await;
    assert_eq!(late.outcome(), v1::Outcome::ConflictKept);
}

#[tokio::test]
async fn a_base_that_the_hub_does_not_know_is_refused() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, prep("数学"))).await;
    let stranger = create(&fresh(), prep("物理"));
    let digest = v1::Base {
        version: 1,
        content_digest: "0123456789abcdef".to_owned(),
        ..Default::default()
    };
    for base in [at(2), after(&stranger), digest] {
        let result = head.one(put(&record, Some(base), prep("语文"))).await;
        let refusal = refused(&result, "BASE_UNKNOWN", "put.base");
        assert_eq!(argument(refusal, "current"), "1");
        assert_eq!(result.current.expect("the record").version, 1);
    }
    let result = head.one(edit(&fresh(), 1, prep("语文"))).await;
    refused(&result, "BASE_UNKNOWN", "put.base");
    let known = head.get(&record).await.expect("the record");
    let base = v1::Base {
        version: 1,
        content_digest: known.content_digest,
        ..Default::default()
    };
    head.applied(put(&record, Some(base), prep("语文"))).await;
}

#[tokio::test]
async fn the_same_content_again_changes_nothing() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, prep("数学"))).await;
    let newest = head.newest().await;
    for again in [
        create(&record, prep("数学")),
        edit(&record, 1, prep("数学")),
    ] {
        let result = head.one(again).await;
        assert_eq!(result.outcome(), Unchanged, "{result:#?}");
        assert_eq!((result.version, result.position), (1, 0));
    }
    assert_eq!(head.newest().await, newest);
}

#[tokio::test]
async fn a_deleted_record_is_gone_and_its_id_is_used_up() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = id("to be deleted");
    head.applied(create(&record, prep("数学"))).await;
    let mut reader = Reader::new(hub.campus(LAKE), v1::Filter::default());
    reader.until_whole(0).await;
    assert!(reader.mirror.records.contains_key(&record));
    let result = head.applied(delete(&record, 1)).await;
    assert_eq!(result.version, 2);
    reader.until_whole(0).await;
    assert!(!reader.mirror.records.contains_key(&record));
    let gone = head.get(&record).await;
    failed(gone, Code::NotFound, "RECORD_DELETED");
    for late in [
        create(&record, prep("语文")),
        edit(&record, 1, prep("语文")),
        delete(&record, 2),
        act(&record, 1, announce()),
    ] {
        refused(&head.one(late).await, "RECORD_DELETED", "record_id");
    }
}

#[tokio::test]
async fn a_record_that_changed_since_is_not_deleted() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, prep("数学"))).await;
    head.applied(edit(&record, 1, prep("语文"))).await;
    let result = head.one(delete(&record, 1)).await;
    refused(&result, "CHANGED_SINCE_SEEN", "delete.base");
    assert_eq!(result.current.expect("the record").version, 2);
    head.applied(delete(&record, 2)).await;
}
