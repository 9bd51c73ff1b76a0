//! What is pushed and how it is answered.

use super::finding::Finding;
use super::ids::{MutationId, RecordId};
use bytes::Bytes;

/// The reason of the versions by which the hub tells that personal data was erased. No mutation carries
/// it.
pub const ERASED: &str = "ERASED";

/// A batch of wishes, carried out in order.
#[derive(Clone, Debug)]
pub struct Push {
    /// The wishes.
    pub items: Vec<Item>,
    /// Judge everything, store nothing.
    pub validate_only: bool,
    /// One refused item keeps all others out.
    pub all_or_nothing: bool,
}

/// One wish as it came. What could not be read of it is a finding, not an error: one bad item stops
/// nobody.
#[derive(Clone, Debug)]
pub struct Item {
    /// The mutation as sent; empty when the hub made it.
    pub raw: Bytes,
    /// The mutation id as sent.
    pub mutation_id: String,
    /// The record id as sent.
    pub record_id: String,
    /// The wish, unless something about its envelope is wrong.
    pub mutation: Result<Mutation, Finding>,
}

/// What a mutation costs, in bytes: its own, and 256 for what is kept beside them.
#[must_use]
pub fn item_bytes(raw: &[u8]) -> usize {
    256 + raw.len()
}

impl Push {
    /// What it costs, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.items.iter().map(Item::bytes).sum()
    }

    /// The mutations that delete a record.
    pub fn deletions(&self) -> impl Iterator<Item = MutationId> {
        let mutations = self
            .items
            .iter()
            .filter_map(|item| item.mutation.as_ref().ok());
        let deletions = mutations.filter(|mutation| matches!(mutation.wish, Wish::Delete { .. }));
        deletions.map(|mutation| mutation.id)
    }
}

impl Item {
    /// What it costs, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        item_bytes(&self.raw)
    }
}

/// One wish whose envelope is in order.
#[derive(Clone, Debug)]
pub struct Mutation {
    /// Its id.
    pub id: MutationId,
    /// The record it is about.
    pub record: RecordId,
    /// The reason code; may be empty.
    pub reason: String,
    /// SHA-256 of the mutation as sent: the same id with another hash is another mutation.
    pub hash: [u8; 32],
    /// What is wished.
    pub wish: Wish,
}

/// What a mutation wishes.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Write the content, whole.
    Put(Put),
    /// Delete the record.
    Delete {
        /// What it started from.
        base: Base,
    },
    /// Move its state.
    Act {
        /// The version the asker saw.
        seen_version: i64,
        /// The encoded action.
        action: Bytes,
    },
}

/// A wish to write a record's content, whole.
#[derive(Clone, Debug)]
pub struct Put {
    /// What it started from.
    pub base: Base,
    /// The encoded content.
    pub content: Bytes,
    /// The contract its client was made for; 0: this hub's.
    pub contract: i32,
    /// Conflicts of the record that it settles.
    pub resolves: Vec<RecordId>,
}

/// What a mutation started from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// A version, with the digest of its content when the client sent one. Version 0: nothing.
    Version(i64, Option<[u8; 8]>),
    /// What an earlier mutation of the same place wrote.
    Mutation(MutationId),
}

impl Base {
    /// Whether it starts from nothing: the record is said to be new.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        matches!(self, Base::Version(0, _))
    }
}

/// How a mutation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Stored.
    Applied,
    /// Stored together with what had changed meanwhile in other fields.
    Merged,
    /// Kept whole as a conflict; the hub's version stands.
    ConflictKept,
    /// There was nothing to do.
    Unchanged,
    /// Refused; nothing of it was stored.
    Rejected,
    /// Kept out because another item of its push was refused.
    NotApplied,
}

/// The answer to one mutation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The mutation id as sent.
    pub mutation_id: String,
    /// The record id as sent.
    pub record_id: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The answer was given before.
    pub replayed: bool,
    /// The record's version after it; 0: there is none.
    pub version: i64,
    /// Where it stands in the feed; 0: nothing was stored.
    pub position: i64,
    /// The record that keeps the edit.
    pub conflict: Option<RecordId>,
    /// What there is to say.
    pub findings: Vec<Finding>,
    /// The record as it stands, encoded as a change, when the asker should see it.
    pub current: Option<Bytes>,
}

impl Answer {
    /// An answer that stores nothing.
    #[must_use]
    pub fn to(item: &Item, outcome: Outcome, findings: Vec<Finding>) -> Self {
        Answer {
            mutation_id: item.mutation_id.clone(),
            record_id: item.record_id.clone(),
            outcome,
            replayed: false,
            version: 0,
            position: 0,
            conflict: None,
            findings,
            current: None,
        }
    }
}
