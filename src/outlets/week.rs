//! The week of a canteen as schools print it: meal × day.

use crate::model::date::day;
use crate::wire::v1;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A week of meals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// The days, in order.
    pub days: Vec<Date>,
    /// One a canteen, set, audience and meal, in that order.
    pub rows: Vec<Row>,
}

/// One meal through the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The canteen, with the set where there are several (学生食堂 A).
    pub canteen: String,
    /// Who eats it.
    pub audience: v1::MenuAudience,
    /// The meal.
    pub meal: v1::Meal,
    /// One a day.
    pub cells: Vec<Cell>,
}

/// A meal of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// The dishes, in the order printed.
    Dishes(Vec<Dish>),
    /// Declared without a meal (停餐).
    NoService,
    /// Nobody has said anything.
    Nothing,
}

/// A dish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dish {
    /// Its name, as typed.
    pub name: String,
    /// The allergens that the campus declares, by name; empty: none declared, which is not none present.
    pub allergens: String,
}

/// The names of allergens, by scheme and code.
pub type AllergenNames = BTreeMap<(String, String), String>;

/// The week of these menus. A day that none of them says anything of is no column, unless it is one of `days`.
#[must_use]
pub fn week<'a>(
    menus: impl IntoIterator<Item = &'a v1::Menu>,
    days: impl IntoIterator<Item = Date>,
    within: impl Fn(Date) -> bool,
    names: &AllergenNames,
) -> Week {
    let mut columns: BTreeSet<Date> = days.into_iter().collect();
    let mut found: BTreeMap<(String, i32, i32), BTreeMap<Date, Cell>> = BTreeMap::new();
    let mut closed: BTreeMap<(String, i32), BTreeSet<Date>> = BTreeMap::new();
    for menu in menus {
        let canteen = match menu.menu_set.as_str() {
            "" => menu.canteen.clone(),
            set => format!("{} {set}", menu.canteen),
        };
        for row in &menu.meals {
            let Some(date) = day(&row.date).filter(|date| within(*date)) else {
                continue;
            };
            columns.insert(date);
            let dishes = row.dishes.iter().map(|of| dish(of, names)).collect();
            let key = (canteen.clone(), menu.audience, row.meal);
            found
                .entry(key)
                .or_default()
                .insert(date, Cell::Dishes(dishes));
        }
        let off = menu.no_service_days.iter().filter_map(|off| day(&off.date));
        for date in off.filter(|date| within(*date)) {
            columns.insert(date);
            closed
                .entry((canteen.clone(), menu.audience))
                .or_default()
                .insert(date);
        }
    }
    let days: Vec<Date> = columns.into_iter().collect();
    let row =
        |((canteen, audience, meal), mut cells): ((String, i32, i32), BTreeMap<Date, Cell>)| {
            let off = closed.get(&(canteen.clone(), audience));
            let cell = |date: &Date| {
                cells
                    .remove(date)
                    .unwrap_or(match off.is_some_and(|off| off.contains(date)) {
                        true => Cell::NoService,
                        false => Cell::Nothing,
                    })
            };
            Row {
                cells: days.iter().map(cell).collect(),
                canteen,
                audience: v1::MenuAudience::try_from(audience).unwrap_or_default(),
                meal: v1::Meal::try_from(meal).unwrap_or_default(),
            }
        };
    Week {
        rows: found.into_iter().map(row).collect(),
        days,
    }
}

fn dish(dish: &v1::Dish, names: &AllergenNames) -> Dish {
    let shown = |of: &v1::Allergen| {
        let known = names.get(&(of.scheme.clone(), of.code.clone()));
        let name = known.unwrap_or(&of.code);
        match of.presence() {
            v1::Presence::Traces => format!("{name}（微量）"),
            _ => name.clone(),
        }
    };
    let allergens: Vec<String> = dish.allergens.iter().map(shown).collect();
    Dish {
        name: dish.name.clone(),
        allergens: allergens.join("、"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn meal(day: &str, meal: v1::Meal, dishes: &[&str]) -> v1::DayMeal {
        let dish = |name: &&str| v1::Dish {
            name: (*name).to_owned(),
            ..Default::default()
        };
        v1::DayMeal {
            date: day.to_owned(),
            meal: meal.into(),
            dishes: dishes.iter().map(dish).collect(),
            ..Default::default()
        }
    }

    #[test]
    fn a_week_has_a_row_a_meal_and_tells_closed_days_from_those_that_nobody_filled_in() {
        let mut menu = v1::Menu {
            canteen: "食堂".to_owned(),
            meals: vec![
                meal("2026-05-11", v1::Meal::Lunch, &["红烧肉"]),
                meal("2026-05-11", v1::Meal::Breakfast, &["粥"]),
                meal("2026-06-01", v1::Meal::Lunch, &["别的周"]),
            ],
            no_service_days: vec![v1::NoServiceDay {
                date: "2026-05-12".to_owned(),
                ..Default::default()
            }],
            ..Default::default()
        };
        menu.meals[0].dishes[0].allergens = vec![
            v1::Allergen {
                scheme: "GB7718".to_owned(),
                code: "fish".to_owned(),
                presence: v1::Presence::Traces.into(),
            },
            v1::Allergen {
                scheme: "x".to_owned(),
                code: "y".to_owned(),
                presence: v1::Presence::Contains.into(),
            },
        ];
        let names =
            AllergenNames::from([(("GB7718".to_owned(), "fish".to_owned()), "鱼".to_owned())]);
        let wednesday = date(2026, 5, 13);
        let found = week([&menu], [wednesday], |day| day <= wednesday, &names);
        assert_eq!(
            found.days,
            [date(2026, 5, 11), date(2026, 5, 12), wednesday]
        );
        let [breakfast, lunch] = &found.rows[..] else {
            panic!("{found:?}")
        };
        assert_eq!(
            (breakfast.meal, lunch.meal),
            (v1::Meal::Breakfast, v1::Meal::Lunch)
        );
        let pork = Dish {
            name: "红烧肉".to_owned(),
            allergens: "鱼（微量）、y".to_owned(),
        };
        assert_eq!(
            lunch.cells,
            [Cell::Dishes(vec![pork]), Cell::NoService, Cell::Nothing]
        );
    }
}
