//! Sessions in a grid: times down, grades or subjects across, and in a cell what meets then.

use super::{Field, HEADINGS, Notice};
use crate::intake::columns;
use crate::intake::doubt::{Code, Doubt};
use crate::intake::sheet::{Cell, Row};
use crate::intake::words;

/// What a heading across names.
fn named(cell: &Cell) -> Option<Field> {
    let grades = words::grades(&cell.text);
    if grades
        .first()
        .is_some_and(|grade| grade.at == (0..cell.text.len()))
    {
        return Some(Field::Grade);
    }
    words::subject(&cell.text).map(|_| Field::Subject)
}

/// The sessions of a grid, one a cell; nothing when the rows are none.
pub fn notices(rows: &[Row], doubts: &mut Vec<Doubt>) -> Option<Vec<Notice>> {
    let timed = |cell: &Cell| {
        let field = columns::meaning(HEADINGS, &cell.text);
        field.filter(|field| matches!(field, Field::Time | Field::Weekday))
    };
    let (at, time) = rows.iter().take(20).enumerate().find_map(|(at, row)| {
        let (first, rest) = row.split_first()?;
        let full: Vec<&Cell> = rest.iter().filter(|cell| !cell.is_blank()).collect();
        let all = full.len() > 1 && full.iter().all(|cell| named(cell).is_some());
        Some((at, timed(first)?)).filter(|_| all)
    })?;
    let above: Vec<Cell> = rows[..at]
        .iter()
        .filter_map(|row| row.iter().find(|cell| !cell.is_empty()).cloned())
        .collect();
    let mut all = Vec::new();
    for row in &rows[at + 1..] {
        for (heading, cell) in rows[at].iter().zip(row).skip(1) {
            let Some(field) = named(heading).filter(|_| !cell.is_blank()) else {
                continue;
            };
            let mut fields = vec![(time, row[0].clone()), (field, heading.clone())];
            fields.extend(said(cell, doubts));
            all.push(Notice {
                start: cell.clone(),
                fields,
                loose: above.clone(),
                lines: 2,
                is_row: true,
                ..Notice::default()
            });
        }
    }
    Some(all)
}

/// What a cell says: a subject, a grade; what else stands there is told.
fn said(cell: &Cell, doubts: &mut Vec<Doubt>) -> Vec<(Field, Cell)> {
    let mut fields = Vec::new();
    let words = cell
        .text
        .split(|c: char| c.is_whitespace() || "/、,;()".contains(c));
    for part in words
        .filter(|word| !word.is_empty())
        .map(|word| cell.part(word))
    {
        if words::subject(&part.text).is_some() || !words::subjects(&part.text).is_empty() {
            fields.push((Field::Subject, part));
        } else if !words::grades(&part.text).is_empty() {
            fields.push((Field::Grade, part));
        } else {
            doubts.push(Doubt::new(Code::NotUnderstood, part.place, part.typed));
        }
    }
    fields
}
