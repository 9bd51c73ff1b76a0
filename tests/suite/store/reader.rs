//! Reads pages, and says what they told.

use super::scribe::Scribe;
use lianxiao::model::feed::Filter;
use lianxiao::model::ids::{GroupKey, RecordId, Who};
use lianxiao::model::sight::Sight;
use lianxiao::store::{FeedEntry, FeedPage, PageQuery, Store, Version};

/// What one entry tells: the record and its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Upsert(RecordId, i64),
    Deleted(RecordId, i64),
    Removed(RecordId, i64),
}

/// What a page tells.
pub fn told(page: &FeedPage) -> Vec<Told> {
    let tell = |entry: &FeedEntry| match entry {
        FeedEntry::Upsert(frame) => {
            let text = std::str::from_utf8(frame).expect("a scribe's frame");
            let mut words = text.split(' ');
            let mut word = || words.next().expect("a scribe's frame");
            let id = word().parse().expect("an id");
            Told::Upsert(id, word().parse().expect("a version"))
        }
        FeedEntry::Gone { version, removed } => match removed {
            true => Told::Removed(version.id, version.version),
            false => Told::Deleted(version.id, version.version),
        },
    };
    page.entries.iter().map(tell).collect()
}

/// One who reads a group's feed, page by page.
#[derive(Clone)]
pub struct Reader<'a> {
    store: &'a dyn Store,
    group: GroupKey,
    sight: Sight,
    filter: Filter,
    pub after: i64,
    bytes_max: usize,
}

impl<'a> Reader<'a> {
    /// One who wants all that these audiences see.
    pub fn of(scribe: &Scribe<'a>, sees: &[Who]) -> Self {
        Reader {
            store: scribe.store,
            group: scribe.group,
            sight: Sight::of(sees),
            filter: Filter::default(),
            after: 0,
            bytes_max: usize::MAX,
        }
    }

    /// The same of a database that was opened again.
    pub fn on(self, store: &'a dyn Store) -> Self {
        Reader { store, ..self }
    }

    /// The same who may read some topics only.
    pub fn on_topics(self, topics: &[&str]) -> Self {
        let topics = topics.iter().map(|topic| (*topic).to_owned()).collect();
        let sight = Sight {
            topics: Some(topics),
            ..self.sight
        };
        Reader { sight, ..self }
    }

    pub fn wants(self, filter: Filter) -> Self {
        Reader { filter, ..self }
    }

    pub fn after(self, after: i64) -> Self {
        Reader { after, ..self }
    }

    pub fn bytes_max(self, bytes_max: usize) -> Self {
        Reader { bytes_max, ..self }
    }

    /// Reads a page and moves on behind it.
    pub async fn page(&mut self) -> FeedPage {
        let query = PageQuery {
            sight: &self.sight,
            filter: &self.filter,
            after: self.after,
            bytes_max: self.bytes_max,
        };
        let page = self.store.page(self.group, &query).await.expect("a page");
        assert!(
            page.position >= self.after,
            "{} after {}",
            page.position,
            self.after
        );
        assert!(page.position <= page.head.position);
        self.after = page.position;
        page
    }

    /// Reads one record.
    pub async fn record(&self, id: RecordId) -> Option<Version> {
        let found = self.store.record(self.group, id, &self.sight).await;
        found.expect("an answer")
    }

    /// Reads pages up to the head.
    pub async fn pages(&mut self) -> Vec<FeedPage> {
        let mut pages = Vec::new();
        loop {
            let before = self.after;
            let page = self.page().await;
            let whole = page.position == page.head.position;
            assert!(whole || page.position > before, "a page that does not move");
            pages.push(page);
            if whole {
                return pages;
            }
        }
    }

    /// What the pages up to the head tell.
    pub async fn rest(&mut self) -> Vec<Told> {
        self.pages().await.iter().flat_map(told).collect()
    }
}
