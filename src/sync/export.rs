//! What is kept about one person.

use crate::content::frame;
use crate::model::audit::{Audited, Deed};
use crate::model::ids::{GroupKey, RecordId};
use crate::store::{Result, Store, Stored};
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
    kind: String,
    position: i64,
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

impl Exported {
    /// The deed of telling it.
    #[must_use]
    pub fn audited(&self, now: Timestamp, person: RecordId) -> Audited {
        let kinds: BTreeSet<String> = self.kept.iter().map(|kept| kept.kind.clone()).collect();
        let positions = || self.kept.iter().map(|kept| kept.position);
        Audited {
            kinds: kinds.into_iter().collect(),
            count: i64::try_from(self.kept.len()).unwrap_or(i64::MAX),
            positions: positions().min().zip(positions().max()),
            ..Audited::new(now, Deed::Exported, person.0)
        }
    }
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
    Ok(Exported {
        kept: look.found.into_iter().map(kept).collect(),
        position: look.position,
        whole: look.whole,
    })
}

fn kept(stored: Stored) -> Kept {
    let version = stored.version;
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
        pushed: stored.pushed,
        kind: version.topic,
        position: version.position,
    }
}
