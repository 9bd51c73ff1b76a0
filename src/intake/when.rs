//! Days as people write them: 5月11日, 2026.5.11, 4/24, 112/5/4(四), 周一, 20260511, 46153, 第12周.
//!
//! What is read here is folded text (see `fold`).

pub mod clock;
pub mod month;
pub mod year;

use super::fold::number;
use jiff::civil::Date;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// A day as it is said: not every part of it need be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The year.
    pub year: Option<i16>,
    /// The month, when any date is said.
    pub month: Option<i8>,
    /// The day of the month; none: the month is meant.
    pub day: Option<i8>,
    /// The weekday, 1 Monday to 7 Sunday.
    pub weekday: Option<i8>,
}

impl Said {
    /// Whether a day of a month is said.
    #[must_use]
    pub fn is_date(&self) -> bool {
        self.month.is_some() && self.day.is_some()
    }
}

/// A day said inside a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What was said.
    pub said: Said,
    /// Where it stands in the text, in bytes.
    pub at: Range<usize>,
}

pub(super) fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("it is a regular expression")
}

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?x)
        (?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<last>(?:19|20)\d{2})
        | (?: (?P<year>\d{2,4}) (?: \s*年\s* | (?P<mark>[./\-]) ) )?
        (?P<month>\d{1,2}) (?: \s*月\s* | (?P<sep>[./\-]) ) (?P<day>\d{1,2}) (?P<end>\s*[日号])?
        | (?P<cyear>[〇零一二三四五六七八九]{4})? 年? (?P<cmonth>[一二三四五六七八九十]{1,2})月 (?P<cday>[一二三四五六七八九十]{1,3})[日号]
        | (?P<whole>(?:19|20)\d{2}[01]\d[0-3]\d)",
    )
});
static MONTH: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(\d{4})\s*(?:年|[./\-])\s*(\d{1,2})(?:\s*月(?:份|底|初|中旬)?)?|(?-u:\b)((?:19|20)\d{2})(0[1-9]|1[0-2])(?-u:\b)|([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月(?:份|底|初)?|(?-u:\b)((?:1[3-9]|[2-4]\d|1[01]\d))[.年](\d{1,2})月?(?-u:\b)",
    )
});
static WEEKDAY: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:周|星期|礼拜)\s*([一二三四五六日天1-7])|(?i-u:\b(mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b)\.?",
    )
});
/// Words beside a day that is worked for another.
static MADE_UP: LazyLock<Regex> =
    LazyLock::new(|| regex("(?:调休|补班|补课|补上|调课)(?:上课|上班|日)?"));
static LONE_WEEKDAY: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^[(\[]?\s*([一二三四五六日天])\s*[)\]]?$"));
static LATER_DAY: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^[^\d~\-至到]{0,8}?\s*[~\-至到]+\s*(\d{1,2})\s*[日号]"));

/// The dates in a text. A month and a day joined by a dot, a slash or a hyphen count unless something
/// follows that makes them a weight, a grade or a time; with `loose` a hyphen does too (5-11).
#[must_use]
pub fn find(text: &str, loose: bool) -> Vec<Found> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(captures) = DATE.captures_at(text, from) {
        let whole = captures.get(0).expect("the whole is always there");
        let said = read(&captures, loose).filter(|_| stands_alone(text, &whole.range(), &captures));
        from = match said {
            Some(mut said) => {
                let mut at = whole.range();
                at.end = attach_weekday(text, at.end, &mut said);
                let end = at.end;
                found.push(Found { said, at });
                more_days(text, end, said, &mut found)
            }
            // Not here: perhaps from the next character on.
            None => {
                whole.start()
                    + text[whole.start()..]
                        .chars()
                        .next()
                        .map_or(1, char::len_utf8)
            }
        };
    }
    found
}

