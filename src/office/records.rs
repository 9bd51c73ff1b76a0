//! The records a report is computed from: as they stood at a position, of those that touch a span.

use crate::model::date::Span;
use crate::model::ids::{GroupKey, Place, RecordId};
use crate::store::{Result, Store, StoreError, Version};
use crate::wire::v1::{self, content, state};
use prost::Message as _;

/// The kinds that reports are computed from.
pub const KINDS: [&str; 9] = [
    "campus",
    "calendar",
    "policy",
    "menu",
    "session",
    "exchange",
    "staff_count",
    "proposal",
    "correction",
];

/// A record with its typed parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept<C, S = ()> {
    /// The record.
    pub id: RecordId,
    /// Its owner.
    pub owner: Place,
    /// What the owner wrote.
    pub content: C,
    /// What the hub keeps of its course.
    pub state: S,
}

/// A session and its course.
pub type Session = Kept<v1::Session, v1::SessionState>;
/// A movement and its course.
pub type Exchange = Kept<v1::Exchange, v1::ExchangeState>;

/// Everything a report over a span reads.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Records {
    /// The campuses.
    pub campuses: Vec<Kept<v1::Campus>>,
    /// The calendars.
    pub calendars: Vec<Kept<v1::Calendar>>,
    /// The group's rules.
    pub policy: Option<v1::Policy>,
    /// The menus with a day in the span.
    pub menus: Vec<Kept<v1::Menu, v1::MenuState>>,
    /// The sessions that touch the span.
    pub sessions: Vec<Session>,
    /// The exchanges that touch the span.
    pub exchanges: Vec<Exchange>,
    /// How many teachers each campus has.
    pub staff_counts: Vec<Kept<v1::StaffCount>>,
    /// What campuses would change in the registers, whatever the span.
    pub proposals: Vec<Kept<v1::Proposal, v1::ProposalState>>,
    /// What the office asked to be put right and nobody has closed, whatever the span.
    pub corrections: Vec<Kept<(), v1::CorrectionState>>,
}

impl Records {
    /// Reads them.
    ///
    /// # Errors
    /// When the database failed.
    pub async fn read(
        store: &dyn Store,
        group: GroupKey,
        position: i64,
        span: Span,
    ) -> Result<Self> {
        let mut records = Records::default();
        for kind in KINDS {
            for version in store.as_of(group, kind, position, span).await? {
                records.add(&version)?;
            }
        }
        Ok(records)
    }

    pub(super) fn add(&mut self, version: &Version) -> Result<()> {
        let (content, state) = decode(version).ok_or(StoreError::Damaged("a frame"))?;
        match (content, state) {
            (None, Some(state::Kind::Correction(state))) => {
                self.corrections.push(kept(version, (), state));
            }
            (Some(content::Kind::Campus(content)), _) => {
                self.campuses.push(kept(version, content, ()));
            }
            (Some(content::Kind::Calendar(content)), _) => {
                self.calendars.push(kept(version, content, ()));
            }
            (Some(content::Kind::Policy(content)), _) => self.policy = Some(content),
            (Some(content::Kind::StaffCount(content)), _) => {
                self.staff_counts.push(kept(version, content, ()));
            }
            (Some(content::Kind::Menu(content)), Some(state::Kind::Menu(state))) => {
                self.menus.push(kept(version, content, state));
            }
            (Some(content::Kind::Session(content)), Some(state::Kind::Session(state))) => {
                self.sessions.push(kept(version, content, state));
            }
            (Some(content::Kind::Exchange(content)), Some(state::Kind::Exchange(state))) => {
                self.exchanges.push(kept(version, content, state));
            }
            (Some(content::Kind::Proposal(content)), Some(state::Kind::Proposal(state))) => {
                self.proposals.push(kept(version, content, state));
            }
            _ => return Err(StoreError::Damaged("a record's parts")),
        }
        Ok(())
    }
}

fn kept<C, S>(version: &Version, content: C, state: S) -> Kept<C, S> {
    Kept {
        id: version.id,
        owner: version.owner,
        content,
        state,
    }
}

fn decode(version: &Version) -> Option<(Option<content::Kind>, Option<state::Kind>)> {
    let record = crate::wire::convert::record(version.frame.clone()?)?;
    let content = v1::Content::decode(record.content).ok()?.kind;
    let state = v1::State::decode(record.state).ok()?.kind;
    Some((content, state))
}
