//! Menus as a week grid: days across, meals or slots down; a day may have a column for its dish and others
//! for what it is made of.

use super::draft::{Draft, Under, Weight};
use super::headings::{Role, role};
use super::notes::note;
use super::words;
use super::{amount::Weighed, figures};
use crate::intake::columns::is_mark;
use crate::intake::doubt::{Code, Doubt};
use crate::intake::fold::number;
use crate::intake::sheet::{Cell, Row, at, distinct};
use crate::intake::when::{self, Said, regex};
use crate::wire::v1::DishSlot;
use regex::Regex;
use std::sync::LazyLock;

/// A row of days.
pub struct Days {
    /// Where it stands.
    pub at: usize,
    /// The first row under it.
    pub body: usize,
    /// Its days, and the columns of each.
    days: Vec<(Cell, Said, Vec<usize>)>,
    /// What the columns of a day hold, when there are several.
    roles: Vec<Option<Role>>,
}

/// The first row that names two days or more side by side.
#[must_use]
pub fn header(rows: &[Row]) -> Option<Days> {
    let row = (0..rows.len())
        .take(60)
        .find(|row| is_header(&rows[*row]))?;
    let mut days: Vec<(Cell, Said, Vec<usize>)> = Vec::new();
    for (column, cell) in rows[row].iter().enumerate() {
        let Some(said) = when::whole(&cell.text) else {
            // An empty heading behind a day belongs to it, when cells were not merged but left empty.
            if let Some((.., columns)) = days.last_mut()
                && cell.is_empty()
            {
                columns.push(column);
            }
            continue;
        };
        match days.last_mut() {
            Some((last, _, columns))
                if last.text == cell.text && columns.last() == Some(&(column - 1)) =>
            {
                columns.push(column);
            }
            _ => days.push((cell.clone(), said, vec![column])),
        }
    }
    let mut body = row + 1;
    // The dates may stand in a row of their own under the weekdays.
    if let Some(below) = rows.get(body)
        && days
            .iter()
            .filter(|(.., columns)| when::whole(&at(below, columns[0]).text).is_some())
            .count()
            >= 2
    {
        for (_, said, columns) in &mut days {
            let more = when::whole(&at(below, columns[0]).text).unwrap_or_default();
            *said = Said {
                year: said.year.or(more.year),
                month: said.month.or(more.month),
                day: said.day.or(more.day),
                weekday: said.weekday.or(more.weekday),
            };
        }
        body += 1;
    }
    let roles: Vec<Option<Role>> = rows
        .get(body)
        .map(|row| row.iter().map(role).collect())
        .unwrap_or_default();
    let across = days
        .first()
        .map(|(.., columns)| columns.clone())
        .unwrap_or_default();
    let split = across.len() > 1
        && across.iter().all(|column| {
            matches!(
                roles.get(*column),
                Some(Some(Role::Dish | Role::Parts | Role::Grams(_)))
            )
        });
    let roles = if split { roles } else { Vec::new() };
    body += usize::from(split);
    Some(Days {
        at: row,
        body,
        days,
        roles,
    })
}

/// Whether a row names two days or more, and hardly anything else.
#[must_use]
pub fn is_header(row: &Row) -> bool {
    let mut said: Vec<Said> = row
        .iter()
        .filter_map(|cell| when::whole(&cell.text))
        .collect();
    said.dedup();
    let full = row.iter().filter(|cell| !cell.is_blank()).count();
    let days = row
        .iter()
        .filter(|cell| when::whole(&cell.text).is_some())
        .count();
    said.len() >= 2 && days * 2 >= full && days + 3 >= full
}

