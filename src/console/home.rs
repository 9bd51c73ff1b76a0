//! The office's first page: where every campus stands. Whoever acts for a campus is led to its own.

use super::Console;
use super::frame::Frame;
use super::read::Ground;
use super::trouble::{Trouble, html};
use super::visit::{Visitor, go_to};
use crate::model::ids::Place;
use crate::outlets::words::{self, Word};
use crate::wire::convert::stored_time;
use crate::wire::v1;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::ToSpan as _;
use jiff::civil::Date;
use std::collections::HashMap;

struct Row {
    id: String,
    name: String,
    role: Word,
    sign: &'static str,
    menu: Word,
    days: String,
    sessions: String,
    exchanges: String,
    pushed: String,
    heard: String,
}

#[derive(Template)]
#[template(path = "templates/home.html")]
struct Page {
    frame: Frame,
    monday: Date,
    before: Date,
    after: Date,
    rows: Vec<Row>,
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
        Place::Campus(id) => return Ok(go_to(&format!("/campus/{id}")).into_response()),
        Place::Public => return Ok(go_to("/calendar").into_response()),
    }
    let ground = Ground::of(&console.hub, &caller).await?;
    let (monday, span) = ground.week(ground.asked_day(&query)?);
    let report = console.hub.group_status(&caller, span, None).await?;
    let deadlines = report.campuses.iter().filter_map(|of| of.menu.as_ref());
    let deadlines = deadlines.filter_map(|menu| stored_time(menu.deadline.as_ref()));
    let page = Page {
        frame: Frame::of(&caller, &ground, "总览 Overview").again_at(ground.now, deadlines),
        before: monday.saturating_sub(7.days()),
        after: monday.saturating_add(7.days()),
        monday,
        rows: report.campuses.iter().map(|of| row(of, &ground)).collect(),
    };
    Ok(html(StatusCode::OK, &page))
}

fn row(of: &v1::CampusStatus, ground: &Ground) -> Row {
    let menu = of.menu.clone().unwrap_or_default();
    Row {
        id: of.campus_id.clone(),
        name: of.name.clone(),
        role: words::campus_role(of.role()),
        sign: words::menu_sign(menu.state()),
        menu: words::menu_standing(menu.state()),
        days: format!("{}/{}", menu.published_days, menu.expected_days),
        sessions: format!("{} / {}", of.sessions_planned, of.sessions_held),
        exchanges: format!("{} / {}", of.exchanges_out, of.exchanges_in),
        pushed: ground.told(of.last_push_time.as_ref()),
        heard: ground.told(of.last_heard_time.as_ref()),
    }
}
