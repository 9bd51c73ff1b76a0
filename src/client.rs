//! What a program at a school embeds to talk to a hub: a line to it, and a replica that goes on working
//! without one.

mod backoff;
mod database;
mod error;
mod line;
mod pinned;
mod pull;
mod push;
mod replica;
mod watch;
mod wish;

pub use database::{Entry, Kept, State};
pub use error::{ReplicaError, Result};
pub use line::{Authorised, Line, LineError, Trust};
pub use replica::{Observer, Replica};
