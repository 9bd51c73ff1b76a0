//! Lists: a row of headings somewhere in a sheet, a record a row under it; or `heading: value` lines.

use super::doubt::{Code, Doubt};
use super::fold::key;
use super::sheet::{Cell, Row, Sheet, at};

/// The headings of a kind: what each column means, by the words people head it with.
pub type Headings<F> = [(F, &'static [&'static str])];

/// What a heading means: the whole of it, else what stands before a bracket or a slash, else the longest
/// word it holds.
pub fn meaning<F: Copy>(headings: &Headings<F>, heading: &str) -> Option<F> {
    let name = key(heading);
    let name = name.trim_matches(|c: char| ":*.、".contains(c) || c.is_ascii_digit());
    let bare = name.split(['(', '[']).next().unwrap_or_default();
    let words = || {
        headings
            .iter()
            .flat_map(|(field, words)| words.iter().map(move |word| (*field, *word)))
    };
    let exact = words().find(|(_, word)| *word == name || *word == bare);
    let held = || {
        let held = words().filter(|(_, word)| word.chars().count() > 1 && name.contains(word));
        held.max_by_key(|(_, word)| word.len())
    };
    let short = name.chars().count() <= 14;
    exact
        .or_else(|| short.then(held).flatten())
        .map(|(field, _)| field)
}

/// The columns of a list.
pub struct Columns<F> {
    /// The first row under the headings.
    pub body: usize,
    of: Vec<Option<F>>,
    headings: Row,
}

/// The first row of which at least `least` cells are headings of different meaning.
pub fn find<F: Copy + PartialEq>(
    rows: &[Row],
    headings: &Headings<F>,
    least: usize,
) -> Option<Columns<F>> {
    rows.iter().take(60).enumerate().find_map(|(index, row)| {
        let mut of: Vec<Option<F>> = Vec::new();
        for cell in row {
            let meaning = if cell.is_blank() {
                None
            } else {
                meaning(headings, &cell.text)
            };
            of.push(meaning);
        }
        let first =
            |(index, field): &(usize, &Option<F>)| field.is_some() && !of[..*index].contains(field);
        let enough = of.iter().enumerate().filter(first).count() >= least;
        enough.then(|| Columns {
            body: index + 1,
            of,
            headings: row.clone(),
        })
    })
}

impl<F: Copy + PartialEq> Columns<F> {
    /// The records: rows under the headings that are neither the headings again nor one note across.
    pub fn records<'r>(&'r self, rows: &'r [Row], doubts: &mut Vec<Doubt>) -> Vec<&'r Row> {
        let mut records = Vec::new();
        for row in &rows[self.body..] {
            let again = row
                .iter()
                .zip(&self.headings)
                .all(|(cell, heading)| cell.text == heading.text);
            let full: Vec<&Cell> = row.iter().filter(|cell| !cell.is_blank()).collect();
            let across = full.iter().all(|cell| cell.text == full[0].text);
            match full.first() {
                None => {}
                Some(_) if again => {}
                Some(note) if across => doubts.push(Doubt::new(
                    Code::NotUnderstood,
                    note.place.clone(),
                    &note.typed,
                )),
                Some(_) => records.push(row),
            }
        }
        records
    }

    /// The fields of a record, those that hold something.
    pub fn fields(&self, row: &Row) -> Vec<(F, Cell)> {
        let fields = self
            .of
            .iter()
            .enumerate()
            .filter_map(|(column, field)| Some(((*field)?, at(row, column))));
        fields.filter(|(_, cell)| !cell.is_empty()).collect()
    }

    /// Doubts about columns that mean nothing here, one a column.
    pub fn left_out(&self, rows: &[Row]) -> Vec<Doubt> {
        let unknown = self
            .of
            .iter()
            .enumerate()
            .filter(|(_, field)| field.is_none());
        let filled = unknown.filter(|(column, _)| {
            rows[self.body..]
                .iter()
                .any(|row| !at(row, *column).is_blank())
        });
        filled
            .map(|(column, _)| {
                let heading = at(&self.headings, column);
                let heading = if heading.is_empty() {
                    at(&rows[self.body], column)
                } else {
                    heading
                };
                Doubt::new(Code::LeftOut, heading.place, heading.typed)
                    .with("整列 the whole column")
            })
            .collect()
    }
}

/// A sheet as lines: a row whose first cell is a heading says `heading: value`, other rows are their cells
/// one after another.
pub fn lines<F: Copy>(sheet: &Sheet, headings: &Headings<F>) -> Vec<Cell> {
    let line = |row: &Row| -> Option<Cell> {
        let full: Vec<&Cell> = row.iter().filter(|cell| !cell.is_empty()).collect();
        let (first, rest) = full.split_first()?;
        let mut values: Vec<&str> = Vec::new();
        for cell in rest {
            if values.last() != Some(&cell.typed.as_str()) && cell.typed != first.typed {
                values.push(&cell.typed);
            }
        }
        let labelled = meaning(headings, &first.text).is_some() && !first.text.contains(':');
        let joint = if labelled && !values.is_empty() {
            ":"
        } else {
            " "
        };
        Some(Cell::new(
            first.place.clone(),
            &format!("{}{joint}{}", first.typed, values.join(" ")),
        ))
    };
    match sheet.is_text() {
        true => sheet.lines().cloned().collect(),
        false => sheet.rows.iter().filter_map(line).collect(),
    }
}

/// The heading and the value of a line that has both: 时间:5月12日.
pub fn labelled<F: Copy>(line: &Cell, headings: &Headings<F>) -> Option<(F, Cell)> {
    let (label, _) = line.text.split_once(':')?;
    let short = label.chars().count() <= 10;
    let field = short
        .then(|| {
            meaning(
                headings,
                label.trim_start_matches(|c: char| !c.is_alphabetic()),
            )
        })
        .flatten()?;
    let value = line.text[label.len() + 1..].trim();
    Some((field, line.part(value)))
}
