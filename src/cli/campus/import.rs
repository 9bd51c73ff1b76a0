//! `lianxiao campus import`: a sheet as people make it goes into the outbox. First it is told what was understood,
//! with each doubt and its place; nothing is stored before somebody says so.

use super::lang::{Lang, say};
use super::told::{self, Copy};
use super::{Door, Screen, ask, words};
use crate::cli::read;
use crate::cli::{Error, Outcome};
use crate::client::Replica;
use crate::content::diff::Change;
use crate::content::overlay::Untyped;
use crate::intake::again::{Filed, Filing, Had, file};
use crate::intake::guess::guess;
use crate::intake::known::Known;
use crate::intake::reading::Reading;
use crate::intake::wishes::{self, is_cancelled};
use crate::model::clock::{Clock as _, SystemClock};
use crate::wire::v1::{self, content};
use bytes::Bytes;
use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub struct Import {
    /// The sheet or text: .xlsx, .xls, .csv, .txt in UTF-8 or GBK; - for standard input
    #[arg(value_name = "FILE|-")]
    file: PathBuf,
    /// What it is; told by its words when left out
    #[arg(long, value_enum)]
    kind: Option<read::Kind>,
    /// The day on which it is read, which tells years that nobody typed; today when left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
    /// Store it without asking
    #[arg(long)]
    yes: bool,
    /// Why a menu changes that is published already
    #[arg(long, value_parser = super::act::values_of("AmendReason"), value_name = "REASON")]
    reason: Option<String>,
    /// Delete what earlier sheets of the same days brought and this one no longer holds: whole records, and rows
    /// of a record
    #[arg(long)]
    delete_missing: bool,
    /// The most that may be deleted so
    #[arg(
        long,
        default_value_t = 5,
        value_name = "COUNT",
        requires = "delete_missing"
    )]
    delete_max: usize,
}

/// What is to be typed.
enum Wish {
    Put(String, Bytes),
    Act(String, Bytes),
    Delete(String),
}

impl Import {
    pub async fn run(self, door: &Door, screen: Screen) -> Outcome {
        let lang = screen.lang;
        let bytes = read::bytes(&self.file)?;
        let replica = door.copy().await?;
        let copy = Copy::of(&replica).await?;
        let own = whose(&replica, lang).await?;
        let known = known(&copy, &own, self.today)?;
        let reading = match self.read(&bytes, &known, lang) {
            Ok(reading) => reading,
            Err(unreadable) => {
                eprintln!("lianxiao: {}: {unreadable}", self.file.display());
                return Ok(ExitCode::from(read::NOTHING_READ));
            }
        };
        let untyped = match self.delete_missing {
            true => Untyped::Go,
            false => Untyped::Stay,
        };
        let had = had(&replica, &copy, &own, &reading).await?;
        let filing = file(&reading.items, &own, &had, &known, untyped);
        let wishes = self.wishes(&filing, &copy, lang)?;
        if screen.json {
            println!("{:#}", as_json(&reading, &filing, wishes.len())?);
        } else {
            print!("{}", as_text(&reading, &filing, &copy, lang)?);
        }
        if reading.items.is_empty() {
            return Ok(ExitCode::from(read::NOTHING_READ));
        }
        if wishes.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        let count = wishes.len();
        let question = say!(lang, "录入这 {count} 项？", "Store these {count}?");
        if !self.yes && !ask::agreed(&question)? {
            return Ok(super::undecided(lang));
        }
        let mut typed = Vec::new();
        for wish in wishes {
            typed.push(match wish {
                Wish::Put(record, content) => super::put::write(&replica, &record, content).await?,
                Wish::Act(record, action) => replica.act(&record, action).await?,
                Wish::Delete(record) => replica.delete(&record).await?,
            });
        }
        super::typed(&replica, &typed, screen).await
    }

    fn read(&self, bytes: &[u8], known: &Known, lang: Lang) -> Result<Reading, String> {
        let told = |error: crate::intake::source::Unreadable| error.to_string();
        let what = if let Some(kind) = self.kind {
            kind.what()
        } else {
            let name = self.file.file_name().unwrap_or_default().to_string_lossy();
            let unsure = lang.pick(
                "看不出是什么表：请加 --kind menu、session、exchange、calendar、person 或 staff-count",
                "what it is cannot be told: say --kind menu, session, exchange, calendar, person or staff-count",
            );
            guess(&name, bytes).map_err(told)?.ok_or(unsure)?
        };
        crate::intake::read(what, bytes, known).map_err(told)
    }

