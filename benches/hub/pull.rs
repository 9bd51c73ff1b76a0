//! Pulls: everything from the beginning, and the last few of much.

use crate::report::{ROUNDS, beside, latencies, line, median, note, quantiles, rate};
use crate::stage::{Stage, all_applied, new_records, session};
use lianxiao::client::Line;
use lianxiao::wire::v1;
use std::time::Instant;

pub const RECORDS: usize = 100_000;
const PUSH: usize = 1_000;
const FEW: usize = 10;
const INCREMENTS: usize = 200;

/// A hub that holds many records, all of which anybody of the group sees, and a line to it.
pub async fn filled() -> (Stage, Line) {
    let stage = Stage::open().await;
    let group = stage.group("春风教育集团", 1).await;
    let line = stage.line(&group.tokens[0]);
    for _ in 0..RECORDS / PUSH {
        let push = new_records(session, PUSH);
        let response = line.sync().push(push).await.expect("an answer");
        all_applied(response.into_inner());
    }
    (stage, line)
}

pub async fn cold_and_incremental() {
    let (mut stage, line_) = filled().await;
    let mut colds = Vec::new();
    let mut cursor = String::new();
    for _ in 0..=ROUNDS {
        let start = Instant::now();
        let (count, end) = pull_all(&line_, "").await;
        colds.push(rate(count, start.elapsed()));
        cursor = end;
    }
    let mut few = latencies();
    for _ in 0..INCREMENTS {
        let push = new_records(session, FEW);
        let response = line_.sync().push(push).await.expect("an answer");
        all_applied(response.into_inner());
        let start = Instant::now();
        let (count, end) = pull_all(&line_, &cursor).await;
        note(&mut few, start.elapsed());
        assert_eq!(count, FEW);
        cursor = end;
    }
    stage.stop().await;
    let mut scans = Vec::new();
    for _ in 0..=ROUNDS {
        let start = Instant::now();
        let count = stage.scan().await;
        scans.push(rate(count, start.elapsed()));
    }
    let name = "cold pull of 100,000";
    beside(name, &colds, "two-column sqlx scan", &scans, "0.6");
    line(
        "  records a second",
        &format!("{:.0}", median(colds)),
        "250,000",
    );
    line(
        "incremental pull of 10 out of 100,000",
        &quantiles(&few),
        "-",
    );
}

/// Pulls until the head; how many changes, and the cursor there.
pub async fn pull_all(line: &Line, cursor: &str) -> (usize, String) {
    let mut sync = line.sync().max_decoding_message_size(16 << 20);
    let mut cursor = cursor.to_owned();
    let mut count = 0;
    loop {
        let request = v1::PullRequest {
            cursor,
            ..Default::default()
        };
        let page = sync.pull(request).await.expect("a page").into_inner();
        count += page.changes.len();
        cursor = page.cursor;
        if page.checkpoint.is_some() {
            return (count, cursor);
        }
    }
}
