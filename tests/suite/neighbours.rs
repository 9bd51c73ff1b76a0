//! What one group, or one push, does to those beside it: nothing that they notice.

use crate::answers::failed;
use crate::harness::{Client, HEAD, LAKE, SPRING, TestHub, credential, within};
use crate::wishes::{create, fresh, session};
use lianxiao::model::ids::Place;
use lianxiao::wire::convert::push_request;
use lianxiao::wire::v1;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::time::Duration;
use tokio::task::JoinHandle;
use tonic::{Code, Status};

/// A connection of the test's own to the hub's database.
async fn database(hub: &TestHub) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(hub.data().join("lianxiao.db"))
        .busy_timeout(Duration::from_secs(10))
        .connect()
        .await
        .expect("the hub's database")
}

async fn run(db: &mut SqliteConnection, sql: &'static str) {
    sqlx::query(sql).execute(db).await.expect(sql);
}

/// When a group's commits were made, in microseconds.
async fn commits(hub: &TestHub, group: &str) -> Vec<i64> {
    let sql = "SELECT c.at FROM \"commit\" c JOIN grp g ON g.grp = c.grp WHERE g.name = ? \
               ORDER BY c.at";
    let mut db = database(hub).await;
    let times = sqlx::query_scalar(sql).bind(group).fetch_all(&mut db).await;
    times.expect("the commits")
}

type Pushing = JoinHandle<Result<Vec<v1::PushResult>, Status>>;

fn start(client: &Client, mutations: Vec<v1::Mutation>) -> Pushing {
    let client = client.clone();
    let push = push_request(&mutations);
    tokio::spawn(async move { client.try_push(push).await })
}

/// Waits until what was sent before has come to the writer: calls sent later were answered.
async fn arrived(client: &Client) {
    for _ in 0..20 {
        client.describe().await;
    }
}

fn prep() -> v1::Mutation {
    create(&fresh(), session("备课", "2026-05-12"))
}

/// A push of two megabytes: as much as one of two groups gets of a commit.
fn large() -> Vec<v1::Mutation> {
    let row = v1::AgendaItem {
        item: "议".repeat(200),
        ..Default::default()
    };
    let mut long = session("备课", "2026-05-12");
    long.agenda = vec![row; 330];
    (0..10).map(|_| create(&fresh(), long.clone())).collect()
}

async fn all_applied(pushing: Pushing) {
    let results = pushing.await.expect("no panic").expect("an answer");
    for result in results {
        assert_eq!(result.outcome(), v1::Outcome::Applied, "{result:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_floods_the_hub_holds_up_another_for_two_commits_at_most() {
    const FLOOD: usize = 8;
    let hub = TestHub::start().await;
    let other = hub.add_group("另一集团").await;
    let (flooding, quiet) = (hub.campus(HEAD), hub.campus_of(&other, HEAD));
    let before = commits(&hub, "春风教育集团").await.len();
    // While the test holds the lock, the writer waits with the first push, and the rest pile up.
    let mut db = database(&hub).await;
    run(&mut db, "BEGIN IMMEDIATE").await;
    let flood: Vec<Pushing> = (0..FLOOD).map(|_| start(&flooding, large())).collect();
    arrived(&flooding).await;
    let small = start(&quiet, vec![prep()]);
    arrived(&quiet).await;
    run(&mut db, "ROLLBACK").await;
    all_applied(small).await;
    for pushing in flood {
        all_applied(pushing).await;
    }
    let flood = commits(&hub, "春风教育集团").await.split_off(before);
    let quiet = commits(&hub, "另一集团").await.pop().expect("a commit");
    let ahead = flood.iter().filter(|at| **at <= quiet).count();
    assert!(ahead <= 2, "{ahead} of {} commits went first", flood.len());
    assert!(
        flood.len() >= FLOOD / 2,
        "the flood was one: {}",
        flood.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_that_the_database_refuses_fails_alone() {
    let hub = TestHub::start().await;
    let spring = hub.group.campuses[1].id.parse().expect("an id");
    let token = credential(hub.hub(), hub.group.id, Place::Campus(spring), "坏").await;
    let bad = hub.client(Some(&token), "");
    let good = [HEAD, SPRING, LAKE].map(|name| hub.campus(name));
    let mut db = database(&hub).await;
    run(
        &mut db,
        "CREATE TRIGGER refuse BEFORE INSERT ON version WHEN NEW.actor = '坏' \
         BEGIN SELECT RAISE(ABORT, 'refused by the test'); END",
    )
    .await;
    run(&mut db, "BEGIN IMMEDIATE").await;
    let mut pushing: Vec<Pushing> = good
        .iter()
        .map(|client| start(client, vec![prep()]))
        .collect();
    let refused = prep();
    let failing = start(&bad, vec![refused.clone()]);
    pushing.extend(good.iter().map(|client| start(client, vec![prep()])));
    arrived(&bad).await;
    run(&mut db, "ROLLBACK").await;
    for pushing in pushing {
        all_applied(pushing).await;
    }
    let answer = within("the bad push is answered", failing).await;
    let answer = answer.expect("no panic");
    let (_, details) = failed(answer, Code::Unavailable, "DATABASE_FAILED");
    assert!(details.retry_info().is_some(), "and may be sent again");
    run(&mut db, "DROP TRIGGER refuse").await;
    assert!(!bad.applied(refused).await.replayed);
}

#[tokio::test]
async fn a_first_call_does_not_wait_for_the_writer() {
    let hub = TestHub::start().await;
    let mut db = database(&hub).await;
    run(&mut db, "BEGIN IMMEDIATE").await;
    // Shorter than the writer's own patience with the lock.
    let patience = Duration::from_secs(5);
    let office = hub.office();
    let told = tokio::time::timeout(patience, office.describe()).await;
    told.expect("a call is answered while nobody can write");
    run(&mut db, "ROLLBACK").await;
}
