//! Pushes that wait to be written: bounded by bytes, and taken in fair shares of groups and, inside a
//! group, of credentials.

use super::prepare::Prepared;
use super::shares::Share;
use crate::model::ids::{CredentialId, GroupKey};
use crate::model::mutation::{Answer, Push};
use crate::store::StoreError;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// The most bytes of pushes of one group that wait; the next caller waits outside.
pub const WAITING_BYTES_MAX: u32 = 16 << 20;
/// The most bytes that one transaction carries, shared out among the groups that wait.
const BATCH_BYTES_MAX: usize = 4 << 20;
/// The most of them that are one credential's while others push too, unless a push that must stay whole is
/// larger: whoever comes while a turn is written waits for that and for the one that is planned meanwhile.
const TURN_BYTES_MAX: usize = 16 << 10;
/// The same while another hub writes too: the lock changes hands less often.
const TURN_SHARED_BYTES_MAX: usize = 32 << 10;
/// The same while nobody else pushes: larger transactions are faster.
const TURN_ALONE_BYTES_MAX: usize = 256 << 10;
/// Others push while somebody did so lately.
const LATELY: Duration = Duration::from_secs(1);

/// Why a push got no answer. Nothing is known to be stored; pushed again, it is answered.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WriteError {
    /// The hub is going down.
    #[error("the hub is going down")]
    Stopping,
    /// The database failed.
    #[error("{0}")]
    Store(Arc<StoreError>),
}

/// One part of a push and who waits for its answer.
pub struct Job {
    pub push: Arc<Prepared>,
    /// What it costs.
    pub bytes: usize,
    pub answer: oneshot::Sender<Result<Vec<Answer>, WriteError>>,
    /// Given back when every part of the push is answered.
    pub _room: Arc<Share>,
}

/// The parts of a push, in order, each small enough for one turn. Items that stand or fall together, or are
/// judged together, stay together.
pub fn parts(push: Push) -> Vec<Push> {
    if push.all_or_nothing || push.validate_only {
        return vec![push];
    }
    let mut parts: Vec<Push> = Vec::new();
    let mut left = 0;
    for item in push.items {
        let bytes = item.bytes();
        match parts.last_mut() {
            Some(part) if bytes <= left => {
                left -= bytes;
                part.items.push(item);
            }
            _ => {
                left = TURN_BYTES_MAX.saturating_sub(bytes);
                let items = vec![item];
                parts.push(Push { items, ..push });
            }
        }
    }
    parts
}

/// What waits, by group.
#[derive(Default)]
pub struct Queue {
    groups: BTreeMap<GroupKey, Turns>,
    /// Who pushed last, and when somebody else than the one before did.
    last: Option<CredentialId>,
    crowded_at: Option<Instant>,
}

impl Queue {
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    pub fn add(&mut self, job: Job, now: Instant) {
        let caller = &job.push.caller;
        let before = self.last.replace(caller.credential);
        if before.is_some_and(|before| before != caller.credential) {
            self.crowded_at = Some(now);
        }
        let of_group = self.groups.entry(caller.group.key).or_default();
        of_group.add(job);
    }

    /// The next turn's pushes: every group that waits has a share of the bytes. `shared`: another hub writes too.
    pub fn take(&mut self, now: Instant, shared: bool) -> Vec<Job> {
        let share = BATCH_BYTES_MAX / self.groups.len().max(1);
        let turn = match self.crowded_at {
            Some(at) if now - at < LATELY && shared => TURN_SHARED_BYTES_MAX,
            Some(at) if now - at < LATELY => TURN_BYTES_MAX,
            _ => TURN_ALONE_BYTES_MAX,
        };
        let mut batch = Vec::new();
        for of_group in self.groups.values_mut() {
            of_group.take(share, turn, &mut batch);
        }
        self.groups.retain(|_, of_group| !of_group.0.is_empty());
        batch
    }
}

/// What waits of one group: credentials in the order of their turns, and of each what it pushed, in order.
#[derive(Default)]
struct Turns(VecDeque<(CredentialId, VecDeque<Job>)>);

impl Turns {
    fn add(&mut self, job: Job) {
        let credential = job.push.caller.credential;
        match self.0.iter_mut().find(|(of, _)| *of == credential) {
            Some((_, jobs)) => jobs.push_back(job),
            None => self.0.push_back((credential, [job].into())),
        }
    }

