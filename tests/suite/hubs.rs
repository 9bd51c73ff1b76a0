//! Several hubs on one PostgreSQL database: what is done at one is noticed at the others, and what becomes
//! of one of them, or of the database, is noticed by nobody for long.

mod checker;
mod contention;
mod ends;
mod noticing;
mod pools;
mod readiness;
pub mod server;

use crate::checker::proxy::Proxy;
use crate::database::{Database, server};
use crate::wishes::{create, fresh, session};
use lianxiao::hub::PostgresAddress;
use lianxiao::wire::v1;
use std::time::Duration;
use tokio::sync::watch;

/// A hub that looks so seldom notices nothing but by hints.
const NEVER: Duration = Duration::from_hours(1);

fn prep() -> v1::Mutation {
    create(&fresh(), session("备课", "2026-05-12"))
}

/// A line to the tests' database server.
async fn line_to_database() -> Proxy {
    let server = server();
    let (_, host) = server.rsplit_once('@').expect("a user");
    let host = host.parse().expect("an address");
    Proxy::start(watch::channel(Some(host)).1).await
}

/// A database by a line.
fn by(line: &Proxy, database: &Database) -> PostgresAddress {
    let url = database.url();
    let (who, rest) = url.rsplit_once('@').expect("a user");
    let (_, name) = rest.rsplit_once('/').expect("a name");
    let by = format!("{who}@{}/{name}", line.address);
    by.parse().expect("an address")
}
