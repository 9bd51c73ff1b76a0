//! What is done at one hub is noticed at the next: by hints alone, and by looking alone. Each would hide the
//! other's faults.

use super::{NEVER, by, line_to_database, prep};
use crate::answers::failed;
use crate::checker::proxy::Weather;
use crate::database::Database;
use crate::harness::{HEAD, LAKE, SPRING, TestHub, campus, within};
use crate::operator::{Operator, new_credential};
use crate::postgres::line::{Fate, Line};
use crate::reader::{Mirror, Reader, Watcher};
use crate::wishes::{create, edit, fresh, id, named, session};
use lianxiao::hub::LOOK_EVERY;
use lianxiao::wire::convert::push_request;
use lianxiao::wire::v1;
use sqlx::Executor as _;
use std::time::{Duration, Instant};
use tonic::Code;
use v1::watch_response::Event;

/// A hub, and a watch at the next one that has seen its first checkpoint.
async fn watch_at(hub: &TestHub) -> Watcher {
    let mut watcher = Watcher::start(&hub.campus(LAKE), v1::Filter::default()).await;
    watcher.until(0).await;
    watcher
}

/// Pushes at one hub, and waits until a watch at another brings it; how long that took.
async fn brings(hub: &TestHub, watcher: &mut Watcher) -> Duration {
    let since = Instant::now();
    let pushed = hub.campus(HEAD).applied(prep()).await;
    watcher.until(pushed.position).await;
    assert!(watcher.mirror.records.contains_key(&pushed.record_id));
    since.elapsed()
}

#[tokio::test]
async fn hints_alone_bring_what_another_hub_wrote_at_once() {
    let here = TestHub::start_on(Database::fresh()).await;
    let there = here.beside(here.database().address(), NEVER).await;
    let mut watcher = watch_at(&there).await;
    for _ in 0..20 {
        let took = brings(&here, &mut watcher).await;
        assert!(took < Duration::from_secs(2), "{took:?}");
    }
    assert_eq!(watcher.mirror, Reader::all(&here.campus(LAKE)).await);
}

#[tokio::test]
async fn looking_alone_brings_what_another_hub_wrote_within_a_second() {
    let here = TestHub::start_on(Database::fresh()).await;
    let line = line_to_database().await;
    line.turn(Weather::Deaf);
    let there = here.beside(by(&line, here.database()), LOOK_EVERY).await;
    let mut watcher = watch_at(&there).await;
    let blind = here.beside(by(&line, here.database()), NEVER).await;
    let mut unmoved = watch_at(&blind).await;
    for _ in 0..5 {
        let took = brings(&here, &mut watcher).await;
        assert!(took < Duration::from_secs(2), "{took:?}");
    }
    assert_eq!(watcher.mirror, Reader::all(&here.campus(LAKE)).await);
    let newest = here.office().newest().await;
    let told = tokio::time::timeout(Duration::from_secs(1), unmoved.until(newest)).await;
    assert!(told.is_err(), "there were hints");
}

#[tokio::test]
async fn a_hub_that_was_deaf_for_a_while_looks_as_soon_as_it_hears_again() {
    let here = TestHub::start_on(Database::fresh()).await;
    let line = line_to_database().await;
    let there = here.beside(by(&line, here.database()), NEVER).await;
    let mut watcher = watch_at(&there).await;
    brings(&here, &mut watcher).await;
    // Every connection breaks, and what is said meanwhile is said to nobody.
    line.turn(Weather::Cut);
    let unheard = here.campus(HEAD).applied(prep()).await;
    line.turn(Weather::Fair);
    watcher.until(unheard.position).await;
    brings(&here, &mut watcher).await;
    // The server ends them too.
    let mut db = here.database().connect().await;
    for _ in 0..3 {
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await
        .expect("they end");
        brings(&here, &mut watcher).await;
    }
}

#[tokio::test]
async fn a_server_that_ends_idle_connections_ends_none_of_the_hubs() {
    let database = Database::fresh();
    let mut db = database.connect().await;
    db.execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET idle_session_timeout = 300', current_database()); END $$")
        .await
        .expect("it is set");
    let here = TestHub::start_on(database).await;
    let there = here.beside(here.database().address(), NEVER).await;
    let mut watcher = watch_at(&there).await;
    brings(&here, &mut watcher).await;
    let pids = async || -> Vec<i32> {
        sqlx::query_scalar(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
             AND application_name = 'lianxiao' ORDER BY pid",
        )
        .fetch_all(&mut here.database().connect().await)
        .await
        .expect("the hubs' connections")
    };
    let before = pids().await;
    // Longer than the server lets anybody else be idle.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let after = pids().await;
    assert!(
        before.iter().all(|pid| after.contains(pid)),
        "{before:?} {after:?}"
    );
    brings(&here, &mut watcher).await;
}

#[tokio::test]
async fn a_database_whose_transactions_are_serializable_by_default_is_written_as_any_other() {
    let database = Database::fresh();
    database
        .connect()
        .await
        .execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = serializable', current_database()); END $$")
        .await
        .expect("it is set");
    let here = TestHub::start_on(database).await;
    let there = here.beside(here.database().address(), LOOK_EVERY).await;
    let at = [here.campus(HEAD), there.campus(SPRING), there.campus(HEAD)];
    let pushed = at.iter().map(async |client| {
        for _ in 0..15 {
            client.applied(prep()).await;
        }
    });
    within("all is written", futures::future::join_all(pushed)).await;
    assert_eq!(here.office().newest().await, 3 + 45);
}

