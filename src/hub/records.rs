//! Single records: now, as they stood, what became of them, and what a push was answered.

use super::{Hub, HubError};
use crate::access::Errand;
use crate::model::caller::Caller;
use crate::model::ids::{MutationId, RecordId};
use crate::model::mutation::Answer;
use crate::sync::history::{self, Entries};
use crate::sync::shown;
use bytes::Bytes;
use jiff::Timestamp;

impl Hub {
    /// A record now, or as it stood at a time, encoded as a change.
    ///
    /// # Errors
    /// `NotFound` for what is not there or not the caller's to see.
    pub async fn record(
        &self,
        caller: &Caller,
        id: RecordId,
        min_position: i64,
        time: Option<Timestamp>,
    ) -> Result<Bytes, HubError> {
        self.reached(caller, min_position).await?;
        let (group, sight) = (caller.group.key, self.sights.of(caller, 0).await?);
        Self::allow(caller, time.map_or(Errand::Read, |_| Errand::History))?;
        let version = match time {
            None => self.store.record(group, id, &sight).await?,
            Some(time) => {
                let position = self.position_at(caller, time).await?;
                history::record_at(&*self.store, (group, &sight), id, position).await?
            }
        };
        let version = version.ok_or_else(|| no_record(id, false))?;
        let frame = version.frame.clone();
        let frame = frame.ok_or_else(|| no_record(id, true))?;
        self.ledger.versions(caller, &[&version]).await?;
        Ok(shown(caller, frame))
    }

    /// A page of a record's versions below a number, newest first.
    ///
    /// # Errors
    /// `NotFound` for what the caller may not see now.
    pub async fn history(
        &self,
        caller: &Caller,
        id: RecordId,
        below: i64,
        limit: usize,
    ) -> Result<Entries, HubError> {
        Self::allow(caller, Errand::History)?;
        let (group, sight) = (caller.group.key, self.sights.of(caller, 0).await?);
        let visible = self.store.record(group, id, &sight).await?;
        if visible.is_none() {
            return Err(no_record(id, false));
        }
        let most = (limit, self.limits.page_bytes_max);
        let entries = history::list(&*self.store, (group, &sight), id, below, most).await?;
        let versions = entries.entries.iter().map(|entry| &entry.written.version);
        let versions: Vec<_> = versions.collect();
        self.ledger.versions(caller, &versions).await?;
        Ok(entries)
    }

    /// The first answers to mutations of the caller's place, and those that had no effect here.
    ///
    /// # Errors
    /// When too many are asked for.
    pub async fn push_results(
        &self,
        caller: &Caller,
        ids: &[MutationId],
    ) -> Result<(Vec<Answer>, Vec<MutationId>), HubError> {
        Self::allow(caller, Errand::Push)?;
        self.count_within(ids.len())?;
        let sight = self.sights.of(caller, 0).await?;
        Ok(history::push_results(&*self.store, caller, &sight, ids).await?)
    }

    /// The last position at or before a time that has come.
    pub(super) async fn position_at(
        &self,
        caller: &Caller,
        time: Timestamp,
    ) -> Result<i64, HubError> {
        if time > self.clock.now() {
            return Err(HubError::invalid("time", "time must not lie in the future"));
        }
        Ok(self
            .store
            .commit_as_of(caller.group.key, time)
            .await?
            .position)
    }
}

fn no_record(id: RecordId, deleted: bool) -> HubError {
    HubError::NotFound {
        what: "record",
        id: id.to_string(),
        deleted,
    }
}
