//! The hub's history held against what a campus remembers of it: pure, page by page.

use super::database::Head;
use crate::model::chain::{self, Extension, Stub};
use crate::model::ids::RecordId;
use crate::model::mutation::ERASED;
use crate::wire::{convert, v1};
use bytes::Bytes;
use jiff::Timestamp;
use prost::Message as _;
use std::collections::{HashMap, VecDeque};
use v1::change::Change;

/// What a walk along the hub's history found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// What lies up to here was verified before; it still leads to the same head.
    pub after: i64,
    /// The last position of the history.
    pub position: i64,
    /// The head of the chain there. Campuses that were told the same head at the same position were told
    /// the same history.
    pub chain: [u8; 32],
    /// So many remembered heads lie on the way.
    pub heads: usize,
    /// So many remembered heads a restore took back, as the hub says.
    pub heads_lost: usize,
    /// The lowest position that such a restore kept; `None`: none took a head back.
    pub restored_to: Option<i64>,
    /// So many records of the copy have the bodies that were hashed.
    pub records: usize,
    /// So many records of the copy have changed at the hub since it was last synced, or are out of sight:
    /// the next sync replaces them.
    pub changed: usize,
    /// So many versions that the copy does not hold are what was hashed, body, writer and reason: older ones of its
    /// records, and those of records that were deleted; `None`: they were not asked for.
    pub versions: Option<usize>,
    /// So many versions that were looked at were erased, as later ones say that are what was hashed: nobody can check
    /// their bodies any more.
    pub erased: usize,
    /// Where history and memory first part.
    pub difference: Option<Difference>,
    /// Versions whose bodies are not those that were hashed, or of which the hub tells otherwise.
    pub forged: Vec<Forged>,
}

impl Proof {
    /// Nothing was found to differ.
    #[must_use]
    pub fn whole(&self) -> bool {
        self.difference.is_none() && self.forged.is_empty()
    }
}

/// Where history and memory part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The hub lists no version at this position.
    Missing {
        /// The position.
        position: i64,
    },
    /// The leaves of a commit do not lead to the head that the hub states for it.
    Broken {
        /// Its first position.
        first: i64,
        /// Its last position.
        last: i64,
    },
    /// The hub's history leads to another head than a checkpoint told: something was rewritten.
    Rewritten {
        /// Up to here it is the history of the checkpoints.
        after: i64,
        /// The position of the first checkpoint that it is not.
        by: i64,
    },
    /// The history ends before the position of a checkpoint, and the hub tells of no restore.
    Shorter {
        /// Where it ends.
        newest: i64,
        /// The position of the checkpoint.
        remembered: i64,
    },
}

/// A version that is not the one that was hashed when it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forged {
    /// The record.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its version.
    pub version: i64,
    /// The version's position.
    pub position: i64,
}

/// A record whose past is walked back.
pub struct Past {
    /// The record.
    pub id: String,
    /// The version of the copy, which needs no second look; of a deleted record no version is.
    newest: i64,
    /// Up to here a version that is what was hashed says that something was erased.
    erased: i64,
}

/// A walk along the hub's history.
pub struct Walk {
    proof: Proof,
    /// The next position.
    next: i64,
    /// The newest one, as the hub says.
    newest: i64,
    /// The head after the commit whose leaves are coming.
    coming: Option<Extension>,
    /// What is remembered of the way ahead, by position.
    heads: VecDeque<Head>,
    /// Up to here the history is the remembered one.
    agreed: i64,
    /// The opened leaves of the page taken last, by position.
    opened: HashMap<i64, v1::Leaf>,
    /// The leaves behind `proof.after`, one a position, as far as there is no gap: 32 bytes a version.
    leaves: Vec<[u8; 32]>,
    /// The records of the copy that stand as they are and have older versions.
    past: Vec<Past>,
    /// The copy is whole here: what comes later cannot be verified to the end.
    whole_at: i64,
    /// The last commit at or before `whole_at`.
    verified: (i64, [u8; 32]),
}

impl Walk {
    /// A walk from a verified commit on. Of `heads`, which come by position, those count that lie ahead.
    pub fn new(verified: (i64, [u8; 32]), whole_at: i64, heads: Vec<Head>) -> Self {
        let (after, chain) = verified;
        let ahead = |head: &Head| head.position > after;
        Walk {
            proof: Proof {
                after,
                position: after,
                chain,
                ..Proof::default()
            },
            next: after + 1,
            newest: after,
            coming: None,
            heads: heads.into_iter().filter(ahead).collect(),
            agreed: after,
            opened: HashMap::new(),
            leaves: Vec::new(),
            past: Vec::new(),
            whole_at,
            verified,
        }
    }

