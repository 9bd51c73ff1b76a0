//! `lianxiao read`: what people typed and their sheets → content and doubts. No hub is needed.

use super::Outcome;
use super::campus::lang::Lang;
use crate::intake::doubt::{Doubt, Place};
use crate::intake::known::Known;
use crate::intake::reading::Reading;
use crate::intake::{What, read};
use crate::model::clock::{Clock as _, SystemClock};
use crate::model::text::harmless;
use crate::wire::json::json;
use crate::wire::v1;
use clap::{Args, ValueEnum};
use comfy_table::{ContentArrangement, Table, presets};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

/// The columns that a screen is taken to have.
pub const SCREEN: u16 = 110;
/// The exit status when nothing could be read (`EX_DATAERR`).
pub const NOTHING_READ: u8 = 65;

#[derive(Args)]
#[command(
    after_help = "Ends with status 0 when something was understood, also with doubts; 65 when nothing \
                        could be read; 1 when a file cannot be opened."
)]
pub struct Read {
    /// What the file is
    kind: Kind,
    /// The file: .xlsx, .xls, .csv or text, in UTF-8 or GBK; - for standard input
    file: PathBuf,
    /// Registers as JSON: what SyncService/Pull prints, or {"records": [{"id": …, "campus": {…}}, …]} with
    /// campuses, persons, calendars and vocabularies
    #[arg(long, value_name = "FILE")]
    registers: Option<PathBuf>,
    /// The campus whose file it is, by a name or id of the registers: 本校, its canteen, its calendar
    #[arg(long, value_name = "NAME", requires = "registers")]
    campus: Option<String>,
    /// The day on which it is read, which tells years that nobody typed; today when left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
    /// Print contents and doubts as one JSON document
    #[arg(long)]
    json: bool,
}

/// What a file is.
#[derive(Clone, Copy, ValueEnum)]
pub enum Kind {
    /// 食谱
    Menu,
    /// 教研活动
    Session,
    /// 交流轮岗
    Exchange,
    /// 校历
    Calendar,
    /// Persons
    Person,
    /// 教师人数
    #[value(alias = "staff_count")]
    StaffCount,
}

impl Kind {
    pub fn what(self) -> What {
        match self {
            Kind::Menu => What::Menu,
            Kind::Session => What::Session,
            Kind::Exchange => What::Exchange,
            Kind::Calendar => What::Calendar,
            Kind::Person => What::Person,
            Kind::StaffCount => What::StaffCount,
        }
    }
}

impl Read {
    pub fn run(self) -> Outcome {
        let today = self
            .today
            .unwrap_or_else(|| SystemClock.now().to_zoned(TimeZone::system()).date());
        let mut known = Known::on(today);
        if let Some(file) = &self.registers {
            let said = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
            known = known
                .with_registers(&bytes(file)?)
                .map_err(|error| said(&error))?;
            if let Some(campus) = &self.campus {
                known = known.as_campus(campus).map_err(|error| said(&error))?;
            }
        }
        let reading = match read(self.kind.what(), &bytes(&self.file)?, &known) {
            Ok(reading) => reading,
            Err(unreadable) => {
                eprintln!("lianxiao: {}: {unreadable}", self.file.display());
                return Ok(ExitCode::from(NOTHING_READ));
            }
        };
        print(&match self.json {
            true => harmless(&serde_json::to_string(&document(&reading)?)?),
            false => page(&reading)?,
        })?;
        Ok(match reading.items.is_empty() {
            true => ExitCode::from(NOTHING_READ),
            false => ExitCode::SUCCESS,
        })
    }
}

