//! Calendars (校历): terms, holidays and make-up days in tables, lists and notices → `Calendar`.

mod days;
mod grid;
mod terms;
mod weeks;

use super::columns::{self, Headings};
use super::doubt::{Code, Doubt, Place};
use super::known::Known;
use super::reading::Reading;
use super::sheet::{Cell, Row, Sheet, joined};
use super::when::year::Years;
use super::when::{self, regex};
use crate::wire::v1::Calendar;
use crate::wire::v1::content::Kind;
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
        } else if let Some(term) = SHORT_NAME.find(&cell.text)
            && let Some(name) = &self.name
            && let Some((year, _)) = name.split_once("学年")
        {
            // 第一学期 under 2026-2027学年校历.
            self.name = Some(format!("{year}学年{}", cell.typed_of(term.as_str())));
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
        let before = self.calendar.special_days.len();
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
        let called = of(Field::Label).filter(|cell| columns::is_title(&cell.text));
        for day in self.calendar.special_days.iter_mut().skip(before) {
            if let Some(called) = called.filter(|_| day.label.is_empty()) {
                day.label.clone_from(&called.typed);
            }
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
}

#[cfg(test)]
mod tests;
