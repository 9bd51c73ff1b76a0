//! Lists in text: `heading: value` lines, headings on lines of their own, and columns parted by blanks.

use super::{Headings, exact, is_private, meaning};
use crate::intake::doubt::{Code, Doubt};
use crate::intake::sheet::{Cell, Row, Sheet, distinct, joined};
use crate::intake::when::regex;
use crate::intake::words::unnumbered;
use regex::Regex;
use std::sync::LazyLock;

/// A sheet as lines: a row whose first cell is a heading says `heading: value`, once or several times; other
/// rows are their cells one after another. Lines that say what nobody may push are left out.
pub fn lines<F: Copy>(sheet: &Sheet, headings: &Headings<F>, doubts: &mut Vec<Doubt>) -> Vec<Cell> {
    let lines: Vec<Cell> = match sheet.is_text() {
        true => headings_joined(sheet, headings),
        false => sheet
            .rows
            .iter()
            .flat_map(|row| row_lines(row, headings))
            .collect(),
    };
    let mut lines: Vec<Cell> = lines
        .iter()
        .flat_map(|line| labels_apart(line, headings))
        .collect();
    lines.retain(|line| {
        let label = line.text.split_once(':').map(|(label, _)| label);
        let private = label.filter(|label| label.chars().count() <= 10 && is_private(label));
        if let Some(label) = private {
            let doubt = Doubt::new(Code::PrivateLeftOut, line.place.clone(), "");
            doubts.push(doubt.with(line.typed_of(label)));
        }
        private.is_none()
    });
    lines
}

/// A line that begins with a label and has others, as one a label: 姓名:张老师 单位:总校.
fn labels_apart<F: Copy>(line: &Cell, headings: &Headings<F>) -> Vec<Cell> {
    static LABEL: LazyLock<Regex> = LazyLock::new(|| regex(r"(?:^|[\s,;])\s*(\p{Han}{1,8})\s*:"));
    let known = |label: &str| exact(headings, label).is_some() || is_private(label);
    let labels = LABEL
        .captures_iter(&line.text)
        .filter_map(|label| label.get(1));
    let starts: Vec<usize> = labels
        .filter(|label| known(label.as_str()))
        .map(|label| label.start())
        .collect();
    if starts.len() < 2 || !line.text[..starts[0]].trim().is_empty() {
        return vec![line.clone()];
    }
    let ends = starts.iter().skip(1).copied().chain([line.text.len()]);
    let parts = starts
        .iter()
        .zip(ends)
        .map(|(start, end)| line.text[*start..end].trim_end_matches([',', ';', ' ']));
    parts.map(|part| line.part(part)).collect()
}

/// The lines of a row: 姓名 | 张老师 | 原单位 | 总校 are two.
fn row_lines<F: Copy>(row: &Row, headings: &Headings<F>) -> Vec<Cell> {
    let cells = distinct(row);
    let is_label = |cell: &Cell| exact(headings, &cell.text).is_some() || is_private(&cell.text);
    let Some(first) = cells.first() else {
        return Vec::new();
    };
    let headed = is_label(first) || meaning(headings, &first.text).is_some();
    if !headed || first.text.contains(':') {
        return vec![Cell::new(first.place.clone(), &joined(row))];
    }
    let mut parts: Vec<Vec<&Cell>> = vec![vec![first]];
    for cell in &cells[1..] {
        match parts.last_mut() {
            Some(part) if part.len() == 1 || !is_label(cell) => part.push(cell),
            _ => parts.push(vec![cell]),
        }
    }
    let line = |part: Vec<&Cell>| {
        let values: Vec<&str> = part[1..].iter().map(|cell| cell.typed.as_str()).collect();
        let joint = if values.is_empty() { "" } else { ":" };
        let typed = format!("{}{joint}{}", part[0].typed, values.join(" "));
        Cell::new(part[0].place.clone(), &typed)
    };
    parts.into_iter().map(line).collect()
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

/// Labelled lines as records: what a record begins with, come again, begins the next one.
pub fn by_first<F: Copy + PartialEq>(lines: Vec<(F, Cell)>, first: F) -> Vec<Vec<(F, Cell)>> {
    let mut records: Vec<Vec<(F, Cell)>> = Vec::new();
    for (field, cell) in lines {
        let begins = records
            .last()
            .is_none_or(|record| field == first && record.iter().any(|(other, _)| *other == first));
        if begins {
            records.push(Vec::new());
        }
        if let Some(record) = records.last_mut() {
            record.push((field, cell));
        }
    }
    records
}

/// The lines of a text; a heading on a line of its own (一、活动时间) is joined with the line under it.
fn headings_joined<F: Copy>(sheet: &Sheet, headings: &Headings<F>) -> Vec<Cell> {
    static ROW: LazyLock<Regex> = LazyLock::new(|| regex(r"^\d{1,2}\s*[.、)]|^\d{1,2}:\d{2}"));
    let bare = |line: &Cell| -> Option<String> {
        let name = unnumbered(&line.text).trim_end_matches([':', ' ']);
        (name.chars().count() <= 8 && exact(headings, name).is_some()).then(|| name.to_owned())
    };
    let lines: Vec<&Cell> = sheet.lines().filter(|line| !line.is_blank()).collect();
    let mut joined = Vec::new();
    let mut index = 0;
    while let Some(line) = lines.get(index) {
        index += 1;
        let next = lines.get(index).filter(|next| {
            bare(next).is_none() && labelled(next, headings).is_none() && !ROW.is_match(&next.text)
        });
        match (bare(line), next) {
            (Some(name), Some(next)) => {
                let typed = format!("{name}:{}", next.typed);
                joined.push(Cell::new(line.place.clone(), &typed));
                index += 1;
            }
            _ => joined.push((*line).clone()),
        }
    }
    joined
}

/// A text as a table, when a line of headings parted by blanks has as many words as most lines under it.
pub fn spaced<F: Copy>(sheet: &Sheet, headings: &Headings<F>) -> Option<Sheet> {
    let words = |line: &Cell| -> Row {
        let words = line.text.split_whitespace();
        words.map(|word| line.part(word)).collect()
    };
    let lines: Vec<Row> = sheet.lines().map(words).collect();
    let is_heading = |cell: &Cell| exact(headings, &cell.text).is_some() || is_private(&cell.text);
    let is_header = |row: &Row| row.len() > 2 && row.iter().all(is_heading);
    let at = lines
        .iter()
        .take(20)
        .position(is_header)
        .filter(|_| sheet.is_text())?;
    let width = lines[at].len();
    let under = lines[at + 1..].iter().filter(|row| !row.is_empty());
    let fits = under.clone().filter(|row| row.len() == width).count();
    if fits == 0 || fits * 2 < under.count() {
        return None;
    }
    let row = |(mut row, line): (Row, &Cell)| {
        if row.len() != width {
            row = vec![line.clone(); width];
        }
        row
    };
    let rows = lines.into_iter().zip(sheet.lines()).map(row);
    Some(Sheet {
        merged: Vec::new(),
        name: sheet.name.clone(),
        rows: rows.collect(),
    })
}
