//! What canteens call meals, slots and days without a meal.

use crate::intake::fold::key;
use crate::intake::words::{Table, exactly, first};
use crate::wire::v1::{DishSlot, Meal, NoServiceReason};
use std::ops::Range;

const MEALS: &Table<Meal> = &[
    (
        Meal::MorningSnack,
        &[
            "早点",
            "上午点心",
            "上午点",
            "早茶",
            "课间餐",
            "上午加餐",
            "早加餐",
            "间点",
        ],
    ),
    (
        Meal::AfternoonSnack,
        &[
            "午点",
            "下午点心",
            "下午点",
            "午茶",
            "下午茶",
            "下午加餐",
            "午加餐",
        ],
    ),
    (Meal::Breakfast, &["早餐", "早饭", "早膳"]),
    (
        Meal::Lunch,
        &["午餐", "中餐", "午饭", "中饭", "午膳", "午间"],
    ),
    (Meal::Dinner, &["晚餐", "晚饭", "晚膳"]),
];

/// The meal a whole cell names.
#[must_use]
pub fn meal(text: &str) -> Option<Meal> {
    let short = || match key(text).as_str() {
        "早" => Some(Meal::Breakfast),
        "中" | "午" => Some(Meal::Lunch),
        "晚" => Some(Meal::Dinner),
        _ => None,
    };
    exactly(MEALS, text).or_else(short)
}

/// The meal a text names first, and where.
#[must_use]
pub fn meal_in(text: &str) -> Option<(Meal, Range<usize>)> {
    first(MEALS, text)
}

/// Why what is served at another meal is left out.
pub const OTHER_MEAL: &str = "食谱里没有这个餐次 a menu has no such meal";

/// Whether a text begins with a meal that a menu has no place for.
#[must_use]
pub fn is_other_meal(text: &str) -> bool {
    ["夜宵", "宵夜", "晚点", "夜点", "晚加餐"]
        .iter()
        .any(|meal| text.starts_with(meal))
}

const SLOTS: &Table<DishSlot> = &[
    (DishSlot::Staple, &["主食", "饭", "主食类"]),
    (
        DishSlot::Main,
        &[
            "大荤",
            "主菜",
            "主荤",
            "荤菜",
            "大荤菜",
            "荤菜一",
            "荤菜1",
            "全荤",
            "纯荤",
        ],
    ),
    (
        DishSlot::HalfMeat,
        &[
            "小荤",
            "半荤",
            "小荤菜",
            "花荤",
            "荤菜二",
            "荤菜2",
            "半荤菜",
            "半荤半素",
        ],
    ),
    (
        DishSlot::Vegetable,
        &[
            "素菜",
            "蔬菜",
            "时蔬",
            "青菜",
            "素",
            "素菜一",
            "素菜二",
            "蔬菜类",
            "炒素",
        ],
    ),
    (
        DishSlot::Soup,
        &["汤", "汤品", "例汤", "汤羹", "汤类", "汤羹类"],
    ),
    (DishSlot::Snack, &["点心", "小点", "糕点", "面点", "点心类"]),
    (DishSlot::Fruit, &["水果", "时令水果", "果品", "水果类"]),
    (
        DishSlot::Milk,
        &[
            "牛奶",
            "奶",
            "奶制品",
            "乳品",
            "奶类",
            "酸奶",
            "乳制品",
            "饮品",
        ],
    ),
    (
        DishSlot::CoarseGrain,
        &["粗粮", "杂粮", "粗粮类", "五谷杂粮"],
    ),
];

/// The slot a whole cell names.
#[must_use]
pub fn slot(text: &str) -> Option<DishSlot> {
    let name = key(text);
    let bare = name.trim_end_matches(|c: char| "0123456789一二三四()①②③".contains(c));
    exactly(SLOTS, &name).or_else(|| exactly(SLOTS, bare))
}

/// Whether a slot's word is also something to eat: without a colon behind it, or a heading, it is a dish.
#[must_use]
pub fn is_food(text: &str) -> bool {
    let name = key(text);
    let foods = [
        "青菜",
        "蔬菜",
        "时蔬",
        "牛奶",
        "酸奶",
        "水果",
        "时令水果",
        "例汤",
        "点心",
        "糕点",
        "面点",
        "饮品",
        "杂粮",
    ];
    foods.contains(&name.as_str())
}

/// Whether a text says that the staff eats.
#[must_use]
pub fn is_staff(text: &str) -> bool {
    let names = ["教工", "教师", "职工", "员工", "教职"];
    names.iter().any(|name| text.contains(name)) && !text.contains("学生")
}

/// Whether a whole cell says that there is none of it.
#[must_use]
pub fn is_nothing(text: &str) -> bool {
    matches!(key(text).as_str(), "无" | "不含" | "没有" | "暂无")
}

/// Whether a whole cell says that seasonings follow.
#[must_use]
pub fn is_seasoning(text: &str) -> bool {
    matches!(
        key(text).as_str(),
        "调味品" | "调料" | "调味料" | "佐料" | "调味" | "油盐" | "调味品类" | "烹调用料"
    )
}

/// What a cell says of a day without a meal: the reason, when it says that there is none.
#[must_use]
pub fn no_service(text: &str) -> Option<NoServiceReason> {
    let table: &Table<NoServiceReason> = &[
        (
            NoServiceReason::Outing,
            &["秋游", "春游", "研学", "运动会", "社会实践", "外出", "远足"],
        ),
        (
            NoServiceReason::Kitchen,
            &["检修", "停水", "停电", "维修", "停气"],
        ),
        (
            NoServiceReason::Holiday,
            &[
                "放假",
                "连假",
                "假期",
                "休假",
                "国庆",
                "中秋",
                "端午",
                "清明",
                "元旦",
                "劳动节",
                "五一",
                "春节",
            ],
        ),
        (
            NoServiceReason::Other,
            &[
                "停餐",
                "不供餐",
                "无餐",
                "不用餐",
                "停供",
                "不供应",
                "休息",
                "停伙",
                "离校",
                "返家",
            ],
        ),
    ];
    // 停餐(运动会) says why, too: the reasons before the mere word.
    let said = table
        .iter()
        .find(|(_, words)| words.iter().any(|word| text.contains(word)));
    // A dish may hold such a word (五一特色套餐): only what says little else is a declaration.
    let words = table.iter().flat_map(|(_, words)| words.iter());
    let rest = words.fold(text.to_owned(), |rest, word| rest.replace(word, ""));
    let mut rest = rest.chars().filter(|c| c.is_alphabetic());
    let strong = ["停餐", "不供餐", "无餐", "不用餐", "停供", "不供应", "停伙"];
    let strong = text.chars().count() <= 16 && strong.iter().any(|word| text.contains(word));
    let bare =
        strong || rest.all(|c| "节日假期活动师生全校体因中午早晚餐当天不用供暂就的".contains(c));
    said.filter(|_| bare).map(|(reason, _)| *reason)
}
