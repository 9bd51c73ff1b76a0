//! Calendars (校历): terms, holidays and make-up days in tables, lists and notices → `Calendar`.

mod days;
mod grid;
mod weeks;

use super::columns::{self, Headings};
use super::doubt::{Code, Doubt, Place};
use super::known::Known;
use super::reading::Reading;
use super::sheet::{Cell, Row, Sheet, joined};
use super::when::year::Years;
use super::when::{self, Said, regex};
use crate::wire::v1::content::Kind;
use crate::wire::v1::{Calendar, Term};
use jiff::ToSpan as _;
use jiff::civil::Date;
use regex::Regex;
use std::sync::LazyLock;

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Term,
    First,
    Last,
    Day,
    Kind,
    Label,
    Work,
    Week,
    Counter,
}

const HEADINGS: &Headings<Field> = &[
    (Field::Term, &["学期", "学期名称"]),
    (
        Field::First,
        &[
            "开学",
            "开学时间",
            "开学日期",
            "开始",
            "开始日期",
            "开学日",
            "上课日期",
            "第一天",
        ],
    ),
    (
        Field::Last,
        &[
            "结束",
            "结束日期",
            "放假日期",
            "学期结束",
            "结束时间",
            "最后一天",
            "放假",
            "放假日",
            "散学",
            "休业",
        ],
    ),
    (
        Field::Day,
        &[
            "日期",
            "时间",
            "放假时间",
            "放假日期",
            "起止时间",
            "起止日期",
        ],
    ),
    (
        Field::Kind,
        &["类型", "性质", "安排", "上课/放假", "是否上课", "类别"],
    ),
    (
        Field::Label,
        &[
            "名称",
            "节日",
            "事由",
            "说明",
            "节假日",
            "备注",
            "内容",
            "事项",
            "主要工作",
            "工作安排",
            "工作内容",
            "主要活动",
            "活动安排",
            "重要事项",
            "重要活动",
            "行事",
            "行事历",
            "事件",
            "工作",
            "活动",
        ],
    ),
    (
        Field::Work,
        &[
            "调休上课",
            "调休上班",
            "上班",
            "补班",
            "补课",
            "调休日期",
            "上班日期",
        ],
    ),
    (Field::Week, &["周次", "教学周", "周别", "周"]),
    (
        Field::Counter,
        &["序号", "星期", "天数", "放假天数", "周数"],
    ),
];

/// Reads one calendar from all sheets.
#[must_use]
pub fn read(sheets: &[Sheet], known: &Known) -> Reading {
    let mut reading = Reading::default();
    let mut doubts = Vec::new();
    let mut calendar = Calendar::default();
    let mut place: Option<Place> = None;
    for sheet in sheets {
        let texts = sheet.rows.iter().flatten().map(|cell| cell.text.as_str());
        let years = Years::of(
            texts.chain([sheet.name.as_str()]),
            known.calendar(),
            known.today,
        );
        let mut reader = Reader {
            years: &years,
            calendar: &mut calendar,
            doubts: &mut doubts,
            name: None,
            weeks: Vec::new(),
        };
        let before = (
            reader.calendar.terms.len(),
            reader.calendar.special_days.len(),
        );
        reader.sheet(sheet);
        if let Some(first) = sheet.rows.iter().flatten().find(|cell| !cell.is_empty()) {
            reader.term_of_weeks(first);
        }
        let after = (calendar.terms.len(), calendar.special_days.len());
        if before != after && place.is_none() {
            place = sheet
                .rows
                .iter()
                .flatten()
                .map(|cell| cell.place.clone())
                .find(|place| *place != Place::Whole);
        }
    }
    if let Some((id, _)) = known.own() {
        id.clone_into(&mut calendar.campus_id);
    }
    calendar.special_days.sort_by(|a, b| a.date.cmp(&b.date));
    // The year is one question, however many days ask it.
    let mut asked = false;
    doubts.retain(|doubt| doubt.code != Code::YearMissing || !std::mem::replace(&mut asked, true));
    if let Some(place) = place {
        reading.add(place, Kind::Calendar(calendar), doubts);
    } else {
        let nothing = Doubt::new(Code::NothingHere, Place::Whole, "");
        reading.doubts = doubts;
        reading
            .doubts
            .push(nothing.with("没有认出校历 no calendar was recognised"));
    }
    reading
}

static TERM_NAME: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\d{3,4}(?:\s*[-~/]+\s*\d{2,4})?\s*学年度?\s*(?:第?[一二12上下]学期)?|\d{4}年?[春秋]季?学期",
    )
});

static SHORT_NAME: LazyLock<Regex> =
    LazyLock::new(|| regex("第[一二]学期|[上下春秋]学期|[春秋]季学期"));

struct Reader<'a> {
    years: &'a Years,
    calendar: &'a mut Calendar,
    doubts: &'a mut Vec<Doubt>,
    /// The term that the last title named.
    name: Option<String>,
    /// The weeks that a table of weeks prints.
    weeks: Vec<(Date, Date)>,
}

/// The detail of a doubt about a term without an end.
const LAST_DAY: &str = "学期最后一天 the term's last day";