    /// The position of the last leaf taken.
    pub fn position(&self) -> i64 {
        self.next - 1
    }

    /// Takes the next page; whether another one follows. One that leads nowhere has none behind it: there
    /// is a gap, and the end of the walk says so.
    pub fn take(&mut self, page: &v1::ListCommitsResponse) -> bool {
        let before = self.position();
        self.newest = page.newest_position;
        self.opened.clear();
        self.set_aside(&page.restores);
        let (after, chain) = (self.proof.after, &self.proof.chain[..]);
        if before == after && page.chain != chain {
            self.differs(Difference::Rewritten {
                after: 0,
                by: after,
            });
        }
        for commit in &page.commits {
            self.commit(commit);
        }
        (before + 1..self.newest).contains(&self.position())
    }

    /// The end of the walk: what was found, and the last commit up to which history and copy are verified
    /// now.
    pub fn finish(mut self) -> (Proof, (i64, [u8; 32])) {
        if self.coming.is_some() || self.position() < self.newest {
            let position = self.next;
            self.differs(Difference::Missing { position });
        }
        if let Some(Head { position, .. }) = self.heads.back() {
            let (newest, remembered) = (self.proof.position, *position);
            self.differs(Difference::Shorter { newest, remembered });
        }
        (self.proof, self.verified)
    }

    /// A restore takes back what the epochs before it held above a position.
    fn set_aside(&mut self, restores: &[v1::Restored]) {
        for restore in restores {
            let lost = |head: &Head| head.epoch < restore.epoch && head.position > restore.position;
            let before = self.heads.len();
            self.heads.retain(|head| !lost(head));
            let lost = before - self.heads.len();
            if lost > 0 {
                let kept = self.proof.restored_to.unwrap_or(i64::MAX);
                self.proof.restored_to = Some(kept.min(restore.position));
                self.proof.heads_lost += lost;
            }
        }
    }

    fn commit(&mut self, commit: &v1::Commit) {
        let at = convert::stored_time(commit.commit_time.as_ref());
        let begin = || Extension::of(self.proof.chain, at.unwrap_or(Timestamp::UNIX_EPOCH));
        let mut coming = self.coming.take().unwrap_or_else(begin);
        for leaf in &commit.leaves {
            if leaf.position != self.next {
                let position = self.next;
                self.differs(Difference::Missing { position });
            }
            self.next = self.next.max(leaf.position.saturating_add(1));
            let hash = leaf.hash[..].try_into().unwrap_or([0; 32]);
            coming.add(&hash);
            self.leaves.push(hash);
            if leaf.opening.is_some() {
                self.opened.insert(leaf.position, leaf.clone());
            }
        }
        if self.position() < commit.last_position {
            self.coming = Some(coming);
        } else {
            self.close(commit, coming.head());
        }
    }

    /// All leaves of a commit have come. After a break the walk goes on from what the hub states: only the
    /// first difference counts.
    fn close(&mut self, commit: &v1::Commit, head: [u8; 32]) {
        let (first, last) = (self.proof.position + 1, commit.last_position);
        if commit.chain != head[..] {
            self.differs(Difference::Broken { first, last });
        }
        self.proof.position = last;
        self.proof.chain = commit.chain[..].try_into().unwrap_or(head);
        while let Some(known) = self.heads.pop_front_if(|head| head.position <= last) {
            if (known.position, &known.chain[..]) == (last, &self.proof.chain[..]) {
                self.proof.heads += 1;
                self.agreed = last;
            } else {
                let (after, by) = (self.agreed, known.position);
                self.differs(Difference::Rewritten { after, by });
            }
        }
        if last <= self.whole_at {
            self.verified = (last, self.proof.chain);
        }
    }

    fn differs(&mut self, difference: Difference) {
        self.proof.difference.get_or_insert(difference);
    }

