//! Sessions (教研活动): lists, notices and lines pasted from a chat → `Session`.

mod across;
mod build;
mod claims;
mod clocks;
mod compare;
mod line;
mod place;
mod subject;
mod time;

use super::columns::{self, Headings, Marked};
use super::doubt::{Code, Doubt};
use super::known::{Known, Match};
use super::reading::Reading;
use super::sheet::{Cell, Sheet};
use super::when::year::Years;
use super::when::{clock, regex};
use crate::wire::v1::content::Kind;
use build::Builder;
use regex::Regex;
use std::sync::LazyLock;

/// What a notice or a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// 主题.
    Title,
    /// 时间, 日期.
    Time,
    /// 星期.
    Weekday,
    /// 地点.
    Place,
    /// 主备, 领衔.
    Lead,
    /// 主讲, 发言, 执教.
    Speakers,
    /// 主持.
    Chair,
    /// 参加人员.
    Audience,
    /// 参加人数.
    Claimed,
    /// 学科.
    Subject,
    /// 年级.
    Grade,
    /// 形式.
    Form,
    /// 承办.
    Host,
    /// 协办.
    CoHost,
    /// 课题, 单元.
    Lesson,
    /// What a session has no field for.
    Other,
    /// 教材.
    Textbook,
    /// 序号.
    Counter,
}

const HEADINGS: &Headings<Field> = &[
    (
        Field::Title,
        &[
            "主题",
            "活动主题",
            "教研主题",
            "研讨主题",
            "活动名称",
            "名称",
            "题目",
            "备课主题",
            "活动内容",
            "内容",
        ],
    ),
    (
        Field::Time,
        &[
            "时间",
            "日期",
            "活动时间",
            "活动日期",
            "备课时间",
            "时段",
            "具体时间",
            "起止时间",
            "教研时间",
        ],
    ),
    (Field::Weekday, &["星期", "周几"]),
    (
        Field::Place,
        &["地点", "活动地点", "地址", "场地", "备课地点", "会场"],
    ),
    (
        Field::Lead,
        &[
            "主备",
            "主备人",
            "主备教师",
            "领衔",
            "领衔人",
            "牵头人",
            "负责人",
            "召集人",
            "组长",
            "主备课人",
        ],
    ),
    (
        Field::Speakers,
        &[
            "中心发言人",
            "中心发言",
            "发言人",
            "发言",
            "主讲",
            "主讲人",
            "执教",
            "执教者",
            "执教人",
            "上课教师",
            "授课教师",
            "执教教师",
        ],
    ),
    (Field::Chair, &["主持", "主持人"]),
    (
        Field::Audience,
        &[
            "参加",
            "参加人员",
            "参加对象",
            "参与",
            "参与人员",
            "参与学校",
            "参加学校",
            "参会学校",
            "参与校区",
            "参加校区",
            "邀请学校",
            "受邀学校",
            "对象",
            "人员",
            "出席",
            "参会人员",
            "参会对象",
            "参与对象",
        ],
    ),
    (
        Field::Claimed,
        &[
            "参加人数",
            "参与人数",
            "参训人数",
            "到会人数",
            "出席人数",
            "实到人数",
            "实到",
            "人数",
        ],
    ),
    (
        Field::Subject,
        &["学科", "科目", "组别", "教研组", "备课组", "学科组"],
    ),
    (Field::Grade, &["年级", "学段", "年段"]),
    (
        Field::Form,
        &["形式", "活动形式", "类型", "方式", "活动类型", "类别"],
    ),
    (
        Field::Host,
        &[
            "承办",
            "承办单位",
            "承办学校",
            "主办",
            "主办单位",
            "举办学校",
            "学校",
            "校区",
        ],
    ),
    (Field::CoHost, &["协办", "协办单位"]),
    (
        Field::Lesson,
        &["课题", "课名", "课例", "单元", "教学内容", "备课内容"],
    ),
    (
        Field::Other,
        &[
            "课时",
            "课时数",
            "记录人",
            "应到",
            "应到人数",
            "缺席",
            "缺席人数",
        ],
    ),
    (Field::Textbook, &["教材", "版本"]),
    (Field::Counter, &["序号", "编号", "场次"]),
];

