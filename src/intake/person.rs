//! Persons: lists of colleagues → `Person`, with the fewest fields that the exchange rules need.

use super::columns::{self, Headings};
use super::doubt::{Code, Doubt, is_private};
use super::exchange::{ranked, says_none};
use super::fold::key;
use super::known::{Known, Match};
use super::names;
use super::reading::Reading;
use super::sheet::{Cell, Row, Sheet};
use super::when::year::Years;
use super::when::{self, Said, regex};
use super::words::unnumbered;
use crate::wire::v1::content::Kind;
use crate::wire::v1::{DatedRank, Person};
use regex::Regex;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Name,
    Home,
    Rank,
    RankFrom,
    Titles,
    Until,
    Counter,
}

const HEADINGS: &Headings<Field> = &[
    (Field::Name, &["姓名", "教师姓名", "教师", "老师"]),
    (
        Field::Home,
        &[
            "单位",
            "学校",
            "所在学校",
            "所在单位",
            "原单位",
            "校区",
            "工作单位",
            "任教学校",
        ],
    ),
    (
        Field::Rank,
        &["职称", "现职称", "专业技术职务", "职称等级", "职称/称号"],
    ),
    (
        Field::RankFrom,
        &[
            "评聘时间",
            "取得时间",
            "聘任时间",
            "职称取得时间",
            "评定时间",
            "聘任年月",
        ],
    ),
    (
        Field::Titles,
        &[
            "称号",
            "荣誉称号",
            "骨干称号",
            "骨干情况",
            "荣誉",
            "教学荣誉",
        ],
    ),
    (
        Field::Until,
        &[
            "有效期至",
            "称号有效期",
            "称号有效期至",
            "到期时间",
            "有效期",
        ],
    ),
    (Field::Counter, &["序号", "编号"]),
];

/// Reads the persons of some sheets.
#[must_use]
pub fn read(sheets: &[Sheet], known: &Known) -> Reading {
    let mut reading = Reading::default();
    for sheet in sheets {
        let texts = sheet.rows.iter().flatten().map(|cell| cell.text.as_str());
        let years = Years::of(texts, known.calendar(), known.today);
        let tables = columns::tables(sheet, HEADINGS);
        let records = |table| records(table, known, &mut reading.doubts);
        for record in tables.iter().flat_map(records).collect::<Vec<_>>() {
            let mut doubts = Vec::new();
            let place = record
                .first()
                .map(|(_, cell)| cell.place.clone())
                .unwrap_or_default();
            match person(&record, known, &years, &mut doubts) {
                Some(person) => reading.add(place, Kind::Person(person), doubts),
                None => reading.doubts.append(&mut doubts),
            }
        }
    }
    twins(&mut reading);
    reading
}

type Record = Vec<(Field, Cell)>;

fn records(sheet: &Sheet, known: &Known, doubts: &mut Vec<Doubt>) -> Vec<Record> {
    let table = columns::spaced(sheet, HEADINGS);
    let sheet = table.as_ref().unwrap_or(sheet);
    let found = columns::find(&sheet.rows, HEADINGS, 2, None);
    if let Some(mut found) = found.filter(|_| !sheet.is_text()) {
        doubts.extend(found.doubts(&sheet.rows, &[Field::Titles, Field::Rank, Field::Counter]));
        let rows = found.records(&sheet.rows, &[Field::Home], doubts);
        // 总校教师花名册: the home of all of them.
        let titles = sheet.rows[..found.above]
            .iter()
            .filter_map(|row| row.first());
        let home = titles.flat_map(|title| {
            // 教师花名册(总校), too.
            let pieces = title.text.split(['(', ')']);
            let named = pieces.filter_map(|piece| {
                let (_, rest) = known.campus_before(piece)?;
                Some((Field::Home, title.part(&piece[..piece.len() - rest.len()])))
            });
            named.collect::<Vec<_>>()
        });
        let home: Vec<(Field, Cell)> = home.take(1).collect();
        let fields = |row: &Row| {
            let mut fields = found.fields(row);
            let stated = fields.iter().any(|(field, _)| *field == Field::Home);
            fields.extend(home.iter().filter(|_| !stated).cloned());
            fields
        };
        return rows.iter().map(fields).collect();
    }
    let lines = columns::lines(sheet, HEADINGS, doubts);
    let labelled = |line: &Cell| columns::labelled(line, HEADINGS);
    let named = |line: &Cell| labelled(line).is_some_and(|(field, _)| field == Field::Name);
    if lines.iter().any(named) && lines.iter().filter_map(labelled).count() >= 2 {
        let rest = lines
            .iter()
            .filter(|line| labelled(line).is_none() && !line.is_blank());
        doubts.extend(
            rest.map(|line| Doubt::new(Code::NotUnderstood, line.place.clone(), &line.typed)),
        );
        return columns::by_first(lines.iter().filter_map(labelled).collect(), Field::Name);
    }
    lines
        .iter()
        .flat_map(|line| people_apart(line, known))
        .filter_map(|(line, home)| tokens(&line, home, known, doubts))
        .collect()
}

