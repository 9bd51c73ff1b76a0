//! Export: everything that is kept about one person, and nothing else.

use super::{COMMON, NAME, Staff, export, holds};
use crate::answers::{bad_argument, failed};
use crate::harness::{HEAD, LAKE, SPRING, limited};
use crate::reader::decode;
use crate::wishes::{
    Content as _, act, ask_correction, create, delete, edit, fresh, named, propose, session,
};
use lianxiao::model::ids::Place;
use lianxiao::wire::v1;
use tonic::Code;
use v1::Outcome::{ConflictKept, Merged};
use v1::change::Change;

/// What each message is about: record and version.
fn about(all: &[v1::ExportPersonResponse]) -> Vec<(String, i64)> {
    let about = |kept: &v1::ExportPersonResponse| match decode(&kept.change) {
        Change::Upsert(record) => (record.id, record.version),
        Change::Deleted(deleted) => (deleted.id, deleted.version),
        Change::Removed(removed) => panic!("{removed:?}"),
    };
    all.iter().map(about).collect()
}

#[tokio::test]
async fn an_export_holds_every_version_about_a_person_in_order_and_no_other() {
    let staff = Staff::start().await;
    let (head, office) = (staff.hub.campus(HEAD), staff.hub.office());
    let led = staff.held_session().await;
    // Somebody else takes over: what follows is not about the person.
    let other = v1::Session {
        lead: Some(named(COMMON)),
        minutes: None,
        ..session("公开课", "2026-05-12")
    };
    head.applied(edit(&led, 2, other)).await;
    let drafted = fresh();
    head.applied(create(&drafted, staff.exchange())).await;
    let nothing = session("与此人无关", "2026-05-13");
    head.applied(create(&fresh(), nothing)).await;
    let all = export(&office, &staff.person).await.expect("an export");
    let expected = [
        (staff.person.clone(), 1),
        (led.clone(), 1),
        (led.clone(), 2),
        (drafted, 1),
    ];
    assert_eq!(
        about(&all),
        expected,
        "a draft that the office does not see is kept too"
    );
    let shown = decode(&all[1].change);
    let Change::Upsert(record) = shown else {
        panic!("{shown:?}")
    };
    assert_eq!(record.content, staff.led_session().encode());
    assert_eq!(record.actor, "总务处");
}

#[tokio::test]
async fn an_export_holds_kept_conflicts_pushed_contents_and_deletions() {
    let staff = Staff::start().await;
    let (head, office) = (staff.hub.campus(HEAD), staff.hub.office());
    let record = fresh();
    let plain = session("备课", "2026-05-12");
    head.applied(create(&record, plain.clone())).await;
    let longer = v1::Session {
        lesson: "分数".to_owned(),
        ..plain.clone()
    };
    head.applied(edit(&record, 1, longer.clone())).await;
    let led = v1::Session {
        lead: Some(staff.who()),
        ..plain.clone()
    };
    let merged = head.one(edit(&record, 1, led.clone())).await;
    assert_eq!(merged.outcome(), Merged);
    let clashing = v1::Session {
        lesson: "小数".to_owned(),
        ..led.clone()
    };
    let kept = head.one(edit(&record, 1, clashing)).await;
    assert_eq!(kept.outcome(), ConflictKept);
    office.applied(delete(&staff.person, 1)).await;
    let all = export(&office, &staff.person).await.expect("an export");
    let expected = [
        (staff.person.clone(), 1),
        (record.clone(), 3),
        (kept.conflict_id, 1),
        (staff.person.clone(), 2),
    ];
    assert_eq!(about(&all), expected);
    assert_eq!(all[1].pushed, led.encode());
    assert!(holds(&all[2].change, NAME));
    assert!(matches!(decode(&all[3].change), Change::Deleted(_)));
}

