//! What a program at a school embeds to talk to a hub: a line to it, and a replica that goes on working
//! without one.

mod backoff;
mod credential;
mod database;
mod error;
mod join;
mod line;
mod pinned;
mod proof;
mod pull;
mod push;
mod replica;
mod report;
mod verify;
mod watch;
mod wish;

pub use credential::{Credential, CredentialError};
pub use database::{Entry, Kept, State};
pub use error::{ReplicaError, Result};
pub use join::{JoinError, Joining};
pub use line::{Authorised, Line, LineError, Trust};
pub use proof::{Difference, Forged, Proof};
pub use replica::{Observer, Replica};
pub use wish::fresh_id;
