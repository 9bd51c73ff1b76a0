//! What a batch of pushes touches, in a few set queries.

use super::column::{hash, id, id_bytes, place, place_bytes, who};
use super::commits::{COMMIT, COMMIT_BEFORE, head_of};
use super::db::Db;
use super::report::{NEWEST_STANDS, as_of_statement};
use super::statement::{Column, Look, Row, Sql, Value, query};
use crate::model::date::Span;
use crate::model::ids::{GroupKey, Key, MutationId, Place, RecordId, Who};
use crate::store::{
    Loaded, NEAR_BYTES_MAX, NEAR_ROWS_MAX, Needs, Remembered, Result, Version, near_until,
};
use bytes::Bytes;
use jiff::ToSpan as _;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A version's columns.
const VERSION: &[Column] = &[
    ("id", "BYTEA"),
    ("kind", "TEXT"),
    ("topic", "TEXT"),
    ("campus", "BYTEA"),
    ("version", "BIGINT"),
    ("position", "BIGINT"),
    ("erased", "BIGINT"),
    ("frame", "BYTEA"),
];
const AUDIENCE: &[Column] = &[("who", "TEXT"), ("id", "BYTEA")];
const KEY: &[Column] = &[("kind", "TEXT"), ("value", "TEXT"), ("id", "BYTEA")];
const MUTATION: &[Column] = &[
    ("place", "BYTEA"),
    ("mutation_id", "BYTEA"),
    ("mutation_hash", "BYTEA"),
    ("id", "BYTEA"),
    ("topic", "TEXT"),
    ("version", "BIGINT"),
    ("position", "BIGINT"),
    ("answer", "BYTEA"),
    ("frame", "BYTEA"),
    ("pushed", "BYTEA"),
];

pub async fn load(db: &mut Db<'_>, group: GroupKey, needs: &Needs) -> Result<Loaded> {
    let seen: Vec<RecordId> = needs.records.iter().copied().collect();
    let fresh = needs.fresh.difference(&needs.records).copied();
    let ids: Vec<RecordId> = seen.iter().copied().chain(fresh).collect();
    let keys: Vec<&Key> = needs.keys.iter().collect();
    let mutations: Vec<(Place, MutationId)> = needs.mutations.iter().copied().collect();
    let versions: Vec<(RecordId, i64)> = needs.versions.iter().copied().collect();
    let (ids, seen, keys) = (
        db.looked_for(&ids),
        db.looked_for(&seen),
        db.looked_for(&keys),
    );
    let head = query(COMMIT_BEFORE).bind(group.0).bind(i64::MAX);
    // The holders of keys, beside the records that were asked for.
    let records = ids.iter().map(|ids| records_statement(group, ids));
    let holders = keys.iter().map(|keys| holders_statement(group, keys));
    let audience = seen.iter().map(|ids| audience_statement(group, ids));
    let of_holders = keys
        .iter()
        .map(|keys| holders_audience_statement(group, keys));
    let whole = needs.kinds.iter().map(|kind| newest_of(group, kind));
    let near = spans(&needs.near);
    let near = db.one_by_one(&near);
    let near = near.map(|spans| near_statement(group, spans));
    let whole = whole.chain(near).collect();
    let of = |columns, statements| Look {
        columns,
        statements,
    };
    let looks = [
        of(COMMIT, vec![head]),
        of(VERSION, records.chain(holders).collect()),
        of(AUDIENCE, audience.chain(of_holders).collect()),
        of(
            MUTATION,
            looked_for(db, &mutations, |some| mutations_statement(group, some)),
        ),
        of(
            VERSION,
            looked_for(db, &versions, |some| versions_statement(group, some)),
        ),
        of(
            KEY,
            keys.iter()
                .map(|keys| keys_statement(group, keys))
                .collect(),
        ),
        of(VERSION, whole),
    ];
    let [head, records, audience, mutations, versions, keys, whole] = db.look(looks).await?;
    let records = records.iter().map(|row| version(row).map(|of| (of.id, of)));
    let versions = versions
        .iter()
        .map(|row| version(row).map(|of| ((of.id, of.version), of)));
    let mut loaded = Loaded {
        head: head_of(head.first())?,
        records: records.collect::<Result<_>>()?,
        audience: audiences(&audience)?,
        mutations: mutations
            .iter()
            .map(remembered_row)
            .collect::<Result<_>>()?,
        versions: versions.collect::<Result<_>>()?,
        keys: keys.iter().map(key_row).collect::<Result<_>>()?,
        kinds: BTreeMap::new(),
    };
    whole_kinds(&mut loaded, needs, &whole)?;
    Ok(loaded)
}

