//! The proof of history: a hub that rewrote the past is found out by its campuses, and an honest one is not
//! suspected, whatever happened to it.

mod command;
mod forged;
mod forger;
mod listed;
mod older;

use crate::answers::outcomes;
use crate::harness::{HEAD, LAKE, NOW, SPRING, TestHub, limits};
use crate::wishes::{create, delete, edit, exchange, fresh, id, lunch, menu, session};
use lianxiao::client::{Proof, Replica};
use lianxiao::model::limits::Limits;
use lianxiao::store::SqliteStore;
use lianxiao::wire::v1;
use std::path::Path;
use tempfile::TempDir;
use v1::Outcome::{Applied, ConflictKept, Merged};

/// A place with a copy of its own.
pub struct School {
    replica: Replica,
    token: String,
    folder: TempDir,
}

impl School {
    /// A campus of the first group.
    async fn open(hub: &TestHub, name: &str) -> Self {
        Self::with(&hub.group.member(name).token).await
    }

    async fn with(token: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let replica = Replica::open(&folder.path().join("copy.db")).await;
        School {
            replica: replica.expect("a replica"),
            token: token.to_owned(),
            folder,
        }
    }

    /// The same that was told everything.
    pub async fn synced(hub: &TestHub, name: &str) -> Self {
        let school = Self::open(hub, name).await;
        school.sync(hub).await;
        school
    }

    async fn sync(&self, hub: &TestHub) {
        let synced = self.replica.sync(&hub.line(&self.token)).await;
        synced.expect("it syncs");
    }

    async fn verify(&self, hub: &TestHub) -> Proof {
        let proof = self.replica.verify(&hub.line(&self.token), false).await;
        proof.expect("an answer")
    }

    async fn verify_all(&self, hub: &TestHub) -> Proof {
        let proof = self.replica.verify(&hub.line(&self.token), true).await;
        proof.expect("an answer")
    }

    async fn records(&self) -> usize {
        self.replica.records().await.expect("a copy").len()
    }

    /// Everything is whole, compared and up to date.
    pub async fn is_whole(&self, hub: &TestHub) {
        let proof = self.verify_all(hub).await;
        assert!(proof.whole(), "{proof:#?}");
        assert_eq!(proof.position, hub.office().newest().await);
        assert_eq!((proof.records, proof.changed), (self.records().await, 0));
        assert!(proof.heads > 0, "something was remembered");
    }
}

/// A menu of two days of a month, with another dish on one of them.
fn week(month: usize, day: usize, dish: &str) -> v1::Menu {
    let days = [11, 12].map(|day| format!("2026-{month:02}-{day}"));
    let mut menu = menu(&[&days[0], &days[1]]);
    menu.meals[day] = lunch(&menu.service_dates[day], dish);
    menu
}

/// A merge, a conflict, a deletion, an exchange that two campuses and the office see.
async fn live(hub: &TestHub, month: usize) {
    let (head, spring) = (hub.campus(HEAD), hub.campus(SPRING));
    let (of_head, of_spring, gone) = (fresh(), fresh(), fresh());
    let results = head
        .push([
            create(&of_head, week(month, 0, "红烧狮子头")),
            edit(&of_head, 1, week(month, 0, "蒜泥白肉")),
            edit(&of_head, 1, week(month, 1, "可乐鸡翅")),
            edit(&of_head, 1, week(month, 0, "清炒时蔬")),
            create(&gone, session("备课", "2026-05-12")),
        ])
        .await;
    let expected = [Applied, Applied, Merged, ConflictKept, Applied];
    assert_eq!(outcomes(&results), expected);
    head.applied(delete(&gone, 1)).await;
    spring
        .applied(create(&of_spring, exchange(&id(SPRING), &id(HEAD))))
        .await;
}

/// A session more.
async fn prep(hub: &TestHub) {
    let prep = create(&fresh(), session("备课", "2026-05-12"));
    hub.campus(HEAD).applied(prep).await;
}

