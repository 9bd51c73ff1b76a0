//! Pages that stay.

use super::browser::Browser;
use super::{approved_exchange, arrived, hire, in_term, place, published};
use crate::harness::{HEAD, SPRING, TestHub, within};
use crate::wishes::{exchange, id, menu};
use lianxiao::model::ids::Place;
use std::time::{Duration, Instant};

/// A second, and what a busy machine takes to notice it.
const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_page_hears_of_what_is_written() {
    let hub = TestHub::start().await;
    let browser = Browser::signed_in(&hub, &hub.group.member(SPRING).token).await;
    let from = hub.campus(SPRING).newest().await;
    let mut events = browser.stay(&format!("/live?from={from}")).await;
    let began = Instant::now();
    published(&hub, SPRING, menu(&["2026-05-11"])).await;
    events.until("moved").await;
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    // A page that was made before hears of it at once.
    let mut late = browser.stay(&format!("/live?from={from}")).await;
    late.until("moved").await;
}

#[tokio::test]
async fn the_offices_page_hears_of_a_deadline_that_passes() {
    let hub = in_term().await;
    // An hour before, so that the sign-in lasts.
    hub.clock
        .set("2026-05-09T17:00:00+08:00".parse().expect("a time"));
    published(&hub, SPRING, menu(&["2026-05-11"])).await;
    let office = Browser::signed_in(&hub, &hub.group.office).await;
    office.get("/").await.shows("not due yet");
    let from = hub.campus(SPRING).newest().await;
    let mut events = office.stay(&format!("/live?from={from}")).await;
    // The figures of now, as soon as they are computed.
    events.until("moved").await;
    hub.clock
        .set("2026-05-09T18:00:01+08:00".parse().expect("a time"));
    events.until("moved").await;
}

#[tokio::test]
async fn the_exchange_book_is_told_of_movements_and_of_nothing_else() {
    let hub = in_term().await;
    let moved = approved_exchange(&hub, exchange(&id(HEAD), &id(SPRING))).await;
    let office = Browser::signed_in(&hub, &hub.group.office).await;
    let live = format!("/live?from={}", hub.campus(SPRING).newest().await);
    let page = office.get("/exchanges").await;
    page.shows(&format!("{live}&amp;of=exchanges"));
    page.shows("data-moved hidden");
    let mut book = office.stay(&format!("{live}&of=exchanges")).await;
    let mut other = office.stay(&live).await;
    // The figures of now, as soon as they are computed.
    other.until("moved").await;
    // A menu is told to the other page alone.
    published(&hub, SPRING, menu(&["2026-05-11"])).await;
    other.until("moved").await;
    arrived(&hub, &moved).await;
    book.until("moved").await;
    assert_eq!(book.heard("moved"), 1, "but for the arrival");
}

#[tokio::test]
async fn a_page_ends_when_its_credential_is_taken_back() {
    let hub = TestHub::start().await;
    for place in [Place::Office, place(SPRING)] {
        let (credential, token) = hire(&hub, place, "督导").await;
        let browser = Browser::signed_in(&hub, &token).await;
        let mut events = browser.stay("/live?from=0").await;
        let began = Instant::now();
        let revoked = hub.hub().revoke_credential(hub.group.id, credential).await;
        revoked.expect("revoked");
        events.until("ended").await;
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
        events.ended().await;
    }
}

#[tokio::test]
async fn a_page_ends_when_its_visitor_signs_out_and_holds_up_no_hub_that_goes_down() {
    let mut hub = TestHub::start().await;
    let token = hub.group.member(SPRING).token.clone();
    let first = Browser::signed_in(&hub, &token).await;
    let second = Browser::signed_in(&hub, &token).await;
    let (mut ended, stays) = (first.stay("/live").await, second.stay("/live").await);
    first.post("/sign-out", &[]).await.is(303);
    ended.until("ended").await;
    within("the hub goes down", hub.stop()).await;
    stays.ended().await;
}

#[tokio::test]
async fn nobody_stays_who_is_not_signed_in() {
    let hub = TestHub::start().await;
    let answer = Browser::new(&hub).get("/live").await;
    assert_eq!(answer.location(), "/sign-in?next=/live");
}
