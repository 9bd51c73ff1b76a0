//! What pages offer as workbooks, for Excel and WPS.

use super::Console;
use super::home::trend_span;
use super::menu::announced_week;
use super::read::{Ground, not_here};
use super::trouble::Trouble;
use super::visit::Visitor;
use crate::hub::HubError;
use crate::outlets::xlsx;
use crate::wire::v1::MenuPeriod;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use std::collections::HashMap;

/// A campus's week.
///
/// # Errors
/// When there is no such campus or day.
pub async fn week(
    State(console): State<Console>,
    Visitor(caller): Visitor,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let ground = Ground::of(&console.hub, &caller).await?;
    if !ground.campuses.iter().any(|(of, _)| *of == id) {
        return Err(not_here(&id).into());
    }
    let day = ground.asked_day(&query)?;
    let (monday, span) = ground.week(day);
    let week = announced_week(&console.hub, &caller, &ground, (&id, span)).await?;
    let book = xlsx::week(&week, ground.name(&id), &ground.moment(ground.now));
    workbook(book, &format!("week-{monday}"))
}

/// The matrix of the eight weeks up to one.
///
/// # Errors
/// `Denied` for anybody but the office; when there is no such day.
pub async fn matrix(
    State(console): State<Console>,
    Visitor(caller): Visitor,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let ground = Ground::of(&console.hub, &caller).await?;
    let (monday, _) = ground.week(ground.asked_day(&query)?);
    let span = trend_span(monday);
    let report = console
        .hub
        .menu_matrix_now(&caller, span, MenuPeriod::Week)
        .await?;
    let as_of = ground.moment(ground.now);
    let book = xlsx::matrix(&report, &caller.group.name, &as_of);
    workbook(book, &format!("menus-{monday}"))
}

/// The movements of the school year, for the national record.
///
/// # Errors
/// `Denied` for anybody but the office.
pub async fn exchanges(
    State(console): State<Console>,
    Visitor(caller): Visitor,
) -> Result<Response, Trouble> {
    let report = console.hub.exchange_book(&caller, None, None).await?;
    let ground = Ground::of(&console.hub, &caller).await?;
    let whose = (caller.group.name.as_str(), ground.moment(ground.now));
    let book = xlsx::national(&report, (whose.0, &whose.1), |id| {
        ground.name(id).to_owned()
    });
    workbook(book, "exchanges")
}

/// An answer with a workbook, to be kept as a file.
///
/// # Errors
/// When it could not be made.
pub fn workbook(book: Result<Vec<u8>, xlsx::Error>, name: &str) -> Result<Response, Trouble> {
    let bytes = book.map_err(|error| {
        tracing::error!(%error, "a workbook was not made");
        HubError::invalid("week", "the workbook could not be made")
    })?;
    let headers = [
        (CONTENT_TYPE, xlsx::CONTENT_TYPE.to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}.xlsx\""),
        ),
    ];
    Ok((headers, bytes).into_response())
}
