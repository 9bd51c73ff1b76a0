//! Characters that nobody sees.

/// Whether a character is shown as nothing and can make a text look like another one: control characters,
/// the zero-width space, the line and paragraph separators that no line reader takes for line ends, and those
/// that turn the direction of writing (Unicode's bidirectional embeddings, overrides and isolates, UAX #9).
/// Line ends and tabs are none of them, nor are the joiners that scripts and emoji are written with.
#[must_use]
pub fn is_hidden(character: char) -> bool {
    match character {
        '\n' | '\r' | '\t' => false,
        '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        other => other.is_control(),
    }
}

/// What a terminal shows and never obeys: characters that nobody sees stand as JSON writes them, `\u001b`.
#[must_use]
pub fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() || is_hidden(character) {
            let units = character.encode_utf16(&mut [0; 2]).to_vec();
            shown.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_is_not_hidden() {
        for text in [
            "红烧肉",
            "=SUM(A1)",
            "a\tb\r\nc",
            "ا",
            "👨\u{200d}👩",
            "می\u{200c}شود",
            "\u{feff}",
        ] {
            assert!(!text.chars().any(is_hidden), "{text:?}");
        }
        for hidden in [
            '\0', '\u{1b}', '\u{7f}', '\u{85}', '\u{200b}', '\u{2028}', '\u{2029}', '\u{202e}',
            '\u{2066}',
        ] {
            assert!(is_hidden(hidden), "{hidden:?}");
        }
    }

    #[test]
    fn a_text_is_printed_without_what_a_terminal_obeys() {
        let text = "总务处\u{1b}[2J\u{9b}1m\u{202e}\n \"a\\b\"";
        let shown = r#"总务处\u001b[2J\u009b1m\u202e\u000a "a\b""#;
        assert_eq!(harmless(text), shown);
    }
}
