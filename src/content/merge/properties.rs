//! What holds for any three menus.

use super::*;
use crate::content::diff::{Change, diff};
use crate::content::encoded::wrap;
use crate::content::scan::scan;
use crate::wire::v1;
use proptest::prelude::*;
use prost::Message as _;
use std::collections::{BTreeMap, BTreeSet};

/// One edit, small enough that two often meet in one unit.
#[derive(Clone, Debug)]
enum Edit {
    Canteen(u8),
    Price(Option<i32>),
    Remark(u8),
    Date(u8),
    Closed(u8, i32),
    Meal(u8, bool),
    Diners(u8, Option<i32>),
    Dishes(u8, u8),
    Oil(u8, Option<u8>),
    Salt(u8, Option<u8>),
    Turn,
}

fn edit() -> impl Strategy<Value = Edit> {
    let small = || 0..4_u8;
    let maybe = || proptest::option::of(0..3_u8);
    prop_oneof![
        small().prop_map(Edit::Canteen),
        proptest::option::of(0..3).prop_map(Edit::Price),
        small().prop_map(Edit::Remark),
        small().prop_map(Edit::Date),
        (small(), 0..3).prop_map(|(day, reason)| Edit::Closed(day, reason)),
        (small(), any::<bool>()).prop_map(|(meal, last)| Edit::Meal(meal, last)),
        (small(), proptest::option::of(0..3)).prop_map(|(meal, count)| Edit::Diners(meal, count)),
        (small(), small()).prop_map(|(meal, dish)| Edit::Dishes(meal, dish)),
        (small(), maybe()).prop_map(|(meal, grams)| Edit::Oil(meal, grams)),
        (small(), maybe()).prop_map(|(meal, grams)| Edit::Salt(meal, grams)),
        Just(Edit::Turn),
    ]
}

fn day(day: u8) -> String {
    format!("2026-05-1{day}")
}

fn meal(meals: &mut [v1::DayMeal], number: u8) -> Option<&mut v1::DayMeal> {
    let named =
        |row: &&mut v1::DayMeal| (row.date.as_str(), row.meal) == name(number, &day(number));
    meals.iter_mut().find(named)
}

fn name(number: u8, date: &str) -> (&str, i32) {
    (date, i32::from(number % 2) + 1)
}

impl Edit {
    fn apply(&self, menu: &mut v1::Menu) {
        match *self {
            Edit::Canteen(n) => menu.canteen = "食".repeat(n.into()),
            Edit::Price(fen) => menu.price_fen = fen,
            Edit::Remark(n) => menu.remarks.push(n.to_string()),
            Edit::Date(n) => toggle(&mut menu.service_dates, &day(n)),
            Edit::Closed(n, reason) => close(&mut menu.no_service_days, n, reason),
            Edit::Meal(n, last) => toggle_meal(&mut menu.meals, n, last),
            Edit::Turn => menu.meals.reverse(),
            Edit::Diners(n, _) | Edit::Dishes(n, _) | Edit::Oil(n, _) | Edit::Salt(n, _) => {
                if let Some(row) = meal(&mut menu.meals, n) {
                    self.apply_to(row);
                }
            }
        }
    }

    fn apply_to(&self, row: &mut v1::DayMeal) {
        let grams = |grams: Option<u8>| grams.map(f64::from);
        match *self {
            Edit::Diners(_, diners) => row.diners = diners,
            Edit::Dishes(_, n) => {
                let dish = v1::Dish {
                    name: n.to_string(),
                    ..Default::default()
                };
                row.dishes = vec![dish; n.into()];
            }
            Edit::Oil(_, oil) => row.seasoning.get_or_insert_default().oil_grams = grams(oil),
            Edit::Salt(_, salt) => row.seasoning.get_or_insert_default().salt_grams = grams(salt),
            _ => {}
        }
    }
}

fn toggle(dates: &mut Vec<String>, date: &String) {
    match dates.binary_search(date) {
        Ok(at) => drop(dates.remove(at)),
        Err(at) => dates.insert(at, date.clone()),
    }
}

fn close(days: &mut Vec<v1::NoServiceDay>, number: u8, reason: i32) {
    days.retain(|row| row.date != day(number));
    days.push(v1::NoServiceDay {
        date: day(number),
        reason,
    });
}

fn toggle_meal(meals: &mut Vec<v1::DayMeal>, number: u8, last: bool) {
    let count = meals.len();
    let date = day(number);
    let (date, meal) = name(number, &date);
    meals.retain(|row| (row.date.as_str(), row.meal) != (date, meal));
    if meals.len() == count {
        let row = v1::DayMeal {
            date: date.to_owned(),
            meal,
            ..Default::default()
        };
        meals.insert(if last { count } else { 0 }, row);
    }
}

fn edited(menu: &v1::Menu, edits: &[Edit]) -> v1::Menu {
    let mut menu = menu.clone();
    for edit in edits {
        edit.apply(&mut menu);
    }
    menu
}

