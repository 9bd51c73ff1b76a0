//! How much of a person's time a movement takes, and whether there is so much.

use crate::kinds::Case;
use crate::kinds::found::Found;
use crate::kinds::registers::person::PersonRules;
use crate::model::calendar::overlap as share_a_day;
use crate::model::date::{self, LAST_DAY, Span};
use crate::model::finding::{Code, Finding};
use crate::model::ids::RecordId;
use crate::wire::v1;

/// Full time.
const FULL: i32 = 100;
/// The weekdays of a full time: a weekday is a fifth of it.
const WEEKDAYS: i32 = 5;

/// Checks a share.
pub fn check(share: Option<&v1::Share>, found: &mut Found) {
    let Some(share) = share else { return };
    match &share.share {
        None => found.required("share", false),
        Some(v1::share::Share::Percent(percent)) => found.range("share.percent", *percent, 1, 100),
        Some(v1::share::Share::Weekdays(weekdays)) => {
            found.required("share.weekdays.days", !weekdays.days.is_empty());
            for (i, day) in weekdays.days.iter().enumerate() {
                found.range(&format!("share.weekdays.days[{i}]"), *day, 1, 7);
            }
            if !weekdays.days.is_sorted_by(|a, b| a < b) {
                found.add(Code::NotInOrder, "share.weekdays.days");
            }
        }
    }
}

/// How much of the working time a movement takes, in percent.
pub fn percent(exchange: &v1::Exchange) -> i32 {
    match exchange
        .share
        .as_ref()
        .and_then(|share| share.share.as_ref())
    {
        None => FULL,
        Some(v1::share::Share::Percent(percent)) => *percent,
        Some(v1::share::Share::Weekdays(weekdays)) => {
            let days = i32::try_from(weekdays.days.len()).unwrap_or(WEEKDAYS);
            FULL.min(days * FULL / WEEKDAYS)
        }
    }
}

/// The days a movement takes: as planned until they were lived.
pub fn planned_days(exchange: &v1::Exchange, state: &v1::ExchangeState) -> Span {
    let start = date::day_or_month(&exchange.planned_start).map(|start| start.first);
    let end = date::day_or_month(&exchange.planned_end).map(|end| end.last);
    let (first, last) = (date::day(&state.real_start), date::day(&state.real_end));
    Span {
        first: first.or(start).unwrap_or(date::FIRST_DAY),
        last: last.or(end).unwrap_or(LAST_DAY),
    }
}

/// What there is to say of a movement beside those approved already: together they ask for more than a person's
/// full time, which is refused, or for parts of it on one day.
pub fn overlap(
    path: &str,
    exchange: &v1::Exchange,
    state: &v1::ExchangeState,
    case: &Case<'_>,
) -> Option<Finding> {
    let id: RecordId = exchange.person.as_ref()?.person_id.parse().ok()?;
    let person = case.neighbours.record(id)?.state::<PersonRules>()?;
    let own = case.record.to_string();
    let wanted = planned_days(exchange, state);
    let stays: Vec<(Span, &v1::Stay)> = (person.stays.iter())
        .filter(|stay| stay.exchange_id != own)
        .map(|stay| (stay_days(stay), stay))
        .filter(|(days, _)| share_a_day(*days, wanted))
        .collect();
    // More of them overlap on the first day of one than on any day before it.
    let firsts = stays.iter().map(|(days, _)| days.first.max(wanted.first));
    for day in firsts {
        let taken = stays.iter().filter(|(days, _)| days.contains(day));
        let taken = taken.map(|(_, stay)| stay.percent);
        let together = taken.fold(percent(exchange), i32::saturating_add);
        if together > FULL {
            let finding = Finding::new(Code::FullTimeOverlap, path);
            return Some(finding.with("date", day).with("percent", together));
        }
    }
    // Part of the time here and part there may well be meant.
    let (days, stay) = stays.first()?;
    let finding = Finding::new(Code::PersonTwice, path).with("person", id);
    let finding = finding.with("date", days.first.max(wanted.first));
    Some(finding.with("id", &stay.exchange_id))
}

fn stay_days(stay: &v1::Stay) -> Span {
    Span {
        first: date::day(&stay.first_day).unwrap_or(date::FIRST_DAY),
        last: date::day(&stay.last_day).unwrap_or(LAST_DAY),
    }
}
