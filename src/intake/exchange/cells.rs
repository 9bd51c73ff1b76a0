//! Cells of a movement: subject, rank and titles, type, remark.

use super::period::extension;
use super::{Movement, titles, words};
use crate::intake::doubt::{Code, Doubt, Place};
use crate::intake::fold::{key, number};
use crate::intake::known::Known;
use crate::intake::sheet::Cell;
use crate::intake::when::{self, regex};
use crate::intake::words as subjects;
use crate::kinds::registers::vocabulary::post_name;
use crate::model::date::day_or_month;
use crate::wire::v1::{
    Exchange, ExchangeType, Rank, Share, StaffLevel, Title, TitleLevel, VocabularyTopic, Weekdays,
    share,
};
use regex::Regex;
use std::sync::LazyLock;

static PARTNER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:与|和|同|对方(?:是|为)?:?|换)\s*(\p{Han}{1,3}(?:老师|主任|校长)|\p{Han}{2,3}(?:对调|互换|交换|$))",
    )
});

/// The subject of a cell by today's name. Of several the first is taught, the others are told.
pub fn subject(cell: &Cell, known: &Known, doubts: &mut Vec<Doubt>) -> String {
    let own = subjects::own(cell, VocabularyTopic::Subject, known, doubts);
    let several = subjects::subjects(&cell.text);
    let named = own
        .or_else(|| subjects::subject(&cell.text))
        .or_else(|| several.first().map(|subject| subject.name));
    let doubt = |code| Doubt::new(code, cell.place.clone(), &cell.typed);
    if own.is_none() && several.len() > 1 {
        let all: Vec<&str> = several.iter().map(|subject| subject.name).collect();
        let first = doubt(Code::TwoValues).as_(all[0]);
        doubts.push(first.with(all.join("、")));
        return all[0].to_owned();
    }
    let Some(name) = named else {
        doubts.push(doubt(Code::WordUnknown).with("学科 subject"));
        return cell.typed.clone();
    };
    if cell.typed != name {
        doubts.push(doubt(Code::Folded).as_(name));
    }
    name.to_owned()
}

/// The post of a cell by today's name. People may be called what they are: one that nobody knows is no question,
/// unless the group keeps posts of its own.
pub fn post(cell: &Cell, known: &Known, doubts: &mut Vec<Doubt>) -> String {
    let doubt = |code| Doubt::new(code, cell.place.clone(), &cell.typed);
    let kept = known.words(VocabularyTopic::Post).next().is_some();
    let own = subjects::own(cell, VocabularyTopic::Post, known, doubts);
    let standard = || post_name(&key(&cell.text)).filter(|_| !kept);
    match own.or_else(standard) {
        Some(name) if name == cell.typed => {}
        Some(name) => doubts.push(doubt(Code::Folded).as_(name)),
        None if kept => doubts.push(doubt(Code::WordUnknown).with("职务 post")),
        None => {}
    }
    own.or_else(standard).unwrap_or(&cell.typed).to_owned()
}

/// Rank and titles, in whichever order one cell holds them: 一级/区骨干, 高级 市学科带头人.
pub fn rank_and_titles(
    (cell, of_titles): (&Cell, bool),
    known: &Known,
    exchange: &mut Exchange,
    doubts: &mut Vec<Doubt>,
) {
    let (rank, titles, rest) = ranked(cell, known, doubts);
    if let Some(rank) = rank {
        exchange.rank_at_start = rank.into();
    }
    // 一级/无 has no title; a bare 无 is about what its column is about.
    exchange.no_titles_at_start |= says_none(cell) && (of_titles || rank.is_some());
    exchange.titles_at_start.extend(titles);
    exchange.no_titles_at_start &= exchange.titles_at_start.is_empty();
    if !rest.is_empty() {
        doubts.push(
            Doubt::new(Code::WordUnknown, cell.place.clone(), rest)
                .with("职称或称号 rank or title"),
        );
    }
}

/// How people say that there is nothing of the kind.
const NONE: [&str; 4] = ["无", "暂无", "没有", "无称号"];

/// Whether a cell, or a part of it, says that there is nothing of the kind.
pub fn says_none(cell: &Cell) -> bool {
    tokens(&cell.text).any(|token| NONE.contains(&token))
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let tokens = text.split(|c: char| c.is_whitespace() || "/、,;()".contains(c));
    tokens.filter(|token| !token.is_empty())
}

