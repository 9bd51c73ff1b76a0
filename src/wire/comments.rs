//! What the contract says of itself: the comments of its fields, messages and values, for whoever is asked
//! for one of them.

use super::CONTRACT;
use prost_reflect::{EnumValueDescriptor, FieldDescriptor, MessageDescriptor};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Every value of every enum of the contract, by its name.
pub static VALUES: LazyLock<HashMap<String, EnumValueDescriptor>> = LazyLock::new(|| {
    let all = CONTRACT.all_enums();
    let own = all.filter(|values| values.full_name().starts_with("lianxiao."));
    let values = own.flat_map(|values| values.values().collect::<Vec<_>>());
    values
        .map(|value| (value.name().to_owned(), value))
        .collect()
});

/// The comments by file and by the place of what they are about.
static COMMENTS: LazyLock<HashMap<(String, Vec<i32>), String>> = LazyLock::new(|| {
    let mut comments = HashMap::new();
    for file in CONTRACT.files() {
        let info = file.file_descriptor_proto().source_code_info.as_ref();
        for location in info.iter().flat_map(|info| &info.location) {
            let lines = location.leading_comments().lines().map(str::trim);
            let comment = lines.collect::<Vec<_>>().join(" ");
            let place = (file.name().to_owned(), location.path.clone());
            comments.insert(place, comment.trim().to_owned());
        }
    }
    comments
});

fn at(file: &str, path: &[i32]) -> &'static str {
    let comment = COMMENTS.get(&(file.to_owned(), path.to_vec()));
    comment.map_or("", String::as_str)
}

/// What is said of a field.
#[must_use]
pub fn of_field(field: &FieldDescriptor) -> &'static str {
    at(field.parent_file().name(), field.path())
}

/// What is said of a message.
#[must_use]
pub fn of_message(message: &MessageDescriptor) -> &'static str {
    at(message.parent_file().name(), message.path())
}

/// What is said of a value.
#[must_use]
pub fn of_value(value: &EnumValueDescriptor) -> &'static str {
    at(value.parent_enum().parent_file().name(), value.path())
}

/// The Chinese word with which a comment begins (食谱, 已公布), if it does; R1 and the like before it are
/// numbers of a list.
#[must_use]
pub fn word(comment: &'static str) -> Option<&'static str> {
    let listed = comment.strip_prefix('R').and_then(|rest| rest.get(2..));
    let comment = listed.unwrap_or(comment);
    let end = comment.find(|c: char| c.is_ascii() && !c.is_ascii_digit());
    let word = &comment[..end.unwrap_or(comment.len())];
    let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    word.starts_with(chinese).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json::described;

    #[test]
    fn what_is_kept_of_the_contract_says_what_things_are() {
        let content = described("Content");
        let menu = content.get_field_by_name("menu").unwrap();
        assert_eq!(word(of_field(&menu)), Some("食谱"));
        let values = CONTRACT.get_enum_by_name("lianxiao.v1.ExchangeEndReason");
        let recalled = values.unwrap().get_value(2).unwrap();
        assert_eq!(word(of_value(&recalled)), Some("原单位召回"));
        assert_eq!(word("Not stated; refused."), None);
        let day = described("ConfirmArrival").get_field_by_name("date");
        let said = of_field(&day.unwrap());
        assert_eq!(said, "The day, YYYY-MM-DD, today or earlier.");
        assert!(of_message(&described("PublishMenu")).starts_with("PublishMenu asks"));
    }
}
