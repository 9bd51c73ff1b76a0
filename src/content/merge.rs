//! Two edits of one content put together: a three-way merge that names no kind.
//!
//! A unit of a merge is a field, or a oneof. Keyed lists are merged row by row, rows and the messages
//! marked `by_parts` field by field; any other list or message is one value. What only one side changed is
//! taken from that side as it stands, byte for byte; nothing is encoded anew but the frames around it.

use super::encoded::{Field, delimited, variant};
use super::rows::{self, Row, Rows};
use super::schema::{Key, Schema, kind};
use super::sides::{Side, Sides};
use super::units::{body, canonical, path, raw, split};
use bytes::Bytes;
use prost_reflect::{FieldDescriptor, MessageDescriptor};
use std::collections::BTreeSet;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

/// What becomes of two edits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merge {
    /// They touch different units: the content with both.
    Clean(Bytes),
    /// They touch the same units in different ways. The paths begin with the kind, without
    /// `put.content.`: `menu.canteen`, `menu.meals[date=2026-05-11,meal=MEAL_LUNCH].dishes`.
    Overlap(Vec<String>),
}

/// Puts together what the hub has (`ours`) and what was pushed (`theirs`), both edited from `base`. All
/// three are encoded contents that passed the scan.
///
/// When only one side changed anything, its bytes are the answer. The answer keeps the rules of the
/// contract, not those of its kind: judge it like a push.
#[must_use]
pub fn merge(base: &[u8], ours: &[u8], theirs: &[u8]) -> Merge {
    let contents = Sides { base, ours, theirs };
    if let Some(side) = contents.settled() {
        return Merge::Clean(Bytes::copy_from_slice(contents.take(side)));
    }
    let Some((number, bodies)) = one_kind(contents) else {
        return Merge::Overlap(vec![String::new()]);
    };
    let Some((field, message)) = kind("lianxiao.v1.Content", number) else {
        return Merge::Overlap(vec![number.to_string()]);
    };
    let mut merger = Merger {
        schema: Schema::contract(),
        overlaps: Vec::new(),
    };
    let both = merger.message(&message, bodies, field.name());
    if !merger.overlaps.is_empty() {
        return Merge::Overlap(merger.overlaps);
    }
    Merge::Clean(match both == bodies.ours {
        true => Bytes::copy_from_slice(contents.ours),
        false => delimited(number, &both),
    })
}

/// The number of the kind that all three contents are of, and what they hold.
fn one_kind(contents: Sides<&[u8]>) -> Option<(u32, Sides<&[u8]>)> {
    let kinds = contents.map(|bytes| variant(bytes).ok()).all()?;
    let number = kinds.base.0;
    let one = kinds.ours.0 == number && kinds.theirs.0 == number;
    one.then(|| (number, kinds.map(|(_, body)| body)))
}

struct Merger {
    schema: &'static Schema,
    overlaps: Vec<String>,
}

impl Merger {
    /// Notes an overlap; what it leaves in the merged bytes is never used.
    fn overlap(&mut self, path: String) -> Vec<u8> {
        self.overlaps.push(path);
        Vec::new()
    }

    fn message(
        &mut self,
        message: &MessageDescriptor,
        bodies: Sides<&[u8]>,
        under: &str,
    ) -> Vec<u8> {
        let units = bodies.map(|bytes| split(message, bytes).ok());
        let Some(units) = units.all() else {
            return self.overlap(under.to_owned());
        };
        let numbers = [&units.base, &units.ours, &units.theirs].map(|units| units.keys().copied());
        let numbers: BTreeSet<u32> = numbers.into_iter().flatten().collect();
        let mut merged = Vec::with_capacity(bodies.ours.len());
        let mut as_ours = true;
        for number in numbers {
            let unit = units.as_ref().map(|units| units.get(&number));
            let unit = unit.map(|fields| fields.map(Vec::as_slice).unwrap_or_default());
            let bytes = self.unit(message, number, unit, under);
            as_ours &= bytes == raw(unit.ours);
            merged.extend(bytes);
        }
        // In another order it would be another encoding of the same.
        match as_ours {
            true => bodies.ours.to_vec(),
            false => merged,
        }
    }

    fn unit(
        &mut self,
        message: &MessageDescriptor,
        number: u32,
        unit: Sides<&[Field<'_>]>,
        under: &str,
    ) -> Vec<u8> {
        let bytes = unit.map(raw);
        if let Some(side) = settled(message, bytes.as_ref().map(Vec::as_slice)) {
            return bytes.take(side);
        }
        let path = path(message, number, under);
        let Some(field) = message.get_field(number) else {
            return self.overlap(path);
        };
        if let Some(key) = self.schema.key(&field) {
            return self.rows(&field, key, unit, path);
        }
        let bodies = unit.map(body).all();
        match (field.kind().as_message(), bodies) {
            (Some(parts), Some(bodies)) if self.schema.by_parts(&field) => {
                let bodies = bodies.as_ref().map(Vec::as_slice);
                delimited(number, &self.message(parts, bodies, &path)).into()
            }
            _ => self.overlap(path),
        }
    }

    fn rows(
        &mut self,
        field: &FieldDescriptor,
        key: &Key,
        unit: Sides<&[Field<'_>]>,
        path: String,
    ) -> Vec<u8> {
        let lists = unit.map(|fields| Rows::read(key, fields)).all();
        let order = lists.as_ref().and_then(rows::order);
        let (Some(lists), Some(order)) = (&lists, order) else {
            return self.overlap(path);
        };
        let mut merged = Vec::new();
        for name in order {
            let row = lists.as_ref().map(|list| list.get(name));
            let path = || format!("{path}[{}]", key.label(name));
            merged.extend(self.row(field, row, path));
        }
        merged
    }

    fn row(
        &mut self,
        field: &FieldDescriptor,
        row: Sides<Option<Row<'_>>>,
        path: impl Fn() -> String,
    ) -> Vec<u8> {
        // A row is never without bytes: none means that it is not there.
        let bytes = row.map(|row| row.map(|row| row.raw).unwrap_or_default());
        if let Some(side) = settled(field.parent_message(), bytes) {
            return bytes.take(side).to_vec();
        }
        match (field.kind().as_message(), row.all()) {
            (Some(message), Some(row)) => {
                let merged = self.message(message, row.map(|row| row.body), &path());
                delimited(field.number(), &merged).into()
            }
            _ => self.overlap(path()),
        }
    }
}

/// The side that has every change, by what the bytes mean.
fn settled(message: &MessageDescriptor, bytes: Sides<&[u8]>) -> Option<Side> {
    let meaning = |bytes: &[u8]| canonical(message, bytes);
    bytes.settled().or_else(|| bytes.map(meaning).settled())
}
