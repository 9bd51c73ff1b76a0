//! Menus as text: a line a day, a meal or a slot, as they are pasted into a chat.

use super::draft::{Draft, Under};
use super::figures;
use super::notes::is_note;
use super::words;
use crate::intake::doubt::{Code, Doubt};
use crate::intake::sheet::{Cell, Sheet};
use crate::intake::when::{self, Said, regex};
use crate::intake::words::unnumbered;
use crate::wire::v1::DishSlot;
use regex::Regex;
use std::sync::LazyLock;

/// The lines of a text, each with one day and one meal at most.
pub fn split(sheet: &Sheet) -> Vec<Cell> {
    let lines = sheet.lines().flat_map(days_apart);
    let lines: Vec<Cell> = lines.flat_map(|line| meals_apart(&line)).collect();
    let dated = |line: &Cell| leading_days(opened(&line.text)).is_some();
    match lines.iter().any(dated) {
        true => lines,
        false => one_day(lines),
    }
}

/// The lines of a text that begins no line with a day. One that is named inside a line is the day of them
/// all: 各位家长,明天(5月11日)午餐:米饭.
fn one_day(lines: Vec<Cell>) -> Vec<Cell> {
    let day = |line: &Cell| {
        let relative = RELATIVE.find(&line.text).map(|day| day.start());
        let found = when::find(&line.text, false).into_iter().next();
        let date = found.filter(|_| when::period(&line.text).is_none());
        [relative, date.map(|date| date.at.start)]
            .into_iter()
            .flatten()
            .min()
    };
    let Some((index, at)) = lines
        .iter()
        .enumerate()
        .find_map(|(index, line)| Some((index, day(line)?)))
    else {
        return lines;
    };
    let halves = |(other, line): (usize, Cell)| match other == index {
        true => [&line.text[..at], &line.text[at..]]
            .map(|half| line.part(half))
            .to_vec(),
        false => vec![line],
    };
    lines.into_iter().enumerate().flat_map(halves).collect()
}

/// A day told from the day of reading.
pub static RELATIVE: LazyLock<Regex> =
    LazyLock::new(|| regex("今日|今天|本日|明日|明天|后天|昨日|昨天"));

/// What a text calls itself, with the meal it is of: 今日午餐菜谱.
static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?:今日|今天|明日|明天)?的?(?:学校|学生|师生)?(?:食堂)?(早餐|午餐|中餐|晚餐|早点|午点)?(?:食谱|菜谱|菜单|伙食)(?:如下|公示|来啦|安排)?[!。:\s】\])]*",
    )
});

/// What a meal costs, and how many eat: no dishes.
static PRICE: LazyLock<Regex> = LazyLock::new(|| regex(r"^(?:价格|单价|餐费|餐价|收费)"));
static EATERS: LazyLock<Regex> = LazyLock::new(|| regex(r"^\S{0,4}人数\s*:"));

/// Whether a line is headed by a meal or a slot.
fn is_labelled(line: &Cell, draft: &Draft) -> bool {
    let label = opened(&line.text)
        .split_once(':')
        .map(|(label, _)| label.trim());
    label.is_some_and(|label| words::meal(label).is_some() || draft.slot(label).is_some())
}

