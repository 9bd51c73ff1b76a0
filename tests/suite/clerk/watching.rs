//! Staying in step while other windows type.

use super::{NOT_REACHED, Town, note};
use crate::process::Running;
use serde_json::Value;

fn answered(line: &str) -> Option<Value> {
    let told: Value = serde_json::from_str(line).ok()?;
    let outcome = told["answers"][0]["outcome"].as_str()? == "OUTCOME_APPLIED";
    outcome.then_some(told)
}

#[test]
fn a_watch_brings_along_what_another_window_types_and_goes_on_when_the_hub_comes_back() {
    let mut town = Town::found();
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    let watch = Running::start(&mut clerk.command(&["watch", "--json"]));
    watch.line(|line| line.contains("\"position\"").then_some(()));
    clerk.says(0, &["put", &clerk.file("one.json", &note("留样"))]);
    watch.line(answered);
    let busy = clerk.says(NOT_REACHED, &["sync"]);
    assert!(busy.contains("另一个窗口"), "{busy}");
    town.kill_hub();
    watch.line(|line| line.contains("\"lost\"").then_some(()));
    clerk.says(0, &["put", &clerk.file("two.json", &note("验收"))]);
    town.raise_hub();
    watch.line(answered);
    assert!(watch.end_with("INT"));
    assert_eq!(clerk.list("canteen_note").len(), 2);
    clerk.says(0, &["sync"]);
}

#[test]
fn a_watch_in_words_says_what_became_of_what_was_typed() {
    let town = Town::found();
    let clerk = town.clerk(0, "laptop");
    let watch = Running::start(&mut clerk.command(&["watch"]));
    watch.line(|line| line.contains("已同步到位置").then_some(()));
    clerk.says(0, &["put", &clerk.file("one.json", &note("留样"))]);
    watch.line(|line| line.contains("已收  食堂经验与不足 留样").then_some(()));
    assert!(watch.end_with("INT"));
}
