//! Menus (食谱): draft → published → amended → closed; withdrawn before they are eaten, and published again.

mod course;
mod days;
mod foods;
mod nutrition;
mod portions;
mod variety;

pub use foods::likely as likely_allergens;

use super::found::Found;
use super::registers::calendar::CalendarRules;
use super::registers::campus;
use super::registers::vocabulary::{VocabularyRules, Words};
use super::{Case, Move, Owner, Refusal, Rules};
use crate::model::date::{self, Span};
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Place, Who};
use crate::wire::convert::stored_time;
use crate::wire::v1;
use course::{COURSE, amend, close, excuse, publish, reopen, revoke_excuse, withdraw};
use jiff::Timestamp;
use jiff::civil::Date;
use v1::MenuStatus as Status;
use v1::menu_action::Action;

/// The rules of menus.
pub struct MenuRules;

impl Rules for MenuRules {
    const NAME: &'static str = "menu";
    const OWNER: Owner = Owner::Campus;
    const PUBLIC: bool = true;
    type Content = v1::Menu;
    type State = v1::MenuState;
    type Action = v1::MenuAction;

    fn check(menu: &v1::Menu, case: &Case<'_>, found: &mut Found) {
        found.line("canteen", &menu.canteen, 60);
        found.optional_line("menu_set", &menu.menu_set, 20);
        found.required("audience", menu.audience != 0);
        found.optional_line("label", &menu.label, 100);
        check_service_dates(&menu.service_dates, found);
        for (i, day) in menu.no_service_days.iter().enumerate() {
            found.day(&format!("no_service_days[{i}].date"), &day.date);
            found.required(&format!("no_service_days[{i}].reason"), day.reason != 0);
        }
        for (i, row) in menu.meals.iter().enumerate() {
            check_meal(&format!("meals[{i}]"), row, menu, found);
        }
        if let Some(price) = menu.price_fen {
            found.range("price_fen", price, 0, 10_000_000);
        }
        let claimed = &menu.claimed_publish_time;
        if !claimed.is_empty() && claimed.parse::<Timestamp>().is_err() {
            found.bad_time("claimed_publish_time", claimed, "2026-05-08T15:00:00+08:00");
        }
        warn_of_empty_days(menu, found);
        check_campus(menu, case, found);
        days::check(menu, case, found);
        check_allergens(menu, case, found);
        foods::banned(menu, found);
        foods::undeclared(menu, found);
        let stages: Vec<v1::Stage> = campus::own(case).unwrap_or_default().stages().collect();
        nutrition::note(menu, &stages, found);
    }

    /// The calendar says which days have school, the vocabulary which allergens there are.
    fn surveys(_: &v1::Menu) -> Vec<&'static str> {
        vec![CalendarRules::NAME, VocabularyRules::NAME]
    }

    fn keys(owner: Place, menu: &v1::Menu, state: &v1::MenuState) -> Vec<String> {
        if state.status() == Status::Withdrawn {
            return Vec::new();
        }
        let (owner, audience) = (owner.to_text(), menu.audience().as_str_name());
        // A name with a slash must not look like two parts.
        let part = |name: &str| name.replace('%', "%25").replace('/', "%2F");
        let (canteen, set) = (part(&menu.canteen), part(&menu.menu_set));
        let key = |row: &v1::DayMeal| {
            let meal = row.meal().as_str_name();
            format!("{owner}/{canteen}/{set}/{audience}/{}/{meal}", row.date)
        };
        menu.meals.iter().map(key).collect()
    }

    fn new_state() -> Option<v1::MenuState> {
        Some(v1::MenuState {
            status: Status::Draft.into(),
            ..Default::default()
        })
    }

    fn may_put(state: &v1::MenuState, _: &[String]) -> Result<(), Refusal> {
        COURSE.turn("put", "put", state.status()).map(|_| ())
    }

    /// What was public once stays.
    fn may_delete(state: &v1::MenuState) -> Result<(), Refusal> {
        COURSE.turn("delete", "delete", state.status()).map(|_| ())
    }

    fn binds() -> &'static [&'static str] {
        &[
            "canteen",
            "menu_set",
            "audience",
            "service_dates",
            "no_service_days",
            "meals",
        ]
    }

    fn act(
        action: &v1::MenuAction,
        menu: &v1::Menu,
        state: &v1::MenuState,
        case: &Case<'_>,
    ) -> Move<Self> {
        match &action.action {
            Some(Action::Publish(_)) => publish(state, case),
            Some(Action::Withdraw(_)) => withdraw(menu, state, case),
            Some(Action::Amend(wanted)) => amend(wanted, menu, state, case),
            Some(Action::Close(_)) => close(menu, state, case),
            Some(Action::Reopen(_)) => reopen(state, case),
            Some(Action::Excuse(wanted)) => excuse(wanted.reason(), state, case),
            Some(Action::RevokeExcuse(_)) => revoke_excuse(state, case),
            None => Err(Finding::new(Code::WishMissing, "act.action.menu")),
        }
    }

    /// Until it is published, a menu is the business of its campus and of the office.
    fn audience(owner: Place, _: &v1::Menu, state: &v1::MenuState) -> Vec<Who> {
        match state.status() {
            Status::Published | Status::Amended | Status::Closed => vec![Who::Group],
            _ => vec![owner.into(), Who::Office],
        }
    }

    fn span(menu: &v1::Menu, _: &v1::MenuState) -> Option<Span> {
        let declared = menu.no_service_days.iter().map(|day| &day.date);
        let days = || {
            menu.service_dates
                .iter()
                .chain(declared.clone())
                .filter_map(|day| date::day(day))
        };
        Some(Span {
            first: days().min()?,
            last: days().max()?,
        })
    }
}

