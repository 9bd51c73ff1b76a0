//! `lianxiao campus`: how a school joins a hub, and its own copy of it, kept in one file.

mod act;
mod ask;
mod blank;
mod conflicts;
mod history;
mod import;
mod join;
pub mod lang;
mod list;
mod open;
mod progress;
mod put;
mod status;
mod sync;
mod told;
mod trouble;
mod verify;
mod words;

use super::way::Way;
use super::{Error, Outcome};
use crate::client::{Line, Replica};
use clap::{Args, Subcommand};
use lang::{Lang, say};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// The exit status when all went well and something waits for a person: a refusal, a conflict, a question that
/// nobody answered.
const WAITS: u8 = 3;

#[derive(Args)]
#[command(
    after_help = "Ends with status 0 when all went well; 3 when it did and something waits for a person: a refusal, a \
                  conflict, a question that nobody answered; 1 when it failed; 64 for a command line that cannot be \
                  read; 65 when a sheet holds nothing that can be read; 74 when this computer's disk or file fails; 75 \
                  when the hub is not reached: nothing is lost, try again later; 77 when the hub refuses the \
                  credential, or is another one. `verify`: 0, 1 rewritten, 2 not found out."
)]
pub struct Campus {
    #[command(flatten)]
    door: Door,
    /// The language of what is said; the machine's when left out
    #[arg(long, value_enum, env = "LIANXIAO_LANG", global = true)]
    lang: Option<Lang>,
    /// Print the result as JSON
    #[arg(long, global = true)]
    json: bool,
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

/// How a command speaks.
#[derive(Clone, Copy)]
struct Screen {
    lang: Lang,
    json: bool,
}

#[derive(Subcommand)]
enum Verb {
    /// Trade an invitation for a credential, and keep it in a file
    Join(join::Join),
    /// Bring what was typed to the hub, and the copy up to date
    Sync,
    /// Stay in step with the hub until Ctrl-C
    Watch,
    /// Open the clerk's pages on this computer, with a line or without
    Open(open::Open),
    /// Tell what the state is: the copy, what waits, what was refused
    Status,
    /// List the records, also those typed and not sent yet
    List(list::List),
    /// Show one record whole
    Show {
        /// The record, by the beginning of its id
        record: String,
    },
    /// Tell what became of a record
    History(history::History),
    /// Read a sheet as people make it, tell what is doubtful, and store it
    Import(import::Import),
    /// Make an empty sheet to be filled in, with drop-down lists
    Blank(blank::Blank),
    /// Write a content from JSON
    Put(put::Put),
    /// Ask for an action: publish, announce, accept …
    Act(act::Act),
    /// Delete a record that was never published
    Delete(put::Delete),
    /// Drop a wish that was refused
    Discard {
        /// The mutation, by the beginning of its id
        mutation: String,
    },
    /// Show edits that clashed, side by side
    Conflicts {
        /// Only this one, by the beginning of its id
        conflict: Option<String>,
    },
    /// Decide a conflict
    Resolve(conflicts::Resolve),
    /// Compute the hub's history anew and compare it with what this school was told
    Verify(verify::Verify),
}

impl Campus {
    pub async fn run(self) -> Outcome {
        let (door, json) = (&self.door, self.json);
        let lang = Lang::of(self.lang);
        let screen = Screen { lang, json };
        let outcome = match self.verb {
            Verb::Join(join) => match join.run(&door.way.credential()?).await {
                Ok(()) => sync::first(door, screen).await,
                Err(error) => Err(error),
            },
            Verb::Sync => sync::run(door, screen).await,
            Verb::Watch => sync::watch(door, screen).await,
            Verb::Open(open) => open.run(door, screen).await,
            Verb::Status => status::run(door, screen).await,
            Verb::List(list) => list.run(door, screen).await,
            Verb::Show { record } => list::show(door, &record, screen).await,
            Verb::History(history) => history.run(door, screen).await,
            Verb::Import(import) => import.run(door, screen).await,
            Verb::Blank(blank) => blank.run(door, screen).await,
            Verb::Put(put) => put.run(door, screen).await,
            Verb::Act(act) => act.run(door, screen).await,
            Verb::Delete(delete) => delete.run(door, screen).await,
            Verb::Discard { mutation } => put::discard(door, &mutation, screen).await,
            Verb::Conflicts { conflict } => conflicts::run(door, conflict, screen).await,
            Verb::Resolve(resolve) => resolve.run(door, screen).await,
            Verb::Verify(verify) => verify.run(door, json).await,
        };
        outcome.or_else(|error| {
            let (words, status) = trouble::told(&error, lang);
            eprintln!("lianxiao: {words}");
            Ok(ExitCode::from(status))
        })
    }
}

/// What was typed is on the disk: says so.
async fn typed(
    replica: &Replica,
    mutations: &[crate::wire::v1::Mutation],
    screen: Screen,
) -> Outcome {
    let outbox = replica.outbox().await?;
    let waiting = outbox.iter().filter(|entry| !entry.refused).count();
    let typed = mutations.len();
    if screen.json {
        let one = |mutation: &crate::wire::v1::Mutation| json!({"mutation_id": mutation.mutation_id, "record_id": mutation.record_id});
        let typed: Vec<_> = mutations.iter().map(one).collect();
        println!("{:#}", json!({"typed": typed, "waiting": waiting}));
    } else {
        let records: Vec<&str> = mutations
            .iter()
            .map(|mutation| mutation.record_id.as_str())
            .collect();
        let records = records.join(" ");
        println!(
            "{}",
            say!(
                screen.lang,
                "已录入 {typed} 项，存在本机（{records}）；共 {waiting} 项待上报，联网后 lianxiao campus sync",
                "stored {typed} on this computer ({records}); {waiting} waiting, bring them to the hub with lianxiao \
                     campus sync"
            )
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Nobody said yes: nothing was stored.
fn undecided(lang: Lang) -> ExitCode {
    eprintln!(
        "{}",
        lang.pick(
            "没有录入。同意就加 --yes",
            "nothing was stored; to agree, say --yes"
        )
    );
    ExitCode::from(WAITS)
}

impl Door {
    async fn open(&self) -> Result<(Replica, Line), Error> {
        let line = self.way.line()?;
        Ok((Replica::open(&self.data).await?, line))
    }

    /// The copy alone: it needs no line.
    async fn copy(&self) -> Result<Replica, Error> {
        if !self.data.exists() {
            let file = self.data.display();
            return Err(format!(
                "没有副本 {file}：先同步一次（lianxiao campus sync），或用 --data 指明文件 (there is no copy {file}: sync \
                 once, or say --data FILE)"
            )
            .into());
        }
        Ok(Replica::open(&self.data).await?)
    }
}
