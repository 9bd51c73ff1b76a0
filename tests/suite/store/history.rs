//! The past: commits, and records as they stood.

use super::scribe::{
    Scribe, at_campus, delete, head, mutation, of_campus, put, record, salt, time,
};
use jiff::SignedDuration;
use jiff::civil::date;
use lianxiao::model::date::{FIRST_DAY, LAST_DAY, Span};
use lianxiao::model::feed::Head;
use lianxiao::model::ids::{Place, Who};
use lianxiao::model::sight::Sight;
use lianxiao::store::{Store, Version, Written};

/// All days.
pub fn always() -> Span {
    Span {
        first: FIRST_DAY,
        last: LAST_DAY,
    }
}

/// Days of May 2026.
fn may(first: i8, last: i8) -> Span {
    Span {
        first: date(2026, 5, first),
        last: date(2026, 5, last),
    }
}

async fn stood(scribe: &Scribe<'_>, kind: &str, position: i64, span: Span) -> Vec<Version> {
    let found = scribe.store.as_of(scribe.group, kind, position, span).await;
    found.expect("records")
}

pub async fn a_commit_is_found_by_position(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let before = async |position| {
        let found = store.commit_before(scribe.group, position).await;
        found.expect("a head")
    };
    assert_eq!(before(0).await, Head::EMPTY);
    assert_eq!(before(i64::MAX).await, Head::EMPTY);
    scribe
        .commit([put(record(1)), put(record(2)), put(record(3))])
        .await;
    scribe.commit([put(record(4))]).await;
    scribe.commit([put(record(5)), put(record(6))]).await;
    let before = async |position| {
        let found = store.commit_before(scribe.group, position).await;
        found.expect("a head")
    };
    for position in [-1, 0, 1, 2] {
        assert_eq!(before(position).await, Head::EMPTY, "{position}");
    }
    for (position, commit) in [(3, 3), (4, 4), (5, 4), (6, 6), (7, 6), (i64::MAX, 6)] {
        assert_eq!(before(position).await, head(commit), "{position}");
    }
}

pub async fn a_commit_is_found_by_time(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe.commit([put(record(1)), put(record(2))]).await;
    scribe.commit([put(record(3))]).await;
    let micro = SignedDuration::from_micros(1);
    for (at, expected) in [
        (jiff::Timestamp::MIN, Head::EMPTY),
        (time(2) - micro, Head::EMPTY),
        (time(2), head(2)),
        (time(2) + micro, head(2)),
        (time(3) - micro, head(2)),
        (time(3), head(3)),
        (time(900), head(3)),
        (jiff::Timestamp::MAX, head(3)),
    ] {
        let found = store.commit_as_of(scribe.group, at).await;
        assert_eq!(found.expect("a head"), expected, "{at}");
    }
}

pub async fn a_record_stands_from_its_commit_to_the_next(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe.commit([put(record(1)), put(record(2))]).await;
    scribe.commit([put(record(1)), put(record(1))]).await;
    scribe.commit([delete(record(1))]).await;
    scribe.commit([put(record(1))]).await;
    scribe.commit([put(record(3)).kind("session")]).await;
    let expected: [&[i64]; 8] = [&[], &[1], &[1, 2], &[3, 2], &[4, 2], &[2], &[6, 2], &[6, 2]];
    for (position, standing) in (0..).zip(expected) {
        let standing: Vec<Version> = standing.iter().map(|at| scribe.at(*at).clone()).collect();
        assert_eq!(
            stood(&scribe, "menu", position, always()).await,
            standing,
            "at {position}"
        );
    }
    assert_eq!(
        stood(&scribe, "menu", i64::MAX - 1, always()).await.len(),
        2
    );
    assert_eq!(
        stood(&scribe, "session", 7, always()).await,
        [scribe.at(7).clone()]
    );
    assert_eq!(stood(&scribe, "session", 6, always()).await, []);
    assert_eq!(stood(&scribe, "none", 7, always()).await, []);
}

pub async fn records_of_a_span_are_shown_to_those_who_may_see_them(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let (mine, office) = (of_campus(1), Who::Office);
    let all = [
        put(record(1)).seen_by(&[mine]),
        put(record(2)).seen_by(&[office, mine]),
        put(record(3)).seen_by(&[office]),
        put(record(4)).seen_by(&[mine]).kind("session"),
        put(record(5)).seen_by(&[mine]),
        put(record(6)).seen_by(&[mine]),
    ];
    scribe.commit(all).await;
    scribe
        .commit([put(record(1)).seen_by(&[mine]), delete(record(5))])
        .await;
    // Who dropped out sees it no more.
    scribe.commit([put(record(6)).seen_by(&[office])]).await;
    let seen = async |kind, sight: Sight| {
        let found = store.seen(scribe.group, kind, always(), &sight).await;
        let found = found.expect("versions").into_iter();
        found.map(|of| (of.id, of.version)).collect::<Vec<_>>()
    };
    assert_eq!(
        seen("menu", Sight::of([mine])).await,
        [(record(1), 2), (record(2), 1)]
    );
    let expected = [(record(2), 1), (record(3), 1), (record(6), 2)];
    assert_eq!(seen("menu", Sight::of([office])).await, expected);
    assert_eq!(seen("session", Sight::of([mine])).await, [(record(4), 1)]);
    assert_eq!(seen("menu", Sight::of([of_campus(2)])).await, []);
    let no_topic = Sight {
        topics: Some(["session".to_owned()].into()),
        ..Sight::of([mine])
    };
    assert_eq!(seen("menu", no_topic).await, []);
}

