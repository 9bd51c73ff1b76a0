//! What a reader may lean on: the registers of the group, whose sheet it is, and the day it is read.

use super::fold::key;
use crate::kinds::registers::calendar::calendar_of;
use crate::kinds::registers::vocabulary::{stages, used};
use crate::model::calendar::Calendar;
use crate::wire::v1::VocabularyTopic;
use crate::wire::{json, v1};
use jiff::civil::Date;
use prost::Message;
use serde_json::Value;

/// The registers, whose file it is, and today.
#[derive(Clone, Debug)]
pub struct Known {
    /// The day of reading, which tells years that nobody typed.
    pub today: Date,
    campuses: Vec<(String, v1::Campus)>,
    persons: Vec<(String, v1::Person)>,
    calendars: Vec<v1::Calendar>,
    vocabularies: Vec<v1::Vocabulary>,
    own: Option<usize>,
}

/// Why the registers could not be used.
#[derive(Debug, thiserror::Error)]
pub enum BadRegisters {
    /// The file is no JSON.
    #[error("the registers are no JSON ({0}): give what SyncService/Pull prints")]
    NotJson(#[from] serde_json::Error),
    /// A record of it is none of the contract.
    #[error(
        "the registers hold a {kind} that the contract does not know ({why}): pull them again, or correct that record"
    )]
    NotInContract {
        /// Its kind.
        kind: String,
        /// What is wrong with it.
        why: String,
    },
    /// There is nothing in it.
    #[error(
        "the registers hold no campus, person, calendar or vocabulary: give what Pull prints, or {{\"records\": [{{\"id\": …, \"campus\": {{…}}}}]}}"
    )]
    Empty,
    /// No campus is called so.
    #[error("no campus of the registers is called \"{0}\"; they have {1}")]
    NoCampus(String, String),
}

/// What a name may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match<T> {
    /// Nothing known.
    Nothing,
    /// One.
    One(T),
    /// One of several.
    Several(Vec<T>),
}

impl<T> Match<T> {
    /// The one that it is.
    pub fn one(self) -> Option<T> {
        match self {
            Match::One(one) => Some(one),
            Match::Nothing | Match::Several(_) => None,
        }
    }

    fn of(mut all: Vec<T>) -> Self {
        match all.len() {
            0 => Match::Nothing,
            1 => Match::One(all.remove(0)),
            _ => Match::Several(all),
        }
    }
}

impl Known {
    /// Nothing but the day.
    #[must_use]
    pub fn on(today: Date) -> Self {
        Known {
            today,
            campuses: Vec::new(),
            persons: Vec::new(),
            calendars: Vec::new(),
            vocabularies: Vec::new(),
            own: None,
        }
    }

    /// With registers: one or more answers of `SyncService/Pull` as JSON, or a document with a list
    /// `records` of `{"id": …, "campus" | "person" | "calendar" | "vocabulary": {…}}`, each as the contract writes it.
    pub fn with_registers(mut self, json: &[u8]) -> Result<Self, BadRegisters> {
        for document in serde_json::Deserializer::from_slice(json).into_iter::<Value>() {
            let document = document?;
            let list = |name: &str| document[name].as_array().cloned().unwrap_or_default();
            let lists = [
                "changes",
                "records",
                "campuses",
                "persons",
                "calendars",
                "vocabularies",
            ];
            for entry in lists.into_iter().flat_map(list) {
                self.take(&entry)?;
            }
        }
        let nothing = self.campuses.is_empty()
            && self.persons.is_empty()
            && self.calendars.is_empty()
            && self.vocabularies.is_empty();
        if nothing {
            Err(BadRegisters::Empty)
        } else {
            Ok(self)
        }
    }

    fn take(&mut self, entry: &Value) -> Result<(), BadRegisters> {
        let entry = entry.get("upsert").unwrap_or(entry);
        let id = entry["id"].as_str().unwrap_or_default().to_owned();
        let content = entry.get("content").unwrap_or(entry);
        if let Some(campus) = read("Campus", &content["campus"])? {
            self.campuses.push((id, campus));
        } else if let Some(person) = read("Person", &content["person"])? {
            self.persons.push((id, person));
        } else if let Some(calendar) = read("Calendar", &content["calendar"])? {
            self.calendars.push(calendar);
        } else if let Some(vocabulary) = read("Vocabulary", &content["vocabulary"])? {
            self.vocabularies.push(vocabulary);
        }
        Ok(())
    }

