//! Mutations as a replica makes them and, before they had any effect, makes them over.

use crate::content::encoded::digest;
use crate::model::limits::CONTRACT;
use crate::wire::convert::digest_to_hex;
use crate::wire::v1;
use bytes::Bytes;
use uuid::{Builder, Uuid};
use v1::mutation::Wish;

/// A mutation id that nobody made before.
///
/// # Panics
/// When the machine has no randomness.
pub fn fresh_id() -> Uuid {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the machine has randomness");
    Builder::from_random_bytes(bytes).into_uuid()
}

/// What an author asks for, before it is known what it builds on.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// Write this content.
    Put {
        /// The content, encoded.
        content: Bytes,
        /// The conflicts it settles.
        resolves: Vec<String>,
    },
    /// Delete the record.
    Delete,
    /// Move its state.
    Act {
        /// The action, encoded.
        action: Bytes,
    },
}

/// The mutation of a wish.
pub fn mutation(
    record_id: &str,
    reason: &str,
    wanted: Wanted,
    base: Option<v1::Base>,
    seen_version: i64,
) -> v1::Mutation {
    let wish = match wanted {
        Wanted::Put { content, resolves } => Wish::Put(v1::Put {
            base,
            content,
            contract: CONTRACT,
            resolves,
        }),
        Wanted::Delete => Wish::Delete(v1::Delete { base }),
        Wanted::Act { action } => Wish::Act(v1::Act {
            seen_version,
            action,
        }),
    };
    v1::Mutation {
        mutation_id: fresh_id().to_string(),
        record_id: record_id.to_owned(),
        reason: reason.to_owned(),
        wish: Some(wish),
    }
}

/// A base by version, with the digest of what stood there.
pub fn at(version: i64, content: &[u8]) -> v1::Base {
    v1::Base {
        version,
        content_digest: digest_to_hex(digest(content)),
        ..Default::default()
    }
}

/// A base by an earlier mutation.
pub fn after(mutation_id: &str) -> v1::Base {
    v1::Base {
        mutation_id: mutation_id.to_owned(),
        ..Default::default()
    }
}

/// The content a mutation puts.
pub fn content(mutation: &v1::Mutation) -> Option<&Bytes> {
    match &mutation.wish {
        Some(Wish::Put(put)) => Some(&put.content),
        _ => None,
    }
}

/// Lets a put write something else.
pub fn write(mutation: &mut v1::Mutation, new: Bytes) {
    if let Some(Wish::Put(put)) = &mut mutation.wish {
        put.content = new;
    }
}

/// What a put or a deletion started from.
pub fn base(mutation: &v1::Mutation) -> Option<&v1::Base> {
    match &mutation.wish {
        Some(Wish::Put(put)) => put.base.as_ref(),
        Some(Wish::Delete(delete)) => delete.base.as_ref(),
        _ => None,
    }
}

/// Whether a mutation builds on another by its id.
pub fn builds_on(mutation: &v1::Mutation, mutation_id: &str) -> bool {
    base(mutation).is_some_and(|base| base.mutation_id == mutation_id)
}

/// Lets a put or a deletion start from something else.
pub fn rebase(mutation: &mut v1::Mutation, new: Option<v1::Base>) {
    match &mut mutation.wish {
        Some(Wish::Put(put)) => put.base = new,
        Some(Wish::Delete(delete)) => delete.base = new,
        _ => {}
    }
}

/// Tells an action what its asker saw.
pub fn saw(mutation: &mut v1::Mutation, version: i64) {
    if let Some(Wish::Act(act)) = &mut mutation.wish {
        act.seen_version = version;
    }
}
