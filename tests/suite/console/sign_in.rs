//! Signing in and out.

use super::browser::Browser;
use super::{hire, place};
use crate::harness::{SPRING, TestHub, limits};
use axum::body::Body;
use lianxiao::console;
use lianxiao::hub::{Invited, NewCredential};
use lianxiao::model::invitation::Invitation;
use lianxiao::model::limits::{Limits, Rate};
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt as _;

#[tokio::test]
async fn a_token_signs_in_and_another_does_not() {
    let hub = TestHub::start().await;
    let browser = Browser::new(&hub);
    assert_eq!(browser.get("/").await.location(), "/sign-in?next=/");
    for wrong in ["", "lianxiao_nobody", &hub.group.office[1..]] {
        let refused = browser.post("/sign-in", &[("token", wrong)]).await;
        refused.is(401);
        refused.shows("本中心不认识这个令牌");
        assert_eq!(refused.header("set-cookie"), None);
    }
    let next = format!("/campus/{}", crate::wishes::id(SPRING));
    let fields = [
        ("token", hub.group.office.as_str()),
        ("next", next.as_str()),
    ];
    let signed = browser.post("/sign-in", &fields).await;
    assert_eq!(signed.location(), next);
    let cookie = signed.header("set-cookie").expect("a cookie");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(
        !cookie.contains(&hub.group.office),
        "the token itself is kept by no browser"
    );
    let elsewhere = [
        ("token", hub.group.office.as_str()),
        ("next", "//evil.example/"),
    ];
    assert_eq!(browser.post("/sign-in", &elsewhere).await.location(), "/");
}

#[tokio::test]
async fn over_tls_the_cookie_stays_on_tls_and_on_this_host() {
    let hub = TestHub::start().await;
    let form = format!("token={}", hub.group.office);
    let request = http::Request::post("/sign-in")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .extension(IpAddr::from(Ipv4Addr::LOCALHOST))
        .body(Body::from(form))
        .expect("a request");
    let pages = console::pages(Arc::clone(hub.hub()), true);
    let answer = pages.oneshot(request).await.expect("an answer");
    let cookie = answer.headers()["set-cookie"].to_str().expect("text");
    assert!(
        cookie.starts_with("__Host-lianxiao=") && cookie.ends_with("; Secure"),
        "{cookie}"
    );
}

#[test]
fn behind_a_proxy_that_speaks_tls_the_cookie_is_for_tls_too() {
    let folder = tempfile::TempDir::new().expect("a folder");
    for (more, cookie) in [
        (&[][..], "lianxiao="),
        (&["--behind-tls"], "__Host-lianxiao="),
    ] {
        let data = folder.path().join(cookie.trim_end_matches('='));
        let mut command = crate::process::program();
        let command = command.env("LIANXIAO_LOG", "error").arg("serve").args(more);
        let (_serve, address) = crate::process::serve_on("127.0.0.1:0", &data, command);
        let mut line = std::net::TcpStream::connect(address).expect("a line");
        // A cookie that lets nobody in is taken back.
        let ask = format!(
            "GET / HTTP/1.1\r\nhost: hub\r\nconnection: close\r\ncookie: {cookie}x\r\n\r\n"
        );
        line.write_all(ask.as_bytes()).expect("it is sent");
        let mut answer = String::new();
        line.read_to_string(&mut answer).expect("an answer");
        let set = answer
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "));
        let set = set.unwrap_or_else(|| panic!("no cookie: {answer}"));
        assert!(set.starts_with(cookie), "{set}");
        assert_eq!(set.ends_with("; Secure"), !more.is_empty(), "{set}");
    }
}

#[tokio::test]
async fn signing_out_ends_the_cookie_and_no_other() {
    let hub = TestHub::start().await;
    let first = Browser::signed_in(&hub, &hub.group.office).await;
    let second = Browser::signed_in(&hub, &hub.group.office).await;
    assert_eq!(first.post("/sign-out", &[]).await.location(), "/sign-in");
    assert_eq!(first.get("/").await.location(), "/sign-in?next=/");
    second.get("/").await.is(200);
}

