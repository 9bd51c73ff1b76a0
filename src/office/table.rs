//! What is on the table, campus by campus, and what it may do to whom.

use super::menus::{Board, Expected};
use super::records::{Kept, Records};
use super::status::{instant, members};
use crate::kinds::{declares_no_service, likely_allergens};
use crate::model::date::Span;
use crate::wire::v1::{self, TableState as State};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The report, as the contract words it.
pub type MealTable = v1::GetMealTableResponse;

/// The report: a pure function of the records at `position`.
#[must_use]
pub fn meal_table(records: &Records, span: Span, (position, time): (i64, Timestamp)) -> MealTable {
    let campus = |campus: &Kept<v1::Campus>| {
        let board = Board::of(campus, records);
        v1::CampusTable {
            campus_id: campus.id.to_string(),
            name: campus.content.name.clone(),
            role: campus.content.role,
            days: span.days().map(|day| table_day(&board, day)).collect(),
        }
    };
    MealTable {
        instant: Some(instant(records, (position, time))),
        dates: span.days().map(|day| day.to_string()).collect(),
        campuses: members(records, span).into_iter().map(campus).collect(),
    }
}

fn table_day(board: &Board<'_>, date: Date) -> v1::TableDay {
    let state = match board.expected(date) {
        Expected::Nothing => State::NotApplicable,
        Expected::NoService => State::NoService,
        Expected::Menus(day) => match (day.covered(), day.first()) {
            (Some(_), _) => State::Announced,
            (None, Some(_)) => State::Incomplete,
            (None, None) => State::NotAnnounced,
        },
    };
    let day = date.to_string();
    let menus = board.published.iter();
    let served = menus.filter(|menu| !declares_no_service(&menu.content, &day));
    let mut meals: Vec<v1::TableMeal> = served
        .flat_map(|menu| {
            let meals = menu.content.meals.iter();
            let meals = meals.filter(|meal| meal.date == day && !meal.dishes.is_empty());
            meals.map(|meal| table_meal(menu, meal))
        })
        .collect();
    meals.sort_by(|a, b| order(a).cmp(&order(b)));
    let dishes = || meals.iter().flat_map(|meal| &meal.dishes);
    v1::TableDay {
        date: day,
        state: state.into(),
        declared_allergens: declared(dishes()),
        likely_allergens: likely(dishes()),
        meals,
    }
}

fn order(meal: &v1::TableMeal) -> (i32, &str, i32, &str, &str) {
    let (canteen, set) = (meal.canteen.as_str(), meal.menu_set.as_str());
    (meal.meal, canteen, meal.audience, set, &meal.record_id)
}

fn table_meal(menu: &Kept<v1::Menu, v1::MenuState>, meal: &v1::DayMeal) -> v1::TableMeal {
    v1::TableMeal {
        record_id: menu.id.to_string(),
        canteen: menu.content.canteen.clone(),
        menu_set: menu.content.menu_set.clone(),
        audience: menu.content.audience,
        meal: meal.meal,
        dishes: meal.dishes.clone(),
    }
}

fn declared<'a>(dishes: impl Iterator<Item = &'a v1::Dish>) -> Vec<v1::DeclaredAllergen> {
    let mut declared: BTreeMap<(&str, &str), v1::DeclaredAllergen> = BTreeMap::new();
    for dish in dishes {
        for allergen in &dish.allergens {
            let key = (allergen.scheme.as_str(), allergen.code.as_str());
            let row = declared.entry(key).or_insert_with(|| v1::DeclaredAllergen {
                scheme: allergen.scheme.clone(),
                code: allergen.code.clone(),
                presence: allergen.presence,
                dishes: Vec::new(),
            });
            if allergen.presence() == v1::Presence::Contains {
                row.presence = allergen.presence;
            }
            name(&mut row.dishes, dish);
        }
    }
    declared.into_values().collect()
}

fn likely<'a>(dishes: impl Iterator<Item = &'a v1::Dish>) -> Vec<v1::LikelyAllergen> {
    let mut likely: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for dish in dishes {
        for allergen in likely_allergens(dish) {
            name(likely.entry(allergen).or_default(), dish);
        }
    }
    let row = |(name, dishes): (&str, _)| v1::LikelyAllergen {
        name: name.to_owned(),
        dishes,
    };
    likely.into_iter().map(row).collect()
}

/// A dish is named once, however many canteens serve it.
fn name(names: &mut Vec<String>, dish: &v1::Dish) {
    if !names.contains(&dish.name) {
        names.push(dish.name.clone());
    }
}

#[cfg(test)]
mod tests;
