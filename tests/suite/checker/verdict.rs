//! The verdict: pure, over the branches' logs and what the hub answered through the public door.

use super::evidence::Evidence;
use super::log::{Answered, Copied, Typed};
use lianxiao::wire::v1;
use prost::Message as _;
use std::collections::{BTreeMap, HashMap, HashSet};
use v1::Outcome;
use v1::mutation::Wish;

/// Every promise that was broken, in words; none: all were kept.
pub fn verdict(evidence: &Evidence) -> Vec<String> {
    [
        evidence.log.impossible.clone(),
        answers_differ(evidence),
        acknowledged_is_gone(evidence),
        done_twice(evidence),
        copies_differ(evidence),
        lost_work(evidence),
    ]
    .concat()
}

/// Promise 2: the same mutation got the same answer, as long as nothing was restored between.
fn answers_differ(evidence: &Evidence) -> Vec<String> {
    let mut first: HashMap<(&str, usize), &Answered> = HashMap::new();
    let mut broken = Vec::new();
    for answered in stored(evidence) {
        let key = (answered.result.mutation_id.as_str(), answered.era);
        let first = first.entry(key).or_insert(answered);
        if told(&first.result) != told(&answered.result) {
            broken.push(format!("answered otherwise: {first:?} {answered:?}"));
        }
    }
    broken
}

fn stored(evidence: &Evidence) -> impl Iterator<Item = &Answered> {
    let answered = evidence.log.answered.iter();
    answered.filter(|answered| answered.result.position > 0)
}

fn told(result: &v1::PushResult) -> (i32, i64, i64) {
    (result.outcome, result.version, result.position)
}

/// Promises 1 and 9: what was acknowledged is there, where it was unless a restore took it back; and what
/// was taken back is there again, or stands refused before its author's eyes.
fn acknowledged_is_gone(evidence: &Evidence) -> Vec<String> {
    let last: BTreeMap<&str, &Answered> = stored(evidence)
        .map(|answered| (answered.result.mutation_id.as_str(), answered))
        .collect();
    let by_id = typed_by_id(evidence);
    let gone = |(id, answered): (&str, &Answered)| {
        let typed = by_id.get(id)?;
        let floors = &evidence.log.restored_to[answered.era..];
        let kept = floors
            .iter()
            .all(|floor| answered.result.position <= *floor);
        match (evidence.results.get(id), kept) {
            (Some(known), true) if told(known) != told(&answered.result) => {
                Some(format!("moved: {known:?} was {answered:?}"))
            }
            (Some(_), _) => None,
            (None, true) => Some(format!("acknowledged and gone: {answered:?}")),
            (None, false) if found_done(evidence, id, answered.era) => None,
            (None, false) => {
                let excused = evidence.in_outbox.contains(id) && !must_come_back(evidence, typed);
                let words = format!("taken back and not pushed again: {answered:?} {typed:?}");
                (!excused).then_some(words)
            }
        }
    };
    last.into_iter().filter_map(gone).collect()
}

fn typed_by_id(evidence: &Evidence) -> HashMap<&str, &Typed> {
    let typed = evidence.log.typed.iter();
    typed
        .map(|typed| (typed.mutation.mutation_id.as_str(), typed))
        .collect()
}

/// Whether the hub found, when it was pushed again, that another mutation had done the same already.
fn found_done(evidence: &Evidence, id: &str, era: usize) -> bool {
    evidence.log.answered.iter().any(|answered| {
        let later = answered.era > era && answered.result.mutation_id == id;
        later && answered.result.outcome() == Outcome::Unchanged
    })
}

/// What the only replica of a campus put builds on nothing but its own work: no restore is an excuse.
fn must_come_back(evidence: &Evidence, typed: &Typed) -> bool {
    let put = matches!(typed.mutation.wish, Some(Wish::Put(_)));
    put && evidence.alone.contains(&typed.branch)
}

/// Promise 2: every version of a record was written by exactly one mutation.
fn done_twice(evidence: &Evidence) -> Vec<String> {
    let mut written: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for result in evidence.results.values() {
        if matches!(result.outcome(), Outcome::Applied | Outcome::Merged) {
            let versions = written.entry(result.record_id.as_str()).or_default();
            versions.push(result.version);
        }
    }
    let mut broken = Vec::new();
    for (record, mut versions) in written {
        versions.sort_unstable();
        // A deletion is a version too, the last; a fresh reader is not told of it.
        let deleted = deletion(evidence, record).map(|result| result.version);
        let newest = evidence.versions.get(record).copied().or(deleted);
        let newest = newest.unwrap_or(0);
        if !versions.iter().copied().eq(1..=newest) {
            broken.push(format!(
                "{record} has {newest} versions, its mutations wrote {versions:?}"
            ));
        }
    }
    broken
}

