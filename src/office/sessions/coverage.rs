//! Subject × grade × campus, against the expected set of the group (应备课清单).

use super::{Campus, Counted};
use crate::kinds::registers::campus::membership;
use crate::kinds::registers::vocabulary::spellings;
use crate::model::calendar::overlap;
use crate::model::date::{self, FIRST_DAY, LAST_DAY, Span};
use crate::office::records::Records;
use crate::wire::v1::{self, CountRange, SessionForm as Form, VocabularyTopic as Topic};
use jiff::civil::Date;
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
        let about: Vec<&Counted<'_>> = sessions
            .iter()
            .filter(|of| days(row).contains(of.first) && treats(records, row, of))
            .collect();
        let asked = members.iter().filter(move |campus| {
            let member = membership(&campus.content);
            asks(row, campus) && overlap(member, days(row)) && overlap(member, span)
        });
        asked.map(move |campus| cell(row, campus, &about))
    });
    cells.collect()
}

fn days(row: &v1::PrepExpectation) -> Span {
    Span {
        first: date::day(&row.from).unwrap_or(FIRST_DAY),
        last: date::day(&row.until).unwrap_or(LAST_DAY),
    }
}

fn asks(row: &v1::PrepExpectation, campus: &Campus) -> bool {
    match row.campus_ids.is_empty() {
        true => campus.content.stages.contains(&row.stage),
        false => row.campus_ids.contains(&campus.id.to_string()),
    }
}

/// What came of a row at a campus, by the sessions that treat of it.
fn cell(row: &v1::PrepExpectation, campus: &Campus, about: &[&Counted<'_>]) -> v1::CoverageCell {
    let id = campus.id.to_string();
    let about = about.iter().filter(|of| of.campus_ids.contains(&id));
    let mut cell = v1::CoverageCell {
        subject: row.subject.clone(),
        grade: row.grade.clone(),
        stage: row.stage,
        sessions_min: row.sessions_min,
        ..Default::default()
    };
    let mut held = CountRange::default();
    for of in about {
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
    let stage = session.stage == row.stage || session.stage == 0 || row.stage == 0;
    joint
        && stage
        && named(
            records,
            Topic::Subject,
            &session.subjects,
            &row.subject,
            of.first,
        )
        && named(records, Topic::Grade, &session.grades, &row.grade, of.first)
}

/// Whether a word is among others on a day, be it under another name.
fn named(records: &Records, topic: Topic, names: &[String], wanted: &String, day: Date) -> bool {
    let kept = records.vocabularies.iter();
    let kept = kept.map(|vocabulary| &vocabulary.content);
    let wanted = spellings(kept, topic, slice::from_ref(wanted), day);
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
