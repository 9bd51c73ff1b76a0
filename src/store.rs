//! The port to the database: what the hub asks of it, in the model's words. One suite of tests
//! (`tests/suite/store.rs`) says what every store must do.

mod auditing;
mod batch;
mod chain;
mod credentials;
mod engine;
mod erasing;
mod error;
mod migrate;
mod others;
mod postgres;
mod sql;
mod sqlite;

pub use auditing::Auditing;
pub use batch::{
    AudienceRow, Batch, Loaded, NEAR_BYTES_MAX, NEAR_ROWS_MAX, Needs, NewVersion, Remembered,
    near_until,
};
pub use chain::{Commit, Commits, Leaf, Opening, Restore};
pub use credentials::{
    Credential, Credentials, Handover, Held, ListedCredential, Loan, ReplicaStanding, Reported,
    Trade,
};
pub use erasing::{Due, Erasing, Erasure, Mentions, Of, Retained, Stored};
pub use error::StoreError;
pub use migrate::{Moved, Progress, migrate};
pub use others::{Others, Standing};
pub use postgres::{PostgresAddress, PostgresStore};
pub use sqlite::SqliteStore;

use crate::model::audit::Audited;
use crate::model::caller::Group;
use crate::model::date::Span;
use crate::model::feed::{Filter, Head};
use crate::model::ids::{GroupKey, MutationId, Place, RecordId};
use crate::model::sight::Sight;
use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use std::collections::HashMap;
use std::path::Path;
use uuid::Uuid;

/// What a store answers.
pub type Result<T> = std::result::Result<T, StoreError>;

/// One version of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: String,
    /// The kind by which it may be read: its own, or that of the record a conflict is about.
    pub topic: String,
    /// Its owner.
    pub owner: Place,
    /// Its number.
    pub version: i64,
    /// Its place in the feed.
    pub position: i64,
    /// The last position up to it at which its record was erased; 0: never.
    pub erased: i64,
    /// The version as it goes over the wire; `None`: it deleted the record.
    pub frame: Option<Bytes>,
}

/// A version and who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The version.
    pub version: Version,
    /// The place that pushed.
    pub place: Place,
    /// The post that pushed.
    pub actor: String,
    /// The reason code.
    pub reason: String,
    /// When it was committed.
    pub at: Timestamp,
    /// The first answer to the mutation that wrote it, encoded; `None`: the hub wrote it beside one.
    pub answer: Option<Bytes>,
    /// What its body was hashed with; empty: the body was erased.
    pub salt: Vec<u8>,
}

/// What the last backup holds of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The last position it holds.
    pub position: i64,
    /// When it was made.
    pub at: Timestamp,
}

/// A part of the feed to be read.
#[derive(Clone, Debug)]
pub struct PageQuery<'a> {
    /// What the reader may see.
    pub sight: &'a Sight,
    /// What it wants of them.
    pub filter: &'a Filter,
    /// After which position.
    pub after: i64,
    /// The most bytes of frames; one larger frame comes alone.
    pub bytes_max: usize,
}

/// A part of the feed, as it was read in one short transaction.
#[derive(Clone, Debug)]
pub struct FeedPage {
    /// What the reader may see and wants, in position order; at most one entry a position.
    pub entries: Vec<FeedEntry>,
    /// Everything up to here was looked at.
    pub position: i64,
    /// The chain at the last commit at or before `position`.
    pub chain: [u8; 32],
    /// The head of the feed in the same transaction. The page reached it when its position equals
    /// `position`.
    pub head: Head,
    /// The last position that a backup holds; 0: there is none.
    pub backed_up: i64,
}

/// One entry of the feed.
#[derive(Clone, Debug)]
pub enum FeedEntry {
    /// A live record.
    Upsert(Bytes),
    /// A tombstone, or the end of the reader's sight.
    Gone {
        /// The version at that position.
        version: Version,
        /// The reader dropped out of its audience; otherwise the record was deleted.
        removed: bool,
    },
}

/// A version that a restore took back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The group's name.
    pub group: String,
    /// Where it stood.
    pub position: i64,
    /// Its kind.
    pub kind: String,
    /// Its record.
    pub record: Uuid,
    /// The place that pushed it.
    pub place: Place,
    /// The post that pushed it.
    pub actor: String,
}

/// What a restore brought about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What the replaced database held above the backup.
    pub lost: Vec<Lost>,
    /// How many erasures it knew, which are made again where the backup does not know them; `None`: it could
    /// not be read.
    pub erased: Option<usize>,
}

/// The database.
///
/// No text holds a NUL character: not every engine can keep one, and the hub takes none from anybody.
/// Reads see what was committed before they began. They open a short transaction of their own and never
/// hold it over a network wait.
#[async_trait]
pub trait Store: Auditing + Credentials + Erasing + Send + Sync {
    /// Closes the database, once what runs has ended. Nothing can be asked of it any more.
    async fn close(&self);

