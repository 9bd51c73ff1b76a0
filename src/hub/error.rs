//! Why a call as a whole is not carried out. Faults of an item are findings, not errors.

use crate::model::audit::Refused;
use crate::store::StoreError;
use crate::sync::{OpenError, WriteError, end_if_unsynced};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Why a call is not carried out.
#[derive(Clone, Debug, thiserror::Error)]
pub enum HubError {
    /// No credential has this token.
    #[error("the token is not known to this hub")]
    Unauthenticated,
    /// The operator took the credential back.
    #[error("the credential was revoked; ask the operator for another one")]
    Revoked(Refused),
    /// The token or its credential has come to its end.
    #[error("the credential has expired; ask the operator for another one")]
    Expired(Refused),
    /// The credential was locked out by a restore.
    #[error("the hub was restored; the operator has not confirmed this credential yet")]
    Locked(Refused),
    /// No invitation has this code.
    #[error("there is no such invitation; ask the operator for another one")]
    InvitationUnknown,
    /// The code was traded for another token.
    #[error("the invitation was used already; ask the operator for another one")]
    InvitationUsed,
    /// The code is too old.
    #[error("the invitation has expired; ask the operator for another one")]
    InvitationExpired,
    /// The caller may not ask this.
    #[error("{0}")]
    Denied(&'static str),
    /// An argument cannot be used.
    #[error("{why}")]
    Invalid {
        /// The field of the request.
        field: String,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// What was asked for is not there, or not the caller's to see.
    #[error("there is no {what} {id}")]
    NotFound {
        /// What was asked for.
        what: &'static str,
        /// By which id.
        id: String,
        /// It was there once, and the caller may know.
        deleted: bool,
    },
    /// A name is taken.
    #[error("a {what} named \"{name}\" exists already")]
    Exists {
        /// What was to be made.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The request goes over a limit.
    #[error("{actual} is over the limit {limit} = {max}")]
    TooMuch {
        /// The limit, as `Describe` names it.
        limit: &'static str,
        /// The limit.
        max: usize,
        /// What was sent.
        actual: usize,
    },
    /// As many are open as may be; one that is closed makes room.
    #[error("as many are open as the limit {limit} = {max} allows")]
    Full {
        /// The limit, as `Describe` names it.
        limit: &'static str,
        /// The limit.
        max: usize,
    },
    /// Too many calls, or too many bytes, in too short a time.
    #[error("the limit {limit} is used up; try again in {wait:?}")]
    TooOften {
        /// The limit, as `Describe` names it.
        limit: &'static str,
        /// When there is enough again.
        wait: Duration,
    },
    /// The hub has not reached the position asked for.
    #[error("this hub holds position {newest}, not yet {position}")]
    Behind {
        /// What was asked for.
        position: i64,
        /// What it has.
        newest: i64,
    },
    /// The hub is going down.
    #[error("the hub is going down")]
    Stopping,
    /// Another process holds the data folder.
    #[error("the data folder {0:?} is in use by another process")]
    InUse(PathBuf),
    /// The data folder cannot be used.
    #[error("the data folder cannot be used: {0}")]
    Folder(Arc<std::io::Error>),
    /// The database is PostgreSQL, which is none of the hub's to copy or replace.
    #[error("{}", StoreError::BacksUpItself)]
    BacksUpItself,
    /// The database failed.
    #[error("{0}")]
    Store(Arc<StoreError>),
}

impl HubError {
    /// The reason by which every door calls it, and by which refusals are counted.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            HubError::Unauthenticated => "TOKEN_UNKNOWN",
            HubError::Revoked(_) => "CREDENTIAL_REVOKED",
            HubError::Expired(_) => "CREDENTIAL_EXPIRED",
            HubError::Locked(_) => "CREDENTIAL_LOCKED",
            HubError::InvitationUnknown => "INVITATION_UNKNOWN",
            HubError::InvitationUsed => "INVITATION_USED",
            HubError::InvitationExpired => "INVITATION_EXPIRED",
            HubError::Denied(_) => "NOT_ALLOWED",
            HubError::Invalid { .. } => "ARGUMENT_INVALID",
            HubError::NotFound { deleted: true, .. } => "RECORD_DELETED",
            HubError::NotFound { .. } => "NOT_FOUND",
            HubError::Exists { .. } => "NAME_TAKEN",
            HubError::TooOften { .. } => "RATE_LIMITED",
            HubError::TooMuch { .. } | HubError::Full { .. } => "LIMIT_EXCEEDED",
            HubError::Behind { .. } => "HUB_BEHIND",
            HubError::Stopping => "HUB_STOPPING",
            HubError::BacksUpItself => "DATABASE_BACKS_UP_ITSELF",
            HubError::Store(cause) if cause.disk_full() => "DISK_FULL",
            HubError::Store(_) => "DATABASE_FAILED",
            HubError::InUse(_) | HubError::Folder(_) => "INTERNAL",
        }
    }

    /// Logs the cause of what is the hub's own fault; a door tells its caller the rest.
    pub fn log(&self) {
        match self {
            HubError::Store(cause) if cause.disk_full() => {
                tracing::error!(error = %cause, "the disk is full");
            }
            HubError::Store(cause) => tracing::error!(error = %cause, "the database failed"),
            _ => {}
        }
    }

    /// Whether there is no room on the disk.
    #[must_use]
    pub fn disk_full(&self) -> bool {
        matches!(self, HubError::Store(cause) if cause.disk_full())
    }

    /// Whose credential it is that lets nobody in.
    #[must_use]
    pub fn shut_out(&self) -> Option<Refused> {
        match self {
            HubError::Revoked(who) | HubError::Expired(who) | HubError::Locked(who) => Some(*who),
            _ => None,
        }
    }

    /// An argument that cannot be used.
    pub fn invalid(field: impl Into<String>, why: impl Into<String>) -> Self {
        HubError::Invalid {
            field: field.into(),
            why: why.into(),
        }
    }
}

impl From<StoreError> for HubError {
    fn from(error: StoreError) -> Self {
        // Whatever the hub writes comes by here, pushes and the last call of a credential excepted.
        end_if_unsynced(&error);
        match error {
            StoreError::BacksUpItself => HubError::BacksUpItself,
            error => HubError::Store(Arc::new(error)),
        }
    }
}

impl From<WriteError> for HubError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Stopping => HubError::Stopping,
            WriteError::Store(error) => HubError::Store(error),
        }
    }
}

impl From<OpenError> for HubError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Noise(noise) => HubError::invalid("cursor", noise.to_string()),
            OpenError::UnknownKind { .. } => HubError::invalid("filter.kinds", error.to_string()),
            OpenError::OtherHub => HubError::invalid(
                "cursor",
                "the cursor comes from another hub or group; begin with an empty cursor",
            ),
            OpenError::Store(error) => error.into(),
        }
    }
}
