//! Reading: pages to a checkpoint, cursors that resume anywhere, and nobody sees what is not theirs.

use crate::answers::failed;
use crate::harness::{Client, HEAD, LAKE, NOW, SPRING, TestHub, limits};
use crate::reader::{Mirror, Reader, campuses, decode, kinds, position};
use crate::wishes::{
    Content as _, accept, act, create, delete, edit, exchange, fresh, id, menu, propose, publish,
    session, withdraw,
};
use lianxiao::model::limits::Limits;
use lianxiao::wire::v1;
use tonic::Code;
use v1::change::Change;

const MONDAY: &str = "2026-05-11";

fn prep(title: &str) -> v1::Session {
    session(title, "2026-05-12")
}

/// Some records of every fate, so that there is a feed to read.
async fn live_a_little(hub: &TestHub) {
    let (head, spring) = (hub.campus(HEAD), hub.campus(SPRING));
    let (eaten, dropped, gone, away) = (fresh(), fresh(), fresh(), fresh());
    let items = [
        create(&eaten, menu(&[MONDAY])),
        act(&eaten, 1, publish()),
        create(&dropped, menu(&["2026-05-12"])),
        act(&dropped, 1, publish()),
        act(&dropped, 2, withdraw()),
        create(&gone, prep("取消")),
        delete(&gone, 1),
        create(&away, exchange(&id(HEAD), &id(SPRING))),
        act(&away, 1, propose()),
    ];
    head.push(items).await;
    spring.applied(act(&away, 2, accept())).await;
    for i in 0..12 {
        let client = if i % 3 == 0 { &spring } else { &head };
        let record = fresh();
        let title = format!("第{i}次 {}", "备课".repeat(i * 5));
        client.applied(create(&record, prep(&title))).await;
    }
}

fn everybody(hub: &TestHub) -> [Client; 4] {
    [
        hub.campus(HEAD),
        hub.campus(SPRING),
        hub.campus(LAKE),
        hub.office(),
    ]
}

#[tokio::test]
async fn pages_of_any_size_lead_to_the_same_copy_and_go_on_from_every_boundary() {
    let hub = TestHub::start().await;
    live_a_little(&hub).await;
    for client in everybody(&hub) {
        let whole = Reader::all(&client).await;
        for max_bytes in [1, 200, 1_000, 0] {
            let mut reader = Reader::new(client.clone(), v1::Filter::default());
            let mut boundaries = vec![reader.clone()];
            while reader.page(max_bytes).await.checkpoint.is_none() {
                boundaries.push(reader.clone());
            }
            assert_eq!(reader.mirror, whole, "pages of {max_bytes}");
            for mut from in boundaries {
                from.until_whole(0).await;
                assert_eq!(
                    from.mirror, whole,
                    "from a boundary of pages of {max_bytes}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_page_holds_no_more_bytes_than_asked_for_unless_one_change_alone_is_larger() {
    let few = Limits {
        page_bytes_max: 1_500,
        ..limits()
    };
    let hub = TestHub::start_with(few).await;
    live_a_little(&hub).await;
    let mut pages = 0;
    for (asked, max) in [(1, 1), (600, 600), (0, 1_500), (1_000_000, 1_500)] {
        let mut reader = Reader::new(hub.office(), v1::Filter::default());
        loop {
            let page = reader.page(asked).await;
            let bytes: usize = page.changes.iter().map(bytes::Bytes::len).sum();
            let alone = page.changes.len() == 1;
            assert!(alone || bytes <= max, "{bytes} bytes in a page of {max}");
            pages += 1;
            if page.checkpoint.is_some() {
                break;
            }
        }
    }
    assert!(pages > 20, "there was something to page through");
}

#[tokio::test]
async fn every_record_comes_once_in_its_newest_version_and_in_feed_order() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, prep("一"))).await;
    head.applied(create(&fresh(), prep("二"))).await;
    head.applied(edit(&record, 1, prep("三"))).await;
    let mut reader = Reader::new(hub.campus(LAKE), kinds(&["session"]));
    let page = reader.page(0).await;
    let changes: Vec<Change> = page.changes.iter().map(decode).collect();
    assert_eq!(changes.len(), 2);
    assert!(changes.is_sorted_by_key(position));
    let Change::Upsert(last) = &changes[1] else {
        panic!("an upsert");
    };
    assert_eq!((last.id.as_str(), last.version), (record.as_str(), 2));
    assert_eq!(last.content, prep("三").encode());
    let checkpoint = page.checkpoint.expect("the head was reached");
    assert_eq!(checkpoint.newest_position, last.position);
    assert_eq!(checkpoint.chain.len(), 32);
}

#[tokio::test]
async fn what_was_gone_before_a_reader_began_is_not_mentioned() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, prep("取消"))).await;
    let mut early = Reader::new(hub.campus(LAKE), v1::Filter::default());
    early.until_whole(0).await;
    head.applied(delete(&record, 1)).await;
    let page = early.page(0).await;
    assert!(matches!(decode(&page.changes[0]), Change::Deleted(gone)
        if gone.id == record && gone.kind == "session" && gone.version == 2));
    let mut late = Reader::new(hub.campus(LAKE), kinds(&["session"]));
    let page = late.page(0).await;
    assert!(page.changes.is_empty() && page.checkpoint.is_some());
}

