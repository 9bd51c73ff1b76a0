//! What is kept of who did what, beside the versions themselves: no names and no contents, only ids.

use super::ids::{CredentialId, GroupKey};
use jiff::Timestamp;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use uuid::Uuid;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A credential was made, with a token.
    Created,
    /// A code was made that is to be traded for a credential's token; a new credential begins with one.
    Invited,
    /// That code was traded.
    Joined,
    /// A credential's token was exchanged for the next.
    Rotated,
    /// A credential was taken back.
    Revoked,
    /// A credential that a restore had locked out was let in again.
    Confirmed,
    /// A backup was put in the place of the database: what was done since it was made is not here.
    Restored,
    /// The office read records about persons.
    Read,
    /// What is kept about a person was exported.
    Exported,
    /// What is kept about a person was erased.
    Erased,
    /// Records about persons were erased, because their kind is kept no longer.
    Expired,
    /// The holder of a credential signed in to the pages.
    SignedIn,
    /// The holder of a credential made a private link to the calendar of sessions.
    Linked,
}

impl Deed {
    /// All of them, by the name each is stored with.
    pub const NAMED: [(&'static str, Deed); 13] = [
        ("created", Deed::Created),
        ("invited", Deed::Invited),
        ("joined", Deed::Joined),
        ("rotated", Deed::Rotated),
        ("revoked", Deed::Revoked),
        ("confirmed", Deed::Confirmed),
        ("restored", Deed::Restored),
        ("read", Deed::Read),
        ("exported", Deed::Exported),
        ("erased", Deed::Erased),
        ("expired", Deed::Expired),
        ("signed_in", Deed::SignedIn),
        ("linked", Deed::Linked),
    ];
}

/// Text that names no deed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a deed")]
pub struct NotADeed;

impl FromStr for Deed {
    type Err = NotADeed;
    fn from_str(text: &str) -> Result<Self, NotADeed> {
        let named = Self::NAMED.iter().find(|(name, _)| *name == text);
        named.map(|(_, deed)| *deed).ok_or(NotADeed)
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = Self::NAMED.iter().find(|(_, deed)| deed == self);
        f.write_str(named.expect("every deed has a name").0)
    }
}

/// A deed that is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    /// When.
    pub at: Timestamp,
    /// What.
    pub deed: Deed,
    /// Who; `None`: the operator, or the hub by itself.
    pub by: Option<CredentialId>,
    /// The credential, record or person that it was done to; `None`: the group, or records that the kinds
    /// and positions tell.
    pub subject: Option<Uuid>,
    /// The kinds of the records that it was done to.
    pub kinds: Vec<String>,
    /// How many it was done to: records, versions of a record, credentials.
    pub count: i64,
    /// The part of the feed it is about, first and last position.
    pub positions: Option<(i64, i64)>,
}

impl Audited {
    /// What the operator did to one thing, or (`None`) to the group.
    #[must_use]
    pub fn new(at: Timestamp, deed: Deed, subject: impl Into<Option<Uuid>>) -> Self {
        Audited {
            at,
            deed,
            by: None,
            subject: subject.into(),
            kinds: Vec::new(),
            count: 1,
            positions: None,
        }
    }
}

/// Where refusals are counted whose caller is of no group that the hub knows of.
pub const NO_GROUP: GroupKey = GroupKey(0);

/// Who was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Whoever holds a credential of a group, be it good or not.
    Holder(GroupKey, CredentialId),
    /// Whoever calls from an address with no token that the hub knows.
    Stranger(IpAddr),
}

/// How often somebody was refused for one reason in one minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The group; [`NO_GROUP`] for strangers.
    pub group: GroupKey,
    /// The beginning of the minute.
    pub minute: Timestamp,
    /// The id of a credential, the address of a stranger, or [`OTHERS`].
    pub who: String,
    /// The reason of a refused call, the code of a refused item, or [`OTHERS`].
    pub reason: String,
    /// How often.
    pub count: i64,
}

/// Whoever, and for whatever reason, beyond the number that is kept apart.
pub const OTHERS: &str = "*";

/// The beginning of the minute that a time is in.
#[must_use]
pub fn minute(time: Timestamp) -> Timestamp {
    let second = time.as_second();
    let began = Timestamp::from_second(second - second.rem_euclid(60));
    // The first minute of the calendar is not a whole one.
    began.unwrap_or(Timestamp::MIN)
}

/// One entry of the audit of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A deed, by its number in the group.
    Deed(i64, Audited),
    /// How often somebody was refused.
    Refusal(Refusal),
}

impl Entry {
    /// When; of refusals, when their minute began.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        match self {
            Entry::Deed(_, deed) => deed.at,
            Entry::Refusal(refusal) => refusal.minute,
        }
    }
}

/// How far the audit of a group was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The time and number of the last deed.
    pub deed: (Timestamp, i64),
    /// The minute, who and reason of the last refusal.
    pub refusal: (Timestamp, String, String),
}

impl Mark {
    /// Before everything that was done from a time on, and the refusals of its minute.
    #[must_use]
    pub fn before(time: Timestamp) -> Self {
        Mark {
            deed: (time, 0),
            refusal: (minute(time), String::new(), String::new()),
        }
    }

    /// Moves on to an entry.
    pub fn pass(&mut self, entry: &Entry) {
        match entry {
            Entry::Deed(number, deed) => self.deed = (deed.at, *number),
            Entry::Refusal(refusal) => {
                let (who, reason) = (refusal.who.clone(), refusal.reason.clone());
                self.refusal = (refusal.minute, who, reason);
            }
        }
    }
}
