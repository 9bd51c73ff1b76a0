//! Pushes that are written together: what they touch, and what becomes of them. It is planned under the lock of
//! their groups or, while the batches before it are written, ahead of that: what is read then is what stood before
//! them, and what they write is laid over.

use super::overlay::Overlay;
use super::plan;
use super::prepare::{Prepared, second_needs};
use crate::model::feed::Head;
use crate::model::ids::GroupKey;
use crate::model::mutation::Answer;
use crate::store::{Batch, Loaded, Needs, Result, Store, Writing};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What becomes of pushes that are written together.
pub struct Planned {
    /// The answers to each push, in their order.
    pub answers: Vec<Vec<Answer>>,
    /// What is written.
    pub changes: Arc<Changes>,
}

/// What pushes write, of every group they are for.
#[derive(Default)]
pub struct Changes {
    /// The head it was planned from.
    from: BTreeMap<GroupKey, Head>,
    /// What is to be written, where there is anything.
    pub batches: BTreeMap<GroupKey, Batch>,
}

impl Changes {
    /// Whether every group still has the head from which it was planned. A head never comes back: if it is the same
    /// at the lock, nobody wrote since it was first read.
    ///
    /// # Errors
    /// When the database failed.
    pub async fn hold(&self, writing: &mut dyn Writing) -> Result<bool> {
        for (group, from) in &self.from {
            if writing.head(*group).await? != *from {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Lays what is written over what was read before.
    fn lay_over(&self, loaded: &mut Loaded, group: GroupKey, needs: &Needs) {
        if self.from.get(&group) == Some(&loaded.head)
            && let Some(batch) = self.batches.get(&group)
        {
            loaded.lay(batch, needs);
        }
    }
}

/// What is looked for before a batch is planned.
#[derive(Clone, Copy, PartialEq)]
pub enum Care {
    /// What the pushes say they need.
    Usual,
    /// Every mutation too: one was taken for new and is not.
    Full,
}

/// From where it is read what pushes touch.
pub enum Source<'a> {
    /// Under the lock of their groups.
    Locked(&'a mut dyn Writing),
    /// While these are on their way, in this order: some may be there already.
    Early(&'a dyn Store, &'a [Arc<Changes>]),
}

impl Source<'_> {
    async fn load(&mut self, group: GroupKey, needs: &Needs) -> Result<Loaded> {
        match self {
            Source::Locked(writing) => writing.load(group, needs).await,
            Source::Early(store, before) => {
                let mut loaded = store.load_early(group, needs).await?;
                for changes in *before {
                    changes.lay_over(&mut loaded, group, needs);
                }
                Ok(loaded)
            }
        }
    }
}

/// Plans pushes, each group's over what is read of it; `begin` says when, and makes the salts.
///
/// # Errors
/// When the database failed.
pub async fn plan(
    mut source: Source<'_>,
    pushes: &[Arc<Prepared>],
    care: Care,
    begin: impl Fn() -> (Timestamp, [u8; 32]),
) -> Result<Planned> {
    let mut by_group: BTreeMap<GroupKey, Vec<usize>> = BTreeMap::new();
    for (index, push) in pushes.iter().enumerate() {
        let of_group = by_group.entry(push.caller.group.key).or_default();
        of_group.push(index);
    }
    let mut answers = vec![Vec::new(); pushes.len()];
    let mut changes = Changes::default();
    for (group, indexes) in by_group {
        let of_group: Vec<&Prepared> = indexes.iter().map(|index| &*pushes[*index]).collect();
        let loaded = load(&mut source, group, &of_group, care).await?;
        let (now, seed) = begin();
        let mut overlay = Overlay::new(&loaded, now, seed);
        for (index, push) in indexes.into_iter().zip(of_group) {
            answers[index] = plan::push(&mut overlay, push);
        }
        changes.from.insert(group, loaded.head);
        let batch = overlay.finish();
        changes.batches.extend(batch.map(|batch| (group, batch)));
    }
    let changes = Arc::new(changes);
    Ok(Planned { answers, changes })
}

/// Reads in two looks. Of the head the first counts: if the second saw a later one, it is that which is found
/// not to stand any more.
async fn load(
    source: &mut Source<'_>,
    group: GroupKey,
    pushes: &[&Prepared],
    care: Care,
) -> Result<Loaded> {
    let mut first = union(pushes.iter().map(|push| &push.needs));
    if care == Care::Full {
        let mutations = pushes.iter().flat_map(|push| push.mutations());
        first.mutations.extend(mutations);
    }
    let mut loaded = source.load(group, &first).await?;
    let second = pushes.iter().map(|push| second_needs(push, &loaded));
    let second: Vec<Needs> = second.collect();
    let second = union(second.iter());
    if !second.is_empty() {
        loaded.extend(source.load(group, &second).await?);
    }
    Ok(loaded)
}

fn union<'a>(all: impl Iterator<Item = &'a Needs>) -> Needs {
    all.fold(Needs::default(), |mut union, needs| {
        union.records.extend(&needs.records);
        union.fresh.extend(&needs.fresh);
        union.mutations.extend(&needs.mutations);
        union.versions.extend(&needs.versions);
        union.keys.extend(needs.keys.iter().cloned());
        union.kinds.extend(&needs.kinds);
        union.near.extend(&needs.near);
        union
    })
}
