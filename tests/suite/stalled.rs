//! Readers that open a watch and stop reading: each costs its budget and slows nobody. What counts is the
//! memory of the process, not the length of a queue.

use crate::harness::Client;
use crate::process::{clerks, serve};
use crate::reader::Watcher;
use crate::wishes::{create, fresh, session};
use lianxiao::model::limits::Limits;
use lianxiao::wire::v1;
use std::time::Duration;
use tonic::Streaming;
use tonic::transport::Endpoint;

const STALLED: usize = 200;
const RECORDS: usize = 150;
const WINDOW: u32 = 64 << 10;
/// What the transport and the allocator need for a stream beside the page it waits with.
const SLACK: usize = 64 << 10;
/// The longest that a push and its event may take beside 200 readers that do not read.
const BRISK: Duration = Duration::from_secs(5);

/// A record of some 36 KB, so that all of them are more than 4 MB.
fn long() -> v1::Session {
    let row = v1::AgendaItem {
        item: "议".repeat(200),
        ..Default::default()
    };
    let mut long = session("备课", "2026-05-12");
    long.agenda = vec![row; 60];
    long
}

/// The memory that a process really has, in bytes.
fn resident(pid: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("its status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kilobytes
        .expect("a size")
        .parse::<usize>()
        .expect("a number")
        << 10
}

/// A client whose connection takes 64 KB a stream and no more until they are read.
fn narrow(address: &str, token: &str) -> Client {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
    let channel = endpoint
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW * 64)
        .connect_lazy();
    Client::over(channel, Some(token), "")
}

/// Opens watches, reads one page of each, and no more.
async fn stall(clients: &[Client]) -> Vec<Streaming<v1::WatchResponse>> {
    let mut stalled = Vec::new();
    let each = Limits::default().streams_per_credential_max;
    for i in 0..STALLED {
        let mut sync = clients[i / each].sync.clone();
        let stream = sync.watch(v1::WatchRequest::default()).await;
        let mut stream = stream.expect("a watch").into_inner();
        stream.message().await.expect("a page").expect("a page");
        stalled.push(stream);
    }
    stalled
}

/// A push, and the event that tells of it.
async fn round(client: &Client, watcher: &mut Watcher) {
    let round = async {
        let push = create(&fresh(), session("备课", "2026-05-12"));
        let position = client.applied(push).await.position;
        watcher.until(position).await;
    };
    let done = tokio::time::timeout(BRISK, round).await;
    done.expect("a push and its event are brisk");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_readers_that_stop_reading_cost_their_budgets_and_slow_nobody() {
    let limits = Limits::default();
    let data = tempfile::tempdir().unwrap();
    let (hub, address) = serve(data.path());
    let credentials = STALLED.div_ceil(limits.streams_per_credential_max);
    let tokens = clerks(data.path(), 1 + credentials);
    let client = Client::of_program(&address, &tokens[0]);
    for _ in 0..RECORDS / 50 {
        let fifty: Vec<_> = (0..50).map(|_| create(&fresh(), long())).collect();
        client.push(fifty).await;
    }
    let mut watcher = Watcher::start(&client, v1::Filter::default()).await;
    watcher.until(RECORDS.try_into().unwrap()).await;
    for _ in 0..10 {
        round(&client, &mut watcher).await;
    }
    let before = resident(hub.pid());
    let readers: Vec<Client> = tokens[1..]
        .iter()
        .map(|token| narrow(&address, token))
        .collect();
    let stalled = stall(&readers).await;
    let mut peak = 0;
    for _ in 0..50 {
        round(&client, &mut watcher).await;
        peak = peak.max(resident(hub.pid()));
    }
    let grown = peak.saturating_sub(before);
    let budget = STALLED * (limits.stream_bytes_max + SLACK);
    assert!(
        grown <= budget,
        "{} MB more, over the budget of {} MB",
        grown >> 20,
        budget >> 20
    );
    drop(stalled);
}
