//! What the embedded store is asked to keep of who did what.

use super::{SqliteStore, SqliteWriting};
use crate::model::audit::{Audited, Refusal};
use crate::model::ids::GroupKey;
use crate::store::sql::audit;
use crate::store::{Auditing, Result};
use async_trait::async_trait;
use jiff::Timestamp;

#[async_trait]
impl Auditing for SqliteStore {
    async fn note(&self, group: GroupKey, deeds: &[Audited]) -> Result<()> {
        let mut writing = SqliteWriting::begin(&self.writer).await?;
        for deed in deeds {
            audit::write(writing.db(), group, deed).await?;
        }
        writing.end().await
    }

    async fn count_refusals(&self, refusals: &[Refusal]) -> Result<()> {
        let mut writing = SqliteWriting::begin(&self.writer).await?;
        audit::count_refusals(writing.db(), refusals).await?;
        writing.end().await
    }

    async fn deeds(
        &self,
        group: GroupKey,
        after: (Timestamp, i64),
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<(i64, Audited)>> {
        audit::deeds(
            &mut *self.readers.acquire().await?,
            group,
            after,
            until,
            limit,
        )
        .await
    }

    async fn refusals(
        &self,
        group: GroupKey,
        after: (Timestamp, &str, &str),
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Refusal>> {
        audit::refusals(
            &mut *self.readers.acquire().await?,
            group,
            after,
            until,
            limit,
        )
        .await
    }
}
