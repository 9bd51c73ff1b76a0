//! A hub that outgrew its file: what is moved into PostgreSQL is the same to everybody, or nothing is there.

use crate::database::Database;
use crate::harness::{Client, within};
use crate::process::{Running, admin, clerks, program, serve, serve_as, serve_on, try_admin};
use crate::reader::Reader;
use crate::wishes::{create, edit, fresh, session};
use lianxiao::client::{Line, Replica};
use lianxiao::wire::convert::push_request;
use lianxiao::wire::v1;
use sqlx::{AssertSqlSafe, Executor as _, PgConnection};
use std::path::Path;
use std::process::Output;
use std::time::Duration;
use tempfile::TempDir;

/// A hub that was stopped, with something of everything in it.
struct Stopped {
    folder: TempDir,
    tokens: Vec<String>,
    /// A reader that has everything.
    reader: Reader,
    replica: Replica,
    /// A push and its answer.
    pushed: (v1::PushRequest, v1::PushResult),
}

impl Stopped {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let (hub, address) = serve(&data);
        let tokens = clerks(&data, 2);
        let client = Client::of_program(&address, &tokens[0]);
        let record = fresh();
        let first = create(&record, session("第一稿", "2026-05-12"));
        client.applied(first).await;
        for topic in ["第二稿", "另一稿"] {
            // The second of them is a conflict.
            client
                .one(edit(&record, 1, session(topic, "2026-05-12")))
                .await;
        }
        let push = push_request(&[create(&fresh(), session("备课", "2026-05-13"))]);
        let mut results = client.try_push(push.clone()).await.expect("an answer");
        let mut reader = Reader::new(client, v1::Filter::default());
        reader.until_whole(0).await;
        let replica = Replica::open(&folder.path().join("copy.db")).await;
        let replica = replica.expect("a replica");
        let line = Line::new(&format!("http://{address}"), &tokens[0]).expect("a line");
        replica.sync(&line).await.expect("it syncs");
        assert!(hub.end_with("TERM"));
        Stopped {
            folder,
            tokens,
            reader,
            replica,
            pushed: (push, results.remove(0)),
        }
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }
}

fn migrate(data: &Path, url: &str) -> Output {
    try_admin(data, &["migrate", "--database", url])
}

fn said(output: &Output) -> String {
    let all = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8(all).expect("text")
}

fn moved(data: &Path, url: &str) -> String {
    let output = migrate(data, url);
    assert!(output.status.success(), "{}", said(&output));
    said(&output)
}

fn refused(data: &Path, url: &str, why: &str) {
    let output = migrate(data, url);
    let said = said(&output);
    assert!(!output.status.success() && said.contains(why), "{said}");
}

fn serve_there(data: &Path, url: &str) -> (Running, String) {
    let mut there = program();
    there
        .args(["serve", "--database", url])
        .env("LIANXIAO_LOG", "off");
    serve_on("127.0.0.1:0", data, &mut there)
}

#[tokio::test]
async fn a_moved_hub_is_the_same_to_its_readers_writers_and_replicas() {
    let (mut old, database) = (Stopped::start().await, Database::fresh());
    let data = old.data();
    assert!(moved(&data, &database.url()).contains("are the same there"));
    let (hub, address) = serve_there(&data, &database.url());

    // The cursor goes on: nothing is new, and no reset.
    let client = Client::of_program(&address, &old.tokens[0]);
    let before = old.reader.mirror.clone();
    old.reader.client = client.clone();
    old.reader.until_whole(0).await;
    assert_eq!(old.reader.mirror, before);
    assert_eq!(Reader::all(&client).await, before);
    assert_eq!(before.ids("conflict").len(), 1);

    // What was answered is answered again, by the other token too, and positions go on.
    let again = Client::of_program(&address, &old.tokens[1]);
    let again = again
        .try_push(old.pushed.0.clone())
        .await
        .expect("an answer");
    assert!(again[0].replayed);
    assert_eq!(again[0].position, old.pushed.1.position);
    let newest = client.newest().await;
    let next = create(&fresh(), session("搬家后", "2026-05-14"));
    assert_eq!(client.applied(next).await.position, newest + 1);

    // The history is the one that the replica knows.
    let line = Line::new(&format!("http://{address}"), &old.tokens[0]).expect("a line");
    let proof = old.replica.verify(&line, true).await.expect("an answer");
    assert!(proof.whole() && proof.heads > 0, "{proof:#?}");

    // The operator's list too.
    let groups = admin(&data, &["group", "list"]);
    assert!(groups.ends_with("\t河海教育集团"), "{groups}");
    assert!(hub.end_with("TERM"));
}

