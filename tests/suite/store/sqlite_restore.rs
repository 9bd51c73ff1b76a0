//! A backup in the place of the SQLite file.

use super::catalog::{credential, token};
use super::engine::{Engine as _, Sqlite};
use super::reader::{Reader, Told};
use super::scribe::{Scribe, at_campus, delete, mutation, put, record, time};
use super::sqlite_file::{filled, open, tamper};
use jiff::Timestamp;
use lianxiao::model::audit::{Audited, Deed};
use lianxiao::model::ids::{Place, Who};
use lianxiao::model::sight::Sight;
use lianxiao::store::{
    Auditing as _, Backup, Credentials as _, Lost, SqliteStore, Store, StoreError,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const GROUP: [Who; 1] = [Who::Group];

/// A folder for backups, and one in it.
async fn backed_up(store: &dyn Store) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("backup.db");
    store.back_up(&file, time(50)).await.expect("a backup");
    (folder, file)
}

/// The files of a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let file = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.expect("an entry");
        let bytes = std::fs::read(entry.path()).expect("a file");
        (entry.file_name().into_string().expect("a name"), bytes)
    };
    entries.map(file).collect()
}

#[tokio::test]
async fn a_restore_brings_back_what_the_backup_holds() {
    let engine = Sqlite::fresh().await;
    let store = open(engine.0.path()).await.expect("opens");
    let mut scribe = Scribe::new(&store, "g").await;
    let credential = credential(1, scribe.group, at_campus(1));
    store
        .create_credential(&credential, &token(1), time(1))
        .await
        .expect("kept");
    scribe.commit([put(record(1)), put(record(2))]).await;
    let kept = scribe.clone();
    let (_folder, file) = backed_up(&store).await;
    scribe.commit([put(record(1)), delete(record(2))]).await;
    let before = store.groups().await.expect("groups");
    drop(scribe);

    SqliteStore::restore(engine.0.path(), &file, time(70))
        .await
        .expect("restores");
    let after = open(engine.0.path()).await.expect("opens");
    assert_eq!(after.hub_id(), store.hub_id());
    let told = Reader::of(&kept, &GROUP).on(&after).rest().await;
    assert_eq!(told, [1, 2].map(|n| Told::Upsert(record(n), 1)));
    let groups = after.groups().await.expect("groups");
    assert_eq!(groups[0].key, before[0].key);
    assert!(groups[0].epoch > before[0].epoch);
    let found = after.held(&[1; 32]).await.expect("an answer");
    assert!(found.expect("the credential").credential.locked);
    let deeds = after.deeds(kept.group, (time(2), 0), Timestamp::MAX, 9);
    let restored = Audited::new(time(70), Deed::Restored, None);
    assert_eq!(deeds.await.expect("deeds"), [(2, restored)]);
    let backup = Backup {
        position: 2,
        at: time(70),
    };
    assert_eq!(
        after.last_backup(kept.group).await.expect("an answer"),
        Some(backup)
    );
}

#[tokio::test]
async fn what_was_pushed_after_the_backup_is_listed_as_lost() {
    let engine = Sqlite::fresh().await;
    let store = open(engine.0.path()).await.expect("opens");
    let mut a = Scribe::new(&store, "a").await;
    a.commit([
        put(record(1)).by(mutation(1)),
        put(record(2)).by(mutation(2)),
    ])
    .await;
    let (_folder, file) = backed_up(&store).await;
    let mut b = Scribe::new(&store, "b").await;
    b.commit([put(record(1)).by(mutation(1))]).await;
    // The second was written by the hub beside the first.
    let changes = [put(record(1)).by(mutation(3)), put(record(9))];
    a.commit(changes).await;
    a.commit([delete(record(2)).pushed_by(Place::Office).by(mutation(4))])
        .await;
    drop((a, b));

    let lost = SqliteStore::restore(engine.0.path(), &file, time(70)).await;
    let lost_of = |group: &str, position, number, place| Lost {
        group: group.to_owned(),
        position,
        kind: "menu".to_owned(),
        record: record(number).0,
        place,
        actor: "总务处".to_owned(),
    };
    let expected = [
        lost_of("a", 3, 1, at_campus(1)),
        lost_of("a", 5, 2, Place::Office),
        lost_of("b", 1, 1, at_campus(1)),
    ];
    let restored = lost.expect("restores");
    assert_eq!((restored.lost, restored.erased), (expected.into(), Some(0)));
}

#[tokio::test]
async fn every_restore_of_a_backup_begins_an_epoch_of_its_own() {
    let engine = filled().await;
    let store = open(engine.0.path()).await.expect("opens");
    let (_folder, file) = backed_up(&store).await;
    let mut epochs = vec![store.groups().await.expect("groups")[0].epoch];
    drop(store);
    for at in [70, 71, 72] {
        SqliteStore::restore(engine.0.path(), &file, time(at))
            .await
            .expect("restores");
        let store = open(engine.0.path()).await.expect("opens");
        epochs.push(store.groups().await.expect("groups")[0].epoch);
    }
    assert!(epochs.is_sorted_by(|a, b| a < b), "{epochs:?}");
    assert_eq!(restores(&engine).await, [(epochs[3], 400)]);
    // Each left the file it replaced beside it.
    let names = files(engine.0.path()).into_keys();
    let replaced = names.filter(|name| name.contains(".replaced-") && !name.ends_with("-shm"));
    assert_eq!(replaced.count(), 3);
}

