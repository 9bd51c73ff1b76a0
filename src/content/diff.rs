//! What changed between two versions of a content, in the units of a merge, as history shows it.

use super::encoded::{Field, variant};
use super::rows::Rows;
use super::schema::{Key, Schema, kind};
use super::units::{body, path, raw, same, split};
use prost_reflect::{DynamicMessage, FieldDescriptor, MessageDescriptor, SerializeOptions};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// One unit that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where, beginning with the kind: `menu.meals[date=2026-05-11,meal=MEAL_LUNCH].dishes`.
    pub path: String,
    /// What it was, as JSON with the contract's field names; `None`: it was not there.
    pub before: Option<String>,
    /// What it is; `None`: it is no longer there.
    pub after: Option<String>,
}

/// The units that differ between two encoded parts (`lianxiao.v1.Content` or `lianxiao.v1.State`) of one
/// kind that passed the scan; an empty one has nothing. Rows of a keyed list that only changed places are one change of the whole list.
#[must_use]
pub fn diff(part: &str, before: &[u8], after: &[u8]) -> Vec<Change> {
    let mut diff = Diff {
        schema: Schema::contract(),
        changes: Vec::new(),
    };
    let (before, after) = (variant(before).ok(), variant(after).ok());
    let number = after.or(before).map_or(0, |(number, _)| number);
    if let Some((field, message)) = kind(part, number) {
        let body = |side: Option<_>| side.map_or(&[][..], |(_, body)| body);
        diff.message(&message, body(before), body(after), field.name());
    }
    diff.changes
}

struct Diff {
    schema: &'static Schema,
    changes: Vec<Change>,
}

impl Diff {
    fn message(&mut self, message: &MessageDescriptor, before: &[u8], after: &[u8], under: &str) {
        let before = split(message, before).unwrap_or_default();
        let after = split(message, after).unwrap_or_default();
        let numbers: BTreeSet<u32> = before.keys().chain(after.keys()).copied().collect();
        for number in numbers {
            let before = before.get(&number).map(Vec::as_slice).unwrap_or_default();
            let after = after.get(&number).map(Vec::as_slice).unwrap_or_default();
            if !same(message, &raw(before), &raw(after)) {
                let path = path(message, number, under);
                self.unit(message, number, [before, after], path);
            }
        }
    }

