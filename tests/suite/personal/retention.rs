//! Retention: names end with the time that the group's policy gives them.

use super::erase::ERASED;
use super::free_text::note;
use super::{NAME, Staff, holds, register, who};
use crate::harness::{HEAD, LAKE, TestHub};
use crate::reader::{Mirror, Reader, Watcher};
use crate::wishes::{
    Content as _, act, ask_correction, create, delete, edit, exchange, fresh, menu, session,
};
use lianxiao::wire::v1;
use prost::Message as _;

fn policy(kinds: &[(&str, i32)]) -> v1::Policy {
    let retention = |(kind, months): &(&str, i32)| v1::Retention {
        kind: (*kind).to_owned(),
        months: *months,
    };
    v1::Policy {
        time_zone: "Asia/Shanghai".to_owned(),
        retentions: kinds.iter().map(retention).collect(),
        ..Default::default()
    }
}

/// A session of a day, led by the person.
async fn led(staff: &Staff, day: &str) -> String {
    let record = fresh();
    let session = v1::Session {
        lead: Some(who(&staff.person)),
        ..session("备课", day)
    };
    staff
        .hub
        .campus(HEAD)
        .applied(create(&record, session))
        .await;
    record
}

/// The hub looks at a time, and the feed moves by so many positions; what the office sees then.
async fn at(hub: &TestHub, time: &str, moved: i64) -> Mirror {
    let office = hub.office();
    let before = office.newest().await;
    hub.clock.set(time.parse().expect("a time"));
    hub.hub().keep_up().await.expect("it looks");
    assert_eq!(office.newest().await, before + moved);
    Reader::all(&office).await
}

fn names(copy: &Mirror, record: &str) -> bool {
    holds(&copy.records[record].content, NAME)
}

#[tokio::test]
async fn names_go_from_what_ended_longer_ago_and_from_nothing_else() {
    let staff = Staff::start().await;
    let (head, office) = (staff.hub.campus(HEAD), staff.hub.office());
    let rules = fresh();
    office
        .applied(create(&rules, policy(&[("session", 12)])))
        .await;
    let (old, young) = (
        led(&staff, "2026-05-12").await,
        led(&staff, "2026-05-13").await,
    );
    let moved = fresh();
    let lake = staff.hub.campus(LAKE).campus_id;
    let exchanged = v1::Exchange {
        person: Some(staff.who()),
        planned_end: "2026-05".to_owned(),
        ..exchange(&head.campus_id, &lake)
    };
    head.applied(create(&moved, exchanged)).await;
    let gone = led(&staff, "2026-05-12").await;
    head.applied(delete(&gone, 1)).await;

    // A year and no day more: the day itself is not longer ago.
    let copy = at(&staff.hub, "2027-05-12T12:00:00+08:00", 0).await;
    assert!(names(&copy, &old) && names(&copy, &young));
    // The old session, and the deleted one of the same day.
    let copy = at(&staff.hub, "2027-05-13T12:00:00+08:00", 2).await;
    assert!(!names(&copy, &old) && names(&copy, &young));
    let told = &copy.records[&old];
    assert_eq!(
        (told.reason.as_str(), told.actor.as_str()),
        ("ERASED", "hub")
    );
    assert_eq!(told.campus_id, head.campus_id);
    assert_eq!(told.erased_position, told.position);
    assert!(
        holds(&copy.records[&staff.person].content, NAME),
        "the register"
    );
    let head = staff.hub.campus(HEAD);
    let kept = head.get(&moved).await.expect("it");
    assert!(holds(&kept.content, NAME), "of a kind that is kept");
    // Once is enough, and the next day finds the next.
    let copy = at(&staff.hub, "2027-05-14T12:00:00+08:00", 1).await;
    assert!(!names(&copy, &young));
    at(&staff.hub, "2027-05-15T12:00:00+08:00", 0).await;
}

