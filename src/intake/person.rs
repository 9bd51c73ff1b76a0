//! Persons: lists of colleagues → `Person`, with the fewest fields that the exchange rules need.

use super::columns::{self, Headings};
use super::doubt::{Code, Doubt};
use super::exchange::ranked;
use super::fold::key;
use super::known::{Known, Match};
use super::names;
use super::reading::Reading;
use super::sheet::{Cell, Sheet};
use super::when::year::Years;
use super::when::{self, Said};
use crate::wire::v1::content::Kind;
use crate::wire::v1::{DatedRank, Person};

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Name,
    Home,
    Rank,
    RankFrom,
    Titles,
    Counter,
    Private,
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
    (Field::Counter, &["序号", "编号"]),
    (
        Field::Private,
        &[
            "性别",
            "身份证",
            "身份证号",
            "身份证号码",
            "电话",
            "联系电话",
            "手机",
            "手机号",
            "联系方式",
            "出生年月",
            "出生日期",
            "年龄",
            "民族",
            "家庭住址",
            "学历",
            "政治面貌",
            "籍贯",
            "备注",
        ],
    ),
];

/// Reads the persons of some sheets.
#[must_use]
pub fn read(sheets: &[Sheet], known: &Known) -> Reading {
    let mut reading = Reading::default();
    for sheet in sheets {
        let texts = sheet.rows.iter().flatten().map(|cell| cell.text.as_str());
        let years = Years::of(texts, known.calendar(), known.today);
        for record in records(sheet, &mut reading.doubts) {
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

fn records(sheet: &Sheet, doubts: &mut Vec<Doubt>) -> Vec<Record> {
    if let Some(found) = columns::find(&sheet.rows, HEADINGS, 2).filter(|_| !sheet.is_text()) {
        doubts.extend(found.left_out(&sheet.rows));
        for heading in &sheet.rows[found.body - 1] {
            if columns::meaning(HEADINGS, &heading.text) == Some(Field::Private)
                && !heading.is_blank()
            {
                doubts.push(
                    Doubt::new(Code::PrivateLeftOut, heading.place.clone(), "")
                        .with(&heading.typed),
                );
            }
        }
        let rows = found.records(&sheet.rows, doubts);
        return rows.into_iter().map(|row| found.fields(row)).collect();
    }
    let lines = columns::lines(sheet, HEADINGS);
    lines
        .iter()
        .filter_map(|line| tokens(line, doubts))
        .collect()
}

/// A line without headings: 张老师 总校 一级教师 区骨干.
fn tokens(line: &Cell, doubts: &mut Vec<Doubt>) -> Option<Record> {
    let mut record: Record = Vec::new();
    let parts = line
        .text
        .split(|c: char| c.is_whitespace() || ",;、|".contains(c))
        .filter(|part| !part.is_empty());
    for part in parts {
        let cell = line.part(part);
        let (rank, titles, _) = ranked(&cell);
        let named = record.iter().any(|(field, _)| *field == Field::Name);
        let digits = part.chars().filter(char::is_ascii_digit).count();
        if digits >= 7 {
            let doubt = Doubt::new(Code::PrivateLeftOut, cell.place.clone(), "");
            doubts.push(doubt.with("号码 a number"));
        } else if rank.is_some() || !titles.is_empty() {
            record.push((Field::Rank, cell));
        } else if !named && names::person_in(part).is_some() {
            record.push((Field::Name, cell));
        } else if named && record.iter().all(|(field, _)| *field != Field::Home) {
            record.push((Field::Home, cell));
        } else {
            doubts.push(Doubt::new(
                Code::NotUnderstood,
                cell.place.clone(),
                &cell.typed,
            ));
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
        display_name: name.typed.clone(),
        ..Person::default()
    };
    person.home_campus_id = home(of(Field::Home), name, known, doubts);
    ranks(record, of(Field::RankFrom), years, &mut person, doubts);
    let same = known.persons(&name.text);
    if !same.is_empty() {
        doubts.push(
            Doubt::new(Code::PersonProposed, name.place.clone(), &name.typed).with(same.join("; ")),
        );
    }
    Some(person)
}

fn home(cell: Option<&Cell>, name: &Cell, known: &Known, doubts: &mut Vec<Doubt>) -> String {
    let own = known.own().map(|(id, _)| id.to_owned());
    let doubt = match cell.map(|cell| (cell, known.campuses(&cell.text))) {
        Some((_, Match::One(id))) => return id.to_owned(),
        // A person belongs to a campus of the group; of others nobody keeps a row.
        Some((cell, _)) => {
            Doubt::new(Code::WordUnknown, cell.place.clone(), &cell.typed).with("学校 campus")
        }
        None => match own {
            Some(id) => return id,
            None => Doubt::new(Code::Unstated, name.place.clone(), "").with("单位 campus"),
        },
    };
    doubts.push(doubt);
    String::new()
}

fn ranks(
    record: &Record,
    from: Option<&Cell>,
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
    for (_, cell) in record
        .iter()
        .filter(|(field, _)| matches!(field, Field::Rank | Field::Titles))
    {
        let (rank, titles, rest) = ranked(cell);
        if let Some(rank) = rank {
            let from = from.clone().unwrap_or_default();
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
        person.titles.extend(titles);
        if !rest.is_empty() {
            doubts.push(
                Doubt::new(Code::WordUnknown, cell.place.clone(), rest)
                    .with("职称或称号 rank or title"),
            );
        }
    }
}

/// Two rows of one name at one campus may be one person or two.
fn twins(reading: &mut Reading) {
    let mut found = Vec::new();
    for (index, item) in reading.items.iter().enumerate() {
        let Kind::Person(person) = &item.content else {
            continue;
        };
        let twin = reading.items[..index]
            .iter()
            .position(|other| match &other.content {
                Kind::Person(other) => {
                    key(&other.display_name) == key(&person.display_name)
                        && other.home_campus_id == person.home_campus_id
                }
                _ => false,
            });
        if let Some(twin) = twin {
            let doubt = Doubt::new(Code::Twin, item.place.clone(), &person.display_name)
                .with(format!("#{twin}"));
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