impl Days {
    /// Reads the rows under the days, to the next row of days; where that is.
    pub fn read(&self, rows: &[Row], draft: &mut Draft) -> usize {
        let first = self.days.first().map_or(0, |(.., columns)| columns[0]);
        let mut indices: Vec<Option<usize>> = Vec::new();
        let mut under = Under::default();
        let mut other = false;
        let in_grams = draft
            .titles
            .iter()
            .any(|cell| cell.text.contains(['克', 'g']));
        draft.weighed = Weighed {
            in_grams,
            ..Weighed::default()
        };
        for (index, row) in rows.iter().enumerate().skip(self.body) {
            if is_header(row) {
                return index;
            }
            if let Some(numbers) = self.numbers(row) {
                indices = self.numbered(&numbers, draft);
                continue;
            }
            if indices.is_empty() {
                indices = self
                    .days
                    .iter()
                    .map(|(cell, said, _)| Some(draft.day(cell, *said, None)))
                    .collect();
            }
            if let Some(note) = note(row) {
                draft.notes.push(note);
                continue;
            }
            // The title of the next grid.
            if distinct(row).len() == 1 && rows.get(index + 1).is_some_and(is_header) {
                continue;
            }
            let labels: Vec<&Cell> = row[..first]
                .iter()
                .filter(|cell| !cell.is_blank())
                .collect();
            let nutrition = labels
                .iter()
                .find(|cell| !figures::nutrients(&cell.text).is_empty());
            if let Some(note) = self.beside(row, &labels, draft) {
                draft.notes.push(note);
                continue;
            }
            // What stands under 夜宵 goes on, until another meal.
            other = match labels.iter().any(|cell| words::is_other_meal(&cell.text)) {
                true => true,
                false => {
                    other
                        && !labels
                            .iter()
                            .any(|cell| words::meal_in(&cell.text).is_some())
                }
            };
            let of_day = |label: &&&Cell| {
                ["总", "全天", "全日", "一日"]
                    .iter()
                    .any(|word| label.text.contains(word))
            };
            let several = indices
                .iter()
                .flatten()
                .any(|day| draft.days[*day].meals.len() > 1);
            let total = nutrition.filter(of_day).is_some() && several;
            if other || total {
                let why = match other {
                    true => words::OTHER_MEAL,
                    false => "一天的合计，不是一餐的 of a day, not of a meal",
                };
                for cell in self.cells_of(row).iter().filter(|cell| !cell.is_blank()) {
                    let doubt = Doubt::new(Code::LeftOut, cell.place.clone(), &cell.typed);
                    draft.doubts.push(doubt.with(why));
                }
                continue;
            }
            if self.marks(row, &labels, under, &indices, draft)
                || self.others(row, &labels, under, &indices, draft)
            {
                continue;
            }
            under = self.under(&labels, under, draft);
            for ((_, _, columns), day) in self.days.iter().zip(&indices) {
                let Some(day) = day else {
                    let cell = at(row, columns[0]);
                    if !cell.is_blank() {
                        let doubt = Doubt::new(Code::DateUnknown, cell.place, cell.typed);
                        draft
                            .doubts
                            .push(doubt.with("其上没有日期 no day stands above it"));
                    }
                    continue;
                };
                match nutrition {
                    Some(heading) => draft.nutrition(*day, under, heading, &at(row, columns[0])),
                    None => self.cells(row, columns, *day, under, draft),
                }
            }
        }
        rows.len()
    }

    /// A text beside the days, with nothing under any of them, that is no label: 2.周三为素食日.
    fn beside(&self, row: &Row, labels: &[&Cell], draft: &Draft) -> Option<Cell> {
        let [only] = labels else { return None };
        let empty = self.cells_of(row).iter().all(Cell::is_empty);
        let is_label = words::meal_in(&only.text).is_some()
            || draft.slot(&only.text).is_some()
            || words::is_seasoning(&only.text)
            || role(only).is_some();
        (empty && !is_label && only.text.chars().count() > 4).then(|| (*only).clone())
    }

    /// The first cell of a row under each day.
    fn cells_of(&self, row: &Row) -> Vec<Cell> {
        self.days
            .iter()
            .map(|(.., columns)| at(row, columns[0]))
            .collect()
    }

