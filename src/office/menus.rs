//! How a campus stands with its menus.

use super::records::{Kept, Records};
use crate::kinds::registers::calendar::calendar_of;
use crate::kinds::registers::campus::serving;
use crate::kinds::registers::policy::{menu_deadline, zone};
use crate::kinds::{Cover, announced, covers};
use crate::model::calendar::Calendar;
use crate::model::date::{self, Span};
use crate::model::ids::{Place, RecordId};
use crate::wire::convert::timestamp;
use crate::wire::v1::{self, MenuStandingState as State};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use std::collections::BTreeMap;

/// A menu and its course.
type Menu = Kept<v1::Menu, v1::MenuState>;

/// A campus, its days and what it published.
pub struct Board<'a> {
    /// The campus.
    pub campus: &'a Kept<v1::Campus>,
    /// Its own calendar.
    pub calendar: Calendar,
    /// Its published menus, whoever eats them.
    pub published: Vec<&'a Menu>,
    policy: Option<&'a v1::Policy>,
    zone: TimeZone,
}

/// A day on which menus are expected.
pub struct ExpectedDay<'a> {
    date: Date,
    meals: Vec<Meal<'a>>,
}

/// A meal that is expected.
#[derive(Clone, Copy)]
enum Meal<'a> {
    /// Nobody announced it.
    Open,
    /// A menu names its dishes since a time.
    Covered(Timestamp, &'a Menu),
}

/// What is expected of a campus on a day.
pub enum Expected<'a> {
    /// Nothing: no school, no canteen, or not in the group.
    Nothing,
    /// Every meal is declared without service (停餐).
    NoService,
    /// Menus.
    Menus(ExpectedDay<'a>),
}

impl<'a> Board<'a> {
    /// The board of a campus.
    pub fn of(campus: &'a Kept<v1::Campus>, records: &'a Records) -> Self {
        let calendars = records.calendars.iter().map(|calendar| &calendar.content);
        let own = |menu: &&Menu| {
            menu.owner == Place::Campus(campus.id) && menu.state.publish_time.is_some()
        };
        Board {
            campus,
            calendar: calendar_of(&campus.id.to_string(), calendars),
            published: records.menus.iter().filter(own).collect(),
            policy: records.policy.as_ref(),
            zone: zone(records.policy.as_ref()),
        }
    }

    /// What is expected on a day.
    pub fn expected(&self, date: Date) -> Expected<'a> {
        let serving = serving(&self.campus.content, date);
        let meals: Vec<_> = serving
            .filter(|_| self.calendar.is_school_day(date))
            .flat_map(|canteen| canteen.meals().map(|meal| (canteen.name.as_str(), meal)))
            .collect();
        if meals.is_empty() {
            return Expected::Nothing;
        }
        let meals = meals.into_iter();
        let meals: Vec<_> = meals
            .filter_map(|(canteen, meal)| self.meal(canteen, date, meal))
            .collect();
        match meals.is_empty() {
            true => Expected::NoService,
            false => Expected::Menus(ExpectedDay { date, meals }),
        }
    }

    /// `None` when the meal is declared without service.
    fn meal(&self, canteen: &str, date: Date, meal: v1::Meal) -> Option<Meal<'a>> {
        let says = |menu: &&&Menu| covers(&menu.content, canteen, date, meal);
        let mut published = self.published.iter();
        if published.any(|menu| says(&menu) == Cover::NoService) {
            return None;
        }
        let dishes = self.published.iter();
        let dishes = dishes.filter(|menu| says(menu) == Cover::Dishes);
        let at = dishes.filter_map(|menu| Some((announced(&menu.state, date, meal)?, *menu)));
        let first = at.min_by_key(|(at, menu)| (*at, menu.id));
        Some(first.map_or(Meal::Open, |(at, menu)| Meal::Covered(at, menu)))
    }

    /// Those of some days on which menus are expected.
    pub fn days(&self, days: impl IntoIterator<Item = Date>) -> Vec<ExpectedDay<'a>> {
        let expected = days.into_iter().map(|day| self.expected(day));
        let menus = expected.filter_map(|expected| match expected {
            Expected::Menus(day) => Some(day),
            _ => None,
        });
        menus.collect()
    }

    /// When the menus of some days, taken together, are due.
    pub fn deadline(&self, days: &[ExpectedDay<'_>]) -> Option<Timestamp> {
        let first = days.first()?.date;
        let rule = menu_deadline(self.policy, first)?;
        let day = self
            .calendar
            .school_days_before(first, rule.school_days_before)?;
        let zoned = day.to_datetime(rule.time).to_zoned(self.zone.clone());
        Some(zoned.ok()?.timestamp())
    }

    /// How the campus stands with some days that are due at one time. An amendment counts when the first day it
    /// changes is one of `own`.
    pub fn judge(
        &self,
        days: &[ExpectedDay<'_>],
        deadline: Option<Timestamp>,
        now: Timestamp,
        own: impl Fn(Date) -> bool,
    ) -> v1::MenuStanding {
        let open = |day: &&ExpectedDay<'_>| day.covered().is_none();
        let missing: Vec<String> = days
            .iter()
            .filter(open)
            .map(|day| day.date.to_string())
            .collect();
        let covered = || days.iter().filter_map(ExpectedDay::covered);
        let complete = covered().max().filter(|_| missing.is_empty());
        let first = days.iter().filter_map(ExpectedDay::first).min();
        let late = late_menus(days, deadline);
        let in_time = |at: Timestamp| deadline.is_none_or(|deadline| at <= deadline);
        let state = match complete {
            _ if days.is_empty() => State::NotApplicable,
            Some(complete) if in_time(complete) => State::OnTime,
            Some(_) if late.iter().all(|menu| menu.excuse.is_some()) => State::Excused,
            Some(_) => State::Late,
            None if missing.len() == days.len() => State::Missing,
            None => State::Incomplete,
        };
        let lead = |at: Option<Timestamp>| Some(self.lead(days.first()?.date, at?));
        v1::MenuStanding {
            state: state.into(),
            expected_days: count(days.len()),
            published_days: count(days.len() - missing.len()),
            missing_dates: missing,
            deadline: deadline.map(timestamp),
            first_publish_time: first.map(timestamp),
            complete_time: complete.map(timestamp),
            open: deadline.is_some_and(|deadline| now < deadline),
            first_on_time: first.is_some_and(in_time),
            lead: lead(complete),
            first_lead: lead(first),
            late_menus: late,
            amendments: Some(self.amendments(own)),
        }
    }

    /// How far ahead of a day something was out.
    fn lead(&self, first: Date, out: Timestamp) -> v1::MenuLead {
        const MICROSECONDS: f64 = 3.6e9;
        let start = first.to_zoned(self.zone.clone());
        let start = start.map_or(out, |start| start.timestamp());
        #[expect(
            clippy::cast_precision_loss,
            reason = "years in microseconds fit a double exactly"
        )]
        let hours = (start.as_microsecond() - out.as_microsecond()) as f64 / MICROSECONDS;
        let day = out.to_zoned(self.zone.clone()).date();
        let (from, to) = (day.min(first), day.max(first));
        let school = from.series(1.day()).take_while(|day| *day < to);
        let school = count(school.filter(|day| self.calendar.is_counted(*day)).count());
        v1::MenuLead {
            hours,
            school_days: if day <= first { school } else { -school },
        }
    }

    fn amendments(&self, own: impl Fn(Date) -> bool) -> v1::AmendmentCount {
        let counting = self.published.iter();
        let counting = counting.filter(|menu| menu.content.audience() != v1::MenuAudience::Staff);
        let made = counting.flat_map(|menu| &menu.state.amendments);
        let mut total = v1::AmendmentCount::default();
        let mut reasons: BTreeMap<i32, i32> = BTreeMap::new();
        for amendment in made.filter(|made| first_changed(made).is_some_and(&own)) {
            total.total += 1;
            total.same_day += i32::from(amendment.same_day);
            *reasons.entry(amendment.reason).or_default() += 1;
        }
        total.reasons = reason_counts(reasons);
        total
    }
}

