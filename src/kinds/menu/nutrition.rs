//! Nutrition and variety, held against WS/T 554-2017 学生餐营养指南 (in force 2018-02-01). Real school meals
//! lie far from its figures (three of Changzhou serve 50 to 130 g of meat for 12 to 20), so all of it is one
//! line of notes with a count, and never a gate.

use crate::kinds::found::Found;
use crate::model::finding::{Code, Finding};
use crate::wire::v1;
use std::collections::{BTreeMap, BTreeSet};
use v1::{DishSlot as Slot, Meal, Stage};

/// The least and the most, for the ages 6-8, 9-11, 12-14 and 15-17.
type Range = [(f64, f64); 4];

/// Grams a person and meal by slot: at breakfast, and at lunch or dinner.
const GRAMS: [(Slot, &str, Range, Range); 4] = [
    (
        Slot::Staple,
        "谷薯",
        [(75.0, 90.0), (90.0, 105.0), (105.0, 120.0), (105.0, 120.0)],
        [
            (100.0, 120.0),
            (120.0, 140.0),
            (140.0, 160.0),
            (140.0, 160.0),
        ],
    ),
    (
        Slot::Vegetable,
        "蔬菜",
        [
            (90.0, 105.0),
            (105.0, 120.0),
            (120.0, 135.0),
            (130.0, 150.0),
        ],
        [
            (120.0, 140.0),
            (140.0, 160.0),
            (160.0, 180.0),
            (180.0, 200.0),
        ],
    ),
    (
        Slot::Fruit,
        "水果",
        [(45.0, 60.0), (60.0, 75.0), (75.0, 90.0), (90.0, 105.0)],
        [(60.0, 80.0), (80.0, 100.0), (100.0, 120.0), (120.0, 140.0)],
    ),
    (
        Slot::Milk,
        "奶",
        [(60.0, 60.0), (60.0, 60.0), (75.0, 75.0), (75.0, 75.0)],
        [(80.0, 80.0), (80.0, 80.0), (100.0, 100.0), (100.0, 100.0)],
    ),
];
/// The most oil at breakfast, and at lunch or dinner.
const OIL: [[f64; 4]; 2] = [[5.0; 4], [10.0, 10.0, 10.0, 15.0]];
/// The most salt at breakfast, and at lunch or dinner.
const SALT: [[f64; 4]; 2] = [[1.5, 1.5, 1.5, 2.0], [2.0, 2.0, 2.0, 2.5]];
/// Energy of a day in kcal, girls and boys.
const ENERGY: Range = [
    (1_550.0, 1_700.0),
    (1_900.0, 2_100.0),
    (2_100.0, 2_450.0),
    (2_350.0, 2_900.0),
];
/// The share of a meal in the day's energy: breakfast, lunch, dinner. From 90 to 110 % of it is in order.
const SHARES: [(Meal, f64, f64); 3] = [
    (Meal::Breakfast, 0.25 * 0.9, 0.30 * 1.1),
    (Meal::Lunch, 0.35 * 0.9, 0.40 * 1.1),
    (Meal::Dinner, 0.30 * 0.9, 0.35 * 1.1),
];
/// The kinds of food that whole days, breakfast to dinner, hold at least, and so many of them together.
const FOODS_A_DAY: usize = 12;
const FOODS_A_WEEK: usize = 25;
const DAYS_OF_A_WEEK: usize = 5;
/// What is cooked with, and counts as no food.
const SEASONINGS: [&str; 24] = [
    "盐",
    "食盐",
    "油",
    "食用油",
    "植物油",
    "菜油",
    "糖",
    "白糖",
    "酱油",
    "生抽",
    "老抽",
    "料酒",
    "醋",
    "味精",
    "鸡精",
    "葱",
    "小葱",
    "香葱",
    "姜",
    "生姜",
    "蒜",
    "大蒜",
    "淀粉",
    "水",
];
/// From so many days on one staple is one for long.
const DAYS_OF_ONE_STAPLE: usize = 5;
/// The most examples in the line.
const EXAMPLES: usize = 3;