#[tokio::test]
async fn what_the_operator_takes_back_at_one_hub_ends_at_the_next_within_a_second() {
    let here = TestHub::start_on(Database::fresh()).await;
    let there = here.beside(here.database().address(), LOOK_EVERY).await;
    let operator = Operator::of(&here);
    let clerk = |holder| new_credential(&id(SPRING), holder);
    let (credential, token) = operator.hire(clerk("总务处")).await;
    let (rotated, first) = operator.hire(clerk("教导处")).await;
    let (revoked, old) = (
        there.client(Some(&token), ""),
        there.client(Some(&first), ""),
    );
    let mut watcher = Watcher::start(&revoked, v1::Filter::default()).await;
    watcher.until(0).await;
    let mut old_watcher = Watcher::start(&old, v1::Filter::default()).await;
    old_watcher.until(0).await;
    let mut staying = watch_at(&there).await;
    let since = Instant::now();
    operator.revoke(&credential).await.expect("revoked");
    let ended = Err::<(), _>(watcher.failure().await);
    failed(ended, Code::Unauthenticated, "CREDENTIAL_REVOKED");
    let took = since.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    let refused = revoked.pull(v1::PullRequest::default()).await;
    failed(refused, Code::Unauthenticated, "CREDENTIAL_REVOKED");
    let next = operator.rotate(&rotated, 0).await.expect("a token");
    let ended = Err::<(), _>(old_watcher.failure().await);
    failed(ended, Code::Unauthenticated, "CREDENTIAL_EXPIRED");
    there.client(Some(&next), "").describe().await;
    brings(&here, &mut staying).await;
}

#[tokio::test]
async fn a_campus_that_becomes_a_member_school_at_one_hub_sees_less_at_the_next() {
    let here = TestHub::start_on(Database::fresh()).await;
    let there = here.beside(here.database().address(), LOOK_EVERY).await;
    let lake = there.campus(LAKE);
    let mut core = session("备课", "2026-05-12");
    core.invites_all = false;
    let hidden = here.campus(HEAD).applied(create(&fresh(), core)).await;
    let mut watcher = watch_at(&there).await;
    assert!(watcher.mirror.records.contains_key(&hidden.record_id));
    let member = campus(LAKE, v1::CampusRole::Member);
    here.office().applied(edit(&id(LAKE), 1, member)).await;
    // A commit of the hub's own, right after one that it may not have heard of.
    there.campus(HEAD).applied(prep()).await;
    let reset = async {
        loop {
            match watcher.next_news().await {
                Event::ResetRequired(reset) => return reset.reason(),
                Event::Changes(changes) => {
                    panic!("told of {} changes before the reset", changes.changes.len())
                }
                _ => {}
            }
        }
    };
    let reason = within("the watch is reset", reset).await;
    assert_eq!(reason, v1::ResetReason::Filter);
    let gone = lake.get(&hidden.record_id).await;
    failed(gone, Code::NotFound, "NOT_FOUND");
    assert_eq!(
        Reader::all(&lake).await,
        Reader::all(&here.campus(LAKE)).await
    );
}

/// Whether a record names somebody.
fn names(mirror: &Mirror, record: &str, name: &str) -> bool {
    let content = &mirror.records[record].content;
    let mut parts = content.windows(name.len());
    parts.any(|part| part == name.as_bytes())
}

#[tokio::test]
async fn what_was_erased_at_one_hub_is_told_by_no_other() {
    let here = TestHub::start_on(Database::fresh()).await;
    let there = here.beside(here.database().address(), LOOK_EVERY).await;
    let mut mine = session("备课", "2026-05-12");
    mine.lead = Some(named("王小明"));
    let (office, record) = (there.office(), fresh());
    let before = {
        let mut reader = Reader::new(office.clone(), v1::Filter::default());
        reader.until_whole(0).await;
        reader
    };
    // Somebody watches, so the hub keeps what is pushed next for those who are behind by it.
    let mut watcher = Watcher::start(&office, v1::Filter::default()).await;
    watcher.until(0).await;
    there.campus(HEAD).applied(create(&record, mine)).await;
    watcher.until(4).await;
    assert!(names(&watcher.mirror, &record, "王小明"));
    let erase = v1::ErasePersonRequest {
        record_ids: vec![record.clone()],
        ..Default::default()
    };
    let mut at_here = here.office().office;
    let erased = within("it is erased", at_here.erase_person(erase)).await;
    let position = erased.expect("erased").into_inner().newest_position;
    watcher.until(position).await;
    let mut again = Watcher::resume(
        &office,
        v1::Filter::default(),
        before.cursor,
        Mirror::default(),
    )
    .await;
    again.until(position).await;
    assert!(again.mirror.records.contains_key(&record));
    assert!(!names(&again.mirror, &record, "王小明"));
}

#[tokio::test]
async fn a_commit_of_which_the_hub_never_heard_is_told_to_its_own_watches() {
    let line = Line::to(&crate::database::server()).await;
    let hub = TestHub::start_on(Database::fresh().behind(&line.server)).await;
    let mut watcher = watch_at(&hub).await;
    brings(&hub, &mut watcher).await;
    line.turn(Fate::Unheard);
    let push = push_request(&[prep()]);
    let answer = hub.campus(HEAD).try_push(push.clone()).await;
    failed(answer, Code::Unavailable, "DATABASE_FAILED");
    // Nobody pushes again, and nobody else is there to say so.
    let known = watcher.mirror.records.len();
    watcher.until(hub.office().newest().await).await;
    assert_eq!(watcher.mirror.records.len(), known + 1);
}
