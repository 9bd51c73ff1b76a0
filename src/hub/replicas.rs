//! What replicas say of themselves.

use super::{Hub, HubError};
use crate::access::Errand;
use crate::model::caller::Caller;
use crate::store::ReplicaStanding;

/// How a replica stands, as it says.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// The position up to which its copy is whole.
    pub position: i64,
    /// What was typed and has no answer yet.
    pub unsent: i32,
    /// What was refused and nobody corrected.
    pub refused: i32,
    /// Conflicts that it shows open.
    pub conflicts: i32,
}

impl Hub {
    /// Notes how the caller's replica stands.
    ///
    /// # Errors
    /// `Invalid` for a number below 0.
    pub async fn report_status(&self, caller: &Caller, report: Report) -> Result<(), HubError> {
        Self::allow(caller, Errand::Push)?;
        for (field, number) in [
            ("position", report.position),
            ("unsent", report.unsent.into()),
            ("refused", report.refused.into()),
            ("conflicts", report.conflicts.into()),
        ] {
            if number < 0 {
                return Err(HubError::invalid(
                    field,
                    format!("{field} must not be negative"),
                ));
            }
        }
        let group = caller.group.key;
        let newest = self.store.head(group).await?.position;
        let replica = ReplicaStanding {
            // A copy that is ahead of a restored hub lacks nothing of it.
            behind: (newest - report.position).max(0),
            unsent: report.unsent,
            refused: report.refused,
            conflicts: report.conflicts,
        };
        let now = self.clock.now();
        Ok(self
            .store
            .report(group, caller.credential, replica, now)
            .await?)
    }
}
