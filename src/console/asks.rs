//! What the office asks of a campus's record by a form: that a late menu be excused, that a field be put right.

use super::Console;
use super::push::pushed;
use super::read::{Ground, one};
use super::trouble::Trouble;
use super::visit::{Visitor, go_to};
use crate::hub::random_uuid;
use crate::model::caller::Caller;
use crate::model::date::day;
use crate::wire::v1::{self, action, menu_action};
use axum::extract::{Form, Path, State};
use axum::response::Response;
use prost::Message as _;
use std::collections::HashMap;

/// The fields of a form, by name.
type Fields = HashMap<String, String>;

fn field<'a>(form: &'a Fields, name: &str) -> &'a str {
    form.get(name).map_or("", |value| value.trim())
}

/// Excuses a late menu, or takes that back, and leads back to its week.
///
/// # Errors
/// What the hub refuses.
pub async fn excuse(
    State(console): State<Console>,
    Visitor(caller): Visitor,
    Path(id): Path<String>,
    Form(form): Form<Fields>,
) -> Result<Response, Trouble> {
    let reason = v1::ExcuseReason::from_str_name(field(&form, "reason")).unwrap_or_default();
    let action = match field(&form, "revoke") {
        "" => menu_action::Action::Excuse(v1::ExcuseMenu {
            reason: reason.into(),
        }),
        _ => menu_action::Action::RevokeExcuse(v1::RevokeExcuse {}),
    };
    let action = action::Kind::Menu(v1::MenuAction {
        action: Some(action),
    });
    ask(&console, &caller, &id, &form, action).await?;
    let week = day(field(&form, "week"));
    Ok(go_to(&week.map_or_else(
        || "/".to_owned(),
        |week| format!("/?week={week}"),
    )))
}

/// Asks for a correction, and leads back to the record.
///
/// # Errors
/// What the hub refuses.
pub async fn correct(
    State(console): State<Console>,
    Visitor(caller): Visitor,
    Path(id): Path<String>,
    Form(form): Form<Fields>,
) -> Result<Response, Trouble> {
    let action = action::Kind::AskCorrection(v1::AskCorrection {
        field: field(&form, "field").to_owned(),
        text: field(&form, "text").to_owned(),
    });
    let kind = ask(&console, &caller, &id, &form, action).await?;
    Ok(go_to(&format!("/{kind}/{id}")))
}

/// Asks for an action of a record as the asker saw it, or as it stands; the record's kind.
async fn ask(
    console: &Console,
    caller: &Caller,
    id: &str,
    form: &Fields,
    action: action::Kind,
) -> Result<String, Trouble> {
    let record = one(&console.hub, caller, id).await?.record;
    let action = v1::Action { kind: Some(action) };
    let act = v1::Act {
        seen_version: field(form, "version").parse().unwrap_or(record.version),
        action: action.encode_to_vec().into(),
    };
    let mutation = v1::Mutation {
        mutation_id: random_uuid().to_string(),
        record_id: record.id,
        wish: Some(v1::mutation::Wish::Act(act)),
        ..Default::default()
    };
    let _open = console.hub.admit_push(caller)?;
    let results = pushed(&console.hub, caller, &[mutation], v1::PushMode::Commit).await?;
    let refusals = results.into_iter().flat_map(|result| result.refusals);
    let refusals: Vec<v1::Finding> = refusals.collect();
    if refusals.is_empty() {
        return Ok(record.kind);
    }
    let ground = Ground::of(&console.hub, caller).await?;
    Err(Trouble::refused(&refusals, &ground))
}
