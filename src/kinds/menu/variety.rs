//! Variety, held against WS/T 554-2017 学生餐营养指南: kinds of food, dark vegetables, liver, milk and nuts, dishes that
//! come again. The guide counts whole days, so a canteen that serves lunch alone is not held to it, nor is a day
//! of which some dish does not say what is in it; and what was weighed in different states is never added up.

use super::foods;
use super::nutrition::weighed;
use crate::wire::v1;
use std::collections::{BTreeMap, BTreeSet};
use v1::{DishSlot as Slot, Meal};

/// The kinds of food that a whole day, breakfast to dinner, holds at least, and so many of them together.
const FOODS_A_DAY: usize = 12;
const FOODS_A_WEEK: usize = 25;
const DAYS_OF_A_WEEK: usize = 5;
/// From so many days on one staple is one for long.
const DAYS_OF_ONE_STAPLE: usize = 5;
/// The kinds of fresh vegetables of a day, at least.
const VEGETABLES_A_DAY: usize = 3;
/// Grams a person: milk a day, liver at the one time in a week, nuts a week.
const MILK: (f64, f64) = (200.0, 300.0);
const LIVER: (f64, f64) = (20.0, 25.0);
const NUTS: (f64, f64) = (50.0, 70.0);

/// What is cooked with, and counts as no food.
const SEASONINGS: &str = "盐 食盐 油 食用油 植物油 菜油 糖 白糖 酱油 生抽 老抽 料酒 醋 味精 鸡精 葱 \
    小葱 香葱 姜 生姜 蒜 大蒜 淀粉 水";

/// Vegetables of deep green, red, orange or purple, after 中国居民膳食指南 (2022). A word that may mean a dark one or a
/// pale one (芹菜, 青椒, 白菜) stands here: a note has to be sure.
const DARK: &str = "菠菜 油菜 青菜 上海青 小白菜 白菜 鸡毛菜 油麦菜 生菜 空心菜 蕹菜 莴笋叶 韭菜 西兰花 \
    西蓝花 茼蒿 芥菜 芥蓝 荠菜 西洋菜 豆瓣菜 萝卜缨 菜心 菜薹 菜苔 乌塌菜 塌菜 苋菜 \
    木耳菜 马兰头 香菜 芹菜 西芹 豌豆苗 豆苗 红薯叶 秋葵 豇豆 荷兰豆 青椒 红椒 彩椒 \
    甜椒 辣椒 番茄 西红柿 胡萝卜 南瓜 紫甘蓝";
/// Pale vegetables. Mushrooms and seaweed are counted apart by the guide, potatoes with the staples.
const PALE: &str = "大白菜 娃娃菜 卷心菜 包菜 圆白菜 甘蓝 花菜 菜花 白萝卜 萝卜 黄瓜 冬瓜 丝瓜 \
    西葫芦 葫芦 瓠子 苦瓜 茄子 莴笋 莴苣 藕 茭白 笋 豆芽 银芽 洋葱 毛豆 豌豆 蚕豆 \
    扁豆 刀豆 蒜苗 蒜薹";
/// What makes another food of a vegetable, or no fresh one: dried, pickled, ground, a filling or a seed.
const NOT_FRESH: &str = "干 腌 泡 酱 咸 榨 罐头 面 粉 汁 糕 饼 饺 包子 馄饨 籽 南瓜子";
/// What tells of a food that is no vegetable. What neither this nor a table of vegetables knows may be one.
const OTHER: &str = "肉 排 鸡 鸭 鹅 鸽 鱼 虾 蟹 贝 肝 血 肠 腿 蛋 奶 豆腐 豆干 香干 百叶 千张 \
    腐竹 素鸡 豆浆 黄豆 绿豆 红豆 黑豆 面 米 粉 馒头 包 饺 糕 饼 粥 麦 薯 土豆 \
    马铃薯 山药 芋 菇 木耳 银耳 海带 紫菜 果 梨 蕉 橙 橘 枣 仁 花生";
