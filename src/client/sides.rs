//! Two edits of one record, side by side: for whoever has to decide.

use crate::content::diff::diff;
use crate::wire::v1;
use std::collections::BTreeMap;

/// One unit in which an edit that lost a clash differs from what the hub has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Where, beginning with the kind.
    pub path: String,
    /// What it was, as JSON; `None`: it was not there, or the edit does not touch it.
    pub base: Option<String>,
    /// What the hub has.
    pub theirs: Option<String>,
    /// What the edit would make of it.
    pub mine: Option<String>,
    /// Both sides changed it.
    pub both: bool,
}

/// The units in which the edit that a conflict keeps differs from the encoded content that stands.
#[must_use]
pub fn sides(conflict: &v1::ConflictState, theirs: &[u8]) -> Vec<Side> {
    const CONTENT: &str = "lianxiao.v1.Content";
    let was: BTreeMap<String, Option<String>> = diff(CONTENT, &conflict.base, &conflict.pushed)
        .into_iter()
        .map(|change| (change.path, change.before))
        .collect();
    let changes = diff(CONTENT, theirs, &conflict.pushed).into_iter();
    changes
        .map(|change| Side {
            base: was.get(&change.path).cloned().flatten(),
            both: conflict.paths.contains(&change.path),
            theirs: change.before,
            mine: change.after,
            path: change.path,
        })
        .collect()
}
