//! Staff counts (教师人数): tables, labelled lines and sentences → `StaffCount`, the denominators of the exchange
//! rules. Every figure is kept apart: what nobody counted stays absent.

mod table;

use super::columns::{self, Headings};
use super::doubt::{Code, Doubt};
use super::known::Known;
use super::names;
use super::reading::Reading;
use super::sheet::{Cell, Row, Sheet, distinct};
use super::when::year::{Years, term};
use super::when::{self, Said, regex};
use crate::model::date::day;
use crate::wire::v1::StaffCount;
use crate::wire::v1::content::Kind;
use regex::Regex;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Field {
    Campus,
    Year,
    Day,
    FullTime,
    Eligible,
    Backbone,
    EligibleBackbone,
    Counter,
}

/// The figures stand here by one name each: `named` gives their headings that name.
const HEADINGS: &Headings<Field> = &[
    (
        Field::Campus,
        &[
            "学校",
            "单位",
            "校区",
            "学校名称",
            "单位名称",
            "成员校",
            "校名",
        ],
    ),
    (Field::Year, &["学年", "学年度"]),
    (
        Field::Day,
        &[
            "统计日期",
            "统计时间",
            "统计时点",
            "截至日期",
            "截止日期",
            "截至",
            "日期",
        ],
    ),
    (Field::FullTime, &["专任教师"]),
    (Field::Eligible, &["符合条件教师"]),
    (Field::Backbone, &["骨干教师"]),
    (Field::EligibleBackbone, &["符合条件骨干教师"]),
    (Field::Counter, &["序号", "编号"]),
];

const FIGURES: [Field; 4] = [
    Field::FullTime,
    Field::Eligible,
    Field::Backbone,
    Field::EligibleBackbone,
];

/// Which teachers some words count: 符合交流条件的骨干教师. Shares, and the backbone of one level only, are none of them.
fn figure(text: &str) -> Option<Field> {
    static OF_ONE_LEVEL: LazyLock<Regex> =
        LazyLock::new(|| regex("(?:国家|[省市县区镇校])级?(?:骨干|学科带头人|名师|教学能手)"));
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["比", "率", "%"]) || OF_ONE_LEVEL.is_match(text) && !text.contains("以上") {
        return None;
    }
    let eligible = has(&["符合", "条件", "应交流", "可交流"]);
    match (text.contains("骨干"), eligible) {
        (true, true) => Some(Field::EligibleBackbone),
        (true, false) => Some(Field::Backbone),
        (false, true) => Some(Field::Eligible),
        (false, false) => {
            has(&["专任", "教师数", "教师总数", "教师人数"]).then_some(Field::FullTime)
        }
    }
}

fn name_of(field: Field) -> &'static str {
    let found = HEADINGS.iter().find(|(other, _)| *other == field);
    found.map_or("", |(_, names)| names[0])
}

/// Reads the counts of some sheets.
#[must_use]
pub fn read(sheets: &[Sheet], known: &Known) -> Reading {
    let mut reading = Reading::default();
    for sheet in sheets {
        let texts = || sheet.rows.iter().flatten().map(|cell| cell.text.as_str());
        let years = Years::of(texts(), known.calendar(), known.today);
        let mut reader = Reader {
            known,
            years: &years,
            doubts: Vec::new(),
        };
        let (records, around) = reader.records(sheet);
        let title = Cell::new(super::doubt::Place::Whole, &sheet.name);
        let around: Vec<&Cell> = around.iter().chain([&title]).collect();
        let year = around.iter().find_map(|cell| school_year(&cell.text));
        let day = reader.day_of(&around);
        reading.doubts.append(&mut reader.doubts);
        for record in records {
            let count = reader.count(&record, year, day.clone());
            let place = record.first().map(|(_, cell)| cell.place.clone());
            let doubts = std::mem::take(&mut reader.doubts);
            reading.add(place.unwrap_or_default(), Kind::StaffCount(count), doubts);
        }
    }
    if reading.items.is_empty() {
        let nothing = Doubt::new(Code::NothingHere, super::doubt::Place::Whole, "");
        reading
            .doubts
            .push(nothing.with("没有认出教师人数 no staff count was recognised"));
    }
    twins(&mut reading);
    reading
}

type Record = Vec<(Field, Cell)>;

struct Reader<'a> {
    known: &'a Known,
    years: &'a Years,
    doubts: Vec<Doubt>,
}

