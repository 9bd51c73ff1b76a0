//! The course of a kind: which verb may be asked in which state.

use super::Refusal;
use crate::model::finding::{Code, Finding};

/// A verb: what may be done to a record of a kind.
pub struct Step<S: 'static> {
    /// Its name, as the contract writes it.
    pub verb: &'static str,
    /// The states in which it may be asked.
    pub from: &'static [S],
    /// The states that tell it was done already.
    pub done: &'static [S],
}

/// Whether a verb is still to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It may be done now.
    Go,
    /// It was done already.
    Done,
}

/// Every verb of a kind.
pub struct Course<S: 'static>(pub &'static [Step<S>]);

impl<S: Copy + PartialEq> Course<S> {
    /// Whether a verb may be done in a state.
    ///
    /// # Errors
    /// When it may not: what the state is, and the verbs it allows. `path` is where the verb was asked.
    pub fn turn(&self, verb: &str, path: &str, state: S, name: &str) -> Result<Turn, Refusal> {
        let step = self.0.iter().find(|step| step.verb == verb);
        let step = step.expect("every verb is in the table");
        if step.from.contains(&state) {
            return Ok(Turn::Go);
        }
        if step.done.contains(&state) {
            return Ok(Turn::Done);
        }
        Err(self.forbids(path, state, name))
    }

    /// A refusal because of the state: what it is, and the verbs it allows.
    pub fn forbids(&self, path: &str, state: S, name: &str) -> Refusal {
        let allowed = self.0.iter().filter(|step| step.from.contains(&state));
        let allowed: Vec<&str> = allowed.map(|step| step.verb).collect();
        let allowed = match allowed.as_slice() {
            [] => "-".to_owned(),
            verbs => verbs.join(", "),
        };
        Finding::new(Code::StateForbids, path)
            .with("state", name)
            .with("allowed", allowed)
    }
}
