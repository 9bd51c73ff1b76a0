//! Begin, apply, commit.

use super::reader::{Reader, Told};
use super::scribe::{Scribe, campus, delete, head, mutation, put, record};
use lianxiao::model::feed::Head;
use lianxiao::model::ids::{Key, Who};
use lianxiao::model::sight::Sight;
use lianxiao::store::{Batch, Needs, Store};
use std::collections::HashSet;

fn key(value: &str) -> Key {
    Key {
        kind: "menu".to_owned(),
        value: value.to_owned(),
    }
}

pub async fn without_commit_nothing_happened(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let before = scribe.clone();
    let mut batch = scribe.plan([put(record(1)).by(mutation(1))]);
    batch.keys = vec![(key("a"), Some(record(1)))];
    let mut writing = store.begin(&[scribe.group]).await.expect("begins");
    writing.apply(scribe.group, &batch).await.expect("applies");
    drop(writing);

    assert_eq!(store.head(scribe.group).await.expect("a head"), Head::EMPTY);
    let told = Reader::of(&before, &[Who::Group]).rest().await;
    assert_eq!(told, []);
    // The same again is the first.
    scribe.write(&batch).await.expect("the batch is written");
    assert_eq!(store.head(scribe.group).await.expect("a head"), head(1));
}

pub async fn what_was_committed_is_there(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe.commit([put(record(1)), put(record(2))]).await;
    assert_eq!(store.head(scribe.group).await.expect("a head"), head(2));
    scribe.commit([put(record(1)), delete(record(2))]).await;
    assert_eq!(store.head(scribe.group).await.expect("a head"), head(4));
    for (id, position) in [(record(1), 3), (record(2), 4)] {
        let found = store
            .record(scribe.group, id, &Sight::of([Who::Group]))
            .await;
        assert_eq!(
            found.expect("an answer").as_ref(),
            Some(scribe.at(position))
        );
    }
}

pub async fn a_version_written_over_in_its_own_batch_is_history(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe
        .commit([put(record(1)), put(record(1)), put(record(1))])
        .await;
    let told = Reader::of(&scribe, &[Who::Group]).rest().await;
    assert_eq!(told, [Told::Upsert(record(1), 3)]);
    let versions = HashSet::from([(record(1), 1), (record(1), 2)]);
    let needs = Needs {
        versions,
        ..Needs::default()
    };
    let mut writing = store.begin(&[scribe.group]).await.expect("begins");
    let loaded = writing.load(scribe.group, &needs).await.expect("loads");
    assert_eq!(&loaded.versions[&(record(1), 1)], scribe.at(1));
    assert_eq!(&loaded.versions[&(record(1), 2)], scribe.at(2));
}

/// The holders of keys.
async fn holders(scribe: &Scribe<'_>, keys: &[Key]) -> Vec<Option<u128>> {
    let needs = Needs {
        keys: keys.iter().cloned().collect(),
        ..Needs::default()
    };
    let mut writing = scribe.store.begin(&[scribe.group]).await.expect("begins");
    let loaded = writing.load(scribe.group, &needs).await.expect("loads");
    let holder = |key| loaded.keys.get(key).map(|id| id.0.as_u128());
    keys.iter().map(holder).collect()
}

pub async fn a_key_changes_hands_in_one_batch(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let keys = [key("a"), key("b"), key("c")];
    let mut first = scribe.plan([put(record(1)), put(record(2))]);
    first.keys = vec![(key("a"), Some(record(1))), (key("b"), Some(record(2)))];
    scribe.write(&first).await.expect("the batch is written");
    assert_eq!(holders(&scribe, &keys).await, [Some(1), Some(2), None]);

    // The two change places, and one that nobody held is taken.
    let mut second = scribe.plan([put(record(1)), put(record(2))]);
    second.keys = vec![
        (key("b"), Some(record(1))),
        (key("a"), Some(record(2))),
        (key("c"), Some(record(2))),
    ];
    scribe.write(&second).await.expect("the batch is written");
    assert_eq!(holders(&scribe, &keys).await, [Some(2), Some(1), Some(2)]);

    let mut third = scribe.plan([delete(record(2))]);
    third.keys = vec![(key("a"), None), (key("c"), None)];
    scribe.write(&third).await.expect("the batch is written");
    assert_eq!(holders(&scribe, &keys).await, [None, Some(1), None]);
}

/// Applies a batch that cannot be, then sees that nothing of it is there and that the store works on.
async fn refuses(scribe: &mut Scribe<'_>, batch: &Batch) {
    let before = scribe.store.head(scribe.group).await.expect("a head");
    let written = scribe.write(batch).await;
    assert!(written.is_err(), "{batch:?} was written");
    let after = scribe.store.head(scribe.group).await.expect("a head");
    assert_eq!(before, after);
}

