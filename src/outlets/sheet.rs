//! A report laid out in rows and columns, in no form yet.

use crate::wire::convert::stored_time;
use crate::wire::v1;
use jiff::tz::TimeZone;

/// One sheet of a report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// What it shows: Chinese, then English.
    pub title: String,
    /// The heads of its columns: Chinese, then English on the next line.
    pub head: Vec<String>,
    /// The rows, each as long as the head.
    pub rows: Vec<Vec<Cell>>,
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number that may be summed up.
    Number(i64),
}

impl Sheet {
    /// A sheet without rows.
    #[must_use]
    pub fn new(title: &str, head: &[&str]) -> Self {
        Sheet {
            title: title.to_owned(),
            head: head.iter().map(|head| (*head).to_owned()).collect(),
            rows: Vec::new(),
        }
    }
}

impl Cell {
    /// What it reads.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Cell::Text(text) => text.clone(),
            Cell::Number(number) => number.to_string(),
        }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<i32> for Cell {
    fn from(number: i32) -> Self {
        Cell::Number(number.into())
    }
}

impl From<Option<v1::CountRange>> for Cell {
    /// A number that is known; else from least to most.
    fn from(range: Option<v1::CountRange>) -> Self {
        match range {
            None => Cell::from("未知 n/k"),
            Some(range) if range.least == range.most => range.least.into(),
            Some(range) => format!("{}–{}", range.least, range.most).into(),
        }
    }
}

/// A share with its numbers and, rounded here and nowhere else, its percent.
#[must_use]
pub fn ratio(ratio: Option<v1::Ratio>) -> Cell {
    let ratio = ratio.unwrap_or_default();
    if ratio.denominator == 0 {
        return "–".into();
    }
    let percent = f64::from(ratio.numerator) * 100.0 / f64::from(ratio.denominator);
    format!("{}/{} ({percent:.1}%)", ratio.numerator, ratio.denominator).into()
}

/// The zone of the group whose report it is.
#[must_use]
pub fn zone(instant: Option<&v1::Instant>) -> TimeZone {
    let name = instant.map_or("", |instant| instant.time_zone.as_str());
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// A time in a zone, to the minute; nothing when there is none.
#[must_use]
pub fn when(time: Option<&prost_types::Timestamp>, zone: &TimeZone) -> Cell {
    let time = stored_time(time).map(|time| time.to_zoned(zone.clone()));
    let text = time.map(|time| time.strftime("%Y-%m-%d %H:%M").to_string());
    text.unwrap_or_default().into()
}

/// The time of an instant where its group lives.
#[must_use]
pub fn as_of(instant: Option<&v1::Instant>) -> String {
    let time = instant.and_then(|instant| instant.time.as_ref());
    when(time, &zone(instant)).text()
}

/// A row of cells of several kinds.
macro_rules! row {
    ($($cell:expr),+ $(,)?) => { vec![$($crate::outlets::Cell::from($cell)),+] };
}
pub(super) use row;
