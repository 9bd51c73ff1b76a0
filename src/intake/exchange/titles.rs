//! The time that stands beside a title: 市骨干(2019.9-2022.8), 2019年区骨干, 学科带头人(有效期至2027年8月).

use crate::intake::doubt::Code;
use crate::intake::when::{self, Said, regex};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// What the time beside a title says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Time {
    /// The last day or month it is valid; empty: none is said.
    pub until: String,
    /// Where it stands.
    pub read: Option<Range<usize>>,
    /// Why it is told, and what of it: the year in which a title was given has no field.
    pub told: Option<(Code, Range<usize>)>,
}

/// The time of the title that stands at `at`, up to the next one or a mark that parts them.
pub fn time_of(text: &str, at: &Range<usize>, next: usize) -> Time {
    static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"^\s*[(\[:]?\s*(?P<until>有?效?期?(?:至|到|截至|截止)?)\s*[\d年月日./~\-至到\s]*\d[\d年月日./]*(?:止|届|度|评|授予|获得?)?\s*[)\]]?",
        )
    });
    static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?:19|20)\d{2}\s*(?:年度?)?\s*(?:被?评为|获得?|授予)?\s*$|(?:19|20)\d{2}[./年]\d{1,2}月?\s*(?:被?评为|获得?|授予)\s*$",
        )
    });
    let parted = |c: char| "、,;/".contains(c);
    let behind = &text[at.end..next];
    let behind = &behind[..behind.find(parted).unwrap_or(behind.len())];
    if let Some(found) = BEHIND.captures(behind) {
        let read = at.end..at.end + found[0].trim_end().len();
        let ends = text[read.clone()].contains(['至', '到', '~', '-']) || found[0].contains('效');
        return match (last_of(&text[read.clone()]), ends) {
            (Some(until), true) => Time {
                until,
                read: Some(read),
                told: None,
            },
            (None, true) => told(Code::YearOnly, read),
            (_, false) => told(Code::LeftOut, read),
        };
    }
    let before = text[..at.start].rsplit(parted).next().unwrap_or_default();
    match BEFORE.find(before) {
        Some(found) => {
            let start = at.start - before.len() + found.start();
            told(Code::LeftOut, start..at.start)
        }
        None => Time::default(),
    }
}

fn told(code: Code, read: Range<usize>) -> Time {
    Time {
        until: String::new(),
        read: Some(read.clone()),
        told: Some((code, read)),
    }
}

/// The last day or month of a text, as the contract writes it.
fn last_of(text: &str) -> Option<String> {
    let days = when::find(text, false);
    let last = days.last().cloned().or_else(|| when::months(text).pop())?;
    match last.said {
        Said {
            year: Some(year),
            month: Some(month),
            day: Some(day),
            ..
        } => Some(format!("{year:04}-{month:02}-{day:02}")),
        Said {
            year: Some(year),
            month: Some(month),
            ..
        } => Some(format!("{year:04}-{month:02}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_ends_when_its_text_says_so_and_the_year_it_was_given_is_told() {
        for (text, until, told) in [
            ("市骨干(2019.9-2022.8)", "2022-08", None),
            ("市骨干2019年9月至2022年8月", "2022-08", None),
            ("市骨干(有效期至2027年8月31日)", "2027-08-31", None),
            ("市骨干(至2027.8)、", "2027-08", None),
            ("市骨干2019", "", Some((Code::LeftOut, "2019"))),
            ("市骨干(2019年)", "", Some((Code::LeftOut, "(2019年)"))),
            ("市骨干2019.9", "", Some((Code::LeftOut, "2019.9"))),
            ("市骨干2019-2022", "", Some((Code::YearOnly, "2019-2022"))),
            ("2019年市骨干", "", Some((Code::LeftOut, "2019年"))),
            ("一级教师2018.9 市骨干", "", None),
            ("市骨干、2018", "", None),
        ] {
            let start = text.find("市骨干").unwrap();
            let time = time_of(text, &(start..start + "市骨干".len()), text.len());
            let said = time.told.map(|(code, at)| (code, &text[at]));
            assert_eq!((time.until.as_str(), said), (until, told), "{text}");
        }
    }
}
