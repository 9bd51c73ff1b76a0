//! Hubs whose past was rewritten.

use super::School;
use super::forger::Forger;
use crate::harness::{HEAD, LAKE, SPRING, TestHub};
use crate::wishes::{create, fresh, session};
use lianxiao::client::Difference;

/// A hub with a history of commits of two versions, a school that was told all of it bit by bit, and the
/// position of one that ends a commit in the middle.
async fn told() -> (TestHub, School, i64) {
    let hub = TestHub::start().await;
    let school = School::synced(&hub, LAKE).await;
    let head = hub.campus(HEAD);
    let mut position = 0;
    for n in 0..6 {
        let pushed = head.push([
            create(&fresh(), session("听课", "2026-05-11")),
            create(&fresh(), session("备课", "2026-05-12")),
        ]);
        let pushed = pushed.await;
        if n == 2 {
            position = pushed[1].position;
        }
        school.sync(&hub).await;
    }
    (hub, school, position)
}

/// What somebody did to the file while the hub was down.
pub async fn forge(hub: &mut TestHub, forge: impl AsyncFnOnce(&Forger)) {
    hub.stop().await;
    let forger = Forger::open(&hub.data()).await;
    forge(&forger).await;
    forger.close().await;
    hub.reopen().await;
}

#[tokio::test]
async fn a_file_that_was_only_opened_or_chained_anew_as_it_was_is_whole() {
    let (mut hub, school, _) = told().await;
    forge(&mut hub, async |forger| forger.rechain().await).await;
    school.is_whole(&hub).await;
}

#[tokio::test]
async fn a_past_rewritten_with_all_that_followed_from_it_is_found_by_a_remembered_head() {
    let (mut hub, school, position) = told().await;
    let verified = school.verify(&hub).await;
    let fresh_eyes = School::open(&hub, SPRING).await;
    forge(&mut hub, async |forger| {
        forger.reword(position, "备课", "教研").await;
        forger.rechain().await;
    })
    .await;
    // From the start, and from where the last verification ended.
    for proof in [school.verify_all(&hub).await, school.verify(&hub).await] {
        let expected = Difference::Rewritten {
            after: position - 2,
            by: position,
        };
        assert_eq!(proof.difference, Some(expected), "{proof:#?}");
        assert_ne!(proof.chain, verified.chain);
        // The copy has the true words, and they were hashed otherwise now.
        let forged: Vec<i64> = proof.forged.iter().map(|forged| forged.position).collect();
        assert_eq!(forged, [position]);
    }
    // Only memory tells: who was told nothing before finds nothing.
    fresh_eyes.sync(&hub).await;
    fresh_eyes.is_whole(&hub).await;
}

#[tokio::test]
async fn a_body_that_was_exchanged_alone_is_found_by_its_leaf() {
    let (mut hub, school, position) = told().await;
    forge(&mut hub, async |forger| {
        forger.reword(position, "备课", "教研").await;
    })
    .await;
    // Who has the true words keeps them.
    school.is_whole(&hub).await;
    let proof = School::synced(&hub, SPRING).await.verify(&hub).await;
    assert_eq!(proof.difference, None, "{proof:#?}");
    let [forged] = &proof.forged[..] else {
        panic!("one record is forged: {proof:#?}")
    };
    assert_eq!((forged.position, forged.version), (position, 1));
    assert_eq!(forged.kind, "session");
}

#[tokio::test]
async fn a_version_that_is_gone_is_missing_however_the_rest_is_chained() {
    for rechained in [false, true] {
        let (mut hub, school, position) = told().await;
        forge(&mut hub, async |forger| {
            let gone = format!("DELETE FROM version WHERE position = {position}");
            forger.run(&gone).await;
            if rechained {
                forger.rechain().await;
            }
        })
        .await;
        let proof = school.verify(&hub).await;
        assert_eq!(proof.difference, Some(Difference::Missing { position }));
    }
}

#[tokio::test]
async fn versions_that_changed_places_are_found() {
    for rechained in [false, true] {
        let (mut hub, school, position) = told().await;
        let other = position - 1;
        forge(&mut hub, async |forger| {
            for (from, to) in [(position, -1), (other, position), (-1, other)] {
                let moved = format!("UPDATE version SET position = {to} WHERE position = {from}");
                forger.run(&moved).await;
            }
            if rechained {
                forger.rechain().await;
            }
        })
        .await;
        let proof = school.verify(&hub).await;
        let (first, last) = (other, position);
        let expected = match rechained {
            false => Difference::Broken { first, last },
            true => Difference::Rewritten {
                after: first - 1,
                by: last,
            },
        };
        assert_eq!(proof.difference, Some(expected), "{proof:#?}");
    }
}