#[tokio::test]
async fn until_it_is_published_a_menu_is_for_its_campus_and_the_office() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    let mut readers: Vec<Reader> = everybody(&hub)
        .into_iter()
        .map(|client| Reader::new(client, v1::Filter::default()))
        .collect();
    let only_concerned = [true, false, false, true];
    let steps = [
        (create(&record, menu(&[MONDAY])), only_concerned),
        (act(&record, 1, publish()), [true; 4]),
        (act(&record, 2, withdraw()), only_concerned),
        (act(&record, 3, publish()), [true; 4]),
    ];
    for (step, expected) in steps {
        head.applied(step).await;
        for (reader, sees) in readers.iter_mut().zip(expected) {
            reader.until_whole(0).await;
            let has = reader.mirror.records.contains_key(&record);
            assert_eq!(has, sees);
            assert_eq!(reader.client.get(&record).await.is_ok(), sees);
            assert_eq!(reader.mirror, Reader::all(&reader.client).await);
        }
    }
}

#[tokio::test]
async fn a_withdrawn_menu_arrives_as_removed_where_it_was_seen() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, menu(&[MONDAY]))).await;
    head.applied(act(&record, 1, publish())).await;
    let mut lake = Reader::new(hub.campus(LAKE), kinds(&["menu"]));
    lake.until_whole(0).await;
    let withdrawn = head.applied(act(&record, 2, withdraw())).await;
    let page = lake.page(0).await;
    let expected = v1::Removed {
        id: record.clone(),
        position: withdrawn.position,
    };
    assert_eq!(decode(&page.changes[0]), Change::Removed(expected));
    assert!(lake.mirror.records.is_empty());
    let unseen = lake.client.get(&record).await;
    failed(unseen, Code::NotFound, "NOT_FOUND");
}

#[tokio::test]
async fn an_exchange_is_seen_by_home_host_and_office_only() {
    let hub = TestHub::start().await;
    let home = hub.campus(HEAD);
    let record = fresh();
    let to_spring = exchange(&id(HEAD), &id(SPRING));
    let to_lake = exchange(&id(HEAD), &id(LAKE));
    let mut readers: Vec<Reader> = everybody(&hub)
        .into_iter()
        .map(|client| Reader::new(client, v1::Filter::default()))
        .collect();
    let draft = [true, false, false, false];
    let steps = [
        (create(&record, to_spring), draft),
        (act(&record, 1, propose()), [true, true, false, true]),
        (edit(&record, 2, to_lake), draft),
        (act(&record, 3, propose()), [true, false, true, true]),
    ];
    for (step, expected) in steps {
        home.applied(step).await;
        for (reader, sees) in readers.iter_mut().zip(expected) {
            reader.until_whole(0).await;
            assert_eq!(reader.mirror.ids("exchange").len(), usize::from(sees));
            assert_eq!(reader.client.get(&record).await.is_ok(), sees);
        }
    }
}

#[tokio::test]
async fn a_filter_narrows_by_kind_and_campus_and_registers_always_pass_campuses() {
    let hub = TestHub::start().await;
    live_a_little(&hub).await;
    let whole = Reader::all(&hub.office()).await;
    let expect = |wanted: &dyn Fn(&v1::Record) -> bool| -> Vec<String> {
        let records = whole.records.values().filter(|record| wanted(record));
        records.map(|record| record.id.clone()).collect()
    };
    let of_spring = id(SPRING);
    let both = v1::Filter {
        kinds: vec!["session".to_owned()],
        ..campuses(&[&of_spring])
    };
    let cases = [
        (kinds(&["menu"]), expect(&|r| r.kind == "menu")),
        (
            kinds(&["menu", "campus"]),
            expect(&|r| ["menu", "campus"].contains(&r.kind.as_str())),
        ),
        (
            campuses(&[&of_spring]),
            expect(&|r| r.campus_id == of_spring || r.campus_id.is_empty()),
        ),
        (
            both,
            expect(&|r| r.kind == "session" && r.campus_id == of_spring),
        ),
    ];
    for (filter, expected) in cases {
        assert!(!expected.is_empty() && expected.len() < whole.records.len());
        for max_bytes in [1, 0] {
            let mut reader = Reader::new(hub.office(), filter.clone());
            reader.until_whole(max_bytes).await;
            let ids: Vec<String> = reader.mirror.records.into_keys().collect();
            assert_eq!(ids, expected);
        }
    }
}

