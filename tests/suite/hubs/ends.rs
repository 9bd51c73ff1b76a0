//! Hubs that are killed, and databases that go away: nothing acknowledged is lost, clients go on at the next
//! hub with what they have, and every hub goes on by itself.

use super::server::Server;
use super::{by, line_to_database, prep};
use crate::answers::failed;
use crate::checker::proxy::Weather;
use crate::database::Database;
use crate::harness::{Client, HEAD, TestHub, within};
use crate::process::{Running, clerks, program, serve_on};
use crate::reader::{Reader, Watcher};
use lianxiao::hub::LOOK_EVERY;
use lianxiao::wire::convert::push_request;
use lianxiao::wire::v1;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tonic::Code;

/// How soon a hub works again once its database does.
const SOON: Duration = Duration::from_secs(10);

fn hub(data: &Path, database: &str) -> (Running, String) {
    let mut serve = program();
    serve
        .args(["serve", "--database", database])
        .env("LIANXIAO_LOG", "off");
    serve_on("127.0.0.1:0", data, &mut serve)
}

fn folders() -> [TempDir; 2] {
    std::array::from_fn(|_| tempfile::tempdir().expect("a folder"))
}

/// Pushes the same things in the same order, until the hub is gone; what was acknowledged.
async fn push_until_gone(
    client: Client,
    wishes: Vec<v1::Mutation>,
    told: mpsc::UnboundedSender<()>,
) -> Vec<v1::PushResult> {
    let mut acknowledged = Vec::new();
    for wish in wishes {
        let Ok(mut results) = client.try_push(push_request(&[wish])).await else {
            break;
        };
        acknowledged.extend(results.pop());
        let _ = told.send(());
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hub_killed_in_mid_push_loses_nothing_and_its_clients_go_on_at_the_next() {
    const PUSHERS: usize = 4;
    let (database, [one, other]) = (Database::fresh(), folders());
    let (mut first, mut address) = hub(one.path(), &database.url());
    let (_next, next_address) = hub(other.path(), &database.url());
    let tokens = clerks(one.path(), PUSHERS);
    let next = |token: &str| Client::of_program(&next_address, token);
    let mut watcher = Watcher::start(&next(&tokens[0]), v1::Filter::default()).await;
    for kill in 1..=3 {
        let here = Client::of_program(&address, &tokens[0]);
        let mut reader = Reader::new(here, v1::Filter::default());
        reader.until_whole(0).await;
        let (told, mut progress) = mpsc::unbounded_channel();
        let mut pushing = Vec::new();
        for token in &tokens {
            let wishes: Vec<_> = (0..200).map(|_| prep()).collect();
            let client = Client::of_program(&address, token);
            let pushed = push_until_gone(client, wishes.clone(), told.clone());
            pushing.push((token, wishes, tokio::spawn(pushed)));
        }
        for _ in 0..10 * kill {
            within("a push gets through", progress.recv()).await;
        }
        first.kill();
        for (token, wishes, pushing) in pushing {
            let acknowledged = within("it ends", pushing).await.expect("no panic");
            assert!(acknowledged.len() < wishes.len(), "the kill came too late");
            // All that was acknowledged, and the one of which nobody heard.
            let again = &wishes[..=acknowledged.len()];
            let results = next(token).push(again).await;
            for (result, first) in results.iter().zip(&acknowledged) {
                assert!(result.replayed, "acknowledged and gone: {first:?}");
                assert_eq!(result.position, first.position);
            }
            assert_eq!(results[acknowledged.len()].outcome(), v1::Outcome::Applied);
        }
        // With the cursor that the killed hub gave.
        reader.client = next(&tokens[0]);
        let whole = reader.until_whole(0).await.newest_position;
        watcher.until(whole).await;
        assert_eq!(reader.mirror, watcher.mirror);
        assert_eq!(reader.mirror, Reader::all(&reader.client).await);
        (first, address) = hub(one.path(), &database.url());
    }
}

/// Pushes until it is taken; how long that took.
async fn taken(client: &Client) -> Duration {
    let (since, push) = (Instant::now(), push_request(&[prep()]));
    let taken = async {
        while let Err(status) = client.try_push(push.clone()).await {
            assert_eq!(status.code(), Code::Unavailable, "{status:?}");
        }
    };
    within("a push is taken", taken).await;
    since.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hub_without_its_database_says_try_again_and_works_soon_after_it_is_back() {
    let (server, [one, other]) = (Server::start(), folders());
    let (_first, address) = hub(one.path(), &server.database());
    let (_next, next_address) = hub(other.path(), &server.database());
    let token = clerks(one.path(), 1).remove(0);
    let here = Client::of_program(&address, &token);
    let there = Client::of_program(&next_address, &token);
    taken(&here).await;
    let mut watcher = Watcher::start(&there, v1::Filter::default()).await;
    watcher.until(0).await;
    for _ in 0..2 {
        server.crash();
        for client in [&here, &there] {
            let push = client.try_push(push_request(&[prep()])).await;
            let (_, details) = failed(push, Code::Unavailable, "DATABASE_FAILED");
            assert!(details.retry_info().is_some());
            let pull = client.pull(v1::PullRequest::default()).await;
            let (_, details) = failed(pull, Code::Unavailable, "DATABASE_FAILED");
            assert!(details.retry_info().is_some());
        }
        server.start_again();
        for client in [&here, &there] {
            let took = taken(client).await;
            assert!(took < SOON, "{took:?}");
        }
        // The watch outlived it, or is opened again where it was.
        let newest = here.newest().await;
        watcher.until(newest).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hub_whose_line_went_dark_works_soon_after_there_is_another() {
    let here = TestHub::start_on(Database::fresh()).await;
    let line = line_to_database().await;
    let there = here.beside(by(&line, here.database()), LOOK_EVERY).await;
    let other = here.add_group("另一集团").await;
    let clients = [
        there.campus(HEAD),
        there.campus_of(&other, HEAD),
        there.office(),
    ];
    for client in &clients[..2] {
        taken(client).await;
    }
    // What is under way when the line goes dark hears nothing more of it.
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut busy = Vec::new();
    for client in clients.clone() {
        let stopped = stopped.clone();
        busy.push(tokio::spawn(async move {
            while !*stopped.borrow() {
                let _ = client.try_push(push_request(&[prep()])).await;
                let _ = client.pull(v1::PullRequest::default()).await;
            }
        }));
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    line.turn(Weather::Dark);
    tokio::time::sleep(Duration::from_secs(2)).await;
    line.turn(Weather::Fair);
    for client in &clients[..2] {
        let took = taken(client).await;
        assert!(took < SOON, "{took:?}");
    }
    stop.send_replace(true);
    for busy in busy {
        within("it ends", busy).await.expect("no panic");
    }
}