/// The rank and the titles of a cell, and what is neither: in the group's own words, then in everybody's.
pub fn ranked(
    cell: &Cell,
    known: &Known,
    doubts: &mut Vec<Doubt>,
) -> (Option<Rank>, Vec<Title>, String) {
    let mut rest = cell.text.clone();
    let mut titles = Vec::new();
    let mut own_rank = None;
    for part in tokens(&cell.text).map(|token| cell.part(token)) {
        let own = |topic, doubts: &mut Vec<Doubt>| subjects::own(&part, topic, known, doubts);
        let rank = own(VocabularyTopic::Rank, doubts).and_then(Rank::from_str_name);
        let title = own_title(&part, known, doubts);
        if rank.is_some() || title.is_some() || NONE.contains(&&*part.text) {
            rest = rest.replacen(&part.text, " ", 1);
        }
        own_rank = own_rank.or(rank);
        titles.extend(title);
    }
    let found = words::titles(&rest);
    for (index, (name, level, at)) in found.iter().enumerate() {
        let next = found
            .get(index + 1)
            .map_or(rest.len(), |(.., next)| next.start);
        let own = known.word(VocabularyTopic::Title, name).one();
        let time = titles::time_of(&rest, at, next);
        if let Some((code, around)) = &time.told {
            let doubt = Doubt::new(*code, cell.place.clone(), &rest[around.clone()]);
            doubts.push(doubt.with("称号授予的时间 when a title was given"));
        }
        rest.replace_range(at.clone(), &" ".repeat(at.len()));
        if let Some(read) = time.read {
            rest.replace_range(read.clone(), &" ".repeat(read.len()));
        }
        titles.push(Title {
            title: own.unwrap_or(name).to_owned(),
            level: (*level).into(),
            until: time.until,
        });
    }
    let rank = own_rank
        .map(|rank| (rank, 0..0))
        .or_else(|| words::rank(&rest));
    if let Some((rank, at)) = &rank {
        let named = rest[at.clone()].to_owned();
        rest.replace_range(at.clone(), " ");
        // The reform of 2015 joined the ranks of primary and secondary schools.
        if named.starts_with(['小', '中']) {
            let doubt = Doubt::new(Code::Folded, cell.place.clone(), named);
            doubts.push(doubt.as_(words::rank_name(*rank)));
        }
    }
    let rest = rest.replace("教师", "");
    let rest = rest
        .trim_matches(|c: char| c.is_whitespace() || "/、,;()-".contains(c))
        .to_owned();
    // 是否骨干: 否.
    let rest = if rest == "否" { String::new() } else { rest };
    (rank.map(|(rank, _)| rank), titles, rest)
}

/// A title that the group's own words know, with or without the authority before it: 市龙城名师.
fn own_title(part: &Cell, known: &Known, doubts: &mut Vec<Doubt>) -> Option<Title> {
    let (level, name) = words::title_level(&part.text);
    let whole = subjects::own(part, VocabularyTopic::Title, known, doubts);
    let (level, title) = match whole {
        Some(title) => (TitleLevel::Unspecified, title),
        None => (level, known.word(VocabularyTopic::Title, name).one()?),
    };
    Some(Title {
        title: title.to_owned(),
        level: level.into(),
        ..Title::default()
    })
}

/// The type of a cell, and what it says beside it: 双向(中层).
pub fn kind(cell: &Cell, known: &Known, movement: &mut Movement) {
    let Movement {
        exchange,
        two_way,
        doubts,
        ..
    } = movement;
    let own = subjects::own(cell, VocabularyTopic::ExchangeType, known, doubts);
    let own = own.and_then(ExchangeType::from_str_name);
    let named = own.or_else(|| words::exchange_type(&cell.text));
    if let Some(kind) = named {
        exchange.r#type = kind.into();
    }
    *two_way |= is_two_way(&cell.text);
    let level = words::level(&cell.text);
    if let Some(level) = level {
        exchange.level = level.into();
    }
    if named.is_none() && !*two_way && level.is_none() && !cell.text.contains("单向") {
        doubts.push(
            Doubt::new(Code::WordUnknown, cell.place.clone(), &cell.typed).with("交流类型 type"),
        );
    }
}

fn is_two_way(text: &str) -> bool {
    ["双向", "对调", "互派", "互换"]
        .iter()
        .any(|word| text.contains(word))
}

