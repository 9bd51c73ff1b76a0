//! Encoded bytes held against the contract: what the hub does not know is refused with its path, never
//! dropped.

use super::encoded::{Field, Malformed, Value, fields};
use super::schema::{RowKey, Schema};
use crate::model::finding::{Code, Finding};
use crate::model::limits::LIST_ROWS_MAX;
use crate::model::text::is_hidden;
use crate::wire::CONTRACT;
use prost_reflect::{Cardinality, FieldDescriptor, Kind, MessageDescriptor};
use std::collections::{HashMap, HashSet};
use std::fmt::{self, Display, Formatter};

/// More findings than this help nobody: the item is refused at the first.
const FINDINGS_MAX: usize = 20;

/// Everything in `bytes` that is no `message` of the contract: broken bytes, unknown fields, unknown
/// enum values, rows of a keyed list that share a key. `path` is put before every field's path.
///
/// # Panics
/// When the contract has no such message.
#[must_use]
pub fn scan(message: &str, bytes: &[u8], path: &str) -> Vec<Finding> {
    let descriptor = CONTRACT
        .get_message_by_name(message)
        .expect("a message of the contract");
    let mut scan = Scan {
        findings: Vec::new(),
        passes_over: &[],
    };
    scan.message(&descriptor, bytes, &Path::Root(path));
    scan.findings
}

/// The same for a mutation's envelope. Its content and its action are scanned for themselves.
#[must_use]
pub fn scan_envelope(bytes: &[u8]) -> Vec<Finding> {
    let message = CONTRACT.get_message_by_name("lianxiao.v1.Mutation");
    let mut scan = Scan {
        findings: Vec::new(),
        passes_over: &["lianxiao.v1.Content", "lianxiao.v1.Action"],
    };
    scan.message(
        &message.expect("a message of the contract"),
        bytes,
        &Path::Root(""),
    );
    scan.findings
}

/// Where the scan is. Written out for a finding only: most bytes have none.
enum Path<'a> {
    Root(&'a str),
    Field(&'a Path<'a>, &'a dyn Display),
    Row(&'a Path<'a>, usize),
}

impl Display for Path<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root(root) => f.write_str(root),
            Path::Field(Path::Root(""), name) => write!(f, "{name}"),
            Path::Field(of, name) => write!(f, "{of}.{name}"),
            Path::Row(of, index) => write!(f, "{of}[{index}]"),
        }
    }
}

struct Scan {
    /// Messages that are not looked into.
    passes_over: &'static [&'static str],
    findings: Vec<Finding>,
}

