//! The words a group uses, with the names they had and have for short.

mod standard;

pub use standard::{FIVE_FOUR, SIX_THREE, post_name, standard, subject_names};

use super::campus::grade_scheme;
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

    /// The stage stated of a grade, if any, is one that it may be of at a campus, or at any.
    pub fn check_stage(
        &self,
        path: &str,
        campus: Option<&v1::Campus>,
        (grade, stated): (&str, v1::Stage),
        day: Date,
        found: &mut Found,
    ) {
        let stages = stages(self.schemes(), campus, grade, day);
        let Some(called) = stage_name(stated).filter(|_| !stages.is_empty()) else {
            return;
        };
        if !stages.contains(&stated) {
            let stages: Vec<&str> = stages.into_iter().filter_map(stage_name).collect();
            let finding = Finding::new(Code::StageDiffers, path);
            let finding = finding.with("grade", grade).with("stage", called);
            found.say(finding.with("stages", stages.join("、")));
        }
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

/// What people call a stage.
fn stage_name(stage: v1::Stage) -> Option<&'static str> {
    match stage {
        v1::Stage::Unspecified => None,
        v1::Stage::Kindergarten => Some("幼儿园 (kindergarten)"),
        v1::Stage::Primary => Some("小学 (primary)"),
        v1::Stage::Junior => Some("初中 (junior)"),
        v1::Stage::Senior => Some("高中 (senior)"),
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

/// What a word may mean on a day, with its scheme, by the words a group keeps of a topic, or by the standard ones
/// where it keeps none.
fn meant<'a>(
    vocabularies: impl Iterator<Item = &'a v1::Vocabulary> + Clone,
    topic: Topic,
    value: &str,
    day: Date,
) -> impl Iterator<Item = (&'a str, &'a v1::Word)> {
    let of_topic = move |vocabulary: &&v1::Vocabulary| vocabulary.topic() == topic;
    let kept = vocabularies.filter(of_topic);
    let standard = kept.clone().next().is_none();
    let standard = STANDARD.iter().filter(move |_| standard).filter(of_topic);
    let words = kept.chain(standard).flat_map(|vocabulary| {
        let words = vocabulary.words.iter();
        words.map(|word| (vocabulary.scheme.as_str(), word))
    });
    words.filter(move |(_, word)| used(word).contains(day) && is_called(word, value))
}

/// The stages a grade may be of at a campus on a day: grade 6 is primary in the 6-3 system and junior in the 5-4 one
/// (domain.md 4.4). The system that the campus keeps tells, or else what it teaches.
pub fn stages<'a>(
    vocabularies: impl Iterator<Item = &'a v1::Vocabulary> + Clone,
    campus: Option<&v1::Campus>,
    grade: &str,
    day: Date,
) -> BTreeSet<v1::Stage> {
    let system = campus.and_then(grade_scheme);
    let all = meant(vocabularies, Topic::Grade, grade, day)
        .map(|(scheme, word)| (scheme, word.stage()))
        .filter(|(_, stage)| *stage != v1::Stage::Unspecified);
    let all: Vec<(&str, v1::Stage)> = all.collect();
    let own = all.iter().filter(|(scheme, _)| Some(*scheme) == system);
    let own: BTreeSet<v1::Stage> = own.map(|(_, stage)| *stage).collect();
    let all = match own.is_empty() {
        true => all.into_iter().map(|(_, stage)| stage).collect(),
        false => own,
    };
    let taught: BTreeSet<v1::Stage> = campus.into_iter().flat_map(v1::Campus::stages).collect();
    match all.is_disjoint(&taught) {
        true => all,
        false => &all & &taught,
    }
}

/// Everything that is called one of these on a day, by all its names: 道法 is 道德与法治 too. By the words that a
/// group keeps of the topic, or by the standard ones where it keeps none.
pub fn spellings<'a>(
    vocabularies: impl Iterator<Item = &'a v1::Vocabulary> + Clone,
    topic: Topic,
    values: &'a [String],
    day: Date,
) -> BTreeSet<&'a str> {
    let meant = values
        .iter()
        .flat_map(|value| meant(vocabularies.clone(), topic, value, day));
    let names = meant.flat_map(|(_, word)| names(word)).chain(values);
    names.map(String::as_str).collect()
}

/// The days a word is used.
pub fn used(word: &v1::Word) -> Span {
    Span {
        first: date::day(&word.from).unwrap_or(FIRST_DAY),
        last: date::day(&word.until).unwrap_or(LAST_DAY),
    }
}
