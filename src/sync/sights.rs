//! What callers may see: by their place, their rights, and the part their campus plays in the group.

use super::heads::Heads;
use crate::access::{self, Topic};
use crate::content::frame;
use crate::kinds::{self, KINDS};
use crate::model::caller::Caller;
use crate::model::ids::{GroupKey, Place, RecordId, Who};
use crate::model::sight::Sight;
use crate::store::{Result, Store, Version};
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a caller sees whose campus stands in these circles.
pub fn sight(caller: &Caller, circles: impl IntoIterator<Item = Who>) -> Sight {
    let topics = KINDS.iter().map(|kind| Topic {
        name: kind.name(),
        open: kind.open(),
        public: kind.public(),
    });
    access::sight(caller.place, circles, &caller.rights, topics)
}

/// A frame as a caller is shown it: whoever reads by a public link stands outside the group.
pub fn shown(caller: &Caller, frame: Bytes) -> Bytes {
    match caller.place {
        Place::Public => frame::outside(&frame),
        _ => frame,
    }
}

/// Looks the circles of campuses up, and keeps them as long as no register changed.
#[derive(Clone)]
pub struct Sights {
    store: Arc<dyn Store>,
    heads: Arc<Heads>,
    known: Arc<Mutex<HashMap<(GroupKey, RecordId), Known>>>,
}

struct Known {
    circles: Vec<Who>,
    /// They are those of the register at this position or a later one.
    at: i64,
}

impl Sights {
    pub fn new(store: Arc<dyn Store>, heads: Arc<Heads>) -> Self {
        let known = Arc::default();
        Sights {
            store,
            heads,
            known,
        }
    }

    /// What a caller may see of the feed up to a position and, unless the feed moves on meanwhile, now.
    pub async fn of(&self, caller: &Caller, position: i64) -> Result<Sight> {
        let circles = match caller.place.campus() {
            Some(campus) => self.circles(caller.group.key, campus, position).await?,
            None => Vec::new(),
        };
        Ok(sight(caller, circles))
    }

    async fn circles(&self, group: GroupKey, campus: RecordId, position: i64) -> Result<Vec<Who>> {
        // Read first: what is committed while the register is looked up makes the answer an old one.
        let needed = self.heads.registers_at(group, position);
        let key = (group, campus);
        if let Some(known) = self.known().get(&key).filter(|known| known.at >= needed) {
            return Ok(known.circles.clone());
        }
        let everybody = Sight::of([Who::Group]);
        let register = self.store.record(group, campus, &everybody).await?;
        let circles = register.map(|register| circles(&register));
        let circles = circles.unwrap_or_default();
        let known = Known {
            circles: circles.clone(),
            at: needed,
        };
        self.known().insert(key, known);
        Ok(circles)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<(GroupKey, RecordId), Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The circles that a campus's register record puts it in.
pub fn circles(register: &Version) -> Vec<Who> {
    let parts = register
        .frame
        .as_ref()
        .and_then(|frame| frame::parts(frame).ok());
    parts.map_or_else(Vec::new, |parts| kinds::circles(&parts.content))
}
