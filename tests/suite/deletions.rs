//! How much one push may delete: a program that took half a sheet for the whole empties nothing.

use crate::answers::{argument, failed, outcomes, refused};
use crate::harness::{Client, HEAD, TestHub};
use crate::verify::restore;
use crate::wishes::{create, delete, edit, fresh, menu, session};
use lianxiao::client::Replica;
use lianxiao::wire::v1;
use tonic::Code;
use v1::Outcome::{Applied, NotApplied, Rejected};
use v1::{Atomicity, PushMode};

/// As many as the policy's own figure lets go, and one more.
const SHIPPED: usize = 10;

/// New sessions, and the deletion of each.
async fn deletions(client: &Client, count: usize) -> Vec<v1::Mutation> {
    let ids: Vec<String> = (0..count).map(|_| fresh()).collect();
    let made = ids
        .iter()
        .map(|id| create(id, session("备课", "2026-05-12")));
    let made = client.push(made.collect::<Vec<_>>()).await;
    assert!(made.iter().all(|result| result.outcome() == Applied));
    ids.iter().map(|id| delete(id, 1)).collect()
}

fn rules(deletions_max: i32) -> v1::Policy {
    v1::Policy {
        time_zone: "Asia/Shanghai".to_owned(),
        deletions_max,
        ..Default::default()
    }
}

#[tokio::test]
async fn a_push_that_deletes_too_much_deletes_nothing_and_stops_nobody_else() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let mut all = deletions(&head, SHIPPED + 1).await;
    // So long that it is written in several parts: they are counted together.
    let days: Vec<String> = (1..=28).map(|day| format!("2026-03-{day:02}")).collect();
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    for (n, place) in (0..SHIPPED).rev().enumerate() {
        let canteen = format!("第{n}食堂");
        let long = v1::Menu {
            canteen,
            ..menu(&days)
        };
        all.insert(place, create(&fresh(), long));
    }
    let results = head.push(all.clone()).await;
    for (mutation, result) in all.iter().zip(&results) {
        match &mutation.wish {
            Some(v1::mutation::Wish::Delete(_)) => {
                let finding = refused(result, "DELETIONS_TOO_MANY", "delete");
                assert_eq!(argument(finding, "deletions"), "11");
                assert_eq!(argument(finding, "max"), "10");
            }
            _ => assert_eq!(result.outcome(), Applied),
        }
    }
    all.retain(|mutation| matches!(mutation.wish, Some(v1::mutation::Wish::Delete(_))));
    let last = all.pop().expect("eleven");
    let few = head.push(all.clone()).await;
    assert_eq!(outcomes(&few), [Applied; SHIPPED]);
    // A reply that was lost: what was deleted then does not count again.
    all.push(last);
    let again = head.push(all).await;
    assert_eq!(outcomes(&again), [Applied; SHIPPED + 1]);
    assert!(again[..SHIPPED].iter().all(|result| result.replayed));
}

#[tokio::test]
async fn the_office_says_how_much_a_push_may_delete() {
    let hub = TestHub::start().await;
    let (head, office) = (hub.campus(HEAD), hub.office());
    let (policy, three) = (fresh(), deletions(&head, 3).await);
    let wrong = office.one(create(&policy, rules(-1))).await;
    refused(&wrong, "OUT_OF_RANGE", "put.content.policy.deletions_max");
    office.applied(create(&policy, rules(2))).await;
    let results = head.push(three.clone()).await;
    assert_eq!(outcomes(&results), [Rejected; 3]);
    let other = create(&fresh(), session("教研", "2026-05-13"));
    let mixed = [three.clone(), vec![other]].concat();
    let all = head
        .push_as(PushMode::Commit, Atomicity::All, mixed.clone())
        .await;
    assert_eq!(outcomes(&all), [Rejected, Rejected, Rejected, NotApplied]);
    office.applied(edit(&policy, 1, rules(3))).await;
    let all = head.push_as(PushMode::Commit, Atomicity::All, mixed).await;
    assert_eq!(outcomes(&all), [Applied; 4]);
}

#[tokio::test]
async fn what_was_deleted_bit_by_bit_comes_back_after_a_restore_however_much_it_is() {
    let mut hub = TestHub::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let backup = folder.path().join("backup.db");
    let replica = Replica::open(&folder.path().join("copy.db")).await;
    let replica = replica.expect("a replica");
    let token = hub.group.member(HEAD).token.clone();
    replica.sync(&hub.line(&token)).await.expect("it syncs");
    hub.hub().back_up(&backup).await.expect("a backup");
    let ids: Vec<String> = (0..=SHIPPED).map(|_| fresh()).collect();
    for id in &ids {
        let content = crate::wishes::Content::encode(session("备课", "2026-05-12"));
        replica.put(id, content).await.expect("typed");
    }
    for some in ids.chunks(6) {
        replica.sync(&hub.line(&token)).await.expect("it syncs");
        for id in some {
            replica.delete(id).await.expect("typed");
        }
    }
    replica.sync(&hub.line(&token)).await.expect("it syncs");
    restore(&mut hub, &backup).await;
    // And as many as one push may delete, typed while the hub was away.
    let more: Vec<String> = (0..SHIPPED).map(|_| fresh()).collect();
    let head = hub.campus(HEAD);
    for id in &more {
        head.applied(create(id, session("教研", "2026-05-13")))
            .await;
    }
    replica.sync(&hub.line(&token)).await.expect("it syncs");
    for id in &more {
        replica.delete(id).await.expect("typed");
    }
    replica.sync(&hub.line(&token)).await.expect("it syncs");
    assert!(replica.outbox().await.expect("an outbox").is_empty());
    for id in ids.iter().chain(&more) {
        failed(head.get(id).await, Code::NotFound, "RECORD_DELETED");
    }
}
