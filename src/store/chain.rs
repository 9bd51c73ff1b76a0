//! A group's history as its chain has it.

use crate::model::feed::Head;
use crate::model::ids::Place;

/// A part of the history, read in one short transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commits {
    /// The chain at the last commit at or before the position asked from.
    pub chain: [u8; 32],
    /// The commits that follow it. The last may go on behind the part.
    pub commits: Vec<Commit>,
    /// The head of the feed.
    pub head: Head,
    /// The restores that the history went through, oldest first.
    pub restores: Vec<Restore>,
}

/// What was written together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The head after it.
    pub head: Head,
    /// Its leaves in the order of their positions; of a part of the history those that lie in it.
    pub leaves: Vec<Leaf>,
}

/// What the chain holds of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The version's place in the feed.
    pub position: i64,
    /// The leaf.
    pub hash: [u8; 32],
    /// What is needed to compute it, for whoever may see the version.
    pub opening: Option<Opening>,
}

/// What the holder of a version needs to compute its leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// What the body was hashed with; empty: the body was erased.
    pub salt: Vec<u8>,
    /// The place that pushed.
    pub place: Place,
}

/// A backup was put in the database's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restore {
    /// The epoch that began.
    pub epoch: i64,
    /// The last position it kept.
    pub position: i64,
}
