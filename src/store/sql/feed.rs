//! The feed.

use super::column::{id_bytes, who_text};
use super::load::{head, head_of, version};
use crate::model::feed::Head;
use crate::model::ids::{GroupKey, RecordId, Who};
use crate::store::{FeedEntry, FeedPage, PageQuery, Result, Version};
use bytes::Bytes;
use futures::TryStreamExt as _;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

/// The most rows a page looks at: it bounds the time of a page that the filter leaves empty.
const ROWS_A_PAGE: i64 = 4_096;

pub const COMMIT_BEFORE: &str = "SELECT last_position, at, chain FROM \"commit\" \
     WHERE grp = ? AND last_position <= ? ORDER BY last_position DESC LIMIT 1";

pub async fn commit_before(
    db: &mut SqliteConnection,
    group: GroupKey,
    position: i64,
) -> Result<Head> {
    let query = sqlx::query(COMMIT_BEFORE).bind(group.0).bind(position);
    head_of(query.fetch_optional(db).await?.as_ref())
}

/// Reads a page. The caller has opened a transaction, so that the head and the rows are of one moment.
pub async fn page(
    db: &mut SqliteConnection,
    group: GroupKey,
    query: &PageQuery<'_>,
) -> Result<FeedPage> {
    let head = head(db, group).await?;
    let backed_up = backed_up(db, group).await?;
    let page = read(db, group, query).await?;
    let (position, chain) = match page.full {
        true => (
            page.position,
            commit_before(db, group, page.position).await?.chain,
        ),
        false => (head.position, head.chain),
    };
    Ok(FeedPage {
        entries: page.entries(),
        position,
        chain,
        head,
        backed_up,
    })
}

/// Reads rows until the page is full or there are no more.
async fn read(db: &mut SqliteConnection, group: GroupKey, query: &PageQuery<'_>) -> Result<Page> {
    let mut page = Page {
        open: query.after,
        ..Page::default()
    };
    if query.sees.is_empty() {
        return Ok(page);
    }
    let mut statement = statement(group, query);
    let mut rows = statement.build().fetch(&mut *db);
    while let Some(row) = rows.try_next().await? {
        let entry = Row {
            gone: row.try_get::<i64, _>("gone")? != 0,
            wanted: row.try_get::<i64, _>("wanted")? != 0,
            version: version(&row)?,
        };
        if page.is_full(&entry, query.bytes_max) {
            return Ok(page);
        }
        page.add(entry);
    }
    if !page.full {
        page.close();
    }
    Ok(page)
}

/// Rows of all the reader's audiences, merged by position. The filter decides what is shown of a row,
/// not whether it is looked at: the page must know how far it came.
pub fn statement(group: GroupKey, query: &PageQuery<'_>) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new(
        "SELECT a.position, a.gone, v.id, v.kind, v.campus, v.version, v.frame, (",
    );
    wanted(&mut sql, query);
    sql.push(") AS wanted FROM (");
    for (i, who) in query.sees.iter().enumerate() {
        sql.push(if i == 0 { "" } else { " UNION ALL " });
        sql.push("SELECT position, gone FROM audience WHERE grp = ")
            .push_bind(group.0);
        sql.push(" AND who = ").push_bind(who_text(*who));
        sql.push(" AND position > ").push_bind(query.after);
    }
    sql.push(" ORDER BY position LIMIT ").push_bind(ROWS_A_PAGE);
    sql.push(") a JOIN version v ON v.position = a.position AND v.grp = ")
        .push_bind(group.0);
    sql.push(" ORDER BY a.position");
    sql
}

fn wanted(sql: &mut QueryBuilder<Sqlite>, query: &PageQuery<'_>) {
    sql.push("1 = 1");
    if !query.filter.kinds.is_empty() {
        sql.push(" AND v.kind IN (");
        let mut list = sql.separated(", ");
        for kind in &query.filter.kinds {
            list.push_bind(kind.clone());
        }
        sql.push(")");
    }
    if !query.filter.campuses.is_empty() {
        // The empty blob is the office, whose registers everybody needs to read the rest.
        sql.push(" AND v.campus IN (x''");
        for campus in &query.filter.campuses {
            sql.push(", ").push_bind(id_bytes(*campus));
        }
        sql.push(")");
    }
}

