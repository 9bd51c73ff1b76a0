//! Sheets as tables for a terminal; Chinese stands in line.

use super::{Cell, Sheet};
use crate::model::text::harmless;
use comfy_table::{CellAlignment, Table, presets};

/// A sheet as a table. What a terminal would obey in it is shown and not obeyed.
#[must_use]
pub fn table(sheet: &Sheet) -> Table {
    let lines = |text: &str| {
        let lines: Vec<String> = text.lines().map(harmless).collect();
        lines.join("\n")
    };
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_header(sheet.head.iter().map(|head| lines(head)));
    for row in &sheet.rows {
        table.add_row(row.iter().map(|cell| {
            let shown = comfy_table::Cell::new(lines(&cell.text()));
            match cell {
                Cell::Text(_) => shown,
                Cell::Number(_) => shown.set_alignment(CellAlignment::Right),
            }
        }));
    }
    table
}

/// Sheets one under another, each under its title; those without rows are left out.
#[must_use]
pub fn tables(sheets: &[Sheet]) -> String {
    let shown = sheets.iter().filter(|sheet| !sheet.rows.is_empty());
    let shown: Vec<String> = shown
        .map(|sheet| format!("{}\n{}", harmless(&sheet.title), table(sheet)))
        .collect();
    shown.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_campus_that_calls_itself_by_a_terminal_code_is_shown_so() {
        let sheet = Sheet {
            rows: vec![vec!["春风\u{1b}[2J\n分校".into(), 3.into()]],
            ..Sheet::new("学校 campuses", &["学校\ncampus", "数\nnumber"])
        };
        let shown = tables(&[sheet, Sheet::new("空 empty", &["无"])]);
        assert!(shown.contains(r"春风\u001b[2J"), "{shown}");
        assert!(!shown.contains('\u{1b}') && !shown.contains("空 empty"));
        let widths = shown.lines().skip(1).map(|line| {
            let wide = |c: char| if c >= '\u{2e80}' { 2 } else { 1 };
            line.chars().map(wide).sum::<usize>()
        });
        let widths: Vec<usize> = widths.collect();
        assert!(widths.iter().all(|width| *width == widths[0]), "{shown}");
    }
}
