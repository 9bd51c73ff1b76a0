//! The two halves of a two-way exchange, approved by the office through its own copy: both or none.

use super::{Clerk, Town, WAITS, session_json, text};
use crate::process::{admin, program};
use serde_json::{Value, json};

/// A half of the pair, from one campus to the other, proposed by its home.
fn half(town: &Town, clerks: &[Clerk; 2], home: usize, person: &str) -> String {
    let unit = |campus: usize| json!({"campusId": town.campuses[campus]});
    let content = json!({"exchange": {
        "person": {"displayName": person}, "type": "EXCHANGE_TYPE_GROUP", "level": "STAFF_LEVEL_TEACHER",
        "home": unit(home), "host": unit(1 - home), "plannedStart": "2026-09-01", "plannedEnd": "2027-07-31",
        "pairId": "4d1c1f0e-5a50-4b7e-8a58-0f3a6b0f9c11",
    }});
    let clerk = &clerks[home];
    clerk.says(0, &["sync"]);
    let file = clerk.file("exchange.json", &content.to_string());
    let typed = clerk.json(0, &["put", &file]);
    let id = typed["typed"][0]["record_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    clerk.says(0, &["act", "exchange", "propose", &id]);
    clerk.says(0, &["sync"]);
    id
}

fn accept(clerk: &Clerk, half: &str) {
    clerk.says(0, &["sync"]);
    clerk.says(0, &["act", "exchange", "accept", half]);
    clerk.says(0, &["sync"]);
}

fn statuses(office: &Clerk, halves: [&str; 2]) -> [Value; 2] {
    halves.map(|half| {
        let shown = office.json(0, &["show", half]);
        shown["record"]["state"]["exchange"]["status"].clone()
    })
}

fn outcomes(synced: &Value) -> Vec<Value> {
    let answers = synced["answers"].as_array().expect("answers").iter();
    answers.map(|of| of["outcome"].clone()).collect()
}

#[test]
fn what_is_done_together_with_something_refused_is_not_done_and_says_so() {
    let town = Town::found();
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    let [one, other] = ["数学集体备课", "语文集体备课"].map(|title| {
        let typed = clerk.json(
            0,
            &["put", &clerk.file("session.json", &session_json(title))],
        );
        typed["typed"][0]["record_id"]
            .as_str()
            .expect("an id")
            .to_owned()
    });
    clerk.says(
        0,
        &["act", "session", "cancel", &other, "--reason", "force"],
    );
    // Asked for before the hub has heard of anything: first comes what they follow.
    clerk.says(0, &["act", "session", "announce", &one, "--with", &other]);
    let refused = clerk.json(WAITS, &["sync"]);
    assert_eq!(
        outcomes(&refused),
        [
            "OUTCOME_APPLIED",
            "OUTCOME_APPLIED",
            "OUTCOME_APPLIED",
            "OUTCOME_NOT_APPLIED",
            "OUTCOME_REJECTED"
        ]
    );
    let told = clerk.says(WAITS, &["status"]);
    assert!(told.contains("与它一起办理的另一项未收"), "{told}");
    let shown = clerk.json(0, &["show", &one]);
    assert_eq!(
        shown["record"]["state"]["session"]["status"],
        "SESSION_STATUS_PLANNED"
    );
}

/// The office with a copy of a pair that both campuses agreed on, all but the way back, which awaits its host.
fn half_accepted(town: &Town) -> (Clerk, [Clerk; 2], [String; 2]) {
    let clerks = [town.clerk(0, "spring"), town.clerk(1, "lake")];
    let there = half(town, &clerks, 0, "李老师");
    let back = half(town, &clerks, 1, "王老师");
    accept(&clerks[1], &there);
    let office = town.office();
    office.says(0, &["sync"]);
    (office, clerks, [there, back])
}

const APPROVED: [&str; 2] = ["EXCHANGE_STATUS_APPROVED"; 2];

#[test]
fn both_halves_are_approved_or_none() {
    let mut town = Town::found();
    let (office, clerks, [there, back]) = half_accepted(&town);
    let both = ["act", "exchange", "approve", &there, "--with", &back];
    office.says(0, &both);
    let refused = office.json(WAITS, &["sync"]);
    assert_eq!(outcomes(&refused), ["OUTCOME_REJECTED"; 2]);
    assert_eq!(
        statuses(&office, [&there, &back])[0],
        "EXCHANGE_STATUS_ACCEPTED"
    );
    for wish in refused["answers"].as_array().expect("answers") {
        office.says(
            0,
            &["discard", wish["mutation_id"].as_str().expect("an id")],
        );
    }
    accept(&clerks[0], &back);
    office.says(0, &["sync"]);
    let twice = office.says(1, &["act", "exchange", "approve", &there, "--with", &there]);
    assert!(twice.contains("写了两遍"), "{twice}");
    // Typed without a line.
    town.kill_hub();
    office.says(0, &both);
    town.raise_hub();
    assert_eq!(outcomes(&office.json(0, &["sync"])), ["OUTCOME_APPLIED"; 2]);
    assert_eq!(statuses(&office, [&there, &back]), APPROVED);
}

#[test]
fn a_hub_that_was_restored_hears_of_both_halves_at_once_again() {
    let mut town = Town::found();
    let (office, clerks, [there, back]) = half_accepted(&town);
    accept(&clerks[0], &back);
    office.says(0, &["sync"]);
    let backup = town.data().with_file_name("backup");
    admin(&town.data(), &["backup", text(&backup)]);
    office.says(0, &["act", "exchange", "approve", &there, "--with", &back]);
    office.says(0, &["sync"]);
    town.kill_hub();
    let mut restore = program();
    let restore = restore.args(["restore", "--data", text(&town.data()), text(&backup)]);
    assert!(restore.output().expect("it runs").status.success());
    town.raise_hub();
    town.confirm();
    office.says(0, &["sync"]);
    let fresh = town.clerk(0, "fresh");
    fresh.says(0, &["sync"]);
    assert_eq!(statuses(&fresh, [&there, &back]), APPROVED);
}
