//! The course of a kind: which verb may be asked in which state.

use super::{Moved, Refusal};
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
pub struct Course<S: 'static> {
    /// What may be done when.
    pub steps: &'static [Step<S>],
    /// What the contract calls a state.
    pub name: fn(&S) -> &'static str,
}

impl<S: Copy + PartialEq> Course<S> {
    /// Whether a verb asked at `path` may be done in a state.
    ///
    /// # Errors
    /// When it may not: what the state is, and the verbs it allows.
    pub fn turn(&self, verb: &str, path: &str, state: S) -> Result<Turn, Refusal> {
        let step = self.steps.iter().find(|step| step.verb == verb);
        let step = step.expect("every verb is in the table");
        if step.from.contains(&state) {
            return Ok(Turn::Go);
        }
        if step.done.contains(&state) {
            return Ok(Turn::Done);
        }
        Err(self.forbids(path, state))
    }

    /// Whether an action may be done in a state.
    ///
    /// # Errors
    /// When it may not, as for `turn`.
    pub fn act(&self, verb: &str, state: S) -> Result<Turn, Refusal> {
        self.turn(verb, "act.action", state)
    }

    /// A refusal because of the state: what it is, and the verbs it allows.
    pub fn forbids(&self, path: &str, state: S) -> Refusal {
        let allowed = self.steps.iter().filter(|step| step.from.contains(&state));
        let allowed: Vec<&str> = allowed.map(|step| step.verb).collect();
        let allowed = match allowed.as_slice() {
            [] => "-".to_owned(),
            verbs => verbs.join(", "),
        };
        Finding::new(Code::StateForbids, path)
            .with("state", (self.name)(&state))
            .with("allowed", allowed)
    }
}

/// Does what is still to be done.
pub fn go<S: Clone, C>(
    turn: Turn,
    state: &S,
    next: impl FnOnce(&mut S),
) -> Result<Moved<S, C>, Refusal> {
    if turn == Turn::Done {
        return Ok(Moved::Nowhere);
    }
    let mut state = state.clone();
    next(&mut state);
    Ok(Moved::To(state))
}
