//! Whether the hub's history still is the one that this campus was told.

use super::error::Result;
use super::line::Line;
use super::proof::{Proof, Walk};
use super::replica::Replica;
use crate::wire::v1;

/// Before the first commit.
const START: (i64, [u8; 32]) = (0, [0; 32]);

impl Replica {
    /// Computes the hub's history anew from its leaves, and holds it against the remembered heads and the
    /// copy: from where the last verification ended, or, when `all` is set or something differs, from the
    /// start. While a sync or a watch runs it is `Busy`.
    pub async fn verify(&self, line: &Line, all: bool) -> Result<Proof> {
        let _talking = self.talk()?;
        self.meet(line).await?;
        let verified = self.database.verified().await?;
        if !all && verified != START {
            let proof = self.walk(line, verified).await?;
            if proof.whole() {
                return Ok(proof);
            }
        }
        self.walk(line, START).await
    }

    async fn walk(&self, line: &Line, from: (i64, [u8; 32])) -> Result<Proof> {
        let heads = self.database.heads().await?;
        let mut walk = Walk::new(from, self.state().await?.whole_at, heads);
        loop {
            let after = walk.position();
            let ask = v1::ListCommitsRequest {
                after_position: after,
                page_size: 0,
            };
            let page = line.sync().list_commits(ask).await?.into_inner();
            let more = walk.take(&page);
            let last = walk.position();
            let records = self
                .database
                .frames(after, last, |frame| walk.record(&frame));
            records.await?;
            if !more {
                break;
            }
        }
        let (proof, verified) = walk.finish();
        if proof.whole() {
            self.database.set_verified(verified).await?;
        }
        Ok(proof)
    }
}
