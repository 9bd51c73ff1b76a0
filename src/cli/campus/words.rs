//! The contract's own words for people: kinds, values and actions, in Chinese and English.

use super::lang::Lang;
use crate::wire::comments;
use crate::wire::json::described;
use crate::wire::v1::Outcome;
use prost_reflect::{EnumValueDescriptor, FieldDescriptor};
use regex::Regex;
use std::sync::LazyLock;

/// What may be the name of a value.
static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("[A-Z]+(_[A-Z0-9]+)+").expect("it is one"));

/// What a value is called, by its name in the contract (`MENU_STATUS_DRAFT`); another text is told as it is.
pub fn value(name: &str, lang: Lang) -> String {
    let Some(value) = comments::VALUES.get(name) else {
        return name.to_owned();
    };
    let zh = comments::word(comments::of_value(value));
    match (lang, zh) {
        (Lang::Zh, Some(zh)) => zh.to_owned(),
        _ => short(value).replace('-', " "),
    }
}

/// A text in which names of values stand, for people.
pub fn readable(text: &str, lang: Lang) -> String {
    let said = |found: &regex::Captures<'_>| value(&found[0], lang);
    NAME.replace_all(text, said).into_owned()
}

/// A value as an option of a command names it: `MENU_STATUS_DRAFT` is `draft`.
pub fn short(value: &EnumValueDescriptor) -> String {
    let values = value.parent_enum();
    let first = values.values().next();
    let prefix = first.and_then(|first| Some(first.name().strip_suffix("UNSPECIFIED")?.to_owned()));
    let name = value.name();
    let short = name
        .strip_prefix(&prefix.unwrap_or_default())
        .unwrap_or(name);
    short.to_lowercase().replace('_', "-")
}

/// What a kind is called.
pub fn kind(name: &str, lang: Lang) -> String {
    let field = described("Content").get_field_by_name(name);
    let zh = field.and_then(|field| comments::word(comments::of_field(&field)));
    match (lang, zh, name) {
        (Lang::Zh, Some(zh), _) => zh.to_owned(),
        (Lang::Zh, None, "conflict") => "两处改动待定".to_owned(),
        (Lang::Zh, None, "correction") => "要求更正".to_owned(),
        (Lang::Zh, None, _) => register(name).unwrap_or(name).to_owned(),
        (Lang::En, ..) => name.replace('_', " "),
    }
}

fn register(name: &str) -> Option<&'static str> {
    let registers = [
        ("campus", "学校"),
        ("calendar", "校历"),
        ("policy", "规则"),
        ("person", "人员"),
        ("vocabulary", "用词"),
        ("staff_count", "教师人数"),
    ];
    registers
        .iter()
        .find(|(of, _)| *of == name)
        .map(|(_, zh)| *zh)
}

/// An action of the contract.
#[derive(Clone, Debug)]
pub struct Action {
    /// The kind it is asked of; empty: any.
    pub kind: String,
    /// Its field in the action of that kind, or in `Action`.
    pub field: FieldDescriptor,
}

impl Action {
    /// Its name on a command line: `report-attendance`.
    pub fn name(&self) -> String {
        self.field.name().replace('_', "-")
    }

    /// What it is called.
    pub fn called(&self, lang: Lang) -> String {
        let full = format!("{}.{}", self.kind, self.field.name());
        let named = |wanted: &str| ACTIONS.iter().find(|(name, _)| *name == wanted);
        let zh = named(&full).or_else(|| named(self.field.name()));
        let en = self.field.name().replace('_', " ");
        lang.pick(zh.map(|(_, zh)| (*zh).to_owned()), None)
            .unwrap_or(en)
    }
}

/// Every action that the contract has, in its order.
pub fn actions() -> Vec<Action> {
    let of_kind = |field: FieldDescriptor| {
        let message = field
            .kind()
            .as_message()
            .cloned()
            .expect("actions are messages");
        let inner = message.oneofs().find(|oneof| oneof.name() == "action");
        match inner {
            Some(inner) => {
                let kind = field.name().to_owned();
                let action = move |field| Action {
                    kind: kind.clone(),
                    field,
                };
                inner.fields().map(action).collect()
            }
            None => vec![Action {
                kind: String::new(),
                field,
            }],
        }
    };
    described("Action").fields().flat_map(of_kind).collect()
}

/// What schools call the actions.
const ACTIONS: [(&str, &str); 27] = [
    ("announce", "通知"),
    ("hold", "已举行"),
    ("report_attendance", "报到会人数"),
    ("postpone", "延期"),
    ("cancel", "取消"),
    ("record", "归档"),
    ("reopen", "重新打开"),
    ("publish", "公布"),
    ("withdraw", "撤回"),
    ("amend", "调整"),
    ("close", "已执行"),
    ("excuse", "核准迟报"),
    ("revoke_excuse", "收回核准"),
    ("propose", "拟派"),
    ("accept", "接收"),
    ("approve", "批准"),
    ("confirm_arrival", "确认到岗"),
    ("decline", "不接收"),
    ("return", "退回"),
    ("complete", "期满"),
    ("ask_extension", "申请延期"),
    ("agree_extension", "同意延期"),
    ("approve_extension", "批准延期"),
    ("refuse_extension", "不同意延期"),
    ("adopt", "采纳"),
    ("proposal.decline", "不采纳"),
    ("ask_correction", "要求更正"),
];

/// What an answer to a push is called.
pub fn outcome(outcome: Outcome, lang: Lang) -> &'static str {
    match outcome {
        Outcome::Applied => lang.pick("已收", "applied"),
        Outcome::Merged => lang.pick("已合并", "merged"),
        Outcome::ConflictKept => lang.pick("两处改动待定", "conflict"),
        Outcome::Unchanged => lang.pick("无变化", "unchanged"),
        Outcome::Rejected | Outcome::NotApplied | Outcome::Unspecified => {
            lang.pick("未收", "rejected")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_and_every_kind_of_the_contract_has_a_chinese_name() {
        let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        for action in actions() {
            let called = action.called(Lang::Zh);
            assert!(chinese(&called), "{}: {called}", action.name());
        }
        for field in described("Content").fields() {
            let called = kind(field.name(), Lang::Zh);
            assert!(chinese(&called), "{}: {called}", field.name());
        }
    }

    #[test]
    fn every_value_that_a_content_may_hold_has_a_chinese_word() {
        let mut messages = vec![described("Content"), described("State")];
        let mut seen = Vec::new();
        while let Some(message) = messages.pop() {
            for field in message.fields() {
                let kind = field.kind();
                messages.extend(kind.as_message().filter(|of| !seen.contains(*of)).cloned());
                seen.extend(kind.as_message().cloned());
                let values = kind.as_enum().map(prost_reflect::EnumDescriptor::values);
                // The first says that nothing was said.
                for value in values.into_iter().flatten().skip(1) {
                    let word = comments::word(comments::of_value(&value));
                    assert!(word.is_some(), "{}", value.name());
                }
            }
        }
    }

    #[test]
    fn values_are_told_in_words() {
        assert_eq!(value("MENU_STATUS_PUBLISHED", Lang::Zh), "已公布");
        assert_eq!(value("MENU_STATUS_PUBLISHED", Lang::En), "published");
        assert_eq!(value("NO_SUCH_THING", Lang::Zh), "NO_SUCH_THING");
        let path = "menu.meals[date=2026-05-11,meal=MEAL_LUNCH]";
        let told = readable(path, Lang::Zh);
        assert_eq!(told, "menu.meals[date=2026-05-11,meal=午餐]");
    }
}
