//! The hub, its groups and its credentials.

use super::scribe::{at_campus, group, time};
use lianxiao::model::caller::Group;
use lianxiao::model::ids::{CredentialId, GroupKey, Place};
use lianxiao::model::secret::Purpose;
use lianxiao::store::{Credential, Handover, Held, Store};
use std::collections::HashMap;
use uuid::Uuid;

/// A credential of that number, to be kept with the token of that number.
pub fn credential(number: u8, group: GroupKey, place: Place) -> Credential {
    Credential {
        id: id(number),
        group,
        place,
        holder: format!("总务处 {number}"),
        label: format!("笔记本 {number}"),
        rights: "menu=draft,act session=read".parse().expect("rights"),
        expires_at: None,
        locked: false,
    }
}

pub fn id(number: u8) -> CredentialId {
    CredentialId(Uuid::from_u128(number.into()))
}

/// The token of a number, given at once.
pub fn token(number: u8) -> Handover {
    Handover::Token {
        token: [number; 32],
        others_end: time(0),
    }
}

async fn keep(store: &dyn Store, credential: &Credential, at: i64) {
    let token = token(credential.id.0.as_bytes()[15]);
    let kept = store.create_credential(credential, &token, time(at));
    kept.await.expect("the credential is kept");
}

pub async fn hired(store: &dyn Store, number: u8, group: GroupKey, place: Place) -> Credential {
    let credential = credential(number, group, place);
    keep(store, &credential, 1).await;
    credential
}

pub async fn held(store: &dyn Store, token: u8) -> Option<Held> {
    store.held(&[token; 32]).await.expect("an answer")
}

pub async fn the_hub_id_is_made_with_the_database(store: &dyn Store) {
    assert_eq!(store.hub_id(), Uuid::from_u128(1));
}

pub async fn a_group_is_made_once_a_name(store: &dyn Store) {
    let made = |id, name| store.create_group(Uuid::from_u128(id), name, time(1));
    let first = made(1, "启明教育集团")
        .await
        .expect("an answer")
        .expect("the name is new");
    assert_eq!((first.id, first.epoch), (Uuid::from_u128(1), 1));
    assert_eq!(first.name, "启明教育集团");
    assert_eq!(made(2, "启明教育集团").await.expect("an answer"), None);
    assert_eq!(
        store.groups().await.expect("groups"),
        std::slice::from_ref(&first)
    );
    let second = made(2, "启明")
        .await
        .expect("an answer")
        .expect("the name is new");
    assert_ne!(first.key, second.key);
    // An id is made at random: the same again is a fault, not an answer.
    assert!(made(2, "另一个").await.is_err());
    assert_eq!(store.groups().await.expect("groups").len(), 2);
}

pub async fn groups_come_by_name(store: &dyn Store) {
    assert_eq!(store.groups().await.expect("groups"), []);
    let mut made = Vec::new();
    for name in ["b", "c", "a", "丙", "乙"] {
        made.push(group(store, name).await);
    }
    made.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(store.groups().await.expect("groups"), made);
}

pub async fn a_credential_is_found_by_its_token_with_its_group(store: &dyn Store) {
    let groups: Vec<Group> = vec![group(store, "a").await, group(store, "b").await];
    let kept = [
        hired(store, 1, groups[0].key, at_campus(1)).await,
        hired(store, 2, groups[0].key, Place::Office).await,
        // The same campus id in another group is another campus.
        hired(store, 3, groups[1].key, at_campus(1)).await,
        // A place may have several.
        hired(store, 4, groups[1].key, at_campus(1)).await,
        hired(store, 5, groups[1].key, Place::Public).await,
    ];
    for (token, (credential, group)) in (1..).zip(kept.into_iter().zip([0, 0, 1, 1, 1])) {
        let found = Held {
            credential,
            group: groups[group].clone(),
            ends_at: None,
            purpose: Purpose::Calls,
            revoked: false,
        };
        assert_eq!(held(store, token).await, Some(found));
    }
    assert_eq!(held(store, 9).await, None);
}

pub async fn a_credential_ends_when_it_is_said_to(store: &dyn Store) {
    let group = group(store, "a").await.key;
    let ends = Credential {
        expires_at: Some(time(7)),
        ..credential(1, group, at_campus(1))
    };
    keep(store, &ends, 1).await;
    let found = held(store, 1).await.expect("a credential");
    assert_eq!((found.ends_at, found.credential), (Some(time(7)), ends));
}

