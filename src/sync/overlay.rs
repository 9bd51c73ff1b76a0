//! The records as they stand in the middle of a batch: what was loaded, under what was planned so far.

use super::sights::{circles, sight};
use crate::content::frame::{self, Parts};
use crate::content::{answer, correction};
use crate::kinds::{self, Index, Kind, Neighbour, Neighbours, Surveys};
use crate::model::caller::Caller;
use crate::model::chain::{self, Extension, Stub};
use crate::model::feed::Head;
use crate::model::ids::{Key, MutationId, Place, RecordId, Who};
use crate::model::mutation::{Answer, Mutation};
use crate::model::sight::Sight;
use crate::store::{AudienceRow, Batch, Loaded, NewVersion, Remembered, Version};
use bytes::Bytes;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A live record, as the rules see it.
#[derive(Clone, Debug)]
pub struct Live {
    pub kind: String,
    pub topic: String,
    pub owner: Place,
    pub version: i64,
    pub position: i64,
    /// Up to here the record was erased; 0: never.
    pub erased: i64,
    pub parts: Parts,
    pub frame: Bytes,
}

/// What stands at a record's id.
pub enum Standing {
    Nothing,
    /// By its topic.
    Deleted(String),
    Live(Live),
}

/// What a planned version of a record is to hold.
pub struct Next<'a> {
    pub id: RecordId,
    pub kind: &'a str,
    pub topic: &'a str,
    pub owner: Place,
    /// `None`: the record is deleted.
    pub parts: Option<Parts>,
    pub index: Index,
    /// The content as pushed, where a merge made another of it.
    pub pushed: Option<Bytes>,
    /// It tells that the record was erased up to here.
    pub erased: bool,
}

impl<'a> Next<'a> {
    /// The next version of a record whose kind says who sees it, what it holds and when it is.
    pub fn of(id: RecordId, kind: &'a dyn Kind, owner: Place, parts: Parts) -> Self {
        Next {
            id,
            kind: kind.name(),
            topic: kind.name(),
            owner,
            index: kind.index(owner, &parts),
            parts: Some(parts),
            pushed: None,
            erased: false,
        }
    }

    /// What the hub keeps beside a record: of its owner and on its topic, with a state alone.
    pub fn beside(id: RecordId, kind: &'a str, live: &'a Live, state: Bytes, index: Index) -> Self {
        let content = Bytes::new();
        Next {
            id,
            kind,
            topic: &live.kind,
            owner: live.owner,
            parts: Some(Parts { content, state }),
            index,
            pushed: None,
            erased: false,
        }
    }

    /// The tombstone of a record: whoever saw it sees that it is gone.
    pub fn tombstone(id: RecordId, live: &'a Live, audience: Vec<Who>) -> Self {
        Next {
            id,
            kind: &live.kind,
            topic: &live.topic,
            owner: live.owner,
            parts: None,
            index: Index {
                audience,
                ..Index::default()
            },
            pushed: None,
            erased: false,
        }
    }
}

/// The plan so far. Cloning it before a push and putting the clone back is how a push is undone.
#[derive(Clone)]
pub struct Overlay<'a> {
    loaded: &'a Loaded,
    at: Timestamp,
    seed: [u8; 32],
    position: i64,
    versions: Vec<NewVersion>,
    /// Where each record's newest planned version stands in `versions`.
    newest: HashMap<RecordId, usize>,
    /// Stored versions that get a successor.
    superseded: Vec<(i64, i64)>,
    audience: HashMap<RecordId, BTreeMap<Who, (i64, bool)>>,
    keys: BTreeMap<Key, Option<RecordId>>,
    mutations: HashMap<(Place, MutationId), Remembered>,
    /// The live records of each kind that was needed whole.
    kinds: BTreeMap<&'static str, BTreeSet<RecordId>>,
    surveys: Surveys,
}

impl<'a> Overlay<'a> {
    /// An empty plan over what was loaded, to be committed at `now` or, when the clock went back, just
    /// after the last commit. `seed` makes the salts.
    pub fn new(loaded: &'a Loaded, now: Timestamp, seed: [u8; 32]) -> Self {
        let after_last = loaded.head.at.as_microsecond().saturating_add(1);
        let at = now.as_microsecond().max(after_last);
        Overlay {
            loaded,
            at: Timestamp::from_microsecond(at).unwrap_or(Timestamp::MAX),
            seed,
            position: loaded.head.position,
            versions: Vec::new(),
            newest: HashMap::new(),
            superseded: Vec::new(),
            audience: HashMap::new(),
            keys: BTreeMap::new(),
            mutations: HashMap::new(),
            kinds: loaded.kinds.clone(),
            surveys: Surveys::default(),
        }
    }

