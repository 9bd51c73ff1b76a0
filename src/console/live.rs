//! A page that stays: it is told that something was written, and asks for itself anew.

use super::Console;
use super::trouble::Trouble;
use super::visit::Visitor;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream};
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// A page is not told more often: what was written in between is shown with it.
const APART: Duration = Duration::from_secs(1);

/// Tells `moved` when something was written in the group, and `ended` when the visitor is signed out.
pub async fn stream(
    State(console): State<Console>,
    Visitor(caller): Visitor,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Trouble> {
    let following = console.hub.follow(&caller)?;
    let silence = console.hub.limits().heartbeat_interval;
    let events = stream::unfold(Some((following, Instant::now())), |state| async {
        let (mut following, not_before) = state?;
        match following.next().await? {
            Ok(position) => {
                sleep_until(not_before).await;
                let moved = Event::default().event("moved").data(position.to_string());
                Some((Ok(moved), Some((following, Instant::now() + APART))))
            }
            Err(error) => {
                let ended = Event::default().event("ended").data(error.reason());
                Some((Ok(ended), None))
            }
        }
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(silence)))
}
