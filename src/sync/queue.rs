//! Pushes that wait to be written: bounded by bytes a group, and taken in fair shares.

use super::prepare::Prepared;
use super::writer::WriteError;
use crate::model::ids::GroupKey;
use crate::model::mutation::Answer;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// The most bytes of pushes of one group that wait; the next caller waits outside.
const WAITING_BYTES_MAX: u32 = 16 << 20;
/// The most bytes that one transaction carries, shared out among the groups that wait.
const BATCH_BYTES_MAX: usize = 4 << 20;
/// What an item costs beside its content.
const ITEM_BYTES: usize = 256;

/// One push and who waits for its answer.
pub struct Job {
    pub push: Prepared,
    pub answer: oneshot::Sender<Result<Vec<Answer>, WriteError>>,
    /// Room in the group's queue, given back when the push is answered.
    pub _room: OwnedSemaphorePermit,
}

/// What a push costs while it waits.
pub fn cost(push: &Prepared) -> usize {
    push.items
        .iter()
        .map(|item| ITEM_BYTES + item.item.content_bytes())
        .sum()
}

/// Room for waiting pushes, for each group its own: one group's flood fills no other's queue.
#[derive(Clone, Default)]
pub struct Rooms(Arc<Mutex<HashMap<GroupKey, Arc<Semaphore>>>>);

impl Rooms {
    /// Waits until there is room for a push.
    pub async fn enter(&self, push: &Prepared) -> Result<OwnedSemaphorePermit, WriteError> {
        let room = {
            let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let new = || Arc::new(Semaphore::new(WAITING_BYTES_MAX as usize));
            Arc::clone(rooms.entry(push.caller.group.key).or_insert_with(new))
        };
        let bytes = u32::try_from(cost(push))
            .unwrap_or(u32::MAX)
            .min(WAITING_BYTES_MAX);
        room.acquire_many_owned(bytes)
            .await
            .map_err(|_| WriteError::Stopping)
    }
}

/// What waits, by group, in the order it came.
#[derive(Default)]
pub struct Queue(BTreeMap<GroupKey, VecDeque<Job>>);

impl Queue {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn add(&mut self, job: Job) {
        self.0
            .entry(job.push.caller.group.key)
            .or_default()
            .push_back(job);
    }

    /// The next transaction's pushes: of every group that waits its first push, and more of them up to
    /// its share of the bytes.
    pub fn take(&mut self) -> Vec<Job> {
        let share = BATCH_BYTES_MAX / self.0.len().max(1);
        let mut batch = Vec::new();
        for waiting in self.0.values_mut() {
            let mut bytes = 0;
            while let Some(job) = waiting.front() {
                bytes += cost(&job.push);
                if bytes > share && !batch_is_empty_of(&batch, &job.push) {
                    break;
                }
                batch.extend(waiting.pop_front());
            }
        }
        self.0.retain(|_, waiting| !waiting.is_empty());
        batch
    }
}

fn batch_is_empty_of(batch: &[Job], push: &Prepared) -> bool {
    batch
        .last()
        .is_none_or(|last: &Job| last.push.caller.group.key != push.caller.group.key)
}
