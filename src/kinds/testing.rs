//! What the tests of several kinds share.

use super::{Case, Neighbour, Neighbours};
use crate::model::ids::{Key, Place, RecordId};
use uuid::Uuid;

/// A group in which no other record stands.
pub struct Nobody;

impl Neighbours for Nobody {
    fn record(&self, _: RecordId) -> Option<Neighbour> {
        None
    }

    fn keyed(&self, _: &Key) -> Option<Neighbour> {
        None
    }

    fn all(&self, _: &str) -> Vec<Neighbour> {
        Vec::new()
    }
}

/// Campus number `n`.
pub fn campus(n: u128) -> Place {
    Place::Campus(RecordId(Uuid::from_u128(n)))
}

/// What campus 1 owns, judged on 2026-05-12 at 15:00 in Shanghai, the group's default zone.
pub fn case(asker: Place) -> Case<'static> {
    Case {
        asker,
        record: RecordId(Uuid::from_u128(100)),
        owner: campus(1),
        now: "2026-05-12T07:00:00Z".parse().unwrap(),
        neighbours: &Nobody,
        together: &[],
    }
}
