//! The way to a hub as a command line gives it: a credential, or address and token.

use super::Error;
use crate::client::{Credential, Line, Trust};
use crate::model::fingerprint::Fingerprint;
use clap::Args;
use std::env;
use std::path::PathBuf;

/// Where a token may stand instead of a file. Never on the command line: every user of the machine sees
/// that.
const TOKEN: &str = "LIANXIAO_TOKEN";

/// The way to the hub.
#[derive(Args)]
pub struct Way {
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
}

impl Way {
    /// A line to the hub.
    pub fn line(&self) -> Result<Line, Error> {
        Ok(match (&self.hub, self.fingerprint) {
            (None, _) => self.joined()?.line()?,
            (Some(hub), None) => Line::new(hub, &self.token()?)?,
            (Some(hub), Some(known)) => {
                Line::trusting(hub, Trust::Fingerprint(known), &self.token()?)?
            }
        })
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
    pub fn credential(&self) -> Result<PathBuf, Error> {
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
