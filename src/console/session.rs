//! A session: when and where, who takes part, what became of it.

use super::Console;
use super::frame::Frame;
use super::read::{Ground, day_text, not_here, one};
use super::record::Course;
use super::trouble::{Trouble, html};
use super::visit::Visitor;
use super::words::{self, Word};
use crate::outlets::words as named;
use crate::wire::v1::{self, content, state};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

/// One campus that takes part, and how many came; `None`: it has not said, which is not 0.
struct Part {
    name: String,
    href: String,
    host: bool,
    reported: Option<(i32, i32)>,
    waived: bool,
}

#[derive(Template)]
#[template(path = "templates/session.html")]
struct Page {
    frame: Frame,
    course: Course,
    session: v1::Session,
    form: Word,
    mode: Word,
    status: Word,
    days: Vec<String>,
    place: String,
    functions: Vec<(Word, String)>,
    parts: Vec<Part>,
    /// The attendance is to be known.
    held: bool,
}

/// The page of a session.
///
/// # Errors
/// When it is not there, or not the visitor's to see.
pub async fn page(
    State(console): State<Console>,
    Visitor(caller): Visitor,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let ground = Ground::of(&console.hub, &caller).await?;
    let seen = one(&console.hub, &caller, &id).await?;
    let course = Course::of(&console.hub, &caller, &seen.record, &ground).await?;
    let (content::Kind::Session(session), Some(state::Kind::Session(state))) =
        (seen.content, seen.state)
    else {
        return Err(not_here(&id).into());
    };
    let place = session.place.as_ref();
    let (unit, _) = ground.unit(place.and_then(|place| place.unit.as_ref()));
    let room = place.map_or("", |place| place.room.as_str());
    let page = Page {
        frame: Frame::of(&caller, &ground, session.title.clone()),
        form: Word::of(named::form(session.form())),
        mode: Word::of(named::session_mode(session.mode())),
        status: words::session_status(state.status()),
        days: session.days.iter().map(day_of).collect(),
        place: format!("{unit} {room}").trim().to_owned(),
        functions: functions(&session),
        parts: parts(&course.owner_id, &session, &state, &ground),
        held: matches!(
            state.status(),
            v1::SessionStatus::Held | v1::SessionStatus::Recorded
        ),
        course,
        session,
    };
    Ok(html(StatusCode::OK, &page))
}

/// A day with its clock times: 5月11日 周一 13:30–15:30.
pub fn day_of(day: &v1::SessionDay) -> String {
    let half = match day.half_day() {
        v1::HalfDay::Morning => "上午",
        v1::HalfDay::Afternoon => "下午",
        v1::HalfDay::Unspecified => "",
    };
    let times = match (day.start.as_str(), day.end.as_str()) {
        ("", "") => half.to_owned(),
        (start, "") => start.to_owned(),
        (start, end) => format!("{start}–{end}"),
    };
    format!("{} {times}", day_text(&day.date)).trim().to_owned()
}

fn functions(session: &v1::Session) -> Vec<(Word, String)> {
    let names = |of: &[v1::PersonRef]| {
        let names: Vec<&str> = of.iter().map(|of| of.display_name.as_str()).collect();
        names.join("、")
    };
    let plain = |zh, en| Word {
        zh,
        en,
        tone: "plain",
    };
    let all = [
        (plain("主备", "lead"), names(session.lead.as_slice())),
        (plain("主讲", "speakers"), names(&session.speakers)),
        (plain("主持", "chair"), names(session.chair.as_slice())),
    ];
    all.into_iter()
        .filter(|(_, names)| !names.is_empty())
        .collect()
}

fn parts(
    host: &str,
    session: &v1::Session,
    state: &v1::SessionState,
    ground: &Ground,
) -> Vec<Part> {
    let takes_part =
        |id: &String| id == host || session.invites_all || session.invited_campus_ids.contains(id);
    let ids = ground
        .campuses
        .iter()
        .map(|(id, _)| id)
        .filter(|id| takes_part(id));
    let part = |id: &String| Part {
        name: ground.name(id).to_owned(),
        href: format!("/campus/{id}"),
        host: id == host,
        reported: (state.attendance.iter())
            .find(|of| of.campus_id == *id)
            .map(|of| (of.attended, of.expected)),
        waived: state.waived_campus_ids.contains(id),
    };
    ids.map(part).collect()
}
