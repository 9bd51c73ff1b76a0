//! Finding the records that are kept too long.

use super::db::Db;
use super::erase::ids;
use super::statement::query;
use crate::model::date::{self, FIRST_DAY, LAST_DAY};
use crate::model::ids::{GroupKey, RecordId};
use crate::store::{Result, Retained, StoreError};
use jiff::civil::Date;

macro_rules! records {
    ($of_versions:literal) => {
        concat!(
            "SELECT v.id FROM version v \
             JOIN record r ON r.grp = v.grp AND r.id = v.id \
             JOIN version newest ON newest.grp = r.grp AND newest.position = r.position \
             WHERE (newest.frame IS NULL OR newest.ends_on <= v.ends_on) AND ",
            $of_versions
        )
    };
}

/// Days that have ended since the last look.
pub const ENDED: &str = records!("v.grp = ? AND v.kind = ? AND v.ends_on > ? AND v.ends_on <= ?");

/// What was written since about days that had been looked at. The empty texts keep the planner from walking
/// all those days.
pub const WRITTEN: &str =
    records!("v.grp = ? AND v.position > ? AND v.kind || '' = ? AND v.ends_on || '' <= ?");

/// Records that have content of no day.
pub const UNDATED: &str = records!(
    "v.grp = ? AND v.kind = ? AND v.ends_on = ? AND v.starts_on = ? AND v.frame IS NOT NULL \
     AND newest.position > ? AND newest.position <= ?"
);

pub async fn undated(
    db: &mut Db<'_>,
    group: GroupKey,
    kind: &str,
    (after, upto): (i64, i64),
) -> Result<Vec<RecordId>> {
    let rows = query(UNDATED)
        .bind(group.0)
        .bind(kind)
        .bind(LAST_DAY.to_string())
        .bind(FIRST_DAY.to_string())
        .bind(after)
        .bind(upto)
        .fetch_all(db)
        .await?;
    ids(&rows)
}

pub async fn ended(
    db: &mut Db<'_>,
    group: GroupKey,
    kind: &str,
    before: Retained,
    by: Date,
) -> Result<Vec<RecordId>> {
    let mut rows = query(ENDED)
        .bind(group.0)
        .bind(kind)
        .bind(before.ends_on.to_string())
        .bind(by.to_string())
        .fetch_all(&mut *db)
        .await?;
    let written = query(WRITTEN)
        .bind(group.0)
        .bind(before.position)
        .bind(kind)
        .bind(before.ends_on.min(by).to_string())
        .fetch_all(db)
        .await?;
    rows.extend(written);
    ids(&rows)
}

pub async fn retained(db: &mut Db<'_>, group: GroupKey, kind: &str) -> Result<Retained> {
    let row = query("SELECT ends_on, position FROM retention WHERE grp = ? AND kind = ?")
        .bind(group.0)
        .bind(kind)
        .fetch_optional(db)
        .await?;
    let Some(row) = row else {
        return Ok(Retained {
            ends_on: FIRST_DAY,
            position: 0,
        });
    };
    Ok(Retained {
        ends_on: date::day(row.try_get("ends_on")?).ok_or(StoreError::Damaged("a day"))?,
        position: row.try_get("position")?,
    })
}

pub async fn note(db: &mut Db<'_>, group: GroupKey, kind: &str, retained: Retained) -> Result<()> {
    query(
        "INSERT INTO retention (grp, kind, ends_on, position) VALUES (?, ?, ?, ?) \
         ON CONFLICT (grp, kind) DO UPDATE \
         SET ends_on = excluded.ends_on, position = excluded.position",
    )
    .bind(group.0)
    .bind(kind)
    .bind(retained.ends_on.to_string())
    .bind(retained.position)
    .execute(db)
    .await?;
    Ok(())
}
