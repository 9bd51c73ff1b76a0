//! What is durable is there after the next start.

use super::catalog::{credential, token};
use super::engine::Engine;
use super::reader::{Reader, told};
use super::scribe::{Scribe, at_campus, delete, put, record, time};
use lianxiao::model::ids::Who;
use lianxiao::model::sight::Sight;
use lianxiao::store::Store;
use uuid::Uuid;

const GROUP: [Who; 1] = [Who::Group];

pub async fn the_hub_keeps_its_id(engine: &impl Engine) {
    let first = engine.open_as(Uuid::from_u128(5)).await;
    assert_eq!(first.hub_id(), Uuid::from_u128(5));
    drop(first);
    let again = engine.open_as(Uuid::from_u128(6)).await;
    assert_eq!(again.hub_id(), Uuid::from_u128(5));
}

/// All that can be asked of a group, as text.
async fn everything(store: &dyn Store, scribe: &Scribe<'_>) -> String {
    let group = scribe.group;
    let reader = Reader::of(scribe, &GROUP);
    let pages = reader.on(store).pages().await;
    let stood = store
        .as_of(group, "menu", 2, super::history::always())
        .await;
    let record = store.record(group, record(1), &Sight::of(GROUP)).await;
    let writes = store.last_writes(group, 9, &[at_campus(1)]).await;
    let newest = store.head(group).await;
    let told: Vec<_> = pages.iter().map(told).collect();
    let heard = store.last_heard(group).await;
    let credential = store.held(&[7; 32]).await;
    let groups = store.groups().await;
    format!(
        "{told:?} {stood:?} {record:?} {writes:?} {newest:?} {heard:?} {credential:?} {groups:?}"
    )
}

pub async fn another_program_start_finds_everything(engine: &impl Engine) {
    let store = engine.open().await;
    let mut scribe = Scribe::new(&*store, "g").await;
    let credential = credential(7, scribe.group, at_campus(1));
    store
        .create_credential(&credential, &token(7), time(1))
        .await
        .expect("kept");
    let heard = store.heard(scribe.group, credential.id, time(2)).await;
    heard.expect("noted");
    scribe.commit([put(record(1)), put(record(2))]).await;
    scribe.commit([put(record(1)), delete(record(2))]).await;
    let before = everything(&*store, &scribe).await;
    assert!(!before.contains("Err("), "{before}");

    // As after a crash: the first is still open.
    let second = engine.open().await;
    assert_eq!(everything(&*second, &scribe).await, before);
    drop(second);
    drop(scribe);
    drop(store);
}
