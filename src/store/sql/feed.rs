//! The feed.

use super::column::{id_bytes, place_bytes, who_text};
use super::commits::{commit_before, head};
use super::db::Db;
use super::load::{blob, version};
use super::statement::{Sql, query};
use crate::model::ids::{GroupKey, Place, RecordId};
use crate::model::sight::Sight;
use crate::store::{FeedEntry, FeedPage, PageQuery, Result, StoreError, Version};
use bytes::Bytes;
use std::collections::HashMap;

/// The most rows a page looks at: it bounds the time of a page that the filter leaves empty.
const ROWS_A_PAGE: i64 = 4_096;

/// Reads a page. The caller has opened a transaction, so that the head and the rows are of one moment.
pub async fn page(db: &mut Db<'_>, group: GroupKey, query: &PageQuery<'_>) -> Result<FeedPage> {
    let head = head(db, group).await?;
    let backed_up = backed_up(db, group).await?;
    let mut page = Page {
        bytes_max: query.bytes_max,
        position: query.after,
        open: query.after,
        ..Page::default()
    };
    if query.sight.audiences.is_empty() {
        return Ok(FeedPage {
            entries: Vec::new(),
            position: head.position,
            chain: head.chain,
            head,
            backed_up,
        });
    }
    let mut rows = db.rows("page", statement(group, query)).await?;
    while let Some(row) = rows.next().await? {
        let shown = Shown {
            position: row.try_get("position")?,
            shown: blob(&row, "shown")?,
        };
        if !page.take(shown) {
            break;
        }
    }
    drop(rows);
    page.close();
    let chain = if page.full {
        commit_before(db, group, page.position).await?.chain
    } else {
        page.position = head.position;
        head.chain
    };
    let (position, rows) = (page.position, page.rows());
    Ok(FeedPage {
        backed_up,
        chain,
        position,
        entries: entries(db, group, rows).await?,
        head,
    })
}

/// What stands in a row's second column instead of a frame: a deletion, or the end of the reader's sight.
/// No frame is so short. Null: the filter does not want the row, but it was looked at; the page must know
/// how far it came.
const DELETED: &[u8] = &[];
const REMOVED: &[u8] = &[0];

/// Rows of all the reader's audiences, merged by position as the index has them: what a page does not take
/// is never read, and no frame is sorted. Each audience says its order, or PostgreSQL would not merge them.
pub fn statement<'q>(group: GroupKey, wish: &PageQuery<'q>) -> Sql<'q> {
    let mut sql = query("");
    for (i, who) in wish.sight.audiences.iter().enumerate() {
        sql.push(if i == 0 { "" } else { " UNION ALL " });
        sql.push(
            "SELECT position, shown FROM (SELECT a.position, \
             (SELECT CASE a.gone WHEN 0 THEN COALESCE(v.frame, ",
        );
        sql.push_bind(DELETED).push(") ELSE ").push_bind(REMOVED);
        sql.push(" END FROM version v WHERE v.grp = a.grp AND v.position = a.position");
        wanted(&mut sql, wish);
        sql.push(") AS shown FROM audience a WHERE a.grp = ")
            .push_bind(group.0);
        sql.push(" AND a.who = ").push_bind(who_text(*who));
        sql.push(" AND a.position > ").push_bind(wish.after);
        sql.push(" ORDER BY a.position) a");
    }
    sql.push(" ORDER BY position LIMIT ").push_bind(ROWS_A_PAGE);
    sql
}

fn wanted<'q>(sql: &mut Sql<'q>, wish: &PageQuery<'q>) {
    if !wish.filter.kinds.is_empty() {
        sql.push(" AND v.kind ").push_in(&wish.filter.kinds);
    }
    on_topic(sql, wish.sight);
    if !wish.filter.campuses.is_empty() {
        // Everybody needs the office's registers to read the rest.
        let campuses = wish.filter.campuses.iter().map(|id| Place::Campus(*id));
        let places = [Place::Office].into_iter().chain(campuses);
        sql.push(" AND v.campus ").push_in(places.map(place_bytes));
    }
}

/// The versions of `v` on topics that may be seen.
pub fn on_topic<'q>(sql: &mut Sql<'q>, sight: &'q Sight) {
    if let Some(topics) = &sight.topics {
        sql.push(" AND v.topic ").push_in(topics);
    }
}

struct Shown {
    position: i64,
    shown: Option<Bytes>,
}

impl Shown {
    fn is_frame(&self) -> bool {
        self.shown
            .as_ref()
            .is_some_and(|shown| shown.len() > REMOVED.len())
    }

    fn size(&self) -> usize {
        const TOMBSTONE: usize = 64;
        self.shown
            .as_ref()
            .map_or(0, |shown| shown.len().max(TOMBSTONE))
    }
}

