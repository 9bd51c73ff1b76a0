//! What schools type (`tests/typed`, the fifteen samples), through `lianxiao read`: what a careful reading
//! yields (`tests/fixtures`) comes out, and what a careful reader would ask is asked.

mod exchanges;
mod menus;
mod sessions;

use crate::libreoffice::convert;
use crate::process::program;
use rust_xlsxwriter::{Format, Workbook};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};
use tempfile::TempDir;

macro_rules! file {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/", $path))
    };
}
use file;

const GROUP: &str = file!("fixtures/group.json");

/// A reading as the program prints it.
struct Read {
    contents: Vec<Value>,
    doubts: Vec<Value>,
}

impl Read {
    fn codes(&self) -> Vec<&str> {
        self.doubts
            .iter()
            .map(|doubt| doubt["code"].as_str().unwrap())
            .collect()
    }

    /// The doubt of a code whose words hold a text.
    fn doubt(&self, code: &str, holds: &str) -> &Value {
        let found = self.doubts.iter().find(|doubt| {
            doubt["code"] == code && doubt["messageZh"].as_str().unwrap().contains(holds)
        });
        found.unwrap_or_else(|| panic!("no {code} about {holds:?}: {:#?}", self.doubts))
    }

    fn only(&self, kind: &str) -> &Value {
        assert_eq!(self.contents.len(), 1, "{:#?}", self.contents);
        &self.contents[0][kind]
    }
}

/// The registers of the samples' group, with a calendar.
fn registers(folder: &Path, calendar: &Value) -> std::path::PathBuf {
    let mut registers: Value = serde_json::from_str(GROUP).unwrap();
    registers["calendars"] = json!([{"id": "", "calendar": calendar}]);
    let file = folder.join("registers.json");
    std::fs::write(&file, registers.to_string()).unwrap();
    file
}

/// Reads bytes from standard input.
fn run(arguments: &[&str], bytes: &[u8]) -> Output {
    let mut child = program()
        .arg("read")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // The program may have had enough before the end.
    let _ = input.write_all(bytes);
    drop(input);
    child.wait_with_output().unwrap()
}

/// Reads as a campus of the samples' group on a day.
fn read(kind: &str, bytes: &[u8], campus: &str, today: &str, calendar: &Value) -> Read {
    let folder = TempDir::new().unwrap();
    let registers = registers(folder.path(), calendar);
    let mut arguments = vec![kind, "-", "--json", "--today", today, "--registers"];
    arguments.push(registers.to_str().unwrap());
    if !campus.is_empty() {
        arguments.extend(["--campus", campus]);
    }
    let output = run(&arguments, bytes);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{kind}: {complaint}");
    let mut document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut list = |name: &str| {
        document[name]
            .as_array_mut()
            .unwrap()
            .drain(..)
            .collect::<Vec<_>>()
    };
    let contents = list("contents")
        .into_iter()
        .map(|mut item| item["content"].take())
        .collect();
    Read {
        contents,
        doubts: list("doubts"),
    }
}

/// What a careful reading of a sample pushes, by who pushes it.
fn careful(sample: &str) -> Vec<(String, Value)> {
    let sample: Value = serde_json::from_str(sample).unwrap();
    let pushes = sample["pushes"].as_array().unwrap().iter();
    let of = |push: &Value| {
        let from = push["from"].as_str().unwrap().to_owned();
        let mutations = push["request"]["mutations"].as_array().unwrap().clone();
        mutations
            .into_iter()
            .map(move |mutation| (from.clone(), mutation["put"]["content"].clone()))
    };
    pushes.flat_map(of).collect()
}

