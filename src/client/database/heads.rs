//! What a campus remembers of the hub's chain, and how far it verified it.

use super::super::error::{ReplicaError, Result};
use super::{Database, Tx};
use bytes::Bytes;
use futures::TryStreamExt as _;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

/// A head of the hub's chain, as a checkpoint told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The epoch it was told in.
    pub epoch: i64,
    /// The position of the checkpoint.
    pub position: i64,
    /// The head there.
    pub chain: Vec<u8>,
}

impl Database {
    /// The heads that are remembered, by position; the one that was verified is among them.
    pub async fn heads(&self) -> Result<Vec<Head>> {
        let rows = sqlx::query(
            "SELECT epoch, position, chain FROM head \
             UNION SELECT epoch, verified_at, verified_chain FROM state ORDER BY position",
        )
        .fetch_all(&self.pool)
        .await?;
        let head = |row: &SqliteRow| {
            Ok(Head {
                epoch: row.try_get("epoch")?,
                position: row.try_get("position")?,
                chain: row.try_get("chain")?,
            })
        };
        rows.iter().map(head).collect()
    }

    /// The position up to which history and copy were verified, and the head of the chain there.
    pub async fn verified(&self) -> Result<(i64, [u8; 32])> {
        let row = sqlx::query("SELECT verified_at, verified_chain FROM state")
            .fetch_one(&self.pool)
            .await?;
        let chain: Vec<u8> = row.try_get("verified_chain")?;
        let damaged = |_| ReplicaError::Damaged("the head that was verified");
        Ok((
            row.try_get("verified_at")?,
            chain.try_into().map_err(damaged)?,
        ))
    }

    /// History and copy were verified up to a position.
    pub async fn set_verified(&self, (position, chain): (i64, [u8; 32])) -> Result<()> {
        sqlx::query("UPDATE state SET verified_at = ?, verified_chain = ?")
            .bind(position)
            .bind(&chain[..])
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The records of the copy behind a position and up to another, one by one, as the hub sent them.
    pub async fn frames(&self, after: i64, last: i64, mut each: impl FnMut(Bytes)) -> Result<()> {
        let query = "SELECT frame FROM record WHERE position > ? AND position <= ?";
        let mut rows = sqlx::query(query).bind(after).bind(last).fetch(&self.pool);
        while let Some(row) = rows.try_next().await? {
            each(row.try_get::<Vec<u8>, _>("frame")?.into());
        }
        Ok(())
    }

    /// The records that were deleted up to a position since the copy was begun.
    pub async fn gone(&self, last: i64) -> Result<Vec<String>> {
        let query = sqlx::query_scalar("SELECT id FROM gone WHERE position <= ? ORDER BY position");
        Ok(query.bind(last).fetch_all(&self.pool).await?)
    }
}

/// Remembers the head of a checkpoint. Of the past stay about four heads for every doubling of its age in
/// checkpoints: a rewrite changes every head behind it, so that the newest one finds it, and the older
/// ones tell about when.
pub async fn remember(tx: &mut Tx, position: i64, chain: &[u8]) -> Result<()> {
    sqlx::query(
        "INSERT OR IGNORE INTO head (epoch, position, chain) SELECT epoch, ?, ? FROM state",
    )
    .bind(position)
    .bind(chain)
    .execute(&mut **tx)
    .await?;
    // The lowest bit of a number is 1 for every second, 2 for every fourth, and so on.
    sqlx::query("DELETE FROM head WHERE (SELECT MAX(seq) FROM head) - seq > 8 * (seq & -seq)")
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What was verified counts no more, because other history or another copy comes in its place. It is
/// remembered as any head.
pub async fn unverify(tx: &mut Tx) -> Result<()> {
    for statement in [
        "INSERT OR IGNORE INTO head (epoch, position, chain) \
         SELECT epoch, verified_at, verified_chain FROM state WHERE verified_at > 0",
        "UPDATE state SET verified_at = 0, verified_chain = zeroblob(32)",
    ] {
        sqlx::query(statement).execute(&mut **tx).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ages, in checkpoints, of the heads that are left of so many.
    async fn ages(database: &Database, checkpoints: i64) -> Vec<i64> {
        let heads = database.heads().await.unwrap().into_iter();
        let told = heads.filter(|head| head.position > 0);
        told.map(|head| checkpoints - head.position).rev().collect()
    }

    #[tokio::test]
    async fn few_heads_stay_and_the_newest_and_one_of_about_every_age_is_among_them() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("copy.db"))
            .await
            .unwrap();
        let mut tx = database.begin().await.unwrap();
        for position in 1..=5_000 {
            remember(&mut tx, position, &[7; 32]).await.unwrap();
            // Told twice.
            remember(&mut tx, position, &[7; 32]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let ages = ages(&database, 5_000).await;
        assert!(ages.len() < 4 * 13 + 8, "{} heads", ages.len());
        assert_eq!(ages[..5], [0, 1, 2, 3, 4]);
        let apart = |pair: &[i64]| pair[1] - pair[0] <= 2 + pair[1] / 3;
        assert!(ages.windows(2).all(apart), "{ages:?}");
        assert!(*ages.last().unwrap() > 3_000, "{ages:?}");
    }

    #[tokio::test]
    async fn two_heads_of_one_position_are_both_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("copy.db"))
            .await
            .unwrap();
        let mut tx = database.begin().await.unwrap();
        for chain in [[1; 32], [2; 32], [1; 32]] {
            remember(&mut tx, 9, &chain).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(ages(&database, 9).await, [0, 0]);
    }
}