impl Scan {
    fn report(&mut self, code: Code, path: &Path<'_>, say: impl FnOnce(Finding) -> Finding) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings
                .push(say(Finding::new(code, path.to_string())));
        }
    }

    fn message(&mut self, message: &MessageDescriptor, bytes: &[u8], path: &Path<'_>) {
        let mut rows: HashMap<u32, Rows> = HashMap::new();
        for field in fields(bytes) {
            let field = match field {
                Ok(field) => field,
                Err(Malformed(detail)) => return self.malformed(path, detail),
            };
            let Some(descriptor) = message.get_field(field.number) else {
                let path = Path::Field(path, &field.number);
                self.report(Code::FieldUnknown, &path, |finding| finding);
                continue;
            };
            let name = descriptor.name();
            let list = Path::Field(path, &name);
            if descriptor.cardinality() == Cardinality::Repeated {
                let rows = rows.entry(field.number).or_default();
                if rows.count == LIST_ROWS_MAX {
                    // Whatever else is wrong with it: the rules need not walk so long a list.
                    let max = |finding: Finding| finding.with("max", LIST_ROWS_MAX);
                    return self.report(Code::ListTooLong, &list, max);
                }
                let row = Path::Row(&list, rows.count);
                rows.count += 1;
                self.repeated_row(&descriptor, field, rows, &row);
                self.value(&descriptor, field, &row);
            } else {
                self.value(&descriptor, field, &list);
            }
        }
    }

    fn value(&mut self, descriptor: &FieldDescriptor, field: Field<'_>, path: &Path<'_>) {
        match (descriptor.kind(), field.value) {
            (Kind::Message(message), Value::Len(body)) => {
                if !self.passes_over.contains(&message.full_name()) {
                    self.message(&message, body, path);
                }
            }
            (Kind::String, Value::Len(text)) => self.text(text, path),
            (Kind::Enum(_), Value::Varint(number)) => self.enum_value(descriptor, number, path),
            (Kind::Bytes, Value::Len(_))
            | (Kind::Double | Kind::Fixed64 | Kind::Sfixed64, Value::Fixed64)
            | (Kind::Float | Kind::Fixed32 | Kind::Sfixed32, Value::Fixed32) => {}
            (kind, Value::Varint(_)) if is_varint(&kind) => {}
            (kind, Value::Len(packed)) if is_varint(&kind) && descriptor.is_list() => {
                self.packed(descriptor, packed, path);
            }
            _ => self.malformed(path, "its wire type does not fit the field"),
        }
    }

    fn text(&mut self, text: &[u8], path: &Path<'_>) {
        let Ok(text) = std::str::from_utf8(text) else {
            return self.malformed(path, "it is not UTF-8");
        };
        if let Some(hidden) = text.chars().find(|character| is_hidden(*character)) {
            let code_point = format!("U+{:04X}", u32::from(hidden));
            self.report(Code::TextHidden, path, |finding| {
                finding.with("character", code_point)
            });
        }
    }

    fn packed(&mut self, descriptor: &FieldDescriptor, mut packed: &[u8], path: &Path<'_>) {
        while !packed.is_empty() {
            match prost::encoding::decode_varint(&mut packed) {
                Ok(number) if matches!(descriptor.kind(), Kind::Enum(_)) => {
                    self.enum_value(descriptor, number, path);
                }
                Ok(_) => {}
                Err(_) => return self.malformed(path, "a number is broken"),
            }
        }
    }

    fn enum_value(&mut self, descriptor: &FieldDescriptor, number: u64, path: &Path<'_>) {
        let Kind::Enum(values) = descriptor.kind() else {
            return;
        };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "an enum is an int32 on the wire"
        )]
        let number = number as i32;
        if values.get_value(number).is_none() {
            let known: Vec<String> = values
                .values()
                .skip(1)
                .map(|value| value.name().to_owned())
                .collect();
            self.report(Code::EnumUnknown, path, |finding| {
                let finding = finding.with("value", number);
                finding.with("known", known.join(", "))
            });
        }
    }

    fn repeated_row(
        &mut self,
        descriptor: &FieldDescriptor,
        field: Field<'_>,
        rows: &mut Rows,
        path: &Path<'_>,
    ) {
        let (Some(key), Value::Len(body)) = (Schema::contract().key(descriptor), field.value)
        else {
            return;
        };
        if !rows.keys.insert(key.of(body)) {
            self.report(Code::RowRepeated, path, |finding| {
                finding.with("key", key.name())
            });
        }
    }

    fn malformed(&mut self, path: &Path<'_>, detail: &str) {
        self.report(Code::ContentMalformed, path, |finding| {
            finding.with("detail", detail)
        });
    }
}

#[derive(Default)]
struct Rows {
    count: usize,
    keys: HashSet<RowKey>,
}

