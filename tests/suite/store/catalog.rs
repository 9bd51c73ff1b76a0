//! The hub, its groups and its credentials.

use super::scribe::{at_campus, group, time};
use lianxiao::model::caller::Group;
use lianxiao::model::ids::{GroupKey, Place};
use lianxiao::store::{Credential, Store};
use std::collections::HashMap;
use uuid::Uuid;

fn credential(hash: u8, group: GroupKey, place: Place) -> Credential {
    Credential {
        hash: [hash; 32],
        group,
        place,
        holder: format!("总务处 {hash}"),
        locked: false,
    }
}

async fn hired(store: &dyn Store, hash: u8, group: GroupKey, place: Place) -> Credential {
    let credential = credential(hash, group, place);
    let kept = store.create_credential(&credential, time(1)).await;
    kept.expect("the credential is kept");
    credential
}

pub async fn the_hub_id_is_made_with_the_database(store: &dyn Store) {
    assert_eq!(store.hub_id().await.expect("an id"), Uuid::from_u128(1));
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

pub async fn a_credential_is_found_by_its_hash_with_its_group(store: &dyn Store) {
    let groups: Vec<Group> = vec![group(store, "a").await, group(store, "b").await];
    let kept = [
        hired(store, 1, groups[0].key, at_campus(1)).await,
        hired(store, 2, groups[0].key, Place::Office).await,
        // The same campus id in another group is another campus.
        hired(store, 3, groups[1].key, at_campus(1)).await,
        // A place may have several.
        hired(store, 4, groups[1].key, at_campus(1)).await,
    ];
    for (credential, group) in kept.into_iter().zip([0, 0, 1, 1]) {
        let found = store.credential(&credential.hash).await.expect("an answer");
        assert_eq!(found, Some((credential, groups[group].clone())));
    }
    assert_eq!(store.credential(&[9; 32]).await.expect("an answer"), None);
}

pub async fn a_hash_is_given_to_one_credential_only(store: &dyn Store) {
    let group = group(store, "a").await.key;
    let first = hired(store, 1, group, at_campus(1)).await;
    let again = credential(1, group, at_campus(2));
    assert!(store.create_credential(&again, time(2)).await.is_err());
    let found = store.credential(&[1; 32]).await.expect("an answer");
    assert_eq!(found.map(|(credential, _)| credential), Some(first));
    let nowhere = credential(2, GroupKey(99), Place::Office);
    assert!(store.create_credential(&nowhere, time(2)).await.is_err());
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
    for (hash, at) in [(1, 10), (2, 30), (1, 20), (3, 40), (5, 50), (9, 60)] {
        store.heard(&[hash; 32], time(at)).await.expect("noted");
    }
    let expected = [(at_campus(1), time(30)), (Place::Office, time(40))];
    assert_eq!(heard(a).await, expected.into());
    assert_eq!(heard(b).await, [(at_campus(1), time(50))].into());
}
