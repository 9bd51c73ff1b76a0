//! A stream of events: pages while the reader is behind, then a wait for the next commit.

use super::read::{Reader, Reading};
use crate::model::clock::Clock;
use crate::model::feed::{Checkpoint, Event};
use crate::store::StoreError;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// One reader that stays.
pub struct Watching {
    reader: Reader,
    reading: Reading,
    clock: Arc<dyn Clock>,
    /// The newest position of the group.
    head: watch::Receiver<i64>,
    /// Becomes true when the hub goes down.
    stopping: watch::Receiver<bool>,
    pace: Pace,
    /// When the hub ends the stream.
    ends_at: Instant,
    /// Events of the page just read, not yet sent. A page is read only when none is left.
    ready: VecDeque<Event>,
    /// The last checkpoint sent.
    whole_at: Option<i64>,
    ended: bool,
}

/// How fast and how long a stream goes.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The most bytes of changes held ready.
    pub bytes_max: usize,
    /// The longest silence.
    pub heartbeat_interval: Duration,
    /// How long it lives.
    pub age: Duration,
}

/// What ends a wait.
enum Woken {
    Moved,
    Silence,
    Ending,
}

impl Watching {
    /// A reader that stays.
    pub fn new(
        reader: Reader,
        reading: Reading,
        clock: Arc<dyn Clock>,
        head: watch::Receiver<i64>,
        stopping: watch::Receiver<bool>,
        pace: Pace,
    ) -> Self {
        Watching {
            reader,
            reading,
            clock,
            head,
            stopping,
            pace,
            ends_at: Instant::now() + pace.age,
            ready: VecDeque::new(),
            whole_at: None,
            ended: false,
        }
    }

    /// The next event; `None` after the last one.
    ///
    /// # Errors
    /// When the database failed; the reader resumes from its last cursor.
    pub async fn next(&mut self) -> Option<Result<Event, StoreError>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(Ok(event));
            }
            if self.ended {
                return None;
            }
            if let Err(error) = self.advance().await {
                self.ended = true;
                return Some(Err(error));
            }
        }
    }

    async fn advance(&mut self) -> Result<(), StoreError> {
        if *self.stopping.borrow() || Instant::now() >= self.ends_at {
            self.goodbye();
        } else if self.is_behind() {
            self.read().await?;
        } else {
            match self.wait().await {
                Woken::Moved => {}
                Woken::Silence => self.heartbeat(),
                Woken::Ending => self.goodbye(),
            }
        }
        Ok(())
    }

    fn is_behind(&mut self) -> bool {
        let newest = *self.head.borrow_and_update();
        self.whole_at.is_none_or(|whole_at| whole_at < newest)
    }

    async fn read(&mut self) -> Result<(), StoreError> {
        let page = self
            .reader
            .page(&mut self.reading, self.pace.bytes_max)
            .await?;
        let page = match page {
            Ok(page) => page,
            Err(reason) => {
                self.ended = true;
                self.ready.push_back(Event::Reset(reason));
                return Ok(());
            }
        };
        if !page.changes.is_empty() {
            self.ready
                .push_back(Event::Changes(page.changes, page.cursor.clone()));
        }
        if let Some(checkpoint) = page.checkpoint {
            self.checkpoint(checkpoint, page.cursor);
        }
        Ok(())
    }

    fn checkpoint(&mut self, checkpoint: Checkpoint, cursor: String) {
        self.whole_at = Some(checkpoint.head.position);
        self.ready.push_back(Event::Checkpoint(checkpoint, cursor));
    }

    async fn wait(&mut self) -> Woken {
        tokio::select! {
            // Whoever holds the senders outlives the streams; if not, the hub is going down.
            moved = self.head.changed() => if moved.is_ok() { Woken::Moved } else { Woken::Ending },
            () = stopped(&mut self.stopping) => Woken::Ending,
            () = tokio::time::sleep_until(self.ends_at) => Woken::Ending,
            () = tokio::time::sleep(self.pace.heartbeat_interval) => Woken::Silence,
        }
    }

    fn heartbeat(&mut self) {
        self.ready.push_back(Event::Heartbeat {
            cursor: self.reading.token(),
            newest: self.reading.position(),
            time: self.clock.now(),
        });
    }

    fn goodbye(&mut self) {
        self.ended = true;
        self.ready.push_back(Event::Goodbye(self.reading.token()));
    }
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, and so is the hub.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}
