//! The main fields of what was read, as inputs of a form: what a doubt leaves open is said here.

use super::words;
use crate::console::read::Ground;
use crate::wire::comments::{of_value, word};
use crate::wire::v1::{Content, content};
use crate::wire::{CONTRACT, json};
use prost::Message as _;
use serde_json::{Map, Value, json};

/// How a field is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A text.
    Text,
    /// A day.
    Date,
    /// Texts, with 、 between them.
    Texts,
    /// A value of an enum of the contract, by its name there.
    Choice(&'static str),
    /// A school, by its name: a campus of the group or one outside.
    Unit,
    /// Yes or no; empty: not said.
    YesNo,
}
use Input::{Choice, Date, Text, Texts, Unit, YesNo};

/// The fields that a row of a sheet mostly states, by where they stand in its content.
const FIELDS: &[(&str, Input)] = &[
    ("/menu/canteen", Text),
    ("/menu/menuSet", Text),
    ("/menu/audience", Choice("MenuAudience")),
    ("/menu/label", Text),
    ("/session/title", Text),
    ("/session/form", Choice("SessionForm")),
    ("/session/mode", Choice("SessionMode")),
    ("/session/days/0/date", Date),
    ("/session/days/0/start", Text),
    ("/session/days/0/end", Text),
    ("/session/subjects", Texts),
    ("/session/stage", Choice("Stage")),
    ("/session/grades", Texts),
    ("/session/lesson", Text),
    ("/session/lead/displayName", Text),
    ("/session/place/unit", Unit),
    ("/session/place/room", Text),
    ("/session/invitesAll", YesNo),
    ("/exchange/person/displayName", Text),
    ("/exchange/home", Unit),
    ("/exchange/host", Unit),
    ("/exchange/type", Choice("ExchangeType")),
    ("/exchange/level", Choice("StaffLevel")),
    ("/exchange/subject", Text),
    ("/exchange/hostPost", Text),
    ("/exchange/fileMoved", YesNo),
    ("/exchange/plannedStart", Text),
    ("/exchange/plannedEnd", Text),
    ("/exchange/paper/number", Text),
];

/// A field of a content.
pub struct Field {
    /// Where it stands.
    pub pointer: &'static str,
    /// What it is called.
    pub label: String,
    /// How it is typed.
    pub input: Input,
    /// What stands in it, as it is typed.
    pub value: String,
}

impl Field {
    /// What may be chosen: the name in the contract, and the word.
    pub fn choices(&self) -> Vec<(String, String)> {
        match self.input {
            Choice(name) => choices(name),
            YesNo => [("true", "是"), ("false", "否")]
                .map(|(value, word)| (value.to_owned(), word.to_owned()))
                .into(),
            Text | Date | Texts | Unit => Vec::new(),
        }
    }

    /// The type of its input.
    pub fn kind(&self) -> &'static str {
        match self.input {
            Date => "date",
            _ => "text",
        }
    }
}

fn choices(name: &str) -> Vec<(String, String)> {
    let values = CONTRACT.get_enum_by_name(&format!("lianxiao.v1.{name}"));
    let values = values
        .expect("the contract has it")
        .values()
        .skip(1)
        .collect::<Vec<_>>();
    let both = |value: &prost_reflect::EnumValueDescriptor| {
        let said = word(of_value(value)).unwrap_or(value.name());
        (value.name().to_owned(), said.to_owned())
    };
    values.iter().map(both).collect()
}

/// The fields of a content.
pub fn of(content: &content::Kind, ground: &Ground) -> Vec<Field> {
    let json = as_json(content);
    let own = FIELDS.iter().filter(|(pointer, _)| {
        let kind = pointer.split('/').nth(1).unwrap_or_default();
        json.get(kind).is_some()
    });
    let field = |(pointer, input): &(&'static str, Input)| Field {
        pointer,
        label: label(pointer),
        input: *input,
        value: typed(json.pointer(pointer), *input, ground),
    };
    own.map(field).collect()
}

