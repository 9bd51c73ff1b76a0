//! What people head the columns of a menu with.

use super::amount::BAND;
use super::draft::Under;
use super::{figures, words};
use crate::intake::fold::key;
use crate::intake::sheet::Cell;
use crate::wire::v1::DishSlot;

/// What a column holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Role {
    /// The day.
    Day,
    /// The meal.
    Meal,
    /// The slot.
    Slot,
    /// The dish.
    Dish,
    /// What it is made of.
    Parts,
    /// Its weight, for a band of grades or for everybody (empty).
    Grams(String),
    /// Everything of a meal or slot.
    Of(Under),
    /// Figures of nutrition.
    Nutrition,
    /// What it declares of allergens.
    Allergens,
    /// How many eat.
    Diners,
    /// A number in a row.
    Counter,
    /// Something else that is known to be of no use.
    Other,
}

/// Headings by their words, whatever stands in brackets behind them.
const WORDS: [(Role, &[&str]); 8] = [
    (
        Role::Day,
        &[
            "日期",
            "星期",
            "时间",
            "周次",
            "日",
            "周",
            "供餐日期",
            "用餐日期",
            "就餐日期",
            "供应日期",
            "星期日期",
            "日期星期",
        ],
    ),
    (
        Role::Meal,
        &["餐次", "餐别", "餐名", "餐类", "餐种", "用餐", "餐段"],
    ),
    (
        Role::Slot,
        &[
            "类别",
            "种类",
            "分类",
            "类型",
            "菜类",
            "菜别",
            "项目",
            "品类",
            "菜品类别",
            "菜品分类",
            "菜品类型",
        ],
    ),
    (
        Role::Dish,
        &[
            "品名",
            "菜名",
            "菜品",
            "菜肴",
            "菜谱",
            "食谱",
            "菜单",
            "名称",
            "餐点",
            "内容",
            "菜式",
            "饭菜",
            "餐品",
            "菜品名称",
            "食物名称",
            "菜肴名称",
            "食品名称",
            "供餐内容",
        ],
    ),
    (
        Role::Parts,
        &[
            "主配料",
            "配料",
            "食材",
            "原料",
            "主料",
            "用料",
            "材料",
            "带量",
            "原材料",
            "主要食材",
            "主要原料",
            "带量食材",
            "食材名称",
            "食物",
            "原料名称",
            "食材及用量",
            "配料及用量",
            "原料及用量",
        ],
    ),
    (
        Role::Grams(String::new()),
        &[
            "克重",
            "重量",
            "用量",
            "份量",
            "分量",
            "数量",
            "净重",
            "生重",
            "熟重",
            "克数",
            "克",
            "g",
            "量",
            "生重量",
            "可食部",
            "每份用量",
            "人均用量",
            "每人用量",
            "单人份量",
        ],
    ),
    (Role::Diners, &["就餐人数", "用餐人数", "人数", "份数"]),
    (Role::Counter, &["序号", "编号", "no", "no."]),
];

/// What a heading says of its column.
pub fn role(cell: &Cell) -> Option<Role> {
    let name = key(&cell.text);
    let bare = name.split(['(', '/']).next().unwrap_or_default();
    if name.is_empty() || name.chars().count() > 24 {
        return None;
    }
    if !figures::nutrients(&name).is_empty() {
        return Some(Role::Nutrition);
    }
    // 菜品1, 菜品二 are two columns of one meaning.
    let first = bare.trim_end_matches(|c: char| c.is_ascii_digit() || "一二三四五".contains(c));
    let called = |(role, words): &(Role, &[&str])| {
        words.contains(&bare)
            || (matches!(role, Role::Dish | Role::Parts) && words.contains(&first))
    };
    if let Some((role, _)) = WORDS.into_iter().find(called) {
        return Some(role);
    }
    if let Some(band) = BAND.find(&cell.text) {
        let band = cell.typed_of(band.as_str());
        return Some(Role::Grams(band.split_whitespace().collect()));
    }
    let slot = words::slot(&name).or_else(|| words::slot(bare));
    // 午餐主食 says both.
    let both = words::meal_in(bare)
        .filter(|(_, at)| at.start == 0)
        .and_then(|(meal, at)| {
            let behind = bare[at.end..].trim_matches(['-', ':']);
            let dishes = ["菜品", "菜谱", "食谱", "菜单", "菜名", "内容"].contains(&behind);
            let slot = words::slot(behind).or(dishes.then_some(DishSlot::Unspecified));
            Some((meal, slot?))
        });
    let slot = both.as_ref().map(|(_, slot)| *slot).or(slot);
    let under = Under {
        meal: both.map(|(meal, _)| meal).or(words::meal(bare)),
        slot: slot.unwrap_or(DishSlot::Unspecified),
        seasoning: words::is_seasoning(bare),
    };
    if under != Under::default() {
        return Some(Role::Of(under));
    }
    if name.contains("过敏") || name.contains("致敏") {
        return Some(Role::Allergens);
    }
    let useless = ["备注", "说明", "价格", "单价", "做法", "烹饪"];
    useless
        .iter()
        .any(|word| name.contains(word))
        .then_some(Role::Other)
}
