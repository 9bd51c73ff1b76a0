//! The words a group uses, with the names they had and have for short.

mod standard;

pub use standard::standard;

use crate::kinds::found::Found;
use crate::kinds::{All, Case, Owner, Rules};
use crate::model::date::{self, FIRST_DAY, LAST_DAY, Span};
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Place, Who};
use crate::wire::v1;
use jiff::civil::Date;
use std::sync::Arc;
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

    fn schemes(&self) -> impl Iterator<Item = &v1::Vocabulary> {
        let all = self.all.values().map(|known| &known.content);
        all.filter(|vocabulary| vocabulary.topic() == self.topic)
    }

    /// Checks a word used on a day: an alias is worth a look, what nobody knows is refused. A group that
    /// keeps no such words lets every word stand.
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
        let alias = |word: &&v1::Word| {
            word.name == value || word.aliases.iter().any(|alias| alias == value)
        };
        if let Some(word) = words().find(alias) {
            let finding = Finding::new(Code::WordOld, path);
            return found.say(finding.with("value", value).with("name", &word.code));
        }
        let known: Vec<&str> = words().map(|word| word.code.as_str()).collect();
        let finding = Finding::new(Code::WordUnknown, path);
        found.say(finding.with("value", value).with("known", known.join("、")));
    }
}

/// What a word is called now: an alias or an old name becomes its code; what nobody knows stays as it is.
#[must_use]
pub fn canonical<'a, 'w: 'a>(
    vocabularies: impl Iterator<Item = &'w v1::Vocabulary> + Clone,
    topic: Topic,
    value: &'a str,
) -> &'a str {
    let words = || {
        let schemes = vocabularies
            .clone()
            .filter(|scheme| scheme.topic() == topic);
        schemes.flat_map(|scheme| &scheme.words)
    };
    if words().any(|word| word.code == value) {
        return value;
    }
    let alias = |word: &&v1::Word| word.name == value || word.aliases.iter().any(|a| a == value);
    words().find(alias).map_or(value, |word| &word.code)
}

/// The days a word is used.
fn used(word: &v1::Word) -> Span {
    Span {
        first: date::day(&word.from).unwrap_or(FIRST_DAY),
        last: date::day(&word.until).unwrap_or(LAST_DAY),
    }
}