/// The columns of the ages a campus teaches: all where its stages are not known.
fn ages(stages: &[Stage]) -> Vec<usize> {
    let of = |stage: &Stage| match stage {
        Stage::Primary => vec![0, 1],
        Stage::Junior => vec![2],
        Stage::Senior => vec![3],
        _ => Vec::new(),
    };
    let ages: Vec<usize> = stages.iter().flat_map(of).collect();
    if ages.is_empty() {
        vec![0, 1, 2, 3]
    } else {
        ages
    }
}

/// Adds the one line, if there is anything to say of what pupils eat.
pub fn note(menu: &v1::Menu, stages: &[Stage], found: &mut Found) {
    if menu.audience() != v1::MenuAudience::Pupils {
        return;
    }
    let ages = ages(stages);
    let amounts = menu.meals.iter().flat_map(|row| amounts(row, &ages));
    let bare = menu.meals.iter().filter_map(without_vegetables);
    let points = amounts.chain(bare).chain(foods(menu)).chain(variety(menu));
    let points: Vec<String> = points.collect();
    if points.is_empty() {
        return;
    }
    let examples = points.iter().take(EXAMPLES).cloned().collect::<Vec<_>>();
    let finding = Finding::new(Code::Nutrition, "meals").with("count", points.len());
    found.say(finding.with("examples", examples.join("；")));
}

/// What of one meal lies outside the guide.
fn amounts(row: &v1::DayMeal, ages: &[usize]) -> Vec<String> {
    let breakfast = row.meal() == Meal::Breakfast;
    if !breakfast && !matches!(row.meal(), Meal::Lunch | Meal::Dinner) {
        return Vec::new();
    }
    let mut points = Vec::new();
    let mut judge = |what: &str, unit: &str, value: Option<f64>, least: f64, most: f64| {
        if let Some(value) = value.filter(|value| *value < least || *value > most) {
            let date = &row.date;
            points.push(format!(
                "{date} {what} {value:.1} {unit}（{least:.1}–{most:.1}）"
            ));
        }
    };
    for (slot, what, at_breakfast, later) in &GRAMS {
        let range = if breakfast { at_breakfast } else { later };
        let (least, most) = union(range, ages);
        judge(what, "g", grams(row, *slot), least, most);
    }
    let seasoning = row.seasoning.clone().unwrap_or_default();
    let at = usize::from(!breakfast);
    let most = |table: &[[f64; 4]; 2]| ages.iter().map(|age| table[at][*age]).fold(0.0, f64::max);
    judge("油", "g", seasoning.oil_grams, 0.0, most(&OIL));
    judge("盐", "g", seasoning.salt_grams, 0.0, most(&SALT));
    let energy = row
        .nutrition
        .as_ref()
        .and_then(|nutrition| nutrition.energy_kcal);
    if let Some((_, low, high)) = SHARES.iter().find(|(meal, ..)| *meal == row.meal()) {
        let (least, most) = union(&ENERGY, ages);
        judge("能量", "kcal", energy, least * low, most * high);
    }
    points
}

fn union(range: &Range, ages: &[usize]) -> (f64, f64) {
    let of = ages.iter().map(|age| range[*age]);
    of.fold((f64::INFINITY, 0.0), |(least, most), (low, high)| {
        (least.min(low), most.max(high))
    })
}

/// The grams of a slot in a meal; `None` unless every part of it was weighed raw (or nobody said how) and
/// for one and the same band of grades: other weights are never added up.
fn grams(row: &v1::DayMeal, slot: Slot) -> Option<f64> {
    let dishes = row.dishes.iter().filter(|dish| dish.slot() == slot);
    let parts: Vec<&v1::Ingredient> = dishes.flat_map(|dish| &dish.ingredients).collect();
    let raw = |part: &&v1::Ingredient| {
        matches!(
            part.basis(),
            v1::WeightBasis::Raw | v1::WeightBasis::Unspecified
        )
    };
    let bands: BTreeSet<(&str, i32)> = (parts.iter())
        .map(|part| (part.grade_band.as_str(), part.basis))
        .collect();
    if bands.len() != 1 || !parts.iter().all(raw) {
        return None;
    }
    parts.iter().map(|part| part.grams).sum()
}

