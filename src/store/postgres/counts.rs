//! Having tables counted while they grow fast. Until PostgreSQL has counted them it guesses that a group has
//! next to nothing, and then walking all of it looks as good as going down the right index. It counts by
//! itself once a minute at most, which is too late for a group that is just being brought in.

use super::super::sql::db::answered;
use crate::store::Standing;
use sqlx::{Executor as _, PgConnection};
use std::sync::atomic::{AtomicI64, Ordering};

/// Tables of more versions grow slowly enough for PostgreSQL to count them in time.
const LARGE: i64 = 100_000;
/// As many new versions are worth a count.
const WORTHWHILE: i64 = 100;

/// How much there was when it was counted last.
#[derive(Debug, Default)]
pub struct Counts(AtomicI64);

impl Counts {
    /// Has the tables counted when they hold more than twice what they held.
    pub async fn keep(&self, db: &mut PgConnection, standings: &[Standing]) {
        let held: i64 = standings.iter().map(|standing| standing.position).sum();
        let grown = held >= 2 * self.0.load(Ordering::Relaxed) + WORTHWHILE;
        if !grown || held >= LARGE {
            return;
        }
        self.0.store(held, Ordering::Relaxed);
        let count = "ANALYZE version, record, audience, key, \"commit\"";
        if let Err(error) = answered(db.execute(count)).await {
            tracing::warn!(%error, "the tables were not counted; PostgreSQL does so by itself later");
        }
    }
}
