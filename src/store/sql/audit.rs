//! Who did what, and how often somebody was refused.

use super::column::{micros, time, uuid};
use super::db::Db;
use super::statement::{Row, query};
use crate::model::audit::{Audited, Refusal};
use crate::model::ids::{CredentialId, GroupKey};
use crate::store::{Result, StoreError};
use jiff::Timestamp;

pub const WRITE: &str = "INSERT INTO audit (grp, seq, at, deed, credential, subject, kinds, count, \
     first_position, last_position) \
     SELECT ?, COALESCE(MAX(seq), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ? FROM audit WHERE grp = ?";

/// Writes a deed down in the transaction that does it: neither is without the other.
pub async fn write(db: &mut Db<'_>, group: GroupKey, deed: &Audited) -> Result<()> {
    query(WRITE)
        .bind(group.0)
        .bind(micros(deed.at))
        .bind(deed.deed.to_string())
        .bind(deed.by.map(|by| by.0.as_bytes().to_vec()))
        .bind(deed.subject.map(|subject| subject.as_bytes().to_vec()))
        .bind(deed.kinds.join(" "))
        .bind(deed.count)
        .bind(deed.positions.map(|(first, _)| first))
        .bind(deed.positions.map(|(_, last)| last))
        .bind(group.0)
        .execute(db)
        .await?;
    Ok(())
}

pub const DEEDS: &str = "SELECT seq, at, deed, credential, subject, kinds, count, first_position, last_position \
     FROM audit WHERE grp = ? AND (at, seq) > (?, ?) AND at < ? ORDER BY at, seq LIMIT ?";

pub async fn deeds(
    db: &mut Db<'_>,
    group: GroupKey,
    (at, seq): (Timestamp, i64),
    until: Timestamp,
    limit: i64,
) -> Result<Vec<(i64, Audited)>> {
    let rows = query(DEEDS)
        .bind(group.0)
        .bind(micros(at))
        .bind(seq)
        .bind(micros(until))
        .bind(limit)
        .fetch_all(db)
        .await?;
    rows.iter().map(deed).collect()
}

fn deed(row: &Row) -> Result<(i64, Audited)> {
    let id = |column: &str| -> Result<_> {
        let bytes: Option<&[u8]> = row.try_get(column)?;
        bytes.map(uuid).transpose()
    };
    let (deed, kinds): (&str, &str) = (row.try_get("deed")?, row.try_get("kinds")?);
    let first: Option<i64> = row.try_get("first_position")?;
    let audited = Audited {
        at: time(row.try_get("at")?)?,
        deed: deed.parse().map_err(|_| StoreError::Damaged("a deed"))?,
        by: id("credential")?.map(CredentialId),
        subject: id("subject")?,
        kinds: kinds.split_whitespace().map(str::to_owned).collect(),
        count: row.try_get("count")?,
        positions: first.zip(row.try_get("last_position")?),
    };
    Ok((row.try_get("seq")?, audited))
}

pub async fn count_refusals(db: &mut Db<'_>, refusals: &[Refusal]) -> Result<()> {
    // In one order, or two hubs could wait for each other.
    let mut refusals: Vec<&Refusal> = refusals.iter().collect();
    refusals.sort_by_key(|of| (of.group.0, of.minute, &of.who, &of.reason));
    for rows in db.written(&refusals) {
        let mut sql = query("INSERT INTO refusal (grp, minute, who, reason, count) ");
        sql.push_rows(rows.iter().map(|refusal| {
            [
                refusal.group.0.into(),
                micros(refusal.minute).into(),
                (&refusal.who).into(),
                (&refusal.reason).into(),
                refusal.count.into(),
            ]
        }));
        sql.push(
            " ON CONFLICT (grp, minute, who, reason) \
             DO UPDATE SET count = refusal.count + excluded.count",
        );
        sql.execute(&mut *db).await?;
    }
    Ok(())
}

pub const REFUSALS: &str = "SELECT minute, who, reason, count FROM refusal \
     WHERE grp = ? AND (minute, who, reason) > (?, ?, ?) AND minute < ? \
     ORDER BY minute, who, reason LIMIT ?";

pub async fn refusals(
    db: &mut Db<'_>,
    group: GroupKey,
    (minute, who, reason): (Timestamp, &str, &str),
    until: Timestamp,
    limit: i64,
) -> Result<Vec<Refusal>> {
    let rows = query(REFUSALS)
        .bind(group.0)
        .bind(micros(minute))
        .bind(who)
        .bind(reason)
        .bind(micros(until))
        .bind(limit)
        .fetch_all(db)
        .await?;
    let refusal = |row: &Row| -> Result<Refusal> {
        Ok(Refusal {
            group,
            minute: time(row.try_get("minute")?)?,
            who: row.try_get("who")?,
            reason: row.try_get("reason")?,
            count: row.try_get("count")?,
        })
    };
    rows.iter().map(refusal).collect()
}
