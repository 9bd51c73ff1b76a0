//! The head of every group that somebody follows, and its last commits: a watcher that is up to date
//! reads the next commit from memory, as a thousand others do, and asks the database nothing.

use crate::model::feed::Head;
use crate::model::ids::{GroupKey, Place, RecordId, Who};
use crate::store::{Batch, FeedEntry, FeedPage, PageQuery, Version};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// The most that is kept of a group. Whoever is further behind reads the database.
const COMMITS_MAX: usize = 64;
const BYTES_MAX: usize = 256 << 10;

/// The newest position of every group, for those who wait for the next one.
#[derive(Debug, Default)]
pub struct Heads(Mutex<HashMap<GroupKey, Followed>>);

#[derive(Debug)]
struct Followed {
    head: watch::Sender<i64>,
    /// Without a gap; the last one is the newest of the group.
    commits: VecDeque<Arc<Commit>>,
    bytes: usize,
    /// The last position that a backup is known to hold.
    backed_up: Option<i64>,
    /// The last commit in which a record of the office changed.
    registers_at: i64,
}

/// One commit as readers see it.
#[derive(Debug)]
struct Commit {
    /// The head before it.
    after: i64,
    head: Head,
    /// One a position, in their order.
    versions: Vec<Version>,
    /// Who sees what of it: the record, its position, and whether this ends the sight of it.
    audience: HashMap<Who, Vec<(RecordId, i64, bool)>>,
    bytes: usize,
}

impl Heads {
    /// Follows a group's head. The first value seen is the newest this process knows of.
    pub fn follow(&self, group: GroupKey) -> watch::Receiver<i64> {
        self.with(group, |followed| followed.head.subscribe())
    }

    /// A batch became durable.
    pub fn committed(&self, group: GroupKey, batch: &Batch) {
        self.with(group, |followed| {
            let position = batch.head.position;
            if position <= *followed.head.borrow() {
                // A look at what other hubs did was quicker, and told of this too.
                return;
            }
            let mut owners = batch.versions.iter().map(|new| new.version.owner);
            let after = batch.versions.first().map(|new| new.version.position - 1);
            // Of what another hub committed before it, nobody here knows what it was.
            let unknown = after != Some(*followed.head.borrow());
            if unknown || owners.any(|owner| owner == Place::Office) {
                followed.registers_at = position;
            }
            if followed.head.receiver_count() == 0 {
                followed.forget();
            } else {
                followed.keep(Commit::of(batch));
            }
            followed.head.send_replace(position);
        });
    }

    /// Another hub committed, or this one did and never heard of it: up to a position, all is in the database.
    pub fn moved(&self, group: GroupKey, position: i64) {
        self.with(group, |followed| {
            if *followed.head.borrow() < position {
                followed.forget();
                followed.registers_at = position;
                followed.head.send_replace(position);
            }
        });
    }

    /// What is kept of a group goes: some of it was erased, or is not so any more.
    pub fn forget(&self, group: GroupKey) {
        self.with(group, Followed::forget);
    }

    /// The last position at or before which a register may have changed: that of a commit of this process
    /// or, beyond what it knows of, `position` itself.
    pub fn registers_at(&self, group: GroupKey, position: i64) -> i64 {
        self.with(group, |followed| match *followed.head.borrow() {
            newest if position > newest => position,
            _ => followed.registers_at,
        })
    }

    /// Notes what a backup holds; it never holds less later.
    pub fn backed_up(&self, group: GroupKey, position: i64) {
        self.with(group, |followed| {
            followed.backed_up = followed.backed_up.max(Some(position));
        });
    }

    /// The page from a position to the newest commit, if it is kept whole and fits.
    pub fn page(&self, group: GroupKey, query: &PageQuery<'_>) -> Option<FeedPage> {
        let (commits, backed_up) = self.with(group, |followed| {
            let from = followed
                .commits
                .iter()
                .position(|commit| commit.after == query.after)?;
            let commits: Vec<Arc<Commit>> = followed.commits.range(from..).cloned().collect();
            Some((commits, followed.backed_up?))
        })?;
        let bytes: usize = commits.iter().map(|commit| commit.bytes).sum();
        let head = commits.last()?.head;
        (bytes <= query.bytes_max).then(|| FeedPage {
            entries: entries(&commits, query),
            position: head.position,
            chain: head.chain,
            head,
            backed_up,
        })
    }

