//! Variety, as tables.

use super::eaten::told;
use super::*;
use v1::WeightBasis::{Cooked, Raw, Unspecified};

fn part(name: &str, grams: f64) -> v1::Ingredient {
    v1::Ingredient {
        name: name.into(),
        grams: Some(grams),
        ..Default::default()
    }
}

fn points(menu: &v1::Menu) -> Option<String> {
    let told = told(menu).into_iter();
    let mut notes = told.filter(|(code, _)| *code == Code::Nutrition);
    notes.next().map(|(_, said)| said)
}

/// What the guide asks for beside kinds of food, and what counts as none: of a week's days the first has liver,
/// the others nuts.
fn beside(day: usize) -> Vec<v1::Ingredient> {
    let weekly = match day {
        0 => part("猪肝", 22.0),
        _ => part("核桃仁", 15.0),
    };
    vec![part("油", 5.0), part("牛奶", 250.0), weekly]
}

#[test]
fn whole_days_have_twelve_foods_and_a_week_has_twenty_five() {
    let days = [
        "2026-05-11",
        "2026-05-12",
        "2026-05-13",
        "2026-05-14",
        "2026-05-15",
    ];
    // On day d the foods d*step .. d*step + count, shared out over three meals.
    let menu = |meals: &[v1::Meal], count: usize, step: usize| {
        let meal = |d: usize, m: usize| {
            let foods = (0..count).filter(|food| food % meals.len() == m);
            let part_of = |food| v1::Ingredient {
                name: format!("食物{}", d * step + food),
                ..Default::default()
            };
            let extra = if m > 0 { vec![] } else { beside(d) };
            let dish = v1::Dish {
                name: format!("菜{d}{m}"),
                ingredients: foods.map(part_of).chain(extra).collect(),
                ..Default::default()
            };
            v1::DayMeal {
                meal: meals[m].into(),
                dishes: vec![dish],
                ..lunch(days[d], "")
            }
        };
        let meal = &meal;
        let rows = (0..days.len()).flat_map(|d| (0..meals.len()).map(move |m| meal(d, m)));
        v1::Menu {
            service_dates: days.map(str::to_owned).to_vec(),
            meals: rows.collect(),
            ..menu()
        }
    };
    let whole = [v1::Meal::Breakfast, v1::Meal::Lunch, v1::Meal::Dinner];
    assert_eq!(points(&menu(&whole, 10, 4)), None);
    let eleven = "5 | 2026-05-11 食物 11 种（≥12）；2026-05-12 食物 11 种（≥12）；2026-05-13 食物 11 种（≥12）";
    assert_eq!(points(&menu(&whole, 9, 9)).as_deref(), Some(eleven));
    let same = "1 | 5 天食物共 21 种（≥25）";
    assert_eq!(points(&menu(&whole, 10, 2)).as_deref(), Some(same));
    assert_eq!(points(&menu(&whole[1..2], 3, 0)), None, "lunch is no day");
    let mut untold = menu(&whole, 9, 0);
    for row in &mut untold.meals {
        row.dishes[0].ingredients.clear();
    }
    assert_eq!(points(&untold), None);
}

/// The notes about so many days of three meals, of which the lunch has these parts.
fn notes(days: usize, parts: &[v1::Ingredient]) -> Vec<String> {
    let dates = [
        "2026-05-11",
        "2026-05-12",
        "2026-05-13",
        "2026-05-14",
        "2026-05-15",
    ];
    let dates = &dates[..days];
    let meal = |date: &str, meal: v1::Meal, parts: Vec<v1::Ingredient>| v1::DayMeal {
        meal: meal.into(),
        dishes: vec![v1::Dish {
            name: format!("{date}{meal:?}"),
            ingredients: parts,
            ..Default::default()
        }],
        ..lunch(date, "")
    };
    let rice = || vec![part("大米", 75.0)];
    let day = |date: &&str| {
        [
            meal(date, v1::Meal::Breakfast, rice()),
            meal(date, v1::Meal::Lunch, parts.to_vec()),
            meal(date, v1::Meal::Dinner, rice()),
        ]
    };
    let menu = v1::Menu {
        service_dates: dates.iter().map(|date| (*date).to_owned()).collect(),
        meals: dates.iter().flat_map(day).collect(),
        ..menu()
    };
    variety::points(&menu).collect()
}

