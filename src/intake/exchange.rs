//! Exchanges (交流轮岗): lists, labelled lines and sentences → `Exchange`, one a movement.

mod build;
mod cells;
mod counts;
mod pairs;
mod period;
mod prose;
mod titles;
mod words;

use super::columns::{self, Headings, Marked};
use super::doubt::{Code, Doubt};
use super::known::{Known, Match};
use super::names;
use super::reading::Reading;
use super::sheet::{Cell, Row, Sheet, joined};
use super::when::year::Years;
use crate::wire::v1::content::Kind;
use build::Builder;
pub use cells::{ranked, says_none};
use pairs::Movement;

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// 姓名.
    Name,
    /// 原单位.
    Home,
    /// 交流单位.
    Host,
    /// 任教学科.
    Subject,
    /// 职称: ranks, and titles too.
    Rank,
    /// 称号: titles, and ranks too.
    Titles,
    /// 类型.
    Type,
    /// 起止时间.
    Period,
    /// 开始.
    Start,
    /// 结束.
    End,
    /// 期限.
    Length,
    /// 人事关系.
    File,
    /// 交流岗位.
    Post,
    /// 职务, at home for all that is said.
    Duty,
    /// 工作量: how much of the week.
    Share,
    /// 人数.
    Count,
    /// 原校教龄.
    Years,
    /// 文号.
    Paper,
    /// 备注.
    Remark,
    /// 序号.
    Counter,
}

const HEADINGS: &Headings<Field> = &[
    (
        Field::Name,
        &[
            "姓名",
            "教师姓名",
            "教师",
            "交流教师",
            "人员",
            "轮岗教师",
            "支教教师",
        ],
    ),
    (
        Field::Home,
        &[
            "学校",
            "单位",
            "原单位",
            "原学校",
            "派出学校",
            "派出单位",
            "所在学校",
            "所在单位",
            "流出学校",
            "现工作单位",
            "原任教学校",
            "原校",
            "派出校",
            "交流前单位",
            "交流前学校",
            "任教学校",
            "现任教学校",
            "工作单位",
            "编制学校",
            "流出校",
            "编制所在学校",
            "来源",
            "从",
        ],
    ),
    (
        Field::Host,
        &[
            "交流单位",
            "交流学校",
            "接收学校",
            "接收单位",
            "流入学校",
            "轮岗学校",
            "支教学校",
            "受援学校",
            "到岗学校",
            "交流至",
            "交流到",
            "拟交流学校",
            "接收校",
            "交流后单位",
            "交流后学校",
            "现交流单位",
            "现交流学校",
            "申请交流学校",
            "兼课学校",
            "兼课单位",
            "走教学校",
            "支援学校",
            "挂职学校",
            "挂职单位",
            "跟岗学校",
            "跟岗单位",
            "派往学校",
            "派往单位",
            "到何校",
            "到何校交流",
            "流入校",
            "去向",
            "到",
        ],
    ),
    (Field::Subject, &["任教学科", "学科", "科目"]),
    (
        Field::Rank,
        &["职称/称号", "职称", "职称称号", "专业技术职务"],
    ),
    (
        Field::Titles,
        &[
            "称号",
            "荣誉称号",
            "骨干情况",
            "荣誉",
            "骨干",
            "骨干级别",
            "骨干类别",
            "骨干称号",
        ],
    ),
    (
        Field::Type,
        &[
            "类型",
            "交流类型",
            "交流形式",
            "交流方式",
            "形式",
            "类别",
            "性质",
            "双向/单向",
            "单向/双向",
            "是否双向",
        ],
    ),
    (
        Field::Period,
        &[
            "起止时间",
            "交流时间",
            "交流期限",
            "起止年月",
            "时间",
            "交流起止时间",
            "轮岗时间",
            "起止日期",
            "起止",
            "兼课时间段",
        ],
    ),
    (
        Field::Start,
        &[
            "起始",
            "起始时间",
            "开始时间",
            "开始",
            "起始年月",
            "到岗时间",
            "开始年月",
            "起",
        ],
    ),
    (
        Field::End,
        &[
            "结束",
            "结束时间",
            "终止时间",
            "截止时间",
            "终止",
            "结束年月",
            "止",
        ],
    ),
    (
        Field::Length,
        &["期限", "年限", "交流年限", "时长", "服务期"],
    ),
    (
        Field::File,
        &[
            "人事关系",
            "人事关系是否调动",
            "是否转人事关系",
            "是否调动人事关系",
            "人事关系转否",
            "编制关系",
            "编制",
        ],
    ),
    (
        Field::Post,
        &[
            "交流岗位",
            "任职岗位",
            "拟任岗位",
            "岗位",
            "交流单位岗位",
            "交流学校岗位",
            "接收学校岗位",
            "交流职务",
            "拟任职务",
            "交流单位职务",
            "交流学校职务",
            "接收学校职务",
        ],
    ),
    (Field::Duty, &["职务", "现任职务", "行政职务", "原职务"]),
    (
        Field::Share,
        &[
            "工作量",
            "占比",
            "比例",
            "兼课比例",
            "课时比例",
            "周工作安排",
            "每周安排",
            "兼课时间",
            "兼课安排",
            "周课时",
            "每周",
            "每周几天",
        ],
    ),
    (Field::Count, &["人数", "名额"]),
    (
        Field::Years,
        &["原校任教年限", "在原校年限", "本校教龄", "原校工作年限"],
    ),
    (Field::Paper, &["文号", "文件号", "批准文号"]),
    (Field::Remark, &["备注", "说明", "情况说明"]),
    (Field::Counter, &["序号", "编号"]),
];

