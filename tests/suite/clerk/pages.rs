//! `campus open`: the clerk's pages from her own copy, for her browser and nobody else's, with a line and without.

use super::{Clerk, Town, note, session_json};
use crate::console::browser::{Answer, Browser};
use crate::console::chromium::Looking;
use crate::console::form::Form;
use crate::process::Running;
use serde_json::Value;

/// A week's menu. Its second day is on no calendar.
const MENU: &str = "春风分校食谱,,\n食堂,学生食堂,\n日期,餐次,菜名\n2026-12-07,午餐,米饭、红烧肉\n\
    2026-12-33,午餐,米饭、清蒸鱼\n";

/// Her pages, and the address that lets a browser in.
fn open(clerk: &Clerk) -> (Running, String) {
    let open = Running::start(&mut clerk.command(&["open", "--json"]));
    let address = open.line(|line| {
        let told: Value = serde_json::from_str(line).ok()?;
        told["address"].as_str().map(str::to_owned)
    });
    (open, address)
}

/// The host and the path of an address.
fn parts(address: &str) -> (&str, &str) {
    let rest = address.strip_prefix("http://").expect("plain, on loopback");
    rest.split_at(rest.find('/').expect("a path"))
}

/// Her browser, let in.
async fn let_in(address: &str) -> Browser {
    let (host, path) = parts(address);
    let mut browser = Browser::at(host.parse().expect("an address"));
    let answer = browser.get(path).await;
    answer.is(303);
    browser.keep(&answer);
    browser
}

/// The copy is whole at the hub's newest.
fn in_step(open: &Running) {
    open.line(|line| line.contains("\"position\"").then_some(()));
}

fn waiting(clerk: &Clerk) -> i64 {
    let state = clerk.json(0, &["status"]);
    state["waiting"].as_i64().expect("a number")
}

async fn hand_in(browser: &Browser, sheet: &str) -> Answer {
    let file = ("食谱.csv", sheet.as_bytes());
    let page = browser.hand_in("/desk/sheet", &[("what", "")], file).await;
    page.is(200);
    page
}

/// Every link of a page leads to a page.
async fn leads_somewhere(browser: &Browser, page: &Answer) {
    let links = page.body.split("href=\"").skip(1);
    let paths = links.filter_map(|link| link.split('"').next());
    for path in paths.filter(|path| path.starts_with('/')) {
        browser.get(path).await.is(200);
    }
}

#[tokio::test]
async fn one_browser_is_let_in_once_and_nobody_else() {
    let town = Town::found();
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    let (_open, address) = open(&clerk);
    let (host, path) = parts(&address);
    assert!(host.starts_with("127.0.0.1:"), "{host}");
    let stranger = Browser::at(host.parse().expect("an address"));
    for path in ["/", "/desk", "/copy", "/assets/pages.css", "/enter/0"] {
        let answer = stranger.get(path).await;
        answer.is(403);
        assert!(!answer.body.contains("春风"), "{}", answer.body);
    }
    let hers = let_in(&address).await;
    stranger.get(path).await.is(403);
    let page = hers.get("/desk").await;
    page.is(200);
    page.shows("春风分校");
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("default-src 'none'"), "{policy}");
    // A name that was made to lead here, and a form of another page.
    let elsewhere = hers
        .ask("GET", "/desk", &[("host", "evil.example")], "")
        .await;
    elsewhere.is_one_of(&[400, 403]);
    let foreign = hers
        .post_from("http://evil.example", "/desk/act", &[])
        .await;
    foreign.is(403);
}

#[tokio::test]
async fn what_is_typed_on_the_page_without_a_line_outlives_a_kill_and_is_sent_once() {
    let mut town = Town::found();
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    town.kill_hub();
    let (open_once, address) = open(&clerk);
    let browser = let_in(&address).await;
    browser.get("/desk/blank/menu.xlsx").await.is(200);
    let page = hand_in(&browser, MENU).await;
    page.shows("2026-12-33");
    assert_eq!(waiting(&clerk), 0, "a look stores nothing");
    let page = hand_in(&browser, &MENU.replace("33", "08")).await;
    let form = Form::to(&page, "/desk/sheet/send");
    form.send(&browser, &[]).await.shows("已录入，等线路");
    let typed = waiting(&clerk);
    assert!(typed >= 1);
    form.send(&browser, &[]).await.shows("已录入，等线路");
    assert_eq!(waiting(&clerk), typed, "pressed twice it is typed once");
    browser.get("/copy").await.shows("待上报");
    open_once.kill();
    assert_eq!(waiting(&clerk), typed);
    let (running, address) = open(&clerk);
    let browser = let_in(&address).await;
    browser.get("/copy").await.shows("待上报");
    town.raise_hub();
    in_step(&running);
    // The same sheet again says nothing new, and what is typed with a line is answered at once.
    let page = hand_in(&browser, &MENU.replace("33", "08")).await;
    page.shows("无变化");
    let session = clerk.file("session.json", &session_json("六年级数学集体备课"));
    clerk.says(0, &["put", &session]);
    while waiting(&clerk) > 0 {
        in_step(&running);
    }
    let page = browser.get("/desk").await;
    page.shows("六年级数学集体备课");
    leads_somewhere(&browser, &page).await;
    let forms = Form::all(&page.body);
    let announce = |form: &&Form| form.value("action") == Some("session.announce");
    let form = forms.iter().find(announce).expect("a button");
    form.send(&browser, &[]).await.shows("已收");
    assert!(running.end_with("INT"));
    assert_eq!(clerk.list("menu").len(), 1);
    let other = town.clerk(0, "other");
    other.says(0, &["sync"]);
    assert_eq!(other.list("menu").len(), 1);
}

#[tokio::test]
async fn a_copy_that_was_never_made_comes_by_itself_and_another_window_types_beside_the_page() {
    let mut town = Town::found();
    let clerk = town.clerk(0, "laptop");
    town.kill_hub();
    let (running, address) = open(&clerk);
    let browser = let_in(&address).await;
    let page = browser.get("/desk").await;
    page.is(503);
    page.shows("还没有副本");
    town.raise_hub();
    in_step(&running);
    browser.get("/desk").await.is(200);
    clerk.says(0, &["put", &clerk.file("note.json", &note("留样"))]);
    while waiting(&clerk) > 0 {
        in_step(&running);
    }
    assert!(running.end_with("INT"));
}

#[tokio::test]
async fn a_clerk_types_in_a_real_browser_before_there_is_a_line() {
    let mut town = Town::found();
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    town.kill_hub();
    let (running, address) = open(&clerk);
    let sheet = clerk.file("menu.csv", MENU);
    let told = [("ADDRESS", address.as_str()), ("SHEET", &sheet)];
    let mut browser = Looking::of("copy.js", &told);
    while browser.asks(&["line"]).await.is_some() {
        assert!(waiting(&clerk) > 0);
        town.raise_hub();
        while waiting(&clerk) > 0 {
            in_step(&running);
        }
        browser.answer("done").await;
    }
    browser.ended().await;
    assert_eq!(clerk.list("menu").len(), 1);
}
