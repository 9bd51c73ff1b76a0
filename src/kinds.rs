//! What each kind of record means: the list of kinds, and what a kind is asked.
//!
//! Rules are pure: content, state, neighbours and time are arguments. To add a kind: its proto and its
//! field in `record.proto`, a file here that implements [`Rules`], and a line in [`KINDS`].

mod canteen_note;
mod encoded;
mod exchange;
mod found;
mod menu;
pub mod registers;
mod session;
mod steps;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod walks;

pub use exchange::share::{percent as share_percent, planned as exchange_days};
pub use menu::{Cover, announced, covers, declares_no_service, forbidden_foods, likely_allergens};

use crate::content::encoded::variant;
use crate::content::frame::Parts;
use crate::model::date::Span;
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Key, Place, RecordId, Who};
use crate::wire::v1;
use bytes::Bytes;
use encoded::{Of, read};
use found::Found;
use jiff::Timestamp;
use jiff::civil::Date;
use prost::Message;
use std::any::Any;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::sync::Arc;

/// Every kind there is.
pub const KINDS: &[&dyn Kind] = &[
    &Of::<session::SessionRules>(PhantomData),
    &Of::<exchange::ExchangeRules>(PhantomData),
    &Of::<menu::MenuRules>(PhantomData),
    &Of::<canteen_note::CanteenNoteRules>(PhantomData),
    &Of::<registers::campus::CampusRules>(PhantomData),
    &Of::<registers::calendar::CalendarRules>(PhantomData),
    &Of::<registers::policy::PolicyRules>(PhantomData),
    &Of::<registers::person::PersonRules>(PhantomData),
    &Of::<registers::vocabulary::VocabularyRules>(PhantomData),
    &Of::<registers::staff_count::StaffCountRules>(PhantomData),
];

/// The kind of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static dyn Kind> {
    KINDS.iter().copied().find(|kind| kind.name() == name)
}

/// The kind that an encoded content (or action) is of; `None` when it names none, several or one that is
/// not known.
#[must_use]
pub fn of(oneof: &[u8]) -> Option<&'static dyn Kind> {
    let (number, _) = variant(oneof).ok()?;
    KINDS.iter().copied().find(|kind| kind.number() == number)
}

/// Who writes records of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A campus.
    Campus,
    /// The office: the kind is a register.
    Office,
}

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
    fn read<R: Rules>(&self) -> Option<R::Content> {
        (self.kind == R::NAME).then(|| read::<R>(&self.parts.content))?
    }

    /// Its state, when it is of that kind.
    fn state<R: Rules>(&self) -> Option<R::State> {
        (self.kind == R::NAME).then(|| Of::<R>::state(&self.parts))
    }
}

/// Where neighbours are found: the records as they stand before the item at hand.
pub trait Neighbours {
    /// A live record.
    fn record(&self, id: RecordId) -> Option<Neighbour>;
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
    id: RecordId,
    owner: Place,
    content: R::Content,
    state: R::State,
}

/// What was surveyed of a kind, by id.
type All<R> = BTreeMap<RecordId, Known<R>>;

