//! The two halves of a two-way exchange (双向交流): opposite ways, one pair id, approved together.

use super::course::ready;
use super::{ExchangeRules, Status};
use crate::content::encoded::variant;
use crate::kinds::found::{Found, unit_campus};
use crate::kinds::{Case, Neighbour, Refusal, Rules};
use crate::model::finding::{Code, Finding};
use crate::model::ids::Key;
use crate::wire::v1;
use prost::Message as _;
use v1::exchange_action::Action;

fn name(unit: Option<&v1::Unit>) -> String {
    match unit.and_then(|unit| unit.unit.as_ref()) {
        Some(v1::unit::Unit::CampusId(id) | v1::unit::Unit::Outside(id)) => id.clone(),
        None => String::new(),
    }
}

/// The place of a half in its pair: there are two, and the way it goes says which is its own.
fn slots(exchange: &v1::Exchange) -> Option<[String; 2]> {
    if exchange.pair_id.is_empty() {
        return None;
    }
    let slots = ["a", "b"].map(|half| format!("pair {}/{half}", exchange.pair_id));
    let [a, b] = slots;
    let forth = name(exchange.home.as_ref()) < name(exchange.host.as_ref());
    Some(if forth { [a, b] } else { [b, a] })
}

/// The key that a half holds.
pub fn slot(exchange: &v1::Exchange) -> Option<String> {
    slots(exchange).map(|[own, _]| own)
}

/// The key that the other half holds.
pub fn other_slot(exchange: &v1::Exchange) -> Option<String> {
    slots(exchange).map(|[_, other]| other)
}

fn other(exchange: &v1::Exchange, case: &Case<'_>) -> Option<Neighbour> {
    let kind = ExchangeRules::NAME.to_owned();
    let value = other_slot(exchange)?;
    case.neighbours.keyed(&Key { kind, value })
}

/// The other half goes the opposite way; that it is not there yet, or for other days, is worth a look.
pub fn check(exchange: &v1::Exchange, case: &Case<'_>, found: &mut Found) {
    if exchange.pair_id.is_empty() {
        return;
    }
    let other = other(exchange, case).and_then(|other| other.read::<ExchangeRules>());
    let Some(other) = other else {
        return found.add(Code::PairHalfOpen, "pair_id");
    };
    if other.home != exchange.host || other.host != exchange.home {
        return found.add(Code::PairBroken, "pair_id");
    }
    let days = |half: &v1::Exchange| (half.planned_start.clone(), half.planned_end.clone());
    if days(exchange) != days(&other) {
        let finding = Finding::new(Code::PairPeriodsDiffer, "pair_id");
        let (start, end) = days(&other);
        found.say(finding.with("start", start).with("end", end));
    }
}

/// Whether the office approves both halves: the other one is approved, or stands ready and is approved in
/// the same push of ALL or nothing.
///
/// # Errors
/// When the other half is not there or would be left behind.
pub fn approved_together(exchange: &v1::Exchange, case: &Case<'_>) -> Result<(), Refusal> {
    if exchange.pair_id.is_empty() {
        return Ok(());
    }
    let apart = |other: &str| Err(Finding::new(Code::PairApart, "act.action").with("other", other));
    let Some(other) = other(exchange, case) else {
        return apart("-");
    };
    let (content, state) = (
        other.read::<ExchangeRules>(),
        other.state::<ExchangeRules>(),
    );
    let (content, state) = (content.unwrap_or_default(), state.unwrap_or_default());
    let beside = case
        .together
        .iter()
        .any(|(id, action)| *id == other.id && approves(action));
    let ready = ready(&content, unit_campus(content.home.as_ref())).contains(&state.status());
    if beside && (ready || state.status() == Status::Approved) {
        Ok(())
    } else {
        apart(&other.id.to_string())
    }
}

fn approves(action: &[u8]) -> bool {
    let body = variant(action).map(|(_, body)| body).unwrap_or_default();
    let action = v1::ExchangeAction::decode(body).unwrap_or_default().action;
    matches!(action, Some(Action::Approve(_)))
}
