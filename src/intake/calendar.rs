//! Calendars (校历): terms, holidays and make-up days in tables, lists and notices → `Calendar`.

use super::columns::{self, Headings};
use super::doubt::{Code, Doubt, Place};
use super::known::Known;
use super::reading::Reading;
use super::sheet::{Cell, Row, Sheet};
use super::when::year::Years;
use super::when::{self, Said, regex};
use crate::wire::v1::content::Kind;
use crate::wire::v1::{Calendar, DayKind, SpecialDay, Term};
use jiff::ToSpan as _;
use jiff::civil::Date;
use regex::Regex;
use std::sync::LazyLock;

/// The most days that one line calls off.
const DAYS_MAX: usize = 120;

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Term,
    First,
    Last,
    Day,
    Kind,
    Label,
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
        ],
    ),
    (
        Field::Day,
        &["日期", "时间", "放假时间", "放假日期", "起止时间"],
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
        ],
    ),
    (Field::Counter, &["序号", "周次", "星期"]),
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
        };
        let before = (
            reader.calendar.terms.len(),
            reader.calendar.special_days.len(),
        );
        reader.sheet(sheet);
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

static OFF: LazyLock<Regex> = LazyLock::new(|| {
    regex("放假|休息|停课|假期|调休放假|不上课|校休|元旦|春节|清明|劳动节|五一|端午|中秋|国庆")
});
static ON: LazyLock<Regex> = LazyLock::new(|| {
    regex("上班|上课|补课|补班|调班|工作日|正常教学|上学|[上补按行](?:周|星期)[一二三四五]")
});
static TERM_NAME: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\d{3,4}(?:\s*[-~/]+\s*\d{2,4})?\s*学年度?\s*(?:第?[一二12上下]学期)?|\d{4}年?[春秋]季?学期",
    )
});

struct Reader<'a> {
    years: &'a Years,
    calendar: &'a mut Calendar,
    doubts: &'a mut Vec<Doubt>,
    /// The term that the last title named.
    name: Option<String>,
}

