//! What a batch of pushes touches, in a few set queries.

use super::chunks::filled;
use super::column::{hash, id, id_bytes, place, place_bytes, who};
use super::commits::head;
use super::report::as_of;
use crate::model::date::Span;
use crate::model::ids::{GroupKey, Key, MutationId, Place, RecordId, Who};
use crate::store::{Loaded, Needs, Remembered, Result, Version};
use bytes::Bytes;
use sqlx::sqlite::SqliteRow;
use sqlx::{Encode, QueryBuilder, Row as _, Sqlite, SqliteConnection, Type};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Keeps a statement well below the engine's bound on variables.
const ROWS_A_STATEMENT: usize = 1_000;

pub async fn load(db: &mut SqliteConnection, group: GroupKey, needs: &Needs) -> Result<Loaded> {
    let keys = keys(db, group, &needs.keys).await?;
    let head = head(db, group).await?;
    let whole = whole(db, group, head.position, &needs.kinds).await?;
    // Each once: a record may be asked for and hold a key too.
    let ids: HashSet<RecordId> = needs.records.iter().chain(keys.values()).copied().collect();
    let ids: Vec<RecordId> = ids.into_iter().collect();
    let mut records = records(db, group, &ids).await?;
    let kinds = whole.iter().map(|(kind, all)| (*kind, ids_of(all)));
    let kinds = kinds.collect();
    let all = whole.into_values().flatten();
    records.extend(all.map(|version| (version.id, version)));
    Ok(Loaded {
        head,
        records,
        audience: audience(db, group, &ids).await?,
        mutations: mutations(db, group, &needs.mutations).await?,
        versions: versions(db, group, &needs.versions).await?,
        keys,
        kinds,
    })
}

/// Every live record of some kinds.
async fn whole(
    db: &mut SqliteConnection,
    group: GroupKey,
    position: i64,
    kinds: &BTreeSet<&'static str>,
) -> Result<BTreeMap<&'static str, Vec<Version>>> {
    let mut found = BTreeMap::new();
    for kind in kinds {
        let all = as_of(db, group, kind, position, Span::ALWAYS).await?;
        found.insert(*kind, all);
    }
    Ok(found)
}

fn ids_of(versions: &[Version]) -> BTreeSet<RecordId> {
    versions.iter().map(|version| version.id).collect()
}

pub fn version(row: &SqliteRow) -> Result<Version> {
    Ok(Version {
        id: id(row.try_get("id")?)?,
        kind: row.try_get("kind")?,
        topic: row.try_get("topic")?,
        owner: place(row.try_get("campus")?)?,
        version: row.try_get("version")?,
        position: row.try_get("position")?,
        erased: row.try_get("erased")?,
        frame: blob(row, "frame")?,
    })
}

pub fn blob(row: &SqliteRow, column: &str) -> Result<Option<Bytes>> {
    Ok(row.try_get::<Option<Vec<u8>>, _>(column)?.map(Into::into))
}

pub fn records_statement(group: GroupKey, ids: &[RecordId]) -> QueryBuilder<Sqlite> {
    let select = "SELECT v.id, v.kind, v.topic, v.campus, v.version, v.position, v.erased, v.frame FROM record r \
                  JOIN version v ON v.grp = r.grp AND v.position = r.position WHERE r.grp = ";
    let mut sql = QueryBuilder::new(select);
    sql.push_bind(group.0).push(" AND r.id");
    is_in(&mut sql, filled(ids).map(|id| id_bytes(*id)));
    sql
}

/// ` IN (…)`.
pub fn is_in<'q, T>(sql: &mut QueryBuilder<Sqlite>, values: impl IntoIterator<Item = T>)
where
    T: Encode<'q, Sqlite> + Type<Sqlite>,
{
    sql.push(" IN (");
    let mut list = sql.separated(", ");
    for value in values {
        list.push_bind(value);
    }
    sql.push(")");
}

