//! Raw programs: the rows a hub wrote, written again by prepared statements of rusqlite, in the same
//! transactions, with the same durability.

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, Transaction, params_from_iter};
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The hub's tables.
const TABLES: &str = include_str!("../../migrations/sqlite/0001_start.sql");

const COMMIT: &str = "INSERT INTO \"commit\" VALUES (?, ?, ?, ?)";
const VERSION: &str = "INSERT INTO version VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
const RECORD: &str = "INSERT INTO record VALUES (?, ?, ?, ?) ON CONFLICT (grp, id) DO UPDATE \
                      SET version = excluded.version, position = excluded.position";
const AUDIENCE: &str = "INSERT INTO audience VALUES (?, ?, ?, ?, ?) ON CONFLICT (grp, id, who) \
                        DO UPDATE SET position = excluded.position, gone = excluded.gone";

pub type Row = Vec<Value>;

/// The column of a version's frame.
pub const VERSION_FRAME: usize = 19;

/// What one transaction of the hub wrote.
pub struct Batch {
    pub commit: Row,
    pub versions: Vec<Row>,
    pub records: Vec<Row>,
    pub audience: Vec<Row>,
}

impl Batch {
    pub fn rows(&self) -> usize {
        self.versions.len()
    }
}

/// A new database with the hub's tables and the hub's durability.
pub fn database(folder: &TempDir, name: &str) -> Connection {
    let db = Connection::open(folder.path().join(name)).expect("a database");
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536;",
    )
    .expect("pragmas");
    db.execute_batch(TABLES).expect("tables");
    db.execute_batch(
        "INSERT INTO grp (grp, id, name, epoch, created_at) VALUES (1, x'00', 'g', 1, 0)",
    )
    .expect("a group");
    db
}

/// What a hub wrote for its first group, transaction by transaction, from a position on.
pub fn batches(file: &Path, after: i64) -> Vec<Batch> {
    let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY);
    let db = db.expect("the hub's database");
    let tables = ["\"commit\"", "version", "record", "audience"].map(|table| {
        let sql = format!("SELECT * FROM {table} WHERE grp = 1");
        let mut statement = db.prepare(&sql).expect("a statement");
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| (0..columns).map(|i| row.get(i)).collect());
        let rows: Result<Vec<Row>, _> = rows.expect("rows").collect();
        rows.expect("rows")
    });
    in_batches(tables, after)
}

/// Commits, versions, records and audience rows, by transaction, from a position on.
pub fn in_batches([commits, versions, records, audience]: [Vec<Row>; 4], after: i64) -> Vec<Batch> {
    const COMMIT_POSITION: usize = 1;
    let commits = by_position(commits, COMMIT_POSITION);
    let (versions, records, audience) = (
        by_position(versions, 1),
        by_position(records, 3),
        by_position(audience, 3),
    );
    let mut from = after;
    let mut batches = Vec::new();
    for (to, commit) in commits.into_iter().filter(|(to, _)| *to > after) {
        let between = |rows: &[(i64, Row)]| -> Vec<Row> {
            let start = rows.partition_point(|(position, _)| *position <= from);
            let end = rows.partition_point(|(position, _)| *position <= to);
            rows[start..end]
                .iter()
                .map(|(_, row)| row.clone())
                .collect()
        };
        batches.push(Batch {
            versions: between(&versions),
            records: between(&records),
            audience: between(&audience),
            commit,
        });
        from = to;
    }
    batches
}

fn by_position(rows: Vec<Row>, column: usize) -> Vec<(i64, Row)> {
    let mut rows: Vec<(i64, Row)> = rows
        .into_iter()
        .map(|row| match row[column] {
            Value::Integer(position) => (position, row),
            _ => panic!("a position"),
        })
        .collect();
    rows.sort_by_key(|(position, _)| *position);
    rows
}

/// How long the raw programs took.
pub struct Again {
    /// The transactions.
    pub commits: usize,
    /// The records in them.
    pub rows: usize,
    /// All rows in the hub's tables.
    pub same_rows: Duration,
    /// Position and frame in one table.
    pub one_table: Duration,
}

/// Writes what a hub wrote once more.
pub fn again(batches: &[Batch]) -> Again {
    Again {
        commits: batches.len(),
        rows: batches.iter().map(Batch::rows).sum(),
        same_rows: same_rows(batches),
        one_table: one_table(batches),
    }
}

fn each(tx: &Transaction<'_>, sql: &str, rows: &[Row]) {
    let mut statement = tx.prepare_cached(sql).expect("a statement");
    for row in rows {
        statement.execute(params_from_iter(row)).expect("a row");
    }
}

/// Writes them as they are, in the hub's tables.
fn same_rows(batches: &[Batch]) -> Duration {
    let folder = TempDir::new().expect("a temporary folder");
    let mut db = database(&folder, "raw.db");
    let start = Instant::now();
    for batch in batches {
        write(&mut db, std::slice::from_ref(batch));
    }
    start.elapsed()
}

/// Writes batches in one transaction.
pub fn write(db: &mut Connection, batches: &[Batch]) {
    let tx = db.transaction().expect("a transaction");
    for batch in batches {
        each(&tx, COMMIT, std::slice::from_ref(&batch.commit));
        each(&tx, VERSION, &batch.versions);
        each(&tx, RECORD, &batch.records);
        each(&tx, AUDIENCE, &batch.audience);
    }
    tx.commit().expect("a commit");
}

/// Writes position and frame only, into one table without another index.
fn one_table(batches: &[Batch]) -> Duration {
    let folder = TempDir::new().expect("a temporary folder");
    let mut db = database(&folder, "raw.db");
    db.execute_batch("CREATE TABLE one (position INTEGER PRIMARY KEY, frame BLOB)")
        .expect("a table");
    let start = Instant::now();
    for batch in batches {
        let rows = batch.versions.iter();
        let rows: Vec<Row> = rows
            .map(|row| vec![row[1].clone(), row[VERSION_FRAME].clone()])
            .collect();
        let tx = db.transaction().expect("a transaction");
        each(&tx, "INSERT INTO one VALUES (?, ?)", &rows);
        tx.commit().expect("a commit");
    }
    start.elapsed()
}

/// A batch of one version with these ids, after the pattern of another.
pub fn like(pattern: &Batch, position: i64, id: &[u8], mutation: &[u8]) -> Batch {
    let at = |row: &Row, changes: &[(usize, Value)]| {
        let mut row = row.clone();
        for (column, value) in changes {
            row[*column] = value.clone();
        }
        row
    };
    let (position, id) = (Value::Integer(position), Value::Blob(id.to_vec()));
    let version = [
        (1, position.clone()),
        (4, id.clone()),
        (10, Value::Blob(mutation.to_vec())),
    ];
    Batch {
        commit: at(
            &pattern.commit,
            &[(1, position.clone()), (2, position.clone())],
        ),
        versions: vec![at(&pattern.versions[0], &version)],
        records: vec![at(
            &pattern.records[0],
            &[(1, id.clone()), (3, position.clone())],
        )],
        audience: vec![at(&pattern.audience[0], &[(2, id), (3, position)])],
    }
}

/// Batches as one commit of the hub: one commit row.
pub fn joined(mut batches: Vec<Batch>) -> Option<Batch> {
    let mut last = batches.pop()?;
    for batch in batches {
        last.versions.extend(batch.versions);
        last.records.extend(batch.records);
        last.audience.extend(batch.audience);
    }
    Some(last)
}
