//! What the contract's field options say: which lists are keyed, which fields came later, which messages
//! are edited by parts, which fields are about a person. Read once from the descriptors.

use super::encoded::{Value, fields};
use crate::wire::CONTRACT;
use crate::wire::v1::Personal;
use prost_reflect::{
    DescriptorPool, ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor,
};
use std::collections::HashMap;
use std::sync::LazyLock;

/// The name of the key of a list whose strings name themselves.
const SELF_KEY: &str = "value";

/// A kind of record by its number in one of its parts (Content or State): its field there, and its
/// message.
#[must_use]
pub fn kind(part: &str, number: u32) -> Option<(FieldDescriptor, MessageDescriptor)> {
    let field = CONTRACT.get_message_by_name(part)?.get_field(number)?;
    let message = field.kind().as_message()?.clone();
    Some((field, message))
}

/// The options of a contract's fields.
#[derive(Debug)]
pub struct Schema {
    marks: HashMap<String, Marks>,
}

#[derive(Debug)]
struct Marks {
    key: Option<Key>,
    since: i32,
    by_parts: bool,
    personal: Personal,
}

impl Schema {
    /// The options of the hub's own contract.
    #[must_use]
    pub fn contract() -> &'static Schema {
        static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::of(&CONTRACT));
        &SCHEMA
    }

    /// Reads the options of a contract.
    ///
    /// # Panics
    /// When it declares what makes no sense; the hub's own does not, as every test finds out.
    #[must_use]
    pub fn of(pool: &DescriptorPool) -> Schema {
        let options = Options {
            merge_key: option(pool, "merge_key"),
            since: option(pool, "since"),
            by_parts: option(pool, "by_parts"),
            personal: option(pool, "personal"),
        };
        let marks = pool
            .all_messages()
            .flat_map(|message| message.fields().collect::<Vec<_>>())
            .filter_map(|field| Some((field.full_name().to_owned(), options.read(&field)?)))
            .collect();
        Schema { marks }
    }

    /// The key of a keyed list.
    #[must_use]
    pub fn key(&self, field: &FieldDescriptor) -> Option<&Key> {
        self.marks.get(field.full_name())?.key.as_ref()
    }

    /// Whether a client made for `contract` does not know the field.
    #[must_use]
    pub fn is_newer(&self, field: &FieldDescriptor, contract: i32) -> bool {
        let marks = self.marks.get(field.full_name());
        marks.is_some_and(|marks| marks.since > contract)
    }

    /// Whether a client made for `contract` knows every field.
    #[must_use]
    pub fn knows_all(&self, contract: i32) -> bool {
        self.marks.values().all(|marks| marks.since <= contract)
    }

    /// Whether the parts of a message field are edited each for itself.
    #[must_use]
    pub fn by_parts(&self, field: &FieldDescriptor) -> bool {
        let marks = self.marks.get(field.full_name());
        marks.is_some_and(|marks| marks.by_parts)
    }

    /// What a field tells of a person.
    #[must_use]
    pub fn personal(&self, field: &FieldDescriptor) -> Personal {
        let marks = self.marks.get(field.full_name());
        marks.map_or(Personal::Unspecified, |marks| marks.personal)
    }

    /// Whether a message holds a field that names people, at any depth.
    #[must_use]
    pub fn names_people(&self, message: &MessageDescriptor) -> bool {
        message
            .fields()
            .any(|field| match (self.personal(&field), field.kind()) {
                (Personal::Name, _) => true,
                (Personal::Unspecified, Kind::Message(inner)) => self.names_people(&inner),
                _ => false,
            })
    }
}

fn option(pool: &DescriptorPool, name: &str) -> ExtensionDescriptor {
    pool.get_extension_by_name(&format!("lianxiao.v1.{name}"))
        .expect("the contract declares the option")
}

struct Options {
    merge_key: ExtensionDescriptor,
    since: ExtensionDescriptor,
    by_parts: ExtensionDescriptor,
    personal: ExtensionDescriptor,
}

impl Options {
    fn read(&self, field: &FieldDescriptor) -> Option<Marks> {
        let options = field.options();
        let names: Vec<String> = options
            .get_extension(&self.merge_key)
            .as_list()?
            .iter()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect();
        let marks = Marks {
            key: (!names.is_empty()).then(|| Key::declared(field, names)),
            since: options.get_extension(&self.since).as_i32()?,
            by_parts: options.get_extension(&self.by_parts).as_bool()?,
            personal: options
                .get_extension(&self.personal)
                .as_enum_number()?
                .try_into()
                .ok()?,
        };
        let alone = !field.is_list() && field.containing_oneof().is_none();
        assert!(
            !marks.by_parts || (alone && field.kind().as_message().is_some()),
            "{} is no message to be edited by parts",
            field.full_name()
        );
        let marked = marks.key.is_some()
            || marks.since > 0
            || marks.by_parts
            || marks.personal != Personal::Unspecified;
        marked.then_some(marks)
    }
}