#[tokio::test]
async fn a_cookie_lasts_a_working_day_and_no_longer_than_the_credential() {
    let hub = TestHub::start().await;
    let browser = Browser::signed_in(&hub, &hub.group.office).await;
    hub.clock
        .set("2026-05-09T02:00:00+08:00".parse().expect("a time"));
    browser.get("/").await.is(200);
    hub.clock
        .set("2026-05-09T03:00:01+08:00".parse().expect("a time"));
    assert_eq!(browser.get("/").await.location(), "/sign-in?next=/");
    let (credential, token) = hire(&hub, place(SPRING), "总务处").await;
    let browser = Browser::signed_in(&hub, &token).await;
    browser.get("/calendar").await.is(200);
    hub.hub()
        .revoke_credential(hub.group.id, credential)
        .await
        .expect("revoked");
    assert_eq!(
        browser.get("/calendar").await.location(),
        "/sign-in?next=/calendar"
    );
    let refused = browser.post("/sign-in", &[("token", &token)]).await;
    refused.is(401);
    refused.shows("这个凭证已被收回");
}

#[tokio::test]
async fn a_cookie_is_good_for_pages_only_and_a_token_is_no_cookie() {
    let hub = TestHub::start().await;
    let mut browser = Browser::signed_in(&hub, &hub.group.office).await;
    let cookie = browser.cookie.clone().expect("a cookie");
    let (name, session) = cookie.split_once('=').expect("a pair");
    let call = hub
        .client(Some(session), "")
        .about
        .clone()
        .describe(lianxiao::wire::v1::DescribeRequest {})
        .await;
    assert_eq!(
        call.expect_err("no token").code(),
        tonic::Code::Unauthenticated
    );
    browser.cookie = Some(format!("{name}={}", hub.group.office));
    assert_eq!(browser.get("/").await.location(), "/sign-in?next=/");
}

#[tokio::test]
async fn a_form_from_elsewhere_does_nothing() {
    let hub = TestHub::start().await;
    let browser = Browser::signed_in(&hub, &hub.group.office).await;
    for path in ["/sign-out", "/calendar/link", "/calendar/end"] {
        browser
            .post_from("http://evil.example", path, &[])
            .await
            .is(403);
        browser.ask("POST", path, &[], "").await.is(403);
    }
    browser.get("/").await.is(200);
}

#[tokio::test]
async fn whoever_fails_too_often_waits() {
    let hub = TestHub::start_with(Limits {
        failed_sign_ins_per_address: Rate::new(1, 3),
        ..limits()
    })
    .await;
    let browser = Browser::new(&hub);
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(browser.post("/sign-in", &[("token", "x")]).await.status);
    }
    assert!(statuses.contains(&429), "{statuses:?}");
    // Whoever knows a token gets in nevertheless.
    Browser::signed_in(&hub, &hub.group.office).await;
}

#[tokio::test]
async fn an_invitation_is_traded_on_a_page_once() {
    let hub = TestHub::start().await;
    let new = Invited::New(NewCredential::new(place(SPRING), "教导处"));
    let made = hub
        .hub()
        .invite(hub.group.id, new, Duration::ZERO)
        .await
        .expect("an invitation");
    let line = Invitation {
        address: hub.address().to_string().parse().expect("an address"),
        fingerprint: None,
        code: made.code,
    }
    .to_string();
    let mut browser = Browser::new(&hub);
    browser
        .post("/join", &[("invitation", "https://x/join#code=1")])
        .await
        .is(404);
    let joined = browser.post("/join", &[("invitation", &line)]).await;
    joined.is(200);
    joined.shows("教导处");
    let token = joined
        .body
        .split("id=\"secret\">")
        .nth(1)
        .and_then(|rest| rest.split('<').next());
    let token = token.expect("the token is shown");
    assert!(token.starts_with("lianxiao_"), "{token}");
    browser.keep(&joined);
    browser.get("/calendar").await.is(200);
    Browser::signed_in(&hub, token).await;
    let again = browser.post("/join", &[("invitation", &line)]).await;
    again.is(409);
    again.shows("已经用过了");
}

#[tokio::test]
async fn whoever_follows_a_link_from_elsewhere_is_not_asked_to_sign_in_again() {
    let hub = TestHub::start().await;
    // The browser keeps a strict cookie back on the way from another page.
    let browser = Browser::new(&hub);
    let headers = [("sec-fetch-site", "cross-site")];
    let answer = browser.ask("GET", "/calendar", &headers, "").await;
    answer.is(200);
    answer.shows("href=\"/calendar\" data-go");
}