/// Milk, and what is only called so or holds another share of it.
const MILKS: &str = "牛奶 鲜奶 纯奶 酸奶";
const NO_MILK: &str = "奶粉 牛奶糖 酸奶油";
/// Nuts, and what is only made of them.
const NUT: &str = "核桃 花生 腰果 杏仁 榛子 松子 开心果 瓜子 葵花籽 巴旦木 夏威夷果";
const NO_NUT: &str = "花生油 花生酱 花生奶 花生露 核桃奶 核桃露 核桃油 杏仁奶 杏仁豆腐";

/// A day of which every dish of three meals says what is in it.
struct Day<'a> {
    date: &'a str,
    parts: Vec<&'a v1::Ingredient>,
}

/// What could be better.
pub fn points(menu: &v1::Menu) -> impl Iterator<Item = String> {
    let days = whole_days(menu);
    let of_days = days.iter().flat_map(|day| {
        let all = [few_foods(day), few_vegetables(day), pale(day), milk(day)];
        all.into_iter().flatten()
    });
    let of_days: Vec<String> = of_days.chain(of_week(&days)).collect();
    of_days.into_iter().chain(liver(menu)).chain(again(menu))
}

fn whole_days(menu: &v1::Menu) -> Vec<Day<'_>> {
    let dates: BTreeSet<&str> = menu.meals.iter().map(|row| row.date.as_str()).collect();
    let whole = dates.into_iter().filter_map(|date| {
        let rows = || menu.meals.iter().filter(|row| row.date == date);
        let meals = [Meal::Breakfast, Meal::Lunch, Meal::Dinner];
        let served = |meal: &Meal| rows().any(|row| row.meal() == *meal && !row.dishes.is_empty());
        let dishes = || rows().flat_map(|row| &row.dishes);
        let told = dishes().all(|dish| !dish.ingredients.is_empty());
        let parts = dishes().flat_map(|dish| &dish.ingredients).collect();
        (told && meals.iter().all(served)).then_some(Day { date, parts })
    });
    whole.collect()
}

/// Whether a name tells of one of some words, apart from those in which it means something else.
fn tells(name: &str, words: &str, unless: &str) -> bool {
    let [words, unless] = [words, unless].map(|list| list.split_whitespace().collect::<Vec<_>>());
    foods::tells(name, &words, &unless)
}

fn is_seasoning(name: &str) -> bool {
    SEASONINGS.split(' ').any(|seasoning| seasoning == name)
}

fn name(part: &v1::Ingredient) -> String {
    part.name.split_whitespace().collect()
}

/// The kinds of food of a day.
fn foods(day: &Day<'_>) -> BTreeSet<String> {
    let names = day.parts.iter().map(|part| name(part));
    let foods = names.filter(|name| !is_seasoning(name));
    foods.collect()
}

fn few_foods(day: &Day<'_>) -> Option<String> {
    let number = foods(day).len();
    (number < FOODS_A_DAY).then(|| format!("{} 食物 {number} 种（≥{FOODS_A_DAY}）", day.date))
}

/// What a food is to the vegetables of a day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Plant {
    Dark(&'static str),
    Pale(&'static str),
    /// Nobody can tell: it may be a vegetable.
    Unknown(String),
    /// Something else.
    Other,
}

fn plant(part: &v1::Ingredient) -> Plant {
    let name = name(part);
    let fresh = !tells(&name, NOT_FRESH, "");
    let named = |table: &'static str| {
        let words = table.split(' ').filter(|word| fresh && name.contains(word));
        words.max_by_key(|word| word.len())
    };
    // Of two words the longer: 胡萝卜 is no 萝卜, 紫甘蓝 no 甘蓝.
    match (named(DARK), named(PALE)) {
        (Some(dark), pale) if pale.is_none_or(|pale| pale.len() <= dark.len()) => Plant::Dark(dark),
        (_, Some(pale)) => Plant::Pale(pale),
        _ if !fresh || tells(&name, OTHER, "") || is_seasoning(&name) => Plant::Other,
        _ => Plant::Unknown(name),
    }
}

fn few_vegetables(day: &Day<'_>) -> Option<String> {
    let kinds: BTreeSet<Plant> = day.parts.iter().map(|part| plant(part)).collect();
    let may_be = kinds.iter().filter(|kind| **kind != Plant::Other).count();
    (may_be < VEGETABLES_A_DAY).then(|| {
        let date = day.date;
        format!("{date} 新鲜蔬菜 {may_be} 种（≥{VEGETABLES_A_DAY}）")
    })
}