/// What was read of the kinds that are surveyed, and of which records that is out of date: a batch of a thousand
/// sessions decodes the register of persons once.
#[derive(Clone, Default)]
pub struct Surveys(RefCell<BTreeMap<&'static str, Survey>>);

type Survey = (Arc<dyn Any + Send + Sync>, BTreeSet<RecordId>);

impl Surveys {
    /// A record was written.
    pub fn written(&mut self, kind: &str, id: RecordId) {
        if let Some((_, stale)) = self.0.get_mut().get_mut(kind) {
            stale.insert(id);
        }
    }
}

/// The wider circles a campus belongs to by its part in the group, as its register record states it: the
/// head school and its branches read each other's sessions, a member school those it was invited to
/// (the charters of school groups).
#[must_use]
pub fn circles(campus: &[u8]) -> Vec<Who> {
    let campus = read::<registers::campus::CampusRules>(campus);
    let core = campus.is_some_and(|campus| registers::campus::is_core(&campus));
    core.then_some(Who::Core).into_iter().collect()
}

/// What people call a campus, as its register record states it.
#[must_use]
pub fn campus_name(campus: &[u8]) -> Option<String> {
    read::<registers::campus::CampusRules>(campus).map(|campus| campus.name)
}

/// The keys of the records that every item's rules may look at.
#[must_use]
pub fn common_needs() -> Vec<Key> {
    vec![registers::policy::key()]
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
    fn all<R: Rules>(&self) -> Arc<All<R>> {
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
    fn policy(&self) -> Option<v1::Policy> {
        let policy = self.neighbours.keyed(&registers::policy::key())?;
        policy.read::<registers::policy::PolicyRules>()
    }

    /// Refuses everybody but the campus that owns the record.
    fn only_owner(&self) -> Result<(), Refusal> {
        self.only(
            self.owner,
            "记录所属的学校 (the campus that owns the record)",
        )
    }

    /// Refuses everybody but the office.
    fn only_office(&self) -> Result<(), Refusal> {
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
    fn today(&self) -> Date {
        let zone = registers::policy::zone(self.policy().as_ref());
        self.now.to_zoned(zone).date()
    }
}

/// What an action does to a state, and now and then to a content.
#[derive(Clone, Debug, PartialEq)]
pub enum Moved<S, C> {
    /// The state becomes this.
    To(S),
    /// The same, and there is something to look at.
    Doubted(S, Finding),
    /// The content changes too, in a state in which no put may change it; it is checked like a put one.
    Rewritten(S, C),
    /// It was so already.
    Nowhere,
}

/// What an action does under the rules of a kind.
pub type Move<R> = Result<Moved<<R as Rules>::State, <R as Rules>::Content>, Refusal>;

/// The rules of one kind, over its typed content, state and action.
pub trait Rules: Sync + Sized + 'static {
    /// The name of its field in Content, State and Action.
    const NAME: &'static str;
    /// Who writes it.
    const OWNER: Owner;
    /// Its records are shown to the public.
    const PUBLIC: bool = false;
    /// What its owner writes.
    type Content: Message + Default + 'static;
    /// What the hub writes; `()` for a kind without a course.
    type State: Message + Default + Clone + PartialEq + 'static;
    /// What may be asked; `()` for a kind without a course.
    type Action: Message + Default;

    /// Finds what is wrong or worth a look in a content.
    fn check(content: &Self::Content, case: &Case<'_>, found: &mut Found);

    /// The records a content points at, by the path of each id: checked to be there, and handed to
    /// `check` as neighbours.
    fn references(content: &Self::Content) -> Vec<Reference> {
        let _ = content;
        Vec::new()
    }

    /// The values only one live record may hold.
    fn keys(owner: Place, content: &Self::Content, state: &Self::State) -> Vec<String> {
        let _ = (owner, content, state);
        Vec::new()
    }

    /// The values of other records of the kind that the rules look at, handed over as neighbours.
    fn looks_up(content: &Self::Content) -> Vec<String> {
        let _ = content;
        Vec::new()
    }

    /// The registers that the rules look at whole.
    fn surveys(content: &Self::Content) -> Vec<&'static str> {
        let _ = content;
        Vec::new()
    }

    /// The days of which the rules look at the other records of the kind.
    fn near(content: &Self::Content) -> Option<Span> {
        let _ = content;
        None
    }

    /// The state of a new record; `None` for a kind without a course.
    fn new_state() -> Option<Self::State> {
        None
    }

    /// Whether the owner may still change the content; `changed` are the fields that bind actions.
    fn may_put(state: &Self::State, changed: &[String]) -> Result<(), Refusal> {
        let _ = (state, changed);
        Ok(())
    }

    /// Whether the owner may still delete the record.
    fn may_delete(state: &Self::State) -> Result<(), Refusal> {
        let _ = state;
        Ok(())
    }

    /// The state after a put that changed what binds an action.
    fn unbound(state: Self::State) -> Self::State {
        state
    }

    /// Carries out an action.
    ///
    /// # Errors
    /// Why it is refused.
    fn act(
        action: &Self::Action,
        content: &Self::Content,
        state: &Self::State,
        case: &Case<'_>,
    ) -> Move<Self> {
        let _ = (action, content, state, case);
        Err(Finding::new(Code::WishMissing, "act.action"))
    }

    /// The content fields that bind an action.
    fn binds() -> &'static [&'static str] {
        &[]
    }

    /// The record whose state follows this one's, if there is one.
    fn leads(content: &Self::Content) -> Option<RecordId> {
        let _ = content;
        None
    }

    /// The state after the record that it follows moved; `None` when that means nothing to it.
    fn follow(state: &Self::State, leader: &Leader<'_>) -> Option<Self::State> {
        let _ = (state, leader);
        None
    }

    /// Who may see it.
    fn audience(owner: Place, content: &Self::Content, state: &Self::State) -> Vec<Who>;

    /// The days it touches.
    fn span(content: &Self::Content, state: &Self::State) -> Option<Span> {
        let _ = (content, state);
        None
    }
}

/// Why an action, a put or a deletion is refused.
pub type Refusal = Finding;

/// An id in a content that must name a record of a kind.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Where it stands.
    pub path: String,
    /// The id as sent.
    pub id: String,
    /// What it must name.
    pub kind: &'static str,
    /// What a person is called beside the id, if anything.
    pub called: bool,
}