/// Reads the lines of a menu.
pub fn read(lines: &[Cell], draft: &mut Draft) {
    let mut days: Vec<usize> = Vec::new();
    let mut under = Under::default();
    let first = first_of_unprinted(lines);
    let dated = |line: &Cell| leading_days(opened(&line.text)).is_some();
    let undated = !lines.iter().any(dated);
    for line in lines {
        let mut rest = opened(&line.text);
        if let Some((mut said, after)) = leading_days(rest) {
            let cell = line.part(&rest[..rest.len() - after.len()]);
            under = Under::default();
            rest = opened(remark(line, after, draft));
            if let Some(title) = TITLE.captures(rest) {
                under.meal = title.get(1).and_then(|meal| words::meal(meal.as_str()));
                draft
                    .titles
                    .push(line.part(title[0].trim_end_matches([':', ' '])));
                rest = &rest[title[0].len()..];
                // 今日菜谱(5月18日).
                if said == [Said::default()]
                    && let Some((dated, behind)) = leading_day(opened(rest))
                {
                    (said, rest) = (vec![dated], opened(behind));
                }
            }
            days = said
                .into_iter()
                .map(|said| draft.day(&cell, said, None))
                .collect();
        } else if undated && days.is_empty() && is_labelled(line, draft) {
            // Dishes of a day that nobody named.
            let cell = Cell {
                place: line.place.clone(),
                ..Cell::default()
            };
            days = vec![draft.day(&cell, Said::default(), None)];
        }
        let begins = first.is_some() && slot_of(rest) == first;
        if begins && days.iter().all(|day| !draft.days[*day].meals.is_empty()) {
            let cell = Cell {
                place: line.place.clone(),
                ..Cell::default()
            };
            days = vec![draft.day(&cell, Said::default(), None)];
            under = Under::default();
        }
        if days.is_empty() {
            if !rest.is_empty() {
                draft.titles.push(line.clone());
            }
            continue;
        }
        if is_note(rest) || line.text.starts_with('@') {
            draft.notes.push(line.clone());
            continue;
        }
        if PRICE.is_match(rest) {
            draft.notes.push(line.clone());
            continue;
        }
        if words::is_other_meal(rest) || EATERS.is_match(rest) {
            let doubt = Doubt::new(Code::LeftOut, line.place.clone(), &line.typed);
            let other = words::is_other_meal(rest);
            draft.doubts.push(doubt.with(if other {
                words::OTHER_MEAL
            } else {
                "人数 how many eat"
            }));
            continue;
        }
        rest = labels(rest, &mut under, draft);
        take(line.part(rest), &days, under, draft);
    }
}

/// What stands behind a day without the bracket that says something of it: 周三(素食日):炒面.
fn remark<'t>(line: &Cell, after: &'t str, draft: &mut Draft) -> &'t str {
    static REMARK: LazyLock<Regex> = LazyLock::new(|| regex(r"^\s*\(?([^()\d:]{1,10})\)\s*[:,]?"));
    let Some(captures) = REMARK.captures(after) else {
        return after;
    };
    let said = &captures[1];
    if words::meal_in(said).is_some()
        || draft.slot(said).is_some()
        || words::no_service(said).is_some()
    {
        return after;
    }
    let end = line.text.len() - after.len() + captures[0].len();
    draft.notes.push(line.part(&line.text[..end]));
    &after[captures[0].len()..]
}

/// Takes what is served on some days; what is doubtful about it is asked once.
fn take(cell: Cell, days: &[usize], under: Under, draft: &mut Draft) {
    let mut asked = None;
    for day in days {
        if figures::nutrients(&cell.text).is_empty() {
            draft.take(*day, under, &cell);
        } else {
            draft.nutrition(*day, under, &cell, &cell);
        }
        let asked = *asked.get_or_insert(draft.doubts.len());
        draft.doubts.truncate(asked);
    }
}

/// The days that a line begins with, and the rest of it: 周一至周五早点:牛奶, 5.11-5.15 早点:牛奶, or one day. A
/// period that only stands in a title begins nothing.
pub fn leading_days(text: &str) -> Option<(Vec<Said>, &str)> {
    static WEEK: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"^每?(?:周|星期|礼拜)([一二三四五六日天])\s*[-~至到]+\s*(?:周|星期|礼拜)?([一二三四五六日天])\s*[):,]*\s*",
        )
    });
    let is_served = |rest: &str| {
        let meal = words::meal_in(rest).is_some_and(|(_, at)| at.start == 0);
        (meal || rest.starts_with(':')) && !rest.trim_matches(':').is_empty()
    };
    if let Some(captures) = WEEK.captures(text) {
        let day = |group: usize| when::weekday(&format!("周{}", &captures[group]));
        let (first, last) = (day(1)?.0, day(2)?.0);
        let said = |weekday| Said {
            weekday: Some(weekday),
            ..Said::default()
        };
        let rest = &text[captures.get(0)?.end()..];
        let all: Vec<Said> = (first..=last).map(said).collect();
        return Some((all, rest)).filter(|(all, rest)| !all.is_empty() && !rest.is_empty());
    }
    let Some((first, last)) = when::period(text) else {
        return leading_day(text).map(|(said, rest)| (vec![said], rest));
    };
    let mut found = when::find(text, false).into_iter();
    let begins = found.next().filter(|found| found.at.start == 0)?;
    let end = found.next().map_or(begins.at.end, |last| last.at.end);
    let rest = text[end..].trim_start_matches([')', ' ', '日', '号']);
    let said = |day| Said {
        day: Some(day),
        weekday: None,
        ..first
    };
    let days = first.day?..=last.day?;
    let all: Vec<Said> = days.map(said).collect();
    Some((all, rest)).filter(|(_, rest)| first.month == last.month && is_served(rest))
}

