//! The pages, through HTTP/1.1 as a browser asks for them: who is let in, what he sees, and what he does not.

mod asks;
pub mod browser;
mod calendar;
pub mod chromium;
mod clerk;
mod desk;
pub mod form;
mod live;
mod public;
mod sheets;
mod sign_in;

use crate::harness::{HEAD, LAKE, NOW, SPRING, TestHub};
use crate::wishes::{
    accept, act, approve, confirm_arrival, create, exchange, fresh, id, menu, propose, publish,
    session,
};
use browser::Browser;
use lianxiao::hub::NewCredential;
use lianxiao::model::ids::{CredentialId, Place};
use lianxiao::wire::v1;

/// The school days of the week that begins after the hub's clock.
const WEEK: [&str; 5] = [
    "2026-05-11",
    "2026-05-12",
    "2026-05-13",
    "2026-05-14",
    "2026-05-15",
];

/// A credential that a test takes back again.
async fn hire(hub: &TestHub, place: Place, holder: &str) -> (CredentialId, String) {
    let new = NewCredential::new(place, holder);
    let made = hub.hub().create_credential(hub.group.id, new).await;
    let (id, token) = made.expect("a credential");
    (id, token.reveal().to_owned())
}

/// A hub whose group has a term, and menus that are due at 18:00 on the school day before.
async fn in_term() -> TestHub {
    let hub = TestHub::start().await;
    let term = v1::Term {
        name: "2025-2026学年第二学期".to_owned(),
        first_day: "2026-03-02".to_owned(),
        last_day: "2026-06-30".to_owned(),
    };
    let calendar = v1::Calendar {
        terms: vec![term],
        ..Default::default()
    };
    let policy = v1::Policy {
        time_zone: "Asia/Shanghai".to_owned(),
        menu_deadlines: vec![v1::MenuDeadline {
            school_days_before: 1,
            time: "18:00".to_owned(),
            ..Default::default()
        }],
        ..Default::default()
    };
    let office = hub.office();
    office.applied(create(&fresh(), calendar)).await;
    office.applied(create(&fresh(), policy)).await;
    hub
}

/// The place of a campus.
fn place(name: &str) -> Place {
    Place::Campus(id(name).parse().expect("an id"))
}

/// The published menu of a campus for the coming week.
async fn published(hub: &TestHub, campus: &str, menu: v1::Menu) -> String {
    let record = fresh();
    let wishes = [create(&record, menu), act(&record, 1, publish())];
    for result in hub.campus(campus).push(wishes).await {
        assert_eq!(result.outcome(), v1::Outcome::Applied, "{result:#?}");
    }
    record
}

/// Somebody of the head school who is on his way to 春风分校: the record, approved in its third version.
async fn approved_exchange(hub: &TestHub, content: v1::Exchange) -> String {
    let record = fresh();
    let (head, spring) = (hub.campus(HEAD), hub.campus(SPRING));
    head.push([create(&record, content), act(&record, 1, propose())])
        .await;
    spring.applied(act(&record, 2, accept())).await;
    hub.office().applied(act(&record, 3, approve())).await;
    record
}

/// He has come.
async fn arrived(hub: &TestHub, record: &str) {
    let arrival = act(record, 4, confirm_arrival("2026-05-08"));
    hub.campus(SPRING).applied(arrival).await;
}

#[tokio::test]
async fn the_office_sees_every_campus_and_a_campus_its_own_page() {
    let hub = in_term().await;
    published(&hub, SPRING, menu(&["2026-05-11", "2026-05-12"])).await;
    let rules = v1::Policy {
        time_zone: "Asia/Shanghai".to_owned(),
        ..Default::default()
    };
    let wanted = v1::Proposal {
        why: "食谱改为周五截止".to_owned(),
        register: Some(v1::proposal::Register::Policy(rules)),
        ..Default::default()
    };
    hub.campus(LAKE).applied(create(&fresh(), wanted)).await;
    let office = Browser::signed_in(&hub, &hub.group.office).await;
    let page = office.get("/").await;
    page.is(200);
    let waits = format!("{LAKE}：食谱改为周五截止");
    for name in [HEAD, SPRING, LAKE, "【催报】", "◐", "not due yet", &waits] {
        page.shows(name);
    }
    let spring = Browser::signed_in(&hub, &hub.group.member(SPRING).token).await;
    assert_eq!(spring.get("/").await.location(), "/desk");
    let page = spring.get(&format!("/campus/{}", id(SPRING))).await;
    page.is(200);
    page.shows("红烧狮子头");
}

