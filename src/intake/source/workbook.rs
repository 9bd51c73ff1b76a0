//! .xlsx and .xls → sheets, by calamine, behind checks that keep a hostile file cheap.

use super::{CELLS_MAX, TEXT_MAX, Unreadable, bounds, short, too_much};
use crate::intake::doubt::{Code, Doubt, Place};
use crate::intake::sheet::{Cell, Row, Sheet};
use crate::model::form::LISTS;
use calamine::{
    Data, DataRef, DataType as _, Dimensions, ExcelDateTime, Reader as _, SheetVisible, Xls, Xlsx,
};
use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The most sheets of a workbook that are read.
const SHEETS_MAX: usize = 100;

type Answer = Result<(Vec<Sheet>, Vec<Doubt>), Unreadable>;

/// Reads an .xlsx (or .et saved as one).
pub fn xlsx(bytes: &[u8]) -> Answer {
    bounds::xlsx(bytes)?;
    guarded(|| read_xlsx(bytes))
}

/// Reads an .xls.
pub fn xls(bytes: &[u8]) -> Answer {
    bounds::xls(bytes)?;
    guarded(|| read_xls(bytes))
}

/// Reading libraries may stumble over broken bytes: that is the file's fault, and no reason to fall.
fn guarded(read: impl FnOnce() -> Answer) -> Answer {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| broken("damaged"))
}

fn broken<T>(why: impl ToString) -> Result<T, Unreadable> {
    Err(Unreadable::Broken(why.to_string()))
}

fn read_xlsx(bytes: &[u8]) -> Answer {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).or_else(broken)?;
    let mut found = Found::default();
    for sheet in book.sheets_metadata().to_vec() {
        let visible = sheet.visible == SheetVisible::Visible;
        if !found.begin(&sheet.name, visible) {
            continue;
        }
        let mut cells = book.worksheet_cells_reader(&sheet.name).or_else(broken)?;
        loop {
            let cell = cells.next_cell().or_else(broken)?;
            let Some(cell) = cell else { break };
            let text = match cell.get_value() {
                DataRef::SharedString(text) => (*text).to_owned(),
                other => shown(&Data::from(other.clone())),
            };
            if !found.cell(cell.get_position(), &text) {
                break;
            }
        }
        drop(cells);
        let merged = book
            .merge_cells_by_sheet_name(&sheet.name)
            .or_else(broken)?;
        found.end(&merged);
    }
    Ok(found.all())
}

fn read_xls(bytes: &[u8]) -> Answer {
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).or_else(broken)?;
    let mut found = Found::default();
    for sheet in book.sheets_metadata().to_vec() {
        let visible = sheet.visible == SheetVisible::Visible;
        if !found.begin(&sheet.name, visible) {
            continue;
        }
        let range = book.worksheet_range(&sheet.name).or_else(broken)?;
        let (row0, column0) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let place = |from: u32, offset: usize| from + u32::try_from(offset).unwrap_or_default();
            if !found.cell((place(row0, row), place(column0, column)), &shown(value)) {
                break;
            }
        }
        let merged = book
            .merge_cells_by_sheet_name(&sheet.name)
            .or_else(broken)?;
        found.end(&merged);
    }
    Ok(found.all())
}

/// What a sheet shows of a value, in the spelling that the readers of dates and numbers know.
fn shown(value: &Data) -> String {
    match value {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::DateTime(time) => shown_time(time),
        Data::Bool(truth) => truth.to_string(),
        other => other.as_string().unwrap_or_default(),
    }
}

fn shown_time(time: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, ..) = time.to_ymd_hms_milli();
    let clock = format!("{hour:02}:{minute:02}");
    if time.as_f64() < 1.0 || time.is_duration() {
        return clock;
    }
    match clock.as_str() {
        "00:00" => format!("{year:04}-{month:02}-{day:02}"),
        clock => format!("{year:04}-{month:02}-{day:02} {clock}"),
    }
}

