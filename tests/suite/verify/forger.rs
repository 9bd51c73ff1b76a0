//! Somebody with the hub's database, while the hub is down.

use crate::database;
use lianxiao::model::chain::{Extension, Stub, leaf};
use lianxiao::model::ids::RecordId;
use lianxiao::wire::v1;
use prost::Message as _;
use sqlx::postgres::PgPool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _};
use std::path::Path;
use uuid::Uuid;

pub enum Forger {
    File(SqlitePool),
    Postgres(PgPool),
}

/// Runs a query on whichever database it is.
macro_rules! on {
    ($forger:expr, $db:ident => $run:expr) => {
        match $forger {
            Forger::File($db) => $run,
            Forger::Postgres($db) => $run,
        }
    };
}

impl Forger {
    /// Of the hub on a data folder.
    pub async fn open(data: &Path) -> Self {
        if let Some(url) = database::of_program(data) {
            return Forger::Postgres(PgPool::connect(&url).await.expect("it opens"));
        }
        let file = SqliteConnectOptions::new().filename(data.join("lianxiao.db"));
        let pool = SqlitePool::connect_with(file).await;
        Forger::File(pool.expect("the file opens"))
    }

    /// Runs SQL; it must change something.
    pub async fn run(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        let changed = on!(self, db => {
            let done = sqlx::query(sql).execute(db).await.expect("the SQL runs");
            done.rows_affected()
        });
        assert!(changed > 0, "nothing was changed");
    }

    /// Writes other words of the same length into the version at a position.
    pub async fn reword(&self, position: i64, old: &str, new: &str) {
        const FRAME: &str = "SELECT frame FROM version WHERE position = $1";
        const WRITE: &str = "UPDATE version SET frame = $1 WHERE position = $2";
        let mut frame: Vec<u8> = on!(self, db => {
            let row = sqlx::query(FRAME).bind(position).fetch_one(db).await;
            row.expect("the version").get("frame")
        });
        assert_eq!(old.len(), new.len(), "the frame must stay one");
        let at = frame
            .windows(old.len())
            .position(|part| part == old.as_bytes());
        let at = at.expect("the words stand there");
        frame[at..at + old.len()].copy_from_slice(new.as_bytes());
        on!(self, db => {
            let written = sqlx::query(WRITE).bind(frame).bind(position).execute(db).await;
            written.expect("written");
        });
    }

    fn file(&self) -> &SqlitePool {
        match self {
            Forger::File(file) => file,
            Forger::Postgres(_) => panic!("the chain is computed anew in a file"),
        }
    }

    /// Computes every leaf and every head anew, as the hub would have.
    pub async fn rechain(&self) {
        let versions = sqlx::query("SELECT * FROM version ORDER BY position");
        let versions = versions.fetch_all(self.file()).await.expect("versions");
        let commits = sqlx::query("SELECT * FROM \"commit\" ORDER BY last_position");
        let commits = commits.fetch_all(self.file()).await.expect("commits");
        let (mut chain, mut after) = ([0; 32], 0);
        for commit in &commits {
            let last: i64 = commit.get("last_position");
            let at = jiff::Timestamp::from_microsecond(commit.get("at")).expect("a time");
            let mut next = Extension::of(chain, at);
            let lies_in = |row: &&SqliteRow| (after + 1..=last).contains(&row.get("position"));
            for version in versions.iter().filter(lies_in) {
                let leaf = leaf_of(version);
                next.add(&leaf);
                let update = sqlx::query("UPDATE version SET leaf = ? WHERE position = ?");
                let update = update
                    .bind(leaf.to_vec())
                    .bind(version.get::<i64, _>("position"));
                update.execute(self.file()).await.expect("written");
            }
            (chain, after) = (next.head(), last);
            let update = sqlx::query("UPDATE \"commit\" SET chain = ? WHERE last_position = ?");
            let update = update.bind(chain.to_vec()).bind(last).execute(self.file());
            update.await.expect("written");
        }
    }

    pub async fn close(self) {
        on!(self, db => db.close().await);
    }
}

fn leaf_of(row: &SqliteRow) -> [u8; 32] {
    let id = |column| Uuid::from_slice(row.get(column)).map(|id| RecordId(id).to_string());
    let place = |column| id(column).unwrap_or_default();
    let frame: Option<Vec<u8>> = row.get("frame");
    let stub = Stub {
        position: row.get("position"),
        version: row.get("version"),
        id: id("id").expect("an id").parse().expect("an id"),
        kind: row.get("kind"),
        owner: &place("campus"),
        pusher: &place("place"),
    };
    let deleted = || {
        let deleted = v1::Deleted {
            id: stub.id.to_string(),
            kind: stub.kind.to_owned(),
            version: stub.version,
            position: stub.position,
            erased_position: row.get("erased"),
            campus_id: stub.owner.to_owned(),
            actor: row.get("actor"),
            reason: row.get("reason"),
        };
        let change = Some(v1::change::Change::Deleted(deleted));
        v1::Change { change }.encode_to_vec()
    };
    leaf(&stub, row.get("salt"), &frame.unwrap_or_else(deleted))
}
