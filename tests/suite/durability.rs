//! Promise 1 against the loss of power. `kill -9` does not prove it: the kernel keeps what a killed
//! process wrote. So the program runs on a disk whose syncs are counted: an answer may come only after the
//! sync of its commit, and whatever was synced survives.

use crate::faults::{Disk, note_acknowledged};
use crate::harness::Client;
use crate::process::{clerk, program, serve_as};
use crate::wishes::{create, fresh, session};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};
use std::fs::File;
use std::path::Path;
use std::process::Command;

const PUSHES: usize = 30;

#[tokio::test]
async fn no_push_is_acknowledged_before_its_commit_is_synced() {
    let (data, disk) = (tempfile::tempdir().unwrap(), Disk::new());
    let (_hub, address) = serve_as(
        data.path(),
        disk.carry(program().env("LIANXIAO_LOG", "error")),
    );
    let client = Client::of_program(&address, &clerk(data.path()));
    // The first call of a credential is written down, and its sync must not count for a push.
    client.describe().await;
    disk.note_acknowledged();
    for _ in 0..PUSHES {
        client
            .applied(create(&fresh(), session("备课", "2026-05-12")))
            .await;
        disk.note_acknowledged();
    }
    let (acknowledged, unsynced) = disk.acknowledged_and_unsynced();
    assert_eq!((acknowledged, unsynced), (PUSHES + 1, 0));
}

/// The control: the same count, kept of the same engine through the same shim, must tell a database that
/// answers before its disk does. The program has no switch for that and should have none, so this test
/// runs itself once more as a process of its own, which commits by sqlx as the store does: once waiting
/// for the disk, and once not. Nothing differs but the pragma, and only the second is found out.
#[tokio::test]
async fn a_database_that_does_not_wait_for_the_disk_is_found_out() {
    const ROLE: &str = "LIANXIAO_CONTROL";
    match std::env::var(ROLE).as_deref() {
        Ok("full") => return commit_and_note(SqliteSynchronous::Full).await,
        Ok("off") => return commit_and_note(SqliteSynchronous::Off).await,
        _ => {}
    }
    for (role, expected) in [("full", 0), ("off", PUSHES)] {
        let disk = Disk::new();
        let mut again = Command::new(std::env::current_exe().unwrap());
        again.args([
            "--exact",
            "durability::a_database_that_does_not_wait_for_the_disk_is_found_out",
        ]);
        let ran = disk.carry(&mut again).env(ROLE, role).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success() && said.contains("1 passed"), "{said}");
        assert_eq!(
            disk.acknowledged_and_unsynced(),
            (PUSHES, expected),
            "{role}"
        );
    }
}

async fn commit_and_note(synchronous: SqliteSynchronous) {
    let folder = std::env::var("LIANXIAO_FAULTS").unwrap();
    let folder = Path::new(&folder);
    let mut db = SqliteConnectOptions::new()
        .filename(folder.join("control.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .connect()
        .await
        .unwrap();
    sqlx::query("CREATE TABLE t (x BIGINT)")
        .execute(&mut db)
        .await
        .unwrap();
    // The log begins here: making the table is no part of the count.
    File::create(folder.join("log")).unwrap();
    for _ in 0..PUSHES {
        let mut tx = db.begin_with("BEGIN IMMEDIATE").await.unwrap();
        sqlx::query("INSERT INTO t VALUES (1)")
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        note_acknowledged(folder);
    }
}

/// Asked live, because what was configured is not what is: the program itself asks each connection that
/// writes, refuses one that says anything else, and logs what it heard.
#[tokio::test]
async fn the_live_connections_that_write_say_wal_and_full() {
    let (data, disk) = (tempfile::tempdir().unwrap(), Disk::new());
    let heard = disk.folder().join("stderr");
    let mut command = program();
    command
        .env("LIANXIAO_LOG", "lianxiao=debug")
        .stderr(File::create(&heard).unwrap());
    let (hub, _) = serve_as(data.path(), &mut command);
    hub.kill();
    let heard = std::fs::read_to_string(heard).unwrap();
    let connections: Vec<&str> = heard
        .lines()
        .filter(|line| line.contains("a connection that writes is open"))
        .collect();
    assert_eq!(connections.len(), 1, "{heard}");
    assert!(connections[0].contains("journal=\"wal\""), "{heard}");
    assert!(connections[0].contains("synchronous=2"), "{heard}");
}
