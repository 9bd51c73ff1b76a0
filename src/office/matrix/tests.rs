//! Whatever was published when, the six states are all cells, and rows and columns sum up to the totals.

use super::*;
use crate::model::ids::{Place, RecordId};
use crate::office::records::Kept;
use crate::wire::convert::timestamp;
use jiff::ToSpan as _;
use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

const FIRST: Date = date(2026, 4, 27);
/// Three service weeks, with Labour Day and the make-up Saturday 2026-05-09 in them.
const SPAN: Span = Span {
    first: FIRST,
    last: date(2026, 5, 16),
};

fn id(n: u128) -> RecordId {
    RecordId(Uuid::from_u128(n))
}

fn registers() -> Records {
    let campus = |n: u128| {
        let canteen = v1::Canteen {
            name: "食堂".into(),
            meals: vec![v1::Meal::Lunch.into()],
            ..Default::default()
        };
        Kept {
            id: id(n),
            owner: Place::Office,
            content: v1::Campus {
                name: format!("第{n}校"),
                joined: if n == 3 {
                    "2026-05-06".to_owned()
                } else {
                    String::new()
                },
                canteens: vec![canteen],
                ..Default::default()
            },
            state: (),
        }
    };
    let term = v1::Term {
        name: "春".into(),
        first_day: "2026-03-02".into(),
        last_day: "2026-06-30".into(),
    };
    Records {
        campuses: (1..=3).map(campus).collect(),
        calendars: vec![Kept {
            id: id(9),
            owner: Place::Office,
            content: v1::Calendar {
                terms: vec![term],
                ..Default::default()
            },
            state: (),
        }],
        policy: Some(v1::Policy {
            time_zone: "Asia/Shanghai".into(),
            menu_deadlines: vec![v1::MenuDeadline {
                school_days_before: 1,
                time: "18:00".into(),
                ..Default::default()
            }],
            ..Default::default()
        }),
        ..Default::default()
    }
}

/// Some menu of some campus: some days, published or amended some hours from the first day, excused or not.
fn menus() -> impl Strategy<Value = Vec<Kept<v1::Menu, v1::MenuState>>> {
    let one = (
        1..=3_u128,
        0..18_i32,
        1..7_i32,
        -90..40_i32,
        any::<bool>(),
        0..4_i32,
    );
    let one = one.prop_map(|(campus, first, days, hours, excused, kind)| {
        let day = |n: i32| FIRST.saturating_add((first + n).days()).to_string();
        let lunch = |day: String| v1::DayMeal {
            date: day,
            meal: v1::Meal::Lunch.into(),
            dishes: vec![v1::Dish::default()],
            ..Default::default()
        };
        let noon = FIRST.saturating_add(first.days()).at(12, 0, 0, 0);
        let noon = noon
            .to_zoned(jiff::tz::TimeZone::get("Asia/Shanghai").unwrap())
            .unwrap();
        let out = noon.timestamp() + jiff::SignedDuration::from_hours(hours.into());
        let changed = v1::Amendment {
            time: Some(timestamp(out)),
            reason: 1 + days % 5,
            same_day: excused,
            no_service_dates: vec![day(0), day(1)],
            ..Default::default()
        };
        let closed = v1::NoServiceDay {
            date: day(0),
            reason: 2,
        };
        Kept {
            id: id(100 + u128::from(first.unsigned_abs())),
            owner: Place::Campus(id(campus)),
            content: v1::Menu {
                canteen: "食堂".into(),
                audience: v1::MenuAudience::Pupils.into(),
                service_dates: (0..days).map(day).collect(),
                meals: (0..days).map(|n| lunch(day(n))).collect(),
                no_service_days: if kind == 0 { vec![closed] } else { vec![] },
                ..Default::default()
            },
            state: v1::MenuState {
                publish_time: Some(timestamp(out)),
                amendments: if kind == 1 { vec![changed] } else { vec![] },
                excuse: excused.then(v1::Excuse::default),
                ..Default::default()
            },
        }
    });
    proptest::collection::vec(one, 0..10)
}

fn numbers(totals: Option<&v1::MenuTotals>) -> [i32; 15] {
    let totals = totals.cloned().unwrap();
    let (reporting, timeliness) = (totals.reporting.unwrap(), totals.timeliness.unwrap());
    let amended = totals.amendments.unwrap();
    [
        totals.on_time,
        totals.late,
        totals.excused,
        totals.incomplete,
        totals.missing,
        totals.not_applicable,
        totals.open,
        totals.first_on_time,
        reporting.numerator,
        reporting.denominator,
        timeliness.numerator,
        timeliness.denominator,
        amended.total,
        amended.same_day,
        amended.reasons.iter().map(|row| row.count).sum(),
    ]
}

fn sum(all: impl Iterator<Item = [i32; 15]>) -> [i32; 15] {
    all.fold([0; 15], |mut sum, numbers| {
        sum.iter_mut()
            .zip(numbers)
            .for_each(|(sum, number)| *sum += number);
        sum
    })
}

proptest! {
    #[test]
    fn rows_and_columns_sum_up_to_the_totals(menus in menus(), hours in 0..500_i64) {
        let records = Records { menus, ..registers() };
        let start: Timestamp = "2026-04-24T00:00:00+08:00".parse().unwrap();
        let now = start + jiff::SignedDuration::from_hours(hours);
        let matrix = |period| menu_matrix(&records, SPAN, period, (1, now));
        let (weeks, days) = (matrix(MenuPeriod::Week), matrix(MenuPeriod::Day));
        prop_assert_eq!((weeks.columns.len(), days.columns.len()), (3, 20));
        for matrix in [&weeks, &days] {
            let total = numbers(matrix.totals.as_ref());
            prop_assert_eq!(sum(matrix.rows.iter().map(|row| numbers(row.totals.as_ref()))), total);
            prop_assert_eq!(sum(matrix.columns.iter().map(|column| numbers(column.totals.as_ref()))), total);
            let cells: usize = matrix.rows.iter().map(|row| row.cells.len()).sum();
            prop_assert_eq!(i32::try_from(cells).unwrap(), total[..6].iter().sum::<i32>());
            prop_assert_eq!(total[12], total[14]);
            prop_assert!(total[8] <= total[9] && total[10] <= total[11]);
        }
        // The same days are expected and covered, week by week or day by day.
        let days_of = |matrix: &MenuMatrix| numbers(matrix.totals.as_ref())[8..10].to_vec();
        prop_assert_eq!(days_of(&weeks), days_of(&days));
    }
}
