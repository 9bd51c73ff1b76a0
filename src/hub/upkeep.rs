//! What a hub does unasked: it forgets strangers, erases again what a restore brought back, and takes people out of records
//! that are kept too long.

use super::admin::operator;
use super::{Hub, HubError};
use crate::model::audit::Deed;
use crate::model::caller::{Caller, Group};
use crate::model::ids::RecordId;
use crate::office::{self, Overdue};
use crate::store::{Due, Erasure, Of, Retained};
use crate::sync::erase::{self, Done, Names, Order};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How often it looks. A look that finds nothing to do costs a few short queries.
const EVERY: Duration = Duration::from_hours(1);

/// How many records are looked up at once.
const RECORDS_AT_ONCE: usize = 256;

/// Looks at once, and then again and again until the hub goes down. It keeps no hub alive.
pub fn start(hub: &Arc<Hub>) {
    let mut stopping = hub.stopping.subscribe();
    let hub = Arc::downgrade(hub);
    tokio::spawn(async move {
        loop {
            tokio::select! {
                going_on = look(&hub) => if !going_on { return },
                // An error means that the hub is gone.
                _ = stopping.wait_for(|stopping| *stopping) => return,
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                _ = stopping.wait_for(|stopping| *stopping) => return,
            }
        }
    });
}

/// One look; false when the hub is gone. What fails is tried again at the next.
async fn look(hub: &Weak<Hub>) -> bool {
    let Some(hub) = hub.upgrade() else {
        return false;
    };
    if let Err(error) = hub.keep_up().await {
        tracing::error!(%error, "the hub's own erasing was cut off; it tries again");
    }
    true
}

impl Hub {
    /// Looks at once, as it does every hour, for what must be erased unasked.
    ///
    /// # Errors
    /// When the database failed; something may be erased already.
    pub async fn keep_up(&self) -> Result<(), HubError> {
        self.rates.forget_old();
        self.erase_again().await?;
        self.end_retentions().await
    }

    /// Carries out every erasure that is not known to be done.
    pub(super) async fn erase_again(&self) -> Result<(), HubError> {
        for group in self.store.groups().await? {
            let due = self.store.erasures_due(group.key).await?;
            if due.is_empty() {
                continue;
            }
            let _one = self.erasing.lock().await;
            let (done, position) = self.carry_out(&itself(group), &due).await?;
            self.note(&due, position).await?;
            if done.versions > 0 {
                self.scrub().await?;
            }
        }
        Ok(())
    }

    /// What a restore took back stays due as long as it may be pushed again: a record until it is there,
    /// a person for good. (Who pushes again does so under a name of today.) Only what was not looked at is looked at the next time.
    async fn note(&self, due: &[Erasure], position: i64) -> Result<(), HubError> {
        let mut told = Vec::with_capacity(due.len());
        for erasure in due {
            let waits = match (erasure.due, erasure.of) {
                (Due::TakenBack, Of::Person) => true,
                (Due::TakenBack, Of::Record) => {
                    let (group, id) = (erasure.group, RecordId(erasure.id));
                    self.store.record_at(group, id, i64::MAX).await?.is_none()
                }
                _ => false,
            };
            told.push(Erasure {
                looked: position,
                due: if waits { Due::TakenBack } else { Due::Done },
                ..*erasure
            });
        }
        Ok(self.store.note_erasures(&told, self.clock.now()).await?)
    }

    /// Takes people out of records that the group's policy lets name them no longer.
    async fn end_retentions(&self) -> Result<(), HubError> {
        for group in self.store.groups().await? {
            let overdue = office::overdue(&*self.store, group.key, self.clock.now()).await?;
            for overdue in overdue {
                self.end_retention(&group, &overdue).await?;
            }
        }
        Ok(())
    }

    async fn end_retention(&self, group: &Group, overdue: &Overdue) -> Result<(), HubError> {
        let (store, kind, by) = (&*self.store, overdue.kind.as_str(), overdue.by);
        let before = store.retained(group.key, kind).await?;
        let position = store.head(group.key).await?.position;
        let (first, last) = (overdue.end_of(before.ends_on), overdue.end_of(by));
        let first = store.commit_as_of(group.key, first).await?.position;
        let last = store.commit_as_of(group.key, last).await?.position;
        let mut ended = store.ended(group.key, kind, before, by).await?;
        ended.extend(store.undated(group.key, kind, (first, last)).await?);
        let whom = erase::whom_at_end(kind);
        let mut done = Done::default();
        let order = Order {
            caller: itself(group.clone()),
            by: None,
            deed: Deed::Expired,
            subject: None,
        };
        for ids in ended.chunks(RECORDS_AT_ONCE) {
            let mut records = Vec::new();
            for id in ids {
                let found = erase::find_record(store, group.key, *id, &whom).await?;
                records.extend(found.records);
            }
            let _one = self.erasing.lock().await;
            done += self.erase_from(&order, &records, &Names::default()).await?;
        }
        let retained = Retained {
            ends_on: by,
            position,
        };
        store.note_retained(group.key, kind, retained).await?;
        if done.versions > 0 {
            self.scrub().await?;
        }
        Ok(())
    }
}

/// The hub, which acts for the office.
fn itself(group: Group) -> Caller {
    Caller {
        holder: "hub".to_owned(),
        ..operator(group)
    }
}