    /// With a record of a register, by its id; a record of another kind tells a reader nothing.
    #[must_use]
    pub fn with(mut self, id: &str, content: v1::content::Kind) -> Self {
        use v1::content::Kind;
        match content {
            Kind::Campus(campus) => self.campuses.push((id.to_owned(), campus)),
            Kind::Person(person) => self.persons.push((id.to_owned(), person)),
            Kind::Calendar(calendar) => self.calendars.push(calendar),
            Kind::Vocabulary(vocabulary) => self.vocabularies.push(vocabulary),
            _ => {}
        }
        self
    }

    /// As the campus of that name or id reads it.
    pub fn as_campus(mut self, name: &str) -> Result<Self, BadRegisters> {
        let wanted = key(name);
        let is = |(id, campus): &(String, v1::Campus)| {
            *id == name || names(campus).any(|name| key(name) == wanted)
        };
        self.own = self.campuses.iter().position(is);
        if self.own.is_some() {
            return Ok(self);
        }
        let all = self.campuses.iter().take(20);
        let all: Vec<&str> = all.map(|(_, campus)| campus.name.as_str()).collect();
        Err(BadRegisters::NoCampus(name.to_owned(), all.join("、")))
    }

    /// The campus whose file it is, if that was said.
    #[must_use]
    pub fn own(&self) -> Option<(&str, &v1::Campus)> {
        let (id, campus) = self.campuses.get(self.own?)?;
        Some((id, campus))
    }

    /// Every campus, by id.
    pub fn all(&self) -> impl Iterator<Item = (&str, &v1::Campus)> {
        let all = self.campuses.iter();
        all.map(|(id, campus)| (id.as_str(), campus))
    }

    /// The calendar of that campus, or the group's.
    #[must_use]
    pub fn calendar(&self) -> Calendar {
        calendar_of(self.own().map_or("", |(id, _)| id), &self.calendars)
    }

    /// The campus of an id.
    #[must_use]
    pub fn campus(&self, id: &str) -> Option<&v1::Campus> {
        let found = self.campuses.iter().find(|(other, _)| other == id);
        found.map(|(_, campus)| campus)
    }

    /// The campuses a name may mean, by id: its own name or one people use for it, else one that begins
    /// with it (春风 for 春风分校) or that it begins with.
    #[must_use]
    pub fn campuses(&self, name: &str) -> Match<&str> {
        let bracket = key(name);
        let wanted = bracket.split('(').next().unwrap_or_default();
        if matches!(wanted, "本校" | "我校" | "本园") {
            return Match::of(self.own().map(|(id, _)| id).into_iter().collect());
        }
        let by = |fits: &dyn Fn(&str) -> bool| -> Vec<&str> {
            let fit = self
                .campuses
                .iter()
                .filter(|(_, campus)| names(campus).any(|name| fits(&key(name))));
            fit.map(|(id, _)| id.as_str()).collect()
        };
        let exact = by(&|name| name == wanted || name == bracket);
        let list = wanted.contains(['、', ',', ';', '/']);
        if !exact.is_empty() || wanted.chars().count() < 2 || list {
            return Match::of(exact);
        }
        Match::of(by(&|name| {
            name.starts_with(wanted) || wanted.starts_with(name)
        }))
    }

