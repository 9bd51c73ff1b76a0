//! One record through time.

use super::column::{id_bytes, place, time};
use super::db::Db;
use super::load::{blob, version};
use super::statement::{Row, query};
use crate::model::ids::{GroupKey, RecordId};
use crate::store::{Result, Version, Written};

/// The sum keeps the planner from walking the whole feed up to the position instead of the record's few
/// versions.
pub const RECORD_AT: &str = "SELECT id, kind, topic, campus, version, position, erased, frame FROM version \
     WHERE grp = ? AND id = ? AND position + 0 <= ? ORDER BY version DESC LIMIT 1";

pub async fn record_at(
    db: &mut Db<'_>,
    group: GroupKey,
    id: RecordId,
    position: i64,
) -> Result<Option<Version>> {
    let row = query(RECORD_AT)
        .bind(group.0)
        .bind(id_bytes(id))
        .bind(position)
        .fetch_optional(db)
        .await?;
    row.as_ref().map(version).transpose()
}

pub const HISTORY: &str = "SELECT v.id, v.kind, v.topic, v.campus, v.version, v.position, v.erased, v.frame, v.place, v.actor, \
     v.reason, v.answer, v.salt, (SELECT c.at FROM \"commit\" c WHERE c.grp = v.grp \
     AND c.last_position >= v.position ORDER BY c.last_position LIMIT 1) AS at \
     FROM version v WHERE v.grp = ? AND v.id = ? AND v.version < ? \
     ORDER BY v.version DESC LIMIT ?";

pub async fn history(
    db: &mut Db<'_>,
    group: GroupKey,
    id: RecordId,
    below: i64,
    limit: i64,
) -> Result<Vec<Written>> {
    let rows = query(HISTORY)
        .bind(group.0)
        .bind(id_bytes(id))
        .bind(below)
        .bind(limit)
        .fetch_all(db)
        .await?;
    rows.iter().map(written).collect()
}

fn written(row: &Row) -> Result<Written> {
    Ok(Written {
        version: version(row)?,
        place: place(row.try_get("place")?)?,
        actor: row.try_get("actor")?,
        reason: row.try_get("reason")?,
        at: time(row.try_get("at")?)?,
        answer: blob(row, "answer")?,
        salt: row.try_get("salt")?,
    })
}
