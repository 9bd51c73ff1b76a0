//! `lianxiao campus status`: what the state is, in plain words. It needs no line.

use super::lang::{Lang, say};
use super::told::{self, Copy};
use super::{Door, Screen, WAITS, conflicts};
use crate::cli::{Error, Outcome};
use crate::client::{Entry, Replica, State};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::process::ExitCode;

pub async fn run(door: &Door, screen: Screen) -> Outcome {
    let replica = door.copy().await?;
    let about = About::of(&replica).await?;
    if screen.json {
        println!("{:#}", about.as_json(door));
    } else {
        print!("{}", about.as_text(&replica, door, screen.lang).await?);
    }
    let waits = about.outbox.iter().any(|entry| entry.refused) || !about.conflicts.is_empty();
    replica.close().await;
    Ok(match waits {
        true => ExitCode::from(WAITS),
        false => ExitCode::SUCCESS,
    })
}

struct About {
    state: State,
    copy: Copy,
    outbox: Vec<Entry>,
    journal: usize,
    /// Conflicts that nothing typed settles.
    conflicts: Vec<String>,
    corrections: usize,
}

impl About {
    async fn of(replica: &Replica) -> Result<Self, Error> {
        let copy = Copy::of(replica).await?;
        let outbox = replica.outbox().await?;
        let open = conflicts::open(&copy, &outbox);
        let corrections = copy
            .records
            .values()
            .filter(|record| record.kind == "correction");
        Ok(About {
            state: replica.state().await?,
            journal: replica.journal().await?.len(),
            conflicts: open.into_iter().map(|conflict| conflict.id).collect(),
            corrections: corrections.count(),
            copy,
            outbox,
        })
    }

    fn waiting(&self) -> usize {
        self.outbox.iter().filter(|entry| !entry.refused).count()
    }

    fn when(&self) -> Option<Timestamp> {
        let at = Timestamp::from_microsecond(self.state.whole_time).ok();
        at.filter(|_| self.state.whole_time > 0)
    }

    fn as_json(&self, door: &Door) -> Value {
        let entry = |entry: &Entry| {
            let refusals = entry.answer.iter().flat_map(|answer| &answer.refusals);
            json!({
                "mutation_id": entry.mutation.mutation_id,
                "record_id": entry.mutation.record_id,
                "refused": entry.refused,
                "taken_back": entry.taken_back,
                "refusals": refusals.map(told::finding_json).collect::<Vec<_>>(),
            })
        };
        json!({
            "file": door.data.display().to_string(),
            "hub": self.state.hub,
            "group": self.state.group,
            "campus": self.state.campus,
            "epoch": self.state.epoch,
            "position": self.state.whole_at,
            "synced_at": self.when().map(|at| at.to_string()),
            "records": self.copy.records.len(),
            "waiting": self.waiting(),
            "refused": self.outbox.len() - self.waiting(),
            "journal": self.journal,
            "restored": self.state.recover,
            "conflicts": self.conflicts,
            "corrections": self.corrections,
            "outbox": self.outbox.iter().map(entry).collect::<Vec<_>>(),
        })
    }

    async fn as_text(&self, replica: &Replica, door: &Door, lang: Lang) -> Result<String, Error> {
        let file = door.data.display();
        let mut text = match self.state.hub.as_str() {
            "" => say!(
                lang,
                "{file}：还没有同步过。先同步一次（lianxiao campus sync），以后不联网也能用。\n",
                "{file}: never synced. Sync once (lianxiao campus sync); after that it works without a line.\n"
            ),
            hub => {
                let campus = self.copy.campus(&self.state.campus, lang);
                say!(
                    lang,
                    "{campus}，中心 {hub}，本机副本 {file}\n",
                    "{campus}, hub {hub}, copy {file}\n"
                )
            }
        };
        if let Some(at) = self.when() {
            let at = at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M");
            let (position, records) = (self.state.whole_at, self.copy.records.len());
            text += &say!(
                lang,
                "副本完整到位置 {position}，{records} 条记录；上次同步 {at}（本机时钟）\n",
                "the copy is whole at position {position}, {records} records; last in step {at} (this computer's clock)\n"
            );
        }
        if self.state.recover {
            text += lang.pick(
                "中心做过恢复：下次同步会把中心不再知道的重新上报，不用您做什么。\n",
                "the hub was restored: the next sync sends again what it no longer knows; there is nothing to do.\n",
            );
        }
        let (waiting, refused) = (self.waiting(), self.outbox.len() - self.waiting());
        let (conflicts, corrections) = (self.conflicts.len(), self.corrections);
        text += &say!(
            lang,
            "待上报 {waiting} 条，未收 {refused} 条，两处改动待定 {conflicts} 处，要求更正 {corrections} 处\n",
            "{waiting} waiting, {refused} refused, {conflicts} conflicts, {corrections} corrections asked for\n"
        );
        if !self.outbox.is_empty() {
            let table = outbox(replica, &self.copy, &self.outbox, lang).await?;
            let _ = writeln!(text, "{table}");
        }
        if refused > 0 {
            text += lang.pick(
                "未收的：改好再录入一次（import、put），或放弃（discard）。\n",
                "what was refused: type it again, corrected (import, put), or drop it (discard).\n",
            );
        }
        if conflicts > 0 {
            text += lang.pick(
                "两处改动待定：看 lianxiao campus conflicts，选定用 resolve。\n",
                "conflicts: see lianxiao campus conflicts, decide with resolve.\n",
            );
        }
        Ok(text)
    }
}

/// The outbox as a table.
async fn outbox(
    replica: &Replica,
    copy: &Copy,
    outbox: &[Entry],
    lang: Lang,
) -> Result<comfy_table::Table, Error> {
    let mut rows = Vec::new();
    for entry in outbox {
        let state = match (entry.refused, entry.taken_back) {
            (true, _) => lang.pick("未收", "rejected"),
            (false, true) => lang.pick("重新上报", "sent again"),
            (false, false) => lang.pick("待上报", "waiting"),
        };
        let why = entry
            .answer
            .as_ref()
            .map(|answer| told::refusals(answer, lang));
        rows.push([
            state.to_owned(),
            super::sync::title(replica, copy, &entry.mutation, lang).await?,
            told::wish(&entry.mutation, lang),
            why.unwrap_or_default(),
            entry.mutation.mutation_id.clone(),
        ]);
    }
    let headings = lang.pick(
        ["", "内容", "操作", "原因", "上报编号"],
        ["", "what", "wish", "why", "mutation"],
    );
    Ok(told::table(headings, rows))
}
