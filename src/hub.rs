//! One hub at work: it owns the store, the writer, the heads, the limits and the clock. Every door (gRPC
//! now, pages later) is a thin cover over these methods.

mod admin;
mod config;
mod error;
mod presence;

pub use admin::random_uuid;
pub use config::Config;
pub use error::HubError;

pub use crate::sync::Watching;

use crate::access::{self, Token};
use crate::model::caller::Caller;
use crate::model::clock::Clock;
use crate::model::date::Span;
use crate::model::feed::{Filter, Page, ResetReason};
use crate::model::ids::{Place, RecordId};
use crate::model::limits::Limits;
use crate::model::mutation::{Answer, Push};
use crate::office::{self, GroupStatus, Heard, Records};
use crate::store::{SqliteStore, Store};
use crate::sync::{Heads, Reader, Reading, Writer};
use bytes::Bytes;
use jiff::Timestamp;
use presence::Presence;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// A hub, built and ready to be called.
pub struct Hub {
    hub_id: Uuid,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    reader: Reader,
    heads: Arc<Heads>,
    presence: Presence,
    writer: Writer,
    /// Becomes true when the hub goes down: streams say goodbye.
    stopping: watch::Sender<bool>,
    /// Held as long as the hub lives: nobody else opens the data folder.
    _lock: std::fs::File,
}

/// What remains of a hub after its doors are closed.
pub struct Drained {
    writer: JoinHandle<()>,
}

impl Drained {
    /// Waits until everything accepted is written. Every handle on the hub must be dropped before.
    pub async fn finish(self) {
        let _ = self.writer.await;
    }
}

/// What the caller is told of the hub.
pub struct Description {
    /// The hub.
    pub hub_id: Uuid,
    /// Its clock.
    pub time: Timestamp,
    /// The newest position of the caller's group.
    pub newest: i64,
    /// What it takes and gives at once.
    pub limits: Limits,
}

