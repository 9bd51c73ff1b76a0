//! Which days are school days: the register, over the pure calendar of `model/calendar.rs`.

use crate::kinds::found::Found;
use crate::kinds::{Case, Owner, Reference, Rules};
use crate::model::calendar::{Calendar, Layer, SpecialDay, Term, monday, overlap};
use crate::model::date::{self, Span};
use crate::model::finding::Code;
use crate::model::ids::{Place, Who};
use crate::wire::v1;
use jiff::civil::Weekday;

/// The rules of the calendar register.
pub struct CalendarRules;

impl Rules for CalendarRules {
    const NAME: &'static str = "calendar";
    const OWNER: Owner = Owner::Office;
    const PUBLIC: bool = true;
    type Content = v1::Calendar;
    type State = ();
    type Action = ();

    fn check(calendar: &v1::Calendar, _: &Case<'_>, found: &mut Found) {
        check_terms(&calendar.terms, found);
        for (i, weekday) in calendar.weekdays.iter().enumerate() {
            found.range(&format!("weekdays[{i}]"), *weekday, 1, 7);
        }
        for (i, day) in calendar.special_days.iter().enumerate() {
            let path = |field: &str| format!("special_days[{i}].{field}");
            found.day(&path("date"), &day.date);
            found.required(&path("kind"), day.kind != 0);
            found.range(&path("follows_weekday"), day.follows_weekday, 0, 5);
            found.optional_line(&path("label"), &day.label, 60);
            let week = found.optional_day(&path("service_week"), &day.service_week);
            if week.is_some_and(|week| week != monday(week)) {
                found.add_with(
                    Code::DateNotMonday,
                    &path("service_week"),
                    "date",
                    &day.service_week,
                );
            }
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

fn check_terms(terms: &[v1::Term], found: &mut Found) {
    let mut before: Vec<Span> = Vec::new();
    for (i, term) in terms.iter().enumerate() {
        let path = |field: &str| format!("terms[{i}].{field}");
        found.line(&path("name"), &term.name, 60);
        let first = found.day(&path("first_day"), &term.first_day);
        let last = found.day(&path("last_day"), &term.last_day);
        let (Some(first), Some(last)) = (first, last) else {
            continue;
        };
        if last < first {
            found.backwards(&path("last_day"), &term.first_day, &term.last_day);
        }
        let days = Span { first, last };
        if before.iter().any(|other| overlap(days, *other)) {
            found.add(Code::TermsOverlap, &format!("terms[{i}]"));
        }
        before.push(days);
    }
}

/// What the calendars make of a campus's days: its own laid over the group's. With an empty id the
/// group's alone. Dates were checked when they were pushed.
#[must_use]
pub fn calendar_of<'a>(
    campus_id: &str,
    calendars: impl IntoIterator<Item = &'a v1::Calendar> + Clone,
) -> Calendar {
    let layers = ["", campus_id].into_iter().flat_map(|wanted| {
        let calendars = calendars.clone().into_iter();
        let wanted = calendars.filter(move |calendar| calendar.campus_id == wanted);
        wanted.map(layer)
    });
    Calendar::of(layers)
}

/// The calendar of the campus that owns a record; `None` while nobody wrote one.
pub fn calendar(case: &Case<'_>) -> Option<Calendar> {
    let all = case.all::<CalendarRules>();
    let all = all.values().map(|known| &known.content);
    let calendar = calendar_of(&case.owner.to_text(), all);
    (!calendar.terms().is_empty()).then_some(calendar)
}

/// One record of the register.
#[must_use]
pub fn layer(calendar: &v1::Calendar) -> Layer {
    let term = |term: &v1::Term| {
        let (first, last) = (date::day(&term.first_day)?, date::day(&term.last_day)?);
        let name = term.name.clone();
        let days = Span { first, last };
        Some(Term { name, days })
    };
    let special = |day: &v1::SpecialDay| {
        let special = SpecialDay {
            school: day.kind() == v1::DayKind::Workday,
            follows: weekday(day.follows_weekday),
            service_week: date::day(&day.service_week),
        };
        Some((date::day(&day.date)?, special))
    };
    let weekdays = calendar.weekdays.iter().copied();
    Layer {
        terms: calendar.terms.iter().filter_map(term).collect(),
        weekdays: weekdays.filter_map(weekday).collect(),
        special: calendar.special_days.iter().filter_map(special).collect(),
    }
}

fn weekday(number: i32) -> Option<Weekday> {
    Weekday::from_monday_one_offset(i8::try_from(number).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::testing::case;
    use jiff::civil::date;

    fn spring_2026() -> v1::Calendar {
        v1::Calendar {
            terms: vec![v1::Term {
                name: "2025-2026学年第二学期".into(),
                first_day: "2026-03-02".into(),
                last_day: "2026-06-30".into(),
            }],
            ..Default::default()
        }
    }

    fn special(date: &str, kind: v1::DayKind) -> v1::SpecialDay {
        v1::SpecialDay {
            date: date.into(),
            kind: kind.into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_campus_calendar_lies_over_the_group_calendar_whatever_their_order() {
        let campus = v1::Calendar {
            campus_id: "c".into(),
            special_days: vec![special("2026-05-09", v1::DayKind::Holiday)],
            ..Default::default()
        };
        let calendars = [campus, spring_2026()];
        let before =
            |campus| calendar_of(campus, &calendars).school_days_before(date(2026, 5, 11), 1);
        assert_eq!(before("c"), Some(date(2026, 5, 8)));
        assert_eq!(before(""), Some(date(2026, 5, 9)));
    }

    #[test]
    fn each_fault_names_its_field() {
        let moved = |to: &str| v1::SpecialDay {
            service_week: to.into(),
            ..special("2026-05-09", v1::DayKind::Workday)
        };
        let days = |special_days| v1::Calendar {
            special_days,
            ..spring_2026()
        };
        let twice = [
            spring_2026().terms,
            vec![v1::Term {
                name: "又一学期".into(),
                first_day: "2026-06-30".into(),
                last_day: "2026-07-10".into(),
            }],
        ];
        let overlapping = v1::Calendar {
            terms: twice.concat(),
            ..Default::default()
        };
        for (calendar, wrong) in [
            (spring_2026(), None),
            (days(vec![moved("2026-05-11")]), None),
            (
                days(vec![moved("2026-05-10")]),
                Some((Code::DateNotMonday, "c.special_days[0].service_week")),
            ),
            (
                days(vec![moved("2026-05-32")]),
                Some((Code::DateInvalid, "c.special_days[0].service_week")),
            ),
            (
                v1::Calendar {
                    weekdays: vec![1, 8],
                    ..spring_2026()
                },
                Some((Code::OutOfRange, "c.weekdays[1]")),
            ),
            (overlapping, Some((Code::TermsOverlap, "c.terms[1]"))),
        ] {
            let mut found = Found::under("c".into());
            CalendarRules::check(&calendar, &case(Place::Office), &mut found);
            let found = found
                .findings
                .iter()
                .map(|finding| (finding.code, finding.path.as_str()));
            assert_eq!(found.collect::<Vec<_>>(), Vec::from_iter(wrong));
        }
    }
}
