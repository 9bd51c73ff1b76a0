//! The history as its chain has it: commits and leaves.

use super::scribe::{Scribe, at_campus, chain, delete, head, leaf, of_campus, put, record, salt};
use lianxiao::model::feed::Head;
use lianxiao::model::ids::{Place, Who};
use lianxiao::model::sight::Sight;
use lianxiao::store::{Commit, Commits, Leaf, Opening, Store};

async fn history(scribe: &Scribe<'_>, after: i64, limit: i64, sight: &Sight) -> Commits {
    let store = scribe.store;
    let found = store.commits(scribe.group, after, limit, sight).await;
    found.expect("a history")
}

/// What sees no record.
fn nothing() -> Sight {
    Sight::of([])
}

/// The commit that ends with a position, with closed leaves.
fn closed(last: i64, leaves: impl IntoIterator<Item = i64>) -> Commit {
    let closed = |position| Leaf {
        position,
        hash: leaf(position),
        opening: None,
    };
    Commit {
        head: head(last),
        leaves: leaves.into_iter().map(closed).collect(),
    }
}

pub async fn a_history_without_commits_is_empty(store: &dyn Store) {
    let scribe = Scribe::new(store, "g").await;
    let mut other = Scribe::new(store, "another").await;
    other.commit([put(record(1))]).await;
    let empty = Commits {
        chain: Head::EMPTY.chain,
        commits: Vec::new(),
        head: Head::EMPTY,
        restores: Vec::new(),
    };
    for after in [0, 1, i64::MAX] {
        assert_eq!(
            history(&scribe, after, 9, &Sight::of([Who::Group])).await,
            empty
        );
    }
}

pub async fn the_history_comes_commit_by_commit_with_its_leaves(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe
        .commit([put(record(1)), put(record(2)), put(record(1))])
        .await;
    scribe.commit([put(record(3))]).await;
    scribe.commit([put(record(4)), delete(record(4))]).await;
    let all = Commits {
        chain: Head::EMPTY.chain,
        commits: vec![closed(3, 1..=3), closed(4, [4]), closed(6, 5..=6)],
        head: head(6),
        restores: Vec::new(),
    };
    assert_eq!(history(&scribe, 0, 99, &nothing()).await, all);
    let rest = Commits {
        chain: chain(4),
        commits: vec![closed(6, 5..=6)],
        ..all
    };
    assert_eq!(history(&scribe, 4, 99, &nothing()).await, rest);
}

pub async fn a_part_of_the_history_holds_so_many_leaves_and_the_next_goes_on_behind_it(
    store: &dyn Store,
) {
    let mut scribe = Scribe::new(store, "g").await;
    for size in [3, 1, 4, 1, 5] {
        scribe.commit((0..size).map(|n| put(record(n)))).await;
    }
    let commit = |position| [3, 4, 8, 9, 14].into_iter().find(|last| *last >= position);
    for (after, limit) in (0..=14).flat_map(|after| (1..=15).map(move |limit| (after, limit))) {
        let part = history(&scribe, after, limit, &nothing()).await;
        let until = 14.min(after + limit);
        let commits = part.commits.iter();
        let leaves: Vec<(i64, i64)> = commits
            .flat_map(|of| {
                of.leaves
                    .iter()
                    .map(|leaf| (leaf.position, of.head.position))
            })
            .collect();
        let expected = (after + 1..=until).map(|at| (at, commit(at).expect("a commit")));
        assert_eq!(
            leaves,
            expected.collect::<Vec<_>>(),
            "{limit} after {after}"
        );
        let before = [0, 3, 4, 8, 9, 14].into_iter().rfind(|last| *last <= after);
        let before = before.filter(|last| *last > 0).map_or([0; 32], chain);
        assert_eq!(part.chain, before, "after {after}");
    }
}

pub async fn the_newest_version_is_opened_to_those_who_may_see_it_and_no_other(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let (first, second) = (of_campus(1), of_campus(2));
    let all = [Who::Group, Who::Office];
    scribe
        .commit([
            put(record(1)).seen_by(&all),
            put(record(2)).seen_by(&[first]),
            put(record(3)).seen_by(&[first, second]),
            put(record(4)).seen_by(&[first]),
            put(record(5)).seen_by(&[]).pushed_by(Place::Office),
        ])
        .await;
    scribe
        .commit([
            put(record(1)).seen_by(&all).pushed_by(Place::Office),
            // The second campus drops out, and comes in.
            put(record(3)).seen_by(&[first]),
            put(record(4)).seen_by(&[second]),
            delete(record(2)),
        ])
        .await;
    let pushers = [
        (6, Place::Office),
        (7, at_campus(1)),
        (8, at_campus(1)),
        (9, at_campus(1)),
    ];
    for (whos, expected) in [
        (vec![], vec![]),
        (vec![Who::Group], vec![6]),
        (vec![first], vec![7, 9]),
        (vec![Who::Group, second], vec![6, 8]),
        (vec![Who::Group, Who::Office], vec![6]),
    ] {
        let found = history(&scribe, 0, 99, &Sight::of(whos.clone())).await;
        let leaves = found.commits.into_iter().flat_map(|commit| commit.leaves);
        let opened = leaves.filter_map(|leaf| Some((leaf.position, leaf.opening?)));
        let opening = |position: i64| {
            let (_, place) = pushers.into_iter().find(|(at, _)| *at == position)?;
            let salt = salt(position).to_vec();
            Some((position, Opening { salt, place }))
        };
        let expected: Vec<_> = expected.into_iter().filter_map(opening).collect();
        assert_eq!(opened.collect::<Vec<_>>(), expected, "{whos:?}");
    }
}

pub async fn a_version_on_another_topic_stays_closed(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let about = |n, topic| put(record(n)).kind("conflict").about(topic);
    scribe
        .commit([
            put(record(1)),
            put(record(2)).kind("session"),
            about(3, "menu"),
            about(4, "session"),
        ])
        .await;
    let sight = Sight {
        topics: Some(["menu".to_owned()].into()),
        ..Sight::of([Who::Group])
    };
    let found = history(&scribe, 0, 99, &sight).await;
    let leaves = found.commits.into_iter().flat_map(|commit| commit.leaves);
    let opened = leaves.filter_map(|leaf| leaf.opening.map(|_| leaf.position));
    assert_eq!(opened.collect::<Vec<_>>(), [1, 3]);
}
