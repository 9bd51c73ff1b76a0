//! Questions to somebody at a terminal, a real one.

use super::{Clerk, Town, menu, session_json};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Runs a command line on a terminal and types; what the screen showed.
fn types(clerk: &Clerk, words: &[&str], answers: &str) -> String {
    let line = clerk.command(words);
    let quoted = |word: &std::ffi::OsStr| format!("'{}'", word.to_str().expect("text"));
    let line: Vec<String> = [line.get_program()]
        .into_iter()
        .chain(line.get_args())
        .map(quoted)
        .collect();
    let mut terminal = Command::new("script");
    terminal
        .args(["-qec", &line.join(" "), "/dev/null"])
        .env("LIANXIAO_TOKEN", &clerk.token);
    terminal
        .env("LIANXIAO_LANG", "zh")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = terminal.spawn().expect("script is there (bsdutils)");
    child
        .stdin
        .as_mut()
        .expect("a keyboard")
        .write_all(answers.as_bytes())
        .expect("it is typed");
    let output = child.wait_with_output().expect("it ends");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_sheet_is_stored_when_somebody_says_yes_and_not_when_somebody_says_no() {
    let town = Town::found();
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    let file = clerk.file("week.csv", &menu(&[("2026-05-11", "米饭、红烧肉")]));
    let import = ["import", &file, "--today", "2026-05-08"];
    let told = types(&clerk, &import, "n\n");
    assert!(
        told.contains("录入这 1 项？") && told.contains("没有录入"),
        "{told}"
    );
    assert_eq!(clerk.list("menu").len(), 0);
    let told = types(&clerk, &import, "是\n");
    assert!(told.contains("已录入 1 项"), "{told}");
    assert_eq!(clerk.list("menu").len(), 1);
}

#[test]
fn an_action_is_chosen_from_those_of_the_record_and_its_fields_are_asked_for() {
    let town = Town::found();
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    let file = clerk.file("session.json", &session_json("教研"));
    let typed = clerk.json(0, &["put", &file]);
    let id = typed["typed"][0]["record_id"].as_str().expect("an id");
    // Number 5 is 取消; the first answer to its question is no reason of the contract.
    let told = types(&clerk, &["act", id], "5\nrain\nforce\n");
    assert!(
        told.contains("cancel 取消") && told.contains("there are clash"),
        "{told}"
    );
    assert!(told.contains("已录入 1 项"), "{told}");
    clerk.says(0, &["sync"]);
    let state = &clerk.json(0, &["show", id])["record"]["state"]["session"];
    assert_eq!(state["cancelReason"], "SESSION_CANCEL_REASON_FORCE");
}
