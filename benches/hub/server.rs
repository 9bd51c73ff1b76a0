//! The PostgreSQL server that the benches run on, when `LIANXIAO_BENCH_POSTGRES` says where one is.

use lianxiao::hub::random_uuid;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

const SERVER: &str = "LIANXIAO_BENCH_POSTGRES";

/// Whether there is one.
pub fn is_there() -> bool {
    std::env::var_os(SERVER).is_some()
}

/// An empty database of it. It stays there, as the server is one for benches.
pub async fn database() -> Option<String> {
    let server = std::env::var(SERVER).ok()?;
    let name = format!("bench_{}", random_uuid().simple());
    let mut db = connect(&format!("{server}/postgres")).await;
    let create = db.execute(AssertSqlSafe(format!("CREATE DATABASE {name}")));
    create.await.expect("a database");
    Some(format!("{server}/{name}"))
}

/// A connection to a database.
pub async fn connect(url: &str) -> PgConnection {
    let db = PgConnection::connect(url).await;
    db.expect("a connection")
}
