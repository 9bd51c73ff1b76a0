//! What a batch of pushes reads and what it writes.

use super::Version;
use crate::model::calendar::overlap;
use crate::model::date::Span;
use crate::model::feed::Head;
use crate::model::ids::{Key, MutationId, Place, RecordId, Who};
use bytes::Bytes;
use jiff::ToSpan as _;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What a batch of pushes touches, to be read in a few set queries.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// Records, in their newest version, with who sees them.
    pub records: HashSet<RecordId>,
    /// Records that are said to be new: the newest version only, should there be one.
    pub fresh: HashSet<RecordId>,
    /// Mutations already answered.
    pub mutations: HashSet<(Place, MutationId)>,
    /// Older versions.
    pub versions: HashSet<(RecordId, i64)>,
    /// Holders of keys, with the records that hold them.
    pub keys: HashSet<Key>,
    /// Kinds, with every live record.
    pub kinds: BTreeSet<&'static str>,
    /// Kinds, with the live records that touch some days and do not go on for a month after them: those of up
    /// to [`NEAR_BYTES_MAX`] bytes, and of them no more than [`NEAR_ROWS_MAX`]. They serve doubts, which may
    /// miss one.
    pub near: BTreeSet<(&'static str, Span)>,
}

/// The largest record that is loaded for its days alone. A session has 4 KB.
pub const NEAR_BYTES_MAX: usize = 32 << 10;
/// The most records that are loaded for the days of one item. In a group of 20 schools that meet in nine
/// subjects on two days there are 180 sessions.
pub const NEAR_ROWS_MAX: usize = 400;

/// The last day on which a record may end that is near some days.
#[must_use]
pub fn near_until(days: Span) -> Date {
    days.last.saturating_add(31.days())
}

impl Needs {
    /// Whether nothing is needed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
            && self.fresh.is_empty()
            && self.mutations.is_empty()
            && self.versions.is_empty()
            && self.keys.is_empty()
            && self.kinds.is_empty()
            && self.near.is_empty()
    }

    /// Whether a version that is about to be written is needed for its kind or its days.
    fn look_at(&self, new: &NewVersion) -> bool {
        let kind = new.version.kind.as_str();
        let near = |(of, days): &(&str, Span)| {
            let ends = |span: Span| overlap(span, *days) && span.last <= near_until(*days);
            *of == kind && new.span.is_some_and(ends)
        };
        self.kinds.contains(kind) || self.near.iter().any(near)
    }
}

/// A mutation that had an effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// SHA-256 of the mutation; `None`: erased with what it wrote.
    pub hash: Option<[u8; 32]>,
    /// The record whose version it wrote.
    pub record: RecordId,
    /// The topic of that record.
    pub topic: String,
    /// That version.
    pub version: i64,
    /// Where that version stands in the feed.
    pub position: i64,
    /// The first answer, encoded.
    pub answer: Bytes,
    /// The version as it goes over the wire; `None`: it deleted the record.
    pub frame: Option<Bytes>,
    /// The content as pushed, where a merge made another of it.
    pub pushed: Option<Bytes>,
}

/// What [`Needs`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The head of the group's feed.
    pub head: Head,
    /// Newest versions, tombstones included.
    pub records: HashMap<RecordId, Version>,
    /// Who sees each of those records.
    pub audience: HashMap<RecordId, Vec<Who>>,
    /// Answered mutations.
    pub mutations: HashMap<(Place, MutationId), Remembered>,
    /// Older versions.
    pub versions: HashMap<(RecordId, i64), Version>,
    /// Who holds which key.
    pub keys: HashMap<Key, RecordId>,
    /// The live records of each kind that was needed whole or for some days; they are in `records`.
    pub kinds: BTreeMap<&'static str, BTreeSet<RecordId>>,
}

impl Loaded {
    /// Adds what a second look found.
    pub fn extend(&mut self, more: Loaded) {
        self.records.extend(more.records);
        self.audience.extend(more.audience);
        self.mutations.extend(more.mutations);
        self.versions.extend(more.versions);
        self.keys.extend(more.keys);
        for (kind, ids) in more.kinds {
            self.kinds.entry(kind).or_default().extend(ids);
        }
    }

    /// Adds what a batch writes: what was needed is found as it stands once that is written.
    pub fn lay(&mut self, batch: &Batch, needs: &Needs) {
        self.head = batch.head;
        for new in &batch.versions {
            let version = &new.version;
            if needs.look_at(new)
                && let Some(of_kind) = self.kinds.get_mut(version.kind.as_str())
            {
                of_kind.insert(version.id);
            }
            self.mutations.extend(new.remembered());
            self.versions
                .insert((version.id, version.version), version.clone());
            self.records.insert(version.id, version.clone());
        }
        for row in &batch.audience {
            self.audience.insert(row.id, Vec::new());
        }
        for row in batch.audience.iter().filter(|row| !row.gone) {
            self.audience.entry(row.id).or_default().push(row.who);
        }
        for (key, holder) in &batch.keys {
            match holder {
                Some(id) => self.keys.insert(key.clone(), *id),
                None => self.keys.remove(key),
            };
        }
    }
}

/// What one commit writes for one group.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The head after it.
    pub head: Head,
    /// New versions, in the order of their positions.
    pub versions: Vec<NewVersion>,
    /// Stored versions that have a successor now: their position and the successor's.
    pub superseded: Vec<(i64, i64)>,
    /// Records as they stand now: id, version, position.
    pub records: Vec<(RecordId, i64, i64)>,
    /// Audience rows as they stand now.
    pub audience: Vec<AudienceRow>,
    /// Keys as they stand now, each once; `None`: nobody holds it any more.
    pub keys: Vec<(Key, Option<RecordId>)>,
}

/// A version to be written.
#[derive(Clone, Debug)]
pub struct NewVersion {
    /// The version.
    pub version: Version,
    /// The place that pushed.
    pub place: Place,
    /// The post that pushed.
    pub actor: String,
    /// The reason code.
    pub reason: String,
    /// The mutation that wrote it, with the first answer; `None`: the hub wrote it beside one.
    pub mutation: Option<(MutationId, [u8; 32], Bytes)>,
    /// Its leaf in the chain.
    pub leaf: [u8; 32],
    /// What its body was hashed with.
    pub salt: [u8; 16],
    /// The position of its successor in the same batch.
    pub superseded_at: Option<i64>,
    /// The days it touches; `None`: all.
    pub span: Option<Span>,
    /// The content as pushed, where a merge made another of it.
    pub pushed: Option<Bytes>,
}

impl NewVersion {
    /// The mutation that wrote it, as it is remembered.
    #[must_use]
    pub fn remembered(&self) -> Option<((Place, MutationId), Remembered)> {
        let (id, hash, answer) = self.mutation.as_ref()?;
        let remembered = Remembered {
            hash: Some(*hash),
            record: self.version.id,
            topic: self.version.topic.clone(),
            version: self.version.version,
            position: self.version.position,
            answer: answer.clone(),
            frame: self.version.frame.clone(),
            pushed: self.pushed.clone(),
        };
        Some(((self.place, *id), remembered))
    }
}

/// One audience of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudienceRow {
    /// Who.
    pub who: Who,
    /// The record.
    pub id: RecordId,
    /// The position of its newest version, or of the one with which `who` dropped out.
    pub position: i64,
    /// `who` dropped out.
    pub gone: bool,
}