async fn records(
    db: &mut SqliteConnection,
    group: GroupKey,
    ids: &[RecordId],
) -> Result<HashMap<RecordId, Version>> {
    let mut found = HashMap::new();
    for ids in ids.chunks(ROWS_A_STATEMENT) {
        let mut query = records_statement(group, ids);
        for row in query.build().fetch_all(&mut *db).await? {
            let version = version(&row)?;
            found.insert(version.id, version);
        }
    }
    Ok(found)
}

pub fn audience_statement(group: GroupKey, ids: &[RecordId]) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new("SELECT who, id FROM audience WHERE gone = 0 AND grp = ");
    sql.push_bind(group.0).push(" AND id");
    is_in(&mut sql, filled(ids).map(|id| id_bytes(*id)));
    sql
}

async fn audience(
    db: &mut SqliteConnection,
    group: GroupKey,
    ids: &[RecordId],
) -> Result<HashMap<RecordId, Vec<Who>>> {
    let mut found: HashMap<RecordId, Vec<Who>> = HashMap::new();
    for ids in ids.chunks(ROWS_A_STATEMENT) {
        let mut query = audience_statement(group, ids);
        for row in query.build().fetch_all(&mut *db).await? {
            found
                .entry(id(row.try_get("id")?)?)
                .or_default()
                .push(who(row.try_get("who")?)?);
        }
    }
    Ok(found)
}

pub fn mutations_statement(
    group: GroupKey,
    place: Place,
    ids: &[MutationId],
) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new(
        "SELECT mutation_id, mutation_hash, id, topic, version, position, answer, frame, pushed FROM version \
         WHERE grp = ",
    );
    sql.push_bind(group.0).push(" AND place = ");
    sql.push_bind(place_bytes(place)).push(" AND mutation_id");
    is_in(&mut sql, filled(ids).map(|id| id.0.as_bytes().to_vec()));
    sql
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
        let mut query = mutations_statement(group, place, ids);
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
    let sent: Option<&[u8]> = row.try_get("mutation_hash")?;
    let remembered = Remembered {
        hash: sent.map(hash).transpose()?,
        record: id(row.try_get("id")?)?,
        topic: row.try_get("topic")?,
        version: row.try_get("version")?,
        position: row.try_get("position")?,
        answer: answer.into(),
        frame: blob(row, "frame")?,
        pushed: blob(row, "pushed")?,
    };
    Ok((mutation, remembered))
}

pub fn versions_statement(group: GroupKey, wanted: &[(RecordId, i64)]) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new(
        "SELECT id, kind, topic, campus, version, position, erased, frame FROM version WHERE grp = ",
    );
    sql.push_bind(group.0).push(" AND (id, version) IN (");
    sql.push_values(filled(wanted), |mut row, (id, version)| {
        row.push_bind(id_bytes(*id)).push_bind(*version);
    });
    sql.push(")");
    sql
}

async fn versions(
    db: &mut SqliteConnection,
    group: GroupKey,
    wanted: &HashSet<(RecordId, i64)>,
) -> Result<HashMap<(RecordId, i64), Version>> {
    let wanted: Vec<(RecordId, i64)> = wanted.iter().copied().collect();
    let mut found = HashMap::new();
    for wanted in wanted.chunks(ROWS_A_STATEMENT) {
        let mut query = versions_statement(group, wanted);
        for row in query.build().fetch_all(&mut *db).await? {
            let version = version(&row)?;
            found.insert((version.id, version.version), version);
        }
    }
    Ok(found)
}

pub fn keys_statement(group: GroupKey, kind: &str, values: &[&str]) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new("SELECT value, id FROM key WHERE grp = ");
    sql.push_bind(group.0).push(" AND kind = ");
    sql.push_bind(kind).push(" AND value");
    is_in(&mut sql, filled(values).copied());
    sql
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
            let mut query = keys_statement(group, kind, values);
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
