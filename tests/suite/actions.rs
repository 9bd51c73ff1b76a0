//! Moving a record's state: who may, when, and upon what was seen.

use crate::answers::{argument, outcomes, refused};
use crate::harness::{Client, HEAD, LAKE, SPRING, TestHub};
use crate::wishes::{
    accept, act, announce, approve, confirm_arrival, create, delete, edit, exchange, fresh, hold,
    id, lunch, menu, propose, publish, report_attendance, session, withdraw,
};
use bytes::Bytes;
use lianxiao::wire::v1;
use prost::Message as _;
use v1::ExchangeStatus as Exchange;
use v1::MenuStatus as Menu;
use v1::Outcome::{Applied, Rejected, Unchanged};
use v1::SessionStatus as Session;

const MONDAY: &str = "2026-05-11";
const TUESDAY: &str = "2026-05-12";

macro_rules! state {
    ($name:ident, $kind:ident, $state:ident) => {
        pub async fn $name(client: &Client, record: &str) -> v1::$state {
            let record = client.get(record).await.expect("the record");
            match v1::State::decode(record.state).expect("a state").kind {
                Some(v1::state::Kind::$kind(state)) => state,
                other => panic!("another state: {other:?}"),
            }
        }
    };
}
state!(menu_state, Menu, MenuState);
state!(session_state, Session, SessionState);
state!(exchange_state, Exchange, ExchangeState);

/// The action is stored, and asked again it is UNCHANGED.
pub async fn acts(client: &Client, record: &str, seen: i64, action: Bytes) -> i64 {
    let result = client.applied(act(record, seen, action.clone())).await;
    let newest = client.newest().await;
    let again = client.one(act(record, seen, action.clone())).await;
    assert_eq!(again.outcome(), Unchanged, "{again:#?}");
    assert_eq!((again.version, again.position), (result.version, 0));
    assert_eq!(client.newest().await, newest);
    result.version
}

/// The action is for another place to ask.
pub async fn may_not(client: &Client, record: &str, seen: i64, action: Bytes) {
    let result = client.one(act(record, seen, action)).await;
    refused(&result, "NOT_ALLOWED", "act.action");
}

/// The record's state is not the one for this.
pub async fn too_early(client: &Client, record: &str, seen: i64, action: Bytes) {
    let result = client.one(act(record, seen, action)).await;
    refused(&result, "STATE_FORBIDS", "act.action");
    assert!(result.current.is_some());
}

#[tokio::test]
async fn a_campus_publishes_its_menu_and_takes_it_back() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, menu(&[MONDAY, TUESDAY])))
        .await;
    assert_eq!(menu_state(&head, &record).await.status(), Menu::Draft);
    too_early(&head, &record, 1, withdraw()).await;
    assert_eq!(acts(&head, &record, 1, publish()).await, 2);
    let published = menu_state(&hub.campus(LAKE), &record).await;
    assert_eq!(published.status(), Menu::Published);
    let record_now = head.get(&record).await.expect("the menu");
    assert_eq!(published.publish_time, record_now.commit_time);
    let late = head.one(edit(&record, 2, menu(&[MONDAY]))).await;
    refused(&late, "STATE_FORBIDS", "put");
    refused(
        &head.one(delete(&record, 2)).await,
        "STATE_FORBIDS",
        "delete",
    );
    assert_eq!(acts(&head, &record, 2, withdraw()).await, 3);
    let withdrawn = menu_state(&head, &record).await;
    assert_eq!(
        (withdrawn.status(), withdrawn.publish_time),
        (Menu::Withdrawn, None)
    );
    head.applied(edit(&record, 3, menu(&[MONDAY]))).await;
    assert_eq!(acts(&head, &record, 4, publish()).await, 5);
}

