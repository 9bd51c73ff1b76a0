//! The hub and its groups.

use super::audit;
use super::column::{micros, time, uuid};
use super::db::Db;
use super::statement::{Row, query};
use crate::model::audit::{Audited, Deed};
use crate::model::caller::Group;
use crate::model::ids::GroupKey;
use crate::store::{Backup, Result, Standing, StoreError};
use jiff::Timestamp;
use uuid::Uuid;

/// The hub's id; `fresh` becomes it when the database has none yet.
pub async fn hub_id(db: &mut Db<'_>, fresh: Uuid) -> Result<Uuid> {
    db.lock("hub").await?;
    query("INSERT INTO hub (id) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM hub)")
        .bind(fresh.as_bytes().to_vec())
        .execute(&mut *db)
        .await?;
    let row = query("SELECT id FROM hub").fetch_optional(db).await?;
    let row = row.ok_or(StoreError::Damaged("the hub's id"))?;
    uuid(row.try_get("id")?)
}

pub async fn create_group(
    db: &mut Db<'_>,
    id: Uuid,
    name: &str,
    at: Timestamp,
) -> Result<Option<Group>> {
    db.lock("grp").await?;
    // All rows, though there is one: the statement ends, and is durable, after the last.
    let rows = query(
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

pub async fn groups(db: &mut Db<'_>) -> Result<Vec<Group>> {
    let rows = query("SELECT grp, id, name, epoch FROM grp ORDER BY name")
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| group(row, "id")).collect()
}

/// The group in a row whose column `id` holds its public id.
pub fn group(row: &Row, id: &str) -> Result<Group> {
    Ok(Group {
        key: GroupKey(row.try_get("grp")?),
        id: uuid(row.try_get(id)?)?,
        name: row.try_get("name")?,
        epoch: row.try_get("epoch")?,
    })
}

/// Counts a change that no position tells of, in the transaction that makes it.
pub async fn changed(db: &mut Db<'_>, group: GroupKey) -> Result<()> {
    let sql = query("UPDATE grp SET changed = changed + 1 WHERE grp = ?");
    sql.bind(group.0).execute(db).await.map(drop)
}

pub const STANDINGS: &str = "SELECT g.grp, g.changed, COALESCE((SELECT c.last_position \
     FROM \"commit\" c WHERE c.grp = g.grp ORDER BY c.last_position DESC LIMIT 1), 0) AS position \
     FROM grp g";

/// How every group stands.
pub async fn standings(db: &mut Db<'_>) -> Result<Vec<Standing>> {
    let rows = query(STANDINGS).fetch_all(db).await?;
    let standing = |row: &Row| -> Result<Standing> {
        Ok(Standing {
            group: GroupKey(row.try_get("grp")?),
            position: row.try_get("position")?,
            changed: row.try_get("changed")?,
        })
    };
    rows.iter().map(standing).collect()
}

/// The head of every group that has one.
pub async fn heads(db: &mut Db<'_>) -> Result<Vec<(GroupKey, i64)>> {
    let standings = standings(db).await?.into_iter();
    let written = standings.filter(|standing| standing.position > 0);
    Ok(written.map(|of| (of.group, of.position)).collect())
}

/// Begins a new epoch of every group in a database that was put back: every credential is locked, every
/// invitation void, every browser signed out, every private link ended, and what is there is known to be backed up. Within a transaction; what is there.
pub async fn begin_epochs(db: &mut Db<'_>, now: Timestamp) -> Result<Vec<(GroupKey, i64)>> {
    let heads = heads(&mut *db).await?;
    // A clock reading is an epoch that no earlier restore of the same backup began.
    query("UPDATE grp SET epoch = CASE WHEN epoch < ? THEN ? ELSE epoch + 1 END")
        .bind(micros(now))
        .bind(micros(now))
        .execute(&mut *db)
        .await?;
    query(
        "INSERT INTO restore (grp, epoch, position) SELECT grp, epoch, COALESCE((SELECT \
         MAX(last_position) FROM \"commit\" WHERE \"commit\".grp = grp.grp), 0) FROM grp",
    )
    .execute(&mut *db)
    .await?;
    query("UPDATE credential SET locked = 1")
        .execute(&mut *db)
        .await?;
    // A code may have got into other hands since.
    query("DELETE FROM invitation").execute(&mut *db).await?;
    // Somebody may have signed out, or ended a link.
    query("DELETE FROM token WHERE purpose <> 0")
        .execute(&mut *db)
        .await?;
    let restored = Audited::new(now, Deed::Restored, None);
    for group in groups(&mut *db).await? {
        audit::write(&mut *db, group.key, &restored).await?;
    }
    note_backup(db, &heads, now).await?;
    Ok(heads)
}

/// Notes what a backup holds.
pub async fn note_backup(db: &mut Db<'_>, heads: &[(GroupKey, i64)], at: Timestamp) -> Result<()> {
    for (group, position) in heads {
        query(
            "INSERT INTO backup (grp, position, at) VALUES (?, ?, ?) ON CONFLICT (grp) \
             DO UPDATE SET position = excluded.position, at = excluded.at",
        )
        .bind(group.0)
        .bind(*position)
        .bind(micros(at))
        .execute(&mut *db)
        .await?;
        changed(db, *group).await?;
    }
    Ok(())
}

/// What the last backup holds of a group.
pub async fn last_backup(db: &mut Db<'_>, group: GroupKey) -> Result<Option<Backup>> {
    let row = query("SELECT position, at FROM backup WHERE grp = ?")
        .bind(group.0)
        .fetch_optional(db)
        .await?;
    let backup = |row: Row| -> Result<Backup> {
        Ok(Backup {
            position: row.try_get("position")?,
            at: time(row.try_get("at")?)?,
        })
    };
    row.map(backup).transpose()
}
