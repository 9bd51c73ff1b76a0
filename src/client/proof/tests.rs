//! Any history is whole, and any single change to it is noticed.

use super::*;
use crate::content::frame::{self, Parts, Version};
use crate::model::ids::Place;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use uuid::Uuid;

/// A commit: when, and its leaves.
type Made = (i64, Vec<[u8; 32]>);

fn histories() -> impl Strategy<Value = Vec<Made>> {
    let commit = (1..1_000_000_i64, vec(any::<[u8; 32]>(), 1..6));
    vec(commit, 1..10).prop_map(|mut commits| {
        let mut now = 0;
        for (at, _) in &mut commits {
            now += *at;
            *at = now;
        }
        commits
    })
}

/// The commits as a hub lists them, each with the head that it leads to.
fn listed(history: &[Made]) -> Vec<v1::Commit> {
    let (mut chain, mut position) = ([0; 32], 0);
    let commit = |(at, leaves): &Made| {
        let at = Timestamp::from_microsecond(*at).unwrap();
        let mut next = Extension::of(chain, at);
        for leaf in leaves {
            next.add(leaf);
        }
        chain = next.head();
        let leaf = |hash: &[u8; 32]| {
            position += 1;
            v1::Leaf {
                position,
                hash: Bytes::copy_from_slice(hash),
                opening: None,
            }
        };
        let leaves: Vec<_> = leaves.iter().map(leaf).collect();
        v1::Commit {
            last_position: position,
            commit_time: Some(convert::timestamp(at)),
            chain: Bytes::copy_from_slice(&chain),
            leaves,
        }
    };
    history.iter().map(commit).collect()
}

/// Every head of a history, as checkpoints told it.
fn heads(commits: &[v1::Commit]) -> Vec<Head> {
    let head = |commit: &v1::Commit| Head {
        epoch: 1,
        position: commit.last_position,
        chain: commit.chain.to_vec(),
    };
    commits.iter().map(head).collect()
}

fn end(commits: &[v1::Commit]) -> (i64, [u8; 32]) {
    let end = |last: &v1::Commit| (last.last_position, last.chain[..].try_into().unwrap());
    commits.last().map_or((0, [0; 32]), end)
}

/// The page that a hub answers with: so many leaves after a position.
fn page(commits: &[v1::Commit], after: i64, size: usize) -> v1::ListCommitsResponse {
    let before = commits.iter().rfind(|commit| commit.last_position <= after);
    let mut left = size;
    let part = |commit: &v1::Commit| {
        let mut leaves = commit.leaves.clone();
        leaves.retain(|leaf| leaf.position > after);
        leaves.truncate(left);
        left -= leaves.len();
        (!leaves.is_empty()).then(|| v1::Commit {
            leaves,
            ..commit.clone()
        })
    };
    v1::ListCommitsResponse {
        commits: commits.iter().filter_map(part).collect(),
        chain: before.map_or(Bytes::from_static(&[0; 32]), |commit| commit.chain.clone()),
        newest_position: end(commits).0,
        restores: Vec::new(),
    }
}

/// Walks along what a hub lists, from a verified commit on.
fn walk(commits: &[v1::Commit], from: (i64, [u8; 32]), heads: Vec<Head>, size: usize) -> Proof {
    let mut walk = Walk::new(from, i64::MAX, heads);
    while walk.take(&page(commits, walk.position(), size)) {}
    let (proof, verified) = walk.finish();
    if proof.whole() {
        assert_eq!(verified, end(commits));
    }
    proof
}

/// One change to the past.
#[derive(Clone, Debug)]
enum Change {
    /// A bit of a leaf.
    Leaf(Index, u8),
    /// The time of a commit, by so many microseconds.
    Time(Index, i64),
    /// Two leaves change places.
    Swapped(Index, Index),
    /// A version is not there.
    Dropped(Index),
    /// A version more.
    Added(Index, [u8; 32]),
    /// Two commits are one.
    Joined(Index),
}

fn changes() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, bit)| Change::Leaf(at, bit)),
        (any::<Index>(), 1..9_i64).prop_map(|(at, by)| Change::Time(at, by)),
        any::<(Index, Index)>().prop_map(|(a, b)| Change::Swapped(a, b)),
        any::<Index>().prop_map(Change::Dropped),
        any::<(Index, [u8; 32])>().prop_map(|(at, leaf)| Change::Added(at, leaf)),
        any::<Index>().prop_map(Change::Joined),
    ]
}

/// Where the leaf of an index stands: its commit, and its place in it.
fn place(history: &[Made], index: Index) -> (usize, usize) {
    let leaves = |(commit, made): (usize, &Made)| (0..made.1.len()).map(move |at| (commit, at));
    let all: Vec<_> = history.iter().enumerate().flat_map(leaves).collect();
    *index.get(&all)
}

