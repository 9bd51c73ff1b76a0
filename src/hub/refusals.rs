//! How often callers are refused: counted in memory and written down every few seconds, so that a flood of
//! refused calls is a handful of rows. A process that is killed loses the counts of its last seconds.

use crate::model::audit::{NO_GROUP, OTHERS, Refusal, Refused, minute};
use crate::model::clock::Clock;
use crate::model::ids::GroupKey;
use crate::model::mutation::{Answer, Outcome};
use crate::store::Store;
use crate::sync::end_if_unsynced;
use futures::FutureExt as _;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often counts are written down.
const WRITE_INTERVAL: Duration = Duration::from_secs(10);
/// How many who and why are kept apart in one minute of one group: a flood makes one row more at most.
const APART_MAX: usize = 256;
/// How many minutes of all groups are kept while the disk takes nothing; then the oldest are lost.
const MINUTES_MAX: usize = 1_024;

/// Counts refusals.
pub struct Refusals {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    counts: Mutex<Counts>,
    /// Whoever has waited for its turn finds written down what was counted before.
    turn: tokio::sync::Mutex<()>,
}

impl Refusals {
    /// Starts to count. The task ends when the hub goes down; what is counted after that waits for the
    /// last [`Refusals::write_down`].
    pub fn start(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        stopping: watch::Receiver<bool>,
    ) -> (Arc<Self>, JoinHandle<()>) {
        let refusals = Arc::new(Refusals {
            store,
            clock,
            counts: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        });
        let task = Arc::clone(&refusals).keep_writing(stopping);
        (refusals, tokio::spawn(task))
    }

    async fn keep_writing(self: Arc<Self>, mut stopping: watch::Receiver<bool>) {
        // An error means that the hub is gone.
        let stopped = stopping.wait_for(|stopping| *stopping).map(|_| ());
        tokio::pin!(stopped);
        loop {
            tokio::select! {
                () = &mut stopped => return,
                () = tokio::time::sleep(WRITE_INTERVAL) => {}
            }
            self.write_down().await;
        }
    }

    /// Counts a refusal.
    pub fn count(&self, refused: Refused, reason: &str) {
        let (group, who) = match refused {
            Refused::Holder(group, credential) => (group, credential.to_string()),
            Refused::Stranger(address) => (NO_GROUP, address.to_string()),
        };
        self.locked().add(Refusal {
            group,
            minute: minute(self.clock.now()),
            who,
            reason: reason.to_owned(),
            count: 1,
        });
    }

    /// Counts the refused items of a push, each by the first code that refuses it.
    pub fn count_items(&self, refused: Refused, answers: &[Answer]) {
        let rejected = answers
            .iter()
            .filter(|answer| answer.outcome == Outcome::Rejected);
        for answer in rejected {
            if let Some(finding) = answer.findings.iter().find(|finding| finding.refuses()) {
                self.count(refused, finding.code.entry().name);
            }
        }
    }

    /// Writes down what was counted until now. What cannot be is kept for the next time.
    pub async fn write_down(&self) {
        let _turn = self.turn.lock().await;
        let taken = self.locked().take(self.clock.now());
        if taken.is_empty() {
            return;
        }
        if let Err(error) = self.store.count_refusals(&taken).await {
            end_if_unsynced(&error);
            tracing::warn!(%error, "the counts of refusals were not written down");
            let mut counts = self.locked();
            for refusal in taken {
                counts.add(refusal);
            }
        }
    }