/// A lunch or dinner of several dishes, each with its place, and none in that of the vegetables.
fn without_vegetables(row: &v1::DayMeal) -> Option<String> {
    let main = matches!(row.meal(), Meal::Lunch | Meal::Dinner) && row.dishes.len() > 1;
    let mut slots = row.dishes.iter().map(v1::Dish::slot);
    let told = slots.all(|slot| !matches!(slot, Slot::Unspecified | Slot::Vegetable));
    (main && told).then(|| format!("{} 没有素菜", row.date))
}

/// Too few kinds of food. The guide counts those of a whole day, so a canteen that serves lunch alone is not
/// held to it, nor is a day of which some dish does not say what is in it.
fn foods(menu: &v1::Menu) -> Vec<String> {
    let dates: BTreeSet<&str> = menu.meals.iter().map(|row| row.date.as_str()).collect();
    let days = dates.into_iter();
    let days: Vec<_> = days
        .filter_map(|date| Some((date, foods_of(menu, date)?)))
        .collect();
    let few = days.iter().filter(|(_, foods)| foods.len() < FOODS_A_DAY);
    let few = few.map(|(date, foods)| format!("{date} 食物 {} 种（≥{FOODS_A_DAY}）", foods.len()));
    let together: BTreeSet<&String> = days.iter().flat_map(|(_, foods)| foods).collect();
    let short = days.len() >= DAYS_OF_A_WEEK && together.len() < FOODS_A_WEEK;
    let of_week = short.then(|| {
        let (days, foods) = (days.len(), together.len());
        format!("{days} 天食物共 {foods} 种（≥{FOODS_A_WEEK}）")
    });
    few.chain(of_week).collect()
}

/// The kinds of food of a whole day, where all of them are told.
fn foods_of(menu: &v1::Menu, date: &str) -> Option<BTreeSet<String>> {
    let rows = || menu.meals.iter().filter(|row| row.date == date);
    let whole = [Meal::Breakfast, Meal::Lunch, Meal::Dinner];
    let served = |meal: &Meal| rows().any(|row| row.meal() == *meal && !row.dishes.is_empty());
    let mut dishes = rows().flat_map(|row| &row.dishes);
    if !whole.iter().all(served) || dishes.any(|dish| dish.ingredients.is_empty()) {
        return None;
    }
    let dishes = rows().flat_map(|row| &row.dishes);
    let parts = dishes.flat_map(|dish| &dish.ingredients);
    let names = parts.map(|part| part.name.split_whitespace().collect::<String>());
    Some(
        names
            .filter(|name| !SEASONINGS.contains(&name.as_str()))
            .collect(),
    )
}

/// Dishes that come again, and one staple for long.
fn variety(menu: &v1::Menu) -> Vec<String> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    let mut staples: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in &menu.meals {
        for dish in &row.dishes {
            match dish.slot() {
                Slot::Staple => _ = staples.entry(&dish.name).or_default().insert(&row.date),
                Slot::Fruit | Slot::Milk => {}
                _ => *times.entry(&dish.name).or_default() += 1,
            }
        }
    }
    let again = times.into_iter().filter(|(_, times)| *times > 1);
    let again = again.map(|(dish, times)| format!("{dish} {times} 次"));
    let long = staples
        .into_iter()
        .filter(|(_, days)| days.len() >= DAYS_OF_ONE_STAPLE);
    let long = long.map(|(staple, days)| format!("主食 {} 天都是{staple}", days.len()));
    again.chain(long).collect()
}
