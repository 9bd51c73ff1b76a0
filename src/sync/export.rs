//! What is kept about one person.

use super::erase::kept_about;
use crate::content::frame;
use crate::model::audit::{Audited, Deed};
use crate::model::ids::{GroupKey, RecordId};
use crate::store::{Result, Store, Version};
use bytes::Bytes;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The most bytes of versions read at once.
const LOOK_BYTES: usize = 256 << 10;

/// One version that is about a person.
pub struct Kept {
    /// The version, encoded as a change.
    pub change: Bytes,
    /// The content as pushed, where a merge made another of it.
    pub pushed: Option<Bytes>,
    /// The record.
    pub record: RecordId,
    kind: String,
    position: i64,
}

/// The deed of telling a part of what is kept about a person.
#[must_use]
pub fn audited(kept: &[Kept], now: Timestamp, person: RecordId) -> Audited {
    let kinds: BTreeSet<String> = kept.iter().map(|kept| kept.kind.clone()).collect();
    let positions = || kept.iter().map(|kept| kept.position);
    Audited {
        kinds: kinds.into_iter().collect(),
        count: i64::try_from(kept.len()).unwrap_or(i64::MAX),
        positions: positions().min().zip(positions().max()),
        ..Audited::new(now, Deed::Exported, person.0)
    }
}

/// A part of what is kept about a person.
pub struct Exported {
    /// The versions, in position order; there may be none in a part.
    pub kept: Vec<Kept>,
    /// Everything up to here was looked at.
    pub position: i64,
    /// It was the last part.
    pub whole: bool,
}

/// The versions after a position that are of a person's record or mention the person by id.
///
/// # Errors
/// When the database failed.
pub async fn export(
    store: &dyn Store,
    group: GroupKey,
    person: RecordId,
    after: i64,
) -> Result<Exported> {
    let look = store.mentions(group, person, after, LOOK_BYTES).await?;
    let found = look.found.into_iter();
    Ok(Exported {
        kept: found
            .map(|stored| kept(stored.version, stored.pushed))
            .collect(),
        position: look.position,
        whole: look.whole,
    })
}

/// What the office asked about a record, and edits of it that lost: they may name the person and hold no id.
///
/// # Errors
/// When the database failed.
pub async fn about(store: &dyn Store, group: GroupKey, record: RecordId) -> Result<Vec<Kept>> {
    let mut all = Vec::new();
    for id in kept_about(store, group, record).await? {
        let versions = store.history(group, id, i64::MAX, i64::MAX).await?;
        let versions = versions.into_iter().rev();
        all.extend(versions.map(|written| kept(written.version, None)));
    }
    Ok(all)
}

fn kept(version: Version, pushed: Option<Bytes>) -> Kept {
    let deleted = || {
        frame::deleted(
            version.id,
            &version.kind,
            version.version,
            version.position,
            version.erased,
        )
    };
    Kept {
        change: version.frame.clone().unwrap_or_else(deleted),
        pushed,
        record: version.id,
        kind: version.topic,
        position: version.position,
    }
}
