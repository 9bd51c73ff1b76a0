//! Days by their number alone, of the month that the document names: 12日 under 2026年5月集体备课安排.

use super::{Said, attach_weekday, full_year, regex};
use crate::intake::fold::number;
use regex::Regex;
use std::sync::LazyLock;

/// A month and no day of it: 5月份, 五月集体备课.
static MONTH: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:((?:19|20)\d{2}|1[01]\d)\s*年\s*|^|[^\d一二三四五六七八九十个])(1?\d|[一二三四五六七八九]|十[一二]?)\s*月(?:份|\s*$|[^\d\s一二三四五六七八九十底初末])",
    )
});

/// A month that a document names without a day, with its year where that is named, too.
pub type Month = (Option<i16>, i8);

/// The months that a text names without a day.
fn months_alone(text: &str) -> Vec<Month> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(named) = MONTH.captures_at(text, from) {
        let year = named.get(1).and_then(|year| full_year(year.as_str()));
        let month = number(&named[2]).filter(|month| (1..=12).contains(month));
        found.extend(month.map(|month| (year, month)));
        // What follows it may stand before the next.
        from = named.get(2).map_or(text.len(), |month| month.end());
    }
    found
}

/// The one month that some texts name without a day: 2026年5月集体备课安排.
#[must_use]
pub fn lone_month(texts: &[&str]) -> Option<Month> {
    let mut all = texts.iter().flat_map(|text| months_alone(text));
    let (year, month) = all.next()?;
    let same = |(other, named): Month| {
        named == month && (other.is_none() || year.is_none() || other == year)
    };
    all.all(same).then_some((year, month))
}

/// The day that a text begins with by its number alone (12日, 12号(周二), 12), in a month that was named before; and
/// what stands behind it.
#[must_use]
pub fn day_alone((year, month): Month, text: &str) -> Option<(Said, &str)> {
    static DAY: LazyLock<Regex> = LazyLock::new(|| regex(r"^\s*(\d{1,2})\s*(?:[日号]|$|\s*\()"));
    let found = DAY.captures(text)?;
    let day = found[1].parse().ok().filter(|day| (1..=31).contains(day))?;
    let mut said = Said {
        year,
        month: Some(month),
        day: Some(day),
        weekday: None,
    };
    let end = attach_weekday(text, found[0].trim_end_matches('(').len(), &mut said);
    Some((said, &text[end..]))
}