impl Reader<'_> {
    /// The counts, and the cells around them that may say year and day.
    fn records(&mut self, sheet: &Sheet) -> (Vec<Record>, Vec<Cell>) {
        let split = columns::spaced(sheet, HEADINGS);
        let sheet = split.as_ref().unwrap_or(sheet);
        if let Some((rows, totals)) = (!sheet.is_text())
            .then(|| self.headed(&sheet.rows))
            .flatten()
            && let Some(mut found) = columns::find(&rows, HEADINGS, 2, None)
        {
            let of_table = found.doubts(&rows, &[Field::Counter]);
            // Year and day stand above the headings.
            let said =
                |doubt: &Doubt| !doubt.detail.starts_with("在表头之上") || !is_when(&doubt.typed);
            self.doubts.extend(of_table.into_iter().filter(said));
            let mut notes = Vec::new();
            let records = found.records(&rows, &[Field::Year, Field::Day], &mut notes);
            notes.retain(|note| !is_when(&note.typed));
            self.doubts.append(&mut notes);
            let records: Vec<Record> = records.iter().map(|row| found.fields(row)).collect();
            if let Some(total) = totals {
                self.total(&records, &found.fields(&total));
            }
            let first = |row: &Row| row.iter().find(|cell| !cell.is_empty()).cloned();
            let around = rows
                .iter()
                .filter(|row| distinct(row).len() < 3)
                .filter_map(first);
            return (records, around.collect());
        }
        let lines = columns::lines(sheet, HEADINGS, &mut self.doubts);
        let lines: Vec<Cell> = lines.into_iter().filter(|line| !line.is_blank()).collect();
        let labelled: Vec<(Field, Cell)> = lines.iter().filter_map(label).collect();
        if labelled.iter().any(|(field, _)| FIGURES.contains(field)) && labelled.len() > 1 {
            self.unread(lines.iter().filter(|line| label(line).is_none()));
            return (columns::by_first(labelled, Field::Campus), lines);
        }
        (self.told(&lines), lines)
    }

    /// The counts of sentences: 总校专任教师240人,符合交流条件90人,其中骨干30人.
    fn told(&mut self, lines: &[Cell]) -> Vec<Record> {
        static COUNT: LazyLock<Regex> = LazyLock::new(|| {
            regex(
                r"((?:其中|专任|符合|具备|教师|应交流|骨干)[^,。;、\d]{0,16}?)\s*(?:共|有|为|是|:)*\s*(约?\d+\s*[余多]?)\s*(?:人|名|位)",
            )
        });
        let mut records: Vec<Record> = Vec::new();
        for line in lines {
            let mut read = false;
            for clause in line.text.split([';', '。']) {
                let mut before = String::new();
                let mut counts: Record = Vec::new();
                for captures in COUNT.captures_iter(clause) {
                    let mut words = captures[1].to_owned();
                    if words.contains("其中") {
                        words += &before;
                    }
                    let value = captures.get(2).map_or("", |value| value.as_str());
                    counts.extend(figure(&words).map(|field| (field, line.part(value))));
                    before = words;
                }
                let campus = match counts.is_empty() {
                    true => None,
                    false => self.named_campus(line, clause),
                };
                read |= !counts.is_empty();
                match (campus, records.last_mut()) {
                    (None, Some(record)) => record.extend(counts),
                    (None, None) if counts.is_empty() => {}
                    (campus, _) => {
                        let campus = campus.map(|campus| (Field::Campus, campus));
                        records.push(campus.into_iter().chain(counts).collect());
                    }
                }
            }
            if !read && !is_when(&line.text) {
                self.unread(std::iter::once(line));
            }
        }
        records
    }

    /// The campus that a clause names near its head.
    fn named_campus(&self, line: &Cell, clause: &str) -> Option<Cell> {
        let starts = clause
            .char_indices()
            .take(40)
            .map(|(start, _)| &clause[start..]);
        let mut named = starts.filter_map(|words| {
            let (_, rest) = self.known.campus_before(words)?;
            Some(line.part(&words[..words.len() - rest.len()]))
        });
        named.next()
    }

    fn unread<'c>(&mut self, lines: impl Iterator<Item = &'c Cell>) {
        let rest = lines.filter(|line| !is_when(&line.text) && !columns::is_title(&line.text));
        let doubt = |line: &Cell| Doubt::new(Code::NotUnderstood, line.place.clone(), &line.typed);
        self.doubts.extend(rest.map(doubt));
    }

    /// The day on which all was counted: one beside 截至 or 统计, or the only other.
    fn day_of(&mut self, around: &[&Cell]) -> Option<String> {
        let dated = |cell: &&&Cell| {
            when::find(&cell.text, false)
                .iter()
                .any(|found| found.said.is_date())
        };
        let said = |cell: &&&Cell| {
            ["截至", "截止", "统计", "数据"]
                .iter()
                .any(|word| cell.text.contains(word))
        };
        let cell = around.iter().filter(dated).find(said);
        let assumed = cell.is_none();
        let cell = cell.or_else(|| around.iter().find(dated))?;
        let found = when::find(&cell.text, false).into_iter().next()?;
        let day = self
            .years
            .day(cell, found.said, &mut self.doubts)?
            .to_string();
        if assumed {
            let doubt = Doubt::new(Code::Assumed, cell.place.clone(), "").as_(&day);
            self.doubts.push(doubt.with("统计日期 day"));
        }
        Some(day)
    }

    fn count(&mut self, record: &Record, year: Option<i32>, day: Option<String>) -> StaffCount {
        let of = |wanted: Field| {
            let found = record.iter().find(|(field, _)| *field == wanted);
            found.map(|(_, cell)| cell).filter(|cell| !cell.is_blank())
        };
        let place = record
            .first()
            .map(|(_, cell)| cell.clone())
            .unwrap_or_default();
        let doubt = |code, what: &str| Doubt::new(code, place.place.clone(), "").with(what);
        let mut count = StaffCount {
            campus_id: names::campus_of_group(
                of(Field::Campus),
                &place,
                self.known,
                &mut self.doubts,
            ),
            full_time: self.figure(of(Field::FullTime)),
            eligible: self.figure(of(Field::Eligible)),
            backbone: self.figure(of(Field::Backbone)),
            eligible_backbone: self.figure(of(Field::EligibleBackbone)),
            day: of(Field::Day)
                .and_then(|cell| self.day(cell))
                .or(day)
                .unwrap_or_default(),
            ..StaffCount::default()
        };
        if count.day.is_empty() {
            self.doubts.push(doubt(Code::Unstated, "统计日期 day"));
        }
        let year = of(Field::Year)
            .and_then(|cell| school_year(&format!("{}学年", cell.text)))
            .or(year);
        let counted_on = self::day(&count.day);
        if let Some(year) = year {
            count.school_year = year;
        } else if let Some(day) = counted_on {
            count.school_year = i32::from(day.year()) - i32::from(day.month() < 8);
            let understood = format!("{}-{}", count.school_year, count.school_year + 1);
            self.doubts
                .push(doubt(Code::Assumed, "学年 school year").as_(understood));
        } else {
            self.doubts.push(doubt(Code::Unstated, "学年 school year"));
        }
        count
    }

    fn day(&mut self, cell: &Cell) -> Option<String> {
        let said = when::whole(&cell.text).filter(Said::is_date);
        let said = said.or_else(|| Some(when::find(&cell.text, false).first()?.said));
        let Some(said) = said else {
            let doubt = Doubt::new(Code::NotUnderstood, cell.place.clone(), &cell.typed);
            self.doubts.push(doubt.with("要写到日 a day is needed"));
            return None;
        };
        let day = self.years.day(cell, said, &mut self.doubts)?;
        Some(day.to_string())
    }

    fn figure(&mut self, cell: Option<&Cell>) -> Option<i32> {
        let cell = cell?;
        let count = number(&cell.text);
        if count.is_none() {
            let doubt = Doubt::new(Code::NotUnderstood, cell.place.clone(), &cell.typed);
            self.doubts
                .push(doubt.with("要写整数 a whole number is needed"));
        }
        count
    }
}

