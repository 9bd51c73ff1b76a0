//! What a reading yields.

use super::doubt::{Doubt, Place};
use crate::wire::v1::content::Kind;

/// A content that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Where it begins.
    pub place: Place,
    /// The content, as the hub would take it; fields that nobody stated are empty.
    pub content: Kind,
}

/// Contents, in the order typed, and doubts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The contents.
    pub items: Vec<Item>,
    /// What a person should look at.
    pub doubts: Vec<Doubt>,
}

impl Reading {
    /// Adds a content and what is doubtful about it.
    pub fn add(&mut self, place: Place, content: Kind, doubts: Vec<Doubt>) {
        let item = Some(self.items.len());
        let about = doubts.into_iter().map(|doubt| Doubt { item, ..doubt });
        self.doubts.extend(about);
        self.items.push(Item { place, content });
    }
}
