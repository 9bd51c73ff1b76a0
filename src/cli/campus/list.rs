//! `lianxiao campus list` and `show`: what the copy holds, and what was typed and is not in it yet.

use super::lang::Lang;
use super::told::{self, Copy};
use super::{Door, Screen, words};
use crate::cli::{Error, Outcome};
use crate::client::Replica;
use crate::wire::v1;
use bytes::Bytes;
use clap::Args;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

#[derive(Args)]
pub struct List {
    /// Only this kind (menu, session, exchange, `canteen_note` …); without it all but registers
    #[arg(long)]
    kind: Option<String>,
    /// Only what this campus owns
    #[arg(long)]
    own: bool,
}

/// A record as its author sees it.
struct Row {
    id: String,
    kind: String,
    content: Bytes,
    record: Option<v1::Record>,
    /// It has not arrived at the hub.
    typed: bool,
    refused: bool,
}

/// Everything there is to see, by id.
async fn rows(replica: &Replica, copy: &Copy) -> Result<Vec<Row>, Error> {
    let mut ids: BTreeSet<String> = copy.records.keys().cloned().collect();
    let mut waiting: BTreeMap<String, bool> = BTreeMap::new();
    for entry in replica.outbox().await? {
        let refused = waiting.entry(entry.mutation.record_id.clone()).or_default();
        *refused |= entry.refused;
        ids.insert(entry.mutation.record_id);
    }
    let mut rows = Vec::new();
    for id in ids {
        let record = copy.records.get(&id).cloned();
        let Some(content) = replica.content(&id).await? else {
            continue;
        };
        rows.push(Row {
            kind: record
                .as_ref()
                .map_or_else(|| told::kind_name(&content), |of| of.kind.clone()),
            typed: waiting.contains_key(&id),
            refused: waiting.get(&id).copied().unwrap_or_default(),
            record,
            content,
            id,
        });
    }
    Ok(rows)
}

