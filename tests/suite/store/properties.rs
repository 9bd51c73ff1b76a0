//! Small histories at random, held against a plain recount.

use super::engine::Engine;
use super::reader::{Reader, Told, told};
use super::scribe::{Change, Scribe, at_campus, campus, delete, mutation, of_campus, put, record};
use jiff::civil::date;
use lianxiao::model::calendar::overlap;
use lianxiao::model::date::Span;
use lianxiao::model::feed::Filter;
use lianxiao::model::ids::{Key, Place, RecordId, Who};
use lianxiao::store::{Loaded, Needs};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

const WHO: [fn() -> Who; 4] = [
    || Who::Group,
    || Who::Office,
    || of_campus(1),
    || of_campus(2),
];

/// One change: of which record, of which days, for whom, how large, and whether it deletes.
type Step = (u8, Option<(i8, i8)>, u8, u8, bool);

/// Commits, each of some changes.
fn commits() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let days = proptest::option::of((1..=28_i8, 0..=3_i8));
    let dies = proptest::bool::weighted(0.15);
    let step = (0..7_u8, days, 0..16_u8, any::<u8>(), dies);
    vec(vec(step, 1..5), 1..9)
}

fn days(first: i8, more: i8) -> Span {
    Span {
        first: date(2026, 2, first),
        last: date(2026, 2, (first + more).min(28)),
    }
}

/// A record's kind and owner stay what they are.
fn change((number, span, who, size, dies): Step) -> Change {
    let id = record(u128::from(number) + 1);
    if dies {
        return delete(id);
    }
    let owner = [Place::Office, at_campus(1), at_campus(2)][usize::from(number % 3)];
    let kind = ["menu", "session"][usize::from(number % 2)];
    let audience: Vec<Who> = (0..4)
        .filter(|i| who >> i & 1 == 1)
        .map(|i| WHO[i]())
        .collect();
    let change = put(id).kind(kind).owner(owner).seen_by(&audience);
    let change = change.sized(usize::from(size));
    match span {
        Some((first, more)) => change.on(days(first, more)),
        None => change,
    }
}