#[tokio::test]
async fn nobody_else_publishes_a_menu() {
    let hub = TestHub::start().await;
    let (head, office) = (hub.campus(HEAD), hub.office());
    let record = fresh();
    head.applied(create(&record, menu(&[MONDAY]))).await;
    may_not(&office, &record, 1, publish()).await;
    let unseen = hub.campus(LAKE).one(act(&record, 1, publish())).await;
    refused(&unseen, "RECORD_NOT_FOUND", "record_id");
    acts(&head, &record, 1, publish()).await;
    may_not(&hub.campus(LAKE), &record, 2, withdraw()).await;
    may_not(&office, &record, 2, withdraw()).await;
}

#[tokio::test]
async fn a_menu_that_is_being_eaten_is_not_taken_back() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, menu(&[MONDAY]))).await;
    acts(&head, &record, 1, publish()).await;
    hub.clock
        .set("2026-05-11T00:00:01+08:00".parse().expect("a time"));
    let late = head.one(act(&record, 2, withdraw())).await;
    let refusal = refused(&late, "ALREADY_SERVED", "act.action");
    assert_eq!(argument(refusal, "date"), MONDAY);
}

#[tokio::test]
async fn who_publishes_what_has_changed_is_shown_what_it_is_now() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, menu(&[MONDAY]))).await;
    let changed = v1::Menu {
        meals: vec![lunch(MONDAY, "五香大排")],
        ..menu(&[MONDAY])
    };
    head.applied(edit(&record, 1, changed.clone())).await;
    let blind = head.one(act(&record, 1, publish())).await;
    let refusal = refused(&blind, "CHANGED_SINCE_SEEN", "act.seen_version");
    assert_eq!(argument(refusal, "fields"), "meals");
    assert_eq!(argument(refusal, "current"), "2");
    let current = head.get(&record).await.expect("the menu");
    assert_eq!(blind.current.as_ref(), Some(&current));
    // The label binds nobody.
    let labelled = v1::Menu {
        label: "第11周".to_owned(),
        ..changed
    };
    head.applied(edit(&record, 2, labelled)).await;
    acts(&head, &record, 2, publish()).await;
}

#[tokio::test]
async fn an_action_names_a_version_that_there_was() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, menu(&[MONDAY]))).await;
    for seen in [0, 2, -1] {
        let result = head.one(act(&record, seen, publish())).await;
        let refusal = refused(&result, "CHANGED_SINCE_SEEN", "act.seen_version");
        assert_eq!(argument(refusal, "fields"), "seen_version");
    }
    let other_kind = head.one(act(&record, 1, announce())).await;
    refused(&other_kind, "KIND_CHANGED", "act.action");
}

#[tokio::test]
async fn two_live_menus_do_not_serve_one_meal() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let (first, second) = (fresh(), fresh());
    head.applied(create(&first, menu(&[MONDAY, TUESDAY]))).await;
    let taken = create(&second, menu(&[TUESDAY]));
    let refused_once = head.one(taken.clone()).await;
    let refusal = refused(&refused_once, "KEY_TAKEN", "record_id");
    assert_eq!(argument(refusal, "id"), first);
    assert!(argument(refusal, "key").contains(TUESDAY));
    // Another campus, another set and other eaters are other meals.
    let elsewhere = hub.campus(SPRING);
    elsewhere.applied(create(&fresh(), menu(&[TUESDAY]))).await;
    let set_b = v1::Menu {
        menu_set: "B".to_owned(),
        ..menu(&[TUESDAY])
    };
    let staff = v1::Menu {
        audience: v1::MenuAudience::Staff.into(),
        ..menu(&[TUESDAY])
    };
    let others = [create(&fresh(), set_b), create(&fresh(), staff)];
    assert_eq!(outcomes(&head.push(others).await), [Applied, Applied]);
    acts(&head, &first, 1, publish()).await;
    refused(&head.one(taken.clone()).await, "KEY_TAKEN", "record_id");
    acts(&head, &first, 2, withdraw()).await;
    head.applied(taken).await;
    // And the withdrawn one cannot come back beside it.
    let back = head.one(act(&first, 3, publish())).await;
    let refusal = refused(&back, "KEY_TAKEN", "record_id");
    assert_eq!(argument(refusal, "id"), second);
    head.applied(delete(&second, 1)).await;
    acts(&head, &first, 3, publish()).await;
}

