//! Whether the hub's history still is the one that this campus was told.

use super::error::{ReplicaError, Result};
use super::line::Line;
use super::proof::{Past, Proof, Walk};
use super::replica::Replica;
use crate::wire::v1;
use tonic::{Code, Status};

/// Before the first commit.
const START: (i64, [u8; 32]) = (0, [0; 32]);

impl Replica {
    /// Computes the hub's history anew from its leaves, and holds it against the remembered heads and the
    /// copy: from where the last verification ended, or, when `all` is set or something differs, from the
    /// start. With `all` it also holds every older version of the copy's records, and every one of those that were
    /// deleted since the copy was begun, against its leaf: a call for each record that was ever changed, which may
    /// take as long as the hub's limits make it, so that nobody waits for it every day. While a sync or a watch runs it is `Busy`.
    pub async fn verify(&self, line: &Line, all: bool) -> Result<Proof> {
        let _talking = self.talk()?;
        self.meet(line).await?;
        let verified = self.database.verified().await?;
        if !all && verified != START {
            let proof = self.walk(line, verified, false).await?;
            if proof.whole() {
                return Ok(proof);
            }
        }
        self.walk(line, START, all).await
    }

    async fn walk(&self, line: &Line, from: (i64, [u8; 32]), older: bool) -> Result<Proof> {
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
        if older {
            let gone = self.database.gone(walk.position()).await?;
            for past in walk.past(gone) {
                walk_back(line, &mut walk, past).await?;
            }
        }
        let (proof, verified) = walk.finish();
        if proof.whole() {
            self.database.set_verified(verified).await?;
        }
        Ok(proof)
    }
}

/// Along the versions of a record that the copy does not hold, the newest first.
async fn walk_back(line: &Line, walk: &mut Walk, mut past: Past) -> Result<()> {
    let mut ask = v1::ListHistoryRequest {
        record_id: past.id.clone(),
        page_size: 100,
        whole: true,
        ..Default::default()
    };
    loop {
        let page = match line.sync().list_history(ask.clone()).await {
            Ok(page) => page.into_inner(),
            Err(status) if status.code() == Code::NotFound => {
                walk.hidden();
                return Ok(());
            }
            Err(status) => {
                rest(status).await?;
                continue;
            }
        };
        for entry in &page.entries {
            walk.older(&mut past, entry);
        }
        ask.page_token = page.next_page_token;
        if ask.page_token.is_empty() {
            return Ok(());
        }
    }
}

/// Who asks too often is told when to ask again.
async fn rest(status: Status) -> Result<()> {
    let too_often = status.code() == Code::ResourceExhausted;
    let error = ReplicaError::from(status);
    let Some(pause) = error.retry_after().filter(|_| too_often) else {
        return Err(error);
    };
    tokio::time::sleep(pause).await;
    Ok(())
}
