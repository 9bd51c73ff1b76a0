//! The part of the port that finds what is kept of a person, and puts less in its place.

use super::{Result, Version};
use crate::model::ids::{CredentialId, GroupKey, RecordId};
use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

/// A version with everything kept of it that may tell of a person. It has no `Debug`: it is nobody's to
/// print.
#[derive(Clone, PartialEq, Eq)]
pub struct Stored {
    /// The version.
    pub version: Version,
    /// The post that pushed.
    pub actor: String,
    /// The content as pushed, where a merge made another of it.
    pub pushed: Option<Bytes>,
    /// The first answer to the mutation that wrote it, encoded.
    pub answer: Option<Bytes>,
}

/// A part of the versions that mention an id.
pub struct Mentions {
    /// The versions, in position order.
    pub found: Vec<Stored>,
    /// Everything up to here was looked at.
    pub position: i64,
    /// The head was reached.
    pub whole: bool,
}

/// What the office had erased, by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Whose group.
    pub group: GroupKey,
    /// The record, the person or the credential.
    pub id: Uuid,
    /// Which of them it is.
    pub of: Of,
    /// The position up to which it was carried out.
    pub looked: i64,
    /// How it stands.
    pub due: Due,
    /// Who asked for it.
    pub by: CredentialId,
}

/// Who is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Everybody in a record.
    Record,
    /// A person, wherever the id stands.
    Person,
    /// The holder of a credential, as the actor of what was written with it.
    Holder,
}

/// How an erasure stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Carried out.
    Done,
    /// Asked for, and not told to be carried out yet.
    UnderWay,
    /// A restore took it back: what is pushed again after it may bring back what was erased.
    TakenBack,
}

/// How far the records of a kind were looked through for those that are kept too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retained {
    /// Those that ended by this day,
    pub ends_on: Date,
    /// as they stood at this position.
    pub position: i64,
}

/// What a store is asked when somebody is to be exported or erased.
#[async_trait]
pub trait Erasing {
    /// The versions after a position that are of an id or mention it, as text; up to so many bytes of
    /// them, and at least one.
    async fn mentions(
        &self,
        group: GroupKey,
        id: RecordId,
        after: i64,
        bytes_max: usize,
    ) -> Result<Mentions>;
    /// The records of versions that a post wrote after a position, each once; the position that was looked
    /// at, and whether it was the head.
    async fn acted(
        &self,
        group: GroupKey,
        actor: &str,
        after: i64,
    ) -> Result<(Vec<RecordId>, i64, bool)>;
    /// Takes holder and label from a credential; what stands there instead is `erased`.
    async fn erase_holder(
        &self,
        group: GroupKey,
        credential: CredentialId,
        erased: &str,
    ) -> Result<()>;
    /// The records of a kind that mention an id in some version.
    async fn mentioned_by(
        &self,
        group: GroupKey,
        kind: &str,
        id: RecordId,
    ) -> Result<Vec<RecordId>>;
    /// Notes how erasures stand. One that a restore took back stays so until it is told to be done.
    async fn note_erasures(&self, erasures: &[Erasure], at: Timestamp) -> Result<()>;
    /// The erasures of a group that are not done.
    async fn erasures_due(&self, group: GroupKey) -> Result<Vec<Erasure>>;
    /// Overwrites what the database keeps of rows that are no more. False when somebody read so long that
    /// it could not.
    async fn scrub(&self) -> Result<bool>;
    /// The records of a kind, live or deleted, that ended by a day and were not among those of `before`.
    async fn ended(
        &self,
        group: GroupKey,
        kind: &str,
        before: Retained,
        by: Date,
    ) -> Result<Vec<RecordId>>;
    /// The records of a kind, live or deleted, that are of no day and were last written behind one position
    /// and up to another.
    async fn undated(
        &self,
        group: GroupKey,
        kind: &str,
        written: (i64, i64),
    ) -> Result<Vec<RecordId>>;
    /// How far the records of a kind were looked through.
    async fn retained(&self, group: GroupKey, kind: &str) -> Result<Retained>;
    /// Notes how far they were.
    async fn note_retained(&self, group: GroupKey, kind: &str, retained: Retained) -> Result<()>;
}
