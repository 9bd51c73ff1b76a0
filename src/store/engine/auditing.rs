//! What a store is asked to keep of who did what.

use super::Engine;
use crate::model::audit::{Audited, Refusal};
use crate::model::ids::GroupKey;
use crate::store::sql::audit;
use crate::store::{Auditing, Result};
use async_trait::async_trait;
use jiff::Timestamp;

#[async_trait]
impl<E: Engine> Auditing for E {
    async fn note(&self, group: GroupKey, deeds: &[Audited]) -> Result<()> {
        let mut tx = self.transaction(&[group]).await?;
        for deed in deeds {
            audit::write(&mut tx.db(), group, deed).await?;
        }
        tx.end().await
    }

    async fn count_refusals(&self, refusals: &[Refusal]) -> Result<()> {
        let mut tx = self.transaction(&[]).await?;
        audit::count_refusals(&mut tx.db(), refusals).await?;
        tx.end().await
    }

    async fn deeds(
        &self,
        group: GroupKey,
        after: (Timestamp, i64),
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<(i64, Audited)>> {
        audit::deeds(&mut self.reader().await?.db(), group, after, until, limit).await
    }

    async fn refusals(
        &self,
        group: GroupKey,
        after: (Timestamp, &str, &str),
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Refusal>> {
        audit::refusals(&mut self.reader().await?.db(), group, after, until, limit).await
    }
}
