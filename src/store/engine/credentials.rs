//! What a store is asked to keep of who may call.

use super::Engine;
use crate::model::audit::Deed;
use crate::model::ids::{CredentialId, GroupKey, Place};
use crate::model::secret::{Purpose, SecretHash};
use crate::store::sql::{credentials, handovers};
use crate::store::{
    Credential, Credentials, Handover, Held, ListedCredential, Loan, ReplicaStanding, Reported,
    Result, Trade,
};
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::HashMap;

#[async_trait]
impl<E: Engine> Credentials for E {
    async fn create_credential(
        &self,
        credential: &Credential,
        handover: &Handover,
        at: Timestamp,
    ) -> Result<()> {
        let (group, id) = (credential.group, credential.id);
        let mut tx = self.transaction(&[group]).await?;
        credentials::create(&mut tx.db(), credential, at).await?;
        handovers::hand_over(&mut tx.db(), group, id, handover, (Deed::Created, at)).await?;
        tx.end().await
    }

    async fn hand_over(
        &self,
        group: GroupKey,
        id: CredentialId,
        handover: &Handover,
        at: Timestamp,
    ) -> Result<()> {
        let mut tx = self.transaction(&[group]).await?;
        handovers::hand_over(&mut tx.db(), group, id, handover, (Deed::Rotated, at)).await?;
        tx.end().await
    }

    async fn trade(&self, code: &SecretHash, token: &SecretHash, now: Timestamp) -> Result<Trade> {
        let group = handovers::group_of(&mut self.reader().await?.db(), code).await?;
        let Some(group) = group else {
            return Ok(Trade::Unknown);
        };
        let mut tx = self.transaction(&[group]).await?;
        let trade = handovers::trade(&mut tx.db(), code, token, now).await?;
        tx.end().await?;
        Ok(trade)
    }

    async fn lend(
        &self,
        group: GroupKey,
        id: CredentialId,
        loan: &Loan,
        at: Timestamp,
    ) -> Result<()> {
        let mut tx = self.transaction(&[group]).await?;
        handovers::lend(&mut tx.db(), group, id, loan, at).await?;
        tx.end().await
    }

    async fn take_back(
        &self,
        group: GroupKey,
        id: CredentialId,
        purpose: Purpose,
        token: Option<&SecretHash>,
    ) -> Result<()> {
        let mut tx = self.transaction(&[group]).await?;
        handovers::take_back(&mut tx.db(), group, id, purpose, token).await?;
        tx.end().await
    }

    async fn revoke(&self, group: GroupKey, id: CredentialId, at: Timestamp) -> Result<bool> {
        let mut tx = self.transaction(&[group]).await?;
        let found = credentials::revoke(&mut tx.db(), group, id, at).await?;
        tx.end().await?;
        Ok(found)
    }

    async fn held(&self, token: &SecretHash) -> Result<Option<Held>> {
        // Every call needs it: one that finds a connection that has ended is not failed by it.
        credentials::held(&mut self.snapshot().await?.db(), token).await
    }

    async fn credentials(&self, group: GroupKey) -> Result<Vec<ListedCredential>> {
        credentials::list(&mut self.reader().await?.db(), group).await
    }

    async fn confirm(
        &self,
        group: GroupKey,
        ids: Option<&[CredentialId]>,
        at: Timestamp,
    ) -> Result<u64> {
        let mut tx = self.transaction(&[group]).await?;
        let confirmed = credentials::confirm(&mut tx.db(), group, ids, at).await?;
        tx.end().await?;
        Ok(confirmed)
    }

    async fn heard(&self, group: GroupKey, id: CredentialId, at: Timestamp) -> Result<()> {
        credentials::heard(&mut self.writer().await?.db(), group, id, at).await
    }

    async fn report(
        &self,
        group: GroupKey,
        id: CredentialId,
        replica: ReplicaStanding,
        at: Timestamp,
    ) -> Result<()> {
        credentials::report(&mut self.writer().await?.db(), group, id, replica, at).await
    }

    async fn reports(&self, group: GroupKey) -> Result<Vec<Reported>> {
        credentials::reports(&mut self.reader().await?.db(), group).await
    }

    async fn last_heard(&self, group: GroupKey) -> Result<HashMap<Place, Timestamp>> {
        credentials::last_heard(&mut self.reader().await?.db(), group).await
    }
}
