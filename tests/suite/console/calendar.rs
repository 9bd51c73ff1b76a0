//! The calendar of sessions, by a private link.

use super::browser::Browser;
use super::{hire, place};
use crate::harness::{HEAD, LAKE, NewCampus, TestHub, campus, limits};
use crate::wishes::{
    Content as _, act, announce, cancel_session, create, fresh, id, postpone_to, session,
};
use lianxiao::wire::v1;

const MEMBER: &str = "水北";

/// Makes a link, and gives its path.
async fn link(browser: &Browser) -> String {
    let page = browser.post("/calendar/link", &[]).await;
    page.is(200);
    let link = page
        .body
        .split("id=\"link\">")
        .nth(1)
        .and_then(|rest| rest.split('<').next());
    let link = link.expect("a link is shown");
    let (_, path) = link.split_once("/subscribe/").expect("an address");
    format!("/subscribe/{path}")
}

/// The lines of a calendar, unfolded.
async fn lines(phone: &Browser, path: &str) -> Vec<String> {
    let answer = phone.get(path).await;
    answer.is(200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/calendar; charset=utf-8")
    );
    assert!(
        answer.body.lines().all(|line| line.len() <= 75),
        "lines are folded"
    );
    let unfolded = answer.body.replace("\r\n ", "");
    unfolded.split("\r\n").map(str::to_owned).collect()
}

fn value<'a>(lines: &'a [String], name: &str) -> &'a str {
    let mut values = lines.iter().filter_map(|line| line.strip_prefix(name));
    values
        .next()
        .unwrap_or_else(|| panic!("no {name} in {lines:#?}"))
}

fn at(date: &str, start: &str, end: &str) -> v1::SessionDay {
    v1::SessionDay {
        date: date.to_owned(),
        start: start.to_owned(),
        end: end.to_owned(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_phone_subscribes_to_the_sessions_that_its_holder_may_see() {
    // A member school sees what it is invited to.
    let roles = [
        (HEAD, v1::CampusRole::Head),
        (MEMBER, v1::CampusRole::Member),
    ];
    let campuses = roles.map(|(name, role)| NewCampus {
        id: id(name),
        name: name.to_owned(),
        content: campus(name, role).encode(),
    });
    let hub = TestHub::start_group(limits(), campuses.into()).await;
    let (open, private) = (fresh(), fresh());
    let title = "数学,语文; 大单元\\备课 跨校联合教研活动第十二次集体备课安排与讨论";
    let shown = v1::Session {
        days: vec![at("2026-05-12", "14:00", "16:30")],
        ..session(title, "2026-05-12")
    };
    let hidden = v1::Session {
        invites_all: false,
        ..session("只在总校", "2026-05-12")
    };
    let head = hub.campus(HEAD);
    head.applied(create(&open, shown)).await;
    head.applied(create(&private, hidden)).await;
    head.applied(act(&open, 1, announce())).await;
    let member = Browser::signed_in(&hub, &hub.group.member(MEMBER).token).await;
    let (path, phone) = (link(&member).await, Browser::new(&hub));
    let found = lines(&phone, &path).await;
    // 14:00 in Shanghai, whatever zone the phone is in.
    assert_eq!(value(&found, "DTSTART:"), "20260512T060000Z");
    assert_eq!(value(&found, "DTEND:"), "20260512T083000Z");
    assert_eq!(value(&found, "UID:"), format!("{open}-0@lianxiao"));
    assert_eq!(value(&found, "SEQUENCE:"), "2");
    assert_eq!(value(&found, "STATUS:"), "CONFIRMED");
    assert_eq!(
        value(&found, "SUMMARY:"),
        r"数学\,语文\; 大单元\\备课 跨校联合教研活动第十二次集体备课安排与讨论"
    );
    let all = found.join("\n");
    assert!(
        !all.contains("只在总校") && !all.contains("张老师"),
        "{all}"
    );

    // Moved, it is the same entry; called off, it says so.
    let moved = postpone_to(vec![at("2026-05-19", "09:00", "11:00")]);
    head.applied(act(&open, 2, moved)).await;
    let found = lines(&phone, &path).await;
    assert_eq!(value(&found, "UID:"), format!("{open}-0@lianxiao"));
    assert_eq!(value(&found, "DTSTART:"), "20260519T010000Z");
    assert_eq!(value(&found, "SEQUENCE:"), "3");
    head.applied(act(&open, 3, cancel_session())).await;
    let found = lines(&phone, &path).await;
    assert_eq!(value(&found, "STATUS:"), "CANCELLED");
    assert_eq!(value(&found, "SEQUENCE:"), "4");
}

#[tokio::test]
async fn a_session_without_clock_times_takes_its_day() {
    let hub = TestHub::start().await;
    let day = v1::SessionDay {
        date: "2026-05-12".to_owned(),
        half_day: v1::HalfDay::Morning.into(),
        ..Default::default()
    };
    let morning = v1::Session {
        days: vec![day],
        ..session("上午的课", "2026-05-12")
    };
    hub.campus(HEAD)
        .applied(create(&fresh(), morning.encode()))
        .await;
    let browser = Browser::signed_in(&hub, &hub.group.office).await;
    let found = lines(&Browser::new(&hub), &link(&browser).await).await;
    assert_eq!(value(&found, "DTSTART;VALUE=DATE:"), "20260512");
    assert_eq!(value(&found, "DTEND;VALUE=DATE:"), "20260513");
    assert_eq!(value(&found, "SUMMARY:"), "上午的课（上午）");
}

#[tokio::test]
async fn a_link_ends_when_another_is_made_when_it_is_ended_and_with_its_credential() {
    let hub = TestHub::start().await;
    let (credential, token) = hire(&hub, place(LAKE), "教导处").await;
    let (browser, phone) = (Browser::signed_in(&hub, &token).await, Browser::new(&hub));
    let first = link(&browser).await;
    phone.get(&first).await.is(200);
    let second = link(&browser).await;
    phone.get(&first).await.is(401);
    phone.get(&second).await.is(200);
    browser.post("/calendar/end", &[]).await.is(303);
    phone.get(&second).await.is(401);
    let third = link(&browser).await;
    // Another holder's is not ended by it.
    let other = Browser::signed_in(&hub, &hub.group.member(LAKE).token).await;
    let others = link(&other).await;
    browser.post("/sign-out", &[]).await.is(303);
    phone.get(&third).await.is(200);
    hub.hub()
        .revoke_credential(hub.group.id, credential)
        .await
        .expect("revoked");
    phone.get(&third).await.is(401);
    phone.get(&others).await.is(200);
}

#[tokio::test]
async fn a_link_is_good_for_the_calendar_only() {
    let hub = TestHub::start().await;
    let browser = Browser::signed_in(&hub, &hub.group.office).await;
    let path = link(&browser).await;
    let token = path.split('/').nth(2).expect("a token");
    let call = hub
        .client(Some(token), "")
        .about
        .clone()
        .describe(v1::DescribeRequest {})
        .await;
    assert_eq!(
        call.expect_err("no token").code(),
        tonic::Code::Unauthenticated
    );
    browser.post("/sign-in", &[("token", token)]).await.is(401);
    browser.get(&format!("/public/{token}")).await.is(401);
    for other in [&hub.group.office, "x"] {
        browser
            .get(&format!("/subscribe/{other}/sessions.ics"))
            .await
            .is(401);
    }
}
