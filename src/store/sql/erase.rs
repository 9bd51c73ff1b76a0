//! Finding what is kept of a person, and putting less in its place.

use super::catalog::changed;
use super::column::{id, id_bytes, micros, uuid};
use super::commits::head;
use super::db::Db;
use super::load::{blob, version};
use super::statement::{Row, Sql, query};
use crate::model::ids::{CredentialId, GroupKey, RecordId};
use crate::store::{Due, Erasure, Mentions, Of, Result, StoreError, Stored};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The most versions that one look reads: it bounds its time.
const ROWS_A_LOOK: i64 = 4_096;

/// A search of the bytes: it is rare, and an index over whoever is mentioned would cost every write.
pub const MENTIONS: &str = "SELECT id, kind, topic, campus, version, position, erased, frame, actor, pushed, answer \
     FROM version WHERE grp = ? AND position > ? AND position <= ? \
     AND (id = ? OR instr(frame, ?) > 0 OR instr(pushed, ?) > 0) ORDER BY position";

/// The caller has opened a transaction, so that the head and the rows are of one moment.
pub async fn mentions(
    db: &mut Db<'_>,
    group: GroupKey,
    wanted: RecordId,
    after: i64,
    bytes_max: usize,
) -> Result<Mentions> {
    let newest = head(db, group).await?.position;
    let upto = newest.min(after.saturating_add(ROWS_A_LOOK));
    let text = wanted.to_string().into_bytes();
    let sql = query(MENTIONS)
        .bind(group.0)
        .bind(after)
        .bind(upto)
        .bind(id_bytes(wanted))
        .bind(text.as_slice())
        .bind(text.as_slice());
    let mut rows = db.rows("mentions", sql).await?;
    let (mut found, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next().await? {
        let stored = stored(&row)?;
        bytes += size(&stored);
        let position = stored.version.position;
        found.push(stored);
        if bytes >= bytes_max {
            let whole = position == newest;
            return Ok(Mentions {
                found,
                position,
                whole,
            });
        }
    }
    Ok(Mentions {
        found,
        position: upto,
        whole: upto == newest,
    })
}

fn size(stored: &Stored) -> usize {
    let parts = [&stored.version.frame, &stored.pushed, &stored.answer];
    parts.into_iter().flatten().map(bytes::Bytes::len).sum()
}

fn stored(row: &Row) -> Result<Stored> {
    Ok(Stored {
        version: version(row)?,
        actor: row.try_get("actor")?,
        pushed: blob(row, "pushed")?,
        answer: blob(row, "answer")?,
    })
}

pub const ACTED: &str = "SELECT id FROM version \
     WHERE grp = ? AND position > ? AND position <= ? AND actor = ?";

pub async fn acted(
    db: &mut Db<'_>,
    group: GroupKey,
    actor: &str,
    after: i64,
) -> Result<(Vec<RecordId>, i64, bool)> {
    let newest = head(db, group).await?.position;
    let upto = newest.min(after.saturating_add(ROWS_A_LOOK));
    let rows = query(ACTED)
        .bind(group.0)
        .bind(after)
        .bind(upto)
        .bind(actor)
        .fetch_all(db)
        .await?;
    Ok((ids(&rows)?, upto, upto == newest))
}

/// Within a transaction.
pub async fn holder(
    db: &mut Db<'_>,
    group: GroupKey,
    credential: CredentialId,
    erased: &str,
) -> Result<()> {
    query("UPDATE credential SET holder = ?, label = '' WHERE grp = ? AND id = ?")
        .bind(erased)
        .bind(group.0)
        .bind(credential.0.as_bytes().to_vec())
        .execute(&mut *db)
        .await?;
    changed(db, group).await
}

pub const MENTIONED_BY: &str = "SELECT id FROM version \
     WHERE grp = ? AND kind = ? AND instr(frame, ?) > 0";

pub async fn mentioned_by(
    db: &mut Db<'_>,
    group: GroupKey,
    kind: &str,
    wanted: RecordId,
) -> Result<Vec<RecordId>> {
    let rows = query(MENTIONED_BY)
        .bind(group.0)
        .bind(kind)
        .bind(wanted.to_string().into_bytes())
        .fetch_all(db)
        .await?;
    ids(&rows)
}

/// Each once. Not by the database: it would sort what the index has in another order.
pub fn ids(rows: &[Row]) -> Result<Vec<RecordId>> {
    let ids = rows.iter().map(|row| id(row.try_get("id")?));
    let ids: BTreeSet<RecordId> = ids.collect::<Result<_>>()?;
    Ok(ids.into_iter().collect())
}

pub const VERSIONS_OF: &str = "SELECT id, kind, topic, campus, version, position, erased, frame, actor, pushed, answer \
     FROM version WHERE grp = ? AND id = ? ORDER BY version";

pub async fn versions_of(
    db: &mut Db<'_>,
    group: GroupKey,
    wanted: RecordId,
) -> Result<Vec<Stored>> {
    let rows = query(VERSIONS_OF)
        .bind(group.0)
        .bind(id_bytes(wanted))
        .fetch_all(db)
        .await?;
    rows.iter().map(stored).collect()
}

pub async fn rewrite(db: &mut Db<'_>, group: GroupKey, rewritten: &[Stored]) -> Result<()> {
    for rows in db.written(rewritten) {
        rewrite_statement(group, rows).execute(&mut *db).await?;
    }
    changed(db, group).await
}

pub fn rewrite_statement(group: GroupKey, rows: &[Stored]) -> Sql<'_> {
    let mut sql = query("WITH next (position, frame, actor, pushed, answer) AS (");
    sql.push_rows(rows.iter().map(|stored| {
        [
            stored.version.position.into(),
            stored.version.frame.as_deref().into(),
            (&stored.actor).into(),
            stored.pushed.as_deref().into(),
            stored.answer.as_deref().into(),
        ]
    }));
    sql.push(
        ") UPDATE version SET frame = next.frame, actor = next.actor, pushed = next.pushed, \
         answer = next.answer, mutation_hash = NULL, salt = ",
    );
    sql.push_bind(Vec::new())
        .push(" FROM next WHERE version.position = next.position AND version.grp = ")
        .push_bind(group.0);
    sql
}