impl Reader<'_> {
    fn sheet(&mut self, sheet: &Sheet) {
        let table = if sheet.is_text() {
            None
        } else {
            columns::find(&sheet.rows, HEADINGS, 2)
        };
        let Some(columns) = table else {
            for line in columns::lines(sheet, HEADINGS) {
                self.line(&line);
            }
            return;
        };
        for row in &sheet.rows[..columns.body - 1] {
            if let Some(cell) = row.iter().find(|cell| !cell.is_empty()) {
                self.title(cell);
            }
        }
        for row in columns.records(&sheet.rows, self.doubts) {
            self.record(&columns, row);
        }
    }

    fn title(&mut self, cell: &Cell) {
        if let Some(name) = TERM_NAME.find(&cell.text) {
            self.name = Some(cell.typed_of(name.as_str()).to_owned());
        }
    }

    fn record(&mut self, columns: &columns::Columns<Field>, row: &Row) {
        let fields = columns.fields(row);
        let of = |wanted: Field| {
            fields
                .iter()
                .find(|(field, _)| *field == wanted)
                .map(|(_, cell)| cell)
        };
        if let (Some(first), Some(last)) = (of(Field::First), of(Field::Last)) {
            let name = of(Field::Term)
                .map(|cell| cell.typed.clone())
                .or(self.name.clone())
                .unwrap_or_default();
            let day = |cell: &Cell, reader: &mut Self| {
                let said = when::whole(&cell.text)
                    .or_else(|| when::find(&cell.text, true).first().map(|found| found.said));
                said.and_then(|said| reader.years.day(cell, said, reader.doubts))
            };
            match (day(first, self), day(last, self)) {
                (Some(first_day), Some(last_day)) => self.term(first, name, first_day, last_day),
                _ => self.doubts.push(Doubt::new(
                    Code::NotUnderstood,
                    first.place.clone(),
                    &first.typed,
                )),
            }
            return;
        }
        let Some(day) = of(Field::Day) else {
            return;
        };
        let rest: Vec<&str> = fields
            .iter()
            .filter(|(field, _)| matches!(field, Field::Kind | Field::Label))
            .map(|(_, cell)| cell.typed.as_str())
            .collect();
        let line = Cell::new(
            day.place.clone(),
            &format!("{} {}", day.typed, rest.join(" ")),
        );
        self.line(&line);
    }

    /// A line: 5月1日(周五)至5日(周二)放假,共5天。5月9日(周六)上班。
    fn line(&mut self, line: &Cell) {
        self.title(line);
        if line.is_blank() {
            return;
        }
        if self.term_line(line) {
            return;
        }
        let mut read = false;
        let mut last_kind = None;
        for clause in line
            .text
            .split(['。', ';', '\n'])
            .filter(|clause| !clause.trim().is_empty())
        {
            let clause = line.part(clause);
            read |= self.clause(&clause, &mut last_kind);
        }
        let title = TERM_NAME.is_match(&line.text)
            || (when::find(&line.text, true).is_empty() && when::weeks(&line.text).is_none());
        let heading = title && line.text.chars().count() < 40;
        if !read && !heading {
            self.doubts.push(Doubt::new(
                Code::NotUnderstood,
                line.place.clone(),
                &line.typed,
            ));
        }
    }

    /// 2026年3月2日开学,6月30日结束; 第二学期:3月2日-6月30日.
    fn term_line(&mut self, line: &Cell) -> bool {
        static BEGINS: LazyLock<Regex> = LazyLock::new(|| regex("开学|正式上课|学期开始|报到"));
        let found = when::find(&line.text, false);
        let period = when::period(&line.text);
        let named = TERM_NAME.is_match(&line.text) || line.text.contains("学期");
        let begins = BEGINS.is_match(&line.text);
        let (first, last) = match (period, found.as_slice()) {
            (Some(period), _) if named && !OFF.is_match(&line.text) => period,
            (None, [first, last]) if begins || named => (first.said, last.said),
            (None, [only]) if begins => {
                let day = self.years.day(line, only.said, self.doubts);
                return day.is_some_and(|day| self.open_term(line, day));
            }
            (None, [only])
                if line.text.contains("学期结束")
                    || line.text.contains("散学")
                    || line.text.contains("休业") =>
            {
                let day = self.years.day(line, only.said, self.doubts);
                return day.is_some_and(|day| self.close_term(line, day));
            }
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
        let name = name.or(self.name.clone()).unwrap_or_default();
        self.term(line, name, first, last);
        true
    }

    fn open_term(&mut self, line: &Cell, first: Date) -> bool {
        let name = self.name.clone().unwrap_or_default();
        self.calendar.terms.push(Term {
            name,
            first_day: first.to_string(),
            ..Term::default()
        });
        self.doubts.push(
            Doubt::new(Code::Unstated, line.place.clone(), &line.typed)
                .with("学期最后一天 the term's last day"),
        );
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
        let opened = |doubt: &Doubt| doubt.detail == "学期最后一天 the term's last day";
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

    /// The days of a clause; whether it was one of days.
    fn clause(&mut self, clause: &Cell, last_kind: &mut Option<(DayKind, String)>) -> bool {
        static PART: LazyLock<Regex> = LazyLock::new(|| regex(r"[^,]+"));
        let mut read = false;
        for part in PART.find_iter(&clause.text) {
            let cell = clause.part(part.as_str());
            let days = self.days(&cell);
            let (on, off) = (ON.find(&cell.text), OFF.find(&cell.text));
            let kind = match (on, off) {
                (Some(on), Some(off)) if on.start() > off.start() && !days.is_empty() => {
                    Some(DayKind::Workday)
                }
                (Some(_), None) => Some(DayKind::Workday),
                (_, Some(_)) => Some(DayKind::Holiday),
                (None, None) => None,
            };
            let label = label(&cell);
            let (kind, label) = match (kind, last_kind.clone()) {
                (Some(kind), before) => (
                    kind,
                    if label.is_empty() {
                        before.map(|(_, label)| label).unwrap_or_default()
                    } else {
                        label
                    },
                ),
                (None, Some(before)) if !days.is_empty() => before,
                (None, _) => {
                    if let (Some((follows, _)), Some(last)) = (
                        when::weekday(&cell.text),
                        self.calendar.special_days.last_mut(),
                    ) && days.is_empty()
                        && cell.text.contains('课')
                    {
                        last.follows_weekday = follows.into();
                        read = true;
                    }
                    continue;
                }
            };
            read |= !days.is_empty();
            let follows = follows(&cell).filter(|_| kind == DayKind::Workday && days.len() == 1);
            for day in &days {
                self.special(*day, kind, follows, &label);
            }
            *last_kind = Some((kind, label));
        }
        read
    }

    fn days(&mut self, cell: &Cell) -> Vec<Date> {
        let found = when::find(&cell.text, true);
        if let Some((first, last)) = when::period(&cell.text)
            && let Some(first) = self.years.day(cell, first, self.doubts)
        {
            let last = Said {
                year: last.year.or(Some(first.year())),
                ..last
            };
            let Some(mut last) = self.years.day(cell, last, self.doubts) else {
                return Vec::new();
            };
            if last < first {
                last = last.checked_add(1.year()).unwrap_or(last);
            }
            return first
                .series(1.days())
                .take_while(|day| *day <= last)
                .take(DAYS_MAX)
                .collect();
        }
        if found.is_empty() {
            let whole = cell
                .text
                .split_whitespace()
                .next()
                .and_then(when::whole)
                .filter(Said::is_date);
            return whole
                .and_then(|said| self.years.day(cell, said, self.doubts))
                .into_iter()
                .collect();
        }
        found
            .into_iter()
            .filter_map(|found| self.years.day(cell, found.said, self.doubts))
            .collect()
    }

    fn special(&mut self, day: Date, kind: DayKind, follows: Option<i8>, label: &str) {
        let date = day.to_string();
        self.calendar
            .special_days
            .retain(|other| other.date != date);
        self.calendar.special_days.push(SpecialDay {
            date,
            kind: kind.into(),
            follows_weekday: follows.unwrap_or_default().into(),
            label: label.to_owned(),
            ..SpecialDay::default()
        });
    }
}

/// The weekday whose lessons a make-up day follows: 上周一的课, 补周五课.
fn follows(cell: &Cell) -> Option<i8> {
    static FOLLOWS: LazyLock<Regex> =
        LazyLock::new(|| regex(r"(?:上|补|按|执行|行)(?:的是)?\s*\(?\s*((?:周|星期)[一二三四五])"));
    let captures = FOLLOWS.captures(&cell.text)?;
    when::weekday(&captures[1]).map(|(day, _)| day)
}

/// What a day is called: 劳动节.
fn label(cell: &Cell) -> String {
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            "元旦|春节|清明节?|劳动节|五一|端午节?|中秋节?|国庆节?|秋假|春假|寒假|暑假|运动会|校庆|调休",
        )
    });
    let found = LABEL.find(&cell.text);
    found
        .map(|found| cell.typed_of(found.as_str()).to_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