/// Takes the days that follow without their month (5月9日(周六)、10日); where they end.
fn more_days(text: &str, mut end: usize, first: Said, found: &mut Vec<Found>) -> usize {
    static MORE: LazyLock<Regex> = LazyLock::new(|| regex(r"^\s*[、,和及与]\s*(\d{1,2})\s*[日号]"));
    while let Some(captures) = MORE.captures(&text[end..]) {
        let day = captures[1]
            .parse()
            .ok()
            .filter(|day| (1..=31).contains(day));
        let (Some(day), Some(number)) = (day, captures.get(1)) else {
            break;
        };
        let mut said = Said {
            day: Some(day),
            weekday: None,
            ..first
        };
        let start = end + number.start();
        end = attach_weekday(text, end + captures[0].len(), &mut said);
        found.push(Found {
            said,
            at: start..end,
        });
    }
    end
}

fn read(captures: &regex::Captures<'_>, loose: bool) -> Option<Said> {
    let part = |name: &str| captures.name(name).map(|part| part.as_str());
    let (year, month, day) = if let Some(whole) = part("whole") {
        (
            whole[..4].parse().ok(),
            whole[4..6].parse().ok()?,
            whole[6..].parse().ok()?,
        )
    } else if let (Some(first), Some(second)) = (part("first"), part("second")) {
        // 5/18/2026 and 18/5/2026 say the same; 5/8/2026 may be either.
        let (first, second): (i8, i8) = (first.parse().ok()?, second.parse().ok()?);
        let (month, day) = if first > 12 {
            (second, first)
        } else {
            (first, second)
        };
        (part("last")?.parse().ok().filter(|_| day > 12), month, day)
    } else if let Some(month) = part("cmonth") {
        let year = part("cyear").and_then(chinese_year);
        (year, number(month)?, number(part("cday")?)?)
    } else {
        let year = match part("year") {
            Some(year) => Some(full_year(year)?),
            None => None,
        };
        // The marks between three numbers are the same one: 8-4/5 is no date.
        if year.is_some() && part("mark") != part("sep") {
            return None;
        }
        if year.is_none() && part("sep") == Some("-") && !loose {
            return None;
        }
        (
            year,
            part("month")?.parse().ok()?,
            part("day")?.parse().ok()?,
        )
    };
    if part("last").is_some() && year.is_none() {
        return None;
    }
    let sane = (1..=12).contains(&month) && (1..=31).contains(&day);
    sane.then_some(Said {
        year,
        month: Some(month),
        day: Some(day),
        weekday: None,
    })
}

/// A year of four digits, of two, or of the Republic's calendar (113 and 0113 are 2024).
fn full_year(text: &str) -> Option<i16> {
    let year: i16 = text.parse().ok()?;
    match (text.len(), year) {
        (2, _) => Some(2000 + year),
        (3 | 4, 50..=199) => Some(1911 + year),
        (4, 1990..=2100) => Some(year),
        _ => None,
    }
}

fn chinese_year(text: &str) -> Option<i16> {
    let digit = |c: char| {
        "〇一二三四五六七八九"
            .chars()
            .position(|d| d == c || (c == '零' && d == '〇'))
    };
    let digits: Option<Vec<usize>> = text.chars().map(digit).collect();
    let year = digits?.into_iter().fold(0, |year, digit| 10 * year + digit);
    i16::try_from(year).ok()
}

/// Whether numbers are a date and no part of something longer: 盐2.5g, 4-6年级, 10.5.3, 2/3杯.
fn stands_alone(text: &str, at: &Range<usize>, captures: &regex::Captures<'_>) -> bool {
    let before = text[..at.start].chars().next_back();
    let mut after = text[at.end..].chars();
    let next = after.next();
    let numeric = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let closed = captures.name("end").is_some() || captures.name("cday").is_some();
    // 5月12日14:00: figures behind a day that is closed are a clock.
    let glued = numeric(before) || (numeric(next) && !closed);
    let worded = captures.name("sep").is_none() || captures.name("end").is_some();
    let part = before.is_some_and(|c| matches!(c, '.' | '/' | '第'))
        || (matches!(next, Some('.' | '/' | ':')) && numeric(after.next()))
        || next.is_some_and(|c| {
            "g克年级个块杯份片只斤两人元米岁分%℃kKmML点时班届节课章页组".contains(c)
        });
    let named = before.is_some_and(|c| c.is_alphabetic() && !c.is_ascii())
        && captures.name("year").is_none()
        && captures.name("sep").is_some_and(|sep| sep.as_str() == ".")
        && !before.is_some_and(|c| "于在从自至到期间日一二三四五六天假课班".contains(c));
    !glued && (worded || !(part || named))
}

