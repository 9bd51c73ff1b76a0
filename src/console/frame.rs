//! What stands around every page: whose it is, where it leads, and as of when.

use super::read::Ground;
use crate::model::caller::Caller;
use crate::model::ids::Place;
use jiff::Timestamp;

/// The frame of a page.
pub struct Frame {
    /// What the page shows.
    pub title: String,
    /// The group; empty: nobody is signed in.
    pub group: String,
    /// For whom it acts, and by which post.
    pub who: String,
    /// The first page of whoever looks.
    pub home: String,
    /// The group office looks.
    pub office: bool,
    /// A clerk looks, who has a desk.
    pub desk: bool,
    /// As of when, in the group's zone.
    pub as_of: String,
    /// It is shown anew when something is written.
    pub live: bool,
    /// It is not shown anew by itself, since every look is written down: it is told that this moved.
    pub told: &'static str,
    /// Above this position.
    pub position: i64,
    /// And in so many milliseconds, when a deadline passes; 0: never.
    pub again_in: i64,
}

impl Frame {
    /// Around a page for whoever is not signed in.
    pub fn outside(title: &str) -> Self {
        Frame {
            title: title.to_owned(),
            group: String::new(),
            who: String::new(),
            home: "/".to_owned(),
            office: false,
            desk: false,
            as_of: String::new(),
            live: false,
            told: "",
            position: 0,
            again_in: 0,
        }
    }

    /// Around a page for whoever is signed in.
    pub fn of(caller: &Caller, ground: &Ground, title: impl Into<String>) -> Self {
        let (place, home) = match caller.place {
            Place::Office => ("集团办".to_owned(), "/".to_owned()),
            Place::Campus(id) => (
                ground.name(&id.to_string()).to_owned(),
                format!("/campus/{id}"),
            ),
            Place::Public => ("公开".to_owned(), "/".to_owned()),
        };
        let who = match caller.holder == place {
            true => place,
            false => format!("{place} · {}", caller.holder),
        };
        Frame {
            title: title.into(),
            group: caller.group.name.clone(),
            who,
            home,
            office: caller.place == Place::Office,
            desk: matches!(caller.place, Place::Campus(_)),
            as_of: ground.moment(ground.now),
            live: true,
            told: "",
            position: ground.position,
            again_in: 0,
        }
    }

    /// Whether it is the copy of a school, on its own computer: somebody, and of no group that is signed in to.
    pub fn is_copy(&self) -> bool {
        self.group.is_empty() && !self.who.is_empty()
    }

    /// To be shown anew when the first of these times has come.
    #[must_use]
    pub fn again_at(mut self, now: Timestamp, times: impl Iterator<Item = Timestamp>) -> Self {
        let waits = times.filter(|time| *time > now);
        let first = waits
            .map(|time| time.as_millisecond() - now.as_millisecond())
            .min();
        // A timer of a browser holds 24 days.
        self.again_in = first.map_or(0, |wait| (wait + 1).min(1 << 30));
        self
    }
}
