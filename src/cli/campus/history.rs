//! `lianxiao campus history`: what became of a record. The replica holds its own wishes and the newest version;
//! older versions are the hub's to tell, and it is asked only with `--all`.

use super::lang::Lang;
use super::told::{self, Copy};
use super::{Door, Screen, words};
use crate::cli::{Error, Outcome};
use crate::client::Replica;
use crate::wire::v1;
use clap::Args;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::process::ExitCode;

#[derive(Args)]
pub struct History {
    /// The record, by the beginning of its id
    record: String,
    /// Ask the hub for every version; this needs a line
    #[arg(long)]
    all: bool,
}

/// One thing that happened.
struct Event {
    version: i64,
    time: Option<prost_types::Timestamp>,
    who: String,
    reason: String,
    what: String,
    changes: Vec<v1::FieldChange>,
}

impl History {
    pub async fn run(self, door: &Door, screen: Screen) -> Outcome {
        let replica = door.copy().await?;
        let copy = Copy::of(&replica).await?;
        let id = super::list::find(&replica, &copy, &self.record).await?;
        let lang = screen.lang;
        let events = match self.all {
            true => asked(door, &copy, &id, lang).await?,
            false => held(&replica, &copy, &id, lang).await?,
        };
        if screen.json {
            let events: Vec<Value> = events.iter().map(Event::as_json).collect();
            println!(
                "{:#}",
                json!({"record_id": id, "from_hub": self.all, "events": events})
            );
        } else {
            let headings = lang.pick(
                ["版本", "时间", "谁", "原因", "内容"],
                ["version", "time", "who", "reason", "what"],
            );
            let rows = events.iter().map(|event| event.told(lang)).collect();
            println!("{}", told::table(headings, rows));
            if !self.all {
                println!(
                        "{}",
                        lang.pick(
                            "以上是本机所知；更早的版本和别人的改动在中心：加 --all（需要联网）",
                            "this is what this computer knows; older versions and edits of others are the hub's: add \
                             --all (needs a line)",
                        )
                    );
            }
        }
        replica.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// The newest version, one's own wishes that were accepted, and those that wait.
async fn held(replica: &Replica, copy: &Copy, id: &str, lang: Lang) -> Result<Vec<Event>, Error> {
    let mut events = Vec::new();
    let own = |mutation: &v1::Mutation, version, what: String| Event {
        version,
        time: None,
        who: lang.pick("本机", "this computer").to_owned(),
        reason: mutation.reason.clone(),
        what: format!("{} {what}", told::wish(mutation, lang)),
        changes: Vec::new(),
    };
    for entry in replica.outbox().await? {
        if entry.mutation.record_id == id {
            let why = entry
                .answer
                .as_ref()
                .map(|answer| told::refusals(answer, lang));
            let state = match entry.refused {
                true => lang.pick("未收：", "rejected: ").to_owned() + &why.unwrap_or_default(),
                false => lang.pick("待上报", "waiting").to_owned(),
            };
            events.push(own(&entry.mutation, 0, state));
        }
    }
    if let Some(record) = copy.records.get(id) {
        events.push(Event {
            version: record.version,
            time: record.commit_time,
            who: format!("{} {}", copy.campus(&record.campus_id, lang), record.actor),
            reason: record.reason.clone(),
            what: lang.pick("现行版", "the newest version").to_owned(),
            changes: Vec::new(),
        });
    }
    for kept in replica.journal().await?.iter().rev() {
        if kept.mutation.record_id == id {
            let outcome = words::outcome(kept.answer.outcome(), lang).to_owned();
            events.push(own(&kept.mutation, kept.answer.version, outcome));
        }
    }
    Ok(events)
}

/// Every version that the hub tells.
async fn asked(door: &Door, copy: &Copy, id: &str, lang: Lang) -> Result<Vec<Event>, Error> {
    let line = door.way.line()?;
    let mut ask = v1::ListHistoryRequest {
        record_id: id.to_owned(),
        page_size: 100,
        ..Default::default()
    };
    let mut events = Vec::new();
    loop {
        let page = line.sync().list_history(ask.clone()).await;
        let page = page
            .map_err(crate::client::ReplicaError::from)?
            .into_inner();
        events.extend(page.entries.into_iter().map(|entry| Event {
            version: entry.version,
            time: entry.commit_time,
            who: format!("{} {}", copy.campus(&entry.campus_id, lang), entry.actor),
            reason: entry.reason,
            what: match entry.deleted {
                true => lang.pick("删除", "deleted").to_owned(),
                false => String::new(),
            },
            changes: entry.changes,
        }));
        ask.page_token = page.next_page_token;
        if ask.page_token.is_empty() {
            return Ok(events);
        }
    }
}

impl Event {
    fn as_json(&self) -> Value {
        let change = |change: &v1::FieldChange| json!({"path": change.path, "before": change.before, "after": change.after});
        json!({
            "version": self.version,
            "time": self.time.as_ref().map(ToString::to_string),
            "who": self.who,
            "reason": self.reason,
            "what": self.what,
            "changes": self.changes.iter().map(change).collect::<Vec<_>>(),
        })
    }

    fn told(&self, lang: Lang) -> [String; 5] {
        let time = self.time.as_ref().and_then(crate::wire::convert::time);
        let time = time.map(|time| {
            time.to_zoned(TimeZone::system())
                .strftime("%Y-%m-%d %H:%M")
                .to_string()
        });
        let changes = self.changes.iter().map(|change| {
            let (before, after) = (
                told_value(&change.before, lang),
                told_value(&change.after, lang),
            );
            format!(
                "{}：{before} → {after}",
                words::readable(&change.path, lang)
            )
        });
        let what: Vec<String> = Some(self.what.clone()).into_iter().chain(changes).collect();
        [
            if self.version > 0 {
                self.version.to_string()
            } else {
                String::new()
            },
            time.unwrap_or_default(),
            self.who.clone(),
            self.reason.clone(),
            what.join("\n").trim().to_owned(),
        ]
    }
}

fn told_value(json: &str, lang: Lang) -> String {
    match json {
        "" => "—".to_owned(),
        json => words::readable(json, lang),
    }
}
