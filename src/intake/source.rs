//! Bytes → sheets: workbooks, .csv and text, whatever their encoding.
//!
//! Every step is bounded, so that a hostile file costs no more than a large one.

mod bounds;
mod workbook;

use super::doubt::{Code, Doubt, Place};
use super::sheet::{Cell, Row, Sheet};
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// The largest file, in bytes.
pub const BYTES_MAX: usize = 16 << 20;
/// The largest text, in bytes.
pub const TEXT_MAX: usize = 4 << 20;
/// The most cells of a file that hold something.
pub const CELLS_MAX: usize = 100_000;
/// The longest text of one cell or line that is looked at, in characters.
pub const CELL_MAX: usize = 4_000;

/// Why nothing could be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Nothing is in it.
    #[error("it is empty; save the sheet or the text again and hand in that file")]
    Empty,
    /// It is too large.
    #[error("it is larger than {0}; hand in the part that matters")]
    TooLarge(String),
    /// It is a workbook that cannot be opened.
    #[error(
        "it looks like a workbook but cannot be opened ({0}); open it in WPS or Excel and save it again, without a password"
    )]
    Broken(String),
    /// It is some other kind of file.
    #[error("it is {0}; save it as .xlsx, .xls, .csv or plain text")]
    Other(&'static str),
}

/// The sheets of a file, and what was doubtful about its bytes.
pub fn sheets(bytes: &[u8]) -> Result<(Vec<Sheet>, Vec<Doubt>), Unreadable> {
    if bytes.len() > BYTES_MAX {
        return Err(Unreadable::TooLarge(format!("{} MiB", BYTES_MAX >> 20)));
    }
    let (sheets, doubts) = match bytes {
        [b'P', b'K', 3 | 5, ..] if holds(bytes, "application/vnd.oasis") => {
            return Err(Unreadable::Other("an OpenDocument file (.ods)"));
        }
        [b'P', b'K', 3 | 5, ..] => workbook::xlsx(bytes)?,
        [0xd0, 0xcf, 0x11, 0xe0, ..] => workbook::xls(bytes)?,
        [b'%', b'P', b'D', b'F', ..] => return Err(Unreadable::Other("a PDF")),
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] => {
            return Err(Unreadable::Other("a picture"));
        }
        _ => text(bytes)?,
    };
    match sheets.iter().all(|sheet| sheet.rows.is_empty()) {
        true => Err(Unreadable::Empty),
        false => Ok((sheets, doubts)),
    }
}

/// Whether a file's first part begins with a text: `OpenDocument` says there what it is (its part 3, 3.3).
fn holds(bytes: &[u8], text: &str) -> bool {
    const MIMETYPE: usize = 38;
    let first = bytes.get(MIMETYPE..);
    first.is_some_and(|first| first.starts_with(text.as_bytes()))
}

/// A text in whichever encoding these offices use.
fn decode(bytes: &[u8]) -> (String, Option<Doubt>) {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return lossy(encoding, bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(error) => {
            // A text that is UTF-8 nearly to its end was cut, and is not GBK.
            let cut = error.error_len().is_none() && error.valid_up_to() > 0;
            // Without a mark: every second byte of plain text in UTF-16 is often zero.
            let zeros = |from: usize| {
                bytes
                    .iter()
                    .skip(from)
                    .step_by(2)
                    .filter(|b| **b == 0)
                    .count()
            };
            let many = bytes.len() / 8;
            let encoding = match (cut, zeros(1) > many, zeros(0) > many) {
                (true, ..) => UTF_8,
                (_, true, false) => UTF_16LE,
                (_, false, true) => UTF_16BE,
                _ => GB18030,
            };
            lossy(encoding, bytes)
        }
    }
}

fn lossy(encoding: &'static Encoding, bytes: &[u8]) -> (String, Option<Doubt>) {
    let (text, encoding, broken) = encoding.decode(bytes);
    let doubt = Doubt::new(Code::BadBytes, Place::Whole, "").with(encoding.name());
    (text.into_owned(), broken.then_some(doubt))
}

fn text(bytes: &[u8]) -> Result<(Vec<Sheet>, Vec<Doubt>), Unreadable> {
    if bytes.len() > TEXT_MAX {
        return Err(Unreadable::TooLarge(format!(
            "{} MiB of text",
            TEXT_MAX >> 20
        )));
    }
    let (text, doubt) = decode(bytes);
    let odd = text
        .chars()
        .filter(|c| matches!(c, '\0'..='\u{8}' | '\u{fffd}'))
        .count();
    if odd * 10 > text.chars().count() {
        return Err(Unreadable::Other("no text"));
    }
    let mut doubts: Vec<Doubt> = doubt.into_iter().collect();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let cells = match delimiter(&text) {
        Some(delimiter) => records(&text, delimiter, &mut doubts),
        None => lines(&text, &mut doubts),
    };
    Ok((
        vec![Sheet {
            name: String::new(),
            rows: rows(cells, &mut doubts),
            merged: Vec::new(),
        }],
        doubts,
    ))
}

