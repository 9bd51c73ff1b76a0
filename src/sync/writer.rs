//! The tasks that write: one for all groups, or one for each where the store writes for them apart. Pushes
//! that wait together are planned and committed together.

use super::erase::{self, Done, Part};
use super::heads::Heads;
use super::overlay::Overlay;
use super::prepare::{Prepared, prepare, second_needs};
use super::queue::{Job, Queue, WAITING_BYTES_MAX, WriteError, parts};
use super::shares::Shares;
use crate::model::caller::Caller;
use crate::model::clock::Clock;
use crate::model::ids::{GroupKey, MutationId};
use crate::model::limits::Limits;
use crate::model::mutation::{Answer, Push};
use crate::store::{Batch, Loaded, Needs, Store, StoreError, Writing};
use futures::FutureExt as _;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// The way to the tasks that write.
#[derive(Clone)]
pub struct Writer {
    store: Arc<dyn Store>,
    jobs: mpsc::UnboundedSender<Wanted>,
    rooms: Arc<Shares<GroupKey>>,
    limits: Limits,
}

/// What a task is asked.
enum Wanted {
    Push(Box<Job>),
    Erase(Box<ErasingJob>),
}

impl Wanted {
    fn group(&self) -> GroupKey {
        match self {
            Wanted::Push(job) => job.push.caller.group.key,
            Wanted::Erase(job) => job.part.order.caller.group.key,
        }
    }
}

/// A part of an erasure and who waits for it.
struct ErasingJob {
    part: Part,
    done: oneshot::Sender<Result<Done, WriteError>>,
}

impl Writer {
    /// Starts to write. It ends when every handle is dropped and what waited is written.
    pub fn start(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        heads: Arc<Heads>,
        seed: fn() -> [u8; 32],
        limits: Limits,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        // A push in it has found room in its group's queue, and an erasure waits for its last part before
        // it sends the next: that is the bound.
        let (jobs, waiting) = mpsc::unbounded_channel();
        let task = Arc::new(Task {
            store: Arc::clone(&store),
            clock,
            heads,
            seed,
        });
        let rooms = Arc::new(Shares::of(WAITING_BYTES_MAX));
        let writer = Writer {
            store,
            jobs,
            rooms,
            limits,
        };
        (writer, tokio::spawn(task.hand_out(waiting)))
    }

    /// Pushes, and waits until what is accepted is durable.
    ///
    /// # Errors
    /// When nothing can be said of it.
    pub async fn push(&self, caller: Caller, push: Push) -> Result<Vec<Answer>, WriteError> {
        let room = self.rooms.enter(caller.group.key, push.bytes()).await;
        let room = Arc::new(room);
        let deletions = self.deletions(&caller, &push).await.map_err(failed)?;
        let mut waiting = Vec::new();
        for part in parts(push) {
            let (answer, answered) = oneshot::channel();
            let job = Wanted::Push(Box::new(Job {
                bytes: part.bytes(),
                push: prepare(caller.clone(), part, deletions, &self.limits),
                answer,
                _room: Arc::clone(&room),
            }));
            self.jobs.send(job).map_err(|_| WriteError::Stopping)?;
            waiting.push(answered);
            // A long push does not keep a processor to itself.
            tokio::task::yield_now().await;
        }
        let mut answers = Vec::new();
        for answered in waiting {
            answers.extend(answered.await.map_err(|_| WriteError::Stopping)??);
        }
        Ok(answers)
    }

    /// So many records a push deletes: counted over all its parts, and without those that it deleted when it was
    /// pushed before.
    async fn deletions(&self, caller: &Caller, push: &Push) -> Result<usize, StoreError> {
        let ids: BTreeSet<MutationId> = push.deletions().collect();
        if ids.len() < 2 {
            return Ok(ids.len());
        }
        let (group, place) = (caller.group.key, caller.place);
        let asked: Vec<MutationId> = ids.into_iter().collect();
        let known = self.store.remembered(group, place, &asked).await?;
        Ok(asked.len() - known.len())
    }

    /// Carries out a part of an erasure, and waits until it is durable.
    ///
    /// # Errors
    /// When nothing can be said of it.
    pub async fn erase(&self, part: Part) -> Result<Done, WriteError> {
        let (done, told) = oneshot::channel();
        let job = Wanted::Erase(Box::new(ErasingJob { part, done }));
        self.jobs.send(job).map_err(|_| WriteError::Stopping)?;
        told.await.map_err(|_| WriteError::Stopping)?
    }
}

/// The exit status when the disk failed (`EX_IOERR`).
const EXIT_IO_ERROR: i32 = 74;