    /// The time of the commit.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// What a caller may see as the records stand now.
    pub fn sight(&self, caller: &Caller) -> Sight {
        let register = caller.place.campus().and_then(|id| self.newest(id));
        sight(caller, register.map(circles).unwrap_or_default())
    }

    fn newest(&self, id: RecordId) -> Option<&Version> {
        match self.newest.get(&id) {
            Some(index) => Some(&self.versions[*index].version),
            None => self.loaded.records.get(&id),
        }
    }

    /// The newest stored version of a record once more, deleted or not, to tell that it was erased: what
    /// is seen of it, by whom and when, stays as it is.
    pub fn again(&self, id: RecordId) -> Option<Next<'a>> {
        let newest = self.loaded.records.get(&id)?;
        let live = live(newest);
        let index = Index {
            audience: self.audience(id),
            ..live.as_ref().map(index).unwrap_or_default()
        };
        Some(Next {
            id,
            kind: &newest.kind,
            topic: &newest.topic,
            owner: newest.owner,
            index,
            parts: live.map(|live| live.parts),
            pushed: None,
            erased: true,
        })
    }

    /// What stands at an id.
    pub fn standing(&self, id: RecordId) -> Standing {
        let Some(version) = self.newest(id) else {
            return Standing::Nothing;
        };
        match live(version) {
            None => Standing::Deleted(version.topic.clone()),
            Some(live) => Standing::Live(live),
        }
    }

    /// A version of a record, newest or older, if it was live.
    pub fn version(&self, id: RecordId, number: i64) -> Option<Live> {
        let planned: &[NewVersion] = if self.newest.contains_key(&id) {
            &self.versions
        } else {
            &[]
        };
        let planned = planned.iter().rev().map(|new| &new.version);
        let loaded = self.loaded.versions.get(&(id, number)).into_iter();
        let newest = self.loaded.records.get(&id).into_iter();
        planned
            .chain(loaded)
            .chain(newest)
            .find(|version| version.id == id && version.version == number)
            .and_then(live)
    }

    /// Who sees a record.
    pub fn audience(&self, id: RecordId) -> Vec<Who> {
        match self.audience.get(&id) {
            Some(rows) => rows
                .iter()
                .filter(|(_, (_, gone))| !gone)
                .map(|(who, _)| *who)
                .collect(),
            None => self.loaded.audience.get(&id).cloned().unwrap_or_default(),
        }
    }

    /// Who holds a key.
    pub fn holder(&self, key: &Key) -> Option<RecordId> {
        match self.keys.get(key) {
            Some(holder) => *holder,
            None => self.loaded.keys.get(key).copied(),
        }
    }

    /// What an earlier mutation of a place did.
    pub fn remembered(&self, place: Place, id: MutationId) -> Option<&Remembered> {
        self.mutations
            .get(&(place, id))
            .or_else(|| self.loaded.mutations.get(&(place, id)))
    }

    /// The position the next version will get.
    pub fn next_position(&self) -> i64 {
        self.position + 1
    }

    /// The number the next version of a record will get.
    pub fn next_version(&self, id: RecordId) -> i64 {
        self.newest(id).map_or(1, |version| version.version + 1)
    }

    /// Plans a version. `answered` is the mutation it answers; a version beside a mutation has none.
    pub fn write(
        &mut self,
        caller: &Caller,
        reason: &str,
        next: Next<'_>,
        answered: Option<(&Mutation, &Answer)>,
    ) {
        self.position += 1;
        let version = self.next_version(next.id);
        let erased = match next.erased {
            true => self.position,
            false => self.newest(next.id).map_or(0, |before| before.erased),
        };
        self.move_keys(&next);
        self.move_audience(next.id, &next.index.audience);
        let of = frame::Version {
            id: next.id,
            kind: next.kind,
            owner: next.owner,
            version,
            position: self.position,
            erased,
            at: self.at,
            actor: &caller.holder,
            reason,
            parts: next.parts.clone().unwrap_or_default(),
        };
        let (body, lives) = match next.parts {
            Some(_) => (frame::upsert(of), true),
            None => (frame::deleted_by(&of), false),
        };
        let mut new = NewVersion {
            version: Version {
                id: next.id,
                kind: next.kind.to_owned(),
                topic: next.topic.to_owned(),
                owner: next.owner,
                version,
                position: self.position,
                erased,
                frame: lives.then(|| body.clone()),
            },
            place: caller.place,
            actor: caller.holder.clone(),
            reason: reason.to_owned(),
            mutation: answered.map(|(mutation, answer)| {
                (mutation.id, mutation.hash, answer::encode(answer).into())
            }),
            leaf: [0; 32],
            salt: chain::salt(&self.seed, self.position),
            superseded_at: None,
            span: next.index.span,
            pushed: next.pushed,
        };
        new.leaf = leaf(&new, &body);
        self.mutations.extend(new.remembered());
        self.supersede(next.id);
        if let Some(all) = self.kinds.get_mut(next.kind) {
            all.insert(next.id);
        }
        self.surveys.written(next.kind, next.id);
        self.newest.insert(next.id, self.versions.len());
        self.versions.push(new);
    }

    fn supersede(&mut self, id: RecordId) {
        if let Some(before) = self.newest.get(&id) {
            self.versions[*before].superseded_at = Some(self.position);
        } else if let Some(stored) = self.loaded.records.get(&id) {
            self.superseded.push((stored.position, self.position));
        }
    }

    fn move_keys(&mut self, next: &Next<'_>) {
        let held = match self.standing(next.id) {
            Standing::Live(live) => index(&live).keys,
            _ => Vec::new(),
        };
        for key in held {
            self.keys.insert(key, None);
        }
        for key in &next.index.keys {
            self.keys.insert(key.clone(), Some(next.id));
        }
    }

    fn move_audience(&mut self, id: RecordId, now: &[Who]) {
        let before = self.audience(id);
        let rows = self.audience.entry(id).or_default();
        for who in before.iter().filter(|who| !now.contains(who)) {
            rows.insert(*who, (self.position, true));
        }
        for who in now {
            rows.insert(*who, (self.position, false));
        }
    }

    /// The plan as one commit; `None` when nothing is to be written.
    pub fn finish(self) -> Option<Batch> {
        if self.versions.is_empty() {
            return None;
        }
        let mut chain = Extension::of(self.loaded.head.chain, self.at);
        for new in &self.versions {
            chain.add(&new.leaf);
        }
        let newest = || {
            self.newest
                .values()
                .map(|index| &self.versions[*index].version)
        };
        let audience = self.audience.iter().flat_map(|(id, rows)| {
            let row = |(who, (position, gone)): (&Who, &(i64, bool))| AudienceRow {
                who: *who,
                id: *id,
                position: *position,
                gone: *gone,
            };
            rows.iter().map(row)
        });
        let held = |key: &Key, id: &Option<RecordId>| {
            id.is_some() && self.loaded.keys.get(key) == id.as_ref()
        };
        let changed = self.keys.iter().filter(|(key, id)| !held(key, id));
        Some(Batch {
            head: Head {
                position: self.position,
                at: self.at,
                chain: chain.head(),
            },
            superseded: self.superseded,
            records: newest()
                .map(|new| (new.id, new.version, new.position))
                .collect(),
            audience: audience.collect(),
            keys: changed.map(|(key, id)| (key.clone(), *id)).collect(),
            versions: self.versions,
        })
    }
}

