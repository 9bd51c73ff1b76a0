//! A hub under two loads at once.

use crate::pull::{filled, pull_all};
use crate::push::push_one_by_one;
use crate::report::{latencies, line, note, quantiles, rate};
use crate::stage::Stage;
use lianxiao::client::Line;
use lianxiao::wire::v1;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use v1::watch_response::Event;

const WHILE: Duration = Duration::from_secs(4);

/// Pushes, alone and beside a reader that begins again and again from nothing.
pub async fn push_while_cold_loads() {
    let (_stage, reader) = filled().await;
    let (count, alone) = push_one_by_one(reader.clone(), WHILE).await;
    let figure = format!("{:.0}/s; {}", rate(count, WHILE), quantiles(&alone));
    line("push, 1 client alone", &figure, "-");
    let cold = reader.clone();
    let loading = tokio::spawn(async move {
        loop {
            pull_all(&cold, "").await;
        }
    });
    let (count, loaded) = push_one_by_one(reader, WHILE).await;
    loading.abort();
    let figure = format!("{:.0}/s; {}", rate(count, WHILE), quantiles(&loaded));
    line("push, 1 client while a cold load runs", &figure, "-");
}

const REPLICAS: usize = 500;

/// Replicas that were whole come back at once, each on a line of its own, after the hub was started anew.
pub async fn reconnect() {
    let mut stage = Stage::open().await;
    let group = stage.group("春风教育集团", 20).await;
    let mut cursors = Vec::new();
    for token in &group.tokens {
        cursors.push(pull_all(&stage.line(token), "").await.1);
    }
    stage.stop().await;
    stage.start().await;
    let start = Instant::now();
    let mut coming = JoinSet::new();
    for number in 0..REPLICAS {
        let place = number % group.tokens.len();
        let line = stage.line(&group.tokens[place]);
        coming.spawn(come_back(line, cursors[place].clone(), start));
    }
    let mut all = latencies();
    for (took, _line) in coming.join_all().await {
        note(&mut all, took);
    }
    line(
        "500 replicas reconnect, each until whole",
        &quantiles(&all),
        "-",
    );
}

async fn come_back(line: Line, cursor: String, start: Instant) -> (Duration, Line) {
    let mut sync = line.sync();
    let request = v1::WatchRequest {
        cursor,
        ..Default::default()
    };
    let mut events = sync.watch(request).await.expect("a stream").into_inner();
    while let Some(event) = events.message().await.expect("an event") {
        if let Some(Event::Checkpoint(_)) = event.event {
            break;
        }
    }
    (start.elapsed(), line)
}