    fn with<T>(&self, group: GroupKey, then: impl FnOnce(&mut Followed) -> T) -> T {
        let mut heads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        then(heads.entry(group).or_insert_with(|| Followed {
            head: watch::Sender::new(0),
            commits: VecDeque::new(),
            bytes: 0,
            backed_up: None,
            registers_at: 0,
        }))
    }
}

impl Followed {
    fn keep(&mut self, commit: Commit) {
        if self
            .commits
            .back()
            .is_some_and(|last| last.head.position != commit.after)
        {
            self.forget();
        }
        self.bytes += commit.bytes;
        self.commits.push_back(Arc::new(commit));
        while self.bytes > BYTES_MAX || self.commits.len() > COMMITS_MAX {
            let Some(oldest) = self.commits.pop_front() else {
                break;
            };
            self.bytes -= oldest.bytes;
        }
    }

    fn forget(&mut self) {
        self.commits.clear();
        self.bytes = 0;
        self.backed_up = None;
    }
}

impl Commit {
    fn of(batch: &Batch) -> Self {
        const BESIDE_THE_FRAME: usize = 128;
        let versions = batch.versions.iter().map(|new| new.version.clone());
        let versions: Vec<Version> = versions.collect();
        let frame = |version: &Version| version.frame.as_ref().map_or(0, bytes::Bytes::len);
        let bytes = versions
            .iter()
            .map(|version| BESIDE_THE_FRAME + frame(version))
            .sum();
        let mut audience: HashMap<Who, Vec<_>> = HashMap::new();
        for row in &batch.audience {
            let of_who = audience.entry(row.who).or_default();
            of_who.push((row.id, row.position, row.gone));
        }
        Commit {
            after: versions
                .first()
                .map_or(batch.head.position, |first| first.position - 1),
            head: batch.head,
            versions,
            audience,
            bytes,
        }
    }

    /// Positions of a commit have no gap.
    fn version(&self, position: i64) -> Option<&Version> {
        let index = usize::try_from(position - self.after - 1).ok()?;
        self.versions.get(index)
    }
}

/// What the database would show: of every record and audience its newest row, and one entry a position.
fn entries(commits: &[Arc<Commit>], query: &PageQuery<'_>) -> Vec<FeedEntry> {
    let mut newest: HashMap<(Who, RecordId), (i64, bool)> = HashMap::new();
    for commit in commits {
        for who in &query.sight.audiences {
            for (id, position, gone) in commit.audience.get(who).into_iter().flatten() {
                newest.insert((*who, *id), (*position, *gone));
            }
        }
    }
    let mut shown: BTreeMap<i64, bool> = BTreeMap::new();
    for (position, gone) in newest.into_values() {
        let all_gone = shown.entry(position).or_insert(true);
        *all_gone &= gone;
    }
    let entry = |(position, removed): (i64, bool)| {
        let commit = commits
            .iter()
            .find(|commit| position <= commit.head.position)?;
        let version = commit.version(position)?;
        wanted(query, version).then(|| match &version.frame {
            Some(frame) if !removed => FeedEntry::Upsert(frame.clone()),
            _ => FeedEntry::Gone {
                version: version.clone(),
                removed,
            },
        })
    };
    shown.into_iter().filter_map(entry).collect()
}

fn wanted(query: &PageQuery<'_>, version: &Version) -> bool {
    let filter = query.filter;
    let kind = filter.kinds.is_empty() || filter.kinds.contains(&version.kind);
    let campus = match version.owner.campus() {
        // Everybody needs the office's registers to read the rest.
        None => true,
        Some(id) => filter.campuses.is_empty() || filter.campuses.contains(&id),
    };
    kind && campus && query.sight.on(&version.topic)
}
