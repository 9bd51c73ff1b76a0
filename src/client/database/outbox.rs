//! The outbox and the journal: what was typed, until the hub has it and a backup of the hub has it too.

use super::super::error::{ReplicaError, Result};
use super::super::wish;
use super::{Database, Tx, answer, mutation};
use crate::wire::v1;
use prost::Message as _;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use v1::Outcome;

/// How often what a restore took back is pushed again before it counts as refused: what it builds on may
/// come back with another replica.
const TRIES: i64 = 20;
/// Refused by a hub that is older than the client; it will be upgraded.
const TOO_NEW: &str = "CONTRACT_TOO_NEW";

/// A mutation in the outbox.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The mutation.
    pub mutation: v1::Mutation,
    /// The own wish that must be answered before this action can be asked for.
    pub follows: Option<String>,
    /// It is done with the others that say the same, all or none.
    pub together: Option<String>,
    /// The hub refused it; it waits for its author.
    pub refused: bool,
    /// A restore took it back, and it is on its way again.
    pub taken_back: bool,
    /// What the hub had to say, when it did not accept it.
    pub answer: Option<v1::PushResult>,
}

/// A mutation in the journal.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The mutation.
    pub mutation: v1::Mutation,
    /// What the hub answered.
    pub answer: v1::PushResult,
}

impl Database {
    /// The outbox, in the order typed.
    pub async fn outbox(&self) -> Result<Vec<Entry>> {
        let rows = sqlx::query(
            "SELECT mutation, follows, together, refused, tries_left, answer FROM outbox ORDER BY seq",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(entry).collect()
    }

    /// How much was ever typed: it rises with every wish, whichever program typed it.
    pub async fn typed(&self) -> Result<i64> {
        let row = sqlx::query("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")
            .fetch_optional(&self.pool)
            .await?;
        row.map_or(Ok(0), |row| Ok(row.try_get("seq")?))
    }

    /// The journal, in the order typed.
    pub async fn journal(&self) -> Result<Vec<Kept>> {
        self.journal_up_to(i64::MAX).await
    }

    /// What of the journal stands up to a position, in the order typed.
    pub async fn journal_up_to(&self, position: i64) -> Result<Vec<Kept>> {
        let rows =
            sqlx::query("SELECT mutation, answer FROM journal WHERE position <= ? ORDER BY seq")
                .bind(position)
                .fetch_all(&self.pool)
                .await?;
        rows.iter().map(kept).collect()
    }

    /// What of the journal stands after a position, in the order typed.
    pub async fn journal_after(&self, position: i64) -> Result<Vec<Kept>> {
        let rows =
            sqlx::query("SELECT mutation, answer FROM journal WHERE position > ? ORDER BY seq")
                .bind(position)
                .fetch_all(&self.pool)
                .await?;
        rows.iter().map(kept).collect()
    }

    /// One's own mutation by its id, and its answer when it was accepted or refused for good; `None`: neither outbox
    /// nor journal has it.
    pub async fn told(
        &self,
        mutation_id: &str,
    ) -> Result<Option<(v1::Mutation, Option<v1::PushResult>)>> {
        let row = sqlx::query(
            "SELECT mutation, CASE refused WHEN 1 THEN answer END AS answer FROM outbox WHERE mutation_id = ? \
             UNION ALL SELECT mutation, answer FROM journal WHERE mutation_id = ?",
        )
        .bind(mutation_id)
        .bind(mutation_id)
        .fetch_optional(&self.pool)
        .await?;
        let read = |row: SqliteRow| {
            let bytes: Option<Vec<u8>> = row.try_get("answer")?;
            let told = bytes.map(|bytes| answer(&bytes)).transpose()?;
            Ok((mutation(&row)?, told))
        };
        row.map(read).transpose()
    }

    /// The highest position the journal holds.
    pub async fn journal_head(&self) -> Result<i64> {
        let row = sqlx::query("SELECT COALESCE(MAX(position), 0) AS head FROM journal")
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get("head")?)
    }

    /// Drops a refused mutation: its author wants it no more.
    pub async fn discard(&self, mutation_id: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        let dropped = sqlx::query("DELETE FROM outbox WHERE mutation_id = ? AND refused = 1")
            .bind(mutation_id)
            .execute(&mut *tx)
            .await?;
        if dropped.rows_affected() == 0 {
            return Err(ReplicaError::NotRefused(mutation_id.to_owned()));
        }
        Ok(tx.commit().await?)
    }

