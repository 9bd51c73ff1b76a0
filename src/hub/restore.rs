//! Restoring and moving a hub that does not run.

use super::{Config, HubError};
use crate::model::clock::Clock;
use crate::store::{
    self, Moved, PostgresAddress, PostgresStore, Progress, Restored, SqliteStore, StoreError,
};
use std::path::Path;

/// Puts a backup in the place of the data folder's database, under the folder's lock; or, without one, tells
/// the `PostgreSQL` database that it was put back by its own means.
///
/// # Errors
/// When a hub runs on the folder or on the database, the backup is none or not whole, or a file is given for a
/// database that restores itself. Then everything is as it was.
pub async fn restore(
    config: &Config,
    backup: Option<&Path>,
    clock: &dyn Clock,
) -> Result<Restored, HubError> {
    let _lock = config.lock()?;
    let now = clock.now();
    Ok(match (&config.database, backup) {
        (None, Some(file)) => SqliteStore::restore(&config.data, file, now).await?,
        (Some(address), None) => PostgresStore::was_restored(address, now).await?,
        (Some(_), Some(_)) => return Err(StoreError::BacksUpItself.into()),
        (None, None) => return Err(HubError::invalid("file", "name the backup to be restored")),
    })
}

/// Moves the hub out of the data folder's database into an empty PostgreSQL database, under the folder's lock.
///
/// # Errors
/// When a hub runs on the folder or the database, the folder has none or the database has groups, or either
/// fails. Then everything is as it was.
pub async fn migrate(
    config: &Config,
    address: &PostgresAddress,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Moved, HubError> {
    let _lock = config.lock()?;
    Ok(store::migrate(&config.data, address, progress).await?)
}
