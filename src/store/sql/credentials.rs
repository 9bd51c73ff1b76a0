//! Who may call: credentials and the hashes of their tokens.

use super::audit;
use super::catalog::{changed, group};
use super::column::{micros, place, place_bytes, purpose, time, uuid};
use super::db::Db;
use super::statement::{Row, query};
use crate::model::audit::{Audited, Deed};
use crate::model::ids::{CredentialId, GroupKey, Place};
use crate::model::secret::SecretHash;
use crate::store::{
    Credential, Held, ListedCredential, ReplicaStanding, Reported, Result, StoreError,
};
use jiff::Timestamp;
use std::collections::HashMap;

pub fn id_bytes(id: CredentialId) -> Vec<u8> {
    id.0.as_bytes().to_vec()
}

pub async fn create(db: &mut Db<'_>, credential: &Credential, at: Timestamp) -> Result<()> {
    query(
        "INSERT INTO credential (grp, id, place, holder, label, rights, created_at, expires_at, locked) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(credential.group.0)
    .bind(id_bytes(credential.id))
    .bind(place_bytes(credential.place))
    .bind(&credential.holder)
    .bind(&credential.label)
    .bind(credential.rights.to_string())
    .bind(micros(at))
    .bind(credential.expires_at.map(micros))
    .bind(i64::from(credential.locked))
    .execute(db)
    .await?;
    Ok(())
}

/// Within a transaction.
pub async fn revoke(
    db: &mut Db<'_>,
    group: GroupKey,
    id: CredentialId,
    at: Timestamp,
) -> Result<bool> {
    let revoked = query(
        "UPDATE credential SET revoked_at = ? WHERE grp = ? AND id = ? AND revoked_at IS NULL",
    )
    .bind(micros(at))
    .bind(group.0)
    .bind(id_bytes(id))
    .execute(&mut *db)
    .await?;
    if revoked > 0 {
        changed(&mut *db, group).await?;
        let revoked = Audited::new(at, Deed::Revoked, id.0);
        audit::write(db, group, &revoked).await?;
        return Ok(true);
    }
    let row = query("SELECT 1 FROM credential WHERE grp = ? AND id = ?")
        .bind(group.0)
        .bind(id_bytes(id))
        .fetch_optional(db)
        .await?;
    Ok(row.is_some())
}

pub async fn held(db: &mut Db<'_>, token: &SecretHash) -> Result<Option<Held>> {
    let row = query(
        "SELECT g.grp, g.id AS group_id, g.name, g.epoch, c.id, c.place, c.holder, c.label, c.rights, \
         c.expires_at, c.locked, c.revoked_at, t.purpose, t.expires_at AS token_expires_at \
         FROM token t JOIN credential c ON c.grp = t.grp AND c.id = t.credential \
         JOIN grp g ON g.grp = t.grp WHERE t.hash = ?",
    )
    .bind(token.to_vec())
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let group = group(&row, "group_id")?;
    let credential = credential(&row, group.key)?;
    let token_ends = optional_time(&row, "token_expires_at")?;
    Ok(Some(Held {
        ends_at: token_ends.into_iter().chain(credential.expires_at).min(),
        purpose: purpose::read(row.try_get("purpose")?)?,
        revoked: optional_time(&row, "revoked_at")?.is_some(),
        credential,
        group,
    }))
}

fn optional_time(row: &Row, column: &str) -> Result<Option<Timestamp>> {
    let micros: Option<i64> = row.try_get(column)?;
    micros.map(time).transpose()
}

fn credential(row: &Row, group: GroupKey) -> Result<Credential> {
    let rights: String = row.try_get("rights")?;
    Ok(Credential {
        id: CredentialId(uuid(row.try_get("id")?)?),
        group,
        place: place(row.try_get("place")?)?,
        holder: row.try_get("holder")?,
        label: row.try_get("label")?,
        rights: rights
            .parse()
            .map_err(|_| StoreError::Damaged("a credential's rights"))?,
        expires_at: optional_time(row, "expires_at")?,
        locked: row.try_get::<i64>("locked")? != 0,
    })
}

pub async fn list(db: &mut Db<'_>, group: GroupKey) -> Result<Vec<ListedCredential>> {
    let rows = query(
        "SELECT id, place, holder, label, rights, expires_at, locked, created_at, heard_at, revoked_at \
         FROM credential WHERE grp = ? ORDER BY place, holder, created_at",
    )
    .bind(group.0)
    .fetch_all(db)
    .await?;
    let listed = |row: &Row| -> Result<ListedCredential> {
        Ok(ListedCredential {
            credential: credential(row, group)?,
            created_at: time(row.try_get("created_at")?)?,
            heard_at: optional_time(row, "heard_at")?,
            revoked_at: optional_time(row, "revoked_at")?,
        })
    };
    rows.iter().map(listed).collect()
}

pub async fn confirm(
    db: &mut Db<'_>,
    group: GroupKey,
    ids: Option<&[CredentialId]>,
    at: Timestamp,
) -> Result<u64> {
    let mut sql = query("UPDATE credential SET locked = 0 WHERE locked = 1 AND grp = ");
    sql.push_bind(group.0);
    if let Some(ids) = ids {
        sql.push(" AND id ")
            .push_in(ids.iter().map(|id| id_bytes(*id)));
    }
    sql.push(" RETURNING id");
    let confirmed = sql.fetch_all(&mut *db).await?;
    for row in &confirmed {
        let confirmed = Audited::new(at, Deed::Confirmed, uuid(row.try_get("id")?)?);
        audit::write(db, group, &confirmed).await?;
    }
    Ok(confirmed.len() as u64)
}

pub async fn heard(
    db: &mut Db<'_>,
    group: GroupKey,
    id: CredentialId,
    at: Timestamp,
) -> Result<()> {
    query("UPDATE credential SET heard_at = ? WHERE grp = ? AND id = ?")
        .bind(micros(at))
        .bind(group.0)
        .bind(id_bytes(id))
        .execute(db)
        .await?;
    Ok(())
}

pub async fn report(
    db: &mut Db<'_>,
    group: GroupKey,
    id: CredentialId,
    replica: ReplicaStanding,
    at: Timestamp,
) -> Result<()> {
    query(
        "UPDATE credential SET reported_at = ?, behind = ?, unsent = ?, refused = ?, conflicts = ? \
         WHERE grp = ? AND id = ?",
    )
    .bind(micros(at))
    .bind(replica.behind)
    .bind(i64::from(replica.unsent))
    .bind(i64::from(replica.refused))
    .bind(i64::from(replica.conflicts))
    .bind(group.0)
    .bind(id_bytes(id))
    .execute(db)
    .await?;
    Ok(())
}

pub async fn reports(db: &mut Db<'_>, group: GroupKey) -> Result<Vec<Reported>> {
    let rows = query(
        "SELECT place, holder, reported_at, behind, unsent, refused, conflicts FROM credential \
         WHERE grp = ? AND reported_at IS NOT NULL AND revoked_at IS NULL ORDER BY place, holder, id",
    )
    .bind(group.0)
    .fetch_all(db)
    .await?;
    let small = |row: &Row, column| -> Result<i32> {
        let number: i64 = row.try_get(column)?;
        i32::try_from(number).map_err(|_| StoreError::Damaged("a replica's report"))
    };
    let reported = |row: &Row| -> Result<Reported> {
        Ok(Reported {
            place: place(row.try_get("place")?)?,
            holder: row.try_get("holder")?,
            at: time(row.try_get("reported_at")?)?,
            replica: ReplicaStanding {
                behind: row.try_get("behind")?,
                unsent: small(row, "unsent")?,
                refused: small(row, "refused")?,
                conflicts: small(row, "conflicts")?,
            },
        })
    };
    rows.iter().map(reported).collect()
}

pub async fn last_heard(db: &mut Db<'_>, group: GroupKey) -> Result<HashMap<Place, Timestamp>> {
    let rows = query(
        "SELECT place, MAX(heard_at) AS heard_at FROM credential \
         WHERE grp = ? AND heard_at IS NOT NULL GROUP BY place",
    )
    .bind(group.0)
    .fetch_all(db)
    .await?;
    let heard = |row: &Row| -> Result<(Place, Timestamp)> {
        Ok((
            place(row.try_get("place")?)?,
            time(row.try_get("heard_at")?)?,
        ))
    };
    rows.iter().map(heard).collect()
}