pub async fn a_record_is_found_as_it_stood(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe
        .commit([put(record(1)).seen_by(&[]), put(record(2))])
        .await;
    scribe.commit([put(record(1)), put(record(1))]).await;
    scribe.commit([delete(record(1))]).await;
    scribe.commit([put(record(2))]).await;
    // Tombstones too.
    let expected = [
        None,
        Some(1),
        Some(1),
        Some(3),
        Some(4),
        Some(5),
        Some(5),
        Some(5),
    ];
    for (position, at) in (0..).zip(expected) {
        let found = store.record_at(scribe.group, record(1), position).await;
        let expected = at.map(|at| scribe.at(at));
        assert_eq!(
            found.expect("an answer").as_ref(),
            expected,
            "at {position}"
        );
    }
    let found = store.record_at(scribe.group, record(9), 6).await;
    assert_eq!(found.expect("an answer"), None);
}

pub async fn the_versions_of_a_record_come_newest_first(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe
        .commit([
            put(record(1)),
            put(record(2)),
            put(record(1)).by(mutation(7)),
        ])
        .await;
    scribe
        .commit([put(record(1)).pushed_by(Place::Office).seen_by(&[])])
        .await;
    scribe.commit([delete(record(1)), put(record(3))]).await;
    let written = |position, commit, place| Written {
        version: scribe.at(position).clone(),
        place,
        actor: "总务处".to_owned(),
        reason: format!("reason {}", scribe.at(position).version),
        at: time(commit),
        answer: (position == 3).then(|| format!("answer to {}", mutation(7)).into()),
        salt: salt(position).to_vec(),
    };
    let first = at_campus(1);
    let all = [
        written(5, 6, first),
        written(4, 4, Place::Office),
        written(3, 3, first),
        written(1, 3, first),
    ];
    for (below, limit, expected) in [
        (i64::MAX, 99, 0..4),
        (5, 99, 0..4),
        (4, 99, 1..4),
        (i64::MAX, 2, 0..2),
        (3, 1, 2..3),
        (1, 99, 4..4),
        (i64::MAX, 0, 0..0),
    ] {
        let found = store.history(scribe.group, record(1), below, limit).await;
        assert_eq!(
            found.expect("versions"),
            all[expected],
            "{limit} below {below}"
        );
    }
    let found = store.history(scribe.group, record(9), i64::MAX, 9).await;
    assert_eq!(found.expect("versions"), []);
}

pub async fn records_of_a_span_are_those_that_touch_it(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let spans = [may(4, 8), may(11, 15), may(8, 11), may(1, 31)];
    let dated = (1..).zip(spans).map(|(n, span)| put(record(n)).on(span));
    scribe.commit(dated.chain([put(record(5))])).await;
    for (span, numbers) in [
        (may(1, 3), vec![4, 5]),
        (may(1, 4), vec![1, 4, 5]),
        (may(8, 8), vec![1, 3, 4, 5]),
        (may(9, 10), vec![3, 4, 5]),
        (may(5, 12), vec![1, 2, 3, 4, 5]),
        (may(16, 31), vec![4, 5]),
        (
            Span {
                first: date(2026, 6, 1),
                last: LAST_DAY,
            },
            vec![5],
        ),
        (
            Span {
                first: FIRST_DAY,
                last: FIRST_DAY,
            },
            vec![5],
        ),
        (always(), vec![1, 2, 3, 4, 5]),
    ] {
        let found = stood(&scribe, "menu", 5, span).await;
        let expected: Vec<_> = numbers.into_iter().map(record).collect();
        let found: Vec<_> = found.into_iter().map(|version| version.id).collect();
        assert_eq!(found, expected, "{span:?}");
    }
    // The days are those of the version that stood.
    scribe.commit([put(record(1)).on(may(20, 21))]).await;
    let first = |versions: &[Version]| versions.iter().any(|version| version.id == record(1));
    assert!(first(&stood(&scribe, "menu", 5, may(5, 5)).await));
    assert!(!first(&stood(&scribe, "menu", 6, may(5, 5)).await));
    assert!(!first(&stood(&scribe, "menu", 5, may(20, 20)).await));
    assert!(first(&stood(&scribe, "menu", 6, may(20, 20)).await));
}

pub async fn a_place_last_wrote_with_the_commit_that_holds_its_version(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let by = |n, place| put(record(n)).pushed_by(place);
    let (first, second) = (at_campus(1), at_campus(2));
    scribe
        .commit([by(1, first), by(2, Place::Office), by(3, first)])
        .await;
    scribe.commit([by(4, second)]).await;
    scribe.commit([by(1, Place::Office), by(5, first)]).await;
    let places = [first, second, Place::Office, at_campus(3)];
    for (position, expected) in [
        (0, [None, None, None]),
        // In the middle of a commit: it is the commit's time all the same.
        (1, [Some(3), None, None]),
        (2, [Some(3), None, Some(3)]),
        (3, [Some(3), None, Some(3)]),
        (4, [Some(3), Some(4), Some(3)]),
        (5, [Some(3), Some(4), Some(6)]),
        (6, [Some(6), Some(4), Some(6)]),
        (99, [Some(6), Some(4), Some(6)]),
    ] {
        let found = store
            .last_writes(scribe.group, position, &places)
            .await
            .expect("times");
        let all = places[..3].iter().zip(expected);
        let expected = all.filter_map(|(place, at)| Some((*place, time(at?))));
        assert_eq!(found, expected.collect(), "up to {position}");
    }
    let found = store
        .last_writes(scribe.group, 6, &[])
        .await
        .expect("times");
    assert!(found.is_empty());
}
