//! What else goes wrong around a clerk: her clock, the hub's past, and somebody else's token.

use super::{Town, note};
use crate::process::{Running, admin, program};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// Years in seconds.
const YEAR: i64 = 31_557_600;

/// The library that puts a clock wrong.
fn wrong_clock(folder: &Path) -> std::path::PathBuf {
    let library = folder.join("clock.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/clerk/clock.c");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
        .arg(&library);
    let made = cc.arg(source).arg("-ldl").status();
    assert!(made.expect("a C compiler; tests/run installs it").success());
    library
}

#[test]
fn a_clock_that_is_decades_off_loses_nothing_sends_nothing_twice_and_still_knows_the_hub() {
    let town = Town::found();
    let mut covered = program();
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("covered");
    covered
        .args(["serve", "--tls", "--listen", "127.0.0.1:0", "--data"])
        .arg(&data);
    let database = crate::database::of_program(&data);
    covered.envs(database.map(|url| ("LIANXIAO_DATABASE", url)));
    let hub = Running::start(covered.env("LIANXIAO_LOG", "error"));
    let address = hub.line(|line| line.strip_prefix("listening on ").map(str::to_owned));
    let known = hub.line(|line| line.strip_prefix("certificate SHA-256 ").map(str::to_owned));
    let mut clerk = town.clerk(0, "laptop");
    clerk.hub = format!("https://{address}");
    clerk.token = crate::process::clerk(&data);
    let clock = wrong_clock(folder.path());
    let says = |off: i64, words: &[&str]| -> Value {
        let mut command = clerk.command(words);
        command.env("LIANXIAO_FINGERPRINT", &known).arg("--json");
        command
            .env("LD_PRELOAD", &clock)
            .env("LIANXIAO_CLOCK_OFF", (off * YEAR).to_string());
        let output = command.output().expect("it runs");
        assert!(
            output.status.success(),
            "{off} years, {words:?}: {output:?}"
        );
        serde_json::from_slice(&output.stdout).expect("a document")
    };
    let mut typed = 0;
    for off in [0, 30, -30, 0] {
        let file = clerk.file("note.json", &note(&format!("留样 {typed}")));
        says(off, &["sync"]);
        says(off, &["put", &file]);
        typed += 1;
        let synced = says(-off, &["sync"]);
        let answers = synced["answers"].as_array().expect("answers");
        assert_eq!(answers.len(), 1, "{synced}");
        let again = says(off, &["sync"]);
        assert_eq!(again["answers"], serde_json::json!([]));
        // The clock really was wrong: the screen shows what it said.
        let shown = |off| {
            says(off, &["sync"]);
            let at = says(off, &["status"])["synced_at"]
                .as_str()
                .expect("a time")
                .to_owned();
            at[..4].parse::<i64>().expect("a year")
        };
        let years = shown(off) - shown(0);
        assert!((years - off).abs() <= 1, "{years} years");
    }
    assert_eq!(clerk.list("canteen_note").len(), typed);
}

#[test]
fn a_hub_that_was_restored_gets_again_what_it_no_longer_knows_and_the_clerk_hears_of_it() {
    let mut town = Town::found();
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    clerk.says(0, &["put", &clerk.file("note.json", &note("留样"))]);
    clerk.says(0, &["sync"]);
    let backup = town.data().with_file_name("backup");
    admin(&town.data(), &["backup", super::text(&backup)]);
    clerk.says(0, &["put", &clerk.file("note.json", &note("验收"))]);
    clerk.says(0, &["sync"]);
    let before = clerk.list("canteen_note");
    town.kill_hub();
    let mut restore = program();
    restore
        .args(["restore", "--data"])
        .arg(town.data())
        .arg(&backup);
    assert!(restore.output().expect("it runs").status.success());
    town.raise_hub();
    // Nobody is let in before the operator has looked.
    clerk.says(77, &["sync"]);
    assert_eq!(clerk.list("canteen_note"), before, "the old copy stays");
    town.confirm();
    let synced = clerk.says(0, &["sync"]);
    assert!(synced.contains("已收  食堂经验与不足 验收"), "{synced}");
    let other = town.clerk(0, "other");
    other.says(0, &["sync"]);
    let ids = |list: Vec<Value>| {
        list.into_iter()
            .map(|row| row["record_id"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(other.list("canteen_note")), ids(before));
}

#[test]
fn a_token_of_another_campus_sends_nothing_of_this_copy() {
    let town = Town::found();
    let mut clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    clerk.says(0, &["put", &clerk.file("note.json", &note("留样"))]);
    let mine = clerk.token.clone();
    clerk.token = town.clerk(1, "other").token;
    let refused = clerk.says(77, &["sync"]);
    assert!(refused.contains("什么都没有上报"), "{refused}");
    clerk.token = mine;
    assert_eq!(
        clerk.json(0, &["sync"])["answers"][0]["outcome"],
        "OUTCOME_APPLIED"
    );
}