#[tokio::test]
async fn what_is_written_late_about_an_old_day_is_found_too() {
    let staff = Staff::start().await;
    let office = staff.hub.office();
    let rules = fresh();
    office
        .applied(create(&rules, policy(&[("session", 12)])))
        .await;
    let first = led(&staff, "2026-05-12").await;
    let copy = at(&staff.hub, "2028-01-01T12:00:00+08:00", 1).await;
    assert!(!names(&copy, &first));
    let late = led(&staff, "2026-05-11").await;
    let later = led(&staff, "2027-12-31").await;
    // The day is moved: what ended is what stands.
    let postponed = led(&staff, "2026-05-10").await;
    let head = staff.hub.campus(HEAD);
    let next = v1::Session {
        lead: Some(staff.who()),
        ..session("备课", "2027-12-30")
    };
    head.applied(edit(&postponed, 1, next)).await;
    let copy = at(&staff.hub, "2028-01-02T12:00:00+08:00", 1).await;
    assert!(!names(&copy, &late) && names(&copy, &later) && names(&copy, &postponed));
    // Less time is given: more is found.
    let office = staff.hub.office();
    office
        .applied(edit(&rules, 1, policy(&[("session", 1), ("exchange", 1)])))
        .await;
    let copy = at(&staff.hub, "2028-02-01T12:00:00+08:00", 2).await;
    assert!(!names(&copy, &later) && !names(&copy, &postponed));
    let register = register(&staff.hub.office(), &staff.hub.campus(HEAD).campus_id, NAME).await;
    let copy = at(&staff.hub, "2029-02-01T12:00:00+08:00", 0).await;
    assert!(names(&copy, &register), "a register has no last day");
}

#[tokio::test]
async fn free_text_goes_whole_where_no_field_says_who_is_named_in_it() {
    let staff = Staff::start().await;
    let (head, office) = (staff.hub.campus(HEAD), staff.hub.office());
    let rules = policy(&[("menu", 12), ("canteen_note", 12)]);
    office.applied(create(&fresh(), rules)).await;
    let (served, told, gone) = (fresh(), fresh(), fresh());
    let remarked = v1::Menu {
        remarks: vec![format!("{NAME}值班"), "少盐".to_owned()],
        ..menu(&["2026-05-11", "2026-05-12"])
    };
    head.applied(create(&served, remarked.clone())).await;
    let please = ask_correction("remarks", &format!("{NAME}是谁？"));
    office.applied(act(&served, 1, please)).await;
    head.applied(create(&told, note())).await;
    head.applied(create(&gone, note())).await;
    head.applied(delete(&gone, 1)).await;

    // A note has no day: it ends with the one on which it was last written.
    at(&staff.hub, "2027-05-08T12:00:00+08:00", 0).await;
    let copy = at(&staff.hub, "2027-05-09T00:00:01+08:00", 2).await;
    let blank = v1::CanteenNote {
        topic: ERASED.to_owned(),
        fault: ERASED.to_owned(),
        measure: ERASED.to_owned(),
    };
    let blank = blank.encode();
    assert_eq!(copy.records[&told].content, blank);
    at(&staff.hub, "2027-05-12T12:00:00+08:00", 0).await;
    // The menu and what was asked about it.
    let copy = at(&staff.hub, "2027-05-13T12:00:00+08:00", 2).await;
    let bare = v1::Menu {
        remarks: vec![ERASED.to_owned(); 2],
        ..remarked
    };
    assert_eq!(copy.records[&served].content, bare.encode());
    let [asked] = &copy.ids("correction")[..] else {
        panic!("one correction")
    };
    assert!(!holds(&copy.records[*asked].state, NAME));
    let history = staff.hub.campus(HEAD).history(&told).await.expect("it");
    assert!(!holds(&history.encode_to_vec(), NAME));
    // Nothing is left to do, and what is written again begins again.
    at(&staff.hub, "2027-05-14T12:00:00+08:00", 0).await;
    let head = staff.hub.campus(HEAD);
    head.applied(edit(&told, 2, note())).await;
    at(&staff.hub, "2028-05-14T12:00:00+08:00", 0).await;
    let copy = at(&staff.hub, "2028-05-15T12:00:00+08:00", 1).await;
    assert_eq!(copy.records[&told].content, blank);
    let person = &copy.records[&staff.person].content;
    assert!(holds(person, NAME), "a register has no end");
}

#[tokio::test]
async fn a_hub_looks_by_itself_when_it_starts() {
    let mut staff = Staff::start().await;
    let office = staff.hub.office();
    let rules = create(&fresh(), policy(&[("session", 12)]));
    office.applied(rules).await;
    let old = led(&staff, "2026-05-12").await;
    let before = office.newest().await;
    staff.hub.stop().await;
    staff
        .hub
        .clock
        .set("2027-06-01T12:00:00+08:00".parse().unwrap());
    staff.hub.reopen().await;
    let mut watcher = Watcher::start(&staff.hub.office(), v1::Filter::default()).await;
    watcher.until(before + 1).await;
    assert!(!names(&watcher.mirror, &old));
}
