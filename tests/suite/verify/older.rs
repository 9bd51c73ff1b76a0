//! What is told of superseded versions: it is held against the leaves of the chain too, when somebody asks for it.

use super::forged::forge;
use super::forger::Forger;
use super::{School, live};
use crate::harness::{Client, HEAD, LAKE, SPRING, TestHub, limits};
use crate::personal::{Staff, erase_holder};
use crate::reader::decode;
use crate::wishes::{
    act, cancel_session, create, delete, edit, exchange, fresh, id, propose, session,
};
use lianxiao::model::limits::{Limits, Rate};
use lianxiao::wire::v1;
use v1::change::Change;

/// A session that was given another title, for a reason, and the position of its first version.
async fn retitled(hub: &TestHub) -> (String, i64) {
    let (head, record) = (hub.campus(HEAD), fresh());
    let first = v1::Mutation {
        reason: "FIRST".to_owned(),
        ..create(&record, session("备课", "2026-05-12"))
    };
    let first = head.one(first).await;
    head.applied(edit(&record, 1, session("研讨", "2026-05-12")))
        .await;
    (record, first.position)
}

/// The whole past of a record, as its reader is told it.
async fn past(client: &Client, record: &str) -> Vec<v1::HistoryEntry> {
    let ask = v1::ListHistoryRequest {
        record_id: record.to_owned(),
        whole: true,
        ..Default::default()
    };
    let page = client.sync.clone().list_history(ask).await;
    page.expect("its past").into_inner().entries
}

#[tokio::test]
async fn every_older_version_that_a_school_may_see_is_compared_when_all_is_asked_for() {
    let hub = TestHub::start().await;
    live(&hub, 5).await;
    let of_office = School::with(&hub.group.office.clone()).await;
    for school in [
        School::open(&hub, HEAD).await,
        School::open(&hub, LAKE).await,
        of_office,
    ] {
        school.sync(&hub).await;
        assert_eq!(school.verify(&hub).await.versions, None, "not by itself");
        let records = school.replica.records().await.expect("a copy");
        let older: i64 = records.iter().map(|record| record.version - 1).sum();
        let proof = school.verify_all(&hub).await;
        assert!(proof.whole(), "{proof:#?}");
        assert_eq!(proof.versions, usize::try_from(older).ok());
        assert_eq!((proof.erased, proof.changed), (0, 0));
    }
}

#[tokio::test]
async fn whoever_rewrites_an_older_version_and_leaves_its_leaf_is_found_out() {
    let forgeries = [
        ("its words", ""),
        ("its writer", "actor = '教导处'"),
        ("its reason", "reason = 'LATER'"),
        (
            "who pushed it",
            "place = (SELECT v.place FROM version v WHERE v.place <> version.place LIMIT 1)",
        ),
        ("its number", "version = 0"),
        // As an erasure does, which is told by a version of its own.
        ("its salt", "salt = substr(salt, 1, 0)"),
    ];
    for (what, set) in forgeries {
        let mut hub = TestHub::start().await;
        let (record, position) = retitled(&hub).await;
        let school = School::synced(&hub, LAKE).await;
        assert!(school.verify_all(&hub).await.whole(), "nothing yet: {what}");
        forge(&mut hub, async |forger: &Forger| match set {
            "" => forger.reword(position, "备课", "教研").await,
            set => {
                let set = format!("UPDATE version SET {set} WHERE position = {position}");
                forger.run(&set).await;
            }
        })
        .await;
        for school in [school, School::synced(&hub, SPRING).await] {
            assert!(
                school.verify(&hub).await.whole(),
                "what stands is true: {what}"
            );
            let proof = school.verify_all(&hub).await;
            assert_eq!(proof.difference, None, "{what}: {proof:#?}");
            let [forged] = &proof.forged[..] else {
                panic!("{what}: one version is forged: {proof:#?}")
            };
            assert_eq!((&forged.id, forged.position), (&record, position), "{what}");
            assert_eq!(proof.versions, Some(0), "{what}");
        }
    }
}

/// A school's session that another deleted, for a reason, and the position of the deletion.
async fn deleted(hub: &TestHub, school: &School) -> i64 {
    let (record, _) = retitled(hub).await;
    school.sync(hub).await;
    let wish = v1::Mutation {
        reason: "DOUBLE".to_owned(),
        ..delete(&record, 2)
    };
    let position = hub.campus(HEAD).one(wish).await.position;
    school.sync(hub).await;
    position
}

#[tokio::test]
async fn who_deleted_a_record_and_why_is_held_against_its_leaf() {
    for set in ["", "actor = '教导处'", "reason = 'LATER'"] {
        let mut hub = TestHub::start().await;
        let school = School::open(&hub, LAKE).await;
        let position = deleted(&hub, &school).await;
        let proof = school.verify_all(&hub).await;
        assert!(proof.whole(), "{proof:#?}");
        assert_eq!(proof.versions, Some(3), "two, and the end of them");
        if set.is_empty() {
            continue;
        }
        forge(&mut hub, async |forger: &Forger| {
            let set = format!("UPDATE version SET {set} WHERE position = {position}");
            forger.run(&set).await;
        })
        .await;
        let proof = school.verify_all(&hub).await;
        let forged: Vec<i64> = proof.forged.iter().map(|forged| forged.position).collect();
        assert_eq!((forged, proof.versions), (vec![position], Some(2)), "{set}");
        // A copy that is begun anew never had it.
        let proof = School::synced(&hub, SPRING).await.verify_all(&hub).await;
        assert_eq!((proof.whole(), proof.versions), (true, Some(0)));
    }
}

