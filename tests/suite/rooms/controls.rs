//! What the checker must find, and what it must not.

use super::breaches;

/// Texts that break a rule, each with what is to be said of it.
const PLANTED: &[(&str, &str, &str)] = &[
    (
        "model/ids.rs",
        "use crate::wire::v1;",
        "`model` may not import `wire`",
    ),
    (
        "grpc/auth.rs",
        "use crate::store::Store;",
        "`grpc` may not import `store`",
    ),
    (
        "grpc.rs",
        "pub(crate) use crate::{hub::Hub, sync::Reader};",
        "may not import `sync`",
    ),
    (
        "cli/pull.rs",
        "use crate::{hub, store};",
        "`cli` may not import `store`",
    ),
    (
        "store/sql.rs",
        "fn f() { crate::kinds::named(\"x\"); }",
        "`store` may not import `kinds`",
    ),
    (
        "office/a.rs",
        "fn f() { matches!(x, crate::hub::Hub { .. }) }",
        "may not import `hub`",
    ),
    (
        "sync/plan.rs",
        "use super::super::office::Records;",
        "`sync` may not import `office`",
    ),
    (
        "sync.rs",
        "use super::office;",
        "`sync` may not import `office`",
    ),
    (
        "sync.rs",
        "mod a { mod b { use super::super::super::hub; } }",
        "may not import `hub`",
    ),
    (
        "hub.rs",
        "#[cfg(test)] mod tests { use crate::kinds; }",
        "`hub` may not import `kinds`",
    ),
    (
        "access.rs",
        "#[path = \"x\"] mod a { type T = crate::hub::Hub; }",
        "may not import `hub`",
    ),
    ("kinds/menu.rs", "use crate::*;", "`crate::*` is no room"),
    (
        "kinds/menu.rs",
        "use crate::telemetry::start;",
        "`crate::telemetry` is no room",
    ),
    (
        "kinds/menu.rs",
        "use crate as ours;",
        "`crate::*` is no room",
    ),
    ("telemetry/log.rs", "", "no room `telemetry`"),
    (
        "hub.rs",
        "use crate::office::v1::GroupStatus;",
        "may not name generated types",
    ),
    (
        "hub.rs",
        "fn f() -> v1::GroupStatus { todo!() }",
        "may not name generated types",
    ),
    (
        "sync/plan.rs",
        "use crate::kinds::menu::Menu;",
        "list of kinds only, not `menu`",
    ),
    (
        "sync/plan.rs",
        "use crate::kinds; fn f() { kinds::menu::check() }",
        "not `menu`",
    ),
    (
        "sync/plan.rs",
        "use crate::kinds::{Kind, menu};",
        "list of kinds only, not `menu`",
    ),
    (
        "hub/a.rs",
        "fn f(e: sqlx::Error) {}",
        "`hub` may not name `sqlx::Error`",
    ),
    (
        "hub/a.rs",
        "fn f(e: ::sqlx::Error) {}",
        "`hub` may not name `sqlx::Error`",
    ),
    (
        "hub/a.rs",
        "#[derive(sqlx::FromRow)] struct A;",
        "`hub` may not name `sqlx::FromRow`",
    ),
    (
        "hub/error.rs",
        "use tonic::Status;",
        "`hub` may not name `tonic::Status`",
    ),
    (
        "hub/error.rs",
        "use tonic_types::StatusExt as _;",
        "`hub` may not name `tonic_types",
    ),
    (
        "wire/convert.rs",
        "use tonic::Status;",
        "`wire` may not name `tonic::Status`",
    ),
    (
        "cli/push.rs",
        "use tonic::{Status, Request};",
        "`cli` may not name `tonic::Status`",
    ),
    ("cli/push.rs", "use tonic;", "`cli` may not name `tonic`"),
    (
        "hub.rs",
        "fn f() { println!(\"{x}\") }",
        "`hub` may not print (`println!`)",
    ),
    (
        "hub.rs",
        "fn f() { std::eprintln!(\"{x}\") }",
        "`hub` may not print (`eprintln!`)",
    ),
    ("hub.rs", "fn f() { ", "not Rust"),
];

/// Texts that look like breaches and are none.
const INNOCENT: &[(&str, &str)] = &[
    ("lib.rs", "pub mod telemetry; use crate::store::sql;"),
    (
        "model/ids.rs",
        "// use crate::wire::v1;\n/// [`crate::store::Store`]\nstruct A;",
    ),
    (
        "model/ids.rs",
        "const A: &str = \"use crate::store; println!(sqlx::query)\";",
    ),
    (
        "model/ids.rs",
        "use super::date; use crate::model::feed; fn f(x: &self::A) {}",
    ),
    (
        "sync.rs",
        "mod tests { use super::office; } fn f() { self::store::g() }",
    ),
    (
        "sync/plan.rs",
        "use crate::kinds::{self, Kind}; fn f() { kinds::named(menu::X) }",
    ),
    (
        "cli/push.rs",
        "use tonic::transport::Channel; fn f() { println!() }",
    ),
    (
        "wire.rs",
        "pub mod v1 { tonic::include_proto!(\"lianxiao.v1\"); } use v1::Menu;",
    ),
    (
        "store/sql.rs",
        "use sqlx::{Row as _, Sqlite}; pub(in crate::store) fn f() {}",
    ),
    (
        "grpc/a.rs",
        "use crate::wire::v1; #[tonic::async_trait] impl A for B {}",
    ),
    (
        "hub.rs",
        "fn print() {} fn f() { print(); x.println(); a != b; }",
    ),
];

#[test]
fn the_checker_finds_a_planted_breach() {
    let kinds = ("kinds/menu.rs".to_owned(), String::new());
    for (path, text, said) in PLANTED {
        let found = breaches(&[kinds.clone(), ((*path).to_owned(), (*text).to_owned())]);
        assert_eq!(found.len(), 1, "in {path}: {text}: {found:?}");
        assert!(found[0].starts_with(path), "{found:?}");
        assert!(
            found[0].contains(said),
            "in {path}: {text}: {found:?}, not {said}"
        );
    }
}

#[test]
fn the_checker_leaves_the_innocent_alone() {
    let kinds = ("kinds/menu.rs".to_owned(), String::new());
    for (path, text) in INNOCENT {
        let found = breaches(&[kinds.clone(), ((*path).to_owned(), (*text).to_owned())]);
        assert_eq!(found, Vec::<String>::new(), "in {path}: {text}");
    }
}
