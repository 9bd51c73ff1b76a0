//! Seats: so many in all, and so many for one address.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Clone)]
pub struct Seats {
    all_max: usize,
    of_address_max: usize,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A seat that is taken until it is dropped.
pub struct Seat {
    pub address: IpAddr,
    seats: Seats,
}

impl Seats {
    pub fn new(all_max: usize, of_address_max: usize) -> Self {
        Seats {
            all_max,
            of_address_max,
            taken: Arc::default(),
        }
    }

    /// A seat, if one is free for the address.
    pub fn take(&self, address: IpAddr) -> Option<Seat> {
        let mut taken = self.taken();
        let of_address = taken.by_address.get(&address).copied().unwrap_or(0);
        if taken.all >= self.all_max || of_address >= self.of_address_max {
            tracing::debug!(%address, of_address, all = taken.all, "no seat is free");
            return None;
        }
        taken.all += 1;
        taken.by_address.insert(address, of_address + 1);
        drop(taken);
        Some(Seat {
            address,
            seats: self.clone(),
        })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        taken.all -= 1;
        if let Entry::Occupied(mut of_address) = taken.by_address.entry(self.address) {
            *of_address.get_mut() -= 1;
            // An address that left leaves nothing behind.
            if *of_address.get() == 0 {
                of_address.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_counted_in_all_and_by_address_and_given_back() {
        let seats = Seats::new(3, 2);
        let address = |last| IpAddr::from([192, 0, 2, last]);
        let first = seats.take(address(1)).expect("a seat");
        let _second = seats.take(address(1)).expect("a seat");
        assert!(seats.take(address(1)).is_none(), "the address has its two");
        let _third = seats.take(address(2)).expect("another address has its own");
        assert!(seats.take(address(3)).is_none(), "there are three in all");
        drop(first);
        drop(seats.take(address(3)).expect("the seat is free again"));
        assert_eq!(seats.taken().by_address.len(), 2);
    }
}
