//! What a batch touches, read in sets.

use super::scribe::{Scribe, at_campus, delete, hash, head, mutation, of_campus, put, record};
use bytes::Bytes;
use jiff::civil::date;
use lianxiao::model::date::Span;
use lianxiao::model::feed::Head;
use lianxiao::model::ids::{Key, MutationId, Place, RecordId, Who};
use lianxiao::store::{Loaded, Needs, Remembered, Store};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

async fn load(scribe: &Scribe<'_>, needs: &Needs) -> Loaded {
    let mut writing = scribe.store.begin(&[scribe.group]).await.expect("begins");
    let loaded = writing.load(scribe.group, needs).await;
    loaded.expect("loads")
}

fn records(ids: impl IntoIterator<Item = u128>) -> Needs {
    Needs {
        records: ids.into_iter().map(record).collect(),
        ..Needs::default()
    }
}

fn mutations(ids: impl IntoIterator<Item = (Place, MutationId)>) -> Needs {
    Needs {
        mutations: ids.into_iter().collect(),
        ..Needs::default()
    }
}

fn key(kind: &str, value: &str) -> Key {
    Key {
        kind: kind.to_owned(),
        value: value.to_owned(),
    }
}

pub async fn nothing_is_found_of_what_was_never_written(store: &dyn Store) {
    let scribe = Scribe::new(store, "g").await;
    let needs = Needs {
        records: HashSet::from([record(1)]),
        fresh: HashSet::from([record(2)]),
        mutations: HashSet::from([(Place::Office, mutation(1))]),
        versions: HashSet::from([(record(1), 1)]),
        keys: HashSet::from([key("menu", "a")]),
        kinds: BTreeSet::from(["menu"]),
        near: BTreeSet::from([("session", Span::ALWAYS)]),
    };
    for needs in [needs, Needs::default()] {
        let loaded = load(&scribe, &needs).await;
        assert_eq!(loaded.head, Head::EMPTY);
        assert!(loaded.records.is_empty() && loaded.audience.is_empty());
        assert!(loaded.mutations.is_empty() && loaded.versions.is_empty());
        assert!(loaded.keys.is_empty());
        assert!(loaded.kinds.values().all(BTreeSet::is_empty));
    }
}

pub async fn what_is_said_to_be_new_and_is_not_is_found_without_those_who_see_it(
    store: &dyn Store,
) {
    let mut scribe = Scribe::new(store, "g").await;
    let seen = |n| put(record(n)).seen_by(&[Who::Group]);
    scribe.commit([seen(1), seen(2)]).await;
    let needs = Needs {
        records: HashSet::from([record(1)]),
        fresh: HashSet::from([record(1), record(2), record(3)]),
        ..Needs::default()
    };
    let loaded = load(&scribe, &needs).await;
    let found: BTreeSet<_> = loaded.records.keys().copied().collect();
    assert_eq!(found, BTreeSet::from([record(1), record(2)]));
    let seen: Vec<_> = loaded.audience.keys().copied().collect();
    assert_eq!(seen, [record(1)]);
}

pub async fn a_kind_is_found_whole_and_live(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let calendar = |n| put(record(n)).kind("calendar").owner(Place::Office);
    scribe
        .commit([put(record(1)), calendar(2), calendar(3), calendar(4)])
        .await;
    scribe.commit([calendar(2), delete(record(3))]).await;
    let needs = Needs {
        kinds: BTreeSet::from(["calendar", "policy"]),
        ..Needs::default()
    };
    let loaded = load(&scribe, &needs).await;
    let live = BTreeSet::from([record(2), record(4)]);
    let kinds = BTreeMap::from([("calendar", live), ("policy", BTreeSet::new())]);
    assert_eq!(loaded.kinds, kinds);
    let versions = [2, 4].map(|n| loaded.records[&record(n)].version);
    assert_eq!((versions, loaded.records.len()), ([2, 1], 2));
}

