//! Writes batches by hand, and remembers what it wrote: the plain recount that stores are held against.

use bytes::Bytes;
use jiff::Timestamp;
use lianxiao::model::caller::Group;
use lianxiao::model::date::Span;
use lianxiao::model::feed::{Filter, Head};
use lianxiao::model::ids::{GroupKey, MutationId, Place, RecordId, Who};
use lianxiao::store::{AudienceRow, Batch, NewVersion, Store, Version};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The record of a number.
pub fn record(number: u128) -> RecordId {
    RecordId(Uuid::from_u128(number))
}

/// The mutation of a number.
pub fn mutation(number: u128) -> MutationId {
    MutationId(Uuid::from_u128(number))
}

/// The campus of a number.
pub fn campus(number: u128) -> RecordId {
    RecordId(Uuid::from_u128((0xca << 64) + number))
}

/// The campus of a number, as a place.
pub fn at_campus(number: u128) -> Place {
    Place::Campus(campus(number))
}

/// The campus of a number, as an audience.
pub fn of_campus(number: u128) -> Who {
    Who::Campus(campus(number))
}

/// When the commit that ends with a position was made.
pub fn time(position: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + position).expect("a time")
}

/// The chain of the commit that ends with a position; 0: of none.
pub fn chain(position: i64) -> [u8; 32] {
    std::array::from_fn(|i| position.to_be_bytes()[i % 8])
}

/// The head after the commit that ends with a position.
pub fn head(position: i64) -> Head {
    Head {
        position,
        at: time(position),
        chain: chain(position),
    }
}

/// The leaf of the version at a position.
pub fn leaf(position: i64) -> [u8; 32] {
    std::array::from_fn(|i| position.to_le_bytes()[i % 8])
}

/// What the version at a position was salted with.
pub fn salt(position: i64) -> [u8; 16] {
    std::array::from_fn(|i| position.to_ne_bytes()[i % 8] ^ 0xff)
}

/// The frame of a version, filled up to a size. It begins with the record's id and version.
pub fn frame(id: RecordId, version: i64, size: usize) -> Bytes {
    let text = format!("{id} {version} ");
    format!("{text:.<size$}").into()
}

/// A change to be written.
#[derive(Clone, Debug)]
pub struct Change {
    id: RecordId,
    kind: &'static str,
    topic: &'static str,
    owner: Place,
    place: Place,
    audience: Vec<Who>,
    size: usize,
    live: bool,
    span: Option<Span>,
    mutation: Option<MutationId>,
    pushed: Option<Bytes>,
}

/// A next version of a record: a menu of the first campus, which everybody sees, of all days.
pub fn put(id: RecordId) -> Change {
    Change {
        id,
        kind: "menu",
        topic: "menu",
        owner: at_campus(1),
        place: at_campus(1),
        audience: vec![Who::Group],
        size: 0,
        live: true,
        span: None,
        mutation: None,
        pushed: None,
    }
}

/// The deletion of a record, told to those who see it.
pub fn delete(id: RecordId) -> Change {
    Change {
        live: false,
        ..put(id)
    }
}

impl Change {
    pub fn kind(self, kind: &'static str) -> Self {
        let topic = kind;
        Change {
            kind,
            topic,
            ..self
        }
    }

    pub fn about(self, topic: &'static str) -> Self {
        Change { topic, ..self }
    }

    pub fn owner(self, owner: Place) -> Self {
        Change { owner, ..self }
    }

    pub fn pushed_by(self, place: Place) -> Self {
        Change { place, ..self }
    }

    pub fn seen_by(self, audience: &[Who]) -> Self {
        let audience = audience.to_vec();
        Change { audience, ..self }
    }

    pub fn sized(self, size: usize) -> Self {
        Change { size, ..self }
    }

    pub fn on(self, span: Span) -> Self {
        let span = Some(span);
        Change { span, ..self }
    }

    pub fn pushed(self, content: &'static [u8]) -> Self {
        let pushed = Some(Bytes::from_static(content));
        Change { pushed, ..self }
    }

    pub fn by(self, mutation: MutationId) -> Self {
        let mutation = Some(mutation);
        Change { mutation, ..self }
    }
}

/// A version that was written.
#[derive(Clone, Debug)]
struct Written {
    version: Version,
    span: Option<Span>,
}

/// A record as it stands.
#[derive(Clone, Debug)]
struct Standing {
    newest: Version,
    audience: BTreeMap<Who, (i64, bool)>,
}

/// Writes for one group.
#[derive(Clone)]
pub struct Scribe<'a> {
    pub store: &'a dyn Store,
    pub group: GroupKey,
    pub head: Head,
    history: Vec<Written>,
    records: BTreeMap<RecordId, Standing>,
}

/// Makes a group.
pub async fn group(store: &dyn Store, name: &str) -> Group {
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
    let made = store.create_group(id, name, time(0)).await;
    made.expect("a group can be made").expect("the name is new")
}

impl<'a> Scribe<'a> {
    /// Makes a group to write for.
    pub async fn new(store: &'a dyn Store, name: &str) -> Self {
        Scribe {
            store,
            group: group(store, name).await.key,
            head: Head::EMPTY,
            history: Vec::new(),
            records: BTreeMap::new(),
        }
    }

    /// Writes changes as one commit.
    pub async fn commit(&mut self, changes: impl IntoIterator<Item = Change>) {
        let batch = self.plan(changes);
        self.write(&batch).await.expect("the batch is written");
    }

