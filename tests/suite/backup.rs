//! Backups of a running hub, and what a restore takes back: everybody who must know is told.

use crate::answers::failed;
use crate::faults::SmallDisk;
use crate::harness::{Client, HEAD, LAKE, NOW, TestHub, within};
use crate::reader::Reader;
use crate::wishes::{create, fresh, session};
use lianxiao::hub::Lost;
use lianxiao::store::{SqliteStore, StoreError};
use lianxiao::wire::convert::push_request;
use lianxiao::wire::v1;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tonic::Code;
use v1::ResetReason;

fn prep() -> v1::Mutation {
    create(&fresh(), session("备课", "2026-05-12"))
}

async fn push_some(client: &Client, count: usize) -> Vec<(v1::Mutation, i64)> {
    let mut pushed = Vec::new();
    for _ in 0..count {
        let mutation = prep();
        let position = client.applied(mutation.clone()).await.position;
        pushed.push((mutation, position));
    }
    pushed
}

/// A hub with something in it, and a folder for backups.
struct Kept {
    hub: TestHub,
    folder: tempfile::TempDir,
}

impl Kept {
    async fn start() -> Self {
        let hub = TestHub::start().await;
        push_some(&hub.campus(HEAD), 5).await;
        let folder = tempfile::tempdir().unwrap();
        Kept { hub, folder }
    }

    async fn back_up(&self) -> PathBuf {
        let file = self.folder.path().join("backup.db");
        self.hub.hub().back_up(&file).await.expect("a backup");
        file
    }

    async fn restore(&self, file: &Path) -> Result<Vec<Lost>, StoreError> {
        let now = NOW.parse().unwrap();
        let restored = SqliteStore::restore(&self.hub.data(), file, now).await?;
        assert_eq!(restored.erased, Some(0));
        Ok(restored.lost)
    }

    async fn backed_up(&self) -> i64 {
        let mut reader = Reader::new(self.hub.campus(LAKE), v1::Filter::default());
        let position = reader.until_whole(0).await.backed_up_position;
        let told = self.hub.campus(LAKE).describe().await.backup;
        assert_eq!(told.map_or(0, |backup| backup.position), position);
        position
    }

    async fn confirm(&self) {
        let confirmed = self.hub.hub().confirm_credentials(self.hub.group.id, &[]);
        assert_eq!(confirmed.await.expect("confirmed"), 4);
    }
}

async fn reset(client: &Client, cursor: &str) -> Option<ResetReason> {
    let pull = v1::PullRequest {
        cursor: cursor.to_owned(),
        ..Default::default()
    };
    let page = client.pull(pull).await.expect("a page");
    page.reset_required.map(|reset| reset.reason())
}

