//! What the branches write down: what they typed, what they were answered, what their copies held.

use lianxiao::client::Observer;
use lianxiao::wire::v1;
use prost::Message as _;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Something typed.
#[derive(Clone, Debug)]
pub struct Typed {
    pub branch: usize,
    pub mutation: v1::Mutation,
    /// What can be found again of it; empty: nothing new was typed.
    pub mark: String,
}

/// An answer for good.
#[derive(Clone, Debug)]
pub struct Answered {
    /// How many restores had been before it.
    pub era: usize,
    pub result: v1::PushResult,
}

/// A whole copy.
#[derive(Clone, Debug)]
pub struct Copied {
    pub who: String,
    pub campus_id: String,
    pub position: i64,
    pub chain: Vec<u8>,
    /// Every record, as it came.
    pub records: BTreeMap<String, Vec<u8>>,
}

/// The logs of all branches.
#[derive(Clone, Debug, Default)]
pub struct Log {
    pub typed: Vec<Typed>,
    pub answered: Vec<Answered>,
    pub copied: Vec<Copied>,
    /// What no branch may ever see.
    pub impossible: Vec<String>,
    /// The positions that the restored backups held, restore by restore.
    pub restored_to: Vec<i64>,
}

/// One log for all.
#[derive(Clone, Default)]
pub struct Book {
    log: Arc<Mutex<Log>>,
    era: Arc<AtomicUsize>,
}

impl Book {
    pub fn write<T>(&self, write: impl FnOnce(&mut Log) -> T) -> T {
        write(&mut self.log.lock().expect("nobody panicked"))
    }

    pub fn restored(&self, to: i64) {
        self.era.fetch_add(1, Ordering::SeqCst);
        self.write(|log| log.restored_to.push(to));
    }
}

/// One branch's pen.
pub struct Pen {
    pub book: Book,
    /// The last checkpoint.
    pub whole: Mutex<Option<v1::Checkpoint>>,
}

impl Observer for Pen {
    fn answered(&self, _: &v1::Mutation, result: &v1::PushResult) {
        let answered = Answered {
            era: self.book.era.load(Ordering::SeqCst),
            result: result.clone(),
        };
        self.book.write(|log| log.answered.push(answered));
    }

    fn whole(&self, checkpoint: &v1::Checkpoint) {
        *self.whole.lock().expect("nobody panicked") = Some(checkpoint.clone());
    }
}

/// Records by id, encoded.
pub fn by_id(records: Vec<v1::Record>) -> BTreeMap<String, Vec<u8>> {
    let encoded = |record: v1::Record| (record.id.clone(), record.encode_to_vec());
    records.into_iter().map(encoded).collect()
}