fn changed(mut history: Vec<Made>, change: &Change) -> Vec<Made> {
    match *change {
        Change::Leaf(at, bit) => {
            let (commit, at) = place(&history, at);
            history[commit].1[at][usize::from(bit / 8)] ^= 1 << (bit % 8);
        }
        Change::Time(at, by) => at.get_mut(&mut history).0 += by,
        Change::Swapped(one, other) => {
            let (one, other) = (place(&history, one), place(&history, other));
            let leaf = history[one.0].1[one.1];
            history[one.0].1[one.1] = std::mem::replace(&mut history[other.0].1[other.1], leaf);
        }
        Change::Dropped(at) => {
            let (commit, at) = place(&history, at);
            history[commit].1.remove(at);
            history.retain(|(_, leaves)| !leaves.is_empty());
        }
        Change::Added(at, leaf) => {
            let (commit, at) = place(&history, at);
            history[commit].1.insert(at, leaf);
        }
        Change::Joined(at) => {
            let at = at.index(history.len());
            if at + 1 < history.len() {
                let (time, more) = history.remove(at + 1);
                history[at].0 = time;
                history[at].1.extend(more);
            }
        }
    }
    history
}

/// What a hub lists whose commits were changed, and the heads that it states for them were not.
fn with_old_heads(changed: &[Made], true_commits: &[v1::Commit]) -> Vec<v1::Commit> {
    let mut commits = listed(changed);
    for (commit, true_commit) in commits.iter_mut().zip(true_commits) {
        commit.chain = true_commit.chain.clone();
    }
    commits
}

proptest! {
    #[test]
    fn any_history_is_whole_in_pages_of_any_size_and_from_any_commit_on(
        history in histories(), from: Index, size in 1..9_usize,
    ) {
        let commits = listed(&history);
        let from = from.index(commits.len() + 1);
        let start = end(&commits[..from]);
        let proof = walk(&commits, start, heads(&commits), size);
        prop_assert!(proof.whole(), "{:?}", proof);
        prop_assert_eq!((proof.position, proof.chain), end(&commits));
        prop_assert_eq!((proof.after, proof.heads), (start.0, commits.len() - from));
    }

    /// Whoever changes the past and every head after it is found by whoever remembers one head.
    #[test]
    fn any_change_is_noticed_by_the_newest_head(
        history in histories(), change in changes(), size in 1..9_usize,
    ) {
        let other = changed(history.clone(), &change);
        prop_assume!(other != history);
        let (commits, other) = (listed(&history), listed(&other));
        let newest = heads(&commits).pop().unwrap();
        let proof = walk(&other, (0, [0; 32]), vec![newest], size);
        prop_assert!(proof.difference.is_some());
        // Also when all that is left of the past is the last verified commit.
        let proof = walk(&other, end(&commits), Vec::new(), size);
        prop_assert!(proof.difference.is_some());
    }

    /// Whoever changes the past and not the heads needs no memory to be found.
    #[test]
    fn any_change_that_leaves_the_heads_is_noticed_by_who_remembers_nothing(
        history in histories(), change in changes(), size in 1..9_usize,
    ) {
        let other = changed(history.clone(), &change);
        prop_assume!(other != history && other.len() == history.len());
        let commits = with_old_heads(&other, &listed(&history));
        let proof = walk(&commits, (0, [0; 32]), Vec::new(), size);
        prop_assert!(proof.difference.is_some());
    }

    #[test]
    fn a_change_lies_between_the_last_head_that_is_met_and_the_first_that_is_not(
        history in histories(), at: Index, bit: u8, kept in vec(any::<bool>(), 10),
    ) {
        let commits = listed(&history);
        let (commit, _) = place(&history, at);
        let other = listed(&changed(history, &Change::Leaf(at, bit)));
        let kept = |(i, head): (usize, Head)| (kept[i] || i + 1 == commits.len()).then_some(head);
        let heads: Vec<Head> = heads(&commits).into_iter().enumerate().filter_map(kept).collect();
        let position = commits[commit].last_position;
        let met = heads.iter().rfind(|head| head.position < position);
        let after = met.map_or(0, |head| head.position);
        let by = heads.iter().find(|head| head.position >= position).unwrap().position;
        let proof = walk(&other, (0, [0; 32]), heads, 3);
        prop_assert_eq!(proof.difference, Some(Difference::Rewritten { after, by }));
    }

    #[test]
    fn a_history_that_ends_before_a_head_is_too_short(history in histories(), cut: Index) {
        let commits = listed(&history);
        let left = &commits[..cut.index(commits.len())];
        let proof = walk(left, (0, [0; 32]), heads(&commits), 3);
        let (newest, remembered) = (end(left).0, end(&commits).0);
        prop_assert_eq!(proof.difference, Some(Difference::Shorter { newest, remembered }));
    }

    #[test]
    fn a_position_that_is_not_listed_is_missing(history in histories(), at: Index) {
        let mut commits = listed(&history);
        let (commit, at) = place(&history, at);
        let position = commits[commit].leaves.remove(at).position;
        let proof = walk(&commits, (0, [0; 32]), Vec::new(), 3);
        prop_assert_eq!(proof.difference, Some(Difference::Missing { position }));
    }
}

