//! Logs: no token, no name and no content, however much an operator asks for.

use super::{NAME, erase, holds, register, who};
use crate::harness::Client;
use crate::process::{admin, program, serve_as};
use crate::reader::Watcher;
use crate::wishes::{create, fresh, session};
use lianxiao::wire::v1;
use proc_macro2::{TokenStream, TokenTree};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tonic::Code;

const TITLE: &str = "琵琶行公开课";
const HOLDER: &str = "令狐老师";

/// What an operator may ask for: everything, and everything of the crates that see tokens and names.
const MOST: &str = "trace,lianxiao=trace,h2=trace,h2::codec=trace,h2::proto::connection=trace,hyper=trace,\
                    hyper_util=trace,tonic=trace,tower=trace,sqlx=trace,sqlx::query=trace,tokio=trace";

#[tokio::test]
async fn the_log_of_everything_holds_no_token_no_name_and_no_content() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let errors = std::fs::File::create(&log).expect("a file");
    let mut command = program();
    command
        .env("LIANXIAO_LOG", MOST)
        .stderr(Stdio::from(errors));
    let (hub, address) = serve_as(&data, &mut command);
    let group = admin(&data, &["group", "create", "河海教育集团"]);
    let of = ["--group", &group];
    let role = ["--role", "branch", "--name", "春风分校"];
    let campus = admin(&data, &[&["campus", "create"][..], &of, &role].concat());
    let create_one = [&["credential", "create"][..], &of].concat();
    let clerk = [&create_one[..], &["--campus", &campus, "--holder", HOLDER]].concat();
    let office = [&create_one[..], &["--office", "--holder", HOLDER]].concat();
    let tokens = [
        admin(&data, &clerk),
        admin(&data, &office),
        "lianxiao_bad".to_owned(),
    ];
    let [clerk, office, stranger] = tokens
        .each_ref()
        .map(|token| Client::of_program(&address, token));

    let refused = stranger.get(&fresh()).await.expect_err("nobody");
    assert_eq!(refused.code(), Code::Unauthenticated);
    let person = register(&office, &campus, NAME).await;
    let record = fresh();
    let led = v1::Session {
        lead: Some(who(&person)),
        ..session(TITLE, "2026-05-12")
    };
    clerk.applied(create(&record, led.clone())).await;
    let bad = v1::Session {
        days: vec![],
        ..led
    };
    clerk.one(create(&fresh(), bad)).await;
    let mut watcher = Watcher::start(&clerk, v1::Filter::default()).await;
    watcher.until(office.newest().await).await;
    clerk.get(NAME).await.expect_err("no id");
    clerk.history(&record).await.expect("a history");
    let erased = erase(&office, &person, &[]).await.expect("erased");
    watcher.until(erased.newest_position).await;
    assert!(hub.end_with("TERM"));

    let log = std::fs::read(&log).expect("a log");
    for said in [
        "DEBUG",
        "the call was answered",
        "the hub is up",
        "lianxiao::",
    ] {
        // Colours may stand between words: what is looked for is one.
        assert!(holds(&log, said), "the log says {said}");
    }
    for secret in tokens
        .iter()
        .map(String::as_str)
        .chain([NAME, TITLE, HOLDER])
    {
        assert!(!holds(&log, secret), "the log holds {secret}");
        // As a byte string is printed.
        let escaped: String = secret
            .bytes()
            .map(|byte| std::ascii::escape_default(byte).to_string())
            .collect();
        assert!(!holds(&log, &escaped), "the log holds {secret}, escaped");
    }
}

/// The macros that log, called by their path.
fn is_logging(name: &str) -> bool {
    ["trace", "debug", "info", "warn", "error", "event"].contains(&name) || name.ends_with("span")
}

/// The log lines of some code that print a value by its `Debug`, and the imports that would hide one.
fn by_debug(code: TokenStream, found: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = code.into_iter().collect();
    for (i, token) in tokens.iter().enumerate() {
        let word = |at: usize| tokens.get(at).map(ToString::to_string).unwrap_or_default();
        if word(i) == "use" && word(i + 1) == "tracing" {
            found.push("use tracing".to_owned());
        }
        if word(i) == "tracing" && is_logging(&word(i + 3)) && word(i + 4) == "!" {
            let line = word(i + 5);
            if line.contains('?') {
                found.push(line);
            }
        }
        if let TokenTree::Group(group) = token {
            by_debug(group.stream(), found);
        }
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The contract's types print everything they hold, and so do many of ours: none is printed by `Debug` in a
/// log line. An error prints what it says of itself.
#[test]
fn no_log_line_prints_a_value_by_its_debug() {
    let mut files = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    let mut lines = Vec::new();
    for file in &files {
        let code = std::fs::read_to_string(file).expect("a source");
        by_debug(code.parse().expect("Rust"), &mut lines);
    }
    assert_eq!(lines, Vec::<String>::new());
    assert!(files.len() > 50, "there is something to look at");
}

#[test]
fn the_look_at_log_lines_sees_what_it_must() {
    for (code, seen) in [
        ("fn f() { tracing::info!(%error, \"well\"); }", 0),
        ("fn f() { tracing::info!(?caller, \"who\"); }", 1),
        ("fn f() { if a { tracing::warn!(\"{caller:?}\") } }", 1),
        ("fn f() { tracing::info_span!(\"call\", who = ?caller) }", 1),
        ("use tracing::info;", 1),
        ("use tracing_subscriber::fmt;", 0),
    ] {
        let mut found = Vec::new();
        by_debug(code.parse().expect("Rust"), &mut found);
        assert_eq!(found.len(), seen, "{code}: {found:?}");
    }
}