/// Less than half of the vegetables of a day are dark.
fn pale(day: &Day<'_>) -> Option<String> {
    let weight = |counts: fn(&Plant) -> bool| {
        let parts = day.parts.iter().filter(|part| counts(&plant(part)));
        weighed(&parts.copied().collect::<Vec<_>>())
    };
    let dark = weight(|plant| matches!(plant, Plant::Dark(_) | Plant::Unknown(_)))?;
    let all = weight(|plant| *plant != Plant::Other)?;
    (dark * 2.0 < all).then(|| format!("{} 深色蔬菜 {dark:.0} g / {all:.0} g（≥1/2）", day.date))
}

/// A weight outside its range, in words; `None` where it lies within, or was not told.
fn outside(what: &str, grams: Option<f64>, (least, most): (f64, f64)) -> Option<String> {
    let grams = grams.filter(|grams| *grams < least || *grams > most)?;
    Some(format!("{what} {grams:.0} g（{least:.0}–{most:.0}）"))
}

fn of<'a>(parts: &[&'a v1::Ingredient], words: &str, unless: &str) -> Vec<&'a v1::Ingredient> {
    let is = |part: &&&v1::Ingredient| tells(&name(part), words, unless);
    parts.iter().filter(is).copied().collect()
}

fn milk(day: &Day<'_>) -> Option<String> {
    // Cheese and powder are milk of another weight.
    if !of(&day.parts, "奶酪 芝士 奶粉", "").is_empty() {
        return None;
    }
    let milk = of(&day.parts, MILKS, NO_MILK);
    outside(&format!("{} 奶", day.date), weighed(&milk), MILK)
}

/// What a week of whole days lacks.
fn of_week(days: &[Day<'_>]) -> Vec<String> {
    if days.len() < DAYS_OF_A_WEEK {
        return Vec::new();
    }
    let number = days.len();
    let kinds: BTreeSet<String> = days.iter().flat_map(foods).collect();
    let kinds = kinds.len();
    let few =
        (kinds < FOODS_A_WEEK).then(|| format!("{number} 天食物共 {kinds} 种（≥{FOODS_A_WEEK}）"));
    let parts: Vec<&v1::Ingredient> = days.iter().flat_map(|day| day.parts.clone()).collect();
    let nuts = of(&parts, NUT, NO_NUT);
    let nuts = outside(&format!("{number} 天坚果"), weighed(&nuts), NUTS);
    let no_liver = of(&parts, "肝", NO_LIVER).is_empty();
    let no_liver = no_liver.then(|| format!("{number} 天没有动物肝脏（每周 1 次）"));
    [few, nuts, no_liver].into_iter().flatten().collect()
}

/// A mushroom that is called after liver.
const NO_LIVER: &str = "牛肝菌";

/// Liver, where there is some.
fn liver(menu: &v1::Menu) -> Vec<String> {
    let of_meal = |row: &v1::DayMeal| {
        let parts: Vec<_> = row
            .dishes
            .iter()
            .flat_map(|dish| &dish.ingredients)
            .collect();
        let liver = of(&parts, "肝", NO_LIVER);
        let grams = weighed(&liver).filter(|_| !liver.is_empty());
        outside(&format!("{} 动物肝脏", row.date), grams, LIVER)
    };
    menu.meals.iter().filter_map(of_meal).collect()
}

/// Dishes that come again, and one staple for long.
fn again(menu: &v1::Menu) -> Vec<String> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    let mut staples: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in &menu.meals {
        for dish in &row.dishes {
            match dish.slot() {
                Slot::Staple => _ = staples.entry(&dish.name).or_default().insert(&row.date),
                Slot::Fruit | Slot::Milk => {}
                _ => *times.entry(&dish.name).or_default() += 1,
            }
        }
    }
    let again = times.into_iter().filter(|(_, times)| *times > 1);
    let again = again.map(|(dish, times)| format!("{dish} {times} 次"));
    let long = staples
        .into_iter()
        .filter(|(_, days)| days.len() >= DAYS_OF_ONE_STAPLE);
    let long = long.map(|(staple, days)| format!("主食 {} 天都是{staple}", days.len()));
    again.chain(long).collect()
}
