use super::*;
use crate::wire::CONTRACT;
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage};
use serde_json::{Value as Json, json};

/// A contract in which contract 2 brought fields in every place a field can be.
fn pool() -> DescriptorPool {
    let field = |name: &str, number: u32, kind: &str| json!({"name": name, "number": number, "label": "LABEL_OPTIONAL", "type": kind});
    let list = |mut field: Json, row: &str| {
        field["label"] = "LABEL_REPEATED".into();
        field["typeName"] = row.into();
        field
    };
    let newer = |mut field: Json| {
        field["options"] = json!({"[lianxiao.v1.since]": 2});
        field
    };
    let mut keyed = list(field("keyed", 2, "TYPE_MESSAGE"), ".t.Row");
    keyed["options"] = json!({"[lianxiao.v1.merge_key]": ["name"]});
    let mut one = field("one", 4, "TYPE_MESSAGE");
    one["typeName"] = ".t.Row".into();
    let member = |mut field: Json| {
        field["oneofIndex"] = 0.into();
        field
    };
    let file = json!({
        "name": "t.proto", "package": "t", "syntax": "proto3",
        "dependency": ["lianxiao/v1/options.proto"],
        "messageType": [
            {"name": "Row", "field": [
                field("name", 1, "TYPE_STRING"),
                field("count", 2, "TYPE_INT32"),
                newer(field("colour", 3, "TYPE_STRING")),
                list(field("inner", 4, "TYPE_MESSAGE"), ".t.Row"),
            ]},
            {"name": "Thing", "oneofDecl": [{"name": "either"}], "field": [
                field("title", 1, "TYPE_STRING"),
                keyed,
                list(field("plain", 3, "TYPE_MESSAGE"), ".t.Row"),
                one,
                newer(field("colour", 5, "TYPE_STRING")),
                member(field("old", 6, "TYPE_STRING")),
                member(newer(field("new", 7, "TYPE_STRING"))),
            ]},
        ],
    });
    let descriptor = CONTRACT.get_message_by_name("google.protobuf.FileDescriptorProto");
    let file = DynamicMessage::deserialize(descriptor.unwrap(), file).unwrap();
    let mut pool = CONTRACT.clone();
    pool.decode_file_descriptor_proto(file.encode_to_vec().as_slice())
        .unwrap();
    pool
}

/// What a client of contract 1 means by `pushed`, edited from `base`.
fn carried(base: Json, pushed: Json) -> Json {
    let pool = pool();
    let thing = pool.get_message_by_name("t.Thing").unwrap();
    let encoded = |json: Json| {
        let message = DynamicMessage::deserialize(thing.clone(), json).unwrap();
        message.encode_to_vec()
    };
    let carry = Carry {
        schema: &Schema::of(&pool),
        contract: 1,
        strip: false,
    };
    let bytes = carry.message(&thing, &encoded(base), &encoded(pushed));
    let message = DynamicMessage::decode(thing, bytes.as_slice()).unwrap();
    serde_json::to_value(message).unwrap()
}

#[test]
fn a_field_that_the_client_cannot_know_stays_as_it_was() {
    assert_eq!(
        carried(
            json!({"title": "a", "colour": "red", "one": {"name": "x", "colour": "red"}}),
            json!({"title": "b", "one": {"name": "y"}}),
        ),
        json!({"title": "b", "one": {"name": "y", "colour": "red"}, "colour": "red"})
    );
    // Even when the client hands on what it does not understand.
    assert_eq!(
        carried(json!({}), json!({"title": "b", "colour": "red"})),
        json!({"title": "b"})
    );
}

#[test]
fn a_message_or_row_without_a_base_stays_as_pushed() {
    let new = json!({
        "keyed": [{"name": "x", "colour": "red"}],
        "one": {"colour": "red"},
    });
    assert_eq!(carried(json!({}), new.clone()), new);
}

#[test]
fn rows_are_found_by_their_key() {
    assert_eq!(
        carried(
            json!({"keyed": [{"name": "x", "colour": "red"}, {"name": "y", "colour": "blue"}]}),
            json!({"keyed": [{"name": "z"}, {"name": "y", "count": 1}]}),
        ),
        json!({"keyed": [{"name": "z"}, {"name": "y", "count": 1, "colour": "blue"}]})
    );
}

#[test]
fn rows_without_a_key_are_found_by_all_that_the_client_knows() {
    let red = json!({"name": "i", "colour": "red"});
    assert_eq!(
        carried(
            json!({"plain": [
                {"name": "x", "colour": "red"},
                {"name": "y", "inner": [red]},
                {"name": "z", "colour": "blue"},
            ]}),
            json!({"plain": [
                {"name": "y", "inner": [{"name": "i"}]},
                {"name": "x", "count": 1},
                {"name": "z"},
            ]}),
        ),
        json!({"plain": [
            {"name": "y", "inner": [red]},
            {"name": "x", "count": 1},
            {"name": "z", "colour": "blue"},
        ]})
    );
}

#[test]
fn a_field_of_a_oneof_that_the_client_knows_takes_the_place_of_a_newer_one() {
    let base = || json!({"new": "n"});
    assert_eq!(carried(base(), json!({})), base());
    let old = json!({"old": "o"});
    assert_eq!(carried(base(), old.clone()), old);
}

#[test]
fn todays_contract_has_nothing_to_carry() {
    let pushed = Bytes::from_static(b"anything");
    assert_eq!(carry_newer(b"", &pushed, 1), pushed);
}
