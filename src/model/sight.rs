//! What a reader may see of a group.

use super::ids::Who;
use std::collections::BTreeSet;

/// What a reader may see: the records that have one of its audiences, on one of its topics. A record's
/// topic is its kind; a conflict's is the kind of the record it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The audiences.
    pub whos: Vec<Who>,
    /// The topics; `None`: all.
    pub topics: Option<BTreeSet<String>>,
}

impl Sight {
    /// Every topic, for these audiences.
    #[must_use]
    pub fn of(whos: impl Into<Vec<Who>>) -> Self {
        Sight {
            whos: whos.into(),
            topics: None,
        }
    }

    /// Whether records on a topic may be seen at all.
    #[must_use]
    pub fn on(&self, topic: &str) -> bool {
        let topics = self.topics.as_ref();
        topics.is_none_or(|topics| topics.contains(topic))
    }

    /// Whether a record on that topic, with these audiences, may be seen.
    #[must_use]
    pub fn sees(&self, topic: &str, audience: &[Who]) -> bool {
        self.on(topic) && self.whos.iter().any(|who| audience.contains(who))
    }
}
