//! What is eaten: foods, allergens, amounts and days, as tables.

use super::*;
use v1::WeightBasis::{Cooked, Raw};

pub fn told(menu: &v1::Menu) -> Vec<(Code, String)> {
    let mut found = Found::under("m".into());
    let group = group();
    MenuRules::check(menu, &case(&group, "2026-05-08T07:00:00Z"), &mut found);
    let told = |finding: &Finding| {
        let values: Vec<&str> = finding
            .arguments
            .iter()
            .map(|(_, value)| value.as_str())
            .collect();
        (finding.code, values.join(" | "))
    };
    found.findings.iter().map(told).collect()
}

fn of_dishes(dishes: &[&str]) -> v1::Menu {
    let meal = v1::DayMeal {
        dishes: dishes
            .iter()
            .map(|name| v1::Dish {
                name: (*name).into(),
                ..Default::default()
            })
            .collect(),
        ..lunch("2026-05-12", "")
    };
    v1::Menu {
        service_dates: vec!["2026-05-12".into()],
        meals: vec![meal],
        ..menu()
    }
}

#[test]
fn a_forbidden_food_is_told_and_its_neighbours_are_not() {
    let banned =
        |dish: &str, food: &str| vec![(Code::FoodBanned, format!("2026-05-12 | {dish} | {food}"))];
    let ask = |dish: &str| vec![(Code::FoodToAsk, format!("2026-05-12 | {dish} | 豆角"))];
    for (dish, expected) in [
        ("干煸四季豆", banned("干煸四季豆", "四季豆")),
        ("四 季 豆炒肉", banned("四 季 豆炒肉", "四季豆")),
        ("鲜黄花菜汤", banned("鲜黄花菜汤", "鲜黄花菜")),
        ("野生蘑菇煲", banned("野生蘑菇煲", "野生蘑菇")),
        ("肉末豆角", ask("肉末豆角")),
        ("豇豆炒肉", vec![]),
        ("豇豆角炒肉", vec![]),
        ("干黄花菜烧肉", vec![]),
        ("香菇青菜", vec![]),
        ("平菇肉片", vec![]),
        ("土豆丝", vec![]),
        ("四季豆腐", vec![]),
        ("四季豆烧四季豆腐", banned("四季豆烧四季豆腐", "四季豆")),
        ("学生食堂特色面", vec![]),
        ("师生食堂套餐", vec![]),
        ("生食拼盘", banned("生食拼盘", "生食")),
    ] {
        assert_eq!(told(&of_dishes(&[dish])), expected, "{dish}");
    }
    let mut hidden = of_dishes(&["农家小炒"]);
    hidden.meals[0].dishes[0].ingredients = vec![v1::Ingredient {
        name: "四季豆".into(),
        ..Default::default()
    }];
    assert_eq!(told(&hidden), banned("农家小炒", "四季豆"));
}

#[test]
fn a_likely_allergen_is_a_guess_until_it_is_declared() {
    for (dish, allergen) in [
        ("清蒸鲈鱼", Some("鱼 (fish)")),
        ("虾仁豆腐", Some("虾、蟹 (crustaceans)")),
        ("西红柿蛋汤", Some("蛋 (egg)")),
        ("酸奶", Some("奶 (milk)")),
        ("花生米", Some("花生 (peanut)")),
        ("鱼香肉丝", None),
        ("蟹味菇炒肉", None),
        ("奶白菜", None),
        ("豆奶", None),
        ("椰奶西米露", None),
        ("豆奶与牛奶", Some("奶 (milk)")),
    ] {
        let expected = allergen.map(|allergen| {
            (
                Code::AllergenLikely,
                format!("{allergen} | 2026-05-12 {dish} (1)"),
            )
        });
        assert_eq!(
            told(&of_dishes(&[dish])),
            Vec::from_iter(expected),
            "{dish}"
        );
    }
    let declared = |scheme: &str, code: &str| {
        let mut menu = of_dishes(&["清蒸鲈鱼"]);
        menu.meals[0].dishes[0].allergens = vec![v1::Allergen {
            scheme: scheme.into(),
            code: code.into(),
            presence: v1::Presence::Contains.into(),
        }];
        told(&menu).len()
    };
    assert_eq!(declared("EU14", "4"), 0);
    assert_eq!(declared("GB7718", "鱼类"), 0);
    assert_eq!(
        declared("NEIS19", "7"),
        0,
        "a scheme we cannot read may say so"
    );
    assert_eq!(declared("EU14", "3"), 1, "egg is no fish");
}

#[test]
fn a_week_without_its_make_up_saturday_is_doubted() {
    let days = |days: &[&str]| v1::Menu {
        service_dates: days.iter().map(|day| (*day).to_owned()).collect(),
        meals: days.iter().map(|day| lunch(day, "红烧肉")).collect(),
        ..menu()
    };
    // 2026-05-09 is a worked Saturday, in the service week of 05-04.
    assert_eq!(
        told(&days(&["2026-05-06"])),
        [(Code::MakeUpDayMissing, "2026-05-09".to_owned())]
    );
    let mut declared = days(&["2026-05-06"]);
    declared.no_service_days = vec![v1::NoServiceDay {
        date: "2026-05-09".into(),
        reason: v1::NoServiceReason::Outing.into(),
    }];
    assert_eq!(told(&declared), []);
    assert_eq!(told(&days(&["2026-05-11"])), []);
    assert_eq!(
        told(&days(&["2026-05-10"])),
        [(Code::NoSchoolDay, "2026-05-10".to_owned())]
    );
    assert_eq!(
        told(&days(&["2026-05-05"])).len(),
        2,
        "a holiday, and the Saturday"
    );
}

