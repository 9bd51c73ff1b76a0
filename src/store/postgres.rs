//! The store of several hubs, or of one that outgrew its machine: a PostgreSQL database.
//!
//! Whoever writes for a group holds the lock of its row, so positions are given and committed in one order
//! whichever hub gives them. Groups are written for at the same time, each on a connection of its own.

mod address;
mod counts;
mod hints;
mod promises;
mod turns;

pub use address::PostgresAddress;

use super::engine::{Connection, Engine, Snapshot, Transaction};
use super::sql::catalog;
use super::sql::chunks::PREPARED;
use super::sql::db::{Db, Either, answered};
use super::{Others, Restored, Result, Standing, StoreError};
use crate::model::ids::GroupKey;
use async_trait::async_trait;
use counts::Counts;
use hints::Hints;
use jiff::Timestamp;
pub use promises::refuse_beside_hubs;
use promises::{plainly, refuse_foreign, waits_for_the_disk};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use turns::Turns;
use uuid::Uuid;

/// The hub's PostgreSQL database.
#[derive(Debug)]
pub struct PostgresStore {
    hub_id: Uuid,
    /// Apart from the readers: slow reads never keep a push waiting.
    writers: PgPool,
    readers: PgPool,
    /// For what is about to be written over: whoever has one waits for nothing else.
    early: PgPool,
    /// For what is written beside the groups' own transactions, which keeps no push waiting either.
    notes: PgPool,
    /// For what tells of other hubs: one connection looks, one talks.
    looks: PgPool,
    turns: Turns,
    hints: Arc<Hints>,
    counts: Counts,
}

const READERS: u32 = 8;
/// Groups beyond it that write at the same moment wait for a connection, not for each other's lock.
const WRITERS: u32 = 16;
const EARLY: u32 = 4;
const NOTES: u32 = 2;
const LOOKS: u32 = 2;
/// How long a caller waits for a connection: so long for one that others use, or for a server that is down.
const ACQUIRE: Duration = Duration::from_secs(5);
/// What keeps one that vanished from holding up the others: a group's lock is free again within seconds of
/// its holder's last word. In milliseconds.
const SETTINGS: [(&str, &str); 19] = [
    ("idle_in_transaction_session_timeout", "5000"),
    ("lock_timeout", "6000"),
    ("statement_timeout", "8000"),
    // A connection that nobody needs for a while is no one's that vanished.
    ("idle_session_timeout", "0"),
    ("tcp_user_timeout", "5000"),
    // In seconds.
    ("tcp_keepalives_idle", "5"),
    ("tcp_keepalives_interval", "2"),
    ("tcp_keepalives_count", "3"),
    ("client_connection_check_interval", "1000"),
    // Every statement sees what was committed before it began, whatever the database's own default.
    ("default_transaction_isolation", "read committed"),
    // An answered push survives the loss of power: every commit waits for the disk.
    ("synchronous_commit", "on"),
    // Every statement goes down an index, in its order. A plan that was made while a table was small is
    // kept, and would go on walking all of it; one that is made for a group of which nothing was counted yet
    // would walk all of the group. For the same reason tables are joined in the order in which they are named.
    ("plan_cache_mode", "force_generic_plan"),
    ("join_collapse_limit", "1"),
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    // Compiling a short statement takes a hundred times as long as running it, and starting workers for it takes
    // ten times as long.
    ("jit", "off"),
    ("max_parallel_workers_per_gather", "0"),
];
/// A standby that keeps a commit waiting must not be given up in silence, as PostgreSQL would at the timeout.
const COMMIT: &str = "SET LOCAL statement_timeout = 0; COMMIT";
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

