//! `lianxiao campus`: a school's own copy of the hub, kept in one file.

mod sync;
mod verify;

use super::Outcome;
use crate::client::{Line, Replica};
use clap::{Args, Subcommand};
use std::path::PathBuf;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Where a token may stand instead of a file. Never on the command line: every user of the machine sees
/// that.
const TOKEN: &str = "LIANXIAO_TOKEN";

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
    /// Address of the hub, as http://HOST:PORT
    #[arg(long, env = "LIANXIAO_HUB", value_name = "ADDRESS")]
    hub: String,
    /// File that holds the token; without it the token is taken from `LIANXIAO_TOKEN`
    #[arg(long, env = "LIANXIAO_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<PathBuf>,
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
    /// Bring what was typed to the hub, and the copy up to date
    Sync,
    /// Compute the hub's history anew and compare it with what this school was told
    Verify(verify::Verify),
}

impl Campus {
    pub async fn run(self) -> Outcome {
        match self.verb {
            Verb::Sync => sync::run(&self.door).await,
            Verb::Verify(verify) => verify.run(&self.door).await,
        }
    }
}

impl Door {
    async fn open(&self) -> Result<(Replica, Line), Error> {
        let line = Line::new(&self.hub, &self.token()?)?;
        Ok((Replica::open(&self.data).await?, line))
    }

    fn token(&self) -> Result<String, Error> {
        let token = match &self.token_file {
            Some(file) => std::fs::read_to_string(file).map_err(|error| {
                format!("the token cannot be read: {}: {error}", file.display())
            })?,
            None => std::env::var(TOKEN)
                .map_err(|_| format!("give the token by --token-file, or in {TOKEN}"))?,
        };
        Ok(token.trim().to_owned())
    }
}
