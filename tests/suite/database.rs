//! The databases that hubs under test keep their records in: the whole suite runs once on each store.

use lianxiao::hub::PostgresAddress;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use uuid::Uuid;

/// Whether this run is the one on PostgreSQL.
pub fn on_postgres() -> bool {
    match std::env::var("LIANXIAO_TEST_STORE").as_deref() {
        Ok("postgres") => true,
        Ok("sqlite") | Err(_) => false,
        Ok(other) => panic!("LIANXIAO_TEST_STORE is sqlite or postgres, not {other}"),
    }
}

/// A PostgreSQL database that one test has for itself. It is dropped with the test.
pub struct Database {
    name: String,
    /// By which way it is reached.
    server: String,
}

impl Database {
    /// An empty one.
    pub fn fresh() -> Self {
        let name = fresh_name();
        make(&name);
        Self::named(name)
    }

    /// A copy of it; nobody may be connected.
    pub fn copy(&self) -> Self {
        let name = fresh_name();
        copy(&self.name, &name);
        Self::named(name)
    }

    /// Puts a copy in its place, as an operator puts a backup back.
    pub fn put_back(&self, backup: &Database) {
        unmake(&self.name);
        copy(&backup.name, &self.name);
    }

    fn named(name: String) -> Self {
        let server = server();
        Database { name, server }
    }

    /// The same, reached by another way.
    pub fn behind(mut self, server: &str) -> Self {
        server.clone_into(&mut self.server);
        self
    }

    /// That of the hub on a data folder, in the run on PostgreSQL.
    pub fn of(data: &Path) -> Option<Self> {
        of_program(data).map(|_| Self::named(name_of(data)))
    }

    /// Where it is.
    pub fn address(&self) -> PostgresAddress {
        self.url().parse().expect("an address")
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    /// A connection of the test's own.
    pub async fn connect(&self) -> PgConnection {
        let db = PgConnection::connect(&url(&self.name)).await;
        db.expect("a connection")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        unmake(&self.name);
    }
}

fn fresh_name() -> String {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    format!("t{}_{number}", std::process::id())
}

fn unmake(name: &str) {
    let drop = format!("DROP DATABASE {name} WITH (FORCE)");
    tell("postgres", drop).expect("it is dropped");
}

fn copy(from: &str, to: &str) {
    let copy = format!("CREATE DATABASE {to} TEMPLATE {from}");
    tell("postgres", copy).expect("it is copied");
}

/// The address of the database of a program on a data folder, in the run on PostgreSQL: the same when the
/// program is started again. The database goes with the server.
pub fn of_program(data: &Path) -> Option<String> {
    on_postgres().then(|| {
        let name = name_of(data);
        make(&name);
        url(&name)
    })
}

/// Everything that stands in the tables of the hub on a data folder, in the run on PostgreSQL: the rows as
/// text, and the bytes in them as they are.
pub fn contents(data: &Path) -> Vec<u8> {
    const TABLES: &str = "SELECT tablename::TEXT FROM pg_tables WHERE schemaname = 'public'";
    if !on_postgres() {
        return Vec::new();
    }
    let name = name_of(data);
    let tables = tell(&name, TABLES.to_owned()).expect("its tables");
    assert!(tables.len() > 10, "{tables:?}");
    let rows = |table| tell(&name, format!("SELECT t::TEXT FROM \"{table}\" t")).expect("rows");
    let text: String = tables.into_iter().flat_map(rows).collect();
    let digits = text.split("\\x").skip(1).map(str::as_bytes);
    let bytes = digits.flat_map(|digits| {
        let digit = |i: usize| char::from(*digits.get(i)?).to_digit(16);
        (0..)
            .step_by(2)
            .map_while(move |i| u8::try_from(digit(i)? * 16 + digit(i + 1)?).ok())
    });
    bytes.chain(text.bytes()).collect()
}

fn name_of(data: &Path) -> String {
    let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, data.as_os_str().as_encoded_bytes());
    format!("f{}", id.simple())
}

/// The server that `tests/run` started.
pub fn server() -> String {
    let server = std::env::var("LIANXIAO_TEST_POSTGRES");
    server.expect("tests/run starts PostgreSQL and says where")
}

fn url(name: &str) -> String {
    format!("{}/{name}", server())
}

/// Makes a database, unless it is there.
fn make(name: &str) {
    const THERE: &str = "42P04";
    match tell("postgres", format!("CREATE DATABASE {name}")) {
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(THERE) => {}
        made => drop(made.expect("a database")),
    }
}

/// Tells a database something; the first column of what it answers. On a thread of its own, because a test
/// ends where nothing can be awaited.
fn tell(name: &str, words: String) -> sqlx::Result<Vec<String>> {
    let url = url(name);
    let telling = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async {
            let mut db = PgConnection::connect(&url).await?;
            let rows = db.fetch_all(AssertSqlSafe(words)).await?;
            rows.iter().map(|row| row.try_get(0)).collect()
        })
    });
    telling.join().expect("an answer")
}
