//! A clerk's desk on her own computer: the copy of her school. What she pushes is typed into the outbox, durable at
//! once, and told as answered when a hub has answered it.

use super::desk::Desk;
use super::told::{self, Told};
use crate::client::{Replica, ReplicaError, Seen};
use crate::console::frame::Frame;
use crate::console::read::{GROUND, Ground, not_here};
use crate::console::trouble::Trouble;
use crate::hub::{Duties, duties_of};
use crate::model::clock::{Clock as _, SystemClock};
use crate::model::date::Span;
use crate::wire::v1;
use axum::response::Response;
use jiff::Timestamp;
use prost::Message as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, timeout_at};

/// How long a page waits for the hub's answer while there is a line.
const PATIENCE: Duration = Duration::from_secs(5);

/// A copy that is kept in step beside its pages.
#[derive(Clone)]
pub struct Kept {
    /// The copy.
    pub replica: Arc<Replica>,
    /// Notified when something is typed.
    pub typed: Arc<Notify>,
    /// Changes whenever the hub has answered something.
    pub answered: watch::Receiver<u64>,
    /// The hub is in reach.
    pub in_reach: Arc<AtomicBool>,
}

/// The desk of the campus whose copy it is.
pub struct CopyDesk {
    kept: Kept,
    state: crate::client::State,
    /// The copy as the request found it.
    seen: Seen,
}

impl CopyDesk {
    /// The desk, for one request.
    ///
    /// # Errors
    /// When there is no copy yet, or it is the office's.
    pub async fn of(kept: &Kept) -> Result<Self, Trouble> {
        let state = kept.replica.state().await?;
        if state.whole_at == 0 {
            return Err(Trouble::no_copy());
        }
        if state.campus.is_empty() {
            return Err(Trouble::no_campus());
        }
        let seen = kept.replica.seen().await?;
        let kept = kept.clone();
        Ok(CopyDesk { kept, state, seen })
    }

    /// What was typed and no hub has accepted: what waits, and what was refused, with the reason.
    ///
    /// # Errors
    /// When the copy cannot be read.
    pub async fn outbox(&self) -> Result<Response, Trouble> {
        let ground = self.ground().await?;
        let mut all = Vec::new();
        for entry in self.kept.replica.outbox().await? {
            let answer = entry.answer.filter(|_| entry.refused);
            let content = self.kept.replica.content(&entry.mutation.record_id).await?;
            all.push(Told::of(
                &entry.mutation,
                answer.as_ref(),
                content.as_ref(),
                &ground,
            ));
        }
        Ok(told::page(self, &ground, all, None))
    }

    /// Until the hub has answered some mutations, or the line is lost, or it takes too long.
    async fn told(&self, ids: &[String]) -> Result<Vec<v1::PushResult>, ReplicaError> {
        let mut answered = self.kept.answered.clone();
        let until = Instant::now() + PATIENCE;
        loop {
            answered.mark_unchanged();
            let mut results = Vec::new();
            for id in ids {
                results.push(self.kept.replica.answer(id).await?);
            }
            let open = |result: &v1::PushResult| result.outcome() == v1::Outcome::Unspecified;
            if !results.iter().any(open) || !self.kept.in_reach.load(Ordering::Acquire) {
                return Ok(results);
            }
            match timeout_at(until, answered.changed()).await {
                Ok(Ok(())) => {}
                _ => return Ok(results),
            }
        }
    }
}

impl Desk for CopyDesk {
    fn campus(&self) -> String {
        self.state.campus.clone()
    }

    fn frame(&self, ground: &Ground, title: &str) -> Frame {
        let whole = Timestamp::from_microsecond(self.state.whole_time).unwrap_or_default();
        Frame {
            who: format!("{} · 本机副本", ground.name(&self.state.campus)),
            home: "/desk".to_owned(),
            as_of: ground.moment(whole),
            ..Frame::outside(title)
        }
    }

    async fn ground(&self) -> Result<Ground, Trouble> {
        let mut registers = Vec::new();
        for kind in GROUND {
            for record in self.records(kind, Span::ALWAYS).await? {
                let content = v1::Content::decode(record.content);
                let content = content.ok().and_then(|content| content.kind);
                registers.extend(content.map(|content| (record.id, content)));
            }
        }
        let now = SystemClock.now();
        Ok(Ground::made_of(registers, now, self.state.whole_at))
    }

    async fn records(&self, kind: &str, span: Span) -> Result<Vec<v1::Record>, Trouble> {
        Ok(self.seen.of(kind, span))
    }

    async fn record(&self, id: &str) -> Result<v1::Record, Trouble> {
        let record = self.seen.one(id).cloned();
        Ok(record.ok_or_else(|| not_here(id))?)
    }

    async fn duties(&self) -> Result<Duties, Trouble> {
        let records = self.kept.replica.records().await?;
        let instant = (self.state.whole_at, SystemClock.now());
        Ok(duties_of(&records, &self.state.campus, instant))
    }

    async fn judge(&self, _: Vec<v1::Mutation>) -> Result<Vec<v1::PushResult>, Trouble> {
        Ok(Vec::new())
    }

    async fn push(&self, mutations: Vec<v1::Mutation>) -> Result<Vec<v1::PushResult>, Trouble> {
        let mut ids = Vec::new();
        for mutation in mutations {
            self.kept.replica.type_once(&mutation).await?;
            ids.push(mutation.mutation_id);
        }
        self.kept.typed.notify_one();
        Ok(self.told(&ids).await?)
    }
}
