//! When each credential last called. Kept in memory, and in the database to the minute.

use crate::model::caller::Caller;
use crate::model::ids::{CredentialId, GroupKey, Place};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A call is written down at most this often a credential.
const WRITE_EVERY: SignedDuration = SignedDuration::from_secs(60);

#[derive(Default)]
pub struct Presence(Mutex<HashMap<(GroupKey, CredentialId), Times>>);

struct Times {
    place: Place,
    heard: Timestamp,
    written: Timestamp,
}

impl Presence {
    /// Notes a call; true when it should be written down too.
    pub fn heard(&self, caller: &Caller, now: Timestamp) -> bool {
        let key = (caller.group.key, caller.credential);
        let mut heard = self.locked();
        let Some(times) = heard.get_mut(&key) else {
            heard.insert(
                key,
                Times {
                    place: caller.place,
                    heard: now,
                    written: now,
                },
            );
            return true;
        };
        times.heard = times.heard.max(now);
        let due = now.duration_since(times.written) >= WRITE_EVERY;
        if due {
            times.written = now;
        }
        due
    }

    /// The last call of each place: what was written down, under what is remembered.
    pub fn over(
        &self,
        group: GroupKey,
        written: HashMap<Place, Timestamp>,
    ) -> HashMap<Place, Timestamp> {
        let mut last = written;
        for (_, times) in self.locked().iter().filter(|((of, _), _)| *of == group) {
            let known = last.entry(times.place).or_insert(times.heard);
            *known = (*known).max(times.heard);
        }
        last
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<(GroupKey, CredentialId), Times>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_written_down_once_a_minute_and_its_place_known_to_the_call() {
        let presence = Presence::default();
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let caller = Caller::testing(Place::Office);
        let group = caller.group.key;
        let due = [0, 59, 60, 61, 120].map(|s| presence.heard(&caller, at(s)));
        assert_eq!(due, [true, false, true, false, true]);
        presence.heard(&caller, at(150));
        let over = presence.over(group, HashMap::new());
        assert_eq!(over, HashMap::from([(Place::Office, at(150))]));
        let other = GroupKey(group.0 + 1);
        assert_eq!(presence.over(other, HashMap::new()), HashMap::new());
    }
}