    /// What changes, and how: a published menu changes by amendment only.
    fn wishes(&self, filing: &Filing, copy: &Copy, lang: Lang) -> Result<Vec<Wish>, Error> {
        let mut wishes = Vec::new();
        for filed in filing.filed.iter().filter(|filed| filed.is_changed()) {
            let state = copy.records.get(&filed.record_id);
            let state = state.map(|record| record.state.clone()).unwrap_or_default();
            let id = filed.record_id.clone();
            wishes.push(match filed.wish(&state) {
                Ok(wishes::Wish::Put(content)) => Wish::Put(id, content),
                Ok(wishes::Wish::Amend(amend)) => Wish::Act(id, self.because(amend, lang)?),
                Err(left) => {
                    let left = words::readable(&left.join("、"), lang);
                    return Err(say!(
                        lang,
                        "食谱已公布，这几处不能再改：{left}",
                        "the menu is published, this can no longer be changed: {left}"
                    )
                    .into());
                }
            });
        }
        if self.delete_missing {
            let rows = filing.filed.iter().map(|filed| filed.unnamed.len());
            let gone = filing.missing.len() + rows.sum::<usize>();
            if gone > self.delete_max {
                let most = self.delete_max;
                return Err(say!(
                    lang,
                    "会删除 {gone} 项，上限是 {most}：核对后加 --delete-max {gone}",
                    "{gone} would be deleted, the most is {most}: look again, then say --delete-max {gone}"
                )
                .into());
            }
            let (records, most) = (filing.missing.len(), copy.deletions_max());
            if records > most {
                return Err(say!(
                    lang,
                    "会删除 {records} 条记录，集团规定一次最多 {most} 条：如确要删除，请集团办先调高 policy.deletions_max",
                    "{records} records would be deleted, the group's policy allows {most} at once: if all are meant, ask \
                     the office to raise policy.deletions_max"
                )
                .into());
            }
            wishes.extend(filing.missing.iter().cloned().map(Wish::Delete));
        }
        Ok(wishes)
    }

    fn because(&self, mut amend: v1::AmendMenu, lang: Lang) -> Result<Bytes, Error> {
        let Some(reason) = &self.reason else {
            return Err(lang
                .pick(
                    "食谱已公布，只能说明原因再调整：加 --reason（out-of-stock 缺货、misprint 误植、stopped 停用、swapped \
                     对调、event 活动）",
                    "the menu is published and changes only for a reason: say --reason (out-of-stock, misprint, stopped, \
                     swapped, event)",
                )
                .into());
        };
        let name = format!("AMEND_REASON_{}", reason.to_uppercase().replace('-', "_"));
        amend.set_reason(v1::AmendReason::from_str_name(&name).unwrap_or_default());
        let action = v1::MenuAction {
            action: Some(v1::menu_action::Action::Amend(amend)),
        };
        Ok(v1::action::Kind::Menu(action).encoded())
    }
}

/// Whose sheet it is. Ids are made with it, so it must be known.
pub async fn whose(replica: &Replica, lang: Lang) -> Result<String, Error> {
    let state = replica.state().await?;
    if state.whole_at == 0 {
        return Err(lang
            .pick(
                "本机还没有副本，不知道是哪所学校的表：先同步一次（lianxiao campus sync）",
                "there is no copy here yet, so that nobody knows whose sheet it is: sync once (lianxiao campus sync)",
            )
            .into());
    }
    Ok(state.campus)
}

/// The registers of the copy, whose sheet it is, and the day.
pub fn known(copy: &Copy, own: &str, today: Option<Date>) -> Result<Known, Error> {
    let now = || SystemClock.now().to_zoned(TimeZone::system()).date();
    let mut known = Known::on(today.unwrap_or_else(now));
    for (id, record) in &copy.records {
        if let Some(content) = told::kind_of(&record.content) {
            known = known.with(id, content);
        }
    }
    match own {
        "" => Ok(known),
        own => Ok(known.as_campus(own)?),
    }
}

/// What the campus has of its own, of the kinds that were read, as its author sees it: also what was typed and is
/// not at the hub yet.
async fn had(
    replica: &Replica,
    copy: &Copy,
    own: &str,
    reading: &Reading,
) -> Result<Vec<Had>, Error> {
    let kinds: Vec<std::mem::Discriminant<content::Kind>> = reading
        .items
        .iter()
        .map(|item| std::mem::discriminant(&item.content))
        .collect();
    let mut ids: BTreeMap<String, bool> = copy
        .records
        .values()
        .map(|record| (record.id.clone(), record.campus_id == own))
        .collect();
    for entry in replica.outbox().await? {
        let deleted = matches!(entry.mutation.wish, Some(v1::mutation::Wish::Delete(_)));
        let id = entry.mutation.record_id;
        match (deleted, entry.refused) {
            (true, false) => drop(ids.insert(id, false)),
            _ => drop(ids.entry(id).or_insert(true)),
        }
    }
    let mut had = Vec::new();
    for (record_id, _) in ids.into_iter().filter(|(_, own)| *own) {
        let known = copy.records.get(&record_id);
        if known.is_some_and(|record| is_cancelled(&record.state)) {
            continue;
        }
        if let Some(content) = replica.content(&record_id).await?
            && let Some(kind) = told::kind_of(&content)
            && kinds.contains(&std::mem::discriminant(&kind))
        {
            had.push(Had { record_id, content });
        }
    }
    Ok(had)
}