impl Reference {
    fn new(path: impl Into<String>, id: &str, kind: &'static str) -> Self {
        Reference {
            path: path.into(),
            id: id.to_owned(),
            kind,
            called: false,
        }
    }
}

/// A record as it stands now, to one that follows it.
#[derive(Clone, Copy, Debug)]
pub struct Leader<'a> {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: &'a str,
    /// Its parts.
    pub parts: &'a Parts,
}

impl Leader<'_> {
    /// Its content and state, when it is of that kind.
    fn read<R: Rules>(&self) -> Option<(R::Content, R::State)> {
        let content = (self.kind == R::NAME).then(|| read::<R>(&self.parts.content))??;
        Some((content, Of::<R>::state(self.parts)))
    }
}

/// A kind, over encoded parts: what the sync engine knows of it.
pub trait Kind: Sync {
    /// Its name.
    fn name(&self) -> &'static str;
    /// Its field number in Content, State and Action.
    fn number(&self) -> u32;
    /// Who writes it.
    fn owner(&self) -> Owner;
    /// A content in which nothing is set: what a new record started from.
    fn empty(&self) -> Bytes;
    /// The records a content points at.
    fn needs(&self, content: &[u8]) -> Vec<RecordId>;
    /// The keys whose holders its rules look at.
    fn looks_up(&self, content: &[u8]) -> Vec<Key>;
    /// The kinds whose every record its rules look at.
    fn surveys(&self, content: &[u8]) -> Vec<&'static str>;
    /// The days of which its rules look at the other records of the kind.
    fn near(&self, content: &[u8]) -> Option<Span>;
    /// What is wrong or worth a look in a content.
    fn check(&self, content: &[u8], case: &Case<'_>) -> Vec<Finding>;
    /// The values only one live record may hold.
    fn keys(&self, owner: Place, parts: &Parts) -> Vec<Key>;
    /// The state of a new record.
    fn new_state(&self) -> Bytes;
    /// The state after the content changes.
    ///
    /// # Errors
    /// When it may not change any more.
    fn put(&self, before: &Parts, content: &[u8]) -> Result<Bytes, Refusal>;
    /// Whether it may be deleted.
    ///
    /// # Errors
    /// When it may not.
    fn delete(&self, before: &Parts) -> Result<(), Refusal>;
    /// The state after an action.
    ///
    /// # Errors
    /// Why it is refused.
    fn act(
        &self,
        action: &[u8],
        before: &Parts,
        case: &Case<'_>,
    ) -> Result<Moved<Bytes, Bytes>, Refusal>;
    /// The names of the fields that bind actions and differ between two contents.
    fn bound_changes(&self, before: &[u8], after: &[u8]) -> Vec<String>;
    /// Everybody in the group needs it to read the rest: a register without persons.
    fn open(&self) -> bool;
    /// Its records are shown to the public.
    fn public(&self) -> bool;
    /// Its records are about persons: a field of its content is marked so in the contract.
    fn personal(&self) -> bool;
    /// The record whose state follows this one's.
    fn leads(&self, content: &[u8]) -> Option<RecordId>;
    /// The state after the record that it follows moved; `None`: it stays as it is.
    fn follow(&self, parts: &Parts, leader: &Leader<'_>) -> Option<Bytes>;
    /// Who may see it.
    fn audience(&self, owner: Place, parts: &Parts) -> Vec<Who>;
    /// The days it touches.
    fn span(&self, parts: &Parts) -> Option<Span>;
    /// Its contents name people, be they about persons or not.
    fn names_people(&self) -> bool;
}

#[cfg(test)]
mod tests;
