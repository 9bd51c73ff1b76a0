//! What the embedded store is asked to keep of who may call.

use super::{SqliteStore, SqliteWriting};
use crate::model::audit::Deed;
use crate::model::ids::{CredentialId, GroupKey, Place};
use crate::model::secret::SecretHash;
use crate::store::sql::{credentials, handovers};
use crate::store::{Credential, Credentials, Handover, Held, ListedCredential, Result, Trade};
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::HashMap;

#[async_trait]
impl Credentials for SqliteStore {
    async fn create_credential(
        &self,
        credential: &Credential,
        handover: &Handover,
        at: Timestamp,
    ) -> Result<()> {
        let mut writing = SqliteWriting::begin(&self.writer).await?;
        credentials::create(writing.db(), credential, at).await?;
        let (group, id) = (credential.group, credential.id);
        handovers::hand_over(writing.db(), group, id, handover, (Deed::Created, at)).await?;
        writing.end().await
    }

    async fn hand_over(
        &self,
        group: GroupKey,
        id: CredentialId,
        handover: &Handover,
        at: Timestamp,
    ) -> Result<()> {
        let mut writing = SqliteWriting::begin(&self.writer).await?;
        handovers::hand_over(writing.db(), group, id, handover, (Deed::Rotated, at)).await?;
        writing.end().await
    }

    async fn trade(&self, code: &SecretHash, token: &SecretHash, now: Timestamp) -> Result<Trade> {
        let mut writing = SqliteWriting::begin(&self.writer).await?;
        let trade = handovers::trade(writing.db(), code, token, now).await?;
        writing.end().await?;
        Ok(trade)
    }

    async fn revoke(&self, group: GroupKey, id: CredentialId, at: Timestamp) -> Result<bool> {
        let mut writing = SqliteWriting::begin(&self.writer).await?;
        let found = credentials::revoke(writing.db(), group, id, at).await?;
        writing.end().await?;
        Ok(found)
    }

    async fn held(&self, token: &SecretHash) -> Result<Option<Held>> {
        credentials::held(&mut *self.readers.acquire().await?, token).await
    }

    async fn credentials(&self, group: GroupKey) -> Result<Vec<ListedCredential>> {
        credentials::list(&mut *self.readers.acquire().await?, group).await
    }

    async fn confirm(
        &self,
        group: GroupKey,
        ids: Option<&[CredentialId]>,
        at: Timestamp,
    ) -> Result<u64> {
        let mut writing = SqliteWriting::begin(&self.writer).await?;
        let confirmed = credentials::confirm(writing.db(), group, ids, at).await?;
        writing.end().await?;
        Ok(confirmed)
    }

    async fn heard(&self, group: GroupKey, id: CredentialId, at: Timestamp) -> Result<()> {
        credentials::heard(&mut *self.writer.acquire().await?, group, id, at).await
    }

    async fn last_heard(&self, group: GroupKey) -> Result<HashMap<Place, Timestamp>> {
        credentials::last_heard(&mut *self.readers.acquire().await?, group).await
    }
}