    /// The hub's id, made with the database.
    fn hub_id(&self) -> Uuid;
    /// How other hubs that write into the same database are noticed; `None`: there are none.
    fn others(&self) -> Option<&dyn Others>;

    /// Makes a group; `None` when the name is taken.
    async fn create_group(&self, id: Uuid, name: &str, at: Timestamp) -> Result<Option<Group>>;
    /// All groups, by name.
    async fn groups(&self) -> Result<Vec<Group>>;
    /// Writes a backup of everything committed into a new file, and notes what it holds.
    async fn back_up(&self, file: &Path, at: Timestamp) -> Result<()>;
    /// Notes what a backup holds of a group.
    async fn note_backup(&self, group: GroupKey, backup: Backup) -> Result<()>;
    /// What the last backup holds of a group.
    async fn last_backup(&self, group: GroupKey) -> Result<Option<Backup>>;

    /// Whether groups are written for apart, each in transactions of its own and at the same time as others;
    /// otherwise one transaction at a time had better carry what waits of all.
    fn apart(&self) -> bool;
    /// Begins to write for these groups. Until it ends nobody else writes for them, in this process or
    /// another; without [`Writing::commit`] nothing happened.
    async fn begin(&self, groups: &[GroupKey]) -> Result<Box<dyn Writing>>;

    /// Reads what a batch touches before its turn to be written: some of it may be as it stood before a commit
    /// and some as it stood after, but nothing is older than the head. Nobody else's reading keeps it waiting.
    async fn load_early(&self, group: GroupKey, needs: &Needs) -> Result<Loaded>;

    /// The head of a group's feed.
    async fn head(&self, group: GroupKey) -> Result<Head>;
    /// The last commit at or before a position; [`Head::EMPTY`] when there is none.
    async fn commit_before(&self, group: GroupKey, position: i64) -> Result<Head>;
    /// The last commit at or before a time; [`Head::EMPTY`] when there is none.
    async fn commit_as_of(&self, group: GroupKey, time: Timestamp) -> Result<Head>;
    /// The history after a position, at most so many leaves of it. Those of newest versions that may be
    /// seen are opened.
    async fn commits(
        &self,
        group: GroupKey,
        after: i64,
        limit: i64,
        sight: &Sight,
    ) -> Result<Commits>;
    /// A part of the feed.
    async fn page(&self, group: GroupKey, query: &PageQuery<'_>) -> Result<FeedPage>;
    /// The newest version of a record, if it may be seen.
    async fn record(&self, group: GroupKey, id: RecordId, sight: &Sight)
    -> Result<Option<Version>>;
    /// The version of a record that stood at a position, whoever sees it.
    async fn record_at(
        &self,
        group: GroupKey,
        id: RecordId,
        position: i64,
    ) -> Result<Option<Version>>;
    /// Versions of a record below a number, newest first, whoever sees them.
    async fn history(
        &self,
        group: GroupKey,
        id: RecordId,
        below: i64,
        limit: i64,
    ) -> Result<Vec<Written>>;
    /// What mutations of a place did.
    async fn remembered(
        &self,
        group: GroupKey,
        place: Place,
        ids: &[MutationId],
    ) -> Result<HashMap<MutationId, Remembered>>;
    /// The live records of a kind as they stood at a position, of those that touch a span; by id.
    async fn as_of(
        &self,
        group: GroupKey,
        kind: &str,
        position: i64,
        span: Span,
    ) -> Result<Vec<Version>>;
    /// The live records of a kind that touch a span, of those that may be seen; by id.
    async fn seen(
        &self,
        group: GroupKey,
        kind: &str,
        span: Span,
        sight: &Sight,
    ) -> Result<Vec<Version>>;
    /// When each place last wrote something, up to a position.
    async fn last_writes(
        &self,
        group: GroupKey,
        position: i64,
        places: &[Place],
    ) -> Result<HashMap<Place, Timestamp>>;
}

/// A transaction that writes.
#[async_trait]
pub trait Writing: Send {
    /// The head of a group's feed, with what was written.
    async fn head(&mut self, group: GroupKey) -> Result<Head>;
    /// Reads what a batch touches.
    async fn load(&mut self, group: GroupKey, needs: &Needs) -> Result<Loaded>;
    /// Writes a batch.
    async fn apply(&mut self, group: GroupKey, batch: &Batch) -> Result<()>;
    /// All versions of a record, oldest first.
    async fn versions_of(&mut self, group: GroupKey, id: RecordId) -> Result<Vec<Stored>>;
    /// Puts what is left of stored versions in their place. Their leaves stay; what could confirm a guess
    /// of what stood there, salt and hash, goes. Whoever does so writes a batch too: what was read before is known
    /// by its head to be old.
    async fn rewrite(&mut self, group: GroupKey, rewritten: &[Stored]) -> Result<()>;
    /// Writes a deed down beside what it does.
    async fn note(&mut self, group: GroupKey, deed: &Audited) -> Result<()>;
    /// Makes it durable.
    async fn commit(self: Box<Self>) -> Result<()>;
}
