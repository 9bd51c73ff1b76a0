//! The pages in a real Chromium: the scripts of `tests/browser` look, this file does what they ask for meanwhile.

use super::asks::with_a_late_menu;
use super::{WEEK, approved_exchange, arrived, hire, in_term, place, published};
use crate::harness::{HEAD, LAKE, SPRING, TestHub, within};
use crate::libreoffice::convert;
use crate::reader::Reader;
use crate::wishes::{act, announce, create, edit, exchange, fresh, id, menu, session};
use lianxiao::model::ids::Place;
use rust_xlsxwriter::{Format, Workbook};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// What tests/run installs, and says where.
fn installed(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("tests/run installs a browser and sets {variable}"))
}

/// A browser at work.
pub struct Looking {
    node: Child,
    told: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    seen: Vec<String>,
}

impl Looking {
    /// Starts a script at a hub, with what it is told.
    fn start(script: &str, hub: &TestHub, told: &[(&str, &str)]) -> Self {
        let hub = format!("http://{}", hub.address());
        let hub = ("HUB", hub.as_str());
        Self::of(script, &[&[hub][..], told].concat())
    }

    /// Starts a script, with what it is told.
    pub fn of(script: &str, told: &[(&str, &str)]) -> Self {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
        let mut command = Command::new("node");
        command.arg(scripts.join(script));
        for variable in ["LIANXIAO_TEST_CHROMIUM", "LIANXIAO_TEST_PLAYWRIGHT"] {
            command.env(variable, installed(variable));
        }
        let mut node = command
            .envs(told.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node starts");
        let told = node.stdin.take().expect("it is piped");
        let lines = BufReader::new(node.stdout.take().expect("it is piped")).lines();
        Looking {
            node,
            told,
            lines,
            seen: Vec::new(),
        }
    }

    /// What it asks for next, if it is one of those; `None` when it has ended.
    pub async fn asks(&mut self, known: &[&'static str]) -> Option<&'static str> {
        loop {
            let line = within("the browser", self.lines.next_line()).await;
            let line = line.expect("a line")?;
            match known.iter().find(|of| **of == line) {
                Some(asked) => return Some(asked),
                None => self.seen.push(line),
            }
        }
    }

    pub async fn answer(&mut self, text: &str) {
        let line = format!("{text}\n");
        self.told
            .write_all(line.as_bytes())
            .await
            .expect("it listens");
    }

    /// It has seen all there was to see.
    pub async fn ended(mut self) {
        let ended = within("the browser ends", self.node.wait()).await;
        assert!(ended.expect("an end").success(), "{:#?}", self.seen);
        let last = self.seen.last().map(String::as_str);
        assert_eq!(last, Some("all seen"), "{:#?}", self.seen);
    }
}

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
    let tokens = [("OFFICE", &*token), ("CLERK", &*clerk), ("PUBLIC", &*link)];
    let mut looking = Looking::start("pages.js", &hub, &tokens);
    while let Some(asked) = looking
        .asks(&["publish", "write", "arrive", "revoke"])
        .await
    {
        match asked {
            "publish" => {
                published(&hub, SPRING, menu(&WEEK)).await;
            }
            "write" => {
                let new = session("三年级数学集体备课", "2026-05-13");
                hub.campus(HEAD).applied(create(&fresh(), new)).await;
            }
            "arrive" => arrived(&hub, &moving).await,
            _ => {
                let revoked = hub.hub().revoke_credential(hub.group.id, credential).await;
                revoked.expect("revoked");
            }
        }
        looking.answer("done").await;
    }
    looking.ended().await;
}

/// A week's menu as schools make it, saved by LibreOffice: a title over all columns, days without a year, one that is
/// on no calendar.
fn workbook(folder: &Path) -> PathBuf {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("第11周").expect("a name");
    let merged = sheet.merge_range(0, 0, 0, 3, "春风分校第11周食谱", &Format::new());
    merged.expect("a title");
    let rows = [
        ["食堂", "学生食堂", "", ""],
        ["日期", "主食", "大荤", "素菜"],
        ["5月11日 周一", "米饭", "红烧肉", "清炒菠菜"],
        ["5月12日 周二", "米饭", "糖醋排骨", "炒青菜"],
        ["5月13日 周三", "米饭", "狮子头", "炒豆芽"],
        ["5月33日 周四", "米饭", "清蒸鱼", "炒生菜"],
        ["5月15日 周五", "米饭", "酱鸭腿", "炒包菜"],
    ];
    for (number, row) in (1..).zip(rows) {
        sheet.write_row(number, 0, row).expect("a row");
    }
    let made = book.save_to_buffer().expect("it is saved");
    let path = folder.join("menu.xlsx");
    let saved = convert(&[("menu.xlsx", &made)], "xlsx").remove(0);
    std::fs::write(&path, saved).expect("it is saved");
    path
}

#[tokio::test]
async fn a_clerk_works_in_a_browser_that_is_closed_and_loses_its_line() {
    let hub = in_term().await;
    let folder = tempfile::tempdir().expect("a folder");
    let sheet = workbook(folder.path());
    let profile = folder.path().join("profile");
    let (_, clerk) = hire(&hub, place(SPRING), "总务处").await;
    let told = [
        ("CLERK", &*clerk),
        ("SHEET", sheet.to_str().expect("a path")),
        ("PROFILE", profile.to_str().expect("a path")),
    ];
    let mut looking = Looking::start("desk.js", &hub, &told);
    let own = hub.campus(SPRING);
    let count = async |kind: &str| Reader::all(&own).await.ids(kind).len().to_string();
    while let Some(asked) = looking.asks(&["count", "clash", "clashes"]).await {
        let answer = match asked {
            "count" => count("menu").await,
            "clashes" => count("conflict").await,
            _ => {
                let record = fresh();
                let titled = |title| session(title, "2026-05-12");
                own.applied(create(&record, titled("语文集体备课"))).await;
                own.applied(edit(&record, 1, titled("四年级语文集体备课")))
                    .await;
                let late = own
                    .one(edit(&record, 1, titled("五年级语文集体备课")))
                    .await;
                late.conflict_id
            }
        };
        looking.answer(&answer).await;
    }
    looking.ended().await;
}
