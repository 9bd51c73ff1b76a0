//! Staying: a snapshot, a checkpoint, then what happens as it happens; heartbeats, and a goodbye.

use crate::harness::{Client, HEAD, LAKE, SPRING, TestHub, limits, within};
use crate::reader::{Mirror, Reader, Watcher, kinds};
use crate::wishes::{act, create, edit, fresh, id, menu, publish, session, withdraw};
use lianxiao::model::limits::Limits;
use lianxiao::wire::v1;
use std::time::Duration;
use v1::watch_response::Event;

fn prep(title: &str) -> v1::Session {
    session(title, "2026-05-12")
}

fn checkpoint(event: Event) -> v1::Checkpoint {
    match event {
        Event::Checkpoint(checkpoint) => checkpoint,
        other => panic!("a checkpoint, not {other:?}"),
    }
}

fn changes(event: Event) -> v1::Changes {
    match event {
        Event::Changes(changes) => changes,
        other => panic!("changes, not {other:?}"),
    }
}

/// A watch that has seen its first checkpoint.
async fn watching(client: &Client, filter: v1::Filter) -> Watcher {
    let mut watcher = Watcher::start(client, filter).await;
    watcher.until(0).await;
    watcher
}

#[tokio::test]
async fn a_watch_brings_what_there_is_a_checkpoint_and_then_what_happens() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    head.applied(create(&fresh(), prep("之前"))).await;
    let mut watcher = Watcher::start(&hub.campus(LAKE), v1::Filter::default()).await;
    assert_eq!(changes(watcher.next_news().await).changes.len(), 4);
    let whole = checkpoint(watcher.next_news().await);
    assert_eq!(whole.newest_position, 4);
    assert_eq!(watcher.mirror, Reader::all(&hub.campus(LAKE)).await);
    let record = fresh();
    head.applied(create(&record, prep("之后"))).await;
    let live = changes(watcher.next_news().await);
    assert_eq!(live.changes.len(), 1);
    assert!(watcher.mirror.records.contains_key(&record));
    let whole = checkpoint(watcher.next_news().await);
    assert_eq!((whole.newest_position, whole.chain.len()), (5, 32));
    assert_eq!(watcher.mirror, Reader::all(&hub.campus(LAKE)).await);
}

#[tokio::test]
async fn a_watch_of_an_empty_wish_begins_with_a_checkpoint() {
    let hub = TestHub::start().await;
    let mut watcher = Watcher::start(&hub.campus(LAKE), kinds(&["menu"])).await;
    let first = checkpoint(watcher.next_news().await);
    assert_eq!(first.newest_position, hub.office().newest().await);
}

#[tokio::test]
async fn a_silent_hub_says_that_it_is_alive() {
    let hub = TestHub::start().await;
    let mut watcher = watching(&hub.campus(LAKE), v1::Filter::default()).await;
    for _ in 0..2 {
        let Some(Event::Heartbeat(heartbeat)) = watcher.next().await else {
            panic!("a heartbeat");
        };
        assert_eq!(heartbeat.newest_position, 3);
        assert_eq!(heartbeat.cursor, watcher.cursor);
        let time = heartbeat.time.expect("the hub's clock").seconds;
        let start: jiff::Timestamp = crate::harness::NOW.parse().expect("a time");
        assert!((0..60).contains(&(time - start.as_second())));
    }
}

#[tokio::test]
async fn the_checkpoint_moves_though_the_reader_may_not_see_what_happened() {
    let hub = TestHub::start().await;
    let mut watcher = watching(&hub.campus(LAKE), v1::Filter::default()).await;
    let before = watcher.cursor.clone();
    let draft = create(&fresh(), menu(&["2026-05-11"]));
    let draft = hub.campus(HEAD).applied(draft).await;
    let moved = checkpoint(watcher.next_news().await);
    assert_eq!(moved.newest_position, draft.position);
    assert_ne!(moved.cursor, before);
    let mut filtered = watching(&hub.campus(LAKE), kinds(&["exchange"])).await;
    let stored = hub
        .campus(HEAD)
        .applied(create(&fresh(), prep("数学")))
        .await;
    let moved = checkpoint(filtered.next_news().await);
    assert_eq!(moved.newest_position, stored.position);
}

#[tokio::test]
async fn a_watch_goes_on_from_any_cursor_it_was_given() {
    let few = Limits {
        page_bytes_max: 300,
        ..limits()
    };
    let hub = TestHub::start_with(few).await;
    let (head, lake) = (hub.campus(HEAD), hub.campus(LAKE));
    for i in 0..6 {
        head.applied(create(&fresh(), prep(&format!("第{i}次"))))
            .await;
    }
    let mut cursors = vec![(String::new(), Mirror::default())];
    let mut watcher = Watcher::start(&lake, v1::Filter::default()).await;
    while !matches!(watcher.next_news().await, Event::Checkpoint(_)) {
        cursors.push((watcher.cursor.clone(), watcher.mirror.clone()));
    }
    assert!(cursors.len() > 4, "the snapshot came in parts");
    let live = head.applied(create(&fresh(), prep("之后"))).await;
    watcher.until(live.position).await;
    for (cursor, mirror) in cursors {
        let mut again = Watcher::resume(&lake, v1::Filter::default(), cursor, mirror).await;
        again.until(live.position).await;
        assert_eq!(again.mirror, watcher.mirror);
    }
    let mut pulling = Reader::new(lake, v1::Filter::default());
    pulling.cursor = watcher.cursor.clone();
    assert!(
        pulling.page(0).await.changes.is_empty(),
        "a cursor is good for Pull too"
    );
}

