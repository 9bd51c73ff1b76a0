//! Sheets as csv that Excel and WPS open with Chinese intact: UTF-8 with its mark, lines that end in CR LF. What a
//! spreadsheet would take for a formula is text.

use super::{Cell, Sheet};
use std::fmt::Write as _;

/// The mark by which Excel and WPS know UTF-8.
const MARK: char = '\u{feff}';

/// What begins a formula, in half and full width, and what stands before one unseen.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r'];

/// Sheets one under another, with an empty line between them, each under its title.
#[must_use]
pub fn csv(sheets: &[Sheet]) -> String {
    let mut csv = MARK.to_string();
    for (i, sheet) in sheets.iter().enumerate() {
        if i > 0 {
            csv.push_str("\r\n");
        }
        let _ = write!(csv, "{}\r\n", text(&sheet.title));
        line(
            &mut csv,
            sheet.head.iter().map(|head| text(&head.replace('\n', " "))),
        );
        for row in &sheet.rows {
            line(&mut csv, row.iter().map(cell));
        }
    }
    csv
}

fn line(csv: &mut String, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = cells.collect();
    let _ = write!(csv, "{}\r\n", cells.join(","));
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(words) => text(words),
        Cell::Number(number) => number.to_string(),
    }
}

fn text(words: &str) -> String {
    let begins = words.trim_start_matches(' ').starts_with(FORMULA);
    let words = if begins {
        format!("'{words}")
    } else {
        words.to_owned()
    };
    if words.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", words.replace('"', "\"\""))
    } else {
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_never_formulas_and_numbers_stay_numbers() {
        let sheet = Sheet {
            rows: vec![
                vec!["=HYPERLINK(\"http://x\")".into(), (-3).into()],
                vec![" ＋1,2".into(), "a\"b".into()],
                vec!["总校".into(), "– 不适用".into()],
            ],
            ..Sheet::new("流向 flows", &["学校\ncampus", "净\nnet"])
        };
        let lines = [
            "\u{feff}流向 flows",
            "学校 campus,净 net",
            "\"'=HYPERLINK(\"\"http://x\"\")\",-3",
            "\"' ＋1,2\",\"a\"\"b\"",
            "总校,– 不适用",
            "",
        ];
        assert_eq!(csv(&[sheet]), lines.join("\r\n"));
    }
}
