//! Seasonings and nutrition of a meal, as its cells state them.

use super::amount::{Weighed, ingredient, measure, pieces};
use crate::intake::doubt::{Code, Doubt};
use crate::intake::fold::key;
use crate::intake::sheet::Cell;
use crate::intake::when::regex;
use crate::wire::v1::{Dish, Ingredient, Nutrition, Seasoning};
use regex::Regex;
use std::sync::LazyLock;

const OIL: [&str; 8] = [
    "油",
    "食用油",
    "植物油",
    "烹调油",
    "大豆油",
    "色拉油",
    "菜油",
    "菜籽油",
];
const SALT: [&str; 2] = ["盐", "食盐"];
const SUGAR: [&str; 4] = ["糖", "白糖", "食糖", "白砂糖"];
const SOY_SAUCE: [&str; 3] = ["酱油", "生抽", "老抽"];
const OTHERS: [&str; 10] = [
    "味精",
    "鸡精",
    "醋",
    "香醋",
    "米醋",
    "料酒",
    "黄酒",
    "蚝油",
    "香油",
    "豆瓣酱",
];

/// Whether a whole name is a seasoning's, and no dish's.
#[must_use]
pub fn is_seasoning(name: &str) -> bool {
    let name = key(name);
    let all = [&OIL[..], &SALT, &SUGAR, &SOY_SAUCE, &OTHERS];
    all.iter().any(|names| names.contains(&name.as_str()))
}

/// The seasonings of a cell: 油10g、盐2.5g、糖5g蚝油5g.
pub fn seasoning(cell: &Cell, doubts: &mut Vec<Doubt>) -> Vec<Ingredient> {
    let mut parts = Vec::new();
    // A figure beside others in grams.
    let weighed = Weighed {
        in_grams: cell.text.contains(['g', 'G', '克']),
        ..Weighed::default()
    };
    let mut from = 0;
    for piece in &pieces(&cell.text) {
        unweighed(cell, &cell.text[from..piece.at.start], &mut parts, doubts);
        from = piece.at.end;
        if piece.name.is_empty() {
            let typed = cell.typed_of(piece.amount);
            doubts.push(Doubt::new(
                Code::SeasoningUnnamed,
                cell.place.clone(),
                typed,
            ));
            continue;
        }
        let mut part = ingredient(cell.typed_of(piece.name), Weighed::default());
        measure(piece, cell, weighed, &mut part, doubts);
        parts.push(part);
    }
    unweighed(cell, &cell.text[from..], &mut parts, doubts);
    parts
}

/// Seasonings that are named without an amount: 盐、油、酱油.
fn unweighed(cell: &Cell, text: &str, parts: &mut Vec<Ingredient>, doubts: &mut Vec<Doubt>) {
    let names = text.split(|c: char| c.is_whitespace() || "、,;|/+:。()各适量".contains(c));
    for name in names.filter(|name| !name.is_empty()) {
        let typed = cell.typed_of(name);
        parts.push(ingredient(typed, Weighed::default()));
        doubts.push(Doubt::new(Code::AmountMissing, cell.place.clone(), typed));
    }
}

/// What a dish that is a seasoning says: its amounts, or its mere name.
pub fn parts(dish: Dish) -> Vec<Ingredient> {
    match dish.ingredients.is_empty() {
        true => vec![ingredient(&dish.name, Weighed::default())],
        false => dish.ingredients,
    }
}

/// Writes an amount of a seasoning into its field; what has none, or is there already, stands beside.
pub fn season(seasoning: &mut Seasoning, part: Ingredient) {
    let name = key(&part.name);
    let is = |names: &[&str]| names.contains(&name.as_str());
    let field = if is(&OIL) {
        Some(&mut seasoning.oil_grams)
    } else if is(&SALT) {
        Some(&mut seasoning.salt_grams)
    } else if is(&SUGAR) {
        Some(&mut seasoning.sugar_grams)
    } else if is(&SOY_SAUCE) {
        Some(&mut seasoning.soy_sauce_grams)
    } else {
        None
    };
    match (field, part.grams) {
        (Some(field), Some(grams)) if field.is_none() && part.grade_band.is_empty() => {
            *field = Some(grams);
        }
        _ => seasoning.others.push(part),
    }
}

/// A figure of nutrition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nutrient {
    /// Energy.
    Energy,
    /// Protein.
    Protein,
    /// Fat.
    Fat,
    /// Carbohydrate.
    Carbohydrate,
}

/// The nutrients that a heading names, in its order.
#[must_use]
pub fn nutrients(heading: &str) -> Vec<Nutrient> {
    static NAMES: LazyLock<Regex> = LazyLock::new(|| {
        regex("(能量|热量|热能|大卡|千卡)|(蛋白质|蛋白)|(脂肪)|(碳水化合物|碳水|糖类)")
    });
    let mut found: Vec<Nutrient> = Vec::new();
    for captures in NAMES.captures_iter(heading) {
        let all = [
            Nutrient::Energy,
            Nutrient::Protein,
            Nutrient::Fat,
            Nutrient::Carbohydrate,
        ];
        let named = (1..=4).position(|group| captures.get(group).is_some());
        found.extend(
            named
                .map(|index| all[index])
                .filter(|nutrient| !found.contains(nutrient)),
        );
    }
    found
}

/// Writes the figures of a cell into the nutrients of its heading. Two values of one (低/高) leave the
/// first; joules are not calories.
pub fn nutrition(heading: &Cell, cell: &Cell, into: &mut Nutrition, doubts: &mut Vec<Doubt>) {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| regex(r"\d+(?:\.\d+)?"));
    let named = nutrients(&heading.text);
    // 能量688 蛋白质31: the cell names them itself.
    let inside = nutrients(&cell.text);
    let named = if inside.is_empty() { named } else { inside };
    let numbers: Vec<f64> = NUMBER
        .find_iter(&cell.text)
        .filter_map(|n| n.as_str().parse().ok())
        .collect();
    let joules = format!("{}{}", heading.text, cell.text).to_lowercase();
    let doubt = |code| Doubt::new(code, cell.place.clone(), &cell.typed);
    if numbers.is_empty()
        || numbers.len() < named.len()
        || joules.contains("kj")
        || joules.contains("千焦")
    {
        return doubts.push(doubt(Code::NotUnderstood).with(&heading.typed));
    }
    let two = named.len() == 1 && numbers.len() == 2;
    if two {
        doubts.push(doubt(Code::TwoValues).as_(numbers[0]).with(&heading.typed));
    } else if numbers.len() > named.len() {
        doubts.push(doubt(Code::NotUnderstood).with(&heading.typed));
        return;
    }
    for (nutrient, number) in named.into_iter().zip(numbers) {
        let field = match nutrient {
            Nutrient::Energy => &mut into.energy_kcal,
            Nutrient::Protein => &mut into.protein_grams,
            Nutrient::Fat => &mut into.fat_grams,
            Nutrient::Carbohydrate => &mut into.carbohydrate_grams,
        };
        *field = Some(number);
    }
}
