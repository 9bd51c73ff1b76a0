//! Moving a hub out of its SQLite file into an empty PostgreSQL database: every row of every table as it is,
//! so positions, chains, epochs and tokens hold, and no reader notices.

use super::engine::Engine as _;
use super::postgres::{self, PostgresAddress};
use super::sql::db::{Db, answered};
use super::sql::statement::{Row, Sql, Value, query};
use super::{Result, SqliteStore, StoreError};
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Connection as _};
use std::path::Path;

/// How far a move is, a table at a time.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The table.
    pub table: String,
    /// How many of its rows were moved.
    pub rows: u64,
    /// How many it has.
    pub of: u64,
}

/// What was moved, or found to be there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The rows of all tables.
    pub rows: u64,
    /// An earlier move had brought them.
    pub already: bool,
}

/// As many bytes go into one statement.
const STATEMENT_BYTES: usize = 1 << 20;

/// Moves the hub of a data folder, whose lock is held. The file is kept under another name, and is no hub's
/// any more.
///
/// # Errors
/// When the folder holds no hub, the database holds another, a hub runs on it, or the rows there differ from
/// those that were read. Then nothing is left in the database, and the file is as it was.
pub async fn migrate(
    folder: &Path,
    address: &PostgresAddress,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Moved> {
    let source = SqliteStore::open_there(folder).await?;
    let moved = copy(&source, address, progress).await;
    source.end().await;
    let moved = moved?;
    SqliteStore::retire(folder)?;
    Ok(moved)
}

async fn copy(
    source: &SqliteStore,
    address: &PostgresAddress,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Moved> {
    let mut source = source.snapshot().await?;
    let tables = tables(&mut source.db()).await?;
    let mut db = postgres::connect(address).await?;
    postgres::refuse_beside_hubs(&mut db).await?;
    // One transaction, tables and all: what is cut off leaves nothing.
    let mut target = db.begin().await?;
    // It rests while the file is read, however large that is.
    for bound in ["statement_timeout", "idle_in_transaction_session_timeout"] {
        let lift = AssertSqlSafe(format!("SET LOCAL {bound} = 0"));
        answered(sqlx::query(lift).execute(&mut *target)).await?;
    }
    sqlx::migrate!("migrations/postgres")
        .run(&mut *target)
        .await?;
    let already = !is_empty(&mut Db::Postgres(&mut target)).await?;
    let mut rows = 0;
    for table in &tables {
        let target = &mut Db::Postgres(&mut target);
        let read = match already {
            true => table.sum(&mut source.db()).await?,
            false => table.copy(&mut source.db(), target, progress).await?,
        };
        if read != table.sum(target).await? {
            return Err(match already {
                true => StoreError::NotEmpty,
                false => StoreError::Differs(table.name.clone()),
            });
        }
        rows += read.rows;
    }
    target.commit().await?;
    Ok(Moved { rows, already })
}

/// Whether there is no group. Whatever else a hub without groups left is taken away.
async fn is_empty(target: &mut Db<'_>) -> Result<bool> {
    if query("SELECT grp FROM grp LIMIT 1")
        .fetch_optional(target)
        .await?
        .is_some()
    {
        return Ok(false);
    }
    for stranger in ["DELETE FROM refusal", "DELETE FROM hub"] {
        query(stranger).execute(target).await?;
    }
    Ok(true)
}

struct Table {
    name: String,
    columns: Vec<(String, Type)>,
}

#[derive(Clone, Copy)]
enum Type {
    Int,
    Text,
    Blob,
}

/// The hub's tables, those that others refer to first: in the order in which they were made.
async fn tables(source: &mut Db<'_>) -> Result<Vec<Table>> {
    let rows = query(
        "SELECT t.name AS table_name, c.name, c.type FROM sqlite_schema t \
         JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name <> '_sqlx_migrations' \
         ORDER BY t.rowid, c.cid",
    )
    .fetch_all(source)
    .await?;
    let mut tables: Vec<Table> = Vec::new();
    for row in &rows {
        let (name, column): (String, String) = (row.try_get("table_name")?, row.try_get("name")?);
        if tables.last().is_none_or(|last| last.name != name) {
            tables.push(Table {
                name,
                columns: Vec::new(),
            });
        }
        let of = match row.try_get::<String>("type")?.as_str() {
            "BIGINT" => Type::Int,
            "TEXT" => Type::Text,
            "BLOB" => Type::Blob,
            _ => return Err(StoreError::Damaged("a column's type")),
        };
        tables
            .last_mut()
            .expect("one was put there")
            .columns
            .push((column, of));
    }
    Ok(tables)
}

impl Table {
    fn columns(&self) -> String {
        let quoted: Vec<String> = self
            .columns
            .iter()
            .map(|(name, _)| format!("\"{name}\""))
            .collect();
        quoted.join(", ")
    }

    fn quoted(&self) -> String {
        format!("\"{}\"", self.name)
    }

    fn all(&self) -> Sql<'static> {
        let mut sql = query("SELECT ");
        sql.push(&self.columns());
        sql.push(" FROM ").push(&self.quoted());
        sql
    }

    async fn count(&self, db: &mut Db<'_>) -> Result<u64> {
        let mut sql = query("SELECT COUNT(*) AS rows FROM ");
        sql.push(&self.quoted());
        let row = sql.fetch_optional(db).await?;
        let rows: i64 = row.map_or(Ok(0), |row| row.try_get("rows"))?;
        Ok(rows.unsigned_abs())
    }

    fn values(&self, row: &Row) -> Result<Vec<Value<'static>>> {
        let value = |(name, of): &(String, Type)| {
            Ok(match of {
                Type::Int => Value::from(row.try_get::<Option<i64>>(name)?),
                Type::Text => Value::from(row.try_get::<Option<String>>(name)?),
                Type::Blob => Value::from(row.try_get::<Option<Vec<u8>>>(name)?),
            })
        };
        self.columns.iter().map(value).collect()
    }

    /// Every row that stands in one database.
    async fn sum(&self, db: &mut Db<'_>) -> Result<Sum> {
        let cursor = self.quoted();
        let (mut rows, mut sum) = (db.rows(&cursor, self.all()).await?, Sum::default());
        while let Some(row) = rows.next().await? {
            sum.add(&self.values(&row)?);
        }
        Ok(sum)
    }

    /// Writes every row of one database into another.
    async fn copy(
        &self,
        source: &mut Db<'_>,
        target: &mut Db<'_>,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Sum> {
        let of = self.count(source).await?;
        let cursor = self.quoted();
        let (mut rows, mut sum) = (source.rows(&cursor, self.all()).await?, Sum::default());
        let (mut waiting, mut bytes) = (Vec::new(), 0);
        loop {
            let row = rows.next().await?;
            let last = row.is_none();
            if let Some(row) = row {
                let values = self.values(&row)?;
                bytes += sum.add(&values);
                waiting.extend(values);
            }
            if bytes >= STATEMENT_BYTES || (last && !waiting.is_empty()) {
                self.insert(target, std::mem::take(&mut waiting)).await?;
                bytes = 0;
            }
            if last || waiting.is_empty() {
                let table = self.name.clone();
                progress(Progress {
                    table,
                    rows: sum.rows,
                    of,
                });
            }
            if last {
                return Ok(sum);
            }
        }
    }

    async fn insert(&self, target: &mut Db<'_>, values: Vec<Value<'static>>) -> Result<()> {
        let mut sql = query("INSERT INTO ");
        sql.push(&format!("{} ({}) ", self.quoted(), self.columns()))
            .push_values(self.columns.len(), values);
        sql.execute(target).await?;
        Ok(())
    }
}

