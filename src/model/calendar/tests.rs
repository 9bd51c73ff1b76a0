//! The calendar against the documents of real schools (domain.md 4.2, 4.3), and its laws.

use super::*;
use jiff::civil::date;
use proptest::prelude::*;

fn term(first: Date, last: Date) -> Term {
    Term {
        name: first.to_string(),
        days: Span { first, last },
    }
}

fn calendar(terms: Vec<Term>, special: Vec<(Date, SpecialDay)>) -> Calendar {
    Calendar::of([Layer {
        terms,
        special,
        ..Layer::default()
    }])
}

fn autumn_2026() -> Calendar {
    calendar(vec![term(date(2026, 9, 1), date(2027, 1, 22))], Vec::new())
}

#[test]
fn teaching_weeks_are_those_of_six_real_documents() {
    for (first, day, number) in [
        (date(2025, 9, 1), date(2025, 10, 9), 6),
        (date(2022, 9, 1), date(2022, 10, 8), 6),
        (date(2019, 2, 18), date(2019, 5, 20), 14),
        (date(2024, 2, 19), date(2024, 5, 20), 14),
        (date(2018, 8, 30), date(2018, 12, 10), 16),
        (date(2025, 2, 11), date(2025, 3, 31), 8),
        (date(2017, 2, 13), date(2017, 4, 24), 11),
    ] {
        let term = term(first, first + 20.weeks());
        assert_eq!(term.week_of(day), Some(number), "{day}");
        assert!(term.week(number).unwrap().contains(day), "{day}");
    }
}

#[test]
fn a_term_has_no_week_before_its_first_and_none_after_its_last() {
    let term = term(date(2026, 9, 1), date(2027, 1, 22));
    let week = |first, last| Some(Span { first, last });
    assert_eq!(term.week(0), None);
    assert_eq!(term.week(1), week(date(2026, 8, 31), date(2026, 9, 6)));
    assert_eq!(term.week(21), week(date(2027, 1, 18), date(2027, 1, 24)));
    assert_eq!(term.week(22), None);
    assert_eq!(term.week_of(date(2026, 8, 30)), None);
    assert_eq!(term.week_of(date(2026, 8, 31)), Some(1));
    assert_eq!(term.week_of(date(2027, 1, 24)), Some(21));
    assert_eq!(term.week_of(date(2027, 1, 25)), None);
}

#[test]
fn the_national_days_come_with_every_term() {
    let spring = calendar(vec![term(date(2026, 3, 2), date(2026, 6, 30))], Vec::new());
    for (day, kind) in [
        (date(2026, 2, 28), DayKind::Vacation),
        (date(2026, 3, 2), DayKind::School),
        (date(2026, 5, 1), DayKind::Holiday),
        (date(2026, 5, 5), DayKind::Holiday),
        (date(2026, 5, 6), DayKind::School),
        (date(2026, 5, 9), DayKind::MakeUp),
        (date(2026, 5, 10), DayKind::Weekend),
        (date(2026, 7, 1), DayKind::Vacation),
    ] {
        assert_eq!(spring.kind(day), kind, "{day}");
    }
}

#[test]
fn a_make_up_sunday_is_served_with_the_week_after_it_and_a_saturday_with_its_own() {
    let autumn = autumn_2026();
    // 2026-09-20 is a worked Sunday, 2026-10-10 a worked Saturday.
    let september = autumn.service_days(date(2026, 9, 21));
    let served: Vec<String> = september.iter().map(ToString::to_string).collect();
    let week = ["09-20", "09-21", "09-22", "09-23", "09-24"].map(|day| format!("2026-{day}"));
    assert_eq!(served, week);
    let october = autumn.service_days(date(2026, 10, 5));
    assert_eq!(
        october,
        [date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 10)]
    );
    // The Sunday is still a day of teaching week 3: the two weeks are counted apart.
    let sunday = autumn.day(date(2026, 9, 20));
    assert_eq!(
        sunday.teaching_week.map(|(_, number)| number),
        Some(3),
        "第3周"
    );
    assert_eq!(sunday.service_week, date(2026, 9, 21));
}

