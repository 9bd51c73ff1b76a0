//! What each kind of record means: the list of kinds, and what a kind is asked.
//!
//! Rules are pure: content, state, neighbours and time are arguments. To add a kind: its proto and its
//! field in `record.proto`, a file here that implements [`Rules`], and a line in [`KINDS`].

mod canteen_note;
mod case;
mod encoded;
mod exchange;
mod found;
mod menu;
mod proposal;
pub mod registers;
mod session;
mod steps;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod walks;

pub use case::{Case, Neighbour, Neighbours, Surveys};
pub use exchange::{days as exchange_days, planned_days, share_percent};
pub use menu::{Cover, announced, covers, declares_no_service, forbidden_foods, likely_allergens};

use crate::content::encoded::variant;
use crate::content::frame::Parts;
use crate::model::date::Span;
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Key, Place, RecordId, Who};
use bytes::Bytes;
use case::{All, Known};
use encoded::{Of, read};
use found::Found;
use prost::Message;
use std::marker::PhantomData;

/// Every kind there is.
pub const KINDS: &[&dyn Kind] = &[
    &Of::<session::SessionRules>(PhantomData),
    &Of::<exchange::ExchangeRules>(PhantomData),
    &Of::<menu::MenuRules>(PhantomData),
    &Of::<canteen_note::CanteenNoteRules>(PhantomData),
    &Of::<proposal::ProposalRules>(PhantomData),
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

    /// The version of another record that the content started from.
    fn starts_from(content: &Self::Content) -> Option<(RecordId, i64)> {
        let _ = content;
        None
    }

    /// The days of which the rules look at the other records of the kind.
    fn near(content: &Self::Content) -> Option<Span> {
        let _ = content;
        None
    }

    /// The days to which an action takes the record.
    fn moves_to(action: &Self::Action) -> Option<Span> {
        let _ = action;
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

/// What the rules of a kind look at to judge a content.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Looks {
    /// The records it points at.
    pub records: Vec<RecordId>,
    /// The version of another record that it started from.
    pub version: Option<(RecordId, i64)>,
    /// The keys whose holders they look at.
    pub keys: Vec<Key>,
    /// The kinds of which they look at every record.
    pub kinds: Vec<&'static str>,
    /// The days of which they look at the other records of the kind.
    pub near: Option<Span>,
}

/// What a record is found by. One look at a record tells it all, since to read one costs more than to ask.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Index {
    /// Who may see it.
    pub audience: Vec<Who>,
    /// The values only one live record may hold.
    pub keys: Vec<Key>,
    /// The days it touches.
    pub span: Option<Span>,
    /// The record whose state follows this one's.
    pub leads: Option<RecordId>,
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
    /// What its rules look at to judge a content.
    fn looks(&self, content: &[u8]) -> Looks;
    /// The days to which an action takes the record, where other records of the kind are looked at too.
    fn moves_to(&self, action: &[u8]) -> Option<Span>;
    /// What is wrong or worth a look in a content.
    fn check(&self, content: &[u8], case: &Case<'_>) -> Vec<Finding>;
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
    /// The state after the record that it follows moved; `None`: it stays as it is.
    fn follow(&self, parts: &Parts, leader: &Leader<'_>) -> Option<Bytes>;
    /// What a record is found by.
    fn index(&self, owner: Place, parts: &Parts) -> Index;
    /// Its contents name people, be they about persons or not.
    fn names_people(&self) -> bool;
}

#[cfg(test)]
mod tests;
