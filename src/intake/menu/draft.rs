//! A menu as its sheet prints it: days that may have no date yet, and what is served on them.

use super::amount::{BAND, Weighed, ingredient, measure, pieces};
use super::dish::{Reader, for_band, named};
use super::{allergens, figures, words};
use crate::intake::doubt::{Code, Doubt};
use crate::intake::fold::key;
use crate::intake::known::Known;
use crate::intake::sheet::Cell;
use crate::intake::when::{Said, regex};
use crate::wire::v1::{
    Dish, DishSlot, Ingredient, Meal, NoServiceReason, Nutrition, Seasoning, VocabularyTopic,
};
use regex::Regex;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A menu before its days are dated.
#[derive(Debug, Default)]
pub struct Draft {
    /// What stands above and around it.
    pub titles: Vec<Cell>,
    /// What stands under it.
    pub notes: Vec<Cell>,
    /// Its days, in the order printed.
    pub days: Vec<Day>,
    /// What is doubtful so far.
    pub doubts: Vec<Doubt>,
    /// What it says about its weights.
    pub weighed: Weighed,
    /// The group's own words for slots.
    pub slots: Vec<(String, DishSlot)>,
    /// The group's own words for allergens: each name, its coding and its code there.
    pub codings: Vec<(String, String, String)>,
}

/// A day as printed.
#[derive(Debug, Default)]
pub struct Day {
    /// Where it is named.
    pub cell: Cell,
    /// What is said of its date.
    pub said: Said,
    /// Its meals.
    pub meals: Vec<Served>,
    /// Its meal is called off, where, and why.
    pub off: Option<(NoServiceReason, Cell)>,
}

/// What is served at a meal.
#[derive(Debug, Default)]
pub struct Served {
    /// Which meal, if it is said.
    pub meal: Option<Meal>,
    /// The dishes.
    pub dishes: Vec<Dish>,
    /// The seasonings.
    pub seasoning: Option<Seasoning>,
    /// The nutrition.
    pub nutrition: Option<Nutrition>,
    /// How many eat.
    pub diners: Option<i32>,
    /// What the next row may go on with, by the group of columns: the slot, the dish as it is printed, and
    /// which of the dishes it is.
    open: HashMap<usize, (DishSlot, String, usize)>,
}

/// What a cell is about: its meal and slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Under {
    /// The meal, if it is said.
    pub meal: Option<Meal>,
    /// The slot.
    pub slot: DishSlot,
    /// Seasonings follow.
    pub seasoning: bool,
}

/// A row of a weighed table.
#[derive(Debug)]
pub struct Weight<'c> {
    /// Which of several groups of columns it stands in.
    pub group: usize,
    /// The dish; blank: the one above.
    pub dish: &'c Cell,
    /// What it is made of.
    pub parts: &'c Cell,
    /// The figures beside it, for a band of grades or for everybody (empty).
    pub grams: &'c [(String, Cell)],
}

impl Draft {
    /// Nothing yet, with the group's own words for slots.
    pub fn of(known: &Known) -> Self {
        let words = known.words(VocabularyTopic::DishSlot);
        let slots =
            words.filter_map(|word| Some((word.name, DishSlot::from_str_name(&word.word.code)?)));
        let allergens = known.words(VocabularyTopic::Allergen);
        let codings =
            allergens.map(|word| (word.name, word.scheme.to_owned(), word.word.code.clone()));
        Draft {
            slots: slots.collect(),
            codings: codings.collect(),
            ..Draft::default()
        }
    }

    /// The slot that a whole text names: in the group's own words, or in everybody's.
    pub fn slot(&self, text: &str) -> Option<DishSlot> {
        let wanted = key(text);
        let own = self.slots.iter().find(|(name, _)| *name == wanted);
        own.map(|(_, slot)| *slot).or_else(|| words::slot(text))
    }

    /// The day of a cell: the one named before, when it is the same, else a new one. A weekday that comes
    /// again for a meal it has had begins the next week.
    pub fn day(&mut self, cell: &Cell, said: Said, meal: Option<Meal>) -> usize {
        let last = self.days.len().checked_sub(1);
        // 今日 said twice is one day, what is not printed is another one each time.
        let named =
            |day: &Day| said != Said::default() || (day.cell.text == cell.text && !cell.is_empty());
        let same = self
            .days
            .iter()
            .rposition(|day| day.said == said && named(day));
        let again = |day: usize| {
            self.days[day]
                .meals
                .iter()
                .any(|served| served.meal == meal)
        };
        match same {
            Some(day)
                if Some(day) == last
                    || said.is_date()
                    || said == Said::default()
                    || !again(day) =>
            {
                day
            }
            _ => {
                self.days.push(Day {
                    cell: cell.clone(),
                    said,
                    ..Day::default()
                });
                self.days.len() - 1
            }
        }
    }

