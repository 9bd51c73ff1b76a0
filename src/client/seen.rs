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

/// The copy as its author sees it, by id: each record with the content that was typed last. What is typed and no hub
/// has has version 0; what is to be deleted, and a conflict that is to be settled, are gone.
pub struct Seen(BTreeMap<String, v1::Record>);

impl Seen {
    /// The records of a kind (`menu`, `conflict` …) that touch a span.
    pub fn of(&self, kind: &str, span: Span) -> Vec<v1::Record> {
        let all = self.0.values();
        let wanted = all.filter(|record| record.kind == kind && touches(record, span));
        wanted.cloned().collect()
    }

    /// One of them, by its id.
    pub fn one(&self, id: &str) -> Option<&v1::Record> {
        self.0.get(id)
    }
}

impl Replica {
    /// The copy as its author sees it now. All of it is read: whoever asks more than once keeps it.
    pub async fn seen(&self) -> Result<Seen> {
        let state = self.state().await?;
        let copy = self.records().await?.into_iter();
        let mut all: BTreeMap<String, v1::Record> =
            copy.map(|record| (record.id.clone(), record)).collect();
        // The hub has it, and the copy does not show it yet.
        let kept = self.database.journal_after(state.whole_at).await?;
        let waiting = self.outbox().await?.into_iter();
        let waiting = waiting.filter(|entry| !entry.refused);
        let wishes = kept
            .into_iter()
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
        Ok(Seen(all))
    }

    /// Types a wish that has its id already, from a page on which it may be asked for twice: once it has an effect.
    /// What it builds on is what its author saw, unless something was typed since.
    pub async fn type_once(&self, mutation: &v1::Mutation) -> Result<()> {
        self.database.type_once(mutation).await
    }

    /// What a wish of one's own was answered; `Unspecified`: nothing yet.
    pub async fn answer(&self, mutation_id: &str) -> Result<v1::PushResult> {
        Ok(match self.database.told(mutation_id).await? {
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