/// The restores that a database tells of, epoch and position.
async fn restores(engine: &Sqlite) -> Vec<(i64, i64)> {
    let store = open(engine.0.path()).await.expect("opens");
    let group = store.groups().await.expect("groups")[0].key;
    let history = store.commits(group, 0, 1, &Sight::of(GROUP)).await;
    let told = history.expect("a history").restores.into_iter();
    told.map(|restored| (restored.epoch, restored.position))
        .collect()
}

#[tokio::test]
async fn a_history_tells_of_every_restore_it_went_through_and_of_no_other() {
    let engine = Sqlite::fresh().await;
    let store = open(engine.0.path()).await.expect("opens");
    let mut scribe = Scribe::new(&store, "a").await;
    scribe.commit([put(record(1)), put(record(2))]).await;
    assert_eq!(restores(&engine).await, []);
    let (_first, first) = backed_up(&store).await;
    scribe.commit([put(record(3))]).await;
    drop(scribe);
    let restore = async |file: &Path, at| {
        let lost = SqliteStore::restore(engine.0.path(), file, time(at)).await;
        lost.expect("restores");
        let store = open(engine.0.path()).await.expect("opens");
        store.groups().await.expect("groups")[0].epoch
    };
    let second = restore(&first, 70).await;
    assert_eq!(restores(&engine).await, [(second, 2)]);
    let store = open(engine.0.path()).await.expect("opens");
    let (_later, later) = backed_up(&store).await;
    let third = restore(&later, 71).await;
    assert_eq!(restores(&engine).await, [(second, 2), (third, 2)]);
    // The first backup knows nothing of the second epoch.
    let fourth = restore(&first, 72).await;
    assert_eq!(restores(&engine).await, [(fourth, 2)]);
}

#[tokio::test]
async fn what_is_no_backup_leaves_the_folder_as_it_was() {
    let bad = tempfile::tempdir().expect("a folder");
    let whole = filled().await;
    let mut cut = std::fs::read(whole.0.path().join("lianxiao.db")).expect("a file");
    cut.truncate(cut.len() / 2);
    for (name, bytes) in [
        ("cut", cut),
        ("noise", vec![7; 9_000]),
        ("empty", Vec::new()),
    ] {
        std::fs::write(bad.path().join(name), bytes).expect("a file");
    }
    let other = Sqlite::fresh().await;
    tamper(other.0.path(), "CREATE TABLE pupil (name TEXT)".to_owned()).await;
    let newer = filled().await;
    tamper(newer.0.path(), super::sqlite_file::NEWER.to_owned()).await;

    let engine = filled().await;
    let before = files(engine.0.path());
    let names = ["cut", "noise", "empty", "missing"];
    let mut backups: Vec<PathBuf> = names.iter().map(|name| bad.path().join(name)).collect();
    backups.extend([&other, &newer].map(|engine| engine.0.path().join("lianxiao.db")));
    for backup in backups {
        let restored = SqliteStore::restore(engine.0.path(), &backup, time(70)).await;
        assert!(restored.is_err(), "{}", backup.display());
        assert!(files(engine.0.path()) == before, "{}", backup.display());
    }
}

#[tokio::test]
async fn a_backup_of_a_hub_can_be_told_from_another_file() {
    let (other, engine) = (Sqlite::fresh().await, filled().await);
    tamper(
        other.0.path(),
        "CREATE TABLE \"commit\" (grp, last_position)".to_owned(),
    )
    .await;
    let file = other.0.path().join("lianxiao.db");
    let restored = SqliteStore::restore(engine.0.path(), &file, time(70)).await;
    assert!(
        matches!(restored, Err(StoreError::Foreign(_))),
        "{restored:?}"
    );
}

#[tokio::test]
async fn a_restore_needs_no_readable_database_in_the_folder() {
    let source = filled().await;
    let store = open(source.0.path()).await.expect("opens");
    let (_folder, file) = backed_up(&store).await;
    for ruin in [None, Some(vec![7; 9_000])] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lianxiao.db");
        if let Some(noise) = &ruin {
            std::fs::write(&path, noise).expect("a file");
        }
        // What an attempt left that was cut off.
        std::fs::write(folder.path().join("lianxiao.db.restoring"), b"half").expect("a file");
        let lost = SqliteStore::restore(folder.path(), &file, time(70)).await;
        let restored = lost.expect("restores");
        assert_eq!(restored.lost, []);
        assert_eq!(restored.erased, ruin.is_none().then_some(0));
        let restored = open(folder.path()).await.expect("opens");
        let group = restored.groups().await.expect("groups")[0].key;
        assert_eq!(restored.head(group).await.expect("a head").position, 400);
        drop(restored);
        let kept = files(folder.path());
        let kept = kept.iter().find(|(name, _)| name.contains(".replaced-"));
        assert_eq!(kept.map(|(_, bytes)| bytes), ruin.as_ref());
    }
}
