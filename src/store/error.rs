//! What a database that fails says.

use std::path::PathBuf;

/// The database, or the machine under it, did not do what it was asked. What a caller may foresee is
/// never an error.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or could not be reached.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The database could not be brought to this program's version.
    #[error("the database could not be migrated: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A stored value is not what this program stores.
    #[error("the database is damaged: {0}")]
    Damaged(&'static str),
    /// A file could not be read or written.
    #[error("a file could not be used: {0}")]
    File(#[from] std::io::Error),
    /// The file is another program's.
    #[error("{} is not a hub's database", .0.display())]
    Foreign(PathBuf),
    /// An address that is none of a PostgreSQL database. What was given is not repeated: it may hold a password.
    #[error("a database's address looks like postgres://user:password@host:5432/name")]
    Address,
    /// Hubs run on a database that must be left alone by them.
    #[error("hubs run on the database: stop every one of them first")]
    Busy,
    /// The database is not a file that a hub could copy or replace.
    #[error(
        "the hub's database is PostgreSQL: back it up and put it back with PostgreSQL's own means, by `admin backup \
         -- COMMAND`, and by `restore` without a file after it"
    )]
    BacksUpItself,
    /// The folder has no hub's database.
    #[error("there is no hub's database in {}", .0.display())]
    NoHub(PathBuf),
    /// The hub of the folder was moved.
    #[error(
        "the hub was moved to PostgreSQL: serve it with --database; what it was is kept as {}", .0.display()
    )]
    MovedAway(PathBuf),
    /// The database that a hub is to be moved into is not empty.
    #[error("the PostgreSQL database holds groups already: give one that is empty")]
    NotEmpty,
    /// A copied table holds something else than what was read.
    #[error("what was written into table {0} is not what was read; nothing of it was kept")]
    Differs(String),
    /// The hub's own code failed in the middle of a transaction, which is undone.
    #[error("a fault in the hub; nothing was stored")]
    Panicked,
    /// A backup could not be written. The database itself is as well as before.
    #[error("the backup could not be written: {0}")]
    Backup(#[source] Box<StoreError>),
}

impl StoreError {
    /// The disk refused to make durable what was written. Whether it is there nobody knows. (PostgreSQL then
    /// ends by itself, and reads its log anew.)
    #[must_use]
    pub fn lost_sync(&self) -> bool {
        const SQLITE_IOERR_FSYNC: &str = "1034";
        const SQLITE_IOERR_DIR_FSYNC: &str = "1290";
        matches!(
            self.code().as_deref(),
            Some(SQLITE_IOERR_FSYNC | SQLITE_IOERR_DIR_FSYNC)
        )
    }

    /// There is no room on the disk. Nothing was stored, and reading goes on.
    #[must_use]
    pub fn disk_full(&self) -> bool {
        const SQLITE_FULL: &str = "13";
        // The index of the write-ahead log could not grow.
        const SQLITE_IOERR_SHMSIZE: &str = "4874";
        const POSTGRES_DISK_FULL: &str = "53100";
        matches!(
            self.code().as_deref(),
            Some(SQLITE_FULL | SQLITE_IOERR_SHMSIZE | POSTGRES_DISK_FULL)
        )
    }

    /// What was to be new is there already.
    #[must_use]
    pub fn taken(&self) -> bool {
        match self {
            StoreError::Database(error) => {
                let error = error.as_database_error();
                error.is_some_and(sqlx::error::DatabaseError::is_unique_violation)
            }
            _ => false,
        }
    }

    /// The database cannot be reached, or lets nobody write now: whoever asks again at once fares no better.
    /// Of a commit nobody knows whether it is there.
    #[must_use]
    pub fn out_of_reach(&self) -> bool {
        use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls};
        // What PostgreSQL calls it: a connection that failed, resources that ran out, an operator who stepped
        // in, a standby, and a lock that was not given in time.
        const CLASSES: [&str; 3] = ["08", "53", "57"];
        const CODES: [&str; 2] = ["25006", "55P03"];
        match self {
            StoreError::Database(Io(_) | PoolClosed | PoolTimedOut | Protocol(_) | Tls(_)) => true,
            // SQLite's codes are no longer than four digits.
            _ => self.code().is_some_and(|code| {
                let class = code.get(..2).filter(|_| code.len() == 5);
                CODES.contains(&&*code) || class.is_some_and(|class| CLASSES.contains(&class))
            }),
        }
    }

    pub(super) fn code(&self) -> Option<String> {
        match self {
            StoreError::Database(error) => Some(error.as_database_error()?.code()?.into_owned()),
            _ => None,
        }
    }
}