/// How much of a week a text says: 40%, 周二、周四, 每周2天 of five.
pub fn share_of(text: &str, cell: &Cell, doubts: &mut Vec<Doubt>) -> Option<Share> {
    static DAYS: LazyLock<Regex> =
        LazyLock::new(|| regex(r"每周\s*(\d|[一二三四])\s*(?:个?工作日|天|日)"));
    static PERCENT: LazyLock<Regex> = LazyLock::new(|| regex(r"(\d{1,3})\s*%"));
    let percent = PERCENT
        .captures(text)
        .and_then(|percent| percent[1].parse().ok());
    let weekdays = when::weekly(text);
    let share = if let Some(percent) = percent.filter(|percent| (1..=100).contains(percent)) {
        share::Share::Percent(percent)
    } else if let Some(days) = DAYS.captures(text).and_then(|days| number(&days[1])) {
        let percent = i32::from(days) * 20;
        let doubt = Doubt::new(Code::Assumed, cell.place.clone(), "").as_(format!("{percent} %"));
        doubts.push(doubt.with("是星期几，按五天计 which weekdays, of five days"));
        share::Share::Percent(percent)
    } else if weekdays.is_empty() {
        return None;
    } else {
        let days = weekdays.into_iter().map(i32::from).collect();
        share::Share::Weekdays(Weekdays { days })
    };
    Some(Share { share: Some(share) })
}

/// A remark: the other half of a pair, a share of the week, an early end. A reason is nobody's business.
pub fn remark(cell: &Cell, movement: &mut Movement) {
    static EARLY: LazyLock<Regex> = LazyLock::new(|| {
        regex(r"(?:(\d{4})年)?(\d{1,2})月.*(?:返回|返校|回校|结束|终止|中止|退出|调回)")
    });
    static PRIVATE: LazyLock<Regex> =
        LazyLock::new(|| regex("因|病|孕|产假|家庭|身体|怀|离婚|照顾"));
    let Movement {
        exchange,
        partner,
        two_way,
        doubts,
        ..
    } = movement;
    let place: Place = cell.place.clone();
    let mut read = false;
    if let Some(captures) = PARTNER.captures(&cell.text) {
        let name = captures.get(1).map_or("", |name| name.as_str());
        let name = name
            .trim_end_matches("对调")
            .trim_end_matches("互换")
            .trim_end_matches("交换");
        *partner = Some(
            cell.part(&cell.text[captures.get(1).map_or(0, |name| name.start())..][..name.len()]),
        );
        *two_way = true;
        read = true;
    }
    if is_two_way(&cell.text) {
        *two_way = true;
        read = true;
    }
    if let Some(share) = share_of(&cell.text, cell, doubts) {
        exchange.share = Some(share);
        read = true;
    }
    if let Some(captures) = EARLY.captures(&cell.text) {
        let month = captures.get(2).map_or("", |month| month.as_str());
        let start = day_or_month(&exchange.planned_start).map(|span| span.first);
        let number: i8 = month.parse().unwrap_or_default();
        // The first such month of the period.
        let follows = start.map(|start| start.year() + i16::from(number < start.month()));
        let year = captures
            .get(1)
            .and_then(|year| year.as_str().parse().ok())
            .or(follows);
        let when = year.map_or(format!("{month}月"), |year: i16| {
            format!("{year}-{number:02}")
        });
        doubts.push(Doubt::new(Code::EndedEarly, place.clone(), "").as_(when));
        read = true;
    }
    read |= extension(cell, &exchange.planned_end, doubts).is_some();
    if PRIVATE.is_match(&cell.text) {
        doubts.push(
            Doubt::new(Code::PrivateLeftOut, place, "").with("备注里的原因 the reason in a remark"),
        );
    } else if let Some(kind) =
        words::exchange_type(&cell.text).filter(|_| exchange.r#type() == ExchangeType::Unspecified)
    {
        exchange.r#type = kind.into();
    } else if !read {
        doubts.push(Doubt::new(Code::LeftOut, place, &cell.typed).with("备注 remark"));
    }
    if exchange.level() == StaffLevel::Unspecified
        && let Some(level) = words::level(&cell.text)
            .filter(|level| *level == StaffLevel::Middle && cell.text.contains("中层"))
    {
        exchange.level = level.into();
    }
}
