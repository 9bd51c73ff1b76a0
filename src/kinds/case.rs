//! The circumstances in which a content or an action is judged: who asks, when, and the records beside it.

use super::encoded::{Of, read};
use super::{Refusal, Rules, found, registers};
use crate::content::frame::Parts;
use crate::model::ids::{Key, Place, RecordId};
use crate::wire::v1;
use bytes::Bytes;
use jiff::Timestamp;
use jiff::civil::Date;
use std::any::Any;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A record that the rules of another one look at.
#[derive(Clone, Debug)]
pub struct Neighbour {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: String,
    /// Its owner.
    pub owner: Place,
    /// Its parts.
    pub parts: Parts,
}

impl Neighbour {
    /// Its content, when it is of that kind.
    pub(super) fn read<R: Rules>(&self) -> Option<R::Content> {
        (self.kind == R::NAME).then(|| read::<R>(&self.parts.content))?
    }

    /// Its state, when it is of that kind.
    pub(super) fn state<R: Rules>(&self) -> Option<R::State> {
        (self.kind == R::NAME).then(|| Of::<R>::state(&self.parts))
    }
}

/// Where neighbours are found: the records as they stand before the item at hand.
pub trait Neighbours {
    /// A live record.
    fn record(&self, id: RecordId) -> Option<Neighbour>;
    /// A version of a record that was live in it.
    fn version(&self, id: RecordId, number: i64) -> Option<Neighbour>;
    /// The live record that holds a key.
    fn keyed(&self, key: &Key) -> Option<Neighbour>;
    /// The records of a kind that the item's kind surveys.
    fn all(&self, kind: &str) -> Vec<RecordId>;
    /// What was read of them already.
    fn surveys(&self) -> &Surveys;
}

/// A live record of a kind that is surveyed, read.
#[derive(Debug)]
pub struct Known<R: Rules> {
    pub id: RecordId,
    pub owner: Place,
    pub content: R::Content,
    pub state: R::State,
}

/// What was surveyed of a kind, by id.
pub type All<R> = BTreeMap<RecordId, Known<R>>;

/// What was read of the kinds that are surveyed, and of which records that is out of date: a batch of a thousand
/// sessions decodes the register of persons once.
#[derive(Default)]
pub struct Surveys(RefCell<BTreeMap<&'static str, Survey>>);

/// A plan that may be given up begins with nothing read, so that each keeps its own up to date.
impl Clone for Surveys {
    fn clone(&self) -> Self {
        Surveys::default()
    }
}

type Survey = (Arc<dyn Any + Send + Sync>, BTreeSet<RecordId>);

impl Surveys {
    /// A record was written.
    pub fn written(&mut self, kind: &str, id: RecordId) {
        if let Some((_, stale)) = self.0.get_mut().get_mut(kind) {
            stale.insert(id);
        }
    }
}

/// The circumstances in which an item is judged.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// Who asks.
    pub asker: Place,
    /// The record.
    pub record: RecordId,
    /// Who owns it.
    pub owner: Place,
    /// The time of the commit.
    pub now: Timestamp,
    /// The other records.
    pub neighbours: &'a dyn Neighbours,
    /// The actions that stand or fall together with the item: those of its push, if that is one of ALL or
    /// nothing.
    pub together: &'a [(RecordId, Bytes)],
}

impl Case<'_> {
    /// Everything of a kind that is surveyed.
    pub(super) fn all<R: Rules>(&self) -> Arc<All<R>> {
        let mut surveys = self.neighbours.surveys().0.borrow_mut();
        let read = |id| {
            let record = self.neighbours.record(id)?;
            let (content, state) = (record.read::<R>()?, record.state::<R>()?);
            let (id, owner) = (record.id, record.owner);
            let known = Known {
                id,
                owner,
                content,
                state,
            };
            Some(known)
        };
        let before = surveys.remove(R::NAME);
        let before = before.and_then(|(all, stale)| Some((all.downcast::<All<R>>().ok()?, stale)));
        let (mut all, stale) = before.unwrap_or_else(|| {
            let all = self.neighbours.all(R::NAME).into_iter();
            (Arc::default(), all.collect())
        });
        if !stale.is_empty() {
            let all = Arc::get_mut(&mut all).expect("nobody keeps it from one item to the next");
            for id in stale {
                all.remove(&id);
                all.extend(read(id).map(|known| (id, known)));
            }
        }
        surveys.insert(R::NAME, (all.clone(), BTreeSet::new()));
        all
    }

    /// The group's rules.
    pub(super) fn policy(&self) -> Option<v1::Policy> {
        let policy = self.neighbours.keyed(&registers::policy::key())?;
        policy.read::<registers::policy::PolicyRules>()
    }

    /// The most records that one push may delete.
    #[must_use]
    pub fn deletions_max(&self) -> usize {
        registers::policy::deletions_max(self.policy().as_ref())
    }

    /// Refuses everybody but the campus that owns the record.
    pub(super) fn only_owner(&self) -> Result<(), Refusal> {
        self.only(
            self.owner,
            "记录所属的学校 (the campus that owns the record)",
        )
    }

    /// Refuses everybody but the office.
    pub(super) fn only_office(&self) -> Result<(), Refusal> {
        self.only(Place::Office, "集团办 (the group office)")
    }

    fn only(&self, place: Place, who: &str) -> Result<(), Refusal> {
        if self.asker == place {
            Ok(())
        } else {
            Err(found::only(who))
        }
    }

    /// The group's date.
    pub(super) fn today(&self) -> Date {
        let zone = registers::policy::zone(self.policy().as_ref());
        self.now.to_zoned(zone).date()
    }
}
