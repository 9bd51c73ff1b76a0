//! How often callers are refused: counted in memory and written down every few seconds, so that a flood of
//! refused calls is a handful of rows. A process that is killed loses the counts of its last seconds.

use crate::model::audit::{NO_GROUP, OTHERS, Refusal, Refused, minute};
use crate::model::clock::Clock;
use crate::model::finding::Weight;
use crate::model::ids::GroupKey;
use crate::model::mutation::{Answer, Outcome};
use crate::store::{Result, Store};
use crate::sync::end_if_unsynced;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often counts are written down.
const WRITE_INTERVAL: Duration = Duration::from_secs(10);
/// How many who and why are kept apart in one minute of one group: the most rows that a flood makes.
const APART_MAX: usize = 256;
/// How many minutes of all groups are kept while they cannot be written down.
const MINUTES_MAX: usize = 1_024;

/// The counts that are not written down yet.
pub struct Refusals {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    /// By minute and group; in each by who and why.
    minutes: Mutex<BTreeMap<(Timestamp, GroupKey), Counts>>,
    /// Whoever waits for its turn finds written down what was counted before.
    turn: tokio::sync::Mutex<()>,
}

type Counts = HashMap<(String, String), i64>;

impl Refusals {
    /// Starts to count. The task ends when the hub goes down; what is counted after that is for the last
    /// [`Refusals::write_down`].
    pub fn start(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        stopping: watch::Receiver<bool>,
    ) -> (Arc<Self>, JoinHandle<()>) {
        let refusals = Arc::new(Refusals {
            store,
            clock,
            minutes: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        });
        let task = Arc::clone(&refusals).keep_writing(stopping);
        (refusals, tokio::spawn(task))
    }

    async fn keep_writing(self: Arc<Self>, mut stopping: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                // An error means that the hub is gone.
                _ = stopping.wait_for(|stopping| *stopping) => return,
                () = tokio::time::sleep(WRITE_INTERVAL) => {}
            }
            if let Err(error) = self.write_down().await {
                tracing::warn!(%error, "the counts of refusals were not written down");
            }
        }
    }

    /// Counts a refusal.
    pub fn count(&self, refused: Refused, reason: &str) {
        let (group, who) = match refused {
            Refused::Holder(group, credential) => (group, credential.to_string()),
            Refused::Stranger(address) => (NO_GROUP, address.to_string()),
        };
        self.add(Refusal {
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
        let codes = rejected.filter_map(|answer| {
            let mut codes = answer.findings.iter().map(|finding| finding.code.entry());
            codes.find(|code| code.weight == Weight::Refuse)
        });
        for code in codes {
            self.count(refused, code.name);
        }
    }

    fn add(&self, refusal: Refusal) {
        let mut minutes = self.locked();
        let counts = minutes.entry((refusal.minute, refusal.group)).or_default();
        let mut key = (refusal.who, refusal.reason);
        if counts.len() >= APART_MAX && !counts.contains_key(&key) {
            key = (OTHERS.to_owned(), OTHERS.to_owned());
        }
        *counts.entry(key).or_default() += refusal.count;
        if minutes.len() > MINUTES_MAX {
            minutes.pop_first();
        }
    }

    /// Takes what was counted. Who and why of the minute that runs stay known: it has a number to keep.
    fn take(&self) -> Vec<Refusal> {
        let now = minute(self.clock.now());
        let mut minutes = self.locked();
        let mut taken = Vec::new();
        for ((minute, group), counts) in minutes.iter_mut() {
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
        minutes.retain(|(minute, _), _| *minute >= now);
        taken
    }

    /// Writes down what was counted until now.
    pub async fn write_down(&self) -> Result<()> {
        let _turn = self.turn.lock().await;
        let taken = self.take();
        if taken.is_empty() {
            return Ok(());
        }
        let written = self.store.count_refusals(&taken).await;
        if let Err(error) = &written {
            end_if_unsynced(error);
            taken.into_iter().for_each(|refusal| self.add(refusal));
        }
        written
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<(Timestamp, GroupKey), Counts>> {
        self.minutes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
