//! Which days are school days.

use crate::kinds::found::Found;
use crate::kinds::{Case, Owner, Reference, Rules};
use crate::model::date::{self, Span};
use crate::model::ids::{Place, Who};
use crate::wire::v1;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use std::collections::HashMap;

/// The rules of the calendar register.
pub struct CalendarRules;

impl Rules for CalendarRules {
    const NAME: &'static str = "calendar";
    const OWNER: Owner = Owner::Office;
    type Content = v1::Calendar;
    type State = ();
    type Action = ();

    fn check(calendar: &v1::Calendar, _: &Case<'_>, found: &mut Found) {
        for (i, term) in calendar.terms.iter().enumerate() {
            let path = |field: &str| format!("terms[{i}].{field}");
            found.line(&path("name"), &term.name, 60);
            let first = found.day(&path("first_day"), &term.first_day);
            let last = found.day(&path("last_day"), &term.last_day);
            if let (Some(first), Some(last)) = (first, last)
                && last < first
            {
                found.backwards(&path("last_day"), &term.first_day, &term.last_day);
            }
        }
        for (i, day) in calendar.special_days.iter().enumerate() {
            let path = |field: &str| format!("special_days[{i}].{field}");
            found.day(&path("date"), &day.date);
            found.required(&path("kind"), day.kind != 0);
            found.range(&path("follows_weekday"), day.follows_weekday, 0, 5);
            found.optional_line(&path("label"), &day.label, 60);
        }
    }

    fn references(calendar: &v1::Calendar) -> Vec<Reference> {
        let campus = &calendar.campus_id;
        let named = (!campus.is_empty()).then(|| Reference::new("campus_id", campus, "campus"));
        named.into_iter().collect()
    }

    fn keys(_: Place, calendar: &v1::Calendar, (): &()) -> Vec<String> {
        // One calendar for a span of terms: a term begins in one of them only.
        let key = |term: &v1::Term| format!("{}/{}", calendar.campus_id, term.first_day);
        match calendar.campus_id.is_empty() {
            true => calendar.terms.iter().map(key).collect(),
            false => vec![calendar.campus_id.clone()],
        }
    }

    fn audience(_: Place, _: &v1::Calendar, (): &()) -> Vec<Who> {
        vec![Who::Group]
    }
}

/// The school days of one campus.
#[derive(Clone, Debug, Default)]
pub struct SchoolDays {
    terms: Vec<Span>,
    special: HashMap<Date, v1::DayKind>,
}

impl SchoolDays {
    /// Lays the campus's own calendar over the group's. Dates were checked when they were pushed.
    #[must_use]
    pub fn of(campus_id: &str, calendars: &[v1::Calendar]) -> Self {
        let mut days = SchoolDays::default();
        for wanted in ["", campus_id] {
            for calendar in calendars
                .iter()
                .filter(|calendar| calendar.campus_id == wanted)
            {
                days.lay_over(calendar);
            }
        }
        days
    }

    fn lay_over(&mut self, calendar: &v1::Calendar) {
        let term = |term: &v1::Term| {
            let (first, last) = (date::day(&term.first_day)?, date::day(&term.last_day)?);
            Some(Span { first, last })
        };
        let special = |special: &v1::SpecialDay| Some((date::day(&special.date)?, special.kind()));
        self.terms.extend(calendar.terms.iter().filter_map(term));
        self.special
            .extend(calendar.special_days.iter().filter_map(special));
    }

    /// Whether there is school on a day.
    #[must_use]
    pub fn is_school_day(&self, day: Date) -> bool {
        match self.special.get(&day) {
            Some(v1::DayKind::Workday) => true,
            Some(_) => false,
            None => {
                let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
                !weekend && self.terms.iter().any(|term| term.contains(day))
            }
        }
    }

    /// The day `count` school days before `day`; with 0 the day itself. `None` when the calendar does
    /// not reach back so far: two years are looked through.
    #[must_use]
    pub fn school_days_before(&self, day: Date, count: usize) -> Option<Date> {
        if count == 0 {
            return Some(day);
        }
        day.series(-1_i32.days())
            .skip(1)
            .take(2 * 366)
            .filter(|day| self.is_school_day(*day))
            .nth(count - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn special(date: &str, kind: v1::DayKind) -> v1::SpecialDay {
        v1::SpecialDay {
            date: date.into(),
            kind: kind.into(),
            ..Default::default()
        }
    }

    fn spring_2026() -> Vec<v1::Calendar> {
        let group = v1::Calendar {
            terms: vec![v1::Term {
                name: "2025-2026学年第二学期".into(),
                first_day: "2026-03-02".into(),
                last_day: "2026-06-30".into(),
            }],
            special_days: vec![
                special("2026-05-01", v1::DayKind::Holiday),
                special("2026-05-04", v1::DayKind::Holiday),
                special("2026-05-05", v1::DayKind::Holiday),
                special("2026-05-09", v1::DayKind::Workday),
            ],
            ..Default::default()
        };
        let campus = v1::Calendar {
            campus_id: "c".into(),
            special_days: vec![special("2026-05-09", v1::DayKind::Holiday)],
            ..Default::default()
        };
        vec![campus, group]
    }

    #[test]
    fn holidays_are_off_and_make_up_saturdays_are_school_days() {
        let days = SchoolDays::of("", &spring_2026());
        for (day, school) in [
            (date(2026, 3, 1), false),
            (date(2026, 3, 2), true),
            (date(2026, 5, 1), false),
            (date(2026, 5, 6), true),
            (date(2026, 5, 9), true),
            (date(2026, 5, 10), false),
            (date(2026, 7, 1), false),
        ] {
            assert_eq!(days.is_school_day(day), school, "{day}");
        }
    }

    #[test]
    fn the_last_school_day_before_a_monday_may_be_a_saturday() {
        let monday = date(2026, 5, 11);
        let group = SchoolDays::of("", &spring_2026());
        assert_eq!(group.school_days_before(monday, 1), Some(date(2026, 5, 9)));
        assert_eq!(group.school_days_before(monday, 2), Some(date(2026, 5, 8)));
        assert_eq!(group.school_days_before(monday, 0), Some(monday));
        assert_eq!(group.school_days_before(date(2026, 3, 2), 1), None);
    }

    #[test]
    fn a_campus_calendar_lies_over_the_group_calendar_whatever_their_order() {
        let campus = SchoolDays::of("c", &spring_2026());
        assert_eq!(
            campus.school_days_before(date(2026, 5, 11), 1),
            Some(date(2026, 5, 8))
        );
    }
}
