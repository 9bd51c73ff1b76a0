//! A page that stays: it is told that something was written, and asks for itself anew.

use super::Console;
use super::trouble::Trouble;
use super::visit::Visitor;
use crate::hub::{HubError, Looking};
use crate::model::ids::Place;
use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream};
use std::collections::HashMap;
use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// A page is not told more often: what was written in between is shown with it.
const APART: Duration = Duration::from_secs(1);

/// What an office's page waits for beside that: figures that were computed anew, and deadlines that pass.
type Figures = Option<Looking>;

/// Tells `moved` when something was written in the group after a position, or the office's figures changed, and
/// `ended` when the visitor is signed out.
///
/// # Errors
/// When as many are open as may be.
pub async fn stream(
    State(console): State<Console>,
    Visitor(caller): Visitor,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Trouble> {
    let from = query.get("from").and_then(|from| from.parse().ok());
    let following = console.hub.follow(&caller, from.unwrap_or(0)).await?;
    let figures: Figures = match caller.place {
        Place::Office => Some(console.hub.watch_group_status(&caller).await?),
        _ => None,
    };
    let silence = console.hub.limits().heartbeat_interval;
    let state = Some((following, figures, Instant::now()));
    let events = stream::unfold(state, |state| async {
        let (mut following, mut figures, not_before) = state?;
        let told = tokio::select! {
            told = following.next() => told?.map(|_| ()),
            told = computed(&mut figures) => told?,
        };
        match told {
            Ok(()) => {
                sleep_until(not_before).await;
                let moved = Event::default().event("moved").data("now");
                let not_before = Instant::now() + APART;
                Some((Ok(moved), Some((following, figures, not_before))))
            }
            Err(error) => {
                let ended = Event::default().event("ended").data(error.reason());
                Some((Ok(ended), None))
            }
        }
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(silence)))
}

async fn computed(figures: &mut Figures) -> Option<Result<(), HubError>> {
    match figures {
        Some(looking) => Some(looking.next().await?.map(|_| ())),
        None => pending().await,
    }
}
