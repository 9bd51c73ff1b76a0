//! Bodies held against their leaves: of the copy, of older versions, and of those that were erased.

use super::*;

/// A record as a hub sends it, and its leaf.
fn sent(position: i64, content: &'static [u8], salt: &[u8]) -> (Bytes, v1::Leaf) {
    sent_for(position, content, salt, "")
}

fn sent_because(position: i64, reason: &str) -> (Bytes, v1::Leaf) {
    sent_for(position, b"dish", &[5; 16], reason)
}

fn sent_for(position: i64, content: &'static [u8], salt: &[u8], reason: &str) -> (Bytes, v1::Leaf) {
    let id = RecordId(Uuid::from_u128(7));
    let frame = frame::upsert(Version {
        erased: 0,
        id,
        kind: "menu",
        owner: Place::Campus(id),
        version: 3,
        position,
        at: Timestamp::UNIX_EPOCH,
        actor: "总务处",
        reason,
        parts: Parts {
            content: content.into(),
            state: Bytes::new(),
        },
    });
    let owner = Place::Campus(id).to_text();
    let stub = Stub {
        position,
        version: 3,
        id,
        kind: "menu",
        owner: &owner,
        pusher: "",
    };
    let leaf = v1::Leaf {
        position,
        hash: Bytes::copy_from_slice(&chain::leaf(&stub, salt, &frame)),
        opening: Some(v1::Opening {
            salt: Bytes::copy_from_slice(salt),
            campus_id: String::new(),
        }),
    };
    (frame, leaf)
}

#[test]
fn a_body_that_was_not_hashed_is_found() {
    let (frame, leaf) = sent(1, b"dish", &[5; 16]);
    let of = |leaf: v1::Leaf| v1::ListCommitsResponse {
        chain: Bytes::from_static(&[0; 32]),
        commits: vec![v1::Commit {
            leaves: vec![leaf],
            ..Default::default()
        }],
        ..Default::default()
    };
    let found = |leaf: v1::Leaf, frame: &Bytes| {
        let mut walk = Walk::new((0, [0; 32]), 0, Vec::new());
        walk.take(&of(leaf));
        walk.record(frame);
        let Proof {
            records,
            changed,
            erased,
            forged,
            ..
        } = walk.finish().0;
        (records, changed, erased, forged.len())
    };
    assert_eq!(found(leaf.clone(), &frame), (1, 0, 0, 0));
    assert_eq!(
        found(leaf.clone(), &sent(1, b"fish", &[5; 16]).0),
        (0, 0, 0, 1)
    );
    assert_eq!(
        found(leaf.clone(), &sent(2, b"dish", &[5; 16]).0),
        (0, 1, 0, 0)
    );
    let opened = |opening: Option<v1::Opening>| v1::Leaf {
        opening,
        ..leaf.clone()
    };
    assert_eq!(found(opened(None), &frame), (0, 1, 0, 0));
    // What was erased is told by a newer version, which is then the one that is opened.
    let erased = v1::Opening::default();
    assert_eq!(found(opened(Some(erased)), &frame), (0, 0, 0, 1));
    let other_salt = v1::Opening {
        salt: vec![6; 16].into(),
        ..Default::default()
    };
    assert_eq!(found(opened(Some(other_salt)), &frame), (0, 0, 0, 1));
    let other_pusher = v1::Opening {
        campus_id: RecordId(Uuid::from_u128(7)).to_string(),
        ..leaf.opening.clone().unwrap()
    };
    assert_eq!(found(opened(Some(other_pusher)), &frame), (0, 0, 0, 1));
}

#[test]
fn an_older_version_is_what_was_hashed_of_that_record_and_says_of_itself_what_is_told() {
    let (frame, leaf) = sent(2, b"dish", &[5; 16]);
    let hash = leaf.hash[..].try_into().unwrap();
    let commits = listed(&[(1, vec![[1; 32], hash])]);
    let true_entry = v1::HistoryEntry {
        version: 3,
        position: 2,
        commit_time: Some(convert::timestamp(Timestamp::UNIX_EPOCH)),
        actor: "总务处".into(),
        change: frame,
        salt: vec![5; 16].into(),
        ..Default::default()
    };
    let id = RecordId(Uuid::from_u128(7)).to_string();
    let found = |id: &str, change: &dyn Fn(&mut v1::HistoryEntry)| {
        let mut walk = Walk::new((0, [0; 32]), 2, Vec::new());
        walk.take(&page(&commits, 0, 9));
        assert!(
            walk.past(Vec::new()).is_empty(),
            "no record of the copy was taken"
        );
        let mut entry = true_entry.clone();
        change(&mut entry);
        let (id, newest, erased) = (id.to_owned(), 9, 0);
        walk.older(&mut Past { id, newest, erased }, &entry);
        let proof = walk.finish().0;
        (proof.versions.unwrap(), proof.forged.len(), proof.erased)
    };
    assert_eq!(found(&id, &|_| {}), (1, 0, 0));
    let lies: [&dyn Fn(&mut v1::HistoryEntry); 10] = [
        &|entry| entry.salt = Bytes::new(),
        &|entry| entry.version = 2,
        &|entry| entry.position = 1,
        &|entry| entry.position = i64::MAX,
        &|entry| entry.position = i64::MIN,
        &|entry| entry.commit_time = None,
        &|entry| entry.campus_id = RecordId(Uuid::from_u128(8)).to_string(),
        &|entry| entry.reason = "LATER".into(),
        &|entry| entry.salt = vec![6; 16].into(),
        &|entry| entry.change = Bytes::new(),
    ];
    for (i, lie) in lies.into_iter().enumerate() {
        assert_eq!(found(&id, lie), (0, 1, 0), "{i}");
    }
    let other = RecordId(Uuid::from_u128(9)).to_string();
    assert_eq!(found(&other, &|_| {}), (0, 1, 0));
}

#[test]
fn an_erased_version_is_excused_by_a_later_one_that_was_hashed_and_says_so() {
    let (told, leaf) = sent_because(2, ERASED);
    let hash = leaf.hash[..].try_into().unwrap();
    let commits = listed(&[(1, vec![[1; 32], hash, [3; 32]])]);
    let id = RecordId(Uuid::from_u128(7)).to_string();
    let erased = |position| v1::HistoryEntry {
        version: position,
        position,
        ..Default::default()
    };
    let because = |salt: u8| v1::HistoryEntry {
        version: 3,
        position: 2,
        commit_time: Some(convert::timestamp(Timestamp::UNIX_EPOCH)),
        actor: "总务处".into(),
        reason: ERASED.into(),
        change: told.clone(),
        salt: vec![salt; 16].into(),
        ..Default::default()
    };
    for (entries, known, found) in [
        (vec![because(5), erased(1)], 0, (1, 0, 1)),
        (vec![erased(3), because(5)], 0, (1, 1, 0)),
        (vec![because(6), erased(1)], 0, (0, 2, 0)),
        (vec![erased(1)], 1, (0, 0, 1)),
        (vec![erased(1)], 0, (0, 1, 0)),
    ] {
        let mut walk = Walk::new((0, [0; 32]), 3, Vec::new());
        walk.take(&page(&commits, 0, 9));
        let mut past = Past {
            id: id.clone(),
            newest: 9,
            erased: known,
        };
        for entry in &entries {
            walk.older(&mut past, entry);
        }
        let proof = walk.finish().0;
        let told = (
            proof.versions.unwrap_or(0),
            proof.forged.len(),
            proof.erased,
        );
        assert_eq!(told, found, "{entries:?}");
    }
}
