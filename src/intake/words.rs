//! The words these offices use, and what each is called today: subjects (by the standard vocabulary), grades, stages
//! and forms of sessions. Words of one kind of record stand beside it.

use super::doubt::{Code, Doubt};
use super::fold::{key, number};
use super::known::{Known, Match};
use super::sheet::Cell;
use super::when::regex;
use crate::kinds::registers::vocabulary::subject_names;
use crate::wire::v1::{SessionForm, Stage, VocabularyTopic};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// A table of words: what each means, and its spellings, the longest first where one holds another.
pub type Table<T> = [(T, &'static [&'static str])];

/// A text without the number before it: 1、 2) ③ 四、 and 5. before a word.
#[must_use]
pub fn unnumbered(text: &str) -> &str {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
        regex(r"^\s*(?:\(?\d{1,2}[)、]|[①-⑳]|\(?[一二三四五六七八九十]{1,2}[)、]|\d{1,2}\.)\s*")
    });
    static DIGIT: LazyLock<Regex> = LazyLock::new(|| regex(r"^[1-9]\s*(?:[、,至到~-]|年级|班)"));
    let Some(number) = NUMBER.find(text) else {
        return text;
    };
    let rest = &text[number.end()..];
    // 5.11 is a day; 一、二、三年级 and 1、2年级 are grades.
    let plain = number.as_str().contains(|c: char| c.is_ascii_digit());
    let goes_on = match plain {
        true => DIGIT.is_match(rest),
        false => rest.starts_with(|c| "一二三四五六七八九十".contains(c)),
    };
    let digits = rest.starts_with(|c: char| c.is_ascii_digit());
    if goes_on || (number.as_str().ends_with('.') && digits) {
        text
    } else {
        rest
    }
}

/// What a text names first by a table: the meaning, and where. Of two spellings at one place the longer.
pub fn first<T: Copy, W: AsRef<[&'static str]>>(
    table: &[(T, W)],
    text: &str,
) -> Option<(T, Range<usize>)> {
    let all = table.iter().flat_map(|(meaning, words)| {
        let found = words
            .as_ref()
            .iter()
            .filter_map(|word| text.find(word).map(|at| (*meaning, at..at + word.len())));
        found.collect::<Vec<_>>()
    });
    all.min_by_key(|(_, at)| (at.start, std::cmp::Reverse(at.end)))
}

/// What a whole text means by a table.
pub fn exactly<T: Copy, W: AsRef<[&'static str]>>(table: &[(T, W)], text: &str) -> Option<T> {
    let name = key(text);
    let name = name.trim_matches(|c: char| "():[]【】".contains(c));
    let found = table
        .iter()
        .find(|(_, words)| words.as_ref().contains(&name));
    found.map(|(meaning, _)| *meaning)
}

/// What the group's own words make of a whole cell; of two meanings none is chosen.
pub fn own<'k>(
    cell: &Cell,
    topic: VocabularyTopic,
    known: &'k Known,
    doubts: &mut Vec<Doubt>,
) -> Option<&'k str> {
    let found = known.word(topic, &cell.text);
    if let Match::Several(codes) = &found {
        let doubt = Doubt::new(Code::WordUnsure, cell.place.clone(), &cell.typed);
        doubts.push(doubt.with(codes.join(", ")));
    }
    found.one()
}

type Subjects = Vec<(&'static str, Vec<&'static str>)>;

/// The names by which a running text speaks of a subject. 信息 alone may be anything there (信息化), and initials are
/// read where they are joined (语数英, 音体美) or stand alone.
static SUBJECTS: LazyLock<Subjects> =
    LazyLock::new(|| names(|name| name.chars().count() > 1 && name != "信息"));
/// All the others.
static SHORT: LazyLock<Subjects> =
    LazyLock::new(|| names(|name| name.chars().count() == 1 || name == "信息"));

fn names(is: fn(&str) -> bool) -> Subjects {
    let chosen = |names: Vec<&'static str>| names.into_iter().filter(|name| is(name)).collect();
    subject_names()
        .map(|(subject, names)| (subject, chosen(names)))
        .collect()
}

/// A subject named in a text: today's name, the spelling, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Today's name.
    pub name: &'static str,
    /// Where it stands, in bytes.
    pub at: Range<usize>,
}

/// The subjects a text names, each once, in the order named.
#[must_use]
pub fn subjects(text: &str) -> Vec<Subject> {
    let mut found: Vec<Subject> = Vec::new();
    let mut from = 0;
    while let Some((name, at)) = first(&SUBJECTS, &text[from..]) {
        let at = from + at.start..from + at.end;
        from = at.end;
        if found.iter().all(|subject| subject.name != name) {
            found.push(Subject { name, at });
        }
    }
    if found.is_empty() {
        initials(text)
    } else {
        found
    }
}

fn initials(text: &str) -> Vec<Subject> {
    static JOINED: LazyLock<Regex> = LazyLock::new(|| {
        let initials = SHORT.iter().flat_map(|(_, names)| names);
        let initials = initials.filter(|name| name.chars().count() == 1);
        let one: String = initials.copied().collect();
        regex(&format!("[{one}](?:、?[{one}])+"))
    });
    let mut found: Vec<Subject> = Vec::new();
    for word in JOINED.find_iter(text) {
        for (at, c) in word.as_str().char_indices() {
            let at = word.start() + at;
            let named = exactly(&SHORT, &c.to_string());
            if let Some(name) = named
                && found.iter().all(|subject| subject.name != name)
            {
                found.push(Subject {
                    name,
                    at: at..at + c.len_utf8(),
                });
            }
        }
    }
    found
}

