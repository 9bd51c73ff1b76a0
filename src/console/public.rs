//! What a group shows to everybody: each campus's meals of this week and the next, by a public link. The link is
//! the token of a credential for the public, so what it shows is what that credential may read: no person is named.
//! A thousand parents who look cost one page: it is made anew when something was written, and every quarter of an hour,
//! within which no day begins anywhere.

use super::Console;
use super::campus::{MealWeek, two_weeks};
use super::frame::Frame;
use super::read::{Ground, not_here};
use super::trouble::{Trouble, text};
use super::words::Word;
use crate::hub::{HubError, Shared};
use crate::model::caller::Caller;
use crate::model::ids::{CredentialId, Place};
use crate::outlets::week::Cell;
use crate::outlets::words as named;
use askama::Template;
use axum::extract::{Extension, Path, State};
use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use bytes::Bytes;
use std::net::IpAddr;

/// Pages by the link, the campus (empty: all of them) and their mark.
pub type Answers = Shared<(CredentialId, String, String), Bytes>;

/// How many bytes of them are kept: those of a county, each some dozen KiB.
pub const ANSWERS_BYTES_MAX: usize = 16 << 20;

const QUARTER: i64 = 15 * 60;

#[derive(Template)]
#[template(path = "templates/public.html")]
struct Campuses {
    frame: Frame,
    group: String,
    campuses: Vec<(String, String, Word)>,
}

#[derive(Template)]
#[template(path = "templates/public_campus.html")]
struct Page {
    frame: Frame,
    group: String,
    name: String,
    as_of: String,
    all: String,
    weeks: Vec<MealWeek>,
}

/// Whoever holds a public link. A credential of a place is none: who follows a link must not act for a school.
async fn reader(console: &Console, token: &str, address: IpAddr) -> Result<Caller, HubError> {
    let caller = console.hub.authenticate(token, address).await?;
    if caller.place != Place::Public {
        return Err(HubError::Unauthenticated);
    }
    console.hub.admit(&caller)?;
    Ok(caller)
}

/// The campuses of a group.
///
/// # Errors
/// When there is no such link.
pub async fn campuses(
    State(console): State<Console>,
    Extension(address): Extension<IpAddr>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Result<Response, Trouble> {
    let caller = reader(&console, &token, address).await?;
    let page = made(&console, &caller, &token, "");
    answer(&console, &caller, &headers, "", page).await
}

/// A campus's meals of this week and the next.
///
/// # Errors
/// When there is no such link or campus.
pub async fn page(
    State(console): State<Console>,
    Extension(address): Extension<IpAddr>,
    headers: HeaderMap,
    Path((token, id)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let caller = reader(&console, &token, address).await?;
    let page = made(&console, &caller, &token, &id);
    answer(&console, &caller, &headers, &id, page).await
}

/// A page, or that a browser has it already. It is asked for each time, since what a child may not eat may have changed
/// a minute ago.
async fn answer(
    console: &Console,
    caller: &Caller,
    headers: &HeaderMap,
    id: &str,
    page: impl Future<Output = Result<String, HubError>>,
) -> Result<Response, Trouble> {
    let mark = mark(console, caller).await?;
    let marked = [
        (ETAG, HeaderValue::from_str(&mark).expect("it is ASCII")),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
    ];
    if headers.get(IF_NONE_MATCH).is_some_and(|has| *has == mark) {
        return Ok((StatusCode::NOT_MODIFIED, marked).into_response());
    }
    let question = (caller.credential, id.to_owned(), mark);
    let made = async {
        let page = Bytes::from(page.await?);
        let bytes = page.len();
        Ok::<_, HubError>((page, bytes))
    };
    let page = console.public.get(question, made).await?;
    Ok((marked, Html(page)).into_response())
}

/// What a page depends on beside its link: the program, what was written, and the time.
async fn mark(console: &Console, caller: &Caller) -> Result<String, HubError> {
    let chain = console.hub.head(caller).await?.chain;
    let written = chain.iter().take(8).map(|byte| format!("{byte:02x}"));
    let quarter = console.hub.now().as_second().div_euclid(QUARTER);
    let program = env!("CARGO_PKG_VERSION");
    Ok(format!(
        "\"{}-{quarter}-{program}\"",
        written.collect::<String>()
    ))
}

/// The page of a campus, or of all (an empty id).
async fn made(
    console: &Console,
    caller: &Caller,
    token: &str,
    id: &str,
) -> Result<String, HubError> {
    let ground = Ground::of(&console.hub, caller).await?;
    let group = caller.group.name.clone();
    let all = format!("/public/{token}");
    if id.is_empty() {
        let campus = |(id, campus): &(String, crate::wire::v1::Campus)| {
            let role = Word::of(named::role(campus.role()));
            (format!("{all}/{id}"), campus.name.clone(), role)
        };
        let page = Campuses {
            frame: Frame::outside("每周食谱 Menus"),
            group,
            campuses: ground.campuses.iter().map(campus).collect(),
        };
        return Ok(text(&page));
    }
    if !ground.campuses.iter().any(|(of, _)| of == id) {
        return Err(not_here(id));
    }
    let name = ground.name(id).to_owned();
    let page = Page {
        frame: Frame::outside(&format!("{name} 每周食谱")),
        group,
        as_of: ground.moment(ground.now),
        all,
        weeks: two_weeks(&console.hub, caller, &ground, id).await?,
        name,
    };
    Ok(text(&page))
}