    /// A row of marks: the dish is its label. Whether it is one.
    fn marks(
        &self,
        row: &Row,
        labels: &[&Cell],
        above: Under,
        indices: &[Option<usize>],
        draft: &mut Draft,
    ) -> bool {
        let cells = self.cells_of(row);
        let full = || cells.iter().filter(|cell| !cell.is_blank());
        let no = |cell: &Cell| matches!(cell.text.as_str(), "×" | "✗" | "✘");
        let Some((dish, labels)) = labels.split_last() else {
            return false;
        };
        if full().next().is_none() || !full().all(|cell| is_mark(cell) || no(cell)) {
            return false;
        }
        let under = match labels.is_empty() {
            true => above,
            false => self.under(labels, above, draft),
        };
        for (cell, day) in cells.iter().zip(indices) {
            if let Some(day) = day.filter(|_| is_mark(cell)) {
                draft.take(day, under, dish);
            }
        }
        true
    }

    /// A row of something else than dishes: what those above are made of, or what a menu has no field for.
    /// Whether it is one.
    fn others(
        &self,
        row: &Row,
        labels: &[&Cell],
        under: Under,
        indices: &[Option<usize>],
        draft: &mut Draft,
    ) -> bool {
        let Some(label) = labels.last() else {
            return false;
        };
        let Some(
            role @ (Role::Parts | Role::Grams(_) | Role::Allergens | Role::Other | Role::Diners),
        ) = role(label)
        else {
            return false;
        };
        for (cell, day) in self.cells_of(row).iter().zip(indices) {
            let Some(day) = day.filter(|_| !cell.is_blank() && !words::is_nothing(&cell.text))
            else {
                continue;
            };
            match &role {
                Role::Parts | Role::Grams(_) => draft.made_of(day, under, cell),
                Role::Allergens => draft.allergens(day, under, 0, cell),
                _ => {
                    let doubt = Doubt::new(Code::LeftOut, cell.place.clone(), &cell.typed);
                    draft.doubts.push(doubt.with(&label.typed));
                }
            }
        }
        true
    }

    /// The days of the month, when a row holds nothing else: 10, 11, 12 under 周日, 周一, 周二.
    fn numbers(&self, row: &Row) -> Option<Vec<Option<(Cell, i8)>>> {
        let number = |cell: Cell| -> Option<Option<(Cell, i8)>> {
            let digits = cell.text.trim_end_matches(['日', '号']);
            let day = digits.parse().ok().filter(|day| (1..=31).contains(day));
            match cell.is_blank() {
                true => Some(None),
                false => Some(Some((cell.clone(), day?))),
            }
        };
        let cells = self.days.iter().map(|(.., columns)| at(row, columns[0]));
        let found: Vec<Option<(Cell, i8)>> = cells.map(number).collect::<Option<_>>()?;
        let days: Vec<i8> = found.iter().flatten().map(|(_, day)| *day).collect();
        let running = days
            .windows(2)
            .all(|pair| pair[1] == pair[0] + 1 || pair[1] == 1);
        let plain = self.days.iter().all(|(_, said, _)| !said.is_date());
        (days.len() > 1 && running && plain).then_some(found)
    }

    /// The days of a week of a month's grid. The month is the one that a title names, or the next when the
    /// numbers begin again; without one the weekdays alone tell.
    fn numbered(&self, numbers: &[Option<(Cell, i8)>], draft: &mut Draft) -> Vec<Option<usize>> {
        static MONTH: LazyLock<Regex> =
            LazyLock::new(|| regex(r"(\d{1,2}|[一二三四五六七八九十]{1,2})\s*月"));
        let titled = draft.titles.iter().find_map(|title| {
            let named = MONTH.captures(&title.text)?;
            number(&named[1]).filter(|month| (1..=12).contains(month))
        });
        let before = draft.days.last().map(|day| day.said);
        let mut month = before.and_then(|said| said.month).or(titled);
        let mut last = before.and_then(|said| said.day).unwrap_or_default();
        let mut days = Vec::new();
        for ((_, said, _), numbered) in self.days.iter().zip(numbers) {
            days.push(numbered.as_ref().map(|(cell, day)| {
                if *day < last {
                    month = month.map(|month| month % 12 + 1);
                }
                last = *day;
                let said = Said {
                    month,
                    day: month.map(|_| *day),
                    ..*said
                };
                draft.day(cell, said, None)
            }));
        }
        days
    }

