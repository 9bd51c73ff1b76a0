//! One record through time, as far as its reader may see it.

pub use crate::content::diff::Change;
use crate::content::diff::diff;
use crate::content::frame::{self, Parts};
use crate::content::{answer, conflict};
use crate::kinds;
use crate::model::caller::Caller;
use crate::model::finding::Finding;
use crate::model::ids::{GroupKey, MutationId, RecordId, Who};
use crate::model::mutation::Answer;
use crate::model::sight::Sight;
use crate::store::{Result, Store, Version, Written};
use bytes::Bytes;

/// One version: who wrote it, when, why, and what it changed.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The version and who wrote it.
    pub written: Written,
    /// The version as it was hashed.
    pub change: Bytes,
    /// What it changed against the version before.
    pub changes: Vec<Change>,
    /// What the hub found worth a look or worth knowing: for the owner and the office.
    pub findings: Vec<Finding>,
}

/// A page of versions, newest first.
#[derive(Clone, Debug)]
pub struct Entries {
    /// The versions that the reader might see then.
    pub entries: Vec<Entry>,
    /// The page goes on below this version; `None`: it is the last.
    pub below: Option<i64>,
}

/// The version of a record that stood at a position, if the caller may see the record now and might see it
/// then.
pub async fn record_at(
    store: &dyn Store,
    (group, sight): (GroupKey, &Sight),
    id: RecordId,
    position: i64,
) -> Result<Option<Version>> {
    if store.record(group, id, sight).await?.is_none() {
        return Ok(None);
    }
    let version = store.record_at(group, id, position).await?;
    Ok(version.filter(|version| sees(sight, version)))
}

/// The versions below a number of a record that may be seen now: so many at most, and so many bytes of them;
/// one larger version comes alone.
pub async fn list(
    store: &dyn Store,
    (group, sight): (GroupKey, &Sight),
    id: RecordId,
    below: i64,
    (limit, bytes_max): (usize, usize),
) -> Result<Entries> {
    // One more than is shown: a change is told against the version before.
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let rows = store.history(group, id, below, wanted).await?;
    let shown = &rows[..fitting(&rows, limit, bytes_max)];
    let below = (rows.len() > shown.len())
        .then(|| shown.last().map(|row| row.version.version))
        .flatten();
    let entries = shown
        .iter()
        .enumerate()
        .filter(|(_, row)| sees(sight, &row.version));
    let entries = entries.map(|(i, row)| {
        let before = rows
            .get(i + 1)
            .filter(|before| sees(sight, &before.version));
        Entry {
            written: row.clone(),
            change: hashed(row),
            changes: changes(before.map(|before| &before.version), &row.version),
            findings: told(sight, row),
        }
    });
    Ok(Entries {
        entries: entries.collect(),
        below,
    })
}

/// A version as it was hashed, unless something of it was erased since.
fn hashed(row: &Written) -> Bytes {
    let version = &row.version;
    let deleted = || {
        frame::deleted_by(&frame::Version {
            id: version.id,
            kind: &version.kind,
            owner: version.owner,
            version: version.version,
            position: version.position,
            erased: version.erased,
            at: row.at,
            actor: &row.actor,
            reason: &row.reason,
            parts: Parts::default(),
        })
    };
    version.frame.clone().unwrap_or_else(deleted)
}

fn fitting(rows: &[Written], limit: usize, bytes_max: usize) -> usize {
    let mut bytes = 0;
    let fit = |row: &&Written| {
        bytes += row.version.frame.as_ref().map_or(0, Bytes::len);
        bytes <= bytes_max
    };
    let fitting = rows.iter().take(limit).take_while(fit).count();
    fitting.max(1).min(rows.len())
}

fn changes(before: Option<&Version>, after: &Version) -> Vec<Change> {
    let parts = |version: Option<&Version>| {
        let frame = version.and_then(|version| version.frame.as_ref());
        frame
            .and_then(|frame| frame::parts(frame).ok())
            .unwrap_or_default()
    };
    let (before, after) = (parts(before), parts(Some(after)));
    let mut changes = diff("lianxiao.v1.Content", &before.content, &after.content);
    for change in &mut changes {
        change.path = format!("content.{}", change.path);
    }
    let state = diff("lianxiao.v1.State", &before.state, &after.state);
    changes.extend(state.into_iter().map(|change| Change {
        path: format!("state.{}", change.path),
        ..change
    }));
    changes
}

/// What the pusher was told of a version.
fn told(sight: &Sight, row: &Written) -> Vec<Finding> {
    let theirs = [row.version.owner.into(), Who::Office];
    let answer = row.answer.as_ref().filter(|_| {
        let mut theirs = theirs.iter();
        theirs.any(|who| sight.audiences.contains(who))
    });
    let answer = answer.and_then(|answer| answer::decode(answer, "", "").ok());
    answer.map(|answer| answer.findings).unwrap_or_default()
}

/// Whether a version of a record that may be seen now was to be seen when it stood.
fn sees(sight: &Sight, version: &Version) -> bool {
    then(version).is_none_or(|audience| sight.sees(&version.topic, &audience))
}

/// Who might see a version when it stood; `None` for what does not say it itself: a deletion, which those
/// see who saw the record, and a conflict, whose audience never changes.
fn then(version: &Version) -> Option<Vec<Who>> {
    let kind = kinds::named(&version.kind)?;
    let parts = frame::parts(version.frame.as_ref()?).unwrap_or_default();
    Some(kind.index(version.owner, &parts).audience)
}

/// The first answers to mutations of the caller's place on what it may see, and those that had no such
/// effect here.
pub async fn push_results(
    store: &dyn Store,
    caller: &Caller,
    sight: &Sight,
    ids: &[MutationId],
) -> Result<(Vec<Answer>, Vec<MutationId>)> {
    let remembered = store
        .remembered(caller.group.key, caller.place, ids)
        .await?;
    let (mut answers, mut unknown) = (Vec::new(), Vec::new());
    for id in ids {
        let remembered = remembered.get(id).filter(|known| sight.on(&known.topic));
        let answer = remembered.and_then(|remembered| {
            let about = conflict::about(remembered.frame.as_ref()).unwrap_or(remembered.record);
            answer::decode(&remembered.answer, &id.to_string(), &about.to_string()).ok()
        });
        match answer {
            Some(answer) => answers.push(answer),
            None => unknown.push(*id),
        }
    }
    Ok((answers, unknown))
}
