//! The chain over a group's history: who changes the past changes every head after it. The hub computes
//! it when it writes, and a campus again when it verifies.

use super::ids::RecordId;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// What a leaf says of a version beside its body: where it stands, and whose it is.
#[derive(Clone, Copy, Debug)]
pub struct Stub<'a> {
    /// Its place in the feed.
    pub position: i64,
    /// Its number.
    pub version: i64,
    /// The record.
    pub id: RecordId,
    /// The record's kind.
    pub kind: &'a str,
    /// The owning campus, by id; empty: the office.
    pub owner: &'a str,
    /// The campus that pushed, by id; empty: the office.
    pub pusher: &'a str,
}

/// A version's leaf. Its body (the frame, of a deletion with who and why) goes in by a salted hash: erasing body and
/// salt leaves the leaf, and so the chain, as it was, and whoever lacks the salt learns nothing from it.
#[must_use]
pub fn leaf(stub: &Stub<'_>, salt: &[u8], frame: &[u8]) -> [u8; 32] {
    let body = Sha256::new()
        .chain_update(salt)
        .chain_update(frame)
        .finalize();
    let mut leaf = Sha256::new();
    leaf.update(stub.position.to_be_bytes());
    leaf.update(stub.version.to_be_bytes());
    leaf.update(stub.id.0.as_bytes());
    for text in [stub.kind, stub.owner, stub.pusher] {
        leaf.update(text.as_bytes());
        leaf.update([0]);
    }
    leaf.update(body);
    leaf.finalize().into()
}

/// The head after a commit, while its leaves are coming in the order of their positions.
#[derive(Clone, Debug)]
pub struct Extension(Sha256);

impl Extension {
    /// A commit after a head, made at a time. Its microseconds count.
    #[must_use]
    pub fn of(chain: [u8; 32], at: Timestamp) -> Self {
        let micros = at.as_microsecond().to_be_bytes();
        Extension(Sha256::new().chain_update(chain).chain_update(micros))
    }

    /// The next leaf.
    pub fn add(&mut self, leaf: &[u8; 32]) {
        self.0.update(leaf);
    }

    /// The head after them.
    #[must_use]
    pub fn head(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// The salt of a version: random to whoever does not know the commit's seed.
#[must_use]
pub fn salt(seed: &[u8; 32], position: i64) -> [u8; 16] {
    let digest = Sha256::new()
        .chain_update(seed)
        .chain_update(position.to_be_bytes())
        .finalize();
    std::array::from_fn(|i| digest[i])
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const STUB: Stub<'static> = Stub {
        position: 7,
        version: 3,
        id: RecordId(Uuid::from_u128(1)),
        kind: "menu",
        owner: "ab",
        pusher: "c",
    };

    #[test]
    fn leaf_and_head_are_what_the_contract_says() {
        let mut bytes = vec![0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 3];
        bytes.extend([0; 15]);
        bytes.extend(b"\x01menu\0ab\0c\0");
        bytes.extend(Sha256::digest(b"salt and frame"));
        let leaf = leaf(&STUB, b"salt", b" and frame");
        assert_eq!(leaf[..], Sha256::digest(bytes)[..]);
        let at = "1970-01-01T00:00:00.000258999Z".parse().unwrap();
        let mut head = Extension::of([9; 32], at);
        head.add(&leaf);
        let mut bytes = vec![9; 32];
        bytes.extend([0, 0, 0, 0, 0, 0, 1, 2]);
        bytes.extend(leaf);
        assert_eq!(head.head()[..], Sha256::digest(bytes)[..]);
    }

    #[test]
    fn no_part_of_a_leaf_passes_for_another() {
        let id = RecordId(Uuid::from_u128(2));
        let (position, version) = (STUB.version, STUB.position);
        let others = [
            Stub {
                position,
                version,
                ..STUB
            },
            Stub { id, ..STUB },
            Stub {
                kind: "session",
                ..STUB
            },
            Stub {
                owner: "a",
                pusher: "bc",
                ..STUB
            },
            Stub {
                owner: "c",
                pusher: "ab",
                ..STUB
            },
            Stub { pusher: "", ..STUB },
        ];
        for other in others {
            assert_ne!(leaf(&other, b"", b""), leaf(&STUB, b"", b""), "{other:?}");
        }
    }
}
