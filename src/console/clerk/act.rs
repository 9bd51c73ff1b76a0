//! Asking for an action by a button: accept, hold, publish. What it is asked of is as the clerk saw it.

use super::desk::Desk;
use super::told::Told;
use super::{Fields, field};
use crate::console::trouble::Trouble;
use crate::wire::{json, v1};
use axum::extract::Form;
use axum::response::Response;
use prost::Message as _;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The fields of a form that an action takes begin with it.
const TAKES: &str = "arg.";

/// Asks for it, and tells what the hub made of it.
///
/// # Errors
/// When there is no such record or action.
pub async fn act<D: Desk>(desk: D, Form(form): Form<Fields>) -> Result<Response, Trouble> {
    let ground = desk.ground().await?;
    let record = desk.record(field(&form, "record")).await?;
    let mutation = wanted(&form).ok_or_else(|| {
        Trouble::bad_form(
            "这个按钮的内容不完整，未办理。请回到今日事项重新打开。",
            "The form is not whole, and nothing was done. Open the desk again.",
        )
    })?;
    let results = desk.push(vec![mutation.clone()]).await?;
    let told = Told::of(&mutation, results.first(), Some(&record.content), &ground);
    Ok(super::told::page(&desk, &ground, vec![told], None))
}

/// The mutation that a form wishes. Pressed twice it is the same one.
fn wanted(form: &Fields) -> Option<v1::Mutation> {
    let (kind, name) = field(form, "action").split_once('.')?;
    let takes = form.iter().filter_map(|(field, value)| {
        let value = value.trim();
        let name = field.strip_prefix(TAKES).filter(|_| !value.is_empty())?;
        Some((name.to_owned(), Value::from(value)))
    });
    let takes: Map<String, Value> = takes.collect();
    let action = json::read("Action", &json!({ kind: { name: takes } })).ok()?;
    let act = v1::Act {
        seen_version: field(form, "version").parse().ok()?,
        action,
    };
    let record: Uuid = field(form, "record").parse().ok()?;
    Some(v1::Mutation {
        mutation_id: Uuid::new_v5(&record, &act.encode_to_vec()).to_string(),
        record_id: record.to_string(),
        wish: Some(v1::mutation::Wish::Act(act)),
        ..Default::default()
    })
}