#[tokio::test]
async fn an_untouched_history_is_whole_for_everybody_whatever_happened_in_it() {
    let mut hub = TestHub::start().await;
    let schools = [
        School::synced(&hub, HEAD).await,
        School::synced(&hub, LAKE).await,
        School::with(&hub.group.office.clone()).await,
    ];
    live(&hub, 5).await;
    for school in &schools {
        school.sync(&hub).await;
        school.is_whole(&hub).await;
    }
    let counts = [schools[0].records().await, schools[1].records().await];
    assert!(counts[0] > counts[1], "the exchange is not for all");
    hub.stop().await;
    hub.reopen().await;
    live(&hub, 6).await;
    let mut heads = Vec::new();
    for school in &schools {
        school.sync(&hub).await;
        school.is_whole(&hub).await;
        let proof = school.verify(&hub).await;
        heads.push((proof.position, proof.chain));
    }
    assert!(heads.iter().all(|head| *head == heads[0]), "{heads:?}");
}

#[tokio::test]
async fn a_verification_goes_on_where_the_last_one_ended() {
    let hub = TestHub::start().await;
    live(&hub, 5).await;
    let school = School::synced(&hub, LAKE).await;
    let first = school.verify(&hub).await;
    assert!(first.whole() && first.after == 0, "{first:#?}");
    let nothing_new = school.verify(&hub).await;
    assert!(nothing_new.whole());
    let found = (nothing_new.after, nothing_new.position, nothing_new.records);
    assert_eq!(found, (first.position, first.position, 0));
    assert_eq!(nothing_new.chain, first.chain);
    // What the copy does not hold yet is not verified to the end.
    prep(&hub).await;
    let ahead = school.verify(&hub).await;
    assert_eq!((ahead.position, ahead.records), (first.position + 1, 0));
    school.sync(&hub).await;
    let next = school.verify(&hub).await;
    assert!(next.whole() && next.heads == 1, "{next:#?}");
    assert_eq!((next.after, next.records), (first.position, 1));
    // Also by the next program.
    let file = school.folder.path().join("copy.db");
    let again = Replica::open(&file).await.expect("a replica");
    let again = again.verify(&hub.line(&school.token), false).await;
    assert_eq!(again.expect("an answer").after, next.position);
}

#[tokio::test]
async fn a_record_that_changed_since_the_copy_was_synced_is_counted_and_not_suspected() {
    let hub = TestHub::start().await;
    let (head, record) = (hub.campus(HEAD), fresh());
    head.applied(create(&record, session("备课", "2026-05-12")))
        .await;
    let school = School::synced(&hub, LAKE).await;
    head.applied(edit(&record, 1, session("教研", "2026-05-12")))
        .await;
    let proof = school.verify(&hub).await;
    assert!(proof.whole(), "{proof:#?}");
    assert_eq!(
        (proof.changed, proof.records + 1),
        (1, school.records().await)
    );
    school.sync(&hub).await;
    school.is_whole(&hub).await;
}

#[tokio::test]
async fn a_history_is_read_in_pages_however_small_they_are() {
    let small = Limits {
        page_bytes_max: 700,
        ..limits()
    };
    let hub = TestHub::start_with(small).await;
    live(&hub, 5).await;
    School::synced(&hub, HEAD).await.is_whole(&hub).await;
}

/// Puts a backup in the place of the hub's database, and starts it again.
pub async fn restore(hub: &mut TestHub, backup: &Path) {
    hub.stop().await;
    let now = NOW.parse().expect("a time");
    let restored = SqliteStore::restore(&hub.data(), backup, now).await;
    restored.expect("restored");
    hub.reopen().await;
    let confirmed = hub.hub().confirm_credentials(hub.group.id, &[]).await;
    confirmed.expect("confirmed");
}

#[tokio::test]
async fn a_restore_takes_back_the_heads_above_it_and_those_below_must_still_be_met() {
    let mut hub = TestHub::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let backup = folder.path().join("backup.db");
    let school = School::synced(&hub, LAKE).await;
    hub.hub().back_up(&backup).await.expect("a backup");
    let kept = hub.office().newest().await;
    for _ in 0..3 {
        prep(&hub).await;
        school.sync(&hub).await;
        school.verify(&hub).await;
    }
    restore(&mut hub, &backup).await;
    // Before and after the copy was read anew, and when other versions took the old positions.
    for round in 0..4 {
        assert!(school.verify(&hub).await.whole(), "{round}");
        let proof = school.verify_all(&hub).await;
        assert!(proof.whole(), "{round}: {proof:#?}");
        let lost = (proof.heads_lost, proof.restored_to);
        assert_eq!(lost, (3, Some(kept)), "{round}");
        assert!(proof.heads > round, "{round}: the kept ones are met");
        prep(&hub).await;
        school.sync(&hub).await;
    }
    school.is_whole(&hub).await;
}
