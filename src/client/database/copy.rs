//! The copy: what was read is laid aside until a checkpoint says that it is whole, then put in at once.
//! So the copy is always a state that the hub was in, also while it is read again from the start.

use super::super::error::{ReplicaError, Result};
use super::{Database, Tx, erase, heads, state};
use crate::model::clock::{Clock as _, SystemClock};
use crate::wire::{convert, v1};
use bytes::Bytes;
use sqlx::Row as _;

/// One change as it was read.
#[derive(Clone, Debug, Default)]
pub struct Incoming {
    /// The record.
    pub id: String,
    /// Its kind; empty when it is no longer ours to see.
    pub kind: String,
    /// Its version; 0 when it is gone.
    pub version: i64,
    /// Its place in the feed.
    pub position: i64,
    /// Up to here personal data was erased in its history; 0: never.
    pub erased: i64,
    /// The change, when it brings a record; `None`: deleted, or no longer ours to see.
    pub frame: Option<Bytes>,
}

impl Database {
    /// A record of the copy.
    pub async fn record(&self, id: &str) -> Result<Option<v1::Record>> {
        record(&mut self.begin().await?, id).await
    }

    /// The whole copy, by id.
    pub async fn records(&self) -> Result<Vec<v1::Record>> {
        let rows = sqlx::query("SELECT frame FROM record ORDER BY id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| decode(row.try_get::<Vec<u8>, _>("frame")?))
            .collect()
    }

    /// Lays aside what was read, and remembers where to read on.
    pub async fn lay_aside(&self, changes: &[Incoming], cursor: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        let mut read_at = state(&mut tx).await?.read_at;
        for change in changes {
            if change.position <= read_at {
                return Err(ReplicaError::Contract(format!(
                    "position {} was sent after {read_at}",
                    change.position
                )));
            }
            read_at = change.position;
            lay_one_aside(&mut tx, change).await?;
            if change.erased > 0 {
                erase::forget(&mut tx, &change.id, change.erased).await?;
            }
        }
        sqlx::query("UPDATE state SET cursor = ?, read_at = ?")
            .bind(cursor)
            .bind(read_at)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// A checkpoint: what was laid aside becomes part of the copy. After a reading from the start, what
    /// was not mentioned goes, and nothing that came was ever verified.
    pub async fn make_whole(&self, checkpoint: &v1::Checkpoint) -> Result<()> {
        let position = checkpoint.newest_position;
        let mut tx = self.begin().await?;
        let before = state(&mut tx).await?;
        if position < before.read_at {
            return Err(ReplicaError::Contract(format!(
                "a checkpoint at {position} was sent after position {}",
                before.read_at
            )));
        }
        if before.sweeping {
            heads::unverify(&mut tx).await?;
        }
        let erased: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(erased), 0) FROM incoming")
            .fetch_one(&mut *tx)
            .await?;
        for statement in [
            "DELETE FROM record WHERE id IN (SELECT id FROM incoming WHERE frame IS NULL) \
             OR (SELECT sweeping FROM state) = 1",
            "INSERT OR REPLACE INTO record (id, kind, version, position, frame) \
             SELECT id, kind, version, position, frame FROM incoming WHERE frame IS NOT NULL",
            "DELETE FROM gone WHERE (SELECT sweeping FROM state) = 1",
            "INSERT OR REPLACE INTO gone (id, position) \
             SELECT id, position FROM incoming WHERE frame IS NULL AND kind <> ''",
            "DELETE FROM incoming",
        ] {
            sqlx::query(statement).execute(&mut *tx).await?;
        }
        sqlx::query(
            "UPDATE state SET cursor = ?, read_at = ?, whole_at = ?, whole_time = ?, sweeping = 0",
        )
        .bind(&checkpoint.cursor)
        .bind(position)
        .bind(position)
        .bind(SystemClock.now().as_microsecond())
        .execute(&mut *tx)
        .await?;
        heads::remember(&mut tx, position, &checkpoint.chain).await?;
        tx.commit().await?;
        match erased {
            0 => Ok(()),
            _ => self.scrub().await,
        }
    }

    /// The cursor is of no use any more: read again from the start. The copy stays until then.
    pub async fn start_over(&self, recover: bool) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM incoming")
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "UPDATE state SET cursor = '', read_at = 0, sweeping = 1, recover = MAX(recover, ?)",
        )
        .bind(i64::from(recover))
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }
}

async fn lay_one_aside(tx: &mut Tx, change: &Incoming) -> Result<()> {
    sqlx::query(
        "INSERT OR REPLACE INTO incoming (id, kind, version, position, erased, frame) \
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(&change.id)
    .bind(&change.kind)
    .bind(change.version)
    .bind(change.position)
    .bind(change.erased)
    .bind(change.frame.as_deref())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A record of the copy, inside a change.
pub async fn record(tx: &mut Tx, id: &str) -> Result<Option<v1::Record>> {
    let row = sqlx::query("SELECT frame FROM record WHERE id = ?")
        .bind(id)
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| decode(row.try_get::<Vec<u8>, _>("frame")?))
        .transpose()
}

fn decode(frame: Vec<u8>) -> Result<v1::Record> {
    convert::record(frame.into()).ok_or(ReplicaError::Damaged("a record"))
}
