//! Encoded messages, field by field.

use bytes::{Bytes, BytesMut};
use prost::Message;
use prost::encoding::{WireType, decode_key, decode_varint, encode_key, encode_varint};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// Bytes that are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub &'static str);

/// One field of an encoded message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field<'a> {
    /// The field's number.
    pub number: u32,
    /// Its value.
    pub value: Value<'a>,
    /// Key and value as they stand.
    pub raw: &'a [u8],
}

/// An encoded value, by wire type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// An integer, a bool or an enum.
    Varint(u64),
    /// Eight bytes.
    Fixed64,
    /// A string, bytes, a message or packed numbers.
    Len(&'a [u8]),
    /// Four bytes.
    Fixed32,
}

/// Walks the fields of an encoded message in the order they stand. After an error nothing follows.
pub fn fields(bytes: &[u8]) -> impl Iterator<Item = Result<Field<'_>, Malformed>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let field = take_field(&mut rest);
        if field.is_err() {
            rest = &[];
        }
        Some(field)
    })
}

fn take_field<'a>(rest: &mut &'a [u8]) -> Result<Field<'a>, Malformed> {
    let start = *rest;
    let (number, wire_type) = decode_key(rest).map_err(|_| Malformed("a field key is broken"))?;
    let varint =
        |rest: &mut &'a [u8]| decode_varint(rest).map_err(|_| Malformed("a number is broken"));
    let value = match wire_type {
        WireType::Varint => Value::Varint(varint(rest)?),
        WireType::SixtyFourBit => take(rest, 8).map(|_| Value::Fixed64)?,
        WireType::ThirtyTwoBit => take(rest, 4).map(|_| Value::Fixed32)?,
        WireType::LengthDelimited => {
            let length = varint(rest)?;
            Value::Len(take(rest, usize::try_from(length).unwrap_or(usize::MAX))?)
        }
        WireType::StartGroup | WireType::EndGroup => {
            return Err(Malformed("groups are not part of the contract"));
        }
    };
    Ok(Field {
        number,
        value,
        raw: &start[..start.len() - rest.len()],
    })
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Malformed> {
    let (head, tail) = rest
        .split_at_checked(length)
        .ok_or(Malformed("it ends too early"))?;
    *rest = tail;
    Ok(head)
}

/// The one field set in an encoded oneof (Content, State, Action): its number and its message.
///
/// # Errors
/// When the bytes are broken, or hold no field or several.
pub fn variant(bytes: &[u8]) -> Result<(u32, &[u8]), Malformed> {
    let mut found = fields(bytes);
    let field = found.next().ok_or(Malformed("it names no kind"))??;
    if found.next().is_some() {
        return Err(Malformed("it names more than one kind"));
    }
    match field.value {
        Value::Len(body) => Ok((field.number, body)),
        _ => Err(Malformed("its kind is no message")),
    }
}

/// Encodes a oneof of messages with the field `number` set.
pub fn wrap(number: u32, message: &impl Message) -> Bytes {
    let length = message.encoded_len();
    let mut bytes = BytesMut::with_capacity(length + 8);
    encode_key(number, WireType::LengthDelimited, &mut bytes);
    encode_varint(length as u64, &mut bytes);
    message.encode_raw(&mut bytes);
    bytes.freeze()
}

/// Encodes one field of a message, string or bytes.
#[must_use]
pub fn delimited(number: u32, body: &[u8]) -> Bytes {
    let mut bytes = BytesMut::with_capacity(body.len() + 15);
    encode_key(number, WireType::LengthDelimited, &mut bytes);
    encode_varint(body.len() as u64, &mut bytes);
    bytes.extend_from_slice(body);
    bytes.freeze()
}

/// The first 8 bytes of the SHA-256 of an encoded content.
#[must_use]
pub fn digest(content: &[u8]) -> [u8; 8] {
    let digest = Sha256::digest(content);
    std::array::from_fn(|i| digest[i])
}

/// The numbers of the fields whose encoding differs between two versions of one message.
#[must_use]
pub fn changed_fields(before: &[u8], after: &[u8]) -> Vec<u32> {
    let (before, after) = (by_number(before), by_number(after));
    let mut numbers: Vec<u32> = before.keys().chain(after.keys()).copied().collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.retain(|number| before.get(number) != after.get(number));
    numbers
}

fn by_number(bytes: &[u8]) -> BTreeMap<u32, Vec<&[u8]>> {
    let mut map: BTreeMap<u32, Vec<&[u8]>> = BTreeMap::new();
    for field in fields(bytes).map_while(Result::ok) {
        map.entry(field.number).or_default().push(field.raw);
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::v1;
    use proptest::prelude::*;

    #[test]
    fn a_oneof_is_wrapped_and_read() {
        let campus = v1::Campus {
            name: "春风分校".into(),
            ..Default::default()
        };
        let content = wrap(50, &campus);
        let (number, body) = variant(&content).unwrap();
        assert_eq!(number, 50);
        assert_eq!(v1::Campus::decode(body).unwrap(), campus);
        let typed = v1::Content::decode(content.clone()).unwrap();
        assert_eq!(typed.kind, Some(v1::content::Kind::Campus(campus)));
        assert!(variant(&[content.clone(), content].concat()).is_err());
        assert!(variant(&[]).is_err());
    }

    #[test]
    fn only_fields_that_changed_are_named() {
        let before = v1::Session {
            title: "一".into(),
            lesson: "二".into(),
            ..Default::default()
        };
        let after = v1::Session {
            title: "一".into(),
            textbook: "三".into(),
            ..Default::default()
        };
        let changed = changed_fields(&before.encode_to_vec(), &after.encode_to_vec());
        assert_eq!(changed, [6, 7]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_walked_to_an_end(bytes: Vec<u8>) {
            let walked: usize = fields(&bytes).map_while(Result::ok).map(|field| field.raw.len()).sum();
            prop_assert!(walked <= bytes.len());
            let _ = variant(&bytes);
        }
    }
}