/// Takes the weekday that stands right behind a date; where it ends.
fn attach_weekday(text: &str, end: usize, said: &mut Said) -> usize {
    static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"^\s*(?:[(\[]\s*(?:周|星期|礼拜)?\s*([一二三四五六日天])\s*(?:[,、;\s][^()\[\]]{0,4}[调补班课][^()\[\]]{0,8})?[)\]]|,?\s*(?:周|星期|礼拜)([一二三四五六日天1-7]))",
        )
    });
    let Some(captures) = BEHIND.captures(&text[end..]) else {
        return end;
    };
    said.weekday = captures
        .get(1)
        .or(captures.get(2))
        .and_then(|day| weekday_of(day.as_str()));
    end + captures.get(0).map_or(0, |whole| whole.end())
}

fn weekday_of(text: &str) -> Option<i8> {
    let days = ["一", "二", "三", "四", "五", "六", "日"];
    let english = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let lower = text.to_lowercase();
    let position = days.iter().position(|day| *day == text);
    let position = position.or_else(|| english.iter().position(|day| lower.starts_with(day)));
    match (position, text) {
        (Some(position), _) => i8::try_from(position + 1).ok(),
        (None, "天") => Some(7),
        (None, digit) => digit.parse().ok().filter(|day| (1..=7).contains(day)),
    }
}

/// The first weekday named in a text, and where.
#[must_use]
pub fn weekday(text: &str) -> Option<(i8, Range<usize>)> {
    let mut all = WEEKDAY.captures_iter(text);
    let captures = all.find(|captures| !counted(text, captures))?;
    let day = weekday_of(captures.get(1).or(captures.get(2))?.as_str())?;
    Some((day, captures.get(0)?.range()))
}

/// 每周一次 and 每周1天 say how often, not on which day.
fn counted(text: &str, captures: &regex::Captures<'_>) -> bool {
    let end = captures.get(0).map_or(0, |whole| whole.end());
    text[end..].starts_with(['次', '天', '节', '回', '半', '个'])
}

/// The weekdays of a weekly pattern: 每周二、四.
#[must_use]
pub fn weekly(text: &str) -> Vec<i8> {
    static WEEKLY: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"每?(?:周|星期|礼拜)([一二三四五六日天](?:[、,和及/ ]*(?:周|星期)?[一二三四五六日天])*)",
        )
    });
    let mut days: Vec<i8> = WEEKLY
        .captures_iter(text)
        .filter(|captures| !counted(text, captures))
        .filter_map(|captures| captures.get(1))
        .flat_map(|days| {
            days.as_str()
                .chars()
                .filter_map(|c| weekday_of(&c.to_string()))
        })
        .collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// A cell that says a day and nothing else.
#[must_use]
pub fn whole(text: &str) -> Option<Said> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 40 {
        return None;
    }
    if let Some(said) = serial(text) {
        return Some(said);
    }
    let joined = text.replace(['\n', '\t'], " ");
    let mut rest = joined.clone();
    let mut said = Said::default();
    if let Some(found) = find(&joined, true).into_iter().next() {
        said = found.said;
        rest.replace_range(found.at, " ");
    }
    // 星期一 Monday says the same twice.
    while let Some((day, at)) =
        weekday(&rest).filter(|(day, _)| said.weekday.is_none_or(|said| said == *day))
    {
        said.weekday = Some(day);
        rest.replace_range(at, " ");
    }
    if said != Said::default() {
        rest = MADE_UP.replace(&rest, " ").into_owned();
    }
    let marks = |c: char| c.is_whitespace() || "()[],:;|".contains(c);
    let rest = rest.trim_matches(marks);
    if let Some(captures) = LONE_WEEKDAY.captures(rest)
        && said.weekday.is_none()
    {
        said.weekday = captures.get(1).and_then(|day| weekday_of(day.as_str()));
        return said.weekday.is_some().then_some(said);
    }
    // A clock of midnight is how some programs show a day.
    let nothing = rest.is_empty() || rest == "00:00:00" || rest == "0:00";
    (nothing && said != Said::default()).then_some(said)
}

