//! Reads the feed, page by page. A reader holds a cursor and nothing else: no queue, no transaction.

use super::heads::Heads;
use super::ledger::Ledger;
use super::sights::{self, Sights};
use crate::content::{conflict, correction, frame};
use crate::kinds::KINDS;
use crate::model::caller::{Caller, Group};
use crate::model::cursor::{Cursor, NotACursor};
use crate::model::feed::{Checkpoint, Filter, Page, ResetReason};
use crate::model::sight::Sight;
use crate::store::{FeedEntry, FeedPage, PageQuery, Store, StoreError};
use std::sync::Arc;
use uuid::Uuid;

/// Opens cursors and reads pages.
#[derive(Clone)]
pub struct Reader {
    store: Arc<dyn Store>,
    hub_id: Uuid,
    heads: Arc<Heads>,
    sights: Sights,
    ledger: Ledger,
}

/// Why a feed cannot be read from a cursor. A cursor that was good once is not among it: that is a
/// [`ResetReason`].
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The token is none.
    #[error(transparent)]
    Noise(#[from] NotACursor),
    /// The filter names a kind that there is not: it would read nothing for ever.
    #[error("there is no kind \"{kind}\"; there are: {known}")]
    UnknownKind {
        /// The name.
        kind: String,
        /// The names that there are.
        known: String,
    },
    /// The cursor comes from another hub or another group.
    #[error("the cursor comes from another hub or group")]
    OtherHub,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How far one reader is with one wish.
#[derive(Clone)]
pub struct Reading {
    caller: Caller,
    sight: Sight,
    filter: Filter,
    cursor: Cursor,
}

impl Reading {
    /// Everything up to here was delivered.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.cursor.position
    }

    /// The token to resume from.
    #[must_use]
    pub fn token(&self) -> String {
        self.cursor.encode()
    }
}

impl Reader {
    /// A reader of this hub's feeds.
    pub fn new(
        store: Arc<dyn Store>,
        hub_id: Uuid,
        heads: Arc<Heads>,
        sights: Sights,
        ledger: Ledger,
    ) -> Self {
        Reader {
            store,
            hub_id,
            heads,
            sights,
            ledger,
        }
    }

    /// Opens a cursor, or begins when the token is empty.
    ///
    /// # Errors
    /// When the token is of no hub, or of another one.
    pub async fn open(
        &self,
        caller: Caller,
        filter: Filter,
        token: &str,
    ) -> Result<Result<Reading, ResetReason>, OpenError> {
        check_kinds(&filter)?;
        let sight = self.sights.of(&caller, 0).await?;
        let cursor = self
            .cursor(&caller.group, filter.scope(&sight), token)
            .await?;
        Ok(cursor.map(|cursor| Reading {
            caller,
            sight,
            filter,
            cursor,
        }))
    }

    async fn cursor(
        &self,
        group: &Group,
        scope: [u8; 8],
        token: &str,
    ) -> Result<Result<Cursor, ResetReason>, OpenError> {
        if token.is_empty() {
            return Ok(Ok(Cursor {
                hub: self.hub_id,
                group: group.id,
                epoch: group.epoch,
                position: 0,
                chain: [0; 8],
                scope,
                start_head: self.store.head(group.key).await?.position,
            }));
        }
        let cursor = Cursor::decode(token)?;
        if cursor.hub != self.hub_id || cursor.group != group.id {
            return Err(OpenError::OtherHub);
        }
        if cursor.epoch != group.epoch {
            return Ok(Err(ResetReason::Epoch));
        }
        if !self.knows(group, &cursor).await? {
            return Ok(Err(ResetReason::Diverged));
        }
        if cursor.scope != scope {
            return Ok(Err(ResetReason::Filter));
        }
        Ok(Ok(cursor))
    }

    /// Whether the cursor's position and chain are of this hub's history: a database that somebody put
    /// back silently has neither.
    async fn knows(&self, group: &Group, cursor: &Cursor) -> Result<bool, StoreError> {
        let head = self.store.head(group.key).await?;
        let commit = self.store.commit_before(group.key, cursor.position).await?;
        Ok(cursor.position <= head.position && short(&commit.chain) == cursor.chain)
    }

    /// Reads the next page and moves the reading on. Whoever may see something else by now than when the
    /// reading was opened begins again.
    ///
    /// # Errors
    /// When the database failed.
    pub async fn page(
        &self,
        reading: &mut Reading,
        bytes_max: usize,
    ) -> Result<Result<Page, ResetReason>, StoreError> {
        let query = PageQuery {
            sight: &reading.sight,
            filter: &reading.filter,
            after: reading.cursor.position,
            bytes_max,
        };
        let group = reading.caller.group.key;
        let page = if let Some(page) = self.heads.page(group, &query) {
            page
        } else {
            let page = self.store.page(group, &query).await?;
            self.heads.backed_up(group, page.backed_up);
            page
        };
        if page.position < reading.cursor.position {
            // The database was put back while the reader stayed.
            return Ok(Err(ResetReason::Diverged));
        }
        let sight = self.sights.of(&reading.caller, page.head.position).await?;
        if sight != reading.sight {
            return Ok(Err(ResetReason::Filter));
        }
        let ledger = &self.ledger;
        ledger
            .page(&reading.caller, reading.cursor.position, &page)
            .await?;
        reading.cursor.position = page.position;
        reading.cursor.chain = short(&page.chain);
        Ok(Ok(shown(reading, page)))
    }
}

fn shown(reading: &Reading, page: FeedPage) -> Page {
    let start_head = reading.cursor.start_head;
    let change = |entry: FeedEntry| match entry {
        FeedEntry::Upsert(frame) => Some(sights::shown(&reading.caller, frame)),
        // What was gone when the reader began from nothing, it never had.
        FeedEntry::Gone { version, .. } if version.position <= start_head => None,
        FeedEntry::Gone {
            version,
            removed: true,
        } => Some(frame::removed(version.id, version.position)),
        FeedEntry::Gone {
            version,
            removed: false,
        } => Some(frame::deleted(
            version.id,
            &version.kind,
            version.version,
            version.position,
            version.erased,
        )),
    };
    Page {
        changes: page.entries.into_iter().filter_map(change).collect(),
        cursor: reading.token(),
        checkpoint: (page.position == page.head.position).then_some(Checkpoint {
            head: page.head,
            backed_up: page.backed_up,
        }),
    }
}

/// The names of the kinds, on which rights are given.
#[must_use]
pub fn kind_names() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name()).collect()
}

fn check_kinds(filter: &Filter) -> Result<(), OpenError> {
    let known: Vec<&str> = kind_names()
        .into_iter()
        .chain([conflict::KIND, correction::KIND])
        .collect();
    match filter
        .kinds
        .iter()
        .find(|kind| !known.contains(&kind.as_str()))
    {
        None => Ok(()),
        Some(kind) => Err(OpenError::UnknownKind {
            kind: kind.clone(),
            known: known.join(", "),
        }),
    }
}

fn short(chain: &[u8; 32]) -> [u8; 8] {
    std::array::from_fn(|i| chain[i])
}