/// The field and the value of a line: 专任教师数:240人.
fn label(line: &Cell) -> Option<(Field, Cell)> {
    let (label, value) = line.text.split_once(':')?;
    let field = figure(label).or_else(|| Some(columns::labelled(line, HEADINGS)?.0))?;
    Some((field, line.part(value)))
}

fn number(text: &str) -> Option<i32> {
    text.trim()
        .trim_end_matches(['人', '名', '位'])
        .trim()
        .parse()
        .ok()
}

/// Whether a text says of which year or day all is.
fn is_when(text: &str) -> bool {
    let text = super::fold::fold(text);
    text.chars().count() <= 40
        && (school_year(&text).is_some() || !when::find(&text, false).is_empty())
}

/// The school year of a term or a year that a text names, by the calendar year in which it begins.
fn school_year(text: &str) -> Option<i32> {
    let first = term(text)?.first;
    Some(i32::from(first.year()) - i32::from(first.month() < 8))
}

/// Two rows of one campus, year and day are one count, or two.
fn twins(reading: &mut Reading) {
    let mut seen: HashMap<(String, i32, String), usize> = HashMap::new();
    let mut found = Vec::new();
    for (index, item) in reading.items.iter().enumerate() {
        let Kind::StaffCount(count) = &item.content else {
            continue;
        };
        let of = (
            count.campus_id.clone(),
            count.school_year,
            count.day.clone(),
        );
        let first = *seen.entry(of).or_insert(index);
        if first != index {
            let doubt = Doubt::new(Code::Twin, item.place.clone(), "").with(format!("#{first}"));
            found.push(Doubt {
                item: Some(index),
                ..doubt
            });
        }
    }
    reading.doubts.extend(found);
}

#[cfg(test)]
mod tests;