#[tokio::test]
async fn an_export_longer_than_a_look_is_whole() {
    let staff = Staff::start().await;
    let head = staff.hub.campus(HEAD);
    let mut expected = vec![(staff.person.clone(), 1)];
    for _ in 0..6 {
        let long = v1::Session {
            audience_note: "长".repeat(900),
            products: (0..150)
                .map(|number| v1::Product {
                    name: format!("{number}{}", "教案".repeat(80)),
                    ..Default::default()
                })
                .collect(),
            ..staff.led_session()
        };
        let record = fresh();
        head.applied(create(&record, long)).await;
        expected.push((record, 1));
        // What is in between is looked at and left out.
        let between: Vec<_> = (0..900)
            .map(|_| create(&fresh(), session("备课", "2026-05-12")))
            .collect();
        head.push(between).await;
    }
    let all = export(&staff.hub.office(), &staff.person).await;
    assert_eq!(about(&all.expect("an export")), expected);
}

#[tokio::test]
async fn only_the_office_with_every_right_exports() {
    let staff = Staff::start().await;
    let (hub, person) = (&staff.hub, &staff.person);
    for campus in [HEAD, SPRING, LAKE] {
        let answer = export(&hub.campus(campus), person).await;
        failed(answer, Code::PermissionDenied, "NOT_ALLOWED");
    }
    let rights = "person=read session=read exchange=read menu=read";
    let token = limited(hub.hub(), hub.group.id, Place::Office, "集团办", rights).await;
    let answer = export(&hub.client(Some(&token), ""), person).await;
    failed(answer, Code::PermissionDenied, "NOT_ALLOWED");
    let office = hub.office();
    failed(export(&office, &fresh()).await, Code::NotFound, "NOT_FOUND");
    bad_argument(export(&office, "王老师").await, "person_id");
    let other = hub.add_group("水北教育集团").await;
    let stranger = hub.client(Some(&other.office), "");
    failed(export(&stranger, person).await, Code::NotFound, "NOT_FOUND");
    assert_eq!(export(&office, person).await.expect("an export").len(), 1);
}

#[tokio::test]
async fn actions_are_versions_and_are_exported_too() {
    let staff = Staff::start().await;
    let head = staff.hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, staff.exchange())).await;
    head.applied(act(&record, 1, propose())).await;
    let all = export(&staff.hub.office(), &staff.person).await;
    let all = about(&all.expect("an export"));
    assert_eq!(all[1..], [(record.clone(), 1), (record, 2)]);
}

#[tokio::test]
async fn an_export_ends_with_what_was_asked_about_the_records_of_the_person() {
    let staff = Staff::start().await;
    let (head, office) = (staff.hub.campus(HEAD), staff.hub.office());
    let (led, other) = (staff.held_session().await, fresh());
    let nobodys = session("备课", "2026-05-12");
    head.applied(create(&other, nobodys)).await;
    // Of one it is asked twice, and of one that is about nobody, once.
    for (record, version, field) in [
        (&led, 2, "title"),
        (&led, 2, "lesson"),
        (&other, 1, "title"),
    ] {
        let please = ask_correction(field, &format!("请核对{NAME}"));
        office.applied(act(record, version, please)).await;
    }
    let all = export(&office, &staff.person).await.expect("an export");
    let told = about(&all);
    let expected = [
        (staff.person.clone(), 1),
        (led.clone(), 1),
        (led.clone(), 2),
    ];
    assert_eq!(told[..3], expected);
    let [(first, 1), (again, 2)] = &told[3..] else {
        panic!("both versions of one correction: {told:?}")
    };
    assert_eq!(first, again);
    for kept in &all[3..] {
        let Change::Upsert(record) = decode(&kept.change) else {
            panic!("it is open")
        };
        assert_eq!(record.kind, "correction");
        assert!(holds(&kept.change, NAME) && holds(&kept.change, &led));
    }
    // It is over, and kept.
    head.applied(edit(&led, 2, staff.led_session())).await;
    let all = export(&office, &staff.person).await.expect("an export");
    assert_eq!(
        about(&all)[4..],
        [(first.clone(), 1), (first.clone(), 2), (first.clone(), 3)]
    );
    assert!(matches!(decode(&all[6].change), Change::Deleted(_)));
}
