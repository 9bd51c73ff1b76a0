//! What is PostgreSQL's own: groups that are written for apart, connections that are lost, addresses that are
//! none. The contract of the stores and nearly every other test run on it too.

pub mod line;

use crate::answers::failed;
use crate::database::{Database, server};
use crate::harness::{Client, HEAD, TestHub, within};
use crate::process::{admin, clerks, program, serve_as, serve_on, try_admin};
use crate::reader::Reader;
use crate::wishes::{create, edit, fresh, session};
use lianxiao::hub::LOOK_EVERY;
use lianxiao::store::{Needs, PostgresStore, Store as _, StoreError};
use lianxiao::wire::convert::push_request;
use lianxiao::wire::v1;
use line::{Fate, Line};
use sqlx::Executor as _;
use std::time::{Duration, Instant};
use tonic::Code;
use uuid::Uuid;

fn prep() -> v1::Mutation {
    create(&fresh(), session("备课", "2026-05-12"))
}

#[tokio::test]
async fn a_group_that_nobody_can_write_for_holds_up_no_other() {
    let hub = TestHub::start_on(Database::fresh()).await;
    let other = hub.add_group("另一集团").await;
    let (held, free) = (hub.campus(HEAD), hub.campus_of(&other, HEAD));
    let mut db = hub.database().connect().await;
    db.execute("BEGIN; SELECT FROM grp WHERE name = '春风教育集团' FOR UPDATE")
        .await
        .expect("the lock");
    let waiting = held.clone();
    let waiting = tokio::spawn(async move { waiting.applied(prep()).await });
    for _ in 0..20 {
        free.applied(prep()).await;
    }
    assert!(!waiting.is_finished(), "it was held up");
    db.execute("ROLLBACK").await.expect("the lock goes");
    within("the other goes on", waiting).await.expect("applied");
}

#[tokio::test]
async fn a_group_is_free_again_within_seconds_of_its_holders_last_word() {
    let database = Database::fresh();
    let (here, there) = (open(&database).await, open(&database).await);
    let made = here.create_group(Uuid::from_u128(1), "g", jiff::Timestamp::UNIX_EPOCH);
    let group = made.await.expect("an answer").expect("a group").key;
    // Never another word, and never closed: as of a hub that was cut off.
    let silent = there.begin(&[group]).await.expect("the lock");
    let since = Instant::now();
    let mut next = here.begin(&[group]).await.expect("it is free in time");
    next.load(group, &Needs::default()).await.expect("loads");
    let waited = since.elapsed();
    assert!(waited > Duration::from_secs(1), "it was held: {waited:?}");
    assert!(waited < Duration::from_secs(8), "{waited:?}");
    // Nothing of the one that was given up is carried out.
    silent.commit().await.expect_err("it was given up");
}

async fn open(database: &Database) -> PostgresStore {
    let store = PostgresStore::open(&database.address(), Uuid::from_u128(1)).await;
    store.expect("the database opens")
}

#[tokio::test]
async fn a_commit_takes_four_round_trips_and_one_more_for_what_was_found_to_be_needed() {
    let line = Line::to(&server()).await;
    let hub = TestHub::start_on(Database::fresh().behind(&line.server)).await;
    let head = hub.campus(HEAD);
    let (record, mut push) = (fresh(), push_request(&[]));
    head.applied(create(&record, session("备课", "2026-05-12")))
        .await;
    // Statements are prepared once for each connection.
    for number in 2..40 {
        let content = session(&format!("第{number}稿"), "2026-05-12");
        head.applied(edit(&record, number - 1, content)).await;
    }
    let mut edits = line.turns().split_off(20);
    edits.sort_unstable();
    assert!(edits[edits.len() / 2] <= 5, "{edits:?}");
    for _ in 0..15 {
        push.mutations = push_request(&[prep(), prep(), prep()]).mutations;
        head.try_push(push.clone()).await.expect("an answer");
    }
    // A connection that is new prepares what it is asked, and waits for that too.
    let mut pushes = line.turns().split_off(line.turns().len() - 15);
    pushes.sort_unstable();
    assert_eq!(pushes[7], 4, "{pushes:?}");
}

