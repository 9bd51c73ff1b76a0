//! `lianxiao campus blank`: an empty sheet to be filled in, from the registers of the school's own copy.

use super::told::{self, Copy};
use super::{Door, Screen, import};
use crate::cli::Outcome;
use crate::cli::read::Kind;
use crate::intake::blank::{forms, next_week};
use crate::outlets::xlsx;
use crate::wire::v1::content;
use clap::Args;
use jiff::civil::Date;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub struct Blank {
    /// What is filled in
    kind: Kind,
    /// A day of the week of a menu; next week when left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    week: Option<Date>,
    /// The workbook (.xlsx); - for standard output
    #[arg(value_name = "FILE|-")]
    file: PathBuf,
}

impl Blank {
    pub async fn run(self, door: &Door, screen: Screen) -> Outcome {
        let replica = door.copy().await?;
        let copy = Copy::of(&replica).await?;
        let own = import::whose(&replica, screen.lang).await?;
        let known = import::known(&copy, &own, None)?;
        let policy =
            copy.records
                .values()
                .find_map(|record| match told::kind_of(&record.content) {
                    Some(content::Kind::Policy(policy)) => Some(policy),
                    _ => None,
                });
        let week = self.week.unwrap_or_else(|| next_week(known.today));
        let book = xlsx::blank(&forms(self.kind.what(), &known, policy.as_ref(), week)?)?;
        if self.file.as_os_str() == "-" {
            std::io::stdout().write_all(&book)?;
        } else {
            std::fs::write(&self.file, book)
                .map_err(|error| format!("{}: {error}", self.file.display()))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
