//! What a backup is known to hold.

use super::reader::Reader;
use super::scribe::{Scribe, group, put, record, time};
use lianxiao::model::ids::Who;
use lianxiao::store::{Backup, Store};

const GROUP: [Who; 1] = [Who::Group];

pub async fn a_backup_is_noted_with_what_it_holds(store: &dyn Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name| folder.path().join(name);
    let mut scribe = Scribe::new(store, "g").await;
    let other = group(store, "other").await.key;
    let noted = async || store.last_backup(scribe.group).await.expect("an answer");
    assert_eq!(noted().await, None);
    scribe.commit([put(record(1)), put(record(2))]).await;
    assert_eq!(Reader::of(&scribe, &GROUP).page().await.backed_up, 0);

    store
        .back_up(&file("first"), time(50))
        .await
        .expect("a backup");
    scribe.commit([put(record(3))]).await;
    let noted = async || store.last_backup(scribe.group).await.expect("an answer");
    let backup = |position, at| {
        Some(Backup {
            position,
            at: time(at),
        })
    };
    assert_eq!(noted().await, backup(2, 50));
    assert_eq!(Reader::of(&scribe, &GROUP).page().await.backed_up, 2);
    assert_eq!(Reader::of(&scribe, &[]).page().await.backed_up, 2);

    store
        .back_up(&file("second"), time(60))
        .await
        .expect("a backup");
    assert_eq!(noted().await, backup(3, 60));
    assert_eq!(store.last_backup(other).await.expect("an answer"), None);
}

pub async fn a_backup_never_takes_the_place_of_a_file(store: &dyn Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("it's there; DROP TABLE version");
    let mut scribe = Scribe::new(store, "g").await;
    scribe.commit([put(record(1))]).await;
    store.back_up(&file, time(50)).await.expect("a backup");
    let first = std::fs::read(&file).expect("a file");
    scribe.commit([put(record(2))]).await;
    assert!(store.back_up(&file, time(60)).await.is_err());
    assert!(
        store
            .back_up(&folder.path().join("no/folder"), time(60))
            .await
            .is_err()
    );
    assert_eq!(std::fs::read(&file).expect("a file"), first);
    let noted = store.last_backup(scribe.group).await.expect("an answer");
    assert_eq!(noted.map(|backup| backup.position), Some(1));
}
