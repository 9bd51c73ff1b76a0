//! The connections of a hub: few, none of them kept by a group that waits, and none through a pooler.

use super::prep;
use crate::database::Database;
use crate::harness::{HEAD, SPRING, TestHub, credential, within};
use crate::process::program;
use crate::wishes::id;
use lianxiao::hub::NewCredential;
use lianxiao::model::ids::Place;
use sqlx::{Executor as _, PgConnection};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

async fn count(db: &mut PgConnection, what: &'static str) -> i64 {
    sqlx::query_scalar(what)
        .fetch_one(db)
        .await
        .expect("a count")
}

const WAITING: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
     AND wait_event_type = 'Lock'";
const ALL: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
     AND application_name = 'lianxiao'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_waits_holds_one_connection_however_many_wish_to_write_for_it() {
    const MANY: usize = 40;
    let hub = TestHub::start_on(Database::fresh()).await;
    let other = hub.add_group("另一集团").await;
    let free = hub.campus_of(&other, HEAD);
    free.applied(prep()).await;
    let mut db = hub.database().connect().await;
    db.execute("BEGIN; SELECT FROM grp WHERE name = '春风教育集团' FOR UPDATE")
        .await
        .expect("the lock");
    let mut waiting = Vec::new();
    for number in 0..MANY {
        let (hub, group) = (Arc::clone(hub.hub()), hub.group.id);
        let place = Place::Campus(id(SPRING).parse().expect("an id"));
        let new = NewCredential::new(place, format!("第{number}位"));
        waiting.push(tokio::spawn(async move {
            hub.create_credential(group, new).await.expect("it is made");
        }));
    }
    let pushing = hub.campus(HEAD);
    waiting.push(tokio::spawn(
        async move { drop(pushing.applied(prep()).await) },
    ));
    let mut watch = hub.database().connect().await;
    while count(&mut watch, WAITING).await == 0 {}
    for _ in 0..20 {
        let since = Instant::now();
        free.applied(prep()).await;
        assert!(
            since.elapsed() < Duration::from_secs(1),
            "{:?}",
            since.elapsed()
        );
    }
    assert_eq!(count(&mut watch, WAITING).await, 1);
    assert!(waiting.iter().all(|waiting| !waiting.is_finished()));
    db.execute("ROLLBACK").await.expect("the lock goes");
    for waiting in waiting {
        within("it goes on", waiting).await.expect("no panic");
    }
    let all = count(&mut watch, ALL).await;
    assert!(all <= 28, "the README says how many: {all}");
}

/// A statement beside the groups' transactions that waits takes no connection from them.
#[tokio::test]
async fn a_note_that_cannot_be_written_keeps_no_push_waiting() {
    let hub = TestHub::start_on(Database::fresh()).await;
    let mut tokens = Vec::new();
    for _ in 0..40 {
        tokens.push(credential(hub.hub(), hub.group.id, Place::Office, "集团办").await);
    }
    let mut db = hub.database().connect().await;
    db.execute("BEGIN; LOCK TABLE credential IN EXCLUSIVE MODE")
        .await
        .expect("the lock");
    // The first call of each is noted, and the note waits.
    for token in tokens {
        hub.client(Some(&token), "").describe().await;
    }
    for _ in 0..20 {
        let since = Instant::now();
        hub.campus(HEAD).applied(prep()).await;
        assert!(
            since.elapsed() < Duration::from_secs(1),
            "{:?}",
            since.elapsed()
        );
    }
    assert!(count(&mut hub.database().connect().await, WAITING).await > 0);
    db.execute("ROLLBACK").await.expect("the lock goes");
}

/// `PgBouncer`, which ends with the test.
struct Pooler(Child, u16);

impl Pooler {
    fn start(folder: &Path, database: &Database, more: &str) -> Self {
        let pgbouncer = std::env::var("LIANXIAO_TEST_PGBOUNCER")
            .expect("tests/run installs PgBouncer and says where");
        let url = database.url();
        let (_, host) = url.rsplit_once('@').expect("a user");
        let (host, name) = host.rsplit_once('/').expect("a name");
        let (host, port) = host.rsplit_once(':').expect("a port");
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let own = free.local_addr().expect("an address").port();
        drop(free);
        let config = format!(
            "[databases]\n{name} = host={host} port={port} user=postgres\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {own}\nauth_type = any\nunix_socket_dir =\n\
             pool_mode = transaction\n{more}\n"
        );
        let file = folder.join("pgbouncer.ini");
        std::fs::write(&file, config).expect("a file");
        // It refuses root, and so root lends it another user.
        let words = "chmod -R a+rX \"$2\"; [ \"$(id -u)\" -ne 0 ] || exec \"$0\" -u postgres \"$1\"; exec \"$0\" \"$1\"";
        let mut command = Command::new("bash");
        command
            .args(["-c", words, &pgbouncer])
            .arg(&file)
            .arg(folder);
        let child = command.stderr(Stdio::null()).spawn();
        let pooler = Pooler(child.expect("it starts"), own);
        let since = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", own)).is_err() {
            assert!(since.elapsed() < Duration::from_secs(20), "it listens");
            std::thread::yield_now();
        }
        pooler
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn pgbouncer_in_transaction_mode_is_answered_no_and_why() {
    let database = Database::fresh();
    for more in ["", "ignore_startup_parameters = options"] {
        let folder = tempfile::tempdir().expect("a folder");
        let pooler = Pooler::start(folder.path(), &database, more);
        let url = database.url();
        let (_, name) = url.rsplit_once('/').expect("a name");
        let mut serve = program();
        serve
            .args(["serve", "--listen", "127.0.0.1:0", "--database"])
            .arg(format!("postgres://postgres@127.0.0.1:{}/{name}", pooler.1))
            .arg("--data")
            .arg(folder.path().join("data"));
        let ended = serve.output().expect("it runs");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(!ended.status.success(), "{more}");
        for word in ["PgBouncer", "give the address of the server itself"] {
            assert!(said.contains(word), "{more}: {said}");
        }
    }
}
