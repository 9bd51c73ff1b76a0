//! Exchanges (交流轮岗): draft → proposed (home) → accepted (host) → approved (office) → active (host).

use super::found::{Found, only, person_reference, state_forbids, unit_campus, unit_reference};
use super::registers::person::titles;
use super::{Case, Moved, Owner, Reference, Refusal, Rules};
use crate::model::date::{self, LAST_DAY, Span};
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Place, RecordId, Who};
use crate::wire::convert::timestamp;
use crate::wire::v1;
use v1::ExchangeStatus as Status;
use v1::exchange_action::Action;

/// The rules of exchanges.
pub struct ExchangeRules;

impl Rules for ExchangeRules {
    const NAME: &'static str = "exchange";
    const OWNER: Owner = Owner::Campus;
    type Content = v1::Exchange;
    type State = v1::ExchangeState;
    type Action = v1::ExchangeAction;

    fn check(exchange: &v1::Exchange, case: &Case<'_>, found: &mut Found) {
        check_who(exchange, found);
        check_schools(exchange, case.owner, found);
        found.required("type", exchange.r#type != 0);
        check_share(exchange.share.as_ref(), found);
        found.optional_line("subject", &exchange.subject, 40);
        found.optional_line("host_post", &exchange.host_post, 40);
        titles("titles_at_start", &exchange.titles_at_start, found);
        if let Some(years) = exchange.years_at_home {
            found.range("years_at_home", years, 0, 60);
        }
        if !exchange.pair_id.is_empty() && exchange.pair_id.parse::<RecordId>().is_err() {
            found.add_with(Code::IdInvalid, "pair_id", "value", &exchange.pair_id);
        }
        let start = found.optional_day_or_month("planned_start", &exchange.planned_start);
        let end = found.optional_day_or_month("planned_end", &exchange.planned_end);
        if let (Some(start), Some(end)) = (start, end)
            && end.last < start.first
        {
            found.backwards(
                "planned_end",
                &exchange.planned_start,
                &exchange.planned_end,
            );
        }
    }

    fn references(exchange: &v1::Exchange) -> Vec<Reference> {
        let home = unit_reference("home", exchange.home.as_ref());
        let host = unit_reference("host", exchange.host.as_ref());
        let person = person_reference("person", exchange.person.as_ref());
        home.into_iter().chain(host).chain(person).collect()
    }

    fn new_state() -> Option<v1::ExchangeState> {
        Some(v1::ExchangeState {
            status: Status::Draft.into(),
            ..Default::default()
        })
    }

    fn may_put(state: &v1::ExchangeState) -> Result<(), Refusal> {
        match state.status() {
            Status::Approved => Err(state_forbids(
                "put",
                state.status().as_str_name(),
                "confirm_arrival",
            )),
            Status::Active => Err(state_forbids("put", state.status().as_str_name(), "-")),
            _ => Ok(()),
        }
    }

    fn may_delete(state: &v1::ExchangeState) -> Result<(), Refusal> {
        Self::may_put(state).map_err(|mut refusal| {
            refusal.path = "delete".into();
            refusal
        })
    }

    /// Whoever agreed, agreed to something else: the owner proposes again.
    fn unbound(_: v1::ExchangeState) -> v1::ExchangeState {
        Self::new_state().unwrap_or_default()
    }

    fn binds() -> &'static [&'static str] {
        &[
            "person",
            "unnamed_count",
            "home",
            "host",
            "type",
            "share",
            "planned_start",
            "planned_end",
        ]
    }

    fn act(
        action: &v1::ExchangeAction,
        exchange: &v1::Exchange,
        state: &v1::ExchangeState,
        case: &Case<'_>,
    ) -> Result<Moved<v1::ExchangeState>, Refusal> {
        let host = unit_campus(exchange.host.as_ref()).map(Place::Campus);
        match &action.action {
            Some(Action::Propose(_)) => propose(state, case),
            Some(Action::Accept(_)) => accept(host, state, case),
            Some(Action::Approve(_)) => approve(host, state, case),
            Some(Action::ConfirmArrival(arrival)) => arrive(&arrival.date, host, state, case),
            None => Err(Finding::new(Code::WishMissing, "act.action.exchange")),
        }
    }

    /// The host gets to see the row of a person who is coming.
    fn leads(exchange: &v1::Exchange) -> Option<RecordId> {
        exchange.person.as_ref()?.person_id.parse().ok()
    }

    fn audience(owner: Place, exchange: &v1::Exchange, state: &v1::ExchangeState) -> Vec<Who> {
        if state.status() == Status::Draft {
            return vec![owner.into()];
        }
        let schools = [exchange.home.as_ref(), exchange.host.as_ref()];
        let campuses = schools.into_iter().filter_map(unit_campus).map(Who::Campus);
        campuses.chain([owner.into(), Who::Office]).collect()
    }

    /// From the first day planned or lived to the last; open where it is not known.
    fn span(exchange: &v1::Exchange, state: &v1::ExchangeState) -> Option<Span> {
        let planned = date::day_or_month(&exchange.planned_start).map(|start| start.first);
        let real = date::day(&state.real_start);
        let end = date::day_or_month(&exchange.planned_end).map(|end| end.last);
        // Somebody who has come stays until the end is confirmed, whatever was planned.
        let end = if real.is_some() { None } else { end };
        Some(Span {
            first: [planned, real]
                .into_iter()
                .flatten()
                .min()
                .unwrap_or(date::FIRST_DAY),
            last: end.unwrap_or(LAST_DAY),
        })
    }
}