    /// A unit that differs.
    fn unit(
        &mut self,
        message: &MessageDescriptor,
        number: u32,
        [before, after]: [&[Field<'_>]; 2],
        path: String,
    ) {
        if let Some(field) = message.get_field(number) {
            let both = body(before).zip(body(after));
            if let Some(key) = self.schema.key(&field)
                && self.rows(&field, key, [before, after], &path)
            {
                return;
            } else if let (Some(parts), Some((before, after))) = (field.kind().as_message(), both)
                && self.schema.by_parts(&field)
            {
                return self.message(parts, &before, &after, &path);
            }
        }
        let before = value(message, &raw(before));
        let after = value(message, &raw(after));
        self.add(path, before, after);
    }

    /// The rows that differ; false when there is none, or the list is not keyed after all.
    fn rows(
        &mut self,
        field: &FieldDescriptor,
        key: &Key,
        [before, after]: [&[Field<'_>]; 2],
        path: &str,
    ) -> bool {
        let lists = Rows::read(key, before).zip(Rows::read(key, after));
        let Some((before, after)) = lists else {
            return false;
        };
        let found = self.changes.len();
        let message = field.parent_message();
        let new = after.keys().filter(|name| before.get(name).is_none());
        for name in before.keys().chain(new) {
            let (old, new) = (before.get(name), after.get(name));
            let bytes = [old, new].map(|row| row.map(|row| row.raw).unwrap_or_default());
            if same(message, bytes[0], bytes[1]) {
                continue;
            }
            let path = format!("{path}[{}]", key.label(name));
            if let (Some(row), Some((old, new))) = (field.kind().as_message(), old.zip(new)) {
                self.message(row, old.body, new.body, &path);
            } else {
                let [old, new] = bytes.map(|bytes| value(message, bytes).map(first));
                self.add(path, old, new);
            }
        }
        self.changes.len() > found
    }

    fn add(&mut self, path: String, before: Option<Json>, after: Option<Json>) {
        let text = |value: Json| value.to_string();
        self.changes.push(Change {
            path,
            before: before.map(text),
            after: after.map(text),
        });
    }
}

/// The value of the unit that alone stands in an encoded message; of a oneof also which field it is.
fn value(message: &MessageDescriptor, unit: &[u8]) -> Option<Json> {
    let decoded = DynamicMessage::decode(message.clone(), unit).ok()?;
    let options = SerializeOptions::new().use_proto_field_name(true);
    let json = decoded
        .serialize_with_options(serde_json::value::Serializer, &options)
        .ok()?;
    let field = decoded.fields().next().map(|(field, _)| field)?;
    match field.containing_oneof() {
        Some(oneof) if !oneof.is_synthetic() => Some(json),
        _ => json.get(field.name()).cloned(),
    }
}

/// The only row of a list of one.
fn first(list: Json) -> Json {
    match list {
        Json::Array(rows) => rows.into_iter().next().unwrap_or(Json::Null),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::encoded::wrap;
    use crate::wire::v1;

    fn shown(before: &[u8], after: &[u8]) -> Vec<String> {
        let show = |value: Option<String>| value.unwrap_or_else(|| "-".into());
        diff("lianxiao.v1.Content", before, after)
            .into_iter()
            .map(|change| {
                let (before, after) = (show(change.before), show(change.after));
                format!("{}: {before} → {after}", change.path)
            })
            .collect()
    }

    #[test]
    fn each_unit_is_told_with_what_it_was_and_is() {
        let meal = |date: &str, diners| v1::DayMeal {
            date: date.into(),
            meal: v1::Meal::Lunch.into(),
            diners,
            ..Default::default()
        };
        let before = v1::Menu {
            canteen: "学生食堂".into(),
            service_dates: vec!["2026-05-11".into()],
            meals: vec![meal("2026-05-11", None), meal("2026-05-12", None)],
            ..Default::default()
        };
        let after = v1::Menu {
            audience: v1::MenuAudience::Pupils.into(),
            service_dates: vec!["2026-05-11".into(), "2026-05-13".into()],
            meals: vec![meal("2026-05-11", Some(0)), meal("2026-05-13", Some(5))],
            ..Default::default()
        };
        assert_eq!(
            shown(&wrap(22, &before), &wrap(22, &after)),
            [
                r#"menu.canteen: "学生食堂" → -"#,
                r#"menu.audience: - → "MENU_AUDIENCE_PUPILS""#,
                r#"menu.service_dates[value=2026-05-13]: - → "2026-05-13""#,
                "menu.meals[date=2026-05-11,meal=MEAL_LUNCH].diners: - → 0",
                r#"menu.meals[date=2026-05-12,meal=MEAL_LUNCH]: {"date":"2026-05-12","meal":"MEAL_LUNCH"} → -"#,
                r#"menu.meals[date=2026-05-13,meal=MEAL_LUNCH]: - → {"date":"2026-05-13","meal":"MEAL_LUNCH","diners":5}"#,
            ]
        );
    }

    #[test]
    fn a_first_version_is_all_new_and_a_deleted_one_all_gone() {
        let policy = v1::Policy {
            time_zone: "Asia/Shanghai".into(),
            menu_close_days: 3,
            ..Default::default()
        };
        let policy = wrap(52, &policy);
        assert_eq!(
            shown(&[], &policy),
            [
                r#"policy.time_zone: - → "Asia/Shanghai""#,
                "policy.menu_close_days: - → 3",
            ]
        );
        assert_eq!(
            shown(&policy, &[])[0],
            r#"policy.time_zone: "Asia/Shanghai" → -"#
        );
    }

    #[test]
    fn rows_that_only_changed_places_are_one_change_of_the_list() {
        let session = |subjects: [&str; 2]| {
            wrap(
                20,
                &v1::Session {
                    subjects: subjects.map(str::to_owned).into(),
                    ..Default::default()
                },
            )
        };
        assert_eq!(
            shown(&session(["语文", "数学"]), &session(["数学", "语文"])),
            [r#"session.subjects: ["语文","数学"] → ["数学","语文"]"#]
        );
    }
}
