//! How a campus stands with its menus in a span of days.

use super::records::{Kept, Records};
use crate::kinds::registers::calendar::calendar_of;
use crate::kinds::registers::campus::serving;
use crate::kinds::registers::policy::{menu_deadline, zone};
use crate::kinds::{Cover, announced, covers};
use crate::model::calendar::Calendar;
use crate::model::date::Span;
use crate::model::ids::Place;
use crate::wire::convert::timestamp;
use crate::wire::v1::{self, MenuStandingState as State};
use jiff::Timestamp;
use jiff::civil::Date;

/// A published menu and its course.
type Published<'a> = (&'a v1::Menu, &'a v1::MenuState);

/// A day on which menus are expected: when the first one that names a dish for it was published, and
/// when the day came to be covered, if it is.
struct ExpectedDay {
    date: Date,
    first: Option<Timestamp>,
    covered: Option<Timestamp>,
}

/// How `campus` stands, judged at `now`.
pub fn standing(
    campus: &Kept<v1::Campus>,
    records: &Records,
    span: Span,
    now: Timestamp,
) -> v1::MenuStanding {
    let calendars = records.calendars.iter().map(|calendar| &calendar.content);
    let calendar = calendar_of(&campus.id.to_string(), calendars);
    let published = published(campus, records);
    let days: Vec<ExpectedDay> = span
        .days()
        .filter(|day| calendar.is_school_day(*day))
        .filter_map(|day| expected_day(&campus.content, day, &published))
        .collect();
    let deadline = days
        .first()
        .and_then(|first| deadline(records, &calendar, first.date));
    judge(&days, deadline, now)
}

fn published<'a>(campus: &Kept<v1::Campus>, records: &'a Records) -> Vec<Published<'a>> {
    let published = |menu: &'a Kept<v1::Menu, v1::MenuState>| {
        let own = menu.owner == Place::Campus(campus.id);
        let out = own && menu.state.publish_time.is_some();
        out.then_some((&menu.content, &menu.state))
    };
    records.menus.iter().filter_map(published).collect()
}

/// `None` when no canteen serves, or every meal of the day is declared without service.
fn expected_day(
    campus: &v1::Campus,
    date: Date,
    published: &[Published<'_>],
) -> Option<ExpectedDay> {
    let meals: Vec<Meal> = serving(campus, date)
        .flat_map(|canteen| canteen.meals().map(|meal| (canteen.name.clone(), meal)))
        .map(|(canteen, meal)| expected_meal(&canteen, date, meal, published))
        .collect();
    let served = || meals.iter().filter(|meal| !matches!(meal, Meal::NoService));
    served().next()?;
    let times = || served().map(Meal::covered);
    Some(ExpectedDay {
        date,
        first: times().flatten().min(),
        covered: times().try_fold(Timestamp::MIN, |latest, time| Some(latest.max(time?))),
    })
}

enum Meal {
    NoService,
    Open,
    Covered(Timestamp),
}

impl Meal {
    fn covered(&self) -> Option<Timestamp> {
        match self {
            Meal::Covered(at) => Some(*at),
            _ => None,
        }
    }
}

fn expected_meal(canteen: &str, date: Date, meal: v1::Meal, published: &[Published<'_>]) -> Meal {
    let says = |(menu, _): &Published<'_>| covers(menu, canteen, date, meal);
    if published.iter().any(|menu| says(menu) == Cover::NoService) {
        return Meal::NoService;
    }
    let dishes = published.iter().filter(|menu| says(menu) == Cover::Dishes);
    let at = dishes.filter_map(|(_, state)| announced(state, date, meal));
    at.min().map_or(Meal::Open, Meal::Covered)
}

fn deadline(records: &Records, calendar: &Calendar, first: Date) -> Option<Timestamp> {
    let policy = records.policy.as_ref();
    let rule = menu_deadline(policy, first)?;
    let day = calendar.school_days_before(first, rule.school_days_before)?;
    let zoned = day.to_datetime(rule.time).to_zoned(zone(policy)).ok()?;
    Some(zoned.timestamp())
}

fn judge(days: &[ExpectedDay], deadline: Option<Timestamp>, now: Timestamp) -> v1::MenuStanding {
    let missing: Vec<String> = days
        .iter()
        .filter(|day| day.covered.is_none())
        .map(|day| day.date.to_string())
        .collect();
    let complete = if missing.is_empty() {
        days.iter().filter_map(|day| day.covered).max()
    } else {
        None
    };
    let state = match complete {
        _ if days.is_empty() => State::NotApplicable,
        Some(complete) if deadline.is_none_or(|deadline| complete <= deadline) => State::OnTime,
        Some(_) => State::Late,
        None if missing.len() == days.len() => State::Missing,
        None => State::Incomplete,
    };
    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    v1::MenuStanding {
        state: state.into(),
        expected_days: count(days.len()),
        published_days: count(days.len() - missing.len()),
        missing_dates: missing,
        deadline: deadline.map(timestamp),
        first_publish_time: days.iter().filter_map(|day| day.first).min().map(timestamp),
        complete_time: complete.map(timestamp),
        open: deadline.is_some_and(|deadline| now < deadline),
        ..Default::default()
    }
}

#[cfg(test)]
mod tests;