fn check_service_dates(dates: &[String], found: &mut Found) {
    found.required("service_dates", !dates.is_empty());
    let days: Vec<Date> = dates
        .iter()
        .enumerate()
        .filter_map(|(i, text)| found.day(&format!("service_dates[{i}]"), text))
        .collect();
    if !days.is_sorted_by(|a, b| a < b) {
        found.add(Code::NotInOrder, "service_dates");
    }
}

fn check_meal(path: &str, row: &v1::DayMeal, menu: &v1::Menu, found: &mut Found) {
    let date_path = format!("{path}.date");
    if found.day(&date_path, &row.date).is_some() && !menu.service_dates.contains(&row.date) {
        found.add_with(Code::DateNotServed, &date_path, "date", &row.date);
    }
    found.required(&format!("{path}.meal"), row.meal != 0);
    for (i, dish) in row.dishes.iter().enumerate() {
        let path = format!("{path}.dishes[{i}]");
        found.line(&format!("{path}.name"), &dish.name, 60);
        check_ingredients(&format!("{path}.ingredients"), &dish.ingredients, found);
        portions::check_dish(&path, dish, found);
        for (j, allergen) in dish.allergens.iter().enumerate() {
            let path = format!("{path}.allergens[{j}]");
            found.line(&format!("{path}.scheme"), &allergen.scheme, 20);
            found.line(&format!("{path}.code"), &allergen.code, 20);
            found.required(&format!("{path}.presence"), allergen.presence != 0);
        }
    }
    check_amounts(path, row, found);
}

fn check_ingredients(path: &str, ingredients: &[v1::Ingredient], found: &mut Found) {
    for (i, ingredient) in ingredients.iter().enumerate() {
        found.line(&format!("{path}[{i}].name"), &ingredient.name, 60);
        found.amount(&format!("{path}[{i}].grams"), ingredient.grams);
        found.optional_line(&format!("{path}[{i}].portion"), &ingredient.portion, 40);
        portions::check_part(&format!("{path}[{i}]"), ingredient, found);
        found.optional_line(
            &format!("{path}[{i}].grade_band"),
            &ingredient.grade_band,
            40,
        );
    }
}

fn check_amounts(path: &str, row: &v1::DayMeal, found: &mut Found) {
    if let Some(seasoning) = &row.seasoning {
        for (field, grams) in [
            ("oil_grams", seasoning.oil_grams),
            ("salt_grams", seasoning.salt_grams),
            ("sugar_grams", seasoning.sugar_grams),
            ("soy_sauce_grams", seasoning.soy_sauce_grams),
        ] {
            found.amount(&format!("{path}.seasoning.{field}"), grams);
        }
        check_ingredients(
            &format!("{path}.seasoning.others"),
            &seasoning.others,
            found,
        );
    }
    if let Some(nutrition) = &row.nutrition {
        for (field, amount) in [
            ("energy_kcal", nutrition.energy_kcal),
            ("protein_grams", nutrition.protein_grams),
            ("fat_grams", nutrition.fat_grams),
            ("carbohydrate_grams", nutrition.carbohydrate_grams),
        ] {
            found.amount(&format!("{path}.nutrition.{field}"), amount);
        }
    }
    if let Some(diners) = row.diners {
        found.range(&format!("{path}.diners"), diners, 0, 100_000);
    }
}