    /// Stores the answers to what was sent. Those that settled something are given back.
    pub async fn answered<'s>(
        &self,
        sent: &'s [v1::Mutation],
        results: &'s [v1::PushResult],
    ) -> Result<Vec<(&'s v1::Mutation, &'s v1::PushResult)>> {
        let mut tx = self.begin().await?;
        let mut settled = Vec::new();
        for (mutation, result) in sent.iter().zip(results) {
            // What another of them kept out waits when that one waits.
            let why = match result.outcome() {
                Outcome::NotApplied => results,
                _ => std::slice::from_ref(result),
            };
            if answered_one(&mut tx, mutation, result, why).await? {
                settled.push((mutation, result));
            }
        }
        tx.commit().await?;
        Ok(settled)
    }

    /// The hub was asked about the journal: known ones stand where it says, unknown ones go out again.
    pub async fn compared(
        &self,
        known: &[v1::PushResult],
        unknown: &[String],
        backed_up: i64,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        for result in known {
            sqlx::query("UPDATE journal SET position = ?, answer = ? WHERE mutation_id = ?")
                .bind(result.position)
                .bind(result.encode_to_vec())
                .bind(&result.mutation_id)
                .execute(&mut *tx)
                .await?;
            sqlx::query("DELETE FROM journal WHERE mutation_id = ? AND position <= ?")
                .bind(&result.mutation_id)
                .bind(backed_up)
                .execute(&mut *tx)
                .await?;
        }
        for mutation_id in unknown {
            sqlx::query(
                "INSERT INTO outbox (seq, mutation_id, record_id, mutation, together, refused, tries_left) \
                 SELECT seq, mutation_id, record_id, mutation, together, 0, ? FROM journal WHERE mutation_id = ?",
            )
            .bind(TRIES)
            .bind(mutation_id)
            .execute(&mut *tx)
            .await?;
            sqlx::query("DELETE FROM journal WHERE mutation_id = ?")
                .bind(mutation_id)
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }
}

fn kept(row: &SqliteRow) -> Result<Kept> {
    Ok(Kept {
        mutation: mutation(row)?,
        answer: answer(&row.try_get::<Vec<u8>, _>("answer")?)?,
    })
}

fn entry(row: &SqliteRow) -> Result<Entry> {
    let bytes: Option<Vec<u8>> = row.try_get("answer")?;
    Ok(Entry {
        mutation: mutation(row)?,
        follows: row.try_get("follows")?,
        together: row.try_get("together")?,
        refused: row.try_get::<i64, _>("refused")? != 0,
        taken_back: row.try_get::<i64, _>("tries_left")? > 0,
        answer: bytes.map(|bytes| answer(&bytes)).transpose()?,
    })
}

/// Stores one answer; false when it leaves the mutation waiting.
async fn answered_one(
    tx: &mut Tx,
    sent: &v1::Mutation,
    result: &v1::PushResult,
    why: &[v1::PushResult],
) -> Result<bool> {
    let row = sqlx::query("SELECT seq, mutation, tries_left FROM outbox WHERE mutation_id = ?")
        .bind(&sent.mutation_id)
        .fetch_optional(&mut **tx)
        .await?;
    let Some(row) = row else { return Ok(false) };
    let seq: i64 = row.try_get("seq")?;
    match result.outcome() {
        Outcome::Applied | Outcome::Merged | Outcome::ConflictKept => {
            accepted(tx, sent, result).await?;
            let applied = result.outcome() == Outcome::Applied;
            release(tx, sent, seq, applied.then_some(result.version), Rebase::No).await?;
            Ok(true)
        }
        Outcome::Unchanged => {
            // It left no trace at the hub to build on; the version that already says the same does.
            let stands = wish::content(sent).map(|content| wish::at(result.version, content));
            delete(tx, &sent.mutation_id).await?;
            let rebase = stands.map_or(Rebase::No, |base| Rebase::Onto(Some(base)));
            release(tx, sent, seq, Some(result.version), rebase).await?;
            Ok(true)
        }
        Outcome::Rejected | Outcome::NotApplied | Outcome::Unspecified => {
            // Made over since it was sent: the answer is to something else.
            if mutation(&row)? != *sent {
                return Ok(false);
            }
            let tries_left: i64 = row.try_get("tries_left")?;
            refused(tx, sent, (seq, tries_left), result, why).await
        }
    }
}