    /// Every credential has one turn, until the share is used up; whoever comes too late begins the next
    /// time. The first job is taken whatever its size.
    fn take(&mut self, share: usize, turn: usize, batch: &mut Vec<Job>) {
        let mut used = 0;
        for _ in 0..self.0.len() {
            let Some((credential, mut jobs)) = self.0.pop_front() else {
                return;
            };
            let mut of_turn = 0;
            while let Some(job) = jobs.front()
                && (used == 0 || used + job.bytes <= share)
                && (of_turn == 0 || of_turn + job.bytes <= turn)
            {
                of_turn += job.bytes;
                used += job.bytes;
                batch.extend(jobs.pop_front());
            }
            match (jobs.is_empty(), of_turn) {
                (true, _) => {}
                (false, 0) => return self.0.push_front((credential, jobs)),
                (false, _) => self.0.push_back((credential, jobs)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::caller::Caller;
    use crate::model::finding::{Code, Finding};
    use crate::model::ids::Place;
    use crate::model::mutation::Item;
    use crate::store::Needs;
    use crate::sync::shares::Shares;
    use uuid::Uuid;

    async fn add(queue: &mut Queue, group: i64, credential: u128, bytes: usize) {
        let now = Instant::now();
        let mut caller = Caller::testing(Place::Office);
        caller.group.key = GroupKey(group);
        caller.credential = CredentialId(Uuid::from_u128(credential));
        queue.add(
            Job {
                bytes,
                push: Arc::new(Prepared {
                    caller,
                    items: Vec::new(),
                    validate_only: false,
                    all_or_nothing: false,
                    deletions: 0,
                    needs: Needs::default(),
                }),
                answer: oneshot::channel().0,
                _room: Arc::new(Shares::of(1).enter((), 1).await),
            },
            now,
        );
    }

    /// Whose pushes the next transaction carries, in KiB.
    fn taken(queue: &mut Queue) -> Vec<(i64, u128, usize)> {
        let who = |job: &Job| {
            let caller = &job.push.caller;
            let credential = caller.credential.0.as_u128();
            (caller.group.key.0, credential, job.bytes >> 10)
        };
        queue.take(Instant::now(), false).iter().map(who).collect()
    }

    #[tokio::test]
    async fn a_credential_with_one_push_waits_for_one_turn_of_a_credential_with_many() {
        let mut queue = Queue::default();
        for _ in 0..8 {
            add(&mut queue, 1, 7, 7 << 10).await;
        }
        add(&mut queue, 1, 8, 1 << 10).await;
        add(&mut queue, 2, 9, 1 << 10).await;
        let all = [(1, 7, 7), (1, 7, 7), (1, 8, 1), (2, 9, 1)];
        assert_eq!(taken(&mut queue), all);
        for _ in 0..3 {
            assert_eq!(taken(&mut queue), [(1, 7, 7), (1, 7, 7)]);
        }
        assert!(queue.is_empty());
    }

    #[tokio::test]
    async fn a_credential_that_pushes_alone_has_larger_turns() {
        let mut queue = Queue::default();
        for _ in 0..100 {
            add(&mut queue, 1, 7, 7 << 10).await;
        }
        let (now, jobs) = (Instant::now(), |jobs: Vec<Job>| jobs.len());
        assert_eq!(jobs(queue.take(now, false)), 36);
        add(&mut queue, 2, 8, 1 << 10).await;
        assert_eq!(
            jobs(queue.take(now, false)),
            2 + 1,
            "somebody else pushed lately"
        );
        assert_eq!(jobs(queue.take(now, false)), 2);
        assert_eq!(jobs(queue.take(now, true)), 4, "beside another hub");
        assert_eq!(jobs(queue.take(now + 2 * LATELY, false)), 36);
    }

    #[tokio::test]
    async fn whoever_finds_no_room_in_a_transaction_begins_the_next() {
        let mut queue = Queue::default();
        add(&mut queue, 1, 7, 3 << 20).await;
        add(&mut queue, 1, 7, 1 << 10).await;
        add(&mut queue, 1, 8, 2 << 20).await;
        add(&mut queue, 1, 9, 1 << 10).await;
        assert_eq!(taken(&mut queue), [(1, 7, 3 << 10)], "too large, and alone");
        let rest = [(1, 8, 2 << 10), (1, 9, 1), (1, 7, 1)];
        assert_eq!(taken(&mut queue), rest);
    }

    /// A push of items of so many bytes each.
    fn push(sizes: &[usize], all_or_nothing: bool) -> Push {
        let item = |size: &usize| {
            let mut item = Item {
                raw: Vec::new().into(),
                mutation_id: String::new(),
                record_id: String::new(),
                mutation: Err(Finding::new(Code::KindUnknown, "")),
            };
            item.raw = vec![0; size - item.bytes()].into();
            item
        };
        Push {
            items: sizes.iter().map(item).collect(),
            validate_only: false,
            all_or_nothing,
        }
    }

    #[test]
    fn a_long_push_comes_in_parts_unless_it_stands_or_falls_as_a_whole() {
        let sizes = [6, 6, 4, 1, 200, 16].map(|size| size << 10);
        let of_parts = |push| {
            let parts: Vec<Push> = parts(push);
            let sizes = |part: &Push| part.items.iter().map(|item| item.bytes() >> 10).collect();
            parts.iter().map(sizes).collect::<Vec<Vec<usize>>>()
        };
        let parts: [&[usize]; 4] = [&[6, 6, 4], &[1], &[200], &[16]];
        assert_eq!(of_parts(push(&sizes, false)), parts);
        assert_eq!(of_parts(push(&sizes, true)).len(), 1);
    }
}
