//! A local copy of what a place may see, with its outbox and its journal.

use super::credential::with_suffix;
use super::database::{Database, Entry, Kept, State};
use super::error::{ReplicaError, Result};
use super::line::Line;
use super::pull::Read;
use super::report::Told;
use super::wish::Wanted;
use crate::wire::v1;
use bytes::Bytes;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use tokio::sync::{Mutex, MutexGuard};

/// Told what happens to a replica, each time after it is on the disk.
pub trait Observer: Send + Sync {
    /// The hub answered a mutation for good: accepted, nothing to do, or refused.
    fn answered(&self, mutation: &v1::Mutation, result: &v1::PushResult) {
        let _ = (mutation, result);
    }

    /// So many changes were read, on the way to a checkpoint.
    fn read(&self, changes: usize) {
        let _ = changes;
    }

    /// The copy is whole at a checkpoint.
    fn whole(&self, checkpoint: &v1::Checkpoint) {
        let _ = checkpoint;
    }

    /// A watch lost the hub, and will look for it again. What is typed meanwhile is kept.
    fn interrupted(&self, error: &ReplicaError) {
        let _ = error;
    }
}

/// Nobody is told.
struct Silent;

impl Observer for Silent {}

/// A local copy, an outbox and a journal in one file. What is typed is durable when the call returns, with
/// or without a hub; `sync` and `watch` bring it to the hub and the hub's changes here.
pub struct Replica {
    pub(super) database: Database,
    pub(super) observer: Arc<dyn Observer>,
    /// One conversation with the hub at a time; typing goes on beside it.
    talking: Mutex<()>,
    /// The same among programs that have the file open: whoever talks holds a lock on this one.
    turn: PathBuf,
    told: std::sync::Mutex<Told>,
}

/// The right to talk to the hub, until it is dropped.
pub(super) struct Talking<'a> {
    _here: MutexGuard<'a, ()>,
    on_this_machine: File,
}

/// Given back, not only closed: a program that another thread is just starting holds a copy of every open file, and
/// the lock with it, until it runs.
impl Drop for Talking<'_> {
    fn drop(&mut self) {
        let _ = self.on_this_machine.unlock();
    }
}

/// How many times a sync begins again when the hub is restored under its hands.
const ROUNDS: usize = 5;

impl Replica {
    /// Opens the file at `path`, or makes it.
    pub async fn open(path: &Path) -> Result<Self> {
        Ok(Replica {
            database: Database::open(path).await?,
            observer: Arc::new(Silent),
            talking: Mutex::new(()),
            turn: with_suffix(path, "-turn"),
            told: std::sync::Mutex::default(),
        })
    }

    /// Tells `observer` from now on.
    #[must_use]
    pub fn observed_by(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = observer;
        self
    }

    /// Closes the file. A replica that is only dropped loses nothing either.
    pub async fn close(self) {
        self.database.close().await;
    }

    /// Writes a record's content, whole: a new record, or the next content of an old one. It starts from
    /// what `content` shows.
    pub async fn put(&self, record_id: &str, content: Bytes) -> Result<v1::Mutation> {
        self.settle(record_id, content, Vec::new()).await
    }

    /// The same, and it settles conflicts of the record.
    pub async fn settle(
        &self,
        record_id: &str,
        content: Bytes,
        resolves: Vec<String>,
    ) -> Result<v1::Mutation> {
        let wanted = Wanted::Put { content, resolves };
        self.type_in(record_id, "", wanted).await
    }

    /// Asks for an action.
    pub async fn act(&self, record_id: &str, action: Bytes) -> Result<v1::Mutation> {
        self.act_because(record_id, "", action).await
    }

    /// The same with a reason: a code in `UPPER_SNAKE_CASE` of up to 40 characters, which the record's history
    /// shows.
    pub async fn act_because(
        &self,
        record_id: &str,
        reason: &str,
        action: Bytes,
    ) -> Result<v1::Mutation> {
        let wanted = Wanted::Act { action };
        self.type_in(record_id, reason, wanted).await
    }

    /// Asks for actions that are done together, all or none: the approval of both halves of a two-way exchange. Each
    /// is a record's, by id, and no record has two.
    pub async fn act_all(
        &self,
        reason: &str,
        actions: impl IntoIterator<Item = (String, Bytes)>,
    ) -> Result<Vec<v1::Mutation>> {
        let wanted = actions.into_iter();
        let wanted = wanted.map(|(record, action)| (record, Wanted::Act { action }));
        self.database.type_in(reason, wanted.collect()).await
    }

    /// Deletes a record.
    pub async fn delete(&self, record_id: &str) -> Result<v1::Mutation> {
        self.type_in(record_id, "", Wanted::Delete).await
    }

    async fn type_in(&self, record_id: &str, reason: &str, wanted: Wanted) -> Result<v1::Mutation> {
        let one = vec![(record_id.to_owned(), wanted)];
        Ok(self.database.type_in(reason, one).await?.remove(0))
    }

    /// A refused put, typed again: it starts from what the refused one started from, unless the hub does not
    /// know that, and takes its place.
    pub async fn correct(&self, mutation_id: &str, content: Bytes) -> Result<v1::Mutation> {
        let outbox = self.database.outbox().await?;
        let refused = outbox
            .iter()
            .find(|entry| entry.refused && entry.mutation.mutation_id == mutation_id)
            .ok_or_else(|| ReplicaError::NotRefused(mutation_id.to_owned()))?;
        self.database.correct(refused, content).await
    }