/// What is merged over the rows of a list.
const GROUPS: &[Field] = &[
    Field::Time,
    Field::Weekday,
    Field::Subject,
    Field::Grade,
    Field::Form,
    Field::Host,
    Field::Place,
];

/// What more than one column may say: day and clock, people, remarks.
const SEVERAL: &[Field] = &[
    Field::Time,
    Field::Lesson,
    Field::Speakers,
    Field::Audience,
    Field::CoHost,
    Field::Counter,
];

/// One session as it is written: its fields, its running order, and what has no heading.
#[derive(Clone, Debug, Default)]
pub struct Notice {
    /// Where it begins.
    pub start: Cell,
    /// What has a heading.
    pub fields: Vec<(Field, Cell)>,
    /// Lines that begin with a clock time.
    pub agenda: Vec<Cell>,
    /// The rest.
    pub loose: Vec<Cell>,
    /// A notice of several lines, or one line.
    pub lines: usize,
    /// A row of a list: what stands loose belongs to all its rows.
    pub is_row: bool,
}

/// Reads the sessions of some sheets.
#[must_use]
pub fn read(sheets: &[Sheet], known: &Known) -> Reading {
    let mut reading = Reading::default();
    for sheet in sheets {
        let texts = sheet.rows.iter().flatten().map(|cell| cell.text.as_str());
        let years = Years::of(texts, known.calendar(), known.today);
        let mut notices = Vec::new();
        for table in columns::tables(sheet, HEADINGS) {
            let spaced = columns::spaced(&table, HEADINGS);
            notices.extend(self::notices(
                spaced.as_ref().unwrap_or(&table),
                known,
                &mut reading.doubts,
            ));
        }
        for notice in notices {
            let mut doubts = Vec::new();
            let place = notice.start.place.clone();
            let session = Builder {
                known,
                years: &years,
                doubts: &mut doubts,
            }
            .session(&notice);
            match unset(&notice).filter(|_| session.days.is_empty()) {
                Some(typed) => {
                    let left = Doubt::new(Code::RowLeftOut, place, typed);
                    doubts.push(left.with("时间未定 no day yet"));
                    reading.doubts.append(&mut doubts);
                }
                None => reading.add(place, Kind::Session(session), doubts),
            }
        }
    }
    compare::compare(&mut reading);
    reading
}

/// All of a notice that says itself that its time is not yet known: 每月一次 综合组 时间待定.
fn unset(notice: &Notice) -> Option<String> {
    static UNSET: LazyLock<Regex> = LazyLock::new(|| regex("每月|待定|另行通知|未定|待通知"));
    let mut cells: Vec<&Cell> = notice.fields.iter().map(|(_, cell)| cell).collect();
    if !notice.is_row {
        cells.splice(0..0, &notice.loose);
    }
    let says = cells.iter().any(|cell| UNSET.is_match(&cell.text));
    let typed: Vec<&str> = cells.iter().map(|cell| cell.typed.as_str()).collect();
    says.then(|| typed.join(" "))
}

fn notices(sheet: &Sheet, known: &Known, doubts: &mut Vec<Doubt>) -> Vec<Notice> {
    let campuses = Marked {
        field: Field::Audience,
        is_value: &|heading: &str| known.campuses(heading) != Match::Nothing,
    };
    if let Some(notices) = across::notices(&sheet.rows, doubts) {
        return notices;
    }
    if !sheet.is_text()
        && let Some(mut columns) = columns::find(&sheet.rows, HEADINGS, 3, Some(&campuses))
    {
        // What stands above belongs to every row.
        doubts.extend(columns.doubts(&sheet.rows, SEVERAL));
        let above: Vec<Cell> = sheet.rows[..columns.above]
            .iter()
            .filter_map(|row| row.iter().find(|cell| !cell.is_empty()).cloned())
            .collect();
        let notice = |row: &super::sheet::Row| Notice {
            start: row
                .iter()
                .find(|cell| !cell.is_empty())
                .cloned()
                .unwrap_or_default(),
            fields: columns.fields(row),
            loose: above.clone(),
            lines: 2,
            is_row: true,
            ..Notice::default()
        };
        return columns
            .records(&sheet.rows, GROUPS, doubts)
            .iter()
            .map(notice)
            .collect();
    }
    let lines = columns::lines(sheet, HEADINGS, doubts);
    let labels = lines
        .iter()
        .filter(|line| columns::labelled(line, HEADINGS).is_some())
        .count();
    match labels >= 2 {
        true => labelled(&lines),
        false => line::notices(&lines, doubts),
    }
}

