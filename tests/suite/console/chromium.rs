//! The pages in a real Chromium: `tests/browser/pages.js` looks, this file does what it asks for meanwhile.

use super::asks::with_a_late_menu;
use super::{approved_exchange, arrived, hire, place, published};
use crate::harness::{HEAD, LAKE, SPRING, TestHub, within};
use crate::wishes::{act, announce, create, exchange, fresh, id, menu, session};
use lianxiao::model::ids::Place;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};

/// What tests/run installs, and says where.
fn installed(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("tests/run installs a browser and sets {variable}"))
}

/// The browser at a hub, with some tokens.
fn look(hub: &TestHub, tokens: [(&str, &String); 3]) -> Child {
    Command::new("node")
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/browser/pages.js"
        ))
        .env(
            "LIANXIAO_TEST_CHROMIUM",
            installed("LIANXIAO_TEST_CHROMIUM"),
        )
        .env(
            "LIANXIAO_TEST_PLAYWRIGHT",
            installed("LIANXIAO_TEST_PLAYWRIGHT"),
        )
        .env("HUB", format!("http://{}", hub.address()))
        .envs(tokens)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("node starts")
}

const WEEK: [&str; 5] = [
    "2026-05-11",
    "2026-05-12",
    "2026-05-13",
    "2026-05-14",
    "2026-05-15",
];

#[tokio::test]
async fn the_office_works_in_a_browser() {
    let (hub, _) = with_a_late_menu().await;
    published(&hub, HEAD, menu(&WEEK)).await;
    let meeting = fresh();
    let held = [
        create(&meeting, session("五年级语文集体备课", "2026-05-12")),
        act(&meeting, 1, announce()),
    ];
    hub.campus(HEAD).push(held).await;
    let moving = approved_exchange(&hub, exchange(&id(HEAD), &id(SPRING))).await;
    let (credential, token) = hire(&hub, Place::Office, "集团办").await;
    let (_, clerk) = hire(&hub, place(LAKE), "总务处").await;
    let (_, link) = hire(&hub, Place::Public, "公开").await;
    let mut node = look(
        &hub,
        [("OFFICE", &token), ("CLERK", &clerk), ("PUBLIC", &link)],
    );
    let mut told = node.stdin.take().expect("it is piped");
    let mut lines = BufReader::new(node.stdout.take().expect("it is piped")).lines();
    let mut seen = Vec::new();
    while let Some(line) = within("the browser", lines.next_line())
        .await
        .expect("a line")
    {
        match line.as_str() {
            "publish" => {
                published(&hub, SPRING, menu(&WEEK)).await;
            }
            "arrive" => arrived(&hub, &moving).await,
            "revoke" => {
                let revoked = hub.hub().revoke_credential(hub.group.id, credential).await;
                revoked.expect("revoked");
            }
            _ => {
                seen.push(line);
                continue;
            }
        }
        told.write_all(b"done\n").await.expect("it listens");
    }
    let ended = within("the browser ends", node.wait())
        .await
        .expect("an end");
    assert!(ended.success(), "{seen:#?}");
    assert_eq!(
        seen.last().map(String::as_str),
        Some("all seen"),
        "{seen:#?}"
    );
}
