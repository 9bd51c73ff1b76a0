//! Menus in a table with headings: a weighed table, a list by date, days down and meals or slots across.

use super::amount::Weighed;
use super::draft::{Draft, Under, Weight};
use super::headings::{Role, role};
use super::notes::note;
use super::words;
use crate::intake::doubt::{Code, Doubt};
use crate::intake::sheet::{Cell, Row, at, distinct, joined};
use crate::intake::when;
use crate::intake::when::month::{Month, day_alone, lone_month};
use crate::wire::v1::{Dish, DishSlot, Meal, WeightBasis};
use std::collections::HashSet;

/// A row of headings, and what they say.
pub struct Header {
    /// Where it stands.
    pub at: usize,
    /// The first row under it.
    pub body: usize,
    roles: Vec<Option<Role>>,
    /// Dishes side by side: what a group of columns is under, and those columns.
    groups: Vec<(Under, Vec<usize>)>,
    cells: Row,
}

/// The first row that reads as headings of a menu.
#[must_use]
pub fn header(rows: &[Row]) -> Option<Header> {
    (0..rows.len()).take(60).find_map(|row| {
        // A title that is merged over the whole width is one cell.
        if distinct(&rows[row]).len() < 2 {
            return None;
        }
        let mut roles: Vec<Option<Role>> = rows[row].iter().map(role).collect();
        let mut over = vec![Under::default(); roles.len()];
        let mut body = row + 1;
        if let Some(below) = rows.get(row + 1) {
            // A title is no upper row of headings.
            let upper = roles.iter().flatten().count() > 1;
            body += usize::from(upper && join(&mut roles, &mut over, &rows[row], below));
        }
        // Columns that a merged heading stood over: a .csv keeps it in the first.
        for column in 1..roles.len() {
            let blank = |column: usize| rows[row].get(column).is_some_and(|cell| cell.is_empty());
            let several = blank(column) && (blank(column + 1) || blank(column - 1));
            let before = roles[column - 1].clone();
            if body == row + 1
                && roles[column].is_none()
                && several
                && matches!(before, Some(Role::Of(_)))
            {
                roles[column] = before;
            }
        }
        // 餐点 heads dishes, or the meals that they are of; 带量 what they are made of, or how much of it.
        for column in 0..roles.len() {
            let cells = rows[body..].iter().map(|row| at(row, column));
            let full: Vec<Cell> = cells.filter(|cell| !cell.is_blank()).collect();
            let all = |is: fn(&Cell) -> bool| !full.is_empty() && full.iter().all(is);
            if roles[column] == Some(Role::Dish) && all(|cell| words::meal(&cell.text).is_some()) {
                roles[column] = Some(Role::Meal);
            } else if roles[column] == Some(Role::Parts)
                && roles[..column].contains(&Some(Role::Parts))
                && all(|cell| cell.text.parse::<f64>().is_ok())
            {
                roles[column] = Some(Role::Grams(String::new()));
            }
        }
        if !roles.contains(&Some(Role::Day)) {
            // The column of the days often has no heading.
            let dated = |column: &usize| {
                let cells = rows[body..].iter().map(|row| at(row, *column));
                let days = cells.filter(|cell| when::whole(&cell.text).is_some());
                roles[*column].is_none()
                    && rows[row][*column].is_blank()
                    && days.take(2).count() == 2
            };
            if let Some(column) = (0..roles.len()).find(dated) {
                roles[column] = Some(Role::Day);
            }
        }
        let is =
            |wanted: fn(&Role) -> bool| roles.iter().flatten().filter(|role| wanted(role)).count();
        let dishes = is(|role| matches!(role, Role::Dish | Role::Parts));
        let days = is(|role| *role == Role::Day);
        let of = is(|role| matches!(role, Role::Of(_)));
        let named = is(|_| true);
        let fits = (dishes > 0 && named > 1) || (days > 0 && of > 0) || of > 2;
        let cells = rows[row].clone();
        fits.then_some(Header {
            at: row,
            body,
            groups: groups(&roles, &over),
            roles,
            cells,
        })
    })
}

