//! Which database a hub keeps its records in.

use super::Error;
use crate::hub::PostgresAddress;
use clap::Args;

#[derive(Args)]
pub struct Database {
    /// `PostgreSQL` database instead of a file in the data folder, `postgres://USER@HOST:5432/NAME`. What
    /// is given here is seen by everybody on the machine: a password belongs into the variable, into
    /// `PGPASSWORD` or `~/.pgpass`
    // A text, whatever it is: clap repeats what it cannot read, and it may hold a password.
    #[arg(
        long,
        env = "LIANXIAO_DATABASE",
        hide_env_values = true,
        value_name = "URL"
    )]
    database: Option<String>,
}

impl Database {
    /// Its address; `None`: a file in the data folder.
    pub fn address(&self) -> Result<Option<PostgresAddress>, Error> {
        let given = self.database.as_deref();
        Ok(given.map(str::parse).transpose()?)
    }
}