/// Promise 3: at one checkpoint everybody of the same place holds the same.
fn copies_differ(evidence: &Evidence) -> Vec<String> {
    let mut first: HashMap<(&str, &[u8]), &Copied> = HashMap::new();
    let mut broken = Vec::new();
    for copied in &evidence.log.copied {
        let key = (copied.campus_id.as_str(), copied.chain.as_slice());
        let first = first.entry(key).or_insert(copied);
        let differ = differences(first, copied);
        if !differ.is_empty() {
            broken.push(format!(
                "at {} the copies of {} and {} differ in {differ:?}",
                copied.position, first.who, copied.who
            ));
        }
    }
    broken
}

/// The records in which they differ: where each of them has the record from.
fn differences<'c>(one: &'c Copied, other: &'c Copied) -> BTreeMap<&'c String, [i64; 2]> {
    let ids = one.records.keys().chain(other.records.keys());
    let differ = ids.filter(|id| one.records.get(*id) != other.records.get(*id));
    let position = |copied: &Copied, id: &String| {
        let record = copied.records.get(id).map(Vec::as_slice);
        record.map_or(0, |record| {
            v1::Record::decode(record).map_or(-1, |of| of.position)
        })
    };
    differ
        .map(|id| (id, [one, other].map(|copied| position(copied, id))))
        .collect()
}

/// Promise 4, and that nothing typed is lost: it is in a version, in a conflict, or before its author.
fn lost_work(evidence: &Evidence) -> Vec<String> {
    let settled: HashSet<&str> = evidence
        .log
        .typed
        .iter()
        .filter(|typed| evidence.results.contains_key(&typed.mutation.mutation_id))
        .filter_map(|typed| match &typed.mutation.wish {
            Some(Wish::Put(put)) => Some(put.resolves.iter().map(String::as_str)),
            _ => None,
        })
        .flatten()
        .collect();
    let lost = |typed: &&Typed| !typed.mark.is_empty() && !is_kept(evidence, &settled, typed);
    let typed = evidence.log.typed.iter().filter(lost);
    typed
        .map(|typed| {
            let result = evidence.results.get(&typed.mutation.mutation_id);
            format!("typed and lost: {typed:?}, {result:?}")
        })
        .collect()
}

fn is_kept(evidence: &Evidence, settled: &HashSet<&str>, typed: &Typed) -> bool {
    let id = &typed.mutation.mutation_id;
    if evidence.in_outbox.contains(id) {
        return true;
    }
    let Some(result) = evidence.results.get(id) else {
        return found_done(evidence, id, 0) && stands_somewhere(evidence, typed);
    };
    match result.outcome() {
        Outcome::ConflictKept => {
            let holds = |kept: &Vec<u8>| {
                let mark = typed.mark.as_bytes();
                kept.windows(mark.len()).any(|window| window == mark)
            };
            let conflict = &result.conflict_id;
            let kept = evidence.conflicts.get(conflict);
            let over = settled.contains(conflict.as_str())
                || deletion(evidence, &result.record_id).is_some();
            kept.map_or(over, holds)
        }
        // Its author deleted it since.
        _ if deletion(evidence, &result.record_id).is_some() => true,
        _ => {
            let version = (result.record_id.clone(), result.version);
            let history = evidence.histories.get(&version);
            history.is_some_and(|changes| changes.contains(&typed.mark))
        }
    }
}

/// Whether any version of the record says what was typed.
fn stands_somewhere(evidence: &Evidence, typed: &Typed) -> bool {
    evidence.histories.iter().any(|((record, _), changes)| {
        *record == typed.mutation.record_id && changes.contains(&typed.mark)
    })
}

/// The deletion of a record, if the hub knows of one.
fn deletion<'e>(evidence: &'e Evidence, record: &str) -> Option<&'e v1::PushResult> {
    let typed = evidence.log.typed.iter();
    typed
        .filter(|typed| typed.mutation.record_id == record)
        .filter(|typed| matches!(typed.mutation.wish, Some(Wish::Delete(_))))
        .find_map(|typed| evidence.results.get(&typed.mutation.mutation_id))
}