/// Numbers as numbers, without the fields that a test leaves open.
fn plain(value: &Value, open: &[&str]) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.iter().map(|item| plain(item, open)).collect(),
        Value::Object(fields) => {
            let kept = fields
                .iter()
                .filter(|(name, _)| !open.contains(&name.as_str()));
            Value::Object(
                kept.map(|(name, value)| (name.clone(), plain(value, open)))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

fn assert_same(read: &Value, careful: &Value, open: &[&str]) {
    let (read, careful) = (plain(read, open), plain(careful, open));
    assert!(read == careful, "read: {read:#}\ncareful: {careful:#}");
}

fn term(first: &str, last: &str, special: &[(&str, &str)]) -> Value {
    let special: Vec<Value> = special
        .iter()
        .map(|(date, kind)| json!({"date": date, "kind": format!("DAY_KIND_{kind}")}))
        .collect();
    json!({"terms": [{"name": "学期", "firstDay": first, "lastDay": last}], "specialDays": special})
}

/// The same table as a workbook: under a title merged over its width, and with a cell merged over the
/// empty ones under it in the columns that are not figures.
fn workbook(csv: &str, merged_columns: u16) -> Vec<u8> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let width = rows.iter().map(csv::StringRecord::len).max().unwrap();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("带量食谱").unwrap();
    let format = Format::new();
    sheet
        .merge_range(
            0,
            0,
            0,
            u16::try_from(width - 1).unwrap(),
            rows[0].get(0).unwrap(),
            &format,
        )
        .unwrap();
    let filled = |row: usize, column: u16| {
        let cell = rows.get(row).and_then(|row| row.get(column.into()));
        cell.is_some_and(|cell| !cell.trim().is_empty())
    };
    for (row, record) in rows.iter().enumerate().skip(1) {
        let first_row = u32::try_from(row).unwrap();
        for (column, cell) in (0..)
            .zip(record)
            .filter(|(_, cell)| !cell.trim().is_empty())
        {
            // A range ends where the column left of it goes on to something else.
            let ends = |next: &usize| {
                (0..=column).any(|column| filled(*next, column)) || *next == rows.len()
            };
            let last = (row + 1..=rows.len()).find(ends).unwrap() - 1;
            let last = u32::try_from(last).unwrap();
            match (
                cell.parse::<f64>(),
                column < merged_columns && last > first_row,
            ) {
                (Ok(number), _) => drop(sheet.write(first_row, column, number).unwrap()),
                (_, true) => drop(
                    sheet
                        .merge_range(first_row, column, last, column, cell, &format)
                        .unwrap(),
                ),
                _ => drop(sheet.write(first_row, column, cell).unwrap()),
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// The same table in the forms in which schools hand it in: as csv, as the workbook above, and as LibreOffice saves
/// that, its csv in GBK.
fn forms(typed: &str, merged_columns: u16) -> Vec<(&'static str, Vec<u8>)> {
    let book = workbook(typed, merged_columns);
    let saved =
        ["xlsx", "xls", "csv"].map(|to| (to, convert(&[("book.xlsx", &book)], to).remove(0)));
    let made = [("made as csv", typed.into()), ("made as xlsx", book)];
    made.into_iter().chain(saved).collect()
}

#[expect(
    clippy::print_stdout,
    reason = "a test that fails shows in which form it does"
)]
fn now_in(form: &str) {
    println!("{form}");
}

#[test]
fn a_file_in_which_nothing_can_be_read_is_told_by_its_name() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("扫描件.pdf");
    std::fs::write(&file, "%PDF-1.7 …").unwrap();
    let output = program()
        .args(["read", "menu"])
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(65));
    assert!(
        said.contains("扫描件.pdf") && said.contains(".xlsx"),
        "{said}"
    );
    let open = convert(
        &[("week.xlsx", &workbook("食谱,,\n日期,餐次,菜名", 0))],
        "ods",
    );
    let output = run(&["menu", "-"], &open[0]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains(".ods") && said.contains("save it as .xlsx"),
        "{said}"
    );
    let output = run(&["menu", "-"], "\n \n".as_bytes());
    assert_eq!(
        (output.status.code(), output.stdout.is_empty()),
        (Some(65), true)
    );
    let output = run(&["menu", folder.path().join("none").to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(1));
    let output = run(&["menu", "-", "--json"], "你好，今天开会".as_bytes());
    assert_eq!(output.status.code(), Some(65), "nothing was understood");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["doubts"][0]["code"], "NOTHING_HERE");
}

#[test]
fn people_get_the_same_as_a_page() {
    let typed = "周一：米饭、红烧肉\n周二：面条";
    let output = run(&["menu", "-", "--today", "2026-05-08"], typed.as_bytes());
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    assert!(
        said.contains("红烧肉") && said.contains("2026-05-11"),
        "{said}"
    );
    assert!(said.contains("今天 2026-05-08 之后的一周"), "{said}");
}

#[test]
fn whoever_has_read_enough_may_go() {
    let mut child = program()
        .args(["read", "session", "-", "--json", "--today", "2026-05-08"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut input = child.stdin.take().unwrap();
    let _ = input.write_all(
        "5月12日14:00 语文 集备 主备：张老师\n"
            .repeat(500)
            .as_bytes(),
    );
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