/// A menu, and two edits of it.
fn sides() -> impl Strategy<Value = Sides<v1::Menu>> {
    let edits = |max| proptest::collection::vec(edit(), 0..max);
    (edits(16), edits(6), edits(6)).prop_map(|(base, ours, theirs)| {
        let base = edited(&v1::Menu::default(), &base);
        Sides {
            ours: edited(&base, &ours),
            theirs: edited(&base, &theirs),
            base,
        }
    })
}

fn encoded(sides: &Sides<v1::Menu>) -> Sides<Bytes> {
    sides.as_ref().map(|menu| wrap(22, menu))
}

fn menu(content: &[u8]) -> v1::Menu {
    v1::Menu::decode(variant(content).unwrap().1).unwrap()
}

/// The changed units by path, but for lists whose rows only changed places.
fn changes(before: &[u8], after: &[u8]) -> BTreeMap<String, Change> {
    let places = |change: &Change| ["menu.meals", "menu.no_service_days"].contains(&&*change.path);
    let changes = diff("lianxiao.v1.Content", before, after).into_iter();
    changes
        .filter(|change| !places(change))
        .map(|change| (change.path.clone(), change))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn one_edit_alone_is_the_answer_byte_for_byte(sides in sides()) {
        let Sides { base, ours, theirs } = encoded(&sides);
        prop_assert_eq!(merge(&base, &base, &theirs), Merge::Clean(theirs));
        prop_assert_eq!(merge(&base, &ours, &base), Merge::Clean(ours.clone()));
        prop_assert_eq!(merge(&base, &ours, &ours), Merge::Clean(ours));
    }

    #[test]
    fn who_came_first_decides_nothing_but_places(sides in sides()) {
        let Sides { base, ours, theirs } = encoded(&sides);
        let set = |paths: Vec<String>| paths.into_iter().collect::<BTreeSet<_>>();
        match (merge(&base, &ours, &theirs), merge(&base, &theirs, &ours)) {
            (Merge::Clean(one), Merge::Clean(other)) => {
                prop_assert!(changes(&one, &other).is_empty());
            }
            (Merge::Overlap(one), Merge::Overlap(other)) => prop_assert_eq!(set(one), set(other)),
            (one, other) => prop_assert!(false, "{:?} and {:?}", one, other),
        }
    }

    #[test]
    fn a_clean_merge_has_the_changes_of_both_and_no_other(sides in sides()) {
        let Sides { base, ours, theirs } = encoded(&sides);
        if let Merge::Clean(merged) = merge(&base, &ours, &theirs) {
            let mut both = changes(&base, &ours);
            both.extend(changes(&base, &theirs));
            prop_assert_eq!(changes(&base, &merged), both);
            prop_assert_eq!(scan("lianxiao.v1.Content", &merged, ""), []);
            prop_assert!(menu(&merged).service_dates.is_sorted());
        }
    }

    #[test]
    fn an_overlap_is_a_unit_that_both_changed(sides in sides()) {
        let Sides { base, ours, theirs } = encoded(&sides);
        if let Merge::Overlap(paths) = merge(&base, &ours, &theirs) {
            let [ours, theirs] = [ours, theirs].map(|side| diff("lianxiao.v1.Content", &base, &side));
            for path in paths {
                let touches = |change: &Change| change.path.starts_with(&path);
                let touched = [&ours, &theirs].map(|changes| changes.iter().any(touches));
                // Two reorderings may hide behind changes of rows.
                prop_assert!(touched == [true; 2] || !path.contains('['), "{}", path);
            }
        }
    }

    #[test]
    fn a_difference_is_told_and_only_a_difference(sides in sides()) {
        let encoded = encoded(&sides);
        let found = diff("lianxiao.v1.Content", &encoded.base, &encoded.ours);
        prop_assert_eq!(found.is_empty(), sides.base == sides.ours);
        prop_assert!(found.iter().all(|change| change.before != change.after));
    }

    #[test]
    fn any_bytes_are_merged_or_not_without_panic(bytes: [Vec<u8>; 3], kind in 19..24_u32) {
        let [base, ours, theirs] = &bytes;
        let _ = (merge(base, ours, theirs), diff("lianxiao.v1.Content", base, ours));
        let [base, ours, theirs] = bytes.map(|body| delimited(kind, &body));
        let _ = (merge(&base, &ours, &theirs), diff("lianxiao.v1.Content", &base, &ours));
    }

    #[test]
    fn damaged_menus_are_merged_into_what_the_scan_lets_pass(
        sides in sides(),
        damage: [(usize, u8); 3],
    ) {
        let mut damage = damage.into_iter();
        let damaged = encoded(&sides).map(|bytes| {
            let mut bytes = bytes.to_vec();
            let (at, byte) = damage.next().unwrap();
            let at = at % bytes.len();
            bytes[at] = byte;
            bytes
        });
        let passes = |bytes: &[u8]| scan("lianxiao.v1.Content", bytes, "").is_empty();
        let answer = merge(&damaged.base, &damaged.ours, &damaged.theirs);
        let sound = [&damaged.base, &damaged.ours, &damaged.theirs].map(|bytes| passes(bytes));
        if let (Merge::Clean(merged), [true, true, true]) = (answer, sound) {
            prop_assert!(passes(&merged));
            menu(&merged);
        }
    }
}
