//! One line as people post it: 5月12日(周二)14:00～16:30 信息科技 七年级 主备:张老师 地点:滨湖分校三楼录播室 参加:全集团.

use super::{Field, HEADINGS, Notice};
use crate::intake::columns;
use crate::intake::doubt::{Code, Doubt};
use crate::intake::names;
use crate::intake::sheet::Cell;
use crate::intake::when::{self, regex};
use crate::intake::words::{self, unnumbered};
use regex::Regex;
use std::sync::LazyLock;

static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    let people = "主备教师|主备课人|主备人|主备|领衔人|领衔|牵头人|召集人|中心发言人|中心发言|发言人|主讲人|主讲|执教者|执教|主持人|主持";
    regex(&format!(
        r"({people}|活动地点|地点|参加人员|参加对象|参加学校|参加|参与人员|参与|承办|协办)(?:\s*[:是]\s*|\s+)|(主题|课题|内容|学科|年级|时间|形式)\s*:\s*|({people})(?P<glued>\p{{Han}}{{1,3}}?(?:老师|主任|校长|教研员))"
    ))
});
/// A time that is not yet known.
static UNSET: LazyLock<Regex> = LazyLock::new(|| regex("待定|另行通知|每月|每周|未定|待通知"));

/// The sessions of a text whose lines have no headings: one a line that says a day; a text in which no
/// line says one is one session.
pub fn notices(lines: &[Cell], doubts: &mut Vec<Doubt>) -> Vec<Notice> {
    let lines: Vec<Cell> = lines.iter().flat_map(days_apart).collect();
    let lines: Vec<&Cell> = lines.iter().filter(|line| !line.is_blank()).collect();
    // 1. 语文组 周二下午 总校: a list in which each posts a line.
    let posted = |line: &Cell| unnumbered(&line.text).len() < line.text.len();
    let listed = lines.iter().filter(|line| posted(line)).count() >= 2;
    let dated = |line: &Cell| !when::find(&line.text, false).is_empty();
    let says = |line: &Cell| {
        let subject = !words::subjects(&line.text).is_empty() || LABEL.is_match(&line.text);
        dated(line)
            || (listed && posted(line))
            || (UNSET.is_match(&line.text) && (subject || line.text.contains('组')))
    };
    let each = lines.iter().filter(|line| says(line)).count() > 1;
    let undated = !listed && !each && !lines.iter().any(|line| dated(line));
    if lines.len() == 1 || (undated && lines.len() > 1) {
        return whole(&lines).into_iter().collect();
    }
    let mut notices: Vec<Notice> = Vec::new();
    for line in lines {
        if says(line) {
            notices.push(notice(line));
        } else if let (Some(last), true) = (notices.last_mut(), LABEL.is_match(&line.text)) {
            let mut more = notice(line);
            last.fields.append(&mut more.fields);
            last.loose.append(&mut more.loose);
        } else {
            let doubt = Doubt::new(Code::LeftOut, line.place.clone(), &line.typed);
            doubts.push(doubt.with("没有写日期的一行 a line without a day"));
        }
    }
    notices
}

/// A line with several sessions, each with its day, as one a session.
fn days_apart(line: &Cell) -> Vec<Cell> {
    let parts: Vec<&str> = line.text.split([';', '。']).collect();
    let dated = |part: &&str| !when::find(part, false).is_empty();
    match parts.iter().filter(|part| dated(part)).count() > 1 {
        true => parts.into_iter().map(|part| line.part(part)).collect(),
        false => vec![line.clone()],
    }
}

/// A text of several lines as one session.
fn whole(lines: &[&Cell]) -> Option<Notice> {
    let each = lines.iter().map(|line| notice(line));
    let mut notice = each.reduce(|mut all, mut line| {
        all.fields.append(&mut line.fields);
        all.loose.append(&mut line.loose);
        all
    })?;
    notice.lines = lines.len();
    Some(notice)
}

/// The fields of a line. What follows the name of a person has no heading any more.
fn notice(line: &Cell) -> Notice {
    let mut notice = Notice {
        start: line.clone(),
        lines: 1,
        ..Notice::default()
    };
    let found: Vec<_> = LABEL.captures_iter(&line.text).collect();
    let start = found
        .first()
        .and_then(|label| label.get(0))
        .map_or(line.text.len(), |label| label.start());
    let head = line.part(&line.text[..start]);
    if !head.is_empty() {
        notice.loose.push(head);
    }
    for (index, captures) in found.iter().enumerate() {
        let label = captures.get(1).or(captures.get(2)).or(captures.get(3));
        let glued = captures.name("glued").map(|name| name.start());
        let (Some(whole), Some(label)) = (captures.get(0), label) else {
            continue;
        };
        let next = found.get(index + 1).and_then(|next| next.get(0));
        let end = next.map_or(line.text.len(), |next| next.start());
        let value = line.part(&line.text[glued.unwrap_or(whole.end())..end]);
        let Some(field) = columns::meaning(HEADINGS, label.as_str()) else {
            continue;
        };
        if !matches!(field, Field::Lead | Field::Speakers | Field::Chair) {
            notice.fields.push((field, value));
            continue;
        }
        let tokens: Vec<&str> = value.text.split_whitespace().collect();
        let names = tokens
            .iter()
            .take_while(|token| names::person_in(token).is_some() && !is_place(token))
            .count();
        let cut = tokens.get(names).map_or(value.text.len(), |token| {
            token.as_ptr() as usize - value.text.as_ptr() as usize
        });
        if cut > 0 || value.is_empty() {
            notice.fields.push((field, value.part(&value.text[..cut])));
        }
        if cut < value.text.len() {
            notice.loose.push(value.part(&value.text[cut..]));
        }
    }
    notice
}

/// A short word that is a place and no name.
fn is_place(token: &str) -> bool {
    // 张老师(总校) is a person.
    let token = token.split(['(', '、', ',']).next().unwrap_or_default();
    ["室", "厅", "楼", "校", "馆", "线上", "网络", "会议", "园"]
        .iter()
        .any(|word| token.contains(word))
        || !token.ends_with(['师', '任', '长', '记']) && token.chars().count() == 2
}