/// Adds the live records of the kinds that are needed whole or for some days.
fn whole_kinds(loaded: &mut Loaded, needs: &Needs, rows: &[Row]) -> Result<()> {
    let near = needs.near.iter().map(|(kind, _)| kind);
    let kinds = needs.kinds.iter().chain(near);
    loaded.kinds = kinds.map(|kind| (*kind, BTreeSet::new())).collect();
    for row in rows {
        let version = version(row)?;
        if let Some(of_kind) = loaded.kinds.get_mut(version.kind.as_str()) {
            of_kind.insert(version.id);
        }
        loaded.records.insert(version.id, version);
    }
    Ok(())
}

/// Every live record of a kind.
fn newest_of(group: GroupKey, kind: &'static str) -> Sql<'static> {
    as_of_statement(group, kind, NEWEST_STANDS, Span::ALWAYS)
}

/// Days that lie no more than a week apart are looked for at once: a batch brings the sessions of a term.
fn spans(near: &BTreeSet<(&'static str, Span)>) -> Vec<(&'static str, Span)> {
    let mut spans: Vec<(&'static str, Span)> = Vec::new();
    for (kind, span) in near {
        match spans.last_mut() {
            Some((of, last)) if of == kind && span.first <= last.last.saturating_add(7.days()) => {
                last.last = last.last.max(span.last);
            }
            _ => spans.push((kind, *span)),
        }
    }
    spans
}

/// The live records of some kinds that touch some days, but not those that go on for a month after them: without
/// that bound the index is walked from those days on to its end.
pub fn near_statement(group: GroupKey, spans: &[(&'static str, Span)]) -> Sql<'static> {
    let mut sql = query(
        "SELECT id, kind, topic, campus, version, position, erased, frame FROM version \
         WHERE superseded_at = ? AND frame IS NOT NULL AND LENGTH(frame) <= ",
    )
    .bind(super::column::NEWEST);
    sql.push(&format!("{NEAR_BYTES_MAX} AND grp = "));
    sql.push_bind(group.0).push(" AND ");
    let row = |(kind, span): &(&'static str, Span)| {
        let days = [span.first, near_until(*span), span.last].map(|day| day.to_string());
        let [first, until, last] = days.map(Value::from);
        [(*kind).into(), first, until, last]
    };
    let within = ["kind =", "ends_on >=", "ends_on <=", "starts_on <="];
    sql.some_for_each(within, spans.iter().map(row), NEAR_ROWS_MAX)
}

fn looked_for<'q, T>(
    db: &Db<'_>,
    all: &'q [T],
    statement: impl Fn(&'q [T]) -> Sql<'q>,
) -> Vec<Sql<'q>> {
    db.looked_for(all).into_iter().map(statement).collect()
}

pub fn version(row: &Row) -> Result<Version> {
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

pub fn blob(row: &Row, column: &str) -> Result<Option<Bytes>> {
    Ok(row.try_get::<Option<Vec<u8>>>(column)?.map(Into::into))
}

const NEWEST: &str = "SELECT v.id, v.kind, v.topic, v.campus, v.version, v.position, v.erased, v.frame \
     FROM record r JOIN version v ON v.grp = r.grp AND v.position = r.position WHERE r.grp = ";

pub fn records_statement(group: GroupKey, ids: &[RecordId]) -> Sql<'static> {
    let mut sql = query(NEWEST);
    sql.push_bind(group.0).push(" AND ");
    sql.for_each(["r.id"], ids.iter().map(|id| [id_bytes(*id).into()]))
}

pub fn holders_statement<'q>(group: GroupKey, keys: &[&'q Key]) -> Sql<'q> {
    let sql = query(
        "SELECT v.id, v.kind, v.topic, v.campus, v.version, v.position, v.erased, v.frame FROM key k \
         JOIN record r ON r.grp = k.grp AND r.id = k.id \
         JOIN version v ON v.grp = r.grp AND v.position = r.position",
    );
    held(sql, group, keys)
}

pub fn audience_statement(group: GroupKey, ids: &[RecordId]) -> Sql<'static> {
    let mut sql = query("SELECT who, id FROM audience WHERE gone = 0 AND grp = ");
    sql.push_bind(group.0).push(" AND ");
    sql.for_each(["id"], ids.iter().map(|id| [id_bytes(*id).into()]))
}

pub fn holders_audience_statement<'q>(group: GroupKey, keys: &[&'q Key]) -> Sql<'q> {
    let sql = query(
        "SELECT a.who, a.id FROM key k \
         JOIN audience a ON a.grp = k.grp AND a.id = k.id AND a.gone = 0",
    );
    held(sql, group, keys)
}

