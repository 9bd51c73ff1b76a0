//! This computer's own disk is full.

use super::{Town, text};
use crate::faults::SmallDisk;
use serde_json::json;

#[test]
fn a_full_disk_is_told_in_plain_words_and_what_was_typed_before_is_there() {
    let town = Town::found();
    let disk = SmallDisk::mount("1m");
    let mut clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    let note = json!({"canteenNote": {"topic": "留样", "measure": "专人".repeat(400)}});
    let file = clerk.file("note.json", &note.to_string());
    // The copy lies on the small disk.
    std::fs::copy(clerk.copy(), disk.path().join("copy.db")).expect("a copy");
    clerk.folder = disk.path().to_owned();
    clerk.says(0, &["put", &file]);
    disk.fill();
    let mut typed = 1;
    let told = loop {
        let output = clerk.run(&["put", &file]);
        match output.status.code() {
            Some(0) => typed += 1,
            Some(74) => break String::from_utf8(output.stderr).expect("text"),
            other => panic!("{other:?}: {output:?}"),
        }
        assert!(typed < 500, "the disk is full, and it took 500");
    };
    assert!(
        told.contains("本机磁盘已满") && told.contains("都还在"),
        "{told}"
    );
    disk.make_room();
    let outbox = clerk.json(0, &["status"])["outbox"].clone();
    assert_eq!(
        outbox.as_array().expect("a list").len(),
        typed,
        "{}",
        text(&clerk.copy())
    );
    let synced = clerk.json(0, &["sync"]);
    assert_eq!(synced["answers"].as_array().expect("answers").len(), typed);
    assert_eq!(clerk.list("canteen_note").len(), typed);
}