/// Takes a second row of headings into the first: 午餐 over 主食, 大荤, 汤, or over 品名, 带量; `over` is what
/// then stands over each column. Whether it is one. A blank upper heading goes on with the one before it.
fn join(roles: &mut [Option<Role>], over: &mut [Under], upper: &Row, below: &Row) -> bool {
    let lower: Vec<Option<Role>> = below.iter().map(role).collect();
    let named = lower.iter().flatten().count();
    let empty =
        |column: usize| below[column].is_blank() || below[column].text == upper[column].text;
    if named < 2 || (0..below.len()).any(|column| lower[column].is_none() && !empty(column)) {
        return false;
    }
    let mut above: Option<Under> = None;
    for (column, lower) in lower.into_iter().enumerate() {
        let own = roles[column].take();
        above = match &own {
            Some(Role::Of(under)) => Some(*under),
            _ => above.filter(|_| upper[column].is_blank()),
        };
        roles[column] = match (own, lower, above) {
            (_, Some(Role::Of(lower)), Some(upper)) => Some(Role::Of(Under {
                meal: lower.meal.or(upper.meal),
                slot: if lower.slot == DishSlot::Unspecified {
                    upper.slot
                } else {
                    lower.slot
                },
                seasoning: lower.seasoning,
            })),
            (own, lower, above) => {
                over[column] = above.unwrap_or_default();
                lower.or(own)
            }
        };
    }
    true
}

/// The columns of dishes and of what they are made of, apart by what stands over them; a second column of
/// dishes begins a second group.
fn groups(roles: &[Option<Role>], over: &[Under]) -> Vec<(Under, Vec<usize>)> {
    let mut groups: Vec<(Under, Vec<usize>)> = Vec::new();
    for (column, role) in roles.iter().enumerate() {
        if !matches!(role, Some(Role::Dish | Role::Parts | Role::Grams(_))) {
            continue;
        }
        let is_dish = |column: usize| roles[column] == Some(Role::Dish);
        match groups.last_mut() {
            Some((under, columns))
                if *under == over[column]
                    && !(is_dish(column) && columns.iter().any(|other| is_dish(*other))) =>
            {
                columns.push(column);
            }
            _ => groups.push((over[column], vec![column])),
        }
    }
    groups
}

/// Where the reading of a table stands: what the rows above said.
#[derive(Default)]
struct Above {
    day: Option<usize>,
    day_text: String,
    meal: Option<Meal>,
    under: Under,
    figures: Vec<(usize, usize)>,
    /// Hardly a day is printed: their order tells them apart.
    unprinted: bool,
    /// The month that the titles name: 18日 is one of its days.
    month: Option<Month>,
}

impl Header {
    /// Reads the rows under the headings; where the table ends, when other headings follow.
    pub fn read(&mut self, rows: &[Row], draft: &mut Draft) {
        self.adopt(draft);
        draft.weighed = self.weighed(draft);
        let printed = rows[self.body..]
            .iter()
            .map(|row| self.cell(row, &Role::Day).text);
        let titles: Vec<&str> = draft.titles.iter().map(|cell| cell.text.as_str()).collect();
        let month = lone_month(&titles);
        let is_day = |text: &String| {
            when::whole(text).is_some()
                || month.is_some_and(|month| day_alone(month, text).is_some())
        };
        let printed: HashSet<String> = printed.filter(is_day).collect();
        let unprinted = printed.len() < 2;
        let mut above = Above {
            unprinted,
            month,
            ..Above::default()
        };
        for row in &rows[self.body..] {
            if row
                .iter()
                .zip(&self.cells)
                .all(|(cell, head)| cell.text == head.text)
            {
                continue;
            }
            if let Some(note) = note(row) {
                draft.notes.push(note);
                continue;
            }
            self.row(row, draft, &mut above);
        }
    }

    /// Reads the rows of the sheet of one day: the day of the draft that was added last.
    pub fn read_day(&self, rows: &[Row], draft: &mut Draft) {
        draft.weighed = self.weighed(draft);
        let day = draft.days.len().checked_sub(1);
        let mut above = Above {
            day,
            day_text: "sheet".to_owned(),
            ..Above::default()
        };
        for row in &rows[self.body..] {
            match note(row) {
                Some(note) => draft.notes.push(note),
                None => self.row(row, draft, &mut above),
            }
        }
    }

    /// A column among those of slots whose heading is no known one (副菜) holds dishes, too.
    fn adopt(&mut self, draft: &mut Draft) {
        let of = |role: &Option<Role>| matches!(role, Some(Role::Of(_)));
        let (first, last) = (
            self.roles.iter().position(of),
            self.roles.iter().rposition(of),
        );
        let (Some(first), Some(last)) = (first, last) else {
            return;
        };
        for column in first..last {
            let heading = &self.cells[column];
            if self.roles[column].is_some() || heading.is_blank() {
                continue;
            }
            let slot = draft.slot(&heading.text);
            if slot.is_none() {
                let doubt = Doubt::new(Code::WordUnknown, heading.place.clone(), &heading.typed);
                draft.doubts.push(doubt.with("菜品类别 slot"));
            }
            let slot = slot.unwrap_or_default();
            self.roles[column] = Some(Role::Of(Under {
                slot,
                ..Under::default()
            }));
        }
    }

