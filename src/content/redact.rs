//! Takes people out of encoded parts: what the contract marks as personal (`options.proto`), and their
//! names where they stand in free text.

use super::encoded::{Field, Value, delimited, fields};
use super::schema::Schema;
use super::units::{body, raw};
use crate::wire::CONTRACT;
use crate::wire::v1::Personal;
use bytes::Bytes;
use prost_reflect::{Kind, MessageDescriptor};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

#[cfg(test)]
mod tests;

/// What stands where a name stood.
pub const ERASED: &str = "已删除";

/// Who is taken out.
#[derive(Clone, Copy)]
pub enum Whose<'a> {
    /// The person of that id, wherever the id stands.
    Person(&'a str),
    /// Everybody.
    Everybody,
    /// Everybody, and the free text whole: nobody knows who is named in it.
    Anybody,
    /// Everybody, and whatever else the contract marks: it leaves the group.
    Marked,
}

/// The names under which people are known, the longest first. It has no `Debug`: it is nobody's to print.
#[derive(Clone, Default)]
pub struct Names(BTreeSet<(std::cmp::Reverse<usize>, String)>);

impl Names {
    /// A text without the names; `None` when none stands in it.
    #[must_use]
    pub fn blank(&self, text: &str) -> Option<String> {
        let named = self.0.iter().filter(|(_, name)| text.contains(name));
        named.fold(None, |blanked: Option<String>, (_, name)| {
            let text = blanked.as_deref().unwrap_or(text);
            Some(text.replace(name, ERASED))
        })
    }

    /// Adds other names.
    pub fn extend(&mut self, more: &Names) {
        self.0.extend(more.0.iter().cloned());
    }

    /// Adds what a part calls those who are taken out.
    pub fn learn(&mut self, part: &str, bytes: &[u8], whose: Whose<'_>) {
        let mut learn = |name: &str| {
            // A single character stands in too many words.
            if name.chars().nth(1).is_some() && name != ERASED {
                let length = std::cmp::Reverse(name.len());
                self.0.insert((length, name.to_owned()));
            }
        };
        Redactor::of(whose, &Names::default()).names(&message(part), bytes, &mut learn);
    }
}

/// An encoded part (`lianxiao.v1.Content` or `lianxiao.v1.State`) without people and names; `None` when
/// there is nothing to take out, so what was redacted once stays as it is. Every other field stays byte
/// for byte.
#[must_use]
pub fn redact(part: &str, bytes: &[u8], whose: Whose<'_>, names: &Names) -> Option<Bytes> {
    let redacted = Redactor::of(whose, names).message(&message(part), bytes);
    (redacted != bytes).then(|| redacted.into())
}

fn message(part: &str) -> MessageDescriptor {
    let message = CONTRACT.get_message_by_name(part);
    message.expect("a message of the contract")
}

struct Redactor<'a> {
    schema: &'static Schema,
    whose: Whose<'a>,
    names: &'a Names,
}

impl<'a> Redactor<'a> {
    fn of(whose: Whose<'a>, names: &'a Names) -> Self {
        Redactor {
            schema: Schema::contract(),
            whose,
            names,
        }
    }

    fn mark(&self, message: &MessageDescriptor, field: &Field<'_>) -> Personal {
        let field = message.get_field(field.number);
        field.map_or(Personal::Unspecified, |field| self.schema.personal(&field))
    }

    /// Whose names stand directly in a message: the id beside them, and whether they are to go.
    fn stands_for(&self, message: &MessageDescriptor, bytes: &[u8]) -> (bool, bool) {
        let ids = fields(bytes)
            .map_while(Result::ok)
            .filter(|field| self.mark(message, field) == Personal::Id);
        let id = ids.filter_map(|field| text(&field)).last().unwrap_or("");
        let goes = match self.whose {
            Whose::Person(person) => id == person,
            Whose::Everybody | Whose::Anybody | Whose::Marked => true,
        };
        (!id.is_empty(), goes)
    }

