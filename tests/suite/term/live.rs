//! Whoever looks is kept up to date.

use super::play::Term;
use crate::actions::acts;
use crate::harness::{SPRING, within};
use crate::wishes::{create, fresh, menu, publish};
use lianxiao::wire::v1;
use std::time::{Duration, Instant};
use tonic::Streaming;

type Updates = Streaming<v1::WatchGroupStatusResponse>;

async fn looking(term: &Term) -> Updates {
    let mut office = term.office().office;
    let watch = office
        .watch_group_status(v1::WatchGroupStatusRequest {})
        .await;
    watch.expect("a stream").into_inner()
}

async fn next(updates: &mut Updates) -> v1::WatchGroupStatusResponse {
    let update = within("an update", updates.message()).await;
    update.expect("no error").expect("the stream goes on")
}

/// The menus of a campus that is not on time yet, by week.
fn missing(update: &v1::WatchGroupStatusResponse) -> Vec<bool> {
    let menus = update.menus.as_ref().expect("menus");
    let spring = menus
        .rows
        .iter()
        .find(|row| row.name == SPRING)
        .expect("a row");
    let state = |cell: &v1::MenuStanding| cell.state() == v1::MenuStandingState::Missing;
    spring.cells.iter().map(state).collect()
}

#[tokio::test]
async fn whoever_looks_sees_a_commit_within_a_second_and_all_see_the_same() {
    let term = Term::begin().await;
    term.at("2026-05-08T15:30:00+08:00");
    let (mut one, mut other) = (looking(&term).await, looking(&term).await);
    let first = next(&mut one).await;
    assert_eq!(first, next(&mut other).await);
    let status = first.status.as_ref().expect("the status");
    // This service week and the next; the term begins on Wednesday.
    assert_eq!(
        (status.first_date.as_str(), status.last_date.as_str()),
        ("2026-05-04", "2026-05-16")
    );
    assert_eq!(missing(&first), [true, true]);
    let spring = term.hub.campus(SPRING);
    let record = fresh();
    let week = [
        "2026-05-11",
        "2026-05-12",
        "2026-05-13",
        "2026-05-14",
        "2026-05-15",
    ];
    spring.applied(create(&record, menu(&week))).await;
    acts(&spring, &record, 1, publish()).await;
    let (committed, position) = (Instant::now(), spring.newest().await);
    // The first that is computed after the commit shows it, and no sooner one does.
    let update = loop {
        let update = next(&mut one).await;
        if position_of(&update) >= position {
            break update;
        }
        assert_eq!(missing(&update), [true, true]);
    };
    assert_eq!(missing(&update), [true, false]);
    // A second at most until it begins, and what a busy machine takes; how often it begins is counted below.
    assert!(
        committed.elapsed() < Duration::from_secs(10),
        "{:?}",
        committed.elapsed()
    );
    assert_eq!(update.chase, next_that(&mut other, &update).await.chase);
}

fn position_of(update: &v1::WatchGroupStatusResponse) -> i64 {
    let status = update.status.as_ref().expect("the status");
    status.instant.as_ref().expect("an instant").position
}

#[tokio::test]
async fn commits_in_a_row_are_computed_once_a_second_and_the_last_one_is_shown() {
    let term = Term::begin().await;
    term.at("2026-05-08T15:30:00+08:00");
    let mut updates = looking(&term).await;
    let began = Instant::now();
    next(&mut updates).await;
    let spring = term.hub.campus(SPRING);
    // Each changes what is shown: the campus's last push.
    for day in 10..30 {
        let days = [format!("2026-06-{day}")];
        let days: Vec<&str> = days.iter().map(String::as_str).collect();
        spring.applied(create(&fresh(), menu(&days))).await;
        term.at(&format!("2026-05-08T15:31:{day}+08:00"));
    }
    let last = spring.newest().await;
    let mut ticks = 1;
    while position_of(&next(&mut updates).await) < last {
        ticks += 1;
    }
    // The first comes at once.
    let seconds = began.elapsed().as_secs();
    assert!(ticks <= seconds + 1, "{ticks} in {seconds} s");
}

/// Reads on until an update says the same as another.
async fn next_that(
    updates: &mut Updates,
    like: &v1::WatchGroupStatusResponse,
) -> v1::WatchGroupStatusResponse {
    loop {
        let update = next(updates).await;
        if update.menus == like.menus {
            return update;
        }
    }
}

#[tokio::test]
async fn a_deadline_that_passes_is_seen_though_nobody_wrote_anything() {
    let term = Term::begin().await;
    term.at("2026-05-09T17:59:50+08:00");
    let mut updates = looking(&term).await;
    let due = |update: &v1::WatchGroupStatusResponse| {
        let menus = update.menus.clone().expect("menus");
        menus
            .totals
            .expect("totals")
            .timeliness
            .expect("a rate")
            .denominator
    };
    let before = next(&mut updates).await;
    // The days of the term's first week were due before the holidays, on 04-30.
    assert_eq!(due(&before), 2);
    term.at("2026-05-09T18:00:00+08:00");
    let mut after = next(&mut updates).await;
    while due(&after) == 2 {
        after = next(&mut updates).await;
    }
    assert_eq!(due(&after), 4);
    let head = after
        .status
        .as_ref()
        .and_then(|status| status.instant.clone());
    assert_eq!(
        head.expect("an instant").position,
        term.office().newest().await
    );
}

#[tokio::test]
async fn a_post_that_may_not_see_all_that_is_counted_may_not_look() {
    let term = Term::begin().await;
    let mut spring = term.hub.campus(SPRING).office;
    let refused = spring
        .watch_group_status(v1::WatchGroupStatusRequest {})
        .await;
    assert_eq!(
        refused.expect_err("not its business").code(),
        tonic::Code::PermissionDenied
    );
}
