//! Files that are no hub's, and those of a newer program.

use super::engine::{Engine as _, Sqlite};
use super::scribe::{Scribe, put, record};
use lianxiao::model::feed::Filter;
use lianxiao::model::ids::Who;
use lianxiao::model::sight::Sight;
use lianxiao::store::{Needs, PageQuery, SqliteStore, Store, StoreError};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use std::path::Path;
use uuid::Uuid;

pub async fn open(folder: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(folder, Uuid::from_u128(1)).await
}

/// Runs SQL on the file behind the store's back.
pub async fn tamper(folder: &Path, sql: String) {
    let file = SqliteConnectOptions::new().filename(folder.join("lianxiao.db"));
    let pool = SqlitePool::connect_with(file.create_if_missing(true)).await;
    let pool = pool.expect("the file opens");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(&pool)
        .await
        .expect("the SQL runs");
    pool.close().await;
}

/// A database of some records, all in its one file.
pub async fn filled() -> Sqlite {
    let (engine, copy) = (Sqlite::fresh().await, Sqlite::fresh().await);
    let store = open(engine.0.path()).await.expect("the database opens");
    let mut scribe = Scribe::new(&store, "g").await;
    scribe
        .commit((1..=400).map(|n| put(record(n)).sized(500)))
        .await;
    let file = copy.0.path().join("lianxiao.db");
    let file = file.to_str().expect("a path");
    let sql = format!("VACUUM INTO '{file}'");
    tamper(engine.0.path(), sql).await;
    copy
}

/// Makes it a newer program's.
pub const NEWER: &str = "INSERT INTO _sqlx_migrations \
    (version, description, success, checksum, execution_time) VALUES (9999, 'later', TRUE, x'00', 0)";

/// Why the database cannot be opened, or what goes wrong when it is used.
async fn fault(folder: &Path) -> StoreError {
    match open(folder).await {
        Err(fault) => fault,
        Ok(store) => use_all(&store).await.expect_err("the damage is noticed"),
    }
}

/// Reads all there is of the group.
async fn use_all(store: &dyn Store) -> Result<(), StoreError> {
    for group in store.groups().await? {
        let query = PageQuery {
            sight: &Sight::of([Who::Group]),
            filter: &Filter::default(),
            after: 0,
            bytes_max: usize::MAX,
        };
        store.page(group.key, &query).await?;
        let span = super::history::always();
        store.as_of(group.key, "menu", i64::MAX - 1, span).await?;
        let needs = Needs {
            records: (1..=400).map(record).collect(),
            ..Needs::default()
        };
        store
            .begin(&[group.key])
            .await?
            .load(group.key, &needs)
            .await?;
    }
    Ok(())
}

#[tokio::test]
async fn noise_is_no_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let noise: Vec<u8> = (0..20_000_u32).map(|i| (i * i % 251) as u8).collect();
    std::fs::write(folder.path().join("lianxiao.db"), &noise).expect("a file");
    let fault = fault(folder.path()).await;
    assert!(matches!(fault, StoreError::Database(_)), "{fault}");
    let left = std::fs::read(folder.path().join("lianxiao.db")).expect("a file");
    assert_eq!(left, noise);
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    tamper(folder.path(), "CREATE TABLE pupil (name TEXT)".to_owned()).await;
    let before = std::fs::read(folder.path().join("lianxiao.db")).expect("a file");
    let fault = fault(folder.path()).await;
    assert!(matches!(fault, StoreError::Foreign(_)), "{fault}");
    let after = std::fs::read(folder.path().join("lianxiao.db")).expect("a file");
    assert_eq!(before, after);
}

#[tokio::test]
async fn an_empty_file_becomes_a_database() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("lianxiao.db"), b"").expect("a file");
    let store = open(folder.path()).await.expect("the database opens");
    let mut scribe = Scribe::new(&store, "g").await;
    scribe.commit([put(record(1))]).await;
}

#[tokio::test]
async fn a_start_that_was_cut_off_is_made_good() {
    let engine = Sqlite::fresh().await;
    let sql = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
               installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, \
               checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)";
    tamper(engine.0.path(), sql.to_owned()).await;
    let store = open(engine.0.path()).await.expect("the database opens");
    use_all(&store).await.expect("it works");
}

#[tokio::test]
async fn a_newer_programs_database_is_refused() {
    let engine = filled().await;
    tamper(engine.0.path(), NEWER.to_owned()).await;
    let fault = fault(engine.0.path()).await;
    assert!(matches!(fault, StoreError::Migrate(_)), "{fault}");
}

#[tokio::test]
async fn a_file_cut_short_is_an_error() {
    for part in [2, 3, 10, 100] {
        let engine = filled().await;
        let path = engine.0.path().join("lianxiao.db");
        let file = std::fs::File::options()
            .write(true)
            .open(&path)
            .expect("the file");
        let size = file.metadata().expect("a size").len();
        file.set_len(size / part * (part - 1)).expect("cut");
        let fault = fault(engine.0.path()).await;
        assert!(matches!(fault, StoreError::Database(_)), "{part}: {fault}");
    }
}

#[tokio::test]
async fn a_value_that_no_hub_stores_is_an_error() {
    for sql in [
        "UPDATE \"commit\" SET chain = x'00'",
        "UPDATE \"commit\" SET at = 9223372036854775807",
        "UPDATE grp SET id = x'00'",
        "UPDATE version SET id = x'00' WHERE position = 200",
        "UPDATE version SET campus = x'01' WHERE position = 200",
        "UPDATE audience SET who = 'nobody' WHERE position = 200",
        "UPDATE hub SET id = x''",
    ] {
        let engine = filled().await;
        tamper(engine.0.path(), sql.to_owned()).await;
        let fault = fault(engine.0.path()).await;
        assert!(matches!(fault, StoreError::Damaged(_)), "{sql}: {fault}");
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    fault(&folder.path().join("missing")).await;
    std::fs::write(folder.path().join("file"), b"").expect("a file");
    fault(&folder.path().join("file")).await;
    std::fs::create_dir(folder.path().join("lianxiao.db")).expect("a folder");
    fault(folder.path()).await;
}