#[tokio::test]
async fn a_commit_of_which_nobody_heard_is_no_refusal_and_is_found_when_it_is_sent_again() {
    let line = Line::to(&server()).await;
    let hub = TestHub::start_on(Database::fresh().behind(&line.server)).await;
    let head = hub.campus(HEAD);
    head.applied(prep()).await;
    for (fate, found) in [(Fate::Unheard, true), (Fate::Undone, false)] {
        let newest = head.newest().await;
        let push = push_request(&[prep()]);
        line.turn(fate);
        let answer = head.try_push(push.clone()).await;
        let (_, details) = failed(answer, Code::Unavailable, "DATABASE_FAILED");
        assert!(details.retry_info().is_some(), "{fate:?}");
        let again = head.try_push(push).await.expect("an answer");
        assert_eq!(again[0].outcome(), v1::Outcome::Applied, "{fate:?}");
        assert_eq!(again[0].replayed, found, "{fate:?}");
        assert_eq!(head.newest().await, newest + 1, "{fate:?}");
    }
}

#[tokio::test]
async fn a_push_reads_what_it_touches_and_never_walks_its_group() {
    const PUSHES: i64 = 400;
    let mut hub = TestHub::start_on(Database::fresh()).await;
    let head = hub.campus(HEAD);
    let mut day = jiff::civil::date(2025, 1, 1);
    for _ in 0..PUSHES {
        let record = fresh();
        day = day.tomorrow().expect("a day");
        let prep = session("备课", &day.to_string());
        head.applied(create(&record, prep.clone())).await;
        let later = v1::Session {
            lesson: "分数".to_owned(),
            ..prep
        };
        head.applied(edit(&record, 1, later)).await;
    }
    // What connections counted is known when they have ended.
    hub.stop().await;
    let read: Vec<(String, i64)> = sqlx::query_as(
        "SELECT indexrelname::TEXT, idx_tup_read FROM pg_stat_user_indexes \
         WHERE idx_tup_read > 0 ORDER BY idx_tup_read DESC",
    )
    .fetch_all(&mut hub.database().connect().await)
    .await
    .expect("counts");
    let all: i64 = read.iter().map(|(_, rows)| rows).sum();
    assert!(all > PUSHES, "they are counted: {read:?}");
    // Some walks there are until the tables are counted for the first time; with no end to them it would be millions.
    assert!(all < 2 * PUSHES * 200, "{read:?}");
}

#[tokio::test]
async fn connections_that_the_server_ended_are_replaced_before_anybody_notices() {
    let hub = TestHub::start_on(Database::fresh()).await;
    let head = hub.campus(HEAD);
    for _ in 0..3 {
        head.applied(prep()).await;
        let ended: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .fetch_one(&mut hub.database().connect().await)
        .await
        .expect("they end");
        assert!(ended > 0, "the hub had connections");
    }
    head.applied(prep()).await;
}

#[tokio::test]
async fn a_database_backs_itself_up_and_the_operator_is_told_so() {
    let database = Database::fresh();
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let url = database.url();
    let (hub, _) = serve_as(&data, program().env("LIANXIAO_DATABASE", &url));
    admin(&data, &["group", "create", "河海教育集团"]);
    let file = folder.path().join("backup.db");
    let refused = try_admin(&data, &["backup", file.to_str().expect("a path")]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && said.contains("PostgreSQL's own means"),
        "{said}"
    );
    assert!(!file.exists());
    assert!(hub.end_with("TERM"));
    let mut restore = program();
    restore
        .args(["restore", "--database", &url, "--data"])
        .arg(&data)
        .arg(&file);
    let refused = restore.output().expect("it runs");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && said.contains("PostgreSQL's own means"),
        "{said}"
    );
}

