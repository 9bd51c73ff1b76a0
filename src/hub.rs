//! One hub at work: it owns the store, the writer, the heads, the limits and the clock. Every door (gRPC
//! now, pages later) is a thin cover over these methods.

mod admin;
mod audit;
mod chain;
mod config;
mod credentials;
mod drained;
mod error;
mod figures;
mod known;
mod live;
mod others;
mod pages;
mod people;
mod presence;
mod rates;
mod records;
mod refusals;
mod replicas;
mod restore;
mod shared;
mod streams;
mod upkeep;

pub use admin::{random_bits, random_uuid};
pub use audit::AuditPage;
pub use config::{Config, make_private_folder};
pub use credentials::{Invited, NewCredential, NewInvitation};
pub use drained::Drained;
pub use error::HubError;
pub use live::Looking;
pub use others::LOOK_EVERY;
pub use pages::Following;
pub use people::{Erased, Export, Wanted};
pub use replicas::Report;
pub use restore::{migrate, restore};
pub use shared::Shared;

pub use crate::office::{Duties, calendar_of, duties_of, zone};
pub use crate::store::{
    Backup, Commit, Commits, Leaf, ListedCredential, Lost, Moved, PostgresAddress, Progress,
    Restore, Restored,
};
pub use crate::sync::Share;
pub use crate::sync::history::{Change, Entries, Entry};

use crate::access::{self, Errand};
use crate::model::caller::Caller;
use crate::model::clock::Clock;
use crate::model::feed::{Event, Filter, Page, ResetReason};
use crate::model::ids::CredentialId;
use crate::model::limits::Limits;
use crate::model::mutation::{Answer, Push};
use crate::model::secret::{self, Purpose};
use crate::store::Store;
use crate::sync::{
    Heads, Ledger, Pace, Reader, Reading, Shares, Sights, Watching, Writer, end_if_unsynced,
};
use bytes::Bytes;
use figures::{Figures, MATRICES_BYTES_MAX, Matrices};
use futures::future::BoxFuture;
use jiff::Timestamp;
use known::Known;
use live::Live;
use others::Follower;
use presence::Presence;
use rates::Rates;
use refusals::Refusals;
use std::net::IpAddr;
use std::sync::Arc;
use streams::{OpenStream, Streams};
use tokio::sync::watch;
use uuid::Uuid;

/// What a page costs while it waits in the transport, as a multiple of its bytes: it is encoded into a
/// buffer that grows by doubling.
const ENCODING: usize = 2;

/// A hub, built and ready to be called.
pub struct Hub {
    hub_id: Uuid,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    reader: Reader,
    ledger: Ledger,
    sights: Sights,
    heads: Arc<Heads>,
    known: Arc<Known>,
    presence: Arc<Presence>,
    figures: Figures,
    matrices: Matrices,
    live: Arc<Live>,
    rates: Rates,
    refusals: Arc<Refusals>,
    streams: Streams,
    pushes: Shares<CredentialId>,
    writer: Writer,
    /// One erasure at a time.
    erasing: tokio::sync::Mutex<()>,
    /// Becomes true when the hub goes down: streams say goodbye.
    stopping: watch::Sender<bool>,
    /// Whether what other hubs write comes through.
    moves: watch::Receiver<bool>,
    /// Held as long as the hub lives: nobody else opens the data folder.
    _lock: Arc<std::fs::File>,
}

/// One watch, counted as long as it is open.
pub struct WatchStream {
    _open: OpenStream,
    watching: Watching,
    /// Why its reader may not go on; gone once that was said.
    lost: Option<BoxFuture<'static, HubError>>,
}

impl WatchStream {
    /// The next event; `None` after the last one.
    ///
    /// # Errors
    /// When the database failed; the reader resumes from its last cursor. When the reader's token lets it
    /// in no more.
    pub async fn next(&mut self) -> Option<Result<Event, HubError>> {
        tokio::select! {
            // Who may read no more is given nothing more.
            biased;
            error = self.lost.as_mut()? => {
                self.lost = None;
                Some(Err(error))
            }
            event = self.watching.next() => Some(event?.map_err(HubError::from)),
        }
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
    /// What the last backup holds of the caller's group.
    pub backup: Option<Backup>,
    /// The register record of the caller's campus, encoded as a change.
    pub campus: Option<Bytes>,
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
        let lock = Arc::new(config.lock()?);
        let store = config.open().await?;
        let hub_id = store.hub_id();
        let heads = Arc::new(Heads::default());
        let (writer, task) = Writer::start(
            Arc::clone(&store),
            Arc::clone(&clock),
            Arc::clone(&heads),
            random_bits,
            config.limits,
        );
        let stopping = watch::Sender::new(false);
        let (refusals, counting) =
            Refusals::start(Arc::clone(&store), Arc::clone(&clock), stopping.subscribe());
        let drained = Drained {
            writer: task,
            counting,
            refusals: Arc::clone(&refusals),
            store: Arc::clone(&store),
            _lock: Arc::clone(&lock),
        };
        let sights = Sights::new(Arc::clone(&store), Arc::clone(&heads));
        let ledger = Ledger::new(Arc::clone(&store), Arc::clone(&clock));
        let known = Arc::new(Known::new(Arc::clone(&store)));
        let presence = Arc::new(Presence::default());
        let figures = Figures::new(Arc::clone(&store), Arc::clone(&presence));
        let moves = Follower::start(
            Arc::clone(&store),
            Arc::clone(&heads),
            Arc::clone(&known),
            config.look_every,
            stopping.subscribe(),
        );
        let hub = Hub {
            hub_id,
            reader: Reader::new(
                Arc::clone(&store),
                hub_id,
                Arc::clone(&heads),
                sights.clone(),
                ledger.clone(),
            ),
            ledger,
            sights,
            known,
            live: Live::new(figures.clone(), Arc::clone(&heads), Arc::clone(&clock)),
            figures,
            matrices: Matrices::of(MATRICES_BYTES_MAX),
            presence,
            rates: Rates::new(&config.limits),
            refusals,
            streams: Streams::default(),
            pushes: Shares::of(config.limits.pushes_per_credential_max),
            limits: config.limits,
            stopping,
            moves,
            _lock: lock,
            store,
            clock,
            heads,
            writer,
            erasing: tokio::sync::Mutex::default(),
        };
        // What was erased stays so: nobody is answered before.
        hub.erase_again().await?;
        let hub = Arc::new(hub);
        upkeep::start(&hub);
        Ok((hub, drained))
    }

