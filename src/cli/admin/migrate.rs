//! `lianxiao admin migrate`: moves a stopped hub into an empty `PostgreSQL` database.

use crate::cli::Outcome;
use crate::cli::database::Database;
use crate::hub::{Config, LOOK_EVERY, Progress, migrate};
use crate::model::limits::Limits;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How often it says how far it is.
const SAY_EVERY: Duration = Duration::from_secs(1);

pub async fn run(data: PathBuf, database: &Database) -> Outcome {
    let address = database.address()?;
    let address = address.ok_or("say where to: --database postgres://USER@HOST:5432/NAME")?;
    let config = Config {
        data,
        database: None,
        limits: Limits::default(),
        look_every: LOOK_EVERY,
    };
    let mut said = Instant::now();
    let mut say = |Progress { table, rows, of }: Progress| {
        if said.elapsed() >= SAY_EVERY {
            eprintln!("{table}: {rows} of {of}");
            said = Instant::now();
        }
    };
    let moved = migrate(&config, &address, &mut say).await?;
    println!(
        "{} rows {} in PostgreSQL, and are the same there; from now on: lianxiao serve --database …",
        moved.rows,
        if moved.already { "were" } else { "are" }
    );
    Ok(ExitCode::SUCCESS)
}
