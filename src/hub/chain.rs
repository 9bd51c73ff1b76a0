//! The history as its chain has it, for campuses that verify it.

use super::{Hub, HubError};
use crate::access::Errand;
use crate::model::caller::Caller;
use crate::store::Commits;

/// No leaf of the chain costs more on the wire, its commit counted in.
const LEAF_BYTES: usize = 256;

impl Hub {
    /// A part of the group's history with the leaves of its chain: after a position, at most so many; 0:
    /// as many as a page holds.
    ///
    /// # Errors
    /// `Denied` for a public link.
    pub async fn commits(
        &self,
        caller: &Caller,
        after: i64,
        limit: usize,
    ) -> Result<Commits, HubError> {
        Self::allow(caller, Errand::History)?;
        let most = (self.limits.page_bytes_max / LEAF_BYTES).max(1);
        let limit = if limit == 0 { most } else { limit.min(most) };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (group, sight) = (caller.group.key, self.sights.of(caller, 0).await?);
        Ok(self.store.commits(group, after, limit, &sight).await?)
    }
}
