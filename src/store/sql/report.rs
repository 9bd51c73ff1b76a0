//! Records as they stood at an instant.

use super::column::{micros, place_bytes, time};
use super::load::{head_of, version};
use crate::model::date::Span;
use crate::model::feed::Head;
use crate::model::ids::{GroupKey, Place};
use crate::store::{Result, Version};
use jiff::Timestamp;
use sqlx::{Row as _, SqliteConnection};
use std::collections::HashMap;

pub async fn commit_as_of(
    db: &mut SqliteConnection,
    group: GroupKey,
    at: Timestamp,
) -> Result<Head> {
    let row = sqlx::query(
        "SELECT last_position, at, chain FROM \"commit\" WHERE grp = ? AND at <= ? \
         ORDER BY at DESC LIMIT 1",
    )
    .bind(group.0)
    .bind(micros(at))
    .fetch_optional(db)
    .await?;
    head_of(row.as_ref())
}

pub async fn as_of(
    db: &mut SqliteConnection,
    group: GroupKey,
    kind: &str,
    position: i64,
    span: Span,
) -> Result<Vec<Version>> {
    let rows = sqlx::query(
        "SELECT id, kind, campus, version, position, frame FROM version \
         WHERE grp = ? AND kind = ? AND ends_on >= ? AND starts_on <= ? \
         AND position <= ? AND superseded_at > ? AND frame IS NOT NULL ORDER BY id",
    )
    .bind(group.0)
    .bind(kind)
    .bind(span.first.to_string())
    .bind(span.last.to_string())
    .bind(position)
    .bind(position)
    .fetch_all(db)
    .await?;
    rows.iter().map(version).collect()
}

pub async fn last_writes(
    db: &mut SqliteConnection,
    group: GroupKey,
    position: i64,
    places: &[Place],
) -> Result<HashMap<Place, Timestamp>> {
    let mut found = HashMap::new();
    for place in places {
        // One step down an index for each campus: a few dozen, however long the history.
        let row = sqlx::query(
            "SELECT c.at FROM \"commit\" c WHERE c.grp = ? AND c.last_position >= \
             (SELECT MAX(v.position) FROM version v \
              WHERE v.grp = ? AND v.place = ? AND v.position <= ?) \
             ORDER BY c.last_position LIMIT 1",
        )
        .bind(group.0)
        .bind(group.0)
        .bind(place_bytes(*place))
        .bind(position)
        .fetch_optional(&mut *db)
        .await?;
        if let Some(row) = row {
            found.insert(*place, time(row.try_get("at")?)?);
        }
    }
    Ok(found)
}
