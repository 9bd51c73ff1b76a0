//! How many watches are open, by credential and by group.

use super::HubError;
use crate::model::caller::Caller;
use crate::model::ids::{CredentialId, GroupKey};
use crate::model::limits::Limits;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The open watches.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<Open>>);

#[derive(Default)]
struct Open {
    of_credential: HashMap<CredentialId, usize>,
    of_group: HashMap<GroupKey, usize>,
}

/// One open watch; dropped, it is counted no more.
pub struct OpenStream {
    streams: Streams,
    credential: CredentialId,
    group: GroupKey,
}

impl Streams {
    /// Counts one more.
    ///
    /// # Errors
    /// When the caller's credential or group has as many as it may.
    pub fn open(&self, caller: &Caller, limits: &Limits) -> Result<OpenStream, HubError> {
        let (credential, group) = (caller.credential, caller.group.key);
        let mut open = self.locked();
        let of_credential = open.of_credential.get(&credential).copied().unwrap_or(0);
        let of_group = open.of_group.get(&group).copied().unwrap_or(0);
        within(
            "streams_per_credential_max",
            limits.streams_per_credential_max,
            of_credential,
        )?;
        within(
            "streams_per_group_max",
            limits.streams_per_group_max,
            of_group,
        )?;
        open.of_credential.insert(credential, of_credential + 1);
        open.of_group.insert(group, of_group + 1);
        drop(open);
        Ok(OpenStream {
            streams: self.clone(),
            credential,
            group,
        })
    }

    fn locked(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn within(limit: &'static str, max: usize, open: usize) -> Result<(), HubError> {
    if open < max {
        Ok(())
    } else {
        Err(HubError::Full { limit, max })
    }
}

fn one_less<K: Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut open = self.streams.locked();
        one_less(&mut open.of_credential, &self.credential);
        one_less(&mut open.of_group, &self.group);
    }
}
