//! What a hub weighs, idle and with watchers. The watchers are another process's: only the hub's side
//! of a connection is counted.

use crate::report::line;
use crate::stage::Stage;
use lianxiao::client::Line;
use lianxiao::wire::v1;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;
use v1::watch_response::Event;

/// The first argument of this program as the watchers' process.
pub const CHILD: &str = "watchers";
const WATCHERS: usize = 1_000;

/// The resident pages of this process, in bytes.
fn resident() -> usize {
    const PAGE: usize = 4_096;
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<usize>().ok());
    pages.expect("a number") * PAGE
}

pub async fn memory() {
    let fresh = resident();
    for (lines, aim) in [(10, "< 15 KB"), (WATCHERS, "< 60 KB")] {
        let stage = Stage::open().await;
        let group = stage.group("春风教育集团", 1).await;
        let idle = resident();
        let figure = format!(
            "{} KB (the bench before it: {} KB)",
            idle / 1_024,
            fresh / 1_024
        );
        line("memory of an idle hub", &figure, "-");
        let (address, token) = (stage.address(), group.tokens[0].clone());
        let watched = tokio::task::spawn_blocking(move || with_watchers(&address, &token, lines));
        let watched = watched.await.expect("it ran");
        let each = watched.saturating_sub(idle) / WATCHERS;
        let figure = format!("{:.1} KB", each as f64 / 1_024.0);
        line(
            &format!("memory of a watcher, 1,000 on {lines} lines"),
            &figure,
            aim,
        );
    }
}

/// What this process weighs while another one watches.
fn with_watchers(address: &str, token: &str, lines: usize) -> usize {
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new(program)
        .args([CHILD, address, token, &lines.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the watchers");
    let mut said = String::new();
    let output = child.stdout.take().expect("a pipe");
    BufReader::new(output).read_line(&mut said).expect("a line");
    assert_eq!(said.trim(), "ready");
    std::thread::sleep(Duration::from_secs(2));
    let weight = resident();
    child.kill().expect("it runs");
    child.wait().expect("it ended");
    weight
}

/// The watchers' process: says that all are there, and stays.
pub async fn child(address: &str, token: &str, lines: &str) {
    let lines: usize = lines.parse().expect("a number");
    let line = |_| Line::new(address, token).expect("a line");
    let lines: Vec<Line> = (0..lines).map(line).collect();
    let mut streams = Vec::new();
    for number in 0..WATCHERS {
        let mut sync = lines[number % lines.len()].sync();
        let events = sync.watch(v1::WatchRequest::default()).await;
        let mut events = events.expect("a stream").into_inner();
        while let Some(event) = events.message().await.expect("an event") {
            if let Some(Event::Checkpoint(_)) = event.event {
                break;
            }
        }
        streams.push(events);
    }
    println!("ready");
    std::future::pending::<()>().await;
}
