//! How many people there are, as far as it is known who is who.

use crate::wire::v1::{self, CountRange};
use std::collections::BTreeSet;

/// People by id, each once however often, and without an id.
#[derive(Default)]
pub struct People<'a> {
    known: BTreeSet<&'a str>,
    /// Each of these, a number of people who differ from each other, may be among all the others.
    unknown: Vec<i32>,
}

impl<'a> People<'a> {
    /// Somebody, or so many who are not yet named.
    pub fn add(&mut self, person: Option<&'a v1::PersonRef>, number: i32) {
        match person.map_or("", |person| person.person_id.as_str()) {
            "" => self.unknown.push(number),
            id => {
                self.known.insert(id);
            }
        }
    }

    /// How many distinct ones there are.
    pub fn count(&self) -> CountRange {
        let known = i32::try_from(self.known.len()).unwrap_or(i32::MAX);
        let unknown = self.unknown.iter().copied();
        CountRange {
            least: unknown.clone().fold(known, i32::max),
            most: unknown.fold(known, i32::saturating_add),
        }
    }
}
