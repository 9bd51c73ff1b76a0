//! Who is told what: audiences that overlap and change.

use super::reader::{Reader, Told, told};
use super::scribe::{Scribe, delete, of_campus, put, record};
use lianxiao::model::ids::Who;
use lianxiao::model::sight::Sight;
use lianxiao::store::{FeedEntry, Store};

const OFFICE: [Who; 2] = [Who::Group, Who::Office];

pub async fn several_audiences_come_in_one_order(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let campus = of_campus(1);
    let by = |(n, who)| put(record(n)).seen_by(&[who]);
    let audiences = [
        campus,
        Who::Office,
        Who::Group,
        campus,
        of_campus(2),
        Who::Group,
        Who::Office,
    ];
    scribe.commit((1..).zip(audiences).map(by)).await;
    for (sees, numbers) in [
        (vec![Who::Group, campus], vec![1, 3, 4, 6]),
        (vec![Who::Office, Who::Group], vec![2, 3, 6, 7]),
        (
            vec![of_campus(2), campus, Who::Group, Who::Office],
            vec![1, 2, 3, 4, 5, 6, 7],
        ),
        (vec![of_campus(3)], vec![]),
    ] {
        let page = Reader::of(&scribe, &sees).page().await;
        let expected: Vec<Told> = numbers
            .iter()
            .map(|n| Told::Upsert(record(*n), 1))
            .collect();
        assert_eq!(told(&page), expected, "{sees:?}");
        assert_eq!(page.position, 7);
    }
}

pub async fn a_record_seen_twice_comes_once(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let both = |n| put(record(n)).seen_by(&OFFICE);
    scribe.commit([both(1), both(2), both(3)]).await;
    scribe.commit([delete(record(2))]).await;
    let expected = [
        Told::Upsert(record(1), 1),
        Told::Upsert(record(3), 1),
        Told::Deleted(record(2), 2),
    ];
    for bytes_max in [0, usize::MAX] {
        let mut reader = Reader::of(&scribe, &OFFICE).bytes_max(bytes_max);
        assert_eq!(reader.rest().await, expected);
    }
}

pub async fn a_record_seen_twice_is_counted_once(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let both = |n| put(record(n)).seen_by(&OFFICE).sized(100);
    scribe.commit((1..=4).map(both)).await;
    let pages = Reader::of(&scribe, &OFFICE).bytes_max(200).pages().await;
    let sizes: Vec<usize> = pages.iter().map(|page| page.entries.len()).collect();
    assert_eq!(sizes, [2, 2]);
}

pub async fn a_record_half_out_of_sight_is_counted_whole(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let change = |n, who| put(record(n)).seen_by(&[who]).sized(100);
    let all = |who| (1..=6).map(move |n| change(n, who));
    for who in [Who::Group, Who::Office] {
        scribe.commit(all(who)).await;
    }
    let told = (1..=6).map(|n| Told::Upsert(record(n), 2));
    for sees in [OFFICE, [Who::Office, Who::Group]] {
        let mut reader = Reader::of(&scribe, &sees).bytes_max(299);
        let pages = reader.pages().await;
        let counts: Vec<usize> = pages.iter().map(|page| page.entries.len()).collect();
        assert_eq!(counts, [2, 2, 2], "{sees:?}");
        assert!(pages.iter().flat_map(super::reader::told).eq(told.clone()));
    }
}

pub async fn who_dropped_out_is_told_once(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let by = |who: &[Who]| put(record(1)).seen_by(who);
    let mut campus = Reader::of(&scribe, &[of_campus(1)]);
    scribe.commit([by(&[Who::Office, of_campus(1)])]).await;
    assert_eq!(campus.rest().await, [Told::Upsert(record(1), 1)]);
    scribe.commit([by(&[Who::Office])]).await;
    let page = campus.page().await;
    assert_eq!(told(&page), [Told::Removed(record(1), 2)]);
    let [FeedEntry::Gone { version, .. }] = page.entries.as_slice() else {
        panic!("one entry: {page:?}");
    };
    assert_eq!(
        (version.id, version.version, version.position),
        (record(1), 2, 2)
    );

    // What happens to the record from then on is not for it to know.
    scribe.commit([by(&[Who::Office])]).await;
    scribe.commit([delete(record(1))]).await;
    assert_eq!(campus.rest().await, []);
    assert_eq!(campus.after(0).rest().await, [Told::Removed(record(1), 2)]);
    let mut office = Reader::of(&scribe, &OFFICE);
    assert_eq!(office.rest().await, [Told::Deleted(record(1), 4)]);
}