#[tokio::test]
async fn a_meal_is_free_again_in_the_very_push_that_leaves_it() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let (first, second) = (fresh(), fresh());
    let items = [
        create(&first, menu(&[MONDAY])),
        create(&second, menu(&[MONDAY])),
        edit(&first, 1, menu(&[TUESDAY])),
        create(&second, menu(&[MONDAY])),
    ];
    let results = head.push(items).await;
    assert_eq!(outcomes(&results), [Applied, Rejected, Applied, Applied]);
    let back = head.one(edit(&first, 2, menu(&[MONDAY]))).await;
    refused(&back, "KEY_TAKEN", "record_id");
}

#[tokio::test]
async fn a_session_is_announced_held_and_attended() {
    let hub = TestHub::start().await;
    let (head, spring, lake) = (hub.campus(HEAD), hub.campus(SPRING), hub.campus(LAKE));
    let record = fresh();
    let invited = v1::Session {
        invites_all: false,
        invited_campus_ids: vec![id(SPRING)],
        ..session("数学", TUESDAY)
    };
    head.applied(create(&record, invited)).await;
    too_early(&head, &record, 1, hold()).await;
    may_not(&spring, &record, 1, announce()).await;
    may_not(&hub.office(), &record, 1, announce()).await;
    assert_eq!(acts(&head, &record, 1, announce()).await, 2);
    refused(
        &head.one(delete(&record, 2)).await,
        "STATE_FORBIDS",
        "delete",
    );
    let early = head.one(act(&record, 2, hold())).await;
    refused(&early, "DAY_NOT_COME", "act.action");
    too_early(&spring, &record, 2, report_attendance(4, 3)).await;
    hub.clock
        .set("2026-05-12T16:00:00+08:00".parse().expect("a time"));
    may_not(&spring, &record, 2, hold()).await;
    assert_eq!(acts(&head, &record, 2, hold()).await, 3);
    may_not(&lake, &record, 3, report_attendance(4, 3)).await;
    may_not(&hub.office(), &record, 3, report_attendance(4, 3)).await;
    assert_eq!(acts(&spring, &record, 3, report_attendance(4, 3)).await, 4);
    assert_eq!(acts(&head, &record, 3, report_attendance(9, 9)).await, 5);
    assert_eq!(acts(&spring, &record, 3, report_attendance(4, 4)).await, 6);
    let state = session_state(&lake, &record).await;
    assert_eq!(state.status(), Session::Held);
    let rows = state.attendance.iter();
    let rows: Vec<_> = rows
        .map(|row| (row.campus_id.clone(), row.attended))
        .collect();
    assert_eq!(rows, [(id(HEAD), 9), (id(SPRING), 4)]);
}

#[tokio::test]
async fn whoever_announces_a_session_that_moved_is_shown_the_new_day() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, session("数学", TUESDAY)))
        .await;
    head.applied(edit(&record, 1, session("数学", "2026-05-13")))
        .await;
    let blind = head.one(act(&record, 1, announce())).await;
    let refusal = refused(&blind, "CHANGED_SINCE_SEEN", "act.seen_version");
    assert_eq!(argument(refusal, "fields"), "days");
    assert_eq!(blind.current.expect("the session").version, 2);
    head.applied(edit(&record, 2, session("数学 六年级", "2026-05-13")))
        .await;
    acts(&head, &record, 2, announce()).await;
}

/// The places an exchange concerns: home, host, office, and a campus it does not.
struct Places {
    home: Client,
    host: Client,
    office: Client,
    other: Client,
}

fn places(hub: &TestHub) -> Places {
    Places {
        home: hub.campus(HEAD),
        host: hub.campus(SPRING),
        office: hub.office(),
        other: hub.campus(LAKE),
    }
}

