//! What the hub erased goes from the replica's own papers too: people from mutations of the journal, records
//! from kept answers. What waits in the outbox is its author's, and the hub will judge it.

use super::super::error::Result;
use super::super::wish;
use super::{Tx, answer, mutation};
use crate::content::redact::{Names, Whose, redact};
use crate::kinds::{self, Kind};
use prost::Message as _;
use sqlx::Row as _;

const CONTENT: &str = "lianxiao.v1.Content";

/// Takes everybody out of what is kept of a record from before a position. The journal does not tell whom
/// the office meant, and is only needed again if a restore takes the record back further.
pub async fn forget(tx: &mut Tx, record_id: &str, before: i64) -> Result<()> {
    let mut names = Names::default();
    let rows = sqlx::query(
        "SELECT mutation, answer FROM journal WHERE record_id = ? AND position < ? ORDER BY seq",
    )
    .bind(record_id)
    .bind(before)
    .fetch_all(&mut **tx)
    .await?;
    let mut kept = Vec::with_capacity(rows.len());
    for row in &rows {
        let mutation = mutation(row)?;
        if let Some(content) = wish::content(&mutation) {
            names.learn(CONTENT, content, whose(content));
        }
        kept.push((mutation, answer(row.try_get("answer")?)?));
    }
    for (mut mutation, mut answer) in kept {
        let redacted = wish::content(&mutation)
            .and_then(|content| redact(CONTENT, content, whose(content), &names));
        if let Some(content) = redacted {
            wish::write(&mut mutation, content);
        }
        answer.current = None;
        sqlx::query("UPDATE journal SET mutation = ?, answer = ? WHERE mutation_id = ?")
            .bind(mutation.encode_to_vec())
            .bind(answer.encode_to_vec())
            .bind(&mutation.mutation_id)
            .execute(&mut **tx)
            .await?;
    }
    forget_refusals(tx, record_id, before).await
}

/// Where no field names anybody, there is no name to look for in the free text.
fn whose(content: &[u8]) -> Whose<'static> {
    match kinds::of(content).is_some_and(Kind::names_people) {
        true => Whose::Everybody,
        false => Whose::Anybody,
    }
}

/// A refusal may show the record as it stood.
async fn forget_refusals(tx: &mut Tx, record_id: &str, before: i64) -> Result<()> {
    let rows = sqlx::query(
        "SELECT mutation_id, answer FROM outbox WHERE record_id = ? AND answer IS NOT NULL",
    )
    .bind(record_id)
    .fetch_all(&mut **tx)
    .await?;
    for row in &rows {
        let mut answer = answer(row.try_get("answer")?)?;
        let shown = answer.current.take();
        if shown.is_some_and(|shown| shown.position < before) {
            sqlx::query("UPDATE outbox SET answer = ? WHERE mutation_id = ?")
                .bind(answer.encode_to_vec())
                .bind(row.try_get::<&str, _>("mutation_id")?)
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(())
}
