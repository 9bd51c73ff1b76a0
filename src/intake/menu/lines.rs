//! Menus as text: a line a day, a meal or a slot, as they are pasted into a chat.

use super::draft::{Draft, Under};
use super::figures;
use super::table::is_note;
use super::words;
use crate::intake::sheet::{Cell, Sheet};
use crate::intake::when::{self, Said};
use crate::wire::v1::DishSlot;

/// Reads the lines of a text.
pub fn read(sheet: &Sheet, draft: &mut Draft) {
    let mut day = None;
    let mut under = Under::default();
    let lines: Vec<Cell> = sheet.lines().flat_map(days_apart).collect();
    let first = first_of_unprinted(&lines);
    for line in &lines {
        let mut rest = opened(&line.text);
        let start = leading_day(rest);
        if let Some((said, after)) = start.filter(|_| when::period(&line.text).is_none()) {
            let cell = line.part(&rest[..rest.len() - after.len()]);
            day = Some(draft.day(&cell, said, None));
            under = Under::default();
            rest = opened(after);
        }
        let begins = first.is_some() && slot_of(rest) == first;
        if begins && day.is_none_or(|day: usize| !draft.days[day].meals.is_empty()) {
            let cell = Cell {
                place: line.place.clone(),
                ..Cell::default()
            };
            day = Some(draft.day(&cell, Said::default(), None));
            under = Under::default();
        }
        let Some(day) = day else {
            if !rest.is_empty() {
                draft.titles.push(line.clone());
            }
            continue;
        };
        if is_note(rest) {
            draft.notes.push(line.clone());
            continue;
        }
        rest = labels(rest, &mut under, draft);
        let cell = line.part(rest);
        if figures::nutrients(rest).is_empty() {
            draft.take(day, under, &cell);
        } else {
            draft.nutrition(day, under, &cell, &cell);
        }
    }
}

/// The slot that a line is headed with.
fn slot_of(text: &str) -> Option<DishSlot> {
    let (label, rest) = text.split_once(':')?;
    words::slot(label).filter(|_| !rest.trim().is_empty())
}

/// Hardly a day is printed, and the same slots come again and again: the first of them begins each day.
fn first_of_unprinted(lines: &[Cell]) -> Option<DishSlot> {
    let printed = lines.iter().filter(|line| {
        leading_day(opened(&line.text)).is_some() && when::period(&line.text).is_none()
    });
    let mut slots = lines.iter().filter_map(|line| slot_of(&line.text));
    let first = slots.next()?;
    (printed.count() < 2 && slots.any(|slot| slot == first)).then_some(first)
}

/// A line without what stands before its words: brackets, marks, pictures.
fn opened(text: &str) -> &str {
    text.trim_start_matches(|c: char| {
        !c.is_alphanumeric() || ('\u{1f000}'..='\u{1faff}').contains(&c)
    })
    .trim_end()
}

/// A line with several days (周一:…;周二:…) as one a day.
fn days_apart(line: &Cell) -> Vec<Cell> {
    let mut starts = vec![0];
    let mut from = 0;
    while let Some((_, at)) = when::weekday(&line.text[from..]) {
        let (start, end) = (from + at.start, from + at.end);
        let after = line.text[end..].trim_start();
        // 周一至周五 is a period; what a day has follows a colon or a blank.
        let heads = after.starts_with([':', '(']) || line.text[end..].starts_with(' ');
        if heads && start > 0 {
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

/// The day that a line begins with, and the rest of the line.
fn leading_day(text: &str) -> Option<(Said, &str)> {
    let first_date = when::find(text, false).into_iter().next();
    let closed =
        |rest: usize| text[rest..].trim_start_matches([')', ']', '】', ' ', ':', ',', '、', '|']);
    if let Some(found) = first_date.clone().filter(|found| found.at.start == 0) {
        let mut said = found.said;
        let mut end = found.at.end;
        if let Some((weekday, at)) = when::weekday(&text[end..]).filter(|(_, at)| at.start < 4) {
            said.weekday = said.weekday.or(Some(weekday));
            end += at.end;
        }
        return Some((said, closed(end)));
    }
    let (weekday, at) = when::weekday(text).filter(|(_, at)| at.start == 0)?;
    let mut said = Said {
        weekday: Some(weekday),
        ..Said::default()
    };
    let mut end = at.end;
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
    let mut rest = text;
    if let Some((meal, at)) = words::meal_in(rest).filter(|(_, at)| at.start == 0) {
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
        Some(slot) if rest.len() > label.len() => {
            under.slot = slot;
            after
        }
        _ => {
            under.slot = DishSlot::Unspecified;
            rest
        }
    }
}