    /// Drops a refused mutation from the outbox.
    pub async fn discard(&self, mutation_id: &str) -> Result<()> {
        self.database.discard(mutation_id).await
    }

    /// A record's content as its author sees it: what was typed last, while the copy does not show it
    /// yet, and then the copy.
    pub async fn content(&self, record_id: &str) -> Result<Option<Bytes>> {
        self.database.seen_content(record_id).await
    }

    /// A record of the copy.
    pub async fn record(&self, record_id: &str) -> Result<Option<v1::Record>> {
        self.database.record(record_id).await
    }

    /// The copy, whole as of the last checkpoint, by id.
    pub async fn records(&self) -> Result<Vec<v1::Record>> {
        self.database.records().await
    }

    /// What was typed and is not accepted yet, or was refused, in the order typed.
    pub async fn outbox(&self) -> Result<Vec<Entry>> {
        self.database.outbox().await
    }

    /// What was accepted and no backup of the hub holds yet, in the order typed.
    pub async fn journal(&self) -> Result<Vec<Kept>> {
        self.database.journal().await
    }

    /// Where the copy stands.
    pub async fn state(&self) -> Result<State> {
        self.database.state().await
    }

    /// Brings the outbox to the hub, in order, and the copy to a checkpoint. After an error nothing is
    /// lost, and the next sync goes on where this one stopped. While a `watch` runs, here or in another
    /// program, there is nothing to sync: it is `Busy`.
    pub async fn sync(&self, line: &Line) -> Result<v1::Checkpoint> {
        let _talking = self.talk()?;
        self.sync_once(line).await
    }

    /// How much was ever typed, in this program or another: whoever watches looks here for what to notify of.
    pub async fn typed(&self) -> Result<i64> {
        self.database.typed().await
    }

    /// The right to talk to the hub.
    pub(super) fn talk(&self) -> Result<Talking<'_>> {
        let here = self.talking.try_lock().map_err(|_| ReplicaError::Busy)?;
        let mut options = OpenOptions::new();
        let turn = options.create(true).truncate(false).write(true);
        let turn = turn.open(&self.turn).map_err(ReplicaError::Turn)?;
        match turn.try_lock() {
            Ok(()) => Ok(Talking {
                _here: here,
                on_this_machine: turn,
            }),
            Err(TryLockError::WouldBlock) => Err(ReplicaError::Busy),
            Err(TryLockError::Error(error)) => Err(ReplicaError::Turn(error)),
        }
    }

    /// What the hub was told of it last.
    pub(super) fn told(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn sync_once(&self, line: &Line) -> Result<v1::Checkpoint> {
        for _ in 0..ROUNDS {
            let limits = self.meet(line).await?;
            // What is read first tells whether the hub still is the one the journal was compared with.
            if !self.state().await?.cursor.is_empty()
                && let Read::Reset = self.read_on(line, 0).await?
            {
                continue;
            }
            if self.state().await?.recover {
                self.recover(line, &limits).await?;
            }
            let pushed_to = self.push(line, &limits).await?;
            let Read::Whole(checkpoint) = self.read_on(line, pushed_to).await? else {
                continue;
            };
            if checkpoint.newest_position < self.database.journal_head().await? {
                // It has less than it acknowledged, and nobody said so.
                self.database.set_recover(true).await?;
                continue;
            }
            self.forget(line, &limits, &checkpoint).await?;
            self.report(line).await?;
            return Ok(checkpoint);
        }
        Err(ReplicaError::Contract(format!(
            "the copy was declared useless {ROUNDS} times in a row"
        )))
    }

    /// Who the hub is, and whose the line. Another hub, group or campus is none of ours; another epoch means a restore.
    pub(super) async fn meet(&self, line: &Line) -> Result<v1::Limits> {
        let about = line.hub().describe(v1::DescribeRequest {}).await?;
        let about = about.into_inner();
        let group = about.group.unwrap_or_default();
        let campus = about.caller.unwrap_or_default().campus_id;
        let state = self.state().await?;
        let ours = (&state.hub, &state.group, &state.campus);
        let theirs = (&about.hub_id, &group.id, &campus);
        if !state.hub.is_empty() && ours != theirs {
            let shown = |(hub, group, campus)| format!("{hub}/{group}/{campus}");
            return Err(ReplicaError::OtherHub {
                ours: shown(ours),
                theirs: shown(theirs),
            });
        }
        if (&state.hub, state.epoch) != (&about.hub_id, group.epoch) {
            let met = self
                .database
                .met(&about.hub_id, &group.id, &campus, group.epoch);
            met.await?;
        }
        Ok(about.limits.unwrap_or_default())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::process::Command;
    use std::thread;

    #[tokio::test]
    async fn who_has_talked_may_talk_again_while_another_thread_starts_programs() {
        let folder = tempfile::tempdir().unwrap();
        let replica = Replica::open(&folder.path().join("r.db")).await.unwrap();
        thread::scope(|scope| {
            let starting = scope.spawn(|| {
                for _ in 0..300 {
                    Command::new("true").status().unwrap();
                }
            });
            while !starting.is_finished() {
                assert!(replica.talk().is_ok(), "nobody else talks");
            }
        });
    }
}
