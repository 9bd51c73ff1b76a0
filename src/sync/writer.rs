//! The tasks that write: one for all groups, or one for each where the store writes for them apart. Pushes
//! that wait together are planned and committed together; while they are written, the next ones are planned.

use super::batch::{self, Care, Changes, Planned, Source};
use super::erase::{self, Done, Part};
use super::heads::Heads;
use super::prepare::{Prepared, prepare};
use super::queue::{Job, Queue, WAITING_BYTES_MAX, WriteError, parts};
use super::shares::Shares;
use crate::model::caller::Caller;
use crate::model::clock::Clock;
use crate::model::ids::{GroupKey, MutationId};
use crate::model::limits::Limits;
use crate::model::mutation::{Answer, Push};
use crate::store::{Store, StoreError, Writing};
use futures::FutureExt as _;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};
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
    ) -> (Self, JoinHandle<()>) {
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
                push: Arc::new(prepare(caller.clone(), part, deletions, &self.limits)),
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

/// Where another hub wrote lately, it does so again before what is planned early can be written.
const LATELY: Duration = Duration::from_secs(1);
/// So many turns are written at once then: within a transaction nobody comes in between.
const TURNS_MAX: usize = 3;
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
        let (mut ahead, mut outrun_at) = (None, None);
        // Where nobody else writes, a plan is outrun only when the turn before it was not written as planned.
        let others = self.store.others().is_some();
        loop {
            let idle = queue.is_empty() && erasures.is_empty() && ahead.is_none();
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
            if ahead.is_none()
                && let Some(job) = erasures.pop_front()
            {
                let done = caught(self.erase(&job.part)).await.map_err(failed);
                let _ = job.done.send(done);
            }
            let now = Instant::now();
            let shared = outrun_at.is_some_and(|at| now - at < LATELY);
            let Some(turn) = ahead.take().or_else(|| Turn::of(queue.take(now, shared))) else {
                continue;
            };
            let (mut turns, mut next) = (vec![turn], None);
            // What is left in the queue had no room in the turn.
            while erasures.is_empty() && next.is_none() && turns.len() < TURNS_MAX {
                match Turn::of(queue.take(now, shared)) {
                    Some(turn) if shared => turns.push(turn),
                    Some(turn) => next = Some(turn),
                    None => break,
                }
            }
            let outrun = self.write_turns(turns, next.as_mut()).await;
            outrun_at = (outrun && others).then(Instant::now).or(outrun_at);
            ahead = next;
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
            self.heads.committed(group, &batch);
        }
        Ok(done)
    }

    /// Writes turns and answers them; meanwhile the next one is planned. Tells whether they were outrun.
    async fn write_turns(self: &Arc<Self>, mut turns: Vec<Turn>, next: Option<&mut Turn>) -> bool {
        let mut written = caught(self.write(&mut turns, next, Care::Usual)).await;
        if written.as_ref().is_err_and(StoreError::taken) {
            written = caught(self.write(&mut turns, None, Care::Full)).await;
        }
        let outrun = written.as_ref().is_ok_and(|written| written.outrun);
        let jobs: Vec<Job> = turns.into_iter().flat_map(|turn| turn.jobs).collect();
        let results = match written {
            Ok(written) => written.answers.into_iter().map(Ok).collect(),
            Err(error) if jobs.len() == 1 || error.lost_sync() || error.out_of_reach() => {
                vec![Err(failed(error)); jobs.len()]
            }
            Err(_) => self.write_each(&jobs).await,
        };
        for (job, result) in jobs.into_iter().zip(results) {
            // A caller that left finds its answer by asking again.
            let _ = job.answer.send(result);
        }
        outrun
    }

    /// Each in a transaction of its own, so that no push is made to fail by its neighbours.
    async fn write_each(self: &Arc<Self>, jobs: &[Job]) -> Vec<Result<Vec<Answer>, WriteError>> {
        let mut results = Vec::with_capacity(jobs.len());
        for job in jobs {
            let mut one = [Turn::alone(&job.push)];
            let one = caught(self.write(&mut one, None, Care::Full)).await;
            let one = one.map_err(failed);
            results.push(one.map(|mut written| written.answers.pop().unwrap_or_default()));
        }
        results
    }

    /// Writes turns in one transaction: of each what was planned early, if that holds, or what is planned now. While
    /// one is written, the following one is planned; so is the next, which is not written yet.
    async fn write(
        self: &Arc<Self>,
        turns: &mut [Turn],
        next: Option<&mut Turn>,
        care: Care,
    ) -> Result<Written, StoreError> {
        let groups: Vec<GroupKey> = turns.iter().flat_map(Turn::groups).collect();
        let count = turns.len();
        let mut turns: Vec<&mut Turn> = turns.iter_mut().chain(next).collect();
        // Before the lock: nobody waits for what is being thought of.
        let mut early = turns[0].early().await;
        let mut writing = self.store.begin(&groups).await?;
        let (mut answers, mut outrun, mut before) = (Vec::new(), false, Vec::new());
        for this in 0..count {
            if this > 0 {
                early = turns[this].early().await;
            }
            let pushes = &turns[this].pushes;
            let (planned, late) = self
                .settle(&mut *writing, pushes, early.take(), care)
                .await?;
            outrun |= late;
            answers.extend(planned.answers);
            before.push(Arc::clone(&planned.changes));
            if let Some(following) = turns.get_mut(this + 1) {
                following.plan_early(Arc::clone(self), before.clone(), care);
            }
            for (group, batch) in &planned.changes.batches {
                writing.apply(*group, batch).await?;
            }
        }
        writing.commit().await?;
        for (group, batch) in before.iter().flat_map(|changes| &changes.batches) {
            self.heads.committed(*group, batch);
        }
        Ok(Written { answers, outrun })
    }

    /// What was planned early, if it holds, or else what is planned now; and whether somebody had outrun it.
    async fn settle(
        &self,
        writing: &mut dyn Writing,
        pushes: &[Arc<Prepared>],
        early: Option<Planned>,
        care: Care,
    ) -> Result<(Planned, bool), StoreError> {
        let outrun = early.is_some();
        match early {
            Some(early) if early.changes.hold(writing).await? => Ok((early, false)),
            _ => Ok((
                self.plan(Source::Locked(writing), pushes, care).await?,
                outrun,
            )),
        }
    }

    async fn plan(
        &self,
        source: Source<'_>,
        pushes: &[Arc<Prepared>],
        care: Care,
    ) -> Result<Planned, StoreError> {
        let begin = || (self.clock.now(), (self.seed)());
        batch::plan(source, pushes, care, begin).await
    }
}

