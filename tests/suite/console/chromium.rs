//! The pages in a real Chromium: `tests/browser/pages.js` looks, this file does what it asks for meanwhile.

use super::{hire, in_term, place, published};
use crate::harness::{HEAD, LAKE, SPRING, within};
use crate::wishes::{act, announce, create, fresh, menu, session};
use lianxiao::model::ids::Place;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Command;

/// What tests/run installs, and says where.
fn installed(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("tests/run installs a browser and sets {variable}"))
}

#[tokio::test]
async fn the_office_works_in_a_browser() {
    let hub = in_term().await;
    published(
        &hub,
        HEAD,
        menu(&[
            "2026-05-11",
            "2026-05-12",
            "2026-05-13",
            "2026-05-14",
            "2026-05-15",
        ]),
    )
    .await;
    let meeting = fresh();
    let held = [
        create(&meeting, session("五年级语文集体备课", "2026-05-12")),
        act(&meeting, 1, announce()),
    ];
    hub.campus(HEAD).push(held).await;
    let (credential, token) = hire(&hub, Place::Office, "集团办").await;
    let (_, clerk) = hire(&hub, place(LAKE), "总务处").await;
    let (_, link) = hire(&hub, Place::Public, "公开").await;
    let mut node = Command::new("node")
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
        .envs([("OFFICE", &token), ("CLERK", &clerk), ("PUBLIC", &link)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("node starts");
    let mut told = node.stdin.take().expect("it is piped");
    let mut lines = BufReader::new(node.stdout.take().expect("it is piped")).lines();
    let mut seen = Vec::new();
    while let Some(line) = within("the browser", lines.next_line())
        .await
        .expect("a line")
    {
        match line.as_str() {
            "publish" => {
                let days = [
                    "2026-05-11",
                    "2026-05-12",
                    "2026-05-13",
                    "2026-05-14",
                    "2026-05-15",
                ];
                published(&hub, SPRING, menu(&days)).await;
            }
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