/// Runs a test on histories, each in a group of its own in one database.
fn check<E: Engine, S: Strategy>(strategy: &S, test: impl AsyncFn(&mut Scribe<'_>, S::Value)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let engine = runtime.block_on(E::fresh());
    let store = runtime.block_on(engine.open());
    let group = Cell::new(0);
    let config = Config::default();
    let config = Config {
        cases: (config.cases / 4).max(1),
        failure_persistence: None,
        ..config
    };
    let result = TestRunner::new(config).run(strategy, |value| {
        group.set(group.get() + 1);
        runtime.block_on(async {
            let mut scribe = Scribe::new(&*store, &group.get().to_string()).await;
            test(&mut scribe, value).await;
        });
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

pub fn records_as_of_any_position_are_what_a_recount_finds<E: Engine>() {
    let spans = [
        super::history::always(),
        days(1, 0),
        days(10, 3),
        days(28, 0),
    ];
    check::<E, _>(&commits(), async |scribe, commits| {
        for steps in commits {
            scribe.commit(steps.into_iter().map(change)).await;
        }
        for position in 0..=scribe.head.position {
            for (kind, span) in ["menu", "session"]
                .into_iter()
                .flat_map(|k| spans.map(|s| (k, s)))
            {
                let found = scribe.store.as_of(scribe.group, kind, position, span).await;
                let expected = scribe.stood(kind, position, span);
                assert_eq!(
                    found.expect("records"),
                    expected,
                    "{kind} at {position} in {span:?}"
                );
            }
        }
    });
}

/// What a reader asks for, and how many pages of which size it reads after each commit.
fn readings() -> impl Strategy<Value = (u8, u8, u8, usize, Vec<u8>)> {
    (1..16_u8, 0..3_u8, 0..3_u8, 0..700_usize, vec(0..4_u8, 8))
}

pub fn a_reader_at_the_head_has_what_it_may_see<E: Engine>() {
    check::<E, _>(
        &(commits(), readings()),
        async |scribe, (commits, readings)| {
            let (who, kind, owner, bytes_max, pages) = readings;
            let sees: Vec<Who> = (0..4)
                .filter(|i| who >> i & 1 == 1)
                .map(|i| WHO[i]())
                .collect();
            let kinds = ["menu", "session"]
                .get(usize::from(kind))
                .map(ToString::to_string);
            let campuses = [1, 2].get(usize::from(owner)).map(|n| campus(*n));
            let filter = Filter::new(Vec::from_iter(kinds), Vec::from_iter(campuses));
            let mut reader = Reader::of(scribe, &sees)
                .wants(filter.clone())
                .bytes_max(bytes_max);
            let mut copy = BTreeMap::new();
            for (steps, pages) in commits.into_iter().zip(pages) {
                scribe.commit(steps.into_iter().map(change)).await;
                for _ in 0..pages {
                    read(&mut reader, scribe, &mut copy).await;
                }
            }
            while reader.after < scribe.head.position {
                read(&mut reader, scribe, &mut copy).await;
            }
            assert_eq!(copy, scribe.visible(&sees, &filter));
        },
    );
}

/// Reads a page into a copy.
async fn read(reader: &mut Reader<'_>, scribe: &Scribe<'_>, copy: &mut BTreeMap<RecordId, i64>) {
    let before = reader.after;
    let page = reader.page().await;
    assert_eq!(page.head, scribe.head);
    assert!(page.position > before || page.position == page.head.position);
    let commit = scribe
        .store
        .commit_before(scribe.group, page.position)
        .await;
    assert_eq!(page.chain, commit.expect("a head").chain);
    for told in told(&page) {
        match told {
            Told::Upsert(id, version) => copy.insert(id, version),
            Told::Deleted(id, _) | Told::Removed(id, _) => copy.remove(&id),
        };
    }
}

/// Everything that histories are about.
fn everything() -> Needs {
    let records: HashSet<RecordId> = (1..8).map(record).collect();
    let versions = records
        .iter()
        .flat_map(|id| (1..40).map(|version| (*id, version)));
    Needs {
        versions: versions.collect(),
        mutations: (1..40)
            .map(|number| (at_campus(1), mutation(number)))
            .collect(),
        keys: (0..3).map(key).collect(),
        kinds: BTreeSet::from(["session"]),
        near: BTreeSet::from([("menu", days(10, 3))]),
        fresh: HashSet::new(),
        records,
    }
}

fn key(number: u8) -> Key {
    Key {
        kind: "menu".to_owned(),
        value: number.to_string(),
    }
}

/// What was loaded, in an order: audiences, and the live records that were looked for by their kind and, where
/// that is all, by their days.
fn plainly(mut loaded: Loaded, near: &HashSet<RecordId>) -> Loaded {
    for who in loaded.audience.values_mut() {
        who.sort_unstable();
    }
    loaded.audience.retain(|_, who| !who.is_empty());
    let records = &loaded.records;
    let lives = |id: &RecordId| {
        records
            .get(id)
            .is_some_and(|version| version.frame.is_some())
    };
    for (kind, ids) in &mut loaded.kinds {
        ids.retain(|id| lives(id) && (*kind == "session" || near.contains(id)));
    }
    loaded
}

pub fn what_is_laid_over_what_was_read_early_is_what_is_read_after<E: Engine>() {
    check::<E, _>(&commits(), async |scribe, commits| {
        let (needs, mut number) = (everything(), 0);
        let (mut held, mut near) = (BTreeMap::new(), HashSet::new());
        for steps in commits {
            let changes = steps.iter().map(|step| {
                number += 1;
                change(*step).by(mutation(number))
            });
            let mut batch = scribe.plan(changes.collect::<Vec<_>>());
            // The last of each size has a key, until it is deleted.
            for (step, new) in steps.iter().zip(&batch.versions) {
                let id = new.version.id;
                held.retain(|_, holder| *holder != id);
                if new.version.frame.is_some() {
                    held.insert(step.3 % 3, id);
                }
            }
            batch.keys = (0..3)
                .map(|number| (key(number), held.get(&number).copied()))
                .collect();
            for new in &batch.versions {
                near.remove(&new.version.id);
                let touches = new.span.is_some_and(|span| overlap(span, days(10, 3)));
                near.extend((new.version.kind == "menu" && touches).then_some(new.version.id));
            }
            let early = scribe.store.load_early(scribe.group, &needs).await;
            let mut early = early.expect("it is read");
            scribe.write(&batch).await.expect("it is written");
            let after = scribe.store.load_early(scribe.group, &needs).await;
            let after = after.expect("it is read");
            assert_ne!(early.head, after.head);
            early.lay(&batch, &needs);
            assert_eq!(plainly(early, &near), plainly(after, &near));
        }
    });
}