    /// The campus whose name a text begins with, and the rest of the text: 滨湖分校三楼录播室.
    #[must_use]
    pub fn campus_before<'t>(&self, text: &'t str) -> Option<(&str, &'t str)> {
        let own = self
            .own()
            .into_iter()
            .flat_map(|(id, _)| ["本校", "我校", "本园"].map(|name| (id, name.to_owned())));
        let all = self.campuses.iter().flat_map(|(id, campus)| {
            names(campus)
                .map(|name| (id.as_str(), super::fold::fold(name)))
                .collect::<Vec<_>>()
        });
        let fits = all
            .chain(own)
            .filter_map(|(id, name)| Some((id, text.strip_prefix(&name)?)));
        fits.min_by_key(|(_, rest)| rest.len())
    }

    /// The campus whose name a text ends with, as it is written there: 本学年总校.
    #[must_use]
    pub fn campus_behind<'t>(&self, text: &'t str) -> Option<&'t str> {
        let all = self.campuses.iter().flat_map(|(_, campus)| names(campus));
        let own = ["本校", "我校", "本园"]
            .into_iter()
            .filter(|_| self.own.is_some());
        let fits = all.chain(own).filter_map(|name| {
            let before = text.strip_suffix(super::fold::fold(name).as_str())?;
            Some(&text[before.len()..])
        });
        fits.max_by_key(|name| name.len())
    }

    /// What the group's own words of a topic make of a whole text: the codes of the words that are called
    /// so, were called so, or are for short.
    #[must_use]
    pub fn word(&self, topic: VocabularyTopic, text: &str) -> Match<&str> {
        let wanted = key(text);
        let found = self.words(topic).filter(|word| word.name == wanted);
        let mut codes: Vec<&str> = found.map(|word| word.word.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        Match::of(codes)
    }

    /// The group's own words of a topic that are in use on the day of reading, by each of their names.
    pub fn words(&self, topic: VocabularyTopic) -> impl Iterator<Item = Named<'_>> {
        let of_topic = self
            .vocabularies
            .iter()
            .filter(move |words| words.topic() == topic);
        of_topic.flat_map(|words| {
            let scheme = words.scheme.as_str();
            let named = move |word| by_names(word, scheme);
            let in_use = words
                .words
                .iter()
                .filter(|word| used(word).contains(self.today));
            in_use.flat_map(named)
        })
    }

    /// The stages that a grade may be of at a campus: two, where nobody has said whether it keeps the 6-3 or the 5-4
    /// system.
    #[must_use]
    pub fn stages(&self, campus: Option<&v1::Campus>, grade: &str) -> Vec<i32> {
        let stages = stages(self.vocabularies.iter(), campus, grade, self.today);
        stages.into_iter().map(i32::from).collect()
    }

    /// The persons a name may mean: id, display name, and home campus by name.
    #[must_use]
    pub fn persons(&self, name: &str) -> Vec<String> {
        let wanted = key(name);
        let same = |(_, person): &&(String, v1::Person)| key(&person.display_name) == wanted;
        let shown = |(id, person): &(String, v1::Person)| {
            let home = self
                .campus(&person.home_campus_id)
                .map_or("", |campus| &campus.name);
            format!("{} {home} {id}", person.display_name)
        };
        self.persons.iter().filter(same).map(shown).collect()
    }
}

/// A word of a vocabulary by one of its names.
#[derive(Clone, Debug)]
pub struct Named<'k> {
    /// The name, for comparing.
    pub name: String,
    /// The coding it is of; empty: the only one.
    pub scheme: &'k str,
    /// The word.
    pub word: &'k v1::Word,
}

fn by_names<'k>(word: &'k v1::Word, scheme: &'k str) -> impl Iterator<Item = Named<'k>> {
    let names = [&word.code, &word.name].into_iter().chain(&word.aliases);
    let names = names.map(|name| key(name)).filter(|name| !name.is_empty());
    names.map(move |name| Named { name, scheme, word })
}

fn names(campus: &v1::Campus) -> impl Iterator<Item = &str> {
    let aliases = campus.aliases.iter().map(String::as_str);
    std::iter::once(campus.name.as_str()).chain(aliases)
}

fn read<M: Message + Default>(kind: &str, json: &Value) -> Result<Option<M>, BadRegisters> {
    if json.is_null() {
        return Ok(None);
    }
    let bad = |why: &dyn std::fmt::Display| BadRegisters::NotInContract {
        kind: kind.to_owned(),
        why: why.to_string(),
    };
    let message = json::read(kind, json).map_err(|error| bad(&error))?;
    M::decode(message).map(Some).map_err(|error| bad(&error))
}
