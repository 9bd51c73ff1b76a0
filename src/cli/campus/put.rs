//! `lianxiao campus put`, `delete`, `discard`: a content from JSON, an end, and a refused wish that is wanted no
//! more. What is typed is on the disk when the command ends, with or without a line.

use super::lang::say;
use super::told::Copy;
use super::{Door, Screen, ask};
use crate::cli::{Error, Outcome};
use crate::client::{Replica, fresh_id};
use crate::wire::{json, v1};
use bytes::Bytes;
use clap::Args;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub struct Put {
    /// The content as JSON, as `list --json` and the contract write it ({"menu": {…}}); - for standard input
    #[arg(value_name = "FILE|-")]
    content: PathBuf,
    /// The record, by the beginning of its id; a new one when left out
    #[arg(long)]
    record: Option<String>,
}

impl Put {
    pub async fn run(self, door: &Door, screen: Screen) -> Outcome {
        let content = content(&self.content)?;
        let replica = door.copy().await?;
        let record = match &self.record {
            Some(wanted) => super::list::find(&replica, &Copy::of(&replica).await?, wanted).await?,
            None => fresh_id().to_string(),
        };
        let mutation = write(&replica, &record, content).await?;
        super::typed(&replica, &[mutation], screen).await
    }
}

/// The content that a file holds as JSON.
pub fn content(file: &Path) -> Result<Bytes, Error> {
    let said = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let mut text = String::new();
    match file.as_os_str() == "-" {
        true => std::io::stdin().read_to_string(&mut text),
        false => std::fs::File::open(file).and_then(|mut file| file.read_to_string(&mut text)),
    }
    .map_err(|error| said(&error))?;
    let json: serde_json::Value = serde_json::from_str(&text).map_err(|error| said(&error))?;
    Ok(json::read("Content", &json).map_err(|error| said(&error))?)
}

/// Types a content. A refused put of the record is what this one corrects.
pub async fn write(replica: &Replica, record: &str, content: Bytes) -> Result<v1::Mutation, Error> {
    let outbox = replica.outbox().await?;
    let mut refused = outbox.iter().filter(|entry| {
        let put = matches!(entry.mutation.wish, Some(v1::mutation::Wish::Put(_)));
        entry.refused && put && entry.mutation.record_id == record
    });
    Ok(match refused.next_back() {
        Some(refused) => {
            replica
                .correct(&refused.mutation.mutation_id, content)
                .await?
        }
        None => replica.put(record, content).await?,
    })
}

#[derive(Args)]
pub struct Delete {
    /// The record, by the beginning of its id
    record: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Delete {
    pub async fn run(self, door: &Door, screen: Screen) -> Outcome {
        let replica = door.copy().await?;
        let copy = Copy::of(&replica).await?;
        let record = super::list::find(&replica, &copy, &self.record).await?;
        let content = replica.content(&record).await?.unwrap_or_default();
        let title = copy.title(&content, screen.lang);
        let question = say!(screen.lang, "删除“{title}”？", "Delete \"{title}\"?");
        if !self.yes && !ask::agreed(&question)? {
            return Ok(super::undecided(screen.lang));
        }
        let mutation = replica.delete(&record).await?;
        super::typed(&replica, &[mutation], screen).await
    }
}

/// Drops a refused wish, by the beginning of its mutation id.
pub async fn discard(door: &Door, wanted: &str, screen: Screen) -> Outcome {
    let replica = door.copy().await?;
    let outbox = replica.outbox().await?;
    let ids = outbox.iter().filter(|entry| entry.refused);
    let ids = ids.map(|entry| &entry.mutation.mutation_id);
    let fits: Vec<&String> = ids.filter(|id| id.starts_with(wanted)).collect();
    let [one] = fits[..] else {
        let count = fits.len();
        return Err(say!(
            screen.lang,
            "有 {count} 条未收的上报编号以 {wanted} 开头，应恰有一条：用 lianxiao campus status 查看",
            "{count} refused mutations begin with {wanted}, one should: see lianxiao campus status"
        )
        .into());
    };
    replica.discard(one).await?;
    if screen.json {
        println!("{:#}", serde_json::json!({"discarded": one}));
    } else {
        println!("{}", screen.lang.pick("已放弃", "dropped"));
    }
    replica.close().await;
    Ok(ExitCode::SUCCESS)
}