fn is_varint(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Int32
            | Kind::Int64
            | Kind::Uint32
            | Kind::Uint64
            | Kind::Sint32
            | Kind::Sint64
            | Kind::Bool
            | Kind::Enum(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::encoded::wrap;
    use crate::wire::v1;
    use proptest::prelude::*;
    use prost::Message as _;

    const CONTENT: &str = "lianxiao.v1.Content";

    fn found(bytes: &[u8]) -> Vec<(Code, String)> {
        let findings = scan(CONTENT, bytes, "put.content");
        findings
            .into_iter()
            .map(|finding| (finding.code, finding.path))
            .collect()
    }

    fn menu() -> v1::Menu {
        let meal = |date: &str| v1::DayMeal {
            date: date.into(),
            meal: v1::Meal::Lunch.into(),
            ..Default::default()
        };
        v1::Menu {
            meals: vec![meal("2026-05-11"), meal("2026-05-12")],
            ..Default::default()
        }
    }

    #[test]
    fn a_known_content_is_clean() {
        assert_eq!(found(&wrap(22, &menu())), []);
    }

    #[test]
    fn an_unknown_field_is_named_by_its_path() {
        let mut dish = vec![];
        prost::encoding::string::encode(99, &"?".to_owned(), &mut dish);
        let mut meal = v1::DayMeal {
            meal: 3,
            ..Default::default()
        }
        .encode_to_vec();
        prost::encoding::bytes::encode(3, &dish, &mut meal);
        let mut menu = menu().encode_to_vec();
        prost::encoding::bytes::encode(7, &meal, &mut menu);
        let mut content = vec![];
        prost::encoding::bytes::encode(22, &menu, &mut content);
        let path = "put.content.menu.meals[2].dishes[0].99";
        assert_eq!(found(&content), [(Code::FieldUnknown, path.into())]);
    }

    #[test]
    fn an_unknown_enum_value_is_named_with_the_known_ones() {
        let menu = v1::Menu {
            audience: 42,
            ..Default::default()
        };
        let findings = scan(CONTENT, &wrap(22, &menu), "put.content");
        assert_eq!(findings[0].code, Code::EnumUnknown);
        assert_eq!(findings[0].path, "put.content.menu.audience");
        assert!(findings[0].en().contains("MENU_AUDIENCE_PUPILS"));
    }

    #[test]
    fn two_rows_with_one_key_are_refused_and_rows_with_other_keys_are_not() {
        let mut menu = menu();
        menu.meals.push(v1::DayMeal {
            date: "2026-05-11".into(),
            meal: v1::Meal::Dinner.into(),
            ..Default::default()
        });
        assert_eq!(found(&wrap(22, &menu)), []);
        menu.meals.push(menu.meals[0].clone());
        assert_eq!(
            found(&wrap(22, &menu)),
            [(Code::RowRepeated, "put.content.menu.meals[3]".into())]
        );
    }

    #[test]
    fn a_string_that_names_itself_stands_once() {
        let campus = v1::Campus {
            aliases: ["滨湖", "湖校", "滨湖"].map(str::to_owned).into(),
            ..Default::default()
        };
        let findings = scan(CONTENT, &wrap(50, &campus), "put.content");
        assert_eq!(findings[0].path, "put.content.campus.aliases[2]");
        assert!(findings[0].en().contains("the same value"));
    }

    #[test]
    fn broken_bytes_and_wrong_wire_types_are_refused() {
        let mut cut = wrap(22, &menu()).to_vec();
        cut.truncate(cut.len() - 1);
        assert_eq!(
            found(&cut),
            [(Code::ContentMalformed, "put.content".into())]
        );
        let mut number_for_text = vec![];
        prost::encoding::int32::encode(1, &7, &mut number_for_text);
        let mut content = vec![];
        prost::encoding::bytes::encode(22, &number_for_text, &mut content);
        assert_eq!(
            found(&content),
            [(Code::ContentMalformed, "put.content.menu.canteen".into())]
        );
    }

    proptest! {
        #[test]
        fn what_the_scan_lets_pass_can_be_decoded(bytes: Vec<u8>) {
            if scan(CONTENT, &bytes, "").is_empty() {
                prop_assert!(v1::Content::decode(bytes.as_slice()).is_ok());
            }
        }

        #[test]
        fn a_damaged_menu_never_panics(at in 0..200usize, byte: u8) {
            let mut bytes = wrap(22, &menu()).to_vec();
            let at = at % bytes.len();
            bytes[at] = byte;
            if scan(CONTENT, &bytes, "").is_empty() {
                prop_assert!(v1::Content::decode(bytes.as_slice()).is_ok());
            }
        }
    }
}
