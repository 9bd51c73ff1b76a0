//! Pages that are written from the code say what the code says.

use lianxiao::intake::doubt;
use lianxiao::model::finding::{Code, Weight};
use std::fmt::Write as _;

/// The page of all codes, as the table of codes has it.
fn codes_page() -> String {
    let mut page = String::from(
        "# Codes\n\n\
         What the hub answers about an item, by stable code. The sentences are made when they are read:\n\
         `{…}` stands for an argument. This page is written from `src/model/finding.rs`; a test compares\n\
         them, and `UPDATE_DOCS=1 cargo test --test suite docs` writes it anew.\n",
    );
    for (weight, title) in [
        (Weight::Refuse, "Refused (未收)"),
        (Weight::Warn, "Accepted, and worth a look (请核对)"),
        (Weight::Note, "Accepted, and worth knowing (提示)"),
    ] {
        let _ = write!(
            page,
            "\n## {title}\n\n| code | 中文 | English |\n|---|---|---|\n"
        );
        for entry in Code::ALL.iter().map(|code| code.entry()) {
            if entry.weight == weight {
                let _ = writeln!(page, "| `{}` | {} | {} |", entry.name, entry.zh, entry.en);
            }
        }
    }
    page
}

#[test]
fn the_page_of_codes_is_the_table_of_codes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/codes.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, codes_page()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == codes_page(),
        "docs/codes.md is stale: UPDATE_DOCS=1 writes it anew"
    );
}

/// The table of doubts, as the code has it.
fn doubts_table() -> String {
    let mut table = String::from("| code | 中文 | English |\n|---|---|---|\n");
    for (name, zh, en) in doubt::Code::ALL.iter().map(|code| code.entry()) {
        let _ = writeln!(table, "| `{name}` | {zh} | {en} |");
    }
    table
}

#[test]
fn the_page_about_reading_ends_with_the_table_of_doubts() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reading.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (words, table) = page.split_once("| code |").unwrap_or((&page, ""));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, format!("{words}{}", doubts_table())).unwrap();
    } else {
        assert!(
            format!("| code |{table}") == doubts_table(),
            "docs/reading.md is stale: UPDATE_DOCS=1 writes its table anew"
        );
    }
}
