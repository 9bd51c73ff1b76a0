//! What the list of kinds promises.

use super::*;
use crate::wire::{CONTRACT, v1};

#[test]
fn every_kind_of_the_contract_is_in_the_list() {
    let content = CONTRACT.get_message_by_name("lianxiao.v1.Content").unwrap();
    let contract: Vec<String> = content
        .fields()
        .map(|field| field.name().to_owned())
        .collect();
    let list: Vec<&str> = KINDS.iter().map(|kind| kind.name()).collect();
    assert_eq!(contract, list);
}

#[test]
fn who_may_read_a_kind_follows_from_what_it_is_about() {
    let are = |ask: fn(&&&dyn Kind) -> bool| {
        let kinds = KINDS.iter().filter(ask);
        kinds.map(|kind| kind.name()).collect::<Vec<_>>()
    };
    assert_eq!(are(|kind| kind.personal()), ["exchange", "person"]);
    assert_eq!(
        are(|kind| kind.open()),
        ["campus", "calendar", "policy", "vocabulary", "staff_count"]
    );
    let public = ["menu", "campus", "calendar", "policy", "vocabulary"];
    assert_eq!(are(|kind| kind.public()), public);
}

#[test]
fn what_binds_an_action_is_a_field_of_the_content() {
    fn fields<R: Rules>() {
        for name in R::binds() {
            assert!(
                Of::<R>::message().get_field_by_name(name).is_some(),
                "{}.{name}",
                R::NAME
            );
        }
    }
    fields::<session::SessionRules>();
    fields::<exchange::ExchangeRules>();
    fields::<menu::MenuRules>();
    fields::<proposal::ProposalRules>();
}

#[test]
fn a_register_is_read_once_for_all_the_names_of_a_batch() {
    use super::testing::{Group, campus, case_in, record};
    let named = |name: &str| v1::PersonRef {
        display_name: name.into(),
        ..Default::default()
    };
    let session = v1::Session {
        speakers: ["张老师", "李老师", "王老师"].map(named).to_vec(),
        days: vec![v1::SessionDay {
            date: "2026-05-12".into(),
            ..Default::default()
        }],
        ..Default::default()
    };
    let colleague = |n, name: &str| {
        let person = v1::Person {
            display_name: name.into(),
            home_campus_id: campus(1).to_text(),
            ..Default::default()
        };
        record::<registers::person::PersonRules>(n, &person)
    };
    let mut group = Group::of(vec![colleague(7, "张老师"), colleague(8, "赵老师")]);
    let told = |group: &Group| {
        let mut found = Found::under("s".into());
        session::SessionRules::check(&session, &case_in(group, campus(1)), &mut found);
        let mut told = found.findings.into_iter();
        told.find(|finding| finding.code == Code::PersonLikely)
            .map(|finding| finding.path)
    };
    assert_eq!(told(&group).as_deref(), Some("s.speakers[0]"));
    assert_eq!(told(&group).as_deref(), Some("s.speakers[0]"));
    let read = group.read.get();
    // A push of ALL keeps the plan before it beside the one it goes on with.
    let _kept = group.surveys().clone();
    group.write(colleague(7, "王老师"));
    assert_eq!(
        told(&group).as_deref(),
        Some("s.speakers[2]"),
        "what was written is seen"
    );
    assert_eq!(group.read.get(), read, "and nothing is read whole again");
    assert_eq!(
        read, 4,
        "the calendar, the words, the persons and the sessions beside it"
    );
}
