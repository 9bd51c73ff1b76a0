//! Schools and people as they are called.

use super::doubt::{Code, Doubt, is_private};
use super::fold::number;
use super::known::{Known, Match};
use super::sheet::Cell;
use super::when::regex;
use crate::wire::v1::{PersonRef, Unit, unit};
use regex::Regex;
use std::sync::LazyLock;

/// A person as colleagues write one: a surname or a name, and what the person is called.
static PERSON: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"(\p{Han}{1,3}?)(老师|主任|校长|园长|书记|教授|科长|专家|教研员|所长|院长)")
});
/// What stands before a name and is no part of it.
static POST: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:教研|备课|年级|学科|课题)?组长|教研员|主持人?|副校长|执行|备课|主备|领衔|发言|名师|党员|教师",
    )
});

/// People in general, none in particular.
static ANYBODY: LazyLock<Regex> =
    LazyLock::new(|| regex("相关|各位|全体|所有|各校|其他|部分|骨干|以上|请"));

/// People named in a cell, in order.
#[must_use]
pub fn people(cell: &Cell) -> Vec<Cell> {
    static AND_MORE: LazyLock<Regex> =
        LazyLock::new(|| regex(r"\s*等(?:\S{1,3}[人名位])?\S{0,2}$"));
    let mut found = Vec::new();
    let end = AND_MORE
        .find(&cell.text)
        .map_or(cell.text.len(), |more| more.start());
    let parts = cell.text[..end]
        .split(|c: char| "、,;/|。\n".contains(c))
        .flat_map(|part| {
            // 王 芳 is one name, as wide as three characters.
            let wide = part
                .split_whitespace()
                .all(|word| word.chars().count() == 1);
            match wide && part.split_whitespace().count() == 2 {
                true => vec![part.trim()],
                false => part.split_whitespace().collect(),
            }
        });
    for part in parts {
        if let Some(name) = person_in(part).filter(|_| !ANYBODY.is_match(part)) {
            found.push(cell.part(name));
        }
    }
    found
}

/// The person a text names first: with a title (张老师), or all of it when it is as short as a name (张晓明).
#[must_use]
pub fn person_in(text: &str) -> Option<&str> {
    let text = text.trim();
    let bare = POST
        .find(text)
        .filter(|post| post.start() == 0 && post.end() < text.len())
        .map_or(text, |post| &text[post.end()..]);
    let bare = bare.trim_start_matches([':', ' ', '(']);
    if let Some(found) = PERSON.find(bare) {
        return Some(found.as_str());
    }
    let name = bare.split(['(', ' ']).next().unwrap_or_default();
    let wide: String = text.split_whitespace().collect();
    if wide.chars().count() == 2 && text.chars().count() > 2 && wide.chars().all(is_han) {
        return Some(text);
    }
    let han = name.chars().all(|c| is_han(c) || c == '·');
    let count = name.chars().count();
    (han && (2..=4).contains(&count)).then_some(name)
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

/// How many people a cell says that it means, and where: 张老师等3人.
#[must_use]
pub fn claimed(cell: &Cell) -> Option<(usize, &str)> {
    static CLAIM: LazyLock<Regex> = LazyLock::new(|| {
        regex(r"等?\s*(\d{1,3}|[一二两三四五六七八九十]{1,3})\s*[人名位](?:$|老师|教师)")
    });
    let captures = CLAIM.captures(&cell.text)?;
    let count = usize::try_from(number(&captures[1])?).ok()?;
    (!people(cell).is_empty()).then(|| {
        (
            count,
            cell.typed_of(captures.get(0).map_or("", |all| all.as_str())),
        )
    })
}

/// A name without what is private and stands behind it, 张老师(女)13800001111, and without the blanks that
/// make two characters as wide as three.
fn nameable(cell: &Cell, doubts: &mut Vec<Doubt>) -> Cell {
    static BEHIND: LazyLock<Regex> =
        LazyLock::new(|| regex(r"[\s(\[,:/-]*(?:[(\[,/\s]\s*[男女]\b\s*[)\]]?|\d{7,}).*$"));
    let mut cell = cell.clone();
    if let Some(behind) = BEHIND.find(&cell.text).filter(|behind| behind.start() > 0) {
        let doubt = Doubt::new(Code::PrivateLeftOut, cell.place.clone(), "");
        doubts.push(doubt.with("姓名后的性别或号码 sex or a number behind the name"));
        cell = cell.part(&cell.text[..behind.start()]);
    }
    let mut parts = cell.text.split_whitespace();
    if let (Some(surname), Some(name), None) = (parts.next(), parts.next(), parts.next())
        && (surname.chars().count(), name.chars().count()) == (1, 1)
    {
        let whole: String = cell.typed.split_whitespace().collect();
        let doubt = Doubt::new(Code::Repaired, cell.place.clone(), &cell.typed);
        doubts.push(doubt.as_(&whole));
        cell = Cell::new(cell.place, &whole);
    }
    cell
}

/// A reference to a person by name. Nobody is identified: whom the register has is only proposed.
pub fn person(cell: &Cell, known: &Known, doubts: &mut Vec<Doubt>) -> PersonRef {
    let cell = nameable(cell, doubts);
    let proposed = known.persons(&cell.text);
    if !proposed.is_empty() {
        let doubt = Doubt::new(Code::PersonProposed, cell.place.clone(), &cell.typed);
        doubts.push(doubt.with(proposed.join("; ")));
    }
    PersonRef {
        display_name: cell.typed.clone(),
        ..PersonRef::default()
    }
}

/// A school by name: a campus of the register, or a school outside the group.
pub fn school(cell: &Cell, known: &Known, doubts: &mut Vec<Doubt>) -> Option<Unit> {
    if cell.is_blank() {
        return None;
    }
    if cell.text.starts_with(|c: char| c.is_ascii_digit()) || is_private(&cell.text) {
        // 3所 is how many.
        doubts.push(
            Doubt::new(Code::NotUnderstood, cell.place.clone(), &cell.typed).with("学校 school"),
        );
        return None;
    }
    let unit = match known.campuses(&cell.text) {
        Match::One(id) => unit::Unit::CampusId(id.to_owned()),
        Match::Several(ids) => {
            let names: Vec<&str> = ids
                .iter()
                .filter_map(|id| known.campus(id))
                .map(|campus| campus.name.as_str())
                .collect();
            let doubt = Doubt::new(Code::CampusUnsure, cell.place.clone(), &cell.typed);
            doubts.push(doubt.with(names.join(", ")));
            return None;
        }
        Match::Nothing => {
            doubts.push(Doubt::new(
                Code::CampusUnknown,
                cell.place.clone(),
                &cell.typed,
            ));
            unit::Unit::Outside(cell.typed.clone())
        }
    };
    Some(Unit { unit: Some(unit) })
}

/// The id of a school that is a campus.
#[must_use]
pub fn campus_id(unit: Option<&Unit>) -> Option<&str> {
    match unit?.unit.as_ref()? {
        unit::Unit::CampusId(id) => Some(id),
        unit::Unit::Outside(_) => None,
    }
}
