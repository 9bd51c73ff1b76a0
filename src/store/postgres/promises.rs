//! What a database must be before anything is kept in it.

use super::PostgresAddress;
use crate::store::{Result, StoreError};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};
use std::time::{Duration, Instant};

/// How long a connection that nobody uses may take to say that it lives.
const ANSWER: Duration = Duration::from_secs(2);
/// So long ago it lived, because it was used.
const FRESH: Duration = Duration::from_secs(1);

/// How long the server is given to notice that a process has ended.
const LEAVING: Duration = Duration::from_secs(5);

/// Why nothing may stand between a hub and its database.
const POOLER: &str = "a pooler (PgBouncer) stands before the database and drops the settings of a \
                      connection, without which a hub that vanished would hold up the others: hubs keep \
                      few connections and pool them, so give the address of the server itself";

/// Says plainly what a pooler says when it refuses the settings of a connection.
pub fn plainly(error: sqlx::Error) -> sqlx::Error {
    const PROTOCOL_VIOLATION: &str = "08P01";
    let said = error.as_database_error();
    let refused = said.is_some_and(|said| {
        said.code().as_deref() == Some(PROTOCOL_VIOLATION)
            && said.message().contains("startup parameter")
    });
    match refused {
        true => sqlx::Error::Configuration(POOLER.into()),
        false => error,
    }
}

/// Refuses a connection that would answer before the disk does, or that something between the hub and the
/// server takes its settings from.
pub async fn waits_for_the_disk(db: &mut PgConnection) -> sqlx::Result<()> {
    let row = sqlx::query(
        "SELECT current_setting('idle_in_transaction_session_timeout') AS idle, \
         current_setting('synchronous_commit') AS synchronous_commit, \
         current_setting('fsync') AS fsync, current_setting('server_encoding') AS encoding, \
         pg_is_in_recovery() AS standby",
    )
    .fetch_one(db)
    .await?;
    let of = |column| -> sqlx::Result<String> { row.try_get(column) };
    let unfit = if of("idle")? != "5s" {
        POOLER
    } else if of("synchronous_commit")? != "on" || of("fsync")? != "on" {
        "the database answers before the disk does: synchronous_commit and fsync must be on"
    } else if of("encoding")? != "UTF8" {
        "the database's encoding must be UTF8"
    } else if row.try_get("standby")? {
        "the database is a standby: give the address of the primary"
    } else {
        return Ok(());
    };
    Err(sqlx::Error::Configuration(unfit.into()))
}

/// Refuses a database that has tables and is not a hub's, before anything in it is changed.
pub async fn refuse_foreign(db: &mut PgConnection, address: &PostgresAddress) -> Result<()> {
    let row = sqlx::query(
        "SELECT to_regclass('grp') IS NOT NULL OR NOT EXISTS (SELECT 1 FROM pg_tables \
         WHERE schemaname = current_schema() AND tablename <> '_sqlx_migrations') AS ours",
    )
    .fetch_one(db)
    .await?;
    match row.try_get("ours")? {
        true => Ok(()),
        false => Err(StoreError::Foreign(address.to_string().into())),
    }
}

/// Refuses a database on which hubs run: what they remember of it would be of another one. The server may hold the
/// connections of one that has just ended a little longer.
pub async fn refuse_beside_hubs(db: &mut PgConnection) -> Result<()> {
    let from = Instant::now();
    while has_hubs(db).await? {
        if from.elapsed() > LEAVING {
            return Err(StoreError::Busy);
        }
        tokio::time::sleep(LEAVING / 50).await;
    }
    Ok(())
}

async fn has_hubs(db: &mut PgConnection) -> Result<bool> {
    let row = sqlx::query(
        "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() \
         AND application_name = current_setting('application_name') AND pid <> pg_backend_pid()) AS busy",
    )
    .fetch_one(db)
    .await?;
    Ok(row.try_get("busy")?)
}

/// Whether a connection that nobody used for a while still lives.
pub async fn lives(db: &mut PgConnection, idle: Duration) -> sqlx::Result<bool> {
    if idle < FRESH {
        return Ok(true);
    }
    answers(db).await
}

/// Whether a connection answers.
pub async fn answers(db: &mut PgConnection) -> sqlx::Result<bool> {
    let silent = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    tokio::time::timeout(ANSWER, db.ping())
        .await
        .map_err(silent)??;
    Ok(true)
}