    /// What is served at a meal of a day.
    pub fn served(&mut self, day: usize, meal: Option<Meal>) -> &mut Served {
        let meals = &mut self.days[day].meals;
        let at = meals
            .iter()
            .position(|served| served.meal == meal)
            .unwrap_or_else(|| {
                meals.push(Served {
                    meal,
                    ..Served::default()
                });
                meals.len() - 1
            });
        &mut meals[at]
    }

    /// Whether it is the staff's, by the first of its titles that says whose it is.
    pub fn is_staff(&self) -> bool {
        let says = |cell: &&Cell| words::is_staff(&cell.text) || cell.text.contains("学生");
        let said = self.titles.iter().find(says);
        said.is_some_and(|cell| words::is_staff(&cell.text))
    }

    /// How many dishes a meal of a day has so far.
    pub fn dishes(&self, day: usize, meal: Option<Meal>) -> usize {
        let served = self.days[day]
            .meals
            .iter()
            .find(|served| served.meal == meal);
        served.map_or(0, |served| served.dishes.len())
    }

    /// Takes a cell with everything of a meal or a slot of a day.
    pub fn take(&mut self, day: usize, under: Under, cell: &Cell) {
        if cell.is_empty() {
            return;
        }
        if let Some(reason) = words::no_service(&cell.text) {
            self.days[day].off.get_or_insert((reason, cell.clone()));
            return;
        }
        if cell.is_blank() || words::is_nothing(&cell.text) {
            return;
        }
        if under.seasoning {
            let parts = figures::seasoning(cell, &mut self.doubts);
            return self.season(day, under.meal, parts);
        }
        let mut reader = Reader {
            weighed: self.weighed,
            doubts: &mut self.doubts,
        };
        let (dishes, seasonings): (Vec<Dish>, Vec<Dish>) = reader
            .dishes(cell, under.slot)
            .into_iter()
            .partition(|dish| !figures::is_seasoning(&dish.name));
        let served = self.served(day, under.meal);
        served.dishes.extend(dishes);
        // 红烧肉、青菜、盐2g、油10g: seasonings in the row of the dishes.
        for part in seasonings.into_iter().flat_map(figures::parts) {
            figures::season(served.seasoning.get_or_insert_default(), part);
        }
    }

    /// Takes what a row declares of allergens: of the dish that it added, or went on with.
    pub fn allergens(&mut self, day: usize, under: Under, before: usize, cell: &Cell) {
        if cell.is_blank() || words::is_nothing(&cell.text) {
            return;
        }
        let declared = allergens::read(cell, &self.codings, &mut self.doubts);
        let dishes = &mut self.served(day, under.meal).dishes;
        let added = dishes.len() - before.min(dishes.len());
        let Some(dish) = dishes.last_mut().filter(|_| added <= 1) else {
            let doubt = Doubt::new(Code::NotUnderstood, cell.place.clone(), &cell.typed);
            self.doubts.push(doubt.with("是哪道菜的 of which dish"));
            return;
        };
        for one in declared {
            if !dish.allergens.contains(&one) {
                dish.allergens.push(one);
            }
        }
    }

    /// Takes what the only dish of a meal, or of a slot of it, is made of, from a row under it.
    pub fn made_of(&mut self, day: usize, under: Under, cell: &Cell) {
        let of_slot =
            |dish: &&mut Dish| under.slot == DishSlot::Unspecified || dish.slot() == under.slot;
        let mut reader = Reader {
            weighed: self.weighed,
            doubts: &mut self.doubts,
        };
        let served = self.days[day]
            .meals
            .iter_mut()
            .find(|served| served.meal == under.meal);
        let mut dishes = served
            .into_iter()
            .flat_map(|served| &mut served.dishes)
            .filter(of_slot);
        if let (Some(dish), None) = (dishes.next(), dishes.next()) {
            let parts = reader.listed(cell, &cell.text, &dish.name.clone());
            return dish.ingredients.extend(parts);
        }
        let doubt = Doubt::new(Code::NotUnderstood, cell.place.clone(), &cell.typed);
        self.doubts.push(doubt.with("是哪道菜的 of which dish"));
    }

