//! Takes people out of everything that is kept of a record, and tells the feed.
//!
//! It goes record by record, all versions of one at once, each part in a transaction of its own: what is
//! cut off in the middle is whole as far as it came, and goes on when it is asked for again. A person's
//! own record comes last, because it holds the names that are looked for in the others.

use super::overlay::{Next, Overlay};
use crate::content::frame::{self, Parts};
pub use crate::content::redact::{ERASED as NOBODY, Names};
use crate::content::redact::{Whose, redact};
use crate::content::{answer, conflict, correction};
use crate::kinds::{self, Kind};
use crate::model::audit::{Audited, Deed};
use crate::model::caller::Caller;
use crate::model::ids::{CredentialId, GroupKey, RecordId};
use crate::store::{Batch, Needs, Result, Store, Stored, Writing};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The reason of the versions that tell the feed. No mutation may carry it.
pub use crate::model::mutation::ERASED;

const CONTENT: &str = "lianxiao.v1.Content";

/// The most bytes of versions read at once.
const LOOK_BYTES: usize = 1 << 20;

/// Who is to be taken out of a record.
#[derive(Clone)]
pub enum Whom {
    /// One person.
    Person(RecordId),
    /// Everybody.
    Everybody,
    /// Everybody, and the free text whole.
    Anybody,
    /// Who wrote it, under this name.
    Actor(String),
}

/// What was found to be erased.
#[derive(Default)]
pub struct Found {
    /// The records, and who is to be taken out of each.
    pub records: Vec<(RecordId, Whom)>,
    /// What the person is called.
    pub names: Names,
}

/// For whom, and why, something is erased.
#[derive(Clone)]
pub struct Order {
    /// The actor of what the feed is told.
    pub caller: Caller,
    /// Who asked for it; `None`: the hub by itself.
    pub by: Option<CredentialId>,
    /// What the audit calls it.
    pub deed: Deed,
    /// What was named; `None`: records that are kept too long.
    pub subject: Option<Uuid>,
}

/// A part of what was found, to be carried out in one transaction.
pub struct Part {
    /// For whom and why.
    pub order: Order,
    /// The records, and who is to be taken out of each.
    pub records: Vec<(RecordId, Whom)>,
    /// What people are called, besides what the records themselves tell.
    pub names: Names,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Records of which something was erased.
    pub records: usize,
    /// Versions of which something was erased.
    pub versions: usize,
}

impl std::ops::AddAssign for Done {
    fn add_assign(&mut self, more: Self) {
        self.records += more.records;
        self.versions += more.versions;
    }
}

/// Everything after a position that mentions a person, with the conflicts and the corrections about it.
///
/// # Errors
/// When the database failed.
pub async fn find_person(
    store: &dyn Store,
    group: GroupKey,
    person: RecordId,
    after: i64,
) -> Result<Found> {
    let id = person.to_string();
    let mut found = Found::default();
    let (mut records, mut own, mut position) = (BTreeSet::new(), false, after);
    loop {
        let look = store.mentions(group, person, position, LOOK_BYTES).await?;
        for stored in &look.found {
            let whose = match stored.version.id == person {
                true => Whose::Everybody,
                false => Whose::Person(&id),
            };
            learn(&mut found.names, stored, whose);
            match stored.version.id == person {
                true => own = true,
                false => _ = records.insert(stored.version.id),
            }
        }
        position = look.position;
        if look.whole {
            break;
        }
    }
    // What the office asked about them, and an edit that lost, may name the person and hold no id.
    for id in records.clone() {
        records.extend(kept_about(store, group, id).await?);
    }
    let others = records.into_iter().map(|id| (id, Whom::Person(person)));
    let own = own.then_some((person, Whom::Everybody));
    found.records = others.chain(own).collect();
    Ok(found)
}

/// A record with the conflicts and the corrections about it, and who is to be taken out of them.
///
/// # Errors
/// When the database failed.
pub async fn find_record(
    store: &dyn Store,
    group: GroupKey,
    record: RecordId,
    whom: &Whom,
) -> Result<Found> {
    let kept = kept_about(store, group, record).await?.into_iter();
    Ok(Found {
        records: ([record].into_iter().chain(kept))
            .map(|id| (id, whom.clone()))
            .collect(),
        ..Found::default()
    })
}

/// Who goes from records of a kind that were kept long enough. Where no field names anybody, there is no name
/// to look for in the free text.
pub fn whom_at_end(kind: &str) -> Whom {
    match kinds::named(kind).is_some_and(Kind::names_people) {
        true => Whom::Everybody,
        false => Whom::Anybody,
    }
}

/// The conflicts and the corrections about a record, live or gone.
///
/// # Errors
/// When the database failed.
pub async fn kept_about(
    store: &dyn Store,
    group: GroupKey,
    record: RecordId,
) -> Result<Vec<RecordId>> {
    let mut kept = store.mentioned_by(group, conflict::KIND, record).await?;
    kept.extend(store.mentioned_by(group, correction::KIND, record).await?);
    Ok(kept)
}

/// What was written after a position under a name.
///
/// # Errors
/// When the database failed.
pub async fn find_actor(
    store: &dyn Store,
    group: GroupKey,
    name: &str,
    after: i64,
) -> Result<Found> {
    let (mut all, mut position, mut whole) = (BTreeSet::new(), after, name == NOBODY);
    while !whole {
        let records;
        (records, position, whole) = store.acted(group, name, position).await?;
        all.extend(records);
    }
    let whom = || Whom::Actor(name.to_owned());
    Ok(Found {
        records: all.into_iter().map(|id| (id, whom())).collect(),
        ..Found::default()
    })
}

