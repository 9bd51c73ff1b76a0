//! When each place last called. Kept in memory, and in the database to the minute.

use crate::model::ids::{GroupKey, Place};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A call is written down at most this often a place.
const WRITE_EVERY: SignedDuration = SignedDuration::from_secs(60);

#[derive(Default)]
pub struct Presence(Mutex<HashMap<(GroupKey, Place), Times>>);

struct Times {
    heard: Timestamp,
    written: Timestamp,
}

impl Presence {
    /// Notes a call; true when it should be written down too.
    pub fn heard(&self, group: GroupKey, place: Place, now: Timestamp) -> bool {
        let mut places = self.locked();
        let Some(times) = places.get_mut(&(group, place)) else {
            places.insert(
                (group, place),
                Times {
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
        for ((_, place), times) in self.locked().iter().filter(|((of, _), _)| *of == group) {
            let known = last.entry(*place).or_insert(times.heard);
            *known = (*known).max(times.heard);
        }
        last
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<(GroupKey, Place), Times>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_down_once_a_minute_and_known_to_the_call() {
        let presence = Presence::default();
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let (group, place) = (GroupKey(1), Place::Office);
        let due: Vec<bool> = [0, 59, 60, 61, 120]
            .map(|s| presence.heard(group, place, at(s)))
            .to_vec();
        assert_eq!(due, [true, false, true, false, true]);
        presence.heard(group, place, at(150));
        assert_eq!(presence.over(group, HashMap::new())[&place], at(150));
        assert_eq!(presence.over(GroupKey(2), HashMap::new()), HashMap::new());
    }
}
