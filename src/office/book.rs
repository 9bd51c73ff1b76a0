//! Who is where on a day, and who moved in its school year.

use super::people::People;
use super::records::{Exchange, Records};
use super::shares::school_year;
use super::status::{Listed, exchange_standing, instant, listed, members};
use super::watch;
use crate::kinds::share_percent;
use crate::model::date::{self, LAST_DAY, Span};
use crate::wire::v1::{self, CampusMovements, MovementCount, unit::Unit};
use jiff::Timestamp;
use jiff::civil::Date;

/// The report, as the contract words it.
pub type ExchangeBook = v1::GetExchangeBookResponse;

/// The school year that holds a day.
#[must_use]
pub fn year_of(day: Date) -> i16 {
    const BEGINS_IN: i8 = 9;
    day.year() - i16::from(day.month() < BEGINS_IN)
}

/// The days whose movements the book of a day is computed from: its school year, and what is planned after it.
#[must_use]
pub fn book_span(day: Date) -> Span {
    Span {
        first: school_year(year_of(day)).first,
        last: LAST_DAY,
    }
}

/// A movement that people made, up to the instant.
struct Moved<'a> {
    exchange: &'a Exchange,
    came: Date,
    went: Option<Date>,
}

/// Which movements of the year are counted.
type Which<'a> = &'a dyn Fn(&Moved<'_>) -> bool;

/// The report: a pure function of the records at `position` and of `time`.
#[must_use]
pub fn exchange_book(
    records: &Records,
    day: Date,
    (position, time): (i64, Timestamp),
) -> ExchangeBook {
    let today = records.today(time);
    let year = school_year(year_of(day));
    let moved = moved(records, year, today);
    let on_day = |of: &Moved<'_>| of.came <= day && of.went.is_none_or(|went| day <= went);
    let active = |_: &Moved<'_>| true;
    let started = |of: &Moved<'_>| year.contains(of.came);
    let members = members(records, year);
    let ends = moved.iter().flat_map(|of| {
        let content = &of.exchange.content;
        [
            unit_id(content.home.as_ref()),
            unit_id(content.host.as_ref()),
        ]
    });
    let ends = ends.filter(|id| !id.is_empty()).map(str::to_owned);
    let which: [Which<'_>; 3] = [&on_day, &active, &started];
    let row = |campus: &Listed| movements(campus, &moved, which);
    let all = |which: Which<'_>| Some(sum(moved.iter().filter(|of| which(of))));
    ExchangeBook {
        instant: Some(instant(records, (position, time))),
        date: day.to_string(),
        year_first_date: year.first.to_string(),
        year_last_date: year.last.to_string(),
        exchanges: moved
            .iter()
            .map(|of| booked(of, on_day(of), started(of)))
            .collect(),
        campuses: listed(records, &members, ends).iter().map(row).collect(),
        outside: Some(row(&Listed::default())),
        total: all(&on_day),
        year_active: all(&active),
        year_started: all(&started),
        watched_exchanges: watch::exchanges(records, book_span(day), today),
    }
}

/// The movements with a day in a school year up to today, by the day they began.
fn moved<'a>(records: &'a Records, year: Span, today: Date) -> Vec<Moved<'a>> {
    let moved = |exchange: &'a Exchange| {
        let state = &exchange.state;
        let came = date::day(&state.real_start)?;
        let went = date::day(&state.real_end);
        let in_year = came <= year.last.min(today) && went.is_none_or(|went| year.first <= went);
        in_year.then_some(Moved {
            exchange,
            came,
            went,
        })
    };
    let mut moved: Vec<Moved<'a>> = records.exchanges.iter().filter_map(moved).collect();
    moved.sort_by_key(|of| (of.came, of.exchange.id));
    moved
}

/// The campus that a school is; empty: it lies outside the group.
fn unit_id(unit: Option<&v1::Unit>) -> &str {
    match unit.and_then(|unit| unit.unit.as_ref()) {
        Some(Unit::CampusId(id)) => id,
        _ => "",
    }
}

fn booked(of: &Moved<'_>, on_date: bool, started_in_year: bool) -> v1::BookedExchange {
    let content = of.exchange.content.clone();
    v1::BookedExchange {
        standing: Some(exchange_standing(of.exchange)),
        share_percent: share_percent(&content),
        person: content.person,
        real_end: of.exchange.state.real_end.clone(),
        r#type: content.r#type,
        file_moved: content.file_moved,
        level: content.level,
        subject: content.subject,
        host_post: content.host_post,
        pair_id: content.pair_id,
        on_date,
        started_in_year,
    }
}

fn movements(campus: &Listed, moved: &[Moved<'_>], which: [Which<'_>; 3]) -> CampusMovements {
    let out = |of: &&Moved<'_>| unit_id(of.exchange.content.home.as_ref()) == campus.id;
    let r#in = |of: &&Moved<'_>| unit_id(of.exchange.content.host.as_ref()) == campus.id;
    let [left, left_in_year, left_new] =
        which.map(|which| sum(moved.iter().filter(out).filter(|of| which(of))));
    let [came, came_in_year, came_new] =
        which.map(|which| sum(moved.iter().filter(r#in).filter(|of| which(of))));
    CampusMovements {
        campus_id: campus.id.clone(),
        name: campus.name.clone(),
        role: campus.role,
        net_movements: came.movements - left.movements,
        net_full_time_percent: came.full_time_percent - left.full_time_percent,
        out: Some(left),
        r#in: Some(came),
        year_active_out: Some(left_in_year),
        year_active_in: Some(came_in_year),
        year_started_out: Some(left_new),
        year_started_in: Some(came_new),
    }
}

fn sum<'a>(moved: impl Iterator<Item = &'a Moved<'a>>) -> MovementCount {
    let mut people = People::default();
    let mut sum = MovementCount::default();
    for of in moved {
        let content = &of.exchange.content;
        let number = content.unnamed_count.max(1);
        people.add(content.person.as_ref(), number);
        sum.movements = sum.movements.saturating_add(number);
        let percent = share_percent(content).saturating_mul(number);
        sum.full_time_percent = sum.full_time_percent.saturating_add(percent);
    }
    sum.heads = Some(people.count());
    sum
}

#[cfg(test)]
mod tests;
