//! What a reader asks for and what it is sent.

use super::ids::RecordId;
use super::sight::Sight;
use bytes::Bytes;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// What a reader wants of what it may see. Sorted and without repetition, so that one wish has one form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Kinds by name; empty: all.
    pub kinds: Vec<String>,
    /// Owning campuses; empty: all. What the office owns always passes.
    pub campuses: Vec<RecordId>,
}

impl Filter {
    /// A filter in its one form.
    #[must_use]
    pub fn new(mut kinds: Vec<String>, mut campuses: Vec<RecordId>) -> Self {
        kinds.sort_unstable();
        kinds.dedup();
        campuses.sort_unstable();
        campuses.dedup();
        Filter { kinds, campuses }
    }

    /// A digest of the filter and of what the reader may see: a cursor is good for one of each.
    #[must_use]
    pub fn scope(&self, sight: &Sight) -> [u8; 8] {
        let mut hash = Sha256::new();
        for kind in &self.kinds {
            hash.update(format!("kind {kind}\n"));
        }
        for campus in &self.campuses {
            hash.update(format!("campus {campus}\n"));
        }
        for who in &sight.whos {
            hash.update(format!("sees {who:?}\n"));
        }
        match &sight.topics {
            None => hash.update("all topics\n"),
            Some(topics) => {
                for topic in topics {
                    hash.update(format!("topic {topic}\n"));
                }
            }
        }
        let digest = hash.finalize();
        std::array::from_fn(|i| digest[i])
    }
}

/// Why a cursor is of no use any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetReason {
    /// A restore began a new epoch.
    Epoch,
    /// It names a position or history this hub does not have.
    Diverged,
    /// The filter, or what the reader may see, is another one.
    Filter,
}

/// The head of a group's feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The newest position; 0: nothing was ever written.
    pub position: i64,
    /// When it was committed.
    pub at: Timestamp,
    /// The chain over everything up to it.
    pub chain: [u8; 32],
}

impl Head {
    /// The head of a feed in which nothing was ever written.
    pub const EMPTY: Head = Head {
        position: 0,
        at: Timestamp::UNIX_EPOCH,
        chain: [0; 32],
    };
}

/// A part of the feed, as one reader may see it.
#[derive(Clone, Debug)]
pub struct Page {
    /// The changes, each encoded.
    pub changes: Vec<Bytes>,
    /// Where to go on from.
    pub cursor: String,
    /// Set when the page reached the head: with it the reader's copy is whole.
    pub checkpoint: Option<Checkpoint>,
}

/// A point at which a reader's copy is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The head of the feed.
    pub head: Head,
    /// The last position that a backup of the hub holds; 0: there is none.
    pub backed_up: i64,
}

/// One event of a stream.
#[derive(Clone, Debug)]
pub enum Event {
    /// Something changed.
    Changes(Vec<Bytes>, String),
    /// The reader's copy is whole.
    Checkpoint(Checkpoint, String),
    /// Nothing changed, and the hub is alive.
    Heartbeat {
        /// Where to go on from.
        cursor: String,
        /// The newest position.
        newest: i64,
        /// The hub's clock.
        time: Timestamp,
    },
    /// The cursor is of no use any more; nothing follows.
    Reset(ResetReason),
    /// The hub ends the stream; go on from the cursor.
    Goodbye(String),
}
