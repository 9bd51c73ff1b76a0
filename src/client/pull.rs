//! The way of the hub's changes to the copy.

use super::database::Incoming;
use super::error::{ReplicaError, Result};
use super::line::Line;
use super::replica::Replica;
use crate::wire::v1;
use bytes::Bytes;
use prost::Message as _;
use v1::ResetReason;
use v1::change::Change;

/// Where a reading ended.
pub enum Read {
    /// At a checkpoint: the copy is whole.
    Whole(v1::Checkpoint),
    /// The cursor was of no use any more; the next reading is from the start.
    Reset,
}

impl Replica {
    /// Reads pages until the copy is whole, from a hub that holds at least a position.
    pub(super) async fn read_on(&self, line: &Line, min_position: i64) -> Result<Read> {
        loop {
            let pull = v1::PullRequest {
                cursor: self.state().await?.cursor,
                min_position,
                ..Default::default()
            };
            let page = line.sync().pull(pull).await?.into_inner();
            if let Some(reset) = page.reset_required {
                self.start_over(reset.reason()).await?;
                return Ok(Read::Reset);
            }
            self.lay_aside(&page.changes, &page.cursor).await?;
            if let Some(checkpoint) = page.checkpoint {
                self.make_whole(&checkpoint).await?;
                return Ok(Read::Whole(checkpoint));
            }
        }
    }

    pub(super) async fn lay_aside(&self, changes: &[Bytes], cursor: &str) -> Result<()> {
        let changes = changes.iter().map(incoming).collect::<Result<Vec<_>>>()?;
        self.database.lay_aside(&changes, cursor).await?;
        self.observer.read(changes.len());
        Ok(())
    }

    pub(super) async fn make_whole(&self, checkpoint: &v1::Checkpoint) -> Result<()> {
        self.database.make_whole(checkpoint).await?;
        self.observer.whole(checkpoint);
        Ok(())
    }

    /// The one way to go on after a reset. Unless only the reader's sight changed, the hub may have lost
    /// what it acknowledged.
    pub(super) async fn start_over(&self, reason: ResetReason) -> Result<()> {
        self.database
            .start_over(reason != ResetReason::Filter)
            .await
    }
}

fn incoming(frame: &Bytes) -> Result<Incoming> {
    let broken = || ReplicaError::Contract("a change of no kind".to_owned());
    let change = v1::Change::decode(frame.clone()).map_err(|_| broken())?;
    Ok(match change.change.ok_or_else(broken)? {
        Change::Upsert(record) => Incoming {
            id: record.id,
            kind: record.kind,
            version: record.version,
            position: record.position,
            erased: record.erased_position,
            frame: Some(frame.clone()),
        },
        Change::Deleted(deleted) => Incoming {
            id: deleted.id,
            kind: deleted.kind,
            position: deleted.position,
            erased: deleted.erased_position,
            ..Default::default()
        },
        Change::Removed(v1::Removed { id, position }) => Incoming {
            id,
            position,
            ..Default::default()
        },
    })
}
