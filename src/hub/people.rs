//! What is kept about people: exported and erased for the office.

use super::{Hub, HubError};
use crate::access::Errand;
use crate::model::audit::{Audited, Deed};
use crate::model::caller::Caller;
use crate::model::clock::Clock;
use crate::model::ids::{CredentialId, GroupKey, RecordId};
use crate::store::{Due, Erasure, Store};
use crate::sync::erase::{self, Done, Found, Names, Order, Part, Whom};
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
    clock: Arc<dyn Clock>,
    by: CredentialId,
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
            if !part.kept.is_empty() {
                // Written down before it is told.
                let told = part.audited(self.clock.now(), self.person);
                let told = Audited {
                    by: Some(self.by),
                    ..told
                };
                self.store.note(self.group, &[told]).await?;
            }
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
            clock: Arc::clone(&self.clock),
            by: caller.credential,
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
            by: caller.credential,
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
        actor: &Caller,
        erasures: &[Erasure],
    ) -> Result<(Done, i64), HubError> {
        let mut erasures = erasures.to_vec();
        let mut total = Done::default();
        loop {
            let (found, names) = self.find(&erasures).await?;
            let mut done = Done::default();
            for (erasure, found) in erasures.iter().zip(&found) {
                let order = Order {
                    caller: actor.clone(),
                    // Whoever asked may be unknown to the database that was restored.
                    by: (erasure.due == Due::UnderWay).then_some(erasure.by),
                    deed: Deed::Erased,
                    subject: Some(erasure.id),
                };
                done += self.erase_from(&order, &found.records, &names).await?;
            }
            let position = found.iter().map(|found| found.position).max();
            let position = position.unwrap_or_default();
            if done.versions == 0 {
                return Ok((total, position));
            }
            total += done;
            // What was written meanwhile is looked through too: a mention, or a conflict about a record.
            for erasure in &mut erasures {
                erasure.looked = position;
            }
        }
    }

    /// What each of these erasures finds, and what the people are called.
    async fn find(&self, erasures: &[Erasure]) -> Result<(Vec<Found>, Names), HubError> {
        let (mut all, mut names) = (Vec::with_capacity(erasures.len()), Names::default());
        for Erasure {
            group,
            id,
            person,
            looked,
            ..
        } in erasures
        {
            let found = match person {
                true => erase::find_person(&*self.store, *group, *id, *looked).await?,
                false => erase::find_record(&*self.store, *group, *id).await?,
            };
            names.extend(&found.names);
            all.push(found);
        }
        Ok((all, names))
    }

    /// Erases from records, a part at a time.
    pub(super) async fn erase_from(
        &self,
        order: &Order,
        records: &[(RecordId, Whom)],
        names: &Names,
    ) -> Result<Done, HubError> {
        let mut total = Done::default();
        for records in records.chunks(RECORDS_A_PART) {
            let part = Part {
                order: order.clone(),
                records: records.to_vec(),
                names: names.clone(),
            };
            total += self.writer.erase(part).await?;
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
