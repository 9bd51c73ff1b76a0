//! Foods that stand above all other notes: what school canteens must not serve, and what can make a child
//! ill that nobody was told of.

use crate::kinds::found::Found;
use crate::model::finding::{Code, Finding};
use crate::wire::v1;

/// What must not be served: 学校食品安全与营养健康管理规定 (in force 2019-04-01) forbids cold dishes, raw
/// food, decorated cream cakes, green beans, fresh daylilies, wild mushrooms and sprouted potatoes. Cowpeas
/// (豇豆), grown mushrooms and dried daylilies are allowed, and none of these words is in their names.
const BANNED: [&str; 10] = [
    "四季豆",
    "鲜黄花菜",
    "野生蘑菇",
    "野生菌",
    "野蘑菇",
    "发芽土豆",
    "发芽马铃薯",
    "裱花蛋糕",
    "冷荤",
    "生食",
];

/// Words in which those tell of something else: tofu (四季豆腐), peanuts (花生食品), who eats (学生食堂).
const NOT_BANNED: [&str; 8] = [
    "四季豆腐",
    "花生食",
    "学生食",
    "师生食",
    "新生食",
    "考生食",
    "养生食",
    "卫生食",
];

/// A word that means green beans in some kitchens and cowpeas in others, and the words that settle it.
const TO_ASK: (&str, &[&str]) = ("豆角", &["豇豆"]);

/// A food that makes some children ill, and how its name tells.
struct Allergen {
    name: &'static str,
    /// Words that tell of it.
    words: &'static [&'static str],
    /// Words in which those tell of something else.
    unless: &'static [&'static str],
    /// How it is declared: scheme and code. GB 7718-2025 names eight groups, the EU numbers or letters
    /// fourteen (Regulation 1169/2011, Annex II).
    codes: &'static [(&'static str, &'static str)],
}

/// The five that a school menu is asked for (domain.md 3.5).
const ALLERGENS: [Allergen; 5] = [
    Allergen {
        name: "鱼 (fish)",
        words: &["鱼"],
        unless: &["鱼香", "鱼腥草", "鱿鱼", "章鱼", "墨鱼", "甲鱼", "鲍鱼"],
        codes: &[("GB7718", "鱼类"), ("EU14", "4"), ("EU14", "d")],
    },
    Allergen {
        name: "虾、蟹 (crustaceans)",
        words: &["虾", "蟹"],
        unless: &["蟹味菇", "素虾"],
        codes: &[("GB7718", "甲壳纲类"), ("EU14", "2"), ("EU14", "b")],
    },
    Allergen {
        name: "蛋 (egg)",
        words: &["蛋"],
        unless: &["山药蛋", "洋芋蛋"],
        codes: &[("GB7718", "蛋类"), ("EU14", "3"), ("EU14", "c")],
    },
    Allergen {
        name: "奶 (milk)",
        words: &["奶", "芝士", "黄油"],
        // Drinks of plants, and what is only white as milk (奶白菜, 奶白鲫鱼汤, 奶汤).
        unless: &[
            "豆奶",
            "椰奶",
            "米奶",
            "燕麦奶",
            "杏仁奶",
            "核桃奶",
            "奶白",
            "奶汤",
            "奶浆菌",
        ],
        codes: &[("GB7718", "乳"), ("EU14", "7"), ("EU14", "g")],
    },
    Allergen {
        name: "花生 (peanut)",
        words: &["花生"],
        unless: &[],
        codes: &[("GB7718", "花生"), ("EU14", "5"), ("EU14", "e")],
    },
];

/// The most dishes named in one line.
const NAMED_MAX: usize = 3;

/// Every dish of a menu, with its day and the path of its name.
fn dishes(menu: &v1::Menu) -> impl Iterator<Item = (String, &str, &v1::Dish)> {
    let meals = menu.meals.iter().enumerate();
    meals.flat_map(|(i, row)| {
        let dishes = row.dishes.iter().enumerate();
        dishes.map(move |(j, dish)| (format!("meals[{i}].dishes[{j}]"), row.date.as_str(), dish))
    })
}

/// What a dish and its ingredients are called, each without spaces.
fn names(dish: &v1::Dish) -> impl Iterator<Item = String> {
    let ingredients = dish.ingredients.iter().map(|ingredient| &ingredient.name);
    let names = ingredients.chain([&dish.name]);
    names.map(|name| name.chars().filter(|c| !c.is_whitespace()).collect())
}

/// Whether a name holds one of the words where it means what it says.
pub fn tells(name: &str, words: &[&str], unless: &[&str]) -> bool {
    let left = unless
        .iter()
        .fold(name.to_owned(), |left, other| left.replace(other, " "));
    words.iter().any(|word| left.contains(word))
}

/// Foods that must not be served, or may be such, one note a dish.
pub fn banned(menu: &v1::Menu, found: &mut Found) {
    for (path, date, dish) in dishes(menu) {
        let banned = |name: &str| {
            let word = |word: &&str| tells(name, &[word], &NOT_BANNED);
            BANNED.into_iter().find(word)
        };
        let (word, unless) = TO_ASK;
        let (code, food) = match names(dish).find_map(|name| banned(&name)) {
            Some(food) => (Code::FoodBanned, food),
            None if names(dish).any(|name| tells(&name, &[word], unless))
                && !names(dish).any(|name| tells(&name, unless, &[])) =>
            {
                (Code::FoodToAsk, word)
            }
            None => continue,
        };
        let finding = Finding::new(code, path).with("date", date);
        found.say(finding.with("dish", &dish.name).with("food", food));
    }
}

/// Allergens that names tell of and nobody declares, one note an allergen.
pub fn undeclared(menu: &v1::Menu, found: &mut Found) {
    for allergen in &ALLERGENS {
        let silent = dishes(menu).filter(|(_, _, dish)| undeclared_in(dish, allergen));
        let silent: Vec<_> = silent.collect();
        let Some((path, ..)) = silent.first() else {
            continue;
        };
        let named = silent.iter().take(NAMED_MAX);
        let named: Vec<String> = named
            .map(|(_, date, dish)| format!("{date} {}", dish.name))
            .collect();
        let more = if silent.len() > NAMED_MAX { "…" } else { "" };
        let dishes = format!("{}{more} ({})", named.join("、"), silent.len());
        let finding = Finding::new(Code::AllergenLikely, format!("{path}.allergens"));
        found.say(
            finding
                .with("allergen", allergen.name)
                .with("dishes", dishes),
        );
    }
}

fn undeclared_in(dish: &v1::Dish, allergen: &Allergen) -> bool {
    names(dish).any(|name| tells(&name, allergen.words, allergen.unless))
        && !declares(dish, allergen)
}

/// The allergens that a dish's names tell of and nobody declares: guesses.
pub fn likely(dish: &v1::Dish) -> impl Iterator<Item = &'static str> {
    let likely = ALLERGENS.iter();
    let likely = likely.filter(|allergen| undeclared_in(dish, allergen));
    likely.map(|allergen| allergen.name)
}

/// Whether a dish declares an allergen; what is declared in a scheme not known here may be it.
fn declares(dish: &v1::Dish, allergen: &Allergen) -> bool {
    let known = |scheme: &str| matches!(scheme, "GB7718" | "EU14");
    let is = |declared: &v1::Allergen| {
        let code = (declared.scheme.as_str(), declared.code.as_str());
        allergen.codes.contains(&code) || !known(&declared.scheme)
    };
    dish.allergens.iter().any(is)
}
