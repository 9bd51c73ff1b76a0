//! The records a report is computed from: as they stood at a position, of those that touch a span.

use crate::kinds::registers::policy::zone;
use crate::model::date::Span;
use crate::model::ids::{GroupKey, Place, RecordId};
use crate::store::{Result, Store, StoreError, Version};
use crate::wire::convert;
use crate::wire::v1::{self, content, state};
use jiff::Timestamp;
use jiff::civil::Date;
use prost::Message as _;

/// The registers that every report reads.
pub const REGISTERS: &[&str] = &["campus", "calendar", "policy"];

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
    /// The words the group uses.
    pub vocabularies: Vec<Kept<v1::Vocabulary>>,
    /// How many teachers each campus has.
    pub staff_counts: Vec<Kept<v1::StaffCount>>,
    /// What campuses would change in the registers, whatever the span.
    pub proposals: Vec<Kept<v1::Proposal, v1::ProposalState>>,
    /// What the office asked to be put right and nobody has closed, whatever the span.
    pub corrections: Vec<Kept<(), v1::CorrectionState>>,
}

impl Records {
    /// Reads those of some kinds too.
    ///
    /// # Errors
    /// When the database failed.
    pub async fn read(
        &mut self,
        store: &dyn Store,
        (group, position): (GroupKey, i64),
        kinds: &[&str],
        span: Span,
    ) -> Result<()> {
        for kind in kinds {
            for version in store.as_of(group, kind, position, span).await? {
                self.add(&version)?;
            }
        }
        Ok(())
    }

    /// The day of a time where the group lives.
    #[must_use]
    pub fn today(&self, time: Timestamp) -> Date {
        time.to_zoned(zone(self.policy.as_ref())).date()
    }

    fn add(&mut self, version: &Version) -> Result<()> {
        let record = version.frame.clone().and_then(convert::record);
        let record = record.ok_or(StoreError::Damaged("a frame"))?;
        self.take(&record)
            .ok_or(StoreError::Damaged("a record's parts"))
    }

    /// Takes a record; `None` when no report reads what it is, or it cannot be read.
    pub fn take(&mut self, record: &v1::Record) -> Option<()> {
        use {content::Kind as Content, state::Kind as State};
        let id = record.id.parse().ok()?;
        let owner = match record.campus_id.as_str() {
            "" => Place::Office,
            campus => Place::Campus(campus.parse().ok()?),
        };
        let of = (id, owner);
        let content = v1::Content::decode(record.content.clone()).ok()?.kind;
        let state = v1::State::decode(record.state.clone()).ok()?.kind;
        match (content, state) {
            (None, Some(State::Correction(state))) => keep(&mut self.corrections, of, (), state),
            (Some(Content::Campus(content)), _) => keep(&mut self.campuses, of, content, ()),
            (Some(Content::Calendar(content)), _) => keep(&mut self.calendars, of, content, ()),
            (Some(Content::Policy(content)), _) => self.policy = Some(content),
            (Some(Content::Vocabulary(content)), _) => {
                keep(&mut self.vocabularies, of, content, ());
            }
            (Some(Content::StaffCount(content)), _) => {
                keep(&mut self.staff_counts, of, content, ());
            }
            (Some(Content::Menu(content)), Some(State::Menu(state))) => {
                keep(&mut self.menus, of, content, state);
            }
            (Some(Content::Session(content)), Some(State::Session(state))) => {
                keep(&mut self.sessions, of, content, state);
            }
            (Some(Content::Exchange(content)), Some(State::Exchange(state))) => {
                keep(&mut self.exchanges, of, content, state);
            }
            (Some(Content::Proposal(content)), Some(State::Proposal(state))) => {
                keep(&mut self.proposals, of, content, state);
            }
            _ => return None,
        }
        Some(())
    }
}

fn keep<C, S>(kept: &mut Vec<Kept<C, S>>, (id, owner): (RecordId, Place), content: C, state: S) {
    kept.push(Kept {
        id,
        owner,
        content,
        state,
    });
}
