//! Two edits of one record, side by side, and one choice.

use super::desk::Desk;
use super::told::{self, Told, title};
use super::understood::base;
use super::{Fields, duties, field, words};
use crate::client::{Side, sides};
use crate::console::frame::Frame;
use crate::console::read::{Ground, not_here};
use crate::console::trouble::{Trouble, html};
use crate::model::limits::CONTRACT;
use crate::wire::v1::{self, mutation, state};
use askama::Template;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use prost::Message as _;
use uuid::Uuid;

/// A unit in which both differ.
struct Row {
    place: String,
    base: String,
    theirs: String,
    mine: String,
    both: bool,
}

#[derive(Template)]
#[template(path = "templates/desk_conflict.html")]
struct Page {
    frame: Frame,
    id: String,
    title: String,
    href: String,
    /// Who wrote what the hub has, and when.
    theirs: String,
    /// Who wrote the edit that came later.
    mine: String,
    version: i64,
    rows: Vec<Row>,
    /// The record has changed since the choice was shown.
    moved: bool,
}

/// A conflict, and the record that it is about.
struct Clash {
    conflict: v1::Record,
    state: v1::ConflictState,
    record: v1::Record,
}

async fn clash<D: Desk>(desk: &D, id: &str) -> Result<Clash, Trouble> {
    let conflict = desk.record(id).await?;
    let Some(state::Kind::Conflict(state)) = duties::kept(&conflict) else {
        return Err(not_here(id).into());
    };
    let record = desk.record(&state.record_id).await?;
    Ok(Clash {
        conflict,
        state,
        record,
    })
}

/// The page.
///
/// # Errors
/// When it is settled already, or was never there.
pub async fn page<D: Desk>(desk: D, Path(id): Path<String>) -> Result<Response, Trouble> {
    let ground = desk.ground().await?;
    Ok(shown(&desk, &ground, &clash(&desk, &id).await?, false))
}

fn shown<D: Desk>(desk: &D, ground: &Ground, clash: &Clash, moved: bool) -> Response {
    let Clash {
        conflict,
        state,
        record,
    } = clash;
    let by = |of: &v1::Record| format!("{} {}", of.actor, ground.told(of.commit_time.as_ref()));
    let row = |side: Side| {
        let told = |json: &Option<String>| {
            json.as_ref()
                .map_or_else(String::new, |json| words::value(json, ground))
        };
        Row {
            place: words::place(&side.path, ground),
            base: told(&side.base),
            theirs: told(&side.theirs),
            mine: told(&side.mine),
            both: side.both,
        }
    };
    let rows = sides(state, &record.content).into_iter().map(row);
    let page = Page {
        frame: desk.frame(ground, "两处改动待定 Conflict"),
        id: conflict.id.clone(),
        title: title(&state.pushed, ground),
        href: format!("/{}/{}", record.kind, record.id),
        theirs: by(record),
        mine: by(conflict),
        version: record.version,
        rows: rows.collect(),
        moved,
    };
    html(StatusCode::OK, &page)
}

/// Settles it: the edit that came later, or what the hub has, is pushed over the version that was shown.
///
/// # Errors
/// When it is settled already, or the hub takes no push now.
pub async fn settle<D: Desk>(
    desk: D,
    Path(id): Path<String>,
    Form(form): Form<Fields>,
) -> Result<Response, Trouble> {
    let ground = desk.ground().await?;
    let clash = clash(&desk, &id).await?;
    let content = match field(&form, "choice") {
        "mine" => clash.state.pushed.clone(),
        "theirs" => clash.record.content.clone(),
        _ => {
            return Err(Trouble::bad_form(
                "请选一个：用后到的改动，或保留中心现有的。",
                "Choose one: the edit that came later, or what the hub has.",
            ));
        }
    };
    if field(&form, "version") != clash.record.version.to_string() {
        return Ok(shown(&desk, &ground, &clash, true));
    }
    let put = v1::Put {
        base: Some(base(&clash.record)),
        content,
        contract: CONTRACT,
        resolves: vec![id],
    };
    let of: Uuid = clash.conflict.id.parse().unwrap_or_default();
    let mutation = v1::Mutation {
        mutation_id: Uuid::new_v5(&of, &put.encode_to_vec()).to_string(),
        record_id: clash.record.id,
        wish: Some(mutation::Wish::Put(put)),
        ..Default::default()
    };
    let results = desk.push(vec![mutation.clone()]).await?;
    let told = Told::of(&mutation, results.first(), None, &ground);
    Ok(told::page(&desk, &ground, vec![told], None))
}