/// What a line in a chat says to its readers, and what is nobody's business: no part of the notice.
static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^[一二三四五六七八九十]{1,2}、|^\W*(?:收到|请|望|联系|注|备注|谢谢|辛苦|特此)|@|\d{7,}|^[^,。:]*(?:集团|学校|小学|中学|办公室|教导处|教务处|发展中心)$|^\d{4}年\d{1,2}月\d{1,2}日$",
    )
});

/// A line that begins with a clock, without a number before it: 1.13:30-14:10 课堂展示.
fn agenda_item(line: &Cell) -> Option<Cell> {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| regex(r"^\d{1,2}\s*[.、)]\s*(\d{1,2}:)"));
    let number = NUMBER.captures(&line.text).and_then(|number| number.get(1));
    let item = line.part(&line.text[number.map_or(0, |clock| clock.start())..]);
    let clock = clock::find(&item.text, None)?;
    (clock.at.start == 0 && clock.end.is_some()).then_some(item)
}

/// Whether a line has a label of its own, though none that is known: 签到:请提前10分钟.
fn is_labelled(line: &Cell) -> bool {
    let label = line
        .text
        .split_once(':')
        .map(|(label, _)| label.chars().count());
    label.is_some_and(|label| label <= 6)
}

/// Notices of several lines: a theme or a time that comes again begins the next one.
fn labelled(lines: &[Cell]) -> Vec<Notice> {
    let mut notices: Vec<Notice> = Vec::new();
    let mut waiting: Vec<Cell> = Vec::new();
    // 活动安排: says only that something follows.
    let heading = |line: &Cell| {
        let name = super::words::unnumbered(&line.text);
        let bare = name.len() < line.text.len() && columns::is_heading(HEADINGS, name);
        (line.text.ends_with(':') && line.text.chars().count() < 10) || bare
    };
    for line in lines
        .iter()
        .filter(|line| !line.is_blank() && !heading(line))
    {
        let item = agenda_item(line);
        let field = columns::labelled(line, HEADINGS).filter(|_| item.is_none());
        match (field, notices.last_mut()) {
            (None, Some(notice)) if item.is_some() => notice.agenda.extend(item),
            (None, None) => waiting.push(line.clone()),
            // A line without a heading goes on with the one above, or is the title of the next notice.
            (None, Some(notice)) => match notice.fields.last_mut() {
                Some((Field::Audience | Field::Speakers, cell))
                    if !CLOSING.is_match(&line.text) && !is_labelled(line) =>
                {
                    let typed = format!("{}；{}", cell.typed, line.typed);
                    *cell = Cell::new(cell.place.clone(), &typed);
                }
                _ => waiting.push(line.clone()),
            },
            (Some((field, value)), notice) => {
                let had = |notice: &Notice| notice.fields.iter().any(|(other, _)| *other == field);
                let again = matches!(field, Field::Title | Field::Time);
                match notice {
                    Some(notice) if !(again && had(notice)) => {
                        notice.loose.append(&mut waiting);
                        notice.fields.push((field, value));
                    }
                    _ => notices.push(Notice {
                        start: waiting.first().unwrap_or(line).clone(),
                        fields: vec![(field, value)],
                        agenda: Vec::new(),
                        loose: std::mem::take(&mut waiting),
                        lines: 2,
                        is_row: false,
                    }),
                }
            }
        }
    }
    if let Some(notice) = notices.last_mut() {
        notice.loose.append(&mut waiting);
    }
    notices
}

#[cfg(test)]
mod tests;
