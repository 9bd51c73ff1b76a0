//! Every report of the office as tables and as a workbook: what `lianxiao office` prints, now or as of a time.

use super::Console;
use super::frame::Frame;
use super::read::Ground;
use super::sheets::workbook;
use super::trouble::{Trouble, html};
use super::visit::Visitor;
use crate::hub::{Hub, HubError};
use crate::model::caller::Caller;
use crate::model::date::Days;
use crate::outlets::{self, Sheet};
use crate::wire::convert::{self, BadArgument, stored_time};
use crate::wire::v1::{self, MenuPeriod};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use std::collections::HashMap;

/// The reports, by the last step of their path, in Chinese and in English, with what each may be asked for.
const REPORTS: [(&str, &str, &str, &[&str]); 8] = [
    ("status", "各校情况", "campuses", SPAN),
    ("matrix", "食谱上报", "menus by week", SPAN),
    ("days", "食谱逐日", "menus by day", SPAN),
    ("table", "餐桌", "on the table", SPAN),
    ("sessions", "教研", "sessions", SPAN),
    ("exchanges", "交流台账", "exchanges", &["date"]),
    ("shares", "交流比例", "shares", &["year"]),
    ("chase", "催报", "whom to chase", &[]),
];
const SPAN: &[&str] = &["from", "to"];

/// What a report may be asked for: its name in the query, what it is called, and the browser's kind of field.
const FIELDS: [(&str, &str, &str, &str); 5] = [
    ("from", "自", "from", "date"),
    ("to", "至", "to", "date"),
    ("date", "日期", "day", "date"),
    (
        "year",
        "学年（起始年）",
        "school year that begins in",
        "number",
    ),
    (
        "at",
        "截至（空：现在）",
        "as of; empty: now",
        "datetime-local",
    ),
];

struct Link {
    href: String,
    zh: &'static str,
    en: &'static str,
    here: bool,
}

struct Field {
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    kind: &'static str,
    value: String,
}

#[derive(Template)]
#[template(path = "templates/report.html")]
struct Page {
    frame: Frame,
    title: &'static str,
    english: &'static str,
    reports: Vec<Link>,
    fields: Vec<Field>,
    /// The same as a workbook.
    workbook: String,
    sheets: Vec<Sheet>,
    audited: bool,
}

/// The page of a report.
///
/// # Errors
/// `Denied` for anybody but the office; when there is no such report, or it was asked for what is none.
pub async fn page(
    State(console): State<Console>,
    Visitor(caller): Visitor,
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let (name, title, english, may_ask) = known(&name)?;
    let ground = Ground::of(&console.hub, &caller).await?;
    let asked = Asked::of(&query, &ground)?;
    let (instant, sheets) = report(&console.hub, &caller, name, &asked).await?;
    let fields: Vec<Field> = FIELDS
        .iter()
        .filter(|(field, ..)| *field == "at" || may_ask.contains(field))
        .map(|&(name, zh, en, kind)| Field {
            name,
            zh,
            en,
            kind,
            value: query.get(name).cloned().unwrap_or_default(),
        })
        .collect();
    // What was read is a day, a year or a time, and needs no escape.
    let said = fields.iter().filter(|field| !field.value.is_empty());
    let said: Vec<String> = said
        .map(|field| format!("{}={}", field.name, field.value))
        .collect();
    let time = stored_time(instant.as_ref().and_then(|of| of.time.as_ref()));
    let audited = name == "exchanges";
    let page = Page {
        frame: Frame {
            as_of: ground.moment(time.unwrap_or(ground.now)),
            // What stood at a time stands, and every look at persons is written down.
            live: asked.time.is_none() && !audited,
            ..Frame::of(&caller, &ground, format!("{title} {english}"))
        },
        title,
        english,
        reports: REPORTS.iter().map(|of| link(of, name)).collect(),
        workbook: format!("/report/{name}/sheet.xlsx?{}", said.join("&")),
        fields,
        sheets: sheets
            .into_iter()
            .filter(|of| !of.rows.is_empty())
            .collect(),
        audited,
    };
    Ok(html(StatusCode::OK, &page))
}