impl Reader<'_> {
    fn sheet(&mut self, sheet: &Sheet) {
        let table = columns::spaced(sheet, HEADINGS);
        let sheet = table.as_ref().unwrap_or(sheet);
        if !sheet.is_text() && self.grid(&sheet.rows) {
            return;
        }
        let table = match sheet.is_text() {
            true => None,
            false => columns::find(&sheet.rows, HEADINGS, 2, None),
        };
        let Some(mut columns) = table else {
            for line in columns::lines(sheet, HEADINGS, self.doubts) {
                self.line(&line);
            }
            return;
        };
        for row in &sheet.rows[..columns.above] {
            if let Some(cell) = row.iter().find(|cell| !cell.is_empty()) {
                self.title(cell);
            }
        }
        let several = [Field::Day, Field::Kind, Field::Label, Field::Counter];
        self.doubts.extend(columns.doubts(&sheet.rows, &several));
        for row in columns.records(&sheet.rows, &[], self.doubts) {
            self.record(&columns, &row);
        }
    }

    fn title(&mut self, cell: &Cell) {
        if let Some(name) = TERM_NAME.find(&cell.text) {
            self.name = Some(cell.typed_of(name.as_str()).to_owned());
        }
    }

    pub(super) fn doubt(&mut self, code: Code, cell: &Cell) {
        self.doubts
            .push(Doubt::new(code, cell.place.clone(), &cell.typed));
    }

    fn record(&mut self, columns: &columns::Columns<Field>, row: &Row) {
        let fields = columns.fields(row);
        let of = |wanted: Field| {
            let of = |(field, cell): &&(Field, Cell)| *field == wanted && !cell.is_blank();
            fields.iter().find(of).map(|(_, cell)| cell)
        };
        let whole = Cell::new(
            row.iter()
                .find(|cell| !cell.is_empty())
                .map(|cell| cell.place.clone())
                .unwrap_or_default(),
            &joined(row),
        );
        if self.week_row(&fields) || self.term_row(&whole, of(Field::Term), of(Field::Day)) {
            return;
        }
        let (first, last) = (of(Field::First), of(Field::Last));
        self.name = of(Field::Term)
            .map(|cell| cell.typed.clone())
            .or(self.name.take());
        if first.is_some() || (last.is_some() && of(Field::Day).is_none()) {
            let before = self.doubts.len();
            let days = [first, last].map(|cell| cell.map(|cell| self.day(cell)));
            match days {
                [Some(Some(first_day)), Some(Some(last_day))] => {
                    let name = self.name.clone().unwrap_or_default();
                    self.term(&whole, name, first_day, last_day);
                }
                [Some(Some(first_day)), None] if self.open_term(&whole, first_day) => {}
                _ if self.doubts.len() > before => {}
                _ => self.doubt(Code::NotUnderstood, &whole),
            }
            return;
        }
        let days: Vec<&str> = [Field::Day, Field::Kind, Field::Label]
            .into_iter()
            .flat_map(|wanted| fields.iter().filter(move |(field, _)| *field == wanted))
            .filter(|(_, cell)| !cell.is_blank())
            .map(|(_, cell)| cell.typed.as_str())
            .collect();
        if let Some(work) = of(Field::Work).filter(|_| of(Field::Day).is_some()) {
            self.line(&Cell::new(
                work.place.clone(),
                &format!("{} 上课", work.typed),
            ));
        }
        match of(Field::Day) {
            Some(day) if days.len() == 1 && of(Field::Work).is_some() => {
                self.line(&Cell::new(
                    day.place.clone(),
                    &format!("{} 放假", day.typed),
                ));
            }
            Some(day) => self.line(&Cell::new(day.place.clone(), &days.join(" "))),
            None => self.doubt(Code::DateMissing, &whole),
        }
    }

    /// The day that a cell says.
    fn day(&mut self, cell: &Cell) -> Option<Date> {
        let said = when::whole(&cell.text)
            .or_else(|| when::find(&cell.text, true).first().map(|found| found.said));
        self.years.day(cell, said?, self.doubts)
    }

    /// A line: 5月1日(周五)至5日(周二)放假,共5天。5月9日(周六)上班。
    fn line(&mut self, line: &Cell) {
        self.title(line);
        if let Some((days, rest)) = weeks::week_before(&line.text) {
            return self.week(line, days, &[line.part(rest)]);
        }
        if line.is_blank() || self.term_line(line) {
            return;
        }
        let clauses = line
            .text
            .split(['。', ';', '\n'])
            .filter(|clause| !clause.trim().is_empty());
        let mut said = days::Said::default();
        let clauses: Vec<bool> = clauses
            .map(|clause| self.clause(&line.part(clause), &mut said))
            .collect();
        let read = clauses.iter().any(|read| *read);
        let title = TERM_NAME.is_match(&line.text)
            || (when::find(&line.text, true).is_empty() && when::weeks(&line.text).is_none());
        let heading = title && columns::is_title(&line.text);
        if !read && !heading {
            self.doubt(Code::NotUnderstood, line);
        }
    }

    /// 2026年3月2日开学,6月30日结束; 第二学期:3月2日-6月30日.
    fn term_line(&mut self, line: &Cell) -> bool {
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
        let ends = ["学期结束", "散学", "休业"];
        let ends = ends.iter().any(|word| cell.text.contains(word));
        if !ends && !days::BEGINS.is_match(&cell.text) {
            return false;
        }
        let day = self.years.day(cell, said, self.doubts);
        day.is_some_and(|day| match ends {
            true => self.close_term(cell, day),
            false => self.open_term(cell, day),
        })
    }

    fn open_term(&mut self, line: &Cell, first: Date) -> bool {
        let name = self.name.clone().unwrap_or_default();
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

    fn close_term(&mut self, line: &Cell, last: Date) -> bool {
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

    fn term(&mut self, cell: &Cell, name: String, first: Date, last: Date) {
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

#[cfg(test)]
mod tests;