#[tokio::test]
async fn an_exchange_goes_from_home_by_host_and_office_to_its_arrival() {
    let hub = TestHub::start().await;
    let Places {
        home,
        host,
        office,
        other,
    } = places(&hub);
    let record = fresh();
    home.applied(create(&record, exchange(&id(HEAD), &id(SPRING))))
        .await;
    for not_asked in [&host, &office, &other] {
        let result = not_asked.one(act(&record, 1, accept())).await;
        refused(&result, "RECORD_NOT_FOUND", "record_id");
    }
    assert_eq!(acts(&home, &record, 1, propose()).await, 2);
    may_not(&host, &record, 2, propose()).await;
    may_not(&home, &record, 2, accept()).await;
    may_not(&office, &record, 2, accept()).await;
    too_early(&office, &record, 2, approve()).await;
    assert_eq!(acts(&host, &record, 2, accept()).await, 3);
    may_not(&home, &record, 3, approve()).await;
    may_not(&host, &record, 3, approve()).await;
    too_early(&host, &record, 3, confirm_arrival("2026-05-08")).await;
    assert_eq!(acts(&office, &record, 3, approve()).await, 4);
    let late = home
        .one(edit(&record, 4, exchange(&id(HEAD), &id(LAKE))))
        .await;
    refused(&late, "STATE_FORBIDS", "put");
    may_not(&home, &record, 4, confirm_arrival("2026-05-08")).await;
    let early = host
        .one(act(&record, 4, confirm_arrival("2026-05-09")))
        .await;
    refused(&early, "DAY_NOT_COME", "act.action");
    assert_eq!(
        acts(&host, &record, 4, confirm_arrival("2026-05-08")).await,
        5
    );
    let state = exchange_state(&office, &record).await;
    assert_eq!(state.status(), Exchange::Active);
    assert_eq!(state.real_start, "2026-05-08");
    let unseen = other.one(act(&record, 5, accept())).await;
    refused(&unseen, "RECORD_NOT_FOUND", "record_id");
}

#[tokio::test]
async fn a_host_that_accepts_what_has_changed_is_shown_what_it_is_now() {
    let hub = TestHub::start().await;
    let Places { home, host, .. } = places(&hub);
    let record = fresh();
    let longer = v1::Exchange {
        planned_end: "2028-07".to_owned(),
        ..exchange(&id(HEAD), &id(SPRING))
    };
    home.applied(create(&record, exchange(&id(HEAD), &id(SPRING))))
        .await;
    home.applied(act(&record, 1, propose())).await;
    home.applied(edit(&record, 2, longer)).await;
    let status = exchange_state(&home, &record).await.status();
    assert_eq!(status, Exchange::Draft, "what was agreed to is no more");
    home.applied(act(&record, 3, propose())).await;
    let blind = host.one(act(&record, 2, accept())).await;
    let refusal = refused(&blind, "CHANGED_SINCE_SEEN", "act.seen_version");
    assert_eq!(argument(refusal, "fields"), "planned_end");
    let current = host.get(&record).await.expect("the exchange");
    assert_eq!(blind.current, Some(current));
    assert_eq!(acts(&host, &record, 4, accept()).await, 5);
}

#[tokio::test]
async fn a_host_outside_the_group_is_not_asked() {
    let hub = TestHub::start().await;
    let Places { home, office, .. } = places(&hub);
    let record = fresh();
    let outside = v1::unit::Unit::Outside("拉萨市第一小学".to_owned());
    let away = v1::Exchange {
        host: Some(v1::Unit {
            unit: Some(outside),
        }),
        ..exchange(&id(HEAD), &id(SPRING))
    };
    home.applied(create(&record, away)).await;
    acts(&home, &record, 1, propose()).await;
    acts(&office, &record, 2, approve()).await;
    assert_eq!(
        acts(&home, &record, 3, confirm_arrival("2026-05-08")).await,
        4
    );
}
