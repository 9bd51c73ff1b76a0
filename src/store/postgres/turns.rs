//! One transaction at a time of each group: a group whose lock is not given holds up one connection of this
//! hub, however many wish to write for it.

use crate::model::ids::GroupKey;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex as Lock, PoisonError};
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// How long a transaction waits for its turn: longer than the one before it may wait for the lock.
const PATIENCE: Duration = Duration::from_secs(9);

/// Whose turn it is, by group.
#[derive(Debug, Default)]
pub struct Turns(Lock<HashMap<GroupKey, Arc<Mutex<()>>>>);

/// The turns of some groups; dropped, they are others'.
pub type Turn = Vec<OwnedMutexGuard<()>>;

impl Turns {
    /// Waits for the turns of these groups, in the order of those who wait.
    pub async fn of(&self, groups: &BTreeSet<GroupKey>) -> sqlx::Result<Turn> {
        let all = async {
            let mut turn = Vec::new();
            // In the order of their keys, so that no two wait for each other.
            for group in groups {
                turn.push(self.door(*group).lock_owned().await);
            }
            turn
        };
        let late = |_| sqlx::Error::PoolTimedOut;
        tokio::time::timeout(PATIENCE, all).await.map_err(late)
    }

    fn door(&self, group: GroupKey) -> Arc<Mutex<()>> {
        let mut doors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(doors.entry(group).or_default())
    }
}