pub async fn a_token_is_given_to_one_credential_only(store: &dyn Store) {
    let group = group(store, "a").await.key;
    let first = hired(store, 1, group, at_campus(1)).await;
    for (again, token) in [
        (credential(1, group, at_campus(2)), token(2)),
        (credential(2, group, at_campus(2)), token(1)),
        (credential(3, GroupKey(99), Place::Office), token(3)),
    ] {
        let kept = store.create_credential(&again, &token, time(2)).await;
        assert!(kept.is_err(), "{again:?}");
    }
    let listed = store.credentials(group).await.expect("credentials");
    let listed: Vec<_> = listed.into_iter().map(|of| of.credential).collect();
    assert_eq!(listed, [first]);
}

pub async fn the_credentials_of_a_group_come_by_place_and_holder(store: &dyn Store) {
    let (a, b) = (group(store, "a").await.key, group(store, "b").await.key);
    let mut kept = Vec::new();
    for (hash, place) in [(5, at_campus(2)), (4, at_campus(1)), (3, Place::Office)] {
        kept.push(hired(store, hash, a, place).await);
    }
    hired(store, 9, b, Place::Office).await;
    // The same holder twice: the elder first.
    for (number, at) in [(2, 7), (1, 8)] {
        let holder = "总务处 4".to_owned();
        let credential = Credential {
            holder,
            ..credential(number, a, at_campus(1))
        };
        keep(store, &credential, at).await;
    }
    store.heard(a, id(4), time(30)).await.expect("noted");
    store.heard(b, id(3), time(40)).await.expect("noted");
    let listed = store.credentials(a).await.expect("credentials");
    let ids: Vec<_> = listed.iter().map(|of| of.credential.id).collect();
    assert_eq!(ids, [3, 4, 2, 1, 5].map(id));
    assert_eq!(listed[1].credential, kept[1]);
    let times: Vec<_> = listed.iter().map(|l| (l.created_at, l.heard_at)).collect();
    let made = [1, 1, 7, 8, 1].map(time);
    let heard = [None, Some(time(30)), None, None, None];
    assert_eq!(times, made.into_iter().zip(heard).collect::<Vec<_>>());
}

pub async fn a_locked_credential_is_let_in_when_it_is_confirmed(store: &dyn Store) {
    let (a, b) = (group(store, "a").await.key, group(store, "b").await.key);
    for (hash, group) in [(1, a), (2, a), (3, a), (4, b)] {
        let locked = Credential {
            locked: true,
            ..credential(hash, group, at_campus(1))
        };
        keep(store, &locked, 1).await;
    }
    hired(store, 5, a, Place::Office).await;
    let locked = async || {
        let mut locked = Vec::new();
        for hash in 1..=5 {
            let found = held(store, hash).await;
            locked.extend(found.is_some_and(|of| of.credential.locked).then_some(hash));
        }
        locked
    };
    let confirm = |ids| store.confirm(a, ids, time(2));
    assert_eq!(locked().await, [1, 2, 3, 4]);
    // Another group's, one that is not locked, and one that there is not, change nothing.
    let some = [2, 4, 5, 9].map(id);
    assert_eq!(confirm(Some(&some)).await.expect("confirmed"), 1);
    assert_eq!(locked().await, [1, 3, 4]);
    assert_eq!(confirm(Some(&[])).await.expect("confirmed"), 0);
    assert_eq!(confirm(None).await.expect("confirmed"), 2);
    assert_eq!(locked().await, [4]);
    assert_eq!(confirm(None).await.expect("confirmed"), 0);
}

pub async fn the_last_call_of_a_place_counts(store: &dyn Store) {
    let (a, b) = (group(store, "a").await.key, group(store, "b").await.key);
    hired(store, 1, a, at_campus(1)).await;
    hired(store, 2, a, at_campus(1)).await;
    hired(store, 3, a, Place::Office).await;
    hired(store, 4, a, at_campus(2)).await;
    hired(store, 5, b, at_campus(1)).await;
    let heard = async |group| store.last_heard(group).await.expect("times");
    assert_eq!(heard(a).await, HashMap::new());
    for (group, number, at) in [
        (a, 1, 10),
        (a, 2, 30),
        (a, 1, 20),
        (a, 3, 40),
        (b, 5, 50),
        (a, 9, 60),
    ] {
        let noted = store.heard(group, id(number), time(at)).await;
        noted.expect("noted");
    }
    let expected = [(at_campus(1), time(30)), (Place::Office, time(40))];
    assert_eq!(heard(a).await, expected.into());
    assert_eq!(heard(b).await, [(at_campus(1), time(50))].into());
}
