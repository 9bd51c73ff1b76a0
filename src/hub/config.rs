//! What a hub is told before it is built.

use super::{HubError, random_uuid};
use crate::model::limits::Limits;
use crate::store::{PostgresAddress, PostgresStore, SqliteStore, Store};
use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A hub's settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// The data folder: database, lock and the operator's socket.
    pub data: PathBuf,
    /// The PostgreSQL database that stands instead of one in the data folder.
    pub database: Option<PostgresAddress>,
    /// What it takes and gives at once.
    pub limits: Limits,
    /// How often it looks for what other hubs wrote into the same database, when none of them gives a hint.
    pub look_every: Duration,
}

impl Config {
    /// The operator's socket.
    #[must_use]
    pub fn admin_socket(&self) -> PathBuf {
        self.data.join("admin.sock")
    }

    /// Opens the database.
    pub(super) async fn open(&self) -> Result<Arc<dyn Store>, HubError> {
        let fresh = random_uuid();
        Ok(match &self.database {
            None => Arc::new(SqliteStore::open(&self.data, fresh).await?),
            Some(address) => Arc::new(PostgresStore::open(address, fresh).await?),
        })
    }

    /// Makes the data folder, readable by its user only, and takes its lock: one process opens a hub.
    pub(super) fn lock(&self) -> Result<File, HubError> {
        make_private_folder(&self.data).map_err(|error| HubError::Folder(error.into()))?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.data.join("lock"))
            .map_err(|error| HubError::Folder(error.into()))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(HubError::InUse(self.data.clone())),
            Err(TryLockError::Error(error)) => Err(HubError::Folder(error.into())),
        }
    }
}

/// Makes a folder, and those above it, that only this user can open; one that is there stays as it is.
///
/// # Errors
/// When it cannot be made.
#[cfg(unix)]
pub fn make_private_folder(folder: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

/// Makes a folder, and those above it, as private as the one that they are in.
///
/// # Errors
/// When it cannot be made.
#[cfg(not(unix))]
pub fn make_private_folder(folder: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}
