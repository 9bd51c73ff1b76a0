//! Edits that come too late: kept whole, seen by those concerned, settled by an ordinary put.

use crate::answers::{argument, failed, outcomes, refused};
use crate::harness::{Client, HEAD, LAKE, SPRING, TestHub};
use crate::reader::{Mirror, Reader};
use crate::wishes::{
    Content as _, act, announce, create, delete, edit, fresh, menu, publish, session, settle,
    withdraw,
};
use lianxiao::wire::v1;
use prost::Message as _;
use tonic::Code;
use v1::Outcome::{Applied, ConflictKept, Unchanged};

fn prep(title: &str) -> v1::Session {
    session(title, "2026-05-12")
}

/// A session at version 2 and an edit of version 1: the record, and the answer to the late edit.
async fn clash(client: &Client) -> (String, v1::PushResult) {
    let record = fresh();
    client.applied(create(&record, prep("数学"))).await;
    client.applied(edit(&record, 1, prep("语文"))).await;
    let late = client.one(edit(&record, 1, prep("英语"))).await;
    assert_eq!(late.outcome(), ConflictKept, "{late:#?}");
    (record, late)
}

fn conflict(copy: &Mirror, id: &str) -> v1::ConflictState {
    let state = v1::State::decode(copy.records[id].state.clone()).expect("a state");
    match state.kind {
        Some(v1::state::Kind::Conflict(conflict)) => conflict,
        other => panic!("a conflict, not {other:?}"),
    }
}

#[tokio::test]
async fn an_edit_that_came_too_late_is_kept_whole_and_the_hubs_version_stands() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let (record, late) = clash(&head).await;
    assert_eq!(late.version, 2);
    assert_eq!(late.position, head.newest().await);
    let standing = head.get(&record).await.expect("the record");
    assert_eq!(standing.content, prep("语文").encode());
    assert_eq!(late.current.as_ref(), Some(&standing));
    for reader in [&head, &hub.office()] {
        let copy = Reader::all(reader).await;
        assert_eq!(copy.ids("conflict"), [&late.conflict_id]);
        let kept = &copy.records[&late.conflict_id];
        assert_eq!((kept.version, kept.position), (1, late.position));
        assert_eq!(kept.campus_id, head.campus_id);
        assert!(kept.content.is_empty() && kept.content_digest.is_empty());
        let kept = conflict(&copy, &late.conflict_id);
        assert_eq!(kept.record_id, record);
        assert_eq!(kept.hub_version, 2);
        assert_eq!(kept.base, prep("数学").encode());
        assert_eq!(kept.pushed, prep("英语").encode());
    }
}

#[tokio::test]
async fn a_conflict_concerns_no_other_campus() {
    let hub = TestHub::start().await;
    let (record, late) = clash(&hub.campus(HEAD)).await;
    let other = hub.campus(LAKE);
    let copy = Reader::all(&other).await;
    assert!(copy.records.contains_key(&record), "the session is for all");
    assert!(copy.ids("conflict").is_empty());
    let unseen = other.get(&late.conflict_id).await;
    failed(unseen, Code::NotFound, "NOT_FOUND");
}

#[tokio::test]
async fn a_late_edit_sent_again_is_kept_once() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, prep("数学"))).await;
    head.applied(edit(&record, 1, prep("语文"))).await;
    let late = edit(&record, 1, prep("英语"));
    let first = head.one(late.clone()).await;
    let again = head.one(late).await;
    assert!(again.replayed);
    assert_eq!(again.conflict_id, first.conflict_id);
    assert_eq!(again.position, first.position);
    assert_eq!(head.newest().await, first.position);
}

#[tokio::test]
async fn a_later_put_settles_the_conflict_and_readers_see_it_go() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let (record, late) = clash(&head).await;
    let mut office = Reader::new(hub.office(), v1::Filter::default());
    office.until_whole(0).await;
    let merged = prep("语文和英语");
    let result = head
        .applied(settle(&record, 2, merged.clone(), &[&late.conflict_id]))
        .await;
    assert_eq!(result.version, 3);
    let page = office.page(0).await;
    assert_eq!(page.changes.len(), 2, "the record, and the conflict's end");
    assert!(office.mirror.ids("conflict").is_empty());
    assert_eq!(office.mirror.records[&record].content, merged.encode());
    let gone = head.get(&late.conflict_id).await;
    failed(gone, Code::NotFound, "RECORD_DELETED");
}

#[tokio::test]
async fn the_hubs_version_may_be_what_settles_a_conflict() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let (record, late) = clash(&head).await;
    let keep = settle(&record, 2, prep("语文"), &[&late.conflict_id]);
    assert_eq!(head.applied(keep).await.version, 3);
    assert!(Reader::all(&head).await.ids("conflict").is_empty());
}

