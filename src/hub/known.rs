//! Callers whose token was looked up before. One process owns the database, so what is known stays true
//! until the operator takes it back here; who is locked, or nobody, is looked up every time, and so is let
//! in as soon as the operator says so.

use crate::model::caller::Caller;
use crate::model::ids::CredentialId;
use crate::store::SecretHash;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

/// Callers by the hash of their token.
#[derive(Default)]
pub struct Known(RwLock<HashMap<SecretHash, Holder>>);

struct Holder {
    caller: Caller,
    ends_at: Option<Timestamp>,
}

impl Known {
    /// The caller whose token has that hash, if it was looked up before and has not ended.
    pub fn get(&self, token: &SecretHash, now: Timestamp) -> Option<Caller> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let lasts = |holder: &&Holder| holder.ends_at.is_none_or(|end| now < end);
        let holder = known.get(token).filter(lasts)?;
        Some(holder.caller.clone())
    }

    /// Keeps a caller who may call until its token ends.
    pub fn keep(&self, token: SecretHash, caller: Caller, ends_at: Option<Timestamp>) {
        self.written().insert(token, Holder { caller, ends_at });
    }

    /// Forgets a credential: its tokens are looked up again.
    pub fn forget(&self, credential: CredentialId) {
        self.written()
            .retain(|_, holder| holder.caller.credential != credential);
    }

    fn written(&self) -> RwLockWriteGuard<'_, HashMap<SecretHash, Holder>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
