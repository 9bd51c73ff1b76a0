//! What is kept about people: exported and erased for the office.

use super::{Hub, HubError};
use crate::access::Errand;
use crate::model::caller::Caller;
use crate::model::ids::{GroupKey, RecordId};
use crate::store::{Due, Erasure, Store};
use crate::sync::erase::{self, Done, Found, Part};
use crate::sync::export;
pub use crate::sync::export::Kept;
use std::collections::VecDeque;
use std::sync::Arc;

/// How many records one transaction erases from: other pushes wait for it.
const RECORDS_A_PART: usize = 32;

/// What an erasure did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erased {
    /// What was erased.
    pub done: Done,
    /// The newest position after it: a reader there has been told.
    pub newest: i64,
}

/// What is kept about a person, read part by part as fast as it is taken.
pub struct Export {
    store: Arc<dyn Store>,
    group: GroupKey,
    person: RecordId,
    ready: VecDeque<Kept>,
    /// Everything up to here was looked at.
    position: i64,
    whole: bool,
}

impl Export {
    /// The next version; `None` after the last one.
    ///
    /// # Errors
    /// When the database failed.
    pub async fn next(&mut self) -> Result<Option<Kept>, HubError> {
        while self.ready.is_empty() && !self.whole {
            let store = &*self.store;
            let part = export::export(store, self.group, self.person, self.position).await?;
            self.ready.extend(part.kept);
            (self.position, self.whole) = (part.position, part.whole);
        }
        Ok(self.ready.pop_front())
    }
}

impl Hub {
    /// Reads everything that is kept about a person.
    ///
    /// # Errors
    /// `Denied` for anybody but the office; `NotFound` when nothing is kept.
    pub async fn export_person(
        &self,
        caller: &Caller,
        person: RecordId,
    ) -> Result<Export, HubError> {
        may_handle(caller)?;
        let mut export = Export {
            store: Arc::clone(&self.store),
            group: caller.group.key,
            person,
            ready: VecDeque::new(),
            position: 0,
            whole: false,
        };
        let first = export.next().await?;
        export
            .ready
            .push_front(first.ok_or_else(|| unknown("person", person))?);
        Ok(export)
    }

    /// Takes a person out of everything that is kept, and everybody out of records that name the person
    /// without an id.
    ///
    /// # Errors
    /// `Denied` for anybody but the office; `NotFound` when nothing is kept. After another one something may
    /// be erased already; asked again, it goes on.
    pub async fn erase_person(
        &self,
        caller: &Caller,
        person: Option<RecordId>,
        records: &[RecordId],
    ) -> Result<Erased, HubError> {
        may_handle(caller)?;
        self.count_within(records.len())?;
        if person.is_none() && records.is_empty() {
            let why = "name a person by person_id, or records by record_ids";
            return Err(HubError::invalid("person_id", why));
        }
        let group = caller.group.key;
        for record in records {
            let known = self.store.record_at(group, *record, i64::MAX).await?;
            known.ok_or_else(|| unknown("record", *record))?;
        }
        if let Some(person) = person {
            let known = self.store.record_at(group, person, i64::MAX).await?;
            let known = known.filter(|record| record.kind == "person");
            known.ok_or_else(|| unknown("person", person))?;
        }
        let erasure = |id: RecordId, person| Erasure {
            group,
            id,
            person,
            looked: 0,
            due: Due::UnderWay,
        };
        let named = records.iter().map(|id| erasure(*id, false));
        let person = person.map(|id| erasure(id, true));
        let erasures: Vec<Erasure> = named.chain(person).collect();
        let _one = self.erasing.lock().await;
        self.store
            .note_erasures(&erasures, self.clock.now())
            .await?;
        let (done, position) = self.carry_out(caller, &erasures).await?;
        let told = erasures.iter().map(|erasure| Erasure {
            looked: position,
            due: Due::Done,
            ..*erasure
        });
        let told: Vec<Erasure> = told.collect();
        self.store.note_erasures(&told, self.clock.now()).await?;
        self.scrub().await?;
        let newest = self.store.head(group).await?.position;
        Ok(Erased { done, newest })
    }

    /// Erases until a look finds nothing any more; what was done, and the position that was looked at.
    pub(super) async fn carry_out(
        &self,
        caller: &Caller,
        erasures: &[Erasure],
    ) -> Result<(Done, i64), HubError> {
        let mut erasures = erasures.to_vec();
        let mut total = Done::default();
        loop {
            let found = self.find(&erasures).await?;
            let done = self.erase_from(caller, &found).await?;
            if done.versions == 0 {
                return Ok((total, found.position));
            }
            total.records += done.records;
            total.versions += done.versions;
            // What was written meanwhile is looked through too.
            for erasure in &mut erasures {
                erasure.looked = found.position;
            }
        }
    }

    /// What these erasures find; the person's own record comes last.
    async fn find(&self, erasures: &[Erasure]) -> Result<Found, HubError> {
        let mut all = Found::default();
        let (people, records): (Vec<&Erasure>, Vec<&Erasure>) =
            erasures.iter().partition(|erasure| erasure.person);
        for Erasure { group, id, .. } in records {
            let found = erase::find_record(&*self.store, *group, *id).await?;
            all.records.extend(found);
        }
        for Erasure {
            group, id, looked, ..
        } in people
        {
            let found = erase::find_person(&*self.store, *group, *id, *looked).await?;
            all.add(found);
        }
        Ok(all)
    }

    /// Erases from records, a part at a time.
    pub(super) async fn erase_from(
        &self,
        caller: &Caller,
        found: &Found,
    ) -> Result<Done, HubError> {
        let mut total = Done::default();
        for records in found.records.chunks(RECORDS_A_PART) {
            let part = Part {
                caller: caller.clone(),
                records: records.to_vec(),
                names: found.names.clone(),
            };
            let done = self.writer.erase(part).await?;
            total.records += done.records;
            total.versions += done.versions;
        }
        Ok(total)
    }

    /// Leaves no bytes of what was erased in the files. What cannot be done now is done at the next time.
    pub(super) async fn scrub(&self) -> Result<(), HubError> {
        if !self.store.scrub().await? {
            tracing::warn!("the write-ahead log is in use and keeps what was erased for now");
        }
        Ok(())
    }
}

/// What is kept about people lies in records of every kind.
fn may_handle(caller: &Caller) -> Result<(), HubError> {
    Hub::allow(caller, Errand::Persons)?;
    match caller.rights.unlimited() {
        true => Ok(()),
        false => Err(HubError::Denied(
            "to export and erase persons needs every right of the office",
        )),
    }
}

fn unknown(what: &'static str, id: RecordId) -> HubError {
    HubError::NotFound {
        what,
        id: id.to_string(),
        deleted: false,
    }
}
