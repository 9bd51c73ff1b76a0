//! A menu as its sheet prints it: days that may have no date yet, and what is served on them.

use super::amount::{BAND, Weighed, ingredient, measure, pieces};
use super::dish::{Reader, for_band, named};
use super::{figures, words};
use crate::intake::doubt::{Code, Doubt};
use crate::intake::fold::key;
use crate::intake::known::Known;
use crate::intake::sheet::Cell;
use crate::intake::when::{Said, regex};
use crate::wire::v1::{
    Dish, DishSlot, Ingredient, Meal, NoServiceReason, Nutrition, Seasoning, VocabularyTopic,
};
use regex::Regex;
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
    /// The slot and the dish that the next row may go on with.
    open: Option<(DishSlot, String)>,
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
        let slots = words.filter_map(|(name, code)| Some((name, DishSlot::from_str_name(code)?)));
        Draft {
            slots: slots.collect(),
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
        let same = self
            .days
            .iter()
            .rposition(|day| day.said == said && said != Said::default());
        let again = |day: usize| {
            self.days[day]
                .meals
                .iter()
                .any(|served| served.meal == meal)
        };
        match same {
            Some(day) if Some(day) == last || said.is_date() || !again(day) => day,
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

    /// Takes a cell with everything of a meal or a slot of a day.
    pub fn take(&mut self, day: usize, under: Under, cell: &Cell) {
        if cell.is_empty() {
            return;
        }
        if let Some(reason) = words::no_service(&cell.text) {
            self.days[day].off.get_or_insert((reason, cell.clone()));
            return;
        }
        if cell.is_blank() {
            return;
        }
        if under.seasoning {
            let seasoning = figures::seasoning(cell, &mut self.doubts);
            self.served(day, under.meal).seasoning = Some(seasoning);
            return;
        }
        let mut reader = Reader {
            weighed: self.weighed,
            doubts: &mut self.doubts,
        };
        let dishes = reader.dishes(cell, under.slot);
        self.served(day, under.meal).dishes.extend(dishes);
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
        self.open_dish(day, under, row);
        let mut parts = Vec::new();
        let weighed = self.weighed;
        let dish = self
            .served(day, under.meal)
            .dishes
            .last()
            .map(|dish| dish.name.clone())
            .unwrap_or_default();
        let mut reader = Reader {
            weighed,
            doubts: &mut self.doubts,
        };
        reader.parts(row.parts, &figures, &dish, &mut parts);
        if let Some(dish) = self.served(day, under.meal).dishes.last_mut() {
            dish.ingredients.extend(parts);
        }
    }

    /// Begins the dish of a row, unless the row goes on with the one above.
    fn open_dish(&mut self, day: usize, under: Under, row: &Weight<'_>) {
        let open = self.served(day, under.meal).open.clone();
        let goes_on = open.is_some_and(|(slot, dish)| {
            slot == under.slot && (row.dish.is_blank() || row.dish.text == dish)
        });
        if goes_on {
            return;
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
            let first = pieces(&source.text)
                .first()
                .map_or(source.text.as_str(), |piece| piece.name)
                .len();
            source
                .typed_of(&source.text[..first.min(source.text.len())])
                .to_owned()
        } else {
            let clean = reader.without_marks(source, &source.text);
            reader.joined(source, clean)
        };
        let open = Some((under.slot, row.dish.text.clone()));
        let served = self.served(day, under.meal);
        served.open = open;
        served.dishes.push(named(&name, under.slot));
    }
}

impl Reader<'_> {
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
        let bands: Vec<_> = BAND.find_iter(&cell.text).collect();
        if cell.text.chars().any(|c| c.is_ascii_digit()) || figures.is_empty() {
            let start = into.len();
            if bands.is_empty() {
                into.extend(self.listed(cell, &cell.text, dish));
            } else {
                let banded = self.dishes(cell, DishSlot::Unspecified);
                into.extend(banded.into_iter().flat_map(|dish| dish.ingredients));
            }
            // The figure beside amounts is their sum.
            if let [(_, figure)] = figures
                && let Ok(sum) = figure.text.trim_end_matches(['g', 'G', '克', ' ']).parse()
                && bands.len() <= 1
            {
                self.check_sum(cell, sum, &into[start..]);
            }
            return;
        }
        let names: Vec<&str> = cell
            .text
            .split(|c: char| "\n、,;/ ".contains(c))
            .filter(|name| !name.is_empty())
            .collect();
        for (band, figure) in figures {
            let numbers: Vec<&str> = NUMBERS
                .find_iter(&figure.text)
                .map(|number| number.as_str())
                .collect();
            let lone = names.len() < 2;
            if !lone && numbers.len() != names.len() {
                self.doubts.push(
                    Doubt::new(Code::AmountOdd, figure.place.clone(), &figure.typed)
                        .as_(&figure.typed),
                );
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
                if let Some(piece) = pieces(from)
                    .first()
                    .filter(|_| lone || numbers.len() == names.len())
                {
                    measure(piece, figure, self.weighed, &mut part, self.doubts);
                }
                into.push(for_band(part, band));
            }
        }
    }
}