#[tokio::test]
async fn a_commit_of_another_time_is_found() {
    let (mut hub, school, position) = told().await;
    forge(&mut hub, async |forger| {
        let moved = format!("UPDATE \"commit\" SET at = at - 1 WHERE last_position = {position}");
        forger.run(&moved).await;
    })
    .await;
    let proof = school.verify(&hub).await;
    let (first, last) = (position - 1, position);
    assert_eq!(proof.difference, Some(Difference::Broken { first, last }));
}

#[tokio::test]
async fn a_file_that_was_put_back_without_a_word_is_too_short() {
    let (mut hub, school, position) = told().await;
    let remembered = hub.office().newest().await;
    let newest = position;
    forge(&mut hub, async |forger| {
        for of in ["version", "record", "audience"] {
            forger
                .run(&format!("DELETE FROM {of} WHERE position > {newest}"))
                .await;
        }
        let commits = format!("DELETE FROM \"commit\" WHERE last_position > {newest}");
        forger.run(&commits).await;
    })
    .await;
    let expected = Some(Difference::Shorter { newest, remembered });
    assert_eq!(school.verify(&hub).await.difference, expected);
    // Also when the copy was read anew.
    school.sync(&hub).await;
    assert_eq!(school.verify(&hub).await.difference, expected);
}

#[tokio::test]
async fn a_restore_excuses_nothing_that_it_kept_and_a_new_epoch_alone_excuses_nothing() {
    let by_restore = async |hub: &mut TestHub| {
        let folder = tempfile::tempdir().expect("a folder");
        let backup = folder.path().join("backup.db");
        hub.hub().back_up(&backup).await.expect("a backup");
        super::restore(hub, &backup).await;
    };
    let by_hand = async |hub: &mut TestHub| {
        forge(hub, async |forger| {
            forger.run("UPDATE grp SET epoch = epoch + 1").await;
        })
        .await;
    };
    for restored in [true, false] {
        let (mut hub, school, position) = told().await;
        match restored {
            true => by_restore(&mut hub).await,
            false => by_hand(&mut hub).await,
        }
        assert!(school.verify(&hub).await.whole(), "nothing was forged yet");
        forge(&mut hub, async |forger| {
            forger.reword(position, "备课", "教研").await;
            forger.rechain().await;
        })
        .await;
        let expected = Some(Difference::Rewritten {
            after: position - 2,
            by: position,
        });
        assert_eq!(school.verify(&hub).await.difference, expected);
        school.sync(&hub).await;
        assert_eq!(school.verify(&hub).await.difference, expected);
    }
}

#[tokio::test]
async fn what_was_forged_before_the_copy_is_read_anew_is_found_in_it() {
    let (mut hub, school, position) = told().await;
    assert!(school.verify(&hub).await.whole());
    let folder = tempfile::tempdir().expect("a folder");
    let backup = folder.path().join("backup.db");
    hub.hub().back_up(&backup).await.expect("a backup");
    forge(&mut hub, async |_| {}).await;
    super::restore(&mut hub, &backup).await;
    forge(&mut hub, async |forger| {
        forger.reword(position, "备课", "教研").await;
    })
    .await;
    school.sync(&hub).await;
    let proof = school.verify(&hub).await;
    assert_eq!(proof.difference, None);
    assert_eq!(proof.forged.len(), 1, "{proof:#?}");
}

#[tokio::test]
async fn whoever_empties_a_salt_to_rewrite_what_stands_is_found_out() {
    let (mut hub, school, position) = told().await;
    forge(&mut hub, async |forger| {
        forger.reword(position, "备课", "      ").await;
        let salt = format!("UPDATE version SET salt = x'' WHERE position = {position}");
        forger.run(&salt).await;
    })
    .await;
    for school in [school, School::synced(&hub, SPRING).await] {
        let proof = school.verify(&hub).await;
        let forged: Vec<i64> = proof.forged.iter().map(|forged| forged.position).collect();
        assert_eq!((forged, proof.erased), (vec![position], 0));
    }
}
