//! The replica's own file. The only place of this room that speaks SQL.

mod copy;
mod erase;
mod heads;
mod outbox;
mod typed;

use super::error::{ReplicaError, Result};
use crate::wire::v1;
use prost::Message as _;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{Row as _, Sqlite, Transaction};
use std::path::Path;
use std::time::Duration;

pub use copy::Incoming;
pub use heads::Head;
pub use outbox::{Entry, Kept};

/// One file, one connection: every change is a transaction that is on the disk before it is told.
#[derive(Clone, Debug)]
pub struct Database {
    pool: SqlitePool,
}

/// A transaction of the file.
pub type Tx = Transaction<'static, Sqlite>;

/// Where the copy stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The hub; empty: none was met yet.
    pub hub: String,
    /// The group.
    pub group: String,
    /// Whose copy it is: a campus by id; empty: the office's, or no hub was met yet.
    pub campus: String,
    /// The epoch in which the journal was last compared with the hub.
    pub epoch: i64,
    /// Where to read on.
    pub cursor: String,
    /// The last position read.
    pub read_at: i64,
    /// The position at which the copy is whole.
    pub whole_at: i64,
    /// When it became so, in microseconds since 1970 by this machine's clock, which may be wrong: nothing but
    /// the screen looks at it. 0: never.
    pub whole_time: i64,
    /// Reading again from the start.
    pub sweeping: bool,
    /// The hub may have forgotten what the journal holds.
    pub recover: bool,
}

impl Database {
    /// Opens the file, making and migrating it as needed.
    pub async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // What was typed survives the loss of power.
            .synchronous(SqliteSynchronous::Full)
            // What is erased leaves no bytes in free pages.
            .pragma("secure_delete", "on")
            .busy_timeout(Duration::from_secs(10));
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await?;
        sqlx::migrate!("migrations/replica").run(&pool).await?;
        let database = Database { pool };
        // An end between an erasure and this left bytes behind.
        database.scrub().await?;
        Ok(database)
    }

    /// Leaves no bytes in the write-ahead log of what the file no longer holds.
    async fn scrub(&self) -> Result<()> {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Begins a change.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Where the copy stands.
    pub async fn state(&self) -> Result<State> {
        state(&mut self.begin().await?).await
    }

    /// How the replica stands, as the hub is told.
    pub async fn standing(&self) -> Result<v1::ReportStatusRequest> {
        let row = sqlx::query(
            "SELECT whole_at, (SELECT COUNT(*) FROM outbox WHERE refused = 0) AS unsent, \
             (SELECT COUNT(*) FROM outbox WHERE refused = 1) AS refused, \
             (SELECT COUNT(*) FROM record WHERE kind = 'conflict') AS conflicts FROM state",
        )
        .fetch_one(&self.pool)
        .await?;
        let count = |column| -> Result<i32> {
            let count: i64 = row.try_get(column)?;
            Ok(i32::try_from(count).unwrap_or(i32::MAX))
        };
        Ok(v1::ReportStatusRequest {
            position: row.try_get("whole_at")?,
            unsent: count("unsent")?,
            refused: count("refused")?,
            conflicts: count("conflicts")?,
        })
    }

    /// The hub was met, in an epoch. Another epoch than before means that a restore took something back,
    /// perhaps also of what was verified.
    pub async fn met(&self, hub: &str, group: &str, campus: &str, epoch: i64) -> Result<()> {
        let mut tx = self.begin().await?;
        heads::unverify(&mut tx).await?;
        sqlx::query(
            "UPDATE state SET recover = CASE WHEN hub <> '' AND epoch <> ? THEN 1 ELSE recover END, \
             hub = ?, grp = ?, campus = ?, epoch = ?",
        )
        .bind(epoch)
        .bind(hub)
        .bind(group)
        .bind(campus)
        .bind(epoch)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// The journal must be compared with the hub, or was.
    pub async fn set_recover(&self, recover: bool) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE state SET recover = ?")
            .bind(i64::from(recover))
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }
}

/// Where the copy stands, inside a change.
pub async fn state(tx: &mut Tx) -> Result<State> {
    let row = sqlx::query(
        "SELECT hub, grp, campus, epoch, cursor, read_at, whole_at, whole_time, sweeping, recover FROM state",
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(State {
        hub: row.try_get("hub")?,
        group: row.try_get("grp")?,
        campus: row.try_get("campus")?,
        epoch: row.try_get("epoch")?,
        cursor: row.try_get("cursor")?,
        read_at: row.try_get("read_at")?,
        whole_at: row.try_get("whole_at")?,
        whole_time: row.try_get("whole_time")?,
        sweeping: row.try_get::<i64, _>("sweeping")? != 0,
        recover: row.try_get::<i64, _>("recover")? != 0,
    })
}

/// A mutation as it stands in a row.
fn mutation(row: &SqliteRow) -> Result<v1::Mutation> {
    let bytes: Vec<u8> = row.try_get("mutation")?;
    v1::Mutation::decode(bytes.as_slice()).map_err(|_| ReplicaError::Damaged("a mutation"))
}

/// An answer as it stands in a row.
fn answer(bytes: &[u8]) -> Result<v1::PushResult> {
    v1::PushResult::decode(bytes).map_err(|_| ReplicaError::Damaged("an answer"))
}
