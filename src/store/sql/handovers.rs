//! How credentials come by their tokens, given or traded for a code.

use super::audit;
use super::catalog::changed;
use super::column::{micros, purpose, time, uuid};
use super::credentials::id_bytes;
use super::db::Db;
use super::statement::query;
use crate::model::audit::{Audited, Deed};
use crate::model::ids::{CredentialId, GroupKey};
use crate::model::secret::{Purpose, SecretHash};
use crate::store::{Handover, Loan, Result, Trade};
use jiff::{SignedDuration, Timestamp};

/// Within a transaction. Giving a token at once is audited as `given`.
pub async fn hand_over(
    db: &mut Db<'_>,
    group: GroupKey,
    id: CredentialId,
    handover: &Handover,
    (given, at): (Deed, Timestamp),
) -> Result<()> {
    let deed = match handover {
        Handover::Token { token, others_end } => {
            end_tokens(&mut *db, group, id, *others_end).await?;
            add_token(&mut *db, group, id, &for_calls(*token)).await?;
            given
        }
        Handover::Invitation {
            code,
            expires_at,
            overlap,
        } => {
            query("DELETE FROM invitation WHERE grp = ? AND credential = ? AND token IS NULL")
                .bind(group.0)
                .bind(id_bytes(id))
                .execute(&mut *db)
                .await?;
            query(
                "INSERT INTO invitation (hash, grp, credential, expires_at, overlap) \
                 VALUES (?, ?, ?, ?, ?)",
            )
            .bind(code.to_vec())
            .bind(group.0)
            .bind(id_bytes(id))
            .bind(micros(*expires_at))
            .bind(i64::try_from(overlap.as_micros()).unwrap_or(i64::MAX))
            .execute(&mut *db)
            .await?;
            Deed::Invited
        }
    };
    audit::write(db, group, &Audited::new(at, deed, id.0)).await
}

/// Ends the tokens of a credential at a time, if they do not end earlier.
async fn end_tokens(
    db: &mut Db<'_>,
    group: GroupKey,
    id: CredentialId,
    at: Timestamp,
) -> Result<()> {
    query(
        "UPDATE token SET expires_at = ? \
         WHERE grp = ? AND credential = ? AND (expires_at IS NULL OR expires_at > ?)",
    )
    .bind(micros(at))
    .bind(group.0)
    .bind(id_bytes(id))
    .bind(micros(at))
    .execute(&mut *db)
    .await?;
    changed(db, group).await
}

fn for_calls(token: SecretHash) -> Loan {
    Loan {
        token,
        purpose: Purpose::Calls,
        ends_at: None,
    }
}

async fn add_token(db: &mut Db<'_>, group: GroupKey, id: CredentialId, loan: &Loan) -> Result<()> {
    query("INSERT INTO token (hash, grp, credential, expires_at, purpose) VALUES (?, ?, ?, ?, ?)")
        .bind(loan.token.to_vec())
        .bind(group.0)
        .bind(id_bytes(id))
        .bind(loan.ends_at.map(micros))
        .bind(purpose::number(loan.purpose))
        .execute(db)
        .await?;
    Ok(())
}

/// Within a transaction.
pub async fn lend(
    db: &mut Db<'_>,
    group: GroupKey,
    id: CredentialId,
    loan: &Loan,
    at: Timestamp,
) -> Result<()> {
    query("DELETE FROM token WHERE grp = ? AND credential = ? AND purpose = ? AND expires_at <= ?")
        .bind(group.0)
        .bind(id_bytes(id))
        .bind(purpose::number(loan.purpose))
        .bind(micros(at))
        .execute(&mut *db)
        .await?;
    add_token(&mut *db, group, id, loan).await?;
    let deed = match loan.purpose {
        Purpose::Calls => Deed::Rotated,
        Purpose::Pages => Deed::SignedIn,
        Purpose::Calendar => Deed::Linked,
    };
    let lent = Audited {
        by: Some(id),
        ..Audited::new(at, deed, id.0)
    };
    audit::write(db, group, &lent).await
}

/// Within a transaction.
pub async fn take_back(
    db: &mut Db<'_>,
    group: GroupKey,
    id: CredentialId,
    of: Purpose,
    token: Option<&SecretHash>,
) -> Result<()> {
    let mut sql = query("DELETE FROM token WHERE grp = ");
    sql.push_bind(group.0)
        .push(" AND credential = ")
        .push_bind(id_bytes(id))
        .push(" AND purpose = ")
        .push_bind(purpose::number(of));
    if let Some(token) = token {
        sql.push(" AND hash = ").push_bind(token.to_vec());
    }
    sql.execute(&mut *db).await?;
    changed(db, group).await
}

/// Whose group's invitation has that code.
pub async fn group_of(db: &mut Db<'_>, code: &SecretHash) -> Result<Option<GroupKey>> {
    let row = query("SELECT grp FROM invitation WHERE hash = ?")
        .bind(code.to_vec())
        .fetch_optional(db)
        .await?;
    row.map(|row| Ok(GroupKey(row.try_get("grp")?))).transpose()
}

/// Within a transaction.
pub async fn trade(
    db: &mut Db<'_>,
    code: &SecretHash,
    token: &SecretHash,
    now: Timestamp,
) -> Result<Trade> {
    let row = query(
        "SELECT i.grp, i.credential, i.expires_at, i.overlap, i.token, \
         EXISTS (SELECT 1 FROM token t WHERE t.hash = ?) AS taken FROM invitation i WHERE i.hash = ?",
    )
    .bind(token.to_vec())
    .bind(code.to_vec())
    .fetch_optional(&mut *db)
    .await?;
    let Some(row) = row else {
        return Ok(Trade::Unknown);
    };
    let group = GroupKey(row.try_get("grp")?);
    let id = CredentialId(uuid(row.try_get("credential")?)?);
    let before: Option<&[u8]> = row.try_get("token")?;
    if let Some(before) = before {
        return Ok(match before == token {
            true => Trade::Done(id),
            false => Trade::Used,
        });
    }
    if time(row.try_get("expires_at")?)? <= now {
        return Ok(Trade::Expired);
    }
    if row.try_get("taken")? {
        return Ok(Trade::TokenTaken);
    }
    let overlap = SignedDuration::from_micros(row.try_get("overlap")?);
    let others_end = now.saturating_add(overlap).unwrap_or(Timestamp::MAX);
    end_tokens(&mut *db, group, id, others_end).await?;
    add_token(&mut *db, group, id, &for_calls(*token)).await?;
    query("UPDATE invitation SET token = ? WHERE hash = ?")
        .bind(token.to_vec())
        .bind(code.to_vec())
        .execute(&mut *db)
        .await?;
    let joined = Audited {
        by: Some(id),
        ..Audited::new(now, Deed::Joined, id.0)
    };
    audit::write(db, group, &joined).await?;
    Ok(Trade::Done(id))
}