#[tokio::test]
async fn a_conflict_of_a_published_menu_can_be_settled() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    let dearer = |fen| v1::Menu {
        price_fen: Some(fen),
        ..menu(&["2026-05-11"])
    };
    head.applied(create(&record, dearer(700))).await;
    head.applied(edit(&record, 1, dearer(800))).await;
    head.applied(act(&record, 2, publish())).await;
    let late = head.one(edit(&record, 1, dearer(900))).await;
    assert_eq!(late.outcome(), ConflictKept);
    // What is published is not put again, but it can be said to stand.
    let take = settle(&record, 3, dearer(900), &[&late.conflict_id]);
    refused(&head.one(take).await, "STATE_FORBIDS", "put");
    let keep = settle(&record, 3, dearer(800), &[&late.conflict_id]);
    assert_eq!(head.applied(keep).await.version, 4);
    assert!(Reader::all(&head).await.ids("conflict").is_empty());
    let stands = hub.campus(LAKE).get(&record).await;
    assert_eq!(stands.expect("still published").version, 4);
    head.applied(act(&record, 4, withdraw())).await;
}

#[tokio::test]
async fn only_open_conflicts_of_the_record_are_settled() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let (record, late) = clash(&head).await;
    let (other, _) = clash(&head).await;
    for (record, named) in [
        (&other, &late.conflict_id),
        (&record, &fresh()),
        (&record, &other),
    ] {
        let result = head.one(settle(record, 2, prep("物理"), &[named])).await;
        let refusal = refused(&result, "CONFLICT_UNKNOWN", "put.resolves[0]");
        assert_eq!(argument(refusal, "id"), named);
    }
    let settled = settle(&record, 2, prep("物理"), &[&late.conflict_id]);
    head.applied(settled).await;
    let again = settle(&record, 3, prep("化学"), &[&late.conflict_id]);
    refused(
        &head.one(again).await,
        "CONFLICT_UNKNOWN",
        "put.resolves[0]",
    );
    assert_eq!(head.get(&record).await.expect("the record").version, 3);
}

#[tokio::test]
async fn a_conflict_named_twice_is_settled_once() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let (record, late) = clash(&head).await;
    let before = head.newest().await;
    let twice = [late.conflict_id.as_str(), late.conflict_id.as_str()];
    head.applied(settle(&record, 2, prep("物理"), &twice)).await;
    assert_eq!(head.newest().await, before + 2);
}

#[tokio::test]
async fn several_late_edits_are_kept_side_by_side_and_settled_together() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let (record, late) = clash(&head).await;
    let later = head.one(edit(&record, 1, prep("物理"))).await;
    assert_eq!(later.outcome(), ConflictKept);
    assert_ne!(late.conflict_id, later.conflict_id);
    let both = [late.conflict_id.as_str(), later.conflict_id.as_str()];
    assert_eq!(Reader::all(&head).await.ids("conflict").len(), 2);
    head.applied(settle(&record, 2, prep("都要"), &both)).await;
    assert!(Reader::all(&head).await.ids("conflict").is_empty());
}

#[tokio::test]
async fn an_edit_upon_a_version_with_the_same_content_is_no_conflict() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, prep("数学"))).await;
    head.applied(act(&record, 1, announce())).await;
    let result = head.applied(edit(&record, 1, prep("语文"))).await;
    assert_eq!(result.version, 3);
}

#[tokio::test]
async fn two_colleagues_who_make_the_same_edit_do_not_clash() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, prep("数学"))).await;
    let edits = [
        edit(&record, 1, prep("语文")),
        edit(&record, 1, prep("语文")),
    ];
    let results = head.push(edits).await;
    assert_eq!(outcomes(&results), [Applied, Unchanged]);
}

#[tokio::test]
async fn nobody_writes_a_conflict() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let (_, late) = clash(&head).await;
    let id = &late.conflict_id;
    let put = head.one(edit(id, 1, prep("我的"))).await;
    refused(&put, "KIND_CHANGED", "put.content");
    let acted = head.one(act(id, 1, announce())).await;
    refused(&acted, "KIND_CHANGED", "act.action");
    let deleted = head.one(delete(id, 1)).await;
    assert_eq!(deleted.outcome(), v1::Outcome::Rejected);
    let other = hub.campus(SPRING).one(edit(id, 1, prep("我的"))).await;
    refused(&other, "RECORD_NOT_FOUND", "record_id");
    assert_eq!(head.get(id).await.expect("it is there").version, 1);
}
