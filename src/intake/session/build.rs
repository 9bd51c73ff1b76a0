//! A session of a notice.

use super::place::{AT, MEETING, is_place};
use super::{Field, Notice, claims};
use crate::intake::doubt::{Code, Doubt};
use crate::intake::known::{Known, Match};
use crate::intake::names;
use crate::intake::sheet::Cell;
use crate::intake::when::year::Years;
use crate::intake::when::{self, clock, regex};
use crate::intake::words::{self, unnumbered};
use crate::wire::v1::{
    AgendaItem, HalfDay, PersonRef, Session, SessionDay, SessionForm, VocabularyTopic,
};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// A longer word is a phrase of a text, in characters.
const PHRASE_MAX: usize = 15;

/// Makes a session of a notice.
pub struct Builder<'a> {
    /// The registers.
    pub known: &'a Known,
    /// What the document says about years.
    pub years: &'a Years,
    /// Where doubts go.
    pub doubts: &'a mut Vec<Doubt>,
}

impl Builder<'_> {
    /// The session.
    pub fn session(&mut self, notice: &Notice) -> Session {
        let mut session = Session::default();
        self.days(notice, &mut session);
        self.subjects(notice, &mut session);
        self.claimed_subjects(notice, &mut session);
        self.claimed_people(notice, &mut session);
        self.place(notice, &mut session);
        self.grades(notice, &mut session);
        self.people(notice, &mut session);
        self.audience(notice, &mut session);
        self.title(notice, &mut session);
        self.unread(notice, &session);
        self.called_off(notice);
        for (field, cell) in &notice.fields {
            match field {
                // 单元 and 课题 are one lesson.
                Field::Lesson => {
                    session.lesson = one_line(&format!("{} {}", session.lesson, cell.typed))
                }
                Field::Other if !cell.is_blank() => {
                    let doubt = Doubt::new(Code::LeftOut, cell.place.clone(), &cell.typed);
                    self.doubts.push(
                        doubt.with("课时、记录人、应到 lessons, who writes, who should come"),
                    );
                }
                Field::Textbook => session.textbook.clone_from(&cell.typed),
                Field::CoHost => session.co_hosts.push(unbracketed(&cell.typed).to_owned()),
                Field::Host
                    if self.known.own().is_none_or(|(id, _)| {
                        self.known.campuses(&cell.text) != Match::One(id)
                    }) =>
                {
                    let doubt = Doubt::new(Code::LeftOut, cell.place.clone(), &cell.typed);
                    self.doubts
                        .push(doubt.with("承办即上报的学校 the host is the campus that pushes"));
                }
                _ => {}
            }
        }
        let half = session.days.first().and_then(half_of);
        session.agenda = notice
            .agenda
            .iter()
            .map(|line| self.agenda(line, half))
            .collect();
        session
    }

    /// The cells of a field.
    pub(super) fn fields(notice: &Notice, wanted: Field) -> impl Iterator<Item = &Cell> {
        notice
            .fields
            .iter()
            .filter(move |(field, _)| *field == wanted)
            .map(|(_, cell)| cell)
    }

    /// All that is written, the fields of most weight first.
    pub(super) fn texts(notice: &Notice) -> Vec<&Cell> {
        let of = |field| Self::fields(notice, field);
        of(Field::Form)
            .chain(&notice.loose)
            .chain(of(Field::Title))
            .chain(notice.fields.iter().map(|(_, cell)| cell))
            .collect()
    }

    fn people(&mut self, notice: &Notice, session: &mut Session) {
        let mut leads = self.named(notice, Field::Lead);
        session.speakers = self.named(notice, Field::Speakers);
        session.chair = self.named(notice, Field::Chair).into_iter().next();
        if leads.len() > 1 {
            // One leads; several who do are all kept, as people who speak.
            let cell = Self::fields(notice, Field::Lead)
                .next()
                .cloned()
                .unwrap_or_default();
            let doubt = Doubt::new(Code::TwoValues, cell.place.clone(), &cell.typed);
            self.doubts.push(
                doubt
                    .as_("发言人 speakers")
                    .with(format!("{} 位领衔 leads", leads.len())),
            );
            session.speakers.splice(0..0, leads.drain(..));
        }
        session.lead = leads.pop();
        if session.lead.is_none() {
            self.doubts.push(
                Doubt::new(Code::Unstated, notice.start.place.clone(), "")
                    .with("主备人（领衔） lead"),
            );
        }
    }

    fn named(&mut self, notice: &Notice, field: Field) -> Vec<PersonRef> {
        let mut all = Vec::new();
        for cell in Self::fields(notice, field) {
            let (people, others) = names::people_and_rest(cell, self.known);
            let others = others
                .iter()
                .filter(|other| other.text.chars().count() > 1 && !other.is_blank());
            self.doubts.extend(
                others.map(|other| {
                    Doubt::new(Code::NotUnderstood, other.place.clone(), &other.typed)
                }),
            );
            all.extend(
                people
                    .iter()
                    .map(|person| names::person(person, self.known, self.doubts)),
            );
        }
        all
    }

    /// Doubts the short words of a line that are none of all this: a name without a part in it, a mark.
    fn unread(&mut self, notice: &Notice, session: &Session) {
        if notice.lines > 1 {
            // Lines beside the labelled ones: the heading of the notice says what it is.
            let heading = |cell: &&Cell| {
                words::form(&cell.text).is_some()
                    || cell.text.contains("通知")
                    || one_line(&cell.typed) == session.title
            };
            let rest = notice
                .loose
                .iter()
                .filter(|cell| !notice.is_row && !heading(cell));
            let doubt =
                |cell: &Cell| Doubt::new(Code::NotUnderstood, cell.place.clone(), &cell.typed);
            return self.doubts.extend(rest.map(doubt));
        }
        for cell in &notice.loose {
            for word in cell
                .text
                .split(|c: char| c.is_whitespace() || ",。;、".contains(c))
            {
                let long = !(2..=12).contains(&word.chars().count());
                let part = cell.part(word);
                let named =
                    names::person_in(word).is_some_and(|name| name.ends_with(['师', '任', '长']));
                let titled = session.title.contains(&part.typed);
                if long || !named && (titled || self.is_read(word, session)) {
                    continue;
                }
                let doubt = Doubt::new(Code::NotUnderstood, part.place, part.typed);
                let why = if named {
                    "没有写明是主备还是发言 lead or speaker?"
                } else {
                    ""
                };
                self.doubts.push(doubt.with(why));
            }
        }
    }

    /// Whether a word of a line says something that is read.
    fn is_read(&self, word: &str, session: &Session) -> bool {
        static LESSON: LazyLock<Regex> = LazyLock::new(|| regex(r"第.{1,3}节"));
        if LESSON.is_match(word) {
            return false;
        }
        let said = when::whole(word).is_some() || !when::find(word, false).is_empty();
        let named = words::subject(word).is_some()
            || !words::subjects(word).is_empty()
            || !words::grades(word).is_empty();
        let own = self.known.word(VocabularyTopic::Subject, word) != Match::Nothing
            || self.known.word(VocabularyTopic::Grade, word) != Match::Nothing;
        let place = session.place.as_ref().and_then(|place| place.unit.as_ref());
        let campus = self.known.campus_before(word).map(|(id, _)| id);
        let placed = campus.is_some() && campus == names::campus_id(place) || is_place(word);
        let formed = words::form(word).is_some() || words::stage(word).is_some();
        // A number in a list, and what is told when the subject or the day is missed.
        let told = word
            .chars()
            .all(|c| !c.is_alphabetic() || "日号".contains(c))
            || word.ends_with('组')
            || word.contains("每月")
            || word.contains("待定");
        let claimed = claims::is_claim(word);
        said || clock::find(word, None).is_some()
            || named
            || own
            || placed
            || formed
            || claimed
            || told
    }

    fn audience(&mut self, notice: &Notice, session: &mut Session) {
        static ALL: LazyLock<Regex> = LazyLock::new(|| {
            regex(
                "^(?:全集团|集团全体|全体成员校|各校区?|所有学校|全体学校|集团各校|各成员校)(?:教师|老师)?$",
            )
        });
        for cell in Self::fields(notice, Field::Audience) {
            if ALL.is_match(&cell.text) {
                session.invites_all = true;
                continue;
            }
            let parts: Vec<&str> = cell
                .text
                .split(|c: char| "、,;/|和及 ".contains(c))
                .filter(|part| !part.is_empty())
                .collect();
            let ids: Vec<Option<String>> = parts
                .iter()
                .map(|part| match self.known.campuses(part) {
                    Match::One(id) => Some(id.to_owned()),
                    _ => None,
                })
                .collect();
            if !ids.is_empty() && ids.iter().all(Option::is_some) {
                session.invited_campus_ids.extend(ids.into_iter().flatten());
                continue;
            }
            session.audience_note.clone_from(&cell.typed);
            // How many come was told with what is claimed.
            if claims::names_people(&cell.text) {
                continue;
            }
            let known = ids.iter().any(Option::is_some);
            for (part, id) in parts.iter().zip(ids) {
                // Who is of a campus (春风全体教师) is not the campus.
                let whole = self
                    .known
                    .campus_before(part)
                    .is_some_and(|(_, rest)| rest.is_empty());
                match id.filter(|_| whole) {
                    Some(id) => session.invited_campus_ids.push(id),
                    None if known => {
                        let part = cell.part(part);
                        let doubt = Doubt::new(Code::WordUnknown, part.place, &part.typed);
                        self.doubts.push(doubt.with("学校 campus"));
                    }
                    None => {}
                }
            }
        }
        session.invited_campus_ids.sort();
        session.invited_campus_ids.dedup();
    }

    fn title(&mut self, notice: &Notice, session: &mut Session) {
        let form = Self::texts(notice)
            .into_iter()
            .find_map(|cell| words::form(&cell.text));
        let implied = || {
            Self::fields(notice, Field::Lead)
                .next()
                .or(Self::fields(notice, Field::Speakers).next())
        };
        session.form = match (form, implied()) {
            (Some(form), _) => form,
            (None, Some(cell)) => {
                let doubt =
                    Doubt::new(Code::Assumed, cell.place.clone(), "").as_("集体备课 joint prep");
                self.doubts.push(doubt.with("形式 form"));
                SessionForm::JointPrep
            }
            (None, None) => {
                self.doubts.push(
                    Doubt::new(Code::Unstated, notice.start.place.clone(), "").with("形式 form"),
                );
                SessionForm::Unspecified
            }
        }
        .into();
        let theme = Self::fields(notice, Field::Title)
            .find(|cell| !cell.is_blank())
            .or(Self::fields(notice, Field::Lesson).next());
        if let Some(theme) = theme {
            session.title = one_line(&theme.typed);
            return;
        }
        let heading = notice
            .loose
            .iter()
            .find(|cell| notice.lines > 1 && when::find(&cell.text, false).is_empty());
        let timed = notice.fields.iter().any(|(field, _)| *field == Field::Time);
        // The title of a list is no row's: its subject and grade are.
        let named = !session.subjects.is_empty() || !session.grades.is_empty();
        session.title = match heading.filter(|_| timed && !(notice.is_row && named)) {
            Some(heading) => one_line(&heading.typed),
            None => self.title_of_words(notice, session),
        };
        let doubt = Doubt::new(Code::TitleMade, notice.start.place.clone(), "");
        self.doubts.push(doubt.as_(&session.title));
    }

    /// The words for subject and grade, as typed: 信息科技 七年级.
    fn title_of_words(&self, notice: &Notice, session: &Session) -> String {
        let mut words_: Vec<String> = Vec::new();
        let fields = notice
            .fields
            .iter()
            .filter(|(field, _)| matches!(field, Field::Subject | Field::Grade));
        let loose = notice.loose.iter().filter(|_| !notice.is_row);
        for cell in loose.chain(fields.map(|(_, cell)| cell)) {
            let tokens =
                unnumbered(&cell.text).split(|c: char| c.is_whitespace() || ",。;".contains(c));
            for token in tokens.map(undated) {
                // 数学联合教研活动在春风分校举行: where is no title.
                let token = match AT.find(token) {
                    Some(at) if at.start() == 0 => token[at.end()..].trim_start_matches('的'),
                    Some(at) => &token[..at.start()],
                    None => token,
                };
                if token.chars().count() > PHRASE_MAX && !words_.is_empty() {
                    continue;
                }
                let named = !words::subjects(token).is_empty()
                    || !words::grades(token).is_empty()
                    || words::subject(token).is_some();
                let dated = token.chars().any(|c| c.is_ascii_digit())
                    && when::find(token, false).len()
                        + usize::from(clock::find(token, None).is_some())
                        > 0;
                if named && !dated {
                    words_.push(cell.typed_of(token).to_owned());
                }
            }
        }
        match words_.is_empty() {
            true => {
                let all: Vec<&str> = session
                    .subjects
                    .iter()
                    .chain(&session.grades)
                    .map(String::as_str)
                    .collect();
                let all = all.join(" ");
                match all.is_empty() {
                    true => self.title_of_line(notice),
                    false => all,
                }
            }
            false => one_line(&words_.join(" ")),
        }
    }

    /// What a line says beside day, clock, place and the number of a meeting; where a word names a form, that word.
    fn title_of_line(&self, notice: &Notice) -> String {
        let mut words_: Vec<(bool, String)> = Vec::new();
        for cell in &notice.loose {
            let mut text = unnumbered(&cell.text).to_owned();
            text.insert_str(0, &" ".repeat(cell.text.len() - text.len()));
            let said = when::find(&text, false).into_iter().map(|day| day.at);
            let clocks = super::clocks::spans(&text)
                .into_iter()
                .map(|clock| clock.at);
            let meetings = MEETING.find_iter(&cell.text).map(|number| number.range());
            let read: Vec<Range<usize>> = said.chain(clocks).chain(meetings).collect();
            for at in read {
                text.replace_range(at.clone(), &" ".repeat(at.len()));
            }
            let words = text.split(|c: char| c.is_whitespace() || ",。;".contains(c));
            // 请进来: is what it is, and no title.
            let is_said = |word: &str| word.ends_with(':') || claims::is_claim(word);
            let words = words.filter(|word| word.chars().count() > 1 && !is_said(word));
            for word in words {
                let formed = words::form(word).is_some();
                let placed = is_place(word) || self.known.campus_before(word).is_some();
                if formed || !placed {
                    let start = word.as_ptr() as usize - text.as_ptr() as usize;
                    let typed = cell.typed_of(&cell.text[start..start + word.len()]);
                    words_.push((formed, typed.to_owned()));
                }
            }
        }
        let formed = words_.iter().any(|(formed, _)| *formed);
        words_.retain(|(is, _)| *is || !formed);
        let words_: Vec<String> = words_.into_iter().map(|(_, word)| word).collect();
        match words_.is_empty() {
            true => one_line(&notice.start.typed),
            false => one_line(&words_.join(" ")),
        }
    }

    /// A row of the running order: 1:00-1:40 《…》 陆老师 甲小学.
    fn agenda(&mut self, line: &Cell, half: Option<HalfDay>) -> AgendaItem {
        let clock = clock::find(&line.text, half).unwrap_or_default();
        if clock.derived {
            let time = format!(
                "{}-{}",
                clock.start.clone().unwrap_or_default(),
                clock.end.clone().unwrap_or_default()
            );
            self.doubts.push(
                Doubt::new(
                    Code::TimeDerived,
                    line.place.clone(),
                    line.typed_of(&line.text[clock.at.clone()]),
                )
                .as_(time),
            );
        }
        let rest = line.part(line.text[clock.at.end..].trim_start_matches([':', ' ', ',', ')']));
        let tokens: Vec<&str> = rest.text.split_whitespace().collect();
        let who = tokens.iter().position(|token| {
            token.chars().count() < 8
                && names::person_in(token)
                    .is_some_and(|name| name.ends_with(['师', '任', '长', '员']))
        });
        let by = who.map(|who| {
            let cell = rest.part(tokens[who]);
            let (_, named) = names::of_school(&cell.text, self.known);
            let name = cell.part(names::person_in(named).unwrap_or(named));
            let affiliation = tokens
                .get(who + 1)
                .map(|school| rest.typed_of(school).to_owned())
                .unwrap_or_default();
            PersonRef {
                affiliation,
                ..names::person(&name, self.known, self.doubts)
            }
        });
        let item: Vec<&str> = tokens[..who.unwrap_or(tokens.len())]
            .iter()
            .map(|token| rest.typed_of(token))
            .collect();
        AgendaItem {
            start: clock.start.unwrap_or_default(),
            end: clock.end.unwrap_or_default(),
            item: item.join(" "),
            by,
        }
    }
}

/// A word without the day and the clock that stand before it: 5月13日下午2:30数学.
fn undated(token: &str) -> &str {
    let day = when::find(token, false).first().map_or(0, |day| day.at.end);
    let clock = clock::find(&token[day..], None).map_or(0, |clock| clock.at.end);
    &token[day + clock..]
}

fn half_of(day: &SessionDay) -> Option<HalfDay> {
    match (day.half_day(), day.start.as_str()) {
        (HalfDay::Unspecified, "") => None,
        (HalfDay::Unspecified, start) if start >= "12" => Some(HalfDay::Afternoon),
        (HalfDay::Unspecified, _) => Some(HalfDay::Morning),
        (half, _) => Some(half),
    }
}

/// A name without a bracket behind it: 某区教师发展中心 (协办).
fn unbracketed(text: &str) -> &str {
    text.split(['(', '（']).next().unwrap_or_default().trim()
}

fn one_line(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(200).collect()
}