/// Amendments by reason, as the contract lists them.
pub fn reason_counts(reasons: BTreeMap<i32, i32>) -> Vec<v1::AmendReasonCount> {
    let reasons = reasons.into_iter();
    let row = |(reason, count)| v1::AmendReasonCount { reason, count };
    reasons.map(row).collect()
}

fn first_changed(amendment: &v1::Amendment) -> Option<Date> {
    let meals = amendment.meals.iter().map(|meal| &meal.date);
    let days = meals.chain(&amendment.no_service_dates);
    days.filter_map(|day| date::day(day)).min()
}

impl ExpectedDay<'_> {
    /// The day.
    pub fn date(&self) -> Date {
        self.date
    }

    fn times(&self) -> impl Iterator<Item = Option<Timestamp>> {
        self.meals.iter().map(|meal| match meal {
            Meal::Open => None,
            Meal::Covered(at, _) => Some(*at),
        })
    }

    /// When the first menu that names a dish for it was out.
    pub fn first(&self) -> Option<Timestamp> {
        self.times().flatten().min()
    }

    /// When it came to be covered, if it is.
    pub fn covered(&self) -> Option<Timestamp> {
        self.times()
            .try_fold(Timestamp::MIN, |latest, time| Some(latest.max(time?)))
    }
}

/// The menus by which a meal came to be covered after the deadline, by publication.
fn late_menus(days: &[ExpectedDay<'_>], deadline: Option<Timestamp>) -> Vec<v1::LateMenu> {
    let Some(deadline) = deadline else {
        return Vec::new();
    };
    let mut late: BTreeMap<RecordId, (Timestamp, &Menu)> = BTreeMap::new();
    for meal in days.iter().flat_map(|day| &day.meals) {
        if let Meal::Covered(at, menu) = meal
            && *at > deadline
        {
            let known = late.entry(menu.id).or_insert((*at, menu));
            known.0 = known.0.max(*at);
        }
    }
    let mut late: Vec<_> = late.into_values().collect();
    late.sort_by_key(|(at, menu)| (*at, menu.id));
    let told = |(at, menu): (Timestamp, &Menu)| v1::LateMenu {
        record_id: menu.id.to_string(),
        publish_time: Some(timestamp(at)),
        claimed_publish_time: menu.content.claimed_publish_time.clone(),
        excuse: menu.state.excuse,
    };
    late.into_iter().map(told).collect()
}

/// How `campus` stands over a span, judged at `now`: as if one menu covered it.
pub fn standing(board: &Board<'_>, span: Span, now: Timestamp) -> v1::MenuStanding {
    let days = board.days(span.days());
    let deadline = board.deadline(&days);
    board.judge(&days, deadline, now, |day| span.contains(day))
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests;
