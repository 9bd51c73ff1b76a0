//! The rows of a keyed list, and the order of two edited copies put together.

use super::encoded::{Field, Value};
use super::schema::{Key, RowKey};
use super::sides::{Side, Sides};
use std::collections::{BTreeSet, HashMap};

/// A keyed list: its rows in order, each under its key.
#[derive(Debug)]
pub struct Rows<'a> {
    keys: Vec<RowKey>,
    rows: HashMap<RowKey, Row<'a>>,
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The row as a field of the message that holds the list.
    pub raw: &'a [u8],
    /// The row itself.
    pub body: &'a [u8],
}

impl<'a> Rows<'a> {
    /// Reads a list; `None` when it is no list of rows with a key each. The hub refuses those, so a list
    /// without an answer was stored before its key was declared.
    pub fn read(key: &Key, fields: &[Field<'a>]) -> Option<Self> {
        let mut list = Rows {
            keys: Vec::with_capacity(fields.len()),
            rows: HashMap::with_capacity(fields.len()),
        };
        for field in fields {
            let Value::Len(body) = field.value else {
                return None;
            };
            let key = key.of(body);
            let row = Row {
                raw: field.raw,
                body,
            };
            if list.rows.insert(key.clone(), row).is_some() {
                return None;
            }
            list.keys.push(key);
        }
        Some(list)
    }

    /// The keys in the order of the rows.
    pub fn keys(&self) -> impl Iterator<Item = &RowKey> {
        self.keys.iter()
    }

    /// The row of a key.
    pub fn get(&self, key: &RowKey) -> Option<Row<'a>> {
        self.rows.get(key).copied()
    }

    fn has(&self, key: &RowKey) -> bool {
        self.rows.contains_key(key)
    }
}

/// The order in which the rows of both edits stand. Lists that both keep sorted stay sorted; else one
/// list's order holds, ours unless only theirs was reordered, and the other's new rows follow the row they
/// follow there. `None` when each was reordered in its own way.
pub fn order<'r>(lists: &'r Sides<Rows<'_>>) -> Option<Vec<&'r RowKey>> {
    let Sides { base, ours, theirs } = lists;
    if ours.keys.is_sorted() && theirs.keys.is_sorted() {
        let sorted: BTreeSet<&RowKey> = ours.keys().chain(theirs.keys()).collect();
        return Some(sorted.into_iter().collect());
    }
    let in_all = |key: &&RowKey| base.has(key) && ours.has(key) && theirs.has(key);
    let common = |list: &'r Rows<'_>| list.keys().filter(in_all).collect::<Vec<_>>();
    match lists.as_ref().map(common).settled()? {
        Side::Ours => Some(weave(ours, theirs)),
        Side::Theirs => Some(weave(theirs, ours)),
    }
}

/// The rows of `first` in their order. Rows only in `second` stand behind the row they follow there and
/// what `first` itself added behind that one.
fn weave<'r>(first: &'r Rows<'_>, second: &'r Rows<'_>) -> Vec<&'r RowKey> {
    let mut followers: HashMap<Option<&RowKey>, Vec<&RowKey>> = HashMap::new();
    let mut leader = None;
    for key in second.keys() {
        if first.has(key) {
            leader = Some(key);
        } else {
            followers.entry(leader).or_default().push(key);
        }
    }
    let mut woven = Vec::with_capacity(first.keys.len() + second.keys.len());
    let mut leader = None;
    for key in first.keys() {
        if second.has(key) {
            woven.extend(followers.remove(&leader).unwrap_or_default());
            leader = Some(key);
        }
        woven.push(key);
    }
    woven.extend(followers.remove(&leader).unwrap_or_default());
    woven
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::encoded::fields;
    use crate::content::schema::Schema;
    use crate::wire::{CONTRACT, v1};
    use prost::Message as _;

    fn subjects(names: &str) -> Vec<u8> {
        let subjects = names.split_terminator(' ').map(str::to_owned).collect();
        v1::Session {
            subjects,
            ..Default::default()
        }
        .encode_to_vec()
    }

    fn ordered(base: &str, ours: &str, theirs: &str) -> Option<String> {
        let session = CONTRACT.get_message_by_name("lianxiao.v1.Session").unwrap();
        let key = Schema::contract().key(&session.get_field(3).unwrap());
        let encoded = Sides { base, ours, theirs }.map(subjects);
        let lists = encoded.as_ref().map(|bytes| {
            let fields: Vec<Field<'_>> = fields(bytes).map(Result::unwrap).collect();
            Rows::read(key.unwrap(), &fields).unwrap()
        });
        let key = key.unwrap();
        let plain = |row: &RowKey| key.label(row).replace("value=", "");
        let rows: Vec<String> = order(&lists)?.into_iter().map(plain).collect();
        Some(rows.join(" "))
    }

    #[test]
    fn both_edits_keep_their_place() {
        let table = [
            // Sorted by both: sorted.
            ("a e", "a b e", "a d e", Some("a b d e")),
            // New rows stand behind the row they followed, ours first.
            ("z a", "z x a", "z y a", Some("z x y a")),
            ("z a", "y z a", "x z a", Some("y x z a")),
            ("z a", "z a m k", "z a c b", Some("z a m k c b")),
            // Reordered by one: that order.
            ("z a m", "z a m k", "a m z", Some("a m k z")),
            ("z a m", "a m z", "z a m k", Some("a m k z")),
            // Reordered by both alike, and not alike.
            ("z a m", "m z a x", "m z a y", Some("m z a x y")),
            ("z a m", "m z a", "a m z", None),
        ];
        for (base, ours, theirs, expected) in table {
            let case = format!("{base} / {ours} / {theirs}");
            assert_eq!(ordered(base, ours, theirs).as_deref(), expected, "{case}");
        }
    }

    #[test]
    fn a_list_with_a_repeated_row_is_no_keyed_list() {
        let session = CONTRACT.get_message_by_name("lianxiao.v1.Session").unwrap();
        let key = Schema::contract().key(&session.get_field(3).unwrap());
        let twice = subjects("a b a");
        let fields: Vec<Field<'_>> = fields(&twice).map(Result::unwrap).collect();
        assert!(Rows::read(key.unwrap(), &fields).is_none());
    }
}
