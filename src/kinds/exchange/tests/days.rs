//! Where somebody is on which day, and for how much of the time.

use super::*;

#[test]
fn nobody_works_more_than_full_time_on_one_day() {
    let percent = |percent| {
        Some(v1::Share {
            share: Some(v1::share::Share::Percent(percent)),
        })
    };
    let weekdays = |days: &[i32]| {
        let days = v1::Weekdays {
            days: days.to_vec(),
        };
        Some(v1::Share {
            share: Some(v1::share::Share::Weekdays(days)),
        })
    };
    let stay = |id: &str, first: &str, last: &str, percent| v1::Stay {
        exchange_id: id.into(),
        first_day: first.into(),
        last_day: last.into(),
        percent,
        ..Default::default()
    };
    let own = case(Place::Office).record.to_string();
    for (stays, share, day) in [
        (vec![], None, None),
        (
            vec![stay("x", "2025-09-01", "2026-01-31", 100)],
            None,
            Some("2025-09-01"),
        ),
        (vec![stay("x", "2024-09-01", "2025-08-31", 100)], None, None),
        (
            vec![stay("x", "2026-07-31", "", 10)],
            None,
            Some("2026-07-31"),
        ),
        (vec![stay(&own, "2025-09-01", "", 100)], None, None),
        (vec![stay("x", "2025-09-01", "", 60)], percent(40), None),
        (
            vec![stay("x", "2025-09-01", "", 60)],
            percent(50),
            Some("2025-09-01"),
        ),
        (
            vec![stay("x", "2025-09-01", "", 60)],
            weekdays(&[2, 4]),
            None,
        ),
        (
            vec![stay("x", "2025-09-01", "", 60)],
            weekdays(&[1, 2, 4]),
            Some("2025-09-01"),
        ),
        (
            vec![
                stay("x", "2025-09-01", "2025-12-31", 50),
                stay("y", "2026-01-01", "", 50),
            ],
            percent(50),
            None,
        ),
    ] {
        let planned = v1::ExchangeState::default();
        assert_eq!(overlap(stays, share, &planned).as_deref(), day);
    }
}

#[test]
fn who_came_late_was_elsewhere_until_then_and_no_share_overflows() {
    let stay = |last: &str| v1::Stay {
        exchange_id: "x".into(),
        first_day: "2024-09-01".into(),
        last_day: last.into(),
        percent: 100,
        ..Default::default()
    };
    let late = v1::ExchangeState {
        real_start: "2025-10-01".into(),
        ..Default::default()
    };
    assert_eq!(overlap(vec![stay("2025-09-30")], None, &late), None);
    let day = overlap(vec![stay("2025-10-01")], None, &late);
    assert_eq!(day.as_deref(), Some("2025-10-01"));
    // A share that no check has seen yet.
    let most = v1::Share {
        share: Some(v1::share::Share::Percent(i32::MAX)),
    };
    let day = overlap(vec![stay("")], Some(most), &late);
    assert_eq!(day.as_deref(), Some("2025-10-01"));
}

#[test]
fn a_stay_lasts_until_its_end_and_nobody_stays_who_never_came() {
    let stay = |status: Status, real_start: &str, real_end: &str| {
        let state = v1::ExchangeState {
            status: status.into(),
            real_start: real_start.into(),
            real_end: real_end.into(),
            ..Default::default()
        };
        let stay = stay(&exchange(), &state, id(5))?;
        Some((stay.first_day, stay.last_day, stay.ended))
    };
    let days = |first: &str, last: &str, ended| Some((first.to_owned(), last.to_owned(), ended));
    assert_eq!(stay(Status::Accepted, "", ""), None);
    assert_eq!(
        stay(Status::Approved, "", ""),
        days("2025-09-01", "2026-07-31", false)
    );
    let came = "2025-09-03";
    assert_eq!(
        stay(Status::Active, came, ""),
        days(came, "2026-07-31", false)
    );
    let gone = "2026-02-01";
    assert_eq!(stay(Status::Completed, came, gone), days(came, gone, true));
    assert_eq!(stay(Status::Withdrawn, came, gone), days(came, gone, true));
    assert_eq!(stay(Status::Withdrawn, "", gone), None);
}