struct Task {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    heads: Arc<Heads>,
    seed: fn() -> [u8; 32],
}

impl Task {
    /// Gives every wish to the task that writes for its group.
    async fn hand_out(self: Arc<Self>, mut waiting: mpsc::UnboundedReceiver<Wanted>) {
        let mut tasks = JoinSet::new();
        let mut ways = HashMap::new();
        while let Some(wanted) = waiting.recv().await {
            let apart = self.store.apart().then(|| wanted.group());
            let way = ways.entry(apart).or_insert_with(|| {
                let (way, waiting) = mpsc::unbounded_channel();
                tasks.spawn(Arc::clone(&self).run(waiting));
                way
            });
            let _ = way.send(wanted);
        }
        drop(ways);
        tasks.join_all().await;
    }

    /// Erasures and pushes take turns.
    async fn run(self: Arc<Self>, mut waiting: mpsc::UnboundedReceiver<Wanted>) {
        let (mut queue, mut erasures) = (Queue::default(), VecDeque::new());
        loop {
            let idle = queue.is_empty() && erasures.is_empty();
            let mut next = match idle {
                true => match waiting.recv().await {
                    Some(wanted) => Some(wanted),
                    None => return,
                },
                false => waiting.try_recv().ok(),
            };
            while let Some(wanted) = next {
                match wanted {
                    Wanted::Push(job) => queue.add(*job, Instant::now()),
                    Wanted::Erase(job) => erasures.push_back(job),
                }
                next = waiting.try_recv().ok();
            }
            if let Some(job) = erasures.pop_front() {
                let done = caught(self.erase(&job.part)).await.map_err(failed);
                let _ = job.done.send(done);
            }
            if !queue.is_empty() {
                self.write_batch(queue.take(Instant::now())).await;
            }
        }
    }

    async fn erase(&self, part: &Part) -> Result<Done, StoreError> {
        let group = part.order.caller.group.key;
        let mut writing = self.store.begin(&[group]).await?;
        let (now, seed) = (self.clock.now(), (self.seed)());
        let (done, batch) = erase::carry_out(&mut *writing, part, now, seed).await?;
        writing.commit().await?;
        // Before anybody is told that there is something to read.
        self.heads.forget(group);
        if let Some(batch) = batch {
            self.heads.committed(group, batch);
        }
        Ok(done)
    }

    /// Writes all in one transaction; if that fails, each in one of its own, so that no push is made to
    /// fail by its neighbours.
    async fn write_batch(&self, jobs: Vec<Job>) {
        let pushes: Vec<&Prepared> = jobs.iter().map(|job| &job.push).collect();
        let mut written = caught(self.write(&pushes, Care::Usual)).await;
        if written.as_ref().is_err_and(StoreError::taken) {
            written = caught(self.write(&pushes, Care::Full)).await;
        }
        let mut results = match written {
            Ok(answers) => answers.into_iter().map(Ok).collect(),
            Err(error) if jobs.len() == 1 || error.lost_sync() || error.out_of_reach() => {
                vec![Err(failed(error)); jobs.len()]
            }
            Err(_) => self.write_each(&pushes).await,
        };
        for (job, result) in jobs.into_iter().zip(results.drain(..)) {
            // A caller that left finds its answer by asking again.
            let _ = job.answer.send(result);
        }
    }

    async fn write_each(&self, pushes: &[&Prepared]) -> Vec<Result<Vec<Answer>, WriteError>> {
        let mut results = Vec::with_capacity(pushes.len());
        for push in pushes {
            let one = caught(self.write(&[*push], Care::Full)).await;
            let one = one.map_err(failed);
            results.push(one.map(|mut answers| answers.pop().unwrap_or_default()));
        }
        results
    }

    /// The answers to each push, in their order, once all are durable.
    async fn write(
        &self,
        pushes: &[&Prepared],
        care: Care,
    ) -> Result<Vec<Vec<Answer>>, StoreError> {
        let mut by_group: BTreeMap<GroupKey, Vec<usize>> = BTreeMap::new();
        for (index, push) in pushes.iter().enumerate() {
            by_group
                .entry(push.caller.group.key)
                .or_default()
                .push(index);
        }
        let groups: Vec<GroupKey> = by_group.keys().copied().collect();
        let mut writing = self.store.begin(&groups).await?;
        let mut answers = vec![Vec::new(); pushes.len()];
        let mut written = Vec::new();
        for (group, indexes) in by_group {
            let of_group: Vec<&Prepared> = indexes.iter().map(|index| pushes[*index]).collect();
            let (planned, batch) = self
                .write_group(&mut *writing, group, &of_group, care)
                .await?;
            for (index, planned) in indexes.into_iter().zip(planned) {
                answers[index] = planned;
            }
            written.extend(batch.map(|batch| (group, batch)));
        }
        writing.commit().await?;
        for (group, batch) in written {
            self.heads.committed(group, batch);
        }
        Ok(answers)
    }