fn standing(filed: &Filed, lang: Lang) -> &'static str {
    match &filed.before {
        None => lang.pick("新增", "new"),
        Some(_) if !filed.is_changed() => lang.pick("无变化", "unchanged"),
        Some(_) => lang.pick("修改", "changed"),
    }
}

fn as_json(reading: &Reading, filing: &Filing, wishes: usize) -> Result<Value, Error> {
    let mut document = read::document(reading)?;
    let filed = |filed: &Filed| {
        let changes = filed.changes().into_iter();
        let changes = changes.map(
            |change| json!({"path": change.path, "before": change.before, "after": change.after}),
        );
        json!({
            "content": filed.item,
            "record_id": filed.record_id,
            "change": standing(filed, Lang::En),
            "changes": changes.collect::<Vec<_>>(),
            "unnamed": filed.unnamed,
        })
    };
    let foreign = filing.foreign.iter();
    let foreign = foreign.map(|(content, campus)| json!({"content": content, "campus": campus}));
    document["records"] = filing.filed.iter().map(filed).collect();
    document["foreign"] = foreign.collect();
    document["missing"] = json!(filing.missing);
    document["wishes"] = wishes.into();
    Ok(document)
}

fn as_text(reading: &Reading, filing: &Filing, copy: &Copy, lang: Lang) -> Result<String, Error> {
    let mut text = String::new();
    let mut rows = Vec::new();
    for (number, item) in reading.items.iter().enumerate() {
        let content = item.content.clone().encoded();
        let filed = filing.filed.iter().find(|filed| filed.item == number);
        let other = filing.foreign.iter().find(|(of, _)| *of == number);
        let standing = match (filed, other) {
            (Some(filed), _) => standing(filed, lang).to_owned(),
            (None, Some((_, campus))) => {
                let campus = copy.campus(campus, lang);
                say!(
                    lang,
                    "由{campus}上报，不录入",
                    "for {campus} to push: left out"
                )
            }
            (None, None) => String::new(),
        };
        rows.push([
            number.to_string(),
            read::shown(&item.place),
            words::kind(&told::kind_name(&content), lang),
            copy.title(&content, lang),
            told::days(&content),
            standing,
        ]);
    }
    let headings = lang.pick(
        ["#", "位置", "类别", "内容", "日期", ""],
        ["#", "place", "kind", "what", "days", ""],
    );
    let _ = writeln!(text, "{}", told::table(headings, rows));
    let changed = filing.filed.iter().filter(|filed| filed.is_changed());
    for filed in changed.filter(|filed| filed.before.is_some()) {
        let _ = writeln!(
            text,
            "#{}\n{}",
            filed.item,
            changes_told(&filed.changes(), lang)
        );
    }
    for filed in filing
        .filed
        .iter()
        .filter(|filed| !filed.unnamed.is_empty())
    {
        let (number, rows) = (filed.item, words::readable(&filed.unnamed.join("、"), lang));
        text += &say!(
            lang,
            "#{number} 表里没有、中心有，加 --delete-missing 才删：{rows}\n",
            "#{number}: not in the sheet, goes only with --delete-missing: {rows}\n"
        );
    }
    for missing in &filing.missing {
        let content = copy
            .records
            .get(missing)
            .map(|record| record.content.clone());
        let title = content
            .map(|content| copy.title(&content, lang))
            .unwrap_or_default();
        text += &say!(
            lang,
            "以前录入过、这张表里没有（要删加 --delete-missing）：{title} {missing}\n",
            "stored before and not in this sheet (--delete-missing deletes it): {title} {missing}\n"
        );
    }
    Ok(text + &read::doubts(&reading.doubts, Some(lang)) + "\n")
}

/// What changes, as a table.
pub fn changes_told(changes: &[Change], lang: Lang) -> String {
    let shown = |text: &Option<String>| words::readable(text.as_deref().unwrap_or("—"), lang);
    let rows = changes.iter().map(|change| {
        [
            words::readable(&change.path, lang),
            shown(&change.before),
            shown(&change.after),
        ]
    });
    let headings = lang.pick(["栏目", "原来", "改为"], ["field", "before", "after"]);
    told::table(headings, rows.collect()).to_string()
}
