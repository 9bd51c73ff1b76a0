//! Which records name people for too long.

use super::records::Records;
use crate::kinds::registers::policy::zone;
use crate::model::date::{FIRST_DAY, Span};
use crate::model::ids::GroupKey;
use crate::store::{Result, Store};
use crate::wire::v1;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

/// Each kind of which the group's policy says how long it may name people, with the last day whose records
/// no longer may.
///
/// # Errors
/// When the database failed.
pub async fn overdue(
    store: &dyn Store,
    group: GroupKey,
    now: Timestamp,
) -> Result<Vec<(String, Date)>> {
    let position = store.head(group).await?.position;
    let mut records = Records::default();
    // A policy is of all days.
    let span = Span {
        first: FIRST_DAY,
        last: FIRST_DAY,
    };
    for version in store.as_of(group, "policy", position, span).await? {
        records.add(&version)?;
    }
    let policy = records.policy;
    Ok(policy
        .map(|policy| last_days(&policy, now))
        .unwrap_or_default())
}

fn last_days(policy: &v1::Policy, now: Timestamp) -> Vec<(String, Date)> {
    let today = now.to_zoned(zone(Some(policy))).date();
    let last_day = |retention: &v1::Retention| {
        let kept_from = today.saturating_sub(i64::from(retention.months).months());
        (retention.kind.clone(), kept_from.saturating_sub(1.day()))
    };
    policy.retentions.iter().map(last_day).collect()
}
