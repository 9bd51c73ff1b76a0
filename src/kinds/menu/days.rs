//! A menu's days, held against the campus's own calendar.

use super::declares_no_service;
use crate::kinds::Case;
use crate::kinds::found::Found;
use crate::kinds::registers::calendar::calendar;
use crate::model::calendar::DayKind;
use crate::model::date;
use crate::model::finding::{Code, Finding};
use crate::wire::v1;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Days that have no school, and the make-up days of the menu's service weeks that it does not speak of.
/// Other days may stand in another menu.
pub fn check(menu: &v1::Menu, case: &Case<'_>, found: &mut Found) {
    let Some(calendar) = calendar(case) else {
        return;
    };
    let mut weeks = BTreeSet::new();
    for (i, day) in menu.service_dates.iter().enumerate() {
        let Some(date) = date::day(day) else { continue };
        weeks.insert(calendar.service_week(date));
        if !calendar.is_school_day(date) {
            found.add_with(
                Code::NoSchoolDay,
                &format!("service_dates[{i}]"),
                "date",
                day,
            );
        }
    }
    let spoken_of = |day: &Date| {
        let day = day.to_string();
        declares_no_service(menu, &day) || menu.service_dates.contains(&day)
    };
    let days = weeks.iter().flat_map(|week| calendar.service_days(*week));
    let made_up = days.filter(|day| calendar.kind(*day) == DayKind::MakeUp);
    for day in made_up.filter(|day| !spoken_of(day)) {
        found.say(Finding::new(Code::MakeUpDayMissing, "service_dates").with("date", day));
    }
}
