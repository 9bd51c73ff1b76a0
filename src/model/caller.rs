//! Who is calling.

use super::ids::{GroupKey, Place, Who};
use uuid::Uuid;

/// A tenant of the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its key in this database.
    pub key: GroupKey,
    /// Its public id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its epoch: new when a restore took positions back.
    pub epoch: i64,
}

/// A caller, as its credential describes it.
#[derive(Clone, PartialEq, Eq)]
pub struct Caller {
    /// The group it belongs to, and the only one it can reach.
    pub group: Group,
    /// The hash of its token: which credential it holds.
    pub credential: [u8; 32],
    /// The place it acts for.
    pub place: Place,
    /// The post that holds the credential (总务处); it is written into every version as its actor.
    pub holder: String,
}

impl Caller {
    /// The audiences whose records the caller may see.
    #[must_use]
    pub fn sees(&self) -> [Who; 2] {
        [Who::Group, self.place.into()]
    }
}
