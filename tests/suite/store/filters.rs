//! What a reader wants of what it may see.

use super::reader::{Reader, Told, told};
use super::scribe::{Change, Scribe, at_campus, campus, chain, delete, head, put, record};
use lianxiao::model::feed::Filter;
use lianxiao::model::ids::{Place, Who};
use lianxiao::store::Store;

fn filter(kinds: &[&str], campuses: &[u128]) -> Filter {
    let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    Filter::new(kinds, campuses.iter().map(|n| campus(*n)).collect())
}

fn of(number: u128, kind: &'static str, owner: Place) -> Change {
    put(record(number)).kind(kind).owner(owner)
}

/// Six records of three kinds and three owners.
async fn six<'a>(store: &'a dyn Store, name: &str) -> Scribe<'a> {
    let mut scribe = Scribe::new(store, name).await;
    let records = [
        of(1, "menu", at_campus(1)),
        of(2, "calendar", Place::Office),
        of(3, "session", at_campus(1)),
        of(4, "menu", at_campus(2)),
        of(5, "menu", Place::Office),
        of(6, "session", at_campus(2)),
    ];
    scribe.commit_each(records).await;
    scribe
}

/// Reads with a filter, on one page and on many.
async fn reads(scribe: &Scribe<'_>, filter: Filter, numbers: &[u128]) {
    let expected: Vec<Told> = numbers
        .iter()
        .map(|n| Told::Upsert(record(*n), 1))
        .collect();
    for bytes_max in [0, 100, usize::MAX] {
        let mut reader = Reader::of(scribe, &[Who::Group]).bytes_max(bytes_max);
        reader = reader.wants(filter.clone());
        assert_eq!(reader.rest().await, expected, "{filter:?}");
        assert_eq!(reader.after, scribe.head.position);
    }
}

pub async fn a_filter_by_kind_shows_those_kinds(store: &dyn Store) {
    let scribe = six(store, "g").await;
    reads(&scribe, filter(&["menu"], &[]), &[1, 4, 5]).await;
    reads(&scribe, filter(&["menu", "session"], &[]), &[1, 3, 4, 5, 6]).await;
    reads(&scribe, filter(&["calendar", "none"], &[]), &[2]).await;
    reads(&scribe, filter(&[], &[]), &[1, 2, 3, 4, 5, 6]).await;
}

pub async fn a_campus_filter_lets_the_office_pass(store: &dyn Store) {
    let scribe = six(store, "g").await;
    reads(&scribe, filter(&[], &[1]), &[1, 2, 3, 5]).await;
    reads(&scribe, filter(&[], &[1, 2]), &[1, 2, 3, 4, 5, 6]).await;
    reads(&scribe, filter(&[], &[9]), &[2, 5]).await;
}

pub async fn a_filter_by_kind_and_campus_asks_for_both(store: &dyn Store) {
    let scribe = six(store, "g").await;
    reads(&scribe, filter(&["menu"], &[2]), &[4, 5]).await;
    reads(&scribe, filter(&["session"], &[2]), &[6]).await;
    reads(&scribe, filter(&["session"], &[9]), &[]).await;
}

pub async fn a_filter_is_never_read_as_sql(store: &dyn Store) {
    let scribe = six(store, "g").await;
    for kind in [
        "menu') OR ('' = '",
        "'",
        "\"",
        "?",
        "?1",
        "$1",
        ":a",
        "-- ",
        "%",
    ] {
        reads(&scribe, filter(&[kind], &[]), &[]).await;
        reads(&scribe, filter(&[kind, "calendar"], &[]), &[2]).await;
    }
}

pub async fn what_is_gone_is_filtered_too(store: &dyn Store) {
    let mut scribe = six(store, "g").await;
    scribe
        .commit([delete(record(1)), delete(record(3)), delete(record(2))])
        .await;
    scribe
        .commit([of(4, "menu", at_campus(2)).seen_by(&[])])
        .await;
    let all = Reader::of(&scribe, &[Who::Group]).after(6);
    let menus = all.clone().wants(filter(&["menu"], &[])).rest().await;
    assert_eq!(
        menus,
        [Told::Deleted(record(1), 2), Told::Removed(record(4), 2)]
    );
    let first = all.clone().wants(filter(&[], &[1])).rest().await;
    let deleted = [1, 3, 2].map(|n| Told::Deleted(record(n), 2));
    assert_eq!(first, deleted);
    let second = all.wants(filter(&[], &[2])).rest().await;
    assert_eq!(
        second,
        [Told::Deleted(record(2), 2), Told::Removed(record(4), 2)]
    );
}

pub async fn a_filter_that_hides_everything_still_gets_to_the_head(store: &dyn Store) {
    const MANY: u128 = 4_500;
    let mut scribe = Scribe::new(store, "g").await;
    scribe.commit((1..=MANY).map(|n| put(record(n)))).await;
    scribe.commit([put(record(1))]).await;
    let reader = Reader::of(&scribe, &[Who::Group]).wants(filter(&["session"], &[]));

    // Short of the head: a page is bounded even if it shows nothing.
    let page = reader.clone().page().await;
    assert_eq!(told(&page), []);
    assert!((1..4_500).contains(&page.position), "{}", page.position);
    assert_eq!((page.chain, page.head), (chain(0), head(4_501)));

    let page = reader.clone().after(page.position).page().await;
    assert_eq!(told(&page), []);
    assert_eq!(
        (page.position, page.chain, page.head),
        (4_501, chain(4_501), head(4_501))
    );
    let page = reader.after(4_500).page().await;
    assert_eq!((page.position, page.chain), (4_501, chain(4_501)));
}

pub async fn who_may_read_some_topics_is_told_of_no_other(store: &dyn Store) {
    let mut scribe = six(store, "g").await;
    let conflict = |n, topic| of(n, "conflict", at_campus(1)).about(topic);
    scribe
        .commit([conflict(7, "menu"), conflict(8, "session")])
        .await;
    scribe.commit([delete(record(3)), delete(record(4))]).await;
    let reader = Reader::of(&scribe, &[Who::Group]).on_topics(&["menu", "calendar"]);
    let upserts = [1, 2, 5, 7].map(|n| Told::Upsert(record(n), 1));
    let expected = [&upserts[..], &[Told::Deleted(record(4), 2)]].concat();
    for bytes_max in [0, 100, usize::MAX] {
        let mut reader = reader.clone().bytes_max(bytes_max);
        assert_eq!(reader.rest().await, expected);
    }
    let conflicts = reader.clone().wants(filter(&["conflict"], &[]));
    assert_eq!(conflicts.clone().rest().await, [Told::Upsert(record(7), 1)]);
    assert_eq!(conflicts.on_topics(&[]).rest().await, []);
    for (number, seen) in [(7, true), (8, false)] {
        let found = reader.record(record(number)).await;
        assert_eq!(found.is_some(), seen, "{number}");
    }
}
