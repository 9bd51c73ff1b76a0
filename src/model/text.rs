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
}
