//! Replicas: what the hub erased goes from the copy, the journal and the kept answers, and from the file.

use super::free_text::note;
use super::{COMMON, NAME, Staff, erase, files_below, files_with, holds};
use crate::harness::{HEAD, TestHub};
use crate::wishes::{Content as _, create, edit, fresh, named, session};
use lianxiao::client::{Line, Replica};
use lianxiao::wire::v1;
use prost::Message as _;
use tempfile::TempDir;

/// The head school's own program.
struct School {
    folder: TempDir,
    replica: Replica,
}

impl School {
    async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let replica = Replica::open(&folder.path().join("replica.db")).await;
        School {
            folder,
            replica: replica.expect("a replica"),
        }
    }

    async fn sync(&self, hub: &TestHub) {
        let synced = self.replica.sync(&line(hub)).await;
        synced.expect("in step");
    }

    fn files_with(&self, text: &str) -> Vec<String> {
        files_below(self.folder.path(), text)
    }
}

fn line(hub: &TestHub) -> Line {
    let head = hub.group.campuses.iter().find(|member| member.name == HEAD);
    let address = format!("http://{}", hub.address());
    Line::new(&address, &head.expect("a campus").token).expect("a line")
}

#[tokio::test]
async fn a_replica_keeps_nothing_of_what_was_erased_and_loses_no_work() {
    let staff = Staff::start().await;
    let school = School::open().await;
    let (led, other, gone) = (fresh(), fresh(), fresh());
    let replica = &school.replica;
    replica
        .put(&led, staff.led_session().encode())
        .await
        .unwrap();
    let common = v1::Session {
        lead: Some(named(COMMON)),
        ..session("别的课", "2026-05-12")
    };
    replica.put(&other, common.clone().encode()).await.unwrap();
    replica
        .put(&gone, staff.led_session().encode())
        .await
        .unwrap();
    school.sync(&staff.hub).await;
    // A clash whose answer shows the record, and a deletion.
    let head = staff.hub.campus(HEAD);
    let lesson = |lesson: &str| v1::Session {
        lesson: lesson.to_owned(),
        ..staff.led_session()
    };
    head.applied(edit(&led, 1, lesson("分数"))).await;
    replica.put(&led, lesson("小数").encode()).await.unwrap();
    replica.delete(&gone).await.unwrap();
    school.sync(&staff.hub).await;
    let journal = replica.journal().await.unwrap();
    assert!(journal.iter().any(|kept| kept.answer.current.is_some()));
    assert_ne!(school.files_with(NAME), Vec::<String>::new());

    staff.erase().await;
    school.sync(&staff.hub).await;
    assert_eq!(
        school.files_with(NAME),
        Vec::<String>::new(),
        "while it runs"
    );
    let left = replica.journal().await.unwrap();
    assert_eq!(left.len(), journal.len(), "no work is lost");
    let of = |id: &str| left.iter().find(|kept| kept.mutation.record_id == id);
    let puts = |id: &str| of(id).expect("kept").mutation.encode_to_vec();
    assert!(holds(&puts(&led), "公开课") && holds(&puts(&gone), "公开课"));
    assert!(holds(&puts(&other), COMMON), "of another record");
    let copy = replica.record(&led).await.unwrap().expect("in the copy");
    assert_eq!(copy.reason, "ERASED");

    // It goes on from what stands.
    let mut next = match v1::Content::decode(copy.content).unwrap().kind {
        Some(v1::content::Kind::Session(session)) => session,
        other => panic!("{other:?}"),
    };
    next.textbook = "苏教版".to_owned();
    replica.put(&led, next.encode()).await.unwrap();
    school.sync(&staff.hub).await;
    let outbox = replica.outbox().await.unwrap();
    assert!(outbox.is_empty(), "{outbox:?}");
    assert_eq!(head.get(&led).await.expect("it").version, 4);
}

#[tokio::test]
async fn a_replica_keeps_no_free_text_of_a_note_that_was_erased() {
    let staff = Staff::start().await;
    let (school, told) = (School::open().await, fresh());
    school.replica.put(&told, note().encode()).await.unwrap();
    school.sync(&staff.hub).await;
    assert_ne!(school.files_with(NAME), Vec::<String>::new());
    let office = staff.hub.office();
    let erased = erase(&office, &staff.person, &[&told]).await;
    erased.expect("erased");
    school.sync(&staff.hub).await;
    assert_eq!(school.files_with(NAME), Vec::<String>::new());
    assert_eq!(school.replica.journal().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_typed_offline_is_judged_and_corrected_from_what_stands() {
    let staff = Staff::start().await;
    let school = School::open().await;
    let (led, replica) = (fresh(), &school.replica);
    replica
        .put(&led, staff.led_session().encode())
        .await
        .unwrap();
    school.sync(&staff.hub).await;
    let typed = v1::Session {
        lesson: "分数".to_owned(),
        ..staff.led_session()
    };
    let typed = replica.put(&led, typed.encode()).await.unwrap();
    staff.erase().await;
    school.sync(&staff.hub).await;
    let outbox = replica.outbox().await.unwrap();
    let [refused] = outbox.as_slice() else {
        panic!("{outbox:?}")
    };
    assert!(refused.refused, "{refused:?}");
    let answer = refused.answer.as_ref().expect("a reason");
    assert_eq!(answer.refusals[0].code, "BASE_UNKNOWN");
    let hub = files_with(&staff.hub.data(), NAME);
    assert_eq!(hub, Vec::<String>::new(), "it did not come back");
    // The clerk says it again without the name.
    let again = v1::Session {
        lesson: "分数".to_owned(),
        lead: Some(v1::PersonRef {
            person_id: staff.person.clone(),
            ..Default::default()
        }),
        ..session("公开课", "2026-05-12")
    };
    let corrected = replica.correct(&typed.mutation_id, again.clone().encode());
    corrected.await.expect("corrected");
    school.sync(&staff.hub).await;
    let outbox = replica.outbox().await.unwrap();
    assert!(outbox.is_empty(), "{outbox:?}");
    let stands = staff.hub.campus(HEAD).get(&led).await.expect("it");
    assert_eq!(stands.content, again.encode());
    assert_eq!(school.files_with(NAME), Vec::<String>::new());
}

#[tokio::test]
async fn a_replica_hears_of_an_erasure_though_it_was_edited_since() {
    let staff = Staff::start().await;
    let school = School::open().await;
    let (typed, replica) = (fresh(), &school.replica);
    let first = v1::Session {
        lead: Some(named("端木先生")),
        ..session("备课", "2026-05-12")
    };
    replica.put(&typed, first.encode()).await.unwrap();
    school.sync(&staff.hub).await;
    assert_ne!(school.files_with("端木先生"), Vec::<String>::new());
    let erased = erase(&staff.hub.office(), "", &[&typed]).await;
    assert_eq!(erased.expect("erased").records, 1);
    let head = staff.hub.campus(HEAD);
    let next = session("备课改期", "2026-05-13");
    head.applied(edit(&typed, 2, next)).await;
    head.applied(create(&fresh(), session("别的", "2026-05-13")))
        .await;
    school.sync(&staff.hub).await;
    let copy = replica.record(&typed).await.unwrap().expect("in the copy");
    assert_eq!((copy.reason.as_str(), copy.version), ("", 3));
    assert_eq!(school.files_with("端木先生"), Vec::<String>::new());
}
