//! What a text claims: how many subjects, how many people took part. A claim is no attendance.

use super::build::Builder;
use super::{Field, Notice};
use crate::intake::doubt::{Code, Doubt};
use crate::intake::fold::number;
use crate::intake::sheet::Cell;
use crate::intake::when::regex;
use crate::model::date::day;
use crate::wire::v1::{PeopleClaim, Session};
use regex::Regex;
use std::sync::LazyLock;

/// The most subjects and people that a claim is taken for (`Session.claimed_subject_count`, `PeopleClaim.count`).
const SUBJECTS_MAX: i32 = 100;
const PEOPLE_MAX: i32 = 100_000;

/// A number of subjects: 八大学科, 涉及9门学科.
static SUBJECTS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:^|[^第\d])(\d{1,3}|[一二两三四五六七八九十]{1,3})\s*[大个门]\s*(?:学科|科目)|等\s*(\d{1,3}|[一二两三四五六七八九十]{1,3})\s*学?科|学科\s*:?\s*(\d{1,3}|[一二两三四五六七八九十]{1,3})\s*[个门]",
    )
});
/// A number of people, and what stands before and behind it that makes it a rough one.
static PEOPLE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(近|约|将近|大约|超过|逾)?\s*(\d{1,6}|[一二两三四五六七八九十百千]{1,7})\s*(余|多|来|\+)?\s*(?:名|位|人)(?P<times>次)?(左右|以上)?",
    )
});
/// People who are counted as they come.
static CAME: LazyLock<Regex> =
    LazyLock::new(|| regex("参加|参与|参训|参会|出席|到会|与会|汇聚|齐聚|观摩|聆听|欢聚|走进"));
/// A number that is given to each, asked for, or part of another.
static QUOTA: LazyLock<Regex> = LazyLock::new(|| {
    regex("每|各(?:校|区|县|学|单|部|年|备|教|组)|限|名额|不超过|不少于|至少|拟|预计|其中|左右")
});

/// Whether a cell names a number of people.
pub fn names_people(text: &str) -> bool {
    PEOPLE.is_match(text)
}

/// Whether a word claims how many came, or how many subjects.
pub fn is_claim(word: &str) -> bool {
    SUBJECTS.is_match(word) || names_people(word) && CAME.is_match(word)
}

/// A number of people as it is written, up to thousands: 120, 十, 两百, 一百二十.
fn count(text: &str) -> Option<i32> {
    if let Ok(count) = text.parse() {
        return Some(count);
    }
    let mut rest = text;
    let mut whole = 0;
    for (unit, worth) in [('千', 1_000), ('百', 100)] {
        if let Some((before, behind)) = rest.split_once(unit) {
            whole += worth
                * if before.is_empty() {
                    1
                } else {
                    i32::from(number(before)?)
                };
            rest = behind;
        }
    }
    if !rest.is_empty() {
        whole += i32::from(number(rest)?);
    }
    Some(whole)
}

impl Builder<'_> {
    /// Writes how many subjects the text claims (等八大学科, 涉及9门学科); one that is not as many as are named is told.
    pub(super) fn claimed_subjects(&mut self, notice: &Notice, session: &mut Session) {
        for cell in Self::texts(notice) {
            let Some(captures) = SUBJECTS.captures(&cell.text) else {
                continue;
            };
            let said = [1, 2, 3].into_iter().find_map(|group| captures.get(group));
            let claimed = said.and_then(|said| count(said.as_str()));
            let Some(claimed) = claimed.filter(|claimed| (1..=SUBJECTS_MAX).contains(claimed))
            else {
                continue;
            };
            session.claimed_subject_count = claimed;
            let named = session.subjects.len();
            if usize::try_from(claimed) != Ok(named) {
                let from = said.map_or(0, |said| said.start());
                let until = captures.get(0).map_or(from, |all| all.end());
                let part = cell.part(&cell.text[from..until]);
                let doubt = Doubt::new(Code::CountMismatch, part.place, part.typed);
                self.doubts.push(doubt.as_(named).with(claimed));
            }
            return;
        }
    }

    /// Writes how many people the text says took part (参加教师120余人). A quota, or what is said of a day to come, is
    /// told and kept as text.
    pub(super) fn claimed_people(&mut self, notice: &Notice, session: &mut Session) {
        let fields = notice
            .fields
            .iter()
            .map(|(field, cell)| (Some(*field), cell));
        let loose = notice.loose.iter().map(|cell| (None, cell));
        let mut claims: Vec<(Cell, PeopleClaim)> = Vec::new();
        for (field, cell) in fields.chain(loose).filter(|(_, cell)| !cell.is_blank()) {
            if field == Some(Field::Claimed) && !cell.text.contains(['人', '名', '位']) {
                let people = Cell::new(cell.place.clone(), &format!("{}人", cell.typed));
                self.clause(&people, field, session, &mut claims);
                continue;
            }
            for clause in cell.text.split([',', ';', '。', '、', '(', ')']) {
                self.clause(&cell.part(clause), field, session, &mut claims);
            }
        }
        let mut claims = claims.into_iter();
        session.claimed_people = claims.next().map(|(_, claim)| claim);
        for (cell, claim) in
            claims.filter(|(_, claim)| Some(claim) != session.claimed_people.as_ref())
        {
            let kept = session.claimed_people.map_or(0, |claim| claim.count);
            let doubt = Doubt::new(Code::TwoValues, cell.place, cell.typed).as_(kept);
            self.doubts
                .push(doubt.with(format!("{kept}, {}", claim.count)));
        }
    }

    fn clause(
        &mut self,
        clause: &Cell,
        field: Option<Field>,
        session: &Session,
        claims: &mut Vec<(Cell, PeopleClaim)>,
    ) {
        let labelled = matches!(field, Some(Field::Audience | Field::Claimed));
        let found = PEOPLE.captures(&clause.text);
        let Some(captures) = found.filter(|_| labelled || CAME.is_match(&clause.text)) else {
            return;
        };
        let has = |group: usize| captures.get(group).is_some();
        // 近百人 is fewer than it says; 人次 counts who came twice twice; 30/32 is no number.
        let below = captures
            .get(1)
            .is_some_and(|mark| !matches!(mark.as_str(), "超过" | "逾"));
        let around = captures.get(5).is_some_and(|mark| mark.as_str() == "左右");
        let rough = below || around || captures.name("times").is_some();
        let quota = QUOTA.is_match(&clause.text) && !clause.text.contains('共');
        let part = field == Some(Field::Claimed) && captures[0].len() < clause.text.len();
        let first = session.days.first().and_then(|first| day(&first.date));
        let planned = first.is_some_and(|first| first > self.years.today());
        let claimed = count(&captures[2]).filter(|count| (1..=PEOPLE_MAX).contains(count));
        match claimed.filter(|_| !(rough || quota || part || planned)) {
            Some(count) => {
                let at_least = has(1) || has(3) || has(5);
                claims.push((clause.clone(), PeopleClaim { count, at_least }));
            }
            None => {
                let doubt = |code| Doubt::new(code, clause.place.clone(), &clause.typed);
                self.doubts.push(match field {
                    Some(Field::Audience) => doubt(Code::NotACount),
                    _ => doubt(Code::LeftOut)
                        .with("名额、概数或计划人数 a quota, a rough or a planned number"),
                });
            }
        }
    }
}