pub async fn the_live_records_of_some_days_are_found(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let may = |first, last| Span {
        first: date(2026, 5, first),
        last: date(2026, 5, last),
    };
    let on = |n, days| put(record(n)).kind("session").on(days);
    let until_summer = Span {
        last: date(2026, 7, 1),
        ..may(4, 4)
    };
    scribe
        .commit([
            on(1, may(4, 4)),
            on(2, may(3, 5)),
            on(3, may(5, 6)),
            on(4, may(4, 4)),
            on(5, until_summer),
        ])
        .await;
    scribe.commit([on(1, may(20, 20)), delete(record(4))]).await;
    let near = |days: &[Span]| Needs {
        near: days.iter().map(|days| ("session", *days)).collect(),
        ..Needs::default()
    };
    let autumn = Span {
        first: date(2026, 9, 1),
        last: date(2026, 9, 1),
    };
    for (days, found) in [
        (&[may(4, 4)][..], &[2][..]),
        (&[may(5, 5)], &[2, 3]),
        (&[may(20, 20), autumn], &[1]),
        (&[autumn], &[]),
    ] {
        let loaded = load(&scribe, &near(days)).await;
        let ids: BTreeSet<_> = found.iter().map(|n| record(*n)).collect();
        assert_eq!(loaded.kinds, BTreeMap::from([("session", ids.clone())]));
        assert_eq!(loaded.records.keys().copied().collect::<BTreeSet<_>>(), ids);
    }
}

pub async fn the_newest_version_is_found_deleted_or_not(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let office = put(record(3)).kind("calendar").owner(Place::Office);
    scribe
        .commit([put(record(1)), put(record(2)), office])
        .await;
    scribe.commit([put(record(1)), delete(record(2))]).await;
    let loaded = load(&scribe, &records([1, 2, 3, 9])).await;
    assert_eq!(loaded.head, head(5));
    assert_eq!(loaded.records.len(), 3);
    for (number, position) in [(1, 4), (2, 5), (3, 3)] {
        assert_eq!(&loaded.records[&record(number)], scribe.at(position));
    }
    assert_eq!(loaded.records[&record(2)].frame, None);
}

pub async fn the_audience_is_who_sees_it_now(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let all = [Who::Group, Who::Office, of_campus(1)];
    let by = |n, who: &[Who]| put(record(n)).seen_by(who);
    scribe
        .commit([by(1, &all), by(2, &all), by(3, &all), by(4, &[])])
        .await;
    scribe
        .commit([by(1, &[Who::Office, of_campus(2)]), by(2, &[])])
        .await;
    scribe.commit([delete(record(3))]).await;
    let loaded = load(&scribe, &records(1..=4)).await;
    let audience = |n: u128| {
        let mut audience = loaded.audience.get(&record(n)).cloned().unwrap_or_default();
        audience.sort_unstable();
        audience
    };
    assert_eq!(audience(1), [Who::Office, of_campus(2)]);
    assert_eq!(audience(2), []);
    assert_eq!(audience(3), all);
    assert_eq!(audience(4), []);
}

pub async fn a_mutation_is_known_by_its_place_and_id(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let by = |n, place| put(record(n)).pushed_by(place).by(mutation(7));
    let merged = by(1, at_campus(1)).pushed(b"what it was before the merge");
    scribe.commit([merged, put(record(2))]).await;
    scribe
        .commit([by(2, Place::Office), delete(record(3)).by(mutation(8))])
        .await;
    let places = [at_campus(1), Place::Office, at_campus(2)];
    let asked = places.map(|place| [(place, mutation(7)), (place, mutation(8))]);
    let loaded = load(&scribe, &mutations(asked.into_iter().flatten())).await;
    let remembered = |id: MutationId, position: i64, pushed: Option<&'static [u8]>| Remembered {
        hash: Some(hash(id)),
        record: scribe.at(position).id,
        topic: scribe.at(position).topic.clone(),
        version: scribe.at(position).version,
        position,
        answer: format!("answer to {id}").into(),
        frame: scribe.at(position).frame.clone(),
        pushed: pushed.map(Bytes::from_static),
    };
    let merged: &[u8] = b"what it was before the merge";
    let first = remembered(mutation(7), 1, Some(merged));
    let (second, third) = (
        remembered(mutation(7), 3, None),
        remembered(mutation(8), 4, None),
    );
    assert_eq!(third.frame, None);
    let expected = HashMap::from([
        ((at_campus(1), mutation(7)), first.clone()),
        ((Place::Office, mutation(7)), second.clone()),
        ((at_campus(1), mutation(8)), third.clone()),
    ]);
    assert_eq!(loaded.mutations, expected);

    // And without a writer, place by place.
    let ids = [mutation(7), mutation(8), mutation(9)];
    for (place, expected) in [
        (
            at_campus(1),
            vec![(mutation(7), first), (mutation(8), third)],
        ),
        (Place::Office, vec![(mutation(7), second)]),
        (at_campus(2), vec![]),
    ] {
        let found = store.remembered(scribe.group, place, &ids).await;
        assert_eq!(found.expect("an answer"), expected.into_iter().collect());
    }
}

