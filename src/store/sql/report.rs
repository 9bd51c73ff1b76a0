//! Records as they stood at an instant.

use super::column::{NEWEST, place_bytes, time};
use super::db::Db;
use super::feed::{on_topic, seen_by};
use super::load::version;
use super::statement::{Sql, query};
use crate::model::date::Span;
use crate::model::ids::{GroupKey, Place};
use crate::model::sight::Sight;
use crate::store::{Result, Version};
use jiff::Timestamp;
use std::collections::HashMap;

/// Two looks: what ends is looked for by its days, what does not by what was live. All versions that a register or
/// an open movement ever had would count as of this week.
pub const AS_OF: &str = "SELECT id, kind, topic, campus, version, position, erased, frame FROM (\
     SELECT grp, id, kind, topic, campus, version, position, erased, frame FROM version \
     WHERE grp = ? AND kind = ? AND ends_on >= ? AND ends_on < '9999-12-31' AND starts_on <= ? \
     AND position <= ? AND superseded_at > ? AND frame IS NOT NULL \
     UNION ALL \
     SELECT grp, id, kind, topic, campus, version, position, erased, frame FROM version \
     WHERE grp = ? AND kind = ? AND ends_on = '9999-12-31' AND superseded_at > ? \
     AND starts_on || '' <= ? AND position <= ? AND frame IS NOT NULL\
     ) AS v WHERE TRUE";

pub async fn as_of(
    db: &mut Db<'_>,
    group: GroupKey,
    kind: &str,
    position: i64,
    span: Span,
) -> Result<Vec<Version>> {
    in_order(as_of_statement(group, kind, position, span), db).await
}

/// What has no successor yet counts as superseded at the largest position.
pub const NEWEST_STANDS: i64 = NEWEST - 1;

pub async fn seen(
    db: &mut Db<'_>,
    group: GroupKey,
    kind: &str,
    span: Span,
    sight: &Sight,
) -> Result<Vec<Version>> {
    in_order(seen_statement(group, kind, span, sight), db).await
}

pub fn seen_statement<'q>(group: GroupKey, kind: &'q str, span: Span, sight: &'q Sight) -> Sql<'q> {
    let mut sql = as_of_statement(group, kind, NEWEST_STANDS, span);
    on_topic(&mut sql, sight);
    seen_by(&mut sql, sight);
    sql
}

async fn in_order(sql: Sql<'_>, db: &mut Db<'_>) -> Result<Vec<Version>> {
    let rows = sql.fetch_all(db).await?;
    let versions: Result<Vec<Version>> = rows.iter().map(version).collect();
    let mut versions = versions?;
    // Not by the database: it would carry every frame through a sort.
    versions.sort_unstable_by_key(|version| version.id);
    Ok(versions)
}

pub fn as_of_statement(group: GroupKey, kind: &str, position: i64, span: Span) -> Sql<'_> {
    query(AS_OF)
        .bind(group.0)
        .bind(kind)
        .bind(span.first.to_string())
        .bind(span.last.to_string())
        .bind(position)
        .bind(position)
        .bind(group.0)
        .bind(kind)
        .bind(position)
        .bind(span.last.to_string())
        .bind(position)
}

/// One step down an index for each place: a few dozen places, however long the history.
pub const LAST_WRITE: &str = "SELECT c.at FROM \"commit\" c WHERE c.grp = ? AND c.last_position >= \
     (SELECT MAX(v.position) FROM version v \
      WHERE v.grp = ? AND v.place = ? AND v.position <= ?) \
     ORDER BY c.last_position LIMIT 1";

pub async fn last_writes(
    db: &mut Db<'_>,
    group: GroupKey,
    position: i64,
    places: &[Place],
) -> Result<HashMap<Place, Timestamp>> {
    let mut found = HashMap::new();
    for place in places {
        let row = query(LAST_WRITE)
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