    fn locked(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts by minute and group, and in each by who and why.
#[derive(Default)]
struct Counts(BTreeMap<(Timestamp, GroupKey), HashMap<(String, String), i64>>);

impl Counts {
    fn add(&mut self, refusal: Refusal) {
        let minute = (refusal.minute, refusal.group);
        let counts = self.0.entry(minute).or_default();
        let mut key = (refusal.who, refusal.reason);
        if counts.len() >= APART_MAX && !counts.contains_key(&key) {
            key = (OTHERS.to_owned(), OTHERS.to_owned());
        }
        *counts.entry(key).or_default() += refusal.count;
        if self.0.len() > MINUTES_MAX {
            self.0.pop_first();
        }
    }

    /// Takes what was counted. Who and why of the minute that runs stay known: they are of the number that
    /// is kept apart in it.
    fn take(&mut self, now: Timestamp) -> Vec<Refusal> {
        let mut taken = Vec::new();
        for ((minute, group), counts) in &mut self.0 {
            for ((who, reason), count) in counts.iter_mut().filter(|(_, count)| **count > 0) {
                taken.push(Refusal {
                    group: *group,
                    minute: *minute,
                    who: who.clone(),
                    reason: reason.clone(),
                    count: std::mem::take(count),
                });
            }
        }
        self.0.retain(|(began, _), _| *began >= minute(now));
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn refusal(second: i64, group: i64, who: usize, count: i64) -> Refusal {
        Refusal {
            group: GroupKey(group),
            minute: minute(at(second)),
            who: who.to_string(),
            reason: "NOT_FOUND".to_owned(),
            count,
        }
    }

    /// What is taken, by who: group, minute and count.
    fn taken(counts: &mut Counts, now: i64) -> BTreeMap<String, Vec<(i64, i64, i64)>> {
        let mut by_who: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for of in counts.take(at(now)) {
            let row = (of.group.0, of.minute.as_second(), of.count);
            by_who.entry(of.who).or_default().push(row);
        }
        by_who
    }

    #[test]
    fn a_count_is_taken_once_and_minutes_and_groups_stay_apart() {
        let mut counts = Counts::default();
        for refusal in [
            refusal(59, 1, 7, 1),
            refusal(60, 1, 7, 2),
            refusal(119, 1, 7, 3),
            refusal(60, 2, 7, 4),
        ] {
            counts.add(refusal);
        }
        let rows = vec![(1, 0, 1), (1, 60, 5), (2, 60, 4)];
        assert_eq!(taken(&mut counts, 100), [("7".to_owned(), rows)].into());
        assert_eq!(taken(&mut counts, 100), BTreeMap::new());
        counts.add(refusal(119, 2, 7, 5));
        let rows = vec![(2, 60, 5)];
        assert_eq!(taken(&mut counts, 120), [("7".to_owned(), rows)].into());
        assert!(counts.0.is_empty(), "the minute is over");
    }

    #[test]
    fn beyond_their_number_callers_of_a_minute_are_counted_together() {
        let mut counts = Counts::default();
        let mut rows = 0;
        let mut all = 0;
        // Taken twice in the same minute: the number is the minute's.
        for round in 0..2 {
            for who in 0..1_000 {
                counts.add(refusal(round, 1, who, 1));
            }
            counts.add(refusal(round, 2, 1, 1));
            let taken = taken(&mut counts, 30);
            assert_eq!(taken["1"], [(1, 0, 1), (2, 0, 1)], "apart before the flood");
            let others = i64::try_from(1_000 - APART_MAX).unwrap();
            assert_eq!(taken[OTHERS], [(1, 0, others)]);
            rows = rows.max(taken.values().map(Vec::len).sum());
            all += taken.values().flatten().map(|row| row.2).sum::<i64>();
        }
        assert_eq!((rows, all), (APART_MAX + 2, 2_002));
    }

    #[test]
    fn what_cannot_be_written_down_has_a_bound() {
        let mut counts = Counts::default();
        for minute in 0..2_000 {
            counts.add(refusal(60 * minute, 1, 7, 1));
        }
        let kept = counts.take(at(0));
        assert_eq!(kept.len(), MINUTES_MAX);
        let oldest = kept.iter().map(|refusal| refusal.minute).min();
        let lost = i64::try_from(2_000 - MINUTES_MAX).unwrap();
        assert_eq!(oldest, Some(at(60 * lost)));
    }
}
