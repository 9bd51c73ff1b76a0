//! The same raw programs on PostgreSQL: a statement a table and transaction, by `UNNEST`.

use crate::raw::{Again, Batch, Row, VERSION_FRAME, in_batches};
use crate::server::{connect, database};
use rusqlite::types::Value;
use sqlx::postgres::PgArguments;
use sqlx::{
    Arguments as _, AssertSqlSafe, Column as _, Executor as _, PgConnection, Row as _,
    SqlSafeStr as _, TypeInfo as _,
};
use std::time::{Duration, Instant};

/// The hub's tables.
const TABLES: &str = include_str!("../../migrations/postgres/0001_start.sql");

/// A new database with the hub's tables.
pub struct Raw {
    db: PgConnection,
    /// The types of the columns of the tables that are written.
    types: [Vec<String>; 4],
}

const NAMES: [&str; 4] = ["\"commit\"", "version", "record", "audience"];
const CONFLICTS: [&str; 4] = [
    "",
    "",
    " ON CONFLICT (grp, id) DO UPDATE SET version = excluded.version, position = excluded.position",
    " ON CONFLICT (grp, id, who) DO UPDATE SET position = excluded.position, gone = excluded.gone",
];

impl Raw {
    pub async fn open() -> Self {
        let url = database().await.expect("a server");
        let mut db = connect(&url).await;
        db.execute(TABLES).await.expect("tables");
        let group =
            "INSERT INTO grp (grp, id, name, epoch, created_at) VALUES (1, '\\x00', 'g', 1, 0)";
        db.execute(group).await.expect("a group");
        let mut types = [const { Vec::new() }; 4];
        for (name, types) in NAMES.iter().zip(&mut types) {
            let all = format!("SELECT * FROM {name}");
            let described = db
                .describe(AssertSqlSafe(all).into_sql_str())
                .await
                .expect("a table");
            let columns = described.columns().iter();
            *types = columns
                .map(|column| column.type_info().name().to_owned())
                .collect();
        }
        Raw { db, types }
    }

    async fn insert(&mut self, table: usize, rows: &[Row]) {
        let (mut arguments, mut places) = (PgArguments::default(), Vec::new());
        for (column, of) in self.types[table].iter().enumerate() {
            add(&mut arguments, of, rows.iter().map(|row| &row[column]));
            places.push(format!("${}", column + 1));
        }
        let (name, conflict) = (NAMES[table], CONFLICTS[table]);
        let sql = format!(
            "INSERT INTO {name} SELECT * FROM UNNEST ({}){conflict}",
            places.join(", ")
        );
        let insert = sqlx::query_with(AssertSqlSafe(sql), arguments);
        insert.execute(&mut self.db).await.expect("rows");
    }

    /// Writes a batch in one transaction.
    pub async fn write(&mut self, batch: &Batch) {
        self.db.execute("BEGIN").await.expect("a transaction");
        self.insert(0, std::slice::from_ref(&batch.commit)).await;
        self.insert(1, &batch.versions).await;
        self.insert(2, &batch.records).await;
        self.insert(3, &batch.audience).await;
        self.db.execute("COMMIT").await.expect("a commit");
    }
}

fn add<'v>(arguments: &mut PgArguments, of: &str, values: impl Iterator<Item = &'v Value>) {
    let (mut ints, mut texts, mut blobs) = (Vec::new(), Vec::new(), Vec::new());
    for value in values {
        match (of, value) {
            ("INT8", Value::Integer(value)) => ints.push(Some(*value)),
            ("INT8", _) => ints.push(None),
            ("TEXT", Value::Text(value)) => texts.push(Some(value.as_str())),
            ("TEXT", _) => texts.push(None),
            (_, Value::Blob(value)) => blobs.push(Some(value.as_slice())),
            _ => blobs.push(None),
        }
    }
    match of {
        "INT8" => arguments.add(ints),
        "TEXT" => arguments.add(texts),
        _ => arguments.add(blobs),
    }
    .expect("an array");
}

/// What a hub wrote for its first group, transaction by transaction, from a position on.
pub async fn batches(url: &str, after: i64) -> Vec<Batch> {
    let mut db = connect(url).await;
    let mut tables = Vec::new();
    for name in NAMES {
        let all = format!("SELECT * FROM {name} WHERE grp = 1");
        let rows = sqlx::query(AssertSqlSafe(all)).fetch_all(&mut db).await;
        tables.push(rows.expect("rows").iter().map(values).collect());
    }
    in_batches(tables.try_into().expect("four tables"), after)
}

fn values(row: &sqlx::postgres::PgRow) -> Row {
    let value = |column: &sqlx::postgres::PgColumn| {
        let i = column.ordinal();
        match column.type_info().name() {
            "INT8" => row
                .get::<Option<i64>, _>(i)
                .map_or(Value::Null, Value::Integer),
            "TEXT" => row
                .get::<Option<String>, _>(i)
                .map_or(Value::Null, Value::Text),
            _ => row
                .get::<Option<Vec<u8>>, _>(i)
                .map_or(Value::Null, Value::Blob),
        }
    };
    row.columns().iter().map(value).collect()
}

/// Writes what a hub wrote once more, as [`crate::raw::again`] does.
pub async fn again(batches: &[Batch]) -> Again {
    Again {
        commits: batches.len(),
        rows: batches.iter().map(Batch::rows).sum(),
        same_rows: same_rows(batches).await,
        one_table: one_table(batches).await,
    }
}

async fn same_rows(batches: &[Batch]) -> Duration {
    let mut raw = Raw::open().await;
    let start = Instant::now();
    for batch in batches {
        raw.write(batch).await;
    }
    start.elapsed()
}

async fn one_table(batches: &[Batch]) -> Duration {
    let mut db = Raw::open().await.db;
    let table = "CREATE TABLE one (position BIGINT PRIMARY KEY, frame BYTEA)";
    db.execute(table).await.expect("a table");
    let start = Instant::now();
    for batch in batches {
        let mut arguments = PgArguments::default();
        add(
            &mut arguments,
            "INT8",
            batch.versions.iter().map(|row| &row[1]),
        );
        add(
            &mut arguments,
            "BYTEA",
            batch.versions.iter().map(|row| &row[VERSION_FRAME]),
        );
        let insert = "INSERT INTO one SELECT * FROM UNNEST ($1, $2)";
        let insert = sqlx::query_with(insert, arguments);
        insert.execute(&mut db).await.expect("rows");
    }
    start.elapsed()
}
