//! What a replica says of itself to the hub, for the office to see. Nobody waits for it, and nothing depends on it.

use super::error::Result;
use super::line::Line;
use super::replica::Replica;
use crate::wire::v1;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// What did not change is said again after this long, with the position reached meanwhile.
const EVERY: Duration = Duration::from_mins(1);
/// A report is worth no longer wait.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was said last, and when.
pub type Told = Option<(v1::ReportStatusRequest, Instant)>;

impl Replica {
    /// Says how it stands, when that changed or was said long ago. One that is not heard is said again.
    pub(super) async fn report(&self, line: &Line) -> Result<()> {
        let status = self.database.standing().await?;
        let said = |(said, at): &(v1::ReportStatusRequest, Instant)| {
            let position = status.position;
            v1::ReportStatusRequest { position, ..*said } == status && at.elapsed() < EVERY
        };
        if self.told().as_ref().is_some_and(said) {
            return Ok(());
        }
        if let Ok(Ok(_)) = timeout(PATIENCE, line.sync().report_status(status)).await {
            *self.told() = Some((status, Instant::now()));
        }
        Ok(())
    }
}