    /// Takes the figures of nutrition of a cell, as its heading names them.
    pub fn nutrition(&mut self, day: usize, under: Under, heading: &Cell, cell: &Cell) {
        if cell.is_blank() {
            return;
        }
        let mut nutrition = self.served(day, under.meal).nutrition.unwrap_or_default();
        figures::nutrition(heading, cell, &mut nutrition, &mut self.doubts);
        self.served(day, under.meal).nutrition = Some(nutrition);
    }

    /// Takes a row of a weighed table.
    pub fn weigh(&mut self, day: usize, under: Under, row: &Weight<'_>) {
        static CUT: LazyLock<Regex> = LazyLock::new(|| regex(r"^[1-9]\s*[-~]\s*[1-9]?$|[:(、,]$"));
        if under.seasoning {
            let full = [row.dish, row.parts]
                .into_iter()
                .find(|cell| !cell.is_blank());
            return full.map_or((), |cell| self.take(day, under, cell));
        }
        if figures::is_seasoning(&row.dish.text) {
            return self.weigh_seasoning(day, under, row);
        }
        if let Some(off) = [row.dish, row.parts]
            .into_iter()
            .find(|cell| words::no_service(&cell.text).is_some())
        {
            return self.take(day, under, off);
        }
        let figures: Vec<&(String, Cell)> = row
            .grams
            .iter()
            .filter(|(_, cell)| !cell.is_blank())
            .collect();
        if row.dish.is_blank() && row.parts.is_blank() && figures.is_empty() {
            return;
        }
        if CUT.is_match(&row.parts.text) && figures.is_empty() {
            let typed = [&row.dish.typed, &row.parts.typed]
                .map(String::as_str)
                .join(" ");
            self.doubts.push(Doubt::new(
                Code::CutOff,
                row.parts.place.clone(),
                typed.trim(),
            ));
            return;
        }
        let open = self.open_dish(day, under, row);
        let mut parts = Vec::new();
        let weighed = self.weighed;
        let dish = self
            .served(day, under.meal)
            .dishes
            .get(open)
            .map(|dish| dish.name.clone())
            .unwrap_or_default();
        let mut reader = Reader {
            weighed,
            doubts: &mut self.doubts,
        };
        reader.parts(row.parts, &figures, &dish, &mut parts);
        if let Some(dish) = self.served(day, under.meal).dishes.get_mut(open) {
            dish.ingredients.extend(parts);
        }
    }

    /// A row of its own for a seasoning: 盐 | | 2.
    fn weigh_seasoning(&mut self, day: usize, under: Under, row: &Weight<'_>) {
        let mut parts = Vec::new();
        let figures: Vec<&(String, Cell)> = row
            .grams
            .iter()
            .filter(|(_, cell)| !cell.is_blank())
            .collect();
        let mut reader = Reader {
            weighed: self.weighed,
            doubts: &mut self.doubts,
        };
        let name = if row.parts.is_blank() {
            row.dish
        } else {
            row.parts
        };
        reader.parts(name, &figures, &row.dish.typed, &mut parts);
        self.season(day, under.meal, parts);
    }

    fn season(&mut self, day: usize, meal: Option<Meal>, parts: Vec<Ingredient>) {
        let served = self.served(day, meal);
        let seasoning = served.seasoning.get_or_insert_default();
        for part in parts {
            figures::season(seasoning, part);
        }
    }

    /// Begins the dish of a row, unless the row goes on with the one above; which of the dishes it is.
    fn open_dish(&mut self, day: usize, under: Under, row: &Weight<'_>) -> usize {
        let open = self.served(day, under.meal).open.get(&row.group);
        if let Some((slot, dish, at)) = open
            && *slot == under.slot
            && (row.dish.is_blank() || row.dish.text == *dish)
        {
            return *at;
        }
        let source = if row.dish.is_blank() {
            row.parts
        } else {
            row.dish
        };
        let mut reader = Reader {
            weighed: self.weighed,
            doubts: &mut self.doubts,
        };
        let name = if row.dish.is_blank() {
            let pieces = pieces(&source.text);
            let name = pieces
                .first()
                .map_or(source.text.as_str(), |piece| piece.name);
            source.typed_of(name).to_owned()
        } else {
            let clean = reader.without_marks(source, &source.text);
            reader.joined(source, clean)
        };
        let served = self.served(day, under.meal);
        let at = served.dishes.len();
        let open = (under.slot, row.dish.text.clone(), at);
        served.open.insert(row.group, open);
        served.dishes.push(named(&name, under.slot));
        at
    }
}

