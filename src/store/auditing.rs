//! The part of the port that keeps who did what. Whatever changes credentials or erases writes its deed in
//! the same transaction; what stands here is for deeds that change nothing else.

use super::Result;
use crate::model::audit::{Audited, Refusal};
use crate::model::ids::GroupKey;
use async_trait::async_trait;
use jiff::Timestamp;

/// What a store is asked to keep of who did what.
#[async_trait]
pub trait Auditing {
    /// Writes deeds down, in their order and durably. Each gets the next number of its group: 1, 2, 3 …
    async fn note(&self, group: GroupKey, deeds: &[Audited]) -> Result<()>;
    /// Adds to the counts of refusals.
    async fn count_refusals(&self, refusals: &[Refusal]) -> Result<()>;
    /// The deeds of a group before a time, with their numbers, oldest first; those after a time and number.
    async fn deeds(
        &self,
        group: GroupKey,
        after: (Timestamp, i64),
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<(i64, Audited)>>;
    /// The counts of a group in minutes before a time, oldest first, then by who and reason; those after a
    /// minute, who and reason.
    async fn refusals(
        &self,
        group: GroupKey,
        after: (Timestamp, &str, &str),
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Refusal>>;
}