    fn message(&self, message: &MessageDescriptor, bytes: &[u8]) -> Vec<u8> {
        let bytes = &*in_one_piece(message, bytes);
        let (has_id, goes) = self.stands_for(message, bytes);
        let mut redacted = Vec::with_capacity(bytes.len());
        for field in fields(bytes).map_while(Result::ok) {
            match self.mark(message, &field) {
                Personal::Unspecified => redacted.extend(self.inside(message, &field)),
                _ if matches!(self.whose, Whose::Marked) => {}
                Personal::Name if goes && !has_id => {
                    redacted.extend(delimited(field.number, ERASED.as_bytes()));
                }
                Personal::Name | Personal::Trait if goes => {}
                Personal::Text if matches!(self.whose, Whose::Anybody) => {
                    redacted.extend(delimited(field.number, ERASED.as_bytes()));
                }
                Personal::Text => redacted.extend(self.text(&field)),
                _ => redacted.extend(field.raw),
            }
        }
        redacted
    }

    fn text(&self, field: &Field<'_>) -> Vec<u8> {
        match text(field).and_then(|text| self.names.blank(text)) {
            Some(blanked) => delimited(field.number, blanked.as_bytes()).into(),
            None => field.raw.to_vec(),
        }
    }

    fn inside(&self, message: &MessageDescriptor, field: &Field<'_>) -> Vec<u8> {
        let Some((inner, body)) = inner(message, field) else {
            return field.raw.to_vec();
        };
        let redacted = self.message(&inner, body);
        match redacted == body {
            true => field.raw.to_vec(),
            false => delimited(field.number, &redacted).into(),
        }
    }

    fn names(&self, message: &MessageDescriptor, bytes: &[u8], learn: &mut impl FnMut(&str)) {
        let bytes = &*in_one_piece(message, bytes);
        let (_, goes) = self.stands_for(message, bytes);
        for field in fields(bytes).map_while(Result::ok) {
            match self.mark(message, &field) {
                Personal::Name if goes => text(&field).into_iter().for_each(&mut *learn),
                Personal::Unspecified => {
                    if let Some((inner, body)) = inner(message, &field) {
                        self.names(&inner, body, learn);
                    }
                }
                _ => {}
            }
        }
    }
}

/// A message field may come in pieces: a name is never looked at without the id that came apart from it.
fn in_one_piece<'a>(message: &MessageDescriptor, bytes: &'a [u8]) -> Cow<'a, [u8]> {
    let single = |field: &Field<'_>| {
        let known = message.get_field(field.number);
        known.is_some_and(|known| !known.is_list() && known.kind().as_message().is_some())
    };
    let fields: Vec<Field<'_>> = fields(bytes).map_while(Result::ok).collect();
    let mut pieces: BTreeMap<u32, Vec<Field<'_>>> = BTreeMap::new();
    for field in fields.iter().filter(|field| single(field)) {
        pieces.entry(field.number).or_default().push(*field);
    }
    if pieces.values().all(|pieces| pieces.len() == 1) {
        return Cow::Borrowed(bytes);
    }
    let mut whole = Vec::with_capacity(bytes.len());
    for field in &fields {
        match pieces.remove(&field.number) {
            Some(pieces) => match body(&pieces) {
                Some(body) => whole.extend(delimited(field.number, &body)),
                None => whole.extend(raw(&pieces)),
            },
            None if single(field) => {}
            None => whole.extend(field.raw),
        }
    }
    Cow::Owned(whole)
}

fn text<'a>(field: &Field<'a>) -> Option<&'a str> {
    match field.value {
        Value::Len(text) => std::str::from_utf8(text).ok(),
        _ => None,
    }
}

/// The message inside a field, and its bytes.
fn inner<'a>(
    message: &MessageDescriptor,
    field: &Field<'a>,
) -> Option<(MessageDescriptor, &'a [u8])> {
    match (message.get_field(field.number)?.kind(), field.value) {
        (Kind::Message(inner), Value::Len(body)) => Some((inner, body)),
        _ => None,
    }
}
