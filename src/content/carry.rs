//! Contents from clients that are older than the contract: the fields they cannot know stay as they were.

use super::encoded::{Field, Value, delimited, variant};
use super::schema::{RowKey, Schema, kind};
use super::units::{body, raw, split};
use bytes::Bytes;
use prost_reflect::{FieldDescriptor, MessageDescriptor};
use std::collections::{HashMap, VecDeque};

#[cfg(test)]
mod tests;

/// What a client made for `contract` (0: the hub's own) means by `pushed`, which it edited from `base`: in
/// every field newer than its contract, what `base` has. Do this before a merge, and to a put that is not
/// stale as well: the current content is its base. What has no base (a first version, a new row) stays as
/// pushed.
///
/// Rows of a keyed list are found again by their key. In a list without one, a row that the client left
/// alone is found by everything that the client knows of it; a row that it changed loses what is newer.
#[must_use]
pub fn carry_newer(base: &[u8], pushed: &Bytes, contract: i32) -> Bytes {
    let schema = Schema::contract();
    if contract == 0 || schema.knows_all(contract) {
        return pushed.clone();
    }
    let carry = Carry {
        schema,
        contract,
        strip: false,
    };
    match (variant(base), variant(pushed)) {
        (Ok((base_number, base)), Ok((number, theirs))) if base_number == number => {
            kind("lianxiao.v1.Content", number).map_or_else(
                || pushed.clone(),
                |(_, kind)| delimited(number, &carry.message(&kind, base, theirs)),
            )
        }
        _ => pushed.clone(),
    }
}

#[derive(Clone, Copy)]
struct Carry<'s> {
    schema: &'s Schema,
    contract: i32,
    /// Leave out what is newer where there is no base, instead of keeping it as pushed.
    strip: bool,
}

impl Carry<'_> {
    fn message(&self, message: &MessageDescriptor, base: &[u8], theirs: &[u8]) -> Vec<u8> {
        let (Ok(mut base), Ok(theirs_units)) = (split(message, base), split(message, theirs))
        else {
            return theirs.to_vec();
        };
        let is_newer = |field: &Field<'_>| {
            let known = message.get_field(field.number);
            known.is_some_and(|known| self.schema.is_newer(&known, self.contract))
        };
        let mut carried: Vec<(u32, Vec<u8>)> = Vec::new();
        for (number, mut fields) in theirs_units {
            fields.retain(|field| !is_newer(field));
            // Of a oneof, a field that the client knows takes the place of one that it does not.
            if !fields.is_empty() {
                let base = base.remove(&number).unwrap_or_default();
                carried.push((number, self.unit(message, &base, &fields)));
            }
        }
        for (number, mut fields) in base {
            fields.retain(is_newer);
            carried.push((number, raw(&fields)));
        }
        carried.sort_by_key(|(number, _)| *number);
        carried.into_iter().flat_map(|(_, bytes)| bytes).collect()
    }

    /// The fields of one unit, all known to the client.
    fn unit(
        &self,
        message: &MessageDescriptor,
        base: &[Field<'_>],
        theirs: &[Field<'_>],
    ) -> Vec<u8> {
        let number = theirs[0].number;
        let Some(field) = message.get_field(number) else {
            return raw(theirs);
        };
        let Some(inner) = field.kind().as_message().cloned() else {
            return raw(theirs);
        };
        if field.is_list() {
            return self.rows(&field, &inner, base, theirs);
        }
        // A oneof may hold another message.
        let same_field = |field: &&Field<'_>| field.number == number;
        let base: Vec<Field<'_>> = base.iter().filter(same_field).copied().collect();
        match body(theirs) {
            Some(theirs_body) if theirs.iter().all(|field| same_field(&field)) => {
                self.part(&inner, body(&base).as_deref(), &theirs_body, number)
            }
            _ => raw(theirs),
        }
    }

    fn rows(
        &self,
        field: &FieldDescriptor,
        row: &MessageDescriptor,
        base: &[Field<'_>],
        theirs: &[Field<'_>],
    ) -> Vec<u8> {
        let name = |body: &[u8]| self.name(field, row, body);
        let mut rows: HashMap<Name, VecDeque<&[u8]>> = HashMap::new();
        for body in base.iter().filter_map(bytes) {
            rows.entry(name(body)).or_default().push_back(body);
        }
        let carried = theirs.iter().filter_map(bytes).flat_map(|body| {
            let base = rows.get_mut(&name(body)).and_then(VecDeque::pop_front);
            self.part(row, base, body, field.number())
        });
        carried.collect()
    }

    fn name(&self, field: &FieldDescriptor, row: &MessageDescriptor, body: &[u8]) -> Name {
        match self.schema.key(field) {
            Some(key) => Name::Key(key.of(body)),
            None => Name::Known(self.stripping().message(row, &[], body)),
        }
    }

    fn stripping(&self) -> Self {
        Carry {
            strip: true,
            ..*self
        }
    }

    /// A message inside the message, encoded as a field of it.
    fn part(
        &self,
        message: &MessageDescriptor,
        base: Option<&[u8]>,
        theirs: &[u8],
        number: u32,
    ) -> Vec<u8> {
        let body = match base {
            None if !self.strip => theirs.to_vec(),
            base => self.message(message, base.unwrap_or_default(), theirs),
        };
        delimited(number, &body).into()
    }
}

/// What finds a row again.
#[derive(PartialEq, Eq, Hash)]
enum Name {
    /// The key of a keyed list.
    Key(RowKey),
    /// Everything in it that the client knows.
    Known(Vec<u8>),
}

fn bytes<'a>(field: &Field<'a>) -> Option<&'a [u8]> {
    match field.value {
        Value::Len(body) => Some(body),
        _ => None,
    }
}