#[tokio::test]
async fn a_campus_is_shown_nothing_that_belongs_to_another() {
    let hub = TestHub::start().await;
    let (record, hidden) = (fresh(), fresh());
    let (head, lake) = (hub.campus(HEAD), hub.campus(LAKE));
    let moved = exchange(&id(HEAD), &id(LAKE));
    head.push([create(&record, moved), act(&record, 1, propose())])
        .await;
    lake.applied(act(&record, 2, accept())).await;
    let private = v1::Session {
        invites_all: false,
        ..session("只在总校", "2026-05-12")
    };
    head.applied(create(&hidden, private)).await;
    let page = format!("/exchange/{record}");
    for (name, status) in [(HEAD, 200), (LAKE, 200), (SPRING, 404)] {
        let browser = Browser::signed_in(&hub, &hub.group.member(name).token).await;
        let answer = browser.get(&page).await;
        answer.is(status);
        assert_eq!(answer.body.contains("李老师"), status == 200, "{name}");
        browser.get(&format!("/history/{record}")).await.is(status);
        // Nor under another name.
        browser.get(&format!("/menu/{record}")).await.is(404);
    }
    let spring = Browser::signed_in(&hub, &hub.group.member(SPRING).token).await;
    for office_only in ["/exchanges", "/matrix.xlsx", "/exchanges.xlsx"] {
        spring.get(office_only).await.is(403);
    }
    let page = spring.get(&format!("/campus/{}", id(HEAD))).await;
    page.is(200);
    assert!(!page.body.contains("李老师"), "{}", page.body);
    for nothing in [
        "/session/x",
        "/campus/x",
        "/nothing",
        "/assets/x",
        "/history/x",
    ] {
        spring.get(nothing).await.is_one_of(&[400, 404]);
    }
}

const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";

/// A session, an exchange and a menu of somebody who means ill.
async fn hostile(hub: &TestHub) -> [String; 3] {
    let name = "<b>甲</b>";
    let (record, moved) = (fresh(), fresh());
    let hostile = v1::Session {
        subjects: Vec::new(),
        lead: Some(crate::wishes::named(name)),
        lesson: HOSTILE.to_owned(),
        ..session(HOSTILE, "2026-05-12")
    };
    let head = hub.campus(HEAD);
    head.applied(create(&record, hostile)).await;
    let of = v1::Exchange {
        person: Some(crate::wishes::named(name)),
        host_post: HOSTILE.chars().take(40).collect(),
        ..exchange(&id(HEAD), &id(SPRING))
    };
    let pushed = [create(&moved, of), act(&moved, 1, propose())];
    for result in head.push(pushed).await {
        assert_eq!(result.outcome(), v1::Outcome::Applied, "{result:#?}");
    }
    let mut served = menu(&["2026-05-11"]);
    HOSTILE.clone_into(&mut served.label);
    HOSTILE.clone_into(&mut served.meals[0].dishes[0].name);
    served.remarks = vec![HOSTILE.to_owned()];
    let menu = published(hub, HEAD, served).await;
    [record, moved, menu]
}

#[tokio::test]
async fn what_somebody_typed_is_text_on_every_page() {
    let hub = TestHub::start().await;
    let [record, moved, menu] = hostile(&hub).await;
    let office = Browser::signed_in(&hub, &hub.group.office).await;
    for path in [
        "/".to_owned(),
        format!("/campus/{}", id(HEAD)),
        format!("/session/{record}"),
        format!("/exchange/{moved}"),
        format!("/menu/{menu}"),
        format!("/history/{record}"),
        format!("/history/{menu}"),
        "/exchanges".to_owned(),
        "/sign-in?next=%22%3E%3Cscript%3E".to_owned(),
    ] {
        let page = office.get(&path).await;
        page.is(200);
        for raw in ["<script>alert", "<img src=x", "<b>甲", "\"><script>"] {
            assert!(!page.body.contains(raw), "{path}: {raw}\n{}", page.body);
        }
    }
    office
        .get(&format!("/session/{record}"))
        .await
        .shows("&#60;script&#62;alert(1)");
}

#[tokio::test]
async fn every_answer_forbids_what_is_not_of_the_hub() {
    let hub = TestHub::start().await;
    let office = Browser::signed_in(&hub, &hub.group.office).await;
    for path in [
        "/",
        "/sign-in",
        "/nothing",
        "/calendar",
        "/assets/pages.css",
        "/public/x",
    ] {
        let answer = office.get(path).await;
        let policy = answer.header("content-security-policy").expect("a policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(!answer.body.contains("style=\""), "{path}: a style in line");
        assert!(!answer.body.contains("onclick"), "{path}: a script in line");
    }
    assert_eq!(
        office.get("/").await.header("cache-control"),
        Some("no-store")
    );
}

#[tokio::test]
async fn a_page_says_as_of_when_in_the_groups_zone() {
    let hub = TestHub::start().await;
    assert!(
        NOW.starts_with("2026-05-08T15:00"),
        "the page below says so"
    );
    let office = Browser::signed_in(&hub, &hub.group.office).await;
    office.get("/").await.shows("5月8日 15:00");
}
