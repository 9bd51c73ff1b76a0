//! A disk without room, a real one: pushes are refused and can be sent again, reading goes on.

use crate::answers::failed;
use crate::faults::SmallDisk;
use crate::harness::Client;
use crate::process::{clerks, serve};
use crate::reader::{Reader, Watcher};
use crate::wishes::{create, fresh, session};
use lianxiao::wire::convert::push_request;
use lianxiao::wire::v1;
use tonic::{Code, Status};

fn prep() -> v1::Mutation {
    create(&fresh(), session(&"备课".repeat(100), "2026-05-12"))
}

async fn push(client: &Client, mutation: &v1::Mutation) -> Result<Vec<v1::PushResult>, Status> {
    let push = push_request(std::slice::from_ref(mutation));
    client.try_push(push).await
}

/// The push was refused for want of room, and the caller is told when to come again.
fn disk_full(answer: Result<Vec<v1::PushResult>, Status>) {
    let (_, details) = failed(answer, Code::ResourceExhausted, "DISK_FULL");
    let retry = details.retry_info().expect("when to come again");
    assert!(retry.retry_delay.is_some());
}

/// Pushes until there is no room; what was taken, and the one that was not.
async fn push_until_full(client: &Client) -> (usize, v1::Mutation) {
    for taken in 0..200 {
        let mutation = prep();
        match push(client, &mutation).await {
            Ok(results) => assert_eq!(results[0].outcome(), v1::Outcome::Applied),
            full => {
                disk_full(full);
                return (taken, mutation);
            }
        }
    }
    panic!("the disk is full, and 200 pushes were taken")
}

#[tokio::test]
async fn a_full_disk_refuses_pushes_goes_on_answering_reads_and_takes_pushes_again_with_room() {
    let disk = SmallDisk::mount("4m");
    let data = disk.path().join("data");
    let (_hub, address) = serve(&data);
    let tokens = clerks(&data, 2);
    let client = Client::of_program(&address, &tokens[0]);
    let record = fresh();
    client
        .applied(create(&record, session("备课", "2026-05-12")))
        .await;
    disk.fill();
    let (taken, refused) = push_until_full(&client).await;
    for _ in 0..3 {
        disk_full(push(&client, &refused).await);
    }
    // One that never called before: that it did cannot be written down, and it is answered nevertheless.
    let reader = Client::of_program(&address, &tokens[1]);
    reader.get(&record).await.expect("a record is read");
    let copy = Reader::all(&reader).await;
    assert_eq!(copy.ids("session").len(), 1 + taken);
    let mut watcher = Watcher::start(&reader, v1::Filter::default()).await;
    watcher.until(0).await;
    assert_eq!(watcher.mirror, copy);
    disk.make_room();
    let stored = client.applied(refused).await;
    assert!(!stored.replayed, "what was refused was not stored");
    watcher.until(stored.position).await;
    assert_eq!(watcher.mirror.ids("session").len(), 2 + taken);
}

#[tokio::test]
async fn a_hub_comes_up_on_a_full_disk_and_answers_reads() {
    let disk = SmallDisk::mount("4m");
    let data = disk.path().join("data");
    let (hub, address) = serve(&data);
    let token = clerks(&data, 1).remove(0);
    let client = Client::of_program(&address, &token);
    disk.fill();
    let (stored, refused) = push_until_full(&client).await;
    hub.kill();
    let (_hub, address) = serve(&data);
    let client = Client::of_program(&address, &token);
    assert_eq!(Reader::all(&client).await.ids("session").len(), stored);
    disk_full(push(&client, &refused).await);
    disk.make_room();
    assert!(!client.applied(refused).await.replayed);
}