/// What more than one column may say: a rank and a title, days and lengths, remarks.
const SEVERAL: &[Field] = &[
    Field::Rank,
    Field::Titles,
    Field::Type,
    Field::Period,
    Field::Length,
    Field::Share,
    Field::Remark,
    Field::Counter,
];

/// Reads the movements of some sheets.
#[must_use]
pub fn read(sheets: &[Sheet], known: &Known) -> Reading {
    let mut reading = Reading::default();
    let mut movements: Vec<Movement> = Vec::new();
    for sheet in sheets.iter().filter(|sheet| !sheet.rows.is_empty()) {
        let texts = sheet.rows.iter().flatten().map(|cell| cell.text.as_str());
        let years = Years::of(texts, known.calendar(), known.today);
        let mut builder = Builder {
            known,
            years: &years,
        };
        for table in columns::tables(sheet, HEADINGS) {
            movements.extend(of_sheet(&table, &mut builder, &mut reading.doubts));
        }
    }
    pairs::join(&mut movements);
    pairs::compare(&mut movements);
    for movement in movements {
        reading.add(
            movement.place,
            Kind::Exchange(movement.exchange),
            movement.doubts,
        );
    }
    reading
}

type Record = Vec<(Field, Cell)>;

/// The movements of a list, of labelled lines, of rows without headings, or of sentences.
fn of_sheet(sheet: &Sheet, builder: &mut Builder<'_>, doubts: &mut Vec<Doubt>) -> Vec<Movement> {
    let known = builder.known;
    let table = columns::spaced(sheet, HEADINGS);
    let sheet = table.as_ref().unwrap_or(sheet);
    let campuses = Marked {
        field: Field::Host,
        is_value: &|heading: &str| known.campuses(heading) != Match::Nothing,
    };
    let found = columns::find(&sheet.rows, HEADINGS, 3, Some(&campuses));
    let listed = found.is_some();
    let records: Vec<Record> = if let Some(mut found) = found {
        doubts.extend(found.doubts(&sheet.rows, SEVERAL));
        let rows = found.records(&sheet.rows, &[Field::Home, Field::Host], doubts);
        rows.iter().map(|row| found.fields(row)).collect()
    } else {
        let lines = columns::lines(sheet, HEADINGS, doubts);
        let labelled = |line: &Cell| columns::labelled(line, HEADINGS);
        let unheaded: Vec<Option<Record>> = match sheet.is_text() {
            true => Vec::new(),
            false => sheet.rows.iter().map(unheaded).collect(),
        };
        let of_one = |(field, _): &(Field, Cell)| matches!(field, Field::Name | Field::Count);
        let labels = || lines.iter().filter_map(labelled);
        // Without a name they say something of a list under them.
        let listed = lines
            .iter()
            .any(|line| labelled(line).is_none() && prose::is_listed(line));
        if labels().count() >= 2 && (labels().any(|label| of_one(&label)) || !listed) {
            doubts.extend(unread(lines.iter().filter(|line| labelled(line).is_none())));
            columns::by_first(labels().collect(), Field::Name)
        } else if unheaded.iter().any(Option::is_some) {
            let rest = sheet
                .rows
                .iter()
                .zip(&unheaded)
                .filter(|(_, record)| record.is_none());
            let rest: Vec<Cell> = rest
                .filter_map(|(row, _)| {
                    let first = row.iter().find(|cell| !cell.is_empty())?;
                    Some(Cell::new(first.place.clone(), &joined(row)))
                })
                .collect();
            doubts.extend(unread(rest.iter()));
            unheaded.into_iter().flatten().collect()
        } else {
            return prose::movements(&lines, builder, doubts);
        }
    };
    let records = records
        .iter()
        .flat_map(|record| apart(record, known, doubts));
    let records: Vec<Record> = records.collect();
    records
        .iter()
        .map(|record| (record, builder.movement(record)))
        .filter_map(|(record, movement)| complete(record, movement, listed, doubts))
        .collect()
}

