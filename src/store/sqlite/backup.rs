//! Backing the file up while the hub runs, and putting a backup in its place.

use super::{FILE, options};
use crate::model::ids::GroupKey;
use crate::store::sql::column::{micros, place, time, uuid};
use crate::store::{Backup, Lost, Result, StoreError};
use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePool};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Writes everything committed into a new file. Readers and the writer go on meanwhile.
pub async fn write(folder: &Path, file: &Path) -> Result<()> {
    let mut db = options(folder).create_if_missing(false).connect().await?;
    let path = file
        .to_str()
        .ok_or(StoreError::Damaged("a backup's path is not UTF-8"))?;
    // VACUUM takes no parameters; the quoting is the engine's own.
    let quoted: String = sqlx::query_scalar("SELECT quote(?)")
        .bind(path)
        .fetch_one(&mut db)
        .await?;
    sqlx::query(AssertSqlSafe(format!("VACUUM INTO {quoted}")))
        .execute(&mut db)
        .await?;
    db.close().await?;
    sync(file)
}

/// What a backup holds of each group.
pub async fn heads(file: &Path) -> Result<Vec<(GroupKey, i64)>> {
    let mut db = read_only(file).connect().await?;
    let rows =
        sqlx::query("SELECT grp, MAX(last_position) AS position FROM \"commit\" GROUP BY grp")
            .fetch_all(&mut db)
            .await?;
    db.close().await?;
    rows.iter()
        .map(|row| Ok((GroupKey(row.try_get("grp")?), row.try_get("position")?)))
        .collect()
}

/// Notes what a backup holds.
pub async fn note(writer: &SqlitePool, heads: &[(GroupKey, i64)], at: Timestamp) -> Result<()> {
    let mut tx = writer.begin().await?;
    note_in(&mut tx, heads, at).await?;
    Ok(tx.commit().await?)
}

async fn note_in(
    db: &mut SqliteConnection,
    heads: &[(GroupKey, i64)],
    at: Timestamp,
) -> Result<()> {
    for (group, position) in heads {
        sqlx::query(
            "INSERT INTO backup (grp, position, at) VALUES (?, ?, ?) ON CONFLICT (grp) \
             DO UPDATE SET position = excluded.position, at = excluded.at",
        )
        .bind(group.0)
        .bind(position)
        .bind(micros(at))
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// What the last backup holds of a group.
pub async fn last(db: &mut SqliteConnection, group: GroupKey) -> Result<Option<Backup>> {
    let row = sqlx::query("SELECT position, at FROM backup WHERE grp = ?")
        .bind(group.0)
        .fetch_optional(db)
        .await?;
    let backup = |row: sqlx::sqlite::SqliteRow| -> Result<Backup> {
        Ok(Backup {
            position: row.try_get("position")?,
            at: time(row.try_get("at")?)?,
        })
    };
    row.map(backup).transpose()
}

/// Puts a backup in the place of the folder's file: a new epoch for every group, every credential locked.
/// The file that stood there is kept beside it. What it held above the backup is returned: that is lost,
/// unless the replica that pushed it pushes it again.
pub async fn restore(folder: &Path, backup: &Path, now: Timestamp) -> Result<Vec<Lost>> {
    let fresh = folder.join(format!("{FILE}.restoring"));
    let heads = heads(backup).await?;
    std::fs::copy(backup, &fresh)?;
    begin_epoch(&fresh, &heads, now).await?;
    sync(&fresh)?;
    let lost = set_aside(folder, &heads, now).await?;
    std::fs::rename(&fresh, folder.join(FILE))?;
    sync(folder)?;
    Ok(lost)
}

async fn begin_epoch(file: &Path, heads: &[(GroupKey, i64)], now: Timestamp) -> Result<()> {
    let mut db = SqliteConnectOptions::new().filename(file).connect().await?;
    let sound: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(&mut db)
        .await?;
    if sound != "ok" {
        return Err(StoreError::Damaged("the backup is not whole"));
    }
    let mut tx = db.begin().await?;
    // A clock reading is an epoch that no earlier restore of the same backup began.
    sqlx::query("UPDATE grp SET epoch = MAX(epoch + 1, ?)")
        .bind(micros(now))
        .execute(&mut *tx)
        .await?;
    sqlx::query("UPDATE credential SET locked = 1")
        .execute(&mut *tx)
        .await?;
    note_in(&mut tx, heads, now).await?;
    tx.commit().await?;
    Ok(db.close().await?)
}

/// Moves the file that stands in the folder aside and tells what it held above `heads`.
async fn set_aside(folder: &Path, heads: &[(GroupKey, i64)], now: Timestamp) -> Result<Vec<Lost>> {
    let file = folder.join(FILE);
    if !file.exists() {
        return Ok(Vec::new());
    }
    let lost = above(&file, heads).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the replaced database cannot be read; what it held is not listed");
        Vec::new()
    });
    let aside = |suffix: &str| with_suffix(&file, &format!(".replaced-{}{suffix}", micros(now)));
    for suffix in ["", "-wal", "-shm"] {
        let part = with_suffix(&file, suffix);
        if part.exists() {
            std::fs::rename(part, aside(suffix))?;
        }
    }
    Ok(lost)
}

async fn above(file: &Path, heads: &[(GroupKey, i64)]) -> Result<Vec<Lost>> {
    let mut db = SqliteConnectOptions::new().filename(file).connect().await?;
    let rows = sqlx::query(
        "SELECT v.grp, g.name, v.position, v.kind, v.id, v.place, v.actor \
         FROM version v JOIN grp g ON g.grp = v.grp WHERE v.mutation_id IS NOT NULL \
         ORDER BY v.grp, v.position",
    )
    .fetch_all(&mut db)
    .await?;
    db.close().await?;
    let mut lost = Vec::new();
    for row in &rows {
        let (group, position): (i64, i64) = (row.try_get("grp")?, row.try_get("position")?);
        let kept = heads
            .iter()
            .find(|(key, _)| key.0 == group)
            .map_or(0, |(_, head)| *head);
        if position > kept {
            lost.push(Lost {
                group: row.try_get("name")?,
                position,
                kind: row.try_get("kind")?,
                record: uuid(row.try_get("id")?)?,
                place: place(row.try_get("place")?)?,
                actor: row.try_get("actor")?,
            });
        }
    }
    Ok(lost)
}

fn read_only(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(file).read_only(true)
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut path = OsString::from(file);
    path.push(suffix);
    PathBuf::from(path)
}

/// Makes a file, or a folder's list of files, durable.
fn sync(path: &Path) -> Result<()> {
    Ok(File::open(path)?.sync_all()?)
}
