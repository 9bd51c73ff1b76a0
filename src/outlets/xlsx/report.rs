//! Any report: a page a sheet, as wide as what stands in it.

use super::Error;
use super::sheet::{HEADER, centered, plain, sheet};
use crate::outlets::{Cell, Sheet};
use rust_xlsxwriter::Workbook;

/// How wide a column is at least and at most, in characters.
const NARROW: usize = 8;
const WIDE: usize = 40;

/// Sheets as a workbook, as of a time in words.
///
/// # Errors
/// When the workbook could not be made.
pub fn sheets(sheets: &[Sheet], as_of: &str) -> Result<Vec<u8>, Error> {
    let mut workbook = Workbook::new();
    let print = format!("截至 {as_of}");
    for (number, of) in sheets.iter().enumerate() {
        let heads = of.head.iter().enumerate();
        let columns = heads.map(|(i, head)| (head.clone(), width(of, i)));
        let columns: Vec<(String, f64)> = columns.collect();
        let name = of.title.split(' ').next().unwrap_or_default();
        sheet(&mut workbook, (name, &of.title, &print), &columns)?;
        let page = workbook.worksheet_from_index(number)?;
        for (row, cells) in (HEADER + 1..).zip(&of.rows) {
            for (column, cell) in (0..).zip(cells) {
                match cell {
                    Cell::Text(text) => {
                        page.write_string_with_format(row, column, text, &plain())?;
                    }
                    Cell::Number(number) => {
                        page.write_with_format(row, column, *number, &centered())?;
                    }
                }
            }
        }
    }
    workbook.save_to_buffer()
}

/// As wide as the widest line of its head and its cells.
fn width(of: &Sheet, column: usize) -> f64 {
    let cells = of.rows.iter().filter_map(|row| row.get(column));
    let texts = cells.map(Cell::text).chain(of.head.get(column).cloned());
    let widest = texts.map(|text| text.lines().map(columns_of).max());
    let widest = widest.max().flatten().unwrap_or_default() + 2;
    f64::from(u32::try_from(widest.clamp(NARROW, WIDE)).unwrap_or_default())
}

/// A Chinese character is two wide.
fn columns_of(line: &str) -> usize {
    line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}
