//! Callers whose credential was looked up before. One process owns the database and a credential is
//! locked only while no hub runs (by a restore), so what is known stays true; who is locked, or nobody,
//! is looked up every time, and so is let in as soon as the operator says so.

use crate::model::caller::Caller;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// Callers by the hash of their token.
#[derive(Default)]
pub struct Known(RwLock<HashMap<[u8; 32], Caller>>);

impl Known {
    /// The caller of that hash, if it was looked up before.
    pub fn get(&self, hash: &[u8; 32]) -> Option<Caller> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(hash).cloned()
    }

    /// Keeps a caller whose credential is in the database and not locked.
    pub fn keep(&self, caller: &Caller) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(caller.credential, caller.clone());
    }
}
