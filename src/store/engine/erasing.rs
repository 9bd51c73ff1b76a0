//! What a store is asked when somebody is to be exported or erased.

use super::Engine;
use crate::model::ids::{CredentialId, GroupKey, RecordId};
use crate::store::sql::{erase, retain};
use crate::store::{Erasing, Erasure, Mentions, Result, Retained};
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;

#[async_trait]
impl<E: Engine> Erasing for E {
    async fn mentions(
        &self,
        group: GroupKey,
        id: RecordId,
        after: i64,
        bytes_max: usize,
    ) -> Result<Mentions> {
        let mut tx = self.snapshot().await?;
        erase::mentions(&mut tx.db(), group, id, after, bytes_max).await
    }

    async fn acted(
        &self,
        group: GroupKey,
        actor: &str,
        after: i64,
    ) -> Result<(Vec<RecordId>, i64, bool)> {
        let mut tx = self.snapshot().await?;
        erase::acted(&mut tx.db(), group, actor, after).await
    }

    async fn erase_holder(
        &self,
        group: GroupKey,
        credential: CredentialId,
        erased: &str,
    ) -> Result<()> {
        let mut tx = self.transaction(&[group]).await?;
        erase::holder(&mut tx.db(), group, credential, erased).await?;
        tx.end().await
    }

    async fn mentioned_by(
        &self,
        group: GroupKey,
        kind: &str,
        id: RecordId,
    ) -> Result<Vec<RecordId>> {
        erase::mentioned_by(&mut self.reader().await?.db(), group, kind, id).await
    }

    async fn note_erasures(&self, erasures: &[Erasure], at: Timestamp) -> Result<()> {
        let groups: Vec<GroupKey> = erasures.iter().map(|erasure| erasure.group).collect();
        let mut tx = self.transaction(&groups).await?;
        erase::note(&mut tx.db(), erasures, at).await?;
        tx.end().await
    }

    async fn erasures_due(&self, group: GroupKey) -> Result<Vec<Erasure>> {
        erase::due(&mut self.reader().await?.db(), group).await
    }

    async fn scrub(&self) -> Result<bool> {
        self.overwrite().await
    }

    async fn ended(
        &self,
        group: GroupKey,
        kind: &str,
        before: Retained,
        by: Date,
    ) -> Result<Vec<RecordId>> {
        retain::ended(&mut self.reader().await?.db(), group, kind, before, by).await
    }

    async fn undated(
        &self,
        group: GroupKey,
        kind: &str,
        written: (i64, i64),
    ) -> Result<Vec<RecordId>> {
        retain::undated(&mut self.reader().await?.db(), group, kind, written).await
    }

    async fn retained(&self, group: GroupKey, kind: &str) -> Result<Retained> {
        retain::retained(&mut self.reader().await?.db(), group, kind).await
    }

    async fn note_retained(&self, group: GroupKey, kind: &str, retained: Retained) -> Result<()> {
        retain::note(&mut self.writer().await?.db(), group, kind, retained).await
    }
}
