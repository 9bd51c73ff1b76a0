//! Waits that grow, with jitter, so that a hub that comes back is not overrun.

use std::time::Duration;

/// The first wait.
const FIRST: Duration = Duration::from_millis(200);
/// No wait is longer.
const LONGEST: Duration = Duration::from_secs(60);

/// How long to wait before the next try.
#[derive(Clone, Debug, Default)]
pub struct Backoff {
    tries: u32,
}

impl Backoff {
    /// The next wait: between half and all of a bound that doubles each time.
    pub fn next(&mut self) -> Duration {
        let bound = FIRST
            .saturating_mul(1_u32.checked_shl(self.tries).unwrap_or(u32::MAX))
            .min(LONGEST);
        self.tries = (self.tries + 1).min(31);
        bound / 2 + bound.mul_f64(share()) / 2
    }

    /// Things went well for a while.
    pub fn reset(&mut self) {
        self.tries = 0;
    }
}

/// A random number from 0 to 1.
fn share() -> f64 {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).expect("the machine has randomness");
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_minute_and_begin_small_again() {
        let mut backoff = Backoff::default();
        let waits: Vec<Duration> = (0..40).map(|_| backoff.next()).collect();
        assert!(waits[0] <= FIRST && waits[0] >= FIRST / 2);
        assert!(waits.iter().all(|wait| *wait <= LONGEST));
        assert!(waits[39] >= LONGEST / 2);
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }
}