/// A movement of a record, or a doubt that tells all of it: nobody moves from a school to itself, nor ends before the
/// start; and a row of a list that says neither where to nor from when is no movement yet.
fn complete(
    record: &Record,
    movement: Movement,
    listed: bool,
    doubts: &mut Vec<Doubt>,
) -> Option<Movement> {
    let told = |code| movement.doubts.iter().any(|doubt| doubt.code == code);
    let exchange = &movement.exchange;
    let why = if told(Code::HomeIsHost) {
        "原单位与交流单位相同 home is host"
    } else if told(Code::EndBeforeStart) {
        "结束早于开始 it ends before it starts"
    } else if listed && exchange.host.is_none() && exchange.planned_start.is_empty() {
        "没有写去哪里、从何时起 neither where to nor from when"
    } else {
        return Some(movement);
    };
    // What a remark says was told, or is nobody's business.
    let shown = record.iter().filter(|(field, _)| *field != Field::Remark);
    let shown: Vec<&str> = shown.map(|(_, cell)| cell.typed.as_str()).collect();
    let row = Doubt::new(Code::RowLeftOut, movement.place.clone(), shown.join(" "));
    doubts.extend(movement.doubts);
    doubts.push(row.with(why));
    None
}

/// Doubts about lines that are no part of any record. A short line at the head is a title.
fn unread<'c>(lines: impl Iterator<Item = &'c Cell>) -> Vec<Doubt> {
    let rest = lines.filter(|line| !line.is_blank());
    let rest = rest.skip_while(|line| columns::is_title(&line.text) && words::is_title(&line.text));
    rest.map(|line| Doubt::new(Code::NotUnderstood, line.place.clone(), &line.typed))
        .collect()
}

/// A record for each of the people named in one cell: 张老师、李老师.
fn apart(record: &Record, known: &Known, doubts: &mut Vec<Doubt>) -> Vec<Record> {
    let name = record.iter().position(|(field, _)| *field == Field::Name);
    let Some((at, cell)) = name.map(|at| (at, &record[at].1)) else {
        return vec![record.clone()];
    };
    let people = names::people(cell, known);
    if let Some((claimed, typed)) = names::claimed(cell, known)
        && claimed != people.len()
    {
        let doubt = Doubt::new(Code::CountMismatch, cell.place.clone(), typed);
        doubts.push(doubt.as_(people.len()).with(claimed));
    }
    if people.len() < 2 && names::claimed(cell, known).is_none() {
        return vec![record.clone()];
    }
    let one = |person: Cell| {
        let mut record = record.clone();
        record[at].1 = person;
        record
    };
    people.into_iter().map(one).collect()
}

/// A row without headings: 援藏 | 1 | 一年半 | 8月10日进藏.
fn unheaded(row: &Row) -> Option<Record> {
    let mut record: Record = Vec::new();
    for cell in row.iter().filter(|cell| !cell.is_blank()) {
        let number = cell.text.trim_end_matches(['人', '名']);
        let field = if words::exchange_type(&cell.text).is_some() {
            Field::Type
        } else if number.parse::<u16>().is_ok() {
            Field::Count
        } else if !super::when::find(&cell.text, false).is_empty()
            || !super::when::months(&cell.text).is_empty()
        {
            Field::Period
        } else if super::when::year::length_in_months(&cell.text).is_some() {
            Field::Length
        } else if names::person_in(&cell.text).is_some() {
            Field::Name
        } else {
            Field::Remark
        };
        record.push((field, cell.clone()));
    }
    let has = |wanted| record.iter().any(|(field, _)| *field == wanted);
    (has(Field::Type) && (has(Field::Count) || has(Field::Name))).then_some(record)
}

#[cfg(test)]
mod tests;
