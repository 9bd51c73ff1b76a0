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
        r"^(?:(?:教研|备课|年级|学科|课题)?组长|(?:国家|[省市区县])?级?教研员|特级教师|主持人?|副校长|执行|执教|主讲|备课|主备|领衔|发言|名师|党员|(?:骨干|优秀)?教师|选派|派出|派遣|安排|抽调|派)[:\s(]*",
    )
});

/// People in general, none in particular.
static ANYBODY: LazyLock<Regex> =
    LazyLock::new(|| regex("相关|各位|全体|所有|各校|其他|部分|骨干|以上|请"));

/// What is as short as a name and is none: a lesson of the day, a school, an office.
static NOBODY: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^第.{1,3}[节场次组课讲]|(?:小学|中学|大学|学校|分校|校区|总校|幼儿园|中心|集团|学院|教研[室院组]|教科[室院]|备课组|教育局|办公室|教导处|教务处|德育处)$",
    )
});

/// A school or an office before a name: 春风分校李老师, 市教研室 陈教授.
static OF_SCHOOL: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^([^\s、,;:()]{1,14}?(?:小学|中学|大学|学校|分校|总校|校区|幼儿园|学院|初中|高中|教研[室院]|教科[室院]|研究院|发展中心|教育局|集团))\s*的?\s*(\S.*)$",
    )
});

/// The school that a text names before a person, and the rest: a campus of the register, or what ends as
/// schools and offices do. Nothing before it: the whole text.
#[must_use]
pub fn of_school<'t>(text: &'t str, known: &Known) -> (&'t str, &'t str) {
    let campus = known.campus_before(text).map(|(_, rest)| rest);
    let named = || Some(OF_SCHOOL.captures(text)?.get(2)?.as_str());
    match campus.or_else(named) {
        Some(rest) => {
            let person = rest.trim_start_matches(['的', ' ', ':']);
            (
                text[..text.len() - rest.len()].trim_end_matches([' ', '的']),
                person,
            )
        }
        None => ("", text),
    }
}

/// People named in a cell, in order, each with the school that stands before the name.
#[must_use]
pub fn people(cell: &Cell, known: &Known) -> Vec<Cell> {
    people_and_rest(cell, known).0
}

/// The people of a cell, and its words that name nobody.
#[must_use]
pub fn people_and_rest(cell: &Cell, known: &Known) -> (Vec<Cell>, Vec<Cell>) {
    static AND_MORE: LazyLock<Regex> =
        LazyLock::new(|| regex(r"\s*等(?:\S{1,3}[人名位])?\S{0,2}$"));
    let (mut found, mut others) = (Vec::new(), Vec::new());
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
                false => words_with_schools(part, known),
            }
        });
    for part in parts {
        let (school, person) = of_school(part, known);
        match person_in(person).filter(|_| !ANYBODY.is_match(person)) {
            Some(name) if school.is_empty() => found.push(cell.part(name)),
            Some(name) => {
                let end = name.as_ptr() as usize + name.len() - part.as_ptr() as usize;
                found.push(cell.part(&part[..end]));
            }
            None => others.push(cell.part(part)),
        }
    }
    (found, others)
}

/// The words of a text; a school or an office alone goes with the word behind it.
fn words_with_schools<'t>(text: &'t str, known: &Known) -> Vec<&'t str> {
    let is_school = |word: &str| {
        NOBODY.is_match(word) && !word.starts_with('第')
            || known
                .campus_before(word)
                .is_some_and(|(_, rest)| rest.is_empty())
    };
    let mut words: Vec<&str> = Vec::new();
    for word in text.split_whitespace() {
        match words.last_mut() {
            Some(last) if is_school(last) && !is_school(word) => {
                let start = last.as_ptr() as usize - text.as_ptr() as usize;
                let end = word.as_ptr() as usize + word.len() - text.as_ptr() as usize;
                *last = &text[start..end];
            }
            _ => words.push(word),
        }
    }
    words
}

/// The person a text names first: with a title (张老师), or all of it when it is as short as a name (张晓明).
#[must_use]
pub fn person_in(text: &str) -> Option<&str> {
    static POST_ALONE: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"^(?:\p{Han}{0,4}(?:组长|教研员|辅导员)|(?:班|教导|教务|德育|政教|总务|后勤|年级|副)+主任|(?:副|执行|常务)*(?:校长|园长|书记))$",
        )
    });
    let text = text.trim();
    if POST_ALONE.is_match(text) {
        return None;
    }
    let mut bare = text;
    while let Some(post) = POST.find(bare).filter(|post| post.end() < bare.len()) {
        bare = &bare[post.end()..];
    }
    if let Some(found) = PERSON.find(bare) {
        // 本学年选派张老师: the word before the name.
        let name = found.as_str();
        let verb = POST.find(name).map_or(0, |post| post.end());
        let named = PERSON
            .find(&name[verb..])
            .filter(|named| named.start() == 0);
        return Some(named.map_or(name, |named| named.as_str()));
    }
    if NOBODY.is_match(bare) {
        return None;
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
pub fn claimed<'c>(cell: &'c Cell, known: &Known) -> Option<(usize, &'c str)> {
    static CLAIM: LazyLock<Regex> = LazyLock::new(|| {
        regex(r"等?\s*(\d{1,3}|[一二两三四五六七八九十]{1,3})\s*[人名位](?:$|老师|教师)")
    });
    let captures = CLAIM.captures(&cell.text)?;
    let count = usize::try_from(number(&captures[1])?).ok()?;
    (!people(cell, known).is_empty()).then(|| {
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
    let (school, name) = of_school(&cell.text, known);
    let affiliation = cell.typed_of(school).to_owned();
    let cell = nameable(&cell.part(name), doubts);
    let proposed = known.persons(&cell.text);
    if !proposed.is_empty() {
        let doubt = Doubt::new(Code::PersonProposed, cell.place.clone(), &cell.typed);
        doubts.push(doubt.with(proposed.join("; ")));
    }
    PersonRef {
        display_name: cell.typed.clone(),
        affiliation,
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

/// The campus, by id, of which a row of a register is: the one a cell names, else the one whose sheet it is.
pub fn campus_of_group(
    cell: Option<&Cell>,
    row: &Cell,
    known: &Known,
    doubts: &mut Vec<Doubt>,
) -> String {
    let own = known.own().map(|(id, _)| id.to_owned());
    let doubt = match cell.map(|cell| (cell, known.campuses(&cell.text))) {
        Some((_, Match::One(id))) => return id.to_owned(),
        // A person belongs to a campus of the group; of others nobody keeps a row.
        Some((cell, _)) => {
            Doubt::new(Code::WordUnknown, cell.place.clone(), &cell.typed).with("学校 campus")
        }
        None => match own {
            Some(id) => return id,
            None => Doubt::new(Code::Unstated, row.place.clone(), "").with("单位 campus"),
        },
    };
    doubts.push(doubt);
    String::new()
}

/// The id of a school that is a campus.
#[must_use]
pub fn campus_id(unit: Option<&Unit>) -> Option<&str> {
    match unit?.unit.as_ref()? {
        unit::Unit::CampusId(id) => Some(id),
        unit::Unit::Outside(_) => None,
    }
}
