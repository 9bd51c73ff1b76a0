//! Restoring a hub that does not run.

use super::{Config, HubError};
use crate::model::clock::Clock;
use crate::store::{Restored, SqliteStore};
use std::path::Path;

/// Puts a backup in the place of the data folder's database, under the folder's lock.
///
/// # Errors
/// When a hub runs on the folder, or the backup is none or not whole. Then the folder is as it was.
pub async fn restore(
    config: &Config,
    backup: &Path,
    clock: &dyn Clock,
) -> Result<Restored, HubError> {
    let _lock = config.lock()?;
    Ok(SqliteStore::restore(&config.data, backup, clock.now()).await?)
}
