//! Calendars as weeks: 第1周 | 9月1日-9月5日 | what happens in it. The days of a week are no days off; what
//! happens in it names its own.

use super::days::{BEGINS, is_off};
use super::{Field, Reader};
use crate::intake::doubt::{Code, Doubt};
use crate::intake::sheet::Cell;
use crate::intake::when::{self, Said, regex};
use crate::wire::v1::Term;
use jiff::ToSpan as _;
use jiff::civil::Date;
use regex::Regex;
use std::sync::LazyLock;

/// The fewest weeks that tell a term.
const WEEKS_MIN: usize = 4;

/// The week that a text begins with, its days, and what stands behind them: 第6周(4.6-4.12):4月6日清明放假.
pub fn week_before(text: &str) -> Option<((Said, Said), &str)> {
    static DAYS: LazyLock<Regex> = LazyLock::new(|| {
        regex(r"^\s*[(:]?\s*[\d./月日号]+\s*[~\-至到]+\s*[\d./月日号]+\s*\)?\s*[:,]?\s*")
    });
    let (at, _) = when::weeks(text).filter(|(at, _)| at.start == 0)?;
    let behind = &text[at.end..];
    let days = DAYS.find(behind)?;
    Some((when::period(days.as_str())?, &behind[days.end()..]))
}

impl Reader<'_> {
    /// A row of a table of weeks; whether it is one.
    pub(super) fn week_row(&mut self, fields: &[(Field, Cell)]) -> bool {
        let days = fields.iter().find_map(|(field, cell)| {
            let of_week = matches!(field, Field::Week | Field::Day);
            Some((cell, when::period(&cell.text)?)).filter(|_| of_week)
        });
        let is_week = fields.iter().any(|(field, _)| *field == Field::Week);
        let Some((cell, days)) = days.filter(|_| is_week) else {
            return false;
        };
        let events = fields
            .iter()
            .filter(|(field, _)| matches!(field, Field::Label | Field::Kind));
        let events: Vec<Cell> = events.map(|(_, cell)| cell.clone()).collect();
        self.week(cell, days, &events);
        true
    }

    /// A row of a term with its days in one cell; whether it is one.
    pub(super) fn term_row(
        &mut self,
        whole: &Cell,
        name: Option<&Cell>,
        days: Option<&Cell>,
    ) -> bool {
        let (Some(name), Some(cell)) = (name, days) else {
            return false;
        };
        let Some((first, last)) = when::period(&cell.text) else {
            return false;
        };
        let Some(first) = self.years.day(cell, first, self.doubts) else {
            return true;
        };
        let year = last.year.or(Some(first.year()));
        if let Some(last) = self.years.day(cell, Said { year, ..last }, self.doubts) {
            let passed = if last < first {
                last.checked_add(1.year()).unwrap_or(last)
            } else {
                last
            };
            self.term(whole, name.typed.clone(), first, passed);
        }
        true
    }

    /// Takes a week, and what happens in it.
    pub(super) fn week(&mut self, cell: &Cell, (first, last): (Said, Said), events: &[Cell]) {
        if let Some(first) = self.years.day(cell, first, self.doubts) {
            let year = last.year.or(Some(first.year()));
            let last = self.years.day(cell, Said { year, ..last }, self.doubts);
            let passes = |last: Date| {
                if last < first {
                    last.checked_add(1.year()).ok()
                } else {
                    Some(last)
                }
            };
            self.weeks
                .extend(last.and_then(passes).map(|last| (first, last)));
        }
        for event in events.iter().filter(|event| !event.is_blank()) {
            for clause in event
                .text
                .split(['\n', ';', '。'])
                .filter(|clause| !clause.trim().is_empty())
            {
                self.event(&event.part(clause));
            }
        }
    }

    /// What happens in a week: days of its own that are off or worked, or what a calendar does not hold.
    pub(super) fn event(&mut self, event: &Cell) {
        let dated = !when::find(&event.text, false).is_empty();
        let doubt = |code| Doubt::new(code, event.place.clone(), &event.typed);
        if dated && (is_off(&event.text) || self.speaks_of_days(event)) {
            self.line(event);
        } else if is_off(&event.text) && !dated {
            self.doubts.push(doubt(Code::DateMissing));
        } else {
            let what = "不是放假、调休或开学 no holiday, make-up day or term";
            self.doubts.push(doubt(Code::LeftOut).with(what));
        }
    }

    fn speaks_of_days(&self, event: &Cell) -> bool {
        BEGINS.is_match(&event.text) || super::days::is_on(&event.text)
    }

    /// The term that the weeks of a sheet tell, where nothing else did.
    pub(super) fn term_of_weeks(&mut self, place: &Cell) {
        let weeks = std::mem::take(&mut self.weeks);
        let first = weeks.iter().map(|(first, _)| *first).min();
        let last = weeks.iter().map(|(_, last)| *last).max();
        let (Some(first), Some(last)) = (first, last) else {
            return;
        };
        let open = |term: &&mut Term| term.last_day.is_empty();
        let known = self
            .calendar
            .terms
            .iter()
            .any(|term| !term.last_day.is_empty());
        if weeks.len() < WEEKS_MIN || known {
            return;
        }
        let begins = if let Some(term) = self.calendar.terms.last_mut().filter(open) {
            term.last_day = last.to_string();
            self.doubts.retain(|doubt| doubt.detail != super::LAST_DAY);
            term.first_day.clone()
        } else {
            self.calendar.terms.push(Term {
                name: self.name.clone().unwrap_or_default(),
                first_day: first.to_string(),
                last_day: last.to_string(),
            });
            first.to_string()
        };
        let doubt = Doubt::new(Code::DateDerived, place.place.clone(), &place.typed);
        let by = format!("周次表的第一周和最后一周 the first and the last week, {first} {last}");
        self.doubts
            .push(doubt.as_(format!("{begins} {last}")).with(by));
    }
}
