//! What is said of dishes.

use super::*;

fn dish(name: &str, allergens: &[(&str, v1::Presence)]) -> v1::Dish {
    let allergen = |(code, presence): &(&str, v1::Presence)| v1::Allergen {
        scheme: "GB7718".to_owned(),
        code: (*code).to_owned(),
        presence: (*presence).into(),
    };
    v1::Dish {
        name: name.to_owned(),
        allergens: allergens.iter().map(allergen).collect(),
        ..Default::default()
    }
}

#[test]
fn an_ingredient_of_one_dish_is_more_than_a_trace_of_another() {
    use v1::Presence::{Contains, Traces};
    let dishes = [
        dish("蛋炒饭", &[("蛋类", Traces)]),
        dish("蒸蛋", &[("蛋类", Contains)]),
        dish("蒸蛋", &[("蛋类", Traces), ("乳", Traces)]),
    ];
    let declared = declared(dishes.iter());
    let rows = declared
        .iter()
        .map(|row| (row.code.as_str(), row.presence(), row.dishes.join("、")));
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [
            ("乳", Traces, "蒸蛋".to_owned()),
            ("蛋类", Contains, "蛋炒饭、蒸蛋".to_owned()),
        ]
    );
}

#[test]
fn what_is_declared_is_no_guess_and_a_guess_is_never_declared() {
    let dishes = [
        dish("红烧鱼块", &[]),
        dish("鱼香肉丝", &[]),
        dish("清蒸鲈鱼", &[("鱼类", v1::Presence::Contains)]),
    ];
    let likely = likely(dishes.iter());
    let rows = likely
        .iter()
        .map(|row| (row.name.as_str(), row.dishes.join("、")));
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [("鱼 (fish)", "红烧鱼块".to_owned())]
    );
    assert_eq!(declared(dishes.iter()).len(), 1);
}
