//! Calendars as a grid: a row a week, a column a weekday, and beside them what happens in it.

use super::Reader;
use crate::intake::doubt::{Code, Doubt};
use crate::intake::fold::number;
use crate::intake::sheet::{Cell, Row, distinct};
use crate::intake::when::{self, Said, regex};
use regex::Regex;
use std::sync::LazyLock;

static MONTH: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?:^|[^\d])(\d{1,2}|[一二三四五六七八九十]{1,2})\s*月份?"));
/// A day of a month, and what is written into its cell: 9班.
static DAY: LazyLock<Regex> = LazyLock::new(|| regex(r"(?s)^(\d{1,2})(?:\.0)?\s*[日号]?\s*(.*)$"));
/// Days of the other calendar, which are printed beside those of this one.
static LUNAR: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"^(?:[初十廿卅][一二三四五六七八九十]|[正二三四五六七八九十冬腊闰]{1,2}月[大小]?)$")
});

/// The month of a text that names one, and only one.
fn month_of(text: &str) -> Option<i8> {
    let mut all = MONTH.captures_iter(text);
    let month = number(&all.next()?[1]).filter(|month| (1..=12).contains(month));
    month.filter(|_| all.next().is_none())
}

/// The columns of the weekdays of a row that names five or more of them, and nothing but them twice.
fn weekdays(row: &Row) -> Option<Vec<(usize, i8)>> {
    let weekday = |(column, cell): (usize, &Cell)| {
        let said = when::whole(&cell.text).filter(|said| !said.is_date())?;
        Some((column, said.weekday?))
    };
    let mut found: Vec<(usize, i8)> = row.iter().enumerate().filter_map(weekday).collect();
    found.dedup_by_key(|(_, weekday)| *weekday);
    (found.len() >= 5).then_some(found)
}

/// A day of a grid, and what is written into its cell beside its number.
struct Day {
    cell: Cell,
    weekday: i8,
    month: Option<i8>,
    day: i8,
    beside: String,
}

/// Where a grid stands while it is read.
#[derive(Default)]
struct Month {
    month: Option<i8>,
    last: i8,
}

impl Month {
    /// The month of a day: its own, or the next one, when the numbers begin again.
    fn of(&mut self, day: &Day) -> Option<i8> {
        if day.month.is_some() {
            self.month = day.month;
        } else if day.day < self.last {
            self.month = self.month.map(|month| month % 12 + 1);
        }
        self.last = day.day;
        self.month
    }
}

impl Reader<'_> {
    /// Reads a grid of weeks; whether the rows hold one.
    pub(super) fn grid(&mut self, rows: &[Row]) -> bool {
        let Some((at, columns)) = rows
            .iter()
            .take(20)
            .enumerate()
            .find_map(|(at, row)| Some((at, weekdays(row)?)))
        else {
            return false;
        };
        let days = |row: &Row| -> Vec<Day> {
            let day = |(column, weekday): &(usize, i8)| {
                let cell = row.get(*column)?.clone();
                let weekday = *weekday;
                let dated = when::find(&cell.text, true).into_iter().next();
                if let Some(found) = dated.filter(|found| found.at.start == 0)
                    && let Some((month, day)) = found.said.month.zip(found.said.day)
                {
                    // 9/1 between 31 and 2, 3月1日返校.
                    let beside = cell.text[found.at.end..].trim().to_owned();
                    return Some(Day {
                        cell,
                        weekday,
                        month: Some(month),
                        day,
                        beside,
                    });
                }
                let captures = DAY.captures(&cell.text)?;
                let day = captures[1]
                    .parse()
                    .ok()
                    .filter(|day| (1..=31).contains(day))?;
                let beside = captures[2].trim().to_owned();
                Some(Day {
                    cell,
                    weekday,
                    month: None,
                    day,
                    beside,
                })
            };
            columns.iter().filter_map(day).collect()
        };
        if !rows[at + 1..].iter().any(|row| days(row).len() >= 3) {
            return false;
        }
        let mut month = Month::default();
        for row in &rows[..at] {
            for cell in distinct(row) {
                self.title(cell);
                month.month = month_of(&cell.text).or(month.month);
            }
        }
        let mut said = String::new();
        for row in &rows[at + 1..] {
            if weekdays(row).is_some() {
                continue;
            }
            let days = days(row);
            self.label(row, &columns, &days, &mut month);
            for day in days {
                let of = month.of(&day);
                self.marked(&day.cell, of, (day.day, day.weekday), &day.beside);
            }
            for cell in self.beside(row, &columns) {
                if cell.text != said {
                    self.event(&cell);
                    said.clone_from(&cell.text);
                }
            }
        }
        true
    }

    /// Takes the month from the label of a row; of a row that passes its end the later one is named.
    fn label(&mut self, row: &Row, columns: &[(usize, i8)], days: &[Day], month: &mut Month) {
        let first = columns.first().map_or(0, |(column, _)| *column);
        let named = row[..first].iter().find_map(|cell| month_of(&cell.text));
        let Some(named) = named.filter(|named| month.month != Some(*named)) else {
            if days.is_empty() && distinct(row).len() == 1 {
                // A title between two months.
                let titled = row.iter().find_map(|cell| month_of(&cell.text));
                month.month = titled.or(month.month);
                month.last = titled.map_or(month.last, |_| 0);
            }
            return;
        };
        let passes = days.windows(2).any(|pair| pair[1].day < pair[0].day);
        let begins = days
            .first()
            .is_some_and(|first| first.day <= 7 && first.day < month.last);
        if month.month.is_none() || !(passes || begins) {
            month.month = Some(if passes { (named + 10) % 12 + 1 } else { named });
            month.last = 0;
        }
    }

    /// What is written into the cell of a day: 休, 班, a holiday's name.
    fn marked(&mut self, cell: &Cell, month: Option<i8>, (day, weekday): (i8, i8), beside: &str) {
        if beside.is_empty() || LUNAR.is_match(beside) {
            return;
        }
        let said = Said {
            month,
            day: Some(day),
            weekday: Some(weekday),
            ..Said::default()
        };
        let Some(date) = self.years.day(cell, said, self.doubts) else {
            let doubt = Doubt::new(Code::DateUnknown, cell.place.clone(), &cell.typed);
            self.doubts.push(doubt.with("没有写月份 no month is named"));
            return;
        };
        let said = match beside {
            "休" | "假" => "放假",
            "班" | "补" | "上" | "课" => "上课",
            other => other,
        };
        let (year, month) = (date.year(), date.month());
        let text = format!("{year}年{month}月{day}日 {said}");
        self.line(&Cell::new(cell.place.clone(), &text));
    }

    /// What stands beside the weekdays of a row and is no number of a week and no month.
    fn beside(&self, row: &Row, columns: &[(usize, i8)]) -> Vec<Cell> {
        static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
            regex(r"^(?:第?\s*(?:[\d.]+|[一二三四五六七八九十]+)\s*周?|\S{1,3}月份?)$")
        });
        let of_day = |column: usize| columns.iter().any(|(other, _)| *other == column);
        let all = row
            .iter()
            .enumerate()
            .filter(|(column, _)| !of_day(*column));
        let rest = all.map(|(_, cell)| cell).filter(|cell| !cell.is_blank());
        let rest = rest.filter(|cell| !NUMBER.is_match(&cell.text));
        let mut rest: Vec<Cell> = rest.cloned().collect();
        rest.dedup_by(|a, b| a.text == b.text);
        rest
    }
}