impl List {
    pub async fn run(self, door: &Door, screen: Screen) -> Outcome {
        let replica = door.copy().await?;
        let copy = Copy::of(&replica).await?;
        let own = replica.state().await?.campus;
        let wanted = |row: &Row| {
            let of_kind = match &self.kind {
                Some(kind) => *kind == row.kind,
                None => !is_register(&row.kind) && !row.content.is_empty(),
            };
            let mine = row
                .record
                .as_ref()
                .is_none_or(|record| record.campus_id == own);
            of_kind && (mine || !self.own)
        };
        let mut rows = rows(&replica, &copy).await?;
        rows.retain(wanted);
        rows.sort_by_cached_key(|row| (row.kind.clone(), told::days(&row.content), row.id.clone()));
        if screen.json {
            let rows: Vec<Value> = rows.iter().map(|row| row.as_json(&copy)).collect();
            println!("{:#}", json!({"records": rows}));
        } else {
            let headings = screen.lang.pick(
                ["类别", "内容", "日期", "状态", "学校", "版本", "编号"],
                [
                    "kind", "what", "days", "status", "campus", "version", "record",
                ],
            );
            let told = rows.iter().map(|row| row.told(&copy, &own, screen.lang));
            println!("{}", told::table(headings, told.collect()));
        }
        replica.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// Whether the office owns records of that kind.
fn is_register(kind: &str) -> bool {
    crate::kinds::named(kind).is_some_and(|kind| kind.owner() == crate::kinds::Owner::Office)
}

impl Row {
    fn as_json(&self, copy: &Copy) -> Value {
        let record = self.record.as_ref();
        json!({
            "record_id": self.id,
            "kind": self.kind,
            "title": copy.title(&self.content, Lang::Zh),
            "days": told::days(&self.content),
            "status": record.map(told::status),
            "campus": record.map(|record| record.campus_id.clone()),
            "version": record.map_or(0, |record| record.version),
            "waiting": self.typed,
            "refused": self.refused,
        })
    }

    fn told(&self, copy: &Copy, own: &str, lang: Lang) -> [String; 7] {
        let status = self.record.as_ref().map(told::status).unwrap_or_default();
        let mut status = words::value(&status, lang);
        if self.refused {
            status = format!("{status} {}", lang.pick("（未收）", "(rejected)"));
        } else if self.typed {
            status = format!("{status} {}", lang.pick("（待上报）", "(waiting)"));
        }
        let campus = self.record.as_ref().map_or(own, |record| &record.campus_id);
        [
            words::kind(&self.kind, lang),
            copy.title(&self.content, lang),
            told::days(&self.content),
            status.trim().to_owned(),
            copy.campus(campus, lang),
            self.record
                .as_ref()
                .map(|record| record.version.to_string())
                .unwrap_or_default(),
            self.id.clone(),
        ]
    }
}

/// The record whose id begins so: in the copy, or typed.
pub async fn find(replica: &Replica, copy: &Copy, wanted: &str) -> Result<String, Error> {
    let outbox = replica.outbox().await?;
    let typed = outbox.iter().map(|entry| &entry.mutation.record_id);
    let all: BTreeSet<&String> = copy.records.keys().chain(typed).collect();
    let mut fits = all.into_iter().filter(|id| id.starts_with(wanted));
    match (fits.next(), fits.next()) {
        (Some(one), None) => Ok(one.clone()),
        (Some(_), Some(_)) => Err(format!(
            "不止一条记录的编号以 {wanted} 开头，请多写几位 (several records begin with {wanted}: write more of the id)"
        )
        .into()),
        (None, _) => Err(format!(
            "副本里没有编号以 {wanted} 开头的记录：用 lianxiao campus list 查看 (the copy has no record {wanted}: see \
             lianxiao campus list)"
        )
        .into()),
    }
}

/// `show`: one record, whole.
pub async fn show(door: &Door, wanted: &str, screen: Screen) -> Outcome {
    let replica = door.copy().await?;
    let copy = Copy::of(&replica).await?;
    let id = find(&replica, &copy, wanted).await?;
    let content = replica.content(&id).await?.unwrap_or_default();
    let record = copy.records.get(&id);
    let typed = record.is_none_or(|record| record.content != content);
    if screen.json {
        println!(
            "{:#}",
            json!({
                "record_id": id,
                "record": record.map(told::as_json),
                "content": told::content_json(&content),
                "waiting": typed,
            })
        );
    } else {
        let lang = screen.lang;
        let kind = words::kind(&told::kind_name(&content), lang);
        println!(
            "{}",
            crate::model::text::harmless(&format!("{kind} {}", copy.title(&content, lang)))
        );
        if typed {
            println!(
                "{}",
                lang.pick("（显示的是本机录入的内容）", "(as typed on this computer)")
            );
        }
        let mut lines = Vec::new();
        flatten("", &told::content_json(&content), lang, &mut lines);
        if let Some(record) = record {
            let state = crate::wire::json::shown("State", &record.state).unwrap_or_default();
            flatten("state", &state, lang, &mut lines);
        }
        println!(
            "{}",
            told::table(lang.pick(["栏目", "内容"], ["field", "value"]), lines)
        );
    }
    replica.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Every value with its path; lists of plain values in one line.
fn flatten(path: &str, value: &Value, lang: Lang, lines: &mut Vec<[String; 2]>) {
    let under = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                flatten(&under(name), value, lang, lines);
            }
        }
        Value::Array(rows) if rows.iter().any(Value::is_object) => {
            for (number, row) in rows.iter().enumerate() {
                flatten(&format!("{path}[{number}]"), row, lang, lines);
            }
        }
        Value::Array(plain) => {
            let plain: Vec<String> = plain.iter().map(|value| text(value, lang)).collect();
            lines.push([path.to_owned(), plain.join("、")]);
        }
        value => lines.push([path.to_owned(), text(value, lang)]),
    }
}

fn text(value: &Value, lang: Lang) -> String {
    match value {
        Value::String(text) => words::value(text, lang),
        Value::Bool(true) => lang.pick("是", "yes").to_owned(),
        Value::Bool(false) => lang.pick("否", "no").to_owned(),
        other => other.to_string(),
    }
}
