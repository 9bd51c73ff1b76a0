//! Subjects, grades and stage of a session.

use super::build::Builder;
use super::claims::is_claim;
use super::{Field, Notice};
use crate::intake::doubt::{Code, Doubt};
use crate::intake::fold::key;
use crate::intake::names;
use crate::intake::sheet::Cell;
use crate::intake::when::regex;
use crate::intake::words;
use crate::wire::v1::{Campus, Session, Stage, VocabularyTopic};
use regex::Regex;
use std::sync::LazyLock;

impl Builder<'_> {
    /// Writes the subjects by today's names.
    pub(super) fn subjects(&mut self, notice: &Notice, session: &mut Session) {
        let labelled: Vec<&Cell> = Self::fields(notice, Field::Subject).collect();
        let sources: Vec<&Cell> = if labelled.is_empty() {
            Self::texts(notice)
        } else {
            labelled.clone()
        };
        for cell in &sources {
            self.own_subjects(cell, session);
            let own = !session.subjects.is_empty();
            for subject in words::subjects(&cell.text).into_iter().filter(|_| !own) {
                let part = cell.part(&cell.text[subject.at.clone()]);
                if key(&part.typed) != subject.name && part.typed.chars().count() > 1 {
                    self.doubts
                        .push(Doubt::new(Code::Folded, part.place, part.typed).as_(subject.name));
                }
                if !session.subjects.iter().any(|name| name == subject.name) {
                    session.subjects.push(subject.name.to_owned());
                }
            }
            if let Some(subject) =
                words::subject(&cell.text).filter(|_| session.subjects.is_empty())
            {
                session.subjects.push(subject.to_owned());
            }
            // What the title names is meant; who comes is not.
            if !session.subjects.is_empty() {
                return;
            }
        }
        let told = !labelled.is_empty();
        for cell in labelled.iter().filter(|cell| !is_claim(&cell.text)) {
            self.doubts.push(
                Doubt::new(Code::WordUnknown, cell.place.clone(), &cell.typed).with("学科 subject"),
            );
        }
        let group: LazyLock<Regex> = LazyLock::new(|| regex(r"(\p{Han}{2,4})组"));
        if let Some((cell, found)) = sources
            .iter()
            .find_map(|cell| Some((cell, group.captures(&cell.text)?.get(0)?)))
            && session.subjects.is_empty()
            && !told
        {
            let typed = cell.typed_of(found.as_str());
            self.doubts.push(
                Doubt::new(Code::WordUnknown, cell.place.clone(), typed).with("学科 subject"),
            );
        }
    }

    /// The words of a cell that the group's own vocabulary knows as subjects.
    fn own_subjects(&mut self, cell: &Cell, session: &mut Session) {
        for token in cell
            .text
            .split(|c: char| c.is_whitespace() || "、,;/".contains(c))
        {
            let part = cell.part(token);
            let Some(code) = words::own(&part, VocabularyTopic::Subject, self.known, self.doubts)
            else {
                continue;
            };
            if part.typed != code {
                self.doubts
                    .push(Doubt::new(Code::Folded, part.place, part.typed).as_(code));
            }
            if !session.subjects.iter().any(|name| name == code) {
                session.subjects.push(code.to_owned());
            }
        }
    }

    /// Writes the grades by today's names, and the stage that follows from them.
    pub(super) fn grades(&mut self, notice: &Notice, session: &mut Session) {
        let labelled: Vec<&Cell> = Self::fields(notice, Field::Grade).collect();
        let own: Vec<&Cell> = notice
            .loose
            .iter()
            .chain(Self::fields(notice, Field::Title))
            .collect();
        // Grade 6 is primary or junior, as the school has it.
        let place = session.place.as_ref().and_then(|place| place.unit.as_ref());
        let campus = names::campus_id(place).and_then(|id| self.known.campus(id));
        let campus = campus.or(self.known.own().map(|(_, campus)| campus));
        let unknown = labelled
            .iter()
            .filter(|cell| !cell.is_blank() && self.named_grades(campus, cell).is_empty());
        for cell in unknown.collect::<Vec<_>>() {
            let doubt = Doubt::new(Code::WordUnknown, cell.place.clone(), &cell.typed);
            self.doubts.push(doubt.with("年级 grade"));
        }
        let sources = if labelled.is_empty() { own } else { labelled };
        let mut open = None;
        for cell in sources {
            for (part, grade, stages) in self.named_grades(campus, cell) {
                if key(&part.typed).contains(|c: char| c == '初' || c.is_ascii_digit())
                    && !part.typed.contains(&grade)
                {
                    self.doubts
                        .push(Doubt::new(Code::Folded, part.place, part.typed).as_(&grade));
                }
                match stages.as_slice() {
                    [stage] if session.stage() == Stage::Unspecified => session.stage = *stage,
                    [_] => {}
                    _ => open = Some(cell),
                }
                if !session.grades.contains(&grade) {
                    session.grades.push(grade);
                }
            }
            if !session.grades.is_empty() {
                break;
            }
        }
        if session.stage() != Stage::Unspecified {
            return;
        }
        let stages = campus
            .map(|campus| campus.stages.as_slice())
            .unwrap_or_default();
        let named = || {
            Self::texts(notice)
                .into_iter()
                .find_map(|cell| words::stage(&cell.text))
        };
        match (open, stages) {
            (Some(_), [only]) => session.stage = *only,
            (Some(cell), _) => {
                self.doubts.push(
                    Doubt::new(Code::Unstated, cell.place.clone(), &cell.typed).with("学段 stage"),
                );
            }
            (None, _) => session.stage = named().unwrap_or_default().into(),
        }
    }

    /// The grades that a cell names: each where it stands, by its name in the group's own words or
    /// everybody's, and the stages that it may be in at a campus.
    fn named_grades(&self, campus: Option<&Campus>, cell: &Cell) -> Vec<(Cell, String, Vec<i32>)> {
        let own = |text: &str| self.known.word(VocabularyTopic::Grade, text).one();
        let tokens = cell
            .text
            .split(|c: char| c.is_whitespace() || "、,;/()".contains(c))
            .filter(|token| !token.is_empty());
        let mut found: Vec<(Cell, String, Vec<i32>)> = tokens
            .filter_map(|token| {
                let code = own(token)?;
                Some((
                    cell.part(token),
                    code.to_owned(),
                    self.known.stages(campus, code),
                ))
            })
            .collect();
        let named = found.len();
        for grade in words::grades(&cell.text) {
            let part = cell.part(&cell.text[grade.at.clone()]);
            if found[..named]
                .iter()
                .any(|(other, ..)| other.text.contains(&part.text))
            {
                continue;
            }
            let name = own(&grade.name).unwrap_or(&grade.name).to_owned();
            let stages = self.known.stages(campus, &name);
            // Some words tell it themselves: 预初 is said where grade 6 is junior.
            let told = i32::from(grade.stage);
            let may = stages.is_empty() || stages.contains(&told);
            let stages = match grade.stage {
                Stage::Unspecified => stages,
                _ if may => vec![told],
                _ => stages,
            };
            found.push((part, name, stages));
        }
        found
    }
}
