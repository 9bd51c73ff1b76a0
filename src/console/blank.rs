//! Empty sheets to be filled in, for the campus of whoever is signed in.

use super::Console;
use super::read::{Ground, not_here, touching};
use super::sheets::workbook;
use super::trouble::Trouble;
use super::visit::Visitor;
use crate::hub::HubError;
use crate::intake::What;
use crate::intake::blank::{forms, next_week};
use crate::intake::known::Known;
use crate::model::date::Span;
use crate::outlets::xlsx;
use crate::wire::v1::content::Kind;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use std::collections::HashMap;

/// `menu.xlsx` (of the week of the day `week`, or the next one), `session.xlsx`, `exchange.xlsx`, `person.xlsx`.
///
/// # Errors
/// When there is no such sheet, or nothing to fill in.
pub async fn sheet(
    State(console): State<Console>,
    Visitor(caller): Visitor,
    Path(file): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let (what, name) = match file.as_str() {
        "menu.xlsx" => (What::Menu, "menu"),
        "session.xlsx" => (What::Session, "session"),
        "exchange.xlsx" => (What::Exchange, "exchange"),
        "person.xlsx" => (What::Person, "person"),
        _ => return Err(not_here(&file).into()),
    };
    let ground = Ground::of(&console.hub, &caller).await?;
    let mut known = Known::on(ground.today());
    let mut policy = None;
    for kind in ["campus", "calendar", "vocabulary", "policy"] {
        for seen in touching(&console.hub, &caller, kind, Span::ALWAYS).await? {
            match seen.content {
                Kind::Policy(of_group) => policy = Some(of_group),
                content => known = known.with(&seen.record.id, content),
            }
        }
    }
    let own = caller.place.to_text();
    let known = known.clone().as_campus(&own).unwrap_or(known);
    let week = match query.contains_key("week") {
        true => ground.asked_day(&query)?,
        false => next_week(ground.today()),
    };
    let forms = forms(what, &known, policy.as_ref(), week);
    let forms = forms.map_err(|error| HubError::invalid("week", error.to_string()))?;
    workbook(xlsx::blank(&forms), &format!("blank-{name}"))
}
