//! A connection of either engine. What the engines want differently of one text is written here and
//! nowhere else: how a placeholder looks, and how many rows go into one statement.

use super::chunks::chunks;
use super::statement::{Look, Row, Sql};
use crate::store::{Result, StoreError};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, PgConnection, Row as _, SqliteConnection};
use std::future::Future;
use std::time::Duration;

/// Keeps a statement well below SQLite's bound on variables.
const SQLITE_LOOKED_FOR: usize = 1_000;
/// How long PostgreSQL may take to answer: longer than it lets a statement run, so that only a server that
/// is out of reach goes on to say nothing, and so short that one that takes its place is found within ten
/// seconds. sqlx would wait without an end.
pub const ANSWER: Duration = Duration::from_secs(9);
/// How many rows PostgreSQL is asked for at once where the reader may stop between them.
const ROWS_A_FETCH: usize = 64;

/// A connection.
pub enum Db<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

/// What holds a connection, of either engine.
pub enum Either<S, P> {
    Sqlite(S),
    Postgres(P),
}

impl<S, P> Either<S, P>
where
    S: std::ops::DerefMut<Target = SqliteConnection>,
    P: std::ops::DerefMut<Target = PgConnection>,
{
    pub fn db(&mut self) -> Db<'_> {
        match self {
            Either::Sqlite(held) => Db::Sqlite(held),
            Either::Postgres(held) => Db::Postgres(held),
        }
    }
}

/// Waits for PostgreSQL, but not for ever.
pub async fn answered<T>(answer: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    let silent = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    tokio::time::timeout(ANSWER, answer).await.map_err(silent)?
}

