//! From the commit to every watcher.

use crate::report::{latencies, line, note, quantiles};
use crate::stage::{Group, Stage, all_applied, exchange, new_records, session};
use hdrhistogram::Histogram;
use lianxiao::client::Line;
use lianxiao::model::clock::{Clock as _, SystemClock};
use lianxiao::wire::{convert, v1};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};
use v1::watch_response::Event;

const PUSHES: usize = 200;
const INTERVAL: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_mins(1);
/// Watchers share connections, as those of one school's server would.
const WATCHERS_A_LINE: usize = 50;

/// 20 pushes a second to watchers of so many campuses. With one audience every push goes to all; with
/// more, to the watchers of its owner: a drafted exchange is seen by nobody else.
pub async fn fanout(watchers: usize, audiences: usize) {
    let stage = Stage::open().await;
    let group = stage.group("春风教育集团", audiences).await;
    let (ready, mut begun) = mpsc::channel(watchers);
    let mut watching = JoinSet::new();
    let lines: Vec<Vec<Line>> = group
        .tokens
        .iter()
        .map(|token| {
            let needed = (watchers / audiences).div_ceil(WATCHERS_A_LINE);
            (0..needed).map(|_| stage.line(token)).collect()
        })
        .collect();
    let expected = PUSHES / audiences;
    for number in 0..watchers {
        let line = &lines[number % audiences][number / audiences / WATCHERS_A_LINE];
        watching.spawn(watch(line.clone(), ready.clone(), expected));
    }
    for _ in 0..watchers {
        begun.recv().await.expect("a watcher");
    }
    push_all(&stage, &group, audiences).await;
    let mut all = latencies();
    for delivered in watching.join_all().await {
        all.add(delivered).expect("one range");
    }
    let name = format!("fan-out to {watchers} watchers, {audiences} audiences");
    let aim = if watchers == 1_000 {
        "p99 < 25 ms"
    } else {
        "-"
    };
    line(&name, &quantiles(&all), aim);
}

async fn push_all(stage: &Stage, group: &Group, audiences: usize) {
    let mut tick = interval(INTERVAL);
    for number in 0..PUSHES {
        tick.tick().await;
        let (home, host) = (number % audiences, (number + 1) % audiences);
        let content = || match audiences {
            1 => session(),
            _ => exchange(group.campuses[home], group.campuses[host]),
        };
        let mut sync = stage.line(&group.tokens[home]).sync();
        let push = new_records(content, 1);
        let response = sync.push(push).await.expect("an answer");
        all_applied(response.into_inner());
    }
}

/// Counts from the commit's time, before it is written, to the delivery.
async fn watch(line: Line, ready: mpsc::Sender<()>, expected: usize) -> Histogram<u64> {
    let mut sync = line.sync();
    let events = sync.watch(v1::WatchRequest::default()).await;
    let mut events = events.expect("a stream").into_inner();
    let mut whole = false;
    let mut delivered = latencies();
    while delivered.len() < expected as u64 {
        let event = timeout(PATIENCE, events.message()).await;
        let event = event.expect("every change reaches its watchers");
        match event.expect("an event").and_then(|event| event.event) {
            Some(Event::Changes(changes)) if whole => {
                let now = SystemClock.now();
                for change in changes.changes {
                    let record = convert::record(change).expect("an upsert");
                    let at = record.commit_time.as_ref().and_then(convert::time);
                    let took = now.duration_since(at.expect("a time"));
                    note(&mut delivered, took.unsigned_abs());
                }
            }
            Some(Event::Checkpoint(_)) if !whole => {
                whole = true;
                ready.send(()).await.expect("somebody waits");
            }
            Some(_) => {}
            None => panic!("the stream ended"),
        }
    }
    delivered
}
