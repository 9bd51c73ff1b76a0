//! A reader as a campus would write one: it keeps a copy and a cursor.

use crate::harness::{Client, within};
use bytes::Bytes;
use lianxiao::wire::v1;
use prost::Message as _;
use std::collections::BTreeMap;
use tonic::{Status, Streaming};
use v1::change::Change;
use v1::watch_response::Event;

/// A copy of what a reader may see, kept by applying changes.
#[derive(Clone, Debug, Default)]
pub struct Mirror {
    pub records: BTreeMap<String, v1::Record>,
    /// The position of the last change applied.
    position: i64,
}

/// Two copies are the same when they hold the same, however they came by it.
impl PartialEq for Mirror {
    fn eq(&self, other: &Self) -> bool {
        self.records == other.records
    }
}

impl Mirror {
    /// Applies a part of the feed.
    pub fn apply(&mut self, changes: &[Bytes]) {
        for change in changes {
            self.apply_one(decode(change));
        }
    }

    fn apply_one(&mut self, change: Change) {
        let position = position(&change);
        assert!(
            position > self.position,
            "a change at {position} came after {}",
            self.position
        );
        self.position = position;
        match change {
            Change::Upsert(record) => {
                let before = self.records.insert(record.id.clone(), record);
                let before = before.map_or(0, |before| before.position);
                assert!(before < position, "a record came again unchanged");
            }
            Change::Deleted(v1::Deleted { id, .. }) | Change::Removed(v1::Removed { id, .. }) => {
                self.records.remove(&id);
            }
        }
    }

    /// The ids of what it holds of a kind.
    pub fn ids(&self, kind: &str) -> Vec<&str> {
        let of_kind = self.records.values().filter(|record| record.kind == kind);
        of_kind.map(|record| record.id.as_str()).collect()
    }
}

/// One entry of the feed.
pub fn decode(change: &Bytes) -> Change {
    let change = v1::Change::decode(change.clone()).expect("a change");
    change.change.expect("a change of some kind")
}

/// Where a change stands.
pub fn position(change: &Change) -> i64 {
    match change {
        Change::Upsert(record) => record.position,
        Change::Deleted(deleted) => deleted.position,
        Change::Removed(removed) => removed.position,
    }
}

/// What a reader wants of certain kinds only.
pub fn kinds(kinds: &[&str]) -> v1::Filter {
    v1::Filter {
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        ..Default::default()
    }
}

/// What a reader wants of certain campuses only.
pub fn campuses(campus_ids: &[&str]) -> v1::Filter {
    v1::Filter {
        campus_ids: campus_ids.iter().map(|id| (*id).to_owned()).collect(),
        ..Default::default()
    }
}

/// A reader that pulls.
#[derive(Clone)]
pub struct Reader {
    pub client: Client,
    pub filter: v1::Filter,
    pub cursor: String,
    pub mirror: Mirror,
}

impl Reader {
    /// A reader that begins from nothing.
    pub fn new(client: Client, filter: v1::Filter) -> Self {
        Reader {
            client,
            filter,
            cursor: String::new(),
            mirror: Mirror::default(),
        }
    }

    /// Everything the client may see, read at once.
    pub async fn all(client: &Client) -> Mirror {
        let mut reader = Reader::new(client.clone(), v1::Filter::default());
        reader.until_whole(0).await;
        reader.mirror
    }

    /// Reads one page.
    pub async fn page(&mut self, max_bytes: i32) -> v1::PullResponse {
        let pull = v1::PullRequest {
            cursor: self.cursor.clone(),
            filter: Some(self.filter.clone()),
            max_bytes,
            min_position: 0,
        };
        let page = self.client.pull(pull).await.expect("a page");
        assert_eq!(page.reset_required, None, "the cursor is good");
        if let Some(checkpoint) = &page.checkpoint {
            let last = page.changes.last().map(decode);
            let last = last.map_or(0, |change| position(&change));
            assert!(last <= checkpoint.newest_position, "{last} {checkpoint:?}");
        }
        self.mirror.apply(&page.changes);
        self.cursor.clone_from(&page.cursor);
        page
    }

    /// Reads pages until the copy is whole.
    pub async fn until_whole(&mut self, max_bytes: i32) -> v1::Checkpoint {
        loop {
            let before = self.cursor.clone();
            let page = self.page(max_bytes).await;
            if let Some(checkpoint) = page.checkpoint {
                assert_eq!(checkpoint.cursor, page.cursor);
                return checkpoint;
            }
            assert_ne!(before, self.cursor, "a page that is not the last moves on");
        }
    }
}

/// A reader that watches.
pub struct Watcher {
    stream: Streaming<v1::WatchResponse>,
    pub cursor: String,
    pub mirror: Mirror,
}

impl Watcher {
    /// Begins from nothing.
    pub async fn start(client: &Client, filter: v1::Filter) -> Self {
        Self::resume(client, filter, String::new(), Mirror::default()).await
    }

    /// Goes on from a cursor.
    pub async fn resume(
        client: &Client,
        filter: v1::Filter,
        cursor: String,
        mirror: Mirror,
    ) -> Self {
        let request = v1::WatchRequest {
            cursor: cursor.clone(),
            filter: Some(filter),
        };
        let mut sync = client.sync.clone();
        let stream = within("a watch opens", sync.watch(request)).await;
        Watcher {
            stream: stream.expect("a stream").into_inner(),
            cursor,
            mirror,
        }
    }

    /// The next event, applied to the copy; `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<Event> {
        let event = within("an event comes", self.stream.message()).await;
        let event = event.expect("the stream goes on")?.event.expect("an event");
        if let Event::Changes(changes) = &event {
            self.mirror.apply(&changes.changes);
        }
        if let Some(cursor) = cursor(&event) {
            cursor.clone_into(&mut self.cursor);
        }
        Some(event)
    }

    /// The next event that is no heartbeat.
    pub async fn next_news(&mut self) -> Event {
        let news = async {
            loop {
                match self.next().await.expect("the stream goes on") {
                    Event::Heartbeat(_) => {}
                    event => return event,
                }
            }
        };
        within("something happens", news).await
    }

    /// Reads until the stream fails; with what.
    pub async fn failure(&mut self) -> Status {
        let failed = async {
            loop {
                match self.stream.message().await {
                    Ok(event) => assert!(event.is_some(), "the stream ended without a word"),
                    Err(status) => return status,
                }
            }
        };
        within("the stream fails", failed).await
    }

    /// Reads until the copy is whole at a position or later.
    pub async fn until(&mut self, position: i64) -> v1::Checkpoint {
        let whole = async {
            loop {
                match self.next().await.expect("the stream goes on") {
                    Event::Checkpoint(checkpoint) if checkpoint.newest_position >= position => {
                        return checkpoint;
                    }
                    _ => {}
                }
            }
        };
        within("a checkpoint comes", whole).await
    }
}

fn cursor(event: &Event) -> Option<&str> {
    match event {
        Event::Changes(changes) => Some(&changes.cursor),
        Event::Checkpoint(checkpoint) => Some(&checkpoint.cursor),
        Event::Heartbeat(heartbeat) => Some(&heartbeat.cursor),
        Event::Goodbye(goodbye) => Some(&goodbye.cursor),
        Event::ResetRequired(_) => None,
    }
}
