//! The embedded store: one SQLite file in the data folder.
//!
//! One connection writes, so positions are given and committed in one order. Readers have connections of
//! their own and, in WAL mode, neither wait for the writer nor hold it up.

mod backup;
mod checkpoints;
mod replaced;

use super::engine::{Connection, Engine, Snapshot, Transaction};
use super::sql::catalog;
use super::sql::chunks::PREPARED;
use super::sql::db::{Db, Either};
use super::{Others, Restored, Result, StoreError};
use crate::model::ids::GroupKey;
use async_trait::async_trait;
use checkpoints::Checkpoints;
use jiff::Timestamp;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use uuid::Uuid;

/// The hub's SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    hub_id: Uuid,
    /// One connection: the writer.
    writer: SqlitePool,
    /// Reads only.
    readers: SqlitePool,
    /// One connection: reads what is about to be written over.
    early: SqlitePool,
    checkpoints: Checkpoints,
    folder: PathBuf,
}

const FILE: &str = "lianxiao.db";
/// The name of a file whose hub was moved to another database.
const MOVED: &str = "lianxiao.db.moved";
const READERS: u32 = 4;
/// Ids are random, so every insert touches another page of its indexes: with the engine's usual 2 MB a
/// large hub would read most of them anew for each batch. In KiB, as the pragma wants it.
const WRITER_CACHE: &str = "-65536";
/// What `migrations/sqlite` marks the file with.
const APPLICATION: i64 = 0x4c78_4862;

impl SqliteStore {
    /// Opens the file in a data folder, making and migrating it as needed. `fresh` becomes the hub's id
    /// when the file is new.
    ///
    /// # Errors
    /// When the folder or the file cannot be used, or the file was written by a newer program.
    pub async fn open(folder: &Path, fresh: Uuid) -> Result<Self> {
        refuse_without_database(folder)?;
        refuse_foreign(&file(folder)).await?;
        let options = options(folder);
        let committed = Arc::new(Notify::new());
        let tell = Arc::clone(&committed);
        let writer = one()
            .after_connect(move |db, _| Box::pin(writes(db, Arc::clone(&tell))))
            .connect_with(
                options
                    .clone()
                    .pragma("cache_size", WRITER_CACHE)
                    // What is erased leaves no bytes in free pages.
                    .pragma("secure_delete", "on")
                    .pragma("wal_autocheckpoint", "0"),
            )
            .await?;
        sqlx::migrate!("migrations/sqlite").run(&writer).await?;
        let hub_id = catalog::hub_id(&mut Db::Sqlite(&mut *writer.acquire().await?), fresh).await?;
        let options = options.create_if_missing(false);
        let checkpoints = Checkpoints::start(committed, one().connect_lazy_with(options.clone()));
        let options = options.pragma("query_only", "on");
        let early = one().connect_lazy_with(options.clone());
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options)
            .await?;
        Ok(SqliteStore {
            hub_id,
            writer,
            readers,
            early,
            checkpoints,
            folder: folder.to_owned(),
        })
    }

    /// Opens the file of a hub that is there.
    ///
    /// # Errors
    /// Those of [`Self::open`], and when there is none.
    pub async fn open_there(folder: &Path) -> Result<Self> {
        match folder.join(FILE).exists() {
            true => Self::open(folder, Uuid::nil()).await,
            false => Err(StoreError::NoHub(folder.to_owned())),
        }
    }

    /// Puts the file away that a moved hub leaves behind: nobody opens it by mistake.
    ///
    /// # Errors
    /// When it cannot be renamed.
    pub fn retire(folder: &Path) -> Result<()> {
        std::fs::rename(folder.join(FILE), folder.join(MOVED))?;
        backup::sync(folder)
    }

    /// Puts a backup in the place of a data folder's file, under the folder's lock.
    ///
    /// # Errors
    /// When the backup is none or not whole; then the folder is as it was.
    pub async fn restore(folder: &Path, backup: &Path, now: Timestamp) -> Result<Restored> {
        backup::restore(folder, backup, now).await
    }
}

/// A pool of one connection.
fn one() -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(1)
}

fn file(folder: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(folder.join(FILE))
        .create_if_missing(true)
}

