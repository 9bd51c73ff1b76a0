//! What the tests of several kinds share.

use super::encoded::Of;
use super::registers::calendar::CalendarRules;
use super::{Case, Neighbour, Neighbours, Rules, Surveys};
use crate::content::encoded::wrap;
use crate::content::frame::Parts;
use crate::model::ids::{Key, Place, RecordId};
use crate::wire::v1;
use std::cell::Cell;
use uuid::Uuid;

/// A group in which these records stand.
#[derive(Default)]
pub struct Group {
    records: Vec<Neighbour>,
    surveys: Surveys,
    /// How often a kind was read whole.
    pub read: Cell<usize>,
}

impl Group {
    pub fn of(records: Vec<Neighbour>) -> Self {
        Group {
            records,
            ..Group::default()
        }
    }

    /// A record is written.
    pub fn write(&mut self, record: Neighbour) {
        self.surveys.written(&record.kind, record.id);
        self.records.retain(|other| other.id != record.id);
        self.records.push(record);
    }
}

impl Neighbours for Group {
    fn record(&self, id: RecordId) -> Option<Neighbour> {
        self.records.iter().find(|record| record.id == id).cloned()
    }

    fn version(&self, _: RecordId, _: i64) -> Option<Neighbour> {
        None
    }

    fn keyed(&self, _: &Key) -> Option<Neighbour> {
        None
    }

    fn all(&self, kind: &str) -> Vec<RecordId> {
        self.read.set(self.read.get() + 1);
        let all = self.records.iter().filter(|record| record.kind == kind);
        all.map(|record| record.id).collect()
    }

    fn surveys(&self) -> &Surveys {
        &self.surveys
    }
}

/// Record number `n`, of the office.
pub fn record<R: Rules>(n: u128, content: &R::Content) -> Neighbour {
    Neighbour {
        id: RecordId(Uuid::from_u128(n)),
        owner: Place::Office,
        kind: R::NAME.to_owned(),
        parts: Parts {
            content: wrap(Of::<R>::field().number(), content),
            ..Parts::default()
        },
    }
}

/// The spring term of 2026.
pub fn spring() -> Neighbour {
    let term = v1::Term {
        name: "2025-2026学年第二学期".into(),
        first_day: "2026-03-02".into(),
        last_day: "2026-06-30".into(),
    };
    let calendar = v1::Calendar {
        terms: vec![term],
        ..Default::default()
    };
    record::<CalendarRules>(50, &calendar)
}

/// Campus number `n`.
pub fn campus(n: u128) -> Place {
    Place::Campus(RecordId(Uuid::from_u128(n)))
}

/// What campus 1 owns, judged on 2026-05-12 at 15:00 in Shanghai, the group's default zone.
pub fn case(asker: Place) -> Case<'static> {
    case_in(Box::leak(Box::default()), asker)
}

/// The same in a group.
pub fn case_in(group: &Group, asker: Place) -> Case<'_> {
    Case {
        asker,
        record: RecordId(Uuid::from_u128(100)),
        owner: campus(1),
        now: "2026-05-12T07:00:00Z".parse().unwrap(),
        neighbours: group,
        together: &[],
    }
}