/// The workbook of a report.
///
/// # Errors
/// As of its page.
pub async fn sheet(
    State(console): State<Console>,
    Visitor(caller): Visitor,
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let (name, ..) = known(&name)?;
    let ground = Ground::of(&console.hub, &caller).await?;
    let asked = Asked::of(&query, &ground)?;
    let (instant, sheets) = report(&console.hub, &caller, name, &asked).await?;
    let as_of = outlets::as_of(instant.as_ref());
    workbook(outlets::xlsx::sheets(&sheets, &as_of), name)
}

type Known = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

fn known(name: &str) -> Result<Known, HubError> {
    let known = REPORTS.iter().find(|(of, ..)| *of == name);
    known.copied().ok_or_else(|| HubError::NotFound {
        what: "report",
        id: name.to_owned(),
        deleted: false,
    })
}

fn link(&(name, zh, en, _): &Known, here: &str) -> Link {
    Link {
        href: format!("/report/{name}"),
        zh,
        en,
        here: name == here,
    }
}

/// What a report is asked for; what is left out the hub chooses.
struct Asked {
    days: Days,
    day: Option<Date>,
    year: Option<i16>,
    time: Option<Timestamp>,
}

impl Asked {
    fn of(query: &HashMap<String, String>, ground: &Ground) -> Result<Self, BadArgument> {
        let said = |name: &str| query.get(name).map_or("", String::as_str);
        let year = match said("year") {
            "" => 0,
            text => text
                .parse()
                .map_err(|_| BadArgument::new("year", "year must be a year written YYYY"))?,
        };
        let days = Days {
            first: convert::optional_day("from", said("from"))?,
            last: convert::optional_day("to", said("to"))?,
        };
        Ok(Asked {
            days,
            day: convert::optional_day("date", said("date"))?,
            year: convert::school_year("year", year)?,
            time: match said("at") {
                "" => None,
                text => Some(local(text, ground)?),
            },
        })
    }
}

/// A time as a browser's field has it, where the group lives: 2026-06-11T12:00.
fn local(text: &str, ground: &Ground) -> Result<Timestamp, BadArgument> {
    let local = text.parse().ok();
    let time = local.and_then(|local: DateTime| local.to_zoned(ground.zone.clone()).ok());
    let why = || BadArgument::new("at", "at must be a time written YYYY-MM-DDTHH:MM");
    time.map(|time| time.timestamp()).ok_or_else(why)
}

/// A report, as the door of gRPC answers it, laid out in sheets.
async fn report(
    hub: &Hub,
    caller: &Caller,
    name: &str,
    &Asked {
        days,
        day,
        year,
        time,
    }: &Asked,
) -> Result<(Option<v1::Instant>, Vec<Sheet>), HubError> {
    Ok(match name {
        "status" => {
            let of = hub.group_status(caller, days, time).await?;
            let sheets = outlets::status::sheets(&of);
            (of.instant, sheets)
        }
        "matrix" | "days" => {
            let period = match name {
                "days" => MenuPeriod::Day,
                _ => MenuPeriod::Week,
            };
            let of = hub.menu_matrix(caller, days, period, time).await?;
            let sheets = outlets::menus::matrix(&of);
            (of.instant, sheets)
        }
        "table" => {
            let of = hub.meal_table(caller, days, time).await?;
            let sheets = outlets::menus::table(&of);
            (of.instant, sheets)
        }
        "sessions" => {
            let of = hub.session_report(caller, days, time).await?;
            let sheets = outlets::sessions::sheets(&of);
            (of.instant, sheets)
        }
        "exchanges" => {
            let of = hub.exchange_book(caller, day, time).await?;
            let sheets = outlets::exchanges::book(&of);
            (of.instant, sheets)
        }
        "shares" => {
            let of = hub.exchange_shares(caller, year, time).await?;
            let sheets = outlets::exchanges::shares(&of);
            (of.instant, sheets)
        }
        _ => {
            let of = hub.chase_list(caller, time).await?;
            let sheets = outlets::chase::sheets(&of);
            (of.instant, sheets)
        }
    })
}
