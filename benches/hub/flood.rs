//! A quiet campus beside one credential that floods the hub without back-off.
//!
//! The flood is a process of its own, of the lowest priority: what is measured is what it costs the hub,
//! not what its client costs this machine.

use crate::report::{latencies, line, ms, note, quantiles};
use crate::stage::{Group, Stage, all_applied, long_session, menu, new_records, session};
use hdrhistogram::Histogram;
use lianxiao::client::Line;
use lianxiao::hub::random_uuid;
use lianxiao::model::limits::Limits;
use lianxiao::wire::v1;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Builder;
use tokio::task::spawn_blocking;
use tokio::time::interval;
use tonic::{Code, Streaming};
use v1::watch_response::Event;

/// The first argument of this program as the flood's process.
pub const CHILD: &str = "flood-of";

/// How often the quiet campus pushes.
const INTERVAL: Duration = Duration::from_millis(20);
/// Stretches alone and flooded take turns.
const STRETCH: Duration = Duration::from_secs(5);
const STRETCHES: usize = 4;

/// The records of a large push: four megabytes with them.
const LARGE: usize = 1_000;
const CONNECTIONS: usize = 4;
const CALLS_A_CONNECTION: usize = 4;

/// Every flood: by its name, what it calls, and whether it is a neighbour in the group.
pub const FLOODS: [(&str, &str, bool); 5] = [
    ("flood-large", "large", true),
    ("flood-small", "small", true),
    ("flood-pull", "pull", true),
    ("flood-guess", "guess", true),
    ("flood-other-group", "large", false),
];

/// One of them.
pub async fn flood(kind: &str, in_group: bool) {
    let stage = Stage::open_with(Limits::default()).await;
    let group = stage.group("春风教育集团", 2).await;
    let other = stage.group("另一集团", 1).await;
    let flooding = if in_group { &group } else { &other };
    let quiet = || stretch(stage.address(), &group);
    let (mut alone, mut flooded) = (Felt::default(), Felt::default());
    quiet().await;
    let mut told = Vec::new();
    for _ in 0..STRETCHES {
        alone.add(quiet().await);
        let flood = Flood::start(kind, &stage.address(), &flooding.tokens[0]);
        flooded.add(quiet().await);
        told.push(flood.stop());
    }
    let whose = if in_group {
        "its group"
    } else {
        "another group"
    };
    line(
        &format!("a quiet campus beside a flood ({kind})"),
        &format!("of {whose}"),
        "",
    );
    compare("push", &alone.push, &flooded.push);
    compare("push to watch", &alone.watch, &flooded.watch);
    line("  calls of the flood, a stretch", &told.join("; "), "-");
}

fn compare(what: &str, alone: &Histogram<u64>, flooded: &Histogram<u64>) {
    line(&format!("  {what}, alone"), &quantiles(alone), "-");
    line(&format!("  {what}, flooded"), &quantiles(flooded), "-");
    let ratio = ms(flooded, 0.99) / ms(alone, 0.99);
    line(
        &format!("  {what}, ratio of p99"),
        &format!("{ratio:.2}"),
        "2",
    );
}

/// What the quiet campus felt: until its push was answered, and until its watch told of it too.
struct Felt {
    push: Histogram<u64>,
    watch: Histogram<u64>,
}

impl Default for Felt {
    fn default() -> Self {
        Felt {
            push: latencies(),
            watch: latencies(),
        }
    }
}

impl Felt {
    fn add(&mut self, more: Felt) {
        self.push.add(more.push).expect("one range");
        self.watch.add(more.watch).expect("one range");
    }
}

/// The quiet campus pushes a menu at a time. It runs apart from the hub's own threads, as another machine
/// would.
async fn stretch(address: String, group: &Group) -> Felt {
    let token = group.tokens[1].clone();
    let apart = spawn_blocking(move || {
        let runtime = Builder::new_current_thread().enable_all().build();
        runtime
            .expect("a runtime")
            .block_on(push_and_watch(&address, &token))
    });
    apart.await.expect("it ran")
}

