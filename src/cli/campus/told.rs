//! Records, answers and findings as a line for people.

use super::lang::Lang;
use super::words;
use crate::cli::read::SCREEN;
use crate::client::{Replica, ReplicaError};
use crate::kinds::registers::policy::deletions_max;
use crate::model::text::harmless;
use crate::outlets;
use crate::wire::v1;
use crate::wire::v1::content::Kind;
use bytes::Bytes;
use comfy_table::{ContentArrangement, Table, presets};
use prost::Message as _;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The copy, and the names in it.
pub struct Copy {
    /// Its records, by id.
    pub records: BTreeMap<String, v1::Record>,
    campuses: BTreeMap<String, String>,
}

impl Copy {
    pub async fn of(replica: &Replica) -> Result<Self, ReplicaError> {
        let mut copy = Copy {
            records: BTreeMap::new(),
            campuses: BTreeMap::new(),
        };
        for record in replica.records().await? {
            if let Some(Kind::Campus(campus)) = kind_of(&record.content) {
                copy.campuses.insert(record.id.clone(), campus.name);
            }
            copy.records.insert(record.id.clone(), record);
        }
        Ok(copy)
    }

    /// The most records that one push may delete.
    pub fn deletions_max(&self) -> usize {
        let policy = self
            .records
            .values()
            .find_map(|record| match kind_of(&record.content) {
                Some(Kind::Policy(policy)) => Some(policy),
                _ => None,
            });
        deletions_max(policy.as_ref())
    }

    /// A campus by name; the office when the id is empty.
    pub fn campus(&self, id: &str, lang: Lang) -> String {
        match (id, self.campuses.get(id)) {
            ("", _) => lang.pick("集团办", "the group office").to_owned(),
            (_, Some(name)) => name.clone(),
            (id, None) => id.to_owned(),
        }
    }

    /// What a content is about, in a few words.
    pub fn title(&self, content: &Bytes, lang: Lang) -> String {
        let title = match kind_of(content) {
            Some(Kind::Vocabulary(vocabulary)) => {
                let topic = words::value(vocabulary.topic().as_str_name(), lang);
                format!("{topic} {}", vocabulary.scheme)
            }
            Some(kind) => {
                let campus = |id: &str| self.campus(id, lang);
                outlets::words::title(&kind, campus, lang.pick("人", " people"))
            }
            None => String::new(),
        };
        title.trim().to_owned()
    }
}

/// The content that is encoded, if the contract knows it.
pub fn kind_of(content: &Bytes) -> Option<Kind> {
    v1::Content::decode(content.as_ref()).ok()?.kind
}

/// The name of the kind that an encoded content is of.
pub fn kind_name(content: &Bytes) -> String {
    crate::kinds::of(content)
        .map_or("", |kind| kind.name())
        .to_owned()
}

/// The days it is about: the first, and the last if there is another.
pub fn days(content: &Bytes) -> String {
    let (first, last) = match kind_of(content) {
        Some(Kind::Menu(menu)) => ends(menu.service_dates.iter()),
        Some(Kind::Session(session)) => ends(session.days.iter().map(|day| &day.date)),
        Some(Kind::Exchange(exchange)) => (exchange.planned_start, exchange.planned_end),
        _ => Default::default(),
    };
    match first == last || last.is_empty() {
        true => first,
        false => format!("{first} ~ {last}"),
    }
}

fn ends<'a>(days: impl Iterator<Item = &'a String> + Clone) -> (String, String) {
    let end = |day: Option<&String>| day.cloned().unwrap_or_default();
    (end(days.clone().min()), end(days.max()))
}

/// How far a record is, by its name in the contract; empty: its kind has no course.
pub fn status(record: &v1::Record) -> String {
    let state = crate::wire::json::shown("State", &record.state).unwrap_or_default();
    let status = state
        .as_object()
        .and_then(|of| of.values().next()?.get("status"));
    status
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// The whole record as JSON; its content alone when that is all there is.
pub fn as_json(record: &v1::Record) -> Value {
    crate::wire::json::shown("Record", &record.encode_to_vec()).unwrap_or_default()
}

/// What an encoded content says, as JSON.
pub fn content_json(content: &Bytes) -> Value {
    crate::wire::json::shown("Content", content).unwrap_or_default()
}

/// A finding as JSON.
pub fn finding_json(finding: &v1::Finding) -> Value {
    json!({
        "code": finding.code,
        "path": finding.path,
        "messageZh": finding.message_zh,
        "messageEn": finding.message_en,
    })
}

/// A finding as a sentence.
pub fn finding(finding: &v1::Finding, lang: Lang) -> String {
    harmless(lang.pick(&finding.message_zh, &finding.message_en))
}

/// The sentences of a refusal, or why it waits.
pub fn refusals(answer: &v1::PushResult, lang: Lang) -> String {
    let mut told: Vec<String> = answer.refusals.iter().map(|of| finding(of, lang)).collect();
    if answer.outcome() == v1::Outcome::NotApplied {
        let other = lang.pick(
            "与它一起办理的另一项未收，所以它也没有办理",
            "what was to be done together with it was refused, so this was not done either",
        );
        told.push(other.to_owned());
    }
    told.join("\n")
}

/// What a mutation wishes, in a word.
pub fn wish(mutation: &v1::Mutation, lang: Lang) -> String {
    use v1::mutation::Wish;
    match &mutation.wish {
        Some(Wish::Put(_)) => lang.pick("内容", "content").to_owned(),
        Some(Wish::Delete(_)) => lang.pick("删除", "delete").to_owned(),
        Some(Wish::Act(act)) => {
            let action = crate::wire::json::shown("Action", &act.action).unwrap_or_default();
            let name = first_name(&action);
            let all = words::actions().into_iter();
            let mut same = all.filter(|action| action.field.json_name() == name);
            same.next()
                .map_or(name.clone(), |action| action.called(lang))
        }
        None => String::new(),
    }
}

/// The innermost name of a oneof in a oneof: {"menu": {"publish": {}}}.
fn first_name(action: &Value) -> String {
    let Some((name, inner)) = action.as_object().and_then(|of| of.iter().next()) else {
        return String::new();
    };
    match name.as_str() {
        "askCorrection" => name.clone(),
        _ => inner
            .as_object()
            .and_then(|of| of.keys().next())
            .cloned()
            .unwrap_or_default(),
    }
}

/// A table that aligns Chinese, with what a terminal would obey made harmless.
pub fn table<const N: usize>(headings: [&str; N], rows: Vec<[String; N]>) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(SCREEN)
        .set_header(headings);
    for row in rows {
        let lines = |text: String| text.lines().map(harmless).collect::<Vec<_>>().join("\n");
        table.add_row(row.map(lines));
    }
    table
}
