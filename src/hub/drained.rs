//! The end of a hub.

use super::refusals::Refusals;
use crate::store::Store;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// What remains of a hub after its doors are closed.
pub struct Drained {
    pub(super) writer: JoinHandle<()>,
    pub(super) counting: JoinHandle<()>,
    pub(super) refusals: Arc<Refusals>,
    pub(super) store: Arc<dyn Store>,
    /// Nobody opens the folder before the database is closed.
    pub(super) _lock: Arc<std::fs::File>,
}

impl Drained {
    /// Waits until everything accepted is written and the database is closed. Every handle on the hub must
    /// be dropped before.
    pub async fn finish(self) {
        let _ = self.writer.await;
        let _ = self.counting.await;
        if let Err(error) = self.refusals.write_down().await {
            tracing::warn!(%error, "the last counts of refusals were not written down");
        }
        self.store.close().await;
    }
}
