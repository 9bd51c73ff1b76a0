//! Text for a terminal.

use crate::model::text::is_hidden;

/// What a terminal shows and never obeys: characters that nobody sees stand as JSON writes them, `\u001b`.
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
    fn a_text_is_printed_without_what_a_terminal_obeys() {
        let text = "总务处\u{1b}[2J\u{9b}1m\u{202e}\n \"a\\b\"";
        let shown = r#"总务处\u001b[2J\u009b1m\u202e\u000a "a\b""#;
        assert_eq!(harmless(text), shown);
    }
}
