//! Holders: who wrote is erased too, when a credential names a person and not a post.

use super::{NAME, Staff, erase_holder, files_with, holds};
use crate::answers::failed;
use crate::harness::{Client, HEAD, LAKE, NOW, credential};
use crate::reader::Reader;
use crate::wishes::{act, announce, create, delete, edit, fresh, session};
use lianxiao::model::ids::Place;
use lianxiao::store::SqliteStore;
use lianxiao::wire::v1;
use prost::Message as _;
use tonic::Code;

/// Somebody at the head school whose credential is called by their name, under which these were written: a
/// session that stands so, one that another post wrote on, and a deleted one.
async fn clerk(staff: &Staff) -> (Client, [String; 3]) {
    let (hub, head) = (&staff.hub, staff.hub.campus(HEAD));
    let place = Place::Campus(head.campus_id.parse().expect("a campus"));
    let token = credential(hub.hub(), hub.group.id, place, NAME).await;
    let clerk = hub.client(Some(&token), &head.campus_id);
    let [stands, goes_on, gone] = [fresh(), fresh(), fresh()];
    for record in [&stands, &goes_on, &gone] {
        clerk
            .applied(create(record, session("备课", "2026-05-12")))
            .await;
    }
    clerk.applied(act(&stands, 1, announce())).await;
    let next = session("备课改期", "2026-05-13");
    head.applied(edit(&goes_on, 1, next)).await;
    clerk.applied(delete(&gone, 1)).await;
    (clerk, [stands, goes_on, gone])
}

#[tokio::test]
async fn who_wrote_is_erased_and_what_was_written_stays_as_it_is() {
    let staff = Staff::start().await;
    super::erase(&staff.hub.office(), &staff.person, &[])
        .await
        .expect("the register names the same");
    let (clerk, [stands, goes_on, gone]) = clerk(&staff).await;
    let (office, lake) = (staff.hub.office(), staff.hub.campus(LAKE));
    let mut reader = Reader::new(lake, v1::Filter::default());
    reader.until_whole(0).await;
    let before = reader.mirror.clone();
    assert_ne!(files_with(&staff.hub.data(), NAME), Vec::<String>::new());

    let erased = erase_holder(&office, NAME).await.expect("erased");
    assert_eq!((erased.records, erased.versions), (3, 5));
    assert_eq!(files_with(&staff.hub.data(), NAME), Vec::<String>::new());
    reader.until_whole(0).await;
    let told = &reader.mirror.records[&stands];
    assert_eq!(
        (told.version, told.reason.as_str(), told.actor.as_str()),
        (3, "ERASED", "集团办")
    );
    let was = &before.records[&stands];
    assert_eq!((&told.content, &told.state), (&was.content, &was.state));
    assert_eq!(told.erased_position, 0, "its content was not");
    // What others wrote after the clerk is told again, because the chain must say why older leaves stay shut.
    let (was, told) = (&before.records[&goes_on], &reader.mirror.records[&goes_on]);
    assert_eq!((&told.content, told.erased_position), (&was.content, 0));
    assert_eq!((told.version, told.reason.as_str()), (3, "ERASED"));
    for record in [&stands, &goes_on] {
        let history = office.history(record).await.expect("a history");
        let actors: Vec<&str> = history
            .entries
            .iter()
            .map(|entry| entry.actor.as_str())
            .collect();
        assert_eq!(*actors.last().unwrap(), "已删除");
        assert!(!holds(&history.encode_to_vec(), NAME));
    }
    office.history(&gone).await.expect("a history");
    // The credential goes on, and what its author saw is still a base.
    let next = session("备课再改名", "2026-05-12");
    clerk.applied(edit(&stands, 2, next)).await;
    assert_eq!(clerk.get(&stands).await.expect("it").actor, "已删除");
    failed(
        erase_holder(&office, NAME).await,
        Code::NotFound,
        "NOT_FOUND",
    );
    let again = erase_holder(&office, "已删除").await.expect("nobody");
    assert_eq!((again.records, again.versions), (0, 0));
}

#[tokio::test]
async fn a_restore_takes_the_name_of_a_holder_away_again() {
    let mut staff = Staff::start().await;
    staff.erase().await;
    clerk(&staff).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("backup.db");
    staff.hub.hub().back_up(&file).await.expect("a backup");
    let erased = erase_holder(&staff.hub.office(), NAME).await;
    assert_eq!(erased.expect("erased").versions, 5);
    staff.hub.stop().await;
    let data = staff.hub.data();
    let restored = SqliteStore::restore(&data, &file, NOW.parse().unwrap());
    restored.await.expect("restored");
    assert_ne!(files_with(&data, NAME), Vec::<String>::new());
    staff.hub.reopen().await;
    let mut files = files_with(&data, NAME);
    files.retain(|name| !name.contains("replaced"));
    assert_eq!(files, Vec::<String>::new());
}
