//! What is typed goes into the outbox, with what it builds on.

use super::super::error::{ReplicaError, Result};
use super::super::seen::sees;
use super::super::wish::{self, Wanted};
use super::{Database, Entry, State, Tx, copy, mutation, state};
use crate::wire::v1;
use bytes::Bytes;
use prost::Message as _;
use sqlx::Row as _;
use v1::mutation::Wish;

/// The hub does not know, or knows no longer, what a put started from.
const BASE_UNKNOWN: &str = "BASE_UNKNOWN";

/// One's own last wish about a record.
struct Own {
    mutation: v1::Mutation,
    /// Its place in the feed; `None`: not answered yet.
    position: Option<i64>,
    /// What the hub made of it.
    answer: Option<v1::PushResult>,
}

impl Database {
    /// Puts wishes about records into the outbox; several are done together, all or none. They are durable when this
    /// returns.
    pub async fn type_in(
        &self,
        reason: &str,
        wanted: Vec<(String, Wanted)>,
    ) -> Result<Vec<v1::Mutation>> {
        let mut tx = self.begin().await?;
        let here = state(&mut tx).await?;
        let mut typed: Vec<v1::Mutation> = Vec::new();
        let together = (wanted.len() > 1).then(|| wish::fresh_id().to_string());
        for (record_id, wanted) in wanted {
            if typed.iter().any(|other| other.record_id == record_id) {
                return Err(ReplicaError::Twice(record_id));
            }
            let copy = copy::record(&mut tx, &record_id).await?;
            let own = own(&mut tx, &record_id).await?;
            let base = base(&here, copy.as_ref(), &own);
            let (seen_version, follows) = seen(&here, copy.as_ref(), &own);
            let follows = follows.filter(|_| matches!(wanted, Wanted::Act { .. }));
            let mutation = wish::mutation(&record_id, reason, wanted, base, seen_version);
            insert(&mut tx, &mutation, follows.as_deref(), together.as_deref()).await?;
            typed.push(mutation);
        }
        tx.commit().await?;
        Ok(typed)
    }

    /// Puts a wish into the outbox as it is asked for on a page, unless it is there, or was accepted, already. It
    /// builds on what the page showed, unless something else was typed about the record since.
    pub async fn type_once(&self, mutation: &v1::Mutation) -> Result<()> {
        let mut tx = self.begin().await?;
        let known = sqlx::query(
            "SELECT 1 FROM outbox WHERE mutation_id = ? UNION SELECT 1 FROM journal WHERE mutation_id = ?",
        )
        .bind(&mutation.mutation_id)
        .bind(&mutation.mutation_id)
        .fetch_optional(&mut *tx)
        .await?;
        if known.is_some() {
            return Ok(());
        }
        let here = state(&mut tx).await?;
        let copy = copy::record(&mut tx, &mutation.record_id).await?;
        let own = own(&mut tx, &mutation.record_id).await?;
        let mut mutation = mutation.clone();
        let (seen_version, follows) = seen(&here, copy.as_ref(), &own);
        let follows = follows.filter(|_| matches!(mutation.wish, Some(Wish::Act(_))));
        let unseen = own.first().is_some_and(|own| {
            let position = own.position;
            position.is_none_or(|position| position > here.whole_at)
        });
        if unseen || !sees(&mutation) {
            wish::rebase(&mut mutation, base(&here, copy.as_ref(), &own));
            wish::saw(&mut mutation, seen_version);
        }
        if matches!(mutation.wish, Some(Wish::Put(_))) {
            replace_refused(&mut tx, &mutation.record_id).await?;
        }
        insert(&mut tx, &mutation, follows.as_deref(), None).await?;
        Ok(tx.commit().await?)
    }

    /// What its author sees of a record's content: what was typed last and is not yet in the copy, or
    /// the copy.
    pub async fn seen_content(&self, record_id: &str) -> Result<Option<Bytes>> {
        let mut tx = self.begin().await?;
        let here = state(&mut tx).await?;
        let typed = unseen_put(&here, &own(&mut tx, record_id).await?)
            .and_then(|own| wish::content(&own.mutation).cloned());
        match typed {
            Some(typed) => Ok(Some(typed)),
            None => Ok(copy::record(&mut tx, record_id)
                .await?
                .map(|record| record.content)),
        }
    }

