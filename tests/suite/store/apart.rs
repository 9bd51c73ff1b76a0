//! Two groups with the same ids in one database.

use super::reader::{Reader, Told};
use super::scribe::{Scribe, at_campus, delete, head, mutation, of_campus, put, record, time};
use lianxiao::model::date::Span;
use lianxiao::model::feed::Head;
use lianxiao::model::ids::{Key, Place, Who};
use lianxiao::model::sight::Sight;
use lianxiao::store::{Loaded, Needs, Store};

fn key() -> Key {
    Key {
        kind: "menu".to_owned(),
        value: "a".to_owned(),
    }
}

async fn load(scribe: &Scribe<'_>) -> Loaded {
    let needs = Needs {
        records: [record(1)].into(),
        fresh: [record(2)].into(),
        mutations: [(at_campus(1), mutation(1)), (at_campus(1), mutation(2))].into(),
        versions: [(record(1), 1), (record(1), 2)].into(),
        keys: [key()].into(),
        kinds: ["menu"].into(),
        near: [("session", Span::ALWAYS)].into(),
    };
    let mut writing = scribe.store.begin(&[scribe.group]).await.expect("begins");
    let loaded = writing.load(scribe.group, &needs).await;
    loaded.expect("loads")
}

pub async fn a_group_does_not_see_another(store: &dyn Store) {
    let mut full = Scribe::new(store, "full").await;
    let empty = Scribe::new(store, "empty").await;
    let all = [Who::Group, Who::Office, of_campus(1)];
    let first = put(record(1)).by(mutation(1)).seen_by(&all);
    let mut batch = full.plan([first, put(record(2))]);
    batch.keys = vec![(key(), Some(record(1)))];
    full.write(&batch).await.expect("the batch is written");

    let group = empty.group;
    assert_eq!(store.head(group).await.expect("a head"), Head::EMPTY);
    assert_eq!(
        store.commit_before(group, 9).await.expect("a head"),
        Head::EMPTY
    );
    assert_eq!(
        store.commit_as_of(group, time(9)).await.expect("a head"),
        Head::EMPTY
    );
    assert_eq!(Reader::of(&empty, &all).rest().await, []);
    let found = store.record(group, record(1), &Sight::of(all)).await;
    assert_eq!(found.expect("an answer"), None);
    let stood = store
        .as_of(group, "menu", 9, super::history::always())
        .await;
    assert_eq!(stood.expect("records"), []);
    let places = [at_campus(1), Place::Office];
    let writes = store.last_writes(group, 9, &places).await.expect("times");
    assert!(writes.is_empty());
    let versions = store.history(group, record(1), i64::MAX, 9).await;
    assert_eq!(versions.expect("versions"), []);
    let stood = store.record_at(group, record(1), 1).await;
    assert_eq!(stood.expect("an answer"), None);
    let known = store.remembered(group, at_campus(1), &[mutation(1)]).await;
    assert!(known.expect("an answer").is_empty());
    let loaded = load(&empty).await;
    assert_eq!(loaded.head, Head::EMPTY);
    assert!(loaded.records.is_empty() && loaded.audience.is_empty());
    assert!(loaded.mutations.is_empty() && loaded.versions.is_empty());
    assert!(loaded.keys.is_empty());
}

pub async fn a_write_in_one_group_moves_nothing_in_another(store: &dyn Store) {
    let mut a = Scribe::new(store, "a").await;
    let mut b = Scribe::new(store, "b").await;
    for scribe in [&mut a, &mut b] {
        let first = put(record(1)).by(mutation(1)).sized(200);
        let mut batch = scribe.plan([first, put(record(2))]);
        batch.keys = vec![(key(), Some(record(1)))];
        scribe.write(&batch).await.expect("the batch is written");
    }
    // The same ids, keys, positions and mutation ids once more, but only in one.
    let by = put(record(1)).by(mutation(2)).seen_by(&[Who::Office]);
    let mut batch = a.plan([by, delete(record(2))]);
    batch.keys = vec![(key(), Some(record(2)))];
    a.write(&batch).await.expect("the batch is written");

    assert_eq!(store.head(a.group).await.expect("a head"), head(4));
    assert_eq!(store.head(b.group).await.expect("a head"), head(2));
    let told = Reader::of(&b, &[Who::Group]).rest().await;
    assert_eq!(
        told,
        [Told::Upsert(record(1), 1), Told::Upsert(record(2), 1)]
    );
    let span = super::history::always();
    for (scribe, standing) in [(&a, vec![3]), (&b, vec![1, 2])] {
        let stood = store
            .as_of(scribe.group, "menu", 9, span)
            .await
            .expect("records");
        let expected: Vec<_> = standing.iter().map(|at| scribe.at(*at).clone()).collect();
        assert_eq!(stood, expected);
    }
    let (a, b) = (load(&a).await, load(&b).await);
    assert_eq!((a.keys[&key()], b.keys[&key()]), (record(2), record(1)));
    assert_eq!((a.mutations.len(), b.mutations.len()), (2, 1));
    assert_eq!((a.versions.len(), b.versions.len()), (2, 1));
    assert_eq!(a.audience[&record(1)], [Who::Office]);
    assert_eq!(b.audience[&record(1)], [Who::Group]);
}

pub async fn one_transaction_writes_for_many_groups_or_for_none(store: &dyn Store) {
    let mut a = Scribe::new(store, "a").await;
    let mut b = Scribe::new(store, "b").await;
    let groups = [a.group, b.group];
    let batches = [
        a.plan([put(record(1))]),
        b.plan([put(record(1)), put(record(2))]),
    ];
    for commit in [false, true] {
        let mut writing = store.begin(&groups).await.expect("begins");
        for (group, batch) in groups.iter().zip(&batches) {
            writing.apply(*group, batch).await.expect("applies");
        }
        match commit {
            true => writing.commit().await.expect("commits"),
            false => drop(writing),
        }
        for (group, last) in groups.iter().zip([1, 2]) {
            let expected = if commit { head(last) } else { Head::EMPTY };
            assert_eq!(store.head(*group).await.expect("a head"), expected);
        }
    }
}