async fn accepted(tx: &mut Tx, sent: &v1::Mutation, result: &v1::PushResult) -> Result<()> {
    sqlx::query(
        "INSERT OR REPLACE INTO journal (seq, mutation_id, record_id, mutation, together, position, answer) \
         SELECT seq, mutation_id, record_id, ?, together, ?, ? FROM outbox WHERE mutation_id = ?",
    )
    .bind(sent.encode_to_vec())
    .bind(result.position)
    .bind(result.encode_to_vec())
    .bind(&sent.mutation_id)
    .execute(&mut **tx)
    .await?;
    delete(tx, &sent.mutation_id).await
}

/// Takes a mutation out of the outbox.
pub async fn delete(tx: &mut Tx, mutation_id: &str) -> Result<()> {
    sqlx::query("DELETE FROM outbox WHERE mutation_id = ?")
        .bind(mutation_id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn refused(
    tx: &mut Tx,
    sent: &v1::Mutation,
    (seq, tries_left): (i64, i64),
    result: &v1::PushResult,
    why: &[v1::PushResult],
) -> Result<bool> {
    let mut refusals = why.iter().flat_map(|result| &result.refusals);
    let too_new = refusals.any(|refusal| refusal.code == TOO_NEW);
    let waits = too_new || tries_left > 1 || builds_on_taken_back(tx, sent).await?;
    sqlx::query(
        "UPDATE outbox SET refused = ?, tries_left = MAX(tries_left - 1, 0), answer = ? \
         WHERE mutation_id = ?",
    )
    .bind(i64::from(!waits))
    .bind(result.encode_to_vec())
    .bind(&sent.mutation_id)
    .execute(&mut **tx)
    .await?;
    if !waits {
        let rebase = Rebase::Onto(wish::base(sent).cloned());
        release(tx, sent, seq, None, rebase).await?;
    }
    Ok(!waits)
}

/// Whether a mutation builds on one that a restore took back and that has not come through again yet.
async fn builds_on_taken_back(tx: &mut Tx, sent: &v1::Mutation) -> Result<bool> {
    let Some(base) = wish::base(sent) else {
        return Ok(false);
    };
    let row = sqlx::query("SELECT 1 FROM outbox WHERE mutation_id = ? AND refused = 0")
        .bind(&base.mutation_id)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.is_some())
}

/// What becomes of wishes that build on an answered one.
enum Rebase {
    /// They go on building on it.
    No,
    /// They start from this base instead; from nothing, when there is none.
    Onto(Option<v1::Base>),
}

/// A wish was answered: what follows it need not wait any more. An action saw the version it made, if it
/// made one; what builds on it may start from elsewhere, when the hub does not remember it.
async fn release(
    tx: &mut Tx,
    answered: &v1::Mutation,
    seq: i64,
    version: Option<i64>,
    rebase: Rebase,
) -> Result<()> {
    let rows = sqlx::query(
        "SELECT mutation, follows, together, refused, tries_left, answer FROM outbox \
         WHERE record_id = ? AND seq > ? AND refused = 0 ORDER BY seq",
    )
    .bind(&answered.record_id)
    .bind(seq)
    .fetch_all(&mut **tx)
    .await?;
    for row in &rows {
        let Entry {
            mut mutation,
            follows,
            ..
        } = entry(row)?;
        let before = mutation.clone();
        if let Rebase::Onto(base) = &rebase
            && wish::builds_on(&mutation, &answered.mutation_id)
        {
            wish::rebase(&mut mutation, base.clone());
        }
        let released = follows.as_deref() == Some(&answered.mutation_id);
        if let Some(version) = version.filter(|_| released) {
            wish::saw(&mut mutation, version);
        }
        if released || mutation != before {
            made_over(tx, &mutation).await?;
        }
    }
    Ok(())
}

async fn made_over(tx: &mut Tx, mutation: &v1::Mutation) -> Result<()> {
    sqlx::query("UPDATE outbox SET mutation = ?, follows = NULL WHERE mutation_id = ?")
        .bind(mutation.encode_to_vec())
        .bind(&mutation.mutation_id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
