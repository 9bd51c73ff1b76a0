//! Secrets that let somebody in: tokens, and the codes that are traded for one. Whoever made one shows it
//! once; the hub keeps hashes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// SHA-256 of a secret: all that the hub keeps of one. At 128 random bits and more it needs no slow hash.
pub type SecretHash = [u8; 32];

/// What a token lets its holder in for. One is good for nothing else: a link that a phone keeps pushes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Calls.
    Calls,
    /// The pages, in one browser that signed in.
    Pages,
    /// The calendar of sessions, which a phone subscribes to.
    Calendar,
}

/// What every token begins with, so that a scanner for leaked secrets knows one.
const PREFIX: &str = "lianxiao_";

/// The hash of a secret as somebody sent it, known or not.
#[must_use]
pub fn hash(secret: &str) -> SecretHash {
    Sha256::digest(secret).into()
}

/// A bearer token: 256 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token of these bits.
    #[must_use]
    pub fn from_random(bits: [u8; 32]) -> Self {
        Token(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bits)))
    }

    /// A token that somebody else made; `None` when it has not the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bits = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        bits.try_into().ok().map(Token::from_random)
    }
}

/// A code that is traded for a token, once: 128 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// A code of these bits.
    #[must_use]
    pub fn from_random(bits: [u8; 16]) -> Self {
        Code(URL_SAFE_NO_PAD.encode(bits))
    }

    /// A code that somebody else made; `None` when it has not the form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bits = URL_SAFE_NO_PAD.decode(text).ok()?;
        bits.try_into().ok().map(Code::from_random)
    }
}

macro_rules! secret {
    ($name:ident) => {
        impl $name {
            /// What the hub keeps of it.
            #[must_use]
            pub fn hash(&self) -> SecretHash {
                hash(&self.0)
            }

            /// The secret in plain, for its holder.
            #[must_use]
            pub fn reveal(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}
secret!(Token);
secret!(Code);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long_recognisable_and_never_printed() {
        let token = Token::from_random([7; 32]);
        assert!(token.reveal().starts_with("lianxiao_"));
        assert_eq!(token.reveal().len(), PREFIX.len() + 43);
        assert!(!format!("{token:?}").contains(token.reveal()));
        assert_eq!(token.hash(), hash(token.reveal()));
        assert_ne!(token.hash(), Token::from_random([8; 32]).hash());
    }

    #[test]
    fn a_code_is_short_enough_for_a_line_and_never_printed() {
        let code = Code::from_random([7; 16]);
        assert_eq!(code.reveal().len(), 22);
        assert!(!format!("{code:?}").contains(code.reveal()));
        assert_eq!(code.hash(), hash(code.reveal()));
    }

    #[test]
    fn only_what_has_the_form_of_a_secret_is_one() {
        let (token, code) = (Token::from_random([7; 32]), Code::from_random([7; 16]));
        assert_eq!(Token::parse(token.reveal()), Some(token.clone()));
        assert_eq!(Code::parse(code.reveal()), Some(code.clone()));
        let of_31_bytes = URL_SAFE_NO_PAD.encode([7; 31]);
        for wrong in [
            "",
            PREFIX,
            &token.reveal()[PREFIX.len()..],
            &format!("{}A", token.reveal()),
            &format!("{PREFIX}{of_31_bytes}"),
            &token.reveal().replace('B', "+"),
        ] {
            assert_eq!(Token::parse(wrong), None, "{wrong}");
            assert_eq!(Code::parse(wrong), None, "{wrong}");
        }
    }
}
