//! What the office had better look at: movements that stand by half or for too long, sessions whose books are
//! open. No timer changes a state, so what is overdue stands here until somebody does something about it.

use super::records::{Exchange, Kept, Records, Session};
use super::status::{exchange_standing, session_standing};
use crate::kinds::{exchange_days, planned_days};
use crate::model::calendar::overlap;
use crate::model::date::{self, FIRST_DAY, LAST_DAY, Span};
use crate::wire::v1;
use jiff::ToSpan as _;
use jiff::civil::Date;
use v1::ExchangeConcern as Concern;
use v1::ExchangeStatus::{Accepted, Active, Approved, Proposed};
use v1::SessionStatus::{Announced, Held, Planned};

/// So long after its planned start somebody should have come (domain.md 3.6).
const DAYS_TO_COME: i64 = 10;
/// So long before its planned end a movement is to be talked about (domain.md 3.7).
const DAYS_OF_NOTICE: i64 = 60;

/// The movements of a span that stand and give cause for concern on a day, by planned start.
pub fn exchanges(records: &Records, span: Span, today: Date) -> Vec<v1::WatchedExchange> {
    let stands = |exchange: &&Exchange| {
        let status = exchange.state.status();
        let stands = matches!(status, Proposed | Accepted | Approved | Active);
        stands && overlap(exchange_days(&exchange.content, &exchange.state), span)
    };
    let standing: Vec<&Exchange> = records.exchanges.iter().filter(stands).collect();
    let titles = counts_titles(records.policy.as_ref(), today);
    let watched = |exchange: &&Exchange| {
        let mut concerns = concerns(exchange, &standing, today);
        let content = &exchange.content;
        let said = content.no_titles_at_start || !content.titles_at_start.is_empty();
        let untitled = titles && !said;
        concerns.extend(untitled.then_some(Concern::NoTitles));
        (!concerns.is_empty()).then(|| v1::WatchedExchange {
            exchange: Some(exchange_standing(exchange)),
            concerns: concerns.into_iter().map(i32::from).collect(),
        })
    };
    let mut watched: Vec<_> = standing.iter().filter_map(watched).collect();
    let order = |of: &v1::WatchedExchange| {
        let of = of.exchange.clone().unwrap_or_default();
        (of.planned_start, of.exchange_id)
    };
    watched.sort_by_key(order);
    watched
}

fn concerns(exchange: &Exchange, standing: &[&Exchange], today: Date) -> Vec<Concern> {
    let (content, status) = (&exchange.content, exchange.state.status());
    let is_other =
        |other: &&&Exchange| other.id != exchange.id && other.content.pair_id == content.pair_id;
    let half_open = !content.pair_id.is_empty() && standing.iter().find(is_other).is_none();
    // A month is over on its last day.
    let last = |text| date::day_or_month(text).map(|days| days.last);
    let (start, end) = (last(&content.planned_start), last(&content.planned_end));
    let due = start.is_some_and(|start| start.saturating_add(DAYS_TO_COME.days()) < today);
    let over = end.is_some_and(|end| end < today);
    let soon = end.is_some_and(|end| end <= today.saturating_add(DAYS_OF_NOTICE.days()));
    let all = [
        (Concern::HalfOpen, half_open),
        (Concern::NotArrived, status == Approved && due),
        (Concern::PastEnd, status == Active && over),
        (Concern::EndingSoon, status == Active && soon && !over),
        (Concern::OverlappingShares, overlaps(exchange, standing)),
    ];
    let concerns = all.into_iter().filter(|(_, holds)| *holds);
    concerns.map(|(concern, _)| concern).collect()
}

/// Whether the same person is on another movement on one of its days. A name alone is nobody.
fn overlaps(exchange: &Exchange, standing: &[&Exchange]) -> bool {
    let person = |of: &Exchange| {
        let person = of.content.person.clone().unwrap_or_default();
        person.person_id
    };
    let days = |of: &Exchange| planned_days(&of.content, &of.state);
    let own = person(exchange);
    let other = |other: &&&Exchange| other.id != exchange.id && person(other) == own;
    let mut others = standing.iter().filter(other);
    !own.is_empty() && others.any(|other| overlap(days(exchange), days(other)))
}

/// Whether a rule that holds on a day counts those who are backbone teachers by their titles.
fn counts_titles(policy: Option<&v1::Policy>, day: Date) -> bool {
    let mut rules = policy.into_iter().flat_map(|policy| &policy.exchange_rules);
    rules.any(|rule| {
        let first = date::day(&rule.from).unwrap_or(FIRST_DAY);
        let last = date::day(&rule.until).unwrap_or(LAST_DAY);
        let counted = [rule.numerator(), rule.denominator()];
        let backbone = counted.contains(&v1::ExchangeCount::BackboneExchanged);
        backbone && Span { first, last }.contains(day)
    })
}

/// The sessions of a span whose last day is over and of which nobody closed the books, by first day.
pub fn sessions(
    records: &Records,
    members: &[&Kept<v1::Campus>],
    span: Span,
    today: Date,
) -> Vec<v1::UnrecordedSession> {
    let unrecorded = |session: &Session| {
        let standing = session_standing(session, members, span)?;
        let days = session.content.days.iter();
        let last = days.filter_map(|day| date::day(&day.date)).max()?;
        let open = matches!(session.state.status(), Planned | Announced | Held) && last < today;
        open.then(|| v1::UnrecordedSession {
            silent_campus_ids: silent(session, &standing),
            session: Some(standing),
        })
    };
    let mut unrecorded: Vec<_> = records.sessions.iter().filter_map(unrecorded).collect();
    let order = |of: &v1::UnrecordedSession| {
        let of = of.session.clone().unwrap_or_default();
        (of.first_date, of.session_id)
    };
    unrecorded.sort_by_key(order);
    unrecorded
}

/// Who took part in a session that was held and has not said with how many.
fn silent(session: &Session, standing: &v1::SessionStanding) -> Vec<String> {
    let reported = |id: &&String| {
        let mut rows = session.state.attendance.iter();
        rows.any(|row| row.campus_id == **id)
    };
    let held = session.state.status() == Held;
    let ids = standing
        .campus_ids
        .iter()
        .filter(|id| held && !reported(id));
    ids.cloned().collect()
}

#[cfg(test)]
mod tests;
