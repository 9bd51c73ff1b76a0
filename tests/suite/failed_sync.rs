//! A disk that fails to sync: nobody can say what is on it, so the hub ends at once, and what it reads
//! when it comes back is what it stands by.

use crate::faults::Disk;
use crate::harness::{Client, within};
use crate::process::{Running, clerk, program, serve_as, try_admin};
use crate::wishes::{create, fresh, session};
use lianxiao::wire::convert::push_request;
use lianxiao::wire::v1;
use std::process::ExitStatus;
use tempfile::TempDir;

/// `EX_IOERR`.
const IO_ERROR: Option<i32> = Some(74);

struct Served {
    data: TempDir,
    disk: Disk,
    hub: Running,
    client: Client,
    token: String,
}

impl Served {
    fn start() -> Self {
        let (data, disk) = (tempfile::tempdir().unwrap(), Disk::new());
        let (hub, address) = serve_as(
            data.path(),
            disk.carry(program().env("LIANXIAO_LOG", "error")),
        );
        let token = clerk(data.path());
        Served {
            client: Client::of_program(&address, &token),
            data,
            disk,
            hub,
            token,
        }
    }

    fn again(self) -> (Self, ExitStatus) {
        let Served {
            data,
            disk,
            hub,
            token,
            ..
        } = self;
        let status = hub.ended();
        disk.mend_it();
        let (hub, address) = serve_as(
            data.path(),
            disk.carry(program().env("LIANXIAO_LOG", "error")),
        );
        let client = Client::of_program(&address, &token);
        let served = Served {
            data,
            disk,
            hub,
            client,
            token,
        };
        (served, status)
    }
}

fn prep() -> v1::Mutation {
    create(&fresh(), session("备课", "2026-05-12"))
}

fn alone(mutation: v1::Mutation) -> v1::PushRequest {
    push_request(&[mutation])
}

#[tokio::test]
async fn a_hub_whose_disk_fails_to_sync_ends_and_comes_back_with_all_it_acknowledged() {
    let served = Served::start();
    let kept: Vec<v1::Mutation> = (0..5).map(|_| prep()).collect();
    let mut positions = Vec::new();
    for mutation in &kept {
        positions.push(served.client.applied(mutation.clone()).await.position);
    }
    served.disk.break_it();
    let lost = prep();
    let answer = served.client.try_push(alone(lost.clone())).await;
    assert!(
        answer.is_err(),
        "an answer that no disk stands by: {answer:?}"
    );
    let (served, status) = served.again();
    assert_eq!(status.code(), IO_ERROR);
    for (mutation, position) in kept.into_iter().zip(positions) {
        let again = served.client.one(mutation).await;
        assert_eq!((again.replayed, again.position), (true, position));
    }
    let first = served.client.applied(lost.clone()).await;
    let second = served.client.one(lost).await;
    assert_eq!((second.replayed, second.position), (true, first.position));
}

#[tokio::test]
async fn a_failed_sync_of_what_the_operator_writes_ends_the_hub_too() {
    let served = Served::start();
    served.disk.break_it();
    let made = try_admin(served.data.path(), &["group", "create", "另一集团"]);
    assert!(!made.status.success());
    let (_, status) = served.again();
    assert_eq!(status.code(), IO_ERROR);
}

#[tokio::test]
async fn a_failed_sync_of_when_a_credential_was_heard_ends_the_hub_too() {
    let served = Served::start();
    served.disk.break_it();
    let mut about = served.client.about.clone();
    let call = about.describe(v1::DescribeRequest {});
    // Nobody waits for it to be written: there may be an answer, and then the end.
    let _ = within("the call ends", call).await;
    let (served, status) = served.again();
    assert_eq!(status.code(), IO_ERROR);
    served.client.describe().await;
}