fn label(pointer: &str) -> String {
    let steps: Vec<&str> = pointer.split('/').collect();
    match steps.as_slice() {
        [.., inner, "displayName" | "number" | "unit"] => words::field(&snake(inner)).to_owned(),
        [.., last] => words::field(&snake(last)).to_owned(),
        [] => String::new(),
    }
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

fn as_json(content: &content::Kind) -> Value {
    json::json(
        "Content",
        &Content {
            kind: Some(content.clone()),
        },
    )
    .unwrap_or_default()
}

fn typed(value: Option<&Value>, input: Input, ground: &Ground) -> String {
    let Some(value) = value else {
        return String::new();
    };
    match (input, value) {
        (Unit, value) => {
            let campus = value["campusId"].as_str().map(|id| ground.name(id));
            campus
                .or(value["outside"].as_str())
                .unwrap_or_default()
                .to_owned()
        }
        (_, Value::Array(all)) => {
            let all: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
            all.join("、")
        }
        (_, Value::String(text)) => text.clone(),
        (_, value) => value.to_string(),
    }
}

/// A content with other values in some of its fields; `None` when one of them cannot stand there.
pub fn corrected(
    content: &content::Kind,
    values: &[(&str, &str)],
    ground: &Ground,
) -> Option<content::Kind> {
    let mut json = as_json(content);
    for (pointer, text) in values {
        let (_, input) = FIELDS.iter().find(|(of, _)| of == pointer)?;
        set(&mut json, pointer, meant(text.trim(), *input, ground));
    }
    let bytes = json::read("Content", &json).ok()?;
    Content::decode(bytes).ok()?.kind
}

/// What somebody typed, as the contract writes it; null: nothing.
fn meant(text: &str, input: Input, ground: &Ground) -> Value {
    match input {
        _ if text.is_empty() => Value::Null,
        Texts => {
            let parts = text.split(['、', '，', ',', '；', ';', ' ']).map(str::trim);
            parts.filter(|part| !part.is_empty()).collect()
        }
        Unit => {
            let mut campuses = ground.campuses.iter();
            let is = |campus: &crate::wire::v1::Campus| {
                campus.name == text || campus.aliases.iter().any(|alias| alias == text)
            };
            match campuses.find(|(_, campus)| is(campus)) {
                Some((id, _)) => json!({ "campusId": id }),
                None => json!({ "outside": text }),
            }
        }
        YesNo => Value::from(text == "true"),
        Text | Date | Choice(_) => Value::from(text),
    }
}

/// Writes a value where a pointer leads, and whatever has to stand around it.
fn set(json: &mut Value, pointer: &str, value: Value) {
    let mut at = &mut *json;
    for step in pointer.split('/').skip(1) {
        let number = step.parse::<usize>().ok();
        if at.is_null() {
            *at = if number.is_some() {
                json!([])
            } else {
                json!({})
            };
        }
        at = match (at, number) {
            (Value::Array(all), Some(number)) => {
                if all.len() <= number {
                    all.resize(number + 1, json!({}));
                }
                &mut all[number]
            }
            (Value::Object(fields), _) => fields.entry(step).or_insert(Value::Null),
            // A list or a message stands where its fields are.
            (_, _) => return,
        };
    }
    *at = value;
    // The kind stays, even when nothing of it is said.
    if let Value::Object(kinds) = json {
        kinds.values_mut().for_each(drop_nothing);
    }
}

/// Fields in which nothing stands are not there.
fn drop_nothing(json: &mut Value) {
    if let Value::Object(fields) = json {
        fields.values_mut().for_each(drop_nothing);
        let is_nothing = |value: &Value| value.is_null() || *value == Value::Object(Map::new());
        fields.retain(|_, value| !is_nothing(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::v1;
    use jiff::Timestamp;

    fn ground() -> Ground {
        let campus = v1::Campus {
            name: "春风分校".to_owned(),
            ..Default::default()
        };
        let campus = ("c1".to_owned(), content::Kind::Campus(campus));
        Ground::made_of([campus], Timestamp::UNIX_EPOCH, 0)
    }

    #[test]
    fn every_main_field_can_be_said_and_unsaid() {
        let ground = ground();
        for (pointer, input) in FIELDS {
            let kind = match pointer.split('/').nth(1).unwrap() {
                "menu" => content::Kind::Menu(v1::Menu::default()),
                "session" => content::Kind::Session(v1::Session::default()),
                _ => content::Kind::Exchange(v1::Exchange::default()),
            };
            let text = match input {
                Text => "14:00",
                Date => "2026-05-12",
                Texts => "语文、数学",
                Choice(name) => &choices(name)[0].0,
                Unit => "春风分校",
                YesNo => "true",
            };
            let said = corrected(&kind, &[(pointer, text)], &ground).expect(pointer);
            let field = of(&said, &ground)
                .into_iter()
                .find(|field| field.pointer == *pointer);
            assert_eq!(field.unwrap().value, text, "{pointer}");
            let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            assert!(label(pointer).contains(chinese), "{pointer}");
            let unsaid = corrected(&said, &[(pointer, " ")], &ground).expect(pointer);
            let field = of(&unsaid, &ground)
                .into_iter()
                .find(|field| field.pointer == *pointer);
            assert_eq!(field.unwrap().value, "", "{pointer}");
        }
    }

    #[test]
    fn a_school_of_the_group_is_meant_by_its_name_and_any_other_lies_outside() {
        let ground = ground();
        let kind = content::Kind::Exchange(v1::Exchange::default());
        let pairs = [
            ("/exchange/home", "春风分校"),
            ("/exchange/host", "别处小学"),
        ];
        let Some(content::Kind::Exchange(of)) = corrected(&kind, &pairs, &ground) else {
            panic!("an exchange");
        };
        let unit = |unit: Option<v1::Unit>| unit.and_then(|unit| unit.unit);
        assert_eq!(
            unit(of.home),
            Some(v1::unit::Unit::CampusId("c1".to_owned()))
        );
        assert_eq!(
            unit(of.host),
            Some(v1::unit::Unit::Outside("别处小学".to_owned()))
        );
        // What cannot stand there is not made into something else.
        let kind = content::Kind::Menu(v1::Menu::default());
        assert!(corrected(&kind, &[("/menu/audience", "谁")], &ground).is_none());
        assert!(corrected(&kind, &[("/menu/price", "1")], &ground).is_none());
    }
}