async fn push_and_watch(address: &str, token: &str) -> Felt {
    let line = || Line::new(address, token).expect("a line");
    let mut sync = line().sync();
    let filter = v1::Filter {
        kinds: vec!["menu".to_owned()],
        ..Default::default()
    };
    let watch = v1::WatchRequest {
        filter: Some(filter),
        ..Default::default()
    };
    let events = line().sync().watch(watch).await;
    let mut events = events.expect("a stream").into_inner();
    let wanted = |event: &Event| matches!(event, Event::Checkpoint(_));
    until(&mut events, wanted).await;
    let mut felt = Felt::default();
    let mut tick = interval(INTERVAL);
    let began = Instant::now();
    while began.elapsed() < STRETCH {
        tick.tick().await;
        let name = &random_uuid().simple().to_string()[..20];
        let push = new_records(|| menu(name), 1);
        let sent = Instant::now();
        let answer = sync.push(push).await.expect("an answer").into_inner();
        note(&mut felt.push, sent.elapsed());
        let position = answer.results[0].position;
        all_applied(answer);
        until(
            &mut events,
            |event| matches!(event, Event::Checkpoint(at) if at.newest_position >= position),
        )
        .await;
        note(&mut felt.watch, sent.elapsed());
    }
    felt
}

async fn until(events: &mut Streaming<v1::WatchResponse>, wanted: impl Fn(&Event) -> bool) {
    loop {
        let event = events.message().await.expect("an event").expect("an event");
        if event.event.as_ref().is_some_and(&wanted) {
            return;
        }
    }
}

/// A flood that runs until it is told to stop.
struct Flood(Child);

impl Flood {
    fn start(kind: &str, address: &str, token: &str) -> Self {
        let program = std::env::current_exe().expect("this program");
        let child = Command::new("nice")
            .args(["-n", "19"])
            .arg(program)
            .args([CHILD, kind, address, token])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        Flood(child.expect("the flood"))
    }

    /// What became of its calls.
    fn stop(mut self) -> String {
        drop(self.0.stdin.take());
        let mut told = String::new();
        let output = self.0.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut told).expect("a line");
        self.0.kill().expect("it runs");
        self.0.wait().expect("it ended");
        told.trim().to_owned()
    }
}

/// What became of calls.
#[derive(Default)]
struct Calls {
    taken: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
}

/// The flood's process: when its standard input ends it says what became of its calls.
pub async fn child(kind: &str, address: &str, token: &str) {
    let calls = Arc::new(Calls::default());
    for _ in 0..CONNECTIONS {
        let line = Line::new(address, token).expect("a line");
        let stranger = Line::new(address, "lianxiao_nobody").expect("a line");
        for _ in 0..CALLS_A_CONNECTION {
            let (line, stranger) = (line.clone(), stranger.clone());
            tokio::spawn(flow(kind.to_owned(), line, stranger, Arc::clone(&calls)));
        }
    }
    let ended = spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    ended.await.expect("it ran").expect("an end");
    let [done, refused, failed] =
        [&calls.taken, &calls.refused, &calls.failed].map(|of| of.load(Ordering::Relaxed));
    println!("{done} taken, {refused} refused, {failed} failed");
    std::future::pending::<()>().await;
}

async fn flow(kind: String, line: Line, stranger: Line, calls: Arc<Calls>) {
    let (mut sync, mut stranger) = (line.sync(), stranger.sync());
    loop {
        let answer = match kind.as_str() {
            "large" => sync.push(new_records(long_session, LARGE)).await.map(drop),
            "small" => sync.push(new_records(session, 1)).await.map(drop),
            "guess" => stranger.pull(v1::PullRequest::default()).await.map(drop),
            _ => sync.pull(v1::PullRequest::default()).await.map(drop),
        };
        let became = match answer {
            Ok(()) => &calls.taken,
            Err(status) if status.code() == Code::ResourceExhausted => &calls.refused,
            Err(_) => &calls.failed,
        };
        became.fetch_add(1, Ordering::Relaxed);
    }
}