    /// Makes a refused wish anew, with other content and the base it had; if the hub does not know that
    /// one, it starts from what its author sees now.
    pub async fn correct(&self, entry: &Entry, content: Bytes) -> Result<v1::Mutation> {
        let refused = &entry.mutation;
        let mut tx = self.begin().await?;
        let resolves = match &refused.wish {
            Some(Wish::Put(put)) => put.resolves.clone(),
            _ => Vec::new(),
        };
        let refusals = entry.answer.iter().flat_map(|answer| &answer.refusals);
        let unknown = refusals
            .map(|refusal| &refusal.code)
            .any(|code| code == BASE_UNKNOWN);
        let base = if unknown {
            let here = state(&mut tx).await?;
            let copy = copy::record(&mut tx, &refused.record_id).await?;
            base(
                &here,
                copy.as_ref(),
                &own(&mut tx, &refused.record_id).await?,
            )
        } else {
            wish::base(refused).cloned()
        };
        let wanted = Wanted::Put { content, resolves };
        let mutation = wish::mutation(&refused.record_id, &refused.reason, wanted, base, 0);
        sqlx::query("DELETE FROM outbox WHERE mutation_id = ? AND refused = 1")
            .bind(&refused.mutation_id)
            .execute(&mut *tx)
            .await?;
        insert(&mut tx, &mutation, None, None).await?;
        tx.commit().await?;
        Ok(mutation)
    }
}

/// A content that is typed anew takes the place of those that were refused.
async fn replace_refused(tx: &mut Tx, record_id: &str) -> Result<()> {
    let rows = sqlx::query("SELECT mutation FROM outbox WHERE record_id = ? AND refused = 1")
        .bind(record_id)
        .fetch_all(&mut **tx)
        .await?;
    for row in &rows {
        let refused = mutation(row)?;
        if wish::content(&refused).is_some() {
            super::outbox::delete(tx, &refused.mutation_id).await?;
        }
    }
    Ok(())
}

async fn insert(
    tx: &mut Tx,
    mutation: &v1::Mutation,
    follows: Option<&str>,
    together: Option<&str>,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO outbox (mutation_id, record_id, mutation, follows, together, refused, tries_left) \
         VALUES (?, ?, ?, ?, ?, 0, 0)",
    )
    .bind(&mutation.mutation_id)
    .bind(&mutation.record_id)
    .bind(mutation.encode_to_vec())
    .bind(follows)
    .bind(together)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// One's own wishes about a record, the newest first; refused ones are no longer wished.
async fn own(tx: &mut Tx, record_id: &str) -> Result<Vec<Own>> {
    let rows = sqlx::query(
        "SELECT seq, mutation, NULL AS position, NULL AS answer FROM outbox \
         WHERE record_id = ? AND refused = 0 \
         UNION ALL SELECT seq, mutation, position, answer FROM journal WHERE record_id = ? \
         ORDER BY seq DESC",
    )
    .bind(record_id)
    .bind(record_id)
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let answer: Option<Vec<u8>> = row.try_get("answer")?;
            Ok(Own {
                mutation: mutation(row)?,
                position: row.try_get("position")?,
                answer: answer.map(|bytes| super::answer(&bytes)).transpose()?,
            })
        })
        .collect()
}

/// One's own newest put that the copy does not show yet.
fn unseen_put<'o>(here: &State, own: &'o [Own]) -> Option<&'o Own> {
    let unseen = |own: &&Own| own.position.is_none_or(|position| position > here.whole_at);
    own.iter()
        .find(|own| wish::content(&own.mutation).is_some())
        .filter(unseen)
}

/// What a put or a deletion starts from: what its author sees. One's own mutation is named wherever it
/// wrote that, because its id outlives a restore and a version number does not.
fn base(here: &State, copy: Option<&v1::Record>, own: &[Own]) -> Option<v1::Base> {
    if let Some(own) = unseen_put(here, own) {
        return Some(wish::after(&own.mutation.mutation_id));
    }
    let copy = copy?;
    // The hub knows no base from before an erasure.
    let stands = |own: &&Own| own.position.is_none_or(|at| at >= copy.erased_position);
    let wrote = |own: &&Own| wish::content(&own.mutation) == Some(&copy.content) && stands(own);
    Some(match own.iter().find(wrote) {
        Some(own) => wish::after(&own.mutation.mutation_id),
        None => wish::at(copy.version, &copy.content),
    })
}

/// The version the asker of an action saw, and the unanswered wish that may still make another of it.
fn seen(here: &State, copy: Option<&v1::Record>, own: &[Own]) -> (i64, Option<String>) {
    let in_copy = copy.map_or(0, |copy| copy.version);
    let Some(last) = own.first() else {
        return (in_copy, None);
    };
    match (last.position, &last.answer) {
        (None, _) => (in_copy, Some(last.mutation.mutation_id.clone())),
        (Some(position), Some(answer))
            if position > here.whole_at && answer.outcome() == v1::Outcome::Applied =>
        {
            (answer.version, None)
        }
        _ => (in_copy, None),
    }
}
