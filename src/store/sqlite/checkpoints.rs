//! Moving what is committed out of the write-ahead log into the file, on a connection of its own: no push
//! waits for it.

use crate::store::Result;
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{AssertSqlSafe, Row as _};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::task::AbortOnDropHandle;

/// The engine looks at its log that long after a commit, and once for all that came meanwhile.
const PAUSE: Duration = Duration::from_millis(250);
/// As many pages make a checkpoint worth its syncs. The engine's own figure.
const WORTHWHILE: i64 = 1_000;
/// A log of more pages is begun anew, though writers wait for that: while they go on without a rest it would
/// grow for ever, and readers search all of it. 64 MB.
const LONG: i64 = 16_384;

/// The task that does so, as long as this lives.
#[derive(Debug)]
pub struct Checkpoints {
    pool: SqlitePool,
    task: AbortOnDropHandle<()>,
}

impl Checkpoints {
    /// Starts, on a pool of one connection.
    pub fn start(committed: Arc<Notify>, pool: SqlitePool) -> Self {
        let task = tokio::spawn(run(committed, pool.clone()));
        Checkpoints {
            pool,
            task: AbortOnDropHandle::new(task),
        }
    }

    /// Empties the log; false when somebody still reads in it.
    pub async fn empty(&self) -> Result<bool> {
        let log = Log::after("TRUNCATE", &mut *self.pool.acquire().await?).await?;
        Ok(!log.busy)
    }

    /// Ends, and closes the connection.
    pub async fn end(&self) {
        self.task.abort();
        self.pool.close().await;
    }
}

async fn run(committed: Arc<Notify>, pool: SqlitePool) {
    loop {
        committed.notified().await;
        tokio::time::sleep(PAUSE).await;
        let done = match pool.acquire().await {
            Ok(mut db) => look(&mut db).await,
            Err(_) => return,
        };
        if let Err(error) = done {
            // What is committed is in the log, and stays there until this succeeds.
            tracing::warn!(%error, "the write-ahead log was not moved into the file; it is tried again");
        }
    }
}

async fn look(db: &mut SqliteConnection) -> Result<()> {
    if Log::after("NOOP", db).await?.waiting < WORTHWHILE {
        return Ok(());
    }
    if Log::after("PASSIVE", db).await?.pages >= LONG {
        Log::after("RESTART", db).await?;
    }
    Ok(())
}

/// The log after a checkpoint.
struct Log {
    busy: bool,
    pages: i64,
    /// Those that are not in the file yet.
    waiting: i64,
}

impl Log {
    async fn after(checkpoint: &str, db: &mut SqliteConnection) -> Result<Self> {
        let pragma = format!("PRAGMA wal_checkpoint({checkpoint})");
        let row = sqlx::query(AssertSqlSafe(pragma)).fetch_one(db).await?;
        let pages = row.try_get("log")?;
        Ok(Log {
            busy: row.try_get::<i64, _>("busy")? != 0,
            pages,
            waiting: pages - row.try_get::<i64, _>("checkpointed")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::options;
    use sqlx::ConnectOptions as _;

    async fn write(db: &mut SqliteConnection, pages: i64) {
        let rows = "WITH RECURSIVE row (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM row LIMIT ?) \
                    INSERT INTO t SELECT randomblob(4000) FROM row";
        sqlx::query(rows)
            .bind(pages)
            .execute(db)
            .await
            .expect("written");
    }

    #[tokio::test]
    async fn a_log_is_moved_when_it_is_worth_it_and_begun_anew_when_it_is_long() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = options(folder.path()).pragma("wal_autocheckpoint", "0");
        let mut writer = options.connect().await.expect("a connection");
        let mut other = options.connect().await.expect("a connection");
        let table = sqlx::query("CREATE TABLE t (b BLOB)");
        table.execute(&mut writer).await.expect("a table");
        let mut waiting = Vec::new();
        for pages in [WORTHWHILE / 2, WORTHWHILE, LONG, 10] {
            write(&mut writer, pages).await;
            look(&mut other).await.expect("a look");
            let log = Log::after("NOOP", &mut other).await.expect("an answer");
            waiting.push((log.waiting > 0, log.pages > WORTHWHILE));
        }
        assert_eq!(
            waiting,
            [(true, false), (false, true), (false, true), (true, false)]
        );
    }
}