/// Each once: a record may be asked for and hold a key too.
fn audiences(rows: &[Row]) -> Result<HashMap<RecordId, Vec<Who>>> {
    let mut found: HashMap<RecordId, Vec<Who>> = HashMap::new();
    for row in rows {
        let (of, who) = (
            found.entry(id(row.try_get("id")?)?),
            who(row.try_get("who")?)?,
        );
        let of = of.or_default();
        if !of.contains(&who) {
            of.push(who);
        }
    }
    Ok(found)
}

pub fn keys_statement<'q>(group: GroupKey, keys: &[&'q Key]) -> Sql<'q> {
    let sql = query("SELECT k.kind, k.value, k.id FROM key k");
    held(sql, group, keys)
}

fn held<'q>(mut sql: Sql<'q>, group: GroupKey, keys: &[&'q Key]) -> Sql<'q> {
    sql.push(" WHERE k.grp = ").push_bind(group.0).push(" AND ");
    let row = |key: &&'q Key| [(&key.kind).into(), (&key.value).into()];
    sql.for_each(["k.kind", "k.value"], keys.iter().map(row))
}

fn key_row(row: &Row) -> Result<(Key, RecordId)> {
    let key = Key {
        kind: row.try_get("kind")?,
        value: row.try_get("value")?,
    };
    Ok((key, id(row.try_get("id")?)?))
}

pub fn mutations_statement(group: GroupKey, mutations: &[(Place, MutationId)]) -> Sql<'static> {
    let mut sql = query(
        "SELECT place, mutation_id, mutation_hash, id, topic, version, position, answer, frame, pushed \
         FROM version WHERE grp = ",
    );
    sql.push_bind(group.0).push(" AND ");
    let row = |(place, id): &(Place, MutationId)| {
        [place_bytes(*place).into(), id.0.as_bytes().to_vec().into()]
    };
    sql.for_each(["place", "mutation_id"], mutations.iter().map(row))
}

pub async fn remembered(
    db: &mut Db<'_>,
    group: GroupKey,
    place: Place,
    ids: &[MutationId],
) -> Result<HashMap<MutationId, Remembered>> {
    let wanted: Vec<(Place, MutationId)> = ids.iter().map(|id| (place, *id)).collect();
    let mut found = HashMap::new();
    for wanted in db.looked_for(&wanted) {
        for row in mutations_statement(group, wanted).fetch_all(db).await? {
            let ((_, id), remembered) = remembered_row(&row)?;
            found.insert(id, remembered);
        }
    }
    Ok(found)
}

fn remembered_row(row: &Row) -> Result<((Place, MutationId), Remembered)> {
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
    Ok(((place(row.try_get("place")?)?, mutation), remembered))
}

pub fn versions_statement(group: GroupKey, wanted: &[(RecordId, i64)]) -> Sql<'static> {
    let mut sql = query(
        "SELECT id, kind, topic, campus, version, position, erased, frame FROM version WHERE grp = ",
    );
    sql.push_bind(group.0).push(" AND ");
    let row = |(id, version): &(RecordId, i64)| [id_bytes(*id).into(), (*version).into()];
    sql.for_each(["id", "version"], wanted.iter().map(row))
}