pub async fn an_older_version_is_found_by_its_number(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe
        .commit_each([put(record(1)), put(record(2)), put(record(1))])
        .await;
    scribe
        .commit_each([delete(record(1)), put(record(1))])
        .await;
    let asked = [(1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (2, 1), (2, 2)];
    let needs = Needs {
        versions: asked.map(|(id, version)| (record(id), version)).into(),
        ..Needs::default()
    };
    let loaded = load(&scribe, &needs).await;
    assert_eq!(loaded.versions.len(), 5);
    let expected = [
        ((1, 1), 1),
        ((1, 2), 3),
        ((1, 3), 4),
        ((1, 4), 5),
        ((2, 1), 2),
    ];
    for ((id, version), position) in expected {
        assert_eq!(
            &loaded.versions[&(record(id), version)],
            scribe.at(position)
        );
    }
}

pub async fn a_key_brings_its_holder_and_who_sees_it(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let seen = [Who::Office, of_campus(1)];
    let mut batch = scribe.plan([put(record(1)).seen_by(&seen), put(record(2))]);
    batch.keys = vec![
        (key("menu", "a"), Some(record(1))),
        (key("session", "a"), Some(record(2))),
    ];
    scribe.write(&batch).await.expect("the batch is written");
    let needs = Needs {
        keys: HashSet::from([key("menu", "a"), key("menu", "b")]),
        ..Needs::default()
    };
    let loaded = load(&scribe, &needs).await;
    assert_eq!(loaded.keys, [(key("menu", "a"), record(1))].into());
    assert_eq!(loaded.records, [(record(1), scribe.at(1).clone())].into());
    let mut audience = loaded.audience[&record(1)].clone();
    audience.sort_unstable();
    assert_eq!(audience, seen);
}

pub async fn many_ids_take_several_statements(store: &dyn Store) {
    const MANY: u128 = 2_500;
    let mut scribe = Scribe::new(store, "g").await;
    let keyed = |n: u128| key("menu", &n.to_string());
    let mut batch = scribe.plan((1..=MANY).map(|n| put(record(n)).by(mutation(n))));
    batch.keys = (1..=MANY).map(|n| (keyed(n), Some(record(n)))).collect();
    scribe.write(&batch).await.expect("the batch is written");
    // As many again that nobody knows.
    let asked = || 1..=2 * MANY;
    let needs = Needs {
        records: asked().map(record).collect(),
        mutations: asked().map(|n| (at_campus(1), mutation(n))).collect(),
        versions: asked().map(|n| (record(n), 1)).collect(),
        keys: asked().map(keyed).collect(),
        ..Needs::default()
    };
    let loaded = load(&scribe, &needs).await;
    let all: HashSet<RecordId> = (1..=MANY).map(record).collect();
    assert_eq!(loaded.records.keys().copied().collect::<HashSet<_>>(), all);
    assert_eq!(loaded.audience.keys().copied().collect::<HashSet<_>>(), all);
    assert!(loaded.audience.values().all(|who| *who == [Who::Group]));
    let versions = loaded.versions.keys().map(|(id, _)| *id);
    assert_eq!(versions.collect::<HashSet<_>>(), all);
    assert_eq!(loaded.keys.values().copied().collect::<HashSet<_>>(), all);
    let answered = |n| {
        let (known, id) = (at_campus(1), mutation(n));
        loaded.mutations.get(&(known, id)).map(|known| known.record)
    };
    assert!((1..=MANY).all(|n| answered(n) == Some(record(n))));
    assert_eq!(loaded.mutations.len(), all.len());
    let ids: Vec<MutationId> = asked().map(mutation).collect();
    let found = store.remembered(scribe.group, at_campus(1), &ids).await;
    assert_eq!(found.expect("an answer").len(), all.len());
}