impl PostgresStore {
    /// Opens a database, making its tables as needed. `fresh` becomes the hub's id when it has none.
    ///
    /// # Errors
    /// When it cannot be reached, is another program's or a newer one's, or keeps no promise.
    pub async fn open(address: &PostgresAddress, fresh: Uuid) -> Result<Self> {
        // By itself, because a pool would try again and keep the reason to itself.
        connect(address).await?.close().await?;
        let options = options(address);
        let writers = pool(WRITERS).connect_lazy_with(options.clone());
        let (notes, looks) = (pool(NOTES), pool(LOOKS));
        let (notes, looks) = (
            notes.connect_lazy_with(options.clone()),
            looks.connect_lazy_with(options.clone()),
        );
        let options = options.options([("default_transaction_read_only", "on")]);
        let early = pool(EARLY).connect_lazy_with(options.clone());
        let readers = pool(READERS).connect_lazy_with(options);
        sqlx::migrate!("migrations/postgres").run(&writers).await?;
        let mut store = PostgresStore {
            hub_id: fresh,
            writers,
            readers,
            early,
            notes,
            hints: Arc::new(Hints::start(looks.clone())),
            looks,
            turns: Turns::default(),
            counts: Counts::default(),
        };
        let mut tx = store.transaction(&[]).await?;
        let hub_id = catalog::hub_id(&mut tx.db(), fresh).await?;
        tx.end().await?;
        store.hub_id = hub_id;
        Ok(store)
    }

    /// Tells a database that it was put back: every group begins a new epoch.
    ///
    /// # Errors
    /// When a hub runs on it; when it cannot be opened.
    pub async fn was_restored(address: &PostgresAddress, now: Timestamp) -> Result<Restored> {
        let mut db = answered(options(address).connect())
            .await
            .map_err(plainly)?;
        refuse_beside_hubs(&mut db).await?;
        db.close().await?;
        let store = Self::open(address, Uuid::nil()).await?;
        let mut tx = store.transaction(&[]).await?;
        catalog::begin_epochs(&mut tx.db(), now).await?;
        tx.end().await?;
        store.end().await;
        Ok(Restored {
            lost: Vec::new(),
            erased: None,
        })
    }
}

/// A connection to a database that may hold a hub.
///
/// # Errors
/// When it cannot be reached, is another program's, or keeps no promise.
pub async fn connect(address: &PostgresAddress) -> Result<PgConnection> {
    let mut db = answered(options(address).connect())
        .await
        .map_err(plainly)?;
    waits_for_the_disk(&mut db).await?;
    refuse_foreign(&mut db, address).await?;
    Ok(db)
}

fn options(address: &PostgresAddress) -> PgConnectOptions {
    address
        .options()
        .application_name("lianxiao")
        .statement_cache_capacity(PREPARED)
        // sqlx would ask for each statement whether its line is wanted, on the tasks' own threads; where the
        // answer differs from layer to layer of the log, the next line of ours is lost.
        .disable_statement_logging()
        .options(SETTINGS)
}

fn pool(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        .after_connect(|db, _| Box::pin(waits_for_the_disk(db)))
        // One that was used a moment ago is not asked again.
        .test_before_acquire(false)
        .before_acquire(|db, meta| Box::pin(promises::lives(db, meta.idle_for)))
        // sqlx asks a connection that comes back whether it lives, and would wait for the answer for ever.
        .after_release(|db, _| Box::pin(promises::answers(db)))
}

/// Begins, locks groups in the order of their keys, so that no two wait for each other, and asks for their heads.
/// Locking is a statement of its own: what a later one reads is not older than the lock.
fn begin(groups: &BTreeSet<GroupKey>) -> String {
    let mut words = "BEGIN".to_owned();
    for (i, GroupKey(key)) in groups.iter().enumerate() {
        let list = match i {
            0 => "; SELECT FROM grp WHERE grp IN (",
            _ => ", ",
        };
        let _ = write!(words, "{list}{key}");
    }
    if !groups.is_empty() {
        words.push_str(") ORDER BY grp FOR NO KEY UPDATE");
    }
    for GroupKey(key) in groups {
        let _ = write!(
            words,
            "; SELECT grp, last_position, at, chain FROM \"commit\" \
             WHERE grp = {key} ORDER BY last_position DESC LIMIT 1"
        );
    }
    words
}

