//! So much at once for each.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What each may have at once.
pub struct Shares<K> {
    each: u32,
    rooms: Mutex<HashMap<K, Arc<Semaphore>>>,
}

/// A part of a share, given back when it is dropped.
pub type Share = OwnedSemaphorePermit;

impl<K: Hash + Eq> Shares<K> {
    /// Shares of so much.
    pub fn of(each: u32) -> Self {
        let rooms = Mutex::default();
        Shares { each, rooms }
    }

    /// Waits until so much of a share is free, in the order of those who wait. More than all of it counts as
    /// all.
    pub async fn enter(&self, of: K, amount: usize) -> Share {
        let amount = u32::try_from(amount).unwrap_or(self.each).min(self.each);
        let share = self.room(of).acquire_many_owned(amount).await;
        share.expect("nobody closes it")
    }

    /// One of a share, if one is free.
    pub fn try_enter(&self, of: K) -> Option<Share> {
        self.room(of).try_acquire_owned().ok()
    }

    fn room(&self, of: K) -> Arc<Semaphore> {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Semaphore::new(self.each as usize));
        Arc::clone(rooms.entry(of).or_insert_with(new))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;

    #[tokio::test]
    async fn whoever_uses_up_its_share_waits_or_is_told_and_others_do_not_feel_it() {
        let shares = Shares::of(3);
        let now = |of, amount| shares.enter(of, amount).now_or_never();
        let held = now('a', 2).expect("there is enough");
        assert!(now('a', 2).is_none());
        assert!(shares.try_enter('a').is_some());
        assert!(now('b', 2).is_some());
        drop(held);
        let all = now('a', 5).expect("more than all is all");
        assert!(now('a', 1).is_none() && shares.try_enter('a').is_none());
        drop(all);
        assert!(now('a', 1).is_some());
    }
}