/// A line of several people as one each, with the school before them: 总校:张晓明(高级)、李芳(一级).
fn people_apart(line: &Cell, known: &Known) -> Vec<(Cell, Option<Cell>)> {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| regex(r"^\p{Han}{2,4}\("));
    let text = line.text.as_str();
    let (school, rest) = match text.split_once(':') {
        Some((school, rest)) if known.campuses(school) != Match::Nothing => {
            (Some(line.part(school)), rest)
        }
        _ => (None, text),
    };
    let mut depth = 0_i32;
    let parts: Vec<&str> = rest
        .split(|c: char| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0 && "、,;".contains(c)
        })
        .map(str::trim)
        .collect();
    let several = parts.len() > 1 && parts.iter().all(|part| NAMED.is_match(part));
    match several || school.is_some() && parts.iter().all(|part| names::person_in(part).is_some()) {
        true => parts
            .into_iter()
            .map(|part| (line.part(part), school.clone()))
            .collect(),
        false => vec![(line.part(rest), school)],
    }
}

/// A line without headings: 1. 张老师 女 总校 一级教师 2018.9 区骨干.
fn tokens(
    line: &Cell,
    home: Option<Cell>,
    known: &Known,
    doubts: &mut Vec<Doubt>,
) -> Option<Record> {
    static DATED: LazyLock<Regex> =
        LazyLock::new(|| regex(r"^(?:出?生于?)?(?:19|20)\d{2}\s*(?:$|年|[./\-])"));
    let mut record: Record = home.into_iter().map(|home| (Field::Home, home)).collect();
    let parts = unnumbered(&line.text)
        .split(|c: char| c.is_whitespace() || ",;、|()".contains(c))
        .filter(|part| !part.is_empty());
    for part in parts {
        let cell = line.part(part);
        let dated = DATED.is_match(part);
        let of = |cell: &Cell| ranked(cell, known, &mut Vec::new());
        let last = record.last_mut().filter(|(field, _)| *field == Field::Rank);
        let before = last.as_ref().map(|(_, cell)| of(cell));
        if let (Some((_, last)), Some((None, titles, _)), true) = (last, &before, dated)
            && !titles.is_empty()
            && let Some(whole) = bracketed(line, &last.text, part)
        {
            // 市骨干(2019.9-2022.8): the time is the title's.
            *last = whole;
            continue;
        }
        let behind_rank = before.is_some_and(|(rank, ..)| rank.is_some());
        let (rank, titles, _) = of(&cell);
        let has = |wanted: Field| record.iter().any(|(field, _)| *field == wanted);
        let field = if is_private(part) || matches!(part, "男" | "女") {
            None
        } else if rank.is_some() || !titles.is_empty() {
            Some(Field::Rank)
        } else if dated {
            // A month behind a rank is the rank's, any other may be one of birth.
            Some(Field::RankFrom).filter(|from| behind_rank && !has(*from))
        } else if !has(Field::Name) && !has(Field::Home) && known.campuses(part).one().is_some() {
            Some(Field::Home)
        } else if !has(Field::Name) && names::person_in(part).is_some() {
            Some(Field::Name)
        } else if has(Field::Name) && !has(Field::Home) {
            Some(Field::Home)
        } else {
            let doubt = Doubt::new(Code::NotUnderstood, cell.place.clone(), &cell.typed);
            doubts.push(doubt);
            continue;
        };
        if let Some(field) = field {
            record.push((field, cell));
        } else {
            let doubt = Doubt::new(Code::PrivateLeftOut, cell.place.clone(), "");
            doubts.push(doubt.with("性别、年月或号码 sex, a month or a number"));
        }
    }
    let of_a_person = record.len() > 1 && record.iter().any(|(field, _)| *field == Field::Name);
    if !of_a_person && !line.is_blank() {
        doubts.push(Doubt::new(
            Code::NotUnderstood,
            line.place.clone(),
            &line.typed,
        ));
    }
    of_a_person.then_some(record)
}

/// A word with the bracket right behind it that begins with a part of the line.
fn bracketed(line: &Cell, word: &str, part: &str) -> Option<Cell> {
    let from = line.text.find(&format!("{word}({part}"))?;
    let end = from + line.text[from..].find(')')? + 1;
    Some(line.part(&line.text[from..end]))
}