#[test]
fn nutrition_and_variety_are_one_line_below_what_can_make_ill() {
    let mut menu = of_dishes(&["米饭", "干煸四季豆", "西红柿蛋汤"]);
    let meal = &mut menu.meals[0];
    meal.dishes[0].slot = v1::DishSlot::Staple.into();
    meal.dishes[0].ingredients = vec![v1::Ingredient {
        name: "大米".into(),
        grams: Some(75.0),
        ..Default::default()
    }];
    meal.seasoning = Some(v1::Seasoning {
        oil_grams: Some(10.0),
        salt_grams: Some(2.5),
        ..Default::default()
    });
    let told = told(&menu);
    let codes: Vec<Code> = told.iter().map(|(code, _)| *code).collect();
    assert_eq!(
        codes,
        [Code::FoodBanned, Code::AllergenLikely, Code::Nutrition]
    );
    assert_eq!(
        told[2].1,
        "2 | 2026-05-12 谷薯 75.0 g（100.0–140.0）；2026-05-12 盐 2.5 g（0.0–2.0）"
    );
}

#[test]
fn weights_on_different_bases_or_for_different_grades_are_never_added_up() {
    let ingredient = |grams, basis: v1::WeightBasis, band: &str| v1::Ingredient {
        name: "大米".into(),
        grams: Some(grams),
        basis: basis.into(),
        grade_band: band.into(),
        ..Default::default()
    };
    for (parts, notes) in [
        (vec![ingredient(30.0, Raw, "")], 1),
        (
            vec![ingredient(60.0, Raw, ""), ingredient(60.0, Raw, "")],
            0,
        ),
        (vec![ingredient(20.0, Cooked, "")], 0),
        (
            vec![ingredient(20.0, Raw, ""), ingredient(9.0, Cooked, "")],
            0,
        ),
        (
            vec![
                ingredient(20.0, Raw, "1-3年级"),
                ingredient(30.0, Raw, "4-6年级"),
            ],
            0,
        ),
    ] {
        let mut menu = of_dishes(&["米饭"]);
        menu.meals[0].dishes[0].slot = v1::DishSlot::Staple.into();
        menu.meals[0].dishes[0].ingredients = parts;
        assert_eq!(told(&menu).len(), notes);
    }
}

#[test]
fn a_portion_has_a_unit_and_the_size_of_a_person() {
    let of = |portion: &str, grams: Option<f64>| {
        let mut menu = of_dishes(&["大排"]);
        menu.meals[0].dishes[0].ingredients = vec![v1::Ingredient {
            name: "大排".into(),
            grams,
            portion: portion.into(),
            ..Default::default()
        }];
        told(&menu)
    };
    assert_eq!(of("1块", None), []);
    assert_eq!(of("", Some(110.0)), []);
    assert_eq!(of("25", None), [(Code::UnitMissing, "25".to_owned())]);
    assert_eq!(
        of("", Some(5_000.0)),
        [(Code::PortionUnlikely, "5000".to_owned())]
    );
}

#[test]
fn a_dish_has_about_the_size_that_is_usual_in_its_place() {
    use v1::DishSlot::{Main, Staple, Unspecified, Vegetable};
    let of = |slot: v1::DishSlot, grams: &[f64], bands: &[&str]| {
        let mut menu = of_dishes(&["一菜"]);
        let dish = &mut menu.meals[0].dishes[0];
        dish.slot = slot.into();
        let parts = grams.iter().zip(bands.iter().cycle());
        dish.ingredients = parts
            .map(|(grams, band)| v1::Ingredient {
                name: "料".into(),
                grams: Some(*grams),
                grade_band: (*band).into(),
                ..Default::default()
            })
            .collect();
        let told = told(&menu).into_iter();
        let doubts = told.filter(|(code, _)| *code == Code::PortionUnlikely);
        doubts.map(|(_, grams)| grams).collect::<Vec<_>>()
    };
    assert_eq!(of(Main, &[110.0, 5.0], &[""]), [""; 0]);
    assert_eq!(of(Main, &[11.0], &[""]), ["11"]);
    assert_eq!(of(Staple, &[7.5], &[""]), ["7.5"]);
    assert_eq!(of(Vegetable, &[450.0, 400.0], &[""]), ["850"]);
    assert_eq!(of(Vegetable, &[110.0], &[""]), [""; 0]);
    assert_eq!(of(Vegetable, &[1_100.0], &[""]), ["1100"], "said once");
    assert_eq!(of(Unspecified, &[7.5], &[""]), [""; 0]);
    assert_eq!(of(Staple, &[7.5, 8.0], &["1-3年级", "4-6年级"]), [""; 0]);
}

#[test]
fn a_lunch_of_meat_alone_is_told() {
    use v1::DishSlot::{Main, Staple, Unspecified, Vegetable};
    let of = |slots: &[v1::DishSlot]| {
        let names = ["米饭", "红烧肉", "炒青菜"];
        let mut menu = of_dishes(&names[..slots.len()]);
        for (dish, slot) in menu.meals[0].dishes.iter_mut().zip(slots) {
            dish.slot = (*slot).into();
        }
        told(&menu)
    };
    let bare = [(Code::Nutrition, "1 | 2026-05-12 没有素菜".to_owned())];
    assert_eq!(of(&[Staple, Main]), bare);
    assert_eq!(of(&[Staple, Main, Vegetable]), []);
    assert_eq!(
        of(&[Staple, Main, Unspecified]),
        [],
        "nobody said what it is"
    );
    assert_eq!(of(&[Main]), [], "a list of main dishes");
}
