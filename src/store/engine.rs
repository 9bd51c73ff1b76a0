//! The port over the statements, once for every engine. An engine gives connections and transactions, and
//! does in its own way what no statement does.

mod auditing;
mod credentials;
mod erasing;

use super::sql::db::{Db, Either};
use super::sql::{audit, catalog, chain, commits, erase, feed, history, load, report, write};
use super::{
    Backup, Batch, Commits, FeedPage, Loaded, Needs, Others, PageQuery, Remembered, Result, Store,
    Stored, Version, Writing, Written,
};
use crate::model::audit::Audited;
use crate::model::caller::Group;
use crate::model::date::Span;
use crate::model::feed::Head;
use crate::model::ids::{GroupKey, MutationId, Place, RecordId};
use crate::model::sight::Sight;
use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::pool::PoolConnection;
use sqlx::{Postgres, Sqlite};
use std::collections::HashMap;
use std::path::Path;
use uuid::Uuid;

/// A connection whose statements stand alone.
pub type Connection = Either<PoolConnection<Sqlite>, PoolConnection<Postgres>>;
/// A transaction that reads: all its statements see one moment.
pub type Snapshot =
    Either<sqlx::Transaction<'static, Sqlite>, sqlx::Transaction<'static, Postgres>>;

/// What is an engine's own.
#[async_trait]
pub trait Engine: Send + Sync {
    /// The hub's id.
    fn id(&self) -> Uuid;
    /// To read with one statement.
    async fn reader(&self) -> Result<Connection>;
    /// To read with several.
    async fn snapshot(&self) -> Result<Snapshot>;
    /// To read with statements that each see a moment of their own, as [`Store::load_early`] says.
    async fn early(&self) -> Result<Connection>;
    /// As [`Store::others`] says.
    fn beside(&self) -> Option<&dyn Others>;
    /// To write with one statement, which is durable when it ends.
    async fn writer(&self) -> Result<Connection>;
    /// To write for groups, as [`Store::begin`] says.
    async fn transaction(&self, groups: &[GroupKey]) -> Result<Transaction>;
    /// As [`Store::apart`] says.
    fn in_parts(&self) -> bool;
    /// As [`Store::back_up`] says.
    async fn copy(&self, file: &Path, at: Timestamp) -> Result<()>;
    /// As [`super::Erasing::scrub`] says.
    async fn overwrite(&self) -> Result<bool>;
    /// As [`Store::close`] says.
    async fn end(&self);
}

#[async_trait]
impl<E: Engine> Store for E {
    async fn close(&self) {
        self.end().await;
    }

    fn hub_id(&self) -> Uuid {
        self.id()
    }

    fn others(&self) -> Option<&dyn Others> {
        self.beside()
    }

    fn apart(&self) -> bool {
        self.in_parts()
    }

    async fn create_group(&self, id: Uuid, name: &str, at: Timestamp) -> Result<Option<Group>> {
        let mut tx = self.transaction(&[]).await?;
        let made = catalog::create_group(&mut tx.db(), id, name, at).await?;
        tx.end().await?;
        Ok(made)
    }

    async fn groups(&self) -> Result<Vec<Group>> {
        catalog::groups(&mut self.reader().await?.db()).await
    }

    async fn back_up(&self, file: &Path, at: Timestamp) -> Result<()> {
        self.copy(file, at).await
    }

    async fn note_backup(&self, group: GroupKey, backup: Backup) -> Result<()> {
        let mut tx = self.transaction(&[group]).await?;
        let held = [(group, backup.position)];
        catalog::note_backup(&mut tx.db(), &held, backup.at).await?;
        tx.end().await
    }

    async fn last_backup(&self, group: GroupKey) -> Result<Option<Backup>> {
        catalog::last_backup(&mut self.reader().await?.db(), group).await
    }

    async fn begin(&self, groups: &[GroupKey]) -> Result<Box<dyn Writing>> {
        Ok(Box::new(self.transaction(groups).await?))
    }

    async fn load_early(&self, group: GroupKey, needs: &Needs) -> Result<Loaded> {
        load::load(&mut self.early().await?.db(), group, needs).await
    }

    async fn head(&self, group: GroupKey) -> Result<Head> {
        commits::head(&mut self.reader().await?.db(), group).await
    }

    async fn commit_before(&self, group: GroupKey, position: i64) -> Result<Head> {
        commits::commit_before(&mut self.reader().await?.db(), group, position).await
    }

    async fn commit_as_of(&self, group: GroupKey, time: Timestamp) -> Result<Head> {
        commits::commit_as_of(&mut self.reader().await?.db(), group, time).await
    }

    async fn commits(
        &self,
        group: GroupKey,
        after: i64,
        limit: i64,
        sight: &Sight,
    ) -> Result<Commits> {
        let mut tx = self.snapshot().await?;
        chain::commits(&mut tx.db(), group, after, limit, sight).await
    }