/// The sheets found so far, within the bounds of a whole file.
#[derive(Default)]
struct Found {
    sheets: Vec<Sheet>,
    doubts: Vec<Doubt>,
    name: String,
    cells: BTreeMap<(u32, u32), String>,
    count: usize,
    bytes: usize,
}

impl Found {
    /// Whether a sheet is to be read.
    fn begin(&mut self, name: &str, visible: bool) -> bool {
        if self.count >= CELLS_MAX || self.sheets.len() >= SHEETS_MAX {
            return false;
        }
        name.clone_into(&mut self.name);
        self.cells.clear();
        if !visible && name != LISTS {
            let place = self.place(0, 0);
            let hidden = Doubt::new(Code::NothingHere, place, name);
            self.doubts
                .push(hidden.with("隐藏的工作表不读 hidden sheets are not read"));
        }
        visible
    }

    /// Takes a cell; whether there is room for more.
    fn cell(&mut self, (row, column): (u32, u32), text: &str) -> bool {
        if text.trim().is_empty() {
            return true;
        }
        let place = self.place(row, column);
        let text = short(text, &place, &mut self.doubts).to_owned();
        self.bytes += text.len();
        if self.count >= CELLS_MAX || self.bytes > TEXT_MAX {
            self.count = CELLS_MAX;
            self.doubts.push(too_much(place));
            return false;
        }
        self.count += 1;
        self.cells.insert((row, column), text);
        true
    }

    fn place(&self, row: u32, column: u32) -> Place {
        let sheet = self.name.clone();
        Place::Cell { sheet, row, column }
    }

    fn end(&mut self, merged: &[Dimensions]) {
        let mut rows: Vec<u32> = self.cells.keys().map(|(row, _)| *row).collect();
        rows.dedup();
        let mut columns: Vec<u32> = self.cells.keys().map(|(_, column)| *column).collect();
        columns.sort_unstable();
        columns.dedup();
        if rows.len().saturating_mul(columns.len()) > 4 * CELLS_MAX {
            self.doubts.push(too_much(self.place(0, 0)));
            rows.truncate(4 * CELLS_MAX / columns.len().max(1));
        }
        self.merge(merged, &rows, &columns);
        let ranges = merged.iter().take(CELLS_MAX);
        let cell = |row: u32, column: u32| {
            let typed = self.cells.get(&(row, column)).map_or("", String::as_str);
            Cell::new(self.place(row, column), typed)
        };
        let row = |row: &u32| -> Row { columns.iter().map(|column| cell(*row, *column)).collect() };
        self.sheets.push(Sheet {
            name: self.name.clone(),
            rows: rows.iter().map(row).collect(),
            merged: ranges.map(|range| [range.start, range.end]).collect(),
        });
    }

    /// Writes what a merged range holds into each of its cells that lies in a used row and column. The
    /// ranges of a hostile file are many and large: there is an end to what is filled.
    fn merge(&mut self, merged: &[Dimensions], rows: &[u32], columns: &[u32]) {
        let within = |all: &[u32], first: u32, last: u32| {
            let from = all.partition_point(|n| *n < first);
            let to = all.partition_point(|n| *n <= last);
            from..to.max(from)
        };
        let mut room = 4 * CELLS_MAX;
        for range in merged.iter().take(CELLS_MAX) {
            let Some(text) = self.cells.get(&range.start).cloned() else {
                continue;
            };
            for row in &rows[within(rows, range.start.0, range.end.0)] {
                for column in &columns[within(columns, range.start.1, range.end.1)] {
                    let Some(left) = room.checked_sub(1 + text.len() / 16) else {
                        return;
                    };
                    room = left;
                    self.cells
                        .entry((*row, *column))
                        .or_insert_with(|| text.clone());
                }
            }
        }
    }

    fn all(self) -> (Vec<Sheet>, Vec<Doubt>) {
        (self.sheets, self.doubts)
    }
}
