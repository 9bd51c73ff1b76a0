//! What a campus has to do, and the buttons that do it.

use super::browser::{Answer, Browser};
use super::form::Form;
use super::{WEEK, in_term, place, published};
use crate::harness::{HEAD, LAKE, SPRING, TestHub};
use crate::wishes::{
    act, announce, ask_correction, create, edit, exchange, fresh, hold, id, menu, propose, session,
};
use lianxiao::hub::NewCredential;
use lianxiao::wire::v1;

/// A session of the head school that was held, by its id, and an exchange that the lake's campus is asked to accept.
async fn held_and_proposed(hub: &TestHub) -> String {
    let (meeting, moved) = (fresh(), fresh());
    let pushed = [
        create(&meeting, session("五年级语文集体备课", "2026-05-07")),
        act(&meeting, 1, announce()),
        act(&meeting, 2, hold()),
        create(&moved, exchange(&id(HEAD), &id(LAKE))),
        act(&moved, 1, propose()),
    ];
    for result in hub.campus(HEAD).push(pushed).await {
        assert_eq!(result.outcome(), v1::Outcome::Applied, "{result:#?}");
    }
    meeting
}

async fn clerk(hub: &TestHub, campus: &str) -> Browser {
    Browser::signed_in(hub, &hub.group.member(campus).token).await
}

/// Presses the button of that action, with what it takes.
async fn press(browser: &Browser, page: &Answer, action: &str, takes: &[(&str, &str)]) -> Answer {
    let forms = Form::all(&page.body);
    let form = forms
        .iter()
        .find(|form| form.value("action") == Some(action));
    let form = form.unwrap_or_else(|| panic!("no button {action}\n{}", page.body));
    form.send(browser, takes).await
}

#[tokio::test]
async fn a_desk_says_what_is_due_and_by_when_and_publishes_a_draft() {
    let hub = in_term().await;
    let spring = clerk(&hub, SPRING).await;
    let page = spring.get("/desk").await;
    page.is(200);
    // The Saturday before makes up for a holiday: it is due then.
    for text in [
        "今日事项",
        "5月11日起的一周",
        "待报",
        "5月9日 18:00",
        "5月12日 周二",
    ] {
        page.shows(text);
    }
    let record = fresh();
    hub.campus(SPRING)
        .applied(create(&record, menu(&WEEK)))
        .await;
    let page = spring.get("/desk").await;
    page.shows("待公布的食谱");
    press(&spring, &page, "menu.publish", &[])
        .await
        .shows("已收");
    let page = spring.get("/desk").await;
    page.shows("按时");
    assert!(!page.body.contains("待公布的食谱"), "{}", page.body);
    // Another campus is told nothing of it.
    clerk(&hub, LAKE).await.get("/desk").await.shows("待报");
}

#[tokio::test]
async fn a_button_pressed_twice_or_on_what_changed_meanwhile_does_no_harm() {
    let hub = in_term().await;
    let (spring, own) = (clerk(&hub, SPRING).await, hub.campus(SPRING));
    let record = fresh();
    own.applied(create(&record, menu(&WEEK))).await;
    let old = spring.get("/desk").await;
    own.applied(edit(&record, 1, menu(&WEEK[..4]))).await;
    let refused = press(&spring, &old, "menu.publish", &[]).await;
    for text in ["未收", "请看过新版本再操作", "供餐日期"] {
        refused.shows(text);
    }
    let page = spring.get("/desk").await;
    press(&spring, &page, "menu.publish", &[])
        .await
        .shows("已收");
    press(&spring, &page, "menu.publish", &[])
        .await
        .shows("已收");
    assert_eq!(own.get(&record).await.expect("it is there").version, 3);
}

#[tokio::test]
async fn attendance_and_exchanges_are_answered_at_the_desk() {
    let hub = in_term().await;
    let lake = clerk(&hub, LAKE).await;
    let meeting = held_and_proposed(&hub).await;
    let page = lake.get("/desk").await;
    for text in ["五年级语文集体备课", "报到会人数", "李老师", "接收"] {
        page.shows(text);
    }
    let counts = [("arg.attended", "7"), ("arg.expected", "8")];
    press(&lake, &page, "session.reportAttendance", &counts)
        .await
        .shows("已收");
    press(&lake, &page, "exchange.accept", &[])
        .await
        .shows("已收");
    let page = lake.get("/desk").await;
    assert!(!page.body.contains("报到会人数"), "{}", page.body);
    assert!(!page.body.contains("接收 <span"), "{}", page.body);
    lake.get(&format!("/session/{meeting}"))
        .await
        .shows("7 / 8");
    // What the host of a session still has to do stands on its own desk.
    clerk(&hub, HEAD)
        .await
        .get("/desk")
        .await
        .shows("报到会人数");
}

#[tokio::test]
async fn what_the_office_asks_to_be_put_right_stands_on_the_desk_until_it_is() {
    let hub = in_term().await;
    let record = published(&hub, SPRING, menu(&WEEK)).await;
    let spring = clerk(&hub, SPRING).await;
    let asked = ask_correction("service_dates", "周五停餐");
    hub.office().applied(act(&record, 2, asked)).await;
    let page = spring.get("/desk").await;
    page.shows("要求更正");
    page.shows("供餐日期：周五停餐");
    let lake = clerk(&hub, LAKE).await.get("/desk").await;
    assert!(!lake.body.contains("周五停餐"), "{}", lake.body);
}

#[tokio::test]
async fn a_desk_shows_only_what_its_clerk_may_see() {
    let hub = in_term().await;
    held_and_proposed(&hub).await;
    for (rights, sees) in [
        ("menu=draft,act", "5月11日起的一周"),
        ("session=act", "五年级语文"),
    ] {
        let new = NewCredential {
            rights: rights.parse().expect("rights"),
            ..NewCredential::new(place(LAKE), "值班")
        };
        let made = hub.hub().create_credential(hub.group.id, new).await;
        let (_, token) = made.expect("a credential");
        let page = Browser::signed_in(&hub, token.reveal())
            .await
            .get("/desk")
            .await;
        for text in ["5月11日起的一周", "五年级语文", "李老师"] {
            assert_eq!(
                page.body.contains(text),
                text == sees,
                "{rights}: {text}\n{}",
                page.body
            );
        }
    }
}

#[tokio::test]
async fn the_office_has_no_desk_and_is_told_so() {
    let hub = TestHub::start().await;
    published(&hub, SPRING, menu(&WEEK)).await;
    let office = Browser::signed_in(&hub, &hub.group.office).await;
    for path in ["/desk", "/desk/sheet", "/desk/conflict/x"] {
        let page = office.get(path).await;
        page.is(403);
        page.shows("您的凭证不属于哪一所学校");
    }
    let stranger = Browser::new(&hub);
    assert_eq!(
        stranger.get("/desk").await.location(),
        "/sign-in?next=/desk"
    );
    let pressed = stranger
        .post("/desk/act", &[("action", "menu.publish")])
        .await;
    assert_eq!(pressed.location(), "/sign-in?next=/desk/act");
    // And back from there.
    assert_eq!(stranger.get("/desk/act").await.location(), "/desk");
    let spring = clerk(&hub, SPRING).await;
    spring
        .post("/desk/act", &[("action", "menu.publish")])
        .await
        .is(404);
    spring.get("/desk/conflict/x").await.is(404);
    let elsewhere = [("choice", "mine")];
    spring
        .post_from("http://evil.example", "/desk/act", &elsewhere)
        .await
        .is(403);
}
