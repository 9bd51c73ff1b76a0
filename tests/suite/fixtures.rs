//! Real documents of schools (`tests/fixtures`), pushed as their schools would push them.

use crate::harness::{NewCampus, TestHub, limits};
use crate::reader::Reader;
use bytes::Bytes;
use lianxiao::wire::{CONTRACT, v1};
use prost::Message as _;
use prost_reflect::DynamicMessage;
use serde_json::{Value, json};

macro_rules! fixture {
    ($name:literal) => {
        ($name, include_str!(concat!("../fixtures/", $name, ".json")))
    };
}

const GROUP: (&str, &str) = fixture!("group");

const SAMPLES: [(&str, &str); 8] = [
    fixture!("menu-01"),
    fixture!("menu-03"),
    fixture!("menu-05"),
    fixture!("menu-07"),
    fixture!("prep-02"),
    fixture!("prep-05"),
    fixture!("prep-17"),
    fixture!("exch-13"),
];

/// What the hub asks the schools to look at: sample, code, field and the value it speaks of.
const WARNINGS: [(&str, &str, &str, &str); 17] = [
    (
        "menu-01",
        "DAY_EMPTY",
        "menu.service_dates[4]",
        "2023-04-27",
    ),
    (
        "menu-01",
        "DAY_EMPTY",
        "menu.service_dates[5]",
        "2023-04-28",
    ),
    (
        "prep-02",
        "WEEKDAY_MISMATCH",
        "session.days[0]",
        "2022-05-04",
    ),
    ("prep-02", "LEAD_MISSING", "session.lead", ""),
    ("prep-02", "UNSTATED", "session.grades", ""),
    ("prep-05", "LEAD_MISSING", "session.lead", ""),
    ("prep-05", "UNSTATED", "session.grades", ""),
    ("prep-17", "LEAD_MISSING", "session.lead", ""),
    (
        "prep-17",
        "WEEKDAY_MISMATCH",
        "session.days[0]",
        "2026-05-12",
    ),
    ("exch-13", "UNSTATED", "exchange.level", ""),
    // Its other half comes later, from the other school.
    ("exch-13", "PAIR_HALF_OPEN", "exchange.pair_id", ""),
    ("exch-13", "UNSTATED", "exchange.level", ""),
    ("exch-13", "UNSTATED", "exchange.level", ""),
    ("exch-13", "UNSTATED", "exchange.level", ""),
    // Its other half never comes.
    ("exch-13", "PAIR_HALF_OPEN", "exchange.pair_id", ""),
    ("exch-13", "UNSTATED", "exchange.level", ""),
    ("exch-13", "UNSTATED", "exchange.level", ""),
];

/// One push of a sample.
struct Push {
    sample: &'static str,
    from: String,
    json: Value,
    request: v1::PushRequest,
}

impl Push {
    fn mutations(&self) -> Vec<v1::Mutation> {
        let decode = |sent: &Bytes| v1::Mutation::decode(sent.clone()).expect("a mutation");
        self.request.mutations.iter().map(decode).collect()
    }
}

/// The hub of the group the samples come from.
pub async fn hub() -> TestHub {
    let campuses = parse(GROUP)["campuses"].take();
    let campuses = campuses.as_array().expect("a list").iter().map(new_campus);
    TestHub::start_group(limits(), campuses.collect()).await
}

fn new_campus(row: &Value) -> NewCampus {
    let content = json!({ "campus": row["campus"] });
    NewCampus {
        id: text(&row["id"]),
        name: text(&row["campus"]["name"]),
        content: encode("Content", &content),
    }
}

fn pushes() -> Vec<Push> {
    SAMPLES.into_iter().flat_map(pushes_of).collect()
}

