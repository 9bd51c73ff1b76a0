//! Subject × grade × campus, against the expected set of the group (应备课清单).

use super::{Campus, Counted};
use crate::kinds::registers::campus::membership;
use crate::kinds::registers::vocabulary::{spellings, stages};
use crate::model::calendar::overlap;
use crate::model::date::{self, FIRST_DAY, LAST_DAY, Span};
use crate::model::ids::Place;
use crate::office::records::Records;
use crate::wire::v1::{self, CountRange, SessionForm as Form, Stage, VocabularyTopic as Topic};
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::slice;

/// The cells that are expected on some day of a span, with what came of them.
pub fn cells(
    records: &Records,
    members: &[&Campus],
    sessions: &[Counted<'_>],
    span: Span,
) -> Vec<v1::CoverageCell> {
    let expected = records.policy.iter().flat_map(|policy| &policy.prep_set);
    let mut expected: Vec<_> = expected.filter(|row| overlap(days(row), span)).collect();
    expected.sort_by_key(|row| (&row.subject, &row.grade, &row.from));
    let cells = expected.into_iter().flat_map(|row| {
        let about = sessions
            .iter()
            .filter(|of| days(row).contains(of.first) && treats(records, row, of));
        let about: Vec<_> = about.map(|of| (of, stages_of(records, row, of))).collect();
        members.iter().filter_map(move |campus| {
            let member = membership(&campus.content);
            let asked = overlap(member, days(row)) && overlap(member, span);
            let stages = asked.then(|| asks(records, row, campus, span))??;
            Some(cell(row, &stages, campus, &about))
        })
    });
    cells.collect()
}

fn days(row: &v1::PrepExpectation) -> Span {
    Span {
        first: date::day(&row.from).unwrap_or(FIRST_DAY),
        last: date::day(&row.until).unwrap_or(LAST_DAY),
    }
}

/// The stages in which a row asks a campus for its grade; `None`: it does not ask it.
fn asks(
    records: &Records,
    row: &v1::PrepExpectation,
    campus: &Campus,
    span: Span,
) -> Option<BTreeSet<Stage>> {
    let day = span.first.clamp(days(row).first, days(row).last);
    let lies_in = stages(words(records), Some(&campus.content), &row.grade, day);
    let stated = BTreeSet::from_iter(stated(row.stage));
    if !row.campus_ids.is_empty() {
        let named = row.campus_ids.contains(&campus.id.to_string());
        return named.then(|| if stated.is_empty() { lies_in } else { stated });
    }
    let taught: BTreeSet<Stage> = campus.content.stages().collect();
    let lies_in = match lies_in.is_empty() {
        true => stated.clone(),
        false => &lies_in & &taught,
    };
    let asked = if stated.is_empty() {
        lies_in
    } else {
        &stated & &lies_in
    };
    (!asked.is_disjoint(&taught)).then_some(asked)
}

fn stated(stage: i32) -> Option<Stage> {
    let stage = Stage::try_from(stage).ok();
    stage.filter(|stage| *stage != Stage::Unspecified)
}

/// The stages a session may be of: the one it states, or as its host has the grade.
fn stages_of(records: &Records, row: &v1::PrepExpectation, of: &Counted<'_>) -> BTreeSet<Stage> {
    if let Some(stated) = stated(of.session.content.stage) {
        return BTreeSet::from([stated]);
    }
    let host = |campus: &&Campus| Place::Campus(campus.id) == of.session.owner;
    let host = records
        .campuses
        .iter()
        .find(host)
        .map(|campus| &campus.content);
    stages(words(records), host, &row.grade, of.first)
}

/// Whether two stages, each known more or less, may be the same.
fn may_be(one: &BTreeSet<Stage>, other: &BTreeSet<Stage>) -> bool {
    one.is_empty() || other.is_empty() || !one.is_disjoint(other)
}

/// What came of a row at a campus, which has its grade in one of these stages, by the sessions that treat of it.
fn cell(
    row: &v1::PrepExpectation,
    stages: &BTreeSet<Stage>,
    campus: &Campus,
    about: &[(&Counted<'_>, BTreeSet<Stage>)],
) -> v1::CoverageCell {
    let id = campus.id.to_string();
    let about = about
        .iter()
        .filter(|(of, theirs)| of.campus_ids.contains(&id) && may_be(stages, theirs));
    let mut cell = v1::CoverageCell {
        subject: row.subject.clone(),
        grade: row.grade.clone(),
        stage: match stages.iter().collect::<Vec<_>>()[..] {
            [only] => i32::from(*only),
            _ => row.stage,
        },
        sessions_min: row.sessions_min,
        ..Default::default()
    };
    let mut held = CountRange::default();
    for (of, _) in about {
        if of.held() {
            let came = of.attendance(&id).map(|row| row.attended > 0);
            let surely = of.hosted_by(&id) || came == Some(true);
            held.least += i32::from(surely);
            held.most += i32::from(surely || came.is_none());
        } else if of.planned() {
            cell.planned += 1;
        } else {
            continue;
        }
        cell.session_ids.push(of.session.id.to_string());
    }
    v1::CoverageCell {
        campus_id: id,
        held: Some(held),
        ..cell
    }
}

/// Whether a session is joint prep or research of that subject and grade.
fn treats(records: &Records, row: &v1::PrepExpectation, of: &Counted<'_>) -> bool {
    let session = &of.session.content;
    let joint = matches!(
        session.form(),
        Form::JointPrep | Form::JointResearch | Form::SameLesson
    );
    joint
        && named(
            records,
            Topic::Subject,
            &session.subjects,
            &row.subject,
            of.first,
        )
        && named(records, Topic::Grade, &session.grades, &row.grade, of.first)
}

fn words(records: &Records) -> impl Iterator<Item = &v1::Vocabulary> + Clone {
    let kept = records.vocabularies.iter();
    kept.map(|vocabulary| &vocabulary.content)
}

/// Whether a word is among others on a day, be it under another name.
fn named(records: &Records, topic: Topic, names: &[String], wanted: &String, day: Date) -> bool {
    let wanted = spellings(words(records), topic, slice::from_ref(wanted), day);
    names.iter().any(|name| wanted.contains(name.as_str()))
}

/// The cells with as many sessions as wanted of each, of all cells.
pub fn share(
    cells: &[v1::CoverageCell],
    wanted: impl Fn(&v1::CoverageCell) -> i32,
) -> v1::CoverageShare {
    let number = |held: fn(&CountRange) -> i32| {
        let enough = |cell: &&v1::CoverageCell| {
            let reached = cell.held.as_ref().map_or(0, held);
            reached >= wanted(cell)
        };
        i32::try_from(cells.iter().filter(enough).count()).unwrap_or(i32::MAX)
    };
    v1::CoverageShare {
        numerator: Some(CountRange {
            least: number(|held| held.least),
            most: number(|held| held.most),
        }),
        denominator: i32::try_from(cells.len()).unwrap_or(i32::MAX),
    }
}