    async fn write_group(
        &self,
        writing: &mut dyn Writing,
        group: GroupKey,
        pushes: &[&Prepared],
        care: Care,
    ) -> Result<(Vec<Vec<Answer>>, Option<Batch>), StoreError> {
        let loaded = load(writing, group, pushes, care).await?;
        let mut overlay = Overlay::new(&loaded, self.clock.now(), (self.seed)());
        let answers = pushes
            .iter()
            .map(|push| super::plan::push(&mut overlay, push))
            .collect();
        let Some(batch) = overlay.finish() else {
            return Ok((answers, None));
        };
        writing.apply(group, &batch).await?;
        Ok((answers, Some(batch)))
    }
}

/// Goes on after a panic, which fails what was being written and nothing else.
async fn caught<T>(writing: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    let written = AssertUnwindSafe(writing).catch_unwind().await;
    written.unwrap_or_else(|_| {
        tracing::error!("a writer panicked; it goes on with what else waits");
        Err(StoreError::Panicked)
    })
}

/// What is looked for before a batch is planned.
#[derive(Clone, Copy, PartialEq)]
enum Care {
    /// What the pushes say they need.
    Usual,
    /// Every mutation too: one was taken for new and is not.
    Full,
}

/// What the caller is told of a failed write.
fn failed(error: StoreError) -> WriteError {
    end_if_unsynced(&error);
    WriteError::Store(Arc::new(error))
}

/// When the disk did not take what it was told to keep, nobody can say what is on it: the process ends,
/// and the next one reads what is there.
pub fn end_if_unsynced(error: &StoreError) {
    if error.lost_sync() {
        tracing::error!(%error, "the disk failed to sync; the hub ends");
        std::process::exit(EXIT_IO_ERROR);
    }
}

async fn load(
    writing: &mut dyn Writing,
    group: GroupKey,
    pushes: &[&Prepared],
    care: Care,
) -> Result<Loaded, StoreError> {
    let mut first = union(pushes.iter().map(|push| &push.needs));
    if care == Care::Full {
        first
            .mutations
            .extend(pushes.iter().flat_map(|push| push.mutations()));
    }
    let mut loaded = writing.load(group, &first).await?;
    let second: Vec<Needs> = pushes
        .iter()
        .map(|push| second_needs(push, &loaded))
        .collect();
    let second = union(second.iter());
    if !second.is_empty() {
        loaded.extend(writing.load(group, &second).await?);
    }
    Ok(loaded)
}

fn union<'a>(all: impl Iterator<Item = &'a Needs>) -> Needs {
    all.fold(Needs::default(), |mut union, needs| {
        union.records.extend(&needs.records);
        union.fresh.extend(&needs.fresh);
        union.mutations.extend(&needs.mutations);
        union.versions.extend(&needs.versions);
        union.keys.extend(needs.keys.iter().cloned());
        union.kinds.extend(&needs.kinds);
        union.near.extend(&needs.near);
        union
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::Place;
    use crate::store::SqliteStore;
    use jiff::Timestamp;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use uuid::Uuid;

    /// A clock in which a fault is met so many times.
    #[derive(Debug)]
    struct Faulty(AtomicUsize);

    impl Clock for Faulty {
        fn now(&self) -> Timestamp {
            let left = self.0.fetch_sub(1, Ordering::SeqCst);
            assert!(left == 0, "a fault");
            self.0.store(0, Ordering::SeqCst);
            Timestamp::UNIX_EPOCH
        }
    }

    #[tokio::test]
    async fn a_push_in_which_the_writer_panics_fails_and_the_next_is_judged() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path(), Uuid::from_u128(1)).await;
        let clock = Arc::new(Faulty(AtomicUsize::new(2)));
        let (writer, _) = Writer::start(
            Arc::new(store.unwrap()),
            clock,
            Arc::new(Heads::default()),
            || [0; 32],
            Limits::default(),
        );
        let push = || Push {
            items: Vec::new(),
            validate_only: true,
            all_or_nothing: false,
        };
        let caller = Caller::testing(Place::Office);
        for _ in 0..2 {
            let failed = writer.push(caller.clone(), push()).await;
            let panicked = |error: &WriteError| matches!(error, WriteError::Store(error) if matches!(**error, StoreError::Panicked));
            assert!(failed.is_err_and(|error| panicked(&error)));
        }
        assert!(writer.push(caller, push()).await.is_ok());
    }
}