fn warn_of_empty_days(menu: &v1::Menu, found: &mut Found) {
    for (i, day) in menu.service_dates.iter().enumerate() {
        let filled = menu
            .meals
            .iter()
            .any(|row| row.date == *day && !row.dishes.is_empty());
        if !filled && !declares_no_service(menu, day) {
            found.add_with(Code::DayEmpty, &format!("service_dates[{i}]"), "date", day);
        }
    }
}

/// The group's allergen schemes, if it keeps them, know every code declared.
fn check_allergens(menu: &v1::Menu, case: &Case<'_>, found: &mut Found) {
    let words = Words::of(v1::VocabularyTopic::Allergen, case);
    for (i, row) in menu.meals.iter().enumerate() {
        let Some(day) = date::day(&row.date) else {
            continue;
        };
        for (j, dish) in row.dishes.iter().enumerate() {
            for (k, allergen) in dish.allergens.iter().enumerate() {
                let path = format!("meals[{i}].dishes[{j}].allergens[{k}].code");
                words.check(&path, &allergen.scheme, &allergen.code, day, found);
            }
        }
    }
}

fn check_campus(menu: &v1::Menu, case: &Case<'_>, found: &mut Found) {
    let Some(campus) = campus::own(case) else {
        return;
    };
    let known: Vec<&str> = campus
        .canteens
        .iter()
        .map(|canteen| canteen.name.as_str())
        .collect();
    if !known.contains(&menu.canteen.as_str()) {
        let finding = Finding::new(Code::CanteenUnknown, "canteen");
        found.say(
            finding
                .with("name", &menu.canteen)
                .with("known", known.join(", ")),
        );
    }
}

/// Whether a menu declares a day without service (停餐).
#[must_use]
pub fn declares_no_service(menu: &v1::Menu, day: &str) -> bool {
    menu.no_service_days
        .iter()
        .any(|declared| declared.date == day)
}

/// The foods of a menu that school canteens must not serve, or that may be such.
#[must_use]
pub fn forbidden_foods(menu: &v1::Menu) -> Vec<Finding> {
    let mut found = Found::under("put.content.menu".into());
    foods::banned(menu, &mut found);
    found.findings
}

/// When the dishes of a meal were first announced: with the menu, or by an amendment where it had none.
#[must_use]
pub fn announced(state: &v1::MenuState, day: Date, meal: v1::Meal) -> Option<Timestamp> {
    let day = day.to_string();
    let filled = |amendment: &&v1::Amendment| {
        let mut meals = amendment.meals.iter();
        meals.any(|row| row.date == day && row.meal() == meal && row.before.is_empty())
    };
    let filled = state.amendments.iter().rev().find(filled);
    let time = filled.map_or(state.publish_time.as_ref(), |amendment| {
        amendment.time.as_ref()
    });
    stored_time(time)
}

/// What a menu says of one canteen's meal on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// Nothing.
    Nothing,
    /// It names a dish.
    Dishes,
    /// It declares the day without service (停餐).
    NoService,
}

/// What a menu for pupils or kindergarten children says of a canteen's meal on a day.
#[must_use]
pub fn covers(menu: &v1::Menu, canteen: &str, day: Date, meal: v1::Meal) -> Cover {
    let counts = menu.canteen == canteen && menu.audience() != v1::MenuAudience::Staff;
    let day = day.to_string();
    if !counts {
        Cover::Nothing
    } else if declares_no_service(menu, &day) {
        Cover::NoService
    } else if menu
        .meals
        .iter()
        .any(|row| row.date == day && row.meal() == meal && !row.dishes.is_empty())
    {
        Cover::Dishes
    } else {
        Cover::Nothing
    }
}

#[cfg(test)]
mod tests;