/// The subject a whole cell names, with one-letter initials too.
#[must_use]
pub fn subject(text: &str) -> Option<&'static str> {
    exactly(&SUBJECTS, text).or_else(|| exactly(&SHORT, text))
}

/// A grade named in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grade {
    /// Its name today (七年级 for 初一).
    pub name: String,
    /// The stage it is in, where its name alone says so.
    pub stage: Stage,
    /// Where it stands, in bytes.
    pub at: Range<usize>,
}

static GRADES: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?x) ( (?: [一二三四五六七八九]+ | [1-9] )
            (?: \s*(?:年级)?\s*[-~至到、,和]+\s* (?: [一二三四五六七八九]+ | [1-9] ) )* ) \s*年级 (\s*\(?预初\)?)?
        | 新?(初|高) ( [一二三]{1,3} (?: \s*[-~至到、,和]+\s* (?:初|高)?[一二三] )* | [1-3] (?: \s*[-~至到、]+\s* [1-3] )* )
        | (托班|小班|中班|大班) | (预初) | ([一二三四五六七八九1-9])\s*\(\s*\d{1,2}\s*\)\s*班",
    )
});

/// The numbers of some grades: 1-3 is three of them, 一、三 and 三四 are two.
fn years(text: &str) -> Vec<i8> {
    let mut years: Vec<i8> = Vec::new();
    let mut range = false;
    for c in text.chars() {
        match (number(&c.to_string()), years.last().copied()) {
            (Some(year), Some(last)) if range => years.extend(last + 1..=year),
            (Some(year), _) => years.push(year),
            (None, _) => {
                range = "-~至到".contains(c) || (range && c != '、');
                continue;
            }
        }
        range = false;
    }
    years
}

/// The grades a text names, each once; a range names all between.
#[must_use]
pub fn grades(text: &str) -> Vec<Grade> {
    let mut found: Vec<Grade> = Vec::new();
    for captures in GRADES.captures_iter(text) {
        let at = captures
            .get(0)
            .map(|whole| whole.range())
            .unwrap_or_default();
        let group = |index: usize| captures.get(index).map(|group| group.as_str());
        let mut add = |name: String, stage: Stage| {
            if found.iter().all(|grade| grade.name != name) {
                found.push(Grade {
                    name,
                    stage,
                    at: at.clone(),
                });
            }
        };
        if let Some(class) = group(5) {
            add(class.to_owned(), Stage::Kindergarten);
        }
        if let Some(year) = group(7).and_then(number) {
            add(grade_name(year), stage_of(year, false));
        }
        if group(6).is_some() {
            add(grade_name(6), Stage::Junior);
        }
        for year in group(4).map(years).unwrap_or_default() {
            match group(3) {
                Some("初") => add(grade_name(6 + year), Stage::Junior),
                _ => add(format!("高{}", digit(year)), Stage::Senior),
            }
        }
        for year in group(1).map(years).unwrap_or_default() {
            add(grade_name(year), stage_of(year, group(2).is_some()));
        }
    }
    found
}

fn digit(number: i8) -> char {
    let digits = "〇一二三四五六七八九";
    digits
        .chars()
        .nth(usize::try_from(number).unwrap_or_default())
        .unwrap_or('〇')
}

fn grade_name(year: i8) -> String {
    format!("{}年级", digit(year))
}

/// Grade 6 is primary in a 6-3 system and junior in a 5-4 system (预初).
fn stage_of(year: i8, preparing: bool) -> Stage {
    match year {
        6 if preparing => Stage::Junior,
        1..=5 => Stage::Primary,
        7..=9 => Stage::Junior,
        _ => Stage::Unspecified,
    }
}

/// The stage a text names.
#[must_use]
pub fn stage(text: &str) -> Option<Stage> {
    let table: &Table<Stage> = &[
        (Stage::Kindergarten, &["幼儿园", "幼儿", "学前"]),
        (Stage::Primary, &["小学"]),
        (Stage::Junior, &["初中"]),
        (Stage::Senior, &["高中"]),
    ];
    first(table, text).map(|(stage, _)| stage)
}

/// The form of a session that a text names first; 主备 and its like belong to 集体备课.
#[must_use]
pub fn form(text: &str) -> Option<SessionForm> {
    let named: &Table<SessionForm> = &[
        (SessionForm::SameLesson, &["同课异构", "同题异构"]),
        (SessionForm::Outreach, &["送教", "点菜送教"]),
        (SessionForm::VisitIn, &["请进来"]),
        (SessionForm::VisitOut, &["走出去"]),
        (
            SessionForm::JointPrep,
            &[
                "集体备课",
                "集备",
                "联合备课",
                "共同备课",
                "备课研讨",
                "磨课",
            ],
        ),
        (
            SessionForm::JointResearch,
            &["联动教研", "联合教研", "联校教研", "教研", "研讨", "沙龙"],
        ),
        (SessionForm::Training, &["培训", "讲座"]),
        (SessionForm::Showcase, &["展示", "观摩"]),
        (
            SessionForm::Contest,
            &["评比", "比赛", "竞赛", "大赛", "赛课"],
        ),
    ];
    // The narrow names first: a 联校教研活动 may be 同题异构.
    let narrow = first(&named[..4], text).or_else(|| first(&named[4..5], text));
    let implied = || {
        first(
            &[(
                SessionForm::JointPrep,
                &["主备", "中心发言", "领衔", "备课"][..],
            )],
            text,
        )
    };
    let found = narrow.or_else(|| first(&named[5..], text)).or_else(implied);
    found.map(|(form, _)| form)
}
