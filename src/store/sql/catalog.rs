//! The hub, its groups and its credentials.

use super::column::{hash, micros, place, place_bytes, time, uuid};
use crate::model::caller::Group;
use crate::model::ids::{GroupKey, Place};
use crate::store::{Credential, ListedCredential, Result};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};
use std::collections::HashMap;
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
    rows.iter().map(group).collect()
}

fn group(row: &SqliteRow) -> Result<Group> {
    Ok(Group {
        key: GroupKey(row.try_get("grp")?),
        id: uuid(row.try_get("id")?)?,
        name: row.try_get("name")?,
        epoch: row.try_get("epoch")?,
    })
}

pub async fn create_credential(
    db: &mut SqliteConnection,
    credential: &Credential,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO credential (hash, grp, place, holder, locked, created_at) \
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(credential.hash.to_vec())
    .bind(credential.group.0)
    .bind(place_bytes(credential.place))
    .bind(&credential.holder)
    .bind(i64::from(credential.locked))
    .bind(micros(at))
    .execute(db)
    .await?;
    Ok(())
}

pub async fn credential(
    db: &mut SqliteConnection,
    of: &[u8; 32],
) -> Result<Option<(Credential, Group)>> {
    let row = sqlx::query(
        "SELECT g.grp, g.id, g.name, g.epoch, c.place, c.holder, c.locked FROM credential c \
         JOIN grp g ON g.grp = c.grp WHERE c.hash = ?",
    )
    .bind(of.to_vec())
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let group = group(&row)?;
    let credential = Credential {
        hash: *of,
        group: group.key,
        place: place(row.try_get("place")?)?,
        holder: row.try_get("holder")?,
        locked: row.try_get::<i64, _>("locked")? != 0,
    };
    Ok(Some((credential, group)))
}

pub async fn credentials(
    db: &mut SqliteConnection,
    group: GroupKey,
) -> Result<Vec<ListedCredential>> {
    let rows = sqlx::query(
        "SELECT hash, place, holder, locked, created_at, heard_at FROM credential \
         WHERE grp = ? ORDER BY place, holder, created_at",
    )
    .bind(group.0)
    .fetch_all(db)
    .await?;
    let listed = |row: &SqliteRow| -> Result<ListedCredential> {
        Ok(ListedCredential {
            credential: Credential {
                hash: hash(row.try_get("hash")?)?,
                group,
                place: place(row.try_get("place")?)?,
                holder: row.try_get("holder")?,
                locked: row.try_get::<i64, _>("locked")? != 0,
            },
            created_at: time(row.try_get("created_at")?)?,
            heard_at: row
                .try_get::<Option<i64>, _>("heard_at")?
                .map(time)
                .transpose()?,
        })
    };
    rows.iter().map(listed).collect()
}

pub async fn confirm(
    db: &mut SqliteConnection,
    group: GroupKey,
    hashes: Option<&[[u8; 32]]>,
) -> Result<u64> {
    let mut query =
        QueryBuilder::<Sqlite>::new("UPDATE credential SET locked = 0 WHERE locked = 1 AND grp = ");
    query.push_bind(group.0);
    if let Some(hashes) = hashes {
        query.push(" AND hash IN (");
        let mut list = query.separated(", ");
        for hash in hashes {
            list.push_bind(hash.to_vec());
        }
        query.push(")");
    }
    Ok(query.build().execute(db).await?.rows_affected())
}

pub async fn heard(db: &mut SqliteConnection, of: &[u8; 32], at: Timestamp) -> Result<()> {
    sqlx::query("UPDATE credential SET heard_at = ? WHERE hash = ?")
        .bind(micros(at))
        .bind(of.to_vec())
        .execute(db)
        .await?;
    Ok(())
}

pub async fn last_heard(
    db: &mut SqliteConnection,
    group: GroupKey,
) -> Result<HashMap<Place, Timestamp>> {
    let rows = sqlx::query(
        "SELECT place, MAX(heard_at) AS heard_at FROM credential \
         WHERE grp = ? AND heard_at IS NOT NULL GROUP BY place",
    )
    .bind(group.0)
    .fetch_all(db)
    .await?;
    let heard = |row: &SqliteRow| -> Result<(Place, Timestamp)> {
        Ok((
            place(row.try_get("place")?)?,
            time(row.try_get("heard_at")?)?,
        ))
    };
    rows.iter().map(heard).collect()
}