#[test]
fn the_office_may_move_a_day_to_another_service_week() {
    let moved = SpecialDay {
        school: true,
        follows: Some(Weekday::Friday),
        service_week: Some(date(2026, 9, 14)),
    };
    let sunday = date(2026, 9, 20);
    let terms = autumn_2026().terms().to_vec();
    let calendar = calendar(terms, vec![(sunday, moved)]);
    assert_eq!(
        calendar.service_days(date(2026, 9, 14)).last(),
        Some(&sunday)
    );
    assert!(!calendar.service_days(date(2026, 9, 21)).contains(&sunday));
    let day = calendar.day(sunday);
    assert_eq!(
        (day.kind, day.follows),
        (DayKind::MakeUp, Some(Weekday::Friday))
    );
}

#[test]
fn a_later_layer_lies_on_top() {
    let group = Layer {
        terms: vec![term(date(2026, 9, 1), date(2027, 1, 22))],
        ..Layer::default()
    };
    let boarding = Layer {
        terms: vec![term(date(2026, 8, 24), date(2027, 1, 29))],
        weekdays: vec![
            Weekday::Sunday,
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
        ],
        special: vec![(date(2026, 9, 21), SpecialDay::default())],
    };
    let calendar = Calendar::of([group, boarding]);
    assert_eq!(calendar.terms().len(), 1);
    for (day, kind) in [
        (date(2026, 8, 24), DayKind::School),
        (date(2026, 9, 4), DayKind::Weekend),
        (date(2026, 9, 6), DayKind::School),
        // Worked by the notice, and a school day here anyway.
        (date(2026, 9, 20), DayKind::School),
        (date(2026, 9, 21), DayKind::Holiday),
    ] {
        assert_eq!(calendar.kind(day), kind, "{day}");
    }
}

#[test]
fn what_lies_between_terms_counts_in_the_coming_one() {
    let year = calendar(
        vec![
            term(date(2024, 2, 19), date(2024, 7, 2)),
            term(date(2023, 9, 1), date(2024, 1, 19)),
        ],
        Vec::new(),
    );
    let counted = |day| year.counted_in(day).map(|term| term.days.first);
    // Document 003: a training on Saturday 2024-01-27 and work in the winter break.
    assert_eq!(counted(date(2024, 1, 27)), Some(date(2024, 2, 19)));
    assert_eq!(counted(date(2024, 1, 19)), Some(date(2023, 9, 1)));
    assert_eq!(counted(date(2023, 8, 25)), Some(date(2023, 9, 1)));
    assert_eq!(counted(date(2024, 7, 3)), None);
}

#[test]
fn the_last_school_day_before_a_monday_may_be_a_saturday() {
    let calendar = calendar(vec![term(date(2026, 3, 2), date(2026, 6, 30))], Vec::new());
    let monday = date(2026, 5, 11);
    let before = |count| calendar.school_days_before(monday, count);
    assert_eq!(before(1), Some(date(2026, 5, 9)));
    assert_eq!(before(2), Some(date(2026, 5, 8)));
    assert_eq!(before(0), Some(monday));
}

#[test]
fn before_the_first_day_of_a_term_working_days_are_counted() {
    let spring = term(date(2026, 3, 2), date(2026, 6, 30));
    let autumn = term(date(2025, 9, 1), date(2026, 1, 30));
    let summer = date(2026, 9, 1);
    for terms in [
        vec![spring.clone()],
        vec![autumn, spring, term(summer, date(2027, 1, 29))],
    ] {
        let calendar = calendar(terms, Vec::new());
        let before = |count| calendar.school_days_before(date(2026, 3, 2), count);
        // After the Spring Festival (15 to 23 February) Saturday the 28th is worked.
        assert_eq!(before(1), Some(date(2026, 2, 28)));
        assert_eq!(before(2), Some(date(2026, 2, 27)));
        assert_eq!(before(6), Some(date(2026, 2, 14)));
        assert_eq!(
            calendar.school_days_before(summer, 1),
            Some(date(2026, 8, 31))
        );
    }
}