/// The slot that a line is headed with.
fn slot_of(text: &str) -> Option<DishSlot> {
    let (label, rest) = text.split_once(':')?;
    words::slot(label).filter(|_| !rest.trim().is_empty())
}

/// Hardly a day is printed, and the same slots come again and again: the first of them begins each day.
fn first_of_unprinted(lines: &[Cell]) -> Option<DishSlot> {
    let printed = lines
        .iter()
        .filter(|line| leading_days(opened(&line.text)).is_some());
    let mut slots = lines.iter().filter_map(|line| slot_of(&line.text));
    let first = slots.next()?;
    (printed.count() < 2 && slots.any(|slot| slot == first)).then_some(first)
}

/// A line without what stands before its words: a number, brackets, marks, pictures.
pub fn opened(text: &str) -> &str {
    let marks = |c: char| !c.is_alphanumeric() || ('\u{1f000}'..='\u{1faff}').contains(&c);
    unnumbered(text).trim_start_matches(marks).trim_end()
}

/// A line with several days (周一:…;周二:…) as one a day.
fn days_apart(line: &Cell) -> Vec<Cell> {
    let mut starts = vec![0];
    let mut from = 0;
    let dates = when::find(&line.text, false);
    while let Some((_, at)) = when::weekday(&line.text[from..]) {
        let (start, end) = (from + at.start, from + at.end);
        // 5.11周一 begins with its date.
        let date = dates.iter().find(|date| date.at.contains(&start));
        let start = date.map_or(start, |date| date.at.start);
        let after = line.text[end..].trim_start();
        // 周一至周五 is a period; what a day has follows a colon or a blank.
        let heads = after.starts_with([':', '(']) || line.text[end..].starts_with(' ');
        let joined = line.text[..start]
            .trim_end()
            .ends_with(['至', '到', '-', '~']);
        if heads && !joined && start > 0 {
            starts.push(start);
        }
        from = end;
    }
    if starts.len() < 3 && !(starts.len() == 2 && leading_day(opened(&line.text)).is_some()) {
        return vec![line.clone()];
    }
    let ends = starts.iter().skip(1).copied().chain([line.text.len()]);
    let parts = starts.iter().zip(ends);
    parts
        .map(|(start, end)| {
            line.part(line.text[*start..end].trim_end_matches([';', ',', '。', ' ']))
        })
        .filter(|part| !part.text.is_empty())
        .collect()
}

/// A line with several meals (早餐:…;午餐:…) as one a meal.
fn meals_apart(line: &Cell) -> Vec<Cell> {
    static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"[;,。\s]\s*((?:早餐|早饭|早点|上午点心|午餐|中餐|午饭|中饭|午点|下午点心|晚餐|晚饭|[早中午晚]|(?:[A-D甲乙]套?餐|学生|教师|教工|教职工)(?:早餐|午餐|晚餐|餐)?)\s*:)|[;。]\s*((?:早餐|早饭|早点|午餐|中餐|午饭|中饭|午点|晚餐|晚饭)\s)",
        )
    });
    let starts = BETWEEN
        .captures_iter(&line.text)
        .filter_map(|meal| Some(meal.get(1).or(meal.get(2))?.start()));
    let starts: Vec<usize> = std::iter::once(0).chain(starts).collect();
    let ends = starts.iter().skip(1).copied().chain([line.text.len()]);
    let parts = starts.iter().zip(ends);
    parts
        .map(|(start, end)| {
            line.part(line.text[*start..end].trim_end_matches([';', ',', '。', ' ']))
        })
        .collect()
}