/// What stands in a table, in whatever order: how many rows, and the sum of their digests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    rows: u64,
    digests: [u64; 4],
}

impl Sum {
    /// Adds a row; how many bytes it has.
    fn add(&mut self, row: &[Value<'_>]) -> usize {
        let (mut hash, mut bytes) = (Sha256::new(), 0);
        for value in row {
            let number;
            let held = match value {
                Value::Int(value) => {
                    number = value.map(i64::to_be_bytes);
                    number.as_ref().map(<[u8; 8]>::as_slice)
                }
                Value::Text(value) => value.as_deref().map(str::as_bytes),
                Value::Blob(value) => value.as_deref(),
            };
            // Where a value ends, and whether there is one, is a part of what it is.
            hash.update(
                held.map_or(u64::MAX, |held| held.len() as u64)
                    .to_be_bytes(),
            );
            hash.update(held.unwrap_or_default());
            bytes += held.map_or(0, <[u8]>::len);
        }
        for (sum, part) in self.digests.iter_mut().zip(hash.finalize().chunks_exact(8)) {
            let part = part.try_into().expect("eight bytes");
            *sum = sum.wrapping_add(u64::from_be_bytes(part));
        }
        self.rows += 1;
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(rows: &[&[Value<'static>]]) -> Sum {
        let mut sum = Sum::default();
        for row in rows {
            sum.add(row);
        }
        sum
    }

    #[test]
    fn a_sum_tells_rows_apart_and_not_their_order() {
        let none = Value::Text(None);
        let [a, b, ab, empty] = ["a", "b", "ab", ""].map(Value::from);
        let row = |one: &Value<'static>, two: &Value<'static>| [one.clone(), two.clone()];
        let (first, second) = (row(&a, &b), row(&ab, &empty));
        assert_eq!(sum(&[&first, &second]), sum(&[&second, &first]));
        let others = [row(&b, &a), row(&a, &none), row(&ab, &none), second.clone()];
        for other in &others {
            assert_ne!(sum(&[&first]), sum(&[other]));
        }
        assert_ne!(sum(&[&first]), sum(&[&first, &first]));
        assert_ne!(sum(&[&others[1]]), sum(&[&row(&a, &empty)]));
    }
}
