//! What the operator reads of who did what.

use super::{Hub, HubError};
use crate::model::audit::{Entry, Mark, NO_GROUP, Refused};
use crate::model::ids::CredentialId;
use crate::store::Credential;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// A part of the audit of a group.
pub struct AuditPage {
    /// Its entries, oldest first; the refusals of a minute before what was done in it.
    pub entries: Vec<Entry>,
    /// How far it goes; `None`: to the end.
    pub next: Option<Mark>,
    /// The credentials of the group.
    pub credentials: HashMap<CredentialId, Credential>,
}

impl Hub {
    /// Counts a refused call by the code of its reason.
    pub fn refused(&self, who: Refused, reason: &str) {
        self.refusals.count(who, reason);
    }

    /// A part of the audit of a group or, of none, of callers whom no group knows: what lies beyond a mark
    /// and before a time.
    ///
    /// # Errors
    /// When there is no such group.
    pub async fn audit(
        &self,
        group: Option<Uuid>,
        mut mark: Mark,
        until: Timestamp,
        limit: usize,
    ) -> Result<AuditPage, HubError> {
        let group = match group {
            Some(group) => self.group(group).await?.key,
            None => NO_GROUP,
        };
        // Not this call's to give up half way: what is being written is in no other hands.
        let refusals = Arc::clone(&self.refusals);
        let written = tokio::spawn(async move { refusals.write_down().await }).await;
        written.map_err(|_| HubError::Stopping)??;
        // One more than is shown tells whether there is more.
        let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let deeds = self.store.deeds(group, mark.deed, until, wanted).await?;
        let (minute, who, reason) = &mark.refusal;
        let after = (*minute, who.as_str(), reason.as_str());
        let refusals = self.store.refusals(group, after, until, wanted).await?;
        let refusals = refusals.into_iter().map(Entry::Refusal);
        let deeds = deeds
            .into_iter()
            .map(|(number, deed)| Entry::Deed(number, deed));
        let mut entries: Vec<Entry> = refusals.chain(deeds).collect();
        entries.sort_by_key(Entry::time);
        let more = entries.len() > limit;
        entries.truncate(limit);
        entries.iter().for_each(|entry| mark.pass(entry));
        let credentials = self.store.credentials(group).await?.into_iter();
        Ok(AuditPage {
            entries,
            next: more.then_some(mark),
            credentials: credentials
                .map(|listed| (listed.credential.id, listed.credential))
                .collect(),
        })
    }
}