#[tokio::test]
async fn what_was_moved_is_served_from_there_alone_and_nothing_is_moved_onto_it() {
    let (old, other) = (Stopped::start().await, Stopped::start().await);
    let database = Database::fresh();
    let url = database.url();
    moved(&old.data(), &url);
    let mut from_file = program();
    from_file
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(old.data());
    let from_file = from_file.output().expect("it ends");
    let why = said(&from_file);
    assert!(
        !from_file.status.success() && why.contains("--database"),
        "{why}"
    );
    refused(&old.data(), &url, "no hub's database");
    refused(&other.data(), &url, "holds groups already");
    let (_hub, _) = serve_there(&old.data(), &url);
    refused(&old.data(), &url, "in use");
    refused(&other.data(), &url, "hubs run on the database");
    // And it is as well as before.
    let (_hub, address) = serve_as(&other.data(), program().env("LIANXIAO_LOG", "off"));
    let client = Client::of_program(&address, &other.tokens[0]);
    assert_eq!(Reader::all(&client).await, other.reader.mirror);
}

#[tokio::test]
async fn a_move_that_was_cut_off_after_its_end_is_found_to_be_done() {
    let (old, database) = (Stopped::start().await, Database::fresh());
    moved(&old.data(), &database.url());
    let [file, away] = ["lianxiao.db", "lianxiao.db.moved"].map(|name| old.data().join(name));
    std::fs::rename(away, &file).expect("as if it had not been put away");
    assert!(moved(&old.data(), &database.url()).contains("were in PostgreSQL"));
    assert!(!file.exists());
}

/// Has every row that is written into a table go through some words first.
async fn meddle(database: &Database, table: &str, words: &str) {
    let mut db = database.connect().await;
    let sql = format!(
        "CREATE FUNCTION meddle_row() RETURNS TRIGGER LANGUAGE plpgsql AS \
         $$ BEGIN {words}; RETURN NEW; END $$; \
         CREATE FUNCTION meddle() RETURNS EVENT_TRIGGER LANGUAGE plpgsql AS $$ BEGIN \
         IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.{table}') \
         THEN CREATE TRIGGER meddle BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION meddle_row(); \
         END IF; END $$; \
         CREATE EVENT TRIGGER meddle ON ddl_command_end WHEN TAG IN ('CREATE TABLE') \
         EXECUTE FUNCTION meddle()"
    );
    db.execute(AssertSqlSafe(sql)).await.expect("a trigger");
}

async fn leave_alone(database: &Database) {
    let mut db = database.connect().await;
    db.execute("DROP EVENT TRIGGER meddle")
        .await
        .expect("it goes");
    let tables: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'")
            .fetch_one(&mut db)
            .await
            .expect("a count");
    assert_eq!(tables, 0, "nothing was left behind");
}

#[tokio::test]
async fn a_copy_that_differs_is_not_kept() {
    let (old, database) = (Stopped::start().await, Database::fresh());
    let (data, url) = (old.data(), database.url());
    meddle(&database, "audience", "NEW.position := NEW.position + 1").await;
    refused(&data, &url, "table audience is not what was read");
    leave_alone(&database).await;
    moved(&data, &url);
}

/// Waits until so many connections sleep.
async fn asleep(db: &mut PgConnection, wanted: i64) {
    let sleeps = "SELECT COUNT(*) FROM pg_stat_activity \
                  WHERE datname = current_database() AND wait_event = 'PgSleep'";
    let until = async {
        while sqlx::query_scalar::<_, i64>(sleeps)
            .fetch_one(&mut *db)
            .await
            .expect("a count")
            != wanted
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    within("it sleeps or not", until).await;
}

#[tokio::test]
async fn a_move_killed_in_the_middle_leaves_nothing_and_the_hub_as_it_was() {
    let (old, database) = (Stopped::start().await, Database::fresh());
    let (data, url) = (old.data(), database.url());
    meddle(&database, "audience", "PERFORM pg_sleep(60)").await;
    let mut migrate = program();
    migrate
        .args(["admin", "migrate", "--database", &url, "--data"])
        .arg(&data);
    let migrate = Running::start(&mut migrate);
    let mut db = database.connect().await;
    asleep(&mut db, 1).await;
    migrate.kill();
    asleep(&mut db, 0).await;
    leave_alone(&database).await;
    let (hub, address) = serve_as(&data, program().env("LIANXIAO_LOG", "off"));
    let client = Client::of_program(&address, &old.tokens[0]);
    assert_eq!(Reader::all(&client).await, old.reader.mirror);
    assert!(hub.end_with("TERM"));
    moved(&data, &url);
}
