//! The calendar of sessions: a private link that a phone subscribes to, made and ended by its holder.

use super::Console;
use super::frame::Frame;
use super::read::{Ground, Seen, touching};
use super::trouble::{Trouble, html};
use super::visit::{Visitor, go_to};
use crate::model::date::Span;
use crate::outlets::ics::{self, Meeting};
use crate::wire::convert::stored_time;
use crate::wire::v1::{content, state};
use askama::Template;
use axum::extract::{Extension, Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use jiff::{Timestamp, ToSpan as _};
use std::net::IpAddr;

/// How far back and ahead the calendar reaches.
const DAYS_BACK: i32 = 60;
const DAYS_AHEAD: i32 = 400;

#[derive(Template)]
#[template(path = "templates/calendar.html")]
struct Page {
    frame: Frame,
    /// The link that was just made.
    link: Option<String>,
}

/// Says what the link is, and offers one.
///
/// # Errors
/// When the database failed.
pub async fn page(
    State(console): State<Console>,
    Visitor(caller): Visitor,
) -> Result<Response, Trouble> {
    let ground = Ground::of(&console.hub, &caller).await?;
    let frame = Frame::of(&caller, &ground, "日历订阅 Calendar");
    Ok(html(StatusCode::OK, &Page { frame, link: None }))
}

/// Makes a link, and shows it this once.
///
/// # Errors
/// When the database failed.
pub async fn link(
    State(console): State<Console>,
    Visitor(caller): Visitor,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Trouble> {
    let token = console.hub.link_calendar(&caller).await?;
    let ground = Ground::of(&console.hub, &caller).await?;
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = uri
        .authority()
        .map(AsRef::as_ref)
        .or(host)
        .unwrap_or_default();
    let scheme = if console.secure { "https" } else { "http" };
    let link = format!(
        "{scheme}://{host}/subscribe/{}/sessions.ics",
        token.reveal()
    );
    let frame = Frame {
        // Shown anew, the link would be gone.
        live: false,
        ..Frame::of(&caller, &ground, "日历订阅 Calendar")
    };
    let link = Some(link);
    Ok(html(StatusCode::OK, &Page { frame, link }))
}

/// Ends the link.
///
/// # Errors
/// When the database failed.
pub async fn end(
    State(console): State<Console>,
    Visitor(caller): Visitor,
) -> Result<Response, Trouble> {
    console.hub.end_calendar(&caller).await?;
    Ok(go_to("/calendar"))
}

/// The calendar of whoever holds the link: the sessions that the holder may see, without persons.
///
/// # Errors
/// When there is no such link.
pub async fn feed(
    State(console): State<Console>,
    Extension(address): Extension<IpAddr>,
    Path(token): Path<String>,
) -> Result<Response, Trouble> {
    let hub = &console.hub;
    let caller = hub.subscriber(&token, address).await?;
    hub.admit(&caller)?;
    let ground = Ground::of(hub, &caller).await?;
    let today = ground.today();
    let span = Span {
        first: today.saturating_sub(DAYS_BACK.days()),
        last: today.saturating_add(DAYS_AHEAD.days()),
    };
    let sessions = touching(hub, &caller, "session", span).await?;
    let meetings = sessions
        .into_iter()
        .filter_map(|seen| meeting(seen, &ground));
    let text = ics::calendar(&caller.group.name, &ground.zone, meetings);
    let headers = [
        (CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (CONTENT_DISPOSITION, "inline; filename=\"sessions.ics\""),
    ];
    Ok((headers, text).into_response())
}

fn meeting(seen: Seen, ground: &Ground) -> Option<Meeting> {
    let (content::Kind::Session(session), Some(state::Kind::Session(state))) =
        (seen.content, seen.state)
    else {
        return None;
    };
    let place = session.place.as_ref();
    let (unit, _) = ground.unit(place.and_then(|place| place.unit.as_ref()));
    let room = place.map_or("", |place| place.room.as_str());
    Some(Meeting {
        id: seen.record.id,
        version: seen.record.version,
        written: stored_time(seen.record.commit_time.as_ref()).unwrap_or(Timestamp::UNIX_EPOCH),
        place: format!("{unit} {room}").trim().to_owned(),
        host: ground.name(&seen.record.campus_id).to_owned(),
        session,
        status: state.status(),
    })
}
