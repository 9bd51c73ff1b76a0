//! The words a group uses, with the names they had and have for short.

mod standard;

pub use standard::{post_name, standard, subject_names};

use crate::kinds::found::Found;
use crate::kinds::{All, Case, Owner, Rules};
use crate::model::date::{self, FIRST_DAY, LAST_DAY, Span};
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Place, Who};
use crate::wire::v1;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};
use v1::VocabularyTopic as Topic;

/// The rules of the vocabulary register.
pub struct VocabularyRules;

impl Rules for VocabularyRules {
    const NAME: &'static str = "vocabulary";
    const OWNER: Owner = Owner::Office;
    const PUBLIC: bool = true;
    type Content = v1::Vocabulary;
    type State = ();
    type Action = ();

    fn check(vocabulary: &v1::Vocabulary, _: &Case<'_>, found: &mut Found) {
        found.required("topic", vocabulary.topic != 0);
        found.optional_line("scheme", &vocabulary.scheme, 20);
        for (i, word) in vocabulary.words.iter().enumerate() {
            let path = |field: &str| format!("words[{i}].{field}");
            found.line(&path("code"), &word.code, 40);
            found.optional_line(&path("name"), &word.name, 40);
            found.lines(&path("aliases"), &word.aliases, 40);
            found.period(&path(""), &word.from, &word.until);
        }
    }

    fn keys(_: Place, vocabulary: &v1::Vocabulary, (): &()) -> Vec<String> {
        let topic = vocabulary.topic().as_str_name();
        vec![format!("{topic}/{}", vocabulary.scheme)]
    }

    fn audience(_: Place, _: &v1::Vocabulary, (): &()) -> Vec<Who> {
        vec![Who::Group]
    }
}

/// The words that come with the program.
static STANDARD: LazyLock<Vec<v1::Vocabulary>> = LazyLock::new(standard);

/// The words of one topic.
pub struct Words {
    all: Arc<All<VocabularyRules>>,
    topic: Topic,
}

impl Words {
    /// The words a group keeps of a topic.
    pub fn of(topic: Topic, case: &Case<'_>) -> Self {
        let all = case.all::<VocabularyRules>();
        Words { all, topic }
    }

    fn schemes(&self) -> impl Iterator<Item = &v1::Vocabulary> + Clone {
        let all = self.all.values().map(|known| &known.content);
        all.filter(|vocabulary| vocabulary.topic() == self.topic)
    }

    /// Everything that is called one of these on a day, by all its names.
    pub fn spellings<'a>(&'a self, values: &'a [String], day: Date) -> BTreeSet<&'a str> {
        spellings(self.schemes(), self.topic, values, day)
    }

    /// The stages a grade may be of: grade 6 is of two, where a group has the 6-3 and the 5-4 system.
    pub fn stages(&self, grade: &str, day: Date) -> BTreeSet<v1::Stage> {
        let stages = meant(self.schemes(), self.topic, grade, day).map(v1::Word::stage);
        stages
            .filter(|stage| *stage != v1::Stage::Unspecified)
            .collect()
    }

    /// Checks a word used on a day: an alias is worth a look, what nobody knows is refused, but for posts, which
    /// people may call what they are. A group that keeps no such words lets every word stand.
    pub fn check(&self, path: &str, scheme: &str, value: &str, day: Date, found: &mut Found) {
        if value.is_empty() || self.schemes().next().is_none() {
            return;
        }
        let words = || {
            let schemes = self.schemes();
            let schemes =
                schemes.filter(|vocabulary| scheme.is_empty() || vocabulary.scheme == scheme);
            let words = schemes.flat_map(|vocabulary| &vocabulary.words);
            words.filter(|word| used(word).contains(day))
        };
        if words().any(|word| word.code == value) {
            return;
        }
        if let Some(word) = words().find(|word| is_called(word, value)) {
            let finding = Finding::new(Code::WordOld, path);
            return found.say(finding.with("value", value).with("name", &word.code));
        }
        let known: Vec<&str> = words().map(|word| word.code.as_str()).collect();
        let code = match self.topic {
            Topic::Post => Code::WordUnlisted,
            _ => Code::WordUnknown,
        };
        let finding = Finding::new(code, path);
        found.say(finding.with("value", value).with("known", known.join("、")));
    }
}

/// What a word is and was called, and what it is for short.
fn names(word: &v1::Word) -> impl Iterator<Item = &String> {
    let names = [&word.code, &word.name].into_iter().chain(&word.aliases);
    names.filter(|name| !name.is_empty())
}

fn is_called(word: &v1::Word, value: &str) -> bool {
    names(word).any(|name| name == value)
}

/// What a word may mean on a day, by the words a group keeps of a topic, or by the standard ones where it keeps
/// none.
fn meant<'a>(
    schemes: impl Iterator<Item = &'a v1::Vocabulary> + Clone,
    topic: Topic,
    value: &str,
    day: Date,
) -> impl Iterator<Item = &'a v1::Word> {
    let kept = schemes.clone().next().is_some();
    let standard = STANDARD
        .iter()
        .filter(move |vocabulary| !kept && vocabulary.topic() == topic);
    let words = schemes.chain(standard);
    let words = words.flat_map(|vocabulary| &vocabulary.words);
    words.filter(move |word| used(word).contains(day) && is_called(word, value))
}

/// Everything that is called one of these on a day, by all its names: 道法 is 道德与法治 too. By the words that a
/// group keeps of the topic, or by the standard ones where it keeps none.
pub fn spellings<'a>(
    vocabularies: impl Iterator<Item = &'a v1::Vocabulary> + Clone,
    topic: Topic,
    values: &'a [String],
    day: Date,
) -> BTreeSet<&'a str> {
    let schemes = vocabularies.filter(move |vocabulary| vocabulary.topic() == topic);
    let meant = values
        .iter()
        .flat_map(|value| meant(schemes.clone(), topic, value, day));
    let names = meant.flat_map(names).chain(values);
    names.map(String::as_str).collect()
}

/// The days a word is used.
pub fn used(word: &v1::Word) -> Span {
    Span {
        first: date::day(&word.from).unwrap_or(FIRST_DAY),
        last: date::day(&word.until).unwrap_or(LAST_DAY),
    }
}