const YEAR: Span = Span {
    first: date(2025, 9, 1),
    last: date(2026, 8, 31),
};

fn days() -> impl Strategy<Value = Date> {
    (0..365_i32).prop_map(|days| YEAR.first + days.days())
}

fn special_days() -> impl Strategy<Value = (Date, SpecialDay)> {
    let moved = proptest::option::of(days().prop_map(monday));
    (days(), any::<bool>(), moved).prop_map(|(day, school, service_week)| {
        let special = SpecialDay {
            school,
            follows: None,
            service_week,
        };
        (day, special)
    })
}

fn calendars() -> impl Strategy<Value = Calendar> {
    let terms = proptest::collection::vec((days(), 1..150_i32), 0..3);
    let special = proptest::collection::vec(special_days(), 0..20);
    let weekdays = proptest::collection::vec(1..=7_i8, 0..7);
    (terms, special, weekdays).prop_map(|(terms, special, weekdays)| {
        let terms = terms
            .into_iter()
            .map(|(first, days)| term(first, first + days.days()));
        let weekday = |offset| Weekday::from_monday_one_offset(offset).unwrap();
        Calendar::of([Layer {
            terms: terms.collect(),
            weekdays: weekdays.into_iter().map(weekday).collect(),
            special,
        }])
    })
}

/// Every Monday whose service week may hold a day of the year.
fn mondays() -> impl Iterator<Item = Date> {
    let first = monday(YEAR.first);
    first.series(1.week()).take(80)
}

proptest! {
    #[test]
    fn every_school_day_is_served_in_exactly_one_week(calendar in calendars()) {
        let mut served: Vec<Date> = mondays()
            .flat_map(|monday| calendar.service_days(monday))
            .collect();
        served.sort_unstable();
        let reach = Span { first: YEAR.first - 1.day(), last: YEAR.last + 160.days() };
        let school: Vec<Date> = reach.days().filter(|day| calendar.is_school_day(*day)).collect();
        prop_assert_eq!(served, school);
    }

    #[test]
    fn a_week_number_and_its_days_name_each_other(calendar in calendars(), day in days()) {
        match calendar.teaching_week(day) {
            Some((term, number)) => {
                let week = term.week(number).unwrap();
                prop_assert!(week.contains(day));
                prop_assert!(week.days().all(|day| term.week_of(day) == Some(number)));
            }
            None => prop_assert!(!calendar.terms().iter().any(|term| term.days.contains(day))),
        }
    }

    #[test]
    fn a_day_follows_a_weekday_only_with_school(calendar in calendars(), day in days()) {
        let day = calendar.day(day);
        prop_assert!(day.kind.is_school() || day.follows.is_none());
        prop_assert!(day.kind != DayKind::School || day.follows == Some(day.date.weekday()));
    }
}

#[test]
fn an_ordinary_monday_may_follow_tuesdays_timetable() {
    let follows = |special: Option<Weekday>| {
        let monday = SpecialDay {
            school: true,
            follows: special,
            service_week: None,
        };
        let terms = vec![term(date(2026, 9, 1), date(2027, 1, 22))];
        let calendar = calendar(terms, vec![(date(2026, 9, 28), monday)]);
        let day = calendar.day(date(2026, 9, 28));
        (day.kind, day.follows)
    };
    assert_eq!(follows(None), (DayKind::School, Some(Weekday::Monday)));
    let tuesday = Some(Weekday::Tuesday);
    assert_eq!(follows(tuesday), (DayKind::School, tuesday));
}
