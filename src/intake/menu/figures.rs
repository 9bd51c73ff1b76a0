//! Seasonings and nutrition of a meal, as its cells state them.

use super::amount::{Weighed, ingredient, measure, pieces};
use crate::intake::doubt::{Code, Doubt};
use crate::intake::sheet::Cell;
use crate::intake::when::regex;
use crate::wire::v1::{Nutrition, Seasoning};
use regex::Regex;
use std::sync::LazyLock;

/// The seasonings of a cell: 油10g、盐2.5g、糖5g蚝油5g.
pub fn seasoning(cell: &Cell, doubts: &mut Vec<Doubt>) -> Seasoning {
    let mut seasoning = Seasoning::default();
    // A figure beside others in grams.
    let weighed = Weighed {
        in_grams: cell.text.contains(['g', 'G', '克']),
        ..Weighed::default()
    };
    let found = pieces(&cell.text);
    for piece in &found {
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
        let field = match piece.name {
            "油" | "食用油" | "植物油" | "烹调油" | "大豆油" | "色拉油" | "菜油" => {
                &mut seasoning.oil_grams
            }
            "盐" | "食盐" => &mut seasoning.salt_grams,
            "糖" | "白糖" | "食糖" | "白砂糖" => &mut seasoning.sugar_grams,
            "酱油" | "生抽" | "老抽" => &mut seasoning.soy_sauce_grams,
            _ => {
                seasoning.others.push(part);
                continue;
            }
        };
        match part.grams {
            Some(grams) if field.is_none() => *field = Some(grams),
            _ => seasoning.others.push(part),
        }
    }
    if found.is_empty() {
        doubts.push(Doubt::new(
            Code::NotUnderstood,
            cell.place.clone(),
            &cell.typed,
        ));
    }
    seasoning
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