fn learn(names: &mut Names, stored: &Stored, whose: Whose<'_>) {
    let Parts { content, state } = parts(stored);
    names.learn(CONTENT, &content, whose);
    names.learn("lianxiao.v1.State", &state, whose);
    if let Some(pushed) = &stored.pushed {
        names.learn(CONTENT, pushed, whose);
    }
}

fn parts(stored: &Stored) -> Parts {
    let frame = stored.version.frame.as_ref();
    frame
        .and_then(|frame| frame::parts(frame).ok())
        .unwrap_or_default()
}

/// Carries a part out in an open transaction, with what the feed is told and the audit keeps.
///
/// # Errors
/// When the database failed.
pub async fn carry_out(
    writing: &mut dyn Writing,
    part: &Part,
    now: Timestamp,
    seed: [u8; 32],
) -> Result<(Done, Option<Batch>)> {
    let group = part.order.caller.group.key;
    let (mut done, mut touched, mut kinds) = (Done::default(), BTreeMap::new(), BTreeSet::new());
    for (id, whom) in &part.records {
        let stored = writing.versions_of(group, *id).await?;
        let rewritten = rewritten(&stored, whom, part.names.clone());
        if rewritten.is_empty() {
            continue;
        }
        writing.rewrite(group, &rewritten).await?;
        done.versions += rewritten.len();
        kinds.extend(rewritten.iter().map(|stored| stored.version.topic.clone()));
        done.records += 1;
        if let Whom::Actor(_) = whom {
            // No copy shows who wrote an older version, but its leaf is opened no more: the chain tells why.
            touched.entry(*id).or_insert(false);
            continue;
        }
        touched.insert(*id, true);
        // Whoever pushed a conflict keeps it as an edit of the record it is about.
        touched.extend(stored.iter().filter_map(about).map(|record| (record, true)));
    }
    if done.records == 0 {
        return Ok((done, None));
    }
    let batch = tell(writing, &part.order.caller, touched, (now, seed)).await?;
    let told = batch.as_ref().and_then(|batch| {
        let first = batch.versions.first()?.version.position;
        Some((first, batch.head.position))
    });
    let deed = Audited {
        by: part.order.by,
        kinds: kinds.into_iter().collect(),
        count: i64::try_from(done.records).unwrap_or(i64::MAX),
        positions: told,
        ..Audited::new(now, part.order.deed, part.order.subject)
    };
    writing.note(group, &deed).await?;
    Ok((done, batch))
}

fn about(stored: &Stored) -> Option<RecordId> {
    conflict::about(stored.version.frame.as_ref())
}

/// The versions in which something changes, as they are to be.
fn rewritten(stored: &[Stored], whom: &Whom, names: Names) -> Vec<Stored> {
    match whom {
        Whom::Person(id) => without(stored, Whose::Person(&id.to_string()), names),
        Whom::Everybody => without(stored, Whose::Everybody, names),
        Whom::Anybody => without(stored, Whose::Anybody, names),
        Whom::Actor(name) => by_nobody(stored, name),
    }
}

fn by_nobody(stored: &[Stored], name: &str) -> Vec<Stored> {
    let renamed = |stored: &Stored| {
        let mut left = stored.clone();
        let frame = left.version.frame.as_ref();
        left.version.frame = frame.and_then(|frame| frame::by(frame, NOBODY));
        NOBODY.clone_into(&mut left.actor);
        left
    };
    let theirs = stored.iter().filter(|stored| stored.actor == name);
    theirs.map(renamed).collect()
}

fn without(stored: &[Stored], whose: Whose<'_>, mut names: Names) -> Vec<Stored> {
    for version in stored {
        learn(&mut names, version, whose);
    }
    let redacted = |stored: &Stored| {
        let frame = stored.version.frame.as_ref();
        let frame = frame.and_then(|frame| frame::redacted(frame, whose, &names));
        let pushed = stored.pushed.as_ref();
        let pushed = pushed.and_then(|pushed| redact(CONTENT, pushed, whose, &names));
        let answer = stored.answer.as_ref();
        let answer = answer.and_then(|answer| answer::redacted(answer, &names));
        if frame.is_none() && pushed.is_none() && answer.is_none() {
            return None;
        }
        let mut left = stored.clone();
        left.version.frame = frame.or(left.version.frame);
        left.pushed = pushed.or(left.pushed);
        left.answer = answer.map(Into::into).or(left.answer);
        Some(left)
    };
    stored.iter().filter_map(redacted).collect()
}

/// Every record of whose content something was erased gets a new version through the ordinary plan, so that
/// positions, chain and audiences hold and every reader hears of it; so does one of whose writers a name was.
async fn tell(
    writing: &mut dyn Writing,
    caller: &Caller,
    touched: BTreeMap<RecordId, bool>,
    (now, seed): (Timestamp, [u8; 32]),
) -> Result<Option<Batch>> {
    let group = caller.group.key;
    let needs = Needs {
        records: touched.keys().copied().collect(),
        ..Needs::default()
    };
    let loaded = writing.load(group, &needs).await?;
    let mut overlay = Overlay::new(&loaded, now, seed);
    for (id, erased) in touched {
        if let Some(next) = overlay.again(id) {
            overlay.write(caller, ERASED, Next { erased, ..next }, None);
        }
    }
    let batch = overlay.finish();
    if let Some(batch) = &batch {
        writing.apply(group, batch).await?;
    }
    Ok(batch)
}