pub async fn one_who_dropped_out_of_one_audience_but_not_the_other_keeps_it(store: &dyn Store) {
    for (n, first, second) in [(1, Who::Group, Who::Office), (2, Who::Office, Who::Group)] {
        let mut scribe = Scribe::new(store, &format!("g{n}")).await;
        scribe.commit([put(record(1)).seen_by(&[first])]).await;
        scribe.commit([put(record(1)).seen_by(&[second])]).await;
        for sees in [OFFICE, [Who::Office, Who::Group]] {
            let told = Reader::of(&scribe, &sees).after(1).rest().await;
            assert_eq!(
                told,
                [Told::Upsert(record(1), 2)],
                "{first:?}, then {second:?}"
            );
        }
        let told = Reader::of(&scribe, &[first]).rest().await;
        assert_eq!(told, [Told::Removed(record(1), 2)]);
    }
}

pub async fn one_who_dropped_out_when_it_was_deleted_hears_of_the_deletion(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe.commit([put(record(1)).seen_by(&OFFICE)]).await;
    // A deletion that only the office is still to see.
    let mut batch = scribe.plan([delete(record(1))]);
    for row in batch
        .audience
        .iter_mut()
        .filter(|row| row.who == Who::Group)
    {
        row.gone = true;
    }
    scribe.write(&batch).await.expect("the batch is written");
    let mut office = Reader::of(&scribe, &OFFICE);
    assert_eq!(office.rest().await, [Told::Deleted(record(1), 2)]);
    let mut campus = Reader::of(&scribe, &[Who::Group, of_campus(1)]);
    assert_eq!(campus.rest().await, [Told::Removed(record(1), 2)]);
}

pub async fn who_is_let_in_again_gets_the_record(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let by = |who: &[Who]| put(record(1)).seen_by(who);
    let mut campus = Reader::of(&scribe, &[of_campus(1)]);
    scribe
        .commit_each([by(&[of_campus(1)]), by(&[]), by(&[of_campus(1)])])
        .await;
    assert_eq!(campus.rest().await, [Told::Upsert(record(1), 3)]);
    assert_eq!(campus.after(1).rest().await, [Told::Upsert(record(1), 3)]);
}

pub async fn a_deletion_is_told_to_whoever_saw_the_record(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let seen = [Who::Office, of_campus(1)];
    scribe.commit([put(record(1)).seen_by(&seen)]).await;
    scribe.commit([delete(record(1))]).await;
    for who in seen {
        let page = Reader::of(&scribe, &[who]).page().await;
        assert_eq!(told(&page), [Told::Deleted(record(1), 2)]);
    }
    assert_eq!(Reader::of(&scribe, &[Who::Group]).rest().await, []);
    // It may come to life again.
    scribe.commit([put(record(1)).seen_by(&seen)]).await;
    let told = Reader::of(&scribe, &seen).rest().await;
    assert_eq!(told, [Told::Upsert(record(1), 3)]);
}

pub async fn who_sees_nothing_is_told_nothing(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe.commit([put(record(1))]).await;
    let page = Reader::of(&scribe, &[]).page().await;
    assert_eq!(told(&page), []);
    assert_eq!(page.position, 1);
    let found = store.record(scribe.group, record(1), &Sight::of([])).await;
    assert_eq!(found.expect("an answer"), None);
}

pub async fn a_record_is_read_by_those_who_see_it(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let by = |n, who: &[Who]| put(record(n)).seen_by(who);
    scribe
        .commit([by(1, &[Who::Office, of_campus(1)]), by(2, &OFFICE)])
        .await;
    scribe
        .commit([by(1, &[of_campus(1)]), delete(record(2))])
        .await;
    for (number, sees, position) in [
        (1, vec![Who::Group, of_campus(1)], Some(3)),
        (1, vec![Who::Group, of_campus(2)], None),
        (1, OFFICE.to_vec(), None),
        (2, OFFICE.to_vec(), Some(4)),
        (3, OFFICE.to_vec(), None),
    ] {
        let found = store
            .record(scribe.group, record(number), &Sight::of(sees.clone()))
            .await;
        let expected = position.map(|position| scribe.at(position));
        assert_eq!(
            found.expect("an answer").as_ref(),
            expected,
            "{number}, {sees:?}"
        );
    }
}