    /// Takes a record of the copy, as the hub once sent it: one that lies in the page taken last.
    pub fn record(&mut self, frame: &Bytes) {
        let record = convert::record(frame.clone()).unwrap_or_default();
        let opened = self.opened.get(&record.position);
        let Some((leaf, opening)) = opened.and_then(|leaf| Some((leaf, leaf.opening.as_ref()?)))
        else {
            self.proof.changed += 1;
            return;
        };
        let hash = hash(&record, &opening.campus_id, &opening.salt, frame);
        let true_version = hash.is_some_and(|hash| leaf.hash == hash[..]);
        if record.version > 1 {
            let erased = match true_version {
                true => erased_up_to(&record),
                false => 0,
            };
            self.past.push(Past {
                id: record.id.clone(),
                newest: record.version,
                erased,
            });
        }
        match true_version {
            true => self.proof.records += 1,
            false => self.forged(&record),
        }
    }

    fn forged(&mut self, record: &v1::Record) {
        self.proof.forged.push(Forged {
            id: record.id.clone(),
            kind: record.kind.clone(),
            version: record.version,
            position: record.position,
        });
    }

    /// The records whose versions can be held against the leaves: those of the copy, and `gone`, which were deleted;
    /// none when the leaves themselves are not to be trusted.
    pub fn past(&mut self, gone: Vec<String>) -> Vec<Past> {
        if self.proof.difference.is_some() || !self.heads.is_empty() {
            return Vec::new();
        }
        self.proof.versions = Some(0);
        let gone = gone.into_iter().map(|id| Past {
            id,
            newest: i64::MAX,
            erased: 0,
        });
        std::mem::take(&mut self.past)
            .into_iter()
            .chain(gone)
            .collect()
    }

    /// A record's past is out of sight since the walk.
    pub fn hidden(&mut self) {
        self.proof.changed += 1;
    }

    /// Takes a version of a record, as the hub tells it now: one that the copy does not hold and the walk came by.
    pub fn older(&mut self, past: &mut Past, entry: &v1::HistoryEntry) {
        let later = past.newest == i64::MAX && entry.position > self.position();
        if later || entry.version >= past.newest {
            return;
        }
        let record = told(entry).unwrap_or_default();
        // Whoever empties a salt without a word could put anything in the version's place.
        if entry.salt.is_empty() && entry.position <= past.erased {
            self.proof.erased += 1;
            return;
        }
        let place = entry.position.checked_sub(self.proof.after + 1);
        let leaf = place.and_then(|place| self.leaves.get(usize::try_from(place).ok()?));
        let hash = hash(&record, &entry.campus_id, &entry.salt, &entry.change);
        if record.id == past.id && tells(entry, &record) && hash.is_some() && leaf == hash.as_ref()
        {
            past.erased = past.erased.max(erased_up_to(&record));
            *self.proof.versions.get_or_insert(0) += 1;
        } else {
            self.forged(&v1::Record {
                id: past.id.clone(),
                version: entry.version,
                position: entry.position,
                ..record
            });
        }
    }
}

/// The version in an entry; a deletion as a record without parts.
fn told(entry: &v1::HistoryEntry) -> Option<v1::Record> {
    match v1::Change::decode(entry.change.clone()).ok()?.change? {
        Change::Upsert(record) => Some(record),
        Change::Deleted(deleted) => Some(v1::Record {
            id: deleted.id,
            kind: deleted.kind,
            campus_id: deleted.campus_id,
            version: deleted.version,
            position: deleted.position,
            // It is that of the commit, which the chain vouches for.
            commit_time: entry.commit_time,
            actor: deleted.actor,
            reason: deleted.reason,
            erased_position: deleted.erased_position,
            ..Default::default()
        }),
        Change::Removed(_) => None,
    }
}

/// Up to here a version says that something of its record was erased.
fn erased_up_to(record: &v1::Record) -> i64 {
    match record.reason == ERASED {
        true => record.position,
        false => record.erased_position,
    }
}

/// Whether an entry says of a version what the version says of itself.
fn tells(entry: &v1::HistoryEntry, record: &v1::Record) -> bool {
    let told = (&entry.actor, &entry.reason, &entry.commit_time);
    let places = (entry.version, entry.position) == (record.version, record.position);
    places && told == (&record.actor, &record.reason, &record.commit_time)
}

/// The leaf of a record as the hub sent it; `None` when the record's id is none.
fn hash(record: &v1::Record, pusher: &str, salt: &[u8], frame: &[u8]) -> Option<[u8; 32]> {
    let stub = Stub {
        position: record.position,
        version: record.version,
        id: record.id.parse::<RecordId>().ok()?,
        kind: &record.kind,
        owner: &record.campus_id,
        pusher,
    };
    Some(chain::leaf(&stub, salt, frame))
}

#[cfg(test)]
mod tests;
