//! Restoring and moving a hub that does not run.

use super::{Config, HubError};
use crate::model::clock::Clock;
use crate::store::{self, Moved, PostgresAddress, Progress, Restored, SqliteStore, StoreError};
use std::path::Path;

/// Puts a backup in the place of the data folder's database, under the folder's lock.
///
/// # Errors
/// When a hub runs on the folder, the backup is none or not whole, or the database is not in the folder.
/// Then everything is as it was.
pub async fn restore(
    config: &Config,
    backup: &Path,
    clock: &dyn Clock,
) -> Result<Restored, HubError> {
    if config.database.is_some() {
        return Err(StoreError::BacksUpItself.into());
    }
    let _lock = config.lock()?;
    Ok(SqliteStore::restore(&config.data, backup, clock.now()).await?)
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
