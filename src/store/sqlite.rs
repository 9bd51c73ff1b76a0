//! The embedded store: one SQLite file in the data folder.
//!
//! One connection writes, so positions are given and committed in one order. Readers have connections of
//! their own and, in WAL mode, neither wait for the writer nor hold it up.

mod auditing;
mod backup;
mod credentials;
mod erasing;
mod replaced;

use super::sql::chunks::PREPARED;
use super::sql::{audit, catalog, chain, commits, erase, feed, history, load, report, write};
use super::{
    Backup, Batch, Commits, FeedPage, Loaded, Needs, PageQuery, Remembered, Restored, Result,
    Store, StoreError, Stored, Version, Writing, Written,
};
use crate::model::audit::Audited;
use crate::model::caller::Group;
use crate::model::date::Span;
use crate::model::feed::Head;
use crate::model::ids::{GroupKey, MutationId, Place, RecordId};
use crate::model::sight::Sight;
use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::Sqlite;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use uuid::Uuid;

/// The hub's SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    hub_id: Uuid,
    /// One connection: the writer.
    writer: SqlitePool,
    /// Reads only.
    readers: SqlitePool,
    folder: PathBuf,
}

const FILE: &str = "lianxiao.db";
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
        refuse_cut_off_restore(folder)?;
        refuse_foreign(&file(folder)).await?;
        let options = options(folder);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .after_connect(|db, _| Box::pin(waits_for_the_disk(db)))
            .connect_with(
                options
                    .clone()
                    .pragma("cache_size", WRITER_CACHE)
                    // What is erased leaves no bytes in free pages.
                    .pragma("secure_delete", "on"),
            )
            .await?;
        sqlx::migrate!("migrations/sqlite").run(&writer).await?;
        let hub_id = catalog::hub_id(&mut *writer.acquire().await?, fresh).await?;
        let options = options.create_if_missing(false).pragma("query_only", "on");
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options)
            .await?;
        Ok(SqliteStore {
            hub_id,
            writer,
            readers,
            folder: folder.to_owned(),
        })
    }

    /// Puts a backup in the place of a data folder's file, under the folder's lock.
    ///
    /// # Errors
    /// When the backup is none or not whole; then the folder is as it was.
    pub async fn restore(folder: &Path, backup: &Path, now: Timestamp) -> Result<Restored> {
        backup::restore(folder, backup, now).await
    }
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

