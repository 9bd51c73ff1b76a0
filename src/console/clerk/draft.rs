//! A sheet that is not sent yet, as the form of its page carries it. The hub keeps nothing of it: what came, what was
//! corrected, and what is to be pushed all stand in the form.

use crate::console::trouble::Trouble;
use crate::console::words::Word;
use crate::hub::random_uuid;
use crate::intake::What;
use crate::intake::doubt::Place;
use crate::wire::v1;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bytes::Bytes;
use jiff::civil::Date;
use prost::Message as _;
use std::collections::HashMap;
use uuid::Uuid;

/// The most cells and fields that are typed anew in one form: more than a page has inputs for.
const CORRECTIONS_MAX: usize = 4_000;

/// What a sheet may be, by its name in a form.
pub const WHAT: [(&str, What, &str); 5] = [
    ("menu", What::Menu, "食谱 menu"),
    ("session", What::Session, "教研活动 sessions"),
    ("exchange", What::Exchange, "交流轮岗 exchanges"),
    ("calendar", What::Calendar, "校历 calendar"),
    ("person", What::Person, "人员名册 persons"),
];

/// What a clerk may say that a sheet is, and whether she said so: the office's sheets only when they are of that.
pub fn kinds(said: &str) -> Vec<(&'static str, Word, bool)> {
    let of_clerks =
        |(number, (name, ..)): &(usize, &(&str, What, &str))| *number < 3 || *name == said;
    let all = WHAT.iter().enumerate().filter(of_clerks);
    all.map(|(_, (name, _, word))| (*name, Word::of(word), *name == said))
        .collect()
}

/// A sheet, and what its clerk said about it.
pub struct Draft {
    /// Its id, from which those of its mutations are made.
    pub id: Uuid,
    /// The file's name; of a text, empty.
    pub name: String,
    /// What it is.
    pub what: What,
    /// The day on which it came, which tells years that nobody typed.
    pub today: Date,
    /// What came.
    pub bytes: Bytes,
    /// Cells that were typed anew.
    pub cells: Vec<(Place, String)>,
    /// Fields that were typed anew: of which content, where in it, and what.
    pub fields: Vec<(String, String, String)>,
    /// Rows that the sheet no longer names go.
    pub rows_go: bool,
    /// What is drafted is published, announced or proposed at once; `None`: nobody said.
    pub also: Option<bool>,
    /// Why a published menu changes.
    pub reason: v1::AmendReason,
    /// Every cell can be typed anew.
    pub all: bool,
    /// The records that go.
    pub gone: Vec<String>,
}

impl Draft {
    /// A sheet that just came.
    pub fn new(name: &str, what: What, today: Date, bytes: Bytes) -> Self {
        Draft {
            id: random_uuid(),
            name: name.to_owned(),
            what,
            today,
            bytes,
            cells: Vec::new(),
            fields: Vec::new(),
            rows_go: false,
            also: None,
            reason: v1::AmendReason::Unspecified,
            all: false,
            gone: Vec::new(),
        }
    }

    /// A sheet that its form carried.
    ///
    /// # Errors
    /// When it is none of this page.
    pub fn of(pairs: &[(String, String)]) -> Result<Self, Trouble> {
        Self::read(pairs).ok_or_else(broken)
    }

    fn read(pairs: &[(String, String)]) -> Option<Self> {
        let form = pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.trim()));
        let form: HashMap<&str, &str> = form.collect();
        let field = |name: &str| form.get(name).copied().unwrap_or_default();
        let named = WHAT.iter().find(|(name, ..)| *name == field("what"));
        let mut draft = Draft {
            id: field("draft").parse().ok()?,
            today: field("today").parse().ok()?,
            rows_go: form.contains_key("rows"),
            also: Some(form.contains_key("also")),
            reason: v1::AmendReason::from_str_name(field("reason")).unwrap_or_default(),
            all: form.contains_key("all"),
            ..Draft::new(
                field("name"),
                named?.1,
                Date::ZERO,
                BASE64.decode(field("file")).ok()?.into(),
            )
        };
        for (name, value) in pairs {
            draft.take(name, value, &form)?;
        }
        let corrections = draft.cells.len() + draft.fields.len();
        (corrections <= CORRECTIONS_MAX).then_some(draft)
    }

    /// Takes what a field says of a cell, of a content or of a record.
    fn take(&mut self, name: &str, value: &str, form: &HashMap<&str, &str>) -> Option<()> {
        if let Some(place) = place_named(name) {
            self.cells.push((place, value.to_owned()));
        } else if let Some(of) = name.strip_prefix("field.") {
            let (pointer, key) = of.split_once('@')?;
            if !same(form.get(format!("read.{of}").as_str())?, value) {
                let of = (key.to_owned(), pointer.to_owned(), value.to_owned());
                self.fields.push(of);
            }
        } else if let Some(id) = name.strip_prefix("gone.") {
            self.gone.push(id.to_owned());
        }
        Some(())
    }

    /// What came, as the form carries it.
    pub fn file(&self) -> String {
        BASE64.encode(&self.bytes)
    }

    /// The name of what it is, in a form.
    pub fn what_name(&self) -> &'static str {
        let named = WHAT.iter().find(|(_, what, _)| *what == self.what);
        named.map_or("", |(name, ..)| name)
    }
}

