//! What the office is told of persons is written down before it is told: it may see every person's row, and
//! each look is kept (the charters of school groups). A campus reads of its own people and leaves no trace.

use crate::content::{conflict, frame};
use crate::kinds::{self, Kind};
use crate::model::audit::{Audited, Deed};
use crate::model::caller::Caller;
use crate::model::clock::Clock;
use crate::model::ids::{Place, RecordId};
use crate::model::mutation::Answer;
use crate::store::{FeedEntry, FeedPage, Result, Store, Version};
use bytes::Bytes;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Writes down what the office reads of persons.
#[derive(Clone)]
pub struct Ledger {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

/// What a caller is about to be told.
struct Told {
    /// The record, when it is one.
    subject: Option<RecordId>,
    positions: Option<(i64, i64)>,
    /// Of each record or version that has a content, its kind; a conflict's is that of the edit it keeps.
    kinds: Vec<&'static dyn Kind>,
}

impl Ledger {
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Ledger { store, clock }
    }

    /// A part of the feed after a position: one deed, however many records are in it.
    pub async fn page(&self, caller: &Caller, after: i64, page: &FeedPage) -> Result<()> {
        let told = || Told {
            subject: None,
            positions: Some((after + 1, page.position)),
            kinds: page.entries.iter().filter_map(kind_of_entry).collect(),
        };
        self.tell(caller, || vec![told()]).await
    }

    /// Versions of one record.
    pub async fn versions(&self, caller: &Caller, versions: &[&Version]) -> Result<()> {
        let positions = || versions.iter().map(|version| version.position);
        let told = || Told {
            subject: versions.first().map(|version| version.id),
            positions: positions().min().zip(positions().max()),
            kinds: versions
                .iter()
                .filter_map(|version| kinds::named(&version.topic))
                .collect(),
        };
        self.tell(caller, || vec![told()]).await
    }

    /// Records of a list, as they stand.
    pub async fn listed(&self, caller: &Caller, versions: &[Version]) -> Result<()> {
        let kinds = || {
            versions
                .iter()
                .filter_map(|version| kinds::named(&version.topic))
        };
        let told = || Told {
            subject: None,
            positions: None,
            kinds: kinds().collect(),
        };
        self.tell(caller, || vec![told()]).await
    }

    /// Records as they stand, in the answers to a push.
    pub async fn answers(&self, caller: &Caller, answers: &[Answer]) -> Result<()> {
        let told = |answer: &Answer| Told {
            subject: answer.record_id.parse().ok(),
            positions: None,
            kinds: answer.current.iter().filter_map(kind_of_frame).collect(),
        };
        self.tell(caller, || answers.iter().map(told).collect())
            .await
    }

    /// So many records of a kind, in a report.
    pub async fn told(&self, caller: &Caller, kind: &str, count: usize) -> Result<()> {
        let told = || Told {
            subject: None,
            positions: None,
            kinds: kinds::named(kind)
                .into_iter()
                .flat_map(|kind| std::iter::repeat_n(kind, count))
                .collect(),
        };
        self.tell(caller, || vec![told()]).await
    }

    async fn tell(&self, caller: &Caller, told: impl FnOnce() -> Vec<Told>) -> Result<()> {
        if caller.place != Place::Office {
            return Ok(());
        }
        let now = self.clock.now();
        let reads = told().into_iter().filter_map(|told| told.read(now));
        let by = Some(caller.credential);
        let reads: Vec<Audited> = reads.map(|read| Audited { by, ..read }).collect();
        if reads.is_empty() {
            return Ok(());
        }
        self.store.note(caller.group.key, &reads).await
    }
}

impl Told {
    /// The deed of telling it, if it is about persons.
    fn read(self, now: Timestamp) -> Option<Audited> {
        let mut read: BTreeMap<&str, i64> = BTreeMap::new();
        for kind in self.kinds {
            *read.entry(kind.name()).or_default() += 1;
        }
        read.retain(|name, _| kinds::named(name).is_some_and(Kind::personal));
        (!read.is_empty()).then(|| Audited {
            count: read.values().sum(),
            kinds: read.into_keys().map(str::to_owned).collect(),
            positions: self.positions,
            ..Audited::new(now, Deed::Read, self.subject.map(|id| id.0))
        })
    }
}

fn kind_of_entry(entry: &FeedEntry) -> Option<&'static dyn Kind> {
    match entry {
        FeedEntry::Upsert(frame) => kind_of_frame(frame),
        // An id, and no content.
        FeedEntry::Gone { .. } => None,
    }
}

fn kind_of_frame(frame: &Bytes) -> Option<&'static dyn Kind> {
    let parts = frame::parts(frame).ok()?;
    let kept = conflict::pushed(&parts.state).map(|(_, pushed)| pushed);
    kinds::of(kept.as_ref().unwrap_or(&parts.content))
}