    /// Tells streams to say goodbye.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Whether what other hubs write comes through: without it, watches here stand still.
    pub fn feed_moves(&self) -> watch::Receiver<bool> {
        self.moves.clone()
    }

    /// What it takes and gives at once.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Who holds a token that came from an address.
    ///
    /// # Errors
    /// `Unauthenticated` when nobody does, `TooOften` when many such tokens came from there.
    pub async fn authenticate(&self, token: &str, address: IpAddr) -> Result<Caller, HubError> {
        self.admitted(token, Purpose::Calls, address).await
    }

    async fn admitted(
        &self,
        token: &str,
        purpose: Purpose,
        address: IpAddr,
    ) -> Result<Caller, HubError> {
        let now = self.clock.now();
        let caller = self.known.caller(secret::hash(token), purpose, now).await;
        if let Err(HubError::Unauthenticated) = caller {
            // After the look, not before: a bad machine behind a school's one address locks out nobody.
            self.rates.sign_in(address)?;
        }
        let caller = caller?;
        if self.presence.heard(&caller, now) {
            // Whoever calls does not wait for the writer.
            let (store, caller) = (Arc::clone(&self.store), caller.clone());
            tokio::spawn(write_down(store, caller, now));
        }
        Ok(caller)
    }

    /// Refuses what the caller's place has no business with.
    fn allow(caller: &Caller, errand: Errand) -> Result<(), HubError> {
        if access::may(caller.place, errand) {
            Ok(())
        } else {
            Err(HubError::Denied(match errand {
                Errand::Figures => "only the group office (集团办) may ask for figures",
                Errand::Persons => "only the group office (集团办) may export and erase persons",
                _ => "a public link (公开链接) only reads what stands",
            }))
        }
    }

    /// What the caller is told of the hub.
    ///
    /// # Errors
    /// When the database failed.
    pub async fn describe(&self, caller: &Caller) -> Result<Description, HubError> {
        Self::allow(caller, Errand::Describe)?;
        let campus = match caller.place.campus() {
            Some(campus) => self.register_of(caller.group.key, campus).await?,
            None => None,
        };
        Ok(Description {
            hub_id: self.hub_id,
            time: self.clock.now(),
            newest: self.store.head(caller.group.key).await?.position,
            limits: self.limits,
            backup: self.store.last_backup(caller.group.key).await?,
            campus,
        })
    }

    /// Carries out a push that was weighed; one answer an item, in their order.
    ///
    /// # Errors
    /// When nothing can be said of it.
    pub async fn push(&self, caller: Caller, push: Push) -> Result<Vec<Answer>, HubError> {
        let answers = self.writer.push(caller.clone(), push).await?;
        self.refusals.count_items(caller.as_refused(), &answers);
        self.ledger.answers(&caller, &answers).await?;
        Ok(answers)
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
                Ok(self.reader.page(&mut reading, bytes_max).await?)
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
    ) -> Result<Result<WatchStream, ResetReason>, HubError> {
        let open = self.streams.open(caller, &self.limits)?;
        let head = self.heads.follow(caller.group.key);
        let reading = self.read_from(caller, cursor, filter).await?;
        let lost = Arc::clone(&self.known).lost(caller.token, Arc::clone(&self.clock));
        Ok(reading.map(|reading| WatchStream {
            _open: open,
            lost: Some(Box::pin(lost)),
            watching: Watching::new(
                self.reader.clone(),
                reading,
                Arc::clone(&self.clock),
                head,
                self.stopping.subscribe(),
                self.pace(),
            ),
        }))
    }

    /// Streams that began together do not end together: their age differs by up to a tenth.
    fn pace(&self) -> Pace {
        let part = f64::from(random_bits()[0]) / 255.0;
        Pace {
            bytes_max: (self.limits.stream_bytes_max / ENCODING).min(self.limits.page_bytes_max),
            heartbeat_interval: self.limits.heartbeat_interval,
            age: self.limits.stream_age.mul_f64(0.9 + 0.2 * part),
        }
    }

    async fn read_from(
        &self,
        caller: &Caller,
        cursor: &str,
        filter: Filter,
    ) -> Result<Result<Reading, ResetReason>, HubError> {
        Self::allow(caller, Errand::Read)?;
        Ok(self.reader.open(caller.clone(), filter, cursor).await?)
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
}

/// When a credential was last heard is worth no failed call: a full disk still answers reads.
async fn write_down(store: Arc<dyn Store>, caller: Caller, heard: Timestamp) {
    let noted = store
        .heard(caller.group.key, caller.credential, heard)
        .await;
    if let Err(error) = noted {
        end_if_unsynced(&error);
        tracing::warn!(%error, "the last call of a credential was not written down");
    }
}