#[tokio::test]
async fn groups_on_one_hub_never_see_each_other() {
    let hub = TestHub::start().await;
    let other = hub.add_group("另一集团").await;
    let ours = hub.campus(HEAD);
    let theirs = hub.campus_of(&other, HEAD);
    assert_eq!(ours.campus_id, theirs.campus_id, "the same ids in both");
    let record = fresh();
    let mutation = create(&record, prep("我们的"));
    ours.applied(mutation.clone()).await;
    failed(theirs.get(&record).await, Code::NotFound, "NOT_FOUND");
    let copy = Reader::all(&hub.client(Some(&other.office), "")).await;
    assert!(copy.ids("session").is_empty());
    // The same ids mean something else over there.
    let same_ids = v1::Mutation {
        record_id: record.clone(),
        ..create(&record, prep("他们的"))
    };
    let same_ids = v1::Mutation {
        mutation_id: mutation.mutation_id,
        ..same_ids
    };
    let result = theirs.applied(same_ids).await;
    assert!(!result.replayed);
    assert_eq!(result.version, 1);
    assert_eq!(
        theirs.newest().await,
        ours.newest().await,
        "each feed counts for itself"
    );
    let content = |record: v1::Record| record.content;
    let kept = ours.get(&record).await.map(content).expect("ours");
    assert_eq!(kept, prep("我们的").encode());
    let kept = theirs.get(&record).await.map(content).expect("theirs");
    assert_eq!(kept, prep("他们的").encode());
}

#[tokio::test]
async fn a_read_waits_for_no_position_and_says_how_far_the_hub_is() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    let stored = head.applied(create(&record, prep("数学"))).await;
    let at = stored.position;
    let pull = |min_position| v1::PullRequest {
        min_position,
        ..Default::default()
    };
    assert_eq!(head.get_at(&record, at).await.expect("it").position, at);
    head.pull(pull(at)).await.expect("a page");
    let page = head.pull(pull(at + 1)).await.map(drop);
    let got = head.get_at(&record, at + 1).await.map(drop);
    for answer in [page, got] {
        let (_, details) = failed(answer, Code::Unavailable, "HUB_BEHIND");
        assert!(details.retry_info().is_some());
        let info = details.error_info().expect("an ErrorInfo");
        assert_eq!(info.metadata["newest_position"], at.to_string());
    }
}

#[tokio::test]
async fn a_record_tells_who_wrote_it_when_and_why() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    let because = v1::Mutation {
        reason: "RAIN".to_owned(),
        ..create(&record, prep("数学"))
    };
    let stored = head.applied(because).await;
    let got = hub.campus(LAKE).get(&record).await.expect("it");
    assert_eq!(
        (got.kind.as_str(), got.campus_id.as_str()),
        ("session", &*id(HEAD))
    );
    assert_eq!((got.version, got.position), (1, stored.position));
    assert_eq!(
        (got.actor.as_str(), got.reason.as_str()),
        ("总务处", "RAIN")
    );
    let start: jiff::Timestamp = NOW.parse().expect("a time");
    let seconds = got.commit_time.expect("a time").seconds - start.as_second();
    assert!((0..60).contains(&seconds), "by the hub's clock");
    let page = Reader::all(&head).await;
    assert_eq!(page.records[&record], got);
    for unknown in [fresh(), String::new()] {
        assert!(head.get(&unknown).await.is_err());
    }
}

#[tokio::test]
async fn the_hub_tells_each_caller_who_both_of_them_are() {
    let mut hub = TestHub::start().await;
    let told = hub.campus(SPRING).describe().await;
    assert_eq!(told.software_version, env!("CARGO_PKG_VERSION"));
    assert_eq!(told.contract, 1);
    let group = told.group.expect("a group");
    assert_eq!(group.id, hub.group.id.to_string());
    assert_eq!(group.name, "春风教育集团");
    assert_eq!((group.epoch, group.newest_position), (1, 3));
    let caller = told.caller.expect("a caller");
    assert_eq!(caller.place(), v1::PlaceKind::Campus);
    assert_eq!(caller.campus_id, id(SPRING));
    assert_eq!(caller.holder, "总务处");
    let office = hub.office().describe().await.caller.expect("a caller");
    assert_eq!(office.place(), v1::PlaceKind::Office);
    assert_eq!(
        (office.campus_id.as_str(), office.holder.as_str()),
        ("", "集团办")
    );
    let limits = told.limits.expect("limits");
    let heartbeat = limits.heartbeat_interval.expect("an interval");
    assert_eq!(heartbeat.nanos, 100_000_000);
    assert_eq!(limits.page_bytes_max, 1 << 20);
    hub.stop().await;
    hub.reopen().await;
    assert_eq!(hub.office().describe().await.hub_id, told.hub_id);
}

#[tokio::test]
async fn a_cursor_is_good_after_a_restart() {
    let mut hub = TestHub::start().await;
    live_a_little(&hub).await;
    let mut reader = Reader::new(hub.office(), v1::Filter::default());
    let before = reader.until_whole(0).await;
    hub.stop().await;
    hub.reopen().await;
    let Reader { cursor, mirror, .. } = reader;
    let mut reader = Reader {
        cursor,
        mirror,
        ..Reader::new(hub.office(), v1::Filter::default())
    };
    let page = reader.page(0).await;
    assert!(page.changes.is_empty());
    assert_eq!(page.checkpoint, Some(before));
    hub.campus(HEAD)
        .applied(create(&fresh(), prep("之后")))
        .await;
    reader.until_whole(0).await;
    assert_eq!(reader.mirror, Reader::all(&hub.office()).await);
    assert_ne!(reader.mirror, Mirror::default());
}
