//! What a workbook asks for before it is opened: a few bytes can claim gigabytes.
//!
//! calamine trusts the counts and the corners that a file states, and reserves for them. What is looked at
//! here is only that: how much a file unpacks to, how many strings it claims, how far apart its cells lie.

use super::Unreadable;
use regex::bytes::Regex;
use std::io::{Cursor, Read as _};
use std::sync::LazyLock;

/// The most an .xlsx may unpack to, in bytes.
pub const UNPACKED_MAX: usize = 64 << 20;
/// The largest area between the outermost cells of one sheet of an .xls: all rows (65 536) of 32 columns.
const AREA_MAX: u64 = 65_536 * 32;

/// Refuses an .xlsx that unpacks to too much, or that claims more strings than it has bytes.
pub fn xlsx(bytes: &[u8]) -> Result<(), Unreadable> {
    let broken = |error: &dyn std::fmt::Display| Unreadable::Broken(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let mut left = UNPACKED_MAX;
    let mut part = Vec::new();
    for index in 0..archive.len() {
        part.clear();
        let file = archive.by_index(index).map_err(|error| broken(&error))?;
        let limit = u64::try_from(left + 1).unwrap_or(u64::MAX);
        file.take(limit)
            .read_to_end(&mut part)
            .map_err(|error| broken(&error))?;
        let room = left.checked_sub(part.len());
        left = room
            .ok_or_else(|| Unreadable::TooLarge(format!("{} MiB unpacked", UNPACKED_MAX >> 20)))?;
        if claimed_strings(&part).is_some_and(|count| count > part.len()) {
            return Err(broken(&"a count that cannot be true"));
        }
    }
    Ok(())
}

/// The largest number behind the word `uniqueCount` inside a tag.
fn claimed_strings(part: &[u8]) -> Option<usize> {
    static CLAIM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("uniqueCount[^0-9<>]*([0-9]+)").expect("it is a regular expression")
    });
    let digits = CLAIM.captures_iter(part).filter_map(|claim| claim.get(1));
    let number = digits.map(|digits| std::str::from_utf8(digits.as_bytes()).ok()?.parse().ok());
    number.map(|number| number.unwrap_or(usize::MAX)).max()
}

/// Refuses an .xls whose sheets claim more room than sheets of people have.
pub fn xls(bytes: &[u8]) -> Result<(), Unreadable> {
    let broken = |error: std::io::Error| Unreadable::Broken(error.to_string());
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(broken)?;
    let names = ["/Workbook", "/Book"];
    let name = names.into_iter().find(|name| file.is_stream(name));
    let name = name.ok_or_else(|| Unreadable::Broken("no workbook in it".to_owned()))?;
    let mut stream = Vec::new();
    file.open_stream(name)
        .map_err(broken)?
        .read_to_end(&mut stream)
        .map_err(broken)?;
    let mut starts = vec![0];
    starts.extend(
        records(&stream, 0).filter_map(|(kind, data)| match (kind, data) {
            // BoundSheet8 (MS-XLS 2.4.28): where a sheet begins.
            (0x0085, [a, b, c, d, ..]) => Some(u32::from_le_bytes([*a, *b, *c, *d]) as usize),
            _ => None,
        }),
    );
    for start in starts {
        let area = Area::of(records(&stream, start));
        if start > stream.len() || area.size() > AREA_MAX {
            return Err(Unreadable::TooLarge("any sheet of a school".to_owned()));
        }
    }
    Ok(())
}

/// The records of an .xls from a place on: a type, and its data (MS-XLS 2.1.4).
fn records(stream: &[u8], start: usize) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = stream.get(start..).unwrap_or_default();
    std::iter::from_fn(move || {
        let [a, b, c, d, after @ ..] = rest else {
            return None;
        };
        let length = usize::from(u16::from_le_bytes([*c, *d]));
        let data = after.get(..length)?;
        rest = &after[length..];
        Some((u16::from_le_bytes([*a, *b]), data))
    })
}

/// The outermost cells of a sheet, stated and real.
struct Area {
    rows: (u64, u64),
    columns: (u64, u64),
    stated: u64,
}

impl Area {
    fn of<'a>(records: impl Iterator<Item = (u16, &'a [u8])>) -> Self {
        let mut area = Area {
            rows: (u64::MAX, 0),
            columns: (u64::MAX, 0),
            stated: 0,
        };
        // To the end of this sheet (EOF), or of the stream.
        for (kind, data) in records.take_while(|(kind, _)| *kind != 0x000a) {
            let two = |at: usize| {
                data.get(at..at + 2)
                    .map_or(0, |two| u64::from(u16::from_le_bytes([two[0], two[1]])))
            };
            match kind {
                // Dimensions (MS-XLS 2.4.90), with rows of two or of four bytes.
                0x0200 if data.len() >= 14 => {
                    let four = |at| two(at) + (two(at + 2) << 16);
                    area.state(four(0), four(4), two(8), two(10));
                }
                0x0200 => area.state(two(0), two(2), two(4), two(6)),
                // A row of numbers: its last column stands at its end.
                0x00bd => {
                    area.add(two(0), two(2));
                    area.add(two(0), two(data.len().saturating_sub(2)));
                }
                0x0006 | 0x00d6 | 0x00fd | 0x0203 | 0x0204 | 0x0205 | 0x027e => {
                    area.add(two(0), two(2));
                }
                _ => {}
            }
        }
        area
    }

    fn state(&mut self, row: u64, row_end: u64, column: u64, column_end: u64) {
        // An end before its start is read as a number without sign.
        let length = |from: u64, to: u64| to.checked_sub(from).map_or(u64::MAX, |n| n + 1);
        let size = length(row, row_end).saturating_mul(length(column, column_end));
        self.stated = self.stated.max(size);
    }

    fn add(&mut self, row: u64, column: u64) {
        self.rows = (self.rows.0.min(row), self.rows.1.max(row));
        self.columns = (self.columns.0.min(column), self.columns.1.max(column));
    }

    fn size(&self) -> u64 {
        let length = |(from, to): (u64, u64)| to.checked_sub(from).map_or(0, |n| n + 1);
        self.stated
            .max(length(self.rows).saturating_mul(length(self.columns)))
    }
}
