//! Terms: 2026年3月2日开学,6月30日结束; 第二学期:3月2日-6月30日.

use super::{LAST_DAY, Reader, SHORT_NAME, TERM_NAME, days};
use crate::intake::doubt::{Code, Doubt};
use crate::intake::sheet::Cell;
use crate::intake::when::{self, Said};
use crate::wire::v1::Term;
use jiff::ToSpan as _;
use jiff::civil::Date;

impl Reader<'_> {
    /// 2026年3月2日开学,6月30日结束; 第二学期:3月2日-6月30日.
    pub(super) fn term_line(&mut self, line: &Cell) -> bool {
        let found = when::find(&line.text, false);
        let period = when::period(&line.text);
        let named = TERM_NAME.is_match(&line.text) || line.text.contains("学期");
        let begins = days::BEGINS.is_match(&line.text);
        // 第二学期期中考试4月20日-22日 is something in a term.
        let is_long = |(first, last): (Said, Said)| {
            let months = |said: Said| i32::from(said.month.unwrap_or(1));
            let apart = months(last) - months(first);
            match apart {
                0 => false,
                1 => last.day >= first.day,
                _ => true,
            }
        };
        let (first, last) = match (period, found.as_slice()) {
            (Some(period), _) if named && is_long(period) && !days::is_off(&line.text) => period,
            (None, [first, last]) if (begins || named) && is_long((first.said, last.said)) => {
                (first.said, last.said)
            }
            (None, [only]) => return self.term_end(line, only.said),
            _ => return false,
        };
        let Some(first) = self.years.day(line, first, self.doubts) else {
            return true;
        };
        let last = Said {
            year: last.year.or(Some(first.year())),
            ..last
        };
        let Some(mut last) = self.years.day(line, last, self.doubts) else {
            return true;
        };
        if last < first {
            // The autumn term passes the end of the year.
            last = last.checked_add(1.year()).unwrap_or(last);
        }

        let name = TERM_NAME
            .find(&line.text)
            .map(|name| line.typed_of(name.as_str()).to_owned());
        // 第一学期 is a name, however little it says.
        let short = || {
            SHORT_NAME
                .find(&line.text)
                .map(|name| line.typed_of(name.as_str()).to_owned())
        };
        let name = name
            .or(self.name.clone())
            .or_else(short)
            .unwrap_or_default();
        if line.text.contains("寒假") || line.text.contains("暑假") {
            let doubt = Doubt::new(Code::Assumed, line.place.clone(), &line.typed).as_(last);
            self.doubts
                .push(doubt.with(
                    "放假那天是否还上课 whether there is school on the day the break begins",
                ));
        }
        self.term(line, name, first, last);
        true
    }

    /// A day on which a term begins or ends.
    pub(super) fn term_end(&mut self, cell: &Cell, said: Said) -> bool {
        let ends = ["学期结束", "散学", "休业", "结业"];
        let open = self
            .calendar
            .terms
            .last()
            .is_some_and(|term| term.last_day.is_empty());
        let ends = ends.iter().any(|word| cell.text.contains(word))
            || open && cell.text.trim_end().ends_with("结束") && !cell.text.contains("活动");
        if !ends && !days::BEGINS.is_match(&cell.text) {
            return false;
        }
        let day = self.years.day(cell, said, self.doubts);
        day.is_some_and(|day| match ends {
            true => self.close_term(cell, day),
            false => self.open_term(cell, day),
        })
    }

    pub(super) fn open_term(&mut self, line: &Cell, first: Date) -> bool {
        let short = || {
            SHORT_NAME
                .find(&line.text)
                .map(|name| line.typed_of(name.as_str()).to_owned())
        };
        let name = self.name.clone().or_else(short).unwrap_or_default();
        let open = self
            .calendar
            .terms
            .last()
            .filter(|term| term.last_day.is_empty());
        if open.is_some_and(|term| term.name == name) {
            return false;
        }
        self.calendar.terms.push(Term {
            name,
            first_day: first.to_string(),
            ..Term::default()
        });
        self.doubts
            .push(Doubt::new(Code::Unstated, line.place.clone(), &line.typed).with(LAST_DAY));
        true
    }

    pub(super) fn close_term(&mut self, line: &Cell, last: Date) -> bool {
        let Some(term) = self
            .calendar
            .terms
            .last_mut()
            .filter(|term| term.last_day.is_empty())
        else {
            return false;
        };
        term.last_day = last.to_string();
        let opened = |doubt: &Doubt| doubt.detail == LAST_DAY;
        if let Some(index) = self.doubts.iter().rposition(opened) {
            self.doubts.remove(index);
        }
        if self
            .calendar
            .terms
            .last()
            .is_some_and(|term| term.last_day < term.first_day)
        {
            self.doubts.push(Doubt::new(
                Code::EndBeforeStart,
                line.place.clone(),
                &line.typed,
            ));
        }
        true
    }

    pub(super) fn term(&mut self, cell: &Cell, name: String, first: Date, last: Date) {
        if last < first {
            self.doubts.push(Doubt::new(
                Code::EndBeforeStart,
                cell.place.clone(),
                &cell.typed,
            ));
        }
        if name.is_empty() {
            self.doubts.push(
                Doubt::new(Code::Unstated, cell.place.clone(), &cell.typed)
                    .with("学期名称 the term's name"),
            );
        }
        self.calendar.terms.push(Term {
            name,
            first_day: first.to_string(),
            last_day: last.to_string(),
        });
    }
}
