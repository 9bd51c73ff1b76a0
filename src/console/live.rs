//! A page that stays: it is told that something was written, and asks for itself anew.

use super::Console;
use super::trouble::Trouble;
use super::visit::Visitor;
use crate::hub::{Following, HubError, Looking};
use crate::model::ids::Place;
use crate::wire::v1;
use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream};
use std::collections::HashMap;
use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// A page is not told more often: what was written in between is shown with it.
const APART: Duration = Duration::from_secs(1);

/// What a page of the exchange book is told of: nothing but movements, since every look at it is written down.
pub const BOOK: &str = "exchanges";

/// What a page waits for.
struct Waiting {
    following: Following,
    /// The office: figures that were computed anew, and deadlines that pass.
    figures: Option<Looking>,
    /// The page shows what was written up to here.
    from: i64,
    /// The page is the book's.
    of_book: bool,
    /// Then: the movements that stood last, once they are known.
    movements: Option<Movements>,
    not_before: Instant,
}

/// Who is where, and what is to be looked at.
type Movements = (Vec<v1::ExchangeStanding>, Vec<v1::WatchedExchange>);

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
    let from = from.unwrap_or(0);
    let following = console.hub.follow(&caller, from).await?;
    let figures = match caller.place {
        Place::Office => Some(console.hub.watch_group_status(&caller).await?),
        _ => None,
    };
    let of_book = query.get("of").is_some_and(|of| of == BOOK);
    let silence = console.hub.limits().heartbeat_interval;
    let waiting = Some(Waiting {
        following,
        figures,
        from,
        of_book,
        movements: None,
        not_before: Instant::now(),
    });
    let events = stream::unfold(waiting, |waiting| async {
        let mut waiting = waiting?;
        match waiting.told().await? {
            Ok(()) => {
                sleep_until(waiting.not_before).await;
                let moved = Event::default().event("moved").data("now");
                waiting.not_before = Instant::now() + APART;
                Some((Ok(moved), Some(waiting)))
            }
            Err(error) => {
                let ended = Event::default().event("ended").data(error.reason());
                Some((Ok(ended), None))
            }
        }
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(silence)))
}

impl Waiting {
    /// Waits for something to tell; `None`: the hub goes down.
    async fn told(&mut self) -> Option<Result<(), HubError>> {
        loop {
            let moved = tokio::select! {
                told = self.following.next() => told?.map(|_| !self.of_book),
                told = computed(&mut self.figures) => match (told?, self.of_book) {
                    (Err(error), _) => Err(error),
                    (Ok(_), false) => Ok(true),
                    (Ok(update), true) => {
                        let status = update.status.clone().unwrap_or_default();
                        let at = status.instant.map_or(0, |instant| instant.position);
                        let new = (status.active_exchanges, status.watched_exchanges);
                        let moved = match &self.movements {
                            Some(old) => *old != new,
                            // Since the page was made something was written, maybe that.
                            None => at > self.from,
                        };
                        self.movements = Some(new);
                        Ok(moved)
                    }
                },
            };
            match moved {
                Ok(false) => {}
                Ok(true) => return Some(Ok(())),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

async fn computed(
    figures: &mut Option<Looking>,
) -> Option<Result<Arc<v1::WatchGroupStatusResponse>, HubError>> {
    match figures {
        Some(looking) => looking.next().await,
        None => pending().await,
    }
}