pub async fn a_batch_that_failed_leaves_nothing(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let mut first = scribe.plan([put(record(1))]);
    first.keys = vec![(key("a"), Some(record(1)))];
    scribe.write(&first).await.expect("the batch is written");

    let kept = scribe.clone();
    let twice = |id: u128| put(record(id)).by(mutation(1));
    let mut second = scribe.plan([twice(1), twice(2)]);
    // What comes before the versions was done, and what comes after them is not.
    second.keys = vec![(key("b"), Some(record(2)))];
    refuses(&mut scribe, &second).await;

    let mut reader = Reader::of(&kept, &[Who::Group]);
    assert_eq!(reader.rest().await, [Told::Upsert(record(1), 1)]);
    assert_eq!(holders(&kept, &[key("a"), key("b")]).await, [Some(1), None]);
    second.versions[1].mutation = None;
    scribe.write(&second).await.expect("the batch is written");
    assert_eq!(
        reader.rest().await,
        [Told::Upsert(record(1), 2), Told::Upsert(record(2), 1)]
    );
}

pub async fn a_key_has_one_holder(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let mut batch = scribe.plan([put(record(1)), put(record(2))]);
    let other = Key {
        kind: "session".to_owned(),
        ..key("a")
    };
    let keys = [key("a"), other];
    batch.keys = keys
        .iter()
        .map(|key| (key.clone(), Some(record(1))))
        .collect();
    scribe.write(&batch).await.expect("the batch is written");
    let mut next = scribe.plan([put(record(2))]);
    next.keys = vec![(key("a"), Some(record(2)))];
    scribe.write(&next).await.expect("the batch is written");
    // Another kind, another key.
    assert_eq!(holders(&scribe, &keys).await, [Some(2), Some(1)]);
}

pub async fn a_mutation_is_remembered_once_a_place(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let by = |id: u128, place: u128| {
        let place = lianxiao::model::ids::Place::Campus(campus(place));
        put(record(id)).pushed_by(place).by(mutation(7))
    };
    let none = |id: u128| put(record(id));
    scribe.commit([by(1, 1), by(2, 2), none(3), none(4)]).await;
    let mut kept = scribe.clone();
    refuses(&mut scribe, &kept.clone().plan([by(5, 1)])).await;
    let twice = |id| by(id, 3);
    refuses(&mut scribe, &kept.clone().plan([twice(5), twice(6)])).await;
    kept.commit([twice(5)]).await;
}

pub async fn a_version_number_is_given_once(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe.commit([put(record(1)), put(record(2))]).await;
    let mut batch = scribe.clone().plan([put(record(1))]);
    batch.versions[0].version.version = 1;
    refuses(&mut scribe, &batch).await;
    scribe.commit([put(record(1))]).await;
}

pub async fn a_position_is_given_once(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe.commit([put(record(1)), put(record(2))]).await;
    let mut batch = scribe.clone().plan([put(record(3))]);
    batch.versions[0].version.position = 2;
    refuses(&mut scribe, &batch).await;
    let mut batch = scribe.clone().plan([put(record(3))]);
    batch.head.position = 2;
    refuses(&mut scribe, &batch).await;
    scribe.commit([put(record(3))]).await;
}

pub async fn a_large_batch_is_written_whole(store: &dyn Store) {
    const MANY: u128 = 1_201;
    let mut scribe = Scribe::new(store, "g").await;
    let key_of = |n: u128| key(&n.to_string());
    let mut first = scribe.plan((1..=MANY).map(|n| put(record(n)).by(mutation(n))));
    first.keys = (1..=MANY).map(|n| (key_of(n), Some(record(n)))).collect();
    scribe.write(&first).await.expect("the batch is written");
    let mut second = scribe.plan((1..=MANY).map(|n| put(record(n)).seen_by(&[Who::Office])));
    second.keys = (1..=MANY)
        .map(|n| (key_of(MANY + 1 - n), Some(record(n))))
        .collect();
    scribe.write(&second).await.expect("the batch is written");

    let told = Reader::of(&scribe, &[Who::Office]).rest().await;
    let expected: Vec<Told> = (1..=MANY).map(|n| Told::Upsert(record(n), 2)).collect();
    assert_eq!(told, expected);
    let told = Reader::of(&scribe, &[Who::Group]).rest().await;
    let expected: Vec<Told> = (1..=MANY).map(|n| Told::Removed(record(n), 2)).collect();
    assert_eq!(told, expected);
    let keys: Vec<Key> = (1..=MANY).map(key_of).collect();
    let expected: Vec<Option<u128>> = (1..=MANY).rev().map(Some).collect();
    assert_eq!(holders(&scribe, &keys).await, expected);
    let span = super::history::always();
    let old = store
        .as_of(
            scribe.group,
            "menu",
            i64::try_from(MANY).expect("small"),
            span,
        )
        .await;
    assert_eq!(
        old.expect("records").len(),
        usize::try_from(MANY).expect("small")
    );
}