/// The delimiter, when the text is a table: of its lines that hold anything, most have it equally often.
fn delimiter(text: &str) -> Option<u8> {
    let table = |delimiter: u8| {
        let mut reader = reader(text, delimiter);
        let widths: Vec<usize> = reader
            .records()
            .flatten()
            .take(200)
            .filter(|record| record.iter().any(|field| !field.trim().is_empty()))
            // 周一:早餐 牛奶;午餐 米饭: sentences.
            .filter(|record| delimiter != b';' || !record[0].contains([':', '：']))
            .map(|record| record.len())
            .collect();
        // The most usual width: a title above may have fewer or more columns.
        let count = |width: usize| widths.iter().filter(|other| **other == width).count();
        let usual = widths.iter().copied().filter(|width| *width >= 2);
        let width = usual
            .max_by_key(|width| (count(*width), *width))
            .unwrap_or_default();
        let same = count(width);
        // Commas also stand in sentences: two columns of them are few.
        let few = delimiter == b',' && width == 2;
        let headed = text
            .lines()
            .next()
            .is_some_and(|line| line.chars().count() <= 20);
        let enough = if few {
            same == widths.len() && headed
        } else {
            same * 2 >= widths.len()
        };
        width >= 2 && widths.len() >= 2 && enough
    };
    [b'\t', b',', b';']
        .into_iter()
        .find(|delimiter| table(*delimiter))
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes())
}

/// The rows of a table in text, numbered as a sheet shows them: a blank line is a row, a cell of several
/// lines is in one.
fn records(text: &str, delimiter: u8, doubts: &mut Vec<Doubt>) -> Vec<Row> {
    let mut text = text.to_owned();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let mut reader = reader(&text, delimiter);
    let mut record = csv::StringRecord::new();
    let mut rows = Vec::new();
    let mut inside = 0;
    while let Ok(true) = reader.read_record(&mut record) {
        // The reader stands behind the record; blank lines before it were passed over.
        let broken: usize = record.iter().map(|field| field.matches('\n').count()).sum();
        inside += u64::try_from(broken).unwrap_or_default();
        let row = reader.position().line().saturating_sub(2 + inside);
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        let cell = |(column, field): (usize, &str)| {
            let place = Place::Cell {
                sheet: String::new(),
                row,
                column: u32::try_from(column).unwrap_or(u32::MAX),
            };
            let field = short(field, &place, doubts);
            Cell::new(place, field)
        };
        rows.push(record.iter().enumerate().map(cell).collect());
    }
    rows
}

fn lines(text: &str, doubts: &mut Vec<Doubt>) -> Vec<Row> {
    let line = |(number, line): (usize, &str)| {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        let blanks = line.chars().take_while(|c| c.is_whitespace()).count();
        let place = Place::Line {
            line: number.saturating_add(1),
            column: u32::try_from(blanks).unwrap_or_default() + 1,
        };
        let line = short(line, &place, doubts);
        vec![Cell::new(place, line)]
    };
    text.lines().enumerate().map(line).collect()
}

/// Nothing people type into a cell is longer.
fn short<'t>(text: &'t str, place: &Place, doubts: &mut Vec<Doubt>) -> &'t str {
    let Some((end, _)) = text.char_indices().nth(CELL_MAX) else {
        return text;
    };
    let doubt = Doubt::new(Code::TooMuch, place.clone(), "");
    doubts.push(doubt.with(format!("每格每行 {CELL_MAX} 字 characters a cell or line")));
    &text[..end]
}

/// Rows of equal length without empty rows and columns, as many cells as are looked at.
fn rows(sparse: Vec<Row>, doubts: &mut Vec<Doubt>) -> Vec<Row> {
    let mut cells = 0;
    let mut kept: Vec<Row> = Vec::new();
    for row in sparse {
        cells += row.len();
        if cells > CELLS_MAX {
            let place = row
                .first()
                .map(|cell| cell.place.clone())
                .unwrap_or_default();
            doubts.push(too_much(place));
            break;
        }
        if row.iter().any(|cell| !cell.is_empty()) {
            kept.push(row);
        }
    }
    let width = kept.iter().map(Vec::len).max().unwrap_or_default();
    let used: Vec<usize> = (0..width)
        .filter(|column| {
            kept.iter()
                .any(|row| row.get(*column).is_some_and(|cell| !cell.is_empty()))
        })
        .collect();
    if kept.len().saturating_mul(used.len()) > 4 * CELLS_MAX {
        doubts.push(too_much(Place::Whole));
        kept.truncate(4 * CELLS_MAX / used.len().max(1));
    }
    let row = |row: Row| {
        used.iter()
            .map(|column| super::sheet::at(&row, *column))
            .collect()
    };
    kept.into_iter().map(row).collect()
}

fn too_much(place: Place) -> Doubt {
    Doubt::new(Code::TooMuch, place, "").with(format!("{CELLS_MAX} 格 cells"))
}

#[cfg(test)]
mod tests;
