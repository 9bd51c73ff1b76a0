//! Erasing where a name stands in free text alone: what the office asked about a record, and records that
//! hold neither the id nor a field for names.

use super::erase::ERASED;
use super::{NAME, Staff, erase, export, figures, files_with, holds};
use crate::harness::HEAD;
use crate::reader::Reader;
use crate::wishes::{act, ask_correction, create, edit, fresh, session};
use lianxiao::wire::v1;
use prost::Message as _;

/// A note that names the person in what was found wrong.
pub fn note() -> v1::CanteenNote {
    v1::CanteenNote {
        topic: "留样".to_owned(),
        fault: format!("{NAME}没有称重"),
        measure: "专人登记".to_owned(),
    }
}

#[tokio::test]
async fn what_the_office_asked_about_a_record_names_the_person_no_more() {
    let staff = Staff::start().await;
    let (head, office) = (staff.hub.campus(HEAD), staff.hub.office());
    let (open, closed, other) = (
        staff.held_session().await,
        staff.held_session().await,
        fresh(),
    );
    head.applied(create(&other, session("别的课", "2026-05-12")))
        .await;
    let please = |field: &str| ask_correction(field, &format!("请核对{NAME}"));
    office.applied(act(&open, 2, please("title"))).await;
    office.applied(act(&closed, 2, please("lead"))).await;
    office.applied(act(&other, 1, please("lead"))).await;
    let answered = v1::Session {
        lesson: "小数".to_owned(),
        ..staff.led_session()
    };
    head.applied(edit(&closed, 2, answered)).await;
    let before = Reader::all(&head).await;
    let asked = before.ids("correction").len();
    assert_eq!(asked, 2, "one was closed");

    // The person, both sessions, and both corrections about them; nobody named the person in the third.
    assert_eq!(staff.erase().await.records, 5);
    let copy = Reader::all(&head).await;
    assert_eq!(copy.ids("correction").len(), asked);
    let naming = copy.records.values().filter(|of| holds(&of.state, NAME));
    let about: Vec<bool> = naming.map(|of| holds(&of.state, &other)).collect();
    assert_eq!(about, [true], "a name alone identifies nobody");
    let then = "2026-05-08T15:00:10+08:00";
    staff.hub.clock.set(then.parse().expect("a time"));
    let figures = figures(&office, then).await;
    let campus = figures.campuses.iter().find(|of| of.name == HEAD);
    let open = &campus.expect("the head school").open_corrections;
    let texts: Vec<String> = open.iter().map(|of| format!("{of:?}")).collect();
    assert_eq!(texts.len(), 2);
    let redacted = texts.iter().filter(|text| text.contains(ERASED));
    assert_eq!(redacted.count(), 1, "{texts:?}");

    erase(&office, "", &[&other]).await.expect("erased");
    let versions = export(&office, &staff.person).await.expect("an export");
    assert!(!versions.iter().any(|of| holds(&of.encode_to_vec(), NAME)));
}

#[tokio::test]
async fn a_name_goes_from_free_text_when_the_record_is_named_in_the_same_call() {
    let staff = Staff::start().await;
    let (head, office, record) = (staff.hub.campus(HEAD), staff.hub.office(), fresh());
    head.applied(create(&record, note())).await;
    let erased = erase(&office, &staff.person, &[&record]).await;
    assert_eq!(erased.expect("erased").records, 2);
    let kept = head.get(&record).await.expect("it");
    assert!(holds(&kept.content, &format!("{ERASED}没有称重")));
    assert_eq!(files_with(&staff.hub.data(), NAME), Vec::<String>::new());
}
