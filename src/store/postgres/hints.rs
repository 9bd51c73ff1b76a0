//! What hubs on one database tell each other: that there is something new, and nothing more. It gets lost
//! with the connection, so nobody relies on it.
//!
//! It is said beside the transactions, not in them: those that say something wait for each other, their
//! writing to the disk included, whatever groups they write for.

use sqlx::postgres::{PgListener, PgPool};
use sqlx::{AssertSqlSafe, Executor as _};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::sleep;

const CHANNEL: &str = "lianxiao";
/// After such a silence the connection is asked whether it lives.
const SILENCE: Duration = Duration::from_secs(10);
/// How long it may take to answer.
const ANSWER: Duration = Duration::from_secs(2);
/// How long a connection that failed is left alone.
const AGAIN: Duration = Duration::from_secs(1);

/// The way to tell other hubs, and to be told by them.
#[derive(Debug)]
pub struct Hints {
    ours: watch::Sender<()>,
    theirs: Arc<Notify>,
}

impl Hints {
    /// Starts to talk, on one connection of a pool, until the pool is closed or what is given is dropped.
    pub fn start(pool: PgPool) -> Self {
        let (ours, to_say) = watch::channel(());
        let theirs = Arc::new(Notify::new());
        tokio::spawn(talk(pool, to_say, Arc::clone(&theirs)));
        Hints { ours, theirs }
    }

    /// Tells the others that something was written. What is said while it is being told is told once.
    pub fn say(&self) {
        self.ours.send_replace(());
    }

    /// Resolves when another hub said so since this was last asked, or may have said so unheard.
    pub async fn heard(&self) {
        self.theirs.notified().await;
    }
}

async fn talk(pool: PgPool, mut to_say: watch::Receiver<()>, theirs: Arc<Notify>) {
    let mut heard = true;
    while let Err(error) = converse(&pool, &mut to_say, &theirs, &mut heard).await {
        if pool.is_closed() {
            return;
        }
        // Once, until they are heard again.
        if std::mem::take(&mut heard) {
            tracing::warn!(%error, "other hubs are not heard; what they write is looked for");
        }
        sleep(AGAIN).await;
    }
}

/// Tells and listens until nobody wants to any more.
async fn converse(
    pool: &PgPool,
    to_say: &mut watch::Receiver<()>,
    theirs: &Notify,
    heard: &mut bool,
) -> sqlx::Result<()> {
    let mut line = PgListener::connect_with(pool).await?;
    line.eager_reconnect(false);
    line.listen(CHANNEL).await?;
    // What is said here need not survive anything.
    answered(line.execute("SET synchronous_commit = off")).await?;
    let us = answered(sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut line)).await?;
    let us = i32::cast_unsigned(us);
    *heard = true;
    // What was said before was not.
    theirs.notify_one();
    loop {
        tokio::select! {
            said = line.try_recv() => match said? {
                Some(said) if said.process_id() == us => {}
                Some(_) => theirs.notify_one(),
                None => return Err(silent()),
            },
            wanted = to_say.changed() => {
                if wanted.is_err() {
                    return Ok(());
                }
                let words = AssertSqlSafe(format!("NOTIFY {CHANNEL}"));
                answered(line.execute(words)).await?;
            }
            () = sleep(SILENCE) => {
                answered(line.execute("SELECT 1")).await?;
            }
        }
    }
}

async fn answered<T>(answer: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    let answered = tokio::time::timeout(ANSWER, answer).await;
    answered.map_err(|_| silent())?
}

fn silent() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}