/// Prints to whoever still listens: `lianxiao read … | head` has had enough before the end.
fn print(text: &str) -> Result<(), std::io::Error> {
    let mut output = std::io::stdout().lock();
    match writeln!(output, "{text}").and_then(|()| output.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}

/// The bytes of a file or of standard input, as many as could matter.
pub fn bytes(file: &PathBuf) -> Result<Vec<u8>, String> {
    let said = |error: std::io::Error| format!("{}: {error}", file.display());
    let limit = u64::try_from(crate::intake::source::BYTES_MAX).unwrap_or(u64::MAX) + 1;
    let mut bytes = Vec::new();
    let input: Box<dyn std::io::Read> = match file.as_os_str() == "-" {
        true => Box::new(std::io::stdin()),
        false => Box::new(std::fs::File::open(file).map_err(said)?),
    };
    input.take(limit).read_to_end(&mut bytes).map_err(said)?;
    Ok(bytes)
}

/// A reading as JSON.
pub fn document(reading: &Reading) -> Result<Value, super::Error> {
    let contents: Result<Vec<Value>, super::Error> = reading
        .items
        .iter()
        .map(|item| {
            Ok(json!({"place": place(&item.place), "content": content(item.content.clone())?}))
        })
        .collect();
    let doubts: Vec<Value> = reading.doubts.iter().map(doubt).collect();
    Ok(json!({"contents": contents?, "doubts": doubts}))
}

/// A content as the contract writes it in JSON: what stands behind `put.content`.
fn content(kind: v1::content::Kind) -> Result<Value, super::Error> {
    Ok(json("Content", &v1::Content { kind: Some(kind) })?)
}

fn place(place: &Place) -> Value {
    match place {
        Place::Whole => json!({}),
        Place::Cell { sheet, .. } => json!({"sheet": sheet, "cell": place.cell()}),
        Place::Line { line, column } => json!({"line": line, "column": column}),
    }
}

fn doubt(doubt: &Doubt) -> Value {
    json!({
        "code": doubt.code.entry().0,
        "place": place(&doubt.place),
        "content": doubt.item,
        "typed": doubt.typed,
        "understood": doubt.understood,
        "messageZh": doubt.zh(),
        "messageEn": doubt.en(),
    })
}

/// The same for people: each content, and under all of them a table of doubts.
fn page(reading: &Reading) -> Result<String, super::Error> {
    let mut page = String::new();
    for (number, item) in reading.items.iter().enumerate() {
        let content = serde_json::to_string_pretty(&content(item.content.clone())?)?;
        let lines: Vec<String> = content.lines().map(harmless).collect();
        let _ = writeln!(
            page,
            "#{number} {}\n{}\n",
            shown(&item.place),
            lines.join("\n")
        );
    }
    Ok(page + &doubts(&reading.doubts, None))
}

/// The doubts as a table, in one language or in both.
pub fn doubts(doubts: &[Doubt], lang: Option<Lang>) -> String {
    let both = |zh: &str, en: &str| match lang {
        Some(lang) => lang.pick(zh, en).to_owned(),
        None => format!("{zh} {en}"),
    };
    if doubts.is_empty() {
        return both("没有疑问", "no doubts");
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header([
        "#".to_owned(),
        both("位置", "place"),
        both("疑问", "doubt"),
    ]);
    if lang.is_some() {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(SCREEN);
    }
    for doubt in doubts {
        let item = doubt.item.map(|item| item.to_string()).unwrap_or_default();
        let (zh, en) = (harmless(&doubt.zh()), harmless(&doubt.en()));
        let said = match lang {
            Some(lang) => lang.pick(zh, en),
            None => format!("{zh}\n{en}"),
        };
        table.add_row([item, harmless(&shown(&doubt.place)), said]);
    }
    table.to_string()
}

/// A place as a sheet or an editor names it.
pub fn shown(place: &Place) -> String {
    match place {
        Place::Whole => String::new(),
        Place::Cell { sheet, .. } => {
            let cell = place.cell().unwrap_or_default();
            if sheet.is_empty() {
                cell
            } else {
                format!("{sheet}!{cell}")
            }
        }
        Place::Line { line, column } => format!("{line}:{column}"),
    }
}
