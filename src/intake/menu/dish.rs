//! Dishes and what they are made of, as people write them into one cell or spread over several.

use super::amount::{BAND, Piece, Weighed, ingredient, measure, pieces};
use super::words;
use crate::intake::doubt::{Code, Doubt};
use crate::intake::fold::fold;
use crate::intake::sheet::Cell;
use crate::intake::when::regex;
use crate::intake::words::unnumbered;
use crate::wire::v1::{Dish, DishSlot, Ingredient};
use regex::Regex;
use std::sync::LazyLock;

/// Reads cells into dishes.
#[derive(Debug)]
pub struct Reader<'d> {
    /// What the table says about its weights.
    pub weighed: Weighed,
    /// Where doubts go.
    pub doubts: &'d mut Vec<Doubt>,
}

/// What the line of a cell above held.
enum Above {
    /// Nothing, or dishes with what they are made of.
    Nothing,
    /// Mere names of dishes.
    Names,
    /// What a dish is made of.
    Parts,
}

impl Reader<'_> {
    /// The dishes of one cell: 大米饭、盐水虾、香干 or 土豆牛肉 土豆25 牛肉75 or 红烧肉(五花肉80g、土豆50g).
    pub fn dishes(&mut self, cell: &Cell, slot: DishSlot) -> Vec<Dish> {
        let mut dishes = Vec::new();
        let text = cell.text.as_str();
        let bands: Vec<_> = BAND
            .find_iter(text)
            .filter(|band| heads_amounts(text, band.end()))
            .collect();
        let head = bands.first().map_or(text, |band| {
            text[..band.start()].trim_end_matches([':', ' '])
        });
        let mut above = Above::Nothing;
        for line in head.split('\n').filter(|line| !line.trim().is_empty()) {
            let before = dishes.len();
            if self.is_part(cell, line, &above, &dishes)
                && let Some(dish) = dishes.last_mut()
            {
                let parts = self.listed(cell, line, &dish.name);
                dish.ingredients.extend(parts);
                above = Above::Parts;
                continue;
            }
            for segment in segments(line).into_iter().flat_map(listed_inline) {
                self.segment(cell, segment, slot, &mut dishes);
            }
            let bare = dishes[before.min(dishes.len())..]
                .iter()
                .all(|dish| dish.ingredients.is_empty());
            above = match bare && dishes.len() > before {
                true => Above::Names,
                false => Above::Nothing,
            };
        }
        for (index, band) in bands.iter().enumerate() {
            let end = bands.get(index + 1).map_or(text.len(), regex::Match::start);
            let section = text[band.end()..end].trim_start_matches([':', ' ', '(']);
            if dishes.is_empty() {
                // The dish has no other name than what it is made of.
                let name = pieces(section)
                    .first()
                    .map_or(section, |piece| piece.name)
                    .trim();
                dishes.push(named(cell.typed_of(name), slot));
            }
            let dish = dishes.last_mut().expect("one was just made");
            let listed = self.listed(cell, section, &dish.name);
            let band = cell.typed_of(band.as_str());
            dish.ingredients
                .extend(listed.into_iter().map(|part| for_band(part, band)));
        }
        dishes
    }

    /// Whether a line of a cell says what the dish of the line above is made of: 番茄炒蛋, and under it 番茄60g.
    /// What may be that or dishes of their own is told.
    fn is_part(&mut self, cell: &Cell, line: &str, above: &Above, dishes: &[Dish]) -> bool {
        let parts = segments(line);
        let weighed = |part: &&str| {
            pieces(part)
                .first()
                .is_some_and(|piece| !piece.name.trim().is_empty())
        };
        let Some(dish) = dishes.last().filter(|_| parts.iter().all(weighed)) else {
            return false;
        };
        match above {
            Above::Nothing => false,
            Above::Parts => true,
            Above::Names if parts.iter().any(|part| bracketed(part).is_some()) => false,
            Above::Names => {
                let found: Vec<_> = parts.iter().flat_map(|part| pieces(part)).collect();
                let is_part = found
                    .iter()
                    .any(|piece| related(&fold(&dish.name), piece.name.trim()));
                if !is_part {
                    let typed = cell.typed_of(line.trim());
                    let doubt = Doubt::new(Code::WordUnsure, cell.place.clone(), typed);
                    let what = format!("菜品 a dish, “{}”的配料 what it is made of", dish.name);
                    self.doubts.push(doubt.with(what));
                }
                is_part
            }
        }
    }

    fn segment(&mut self, cell: &Cell, segment: &str, slot: DishSlot, dishes: &mut Vec<Dish>) {
        let segment = self.without_marks(cell, segment);
        let labelled = segment
            .split_once(':')
            .and_then(|(label, rest)| Some((words::slot(label)?, rest.trim())));
        let (slot, segment) = labelled.unwrap_or((slot, segment));
        if segment.is_empty() {
            return;
        }
        if segment
            .split_once(':')
            .is_some_and(|(label, _)| words::meal(label).is_some())
        {
            // A meal inside another is none of its dishes.
            let typed = cell.typed_of(segment);
            let doubt = Doubt::new(Code::NotUnderstood, cell.place.clone(), typed);
            return self.doubts.push(doubt);
        }
        if let Some((name, inside)) = bracketed(segment) {
            let mut dish = named(cell.typed_of(name.trim()), slot);
            dish.ingredients = self.listed(cell, inside, &dish.name);
            return dishes.push(dish);
        }
        let found = pieces(segment);
        let Some(first) = found.first() else {
            return self.unweighed(cell, segment, slot, dishes);
        };
        let head = segment[..first.at.start]
            .trim()
            .trim_end_matches(':')
            .trim();
        if head.is_empty() && first.name.is_empty() {
            return self.lone(cell, first, dishes);
        }
        let made_of_more = |dish: &Dish| dish.ingredients.iter().any(|part| part.name != dish.name);
        if head.is_empty()
            && found.len() == 1
            && !first.apart
            && !behind_bracket(cell, segment)
            && dishes.last().is_some_and(made_of_more)
        {
            // 青菜香菇 青菜115、香菇3: the part behind the comma belongs to the dish before it.
            let parts = self.listed(cell, segment, "");
            return dishes
                .last_mut()
                .expect("there is one")
                .ingredients
                .extend(parts);
        }
        // 芋头米 粉汤 400 is one name that was broken by a blank.
        let broken = found.len() == 1 && first.apart && !related(head, first.name);
        let name_end = first.name.as_ptr() as usize + first.name.len() - segment.as_ptr() as usize;
        let (name, from) = match head {
            "" => (first.name, first.at.start),
            _ if broken => (&segment[..name_end], name_end),
            head => (head, first.at.start),
        };
        let mut dish = named(&self.joined(cell, name), slot);
        dish.ingredients = self.listed(cell, &segment[from..], &dish.name);
        dishes.push(dish);
    }

    /// A figure alone is the amount of the dish before it.
    fn lone(&mut self, cell: &Cell, figure: &Piece<'_>, dishes: &mut [Dish]) {
        if let Some(dish) = dishes.last_mut().filter(|dish| dish.ingredients.is_empty()) {
            let part = self.weigh(cell, figure, &dish.name);
            dish.ingredients.push(part);
            return;
        }
        let typed = cell.typed_of(figure.amount);
        self.doubts
            .push(Doubt::new(Code::NotUnderstood, cell.place.clone(), typed));
    }

    /// A segment without a figure: one dish, several parted by blanks, or a dish and what it is made of.
    fn unweighed(&mut self, cell: &Cell, segment: &str, slot: DishSlot, dishes: &mut Vec<Dish>) {
        let tokens: Vec<&str> = segment.split_whitespace().collect();
        match tokens.as_slice() {
            [dish, part] if slot != DishSlot::Unspecified && related(dish, part) => {
                let mut dish = named(cell.typed_of(dish), slot);
                self.bare(cell, part, &mut dish.ingredients);
                dishes.push(dish);
            }
            tokens => {
                let names = words_of(segment, tokens);
                let names = names.map(|name| named(&self.joined(cell, name), slot));
                dishes.extend(names.collect::<Vec<_>>());
            }
        }
    }

    /// What a dish is made of: 大米72g、燕麦8g. A figure without a name behind them is their sum; one
    /// without a name before it is the dish's own.
    pub fn listed(&mut self, cell: &Cell, text: &str, dish: &str) -> Vec<Ingredient> {
        let mut parts: Vec<Ingredient> = Vec::new();
        let mut rest_from = 0;
        for piece in pieces(text) {
            self.bare(cell, &text[rest_from..piece.at.start], &mut parts);
            rest_from = piece.at.end;
            if piece.name.is_empty() && !parts.is_empty() {
                self.check_sum(cell, piece.number, &parts);
            } else {
                parts.push(self.weigh(cell, &piece, dish));
            }
        }
        self.bare(cell, &text[rest_from..], &mut parts);
        parts
    }

    /// Ingredients without a figure between those with one.
    fn bare(&mut self, cell: &Cell, text: &str, parts: &mut Vec<Ingredient>) {
        for name in text.split(|c: char| c.is_whitespace() || "、,;|/+:。".contains(c)) {
            let name = name.trim_matches(['(', ')', '-']);
            if !name.is_empty() {
                let typed = cell.typed_of(name);
                parts.push(ingredient(typed, self.weighed));
                self.doubts
                    .push(Doubt::new(Code::AmountMissing, cell.place.clone(), typed));
            }
        }
    }

    fn weigh(&mut self, cell: &Cell, piece: &Piece<'_>, dish: &str) -> Ingredient {
        let name = match piece.name {
            "" => dish.to_owned(),
            name => format!("{}{}", cell.typed_of(name), cell.typed_of(piece.note)),
        };
        let mut part = ingredient(&name, self.weighed);
        measure(piece, cell, self.weighed, &mut part, self.doubts);
        part
    }

    /// Compares a sum that is printed with its parts.
    pub fn check_sum(&mut self, cell: &Cell, sum: f64, parts: &[Ingredient]) {
        let total: f64 = parts.iter().filter_map(|part| part.grams).sum();
        let all = parts.iter().all(|part| part.grams.is_some());
        if all && (total - sum).abs() > 0.5 {
            let doubt = Doubt::new(Code::SumMismatch, cell.place.clone(), &cell.typed);
            self.doubts.push(doubt.with(format!("{total} ≠ {sum}")));
        }
    }

    /// A name without a number before it and stray marks around it.
    pub fn without_marks<'t>(&mut self, cell: &Cell, text: &'t str) -> &'t str {
        let bare = unnumbered(text.trim());
        let mark = |c: char| c.is_whitespace() || "+*★☆√●■◆·.。!@#".contains(c) || is_pictogram(c);
        let clean = bare.trim_matches(mark);
        if clean.len() < bare.trim().len() && !clean.is_empty() {
            let doubt = Doubt::new(
                Code::Repaired,
                cell.place.clone(),
                cell.typed_of(bare.trim()),
            );
            self.doubts.push(doubt.as_(cell.typed_of(clean)));
        }
        clean
    }

    /// A name that blanks or line ends broke.
    pub fn joined(&mut self, cell: &Cell, name: &str) -> String {
        let typed = cell.typed_of(name.trim());
        let whole: String = typed.split_whitespace().collect();
        if whole != typed {
            self.doubts
                .push(Doubt::new(Code::Repaired, cell.place.clone(), typed).as_(&whole));
        }
        whole
    }
}

