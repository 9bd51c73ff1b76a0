//! Tables of counts: a row of headings or two, whatever they are called, and a row of totals.

use super::{FIGURES, Field, HEADINGS, Reader, Record, figure, name_of, number};
use crate::intake::columns;
use crate::intake::doubt::{Code, Doubt};
use crate::intake::fold::key;
use crate::intake::sheet::{Cell, Row, at, distinct};

/// Campuses down and figures across, where they stand the other way round.
fn upright(rows: &[Row]) -> Option<Vec<Row>> {
    let heads = |row: &&Row| figure(&at(row, 0).text).is_some();
    let first = rows
        .iter()
        .position(|row| heads(&row))
        .filter(|first| *first > 0)?;
    let title = first - 1;
    if rows.iter().filter(heads).count() < 2 || distinct(&rows[title]).len() < 2 {
        return None;
    }
    let mut all = rows[..title].to_vec();
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let mut columns: Vec<Row> = (0..width)
        .map(|column| rows[title..].iter().map(|row| at(row, column)).collect())
        .collect();
    if let Some(corner) = columns.first_mut().and_then(|row| row.first_mut()) {
        // 项目 stands over the figures.
        name_of(Field::Campus).clone_into(&mut corner.text);
    }
    all.append(&mut columns);
    Some(all)
}

impl Reader<'_> {
    /// The rows of a table under one row of headings, each figure by its one name; and the row of totals.
    pub(super) fn headed(&mut self, rows: &[Row]) -> Option<(Vec<Row>, Option<Row>)> {
        let turned = upright(rows);
        let rows = turned.as_deref().unwrap_or(rows);
        let is_campus = |cell: &Cell| columns::meaning(HEADINGS, &cell.text) == Some(Field::Campus);
        let figures = |row: &Row| {
            distinct(row)
                .iter()
                .filter(|cell| figure(&cell.text).is_some())
                .count()
        };
        let above = rows.iter().take(20).position(|row| {
            distinct(row).len() > 1 && (row.iter().any(is_campus) || figures(row) > 1)
        })?;
        let digits = |cell: &Cell| cell.text.contains(|c: char| c.is_ascii_digit());
        let goes_on = |row: &&Row| {
            let same = at(row, 0).is_empty() || at(row, 0).text == rows[above][0].text;
            same && !row.iter().any(digits) && distinct(row).len() > 1
        };
        let below = rows.get(above + 1).filter(goes_on);
        let header = self.named(&rows[above], below);
        let mut all = rows[..above].to_vec();
        all.push(header);
        let (totals, body): (Vec<&Row>, Vec<&Row>) = rows
            [above + 1 + usize::from(below.is_some())..]
            .iter()
            .partition(|row| {
                distinct(row).first().is_some_and(|cell| {
                    ["合计", "总计", "总数", "全集团", "集团合计"]
                        .contains(&key(&cell.text).as_str())
                })
            });
        all.extend(body.into_iter().cloned());
        Some((all, totals.first().map(|row| (*row).clone())))
    }

    /// One row of headings for one or two: 其中骨干 is of what stands before it, and what stands below is of what
    /// stands over it.
    fn named(&mut self, upper: &Row, below: Option<&Row>) -> Row {
        let mut over = Cell::default();
        let mut before = String::new();
        let heading = |(column, top): (usize, &Cell)| {
            if !top.is_blank() {
                over = top.clone();
            }
            let own = below
                .map(|row| at(row, column))
                .filter(|cell| !cell.is_blank());
            let mut cell = match &own {
                Some(own) if top.is_blank() || own.text != top.text => own.clone(),
                _ => top.clone(),
            };
            let mut text = cell.text.clone();
            if own.is_some() {
                text = format!("{}{text}", over.text);
            }
            // 其中骨干 of those who meet the conditions, 其中符合条件 of the backbone.
            let both = [figure(&text), figure(&before)];
            let other = [Field::Eligible, Field::Backbone]
                .iter()
                .all(|field| both.contains(&Some(*field)));
            if cell.text.starts_with("其中") && other {
                text += &before;
                let assumed = Doubt::new(Code::Assumed, cell.place.clone(), "");
                let name = name_of(Field::EligibleBackbone);
                self.doubts.push(
                    assumed
                        .as_(name)
                        .with(format!("“{}”是其中哪些 of which", cell.typed)),
                );
            }
            let meant = figure(&text).filter(|_| {
                columns::meaning(HEADINGS, &cell.text).is_none_or(|field| FIGURES.contains(&field))
            });
            if meant == Some(Field::FullTime) && !text.contains("专任") {
                let doubt = Doubt::new(Code::Folded, cell.place.clone(), &cell.typed);
                self.doubts.push(doubt.as_(name_of(Field::FullTime)));
            }
            match meant {
                Some(field) => {
                    cell.text = name_of(field).to_owned();
                    before = text;
                }
                None if FIGURES
                    .iter()
                    .any(|field| cell.text.contains(name_of(*field))) =>
                {
                    // 骨干教师比例 is no count.
                    cell.text = cell.text.replace("教师", "");
                }
                None => {}
            }
            cell
        };
        upper.iter().enumerate().map(heading).collect()
    }

    /// Holds a row of totals against the sums of its columns.
    pub(super) fn total(&mut self, records: &[Record], total: &Record) {
        for (field, cell) in total.iter().filter(|(field, _)| FIGURES.contains(field)) {
            let figures = records.iter().flatten().filter(|(other, _)| other == field);
            let sum: i32 = figures.filter_map(|(_, cell)| number(&cell.text)).sum();
            if number(&cell.text) != Some(sum) {
                let doubt = Doubt::new(Code::SumMismatch, cell.place.clone(), &cell.typed);
                self.doubts.push(doubt.with(sum));
            }
        }
    }
}