    fn weighed(&self, draft: &Draft) -> Weighed {
        let figures = self.cells.iter().zip(&self.roles);
        let headings =
            figures.filter(|(_, role)| matches!(role, Some(Role::Grams(_) | Role::Parts)));
        let texts: Vec<&str> = headings.map(|(cell, _)| cell.text.as_str()).collect();
        let titles = draft.titles.iter().map(|cell| cell.text.as_str());
        let units = || titles.clone().chain(texts.iter().copied());
        let said = |word: &str| texts.iter().any(|text| text.contains(word));
        let basis = match (said("生"), said("熟"), said("干重")) {
            (true, false, _) => WeightBasis::Raw,
            (false, true, _) => WeightBasis::Cooked,
            (false, false, true) => WeightBasis::Dry,
            _ => WeightBasis::Unspecified,
        };
        let in_grams = units().any(|text| {
            text.contains('克') || text.contains("(g)") || text.contains("/g") || text == "g"
        });
        Weighed { in_grams, basis }
    }

    fn of<'r>(
        &'r self,
        row: &'r Row,
        wanted: fn(&Role) -> bool,
    ) -> impl Iterator<Item = (&'r Role, &'r Cell)> {
        let roles = self.roles.iter().zip(row);
        roles.filter_map(move |(role, cell)| {
            role.as_ref()
                .filter(|role| wanted(role))
                .map(|role| (role, cell))
        })
    }

    fn cell(&self, row: &Row, wanted: &Role) -> Cell {
        let found = self
            .roles
            .iter()
            .position(|role| role.as_ref() == Some(wanted));
        found.map(|column| at(row, column)).unwrap_or_default()
    }

    fn row(&self, row: &Row, draft: &mut Draft, above: &mut Above) {
        let meal = self.cell(row, &Role::Meal);
        if words::is_other_meal(&meal.text) {
            let day = self.cell(row, &Role::Day);
            let label =
                |cell: &&Cell| cell.is_blank() || cell.text == day.text || cell.text == meal.text;
            for cell in row.iter().filter(|cell| !label(cell)) {
                let doubt = Doubt::new(Code::LeftOut, cell.place.clone(), &cell.typed);
                draft.doubts.push(doubt.with(words::OTHER_MEAL));
            }
            return;
        }
        if !meal.is_blank() {
            above.meal = words::meal(&meal.text)
                .or_else(|| words::meal_in(&meal.text).map(|(meal, _)| meal));
            if above.meal.is_none() {
                draft.doubts.push(
                    Doubt::new(Code::WordUnknown, meal.place.clone(), &meal.typed)
                        .with("餐次 meal"),
                );
            }
        }
        let Some(day) = self.day(row, draft, above) else {
            return;
        };
        let under = self.under(row, draft, above);
        for (_, cell) in self.of(row, |role| *role == Role::Diners) {
            match cell.text.trim_end_matches('人').trim().parse() {
                Ok(diners) => draft.served(day, under.meal).diners = Some(diners),
                Err(_) if cell.is_blank() => {}
                Err(_) => {
                    draft
                        .doubts
                        .push(Doubt::new(Code::NotACount, cell.place.clone(), &cell.typed));
                }
            }
        }
        for (column, role) in self.roles.iter().enumerate() {
            let (heading, cell) = (at(&self.cells, column), at(row, column));
            match role {
                Some(Role::Of(of)) => {
                    let meal = of.meal.or(above.meal);
                    draft.take(day, Under { meal, ..*of }, &cell);
                }
                // What a merged cell says again in the rows under it was read in the first of them.
                Some(Role::Nutrition)
                    if !cell.is_blank() && !above.figures.contains(&(day, column)) =>
                {
                    above.figures.push((day, column));
                    draft.nutrition(day, under, &heading, &cell);
                }
                Some(Role::Other) | None if !cell.is_blank() => {
                    let doubt = Doubt::new(Code::LeftOut, cell.place.clone(), &cell.typed);
                    draft.doubts.push(doubt.with(match heading.typed.as_str() {
                        "" => "没有表头 no heading",
                        heading => heading,
                    }));
                }
                _ => {}
            }
        }
        let before = draft.dishes(day, under.meal);
        self.dish(row, day, under, draft);
        for (_, cell) in self.of(row, |role| *role == Role::Allergens) {
            draft.allergens(day, under, before, cell);
        }
    }

    /// The day of a row: its own, or that of the row above.
    fn day(&self, row: &Row, draft: &mut Draft, above: &mut Above) -> Option<usize> {
        // Date and weekday may stand in a column each, and the week in another, which a title may name, too.
        let is_week = |cell: &Cell| {
            let week = when::weeks(&cell.text);
            week.is_some_and(|(at, _)| at.start == 0 && at.end == cell.text.len())
        };
        let (weeks, cells): (Row, Row) = self
            .of(row, |role| *role == Role::Day)
            .map(|(_, cell)| cell.clone())
            .filter(|cell| !cell.is_blank())
            .partition(is_week);
        if let Some(week) = weeks.first()
            && !draft.titles.iter().any(|title| title.text == week.text)
        {
            draft.titles.push(week.clone());
        }
        let cell = match cells.as_slice() {
            [] => Cell::default(),
            [only] => only.clone(),
            [first, ..] => Cell::new(first.place.clone(), &joined(&cells)),
        };
        if !cell.is_blank() && cell.text != above.day_text {
            let alone = || Some(day_alone(above.month?, &cell.text)?.0);
            let said = when::whole(&cell.text).or_else(alone);
            above.day = said.map(|said| draft.day(&cell, said, above.meal));
            above.under = Under::default();
            if said.is_none() {
                // Under it stands what belongs to no day.
                let doubt = Doubt::new(Code::DateUnknown, cell.place.clone(), &cell.typed);
                draft
                    .doubts
                    .push(doubt.with("读不出日期 it reads as no day"));
            }
            above.day_text.clone_from(&cell.text);
        } else if above.day.is_none() && above.day_text.is_empty() {
            // The day is not printed: the first of some.
            above.day = Some(draft.day(&cell, when::Said::default(), above.meal));
        } else if self.begins_again(row, draft, above) {
            above.day = Some(draft.day(&cell, when::Said::default(), above.meal));
            above.under = Under::default();
        }
        above.day
    }

    /// A day that is not printed begins where the first slot comes again.
    fn begins_again(&self, row: &Row, draft: &Draft, above: &Above) -> bool {
        let blank = above.unprinted && self.cell(row, &Role::Day).is_blank();
        let slot = draft.slot(&self.cell(row, &Role::Slot).text);
        let first = above
            .day
            .and_then(|day| draft.days[day].meals.first()?.dishes.first());
        let first = first.map(Dish::slot);
        let whole = self
            .roles
            .iter()
            .flatten()
            .any(|role| matches!(role, Role::Of(_)));
        let days = self.roles.contains(&Some(Role::Day));
        let again = slot.is_some() && slot == first && Some(above.under.slot) != slot;
        blank && days && (again || (whole && !self.roles.contains(&Some(Role::Meal))))
    }

    fn under(&self, row: &Row, draft: &mut Draft, above: &mut Above) -> Under {
        let cell = self.cell(row, &Role::Slot);
        if !cell.is_blank() {
            let slot = draft.slot(&cell.text);
            let seasoning = words::is_seasoning(&cell.text);
            above.under = Under {
                meal: None,
                slot: slot.unwrap_or_default(),
                seasoning,
            };
            if let Some(meal) = words::meal(&cell.text) {
                above.meal = Some(meal);
            } else if slot.is_none() && !seasoning {
                draft.doubts.push(
                    Doubt::new(Code::WordUnknown, cell.place.clone(), &cell.typed)
                        .with("菜品类别 slot"),
                );
            }
        }
        Under {
            meal: above.meal,
            ..above.under
        }
    }

    fn dish(&self, row: &Row, day: usize, under: Under, draft: &mut Draft) {
        for (group, (over, columns)) in self.groups.iter().enumerate() {
            let cell = |wanted: &Role| {
                let is = |column: &&usize| self.roles[**column].as_ref() == Some(wanted);
                let found = columns.iter().find(is);
                found.map(|column| at(row, *column)).unwrap_or_default()
            };
            let under = Under {
                meal: over.meal.or(under.meal),
                slot: if over.slot == DishSlot::Unspecified {
                    under.slot
                } else {
                    over.slot
                },
                ..under
            };
            let (dish, parts) = (cell(&Role::Dish), cell(&Role::Parts));
            let grams = columns
                .iter()
                .filter_map(|column| match &self.roles[*column] {
                    Some(Role::Grams(band)) => Some((band.clone(), at(row, *column))),
                    _ => None,
                });
            let grams: Vec<(String, Cell)> = grams.collect();
            let is_parts = |column: &usize| self.roles[*column] == Some(Role::Parts);
            if grams.is_empty() && !columns.iter().any(is_parts) {
                draft.take(day, under, &dish);
                continue;
            }
            let (dish, parts, grams) = (&dish, &parts, grams.as_slice());
            draft.weigh(
                day,
                under,
                &Weight {
                    group,
                    dish,
                    parts,
                    grams,
                },
            );
        }
    }
}
