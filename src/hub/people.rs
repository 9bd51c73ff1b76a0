//! What is kept about people: exported and erased for the office.

use super::{Hub, HubError};
use crate::access::Errand;
use crate::model::audit::{Audited, Deed};
use crate::model::caller::Caller;
use crate::model::clock::Clock;
use crate::model::ids::{CredentialId, GroupKey, RecordId};
use crate::store::{Due, Erasure, Of, Store};
use crate::sync::erase::{self, Done, Found, NOBODY, Names, Order, Part, Whom};
use crate::sync::export;
pub use crate::sync::export::Kept;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use uuid::Uuid;

/// How many records one transaction erases from: other pushes wait for it.
const RECORDS_A_PART: usize = 32;

/// Who is to be erased.
pub struct Wanted {
    /// A person, wherever the id stands.
    pub person: Option<RecordId>,
    /// Records from which everybody goes.
    pub records: Vec<RecordId>,
    /// A name under which credentials write.
    pub holder: Option<String>,
}

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
    /// The records that were told.
    told: BTreeSet<RecordId>,
    /// Those of them of which it is still to be told what was asked and pushed about them.
    about: BTreeSet<RecordId>,
}

impl Export {
    /// The next version; `None` after the last one.
    ///
    /// # Errors
    /// When the database failed.
    pub async fn next(&mut self) -> Result<Option<Kept>, HubError> {
        while self.ready.is_empty() {
            let kept = if !self.whole {
                self.look().await?
            } else if let Some(record) = self.about.pop_first() {
                let about = export::about(&*self.store, self.group, record).await?;
                let told = |kept: &Kept| self.told.contains(&kept.record);
                about.into_iter().filter(|kept| !told(kept)).collect()
            } else {
                break;
            };
            if !kept.is_empty() {
                // Written down before it is told.
                let told = export::audited(&kept, self.clock.now(), self.person);
                let told = Audited {
                    by: Some(self.by),
                    ..told
                };
                self.store.note(self.group, &[told]).await?;
            }
            self.ready.extend(kept);
        }
        Ok(self.ready.pop_front())
    }

    /// The next versions that mention the person.
    async fn look(&mut self) -> Result<Vec<Kept>, HubError> {
        let store = &*self.store;
        let part = export::export(store, self.group, self.person, self.position).await?;
        (self.position, self.whole) = (part.position, part.whole);
        self.told.extend(part.kept.iter().map(|kept| kept.record));
        if self.whole {
            self.about.clone_from(&self.told);
        }
        Ok(part.kept)
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
        self.person(caller.group.key, person).await?;
        Ok(Export {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            by: caller.credential,
            group: caller.group.key,
            person,
            ready: VecDeque::new(),
            position: 0,
            whole: false,
            told: BTreeSet::new(),
            about: BTreeSet::new(),
        })
    }

    /// The id must be a person's, who may be deleted.
    async fn person(&self, group: GroupKey, id: RecordId) -> Result<(), HubError> {
        let known = self.store.record_at(group, id, i64::MAX).await?;
        match known.is_some_and(|record| record.kind == "person") {
            true => Ok(()),
            false => Err(unknown("person", id)),
        }
    }

    /// Takes somebody out of everything that is kept.
    ///
    /// # Errors
    /// `Denied` for anybody but the office; `NotFound` when nothing is kept. After another one something may
    /// be erased already; asked again, it goes on.
    pub async fn erase_person(&self, caller: &Caller, wanted: &Wanted) -> Result<Erased, HubError> {
        may_handle(caller)?;
        self.count_within(wanted.records.len())?;
        let erasures = self.erasures(caller, wanted).await?;
        if erasures.is_empty() {
            let why = "name a person by person_id, records by record_ids, or a holder";
            return Err(HubError::invalid("person_id", why));
        }
        let _one = self.erasing.lock().await;
        self.note_as(&erasures, 0, Due::UnderWay).await?;
        let (done, position) = self.carry_out(caller, &erasures).await?;
        self.note_as(&erasures, position, Due::Done).await?;
        self.scrub().await?;
        let newest = self.store.head(caller.group.key).await?.position;
        Ok(Erased { done, newest })
    }

    async fn note_as(&self, erasures: &[Erasure], looked: i64, due: Due) -> Result<(), HubError> {
        let noted = erasures.iter().map(|erasure| Erasure {
            looked,
            due,
            ..*erasure
        });
        let noted: Vec<Erasure> = noted.collect();
        Ok(self.store.note_erasures(&noted, self.clock.now()).await?)
    }

