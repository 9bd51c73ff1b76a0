//! Who may call, and what the holder of a credential may touch.

use crate::model::ids::{Place, Who};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// What every token begins with, so that a scanner for leaked secrets knows one.
const PREFIX: &str = "lianxiao_";

/// A bearer token. It is shown once, when it is made.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token of 256 random bits.
    #[must_use]
    pub fn from_random(bits: [u8; 32]) -> Self {
        Token(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bits)))
    }

    /// A token as somebody sent it, known or not.
    #[must_use]
    pub fn sent(text: &str) -> Self {
        Token(text.to_owned())
    }

    /// What the hub keeps of it. 256 random bits need no slow hash.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }

    /// The token in plain, for its holder.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Whether a place may see a record with these audiences.
#[must_use]
pub fn may_see(place: Place, audience: &[Who]) -> bool {
    audience.contains(&Who::Group) || audience.contains(&place.into())
}

/// Whether a place may write the content of a record: the owner does, nobody else.
#[must_use]
pub fn may_put(place: Place, owner: Place) -> bool {
    place == owner
}

/// Whether a place may ask for the group's figures: the office does.
#[must_use]
pub fn may_read_figures(place: Place) -> bool {
    place == Place::Office
}

/// Whether a place may export and erase what is kept about people: the office does.
#[must_use]
pub fn may_handle_people(place: Place) -> bool {
    place == Place::Office
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long_recognisable_and_never_printed() {
        let token = Token::from_random([7; 32]);
        assert!(token.reveal().starts_with("lianxiao_"));
        assert_eq!(token.reveal().len(), PREFIX.len() + 43);
        assert!(!format!("{token:?}").contains(token.reveal()));
        assert_eq!(token.hash(), Token::sent(token.reveal()).hash());
        assert_ne!(token.hash(), Token::from_random([8; 32]).hash());
    }
}