#[tokio::test]
async fn a_backup_that_the_operator_makes_is_noted_with_what_was_committed_before_it_began() {
    let database = Database::fresh();
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let mut serve = program();
    serve.args(["serve", "--database", &database.url()]);
    let (_hub, address) = serve_on("127.0.0.1:0", &data, &mut serve);
    let clerk = Client::of_program(&address, &clerks(&data, 1)[0]);
    let held = async || clerk.describe().await.backup.map(|backup| backup.position);
    let failing = try_admin(&data, &["backup", "--", "false"]);
    assert!(!failing.status.success());
    assert_eq!(held().await, None);
    let kept = clerk.applied(prep()).await.position;
    // What is committed while it runs may be in it or not.
    let wait = "touch \"$0/begun\"; until [ -e \"$0/done\" ]; do sleep 0.05; done";
    let at = folder.path().to_str().expect("a path").to_owned();
    let running = tokio::task::spawn_blocking({
        let data = data.clone();
        move || try_admin(&data, &["backup", "--", "sh", "-c", wait, &at])
    });
    while !folder.path().join("begun").exists() {
        tokio::task::yield_now().await;
    }
    let later = clerk.applied(prep()).await.position;
    std::fs::write(folder.path().join("done"), "").expect("a file");
    let ended = within("it ends", running).await.expect("no panic");
    assert!(ended.status.success());
    let noted = held().await.expect("a backup");
    assert!((kept..later).contains(&noted), "{kept} {noted} {later}");
    let mut reader = Reader::new(clerk.clone(), v1::Filter::default());
    assert_eq!(reader.until_whole(0).await.backed_up_position, noted);
}

/// Tells the database of a hub that it was put back; what was said.
fn restored(hub: &TestHub) -> (bool, String) {
    let mut restore = program();
    let url = hub.database().url();
    restore.args(["restore", "--database", &url, "--data"]);
    let ended = restore.arg(hub.data()).output().expect("it runs");
    let said = [ended.stdout, ended.stderr].concat();
    (
        ended.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[tokio::test]
async fn a_database_that_was_put_back_begins_a_new_epoch_when_it_is_told_so() {
    let mut hub = TestHub::start_on(Database::fresh()).await;
    let kept = hub.campus(HEAD).applied(prep()).await;
    hub.stop().await;
    let backup = hub.database().copy();
    hub.reopen().await;
    hub.campus(HEAD).applied(prep()).await;
    let mut reader = Reader::new(hub.campus(HEAD), v1::Filter::default());
    reader.until_whole(0).await;
    let beside = hub.beside(hub.database().address(), LOOK_EVERY).await;
    hub.stop().await;
    // The other hub still runs.
    let (done, said) = restored(&hub);
    assert!(!done && said.contains("stop every one of them"), "{said}");
    drop(beside);
    hub.database().put_back(&backup);
    let (done, said) = restored(&hub);
    assert!(done && said.contains("new epoch"), "{said}");
    hub.reopen().await;
    let head = hub.campus(HEAD);
    let locked = head.pull(v1::PullRequest::default()).await;
    failed(locked, Code::Unauthenticated, "CREDENTIAL_LOCKED");
    let confirmed = hub.hub().confirm_credentials(hub.group.id, &[]).await;
    assert!(confirmed.expect("they are confirmed") > 0);
    let cursor = reader.cursor;
    let pull = v1::PullRequest {
        cursor,
        ..Default::default()
    };
    let page = head.pull(pull).await.expect("a page");
    let reset = page.reset_required.map(|reset| reset.reason());
    assert_eq!(reset, Some(v1::ResetReason::Epoch));
    let backup = head.describe().await.backup.expect("a backup");
    assert_eq!(backup.position, kept.position);
    assert_eq!(head.newest().await, kept.position);
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let database = Database::fresh();
    let mut db = database.connect().await;
    db.execute("CREATE TABLE fees (pupil TEXT)")
        .await
        .expect("a table");
    let opened = PostgresStore::open(&database.address(), Uuid::from_u128(1)).await;
    assert!(matches!(opened, Err(StoreError::Foreign(_))), "{opened:?}");
    let tables: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'")
            .fetch_one(&mut db)
            .await
            .expect("a count");
    assert_eq!(tables, 1);
}

#[test]
fn a_database_that_is_out_of_reach_is_said_without_its_password() {
    let folder = tempfile::tempdir().expect("a folder");
    for url in [
        "postgres://hub:geheim@127.0.0.1:1/x",
        "postgres://hub:geheim@[/x",
        "geheim",
    ] {
        let mut serve = program();
        serve
            .env("LIANXIAO_DATABASE", url)
            .env("LIANXIAO_LOG", "trace");
        serve
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path());
        let ended = serve.output().expect("it runs");
        let said = [ended.stdout, ended.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(!ended.status.success(), "{said}");
        assert!(
            said.contains("database") && !said.contains("geheim"),
            "{said}"
        );
    }
}