pub async fn note(db: &mut Db<'_>, erasures: &[Erasure], at: Timestamp) -> Result<()> {
    for erasure in erasures {
        query(
            "INSERT INTO erasure (grp, id, what, at, looked, due, \"by\") VALUES (?, ?, ?, ?, ?, ?, ?) \
             ON CONFLICT (grp, id) DO UPDATE SET what = CASE \
             WHEN erasure.what > excluded.what THEN erasure.what ELSE excluded.what END, \
             due = CASE WHEN erasure.due > excluded.due AND excluded.due > 0 \
             THEN erasure.due ELSE excluded.due END, \
             at = excluded.at, looked = excluded.looked, \"by\" = excluded.\"by\"",
        )
        .bind(erasure.group.0)
        .bind(erasure.id.as_bytes().to_vec())
        .bind(of_number(erasure.of))
        .bind(micros(at))
        .bind(erasure.looked)
        .bind(due_number(erasure.due))
        .bind(erasure.by.0.as_bytes().to_vec())
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

pub async fn due(db: &mut Db<'_>, group: GroupKey) -> Result<Vec<Erasure>> {
    let rows = query(
        "SELECT grp, id, what, looked, due, \"by\" FROM erasure WHERE grp = ? AND due > 0 ORDER BY what, id",
    )
    .bind(group.0)
    .fetch_all(db)
    .await?;
    rows.iter().map(erasure).collect()
}

fn erasure(row: &Row) -> Result<Erasure> {
    Ok(Erasure {
        group: GroupKey(row.try_get("grp")?),
        id: uuid(row.try_get("id")?)?,
        of: match row.try_get("what")? {
            0_i64 => Of::Record,
            1 => Of::Person,
            2 => Of::Holder,
            _ => return Err(StoreError::Damaged("an erasure")),
        },
        looked: row.try_get("looked")?,
        due: match row.try_get("due")? {
            0_i64 => Due::Done,
            1 => Due::UnderWay,
            2 => Due::TakenBack,
            _ => return Err(StoreError::Damaged("an erasure")),
        },
        by: CredentialId(uuid(row.try_get("by")?)?),
    })
}

fn of_number(of: Of) -> i64 {
    match of {
        Of::Record => 0,
        Of::Person => 1,
        Of::Holder => 2,
    }
}

fn due_number(due: Due) -> i64 {
    match due {
        Due::Done => 0,
        Due::UnderWay => 1,
        Due::TakenBack => 2,
    }
}
