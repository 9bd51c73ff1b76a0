//! Which records name people for too long.

use super::records::Records;
use crate::kinds::registers::policy::zone;
use crate::model::date::{FIRST_DAY, Span};
use crate::model::ids::GroupKey;
use crate::store::{Result, Store};
use crate::wire::v1;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// A kind whose records of some day and before may name people no longer.
pub struct Overdue {
    /// Its name.
    pub kind: String,
    /// The last such day.
    pub by: Date,
    zone: TimeZone,
}

impl Overdue {
    /// When a day ended, where the group lives.
    #[must_use]
    pub fn end_of(&self, day: Date) -> Timestamp {
        let next = day.saturating_add(1.day()).to_zoned(self.zone.clone());
        next.map_or(Timestamp::MIN, |midnight| midnight.timestamp())
    }
}

/// Each kind of which the group's policy says how long it may name people.
///
/// # Errors
/// When the database failed.
pub async fn overdue(store: &dyn Store, group: GroupKey, now: Timestamp) -> Result<Vec<Overdue>> {
    let position = store.head(group).await?.position;
    let mut records = Records::default();
    // A policy is of all days.
    let span = Span {
        first: FIRST_DAY,
        last: FIRST_DAY,
    };
    records
        .read(store, (group, position), &["policy"], span)
        .await?;
    let policy = records.policy;
    Ok(policy
        .map(|policy| last_days(&policy, now))
        .unwrap_or_default())
}

fn last_days(policy: &v1::Policy, now: Timestamp) -> Vec<Overdue> {
    let zone = zone(Some(policy));
    let today = now.to_zoned(zone.clone()).date();
    let overdue = |retention: &v1::Retention| {
        let kept_from = today.saturating_sub(i64::from(retention.months).months());
        Overdue {
            kind: retention.kind.clone(),
            by: kept_from.saturating_sub(1.day()),
            zone: zone.clone(),
        }
    };
    policy.retentions.iter().map(overdue).collect()
}