    /// What is wanted, each by an id that there is.
    async fn erasures(&self, caller: &Caller, wanted: &Wanted) -> Result<Vec<Erasure>, HubError> {
        let group = caller.group.key;
        let erasure = |id: Uuid, of| Erasure {
            group,
            id,
            of,
            looked: 0,
            due: Due::UnderWay,
            by: caller.credential,
        };
        let mut erasures = Vec::new();
        for id in &wanted.records {
            let known = self.store.record_at(group, *id, i64::MAX).await?;
            known.ok_or_else(|| unknown("record", id))?;
            erasures.push(erasure(id.0, Of::Record));
        }
        if let Some(id) = wanted.person {
            self.person(group, id).await?;
            erasures.push(erasure(id.0, Of::Person));
        }
        if let Some(holder) = &wanted.holder {
            let known = self.store.credentials(group).await?.into_iter();
            let theirs = known.filter(|known| &known.credential.holder == holder);
            let theirs: Vec<Erasure> = theirs
                .map(|known| erasure(known.credential.id.0, Of::Holder))
                .collect();
            if theirs.is_empty() {
                return Err(unknown("holder", holder));
            }
            erasures.extend(theirs);
        }
        Ok(erasures)
    }

    /// Carries erasures of one group out; what was done, and the position that was looked at.
    pub(super) async fn carry_out(
        &self,
        actor: &Caller,
        erasures: &[Erasure],
    ) -> Result<(Done, i64), HubError> {
        let holders = self.holders(actor.group.key, erasures).await?;
        let (mut done, mut position) = self.until_nothing(actor, erasures, &holders).await?;
        if !holders.is_empty() {
            // Last: the credential tells which name to look for.
            for id in holders.keys() {
                let erased = self.store.erase_holder(actor.group.key, *id, NOBODY);
                erased.await?;
                self.known.forget(*id);
            }
            // What they wrote meanwhile.
            let again = self.until_nothing(actor, erasures, &holders).await?;
            done += again.0;
            position = again.1;
        }
        Ok((done, position))
    }

    /// What the holders are called whose credentials are still there and name them.
    async fn holders(
        &self,
        group: GroupKey,
        erasures: &[Erasure],
    ) -> Result<HashMap<CredentialId, String>, HubError> {
        let of_holder = |id: CredentialId| {
            let mut of = erasures.iter();
            of.any(|erasure| erasure.of == Of::Holder && erasure.id == id.0)
        };
        let known = self.store.credentials(group).await?.into_iter();
        let known = known.map(|known| (known.credential.id, known.credential.holder));
        Ok(known
            .filter(|(id, holder)| of_holder(*id) && holder != NOBODY)
            .collect())
    }

    /// Erases until a look finds nothing any more: what was written meanwhile is looked through too.
    async fn until_nothing(
        &self,
        actor: &Caller,
        erasures: &[Erasure],
        holders: &HashMap<CredentialId, String>,
    ) -> Result<(Done, i64), HubError> {
        let mut erasures = erasures.to_vec();
        // Kept from look to look: the first one erases the person's record, which tells them.
        let (mut total, mut names) = (Done::default(), Names::default());
        loop {
            // Before the look: what is written meanwhile is looked through the next time.
            let position = self.store.head(actor.group.key).await?.position;
            let found = self.find(&erasures, holders).await?;
            for found in &found {
                names.extend(&found.names);
            }
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
            if done.versions == 0 {
                return Ok((total, position));
            }
            total += done;
            for erasure in &mut erasures {
                erasure.looked = position;
            }
        }
    }

    /// What each of these erasures finds.
    async fn find(
        &self,
        erasures: &[Erasure],
        holders: &HashMap<CredentialId, String>,
    ) -> Result<Vec<Found>, HubError> {
        let store = &*self.store;
        let mut all = Vec::with_capacity(erasures.len());
        for erasure in erasures {
            let Erasure { group, looked, .. } = *erasure;
            let id = RecordId(erasure.id);
            let found = match erasure.of {
                Of::Person => erase::find_person(store, group, id, looked).await?,
                Of::Record => erase::find_record(store, group, id, &Whom::Everybody).await?,
                Of::Holder => {
                    let name = holders.get(&CredentialId(erasure.id));
                    let name = name.map_or(NOBODY, String::as_str);
                    erase::find_actor(store, group, name, looked).await?
                }
            };
            all.push(found);
        }
        Ok(all)
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

fn unknown(what: &'static str, id: impl ToString) -> HubError {
    HubError::NotFound {
        what,
        id: id.to_string(),
        deleted: false,
    }
}
