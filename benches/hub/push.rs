//! Pushes: in batches, alone, and of many groups.

use crate::bare;
use crate::report::{ROUNDS, beside, latencies, line, ms, note, quantiles, rate};
use crate::stage::{Group, Stage, all_applied, new_records, session};
use hdrhistogram::Histogram;
use lianxiao::client::Line;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const CLIENTS: usize = 8;
const PUSHES_A_CLIENT: usize = 40;
const BATCH: usize = 100;

/// Every client pushes batches of 100 as fast as they are answered.
pub async fn batched() {
    let mut ours = Vec::new();
    let (mut same, mut one) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut stage = Stage::open().await;
        let group = stage.group("春风教育集团", CLIENTS).await;
        let lines = group.tokens.iter().map(|token| stage.line(token));
        let (rows, took) = push_batches(lines.collect()).await;
        ours.push(rate(rows, took));
        stage.stop().await;
        let setup = i64::try_from(CLIENTS).expect("few");
        let again = stage.again(setup).await;
        assert_eq!(again.rows, rows);
        line("  commits it took", &again.commits.to_string(), "-");
        same.push(rate(rows, again.same_rows));
        one.push(rate(rows, again.one_table));
    }
    let name = "push, 8 clients, batches of 100";
    beside(name, &ours, "same rows raw", &same, "0.6");
    beside(name, &ours, "one table raw", &one, "0.3");
}

/// Every line pushes batches as fast as they are answered; how many records, and how long it took.
async fn push_batches(lines: Vec<Line>) -> (usize, Duration) {
    // What a client makes up is made up before the clock runs.
    let mut pushes = vec![Vec::new(); lines.len()];
    for _ in 0..PUSHES_A_CLIENT {
        for pushes in &mut pushes {
            pushes.push(new_records(session, BATCH));
        }
    }
    let rows = lines.len() * PUSHES_A_CLIENT * BATCH;
    let (mut clients, start) = (JoinSet::new(), Instant::now());
    for (line, pushes) in lines.into_iter().zip(pushes) {
        let mut sync = line.sync();
        clients.spawn(async move {
            for push in pushes {
                all_applied(sync.push(push).await.expect("an answer").into_inner());
            }
        });
    }
    clients.join_all().await;
    (rows, start.elapsed())
}

/// Two hubs on one database beside one that does it all: every client in one group, and in a group each.
pub async fn two_hubs() {
    for (whose, in_group, aim) in [("one group", CLIENTS, "0.8"), ("8 groups", 1, "1.0")] {
        let (mut one, mut two) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let here = Stage::open().await;
            let mut tokens = Vec::new();
            for number in 0..CLIENTS / in_group {
                let group = here.group(&format!("集团{number}"), in_group).await;
                tokens.extend(group.tokens);
            }
            let lines = tokens.iter().map(|token| here.line(token));
            let (rows, took) = push_batches(lines.collect()).await;
            one.push(rate(rows, took));
            let there = here.beside().await;
            let hubs = [&here, &there].into_iter().cycle();
            let lines = tokens.iter().zip(hubs).map(|(token, hub)| hub.line(token));
            let (rows, took) = push_batches(lines.collect()).await;
            two.push(rate(rows, took));
        }
        let name = format!("push, two hubs, {whose}");
        beside(&name, &two, "one hub", &one, aim);
    }
}

const SINGLE: Duration = Duration::from_secs(4);

/// Every client pushes one record at a time.
pub async fn single(clients: usize) {
    let (mut ours, mut bares) = (Vec::new(), Vec::new());
    let mut told = String::new();
    let mut p99s = Vec::new();
    for _ in 0..ROUNDS {
        let mut stage = Stage::open().await;
        let group = stage.group("春风教育集团", 8).await;
        let (count, latencies) = singles(&stage.address(), &group, clients).await;
        ours.push(rate(count, SINGLE));
        p99s.push(ms(&latencies, 0.99));
        told = quantiles(&latencies);
        stage.stop().await;
        let pattern = stage.written(8).await.into_iter().next();
        let bare = bare::start(pattern.expect("a commit")).await;
        let (count, _) = singles(&bare, &group, clients).await;
        bares.push(rate(count, SINGLE));
    }
    let name = format!("push, {clients} clients, one at a time");
    beside(&name, &ours, "bare tonic", &bares, "0.7");
    let p99 = crate::report::median(p99s);
    line(
        "  latency",
        &format!("p99 {p99:.1} ms (last round {told})"),
        "p99 < 15 ms",
    );
}

async fn singles(address: &str, group: &Group, clients: usize) -> (usize, Histogram<u64>) {
    let mut pushing = JoinSet::new();
    for client in 0..clients {
        let token = &group.tokens[client % group.tokens.len()];
        let line = Line::new(address, token).expect("a line");
        pushing.spawn(push_one_by_one(line, SINGLE));
    }
    let mut count = 0;
    let mut all = latencies();
    for (pushed, latencies) in pushing.join_all().await {
        count += pushed;
        all.add(latencies).expect("one range");
    }
    (count, all)
}

/// Pushes new records for so long, one at a time.
pub async fn push_one_by_one(line: Line, wanted: Duration) -> (usize, Histogram<u64>) {
    let mut sync = line.sync();
    let mut latencies = latencies();
    let (mut count, start) = (0, Instant::now());
    while start.elapsed() < wanted {
        let push = new_records(session, 1);
        let sent = Instant::now();
        all_applied(sync.push(push).await.expect("an answer").into_inner());
        note(&mut latencies, sent.elapsed());
        count += 1;
    }
    (count, latencies)
}

/// 100 groups, each pushing one record at a time.
pub async fn groups() {
    const GROUPS: usize = 100;
    let stage = Stage::open().await;
    let mut groups = Vec::new();
    for number in 0..GROUPS {
        groups.push(stage.group(&format!("集团{number}"), 1).await);
    }
    let mut pushing = JoinSet::new();
    for group in &groups {
        pushing.spawn(push_one_by_one(stage.line(&group.tokens[0]), SINGLE));
    }
    let mut all = latencies();
    let mut count = 0;
    for (pushed, latencies) in pushing.join_all().await {
        count += pushed;
        all.add(latencies).expect("one range");
    }
    let told = format!("{:.0} commits/s; {}", rate(count, SINGLE), quantiles(&all));
    line("push, 100 groups, one at a time each", &told, "-");
}
