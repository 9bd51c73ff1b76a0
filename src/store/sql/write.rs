//! A batch, written set-wise: never a statement a row.

use super::column::{NEWEST, id_bytes, micros, place_bytes, who_text};
use super::db::Db;
use super::statement::{Sql, Value, query};
use crate::model::date::{FIRST_DAY, LAST_DAY};
use crate::model::ids::{GroupKey, Key, RecordId};
use crate::store::{AudienceRow, Batch, NewVersion, Result};

pub async fn apply(db: &mut Db<'_>, group: GroupKey, batch: &Batch) -> Result<()> {
    let freed = batch.keys.iter().filter(|(_, id)| id.is_none());
    let freed: Vec<&Key> = freed.map(|(key, _)| key).collect();
    let held = batch
        .keys
        .iter()
        .filter_map(|(key, id)| Some((key, (*id)?)));
    let held: Vec<(&Key, RecordId)> = held.collect();
    let mut all = vec![commit(group, batch)];
    all.extend(written(db, &batch.superseded, |rows| {
        superseded(group, rows)
    }));
    all.extend(written(db, &batch.versions, |rows| versions(group, rows)));
    all.extend(written(db, &batch.records, |rows| records(group, rows)));
    all.extend(written(db, &batch.audience, |rows| audience(group, rows)));
    all.extend(written(db, &freed, |rows| keys_freed(group, rows)));
    all.extend(written(db, &held, |rows| keys_held(group, rows)));
    db.execute_all(all).await
}

fn written<'q, T>(
    db: &Db<'_>,
    rows: &'q [T],
    statement: impl Fn(&'q [T]) -> Sql<'q>,
) -> Vec<Sql<'q>> {
    db.written(rows).into_iter().map(statement).collect()
}

fn commit(group: GroupKey, batch: &Batch) -> Sql<'_> {
    query("INSERT INTO \"commit\" (grp, last_position, at, chain) VALUES (?, ?, ?, ?)")
        .bind(group.0)
        .bind(batch.head.position)
        .bind(micros(batch.head.at))
        .bind(batch.head.chain.as_slice())
}

pub fn superseded(group: GroupKey, rows: &[(i64, i64)]) -> Sql<'static> {
    let mut sql = query("WITH next (position, successor) AS (");
    let row = |(position, successor): &(i64, i64)| [(*position).into(), (*successor).into()];
    sql.push_rows(rows.iter().map(row)).push(
        ") UPDATE version SET superseded_at = next.successor FROM next \
         WHERE version.position = next.position AND version.grp = ",
    );
    sql.push_bind(group.0);
    sql
}

fn versions(group: GroupKey, rows: &[NewVersion]) -> Sql<'_> {
    let mut sql = query(
        "INSERT INTO version (grp, position, kind, topic, id, version, campus, place, actor, reason, \
         mutation_id, mutation_hash, answer, leaf, salt, erased, superseded_at, starts_on, ends_on, \
         frame, pushed) ",
    );
    sql.push_rows(rows.iter().map(|new| version(group, new)));
    sql
}

fn version(group: GroupKey, new: &NewVersion) -> [Value<'_>; 21] {
    let version = &new.version;
    let (starts, ends) = new
        .span
        .map_or((FIRST_DAY, LAST_DAY), |span| (span.first, span.last));
    let mutation = new.mutation.as_ref();
    [
        group.0.into(),
        version.position.into(),
        (&version.kind).into(),
        (&version.topic).into(),
        id_bytes(version.id).into(),
        version.version.into(),
        place_bytes(version.owner).into(),
        place_bytes(new.place).into(),
        (&new.actor).into(),
        (&new.reason).into(),
        mutation.map(|(id, _, _)| id.0.as_bytes().as_slice()).into(),
        mutation.map(|(_, hash, _)| hash.as_slice()).into(),
        mutation.map(|(_, _, answer)| answer.as_ref()).into(),
        new.leaf.as_slice().into(),
        new.salt.as_slice().into(),
        version.erased.into(),
        new.superseded_at.unwrap_or(NEWEST).into(),
        starts.to_string().into(),
        ends.to_string().into(),
        version.frame.as_deref().into(),
        new.pushed.as_deref().into(),
    ]
}

fn records(group: GroupKey, rows: &[(RecordId, i64, i64)]) -> Sql<'static> {
    let mut sql = query("INSERT INTO record (grp, id, version, position) ");
    sql.push_rows(rows.iter().map(|(id, version, position)| {
        [
            group.0.into(),
            id_bytes(*id).into(),
            (*version).into(),
            (*position).into(),
        ]
    }));
    sql.push(
        " ON CONFLICT (grp, id) DO UPDATE \
         SET version = excluded.version, position = excluded.position",
    );
    sql
}

fn audience(group: GroupKey, rows: &[AudienceRow]) -> Sql<'static> {
    let mut sql = query("INSERT INTO audience (grp, who, id, position, gone) ");
    sql.push_rows(rows.iter().map(|row| {
        [
            group.0.into(),
            who_text(row.who).into(),
            id_bytes(row.id).into(),
            row.position.into(),
            i64::from(row.gone).into(),
        ]
    }));
    sql.push(
        " ON CONFLICT (grp, id, who) DO UPDATE \
         SET position = excluded.position, gone = excluded.gone",
    );
    sql
}

pub fn keys_freed<'q>(group: GroupKey, keys: &[&'q Key]) -> Sql<'q> {
    let mut sql = query("DELETE FROM key WHERE grp = ");
    sql.push_bind(group.0).push(" AND (kind, value) IN (");
    sql.push_rows(
        keys.iter()
            .map(|key| [(&key.kind).into(), (&key.value).into()]),
    );
    sql.push(")");
    sql
}

fn keys_held<'q>(group: GroupKey, keys: &[(&'q Key, RecordId)]) -> Sql<'q> {
    let mut sql = query("INSERT INTO key (grp, kind, value, id) ");
    sql.push_rows(keys.iter().map(|(key, id)| {
        [
            group.0.into(),
            (&key.kind).into(),
            (&key.value).into(),
            id_bytes(*id).into(),
        ]
    }));
    sql.push(" ON CONFLICT (grp, kind, value) DO UPDATE SET id = excluded.id");
    sql
}