#[tokio::test]
async fn a_menu_comes_and_goes_before_the_eyes_of_other_campuses() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    let mut lake = watching(&hub.campus(LAKE), kinds(&["menu"])).await;
    let draft = head.applied(create(&record, menu(&["2026-05-11"]))).await;
    lake.until(draft.position).await;
    assert!(lake.mirror.records.is_empty());
    let published = head.applied(act(&record, 1, publish())).await;
    lake.until(published.position).await;
    assert_eq!(lake.mirror.ids("menu"), [&record]);
    let withdrawn = head.applied(act(&record, 2, withdraw())).await;
    lake.until(withdrawn.position).await;
    assert!(lake.mirror.records.is_empty());
}

#[tokio::test]
async fn a_hub_that_goes_down_says_goodbye_and_the_cursor_goes_on() {
    let mut hub = TestHub::start().await;
    let record = fresh();
    hub.campus(HEAD)
        .applied(create(&record, prep("之前")))
        .await;
    let mut watcher = watching(&hub.campus(LAKE), v1::Filter::default()).await;
    hub.hub().stop();
    let Event::Goodbye(goodbye) = watcher.next_news().await else {
        panic!("a goodbye");
    };
    assert_eq!(watcher.next().await, None, "the stream ends");
    hub.stop().await;
    hub.reopen().await;
    let edited = hub
        .campus(HEAD)
        .applied(edit(&record, 1, prep("之后")))
        .await;
    let (lake, mirror) = (hub.campus(LAKE), watcher.mirror);
    let mut again = Watcher::resume(&lake, v1::Filter::default(), goodbye.cursor, mirror).await;
    let news = changes(again.next_news().await);
    assert_eq!(news.changes.len(), 1);
    again.until(edited.position).await;
    assert_eq!(again.mirror, Reader::all(&lake).await);
}

#[tokio::test]
async fn a_hub_goes_down_though_somebody_watches_and_nobody_reads() {
    let mut hub = TestHub::start().await;
    let watcher = Watcher::start(&hub.campus(LAKE), v1::Filter::default()).await;
    hub.stop().await;
    drop(watcher);
}

#[tokio::test]
async fn groups_do_not_wake_each_other() {
    let patient = Limits {
        heartbeat_interval: Duration::from_hours(1),
        ..limits()
    };
    let hub = TestHub::start_with(patient).await;
    let other = hub.add_group("另一集团").await;
    let theirs = hub.campus_of(&other, SPRING);
    let mut watcher = watching(&hub.campus(LAKE), v1::Filter::default()).await;
    theirs.applied(create(&fresh(), prep("他们的"))).await;
    let record = fresh();
    hub.campus(HEAD)
        .applied(create(&record, prep("我们的")))
        .await;
    let news = changes(watcher.next_news().await);
    assert_eq!(news.changes.len(), 1);
    assert_eq!(watcher.mirror.ids("session"), [&record]);
}

/// Pushes a campus's life in small steps.
async fn busy(client: Client, steps: usize) {
    for step in 0..steps {
        let (talk, meal) = (fresh(), fresh());
        let day = format!("{}-05-11", 2030 + step);
        let items = [
            create(&talk, prep("数学")),
            edit(&talk, 1, prep("语文")),
            create(&meal, menu(&[&day])),
            act(&meal, 1, publish()),
        ];
        client.push(items).await;
        if step % 2 == 0 {
            client.applied(act(&meal, 2, withdraw())).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watchers_among_busy_pushers_end_up_with_what_a_fresh_reader_gets() {
    let few = Limits {
        page_bytes_max: 2_000,
        ..limits()
    };
    let hub = TestHub::start_with(few).await;
    let readers = [hub.campus(HEAD), hub.campus(LAKE), hub.office()];
    let mut watchers = Vec::new();
    for reader in &readers {
        watchers.push(Watcher::start(reader, v1::Filter::default()).await);
    }
    let pushers = [HEAD, SPRING, LAKE].map(|name| tokio::spawn(busy(hub.campus(name), 12)));
    let watched = watchers.into_iter().map(|mut watcher| async move {
        // The last position is known once the pushers are done; until then the watcher reads along.
        watcher.until(20).await;
        watcher
    });
    let mut watchers = futures::future::join_all(watched).await;
    for pusher in pushers {
        within("a pusher is done", pusher)
            .await
            .expect("it did not panic");
    }
    let newest = hub.office().newest().await;
    for (watcher, reader) in watchers.iter_mut().zip(&readers) {
        let whole = watcher.until(newest).await;
        assert_eq!(whole.newest_position, newest);
        let fresh = Reader::all(reader).await;
        assert_eq!(watcher.mirror, fresh);
        assert!(fresh.records.contains_key(&id(HEAD)));
    }
}
