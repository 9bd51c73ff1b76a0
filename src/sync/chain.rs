//! The chain over a group's history: who changes the past changes every head after it.

use crate::store::NewVersion;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// A version's leaf: its place in the history, and its body by a salted hash. Erasing body or salt
/// leaves the leaf, and so the chain, as it was.
pub fn leaf(new: &NewVersion) -> [u8; 32] {
    let version = &new.version;
    let body = version.frame.as_deref().unwrap_or_default();
    let body = Sha256::new()
        .chain_update(new.salt)
        .chain_update(body)
        .finalize();
    let mut leaf = Sha256::new();
    leaf.update(version.position.to_be_bytes());
    leaf.update(version.version.to_be_bytes());
    leaf.update(version.id.0.as_bytes());
    for text in [
        &version.kind,
        &version.owner.to_text(),
        &new.place.to_text(),
    ] {
        leaf.update(text.as_bytes());
        leaf.update([0]);
    }
    leaf.update(body);
    leaf.finalize().into()
}

/// The head after a commit.
pub fn extend<'a>(
    chain: [u8; 32],
    at: Timestamp,
    leaves: impl Iterator<Item = &'a [u8; 32]>,
) -> [u8; 32] {
    let mut next = Sha256::new();
    next.update(chain);
    next.update(at.as_microsecond().to_be_bytes());
    for leaf in leaves {
        next.update(leaf);
    }
    next.finalize().into()
}

/// The salt of a version: random to whoever does not know the commit's seed.
pub fn salt(seed: &[u8; 32], position: i64) -> [u8; 16] {
    let digest = Sha256::new()
        .chain_update(seed)
        .chain_update(position.to_be_bytes())
        .finalize();
    std::array::from_fn(|i| digest[i])
}