/// The mutations that a form carries, in their order and without ids.
///
/// # Errors
/// When it carries none that can be read.
pub fn carried(pairs: &[(String, String)]) -> Result<Vec<v1::Mutation>, Trouble> {
    let push = pairs.iter().find(|(name, _)| name == "push");
    let read = |text: &String| {
        let request = v1::PushRequest::decode(&*BASE64.decode(text).ok()?).ok()?;
        let mutations = request.mutations.into_iter();
        mutations
            .map(|raw| v1::Mutation::decode(raw).ok())
            .collect()
    };
    push.and_then(|(_, text)| read(text)).ok_or_else(broken)
}

/// Mutations, as a form carries them.
pub fn carry(mutations: &[v1::Mutation]) -> String {
    BASE64.encode(crate::wire::convert::push_request(mutations).encode_to_vec())
}

fn broken() -> Trouble {
    Trouble::bad_form(
        "这个表单不完整，未上报。请回到今日事项，从草稿继续，或重新交这张表。",
        "The form is not whole, and nothing was pushed. Go back to the desk and on from the draft, or hand the sheet in again.",
    )
}

/// The name of the input for a cell.
pub fn name_of(place: &Place) -> String {
    match place {
        Place::Whole => "whole".to_owned(),
        Place::Cell { sheet, row, column } => format!("cell.{row}.{column}.{sheet}"),
        Place::Line { line, .. } => format!("line.{line}"),
    }
}

fn place_named(name: &str) -> Option<Place> {
    if let Some(line) = name.strip_prefix("line.") {
        let line = line.parse().ok()?;
        return Some(Place::Line { line, column: 1 });
    }
    let mut parts = name.strip_prefix("cell.")?.splitn(3, '.');
    Some(Place::Cell {
        row: parts.next()?.parse().ok()?,
        column: parts.next()?.parse().ok()?,
        sheet: parts.next()?.to_owned(),
    })
}

/// Whether two texts differ at most in blanks: a browser sends line breaks as it likes.
pub fn same(one: &str, other: &str) -> bool {
    let dense = |text: &'_ str| {
        text.chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
    };
    dense(one) == dense(other)
}

/// What of a form decides how its sheet is read, in few characters: another one means that something was corrected.
pub fn digest<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let decides = |name: &str| {
        let begins = ["cell.", "line.", "field."]
            .iter()
            .any(|begin| name.starts_with(begin));
        begins || matches!(name, "what" | "rows")
    };
    let of = |(name, value): (&str, &str)| {
        let value: String = value.chars().filter(|c| !c.is_whitespace()).collect();
        format!("{name}\0{value}\0")
    };
    let decisive = pairs.into_iter().filter(|(name, _)| decides(name));
    let mut all: Vec<String> = decisive.map(of).collect();
    all.sort_unstable();
    Uuid::new_v5(&Uuid::NAMESPACE_OID, all.concat().as_bytes()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_known_by_the_name_of_its_input() {
        let cell = |sheet: &str| Place::Cell {
            sheet: sheet.to_owned(),
            row: 3,
            column: 1,
        };
        for place in [
            cell(""),
            cell("第1.2周"),
            Place::Line { line: 7, column: 1 },
        ] {
            assert_eq!(place_named(&name_of(&place)), Some(place));
        }
        assert_eq!(place_named("cell.x.1.一"), None);
        assert_eq!(place_named("what"), None);
    }

    #[test]
    fn a_form_reads_another_way_when_something_in_it_was_corrected() {
        let plain = [("cell.1.1.一", "周一\n"), ("reason", ""), ("draft", "x")];
        let same = [("draft", "y"), ("cell.1.1.一", "周一\r\n"), ("reason", "z")];
        let other = [("cell.1.1.一", "周二")];
        assert_eq!(digest(plain), digest(same));
        assert_ne!(digest(plain), digest(other));
    }
}
