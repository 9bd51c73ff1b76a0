//! What other hubs on the same database did: it is looked for again and again, at once when they give a hint.

use super::known::Known;
use crate::model::ids::GroupKey;
use crate::store::{Others, Standing, Store};
use crate::sync::Heads;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

/// How often it is looked for when nobody gives a hint.
pub const LOOK_EVERY: Duration = Duration::from_millis(500);
/// However many hints there are, looking takes no more than a tenth of a connection's time.
const REST: u32 = 9;
/// The shortest time between two looks.
const PAUSE: Duration = Duration::from_millis(10);
/// How long looks may be late or fail before the hub says that its feed stands still.
const LATE: Duration = Duration::from_secs(4);

/// What follows the other hubs.
pub struct Follower {
    store: Arc<dyn Store>,
    heads: Arc<Heads>,
    known: Arc<Known>,
    every: Duration,
    seen: HashMap<GroupKey, Standing>,
    /// Whether what others write comes through.
    moves: watch::Sender<bool>,
}

impl Follower {
    /// Starts to follow, until the hub goes down. Whether the feed moves is told; where there are no other
    /// hubs, it always does.
    pub fn start(
        store: Arc<dyn Store>,
        heads: Arc<Heads>,
        known: Arc<Known>,
        every: Duration,
        stopping: watch::Receiver<bool>,
    ) -> watch::Receiver<bool> {
        let (moves, told) = watch::channel(true);
        let follower = Follower {
            store,
            heads,
            known,
            every,
            seen: HashMap::new(),
            moves,
        };
        tokio::spawn(follower.follow_until(stopping));
        told
    }

    async fn follow_until(self, mut stopping: watch::Receiver<bool>) {
        let store = Arc::clone(&self.store);
        let follow = async {
            match store.others() {
                Some(others) => self.follow(others).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = follow => {}
            // An error means that the hub is gone.
            _ = stopping.wait_for(|stopping| *stopping) => {}
        }
    }

    async fn follow(mut self, others: &dyn Others) {
        let mut looked = Instant::now();
        loop {
            let began = Instant::now();
            let mut look = others.standings();
            let standings = tokio::select! {
                biased;
                standings = &mut look => standings,
                () = sleep_until(looked + self.every + LATE) => {
                    self.tell(false);
                    look.await
                }
            };
            match standings {
                Ok(standings) => {
                    for standing in standings {
                        self.compare(standing);
                    }
                    self.tell(true);
                    looked = began;
                }
                Err(error) => {
                    tracing::debug!(%error, "what other hubs did could not be looked up");
                }
            }
            sleep(PAUSE.max(began.elapsed() * REST).min(LOOK_EVERY)).await;
            tokio::select! {
                () = others.hinted() => {}
                () = sleep(self.every) => {}
            }
        }
    }

    /// A group that is seen for the first time may have been changed since something of it was kept.
    fn compare(&mut self, standing: Standing) {
        let Standing { group, changed, .. } = standing;
        let before = self.seen.insert(group, standing);
        if before.is_none_or(|before| before.changed != changed) {
            self.heads.forget(group);
            self.known.forget_group(group);
        }
        self.heads.moved(group, standing.position);
    }

    fn tell(&self, moves: bool) {
        let told = |before: &mut bool| std::mem::replace(before, moves) != moves;
        match (self.moves.send_if_modified(told), moves) {
            (true, true) => tracing::info!("what other hubs write comes through again"),
            (true, false) => tracing::error!("what other hubs write does not come through"),
            _ => {}
        }
    }
}
