//! `lianxiao campus`: how a school joins a hub, and its own copy of it, kept in one file.

mod join;
mod sync;
mod verify;

use super::Outcome;
use crate::client::{Credential, Line, Replica, Trust};
use crate::model::fingerprint::Fingerprint;
use clap::{Args, Subcommand};
use std::env;
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
    /// File of the credential that `join` leaves; lianxiao/credential.json in the user's config folder when
    /// left out
    #[arg(long, env = "LIANXIAO_CREDENTIAL", value_name = "FILE", global = true)]
    credential: Option<PathBuf>,
    /// Without a credential file: address of the hub, as https://HOST:PORT; http:// only on this machine
    #[arg(long, env = "LIANXIAO_HUB", value_name = "ADDRESS")]
    hub: Option<String>,
    /// SHA-256 of the hub's certificate, for an address with https://
    #[arg(
        long,
        env = "LIANXIAO_FINGERPRINT",
        value_name = "HEX",
        requires = "hub"
    )]
    fingerprint: Option<Fingerprint>,
    /// File that holds the token; without it the token is taken from `LIANXIAO_TOKEN`
    #[arg(
        long,
        env = "LIANXIAO_TOKEN_FILE",
        value_name = "FILE",
        requires = "hub"
    )]
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
            Verb::Join(join) => join.run(&self.door.credential()?).await,
            Verb::Sync => sync::run(&self.door).await,
            Verb::Verify(verify) => verify.run(&self.door).await,
        }
    }
}

impl Door {
    async fn open(&self) -> Result<(Replica, Line), Error> {
        let line = match (&self.hub, self.fingerprint) {
            (None, _) => self.joined()?.line()?,
            (Some(hub), None) => Line::new(hub, &self.token()?)?,
            (Some(hub), Some(known)) => {
                Line::trusting(hub, Trust::Fingerprint(known), &self.token()?)?
            }
        };
        Ok((Replica::open(&self.data).await?, line))
    }

    fn joined(&self) -> Result<Credential, Error> {
        let file = self.credential()?;
        let none = || {
            format!(
                "there is no credential at {}: join with `lianxiao campus join`",
                file.display()
            )
        };
        Ok(Credential::read(&file)?.ok_or_else(none)?)
    }

    /// The credential's file.
    fn credential(&self) -> Result<PathBuf, Error> {
        let usual = || Some(config_folder()?.join("lianxiao").join("credential.json"));
        let file = self.credential.clone().or_else(usual);
        Ok(file.ok_or("this user has no config folder: say --credential FILE")?)
    }

    fn token(&self) -> Result<String, Error> {
        let token = match &self.token_file {
            Some(file) => std::fs::read_to_string(file).map_err(|error| {
                format!("the token cannot be read: {}: {error}", file.display())
            })?,
            None => env::var(TOKEN)
                .map_err(|_| format!("give the token by --token-file, or in {TOKEN}"))?,
        };
        Ok(token.trim().to_owned())
    }
}

/// The user's config folder, as the system has it.
fn config_folder() -> Option<PathBuf> {
    let folder = |name| {
        env::var_os(name)
            .filter(|path| !path.is_empty())
            .map(PathBuf::from)
    };
    folder("XDG_CONFIG_HOME")
        .or_else(|| folder("APPDATA"))
        .or_else(|| Some(folder("HOME")?.join(".config")))
}
