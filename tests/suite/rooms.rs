//! The rooms of `src` and what each may import: section 5 ("Shape") of the design document.
//!
//! Unit tests (`#[cfg(test)] mod tests`) are held to the same table. A test that needs more than its
//! room may see goes through the public door and lives in this suite; an exemption would be a hole that
//! first the tests' helpers and then the rooms use.

mod controls;
mod paths;

use paths::{Macro, Source};
use std::collections::BTreeSet;
use std::path::Path;

/// Section 5's table: a room, and the rooms it may import.
const TABLE: [(&str, &[&str]); 15] = [
    ("model", &[]),
    ("wire", &["model"]),
    ("content", &["model", "wire"]),
    ("kinds", &["model", "wire", "content"]),
    ("intake", &["model", "wire", "content", "kinds"]),
    ("access", &["model"]),
    ("store", &["model"]),
    ("sync", &["model", "content", "kinds", "access", "store"]),
    ("office", &["model", "wire", "kinds", "access", "store"]),
    ("hub", &["sync", "office", "access", "store", "model"]),
    ("grpc", &["hub", "wire", "model"]),
    ("client", &["model", "wire", "content", "kinds"]),
    ("outlets", &["model", "wire"]),
    (
        "console",
        &["hub", "client", "intake", "outlets", "wire", "model"],
    ),
    (
        "cli",
        &[
            "model", "wire", "content", "kinds", "intake", "access", "office", "hub", "grpc",
            "client", "outlets", "console",
        ],
    ),
];

/// Rooms that may know the list of kinds, but no kind.
const KINDS_LIST_ONLY: [&str; 1] = ["sync"];

/// What only some rooms may name of other people's crates: the start of a crate's name, the room, and
/// the first steps of the paths it may take (none given: all).
const FOREIGN: [(&str, &str, &[&str]); 6] = [
    ("sqlx", "store", &[]),
    // Its database file.
    ("sqlx", "client", &[]),
    ("tonic", "grpc", &[]),
    ("tonic", "client", &[]),
    // The generated code.
    ("tonic", "wire", &["include_proto"]),
    // The client's transport. What went wrong is for `client` to say: no `Status`.
    (
        "tonic",
        "cli",
        &[
            "transport",
            "metadata",
            "service",
            "Request",
            "Response",
            "Streaming",
        ],
    ),
];

/// The only room that prints, and what it prints with.
const PRINTS: &str = "cli";
const PRINTING: [&str; 5] = ["println", "eprintln", "print", "eprint", "dbg"];

/// The crate's root: it names the rooms, and belongs to none.
const ROOT: [&str; 2] = ["lib.rs", "main.rs"];

/// Every breach of the rules in some files of `src`, given as (path inside `src`, text).
fn breaches(files: &[(String, String)]) -> Vec<String> {
    let kinds: BTreeSet<&str> = files
        .iter()
        .filter_map(|(path, _)| kind_module(path))
        .collect();
    files
        .iter()
        .filter(|(path, _)| !ROOT.contains(&path.as_str()))
        .flat_map(|(path, text)| match Source::read(path, text) {
            Ok(source) => source_breaches(&source, &kinds),
            Err(error) => vec![format!("{path}: {error}")],
        })
        .collect()
}

/// `kinds/menu.rs` is `menu`.
fn kind_module(path: &str) -> Option<&str> {
    let name = path.strip_prefix("kinds/")?.split('/').next()?;
    Some(name.strip_suffix(".rs").unwrap_or(name))
}

fn source_breaches(source: &Source, kinds: &BTreeSet<&str>) -> Vec<String> {
    let room = source.room.as_str();
    let Some((_, may)) = TABLE.iter().find(|(name, _)| *name == room) else {
        return vec![format!(
            "{}: there is no room `{room}` in the table",
            source.file
        )];
    };
    let mut found = Vec::new();
    for path in &source.paths {
        let steps: Vec<&str> = path.steps.iter().map(String::as_str).collect();
        let complaint = import(room, may, &steps)
            .or_else(|| generated(may, room, &steps))
            .or_else(|| one_kind(room, &steps, kinds))
            .or_else(|| foreign(room, &steps));
        if let Some(complaint) = complaint {
            found.push(format!("{}:{}: {complaint}", source.file, path.line));
        }
    }
    for Macro { name, line } in &source.macros {
        if room != PRINTS && PRINTING.contains(&name.as_str()) {
            found.push(format!(
                "{}:{line}: `{room}` may not print (`{name}!`)",
                source.file
            ));
        }
    }
    found
}

fn import(room: &str, may: &[&str], steps: &[&str]) -> Option<String> {
    let (&"crate", rest) = steps.split_first()? else {
        return None;
    };
    let to = rest.first().copied().unwrap_or("*");
    let known = TABLE.iter().any(|(name, _)| *name == to);
    match known {
        false => Some(format!("`crate::{to}` is no room")),
        true if to == room || may.contains(&to) => None,
        true => Some(format!("`{room}` may not import `{to}`")),
    }
}

/// Generated types, under whatever path.
fn generated(may: &[&str], room: &str, steps: &[&str]) -> Option<String> {
    let names = room != "wire" && !may.contains(&"wire") && steps.contains(&"v1");
    names.then(|| {
        format!(
            "`{room}` may not name generated types (`{}`)",
            steps.join("::")
        )
    })
}

fn one_kind(room: &str, steps: &[&str], kinds: &BTreeSet<&str>) -> Option<String> {
    let after = steps.iter().skip_while(|step| **step != "kinds").nth(1)?;
    let names = KINDS_LIST_ONLY.contains(&room) && kinds.contains(after);
    names.then(|| format!("`{room}` may know the list of kinds only, not `{after}`"))
}

fn foreign(room: &str, steps: &[&str]) -> Option<String> {
    let first = steps.first()?;
    let rule = |(prefix, _, _): &&(&str, &str, &[&str])| {
        *first == *prefix || first.starts_with(&format!("{prefix}_"))
    };
    let mut rules = FOREIGN.iter().filter(rule).peekable();
    rules.peek()?;
    let allowed = rules.any(|(_, of, only)| {
        *of == room && (only.is_empty() || steps.get(1).is_some_and(|step| only.contains(step)))
    });
    (!allowed).then(|| format!("`{room}` may not name `{}`", steps.join("::")))
}

/// The rooms that stand in `src`: its files and folders.
fn rooms(files: &[(String, String)]) -> BTreeSet<&str> {
    let room = |path: &'_ str| !ROOT.contains(&path);
    files
        .iter()
        .map(|(path, _)| path.as_str())
        .filter(|path| room(path))
        .map(paths::room)
        .collect()
}

fn read_src() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("src can be read") {
            let path = entry.expect("src can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).expect("it is inside src");
                let name = name.to_str().expect("names are ASCII").to_owned();
                files.push((
                    name,
                    std::fs::read_to_string(&path).expect("src can be read"),
                ));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn no_room_imports_what_the_table_does_not_allow() {
    let found = breaches(&read_src());
    assert!(
        found.is_empty(),
        "section 5 is broken:\n{}",
        found.join("\n")
    );
}

#[test]
fn the_table_names_the_rooms_that_stand() {
    let files = read_src();
    let expected: BTreeSet<&str> = TABLE.iter().map(|(room, _)| *room).collect();
    assert_eq!(
        rooms(&files),
        expected,
        "left: the rooms in src; right: the table"
    );
    for (room, may) in TABLE {
        for other in may {
            let known = TABLE.iter().any(|(name, _)| name == other);
            assert!(
                known && *other != room,
                "the row of `{room}` names `{other}`"
            );
        }
    }
}
