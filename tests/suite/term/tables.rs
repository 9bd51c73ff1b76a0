//! The tables of a page, and the sheets of a workbook, as whoever looks reads them.

use crate::console::browser::Browser;
use calamine::{Data, Reader as _, Xlsx};
use regex::Regex;
use std::io::Cursor;
use std::sync::LazyLock;

/// One of them: what stands above it, its heads, its rows.
#[derive(Debug)]
pub struct Table {
    pub title: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// By which door a report is read.
#[derive(Clone, Copy, Debug)]
pub enum Door {
    Page,
    Workbook,
}

pub const DOORS: [Door; 2] = [Door::Page, Door::Workbook];

/// A report with what it is asked for, by a door.
pub async fn report(office: &Browser, door: Door, name: &str, query: &str) -> Vec<Table> {
    match door {
        Door::Page => page(office, &format!("/report/{name}?{query}")).await,
        Door::Workbook => workbook(office, &format!("/report/{name}/sheet.xlsx?{query}")).await,
    }
}

/// The tables of a page.
pub async fn page(office: &Browser, path: &str) -> Vec<Table> {
    static TABLE: LazyLock<Regex> =
        LazyLock::new(|| regex(r"<h2[^>]*>(.*?)</h2>|<table.*?</table>"));
    let answer = office.get(path).await;
    answer.is(200);
    let mut title = String::new();
    let mut tables = Vec::new();
    for found in TABLE.captures_iter(&answer.body) {
        match found.get(1) {
            Some(heading) => title = text(heading.as_str()),
            None => tables.push(table(&title, &found[0])),
        }
    }
    tables
}

fn regex(pattern: &str) -> Regex {
    Regex::new(&format!("(?s){pattern}")).expect("a pattern")
}

fn table(title: &str, html: &str) -> Table {
    static ROW: LazyLock<Regex> = LazyLock::new(|| regex("<tr>(.*?)</tr>"));
    static CELL: LazyLock<Regex> = LazyLock::new(|| regex(r"<t[hd](?:\s[^>]*)?>(.*?)</t[hd]>"));
    let cells = |row: &str| {
        let cells = CELL.captures_iter(row).map(|cell| text(&cell[1]));
        cells.collect::<Vec<_>>()
    };
    let mut rows = ROW.captures_iter(html).map(|row| cells(&row[1]));
    Table {
        title: title.to_owned(),
        head: rows.next().expect("heads"),
        rows: rows.collect(),
    }
}

/// What is left of a piece of a page for whoever reads it.
pub fn text(html: &str) -> String {
    static TAG: LazyLock<Regex> = LazyLock::new(|| regex("<[^>]*>"));
    let text = TAG.replace_all(html, "");
    let escapes = [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
    ];
    let text = escapes
        .iter()
        .fold(text.into_owned(), |text, (code, sign)| {
            text.replace(code, sign)
        });
    text.trim().to_owned()
}

/// The sheets of a workbook.
pub async fn workbook(office: &Browser, path: &str) -> Vec<Table> {
    let answer = office.get(path).await;
    answer.is(200);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(answer.bytes)).expect("a workbook");
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        Data::Float(number) => number.to_string(),
        other => panic!("neither text nor number: {other:?}"),
    };
    let sheets = book.worksheets().into_iter().map(|(_, range)| {
        let rows = range.rows().map(|row| row.iter().map(text).collect());
        let mut rows = rows.collect::<Vec<Vec<String>>>().into_iter();
        Table {
            title: rows.next().expect("a title").remove(0),
            head: rows.by_ref().nth(1).expect("heads"),
            rows: rows.collect(),
        }
    });
    sheets.collect()
}

/// The one whose title begins so.
pub fn titled<'a>(tables: &'a [Table], title: &str) -> &'a Table {
    let found = tables.iter().find(|table| table.title.starts_with(title));
    found.unwrap_or_else(|| panic!("no {title} among {tables:#?}"))
}

impl Table {
    /// The cells below some heads, row by row; a head goes by its first word.
    pub fn below(&self, heads: &[&str]) -> Vec<Vec<&str>> {
        let at = |head: &&str| {
            let mut heads = self.head.iter();
            let is = |of: &String| of.split_whitespace().next() == Some(*head);
            heads
                .position(is)
                .unwrap_or_else(|| panic!("no {head} in {:?}", self.head))
        };
        let columns: Vec<usize> = heads.iter().map(at).collect();
        let cells = self.rows.iter().map(|row| {
            assert_eq!(row.len(), self.head.len(), "{row:?}");
            columns.iter().map(|column| row[*column].as_str()).collect()
        });
        cells.collect()
    }

    /// The rows, whole, as they read.
    pub fn read(&self) -> Vec<Vec<&str>> {
        let rows = self.rows.iter();
        rows.map(|row| row.iter().map(String::as_str).collect())
            .collect()
    }
}

/// Numbers as they read.
pub fn texts<const N: usize>(numbers: [i32; N]) -> [String; N] {
    numbers.map(|number| number.to_string())
}

/// A numerator over its denominator, rounded for whoever looks.
pub fn rate([numerator, denominator]: [i32; 2]) -> String {
    let percent = f64::from(numerator) * 100.0 / f64::from(denominator);
    format!("{numerator}/{denominator} ({percent:.1}%)")
}

/// A number that is known, or from least to most.
pub fn range([least, most]: [i32; 2]) -> String {
    if least == most {
        least.to_string()
    } else {
        format!("{least}–{most}")
    }
}
