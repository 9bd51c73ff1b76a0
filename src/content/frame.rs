//! A frame: one version of a record as it goes over the wire, encoded once when it is written. A page of
//! the feed is frames laid end to end.

use super::encoded::{Malformed, digest, wrap};
use super::redact::{Names, Whose, redact};
use crate::model::ids::{Place, RecordId};
use crate::wire::convert::{digest_to_hex, record, timestamp};
use crate::wire::v1;
use bytes::Bytes;
use jiff::Timestamp;

/// What a version of a record is made of.
#[derive(Clone, Debug)]
pub struct Version<'a> {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: &'a str,
    /// Its owner.
    pub owner: Place,
    /// 1, 2, 3 …
    pub version: i64,
    /// Its place in the feed.
    pub position: i64,
    /// The last position up to it at which the record was erased; 0: never.
    pub erased: i64,
    /// When it was committed.
    pub at: Timestamp,
    /// The post that wrote it.
    pub actor: &'a str,
    /// The reason code.
    pub reason: &'a str,
    /// The parts.
    pub parts: Parts,
}

/// The two parts of a record, encoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// What the owner writes.
    pub content: Bytes,
    /// What the hub writes.
    pub state: Bytes,
}

const UPSERT: u32 = 1;
const DELETED: u32 = 2;

/// The frame of a version.
#[must_use]
pub fn upsert(version: Version<'_>) -> Bytes {
    let content_digest = content_digest(&version.parts.content);
    let record = v1::Record {
        id: version.id.to_string(),
        kind: version.kind.to_owned(),
        campus_id: version.owner.to_text(),
        version: version.version,
        position: version.position,
        commit_time: Some(timestamp(version.at)),
        actor: version.actor.to_owned(),
        reason: version.reason.to_owned(),
        content_digest,
        content: version.parts.content,
        state: version.parts.state,
        erased_position: version.erased,
    };
    wrap(UPSERT, &record)
}

fn content_digest(content: &[u8]) -> String {
    match content.is_empty() {
        true => String::new(),
        false => digest_to_hex(digest(content)),
    }
}

/// A frame without people and names; `None` when there is nothing to take out.
#[must_use]
pub fn redacted(frame: &Bytes, whose: Whose<'_>, names: &Names) -> Option<Bytes> {
    let mut record = record(frame.clone())?;
    let content = redact("lianxiao.v1.Content", &record.content, whose, names);
    let state = redact("lianxiao.v1.State", &record.state, whose, names);
    if content.is_none() && state.is_none() {
        return None;
    }
    record.content = content.unwrap_or(record.content);
    record.state = state.unwrap_or(record.state);
    record.content_digest = content_digest(&record.content);
    Some(wrap(UPSERT, &record))
}

/// A frame that tells of another actor.
#[must_use]
pub fn by(frame: &Bytes, actor: &str) -> Option<Bytes> {
    let mut record = record(frame.clone())?;
    actor.clone_into(&mut record.actor);
    Some(wrap(UPSERT, &record))
}

/// A frame as it leaves the group: without what the contract marks as personal, and without who wrote it.
#[must_use]
pub fn outside(frame: &Bytes) -> Bytes {
    let unmarked = redacted(frame, Whose::Marked, &Names::default());
    by(unmarked.as_ref().unwrap_or(frame), "").unwrap_or_default()
}

/// The parts of the record in a frame, byte for byte as written.
///
/// # Errors
/// When the frame is none: the database was damaged.
pub fn parts(frame: &Bytes) -> Result<Parts, Malformed> {
    let record = record(frame.clone()).ok_or(Malformed("a stored frame is broken"))?;
    Ok(Parts {
        content: record.content,
        state: record.state,
    })
}

/// A tombstone as it goes over the wire.
#[must_use]
pub fn deleted(id: RecordId, kind: &str, version: i64, position: i64, erased: i64) -> Bytes {
    wrap(DELETED, &tombstone(id, kind, version, position, erased))
}

/// A tombstone as it is hashed: whose it was, who deleted it and why.
#[must_use]
pub fn deleted_by(version: &Version<'_>) -> Bytes {
    let bare = tombstone(
        version.id,
        version.kind,
        version.version,
        version.position,
        version.erased,
    );
    let deleted = v1::Deleted {
        campus_id: version.owner.to_text(),
        actor: version.actor.to_owned(),
        reason: version.reason.to_owned(),
        ..bare
    };
    wrap(DELETED, &deleted)
}

fn tombstone(id: RecordId, kind: &str, version: i64, position: i64, erased: i64) -> v1::Deleted {
    v1::Deleted {
        id: id.to_string(),
        kind: kind.to_owned(),
        version,
        position,
        erased_position: erased,
        ..Default::default()
    }
}

/// The end of a reader's sight of a record, as it goes over the wire.
#[must_use]
pub fn removed(id: RecordId, position: i64) -> Bytes {
    wrap(
        3,
        &v1::Removed {
            id: id.to_string(),
            position,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        #[test]
        fn content_comes_back_byte_for_byte(content: Vec<u8>, state: Vec<u8>) {
            let parts = Parts { content: content.into(), state: state.into() };
            let frame = upsert(Version {
                id: RecordId(Uuid::from_u128(7)),
                kind: "menu",
                owner: Place::Office,
                version: 1,
                position: 1,
                erased: 0,
                at: Timestamp::UNIX_EPOCH,
                actor: "总务处",
                reason: "",
                parts: parts.clone(),
            });
            prop_assert_eq!(super::parts(&frame), Ok(parts));
        }
    }
}