async fn cursor(client: &Client) -> String {
    let mut reader = Reader::new(client.clone(), v1::Filter::default());
    reader.until_whole(0).await.cursor
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_while_pushes_run_holds_all_up_to_its_position_and_the_rest_is_listed_as_lost()
 {
    let mut kept = Kept::start().await;
    assert_eq!(kept.backed_up().await, 0, "there is none yet");
    let head = kept.hub.campus(HEAD);
    let pushing = tokio::spawn(async move { push_some(&head, 60).await });
    let file = kept.back_up().await;
    let mut pushed = within("the pusher is done", pushing).await.unwrap();
    pushed.extend(push_some(&kept.hub.campus(HEAD), 1).await);
    let backed_up = kept.backed_up().await;
    assert!(backed_up >= 8, "what was acknowledged before is in it");
    kept.hub.stop().await;
    let lost = kept.restore(&file).await.expect("restored");
    let gone: BTreeMap<i64, String> = pushed
        .iter()
        .filter(|(_, position)| *position > backed_up)
        .map(|(mutation, position)| (*position, mutation.record_id.clone()))
        .collect();
    let listed = lost
        .iter()
        .map(|lost| (lost.position, lost.record.to_string()));
    assert_eq!(listed.collect::<BTreeMap<_, _>>(), gone);
    assert!(
        lost.iter()
            .all(|lost| lost.group == "春风教育集团" && lost.kind == "session")
    );
    kept.hub.reopen().await;
    kept.confirm().await;
    assert_eq!(kept.backed_up().await, backed_up);
    let head = kept.hub.campus(HEAD);
    assert_eq!(head.newest().await, backed_up);
    for (mutation, position) in pushed {
        let again = head.one(mutation).await;
        assert_eq!(again.replayed, position <= backed_up, "{position}");
    }
}

#[tokio::test]
async fn after_a_restore_every_credential_is_locked_until_the_operator_confirms_it() {
    let mut kept = Kept::start().await;
    let file = kept.back_up().await;
    kept.hub.stop().await;
    kept.restore(&file).await.expect("restored");
    kept.hub.reopen().await;
    for client in [kept.hub.campus(HEAD), kept.hub.office()] {
        let pull = client.pull(v1::PullRequest::default()).await;
        failed(pull, Code::Unauthenticated, "CREDENTIAL_LOCKED");
        let push = push_request(&[prep()]);
        failed(
            client.try_push(push).await,
            Code::Unauthenticated,
            "CREDENTIAL_LOCKED",
        );
    }
    kept.confirm().await;
    kept.hub.campus(HEAD).applied(prep()).await;
}

#[tokio::test]
async fn readers_from_before_a_restore_begin_again_though_nothing_was_lost() {
    let mut kept = Kept::start().await;
    let file = kept.back_up().await;
    let before = cursor(&kept.hub.campus(LAKE)).await;
    for _ in 0..2 {
        // The second time on the same clock: an epoch is never one that was.
        kept.hub.stop().await;
        assert_eq!(kept.restore(&file).await.expect("restored"), []);
        kept.hub.reopen().await;
        kept.confirm().await;
        let lake = kept.hub.campus(LAKE);
        assert_eq!(reset(&lake, &before).await, Some(ResetReason::Epoch));
        assert_eq!(reset(&lake, &cursor(&lake).await).await, None);
    }
}

#[tokio::test]
async fn a_database_that_was_put_back_silently_is_noticed_by_readers_ahead_of_it() {
    let mut kept = Kept::start().await;
    let within_it = cursor(&kept.hub.campus(LAKE)).await;
    let file = kept.back_up().await;
    push_some(&kept.hub.campus(HEAD), 3).await;
    let ahead = cursor(&kept.hub.campus(LAKE)).await;
    kept.hub.stop().await;
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(kept.hub.data().join(format!("lianxiao.db{suffix}")));
    }
    std::fs::copy(&file, kept.hub.data().join("lianxiao.db")).unwrap();
    kept.hub.reopen().await;
    let lake = kept.hub.campus(LAKE);
    assert_eq!(reset(&lake, &within_it).await, None, "all of it is here");
    assert_eq!(reset(&lake, &ahead).await, Some(ResetReason::Diverged));
    // The positions come again, with another history.
    push_some(&kept.hub.campus(HEAD), 4).await;
    assert_eq!(reset(&lake, &ahead).await, Some(ResetReason::Diverged));
    assert_eq!(reset(&lake, &within_it).await, None);
}

/// The files of a folder and what they hold.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let name = |file: &std::fs::DirEntry| file.file_name().into_string().unwrap();
    files
        .map(|file| (name(&file), std::fs::read(file.path()).unwrap()))
        .collect()
}

/// Files that are no backups, by what is wrong with them.
fn broken_backups(folder: &Path, good: &Path) -> Vec<PathBuf> {
    let good = std::fs::read(good).unwrap();
    let mut holed = good.clone();
    let middle = holed.len() / 2 / 4096 * 4096;
    holed[middle..middle + 8192].fill(0);
    let files = [
        ("empty", Vec::new()),
        ("noise", b"no database at all".repeat(1_000)),
        ("cut", good[..good.len() / 2 / 4096 * 4096].to_vec()),
        ("holed", holed),
    ];
    let mut paths = vec![folder.join("missing")];
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes).unwrap();
        paths.push(folder.join(name));
    }
    paths
}

#[tokio::test]
async fn what_is_no_backup_is_refused_and_the_folder_is_as_it_was() {
    let mut kept = Kept::start().await;
    let file = kept.back_up().await;
    let last = push_some(&kept.hub.campus(HEAD), 1).await.remove(0);
    kept.hub.stop().await;
    let before = contents(&kept.hub.data());
    for broken in broken_backups(kept.folder.path(), &file) {
        let answer = kept.restore(&broken).await;
        assert!(answer.is_err(), "{broken:?} was restored");
        let after = contents(&kept.hub.data());
        assert!(after == before, "{broken:?}: {:?}", after.keys());
    }
    kept.hub.reopen().await;
    assert!(kept.hub.campus(HEAD).one(last.0).await.replayed);
}

#[tokio::test]
async fn a_backup_that_finds_no_room_leaves_no_file_and_the_hub_as_well_as_before() {
    let kept = Kept::start().await;
    let disk = SmallDisk::mount("64k");
    let file = disk.path().join("backup.db");
    kept.hub.hub().back_up(&file).await.expect_err("no room");
    assert!(!file.exists(), "half a backup looks like one");
    assert_eq!(kept.backed_up().await, 0);
    kept.hub.campus(HEAD).applied(prep()).await;
}
