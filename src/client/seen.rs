//! The copy as its author sees it: with what was typed last, whether or not a hub has it yet.

use super::error::Result;
use super::replica::Replica;
use super::wish;
use crate::content::frame::Parts;
use crate::kinds;
use crate::model::calendar::overlap;
use crate::model::date::Span;
use crate::model::ids::Place;
use crate::wire::v1;
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet};
use v1::mutation::Wish;

impl Replica {
    /// The records of a kind (`menu`, `conflict` …) that touch a span, each with the content that was typed last. What
    /// is typed and no hub has has version 0; what is to be deleted, and a conflict that is to be settled, are gone.
    pub async fn seen(&self, kind: &str, span: Span) -> Result<Vec<v1::Record>> {
        let all = self.all_seen().await?;
        let wanted = all
            .into_values()
            .filter(|record| record.kind == kind && touches(record, span));
        Ok(wanted.collect())
    }

    /// One of them, by its id.
    pub async fn seen_record(&self, id: &str) -> Result<Option<v1::Record>> {
        Ok(self.all_seen().await?.remove(id))
    }

    async fn all_seen(&self) -> Result<BTreeMap<String, v1::Record>> {
        let state = self.state().await?;
        let copy = self.records().await?.into_iter();
        let mut all: BTreeMap<String, v1::Record> =
            copy.map(|record| (record.id.clone(), record)).collect();
        let kept = self.database.journal().await?.into_iter();
        // The hub has it, and the copy does not show it yet.
        let kept = kept.filter(|kept| kept.answer.position > state.whole_at);
        let waiting = self.outbox().await?.into_iter();
        let waiting = waiting.filter(|entry| !entry.refused);
        let wishes = kept
            .map(|kept| kept.mutation)
            .chain(waiting.map(|entry| entry.mutation));
        let (mut written, mut gone) = (BTreeSet::new(), BTreeSet::new());
        for mutation in wishes {
            match mutation.wish {
                Some(Wish::Put(put)) => {
                    written.insert(mutation.record_id);
                    gone.extend(put.resolves);
                }
                Some(Wish::Delete(_)) => {
                    written.remove(&mutation.record_id);
                    gone.insert(mutation.record_id);
                }
                _ => {}
            }
        }
        all.retain(|id, _| !gone.contains(id));
        for id in written {
            let content = self.content(&id).await?.unwrap_or_default();
            let new = || begun(&id, &content, &state.campus);
            let record = all.entry(id.clone()).or_insert_with(new);
            record.content = content;
        }
        Ok(all)
    }

    /// Types a wish that has its id already, from a page on which it may be asked for twice: once it has an effect.
    /// What it builds on is what its author saw, unless something was typed since. The answer is `Unspecified` until
    /// a hub gave one.
    pub async fn type_once(&self, mutation: v1::Mutation) -> Result<v1::PushResult> {
        self.database.type_once(&mutation).await?;
        self.answer(&mutation.mutation_id).await
    }

    /// What a wish of one's own was answered; `Unspecified`: nothing yet.
    pub async fn answer(&self, mutation_id: &str) -> Result<v1::PushResult> {
        let outbox = self.outbox().await?.into_iter();
        let waiting = outbox.map(|entry| (entry.mutation, entry.answer.filter(|_| entry.refused)));
        let kept = self.database.journal().await?.into_iter();
        let kept = kept.map(|kept| (kept.mutation, Some(kept.answer)));
        let mut all = waiting.chain(kept);
        let found = all.find(|(mutation, _)| mutation.mutation_id == mutation_id);
        Ok(match found {
            Some((_, Some(answer))) => answer,
            Some((mutation, None)) => v1::PushResult {
                mutation_id: mutation.mutation_id,
                record_id: mutation.record_id,
                ..Default::default()
            },
            // The hub had it already, and keeps no trace.
            None => v1::PushResult {
                mutation_id: mutation_id.to_owned(),
                outcome: v1::Outcome::Unchanged.into(),
                ..Default::default()
            },
        })
    }
}

/// A record that no hub has.
fn begun(id: &str, content: &Bytes, campus: &str) -> v1::Record {
    let kind = kinds::of(content);
    v1::Record {
        id: id.to_owned(),
        kind: kind.map_or_else(String::new, |kind| kind.name().to_owned()),
        campus_id: campus.to_owned(),
        state: kind.map(kinds::Kind::new_state).unwrap_or_default(),
        ..Default::default()
    }
}

/// Whether a record is about a day of a span; what is about no days is about all.
fn touches(record: &v1::Record, span: Span) -> bool {
    let days = kinds::of(&record.content).and_then(|kind| {
        let parts = Parts {
            content: record.content.clone(),
            state: record.state.clone(),
        };
        let owner = record
            .campus_id
            .parse()
            .map_or(Place::Office, Place::Campus);
        kind.index(owner, &parts).span
    });
    days.is_none_or(|days| overlap(days, span))
}

/// Whether a wish was typed from what its page showed.
pub(super) fn sees(mutation: &v1::Mutation) -> bool {
    match &mutation.wish {
        Some(Wish::Act(act)) => act.seen_version > 0,
        _ => wish::base(mutation).is_some(),
    }
}