/// Refuses a folder that a restore left without its database: an empty hub would be made in its place.
fn refuse_cut_off_restore(folder: &Path) -> Result<()> {
    if folder.join(FILE).exists() {
        return Ok(());
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
impl Store for SqliteStore {
    async fn close(&self) {
        self.readers.close().await;
        // Last: it leaves a file without a log beside it.
        self.writer.close().await;
    }

    async fn hub_id(&self) -> Result<Uuid> {
        Ok(self.hub_id)
    }

    async fn create_group(&self, id: Uuid, name: &str, at: Timestamp) -> Result<Option<Group>> {
        catalog::create_group(&mut *self.writer.acquire().await?, id, name, at).await
    }

    async fn groups(&self) -> Result<Vec<Group>> {
        catalog::groups(&mut *self.readers.acquire().await?).await
    }

    async fn back_up(&self, file: &Path, at: Timestamp) -> Result<()> {
        backup::write(&self.folder, file).await?;
        let heads = backup::heads(file).await?;
        let mut writing = SqliteWriting::begin(&self.writer).await?;
        backup::note(writing.db(), &heads, at).await?;
        writing.end().await
    }

    async fn last_backup(&self, group: GroupKey) -> Result<Option<Backup>> {
        backup::last(&mut *self.readers.acquire().await?, group).await
    }

    async fn begin(&self, _: &[GroupKey]) -> Result<Box<dyn Writing>> {
        Ok(Box::new(SqliteWriting::begin(&self.writer).await?))
    }

    async fn head(&self, group: GroupKey) -> Result<Head> {
        commits::head(&mut *self.readers.acquire().await?, group).await
    }

    async fn commit_before(&self, group: GroupKey, position: i64) -> Result<Head> {
        commits::commit_before(&mut *self.readers.acquire().await?, group, position).await
    }

    async fn commit_as_of(&self, group: GroupKey, time: Timestamp) -> Result<Head> {
        commits::commit_as_of(&mut *self.readers.acquire().await?, group, time).await
    }

    async fn commits(
        &self,
        group: GroupKey,
        after: i64,
        limit: i64,
        sight: &Sight,
    ) -> Result<Commits> {
        let mut tx = self.readers.begin().await?;
        chain::commits(&mut tx, group, after, limit, sight).await
    }

    async fn page(&self, group: GroupKey, query: &PageQuery<'_>) -> Result<FeedPage> {
        let mut tx = self.readers.begin().await?;
        feed::page(&mut tx, group, query).await
    }

    async fn record(
        &self,
        group: GroupKey,
        id: RecordId,
        sight: &Sight,
    ) -> Result<Option<Version>> {
        feed::record(&mut *self.readers.acquire().await?, group, id, sight).await
    }

    async fn record_at(
        &self,
        group: GroupKey,
        id: RecordId,
        position: i64,
    ) -> Result<Option<Version>> {
        history::record_at(&mut *self.readers.acquire().await?, group, id, position).await
    }

    async fn history(
        &self,
        group: GroupKey,
        id: RecordId,
        below: i64,
        limit: i64,
    ) -> Result<Vec<Written>> {
        history::history(&mut *self.readers.acquire().await?, group, id, below, limit).await
    }

    async fn remembered(
        &self,
        group: GroupKey,
        place: Place,
        ids: &[MutationId],
    ) -> Result<HashMap<MutationId, Remembered>> {
        load::remembered(&mut *self.readers.acquire().await?, group, place, ids).await
    }

    async fn as_of(
        &self,
        group: GroupKey,
        kind: &str,
        position: i64,
        span: Span,
    ) -> Result<Vec<Version>> {
        report::as_of(
            &mut *self.readers.acquire().await?,
            group,
            kind,
            position,
            span,
        )
        .await
    }

    async fn last_writes(
        &self,
        group: GroupKey,
        position: i64,
        places: &[Place],
    ) -> Result<HashMap<Place, Timestamp>> {
        report::last_writes(&mut *self.readers.acquire().await?, group, position, places).await
    }
}

/// A transaction that writes, begun and ended in the engine's own words: a failure may have ended it
/// already (a full disk does), and sqlx would go on counting it as open. Unless it is committed, its
/// connection is closed, and the transaction with it.
struct SqliteWriting {
    /// Gone once the transaction ended.
    db: Option<PoolConnection<Sqlite>>,
}

impl SqliteWriting {
    async fn begin(writer: &SqlitePool) -> Result<Self> {
        let mut writing = SqliteWriting {
            db: Some(writer.acquire().await?),
        };
        // The write lock is taken at once: a transaction that began by reading could not get it later.
        sqlx::query("BEGIN IMMEDIATE").execute(writing.db()).await?;
        Ok(writing)
    }

    fn db(&mut self) -> &mut SqliteConnection {
        self.db.as_mut().expect("the transaction is open")
    }

    async fn end(mut self) -> Result<()> {
        sqlx::query("COMMIT").execute(self.db()).await?;
        // Back to the pool.
        self.db = None;
        Ok(())
    }
}

impl Drop for SqliteWriting {
    fn drop(&mut self) {
        drop(self.db.take().map(PoolConnection::detach));
    }
}

#[async_trait]
impl Writing for SqliteWriting {
    async fn load(&mut self, group: GroupKey, needs: &Needs) -> Result<Loaded> {
        load::load(self.db(), group, needs).await
    }

    async fn apply(&mut self, group: GroupKey, batch: &Batch) -> Result<()> {
        write::apply(self.db(), group, batch).await
    }

    async fn versions_of(&mut self, group: GroupKey, id: RecordId) -> Result<Vec<Stored>> {
        erase::versions_of(self.db(), group, id).await
    }

    async fn rewrite(&mut self, group: GroupKey, rewritten: &[Stored]) -> Result<()> {
        erase::rewrite(self.db(), group, rewritten).await
    }

    async fn note(&mut self, group: GroupKey, deed: &Audited) -> Result<()> {
        audit::write(self.db(), group, deed).await
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        self.end().await
    }
}