/// Whatever a hub may send.
fn junk() -> impl Strategy<Value = v1::ListCommitsResponse> {
    let bytes = || vec(any::<u8>(), 0..40).prop_map(Bytes::from);
    let position = || prop_oneof![0..9_i64, any::<i64>(), Just(i64::MAX)];
    let leaf = (position(), bytes()).prop_map(|(position, hash)| v1::Leaf {
        position,
        hash,
        opening: Some(v1::Opening::default()),
    });
    let commit = (position(), bytes(), vec(leaf, 0..4));
    let commit = commit.prop_map(|(last_position, chain, leaves)| v1::Commit {
        last_position,
        commit_time: None,
        chain,
        leaves,
    });
    let page = (vec(commit, 0..4), bytes(), position());
    page.prop_map(
        |(commits, chain, newest_position)| v1::ListCommitsResponse {
            commits,
            chain,
            newest_position,
            restores: Vec::new(),
        },
    )
}

proptest! {
    #[test]
    fn no_page_brings_a_walk_down_and_one_that_is_followed_by_another_leads_on(
        pages in vec(junk(), 1..5), position in 0..9_i64,
    ) {
        let head = Head { epoch: 1, position, chain: vec![7; 32] };
        let mut walk = Walk::new((0, [0; 32]), 5, vec![head]);
        for page in &pages {
            let before = walk.position();
            let more = walk.take(page);
            prop_assert!(!more || walk.position() > before);
        }
        let remembered = walk.finish().0.heads;
        prop_assert!(remembered == 0, "nobody guesses a head");
    }
}

fn restored(epoch: i64, position: i64) -> v1::Restored {
    v1::Restored { epoch, position }
}

#[test]
fn a_restore_takes_back_the_heads_of_earlier_epochs_above_what_it_kept() {
    let told = [(1, 10), (1, 20), (2, 15), (2, 30), (3, 30), (3, 40)];
    for (restores, left, restored_to) in [
        (vec![], vec![0, 1, 2, 3, 4, 5], None),
        (vec![restored(2, 10)], vec![0, 2, 3, 4, 5], Some(10)),
        (vec![restored(2, 20)], vec![0, 1, 2, 3, 4, 5], None),
        (vec![restored(3, 15)], vec![0, 2, 4, 5], Some(15)),
        (
            vec![restored(2, 10), restored(3, 30)],
            vec![0, 2, 3, 4, 5],
            Some(10),
        ),
        (
            vec![restored(2, 10), restored(3, 12)],
            vec![0, 4, 5],
            Some(10),
        ),
        (vec![restored(4, 0)], vec![], Some(0)),
    ] {
        let head = |(epoch, position)| Head {
            epoch,
            position,
            chain: Vec::new(),
        };
        let mut heads: Vec<Head> = told.map(head).to_vec();
        heads.sort_by_key(|head| head.position);
        let mut walk = Walk::new((0, [0; 32]), 0, heads);
        // Every page tells of them.
        walk.set_aside(&restores);
        walk.set_aside(&restores);
        let mut expected: Vec<Head> = left.into_iter().map(|i: usize| head(told[i])).collect();
        expected.sort_by_key(|head| head.position);
        assert_eq!(
            walk.proof.heads_lost,
            told.len() - expected.len(),
            "{restores:?}"
        );
        assert_eq!(walk.proof.restored_to, restored_to, "{restores:?}");
        assert_eq!(walk.heads, expected, "{restores:?}");
    }
}

#[test]
fn only_what_the_copy_holds_whole_counts_as_verified() {
    let commits = listed(&[
        (1, vec![[1; 32]]),
        (2, vec![[2; 32]; 3]),
        (3, vec![[3; 32]]),
    ]);
    for (whole_at, verified) in [(0, 0), (1, 1), (3, 1), (4, 2), (5, 3), (9, 3)] {
        let mut walk = Walk::new((0, [0; 32]), whole_at, Vec::new());
        assert!(!walk.take(&page(&commits, 0, 9)), "it is all");
        let found = walk.finish().1;
        assert_eq!(found, end(&commits[..verified]), "whole at {whole_at}");
    }
}

mod bodies;