impl Hub {
    /// Opens the data folder and starts the writer.
    ///
    /// # Errors
    /// When the folder is in use or cannot be used.
    pub async fn open(
        config: &Config,
        clock: Arc<dyn Clock>,
    ) -> Result<(Arc<Self>, Drained), HubError> {
        let lock = config.lock()?;
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&config.data, random_uuid()).await?);
        let hub_id = store.hub_id().await?;
        let heads = Arc::new(Heads::default());
        let (writer, task) = Writer::start(
            Arc::clone(&store),
            Arc::clone(&clock),
            Arc::clone(&heads),
            admin::random_bits,
            config.limits,
        );
        let hub = Hub {
            hub_id,
            reader: Reader::new(Arc::clone(&store), hub_id),
            presence: Presence::default(),
            limits: config.limits,
            stopping: watch::Sender::new(false),
            _lock: lock,
            store,
            clock,
            heads,
            writer,
        };
        Ok((Arc::new(hub), Drained { writer: task }))
    }

    /// Tells streams to say goodbye.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// What it takes and gives at once.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Who holds a token.
    ///
    /// # Errors
    /// `Unauthenticated` when nobody does.
    pub async fn authenticate(&self, token: &str) -> Result<Caller, HubError> {
        let hash = Token::sent(token).hash();
        let (credential, group) = self
            .store
            .credential(&hash)
            .await?
            .ok_or(HubError::Unauthenticated)?;
        let now = self.clock.now();
        if self.presence.heard(credential.group, credential.place, now) {
            self.store.heard(&hash, now).await?;
        }
        Ok(Caller {
            group,
            place: credential.place,
            holder: credential.holder,
        })
    }

    /// What the caller is told of the hub.
    ///
    /// # Errors
    /// When the database failed.
    pub async fn describe(&self, caller: &Caller) -> Result<Description, HubError> {
        Ok(Description {
            hub_id: self.hub_id,
            time: self.clock.now(),
            newest: self.store.head(caller.group.key).await?.position,
            limits: self.limits,
        })
    }

    /// Pushes; one answer an item, in their order.
    ///
    /// # Errors
    /// When the push as a whole cannot be taken, or nothing can be said of it.
    pub async fn push(&self, caller: Caller, push: Push) -> Result<Vec<Answer>, HubError> {
        let (count, max) = (push.items.len(), self.limits.push_mutations_max);
        if count > max {
            return Err(HubError::TooMuch {
                limit: "push_mutations_max",
                max,
                actual: count,
            });
        }
        Ok(self.writer.push(caller, push).await?)
    }

    /// Reads a page.
    ///
    /// # Errors
    /// When the cursor or the filter is of no use, or the hub is behind `min_position`.
    pub async fn pull(
        &self,
        caller: &Caller,
        cursor: &str,
        filter: Filter,
        bytes_max: usize,
        min_position: i64,
    ) -> Result<Result<Page, ResetReason>, HubError> {
        self.reached(caller, min_position).await?;
        match self.read_from(caller, cursor, filter).await? {
            Err(reason) => Ok(Err(reason)),
            Ok(mut reading) => {
                let bytes_max = match bytes_max {
                    0 => self.limits.page_bytes_max,
                    wanted => wanted.min(self.limits.page_bytes_max),
                };
                Ok(Ok(self.reader.page(&mut reading, bytes_max).await?))
            }
        }
    }

    /// Reads, and stays.
    ///
    /// # Errors
    /// When the cursor or the filter is of no use.
    pub async fn watch(
        &self,
        caller: &Caller,
        cursor: &str,
        filter: Filter,
    ) -> Result<Result<Watching, ResetReason>, HubError> {
        let head = self.heads.follow(caller.group.key);
        Ok(self
            .read_from(caller, cursor, filter)
            .await?
            .map(|reading| {
                Watching::new(
                    self.reader.clone(),
                    reading,
                    Arc::clone(&self.clock),
                    head,
                    self.stopping.subscribe(),
                    (self.limits.page_bytes_max, self.limits.heartbeat_interval),
                )
            }))
    }

    async fn read_from(
        &self,
        caller: &Caller,
        cursor: &str,
        filter: Filter,
    ) -> Result<Result<Reading, ResetReason>, HubError> {
        let sees = caller.sees().to_vec();
        Ok(self
            .reader
            .open(caller.group.clone(), sees, filter, cursor)
            .await?)
    }

    /// The newest version of a record, encoded as a change.
    ///
    /// # Errors
    /// `NotFound` for what is not there or not the caller's to see.
    pub async fn record(
        &self,
        caller: &Caller,
        id: RecordId,
        min_position: i64,
    ) -> Result<Bytes, HubError> {
        self.reached(caller, min_position).await?;
        let version = self
            .store
            .record(caller.group.key, id, &caller.sees())
            .await?;
        match version {
            None => Err(HubError::NotFound {
                what: "record",
                id: id.to_string(),
                deleted: false,
            }),
            Some(version) => version.frame.ok_or(HubError::NotFound {
                what: "record",
                id: id.to_string(),
                deleted: true,
            }),
        }
    }

    async fn reached(&self, caller: &Caller, position: i64) -> Result<(), HubError> {
        if position <= 0 {
            return Ok(());
        }
        let newest = self.store.head(caller.group.key).await?.position;
        if newest < position {
            Err(HubError::Behind { position, newest })
        } else {
            Ok(())
        }
    }

    /// Where every campus stands over a span, at a time or now.
    ///
    /// # Errors
    /// `Denied` for anybody but the office.
    pub async fn group_status(
        &self,
        caller: &Caller,
        span: Span,
        time: Option<Timestamp>,
    ) -> Result<GroupStatus, HubError> {
        if !access::may_read_figures(caller.place) {
            return Err(HubError::Denied(
                "only the group office (集团办) may ask for figures",
            ));
        }
        let group = caller.group.key;
        let now = self.clock.now();
        if time.is_some_and(|time| time > now) {
            return Err(HubError::invalid("time", "time must not lie in the future"));
        }
        let time = time.unwrap_or(now);
        let position = self.store.commit_as_of(group, time).await?.position;
        let records = Records::read(&*self.store, group, position, span).await?;
        let places: Vec<Place> = records
            .campuses
            .iter()
            .map(|campus| Place::Campus(campus.id))
            .collect();
        let heard = Heard {
            wrote: self.store.last_writes(group, position, &places).await?,
            called: self
                .presence
                .over(group, self.store.last_heard(group).await?),
        };
        Ok(office::group_status(
            &records,
            &heard,
            span,
            (position, time),
        ))
    }
}
