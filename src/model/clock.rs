//! Time is an argument: whoever needs it is handed a clock.

use jiff::{SignedDuration, Timestamp};
use std::sync::Mutex;
use std::time::Instant;

/// A source of the current time.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that starts at a given time, runs at the usual speed, and can be set forward.
#[derive(Debug)]
pub struct SteppedClock {
    set: Mutex<(Timestamp, Instant)>,
}

impl SteppedClock {
    /// A clock that shows `start` now.
    #[must_use]
    pub fn starting_at(start: Timestamp) -> Self {
        SteppedClock {
            set: Mutex::new((start, Instant::now())),
        }
    }

    /// Sets the clock.
    pub fn set(&self, time: Timestamp) {
        *self.locked() = (time, Instant::now());
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, (Timestamp, Instant)> {
        self.set
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> Timestamp {
        let (start, since) = *self.locked();
        let elapsed = SignedDuration::try_from(since.elapsed()).unwrap_or(SignedDuration::MAX);
        start.saturating_add(elapsed).unwrap_or(Timestamp::MAX)
    }
}
