//! Readers and writers at one time.

use super::reader::{Reader, Told, told};
use super::scribe::{Scribe, put, record};
use futures::future::join;
use lianxiao::model::feed::Head;
use lianxiao::model::ids::Who;
use lianxiao::model::sight::Sight;
use lianxiao::store::Store;
use std::time::Duration;
use tokio::time::timeout;

/// Far longer than any of it takes.
const LONG: Duration = Duration::from_mins(1);
/// Long enough for what does not wait to be done.
const SHORT: Duration = Duration::from_millis(100);

pub async fn a_second_writer_waits_for_the_first(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let groups = [scribe.group];
    let mut first = store.begin(&groups).await.expect("begins");
    assert!(timeout(SHORT, store.begin(&groups)).await.is_err());

    let batch = scribe.plan([put(record(1))]);
    first.apply(scribe.group, &batch).await.expect("applies");
    let finish = async {
        tokio::time::sleep(SHORT).await;
        first.commit().await.expect("commits");
    };
    let second = async {
        let mut second = timeout(LONG, store.begin(&groups))
            .await
            .expect("in time")
            .expect("begins");
        second
            .load(scribe.group, &lianxiao::store::Needs::default())
            .await
            .expect("loads")
    };
    let (loaded, ()) = join(second, finish).await;
    assert_eq!(loaded.head, scribe.head, "what the first committed");
    // A writer that was dropped lets go too.
    let begun = timeout(LONG, store.begin(&groups)).await.expect("in time");
    drop(begun.expect("begins"));
    scribe.commit([put(record(2))]).await;
}

pub async fn readers_do_not_wait_for_a_writer(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe.commit([put(record(1))]).await;
    let before = scribe.clone();
    let mut writing = store.begin(&[scribe.group]).await.expect("begins");
    let batch = scribe.plan([put(record(1)), put(record(2))]);
    writing.apply(scribe.group, &batch).await.expect("applies");

    let reads = async {
        let told = Reader::of(&before, &[Who::Group]).rest().await;
        assert_eq!(told, [Told::Upsert(record(1), 1)]);
        let head = store.head(scribe.group).await.expect("a head");
        assert_eq!(head, before.head);
        let commit = store.commit_before(scribe.group, 9).await.expect("a head");
        assert_eq!(commit, before.head);
        let found = store
            .record(scribe.group, record(1), &Sight::of([Who::Group]))
            .await;
        assert_eq!(found.expect("an answer").as_ref(), Some(before.at(1)));
        let span = super::history::always();
        let stood = store
            .as_of(scribe.group, "menu", 9, span)
            .await
            .expect("records");
        assert_eq!(stood, [before.at(1).clone()]);
        assert_eq!(store.groups().await.expect("groups").len(), 1);
        assert_eq!(store.held(&[1; 32]).await.expect("an answer"), None);
    };
    timeout(LONG, reads).await.expect("in time");
    writing.commit().await.expect("commits");
    assert_eq!(store.head(scribe.group).await.expect("a head"), scribe.head);
}

pub async fn a_page_never_shows_half_a_commit(store: &dyn Store) {
    const COMMITS: usize = 60;
    let mut scribe = Scribe::new(store, "g").await;
    let mut reader = Reader::of(&scribe, &[Who::Group]);
    let group = scribe.group;
    // Every commit writes the same three records.
    let all = || [1, 2, 3].map(|n| put(record(n)));
    let write = async {
        for _ in 0..COMMITS {
            scribe.commit(all()).await;
        }
    };
    let read = async {
        let mut seen = Head::EMPTY;
        let mut pages = 0;
        while seen.position < i64::try_from(3 * COMMITS).expect("small") {
            reader.after = 0;
            let page = reader.page().await;
            assert!(
                page.head.position >= seen.position,
                "the feed ran backwards"
            );
            assert_eq!(
                (page.position, page.chain),
                (page.head.position, page.head.chain)
            );
            let version = page.head.position / 3;
            let whole = [1, 2, 3].map(|n| Told::Upsert(record(n), version));
            assert_eq!(told(&page), whole[..if version == 0 { 0 } else { 3 }]);
            seen = page.head;
            pages += 1;
        }
        pages
    };
    let ((), pages) = timeout(LONG, join(write, read)).await.expect("in time");
    assert!(pages > 1, "the two did not overlap");
    assert_eq!(store.head(group).await.expect("a head").position, 180);
}
