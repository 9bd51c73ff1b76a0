//! The units of an encoded message: what two people can edit without a clash. A unit is a field, or a
//! oneof with all its fields.

use super::encoded::{Field, Malformed, Value, fields};
use prost::Message as _;
use prost_reflect::{DynamicMessage, MessageDescriptor};
use std::collections::BTreeMap;

/// The fields of a message by unit. A unit has the number of its field, or the smallest of its oneof.
pub type Units<'a> = BTreeMap<u32, Vec<Field<'a>>>;

/// Splits an encoded message. A field that the descriptor does not know is a unit too.
pub fn split<'a>(message: &MessageDescriptor, bytes: &'a [u8]) -> Result<Units<'a>, Malformed> {
    let mut units = Units::new();
    for field in fields(bytes) {
        let field = field?;
        let oneof = message
            .get_field(field.number)
            .and_then(|known| known.containing_oneof());
        let unit = oneof.and_then(|oneof| oneof.fields().map(|field| field.number()).min());
        units
            .entry(unit.unwrap_or(field.number))
            .or_default()
            .push(field);
    }
    Ok(units)
}

/// The path of a unit under the path of its message.
pub fn path(message: &MessageDescriptor, unit: u32, under: &str) -> String {
    let Some(field) = message.get_field(unit) else {
        return format!("{under}.{unit}");
    };
    match field.containing_oneof() {
        Some(oneof) if !oneof.is_synthetic() => format!("{under}.{}", oneof.name()),
        _ => format!("{under}.{}", field.name()),
    }
}

/// The bytes of fields as they stand: a message with nothing else in it.
pub fn raw(fields: &[Field<'_>]) -> Vec<u8> {
    fields.iter().flat_map(|field| field.raw).copied().collect()
}

/// The body of a message field; it may come in pieces. `None` when it is not there or no message.
pub fn body(fields: &[Field<'_>]) -> Option<Vec<u8>> {
    let pieces: Option<Vec<&[u8]>> = fields
        .iter()
        .map(|field| match field.value {
            Value::Len(body) => Some(body),
            _ => None,
        })
        .collect();
    pieces
        .filter(|pieces| !pieces.is_empty())
        .map(|pieces| pieces.concat())
}

/// One encoding of all that mean the same: defaults left out, fields in order, numbers packed. Broken
/// bytes mean themselves.
pub fn canonical(message: &MessageDescriptor, bytes: &[u8]) -> Vec<u8> {
    match DynamicMessage::decode(message.clone(), bytes) {
        Ok(decoded) => decoded.encode_to_vec(),
        Err(_) => bytes.to_vec(),
    }
}

/// Whether two encodings of a message mean the same.
pub fn same(message: &MessageDescriptor, a: &[u8], b: &[u8]) -> bool {
    a == b || canonical(message, a) == canonical(message, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{CONTRACT, v1};
    use proptest::prelude::*;

    fn message(name: &str) -> MessageDescriptor {
        let name = format!("lianxiao.v1.{name}");
        CONTRACT.get_message_by_name(&name).unwrap()
    }

    #[test]
    fn a_default_written_out_means_nothing_and_a_presence_means_something() {
        let campus = message("Campus");
        // An empty name, a role of 0, an empty packed list of stages.
        assert!(same(
            &campus,
            &[1 << 3 | 2, 0, 3 << 3, 0, 4 << 3 | 2, 0],
            &[]
        ));
        // Packed and unpacked stages.
        assert!(same(
            &campus,
            &[4 << 3 | 2, 2, 1, 2],
            &[4 << 3, 1, 4 << 3, 2]
        ));
        // A price of 0 is stated, a price that is not there is not.
        assert!(!same(&message("Menu"), &[8 << 3, 0], &[]));
        // A field nobody knows.
        assert!(!same(&campus, &[15 << 3, 1], &[15 << 3, 2]));
    }

    #[test]
    fn a_oneof_is_one_unit() {
        let share = message("Share");
        let percent = v1::Share {
            share: Some(v1::share::Share::Percent(50)),
        };
        let days = v1::Weekdays { days: vec![2, 4] };
        let weekdays = v1::Share {
            share: Some(v1::share::Share::Weekdays(days)),
        };
        let both = [percent.encode_to_vec(), weekdays.encode_to_vec()].concat();
        assert_eq!(split(&share, &both).unwrap().len(), 1);
        assert!(same(&share, &both, &weekdays.encode_to_vec()));
        assert_eq!(path(&share, 1, "share"), "share.share");
        assert_eq!(path(&message("Menu"), 8, "menu"), "menu.price_fen");
    }

    proptest! {
        #[test]
        fn splitting_loses_no_byte(bytes: Vec<u8>) {
            if let Ok(units) = split(&message("Menu"), &bytes) {
                let length: usize = units.values().map(|unit| raw(unit).len()).sum();
                prop_assert_eq!(length, bytes.len());
            }
        }
    }
}
