//! `lianxiao campus`: how a school joins a hub, and its own copy of it, kept in one file.

mod join;
mod sync;
mod verify;

use super::way::Way;
use super::{Error, Outcome};
use crate::client::{Line, Replica};
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Args)]
pub struct Campus {
    #[command(flatten)]
    door: Door,
    #[command(subcommand)]
    verb: Verb,
}

/// The school's file, and its way to the hub.
#[derive(Args)]
struct Door {
    #[command(flatten)]
    way: Way,
    /// File of the school's copy; made when it is missing
    #[arg(
        long,
        env = "LIANXIAO_COPY",
        default_value = "lianxiao-copy.db",
        value_name = "FILE"
    )]
    data: PathBuf,
}

#[derive(Subcommand)]
enum Verb {
    /// Trade an invitation for a credential, and keep it in a file
    Join(join::Join),
    /// Bring what was typed to the hub, and the copy up to date
    Sync,
    /// Compute the hub's history anew and compare it with what this school was told
    Verify(verify::Verify),
}

impl Campus {
    pub async fn run(self) -> Outcome {
        match self.verb {
            Verb::Join(join) => join.run(&self.door.way.credential()?).await,
            Verb::Sync => sync::run(&self.door).await,
            Verb::Verify(verify) => verify.run(&self.door).await,
        }
    }
}

impl Door {
    async fn open(&self) -> Result<(Replica, Line), Error> {
        let line = self.way.line()?;
        Ok((Replica::open(&self.data).await?, line))
    }
}