/// What names a row of a keyed list: some of its fields, or the string itself.
#[derive(Debug)]
pub struct Key {
    names: Vec<String>,
    fields: Vec<FieldDescriptor>,
}

/// The values that name one row, in the order of the key's fields.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Part {
    Number(i32),
    Text(String),
}

impl Key {
    fn declared(field: &FieldDescriptor, names: Vec<String>) -> Key {
        let path = field.full_name();
        assert!(field.is_list(), "{path} is no list and has a merge key");
        let fields = match field.kind() {
            Kind::Message(row) => names
                .iter()
                .map(|name| row.get_field_by_name(name).expect("a field of the row"))
                .collect(),
            Kind::String => {
                assert!(names == [SELF_KEY], "a string of {path} names itself");
                Vec::new()
            }
            _ => panic!("{path} is a list of neither messages nor strings"),
        };
        let can_name = |field: &FieldDescriptor| {
            !field.is_list() && matches!(field.kind(), Kind::String | Kind::Enum(_))
        };
        assert!(fields.iter().all(can_name), "{path} has an odd merge key");
        Key { names, fields }
    }

    /// The names of its fields, for a sentence.
    #[must_use]
    pub fn name(&self) -> String {
        self.names.join(" + ")
    }

    /// The key of an encoded row. A field that is not there has its default.
    #[must_use]
    pub fn of(&self, row: &[u8]) -> RowKey {
        if self.fields.is_empty() {
            return RowKey(vec![text(row)]);
        }
        RowKey(self.fields.iter().map(|field| part(field, row)).collect())
    }

    /// A row's key as a path shows it: `date=2026-05-11,meal=MEAL_LUNCH`.
    #[must_use]
    pub fn label(&self, key: &RowKey) -> String {
        let label = |(i, part): (usize, &Part)| match part {
            Part::Text(text) => format!("{}={text}", self.names[i]),
            Part::Number(number) => {
                let kind = self.fields[i].kind();
                let known = kind.as_enum().and_then(|values| values.get_value(*number));
                let known = known.map(|value| value.name().to_owned());
                let value = known.unwrap_or_else(|| number.to_string());
                format!("{}={value}", self.names[i])
            }
        };
        let labels: Vec<String> = key.0.iter().enumerate().map(label).collect();
        labels.join(",")
    }
}

fn text(bytes: &[u8]) -> Part {
    Part::Text(String::from_utf8_lossy(bytes).into_owned())
}

fn part(field: &FieldDescriptor, row: &[u8]) -> Part {
    let value = fields(row)
        .map_while(Result::ok)
        .filter(|found| found.number == field.number())
        .last()
        .map(|found| found.value);
    match (field.kind(), value) {
        (Kind::String, Some(Value::Len(bytes))) => text(bytes),
        (Kind::String, _) => text(&[]),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "an enum is an int32 on the wire"
        )]
        (_, Some(Value::Varint(number))) => Part::Number(number as i32),
        _ => Part::Number(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::v1;
    use prost::Message as _;

    fn key(message: &str, field: &str) -> &'static Key {
        let message = CONTRACT.get_message_by_name(message).unwrap();
        let field = message.get_field_by_name(field).unwrap();
        Schema::contract().key(&field).unwrap()
    }

    #[test]
    fn a_row_is_named_by_what_people_mean() {
        let key = key("lianxiao.v1.Menu", "meals");
        let meal = v1::DayMeal {
            date: "2026-05-11".into(),
            meal: v1::Meal::Lunch.into(),
            ..Default::default()
        };
        let named = key.of(&meal.encode_to_vec());
        assert_eq!(key.label(&named), "date=2026-05-11,meal=MEAL_LUNCH");
        assert_eq!(key.name(), "date + meal");
        // A default that is written out names the same row.
        let written = [meal.encode_to_vec(), vec![2 << 3, 0]].concat();
        let left_out = v1::DayMeal { meal: 0, ..meal };
        assert_eq!(key.of(&written), key.of(&left_out.encode_to_vec()));
    }

    #[test]
    fn a_string_names_itself() {
        let key = key("lianxiao.v1.Menu", "service_dates");
        assert_eq!(key.label(&key.of(b"2026-05-11")), "value=2026-05-11");
    }
}
