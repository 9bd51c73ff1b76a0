//! Commits: the head of a group's feed, now or as it was.

use super::column::{hash, micros, time};
use super::db::Db;
use super::statement::{Column, Row, query};
use crate::model::feed::Head;
use crate::model::ids::GroupKey;
use crate::store::Result;
use jiff::Timestamp;
use std::collections::HashMap;

pub async fn head(db: &mut Db<'_>, group: GroupKey) -> Result<Head> {
    commit_before(db, group, i64::MAX).await
}

pub const COMMIT_BEFORE: &str = "SELECT last_position, at, chain FROM \"commit\" \
     WHERE grp = ? AND last_position <= ? ORDER BY last_position DESC LIMIT 1";

/// What it finds.
pub const COMMIT: &[Column] = &[
    ("last_position", "BIGINT"),
    ("at", "BIGINT"),
    ("chain", "BYTEA"),
];

pub async fn commit_before(db: &mut Db<'_>, group: GroupKey, position: i64) -> Result<Head> {
    let query = query(COMMIT_BEFORE).bind(group.0).bind(position);
    head_of(query.fetch_optional(db).await?.as_ref())
}

pub fn head_of(row: Option<&Row>) -> Result<Head> {
    let Some(row) = row else {
        return Ok(Head::EMPTY);
    };
    Ok(Head {
        position: row.try_get("last_position")?,
        at: time(row.try_get("at")?)?,
        // A statement that was not prepared answers in text, which cannot be borrowed as bytes.
        chain: hash(&row.try_get::<Vec<u8>>("chain")?)?,
    })
}

/// The heads of several groups.
pub fn heads(rows: &[Row]) -> Result<HashMap<GroupKey, Head>> {
    let head = |row: &Row| Ok((GroupKey(row.try_get("grp")?), head_of(Some(row))?));
    rows.iter().map(head).collect()
}

pub const COMMIT_AS_OF: &str = "SELECT last_position, at, chain FROM \"commit\" \
     WHERE grp = ? AND at <= ? ORDER BY at DESC LIMIT 1";

pub async fn commit_as_of(db: &mut Db<'_>, group: GroupKey, at: Timestamp) -> Result<Head> {
    let query = query(COMMIT_AS_OF).bind(group.0).bind(micros(at));
    head_of(query.fetch_optional(db).await?.as_ref())
}
