//! Staying in step: sync, then a stream, and again after whatever happens.

use super::backoff::Backoff;
use super::error::Result;
use super::line::Line;
use super::replica::Replica;
use crate::wire::v1;
use std::future::Future;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};
use v1::watch_response::Event;

/// A stream that is silent for so many heartbeats is dead.
const SILENT_HEARTBEATS: u32 = 3;
/// The heartbeat of a hub that does not say.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A stream that ends earlier than this counts as a fast loop, and the next one waits.
const FAST: Duration = Duration::from_secs(5);

impl Replica {
    /// Stays in step with the hub until it is dropped, or until something happens that waiting does not
    /// heal. `on_change` is called whenever the copy is whole again; `typed` is notified by whoever types,
    /// so that the outbox leaves at once.
    pub async fn watch(
        &self,
        line: &Line,
        typed: &Notify,
        mut on_change: impl FnMut(&v1::Checkpoint),
    ) -> Result<()> {
        let _talking = self.talk()?;
        let mut backoff = Backoff::default();
        loop {
            let began = Instant::now();
            let ended = self.watch_once(line, typed, &mut on_change).await;
            if began.elapsed() >= FAST {
                backoff.reset();
            }
            let asked = match ended {
                Ok(()) => None,
                Err(error) if error.passes() => {
                    self.observer.interrupted(&error);
                    error.retry_after()
                }
                Err(error) => return Err(error),
            };
            tokio::time::sleep(backoff.next().max(asked.unwrap_or_default())).await;
        }
    }

    async fn watch_once(
        &self,
        line: &Line,
        typed: &Notify,
        on_change: &mut impl FnMut(&v1::Checkpoint),
    ) -> Result<()> {
        on_change(&self.sync_once(line).await?);
        let patience = patience(line).await?;
        let watch = v1::WatchRequest {
            cursor: self.state().await?.cursor,
            ..Default::default()
        };
        let mut events = line.sync().watch(watch).await?.into_inner();
        loop {
            let event = match first(typed.notified(), timeout(patience, events.message())).await {
                First::Left(()) => {
                    // What the push changes comes back by the stream.
                    let limits = self.meet(line).await?;
                    if self.state().await?.recover {
                        return Ok(());
                    }
                    self.push(line, &limits).await?;
                    self.report(line).await?;
                    continue;
                }
                First::Right(Ok(event)) => event?.and_then(|event| event.event),
                First::Right(Err(_)) => return Ok(()),
            };
            match event {
                Some(Event::Changes(changes)) => {
                    self.lay_aside(&changes.changes, &changes.cursor).await?;
                }
                Some(Event::Checkpoint(checkpoint)) => {
                    self.make_whole(&checkpoint).await?;
                    on_change(&checkpoint);
                    self.report(line).await?;
                }
                Some(Event::Heartbeat(_)) => self.report(line).await?,
                Some(Event::ResetRequired(reset)) => return self.start_over(reset.reason()).await,
                Some(Event::Goodbye(_)) | None => return Ok(()),
            }
        }
    }
}

/// How long a stream may be silent.
async fn patience(line: &Line) -> Result<Duration> {
    let about = line.hub().describe(v1::DescribeRequest {}).await?;
    let stated = about
        .into_inner()
        .limits
        .and_then(|limits| limits.heartbeat_interval)
        .and_then(|interval| Duration::try_from(interval).ok());
    Ok(stated.unwrap_or(HEARTBEAT) * SILENT_HEARTBEATS)
}

enum First<L, R> {
    Left(L),
    Right(R),
}

/// Whichever comes first; the other is dropped. Both are safe to drop: a message of the stream is only
/// taken when it is there whole.
async fn first<L, R>(left: impl Future<Output = L>, right: impl Future<Output = R>) -> First<L, R> {
    tokio::select! {
        left = left => First::Left(left),
        right = right => First::Right(right),
    }
}
