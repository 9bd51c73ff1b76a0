//! Why a replica could not do what it was asked.

use sqlx::migrate::MigrateError;
use std::error::Error;
use std::io;
use std::time::Duration;
use tokio_rustls::rustls::{self, CertificateError};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// What went wrong. Nothing typed is lost by any of it.
#[derive(Debug, thiserror::Error)]
pub enum ReplicaError {
    /// The hub refused a call, or the line broke.
    #[error("{}: {}", if refuses(.0) { "the hub refused" } else { "the hub did not answer" }, .0.message())]
    Hub(#[source] Box<Status>),
    /// Whoever answers there is not recognised: it shows another certificate, or one that nobody vouches for.
    #[error("this is not the hub, or its certificate was replaced: {0}")]
    NotTheHub(String),
    /// The replica's own file cannot be used.
    #[error("the replica's file failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The replica's own file was written by a newer program, or is none.
    #[error("the replica's file cannot be opened: {0}")]
    Migrate(#[from] MigrateError),
    /// The replica's own file holds what this program did not write.
    #[error("the replica's file is damaged: {0}")]
    Damaged(&'static str),
    /// The line leads to another hub, group or campus than the copy came from.
    #[error("the copy is of hub {ours}, the line leads to {theirs}")]
    OtherHub {
        /// Hub, group and campus of the copy.
        ours: String,
        /// Hub, group and campus at the end of the line.
        theirs: String,
    },
    /// The hub broke the contract.
    #[error("the hub broke the contract: {0}")]
    Contract(String),
    /// The replica talks to the hub already.
    #[error("a sync or a watch of this replica is under way")]
    Busy,
    /// Whose turn it is to talk to the hub cannot be found out.
    #[error("the file beside the replica's cannot be locked: {0}")]
    Turn(#[source] io::Error),
    /// What is done together asks one record twice, and the second wish would wait for the first.
    #[error("record {0} is asked twice in what is done together")]
    Twice(String),
    /// The outbox holds no refused mutation of that id.
    #[error("there is no refused mutation {0}")]
    NotRefused(String),
}

/// Whether it was the hub that said so: whatever it says has its reason with it, what the transport says has
/// none.
fn refuses(status: &Status) -> bool {
    status.get_details_error_info().is_some()
}

impl ReplicaError {
    /// How long the hub asked to be left alone.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            ReplicaError::Hub(status) => status.get_details_retry_info()?.retry_delay,
            _ => None,
        }
    }

    /// Whether the replica's own disk has no room left. What is in the file already is safe; what was being
    /// typed is not in it.
    #[must_use]
    pub fn disk_full(&self) -> bool {
        match self {
            ReplicaError::Database(error) | ReplicaError::Migrate(MigrateError::Execute(error)) => {
                no_room(error)
            }
            ReplicaError::Turn(error) => error.kind() == io::ErrorKind::StorageFull,
            _ => false,
        }
    }

    /// Whether the same call can succeed later without anybody doing anything.
    #[must_use]
    pub fn passes(&self) -> bool {
        let ReplicaError::Hub(status) = self else {
            return false;
        };
        self.retry_after().is_some()
            || matches!(
                status.code(),
                Code::Unavailable
                    | Code::Unknown
                    | Code::Cancelled
                    | Code::DeadlineExceeded
                    | Code::Aborted
                    | Code::Internal
            )
    }
}

/// `SQLITE_FULL`, or one of the I/O errors with which `SQLite` tells that a file does not grow: that of a write
/// (`SQLITE_IOERR_WRITE`), and that of the index beside its log (`SQLITE_IOERR_SHMSIZE`).
fn no_room(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else {
        return false;
    };
    matches!(error.code().as_deref(), Some("13" | "778" | "4874"))
}

impl From<Status> for ReplicaError {
    fn from(status: Status) -> Self {
        match bad_certificate(&status) {
            Some(CertificateError::Other(error)) => ReplicaError::NotTheHub(error.to_string()),
            Some(error) => ReplicaError::NotTheHub(error.to_string()),
            None => ReplicaError::Hub(Box::new(status)),
        }
    }
}

/// What was wrong with the certificate, somewhere below a call that failed.
fn bad_certificate(status: &Status) -> Option<&CertificateError> {
    let mut cause = status.source();
    while let Some(error) = cause {
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        match inner.and_then(|inner| inner.downcast_ref()) {
            Some(rustls::Error::InvalidCertificate(bad)) => return Some(bad),
            _ => cause = error.source(),
        }
    }
    None
}

/// What a call of the replica gives.
pub type Result<T> = std::result::Result<T, ReplicaError>;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;
    use tonic_types::ErrorDetails;

    #[test]
    fn a_refusal_is_not_told_as_silence() {
        let told = |status| ReplicaError::from(status).to_string();
        let mut details = ErrorDetails::new();
        details.set_error_info("CREDENTIAL_REVOKED", "lianxiao", HashMap::new());
        let refused = Status::with_error_details(Code::Unauthenticated, "revoked", details);
        assert_eq!(told(refused), "the hub refused: revoked");
        let cut = Status::unavailable("cut");
        assert_eq!(told(cut), "the hub did not answer: cut");
    }
}
