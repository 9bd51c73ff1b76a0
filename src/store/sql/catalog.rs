//! The hub and its groups.

use super::column::{micros, uuid};
use crate::model::caller::Group;
use crate::model::ids::GroupKey;
use crate::store::Result;
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};
use uuid::Uuid;

/// The hub's id; `fresh` becomes it when the database has none yet.
pub async fn hub_id(db: &mut SqliteConnection, fresh: Uuid) -> Result<Uuid> {
    sqlx::query("INSERT INTO hub (id) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM hub)")
        .bind(fresh.as_bytes().to_vec())
        .execute(&mut *db)
        .await?;
    let row = sqlx::query("SELECT id FROM hub")
        .fetch_one(&mut *db)
        .await?;
    uuid(row.try_get("id")?)
}

pub async fn create_group(
    db: &mut SqliteConnection,
    id: Uuid,
    name: &str,
    at: Timestamp,
) -> Result<Option<Group>> {
    // All rows, though there is one: the statement ends, and is durable, after the last.
    let rows = sqlx::query(
        "INSERT INTO grp (grp, id, name, epoch, created_at) \
         SELECT COALESCE(MAX(grp), 0) + 1, ?, ?, 1, ? FROM grp WHERE TRUE \
         ON CONFLICT (name) DO NOTHING RETURNING grp",
    )
    .bind(id.as_bytes().to_vec())
    .bind(name)
    .bind(micros(at))
    .fetch_all(db)
    .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let key = GroupKey(row.try_get("grp")?);
    Ok(Some(Group {
        key,
        id,
        name: name.to_owned(),
        epoch: 1,
    }))
}

pub async fn groups(db: &mut SqliteConnection) -> Result<Vec<Group>> {
    let rows = sqlx::query("SELECT grp, id, name, epoch FROM grp ORDER BY name")
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| group(row, "id")).collect()
}

/// The group in a row whose column `id` holds its public id.
pub fn group(row: &SqliteRow, id: &str) -> Result<Group> {
    Ok(Group {
        key: GroupKey(row.try_get("grp")?),
        id: uuid(row.try_get(id)?)?,
        name: row.try_get("name")?,
        epoch: row.try_get("epoch")?,
    })
}