impl Reader<'_> {
    /// A figure that no amount was made of.
    fn unread(&mut self, figure: &Cell, beside: &str) {
        let doubt = Doubt::new(Code::NotUnderstood, figure.place.clone(), &figure.typed);
        self.doubts
            .push(doubt.with(format!("“{beside}”的数量 its amounts")));
    }

    /// The ingredients of a cell that states their amounts; the figure beside it is their sum.
    fn amounts(
        &mut self,
        cell: &Cell,
        figures: &[&(String, Cell)],
        dish: &str,
        into: &mut Vec<Ingredient>,
    ) {
        let bands: Vec<_> = BAND.find_iter(&cell.text).collect();
        let start = into.len();
        if bands.is_empty() {
            into.extend(self.listed(cell, &cell.text, dish));
        } else {
            let banded = self.dishes(cell, DishSlot::Unspecified);
            into.extend(banded.into_iter().flat_map(|dish| dish.ingredients));
        }
        // The figure beside amounts is their sum.
        let sum = |figure: &Cell| {
            let plain = figure.text.trim_end_matches(['g', 'G', '克', ' ']);
            plain.parse::<f64>().ok()
        };
        for (band, figure) in figures {
            match sum(figure).filter(|_| band.is_empty()) {
                Some(sum) if bands.len() <= 1 => self.check_sum(cell, sum, &into[start..]),
                Some(_) => {}
                None => self.unread(figure, &cell.typed),
            }
        }
    }

    /// The ingredients of a cell with the figures of the cells beside it.
    fn parts(
        &mut self,
        cell: &Cell,
        figures: &[&(String, Cell)],
        dish: &str,
        into: &mut Vec<Ingredient>,
    ) {
        static NUMBERS: LazyLock<Regex> =
            LazyLock::new(|| regex(r"\d+(?:\.\d+)?(?:\s*(?:g|G|克|kg))?"));
        if cell.text.chars().any(|c| c.is_ascii_digit()) || figures.is_empty() {
            return self.amounts(cell, figures, dish, into);
        }
        let names: Vec<&str> = cell
            .text
            .split(|c: char| "\n、,;/ ".contains(c))
            .filter(|name| !name.is_empty())
            .collect();
        for (band, figure) in figures {
            let weighed = pieces(&figure.text);
            if names.len() < 2 && weighed.iter().any(|piece| !piece.name.trim().is_empty()) {
                // 五花肉60 土豆40 under 1-3年级: the figures name what they weigh.
                let listed = self.listed(figure, &figure.text, dish);
                into.extend(listed.into_iter().map(|part| for_band(part, band)));
                continue;
            }
            let numbers: Vec<&str> = NUMBERS
                .find_iter(&figure.text)
                .map(|number| number.as_str())
                .collect();
            let lone = names.len() < 2;
            if !lone && numbers.len() != names.len() {
                self.unread(figure, &cell.typed);
            }
            for (index, name) in names
                .iter()
                .copied()
                .enumerate()
                .chain(names.is_empty().then_some((0, "")))
            {
                let typed = if name.is_empty() {
                    dish
                } else {
                    cell.typed_of(name)
                };
                let mut part = ingredient(typed, self.weighed);
                let from = if lone {
                    figure.text.as_str()
                } else {
                    numbers.get(index).copied().unwrap_or_default()
                };
                match pieces(from).first() {
                    Some(piece) if lone || numbers.len() == names.len() => {
                        measure(piece, figure, self.weighed, &mut part, self.doubts);
                    }
                    // 适量, 少许.
                    None if lone => {
                        part.portion.clone_from(&figure.typed);
                        let shown = format!("{typed} {}", figure.typed);
                        let doubt = Doubt::new(Code::AmountOdd, figure.place.clone(), shown);
                        self.doubts.push(doubt.as_(&figure.typed));
                    }
                    _ => {}
                }
                into.push(for_band(part, band));
            }
        }
    }
}
