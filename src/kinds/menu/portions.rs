//! How much of a dish one person gets: what is far from usual was typed into the wrong column, for another number
//! of people or without its unit.

use crate::kinds::found::Found;
use crate::model::finding::Code;
use crate::wire::v1;
use std::collections::BTreeSet;
use v1::DishSlot as Slot;

/// The grams of a whole dish that are usual for one person and meal: WS/T 554-2017, widened to what three menus
/// of Changzhou serve (meat 50 to 130 g) and to what is poured and cut by the piece (soup, a box of milk).
const USUAL: [(Slot, f64, f64); 9] = [
    (Slot::Staple, 75.0, 160.0),
    (Slot::Main, 50.0, 130.0),
    (Slot::HalfMeat, 50.0, 150.0),
    (Slot::Vegetable, 90.0, 200.0),
    (Slot::Soup, 20.0, 250.0),
    (Slot::Snack, 30.0, 100.0),
    (Slot::Fruit, 45.0, 140.0),
    (Slot::Milk, 60.0, 250.0),
    (Slot::CoarseGrain, 30.0, 120.0),
];
/// What is so many times less or more than usual is far from it.
const FAR: f64 = 4.0;
/// The most grams of one thing that a person eats at a meal.
const MOST_GRAMS: f64 = 500.0;

/// A portion that is no weight has a unit (1块), and one thing is no more than a person eats.
pub fn check_part(path: &str, part: &v1::Ingredient, found: &mut Found) {
    let portion = part.portion.trim();
    if !portion.is_empty() && portion.parse::<f64>().is_ok() {
        let path = format!("{path}.portion");
        found.add_with(Code::UnitMissing, &path, "value", portion);
    }
    if let Some(grams) = part.grams.filter(|grams| *grams > MOST_GRAMS) {
        let path = format!("{path}.grams");
        found.add_with(Code::PortionUnlikely, &path, "grams", grams);
    }
}

/// A whole dish has about the size that is usual in its place.
pub fn check_dish(path: &str, dish: &v1::Dish, found: &mut Found) {
    let usual = USUAL.iter().find(|(slot, ..)| *slot == dish.slot());
    let (Some((_, least, most)), Some(grams)) = (usual, weight(dish)) else {
        return;
    };
    let odd_part = |part: &v1::Ingredient| part.grams.is_some_and(|grams| grams > MOST_GRAMS);
    let far = grams * FAR < *least || grams > most * FAR;
    if far && !dish.ingredients.iter().any(odd_part) {
        let path = format!("{path}.ingredients");
        found.add_with(Code::PortionUnlikely, &path, "grams", grams);
    }
}

/// What a dish weighs; `None` unless every part of it was weighed, alike and for the same people.
fn weight(dish: &v1::Dish) -> Option<f64> {
    let alike: BTreeSet<(&str, i32)> = (dish.ingredients.iter())
        .map(|part| (part.grade_band.as_str(), part.basis))
        .collect();
    if alike.len() != 1 {
        return None;
    }
    dish.ingredients.iter().map(|part| part.grams).sum()
}
