//! What a group shows to everybody: each campus's meals of this week and the next, by a public link. The link is
//! the token of a credential for the public, so what it shows is what that credential may read: no person is named.

use super::Console;
use super::campus::{MealWeek, two_weeks};
use super::frame::Frame;
use super::read::{Ground, not_here};
use super::trouble::{Trouble, html};
use super::words::Word;
use crate::hub::HubError;
use crate::model::caller::Caller;
use crate::model::ids::Place;
use crate::outlets::week::Cell;
use crate::outlets::words as named;
use askama::Template;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::net::IpAddr;

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
    Path(token): Path<String>,
) -> Result<Response, Trouble> {
    let caller = reader(&console, &token, address).await?;
    let ground = Ground::of(&console.hub, &caller).await?;
    let campus = |(id, campus): &(String, crate::wire::v1::Campus)| {
        let href = format!("/public/{token}/{id}");
        (
            href,
            campus.name.clone(),
            Word::of(named::role(campus.role())),
        )
    };
    let page = Campuses {
        frame: Frame::outside("每周食谱 Menus"),
        group: caller.group.name.clone(),
        campuses: ground.campuses.iter().map(campus).collect(),
    };
    Ok(html(StatusCode::OK, &page))
}

/// A campus's meals of this week and the next.
///
/// # Errors
/// When there is no such link or campus.
pub async fn page(
    State(console): State<Console>,
    Extension(address): Extension<IpAddr>,
    Path((token, id)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let caller = reader(&console, &token, address).await?;
    let ground = Ground::of(&console.hub, &caller).await?;
    if !ground.campuses.iter().any(|(of, _)| *of == id) {
        return Err(not_here(&id).into());
    }
    let name = ground.name(&id).to_owned();
    let page = Page {
        frame: Frame::outside(&format!("{name} 每周食谱")),
        group: caller.group.name.clone(),
        as_of: ground.moment(ground.now),
        all: format!("/public/{token}"),
        weeks: two_weeks(&console.hub, &caller, &ground, &id).await?,
        name,
    };
    Ok(html(StatusCode::OK, &page))
}
