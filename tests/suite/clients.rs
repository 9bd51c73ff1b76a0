//! The clients of `docs/clients.md`, run as they stand there.

use crate::process::{clerk, program, serve, serve_on};
use std::path::Path;
use std::process::Command;

const PAGE: &str = include_str!("../../docs/clients.md");

/// The Python of the page.
fn python() -> String {
    let (_, code) = PAGE
        .split_once("```python\n")
        .expect("the page shows a client");
    code.split_once("```").expect("it ends").0.to_owned()
}

/// Runs a client in its folder; what it said.
fn run(folder: &Path, client: &Path, hub: &str, token: &str) -> String {
    let python = std::env::var("LIANXIAO_TEST_PYTHON");
    let python = python.expect("tests/run installs Python's gRPC and says where");
    let mut command = Command::new(python);
    command.arg(client).current_dir(folder);
    let output = command
        .env("HUB", hub)
        .env("TOKEN", token)
        .output()
        .expect("Python");
    let said = String::from_utf8(output.stdout).expect("text");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complaint}");
    said
}

#[test]
fn the_python_client_of_the_page_pushes_once_pulls_on_and_shows_what_was_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("hub");
    let (running, hub) = serve(&data);
    let token = clerk(&data);
    let client = folder.path().join("client.py");
    std::fs::write(&client, python()).expect("a file");
    let school = folder.path().join("school");
    std::fs::create_dir(&school).expect("a folder");
    let first = run(&school, &client, &hub, &token);
    assert_eq!(first.matches("OUTCOME_APPLIED").count(), 1, "{first}");
    assert_eq!(first.matches("OUTCOME_REJECTED").count(), 1, "{first}");
    assert!(first.contains("put.content.session.days"), "{first}");
    assert!(
        first.contains("canteen_note 1 ") && first.contains("campus 1 "),
        "{first}"
    );
    // Its reply was lost: the same outbox goes out once more.
    let sent = std::fs::read_to_string(school.join("outbox.json")).expect("an outbox");
    assert_eq!(sent, "[]");
    let note = r#"{"canteenNote": {"topic": "验收", "measure": "两人验收"}}"#;
    let again = format!(
        r#"[{{"mutationId": "5b1f3c1e-4f0a-4c58-9d7e-2a6a3f0c9e11", "recordId": "c0a8f7d2-61b3-4a7e-9f45-0d9b8e7a6c51", "put": {{"content": {note}}}}}]"#
    );
    std::fs::write(school.join("outbox.json"), &again).expect("a file");
    assert!(run(&school, &client, &hub, &token).contains("OUTCOME_APPLIED"));
    running.kill();
    let (_running, hub) = serve_on(
        &hub,
        &data,
        program().env("LIANXIAO_LOG", "error").arg("serve"),
    );
    std::fs::write(school.join("outbox.json"), &again).expect("a file");
    let replayed = run(&school, &client, &hub, &token);
    assert!(
        replayed.contains("OUTCOME_APPLIED") && replayed.contains("again"),
        "{replayed}"
    );
    assert_eq!(replayed.matches("canteen_note 1 ").count(), 2, "{replayed}");
}