/// The campus that is host to a movement, once the office approved it.
pub fn host_of(exchange: &v1::Exchange, state: &v1::ExchangeState) -> Option<RecordId> {
    let goes = matches!(state.status(), Status::Approved | Status::Active);
    unit_campus(exchange.host.as_ref()).filter(|_| goes)
}

fn check_who(exchange: &v1::Exchange, found: &mut Found) {
    found.person("person", exchange.person.as_ref());
    found.range("unnamed_count", exchange.unnamed_count, 0, 10_000);
    match (exchange.person.is_some(), exchange.unnamed_count > 0) {
        (true, true) => found.add_with(Code::NotWithOther, "unnamed_count", "other", "person"),
        (false, false) => found.required("person", false),
        _ => {}
    }
}

fn check_schools(exchange: &v1::Exchange, owner: Place, found: &mut Found) {
    found.unit("home", exchange.home.as_ref());
    found.unit("host", exchange.host.as_ref());
    if exchange.home.is_some() && exchange.home == exchange.host {
        found.add(Code::HomeIsHost, "host");
    }
    let home = unit_campus(exchange.home.as_ref());
    let host = unit_campus(exchange.host.as_ref());
    if exchange.home.is_some() && home.or(host).map(Place::Campus) != Some(owner) {
        found.add(Code::HomeNotOwner, "home");
    }
}

fn check_share(share: Option<&v1::Share>, found: &mut Found) {
    let Some(share) = share else { return };
    match &share.share {
        None => found.required("share", false),
        Some(v1::share::Share::Percent(percent)) => found.range("share.percent", *percent, 1, 100),
        Some(v1::share::Share::Weekdays(weekdays)) => {
            found.required("share.weekdays.days", !weekdays.days.is_empty());
            for (i, day) in weekdays.days.iter().enumerate() {
                found.range(&format!("share.weekdays.days[{i}]"), *day, 1, 7);
            }
            if !weekdays.days.is_sorted_by(|a, b| a < b) {
                found.add(Code::NotInOrder, "share.weekdays.days");
            }
        }
    }
}

type Move = Result<Moved<v1::ExchangeState>, Refusal>;

fn allowed(status: Status) -> &'static str {
    match status {
        Status::Draft => "propose, put, delete",
        Status::Proposed => "accept, approve, put, delete",
        Status::Accepted => "approve, put, delete",
        Status::Approved => "confirm_arrival",
        _ => "-",
    }
}

/// Moves on from one of `from`; what was moved on already stays where it is.
fn advance(state: &v1::ExchangeState, from: &[Status], next: v1::ExchangeState) -> Move {
    let status = state.status();
    if status >= next.status() {
        Ok(Moved::Nowhere)
    } else if from.contains(&status) {
        Ok(Moved::To(next))
    } else {
        Err(state_forbids(
            "act.action",
            status.as_str_name(),
            allowed(status),
        ))
    }
}

fn propose(state: &v1::ExchangeState, case: &Case<'_>) -> Move {
    if case.asker != case.owner {
        return Err(only("提出的学校 (the owning campus)"));
    }
    let next = v1::ExchangeState {
        status: Status::Proposed.into(),
        propose_time: Some(timestamp(case.now)),
        ..state.clone()
    };
    advance(state, &[Status::Draft], next)
}

fn accept(host: Option<Place>, state: &v1::ExchangeState, case: &Case<'_>) -> Move {
    if Some(case.asker) != host {
        return Err(only("交流单位 (the host campus)"));
    }
    let next = v1::ExchangeState {
        status: Status::Accepted.into(),
        accept_time: Some(timestamp(case.now)),
        ..state.clone()
    };
    advance(state, &[Status::Proposed], next)
}

fn approve(host: Option<Place>, state: &v1::ExchangeState, case: &Case<'_>) -> Move {
    if case.asker != Place::Office {
        return Err(only("集团办 (the group office)"));
    }
    let next = v1::ExchangeState {
        status: Status::Approved.into(),
        approve_time: Some(timestamp(case.now)),
        ..state.clone()
    };
    // A host outside the group is not asked, and one that proposes for itself has agreed.
    let nobody_to_accept = host.is_none_or(|host| host == case.owner);
    let from: &[Status] = if nobody_to_accept {
        &[Status::Proposed, Status::Accepted]
    } else {
        &[Status::Accepted]
    };
    advance(state, from, next)
}

fn arrive(day: &str, host: Option<Place>, state: &v1::ExchangeState, case: &Case<'_>) -> Move {
    if case.asker != host.unwrap_or(case.owner) {
        return Err(only("交流单位 (the host campus)"));
    }
    let mut found = Found::under("act.action.exchange.confirm_arrival".into());
    let date = found.day("date", day);
    if let Some(finding) = found.findings.pop() {
        return Err(finding);
    }
    if date.is_some_and(|date| date > case.today()) {
        return Err(Finding::new(Code::DayNotCome, "act.action").with("date", day));
    }
    if state.status() == Status::Active && state.real_start != day {
        return Err(state_forbids(
            "act.action",
            Status::Active.as_str_name(),
            "-",
        ));
    }
    let next = v1::ExchangeState {
        status: Status::Active.into(),
        real_start: day.to_owned(),
        ..state.clone()
    };
    advance(state, &[Status::Approved], next)
}

#[cfg(test)]
mod tests;