impl Sql<'_> {
    /// All rows.
    pub async fn fetch_all(self, db: &mut Db<'_>) -> Result<Vec<Row>> {
        Ok(match db {
            Db::Sqlite(db) => {
                let rows = self.for_sqlite().fetch_all(&mut **db).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Db::Postgres(db) => {
                let rows = answered(self.for_postgres().fetch_all(&mut **db)).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The first row, if there is one.
    pub async fn fetch_optional(self, db: &mut Db<'_>) -> Result<Option<Row>> {
        Ok(match db {
            Db::Sqlite(db) => {
                let row = self.for_sqlite().fetch_optional(&mut **db).await?;
                row.map(Row::Sqlite)
            }
            Db::Postgres(db) => {
                let row = answered(self.for_postgres().fetch_optional(&mut **db)).await?;
                row.map(Row::Postgres)
            }
        })
    }

    /// How many rows it changed.
    pub async fn execute(self, db: &mut Db<'_>) -> Result<u64> {
        Ok(match db {
            Db::Sqlite(db) => {
                let done = self.for_sqlite().execute(&mut **db).await?;
                done.rows_affected()
            }
            Db::Postgres(db) => {
                let done = answered(self.for_postgres().execute(&mut **db)).await?;
                done.rows_affected()
            }
        })
    }
}

impl Db<'_> {
    /// Rows one after another, for a reader that may have enough before the last. Within a transaction, once
    /// a name.
    pub async fn rows<'r>(&'r mut self, name: &str, sql: Sql<'r>) -> Result<Rows<'r>> {
        match self {
            Db::Sqlite(db) => Ok(Rows::Sqlite(sql.for_sqlite().fetch(&mut **db))),
            Db::Postgres(db) => {
                // What is not fetched is not sent.
                let declare = sql.after(&format!("DECLARE {name} NO SCROLL CURSOR FOR "));
                answered(declare.for_postgres().execute(&mut **db)).await?;
                let fetch = format!("FETCH FORWARD {ROWS_A_FETCH} FROM {name}");
                Ok(Rows::Postgres {
                    db,
                    fetch,
                    fetched: Vec::new().into_iter(),
                })
            }
        }
    }

    /// Takes several looks at once: the rows of each. PostgreSQL answers them in one round trip.
    pub async fn look<const N: usize>(&mut self, looks: [Look<'_>; N]) -> Result<[Vec<Row>; N]> {
        let mut found = [const { Vec::new() }; N];
        match self {
            Db::Sqlite(_) => {
                for (look, found) in looks.into_iter().zip(&mut found) {
                    for sql in look.statements {
                        found.extend(sql.fetch_all(self).await?);
                    }
                }
            }
            Db::Postgres(_) => {
                for row in Look::together(looks).fetch_all(self).await? {
                    let look = usize::try_from(row.try_get::<i64>("look")?).ok();
                    let found = look.and_then(|look| found.get_mut(look));
                    found.ok_or(StoreError::Damaged("an answer"))?.push(row);
                }
            }
        }
        Ok(found)
    }

    /// Carries out statements that touch no row in common. PostgreSQL does so in one round trip.
    pub async fn execute_all(&mut self, statements: Vec<Sql<'_>>) -> Result<()> {
        match self {
            Db::Sqlite(_) => {
                for sql in statements {
                    sql.execute(self).await?;
                }
            }
            Db::Postgres(_) => {
                Sql::together(statements).execute(self).await?;
            }
        }
        Ok(())
    }

    /// Rows to be written, as they go into one statement each.
    pub fn written<'t, T>(&self, rows: &'t [T]) -> Vec<&'t [T]> {
        match self {
            Db::Sqlite(_) => chunks(rows).collect(),
            Db::Postgres(_) => rows.chunks(rows.len().max(1)).collect(),
        }
    }

    /// Rows to be looked for, as they go into one statement each.
    pub fn looked_for<'t, T>(&self, rows: &'t [T]) -> Vec<&'t [T]> {
        let most = match self {
            Db::Sqlite(_) => SQLITE_LOOKED_FOR,
            Db::Postgres(_) => rows.len().max(1),
        };
        rows.chunks(most).collect()
    }

    /// Rows to be looked for where no one statement of SQLite's looks for several.
    pub fn one_by_one<'t, T>(&self, rows: &'t [T]) -> std::slice::Chunks<'t, T> {
        match self {
            Db::Sqlite(_) => rows.chunks(1),
            Db::Postgres(_) => rows.chunks(rows.len().max(1)),
        }
    }

    /// Begins or ends a transaction, in the engine's own words: the rows that say something. What the words hold
    /// was not sent by anybody.
    pub async fn run(&mut self, words: &str) -> Result<Vec<Row>> {
        let words = AssertSqlSafe(words.to_owned());
        match self {
            Db::Sqlite(db) => {
                sqlx::query(words).execute(&mut **db).await?;
                Ok(Vec::new())
            }
            Db::Postgres(db) => {
                let mut rows = answered(sqlx::raw_sql(words).fetch_all(&mut **db)).await?;
                rows.retain(|row| !row.is_empty());
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    /// Keeps everybody else from writing into a table until the transaction ends. SQLite's one writer is
    /// alone anyway.
    pub async fn lock(&mut self, table: &'static str) -> Result<()> {
        match self {
            Db::Sqlite(_) => Ok(()),
            Db::Postgres(_) => {
                let lock = format!("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE");
                self.run(&lock).await.map(drop)
            }
        }
    }
}

/// Rows that come one after another.
pub enum Rows<'r> {
    Sqlite(BoxStream<'r, sqlx::Result<SqliteRow>>),
    Postgres {
        db: &'r mut PgConnection,
        fetch: String,
        fetched: std::vec::IntoIter<PgRow>,
    },
}

impl Rows<'_> {
    /// The next one; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<Row>> {
        match self {
            Rows::Sqlite(rows) => Ok(rows.next().await.transpose()?.map(Row::Sqlite)),
            Rows::Postgres { db, fetch, fetched } => {
                if fetched.as_slice().is_empty() {
                    let more = sqlx::query(AssertSqlSafe(fetch.clone()));
                    *fetched = answered(more.fetch_all(&mut **db)).await?.into_iter();
                }
                Ok(fetched.next().map(Row::Postgres))
            }
        }
    }
}