/// A day as sheets number them, from 1990 to 2100: 46153 is 2026-05-11.
fn serial(text: &str) -> Option<Said> {
    let number: i32 = text.strip_suffix(".0").unwrap_or(text).parse().ok()?;
    let span = jiff::Span::new()
        .try_days(number)
        .ok()
        .filter(|_| (32_874..=73_050).contains(&number))?;
    let day = jiff::civil::date(1899, 12, 30).checked_add(span).ok()?;
    Some(Said::from(day))
}

impl From<Date> for Said {
    fn from(day: Date) -> Self {
        Said {
            year: Some(day.year()),
            month: Some(day.month()),
            day: Some(day.day()),
            weekday: None,
        }
    }
}

/// Two days that a text joins: 4.23-4.28, 5月1日(周五)至5日(周二), 2025年11月10号到11月14号.
#[must_use]
pub fn period(text: &str) -> Option<(Said, Said)> {
    let found = find(text, false);
    let joins = |between: &str| {
        let between = between.trim();
        !between.is_empty() && between.chars().all(|c| "~-至到".contains(c))
    };
    for pair in found.windows(2) {
        let [first, last] = pair else { continue };
        if joins(&text[first.at.end..last.at.start]) {
            let mut last = last.said;
            last.year = last.year.or(first.said.year);
            return Some((first.said, last));
        }
    }
    for first in &found {
        if let Some(day) = LATER_DAY
            .captures(&text[first.at.end..])
            .and_then(|c| c.get(1))
        {
            let day = day.as_str().parse().ok();
            return Some((
                first.said,
                Said {
                    day,
                    weekday: None,
                    ..first.said
                },
            ));
        }
    }
    None
}

/// The months with a year in a text, and where: 2023.9, 2024年7月.
#[must_use]
pub fn months(text: &str) -> Vec<Found> {
    let found = MONTH.captures_iter(text).filter_map(|captures| {
        let group = |indices: [usize; 4]| {
            let found = indices.into_iter().find_map(|index| captures.get(index));
            found.map(|found| found.as_str())
        };
        let year = group([1, 3, 5, 7])?;
        let year = full_year(year).or_else(|| chinese_year(year))?;
        let month = number(group([2, 4, 6, 8])?).filter(|month| (1..=12).contains(month))?;
        Some(Found {
            said: Said {
                year: Some(year),
                month: Some(month),
                day: None,
                weekday: None,
            },
            at: captures.get(0)?.range(),
        })
    });
    found.collect()
}

/// The teaching weeks a text names, as it names them and as numbers: 第六、七周, 第11周, 第6-7周.
#[must_use]
pub fn weeks(text: &str) -> Option<(Range<usize>, Vec<i8>)> {
    static WEEKS: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"第\s*((?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:\s*[、,\-~至和及]+\s*第?(?:\d{1,2}|[一二三四五六七八九十]{1,3}))*)\s*(?:教学|学)?周",
        )
    });
    let captures = WEEKS.captures(text)?;
    let names = captures
        .get(1)?
        .as_str()
        .split(|c: char| "、,-~至和及第 ".contains(c));
    let numbers: Vec<i8> = names
        .filter(|name| !name.is_empty())
        .filter_map(number)
        .collect();
    (!numbers.is_empty()).then_some((captures.get(0)?.range(), numbers))
}

#[cfg(test)]
mod tests;
