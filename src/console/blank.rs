//! Empty sheets to be filled in, for the campus of whoever asks.

use super::clerk::Desk;
use super::read::not_here;
use super::sheets::workbook;
use super::trouble::Trouble;
use crate::hub::HubError;
use crate::intake::What;
use crate::intake::blank::{forms, next_week};
use crate::intake::known::Known;
use crate::model::date::Span;
use crate::outlets::xlsx;
use crate::wire::v1;
use crate::wire::v1::content::Kind;
use axum::extract::{Path, Query};
use axum::response::Response;
use prost::Message as _;
use std::collections::HashMap;

/// `menu.xlsx` (of the week of the day `week`, or the next one), `session.xlsx`, `exchange.xlsx`,
/// `person.xlsx`, `staff_count.xlsx`.
///
/// # Errors
/// When there is no such sheet, or nothing to fill in.
pub async fn sheet<D: Desk>(
    desk: D,
    Path(file): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let (what, name) = match file.as_str() {
        "menu.xlsx" => (What::Menu, "menu"),
        "session.xlsx" => (What::Session, "session"),
        "exchange.xlsx" => (What::Exchange, "exchange"),
        "person.xlsx" => (What::Person, "person"),
        "staff_count.xlsx" => (What::StaffCount, "staff_count"),
        _ => return Err(not_here(&file).into()),
    };
    let ground = desk.ground().await?;
    let mut known = Known::on(ground.today());
    let mut policy = None;
    for kind in ["campus", "calendar", "vocabulary", "policy"] {
        for record in desk.records(kind, Span::ALWAYS).await? {
            let content = v1::Content::decode(record.content);
            match content.ok().and_then(|content| content.kind) {
                Some(Kind::Policy(of_group)) => policy = Some(of_group),
                Some(content) => known = known.with(&record.id, content),
                None => {}
            }
        }
    }
    let known = known.as_campus(&desk.campus());
    let known = known.map_err(|error| HubError::invalid("campus", error.to_string()))?;
    let week = match query.contains_key("week") {
        true => ground.asked_day(&query)?,
        false => next_week(ground.today()),
    };
    let forms = forms(what, &known, policy.as_ref(), week);
    let forms = forms.map_err(|error| HubError::invalid("week", error.to_string()))?;
    workbook(xlsx::blank(&forms), &format!("blank-{name}"))
}