/// Whether a connection had ended before it was used, as a restart of the server leaves them.
fn ended_before(error: &StoreError) -> bool {
    match error {
        StoreError::Database(sqlx::Error::Io(error)) => error.kind() != ErrorKind::TimedOut,
        _ => error.code().is_some_and(|code| code.starts_with("57P")),
    }
}

/// Begins something; again, when the connection had ended before it was used: nothing was asked of it yet.
async fn begun<T, F>(start: impl Fn() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let mut stale = 0;
    loop {
        match start().await {
            Err(error) if ended_before(&error) && stale < WRITERS => stale += 1,
            begun => return begun,
        }
    }
}

#[async_trait]
impl Others for PostgresStore {
    async fn standings(&self) -> Result<Vec<Standing>> {
        let mut db = self.looks.acquire().await?;
        let standings = catalog::standings(&mut Db::Postgres(&mut db)).await?;
        self.counts.keep(&mut db, &standings).await;
        Ok(standings)
    }

    async fn hinted(&self) {
        self.hints.heard().await;
    }
}

#[async_trait]
impl Engine for PostgresStore {
    fn id(&self) -> Uuid {
        self.hub_id
    }

    async fn reader(&self) -> Result<Connection> {
        Ok(Either::Postgres(self.readers.acquire().await?))
    }

    async fn snapshot(&self) -> Result<Snapshot> {
        begun(|| async {
            // In a task of its own, because whoever waits may be cut off: sqlx would not know that the
            // transaction was begun, and who has the connection next would read what was there then.
            let readers = self.readers.clone();
            let begun = tokio::spawn(async move { readers.begin_with(SNAPSHOT).await });
            let begun = async { begun.await.map_err(|_| sqlx::Error::WorkerCrashed)? };
            Ok(Either::Postgres(answered(begun).await?))
        })
        .await
    }

    async fn early(&self) -> Result<Connection> {
        Ok(Either::Postgres(self.early.acquire().await?))
    }

    fn beside(&self) -> Option<&dyn Others> {
        Some(self)
    }

    async fn writer(&self) -> Result<Connection> {
        Ok(Either::Postgres(self.notes.acquire().await?))
    }

    async fn transaction(&self, groups: &[GroupKey]) -> Result<Transaction> {
        let groups: BTreeSet<GroupKey> = groups.iter().copied().collect();
        let (turn, words) = (self.turns.of(&groups).await?, begin(&groups));
        let pool = match groups.is_empty() {
            true => &self.notes,
            false => &self.writers,
        };
        let begun = begun(|| async {
            let connection = Either::Postgres(pool.acquire().await?);
            Transaction::begin(connection, &words, COMMIT).await
        });
        let hints = Arc::clone(&self.hints);
        Ok(begun.await?.then(move || {
            drop(turn);
            hints.say();
        }))
    }

    fn in_parts(&self) -> bool {
        true
    }

    async fn copy(&self, _: &Path, _: Timestamp) -> Result<()> {
        Err(StoreError::BacksUpItself)
    }

    async fn overwrite(&self) -> Result<bool> {
        // The server's own vacuum makes room of rows that are no more; when, it alone knows.
        Ok(true)
    }

    async fn end(&self) {
        let read = [&self.looks, &self.readers, &self.early];
        for pool in read.into_iter().chain([&self.notes, &self.writers]) {
            pool.close().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_locked_once_in_the_order_of_their_keys() {
        assert_eq!(begin(&BTreeSet::new()), "BEGIN");
        let words = begin(&[GroupKey(7), GroupKey(-3), GroupKey(7)].into());
        let heads = words.strip_prefix(
            "BEGIN; SELECT FROM grp WHERE grp IN (-3, 7) ORDER BY grp FOR NO KEY UPDATE",
        );
        let heads = heads.expect("before any head is read");
        assert_eq!(heads.matches("WHERE grp = ").count(), 2);
    }
}