    /// What the cells left of the days say of a row. A blank label goes on with the one above.
    fn under(&self, labels: &[&Cell], above: Under, draft: &mut Draft) -> Under {
        let mut under = Under {
            seasoning: false,
            ..above
        };
        for cell in labels {
            if let Some(meal) = words::meal(&cell.text) {
                under = Under {
                    meal: Some(meal),
                    ..Under::default()
                };
            } else if let Some(slot) = draft.slot(&cell.text) {
                under.slot = slot;
            } else if words::is_seasoning(&cell.text) {
                under.seasoning = true;
            } else if let Some((meal, at)) = words::meal_in(&cell.text) {
                // 午餐主食 says both.
                let behind = cell.text[at.end..].trim_matches([' ', '-', ':', '(', ')', '\n']);
                under = Under {
                    meal: Some(meal),
                    slot: draft.slot(behind).unwrap_or_default(),
                    ..Under::default()
                };
            } else if figures::nutrients(&cell.text).is_empty() && role(cell).is_none() {
                under.slot = DishSlot::Unspecified;
                if !cell.text.chars().all(|c| c.is_ascii_digit() || c == '.') {
                    draft.doubts.push(
                        Doubt::new(Code::WordUnknown, cell.place.clone(), &cell.typed)
                            .with("菜品类别 slot"),
                    );
                }
            }
        }
        under
    }

    fn cells(&self, row: &Row, columns: &[usize], day: usize, under: Under, draft: &mut Draft) {
        if self.roles.is_empty() {
            for cell in columns.iter().map(|column| at(row, *column)) {
                draft.take(day, under, &cell);
            }
            return;
        }
        let of = |wanted: &dyn Fn(&Role) -> bool| {
            let found = columns
                .iter()
                .find(|column| self.roles[**column].as_ref().is_some_and(wanted));
            found.map(|column| at(row, *column)).unwrap_or_default()
        };
        let (dish, parts) = (
            of(&|role| *role == Role::Dish),
            of(&|role| *role == Role::Parts),
        );
        let grams: Vec<(String, Cell)> = columns
            .iter()
            .filter_map(|column| match &self.roles[*column] {
                Some(Role::Grams(band)) => Some((band.clone(), at(row, *column))),
                _ => None,
            })
            .collect();
        draft.weighed.in_grams = true;
        draft.weigh(
            day,
            under,
            &Weight {
                group: 0,
                dish: &dish,
                parts: &parts,
                grams: &grams,
            },
        );
    }
}

/// Rows that begin with a day each, under no heading that says what the others are.
pub fn down(rows: &[Row], draft: &mut Draft) -> bool {
    let day = |row: &Row| {
        row.first()
            .and_then(|cell| Some((cell.clone(), when::whole(&cell.text)?)))
    };
    if rows.iter().filter(|row| day(row).is_some()).count() < 2 {
        return false;
    }
    let mut current = None;
    for row in rows {
        if let Some((cell, said)) = day(row) {
            current = Some(draft.day(&cell, said, None));
        } else if let Some(note) = note(row) {
            draft.notes.push(note);
            continue;
        }
        let Some(day) = current else {
            draft
                .titles
                .extend(row.iter().find(|cell| !cell.is_empty()).cloned());
            continue;
        };
        let mut under = Under::default();
        for (index, cell) in row.iter().enumerate().skip(1) {
            // A label has something behind it.
            let heads = row.get(index + 1).is_some_and(|next| !next.is_blank());
            let slot = draft
                .slot(&cell.text)
                .filter(|_| heads && !words::is_food(&cell.text));
            match (words::meal(&cell.text), slot) {
                (Some(meal), _) => {
                    under = Under {
                        meal: Some(meal),
                        ..Under::default()
                    }
                }
                (None, Some(slot)) => under.slot = slot,
                _ if words::is_seasoning(&cell.text) => under.seasoning = true,
                _ => draft.take(day, under, cell),
            }
        }
    }
    true
}