    async fn page(&self, group: GroupKey, query: &PageQuery<'_>) -> Result<FeedPage> {
        let mut tx = self.snapshot().await?;
        feed::page(&mut tx.db(), group, query).await
    }

    async fn record(
        &self,
        group: GroupKey,
        id: RecordId,
        sight: &Sight,
    ) -> Result<Option<Version>> {
        feed::record(&mut self.reader().await?.db(), group, id, sight).await
    }

    async fn record_at(
        &self,
        group: GroupKey,
        id: RecordId,
        position: i64,
    ) -> Result<Option<Version>> {
        history::record_at(&mut self.reader().await?.db(), group, id, position).await
    }

    async fn history(
        &self,
        group: GroupKey,
        id: RecordId,
        below: i64,
        limit: i64,
    ) -> Result<Vec<Written>> {
        history::history(&mut self.reader().await?.db(), group, id, below, limit).await
    }

    async fn remembered(
        &self,
        group: GroupKey,
        place: Place,
        ids: &[MutationId],
    ) -> Result<HashMap<MutationId, Remembered>> {
        load::remembered(&mut self.reader().await?.db(), group, place, ids).await
    }

    async fn as_of(
        &self,
        group: GroupKey,
        kind: &str,
        position: i64,
        span: Span,
    ) -> Result<Vec<Version>> {
        report::as_of(&mut self.reader().await?.db(), group, kind, position, span).await
    }

    async fn seen(
        &self,
        group: GroupKey,
        kind: &str,
        span: Span,
        sight: &Sight,
    ) -> Result<Vec<Version>> {
        report::seen(&mut self.reader().await?.db(), group, kind, span, sight).await
    }

    async fn last_writes(
        &self,
        group: GroupKey,
        position: i64,
        places: &[Place],
    ) -> Result<HashMap<Place, Timestamp>> {
        report::last_writes(&mut self.reader().await?.db(), group, position, places).await
    }
}

/// A transaction that writes, begun and ended in the engine's own words: a failure may have ended it
/// already (a full disk does), and sqlx would go on counting it as open. Unless it is committed, its
/// connection is closed, and the transaction with it.
pub struct Transaction {
    /// Gone once the transaction ended.
    connection: Option<Connection>,
    /// The heads that it knows.
    heads: HashMap<GroupKey, Head>,
    commit: &'static str,
    /// What is done once it is durable; dropped with it, if it never is.
    then: Box<dyn FnOnce() + Send>,
}

impl Transaction {
    /// Begins one with some words, which may ask for heads; with others it will be committed.
    pub async fn begin(connection: Connection, begin: &str, commit: &'static str) -> Result<Self> {
        let mut transaction = Transaction {
            connection: Some(connection),
            heads: HashMap::new(),
            commit,
            then: Box::new(|| ()),
        };
        let told = transaction.db().run(begin).await?;
        transaction.heads = commits::heads(&told)?;
        Ok(transaction)
    }

    /// With something to be done once it is durable.
    pub fn then(self, then: impl FnOnce() + Send + 'static) -> Self {
        let mut transaction = self;
        transaction.then = Box::new(then);
        transaction
    }

    pub fn db(&mut self) -> Db<'_> {
        let connection = self.connection.as_mut();
        connection.expect("the transaction is open").db()
    }

    pub async fn end(mut self) -> Result<()> {
        let commit = self.commit;
        self.db().run(commit).await?;
        // Back to the pool.
        self.connection = None;
        std::mem::replace(&mut self.then, Box::new(|| ()))();
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        match self.connection.take() {
            Some(Either::Sqlite(connection)) => drop(connection.detach()),
            Some(Either::Postgres(connection)) => drop(connection.detach()),
            None => {}
        }
    }
}

#[async_trait]
impl Writing for Transaction {
    async fn head(&mut self, group: GroupKey) -> Result<Head> {
        match self.heads.get(&group) {
            Some(head) => Ok(*head),
            None => commits::head(&mut self.db(), group).await,
        }
    }

    async fn load(&mut self, group: GroupKey, needs: &Needs) -> Result<Loaded> {
        load::load(&mut self.db(), group, needs).await
    }

    async fn apply(&mut self, group: GroupKey, batch: &Batch) -> Result<()> {
        write::apply(&mut self.db(), group, batch).await?;
        self.heads.insert(group, batch.head);
        Ok(())
    }

    async fn versions_of(&mut self, group: GroupKey, id: RecordId) -> Result<Vec<Stored>> {
        erase::versions_of(&mut self.db(), group, id).await
    }

    async fn rewrite(&mut self, group: GroupKey, rewritten: &[Stored]) -> Result<()> {
        erase::rewrite(&mut self.db(), group, rewritten).await
    }

    async fn note(&mut self, group: GroupKey, deed: &Audited) -> Result<()> {
        audit::write(&mut self.db(), group, deed).await
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        self.end().await
    }
}
