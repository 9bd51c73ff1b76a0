//! A sign of life for whatever takes more than a second. Where nobody looks, nothing is shown.

use crate::client::Observer;
use crate::wire::v1;
use indicatif::{ProgressBar, ProgressDrawTarget};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What is done sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// Hears what a replica is told, and shows how far it is until the copy is whole.
pub struct Ear {
    bar: ProgressBar,
    what: String,
    read: AtomicUsize,
    /// The answers since they were last taken.
    heard: Mutex<Vec<(v1::Mutation, v1::PushResult)>>,
    lost: Mutex<Option<String>>,
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Ear {
    pub fn new(what: String) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        bar.set_message(what.clone());
        let shown = bar.clone();
        tokio::spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            if !shown.is_finished() {
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(PATIENCE / 10);
            }
        });
        Ear {
            bar,
            what,
            read: AtomicUsize::new(0),
            heard: Mutex::default(),
            lost: Mutex::default(),
        }
    }

    pub fn take(&self) -> Vec<(v1::Mutation, v1::PushResult)> {
        std::mem::take(&mut *self.heard.lock().expect("nobody panics with it"))
    }

    /// Why the line was lost, once.
    pub fn lost(&self) -> Option<String> {
        self.lost.lock().expect("nobody panics with it").take()
    }
}

impl Observer for Ear {
    fn answered(&self, mutation: &v1::Mutation, result: &v1::PushResult) {
        let mut heard = self.heard.lock().expect("nobody panics with it");
        heard.push((mutation.clone(), result.clone()));
    }

    fn read(&self, changes: usize) {
        let read = self.read.fetch_add(changes, Ordering::Relaxed) + changes;
        self.bar.set_message(format!("{} {read}", self.what));
    }

    fn whole(&self, _: &v1::Checkpoint) {
        self.bar.finish_and_clear();
    }

    fn interrupted(&self, error: &crate::client::ReplicaError) {
        *self.lost.lock().expect("nobody panics with it") = Some(error.to_string());
    }
}
