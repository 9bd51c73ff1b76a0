//! `lianxiao restore`: puts a backup in the place of a stopped hub's database, or tells a PostgreSQL database that
//! it was put back.

use super::Outcome;
use super::database::Database;
use crate::hub::{Config, LOOK_EVERY, Restored, restore};
use crate::model::clock::SystemClock;
use crate::model::limits::Limits;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub struct Restore {
    /// Data folder of the stopped hub
    #[arg(
        long,
        env = "LIANXIAO_DATA",
        default_value = "lianxiao-data",
        value_name = "FOLDER"
    )]
    data: PathBuf,
    #[command(flatten)]
    database: Database,
    /// Backup made by `lianxiao admin backup`; none for a `PostgreSQL` database, which was put back by its own
    /// means before
    file: Option<PathBuf>,
}

impl Restore {
    pub async fn run(self) -> Outcome {
        let config = Config {
            data: self.data,
            database: self.database.address()?,
            limits: Limits::default(),
            look_every: LOOK_EVERY,
        };
        let Restored { lost, erased } =
            restore(&config, self.file.as_deref(), &SystemClock).await?;
        println!(
            "restored; every group begins a new epoch, and replicas push again what is missing"
        );
        println!(
            "credentials are locked: look at `admin credential list`, then `admin credential confirm`"
        );
        match erased {
            Some(0) => {}
            Some(_) => {
                println!("what was erased since the backup is erased again when the hub starts");
            }
            None => println!(
                "\nthe replaced database cannot be read: what it held above the backup is not listed, and what\n\
                 was erased since the backup is back; the office must erase it again"
            ),
        }
        if !lost.is_empty() {
            println!(
                "\n{} changes were made after the backup. What came from a replica comes again by itself;\n\
                 what was pushed without one is lost unless it is entered again:",
                lost.len()
            );
        }
        for lost in lost {
            let place = lost
                .place
                .campus()
                .map_or("office".to_owned(), |id| id.to_string());
            println!(
                "{}\t{}\t{}\t{}\t{place}\t{}",
                lost.group, lost.position, lost.kind, lost.record, lost.actor
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}
