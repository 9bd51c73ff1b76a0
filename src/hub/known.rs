//! Callers by their tokens. What was looked up before stays true until the operator changes it, here or at
//! another hub; who is locked, or nobody, is looked up every time, and so is let in as soon as the operator
//! says so.

use super::HubError;
use crate::model::audit::Refused;
use crate::model::caller::Caller;
use crate::model::clock::Clock;
use crate::model::ids::{CredentialId, GroupKey};
use crate::model::secret::{Purpose, SecretHash};
use crate::store::{Held, Store};
use jiff::Timestamp;
use std::collections::HashMap;
use std::future::pending;
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

/// Who may call.
pub struct Known {
    store: Arc<dyn Store>,
    callers: RwLock<HashMap<SecretHash, Caller>>,
    /// How many times a credential was changed.
    changes: watch::Sender<u64>,
}

impl Known {
    pub fn new(store: Arc<dyn Store>) -> Self {
        Known {
            store,
            callers: RwLock::default(),
            changes: watch::Sender::new(0),
        }
    }

    /// Who holds a token.
    ///
    /// # Errors
    /// When nobody does, or not any more.
    pub async fn caller(
        &self,
        token: SecretHash,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Caller, HubError> {
        let caller = self.holder(token, now).await?;
        // A token for something else is none here.
        let good = caller.purpose == purpose;
        good.then_some(caller).ok_or(HubError::Unauthenticated)
    }

    /// Who holds a token, whatever it is good for.
    async fn holder(&self, token: SecretHash, now: Timestamp) -> Result<Caller, HubError> {
        if let Some(caller) = self.remembered(&token, now) {
            return Ok(caller);
        }
        // Read first: what is taken back while it is looked up makes the answer an old one.
        let changes = *self.changes.borrow();
        let held = self.store.held(&token).await?;
        let held = held.ok_or(HubError::Unauthenticated)?;
        let caller = admitted(held, token, now)?;
        self.keep(caller.clone(), changes);
        Ok(caller)
    }

    /// Keeps a caller, unless a credential was changed since there were so many changes.
    fn keep(&self, caller: Caller, changes: u64) {
        let mut callers = self.written();
        if *self.changes.borrow() == changes {
            callers.insert(caller.token, caller);
        }
    }

    fn remembered(&self, token: &SecretHash, now: Timestamp) -> Option<Caller> {
        let callers = self.callers.read().unwrap_or_else(PoisonError::into_inner);
        let lasts = |caller: &&Caller| caller.ends_at.is_none_or(|end| now < end);
        callers.get(token).filter(lasts).cloned()
    }

    /// Forgets a credential that was changed: its tokens are looked up again, by open streams at once.
    pub fn forget(&self, credential: CredentialId) {
        self.forget_those(|caller| caller.credential == credential);
    }

    /// Forgets a group of which another hub changed some credential.
    pub fn forget_group(&self, group: GroupKey) {
        self.forget_those(|caller| caller.group.key == group);
    }

    fn forget_those(&self, those: impl Fn(&Caller) -> bool) {
        let mut callers = self.written();
        callers.retain(|_, caller| !those(caller));
        self.changes.send_modify(|changes| *changes += 1);
    }

    fn written(&self) -> RwLockWriteGuard<'_, HashMap<SecretHash, Caller>> {
        self.callers.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Resolves when a token lets its holder in no more, with the reason.
    pub async fn lost(self: Arc<Self>, token: SecretHash, clock: Arc<dyn Clock>) -> HubError {
        let mut changes = self.changes.subscribe();
        loop {
            changes.mark_unchanged();
            let now = clock.now();
            let ends_at = match self.holder(token, now).await {
                Ok(caller) => caller.ends_at,
                Err(error) => return error,
            };
            tokio::select! {
                // The sender is here, so it does not end.
                _ = changes.changed() => {}
                () = until(ends_at, now) => {}
            }
        }
    }
}

fn admitted(held: Held, token: SecretHash, now: Timestamp) -> Result<Caller, HubError> {
    let who = Refused::Holder(held.group.key, held.credential.id);
    if held.revoked {
        return Err(HubError::Revoked(who));
    }
    if held.ends_at.is_some_and(|end| end <= now) {
        return Err(HubError::Expired(who));
    }
    if held.credential.locked {
        return Err(HubError::Locked(who));
    }
    Ok(Caller {
        group: held.group,
        credential: held.credential.id,
        token,
        purpose: held.purpose,
        ends_at: held.ends_at,
        place: held.credential.place,
        holder: held.credential.holder,
        rights: held.credential.rights,
    })
}

async fn until(end: Option<Timestamp>, now: Timestamp) {
    match end {
        // Times that a clock shows are not so far apart that the difference is too large.
        Some(end) => sleep(Duration::try_from(end.duration_since(now)).unwrap_or_default()).await,
        None => pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::Place;
    use crate::store::SqliteStore;
    use uuid::Uuid;

    #[tokio::test]
    async fn whoever_was_changed_while_it_was_looked_up_is_not_kept_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path(), Uuid::from_u128(1)).await;
        let known = Known::new(Arc::new(store.unwrap()));
        let caller = Caller::testing(Place::Office);
        let is_kept = || {
            known
                .remembered(&caller.token, Timestamp::UNIX_EPOCH)
                .is_some()
        };
        known.forget(caller.credential);
        known.keep(caller.clone(), 0);
        assert!(!is_kept());
        known.keep(caller.clone(), 1);
        assert!(is_kept());
        known.forget(caller.credential);
        assert!(!is_kept());
    }
}
