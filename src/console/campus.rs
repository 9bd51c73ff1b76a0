//! A campus: its meals this week and the next, its sessions, and who left it and came to it.

use super::Console;
use super::exchange::who;
use super::frame::Frame;
use super::menu::{Grid, announced_week, grid};
use super::read::{Ground, SeenMenu, menus, not_here, touching};
use super::session::day_of;
use super::trouble::{Trouble, html};
use super::visit::Visitor;
use super::words::{self, Word};
use crate::hub::{Hub, HubError};
use crate::model::caller::Caller;
use crate::model::date::Span;
use crate::outlets::week::Cell;
use crate::outlets::words as named;
use crate::wire::v1::{self, content, state};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ToSpan as _;
use jiff::civil::Date;

/// How far back and ahead sessions are listed.
const DAYS_BACK: i32 = 14;
const DAYS_AHEAD: i32 = 60;

/// A week of meals, and the menus it comes from.
pub struct MealWeek {
    /// Which week it is, in words.
    pub title: Word,
    /// The Monday that names it.
    pub monday: Date,
    pub grid: Grid,
    menus: Vec<MenuLine>,
}

struct MenuLine {
    id: String,
    label: String,
    canteen: String,
    status: Word,
    published: String,
}

struct SessionLine {
    id: String,
    title: String,
    form: Word,
    status: Word,
    day: String,
    host: String,
    first: String,
}

struct ExchangeLine {
    id: String,
    who: String,
    status: Word,
    home: (String, Option<String>),
    host: (String, Option<String>),
    from: String,
    until: String,
}

#[derive(Template)]
#[template(path = "templates/campus.html")]
struct Page {
    frame: Frame,
    id: String,
    name: String,
    role: Word,
    weeks: Vec<MealWeek>,
    sessions: Vec<SessionLine>,
    exchanges: Vec<ExchangeLine>,
}

/// The page of a campus.
///
/// # Errors
/// When there is no such campus.
pub async fn page(
    State(console): State<Console>,
    Visitor(caller): Visitor,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let hub = &console.hub;
    let ground = Ground::of(hub, &caller).await?;
    let known = ground.campuses.iter().find(|(of, _)| *of == id);
    let (name, role) = match known {
        Some((_, campus)) => (campus.name.clone(), Word::of(named::role(campus.role()))),
        None => return Err(not_here(&id).into()),
    };
    let page = Page {
        frame: Frame::of(&caller, &ground, name.clone()),
        weeks: two_weeks(hub, &caller, &ground, &id).await?,
        sessions: sessions(hub, &caller, &ground, &id).await?,
        exchanges: exchanges(hub, &caller, &ground, &id).await?,
        id,
        name,
        role,
    };
    Ok(html(StatusCode::OK, &page))
}

/// This service week and the next.
pub async fn two_weeks(
    hub: &Hub,
    caller: &Caller,
    ground: &Ground,
    id: &str,
) -> Result<Vec<MealWeek>, HubError> {
    let (this, _) = ground.week(ground.today());
    let mut weeks = Vec::new();
    for (zh, en, monday) in [
        ("本周", "this week", this),
        ("下周", "next week", this.saturating_add(7.days())),
    ] {
        let (monday, span) = ground.week(monday);
        let week = announced_week(hub, caller, ground, (id, span)).await?;
        let of_week = menus(hub, caller, span).await?;
        let own = of_week.iter().filter(|(record, ..)| record.campus_id == id);
        weeks.push(MealWeek {
            title: Word {
                zh,
                en,
                tone: "plain",
            },
            monday,
            grid: grid(week, ground.today()),
            menus: own.map(|of| menu_line(of, ground)).collect(),
        });
    }
    Ok(weeks)
}

fn menu_line((record, menu, state): &SeenMenu, ground: &Ground) -> MenuLine {
    MenuLine {
        id: record.id.clone(),
        label: menu.label.clone(),
        canteen: format!("{} {}", menu.canteen, menu.menu_set)
            .trim()
            .to_owned(),
        status: words::menu_status(state.status()),
        published: ground.told(state.publish_time.as_ref()),
    }
}

async fn sessions(
    hub: &Hub,
    caller: &Caller,
    ground: &Ground,
    id: &str,
) -> Result<Vec<SessionLine>, HubError> {
    let today = ground.today();
    let span = Span {
        first: today.saturating_sub(DAYS_BACK.days()),
        last: today.saturating_add(DAYS_AHEAD.days()),
    };
    let seen = touching(hub, caller, "session", span).await?;
    let line = |seen: super::read::Seen| match (seen.content, seen.state) {
        (content::Kind::Session(session), Some(state::Kind::Session(state))) => {
            let takes_part = seen.record.campus_id == id
                || session.invites_all
                || session.invited_campus_ids.iter().any(|of| of == id);
            takes_part.then(|| SessionLine {
                id: seen.record.id,
                form: Word::of(named::form(session.form())),
                status: words::session_status(state.status()),
                day: session.days.first().map(day_of).unwrap_or_default(),
                first: session
                    .days
                    .first()
                    .map(|day| day.date.clone())
                    .unwrap_or_default(),
                host: ground.name(&seen.record.campus_id).to_owned(),
                title: session.title,
            })
        }
        _ => None,
    };
    let mut lines: Vec<SessionLine> = seen.into_iter().filter_map(line).collect();
    lines.sort_by(|a, b| (&a.first, &a.id).cmp(&(&b.first, &b.id)));
    Ok(lines)
}

async fn exchanges(
    hub: &Hub,
    caller: &Caller,
    ground: &Ground,
    id: &str,
) -> Result<Vec<ExchangeLine>, HubError> {
    let today = ground.today();
    let span = Span {
        first: today,
        last: today.saturating_add(DAYS_AHEAD.days()),
    };
    let is_here = |unit: Option<&v1::Unit>| {
        let unit = unit.and_then(|unit| unit.unit.as_ref());
        matches!(unit, Some(v1::unit::Unit::CampusId(of)) if of == id)
    };
    let seen = touching(hub, caller, "exchange", span).await?;
    let line = |seen: super::read::Seen| match (seen.content, seen.state) {
        (content::Kind::Exchange(of), Some(state::Kind::Exchange(state))) => {
            let here = is_here(of.home.as_ref()) || is_here(of.host.as_ref());
            here.then(|| ExchangeLine {
                id: seen.record.id,
                who: who(&of),
                status: words::exchange_status(state.status()),
                home: ground.unit(of.home.as_ref()),
                host: ground.unit(of.host.as_ref()),
                from: first_of(&[&state.real_start, &of.planned_start]),
                until: first_of(&[&state.real_end, &of.planned_end]),
            })
        }
        _ => None,
    };
    let mut lines: Vec<ExchangeLine> = seen.into_iter().filter_map(line).collect();
    lines.sort_by(|a, b| (&a.from, &a.id).cmp(&(&b.from, &b.id)));
    Ok(lines)
}

fn first_of(texts: &[&String]) -> String {
    let said = texts.iter().find(|text| !text.is_empty());
    said.map(|text| (*text).clone()).unwrap_or_default()
}
