//! What somebody typed laid over what stands there: a sheet says only what it has columns for, and what it
//! does not say stays.

use super::encoded::{Field, delimited, variant};
use super::rows::{Rows, order};
use super::schema::{Key, Schema, kind};
use super::sides::Sides;
use super::units::{body, raw, same, split};
use bytes::Bytes;
use prost_reflect::MessageDescriptor;
use std::collections::BTreeSet;

/// What becomes of the rows of a keyed list that were not typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untyped {
    /// They stay.
    Stay,
    /// They go.
    Go,
}

/// The content `there` with everything that `typed` says; both are encoded contents of one kind. A field that
/// was not typed stays. In a keyed list of messages each row is laid over the row of its key; a list of texts
/// or without a key is taken as typed. What means the same keeps its bytes.
#[must_use]
pub fn overlay(there: &[u8], typed: &[u8], untyped: Untyped) -> Bytes {
    let kinds = variant(there).ok().zip(variant(typed).ok());
    let one = kinds.filter(|((ours, _), (theirs, _))| ours == theirs);
    let Some(((number, there_body), (_, typed_body))) = one else {
        return Bytes::copy_from_slice(typed);
    };
    let Some((_, message)) = kind("lianxiao.v1.Content", number) else {
        return Bytes::copy_from_slice(typed);
    };
    let both = lay(&message, there_body, typed_body, untyped);
    match same(&message, &both, there_body) {
        true => Bytes::copy_from_slice(there),
        false => delimited(number, &both),
    }
}

fn lay(message: &MessageDescriptor, there: &[u8], typed: &[u8], untyped: Untyped) -> Vec<u8> {
    let (Ok(there), Ok(typed)) = (split(message, there), split(message, typed)) else {
        return typed.to_vec();
    };
    let numbers: BTreeSet<u32> = there.keys().chain(typed.keys()).copied().collect();
    let mut both = Vec::new();
    for number in numbers {
        let sides = [&there, &typed].map(|units| units.get(&number).map(Vec::as_slice));
        both.extend(match sides {
            [Some(there), None] => raw(there),
            [there, Some(typed)] => {
                unit(message, number, there.unwrap_or_default(), typed, untyped)
            }
            [None, None] => Vec::new(),
        });
    }
    both
}

fn unit(
    message: &MessageDescriptor,
    number: u32,
    there: &[Field<'_>],
    typed: &[Field<'_>],
    untyped: Untyped,
) -> Vec<u8> {
    let schema = Schema::contract();
    let Some(field) = message.get_field(number) else {
        return raw(typed);
    };
    let Some(part) = field.kind().as_message().cloned() else {
        return raw(typed);
    };
    if let Some(key) = schema.key(&field) {
        return rows(&part, number, key, [there, typed], untyped).unwrap_or_else(|| raw(typed));
    }
    match (body(there), body(typed)) {
        (Some(there), Some(typed)) if schema.by_parts(&field) => {
            delimited(number, &lay(&part, &there, &typed, untyped)).into()
        }
        _ => raw(typed),
    }
}

fn rows(
    row: &MessageDescriptor,
    number: u32,
    key: &Key,
    [there, typed]: [&[Field<'_>]; 2],
    untyped: Untyped,
) -> Option<Vec<u8>> {
    let lists = Sides {
        base: Rows::read(key, there)?,
        ours: Rows::read(key, there)?,
        theirs: Rows::read(key, typed)?,
    };
    let mut laid = Vec::new();
    for name in order(&lists)? {
        match (lists.ours.get(name), lists.theirs.get(name)) {
            (Some(there), Some(typed)) => {
                let both = lay(row, there.body, typed.body, untyped);
                laid.extend(delimited(number, &both));
            }
            (None, Some(typed)) => laid.extend(typed.raw),
            (Some(there), None) if untyped == Untyped::Stay => laid.extend(there.raw),
            _ => {}
        }
    }
    Some(laid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::diff::diff;
    use crate::content::encoded::wrap;
    use crate::wire::v1;

    fn lunch(date: &str, dish: &str) -> v1::DayMeal {
        let dish = v1::Dish {
            name: dish.into(),
            ..Default::default()
        };
        v1::DayMeal {
            date: date.into(),
            meal: v1::Meal::Lunch.into(),
            dishes: vec![dish],
            ..Default::default()
        }
    }

    fn changed(there: &v1::Menu, typed: &v1::Menu, untyped: Untyped) -> Vec<String> {
        let there = wrap(22, there);
        let both = overlay(&there, &wrap(22, typed), untyped);
        let changes = diff("lianxiao.v1.Content", &there, &both);
        changes.into_iter().map(|change| change.path).collect()
    }

    #[test]
    fn what_was_not_typed_stays_and_the_rest_is_as_typed() {
        let mut first = lunch("2026-05-11", "鱼");
        first.diners = Some(300);
        let there = v1::Menu {
            label: "第12周".into(),
            price_fen: Some(900),
            meals: vec![first, lunch("2026-05-12", "肉")],
            ..Default::default()
        };
        let typed = |meals: Vec<v1::DayMeal>| v1::Menu {
            meals,
            ..Default::default()
        };
        let same = typed(vec![lunch("2026-05-11", "鱼"), lunch("2026-05-12", "肉")]);
        assert_eq!(changed(&there, &same, Untyped::Go), [""; 0]);
        let one = typed(vec![lunch("2026-05-11", "虾")]);
        let dishes = "menu.meals[date=2026-05-11,meal=MEAL_LUNCH].dishes";
        assert_eq!(changed(&there, &one, Untyped::Stay), [dishes]);
        let gone = "menu.meals[date=2026-05-12,meal=MEAL_LUNCH]";
        assert_eq!(changed(&there, &one, Untyped::Go), [dishes, gone]);
        let new = typed(vec![lunch("2026-05-13", "鸡")]);
        let added = "menu.meals[date=2026-05-13,meal=MEAL_LUNCH]";
        assert_eq!(changed(&there, &new, Untyped::Stay), [added]);
    }
}
