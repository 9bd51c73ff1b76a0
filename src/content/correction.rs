//! The record that keeps what the office asked to be put right in another one. It has a state and no
//! content: nobody puts one.

use super::encoded::{variant, wrap};
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Key, RecordId};
use crate::wire::CONTRACT;
use crate::wire::convert::timestamp;
use crate::wire::v1;
use bytes::Bytes;
use jiff::Timestamp;
use prost::Message as _;

/// The kind's name on the wire.
pub const KIND: &str = "correction";
/// Its field number in State, and the action's in Action.
const NUMBER: u32 = 91;
/// The most fields asked for in one record.
const ASKED_MAX: usize = 20;
/// The longest text, in characters.
const TEXT_MAX: usize = 200;
const PATH: &str = "act.action.ask_correction";

/// Whether an encoded action asks for a correction.
#[must_use]
pub fn is_asked(action: &[u8]) -> bool {
    variant(action).is_ok_and(|(number, _)| number == NUMBER)
}

fn read(state: &[u8]) -> Option<v1::CorrectionState> {
    let (number, body) = variant(state).ok()?;
    let correction = (number == NUMBER).then(|| v1::CorrectionState::decode(body).ok());
    correction.flatten()
}

/// The record a correction is about; `None` when the state is no correction's.
#[must_use]
pub fn about(state: &[u8]) -> Option<RecordId> {
    read(state)?.record_id.parse().ok()
}

/// The key that the open correction of a record holds.
#[must_use]
pub fn key(record: RecordId) -> Key {
    Key {
        kind: KIND.to_owned(),
        value: record.to_string(),
    }
}

/// An action that asks for a correction, and what was seen.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The record it is about.
    pub record: RecordId,
    /// Its kind.
    pub kind: &'a str,
    /// The version the office saw.
    pub seen_version: i64,
    /// The time of the commit.
    pub at: Timestamp,
    /// The encoded action.
    pub action: &'a [u8],
}

/// The state of a record's correction once it is asked; `None` when it was asked already. `before` is the
/// state of the one that is open.
///
/// # Errors
/// Why it is refused.
pub fn asked(ask: &Ask<'_>, before: Option<&[u8]>) -> Result<Option<Bytes>, Finding> {
    let body = variant(ask.action)
        .map(|(_, body)| body)
        .unwrap_or_default();
    let wish = v1::AskCorrection::decode(body).unwrap_or_default();
    check(&wish, ask.kind)?;
    let mut state = before.and_then(read).unwrap_or_default();
    state.record_id = ask.record.to_string();
    let same = |asked: &v1::AskedCorrection| asked.field == wish.field && asked.text == wish.text;
    if state.asked.iter().any(same) {
        return Ok(None);
    }
    state.asked.retain(|asked| asked.field != wish.field);
    if state.asked.len() == ASKED_MAX {
        return Err(Finding::new(Code::ListTooLong, PATH).with("max", ASKED_MAX));
    }
    state.asked.push(v1::AskedCorrection {
        field: wish.field,
        text: wish.text,
        ask_time: Some(timestamp(ask.at)),
        seen_version: ask.seen_version,
    });
    Ok(Some(wrap(NUMBER, &state)))
}

fn check(wish: &v1::AskCorrection, kind: &str) -> Result<(), Finding> {
    let path = |field: &str| format!("{PATH}.{field}");
    if !has_field(kind, &wish.field) {
        let finding = Finding::new(Code::CorrectionField, path("field"));
        return Err(finding.with("kind", kind).with("field", &wish.field));
    }
    let length = wish.text.chars().count();
    if wish.text.trim().is_empty() {
        return Err(Finding::new(Code::Required, path("text")));
    }
    if length > TEXT_MAX {
        let finding = Finding::new(Code::TextTooLong, path("text"));
        return Err(finding.with("length", length).with("max", TEXT_MAX));
    }
    if wish.text.chars().any(char::is_control) {
        return Err(Finding::new(Code::TextNotOneLine, path("text")));
    }
    Ok(())
}

/// Whether a path begins with a field of a kind's content; the rest of it is for people.
fn has_field(kind: &str, path: &str) -> bool {
    let content = CONTRACT.get_message_by_name("lianxiao.v1.Content");
    let field = content.and_then(|content| content.get_field_by_name(kind));
    let kind = field.map(|field| field.kind());
    let message = kind.as_ref().and_then(|kind| kind.as_message());
    let first = path.split(['.', '[']).next().unwrap_or_default();
    path.chars().count() <= TEXT_MAX
        && message.is_some_and(|message| message.get_field_by_name(first).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn ask(field: &str, text: &str, before: Option<&[u8]>) -> Result<Option<Bytes>, Code> {
        let wish = v1::AskCorrection {
            field: field.into(),
            text: text.into(),
        };
        let ask = Ask {
            record: RecordId(Uuid::from_u128(7)),
            kind: "menu",
            seen_version: 3,
            at: Timestamp::UNIX_EPOCH,
            action: &wrap(NUMBER, &wish),
        };
        assert!(is_asked(ask.action));
        asked(&ask, before).map_err(|finding| finding.code)
    }

    #[test]
    fn a_field_is_asked_once_and_its_text_is_the_newest() {
        let first = ask("meals[2].dishes", "周三少一菜", None).unwrap().unwrap();
        assert_eq!(about(&first), Some(RecordId(Uuid::from_u128(7))));
        assert_eq!(ask("meals[2].dishes", "周三少一菜", Some(&first)), Ok(None));
        let other = ask("label", "第11周？", Some(&first)).unwrap().unwrap();
        let again = ask("meals[2].dishes", "周三还少一菜", Some(&other)).unwrap();
        let state = read(&again.unwrap()).unwrap();
        let texts: Vec<&str> = state
            .asked
            .iter()
            .map(|asked| asked.text.as_str())
            .collect();
        assert_eq!(texts, ["第11周？", "周三还少一菜"]);
    }

    #[test]
    fn it_names_a_field_and_says_something_in_two_hundred_characters() {
        let long = "长".repeat(TEXT_MAX);
        assert!(ask("meals", &long, None).is_ok());
        for (field, text, code) in [
            ("", "缺", Code::CorrectionField),
            ("meal", "缺", Code::CorrectionField),
            ("days[0]", "缺", Code::CorrectionField),
            ("meals", " ", Code::Required),
            ("meals", &format!("{long}长"), Code::TextTooLong),
            ("meals", "一\n二", Code::TextNotOneLine),
        ] {
            assert_eq!(ask(field, text, None), Err(code), "{field} {text}");
        }
    }

    #[test]
    fn its_fields_are_the_contracts() {
        let state = ask("label", "缺", None).unwrap().unwrap();
        let typed = v1::State::decode(state).unwrap().kind;
        assert!(matches!(typed, Some(v1::state::Kind::Correction(_))));
        let action = wrap(NUMBER, &v1::AskCorrection::default());
        let typed = v1::Action::decode(action).unwrap().kind;
        assert!(matches!(typed, Some(v1::action::Kind::AskCorrection(_))));
    }
}
