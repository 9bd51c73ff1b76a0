//! Erasing in records that name somebody without an id.

use super::erase::{ERASED, as_session};
use super::{COMMON, NAME, Staff, erase, holds};
use crate::harness::{Client, HEAD};
use crate::reader::Reader;
use crate::wishes::{create, edit, fresh, named, session, settle};
use lianxiao::wire::v1;
use prost::Message as _;
use v1::Outcome::ConflictKept;

/// A session in which somebody is named without an id, and an edit of it that lost a clash.
async fn typed_only(client: &Client, title: &str) -> (String, String) {
    let record = fresh();
    let typed = v1::Session {
        lead: Some(named(COMMON)),
        speakers: vec![named(NAME)],
        minutes: Some(v1::Minutes {
            agreed: format!("{COMMON}整理"),
            ..Default::default()
        }),
        ..session(title, "2026-05-12")
    };
    let lesson = |lesson: &str| v1::Session {
        lesson: lesson.to_owned(),
        ..typed.clone()
    };
    client.applied(create(&record, typed.clone())).await;
    client.applied(edit(&record, 1, lesson("分数"))).await;
    let late = client.one(edit(&record, 1, lesson("小数"))).await;
    assert_eq!(late.outcome(), ConflictKept);
    (record, late.conflict_id)
}

#[tokio::test]
async fn a_record_that_names_somebody_without_an_id_is_erased_by_its_own_id() {
    let staff = Staff::start().await;
    let (head, office) = (staff.hub.campus(HEAD), staff.hub.office());
    let (record, conflict) = typed_only(&head, "甲").await;
    let (other, _) = typed_only(&head, "乙").await;
    let erased = erase(&office, "", &[&record]).await.expect("erased");
    assert_eq!((erased.records, erased.versions), (2, 3));
    let copy = Reader::all(&office).await;
    for id in [&record, &conflict] {
        let kept = copy.records[id].encode_to_vec();
        assert!(!holds(&kept, COMMON) && !holds(&kept, NAME), "{id}");
        assert_eq!(copy.records[id].reason, "ERASED");
    }
    let session = as_session(&copy.records[&record]);
    assert_eq!(session.lead, Some(named(ERASED)));
    assert_eq!(session.minutes.expect("minutes").agreed, "已删除整理");
    assert!(
        holds(&copy.records[&other].content, COMMON),
        "another record"
    );
    let again = erase(&office, "", &[&record]).await.expect("erased");
    assert_eq!((again.records, again.versions), (0, 0));
    // What was kept of the edit still settles, without the names.
    let pushed = v1::Session {
        lesson: "小数".to_owned(),
        ..as_session(&copy.records[&record])
    };
    let settled = head.one(settle(&record, 3, pushed, &[&conflict])).await;
    assert_eq!(settled.outcome(), v1::Outcome::Applied, "{settled:#?}");
}