fn person(
    record: &Record,
    known: &Known,
    years: &Years,
    doubts: &mut Vec<Doubt>,
) -> Option<Person> {
    let of = |wanted: Field| {
        record
            .iter()
            .find(|(field, cell)| *field == wanted && !cell.is_blank())
            .map(|(_, cell)| cell)
    };
    let Some(name) = of(Field::Name) else {
        let place = record
            .first()
            .map(|(_, cell)| cell.place.clone())
            .unwrap_or_default();
        doubts.push(Doubt::new(Code::Unstated, place, "").with("姓名 name"));
        return None;
    };
    let mut person = Person {
        display_name: names::person(name, known, doubts).display_name,
        ..Person::default()
    };
    person.home_campus_id = names::campus_of_group(of(Field::Home), name, known, doubts);
    ranks(
        record,
        of(Field::RankFrom),
        known,
        years,
        &mut person,
        doubts,
    );
    if let Some(cell) = of(Field::Until) {
        until(cell, years, &mut person, doubts);
    }
    Some(person)
}

/// Until when the title of a row is valid; of several, and of none, nobody can tell.
fn until(cell: &Cell, years: &Years, person: &mut Person, doubts: &mut Vec<Doubt>) {
    let day = when::whole(&cell.text).filter(Said::is_date);
    let said = day.or_else(|| Some(when::months(&cell.text).last()?.said));
    let until = said.and_then(|said| years.day_or_month(cell, said, doubts));
    match (person.titles.as_mut_slice(), until) {
        ([only], Some(until)) if only.until.is_empty() => only.until = until,
        _ => {
            let doubt = Doubt::new(Code::NotUnderstood, cell.place.clone(), &cell.typed);
            doubts.push(doubt.with("称号有效期 until when a title is valid"));
        }
    }
}

fn ranks(
    record: &Record,
    from: Option<&Cell>,
    known: &Known,
    years: &Years,
    person: &mut Person,
    doubts: &mut Vec<Doubt>,
) {
    let from = from.and_then(|cell| {
        let month = when::months(&cell.text).first().map(|found| found.said);
        let said = when::whole(&cell.text).filter(Said::is_date).or(month);
        if said.is_none() {
            doubts.push(Doubt::new(
                Code::NotUnderstood,
                cell.place.clone(),
                &cell.typed,
            ));
        }
        years.day_or_month(cell, said?, doubts)
    });
    let of_ranks = |field: &Field| matches!(field, Field::Rank | Field::Titles | Field::RankFrom);
    for (field, cell) in record.iter().filter(|(field, _)| of_ranks(field)) {
        let (rank, titles, rest) = ranked(cell, known, doubts);
        // 一级教师2018.9 says both.
        let own = when::months(&rest).first().map(|found| found.said);
        let own = own.filter(|_| rank.is_some());
        let rest =
            rest.trim_matches(|c: char| own.is_some() && !c.is_alphabetic() || "年月".contains(c));
        if let Some(rank) = rank {
            let own = own.and_then(|said| years.day_or_month(cell, said, doubts));
            let from = own.or(from.clone()).unwrap_or_default();
            if from.is_empty() {
                doubts.push(
                    Doubt::new(Code::Unstated, cell.place.clone(), &cell.typed)
                        .with("职称从何时起 the day of the rank"),
                );
            }
            person.ranks.push(DatedRank {
                rank: rank.into(),
                from,
            });
        }
        person.no_titles |= says_none(cell) && (*field == Field::Titles || rank.is_some());
        person.titles.extend(titles);
        person.no_titles &= person.titles.is_empty();
        if !rest.is_empty() && *field != Field::RankFrom {
            doubts.push(
                Doubt::new(Code::WordUnknown, cell.place.clone(), rest)
                    .with("职称或称号 rank or title"),
            );
        }
    }
}

/// Two rows of one name at one campus may be one person or two.
fn twins(reading: &mut Reading) {
    let mut seen: HashMap<(String, String), usize> = HashMap::new();
    for (index, item) in reading.items.iter().enumerate() {
        let Kind::Person(person) = &item.content else {
            continue;
        };
        let who = (key(&person.display_name), person.home_campus_id.clone());
        let first = *seen.entry(who).or_insert(index);
        if first != index {
            let doubt = Doubt::new(Code::Twin, item.place.clone(), &person.display_name);
            reading.doubts.push(Doubt {
                item: Some(index),
                ..doubt.with(format!("#{first}"))
            });
        }
    }
}

#[cfg(test)]
mod tests;
