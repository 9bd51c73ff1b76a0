//! What a batch of pushes touches, in a few set queries.

use super::chunks::filled;
use super::column::{hash, id, id_bytes, place, place_bytes, time, who};
use crate::model::feed::Head;
use crate::model::ids::{GroupKey, Key, MutationId, Place, RecordId, Who};
use crate::store::{Loaded, Needs, Remembered, Result, Version};
use bytes::Bytes;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};
use std::collections::{HashMap, HashSet};

/// Keeps a statement well below the engine's bound on variables.
const ROWS_A_STATEMENT: usize = 1_000;

pub async fn load(db: &mut SqliteConnection, group: GroupKey, needs: &Needs) -> Result<Loaded> {
    let keys = keys(db, group, &needs.keys).await?;
    let held = keys.values().copied();
    let ids: Vec<RecordId> = needs.records.iter().copied().chain(held).collect();
    Ok(Loaded {
        head: head(db, group).await?,
        records: records(db, group, &ids).await?,
        audience: audience(db, group, &ids).await?,
        mutations: mutations(db, group, &needs.mutations).await?,
        versions: versions(db, group, &needs.versions).await?,
        keys,
    })
}

pub async fn head(db: &mut SqliteConnection, group: GroupKey) -> Result<Head> {
    super::feed::commit_before(db, group, i64::MAX).await
}

pub fn version(row: &SqliteRow) -> Result<Version> {
    Ok(Version {
        id: id(row.try_get("id")?)?,
        kind: row.try_get("kind")?,
        owner: place(row.try_get("campus")?)?,
        version: row.try_get("version")?,
        position: row.try_get("position")?,
        frame: blob(row, "frame")?,
    })
}

fn blob(row: &SqliteRow, column: &str) -> Result<Option<Bytes>> {
    Ok(row.try_get::<Option<Vec<u8>>, _>(column)?.map(Into::into))
}

pub fn head_of(row: Option<&SqliteRow>) -> Result<Head> {
    let Some(row) = row else {
        return Ok(Head::EMPTY);
    };
    Ok(Head {
        position: row.try_get("last_position")?,
        at: time(row.try_get("at")?)?,
        chain: hash(row.try_get("chain")?)?,
    })
}

/// `SELECT … WHERE grp = ? AND <column> IN (…)`.
fn select_in(select: &'static str, group: GroupKey, ids: &[RecordId]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(select);
    query.push_bind(group.0).push(" AND r.id IN (");
    let mut list = query.separated(", ");
    for id in filled(ids) {
        list.push_bind(id_bytes(*id));
    }
    query.push(")");
    query
}

async fn records(
    db: &mut SqliteConnection,
    group: GroupKey,
    ids: &[RecordId],
) -> Result<HashMap<RecordId, Version>> {
    let mut found = HashMap::new();
    for ids in ids.chunks(ROWS_A_STATEMENT) {
        let select = "SELECT v.id, v.kind, v.campus, v.version, v.position, v.frame FROM record r \
                      JOIN version v ON v.grp = r.grp AND v.position = r.position WHERE r.grp = ";
        let mut query = select_in(select, group, ids);
        for row in query.build().fetch_all(&mut *db).await? {
            let version = version(&row)?;
            found.insert(version.id, version);
        }
    }
    Ok(found)
}

async fn audience(
    db: &mut SqliteConnection,
    group: GroupKey,
    ids: &[RecordId],
) -> Result<HashMap<RecordId, Vec<Who>>> {
    let mut found: HashMap<RecordId, Vec<Who>> = HashMap::new();
    for ids in ids.chunks(ROWS_A_STATEMENT) {
        let select = "SELECT r.who, r.id FROM audience r WHERE r.gone = 0 AND r.grp = ";
        let mut query = select_in(select, group, ids);
        for row in query.build().fetch_all(&mut *db).await? {
            found
                .entry(id(row.try_get("id")?)?)
                .or_default()
                .push(who(row.try_get("who")?)?);
        }
    }
    Ok(found)
}

