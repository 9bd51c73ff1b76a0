//! Whose erasures: the office of one group asks for them, of its own people.

use super::{NAME, Staff, erase, holds};
use crate::answers::{bad_argument, failed};
use crate::harness::{HEAD, LAKE, SPRING, limited};
use crate::wishes::{create, fresh};
use lianxiao::model::ids::Place;
use lianxiao::wire::v1;
use tonic::Code;

#[tokio::test]
async fn only_the_office_with_every_right_erases_and_only_what_there_is() {
    let staff = Staff::start().await;
    let (hub, person) = (&staff.hub, staff.person.as_str());
    let led = staff.held_session().await;
    let newest = hub.office().newest().await;
    for campus in [HEAD, SPRING, LAKE] {
        let answer = erase(&hub.campus(campus), person, &[&led]).await;
        failed(answer, Code::PermissionDenied, "NOT_ALLOWED");
    }
    let rights = "person=draft session=draft exchange=act";
    let token = limited(hub.hub(), hub.group.id, Place::Office, "集团办", rights).await;
    let answer = erase(&hub.client(Some(&token), ""), person, &[]).await;
    failed(answer, Code::PermissionDenied, "NOT_ALLOWED");
    let office = hub.office();
    bad_argument(erase(&office, "", &[]).await, "person_id");
    bad_argument(erase(&office, "王老师", &[]).await, "person_id");
    bad_argument(erase(&office, person, &[&led, "x"]).await, "record_ids[1]");
    for (wrong, records) in [(fresh(), vec![]), (led.clone(), vec![])] {
        failed(
            erase(&office, &wrong, &records).await,
            Code::NotFound,
            "NOT_FOUND",
        );
    }
    let answer = erase(&office, person, &[&fresh()]).await;
    failed(answer, Code::NotFound, "NOT_FOUND");
    let other = hub.add_group("水北教育集团").await;
    let stranger = hub.client(Some(&other.office), "");
    failed(
        erase(&stranger, person, &[]).await,
        Code::NotFound,
        "NOT_FOUND",
    );
    failed(
        erase(&stranger, "", &[&led]).await,
        Code::NotFound,
        "NOT_FOUND",
    );
    assert_eq!(office.newest().await, newest, "nothing was written");
    assert!(holds(&office.get(&led).await.expect("it").content, NAME));
}

#[tokio::test]
async fn the_same_ids_in_another_group_are_left_alone() {
    let staff = Staff::start().await;
    let other = staff.hub.add_group("水北教育集团").await;
    let head = staff.hub.campus_of(&other, HEAD);
    let office = staff.hub.client(Some(&other.office), "");
    let theirs = v1::Person {
        display_name: NAME.to_owned(),
        home_campus_id: head.campus_id.clone(),
        ..Default::default()
    };
    office.applied(create(&staff.person, theirs)).await;
    let record = fresh();
    head.applied(create(&record, staff.led_session())).await;
    let newest = office.newest().await;
    staff.erase().await;
    assert_eq!(office.newest().await, newest);
    assert!(holds(&head.get(&record).await.expect("it").content, NAME));
    assert!(holds(
        &office.get(&staff.person).await.expect("it").content,
        NAME
    ));
}
