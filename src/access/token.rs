//! Bearer tokens.

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
