//! A later end (延期): asked by home or host, agreed by the other, approved by the office.

use super::course::{COURSE, host};
use super::{ExchangeRules, share};
use crate::kinds::found::{Found, only, room, unit_campus};
use crate::kinds::{Case, Move, Moved, Refusal};
use crate::model::date::day_or_month;
use crate::model::finding::{Code, Finding};
use crate::model::ids::Place;
use crate::wire::convert::timestamp;
use crate::wire::v1;

const PATH: &str = "act.action.exchange.ask_extension.planned_end";

fn parties(exchange: &v1::Exchange) -> [Option<Place>; 2] {
    let home = unit_campus(exchange.home.as_ref()).map(Place::Campus);
    [home, host(exchange)]
}

fn is_open(extension: &v1::Extension) -> bool {
    extension.approve_time.is_none() && extension.refuse_time.is_none()
}

pub fn ask(
    end: &str,
    exchange: &v1::Exchange,
    state: &v1::ExchangeState,
    case: &Case<'_>,
) -> Move<ExchangeRules> {
    if !parties(exchange).contains(&Some(case.asker)) {
        return Err(only("原单位或交流单位 (the home or the host campus)"));
    }
    COURSE.act("ask_extension", state.status())?;
    if let Some(open) = state.extensions.last().filter(|last| is_open(last)) {
        if open.new_end == end && open.asked_by == case.asker.to_text() {
            return Ok(Moved::Nowhere);
        }
        return Err(Finding::new(Code::ExtensionOpen, "act.action").with("end", &open.new_end));
    }
    check_end(end, exchange)?;
    room("state.exchange.extensions", state.extensions.len())?;
    let mut state = state.clone();
    state.extensions.push(v1::Extension {
        asked_by: case.asker.to_text(),
        old_end: exchange.planned_end.clone(),
        new_end: end.to_owned(),
        ask_time: Some(timestamp(case.now)),
        ..Default::default()
    });
    Ok(Moved::To(state))
}

fn check_end(end: &str, exchange: &v1::Exchange) -> Result<(), Refusal> {
    let mut found = Found::under(PATH.trim_end_matches(".planned_end").into());
    found.required("planned_end", !end.is_empty());
    let wanted = found.optional_day_or_month("planned_end", end);
    if let Some(refusal) = found.first_refusal() {
        return Err(refusal);
    }
    let planned = day_or_month(&exchange.planned_end);
    // An open end is never extended.
    let later = planned.is_some_and(|planned| wanted.is_some_and(|end| planned.last < end.last));
    if later {
        return Ok(());
    }
    Err(Finding::new(Code::LaterEndNeeded, PATH).with("end", &exchange.planned_end))
}

/// The extension that waits, to be answered by `answer`.
fn answer(
    verb: &str,
    state: &v1::ExchangeState,
    answer: impl FnOnce(&mut v1::Extension),
) -> Result<v1::ExchangeState, Refusal> {
    COURSE.act(verb, state.status())?;
    let mut state = state.clone();
    match state.extensions.last_mut().filter(|last| is_open(last)) {
        Some(open) => answer(open),
        None => return Err(Finding::new(Code::NoExtension, "act.action")),
    }
    Ok(state)
}

fn asked_by(state: &v1::ExchangeState) -> Option<String> {
    state.extensions.last().map(|last| last.asked_by.clone())
}

/// Whether the asker is the campus that was asked: home or host, whichever did not ask.
fn is_asked(exchange: &v1::Exchange, state: &v1::ExchangeState, case: &Case<'_>) -> bool {
    let party = parties(exchange).contains(&Some(case.asker));
    party && asked_by(state).is_none_or(|asked| asked != case.asker.to_text())
}

pub fn agree(
    exchange: &v1::Exchange,
    state: &v1::ExchangeState,
    case: &Case<'_>,
) -> Move<ExchangeRules> {
    if !is_asked(exchange, state, case) {
        return Err(only("另一所学校 (the other campus)"));
    }
    if let Some(last) = state.extensions.last()
        && last.agree_time.is_some()
        && last.refuse_time.is_none()
    {
        return Ok(Moved::Nowhere);
    }
    let agreed = Some(timestamp(case.now));
    answer("agree_extension", state, |open| open.agree_time = agreed).map(Moved::To)
}

/// The office's consent: the planned end moves.
pub fn approve(
    exchange: &v1::Exchange,
    state: &v1::ExchangeState,
    case: &Case<'_>,
) -> Move<ExchangeRules> {
    case.only_office()?;
    let both = parties(exchange).iter().all(Option::is_some);
    match state.extensions.last() {
        Some(last) if last.approve_time.is_some() && last.new_end == exchange.planned_end => {
            return Ok(Moved::Nowhere);
        }
        Some(last) if is_open(last) && both && last.agree_time.is_none() => {
            return Err(Finding::new(Code::NoExtension, "act.action"));
        }
        _ => {}
    }
    let approved = Some(timestamp(case.now));
    let state = answer("approve_extension", state, |open| {
        open.approve_time = approved;
    })?;
    let new_end = state.extensions.last().map(|last| last.new_end.clone());
    let exchange = v1::Exchange {
        planned_end: new_end.unwrap_or_default(),
        ..exchange.clone()
    };
    if let Some(refusal) = share::overlap("act.action", &exchange, &state, case)
        && refusal.refuses()
    {
        return Err(refusal);
    }
    Ok(Moved::Rewritten(state, exchange))
}

/// The refusal of the other campus or of the office.
pub fn refuse(
    exchange: &v1::Exchange,
    state: &v1::ExchangeState,
    case: &Case<'_>,
) -> Move<ExchangeRules> {
    if case.asker != Place::Office && !is_asked(exchange, state, case) {
        return Err(only(
            "另一所学校或集团办 (the other campus or the group office)",
        ));
    }
    if let Some(last) = state.extensions.last()
        && last.refuse_time.is_some()
    {
        return Ok(Moved::Nowhere);
    }
    let refused = Some(timestamp(case.now));
    answer("refuse_extension", state, |open| open.refuse_time = refused).map(Moved::To)
}
