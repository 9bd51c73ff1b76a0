//! What the embedded store is asked when somebody is to be exported or erased.

use super::{SqliteStore, SqliteWriting};
use crate::model::ids::{CredentialId, GroupKey, RecordId};
use crate::store::sql::{erase, retain};
use crate::store::{Erasing, Erasure, Mentions, Result, Retained};
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::Row as _;

#[async_trait]
impl Erasing for SqliteStore {
    async fn mentions(
        &self,
        group: GroupKey,
        id: RecordId,
        after: i64,
        bytes_max: usize,
    ) -> Result<Mentions> {
        let mut tx = self.readers.begin().await?;
        erase::mentions(&mut tx, group, id, after, bytes_max).await
    }

    async fn acted(
        &self,
        group: GroupKey,
        actor: &str,
        after: i64,
    ) -> Result<(Vec<RecordId>, i64, bool)> {
        let mut tx = self.readers.begin().await?;
        erase::acted(&mut tx, group, actor, after).await
    }

    async fn erase_holder(
        &self,
        group: GroupKey,
        credential: CredentialId,
        erased: &str,
    ) -> Result<()> {
        erase::holder(
            &mut *self.writer.acquire().await?,
            group,
            credential,
            erased,
        )
        .await
    }

    async fn mentioned_by(
        &self,
        group: GroupKey,
        kind: &str,
        id: RecordId,
    ) -> Result<Vec<RecordId>> {
        erase::mentioned_by(&mut *self.readers.acquire().await?, group, kind, id).await
    }

    async fn note_erasures(&self, erasures: &[Erasure], at: Timestamp) -> Result<()> {
        let mut writing = SqliteWriting::begin(&self.writer).await?;
        erase::note(writing.db(), erasures, at).await?;
        writing.end().await
    }

    async fn erasures_due(&self, group: GroupKey) -> Result<Vec<Erasure>> {
        erase::due(&mut *self.readers.acquire().await?, group).await
    }

    async fn scrub(&self) -> Result<bool> {
        let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut *self.writer.acquire().await?)
            .await?;
        Ok(row.try_get::<i64, _>("busy")? == 0)
    }

    async fn ended(
        &self,
        group: GroupKey,
        kind: &str,
        before: Retained,
        by: Date,
    ) -> Result<Vec<RecordId>> {
        retain::ended(&mut *self.readers.acquire().await?, group, kind, before, by).await
    }

    async fn retained(&self, group: GroupKey, kind: &str) -> Result<Retained> {
        retain::retained(&mut *self.readers.acquire().await?, group, kind).await
    }

    async fn note_retained(&self, group: GroupKey, kind: &str, retained: Retained) -> Result<()> {
        retain::note(&mut *self.writer.acquire().await?, group, kind, retained).await
    }
}