fn pushes_of(sample: (&'static str, &str)) -> Vec<Push> {
    let name = sample.0;
    let mut sample = parse(sample);
    let pushes = sample["pushes"].as_array_mut().expect("a list");
    pushes.iter_mut().map(|push| read(name, push)).collect()
}

fn read(sample: &'static str, push: &mut Value) -> Push {
    let json = push["request"].take();
    Push {
        sample,
        from: text(&push["from"]),
        request: v1::PushRequest::decode(encode("PushRequest", &json)).expect("a push"),
        json,
    }
}

fn parse((name, sample): (&str, &str)) -> Value {
    serde_json::from_str(sample).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Proto JSON to bytes, as grpcurl does it: by the contract's own descriptors.
fn encode(message: &str, json: &Value) -> Bytes {
    let descriptor = CONTRACT.get_message_by_name(&format!("lianxiao.v1.{message}"));
    let message = DynamicMessage::deserialize(descriptor.expect("a message"), json);
    message.expect("proto JSON").encode_to_vec().into()
}

/// Bytes to proto JSON.
fn to_json(message: &str, bytes: Bytes) -> Value {
    let descriptor = CONTRACT.get_message_by_name(&format!("lianxiao.v1.{message}"));
    let message = DynamicMessage::decode(descriptor.expect("a message"), bytes);
    serde_json::to_value(message.expect("a message")).expect("JSON")
}

fn content_of(mutation: &v1::Mutation) -> Bytes {
    match &mutation.wish {
        Some(v1::mutation::Wish::Put(put)) => put.content.clone(),
        _ => panic!("the samples only put"),
    }
}

/// Proto JSON may write a whole number with or without its point.
fn plain_numbers(value: &mut Value) {
    match value {
        Value::Number(_) => *value = json!(value.as_f64()),
        Value::Array(items) => items.iter_mut().for_each(plain_numbers),
        Value::Object(fields) => fields.values_mut().for_each(plain_numbers),
        _ => {}
    }
}

fn same_json(mut one: Value, mut other: Value) -> bool {
    plain_numbers(&mut one);
    plain_numbers(&mut other);
    one == other
}

#[tokio::test]
async fn every_sample_is_stored_and_the_hub_asks_to_look_at_what_is_odd() {
    let hub = hub().await;
    let mut warnings = Vec::new();
    for push in pushes() {
        let results = hub.campus(&push.from).push(push.mutations()).await;
        for result in results {
            let outcome = result.outcome();
            assert_eq!(
                outcome,
                v1::Outcome::Applied,
                "{}: {result:#?}",
                push.sample
            );
            warnings.extend(result.warnings.iter().map(|w| told(push.sample, w)));
        }
    }
    let expected = WARNINGS.map(|(sample, code, field, about)| {
        let path = format!("put.content.{field}");
        (sample, code.to_owned(), path, about.to_owned())
    });
    assert_eq!(warnings, expected);
}

fn told(sample: &'static str, warning: &v1::Finding) -> (&'static str, String, String, String) {
    let about = warning.arguments.first().map(|about| about.value.clone());
    let (code, path) = (warning.code.clone(), warning.path.clone());
    (sample, code, path, about.unwrap_or_default())
}

#[tokio::test]
async fn every_sample_comes_back_byte_for_byte() {
    let hub = hub().await;
    for push in pushes() {
        let campus = hub.campus(&push.from);
        campus.push(push.mutations()).await;
        let stored = Reader::all(&campus).await;
        let sent = push.mutations().into_iter();
        let rows = push.json["mutations"].as_array().expect("a list");
        for (mutation, row) in sent.zip(rows) {
            let record = &stored.records[&mutation.record_id];
            assert_eq!(record.content, content_of(&mutation), "{}", push.sample);
            assert_eq!(record.campus_id, campus.campus_id);
            let json = to_json("Content", record.content.clone());
            assert!(
                same_json(json, row["put"]["content"].clone()),
                "{}",
                push.sample
            );
            let got = campus.get(&mutation.record_id).await.expect("it is there");
            assert_eq!(got, *record, "{}", push.sample);
        }
    }
}

#[tokio::test]
async fn a_sample_pushed_again_changes_nothing() {
    let hub = hub().await;
    for push in pushes() {
        let campus = hub.campus(&push.from);
        let first = campus.push(push.mutations()).await;
        let again = campus.push(push.mutations()).await;
        for (first, again) in first.into_iter().zip(again) {
            let replayed = v1::PushResult {
                replayed: true,
                ..first
            };
            assert_eq!(again, replayed, "{}", push.sample);
        }
    }
}
