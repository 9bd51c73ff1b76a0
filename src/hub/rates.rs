//! How often and how much. Whoever goes over a rate is told when there is enough again; nothing is taken of
//! what is refused, but of the credential's when it is the group's that is used up.

use super::{Hub, HubError};
use crate::access::Errand;
use crate::model::caller::Caller;
use crate::model::ids::{CredentialId, GroupKey};
use crate::model::limits::{Limits, Rate};
use crate::sync::Share;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// What was taken lately, by whom.
pub struct Rates {
    calls_of_credential: Taken<CredentialId>,
    calls_of_group: Taken<GroupKey>,
    push_bytes_of_credential: Taken<CredentialId>,
    push_bytes_of_group: Taken<GroupKey>,
    /// Whose last push was refused for its bytes: by which limit, and until when.
    pushes_wait: Mutex<HashMap<CredentialId, (&'static str, Instant)>>,
    failed_sign_ins: Taken<IpAddr>,
}

impl Rates {
    pub fn new(limits: &Limits) -> Self {
        Rates {
            calls_of_credential: Taken::of("calls_per_credential", limits.calls_per_credential),
            calls_of_group: Taken::of("calls_per_group", limits.calls_per_group),
            push_bytes_of_credential: Taken::of(
                "push_bytes_per_credential",
                limits.push_bytes_per_credential,
            ),
            push_bytes_of_group: Taken::of("push_bytes_per_group", limits.push_bytes_per_group),
            pushes_wait: Mutex::default(),
            failed_sign_ins: Taken::of(
                "failed_sign_ins_per_address",
                limits.failed_sign_ins_per_address,
            ),
        }
    }

    /// One call.
    pub fn call(&self, caller: &Caller) -> Result<(), HubError> {
        self.calls_of_credential.take(&caller.credential, 1)?;
        self.calls_of_group.take(&caller.group.key, 1)
    }

    /// A push of so many bytes.
    pub fn push(&self, caller: &Caller, bytes: usize) -> Result<(), HubError> {
        let of_credential = &self.push_bytes_of_credential;
        let taken = of_credential
            .take(&caller.credential, bytes)
            .and_then(|()| self.push_bytes_of_group.take(&caller.group.key, bytes));
        if let Err(HubError::TooOften { limit, wait }) = taken {
            let until = Instant::now() + wait;
            self.pushes_wait().insert(caller.credential, (limit, until));
        }
        taken
    }

    /// Whether a push may come of somebody who may have been told to wait with it: to read it costs more
    /// than to refuse it unread.
    pub fn push_may_come(&self, caller: &Caller) -> Result<(), HubError> {
        let told = self.pushes_wait().get(&caller.credential).copied();
        match told.map(|(limit, until)| (limit, until.duration_since(Instant::now()))) {
            Some((limit, wait)) if !wait.is_zero() => Err(HubError::TooOften { limit, wait }),
            _ => Ok(()),
        }
    }

    fn pushes_wait(&self) -> MutexGuard<'_, HashMap<CredentialId, (&'static str, Instant)>> {
        let wait = &self.pushes_wait;
        wait.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A token that nobody has, or a code.
    pub fn sign_in(&self, address: IpAddr) -> Result<(), HubError> {
        self.failed_sign_ins.take(&address, 1)
    }

    /// Forgets addresses that have failed so long ago that they may fail as often as any other. Credentials
    /// and groups are as many as the operator made.
    pub fn forget_old(&self) {
        self.failed_sign_ins.limiter.retain_recent();
        self.failed_sign_ins.limiter.shrink_to_fit();
    }
}

impl Hub {
    /// Lets a caller's next call in, before its message is read.
    ///
    /// # Errors
    /// `TooOften`.
    pub fn admit(&self, caller: &Caller) -> Result<(), HubError> {
        self.rates.call(caller)
    }

    /// Lets a caller's next push in, before it is read; it counts as open until what is given is dropped.
    ///
    /// # Errors
    /// `TooOften`, and `Full` when as many are open as may be. None waits here: what is sent of it would fill
    /// the line, and keep out what those that are let in wait for.
    pub fn admit_push(&self, caller: &Caller) -> Result<Share, HubError> {
        self.rates.push_may_come(caller)?;
        let share = self.pushes.try_enter(caller.credential);
        share.ok_or_else(|| HubError::Full {
            limit: "pushes_per_credential_max",
            max: self.limits.pushes_per_credential_max as usize,
        })
    }

    /// Whether the caller may push so many mutations of so many bytes now; they are counted. Asked before a
    /// push is read, which costs more.
    ///
    /// # Errors
    /// When it may not, or not so many, or not now.
    pub fn weigh(&self, caller: &Caller, count: usize, bytes: usize) -> Result<(), HubError> {
        Self::allow(caller, Errand::Push)?;
        self.count_within(count)?;
        self.rates.push(caller, bytes)
    }

    /// As many items at once are looked at as a push may have.
    pub(super) fn count_within(&self, actual: usize) -> Result<(), HubError> {
        let max = self.limits.push_mutations_max;
        let limit = "push_mutations_max";
        if actual > max {
            Err(HubError::TooMuch { limit, max, actual })
        } else {
            Ok(())
        }
    }
}

/// What each has taken of one thing.
struct Taken<K: Hash + Eq + Clone> {
    limit: &'static str,
    burst: NonZeroU32,
    limiter: DefaultKeyedRateLimiter<K>,
}

impl<K: Hash + Eq + Clone> Taken<K> {
    fn of(limit: &'static str, Rate { per_second, burst }: Rate) -> Self {
        let quota = Quota::per_second(per_second).allow_burst(burst);
        Taken {
            limit,
            burst,
            limiter: RateLimiter::keyed(quota),
        }
    }

    /// Takes so much, or nothing. More than a burst counts as one: it is taken after a rest.
    fn take(&self, of: &K, amount: usize) -> Result<(), HubError> {
        let amount = u32::try_from(amount).unwrap_or(u32::MAX);
        let amount = NonZeroU32::new(amount).map_or(NonZeroU32::MIN, |some| some.min(self.burst));
        let taken = self.limiter.check_key_n(of, amount);
        let too_early = match taken.expect("no more is asked than a burst") {
            Ok(()) => return Ok(()),
            Err(too_early) => too_early,
        };
        Err(HubError::TooOften {
            limit: self.limit,
            wait: too_early.wait_time_from(DefaultClock::default().now()),
        })
    }
}