fn leaf(new: &NewVersion, body: &[u8]) -> [u8; 32] {
    let version = &new.version;
    let stub = Stub {
        position: version.position,
        version: version.version,
        id: version.id,
        kind: &version.kind,
        owner: &version.owner.to_text(),
        pusher: &new.place.to_text(),
    };
    chain::leaf(&stub, &new.salt, body)
}

/// What a live record is found by, but for who sees a correction.
fn index(live: &Live) -> Index {
    if let Some(kind) = kinds::named(&live.kind) {
        return kind.index(live.owner, &live.parts);
    }
    let about = correction::about(&live.parts.state);
    Index {
        keys: about.map(correction::key).into_iter().collect(),
        ..Index::default()
    }
}

fn live(version: &Version) -> Option<Live> {
    let frame = version.frame.clone()?;
    Some(Live {
        kind: version.kind.clone(),
        topic: version.topic.clone(),
        owner: version.owner,
        version: version.version,
        position: version.position,
        erased: version.erased,
        parts: frame::parts(&frame).unwrap_or_default(),
        frame,
    })
}

fn neighbour(id: RecordId, live: Live) -> Neighbour {
    Neighbour {
        id,
        kind: live.kind,
        owner: live.owner,
        parts: live.parts,
    }
}

impl Neighbours for Overlay<'_> {
    fn record(&self, id: RecordId) -> Option<Neighbour> {
        Some(neighbour(id, live(self.newest(id)?)?))
    }

    fn version(&self, id: RecordId, number: i64) -> Option<Neighbour> {
        Some(neighbour(id, self.version(id, number)?))
    }

    fn keyed(&self, key: &Key) -> Option<Neighbour> {
        self.record(self.holder(key)?)
    }

    fn all(&self, kind: &str) -> Vec<RecordId> {
        let all = self.kinds.get(kind).into_iter().flatten();
        all.copied().collect()
    }

    fn surveys(&self) -> &Surveys {
        &self.surveys
    }
}
