//! What the tests of several kinds share.

use super::{Neighbour, Neighbours};
use crate::model::ids::{Key, RecordId};

/// A group in which no other record stands.
pub struct Nobody;

impl Neighbours for Nobody {
    fn record(&self, _: RecordId) -> Option<Neighbour> {
        None
    }

    fn keyed(&self, _: &Key) -> Option<Neighbour> {
        None
    }
}