struct Row {
    gone: bool,
    wanted: bool,
    version: Version,
}

impl Row {
    /// The bytes it takes in a page, at most.
    fn size(&self) -> usize {
        let tombstone = 64;
        self.version.frame.as_ref().map_or(tombstone, Bytes::len)
    }
}

/// A page in the making. Rows of one position (dropped out of one audience, still in another) are one
/// entry, and a page ends between positions, never inside one.
#[derive(Default)]
struct Page {
    done: Vec<Row>,
    /// Where the open position's rows begin in `done`.
    open_from: usize,
    position: i64,
    open: i64,
    rows: i64,
    bytes: usize,
    full: bool,
}

impl Page {
    fn is_full(&mut self, next: &Row, bytes_max: usize) -> bool {
        if next.version.position != self.open {
            self.close();
            let over = next.wanted && self.bytes > 0 && self.bytes + next.size() > bytes_max;
            self.full |= over;
            self.open = next.version.position;
        }
        self.full
    }

    fn add(&mut self, row: Row) {
        self.rows += 1;
        if row.wanted {
            // Rows of one position become one entry.
            if self.done.len() == self.open_from {
                self.bytes += row.size();
            }
            self.done.push(row);
        }
        // The statement's limit may have cut the last position: it is left to the next page.
        self.full |= self.rows == ROWS_A_PAGE;
    }

    /// Everything of the open position was seen.
    fn close(&mut self) {
        self.position = self.open;
        self.open_from = self.done.len();
    }

    fn entries(mut self) -> Vec<FeedEntry> {
        self.done.truncate(self.open_from);
        let mut entries: Vec<(i64, FeedEntry)> = Vec::with_capacity(self.done.len());
        for row in self.done {
            let Version { position, .. } = row.version;
            let same = entries.last().is_some_and(|(last, _)| *last == position);
            match (same, row.gone) {
                (true, true) => {}
                (true, false) => {
                    *entries.last_mut().expect("same position") = (position, entry(row));
                }
                (false, _) => entries.push((position, entry(row))),
            }
        }
        entries.into_iter().map(|(_, entry)| entry).collect()
    }
}

fn entry(row: Row) -> FeedEntry {
    match row.version.frame.clone() {
        Some(frame) if !row.gone => FeedEntry::Upsert(frame),
        _ => FeedEntry::Gone {
            version: row.version,
            removed: row.gone,
        },
    }
}

async fn backed_up(db: &mut SqliteConnection, group: GroupKey) -> Result<i64> {
    let row = sqlx::query("SELECT position FROM backup WHERE grp = ?")
        .bind(group.0)
        .fetch_optional(db)
        .await?;
    Ok(row
        .map(|row| row.try_get("position"))
        .transpose()?
        .unwrap_or(0))
}

pub async fn record(
    db: &mut SqliteConnection,
    group: GroupKey,
    id: RecordId,
    sees: &[Who],
) -> Result<Option<Version>> {
    let row = record_statement(group, id, sees)
        .build()
        .fetch_optional(db)
        .await?;
    row.as_ref().map(version).transpose()
}

pub fn record_statement(group: GroupKey, id: RecordId, sees: &[Who]) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new(
        "SELECT v.id, v.kind, v.campus, v.version, v.position, v.frame FROM record r \
         JOIN version v ON v.grp = r.grp AND v.position = r.position WHERE r.grp = ",
    );
    sql.push_bind(group.0)
        .push(" AND r.id = ")
        .push_bind(id_bytes(id));
    sql.push(
        " AND EXISTS (SELECT 1 FROM audience a WHERE a.grp = r.grp AND a.id = r.id \
              AND a.gone = 0 AND a.who IN (",
    );
    let mut list = sql.separated(", ");
    for who in sees {
        list.push_bind(who_text(*who));
    }
    sql.push("))");
    sql
}
