//! The chain: commits with their leaves.

use super::column::{hash, place, who_text};
use super::commits::{commit_before, head, head_of};
use super::db::Db;
use super::feed::on_topic;
use super::statement::{Row, Sql, query};
use crate::model::ids::GroupKey;
use crate::model::sight::Sight;
use crate::store::{Commit, Commits, Leaf, Opening, Restore, Result};

/// Reads a part of the history. The caller has opened a transaction, so that commits and leaves are of
/// one moment.
pub async fn commits(
    db: &mut Db<'_>,
    group: GroupKey,
    after: i64,
    limit: i64,
    sight: &Sight,
) -> Result<Commits> {
    let rows = query(COMMITS_AFTER)
        .bind(group.0)
        .bind(after)
        .bind(limit)
        .fetch_all(&mut *db)
        .await?;
    let commit = |row: &Row| -> Result<Commit> {
        let head = head_of(Some(row))?;
        let leaves = Vec::new();
        Ok(Commit { head, leaves })
    };
    let commits = rows.iter().map(commit).collect::<Result<_>>()?;
    let rows = leaves_statement(group, after, limit, sight)
        .fetch_all(&mut *db)
        .await?;
    let leaves = rows.iter().map(leaf).collect::<Result<Vec<_>>>()?;
    Ok(Commits {
        chain: commit_before(db, group, after).await?.chain,
        commits: filled(commits, leaves),
        head: head(db, group).await?,
        restores: restores(db, group).await?,
    })
}

/// So many leaves lie in no more commits than that.
pub const COMMITS_AFTER: &str = "SELECT last_position, at, chain FROM \"commit\" \
     WHERE grp = ? AND last_position > ? ORDER BY last_position LIMIT ?";

/// The salt tells who holds the body that it is the one that was hashed, and whoever guesses a body that
/// the guess is right: only those get it who may see the body anyway.
pub fn leaves_statement(group: GroupKey, after: i64, limit: i64, sight: &Sight) -> Sql<'_> {
    let mut sql = query(
        "SELECT v.position, v.leaf, v.salt, v.place, EXISTS (SELECT 1 FROM audience a \
         WHERE a.grp = v.grp AND a.id = v.id AND a.position = v.position AND a.gone = 0 \
         AND a.who ",
    );
    sql.push_in(sight.audiences.iter().map(|who| who_text(*who)));
    on_topic(&mut sql, sight);
    sql.push(") AS seen FROM version v WHERE v.grp = ")
        .push_bind(group.0);
    sql.push(" AND v.position > ").push_bind(after);
    sql.push(" ORDER BY v.position LIMIT ").push_bind(limit);
    sql
}

fn leaf(row: &Row) -> Result<Leaf> {
    let opening = match row.try_get("seen")? {
        false => None,
        true => Some(Opening {
            salt: row.try_get("salt")?,
            place: place(row.try_get("place")?)?,
        }),
    };
    Ok(Leaf {
        position: row.try_get("position")?,
        hash: hash(row.try_get("leaf")?)?,
        opening,
    })
}

/// Commits with their leaves. What belongs to no commit is left out, for whoever reads to notice.
fn filled(mut commits: Vec<Commit>, leaves: Vec<Leaf>) -> Vec<Commit> {
    let mut of = 0;
    for leaf in leaves {
        while (commits.get(of)).is_some_and(|commit| commit.head.position < leaf.position) {
            of += 1;
        }
        if let Some(commit) = commits.get_mut(of) {
            commit.leaves.push(leaf);
        }
    }
    commits.retain(|commit| !commit.leaves.is_empty());
    commits
}

async fn restores(db: &mut Db<'_>, group: GroupKey) -> Result<Vec<Restore>> {
    let rows = query("SELECT epoch, position FROM restore WHERE grp = ? ORDER BY epoch")
        .bind(group.0)
        .fetch_all(db)
        .await?;
    let restored = |row: &Row| -> Result<Restore> {
        Ok(Restore {
            epoch: row.try_get("epoch")?,
            position: row.try_get("position")?,
        })
    };
    rows.iter().map(restored).collect()
}
