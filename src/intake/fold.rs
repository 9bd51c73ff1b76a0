//! One spelling for what is typed in many: for comparing and recognising only, never for what is kept.

use regex::Regex;
use std::collections::HashMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization as _;

static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let pair = |line: &str| {
        let (traditional, simplified) = line.split_once('\t')?;
        Some((traditional.chars().next()?, simplified.chars().next()?))
    };
    include_str!("fold/simplified.tsv")
        .lines()
        .filter_map(pair)
        .collect()
});

/// A reading aid printed after a character: 現(xiàn). Brackets with anything else are somebody's words.
static PINYIN: LazyLock<Regex> = LazyLock::new(|| {
    let toned = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü";
    Regex::new(&format!(
        r"(\p{{Han}})[(（][a-zê]*[{toned}][a-zê{toned}]*[)）]"
    ))
    .expect("it is a regular expression")
});

/// What people typed, without what nobody sees: byte order marks, characters of no width, reading aids.
#[must_use]
pub fn tidy(typed: &str) -> String {
    let hidden = |c: &char| {
        matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe0e}' | '\u{fe0f}')
            || (c.is_control() && !matches!(c, '\n' | '\t'))
    };
    let seen: String = typed.chars().filter(|c| !hidden(c)).collect();
    match seen.contains(['(', '（']) {
        true => PINYIN.replace_all(&seen, "$1").into_owned(),
        false => seen,
    }
}

/// The same text in half-width, simplified characters, character by character: as long as what was typed,
/// so that a place in one is a place in the other.
#[must_use]
pub fn fold(typed: &str) -> String {
    typed.chars().map(fold_char).collect()
}

fn fold_char(c: char) -> char {
    let one = |text: String| {
        let mut chars = text.chars();
        chars.next().filter(|_| chars.next().is_none())
    };
    match c {
        c if c.is_ascii() => c,
        '\u{a0}' | '\u{3000}' => ' ',
        '～' | '〜' | '∼' => '~',
        '—' | '–' | '―' | '－' | '−' | '─' => '-',
        '“' | '”' | '″' => '"',
        // ①米饭 is no 1 of rice.
        '①'..='⑳' => c,
        '\u{4e00}'..='\u{9fff}' => SIMPLIFIED.get(&c).copied().unwrap_or(c),
        c => one(c.nfkc().collect()).unwrap_or(c),
    }
}

/// A name for comparing: folded, without blanks, in lower case.
#[must_use]
pub fn key(name: &str) -> String {
    let folded = fold(name);
    let seen = folded.chars().filter(|c| !c.is_whitespace());
    seen.flat_map(char::to_lowercase).collect()
}

/// A number written in Chinese (十一, 二十三) or in digits, up to 99.
#[must_use]
pub fn number(text: &str) -> Option<i8> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let digit = |c: char| {
        let found = "〇一二三四五六七八九".chars().position(|d| d == c);
        found.and_then(|found| i8::try_from(found).ok())
    };
    let chars: Vec<char> = text.chars().collect();
    match *chars.as_slice() {
        ['十'] => Some(10),
        ['两'] => Some(2),
        [one] => digit(one),
        ['十', one] => Some(10 + digit(one)?),
        [ten, '十'] => Some(10 * digit(ten)?),
        [ten, '十', one] => Some(10 * digit(ten)? + digit(one)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_keeps_every_character_in_its_place() {
        let typed = "週一 １５：００～１６：３０　張老師（總校）㎏—🍚";
        let folded = fold(typed);
        assert_eq!(folded.chars().count(), typed.chars().count());
        assert_eq!(folded, "周一 15:00~16:30 张老师(总校)㎏-🍚");
    }

    #[test]
    fn reading_aids_go_and_real_brackets_stay() {
        assert_eq!(tidy("現(xiàn)代化,含(水北、五葉)"), "現代化,含(水北、五葉)");
        assert_eq!(
            tidy("六年级(a)班 \u{feff}\u{200b}鸭腿(可切块)"),
            "六年级(a)班 鸭腿(可切块)"
        );
    }

    #[test]
    fn numbers_are_read_in_both_scripts() {
        for (text, number_) in [
            ("3", 3),
            ("十", 10),
            ("十二", 12),
            ("二十", 20),
            ("三十一", 31),
        ] {
            assert_eq!(number(text), Some(number_), "{text}");
        }
        for text in ["", "百", "一一", "999"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
