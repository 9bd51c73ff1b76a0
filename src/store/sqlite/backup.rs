//! Backing the file up while the hub runs, and putting a backup in its place.

use super::{APPLICATION, FILE, options, replaced};
use crate::model::ids::GroupKey;
use crate::store::sql::catalog;
use crate::store::sql::column::micros;
use crate::store::sql::db::Db;
use crate::store::{Restored, Result, StoreError};
use jiff::Timestamp;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Writes everything committed into a new file. Readers and the writer go on meanwhile. When it fails,
/// nothing that looks like a backup is left; what stood there before is never touched.
pub async fn write(folder: &Path, file: &Path) -> Result<()> {
    // A full or broken backup disk is not the database's.
    let failed = |error| StoreError::Backup(Box::new(error));
    File::create_new(file).map_err(|error| failed(error.into()))?;
    let written = copy_into(folder, file).await;
    written.map_err(|error| {
        let _ = std::fs::remove_file(file);
        failed(error)
    })
}

async fn copy_into(folder: &Path, file: &Path) -> Result<()> {
    let options = options(folder).create_if_missing(false);
    // The copy is made under this setting too: what is moved in it leaves no bytes behind, which an erasure after a
    // restore would not find.
    let options = options.pragma("secure_delete", "on");
    let mut db = options.connect().await?;
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
    sync(file)?;
    sync(folder_of(file))
}

/// What a backup holds of each group.
pub async fn heads(file: &Path) -> Result<Vec<(GroupKey, i64)>> {
    let mut db = read_only(file).connect().await?;
    let heads = catalog::heads(&mut Db::Sqlite(&mut db)).await?;
    db.close().await?;
    Ok(heads)
}

/// Puts a backup in the place of the folder's file: a new epoch for every group, every credential locked,
/// every invitation void.
/// The file that stood there is kept beside it. What it held above the backup is returned: that is lost,
/// unless the replica that pushed it pushes it again. What was erased since the backup is erased again
/// before the hub answers anybody.
pub async fn restore(folder: &Path, backup: &Path, now: Timestamp) -> Result<Restored> {
    let fresh = folder.join(format!("{FILE}.restoring"));
    // What an earlier attempt left.
    remove(&fresh)?;
    let heads = match prepare(backup, &fresh, now).await {
        Ok(heads) => heads,
        Err(error) => {
            // Why it failed says more than that it left something.
            let _ = remove(&fresh);
            return Err(error);
        }
    };
    let replaced = replaced::read(&folder.join(FILE), &heads).await;
    if let Some(replaced) = &replaced {
        replaced.take_back(&fresh).await?;
    }
    set_aside(folder, now)?;
    std::fs::rename(&fresh, folder.join(FILE))?;
    sync(folder)?;
    let known = replaced.map(|replaced| (replaced.lost, replaced.erased.len()));
    let (lost, erased) = known.map_or((Vec::new(), None), |(lost, erased)| (lost, Some(erased)));
    Ok(Restored { lost, erased })
}

/// Makes a copy of the backup that a hub can start on; what it holds of each group.
async fn prepare(backup: &Path, fresh: &Path, now: Timestamp) -> Result<Vec<(GroupKey, i64)>> {
    std::fs::copy(backup, fresh)?;
    let mut db = SqliteConnectOptions::new()
        .filename(fresh)
        .pragma("secure_delete", "on")
        .connect()
        .await?;
    let sound: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(&mut db)
        .await?;
    if sound != "ok" {
        return Err(StoreError::Damaged("the backup is not whole"));
    }
    let application: i64 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(&mut db)
        .await?;
    if application != APPLICATION {
        return Err(StoreError::Foreign(backup.to_owned()));
    }
    // An older program's backup is brought up to this one; a newer one's is refused.
    sqlx::migrate!("migrations/sqlite").run(&mut db).await?;
    let mut tx = db.begin().await?;
    let heads = catalog::begin_epochs(&mut Db::Sqlite(&mut tx), now).await?;
    tx.commit().await?;
    db.close().await?;
    sync(fresh)?;
    Ok(heads)
}

/// Gives the file that stands in the folder a second name. It keeps its first name until the restored file
/// takes it: if there were none for a moment and the machine failed in it, the next start would begin an
/// empty hub.
fn set_aside(folder: &Path, now: Timestamp) -> Result<()> {
    let file = folder.join(FILE);
    if !file.exists() {
        return Ok(());
    }
    let aside = |suffix: &str| with_suffix(&file, &format!(".replaced-{}{suffix}", micros(now)));
    for suffix in ["-wal", "-shm"] {
        let part = with_suffix(&file, suffix);
        if part.exists() {
            std::fs::rename(part, aside(suffix))?;
        }
    }
    if std::fs::hard_link(&file, aside("")).is_err() {
        // A file system without second names.
        std::fs::rename(&file, aside(""))?;
    }
    Ok(())
}

/// Removes a database that is not in use, with what belongs to it.
fn remove(file: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        match std::fs::remove_file(with_suffix(file, suffix)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

fn read_only(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(file).read_only(true)
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut path = OsString::from(file);
    path.push(suffix);
    PathBuf::from(path)
}

/// `backup.db` stands in the current folder.
fn folder_of(file: &Path) -> &Path {
    let parent = file
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

/// Makes a file, or a folder's list of files, durable.
pub fn sync(path: &Path) -> Result<()> {
    Ok(File::open(path)?.sync_all()?)
}
