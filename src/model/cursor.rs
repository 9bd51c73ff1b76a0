//! The opaque token a reader resumes from.
//!
//! "A cursor at p" means: everything at or before p that the reader may see has been delivered.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// What a cursor holds. Each part is there so that one way of going wrong is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The hub: a cursor of another one is of no use.
    pub hub: Uuid,
    /// The group's public id.
    pub group: Uuid,
    /// The group's epoch: a restore begins a new one.
    pub epoch: i64,
    /// Everything up to here was delivered.
    pub position: i64,
    /// The first 8 bytes of the chain at the last commit at or before `position`: a database that was
    /// silently put back has another one.
    pub chain: [u8; 8],
    /// A digest of the filter and of what the reader may see.
    pub scope: [u8; 8],
    /// The head of the feed when the reader began from nothing: what was gone by then it never had.
    pub start_head: i64,
}

/// Text that is no cursor of any hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor")]
pub struct NotACursor;

const FORMAT: u8 = 1;
const BODY: usize = 1 + 16 + 16 + 8 + 8 + 8 + 8 + 8;
const CHECK: usize = 4;

impl Cursor {
    /// The token.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(BODY + CHECK);
        bytes.push(FORMAT);
        bytes.extend(self.hub.as_bytes());
        bytes.extend(self.group.as_bytes());
        bytes.extend(self.epoch.to_be_bytes());
        bytes.extend(self.position.to_be_bytes());
        bytes.extend(self.chain);
        bytes.extend(self.scope);
        bytes.extend(self.start_head.to_be_bytes());
        let check = checksum(&bytes);
        bytes.extend(check);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a token.
    ///
    /// # Errors
    /// [`NotACursor`] for anything that no hub ever sent.
    pub fn decode(token: &str) -> Result<Self, NotACursor> {
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| NotACursor)?;
        let (body, check) = bytes.split_at_checked(BODY).ok_or(NotACursor)?;
        if check != checksum(body) || body[0] != FORMAT {
            return Err(NotACursor);
        }
        let mut rest = &body[1..];
        Ok(Cursor {
            hub: Uuid::from_bytes(take(&mut rest)),
            group: Uuid::from_bytes(take(&mut rest)),
            epoch: i64::from_be_bytes(take(&mut rest)),
            position: i64::from_be_bytes(take(&mut rest)),
            chain: take(&mut rest),
            scope: take(&mut rest),
            start_head: i64::from_be_bytes(take(&mut rest)),
        })
    }
}

/// Takes the next `N` bytes of a body whose whole length was checked.
fn take<const N: usize>(rest: &mut &[u8]) -> [u8; N] {
    let (head, tail) = rest.split_first_chunk::<N>().expect("length was checked");
    *rest = tail;
    *head
}

/// Tells a mistyped token from one of another hub; it is no secret and protects nothing.
fn checksum(body: &[u8]) -> [u8; CHECK] {
    let digest = Sha256::digest(body);
    std::array::from_fn(|i| digest[i])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    prop_compose! {
        fn cursors()(hub: u128, group: u128, epoch: i64, position: i64, chain: [u8; 8], scope: [u8; 8], start_head: i64) -> Cursor {
            Cursor { hub: Uuid::from_u128(hub), group: Uuid::from_u128(group), epoch, position, chain, scope, start_head }
        }
    }

    proptest! {
        #[test]
        fn a_cursor_survives_its_token(cursor in cursors()) {
            prop_assert_eq!(Cursor::decode(&cursor.encode()), Ok(cursor));
        }

        #[test]
        fn noise_is_no_cursor(noise in ".{0,200}") {
            prop_assert_eq!(Cursor::decode(&noise), Err(NotACursor));
        }

        #[test]
        fn one_changed_character_is_noticed(cursor in cursors(), at in 0..100usize) {
            let mut token = cursor.encode().into_bytes();
            let at = at % token.len();
            token[at] = if token[at] == b'A' { b'B' } else { b'A' };
            let token = String::from_utf8(token).unwrap();
            prop_assert_ne!(Cursor::decode(&token), Ok(cursor));
        }
    }
}
