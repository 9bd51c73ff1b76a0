//! Exchanges (交流轮岗): draft → proposed (home) → accepted (host) → approved (office) → active (host) →
//! completed, with the ways out of each.

mod course;
mod extension;
mod pair;
pub mod share;

use super::found::{Found, person_reference, unit_campus, unit_reference};
use super::registers::person::{PersonRules, propose, proposes, title_words, titles};
use super::registers::vocabulary::{VocabularyRules, Words};
use super::{Case, Move, Owner, Reference, Refusal, Rules};
use crate::model::date::{self, LAST_DAY, Span};
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Place, RecordId, Who};
use crate::wire::v1;
use course::COURSE;
pub use share::{percent as share_percent, planned_days};
use v1::ExchangeStatus as Status;
use v1::VocabularyTopic as Topic;

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
        share::check(exchange.share.as_ref(), found);
        found.optional_line("subject", &exchange.subject, 40);
        found.optional_line("host_post", &exchange.host_post, 40);
        if let Some(paper) = &exchange.paper {
            found.optional_line("paper.number", &paper.number, 60);
            found.sha256("paper.sha256", &paper.sha256);
        }
        let none = exchange.no_titles_at_start;
        titles("titles_at_start", &exchange.titles_at_start, none, found);
        if let Some(years) = exchange.years_at_home {
            found.range("years_at_home", years, 0, 60);
        }
        if exchange.pair_id.is_empty() || exchange.pair_id.parse::<RecordId>().is_ok() {
            pair::check(exchange, case, found);
        } else {
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
        found.stated("level", exchange.level != 0);
        found.stated("file_moved", exchange.file_moved.is_some());
        found.stated("planned_start", !exchange.planned_start.is_empty());
        check_words(exchange, case, found);
        propose("person", exchange.person.as_ref(), case, found);
        if is_of_another(exchange, case) {
            // Nor is anything told of where they are.
            return found.add(Code::PersonNotOfHome, "person.person_id");
        }
        let planned = v1::ExchangeState::default();
        if let Some(finding) = share::overlap("person", exchange, &planned, case) {
            found.say(finding);
        }
    }

    /// The vocabulary says what its words are; a name without an id is looked for among the persons.
    fn surveys(exchange: &v1::Exchange) -> Vec<&'static str> {
        let persons = proposes(exchange.person.as_ref()).then_some(PersonRules::NAME);
        persons.into_iter().chain([VocabularyRules::NAME]).collect()
    }

    fn keys(_: Place, exchange: &v1::Exchange, state: &v1::ExchangeState) -> Vec<String> {
        let gone = state.status() == Status::Cancelled;
        let slot = pair::slot(exchange).filter(|_| !gone);
        slot.into_iter().collect()
    }

    /// The other half of a two-way exchange.
    fn looks_up(exchange: &v1::Exchange) -> Vec<String> {
        pair::other_slot(exchange).into_iter().collect()
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

    fn may_put(state: &v1::ExchangeState, _: &[String]) -> Result<(), Refusal> {
        COURSE.turn("put", "put", state.status()).map(|_| ())
    }

    fn may_delete(state: &v1::ExchangeState) -> Result<(), Refusal> {
        COURSE.turn("delete", "delete", state.status()).map(|_| ())
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
    ) -> Move<Self> {
        match &action.action {
            Some(action) => course::act(action, exchange, state, case),
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

    fn span(exchange: &v1::Exchange, state: &v1::ExchangeState) -> Option<Span> {
        Some(days(exchange, state))
    }
}

/// From the first day planned or lived to the last; open where it is not known.
pub fn days(exchange: &v1::Exchange, state: &v1::ExchangeState) -> Span {
    let planned = date::day_or_month(&exchange.planned_start).map(|start| start.first);
    let came = date::day(&state.real_start);
    // Whoever was approved is expected, and whoever has come stays, until somebody says that it ended, whatever
    // was planned.
    let open = matches!(state.status(), Status::Approved | Status::Active);
    let planned_end = date::day_or_month(&exchange.planned_end).filter(|_| !open);
    let end = date::day(&state.real_end).or(planned_end.map(|end| end.last));
    let first = [planned, came].into_iter().flatten().min();
    Span {
        first: first.unwrap_or(date::FIRST_DAY),
        last: end.unwrap_or(LAST_DAY),
    }
}

/// Where and when a movement takes its person, once the office approved it; one that has ended did so until
/// its last day.
pub fn stay(exchange: &v1::Exchange, state: &v1::ExchangeState, id: RecordId) -> Option<v1::Stay> {
    let ended = match state.status() {
        Status::Approved | Status::Active => false,
        Status::Completed => true,
        // Nobody was anywhere who never came.
        Status::Withdrawn if !state.real_start.is_empty() => true,
        _ => return None,
    };
    let days = planned_days(exchange, state);
    let open = days.last == LAST_DAY;
    Some(v1::Stay {
        exchange_id: id.to_string(),
        campus_id: unit_campus(exchange.host.as_ref())
            .map_or_else(String::new, |id| id.to_string()),
        first_day: days.first.to_string(),
        last_day: if open {
            String::new()
        } else {
            days.last.to_string()
        },
        percent: share::percent(exchange),
        ended,
    })
}

fn check_words(exchange: &v1::Exchange, case: &Case<'_>, found: &mut Found) {
    let start = date::day_or_month(&exchange.planned_start);
    let day = start.map_or_else(|| case.today(), |start| start.first);
    let subjects = Words::of(Topic::Subject, case);
    subjects.check("subject", "", &exchange.subject, day, found);
    let posts = Words::of(Topic::Post, case);
    posts.check("host_post", "", &exchange.host_post, day, found);
    let titles = &exchange.titles_at_start;
    title_words("titles_at_start", titles, day, case, found);
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

/// Whether the person is known to be of another school than the one that they would leave.
fn is_of_another(exchange: &v1::Exchange, case: &Case<'_>) -> bool {
    let home = unit_campus(exchange.home.as_ref()).map(|id| id.to_string());
    let id = ExchangeRules::leads(exchange);
    let person = id.and_then(|id| case.neighbours.record(id)?.read::<PersonRules>());
    person.is_some_and(|person| Some(person.home_campus_id) != home)
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

#[cfg(test)]
mod tests;