fn is_pictogram(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}')
}

/// A dish of a name.
#[must_use]
pub fn named(name: &str, slot: DishSlot) -> Dish {
    let name = name.trim().to_owned();
    Dish {
        slot: slot.into(),
        name,
        ..Dish::default()
    }
}

/// An ingredient for one band of grades.
#[must_use]
pub fn for_band(part: Ingredient, band: &str) -> Ingredient {
    let grade_band = band.split_whitespace().collect();
    Ingredient { grade_band, ..part }
}

/// Whether amounts stand behind a band: 1-3年级:大米75g, and not 一年级师生.
fn heads_amounts(text: &str, end: usize) -> bool {
    text[end..].trim_start().starts_with([':', '('])
        || text[end..].chars().any(|c| c.is_ascii_digit())
}

/// The names that blanks part. A character alone belongs to the word before it (梅干燒 肉), or behind it at
/// the head, unless it is eaten alone: 粥 包子.
fn words_of<'t>(segment: &'t str, tokens: &[&'t str]) -> impl Iterator<Item = &'t str> {
    let lone = |token: &str| token.chars().count() == 1 && !"粥面奶梨桃枣".contains(token);
    let mut starts: Vec<usize> = Vec::new();
    let mut joins = false;
    for token in tokens {
        let start = token.as_ptr() as usize - segment.as_ptr() as usize;
        // 米饭 鱼: what is eaten with it does not go on with its name.
        let complete = segment[..start]
            .trim_end()
            .ends_with(['饭', '粥', '面', '汤', '饼', '包', '奶']);
        if starts.is_empty() || !(joins || (lone(token) && !complete)) {
            starts.push(start);
        }
        joins = lone(token) && starts.last() == Some(&start);
    }
    let ends: Vec<usize> = starts
        .iter()
        .skip(1)
        .copied()
        .chain([segment.len()])
        .collect();
    starts
        .into_iter()
        .zip(ends)
        .map(|(start, end)| segment[start..end].trim())
}

/// Two names of which one is part of what the other is made of: 豆腐汤 and 豆腐.
fn related(dish: &str, part: &str) -> bool {
    part.chars().count() > 1 && part.chars().any(|c| dish.contains(c))
}

/// Whether what a dish is made of was closed by a bracket before a part: 红烧肉(五花肉60g)、青菜100g.
fn behind_bracket(cell: &Cell, part: &str) -> bool {
    let start = (part.as_ptr() as usize).checked_sub(cell.text.as_ptr() as usize);
    let before = start.and_then(|start| cell.text.get(..start));
    let parted = |c: char| c.is_whitespace() || "、,;/".contains(c);
    before.is_some_and(|before| before.trim_end_matches(parted).ends_with(')'))
}

/// The name before and the figures inside brackets: 红烧肉(五花肉80g).
fn bracketed(segment: &str) -> Option<(&str, &str)> {
    let (name, inside) = segment.strip_suffix(')')?.split_once('(')?;
    let digits = |text: &str| text.chars().any(|c| c.is_ascii_digit());
    (digits(inside) && !digits(name) && !name.trim().is_empty()).then_some((name, inside))
}

/// The parts of a list in one line: 1.米饭 2.红烧肉, ①米饭②红烧肉.
fn listed_inline(segment: &str) -> Vec<&str> {
    static NUMBER: LazyLock<Regex> =
        LazyLock::new(|| regex(r"(?:(?:^|\s)\d{1,2}[.)]\s*|[①-⑳]\s*)([^\d\s])"));
    let starts = NUMBER
        .captures_iter(segment)
        .filter_map(|number| Some((number.get(0)?.start(), number.get(1)?.start())));
    let starts: Vec<(usize, usize)> = starts.collect();
    if starts.len() < 2 {
        return vec![segment];
    }
    let ends = starts
        .iter()
        .skip(1)
        .map(|(start, _)| *start)
        .chain([segment.len()]);
    let parts = starts
        .iter()
        .zip(ends)
        .map(|((_, from), to)| segment[*from..to].trim());
    std::iter::once(segment[..starts[0].0].trim())
        .chain(parts)
        .filter(|part| !part.is_empty())
        .collect()
}

/// The parts of a cell: parted by commas, line ends and slashes outside brackets.
fn segments(text: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    let parts = text.split(move |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = (depth - 1).max(0),
            _ => {}
        }
        depth == 0 && "\n、,;|/。".contains(c)
    });
    parts
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .flat_map(joined_by_plus)
        .collect()
}

/// 米饭+红烧肉 are two dishes; 土豆25+牛肉75 are parts of one, and a stray mark at an end is told.
fn joined_by_plus(part: &str) -> Vec<&str> {
    let one = part.starts_with('+')
        || part.ends_with('+')
        || part.contains(|c: char| c == '(' || c.is_ascii_digit());
    match one {
        true => vec![part],
        false => part.split('+').map(str::trim).collect(),
    }
}