async fn mutations(
    db: &mut SqliteConnection,
    group: GroupKey,
    wanted: &HashSet<(Place, MutationId)>,
) -> Result<HashMap<(Place, MutationId), Remembered>> {
    let mut by_place: HashMap<Place, Vec<MutationId>> = HashMap::new();
    for (place, mutation) in wanted {
        by_place.entry(*place).or_default().push(*mutation);
    }
    let mut found = HashMap::new();
    for (place, ids) in by_place {
        for (id, remembered) in remembered(db, group, place, &ids).await? {
            found.insert((place, id), remembered);
        }
    }
    Ok(found)
}

pub async fn remembered(
    db: &mut SqliteConnection,
    group: GroupKey,
    place: Place,
    ids: &[MutationId],
) -> Result<HashMap<MutationId, Remembered>> {
    let mut found = HashMap::new();
    for ids in ids.chunks(ROWS_A_STATEMENT) {
        let mut query = QueryBuilder::new(
            "SELECT mutation_id, mutation_hash, id, version, answer, frame, pushed FROM version \
             WHERE grp = ",
        );
        query.push_bind(group.0);
        query.push(" AND place = ").push_bind(place_bytes(place));
        query.push(" AND mutation_id IN (");
        let mut list = query.separated(", ");
        for id in filled(ids) {
            list.push_bind(id.0.as_bytes().to_vec());
        }
        query.push(")");
        for row in query.build().fetch_all(&mut *db).await? {
            let (id, remembered) = remembered_row(&row)?;
            found.insert(id, remembered);
        }
    }
    Ok(found)
}

fn remembered_row(row: &SqliteRow) -> Result<(MutationId, Remembered)> {
    let mutation = MutationId(id(row.try_get("mutation_id")?)?.0);
    let answer: Vec<u8> = row.try_get("answer")?;
    let remembered = Remembered {
        hash: hash(row.try_get("mutation_hash")?)?,
        record: id(row.try_get("id")?)?,
        version: row.try_get("version")?,
        answer: answer.into(),
        frame: blob(row, "frame")?,
        pushed: blob(row, "pushed")?,
    };
    Ok((mutation, remembered))
}

async fn versions(
    db: &mut SqliteConnection,
    group: GroupKey,
    wanted: &HashSet<(RecordId, i64)>,
) -> Result<HashMap<(RecordId, i64), Version>> {
    let wanted: Vec<&(RecordId, i64)> = wanted.iter().collect();
    let mut found = HashMap::new();
    for wanted in wanted.chunks(ROWS_A_STATEMENT) {
        let mut query = QueryBuilder::new(
            "SELECT id, kind, campus, version, position, frame FROM version WHERE grp = ",
        );
        query
            .push_bind(group.0)
            .push(" AND (id, version) IN (VALUES ");
        let mut list = query.separated(", ");
        for (id, version) in filled(wanted) {
            list.push("(")
                .push_bind_unseparated(id_bytes(*id))
                .push_unseparated(", ");
            list.push_bind_unseparated(*version).push_unseparated(")");
        }
        query.push(")");
        for row in query.build().fetch_all(&mut *db).await? {
            let version = version(&row)?;
            found.insert((version.id, version.version), version);
        }
    }
    Ok(found)
}

async fn keys(
    db: &mut SqliteConnection,
    group: GroupKey,
    wanted: &HashSet<Key>,
) -> Result<HashMap<Key, RecordId>> {
    let mut by_kind: HashMap<&str, Vec<&str>> = HashMap::new();
    for key in wanted {
        by_kind.entry(&key.kind).or_default().push(&key.value);
    }
    let mut found = HashMap::new();
    for (kind, values) in by_kind {
        for values in values.chunks(ROWS_A_STATEMENT) {
            let mut query = QueryBuilder::new("SELECT value, id FROM key WHERE grp = ");
            query
                .push_bind(group.0)
                .push(" AND kind = ")
                .push_bind(kind)
                .push(" AND value IN (");
            let mut list = query.separated(", ");
            for value in filled(values) {
                list.push_bind(*value);
            }
            query.push(")");
            for row in query.build().fetch_all(&mut *db).await? {
                let key = Key {
                    kind: kind.to_owned(),
                    value: row.try_get("value")?,
                };
                found.insert(key, id(row.try_get("id")?)?);
            }
        }
    }
    Ok(found)
}