#[tokio::test]
async fn versions_whose_writer_was_erased_are_told_of_and_break_nothing() {
    let hub = TestHub::start().await;
    let school = School::open(&hub, LAKE).await;
    deleted(&hub, &school).await;
    let (record, _) = retitled(&hub).await;
    let head = hub.campus(HEAD);
    let holder = head.get(&record).await.expect("the session").actor;
    hub.office()
        .applied(act(&record, 2, cancel_session()))
        .await;
    let erased = erase_holder(&hub.office(), &holder).await.expect("erased");
    assert_eq!((erased.records, erased.versions), (2, 5));
    school.sync(&hub).await;
    let proof = school.verify_all(&hub).await;
    assert!(proof.whole(), "{proof:#?}");
    // Of the session that stands the office's version, of the other one what tells of the erasure.
    assert_eq!((proof.versions, proof.erased), (Some(2), 5), "{proof:#?}");
}

#[tokio::test]
async fn an_older_version_that_was_erased_is_counted_and_breaks_nothing() {
    let staff = Staff::start().await;
    let hub = &staff.hub;
    staff.held_session().await;
    retitled(hub).await;
    let school = School::synced(hub, LAKE).await;
    let proof = school.verify_all(hub).await;
    assert_eq!((proof.versions, proof.erased), (Some(2), 0), "{proof:#?}");
    staff.erase().await;
    school.sync(hub).await;
    let proof = school.verify_all(hub).await;
    assert!(proof.whole(), "{proof:#?}");
    // Both versions of the session that named the person.
    assert_eq!((proof.versions, proof.erased), (Some(1), 2), "{proof:#?}");
}

#[tokio::test]
async fn the_salt_of_an_older_version_is_told_with_it_to_whoever_might_see_it_and_asks() {
    let hub = TestHub::start().await;
    let (spring, record) = (hub.campus(SPRING), fresh());
    let sent = exchange(&id(SPRING), &id(HEAD));
    spring.applied(create(&record, sent)).await;
    spring.applied(act(&record, 1, propose())).await;
    for (client, versions) in [
        (&spring, vec![2, 1]),
        (&hub.campus(HEAD), vec![2]),
        (&hub.office(), vec![2]),
    ] {
        let told = past(client, &record).await;
        let numbers: Vec<i64> = told.iter().map(|entry| entry.version).collect();
        assert_eq!(numbers, versions, "the draft was nobody else's");
        for entry in told {
            assert_eq!(entry.salt.len(), 16);
            let Change::Upsert(whole) = decode(&entry.change) else {
                panic!("{entry:?}")
            };
            assert_eq!((whole.id, whole.version), (record.clone(), entry.version));
        }
        let short = client.history(&record).await.expect("its past");
        let mut short = short.entries.into_iter();
        assert!(short.all(|entry| entry.salt.is_empty() && entry.change.is_empty()));
    }
}

#[tokio::test]
async fn a_page_of_history_holds_no_more_bytes_than_a_page_unless_one_version_alone_is_larger() {
    for (page_bytes_max, pages) in [(100, 6..=6), (600, 2..=5), (1 << 20, 1..=1)] {
        let small = Limits {
            page_bytes_max,
            ..limits()
        };
        let hub = TestHub::start_with(small).await;
        let (head, record) = (hub.campus(HEAD), fresh());
        head.applied(create(&record, session("备课", "2026-05-12")))
            .await;
        for version in 1..6 {
            let title = format!("备课{version}");
            head.applied(edit(&record, version, session(&title, "2026-05-12")))
                .await;
        }
        let (mut told, mut asked) = (Vec::new(), 0);
        let mut ask = v1::ListHistoryRequest {
            record_id: record.clone(),
            whole: true,
            ..Default::default()
        };
        loop {
            let page = head.sync.clone().list_history(ask.clone()).await;
            let page = page.expect("a page").into_inner();
            let bytes: usize = page.entries.iter().map(|entry| entry.change.len()).sum();
            assert!(
                page.entries.len() == 1 || bytes <= page_bytes_max,
                "{bytes}"
            );
            told.extend(page.entries.iter().map(|entry| entry.version));
            asked += 1;
            ask.page_token = page.next_page_token;
            if ask.page_token.is_empty() {
                break;
            }
        }
        assert_eq!(told, [6, 5, 4, 3, 2, 1]);
        assert!(pages.contains(&asked), "{page_bytes_max}: {asked} pages");
    }
}

#[tokio::test]
async fn whoever_asks_for_more_pasts_than_the_hub_answers_at_once_waits_as_it_is_told() {
    let slow = Limits {
        calls_per_credential: Rate::new(50, 8),
        ..limits()
    };
    let hub = TestHub::start_with(slow).await;
    let head = hub.campus(HEAD);
    let records: Vec<String> = (0..16).map(|_| fresh()).collect();
    let made = records
        .iter()
        .map(|record| create(record, session("备课", "2026-05-12")));
    head.push(made.collect::<Vec<_>>()).await;
    let again = records
        .iter()
        .map(|record| edit(record, 1, session("研讨", "2026-05-12")));
    head.push(again.collect::<Vec<_>>()).await;
    let proof = School::synced(&hub, LAKE).await.verify_all(&hub).await;
    assert_eq!((proof.whole(), proof.versions), (true, Some(16)));
}