#[test]
fn a_day_has_three_fresh_vegetables_half_of_them_dark() {
    let about = |parts: &[(&str, f64)], what: &str| {
        let parts: Vec<_> = parts
            .iter()
            .map(|(name, grams)| part(name, *grams))
            .collect();
        let mut notes = notes(1, &parts).into_iter();
        notes
            .find(|note| note.contains(what))
            .map(|note| note.replace("2026-05-12 ", ""))
    };
    let few = |n| Some(format!("2026-05-11 新鲜蔬菜 {n} 种（≥3）"));
    for (parts, expected) in [
        (&[("菠菜", 1.0), ("冬瓜", 1.0), ("番茄", 1.0)][..], None),
        (&[("菠菜", 1.0), ("鲜菠菜", 1.0), ("冬瓜", 1.0)], few(2)),
        (&[("大排", 1.0), ("豆腐", 1.0), ("香菇", 1.0)], few(0)),
        (&[("萝卜干", 1.0), ("榨菜", 1.0), ("番茄酱", 1.0)], few(0)),
        (&[("胡萝卜", 1.0), ("白萝卜", 1.0), ("土豆", 1.0)], few(2)),
        // Nobody knows what these are, and they may be vegetables.
        (&[("菠菜", 1.0), ("荠荠头", 1.0), ("山野鲜", 1.0)], None),
    ] {
        assert_eq!(about(parts, "新鲜蔬菜"), expected, "{parts:?}");
    }
    let dark = |told: &str| Some(format!("2026-05-11 深色蔬菜 {told}（≥1/2）"));
    for (parts, expected) in [
        (&[("菠菜", 60.0), ("冬瓜", 60.0)][..], None),
        (
            &[("胡萝卜丝", 59.0), ("白萝卜", 61.0)],
            dark("59 g / 120 g"),
        ),
        (&[("紫甘蓝", 10.0), ("甘蓝", 30.0)], dark("10 g / 40 g")),
        (&[("大排", 110.0)], None),
        (&[("冬瓜", 100.0), ("山野鲜", 100.0)], None),
    ] {
        assert_eq!(about(parts, "深色"), expected, "{parts:?}");
    }
    let cooked = |basis: v1::WeightBasis| v1::Ingredient {
        basis: basis.into(),
        ..part("冬瓜", 100.0)
    };
    let unweighed = v1::Ingredient {
        grams: None,
        ..part("冬瓜", 0.0)
    };
    let told = |other: v1::Ingredient| {
        let notes = notes(1, &[part("菠菜", 20.0), other]).into_iter();
        notes.filter(|note| note.contains("深色")).count()
    };
    assert_eq!(told(cooked(Unspecified)), 1);
    assert_eq!(told(cooked(Cooked)), 0, "raw and cooked are never added up");
    assert_eq!(
        told(cooked(Raw)),
        0,
        "one was weighed raw, of the other nobody knows"
    );
    assert_eq!(told(unweighed), 0, "no data, no note");
}

#[test]
fn milk_liver_and_nuts_are_weighed_where_that_is_told() {
    let about = |days: usize, parts: &[v1::Ingredient], what: &str| {
        let notes = notes(days, parts).into_iter();
        notes.filter(|note| note.contains(what)).collect::<Vec<_>>()
    };
    let day = |told: &str| vec![format!("2026-05-11 {told}")];
    assert_eq!(about(1, &[part("牛奶", 200.0)], "奶"), [""; 0]);
    assert_eq!(
        about(1, &[part("牛奶", 100.0), part("酸奶", 99.0)], "奶"),
        day("奶 199 g（200–300）")
    );
    assert_eq!(
        about(1, &[part("豆浆", 200.0)], "奶"),
        day("奶 0 g（200–300）")
    );
    assert_eq!(about(1, &[part("芝士", 20.0)], "奶"), [""; 0]);
    let box_of = v1::Ingredient {
        grams: None,
        portion: "1盒".into(),
        ..part("纯牛奶", 0.0)
    };
    assert_eq!(about(1, &[box_of], "奶"), [""; 0]);
    assert_eq!(
        about(1, &[part("猪肝", 60.0)], "肝"),
        day("动物肝脏 60 g（20–25）")
    );
    assert_eq!(about(1, &[part("牛肝菌", 60.0)], "肝"), [""; 0]);
    assert_eq!(
        about(5, &[part("牛肝菌", 60.0)], "肝"),
        ["5 天没有动物肝脏（每周 1 次）"]
    );
    assert_eq!(about(4, &[], "肝"), [""; 0], "four days are no week");
    assert_eq!(about(5, &[part("花生米", 12.0)], "坚果"), [""; 0]);
    assert_eq!(
        about(5, &[part("核桃", 20.0)], "坚果"),
        ["5 天坚果 100 g（50–70）"]
    );
    assert_eq!(
        about(5, &[part("花生油", 12.0)], "坚果"),
        ["5 天坚果 0 g（50–70）"]
    );
    assert_eq!(about(4, &[part("核桃", 20.0)], "坚果"), [""; 0]);
}
