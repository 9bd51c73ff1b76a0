//! The history of a record: who changed what, when and why.

use super::Console;
use super::clerk::words;
use super::frame::Frame;
use super::read::{Ground, one};
use super::trouble::{Trouble, html};
use super::visit::Visitor;
use crate::hub::{Change, Entry};
use crate::model::finding::Weight;
use crate::wire::convert::{findings, list_history, timestamp};
use crate::wire::v1;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::HashMap;

struct Version {
    version: i64,
    when: String,
    by: String,
    reason: String,
    deleted: bool,
    changes: Vec<Told>,
    warnings: Vec<(String, String)>,
}

/// A change in a school's words.
struct Told {
    place: String,
    before: String,
    after: String,
}

#[derive(Template)]
#[template(path = "templates/history.html")]
struct Page {
    frame: Frame,
    /// The record's page.
    back: String,
    versions: Vec<Version>,
    /// Where older versions are.
    older: Option<String>,
}

/// The page of a record's history, newest version first.
///
/// # Errors
/// When it is not there, or not the visitor's to see.
pub async fn page(
    State(console): State<Console>,
    Visitor(caller): Visitor,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let request = v1::ListHistoryRequest {
        record_id: id.clone(),
        page_token: query.get("below").cloned().unwrap_or_default(),
        ..Default::default()
    };
    let (record, below, limit) = list_history(&request)?;
    let ground = Ground::of(&console.hub, &caller).await?;
    let kind = one(&console.hub, &caller, &id).await?.record.kind;
    let entries = console.hub.history(&caller, record, below, limit).await?;
    let page = Page {
        frame: Frame::of(&caller, &ground, "修改记录 History"),
        back: format!("/{kind}/{id}"),
        older: entries
            .below
            .map(|below| format!("/history/{id}?below={below}")),
        versions: entries
            .entries
            .into_iter()
            .map(|entry| version(entry, &ground))
            .collect(),
    };
    Ok(html(StatusCode::OK, &page))
}

fn version(entry: Entry, ground: &Ground) -> Version {
    let written = entry.written;
    let place = match written.place.campus() {
        Some(campus) => ground.name(&campus.to_string()).to_owned(),
        None => "集团办".to_owned(),
    };
    Version {
        version: written.version.version,
        when: ground.told(Some(&timestamp(written.at))),
        by: format!("{place} {}", written.actor),
        reason: written.reason,
        deleted: written.version.frame.is_none(),
        changes: entry.changes.iter().map(|of| told(of, ground)).collect(),
        warnings: findings(&entry.findings, Weight::Warn)
            .into_iter()
            .map(|of| (words::said(&of.message_zh, ground), of.message_en))
            .collect(),
    }
}

fn told(change: &Change, ground: &Ground) -> Told {
    let value = |json: &Option<String>| {
        let told = json.as_deref().map(|json| words::value(json, ground));
        told.unwrap_or_default()
    };
    Told {
        place: words::place(&change.path, ground),
        before: value(&change.before),
        after: value(&change.after),
    }
}
