//! Whatever moves, outs equal ins and parts sum up to totals.

use super::*;
use crate::model::ids::{Place, RecordId};
use crate::office::records::Kept;
use jiff::ToSpan as _;
use jiff::civil::date;
use proptest::prelude::*;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The last campus left the register; 0 is a school outside the group.
const CAMPUSES: u128 = 4;
const DAY: Date = date(2026, 5, 20);

fn id(n: u128) -> RecordId {
    RecordId(Uuid::from_u128(n))
}

fn unit(n: u128) -> Option<v1::Unit> {
    let unit = match n {
        0 => Unit::Outside("乙小学".to_owned()),
        n => Unit::CampusId(id(n).to_string()),
    };
    Some(v1::Unit { unit: Some(unit) })
}

/// Any movement that the hub may hold, around the day.
fn exchanges() -> impl Strategy<Value = Vec<Exchange>> {
    let one = (
        (0..=CAMPUSES, 0..=CAMPUSES),
        (0..4_u128, 0..3_i32),
        proptest::option::of(1..=100_i32),
        (
            proptest::option::of(-400..100_i32),
            proptest::option::of(0..300_i32),
        ),
    );
    let one = one.prop_map(|((home, host), (who, unnamed), percent, (came, stay))| {
        let came = came.map(|days| DAY.saturating_add(days.days()));
        let went = came
            .zip(stay)
            .map(|(came, stay)| came.saturating_add(stay.days()));
        let text = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let person = (unnamed == 0).then(|| v1::PersonRef {
            person_id: if who == 0 {
                String::new()
            } else {
                id(100 + who).to_string()
            },
            display_name: "某老师".to_owned(),
            ..Default::default()
        });
        let share = percent.map(|percent| v1::Share {
            share: Some(v1::share::Share::Percent(percent)),
        });
        Kept {
            id: id(0),
            owner: Place::Office,
            content: v1::Exchange {
                person,
                unnamed_count: unnamed,
                home: unit(home),
                host: unit(host),
                share,
                ..Default::default()
            },
            state: v1::ExchangeState {
                real_start: text(came),
                real_end: text(went),
                ..Default::default()
            },
        }
    });
    proptest::collection::vec(one, 0..12)
}

fn records(exchanges: Vec<Exchange>) -> Records {
    let campus = |n| Kept {
        id: id(n),
        owner: Place::Office,
        content: v1::Campus {
            name: format!("第{n}校"),
            ..Default::default()
        },
        state: (),
    };
    Records {
        campuses: (1..CAMPUSES).map(campus).collect(),
        exchanges,
        ..Default::default()
    }
}

/// The report of the day, asked a month later.
fn book(exchanges: Vec<Exchange>) -> ExchangeBook {
    let time = "2026-06-20T08:00:00+08:00".parse().unwrap();
    exchange_book(&records(exchanges), DAY, (1, time))
}

fn sum(counts: impl Iterator<Item = Option<MovementCount>>) -> (i32, i32) {
    counts.flatten().fold((0, 0), |(movements, percent), of| {
        (movements + of.movements, percent + of.full_time_percent)
    })
}

proptest! {
    #[test]
    fn outs_equal_ins_and_the_total(exchanges in exchanges()) {
        let book = book(exchanges.clone());
        let rows = || book.campuses.iter().chain(&book.outside);
        for (out, r#in, total) in [
            (sum(rows().map(|row| row.out)), sum(rows().map(|row| row.r#in)), book.total),
            (
                sum(rows().map(|row| row.year_active_out)),
                sum(rows().map(|row| row.year_active_in)),
                book.year_active,
            ),
            (
                sum(rows().map(|row| row.year_started_out)),
                sum(rows().map(|row| row.year_started_in)),
                book.year_started,
            ),
        ] {
            prop_assert_eq!(out, sum([total].into_iter()));
            prop_assert_eq!(r#in, out);
        }
        prop_assert_eq!(rows().map(|row| row.net_movements).sum::<i32>(), 0);
        prop_assert_eq!(rows().map(|row| row.net_full_time_percent).sum::<i32>(), 0);
        // Counted once more, in another way.
        let there = |of: &&Exchange| {
            let (came, went) = (date::day(&of.state.real_start), date::day(&of.state.real_end));
            came.is_some_and(|came| came <= DAY) && went.is_none_or(|went| DAY <= went)
        };
        let there: Vec<&Exchange> = exchanges.iter().filter(there).collect();
        let movements: i32 = there.iter().map(|of| of.content.unnamed_count.max(1)).sum();
        let total = book.total.unwrap();
        prop_assert_eq!(total.movements, movements);
        let ids: BTreeSet<&str> = (there.iter())
            .filter_map(|of| of.content.person.as_ref())
            .map(|person| person.person_id.as_str())
            .filter(|id| !id.is_empty())
            .collect();
        let heads = total.heads.unwrap();
        let known = i32::try_from(ids.len()).unwrap();
        prop_assert!(known <= heads.least && heads.least <= heads.most && heads.most <= movements);
    }
}

#[test]
fn a_year_begins_on_the_first_of_september() {
    assert_eq!(year_of(date(2026, 8, 31)), 2025);
    assert_eq!(year_of(date(2026, 9, 1)), 2026);
}
