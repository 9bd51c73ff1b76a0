//! Nutrition and variety, held against WS/T 554-2017 学生餐营养指南 (in force 2018-02-01). Real school meals
//! lie far from its figures (three of Changzhou serve 50 to 130 g of meat for 12 to 20), so all of it is one
//! line of notes with a count, and never a gate.

use super::variety;
use crate::kinds::found::Found;
use crate::model::finding::{Code, Finding};
use crate::wire::v1;
use std::collections::BTreeSet;
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
    let points = amounts.chain(bare).chain(variety::points(menu));
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

/// The grams of a slot in a meal; `None` where no part of it is told.
fn grams(row: &v1::DayMeal, slot: Slot) -> Option<f64> {
    let dishes = row.dishes.iter().filter(|dish| dish.slot() == slot);
    let parts: Vec<&v1::Ingredient> = dishes.flat_map(|dish| &dish.ingredients).collect();
    weighed(&parts).filter(|_| !parts.is_empty())
}

/// What some parts weigh together; `None` unless every one was weighed raw (or nobody said how) and for one and
/// the same band of grades: other weights are never added up.
pub fn weighed(parts: &[&v1::Ingredient]) -> Option<f64> {
    let raw = |part: &&v1::Ingredient| {
        matches!(
            part.basis(),
            v1::WeightBasis::Raw | v1::WeightBasis::Unspecified
        )
    };
    let bands: BTreeSet<(&str, i32)> = (parts.iter())
        .map(|part| (part.grade_band.as_str(), part.basis))
        .collect();
    if bands.len() > 1 || !parts.iter().all(raw) {
        return None;
    }
    let mut parts = parts.iter();
    parts.try_fold(0.0, |sum, part| Some(sum + part.grams?))
}

/// A lunch or dinner of several dishes, each with its place, and none in that of the vegetables.
fn without_vegetables(row: &v1::DayMeal) -> Option<String> {
    let main = matches!(row.meal(), Meal::Lunch | Meal::Dinner) && row.dishes.len() > 1;
    let mut slots = row.dishes.iter().map(v1::Dish::slot);
    let told = slots.all(|slot| !matches!(slot, Slot::Unspecified | Slot::Vegetable));
    (main && told).then(|| format!("{} 没有素菜", row.date))
}