/// The day that a line begins with, and the rest of the line.
fn leading_day(text: &str) -> Option<(Said, &str)> {
    let first_date = when::find(text, false).into_iter().next();
    let closed =
        |rest: usize| text[rest..].trim_start_matches([')', ']', '】', ' ', ':', ',', '、', '|']);
    if let Some(day) = RELATIVE.find(text).filter(|day| day.start() == 0) {
        // 明天(5月11日) says both.
        let behind = text[day.end()..].trim_start_matches(['(', ' ', ',']);
        let at = text.len() - behind.len();
        // 今天开会 is no menu.
        let eaten = behind.is_empty()
            || text[day.end()..].starts_with([':', ']', '】'])
            || TITLE.is_match(behind)
            || words::meal_in(behind).is_some_and(|(_, at)| at.start == 0);
        return match first_date.filter(|found| found.at.start == at) {
            Some(found) => Some((found.said, closed(found.at.end))),
            None => eaten.then(|| (Said::default(), closed(day.end()))),
        };
    }
    if let Some(found) = first_date.clone().filter(|found| found.at.start == 0) {
        let mut said = found.said;
        let mut end = found.at.end;
        if let Some((weekday, at)) = when::weekday(&text[end..]).filter(|(_, at)| at.start < 4) {
            said.weekday = said.weekday.or(Some(weekday));
            end += at.end;
        }
        return Some((said, closed(end)));
    }
    static SHORT: LazyLock<Regex> = LazyLock::new(|| regex(r"^([一二三四五六日])\s*:"));
    let short = || {
        let day = SHORT.captures(text)?.get(1)?;
        let (weekday, _) = when::weekday(&format!("周{}", day.as_str()))?;
        Some((weekday, day.range()))
    };
    let named = when::weekday(text).filter(|(_, at)| at.start == 0);
    let (weekday, at) = named.or_else(short)?;
    let mut said = Said {
        weekday: Some(weekday),
        ..Said::default()
    };
    let mut end = at.end;
    // 星期一 Monday says the same twice.
    while let Some((_, again)) = when::weekday(&text[end..]).filter(|(again, at)| {
        *again == weekday
            && text[end..end + at.start]
                .trim_matches(['(', '/', '|', ' '])
                .is_empty()
    }) {
        end += again.end;
    }
    if let Some(found) = first_date.filter(|found| found.at.start <= end + 2) {
        said = Said {
            weekday: Some(weekday),
            ..found.said
        };
        end = found.at.end;
    }
    Some((said, closed(end)))
}

/// Takes the meal and the slot that a line begins with; the rest of it.
fn labels<'t>(text: &'t str, under: &mut Under, draft: &Draft) -> &'t str {
    static SHORT: LazyLock<Regex> = LazyLock::new(|| regex(r"^([早中午晚])\s*:\s*"));
    let mut rest = text;
    if let Some(captures) = SHORT.captures(text) {
        let meal = words::meal_in(&format!("{}餐", &captures[1])).map(|(meal, _)| meal);
        *under = Under {
            meal,
            ..Under::default()
        };
        rest = &text[captures[0].len()..];
    } else if let Some((meal, at)) = words::meal_in(rest).filter(|(_, at)| at.start == 0) {
        let after = &rest[at.end..];
        if after.is_empty() || after.starts_with([':', ' ', '(', '】', ']', ')', '-', '|']) {
            *under = Under {
                meal: Some(meal),
                ..Under::default()
            };
            rest = after.trim_start_matches([':', ' ', '】', ']', ')', '-', '|']);
        }
    }
    let label = rest.split([':', ' ', '\t']).next().unwrap_or_default();
    let after = rest[label.len()..].trim_start_matches([':', ' ', '\t']);
    if words::is_seasoning(label) {
        under.seasoning = true;
        return after;
    }
    under.seasoning = false;
    match draft.slot(label) {
        // 牛奶 面包 are two dishes, 牛奶:酸奶 is one.
        Some(slot)
            if rest.len() > label.len()
                && (!words::is_food(label) || rest[label.len()..].starts_with(':')) =>
        {
            under.slot = slot;
            after
        }
        _ => {
            under.slot = DishSlot::Unspecified;
            rest
        }
    }
}
