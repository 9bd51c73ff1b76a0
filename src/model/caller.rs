//! Who is calling.

use super::audit::Refused;
use super::ids::{CredentialId, GroupKey, Place};
use super::rights::Rights;
use super::secret::{Purpose, SecretHash};
use jiff::Timestamp;
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
    /// Which credential it holds.
    pub credential: CredentialId,
    /// By which of the credential's tokens it called.
    pub token: SecretHash,
    /// What that token is good for.
    pub purpose: Purpose,
    /// From when on that token is refused; `None`: never.
    pub ends_at: Option<Timestamp>,
    /// The place it acts for.
    pub place: Place,
    /// The post that holds the credential (总务处); it is written into every version as its actor.
    pub holder: String,
    /// What of its place's it may do.
    pub rights: Rights,
}

impl Caller {
    /// Who it is when it is refused.
    #[must_use]
    pub fn as_refused(&self) -> Refused {
        Refused::Holder(self.group.key, self.credential)
    }
}

#[cfg(test)]
impl Caller {
    /// Whoever may do everything that a place may.
    pub fn testing(place: Place) -> Self {
        Caller {
            group: Group {
                key: GroupKey(1),
                id: Uuid::from_u128(1),
                name: "启明教育集团".to_owned(),
                epoch: 1,
            },
            credential: CredentialId(Uuid::from_u128(1)),
            token: [1; 32],
            purpose: Purpose::Calls,
            ends_at: None,
            place,
            holder: "总务处".to_owned(),
            rights: Rights::default(),
        }
    }
}
