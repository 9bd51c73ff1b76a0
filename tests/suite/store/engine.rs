//! The databases that the contract runs on.

use crate::database::Database;
use async_trait::async_trait;
use lianxiao::store::{PostgresStore, SqliteStore, Store};
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;

/// A database that one test has for itself.
#[async_trait]
pub trait Engine: Sized + Send + Sync {
    /// An empty one.
    async fn fresh() -> Self;

    /// Opens it, as a program's start does. `id` becomes the hub's id if it is new.
    async fn open_as(&self, id: Uuid) -> Arc<dyn Store>;

    /// Opens it.
    async fn open(&self) -> Arc<dyn Store> {
        self.open_as(Uuid::from_u128(1)).await
    }
}

/// A PostgreSQL database.
pub struct Postgres(Database);

#[async_trait]
impl Engine for Postgres {
    async fn fresh() -> Self {
        Postgres(Database::fresh())
    }

    async fn open_as(&self, id: Uuid) -> Arc<dyn Store> {
        let store = PostgresStore::open(&self.0.address(), id).await;
        Arc::new(store.expect("the database opens"))
    }
}

/// A folder with an SQLite file. It is removed with the test.
pub struct Sqlite(pub TempDir);

#[async_trait]
impl Engine for Sqlite {
    async fn fresh() -> Self {
        Sqlite(tempfile::tempdir().expect("a folder can be made"))
    }

    async fn open_as(&self, id: Uuid) -> Arc<dyn Store> {
        let store = SqliteStore::open(self.0.path(), id).await;
        Arc::new(store.expect("the database opens"))
    }
}