fn options(folder: &Path) -> SqliteConnectOptions {
    file(folder)
        .journal_mode(SqliteJournalMode::Wal)
        // An answered push survives the loss of power: every commit waits for the disk.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // What a statement would undo itself with is as short-lived as the statement.
        .pragma("temp_store", "memory")
        .statement_cache_capacity(PREPARED)
        .busy_timeout(Duration::from_secs(10))
}

/// Refuses a folder that a restore or a move left without its database: an empty hub would be made in its
/// place.
fn refuse_without_database(folder: &Path) -> Result<()> {
    if folder.join(FILE).exists() {
        return Ok(());
    }
    if folder.join(MOVED).exists() {
        return Err(StoreError::MovedAway(folder.join(MOVED)));
    }
    let left = format!("{FILE}.");
    for entry in std::fs::read_dir(folder)? {
        if entry?.file_name().to_string_lossy().starts_with(&left) {
            return Err(StoreError::Damaged("a restore was cut off; restore again"));
        }
    }
    Ok(())
}

/// Refuses a file that has tables and is not a hub's, before anything in it is changed. The list of
/// migrations alone is a hub's start that was cut off.
async fn refuse_foreign(file: &SqliteConnectOptions) -> Result<()> {
    let mut db = file.connect().await?;
    let row = sqlx::query(
        "SELECT application_id = ? OR NOT EXISTS \
         (SELECT 1 FROM sqlite_schema WHERE tbl_name <> '_sqlx_migrations') AS ours \
         FROM pragma_application_id",
    )
    .bind(APPLICATION)
    .fetch_one(&mut db)
    .await?;
    let ours: bool = row.try_get("ours")?;
    db.close().await?;
    match ours {
        true => Ok(()),
        false => Err(StoreError::Foreign(file.get_filename().to_owned())),
    }
}

/// Makes ready the connection that writes: whoever waits for commits is told of each.
async fn writes(db: &mut SqliteConnection, committed: Arc<Notify>) -> sqlx::Result<()> {
    waits_for_the_disk(&mut *db).await?;
    db.lock_handle().await?.set_commit_hook(move || {
        committed.notify_one();
        true
    });
    Ok(())
}

/// Refuses a connection that would answer before the disk does, whatever it was asked to be.
async fn waits_for_the_disk(db: &mut SqliteConnection) -> sqlx::Result<()> {
    const FULL: i64 = 2;
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(&mut *db)
        .await?;
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
        .fetch_one(db)
        .await?;
    tracing::debug!(journal, synchronous, "a connection that writes is open");
    if journal == "wal" && synchronous == FULL {
        Ok(())
    } else {
        let why = format!("journal_mode={journal} synchronous={synchronous} keeps no promise");
        Err(sqlx::Error::Configuration(why.into()))
    }
}

#[async_trait]
impl Engine for SqliteStore {
    fn id(&self) -> Uuid {
        self.hub_id
    }

    async fn early(&self) -> Result<Connection> {
        Ok(Either::Sqlite(self.early.acquire().await?))
    }

    fn beside(&self) -> Option<&dyn Others> {
        // The data folder's lock keeps every other process out.
        None
    }

    async fn reader(&self) -> Result<Connection> {
        Ok(Either::Sqlite(self.readers.acquire().await?))
    }

    async fn snapshot(&self) -> Result<Snapshot> {
        Ok(Either::Sqlite(self.readers.begin().await?))
    }

    async fn writer(&self) -> Result<Connection> {
        Ok(Either::Sqlite(self.writer.acquire().await?))
    }

    async fn transaction(&self, _: &[GroupKey]) -> Result<Transaction> {
        // The write lock is taken at once: a transaction that began by reading could not get it later.
        Transaction::begin(self.writer().await?, "BEGIN IMMEDIATE", "COMMIT").await
    }

    fn in_parts(&self) -> bool {
        false
    }

    async fn copy(&self, file: &Path, at: Timestamp) -> Result<()> {
        backup::write(&self.folder, file).await?;
        let heads = backup::heads(file).await?;
        let mut tx = self.transaction(&[]).await?;
        catalog::note_backup(&mut tx.db(), &heads, at).await?;
        tx.end().await
    }

    async fn overwrite(&self) -> Result<bool> {
        self.checkpoints.empty().await
    }

    async fn end(&self) {
        self.checkpoints.end().await;
        self.readers.close().await;
        self.early.close().await;
        // Last: it leaves a file without a log beside it.
        self.writer.close().await;
    }
}