/// What is durable.
struct Written {
    /// The answers to each push, in their order.
    answers: Vec<Vec<Answer>>,
    /// Something had been planned early, and somebody else wrote before it.
    outrun: bool,
}

/// Pushes that are planned together.
struct Turn {
    /// Who waits for them.
    jobs: Vec<Job>,
    pushes: Vec<Arc<Prepared>>,
    /// What becomes of them, if that is thought of before it is their turn.
    early: Option<JoinHandle<Option<Planned>>>,
}

impl Turn {
    fn of(jobs: Vec<Job>) -> Option<Self> {
        let pushes = jobs.iter().map(|job| Arc::clone(&job.push)).collect();
        (!jobs.is_empty()).then_some(Turn {
            jobs,
            pushes,
            early: None,
        })
    }

    fn alone(push: &Arc<Prepared>) -> Self {
        Turn {
            jobs: Vec::new(),
            pushes: vec![Arc::clone(push)],
            early: None,
        }
    }

    fn groups(&self) -> impl Iterator<Item = GroupKey> {
        self.pushes.iter().map(|push| push.caller.group.key)
    }

    /// Begins to plan it, to be written after some changes. Whatever goes wrong shows again when it is written.
    fn plan_early(&mut self, task: Arc<Task>, before: Vec<Arc<Changes>>, care: Care) {
        let pushes = self.pushes.clone();
        self.early = Some(tokio::spawn(async move {
            let source = Source::Early(&*task.store, &before);
            task.plan(source, &pushes, care).await.ok()
        }));
    }

    /// What was planned early.
    async fn early(&mut self) -> Option<Planned> {
        self.early.take()?.await.ok()?
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
