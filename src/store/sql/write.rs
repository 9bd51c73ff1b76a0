//! A batch, written set-wise: never a statement a row.

use super::chunks::chunks;
use super::column::{NEWEST, id_bytes, micros, place_bytes, who_text};
use crate::model::date::{FIRST_DAY, LAST_DAY};
use crate::model::ids::{GroupKey, Key};
use crate::store::{Batch, Result};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

pub async fn apply(db: &mut SqliteConnection, group: GroupKey, batch: &Batch) -> Result<()> {
    commit(db, group, batch).await?;
    superseded(db, group, batch).await?;
    versions(db, group, batch).await?;
    records(db, group, batch).await?;
    audience(db, group, batch).await?;
    keys(db, group, batch).await
}

async fn commit(db: &mut SqliteConnection, group: GroupKey, batch: &Batch) -> Result<()> {
    sqlx::query("INSERT INTO \"commit\" (grp, last_position, at, chain) VALUES (?, ?, ?, ?)")
        .bind(group.0)
        .bind(batch.head.position)
        .bind(micros(batch.head.at))
        .bind(batch.head.chain.to_vec())
        .execute(db)
        .await?;
    Ok(())
}

async fn superseded(db: &mut SqliteConnection, group: GroupKey, batch: &Batch) -> Result<()> {
    for rows in chunks(&batch.superseded) {
        let mut query = superseded_statement(group, rows);
        query.build().execute(&mut *db).await?;
    }
    Ok(())
}

pub fn superseded_statement(group: GroupKey, rows: &[(i64, i64)]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("WITH next (position, successor) AS (");
    query.push_values(rows, |mut row, (position, successor)| {
        row.push_bind(*position).push_bind(*successor);
    });
    query.push(
        ") UPDATE version SET superseded_at = next.successor FROM next \
         WHERE version.position = next.position AND version.grp = ",
    );
    query.push_bind(group.0);
    query
}

async fn versions(db: &mut SqliteConnection, group: GroupKey, batch: &Batch) -> Result<()> {
    for rows in chunks(&batch.versions) {
        let mut query = QueryBuilder::new(
            "INSERT INTO version (grp, position, kind, topic, id, version, campus, place, actor, reason, \
             mutation_id, mutation_hash, answer, leaf, salt, erased, superseded_at, starts_on, ends_on, \
             frame, pushed) ",
        );
        query.push_values(rows, |mut row, new| {
            let version = &new.version;
            let (starts, ends) = new
                .span
                .map_or((FIRST_DAY, LAST_DAY), |span| (span.first, span.last));
            let mutation = new.mutation.as_ref();
            row.push_bind(group.0)
                .push_bind(version.position)
                .push_bind(&version.kind)
                .push_bind(&version.topic)
                .push_bind(id_bytes(version.id))
                .push_bind(version.version)
                .push_bind(place_bytes(version.owner))
                .push_bind(place_bytes(new.place))
                .push_bind(&new.actor)
                .push_bind(&new.reason)
                .push_bind(mutation.map(|(id, _, _)| id.0.as_bytes().to_vec()))
                .push_bind(mutation.map(|(_, hash, _)| hash.to_vec()))
                .push_bind(mutation.map(|(_, _, answer)| answer.as_slice()))
                .push_bind(new.leaf.to_vec())
                .push_bind(new.salt.to_vec())
                .push_bind(version.erased)
                .push_bind(new.superseded_at.unwrap_or(NEWEST))
                .push_bind(starts.to_string())
                .push_bind(ends.to_string())
                .push_bind(version.frame.as_deref())
                .push_bind(new.pushed.as_deref());
        });
        query.build().execute(&mut *db).await?;
    }
    Ok(())
}

async fn records(db: &mut SqliteConnection, group: GroupKey, batch: &Batch) -> Result<()> {
    for rows in chunks(&batch.records) {
        let mut query = QueryBuilder::new("INSERT INTO record (grp, id, version, position) ");
        query.push_values(rows, |mut row, (id, version, position)| {
            row.push_bind(group.0)
                .push_bind(id_bytes(*id))
                .push_bind(*version)
                .push_bind(*position);
        });
        query.push(
            " ON CONFLICT (grp, id) DO UPDATE \
             SET version = excluded.version, position = excluded.position",
        );
        query.build().execute(&mut *db).await?;
    }
    Ok(())
}

async fn audience(db: &mut SqliteConnection, group: GroupKey, batch: &Batch) -> Result<()> {
    for rows in chunks(&batch.audience) {
        let mut query = QueryBuilder::new("INSERT INTO audience (grp, who, id, position, gone) ");
        query.push_values(rows, |mut row, new| {
            row.push_bind(group.0)
                .push_bind(who_text(new.who))
                .push_bind(id_bytes(new.id))
                .push_bind(new.position)
                .push_bind(i64::from(new.gone));
        });
        query.push(
            " ON CONFLICT (grp, id, who) DO UPDATE \
             SET position = excluded.position, gone = excluded.gone",
        );
        query.build().execute(&mut *db).await?;
    }
    Ok(())
}

async fn keys(db: &mut SqliteConnection, group: GroupKey, batch: &Batch) -> Result<()> {
    for rows in chunks(&batch.keys_freed) {
        let mut query = keys_freed_statement(group, rows);
        query.build().execute(&mut *db).await?;
    }
    for rows in chunks(&batch.keys_taken) {
        let mut query = QueryBuilder::new("INSERT INTO key (grp, kind, value, id) ");
        query.push_values(rows, |mut row, (key, id)| {
            row.push_bind(group.0)
                .push_bind(&key.kind)
                .push_bind(&key.value)
                .push_bind(id_bytes(*id));
        });
        query.build().execute(&mut *db).await?;
    }
    Ok(())
}

pub fn keys_freed_statement(group: GroupKey, keys: &[Key]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("DELETE FROM key WHERE grp = ");
    query.push_bind(group.0).push(" AND (kind, value) IN (");
    query.push_values(keys, |mut row, key| {
        row.push_bind(&key.kind).push_bind(&key.value);
    });
    query.push(")");
    query
}
