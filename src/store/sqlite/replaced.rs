//! What a restore replaces: what is lost with it, and what was erased in it.

use super::backup::sync;
use crate::model::ids::GroupKey;
use crate::store::sql::catalog;
use crate::store::sql::column::{place, uuid};
use crate::store::sql::db::Db;
use crate::store::{Lost, Result};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use std::path::Path;

/// What the file that is replaced held.
#[derive(Default)]
pub struct Replaced {
    /// Above the backup.
    pub lost: Vec<Lost>,
    /// Every erasure.
    pub erased: Vec<ErasureRow>,
}

/// The group by its public id, because its key may be another one in the backup; then the columns.
type ErasureRow = (Vec<u8>, Vec<u8>, i64, i64, Vec<u8>);

/// `None`: it cannot be read.
pub async fn read(file: &Path, heads: &[(GroupKey, i64)]) -> Option<Replaced> {
    if !file.exists() {
        return Some(Replaced::default());
    }
    // Closing it also folds its write-ahead log in.
    let replaced = read_whole(file, heads).await;
    replaced
        .inspect_err(|error| tracing::warn!(%error, "the replaced database cannot be read"))
        .ok()
}

async fn read_whole(file: &Path, heads: &[(GroupKey, i64)]) -> Result<Replaced> {
    let mut db = SqliteConnectOptions::new().filename(file).connect().await?;
    let (lost, erased) = (above(&mut db, heads).await, erasures(&mut db).await);
    db.close().await?;
    Ok(Replaced {
        lost: lost?,
        erased: erased?,
    })
}

async fn erasures(db: &mut SqliteConnection) -> Result<Vec<ErasureRow>> {
    Ok(sqlx::query_as(
        "SELECT grp.id, erasure.id, what, at, \"by\" FROM erasure JOIN grp ON grp.grp = erasure.grp",
    )
    .fetch_all(db)
    .await?)
}

async fn above(db: &mut SqliteConnection, heads: &[(GroupKey, i64)]) -> Result<Vec<Lost>> {
    let mut lost = Vec::new();
    for group in catalog::groups(&mut Db::Sqlite(db)).await? {
        let kept = heads.iter().find(|(key, _)| *key == group.key);
        let rows = sqlx::query(
            "SELECT position, kind, id, place, actor FROM version \
             WHERE grp = ? AND position > ? AND mutation_id IS NOT NULL ORDER BY position",
        )
        .bind(group.key.0)
        .bind(kept.map_or(0, |(_, head)| *head))
        .fetch_all(&mut *db)
        .await?;
        for row in &rows {
            lost.push(Lost {
                group: group.name.clone(),
                position: row.try_get("position")?,
                kind: row.try_get("kind")?,
                record: uuid(row.try_get("id")?)?,
                place: place(row.try_get("place")?)?,
                actor: row.try_get("actor")?,
            });
        }
    }
    Ok(lost)
}

impl Replaced {
    /// Notes the erasures that the restored file does not know, as due.
    pub async fn take_back(&self, fresh: &Path) -> Result<()> {
        let mut db = SqliteConnectOptions::new()
            .filename(fresh)
            .connect()
            .await?;
        let mut tx = db.begin().await?;
        for (group, id, what, at, by) in &self.erased {
            sqlx::query(
                "INSERT INTO erasure (grp, id, what, at, looked, due, \"by\") \
             SELECT grp, ?, ?, ?, 0, 2, ? FROM grp WHERE id = ? ON CONFLICT (grp, id) DO UPDATE \
             SET what = excluded.what, at = excluded.at, looked = 0, due = 2, \
             \"by\" = excluded.\"by\" WHERE erasure.at < excluded.at",
            )
            .bind(id)
            .bind(what)
            .bind(at)
            .bind(by)
            .bind(group)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        db.close().await?;
        sync(fresh)
    }
}
