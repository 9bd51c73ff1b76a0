//! Positions are dense and in the order of the commits, whoever gives them.

use super::prep;
use crate::database::Database;
use crate::harness::{Client, HEAD, LAKE, SPRING, TestHub, within};
use crate::reader::{Reader, Watcher};
use lianxiao::hub::LOOK_EVERY;
use lianxiao::wire::v1;
use v1::watch_response::Event;

const HUBS: usize = 3;
const EACH: usize = 25;

async fn push_all(client: Client) -> Vec<i64> {
    let mut positions = Vec::new();
    for _ in 0..EACH {
        positions.push(client.applied(prep()).await.position);
    }
    positions
}

/// Watches from the start to a position; the positions of the checkpoints, and what was told.
async fn watch_to(client: Client, position: i64) -> (Vec<i64>, Watcher) {
    let mut watcher = Watcher::start(&client, v1::Filter::default()).await;
    let mut checkpoints = Vec::new();
    while checkpoints.last().is_none_or(|last| *last < position) {
        if let Event::Checkpoint(checkpoint) = watcher.next_news().await {
            checkpoints.push(checkpoint.newest_position);
        }
    }
    (checkpoints, watcher)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn positions_are_dense_for_each_group_and_every_watch_sees_them_in_order() {
    let first = TestHub::start_on(Database::fresh()).await;
    let other = first.add_group("另一集团").await;
    let mut hubs = vec![first];
    while hubs.len() < HUBS {
        let database = hubs[0].database().address();
        let next = hubs[0].beside(database, LOOK_EVERY).await;
        hubs.push(next);
    }
    let groups = [hubs[0].group.clone(), other];
    let (mut pushing, mut watching) = (Vec::new(), Vec::new());
    let last = i64::try_from(3 + HUBS * 2 * EACH).expect("a position");
    for group in &groups {
        for hub in &hubs {
            for campus in [HEAD, SPRING] {
                let client = hub.campus_of(group, campus);
                pushing.push((group.id, tokio::spawn(push_all(client))));
            }
            let client = hub.campus_of(group, LAKE);
            watching.push((group.id, tokio::spawn(watch_to(client, last))));
        }
    }
    let mut positions: Vec<_> = Vec::new();
    for (group, pushing) in pushing {
        let pushed = within("all is pushed", pushing).await.expect("no panic");
        assert!(pushed.is_sorted(), "{pushed:?}");
        positions.extend(pushed.into_iter().map(|position| (group, position)));
    }
    for group in &groups {
        let of = |(id, position): &(_, i64)| (*id == group.id).then_some(*position);
        let mut given: Vec<i64> = positions.iter().filter_map(of).collect();
        given.sort_unstable();
        assert!(given.into_iter().eq(4..=last), "a gap, or one given twice");
    }
    for (group, watching) in watching {
        let (checkpoints, watcher) = within("it is told", watching).await.expect("no panic");
        assert!(checkpoints.is_sorted(), "{checkpoints:?}");
        let group = groups.iter().find(|of| of.id == group).expect("a group");
        let copy = Reader::all(&hubs[0].campus_of(group, LAKE)).await;
        assert_eq!(watcher.mirror, copy);
    }
}