    /// Writes each change as a commit of its own.
    pub async fn commit_each(&mut self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            self.commit([change]).await;
        }
    }

    /// Writes a batch as one commit.
    pub async fn write(&self, batch: &Batch) -> lianxiao::store::Result<()> {
        let mut writing = self.store.begin(&[self.group]).await?;
        writing.apply(self.group, batch).await?;
        writing.commit().await
    }

    /// The batch of some changes. From now on the scribe takes it for written.
    pub fn plan(&mut self, changes: impl IntoIterator<Item = Change>) -> Batch {
        let first = self.head.position + 1;
        let mut batch = Batch {
            head: self.head,
            versions: Vec::new(),
            superseded: Vec::new(),
            records: Vec::new(),
            audience: Vec::new(),
            keys: Vec::new(),
        };
        for change in changes {
            self.head = head(self.head.position + 1);
            self.supersede(&mut batch, first, change.id);
            let new = self.next(change);
            self.stand(&mut batch, &new);
            batch.versions.push(new);
        }
        batch.head = self.head;
        batch
    }

    fn supersede(&self, batch: &mut Batch, first: i64, id: RecordId) {
        let Some(Standing { newest, .. }) = self.records.get(&id) else {
            return;
        };
        let successor = self.head.position;
        match usize::try_from(newest.position - first) {
            Ok(index) => batch.versions[index].superseded_at = Some(successor),
            Err(_) => batch.superseded.push((newest.position, successor)),
        }
    }

    fn next(&mut self, change: Change) -> NewVersion {
        let position = self.head.position;
        let before = self.records.get(&change.id);
        let number = before.map_or(1, |standing| standing.newest.version + 1);
        let mut version = Version {
            id: change.id,
            kind: change.kind.to_owned(),
            topic: change.topic.to_owned(),
            owner: change.owner,
            version: number,
            position,
            erased: 0,
            frame: change.live.then(|| frame(change.id, number, change.size)),
        };
        let mut audience = change.audience;
        if let (false, Some(before)) = (change.live, before) {
            version.kind.clone_from(&before.newest.kind);
            version.topic.clone_from(&before.newest.topic);
            version.owner = before.newest.owner;
            audience = seers(&before.audience).collect();
        }
        self.move_audience(&version, &audience);
        self.history.push(Written {
            version: version.clone(),
            span: change.span,
        });
        let answer = |id: MutationId| (id, hash(id), format!("answer to {id}").into());
        NewVersion {
            version,
            place: change.place,
            actor: "总务处".to_owned(),
            reason: format!("reason {number}"),
            mutation: change.mutation.map(answer),
            leaf: leaf(position),
            salt: salt(position),
            superseded_at: None,
            span: change.span,
            pushed: change.pushed,
        }
    }

    fn move_audience(&mut self, version: &Version, now: &[Who]) {
        let mut audience = match self.records.remove(&version.id) {
            Some(standing) => standing.audience,
            None => BTreeMap::new(),
        };
        for row in audience.values_mut().filter(|(_, gone)| !gone) {
            *row = (version.position, true);
        }
        for who in now {
            audience.insert(*who, (version.position, false));
        }
        let newest = version.clone();
        self.records
            .insert(version.id, Standing { newest, audience });
    }

    fn stand(&self, batch: &mut Batch, new: &NewVersion) {
        let id = new.version.id;
        batch.records.retain(|(other, _, _)| *other != id);
        batch.audience.retain(|row| row.id != id);
        batch
            .records
            .push((id, new.version.version, new.version.position));
        let rows = self.records[&id].audience.iter();
        batch
            .audience
            .extend(rows.map(|(who, (position, gone))| AudienceRow {
                who: *who,
                id,
                position: *position,
                gone: *gone,
            }));
    }

    /// The version at a position.
    pub fn at(&self, position: i64) -> &Version {
        let index = usize::try_from(position - 1).expect("positions begin with 1");
        &self.history[index].version
    }

    /// The live records of a kind at a position, of those that touch a span; by id.
    pub fn stood(&self, kind: &str, position: i64, span: Span) -> Vec<Version> {
        let until = usize::try_from(position).expect("positions begin with 1");
        let mut newest = BTreeMap::new();
        for written in &self.history[..until.min(self.history.len())] {
            newest.insert(written.version.id, written);
        }
        let touches = |written: &&Written| {
            let touches = |of: Span| of.first <= span.last && span.first <= of.last;
            written.span.is_none_or(touches)
        };
        newest
            .into_values()
            .filter(touches)
            .map(|written| written.version.clone())
            .filter(|version| version.kind == kind && version.frame.is_some())
            .collect()
    }

    /// The live records that one may see and wants, with their versions.
    pub fn visible(&self, sees: &[Who], filter: &Filter) -> BTreeMap<RecordId, i64> {
        let wanted = |version: &Version| {
            let of = |campus| filter.campuses.is_empty() || filter.campuses.contains(&campus);
            let of_kind = filter.kinds.is_empty() || filter.kinds.contains(&version.kind);
            of_kind && version.frame.is_some() && version.owner.campus().is_none_or(of)
        };
        self.records
            .values()
            .filter(|standing| seers(&standing.audience).any(|who| sees.contains(&who)))
            .map(|standing| &standing.newest)
            .filter(|version| wanted(version))
            .map(|version| (version.id, version.version))
            .collect()
    }
}

/// The hash that a mutation is remembered with.
pub fn hash(id: MutationId) -> [u8; 32] {
    std::array::from_fn(|i| id.0.as_bytes()[i % 16])
}

fn seers(audience: &BTreeMap<Who, (i64, bool)>) -> impl Iterator<Item = Who> {
    audience
        .iter()
        .filter(|(_, (_, gone))| !gone)
        .map(|(who, _)| *who)
}
