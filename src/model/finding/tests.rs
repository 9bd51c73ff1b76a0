//! What every finding has to say.

use super::*;

fn holes(template: &str) -> Vec<&str> {
    let mut names: Vec<&str> = template
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn every_code_has_one_name_and_both_sentences_speak_of_the_same_values() {
    let mut names: Vec<_> = Code::ALL.iter().map(|code| code.entry().name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Code::ALL.len());
    for code in Code::ALL {
        let Entry { name, zh, en, .. } = code.entry();
        let (zh, en) = (holes(zh), holes(en));
        // The path may stand in one sentence only: it is shown beside the sentence anyway.
        let without_path = |holes: Vec<&'static str>| -> Vec<&str> {
            holes.into_iter().filter(|hole| *hole != "path").collect()
        };
        assert_eq!(without_path(zh), without_path(en), "{name}");
    }
}

#[test]
fn a_value_is_shown_and_not_sent_back() {
    let long = "长".repeat(1_000_000);
    let finding = Finding::new(Code::DateInvalid, "date").with("value", &long);
    let shown = format!("{}…", "长".repeat(VALUE_MAX));
    assert_eq!(finding.arguments, [("value".to_owned(), shown)]);
    let fits = "长".repeat(VALUE_MAX);
    let finding = Finding::new(Code::DateInvalid, "date").with("value", &fits);
    assert_eq!(finding.arguments[0].1, fits);
}

#[test]
fn a_sentence_names_the_field_and_the_value() {
    let finding = Finding::new(Code::DateInvalid, "put.content.menu.service_dates[1]")
        .with("value", "2026-02-30")
        .with("format", "YYYY-MM-DD");
    assert_eq!(
        finding.en(),
        "put.content.menu.service_dates[1] is no date: \"2026-02-30\"; write YYYY-MM-DD."
    );
    assert!(finding.zh().contains("2026-02-30"));
}

#[test]
fn a_value_that_looks_like_a_name_stays_as_it_was_typed() {
    for (template, sentence) in [
        ("{a} and {b}", "{b} and x"),
        ("{a}", "{b}"),
        ("{c}{b}", "{c}x"),
        ("a { b", "a { b"),
        ("{", "{"),
        ("", ""),
    ] {
        assert_eq!(render(template, [("a", "{b}"), ("b", "x")]), sentence);
    }
}