/// A page in the making. Rows of one position (dropped out of one audience, still in another) are one
/// entry, and a page ends between positions, never inside one.
#[derive(Default)]
struct Page {
    bytes_max: usize,
    done: Vec<Shown>,
    /// Everything up to here is in the page.
    position: i64,
    bytes: usize,
    /// The position whose rows are coming, where they begin in `done`, and what they cost.
    open: i64,
    open_from: usize,
    open_bytes: usize,
    rows: i64,
    full: bool,
}

impl Page {
    /// Takes a row; false when the page is full without it.
    fn take(&mut self, row: Shown) -> bool {
        if row.position != self.open {
            self.close();
            self.open = row.position;
        }
        if self.full {
            return false;
        }
        self.rows += 1;
        if row.shown.is_some() {
            self.open_bytes = self.open_bytes.max(row.size());
            self.done.push(row);
        }
        // The statement's limit may have cut the last position: it is left to the next page.
        self.full = self.rows == ROWS_A_PAGE;
        true
    }

    /// Every row of the open position was seen: it belongs to the page, unless it is one too many.
    fn close(&mut self) {
        let bytes = self.bytes + self.open_bytes;
        self.full |= self.bytes > 0 && bytes > self.bytes_max;
        if self.full {
            return;
        }
        self.position = self.open;
        self.bytes = bytes;
        self.open_from = self.done.len();
        self.open_bytes = 0;
    }

    /// One row a position: who dropped out of one audience may still be in another.
    fn rows(mut self) -> Vec<Shown> {
        self.done.truncate(self.open_from);
        self.done.dedup_by(|next, kept| {
            let same = next.position == kept.position;
            if same && kept.shown.as_deref() == Some(REMOVED) {
                std::mem::swap(next, kept);
            }
            same
        });
        self.done
    }
}

/// The entries of a page. What is no frame is looked up: there is little of it.
async fn entries(db: &mut Db<'_>, group: GroupKey, rows: Vec<Shown>) -> Result<Vec<FeedEntry>> {
    let bare = rows.iter().filter(|row| !row.is_frame());
    let bare: Vec<i64> = bare.map(|row| row.position).collect();
    let mut versions = versions(db, group, &bare).await?;
    let entry = |row: Shown| match row.shown {
        Some(frame) if frame.len() > REMOVED.len() => Ok(FeedEntry::Upsert(frame)),
        shown => Ok(FeedEntry::Gone {
            version: versions
                .remove(&row.position)
                .ok_or(StoreError::Damaged("the feed"))?,
            removed: shown.as_deref() != Some(DELETED),
        }),
    };
    rows.into_iter().map(entry).collect()
}

async fn versions(
    db: &mut Db<'_>,
    group: GroupKey,
    positions: &[i64],
) -> Result<HashMap<i64, Version>> {
    let mut found = HashMap::new();
    for positions in db.looked_for(positions) {
        let mut sql = query(
            "SELECT id, kind, topic, campus, version, position, erased, frame FROM version WHERE grp = ",
        );
        sql.push_bind(group.0).push(" AND ");
        let sql = sql.for_each(["position"], positions.iter().map(|one| [(*one).into()]));
        for row in sql.fetch_all(&mut *db).await? {
            let version = version(&row)?;
            found.insert(version.position, version);
        }
    }
    Ok(found)
}

async fn backed_up(db: &mut Db<'_>, group: GroupKey) -> Result<i64> {
    let row = query("SELECT position FROM backup WHERE grp = ?")
        .bind(group.0)
        .fetch_optional(db)
        .await?;
    Ok(row
        .map(|row| row.try_get("position"))
        .transpose()?
        .unwrap_or(0))
}

pub async fn record(
    db: &mut Db<'_>,
    group: GroupKey,
    id: RecordId,
    sight: &Sight,
) -> Result<Option<Version>> {
    let row = record_statement(group, id, sight)
        .fetch_optional(db)
        .await?;
    row.as_ref().map(version).transpose()
}

pub fn record_statement(group: GroupKey, id: RecordId, sight: &Sight) -> Sql<'_> {
    let mut sql = query(
        "SELECT v.id, v.kind, v.topic, v.campus, v.version, v.position, v.erased, v.frame FROM record r \
         JOIN version v ON v.grp = r.grp AND v.position = r.position WHERE r.grp = ",
    );
    sql.push_bind(group.0)
        .push(" AND r.id = ")
        .push_bind(id_bytes(id));
    on_topic(&mut sql, sight);
    seen_by(&mut sql, sight);
    sql
}

/// The versions of `v` whose record may be seen.
pub fn seen_by(sql: &mut Sql<'_>, sight: &Sight) {
    sql.push(
        " AND EXISTS (SELECT 1 FROM audience a WHERE a.grp = v.grp AND a.id = v.id \
              AND a.gone = 0 AND a.who ",
    );
    sql.push_in(sight.audiences.iter().map(|who| who_text(*who)));
    sql.push(")");
}
