//! Ids and the places they name.

use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// A group inside this hub's database. Never shown outside; the group's public id is a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupKey(pub i64);

/// A record's id, made by the client that first puts it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId(pub Uuid);

/// A mutation's id, made by the client that pushes it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MutationId(pub Uuid);

/// A credential's id, made by the hub. It is no secret: the tokens are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CredentialId(pub Uuid);

/// Text that is no UUID in lower case with hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID in lower case with hyphens")]
pub struct NotAnId;

/// One spelling an id: a second spelling would be a second id to whoever compares text.
fn parse(text: &str) -> Result<Uuid, NotAnId> {
    let id = Uuid::try_parse(text).map_err(|_| NotAnId)?;
    let same = id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text;
    (same && !id.is_nil()).then_some(id).ok_or(NotAnId)
}

macro_rules! id {
    ($name:ident) => {
        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse(text).map(Self)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}
id!(RecordId);
id!(MutationId);
id!(CredentialId);

/// Where a caller stands: one campus, the group office (集团办), or outside with a public link. A campus is
/// named by the id of its register record. Campuses and the office own records and push; the public only
/// reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// The group office.
    Office,
    /// One campus.
    Campus(RecordId),
    /// Whoever holds a public link.
    Public,
}

impl Place {
    /// The campus, unless it is the office.
    #[must_use]
    pub fn campus(self) -> Option<RecordId> {
        match self {
            Place::Office | Place::Public => None,
            Place::Campus(id) => Some(id),
        }
    }

    /// The campus id as text; empty for the office, as the contract writes it.
    #[must_use]
    pub fn to_text(self) -> String {
        self.campus().map(|id| id.to_string()).unwrap_or_default()
    }
}

/// Who may see a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    /// Everybody in the group.
    Group,
    /// The head school and its branches (总校, 分校), but no member school (成员校).
    Core,
    /// The group office.
    Office,
    /// One campus.
    Campus(RecordId),
}

impl From<Place> for Who {
    fn from(place: Place) -> Self {
        match place {
            Place::Office => Who::Office,
            Place::Campus(id) => Who::Campus(id),
            // Nothing is addressed to the public alone.
            Place::Public => Who::Group,
        }
    }
}

/// A value that only one live record of a kind may hold (a menu's campus, canteen, date and meal).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The kind.
    pub kind: String,
    /// The value, its parts separated by `/`.
    pub value: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let good = "0b6f4a2e-7c1d-4e5f-8a9b-0c1d2e3f4a5b";
        assert_eq!(good.parse::<RecordId>().unwrap().to_string(), good);
        for bad in [
            "",
            "x",
            "0B6F4A2E-7C1D-4E5F-8A9B-0C1D2E3F4A5B",
            "0b6f4a2e7c1d4e5f8a9b0c1d2e3f4a5b",
            "{0b6f4a2e-7c1d-4e5f-8a9b-0c1d2e3f4a5b}",
            "00000000-0000-0000-0000-000000000000",
        ] {
            assert_eq!(bad.parse::<RecordId>(), Err(NotAnId), "{bad}");
        }
    }
}
