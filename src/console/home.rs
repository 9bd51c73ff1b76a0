//! The office's first page: where every campus stands, and whom to chase. Whoever acts for a campus is led to
//! her desk.

use super::Console;
use super::board::{Board, board};
use super::charts::{Bar, Flow, flows, timeliness};
use super::frame::Frame;
use super::read::{Ground, day_text};
use super::trouble::{Trouble, html};
use super::visit::{Visitor, go_to};
use super::words::{self, Word};
use crate::hub::{Hub, HubError};
use crate::model::caller::Caller;
use crate::model::date::Span;
use crate::model::ids::Place;
use crate::outlets::words as named;
use crate::wire::convert::stored_time;
use crate::wire::v1::{self, MenuPeriod};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use std::collections::HashMap;

/// How many service weeks the trend goes back.
const WEEKS_BACK: i32 = 7;

struct Chased {
    id: String,
    name: String,
    items: Vec<(Word, String)>,
}

struct Watched {
    href: String,
    text: String,
    concerns: Vec<Word>,
}

#[derive(Template)]
#[template(path = "templates/home.html")]
struct Page {
    frame: Frame,
    monday: Date,
    /// Why a late menu may be excused, as the contract and as people name it.
    reasons: Vec<(&'static str, Word)>,
    week: String,
    before: Date,
    after: Date,
    line: String,
    chased: Vec<Chased>,
    board: Board,
    trend: Board,
    bars: Vec<Bar>,
    flows: Flow,
    exchanges: Vec<Watched>,
    sessions: Vec<Watched>,
    others: Vec<Watched>,
}

/// The page.
///
/// # Errors
/// When the day asked for is none.
pub async fn page(
    State(console): State<Console>,
    Visitor(caller): Visitor,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    match caller.place {
        Place::Office => {}
        Place::Campus(_) => return Ok(go_to("/desk")),
        Place::Public => return Ok(go_to("/calendar")),
    }
    let hub = &console.hub;
    let mut ground = Ground::of(hub, &caller).await?;
    let (monday, span) = asked_week(&ground, &query)?;
    let days = hub.menu_matrix_now(&caller, span, MenuPeriod::Day).await?;
    let weeks = trend_span(monday);
    let weeks = hub
        .menu_matrix_now(&caller, weeks, MenuPeriod::Week)
        .await?;
    let (status, chase) = now(hub, &caller, &mut ground, span).await?;
    let deadlines = days.rows.iter().flat_map(|row| &row.cells);
    let deadlines = deadlines.filter_map(|cell| stored_time(cell.deadline.as_ref()));
    let frame = Frame::of(&caller, &ground, "总览 Overview").again_at(ground.now, deadlines);
    let page = Page {
        frame,
        week: format!("{}月{}日", monday.month(), monday.day()),
        before: monday.saturating_sub(7.days()),
        after: monday.saturating_add(7.days()),
        monday,
        reasons: words::excuse_reasons(),
        line: chase.line,
        chased: chase.campuses.into_iter().map(chased).collect(),
        bars: timeliness(&weeks),
        flows: flows(&status.active_exchanges, &ground),
        exchanges: status
            .watched_exchanges
            .iter()
            .map(|of| exchange(of, &ground))
            .collect(),
        sessions: status
            .unrecorded_sessions
            .iter()
            .map(|of| session(of, &ground))
            .collect(),
        others: status.campuses.iter().flat_map(others).collect(),
        board: board(&days, Some(&weeks), &status, &ground),
        trend: board(&weeks, None, &status, &ground),
    };
    Ok(html(StatusCode::OK, &page))
}

/// The week asked for. From Thursday on an office looks at the next one, whose menus are due.
fn asked_week(ground: &Ground, query: &HashMap<String, String>) -> Result<(Date, Span), Trouble> {
    let today = ground.asked_day(query)?;
    let late = matches!(
        today.weekday(),
        Weekday::Thursday | Weekday::Friday | Weekday::Saturday
    );
    let day = match query.contains_key("week") || !late {
        true => today,
        false => today.saturating_add(7.days()),
    };
    Ok(ground.week(day))
}

/// The weeks of the trend, up to one.
pub fn trend_span(monday: Date) -> Span {
    Span {
        first: monday.saturating_sub((7 * WEEKS_BACK).days()),
        last: monday.saturating_add(5.days()),
    }
}

/// What is computed once for all who look when the week is this one or the next, and otherwise for this page.
async fn now(
    hub: &Hub,
    caller: &Caller,
    ground: &mut Ground,
    span: Span,
) -> Result<(v1::GetGroupStatusResponse, v1::GetChaseListResponse), HubError> {
    let (this, _) = ground.week(ground.today());
    if span.first >= this.saturating_sub(1.day()) && span.last <= this.saturating_add(12.days()) {
        let mut looking = hub.watch_group_status(caller).await?;
        if let Some(update) = looking.next().await {
            let update = update?;
            let status = update.status.clone().unwrap_or_default();
            // What was written since is shown as soon as it is computed.
            let at = status
                .instant
                .as_ref()
                .map_or(0, |instant| instant.position);
            ground.position = ground.position.min(at);
            return Ok((status, update.chase.clone().unwrap_or_default()));
        }
    }
    let status = hub.group_status(caller, span.into(), None).await?;
    Ok((status, hub.chase_list(caller, None).await?))
}

fn chased(campus: v1::ChasedCampus) -> Chased {
    let item = |item: &v1::ChaseItem| {
        let days: Vec<String> = item.dates.iter().map(|day| day_text(day)).collect();
        let days = days.join("、");
        (
            Word::of(named::chase_reason(item.reason())),
            format!("{} {days}", item.title),
        )
    };
    Chased {
        items: campus.items.iter().map(item).collect(),
        id: campus.campus_id,
        name: campus.name,
    }
}

fn exchange(watched: &v1::WatchedExchange, ground: &Ground) -> Watched {
    let of = watched.exchange.clone().unwrap_or_default();
    let (home, _) = ground.unit(of.home.as_ref());
    let (host, _) = ground.unit(of.host.as_ref());
    Watched {
        href: format!("/exchange/{}", of.exchange_id),
        text: format!(
            "{home} → {host} · {} – {}",
            of.planned_start, of.planned_end
        ),
        concerns: watched.concerns().map(words::concern).collect(),
    }
}

fn session(open: &v1::UnrecordedSession, ground: &Ground) -> Watched {
    let of = open.session.clone().unwrap_or_default();
    let mut concerns = vec![words::session_status(of.status())];
    if !open.silent_campus_ids.is_empty() {
        let silent = Word::of(named::chase_reason(v1::ChaseReason::AttendanceMissing));
        concerns.push(Word {
            tone: "warn",
            ..silent
        });
    }
    let silent = open.silent_campus_ids.iter().map(|id| ground.name(id));
    let silent: Vec<&str> = silent.collect();
    Watched {
        href: format!("/session/{}", of.session_id),
        text: format!(
            "{} · {} {}",
            of.title,
            day_text(&of.first_date),
            silent.join("、")
        ),
        concerns,
    }
}

/// Foods to be asked about, what waits to be put right, and what the campus would change and waits for an answer.
fn others(campus: &v1::CampusStatus) -> Vec<Watched> {
    const FOOD: Word = Word {
        zh: "食材请核",
        en: "food to be asked about",
        tone: "bad",
    };
    const RIGHT: Word = Word {
        zh: "待更正",
        en: "to be put right",
        tone: "warn",
    };
    const PROPOSED: Word = Word {
        zh: "待答复",
        en: "to be answered",
        tone: "warn",
    };
    let food = |alert: &v1::FoodAlert| Watched {
        href: format!("/menu/{}", alert.record_id),
        text: format!(
            "{}：{}",
            campus.name,
            alert
                .finding
                .as_ref()
                .map_or("", |finding| &finding.message_zh)
        ),
        concerns: vec![FOOD],
    };
    let right = |open: &v1::OpenCorrection| {
        let asked = open.asked.clone().unwrap_or_default();
        Watched {
            href: format!("/history/{}", open.record_id),
            text: format!("{}：{} {}", campus.name, asked.field, asked.text),
            concerns: vec![RIGHT],
        }
    };
    let proposed = |open: &v1::OpenProposal| Watched {
        href: format!("/history/{}", open.record_id),
        text: format!("{}：{}", campus.name, open.why),
        concerns: vec![PROPOSED],
    };
    let foods = campus.food_alerts.iter().map(food);
    foods
        .chain(campus.open_corrections.iter().map(right))
        .chain(campus.open_proposals.iter().map(proposed))
        .collect()
}
