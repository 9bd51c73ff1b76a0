//! Days as the contract writes them.

use jiff::civil::{Date, Time};

/// A span of days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

impl Span {
    /// All days.
    pub const ALWAYS: Span = Span {
        first: FIRST_DAY,
        last: LAST_DAY,
    };

    /// The days, in order.
    pub fn days(self) -> impl Iterator<Item = Date> {
        self.first
            .series(jiff::ToSpan::days(1))
            .take_while(move |day| *day <= self.last)
    }

    /// The days of both, and those between them.
    #[must_use]
    pub fn and(self, other: Span) -> Span {
        Span {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
        }
    }

    /// Whether a day is in it.
    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }
}

/// A span of which somebody said both ends, one or neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// The first day, if it was said.
    pub first: Option<Date>,
    /// The last day, if it was said.
    pub last: Option<Date>,
}

impl From<Span> for Days {
    fn from(span: Span) -> Self {
        Days {
            first: Some(span.first),
            last: Some(span.last),
        }
    }
}

impl Days {
    /// The span, with these days where none was said; its last day may lie before its first.
    pub fn or(self, first: Date, last: impl FnOnce(Date) -> Date) -> Span {
        let first = self.first.unwrap_or(first);
        Span {
            first,
            last: self.last.unwrap_or_else(|| last(first)),
        }
    }
}

/// Reads `YYYY-MM-DD`; `None` for anything else and for a day that does not exist.
#[must_use]
pub fn day(text: &str) -> Option<Date> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(i, byte)| match i {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if shaped { text.parse().ok() } else { None }
}

/// Reads `YYYY-MM-DD` or `YYYY-MM` as the span of days it names; `None` for anything else.
#[must_use]
pub fn day_or_month(text: &str) -> Option<Span> {
    if text.len() == 7 {
        let first = day(&format!("{text}-01"))?;
        return Some(Span {
            first,
            last: first.last_of_month(),
        });
    }
    day(text).map(|date| Span {
        first: date,
        last: date,
    })
}

/// Reads `HH:MM`, 00:00 to 23:59; `None` for anything else.
#[must_use]
pub fn clock_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| -> Option<i8> {
        (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?
    };
    Time::new(two(hour)?, two(minute)?, 0, 0).ok()
}

/// A day before all others, for a span without a beginning.
pub const FIRST_DAY: Date = jiff::civil::date(1, 1, 1);
/// A day after all others, for a span without an end.
pub const LAST_DAY: Date = jiff::civil::date(9999, 12, 31);

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    #[test]
    fn days_that_do_not_exist_are_no_days() {
        assert_eq!(day("2026-05-09"), Some(date(2026, 5, 9)));
        assert_eq!(day("2024-02-29"), Some(date(2024, 2, 29)));
        for bad in [
            "",
            "2026-02-30",
            "2026-2-3",
            "20260503",
            "2026-13-01",
            "2026-05-09T00",
            "２０２６-05-09",
            "+026-05-09",
        ] {
            assert_eq!(day(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_month_is_all_its_days() {
        let span = day_or_month("2025-07").unwrap();
        assert_eq!(
            (span.first, span.last),
            (date(2025, 7, 1), date(2025, 7, 31))
        );
        assert_eq!(day_or_month("2025-7"), None);
        assert_eq!(day_or_month("2025-13"), None);
    }

    #[test]
    fn clock_times_have_four_digits() {
        assert_eq!(clock_time("07:05"), Some(time(7, 5, 0, 0)));
        for bad in ["", "7:05", "24:00", "12:60", "12:5", "12:05:00", "-1:00"] {
            assert_eq!(clock_time(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_span_holds_both_its_ends() {
        let span = Span {
            first: date(2026, 2, 27),
            last: date(2026, 3, 1),
        };
        let days: Vec<String> = span.days().map(|day| day.to_string()).collect();
        assert_eq!(days, ["2026-02-27", "2026-02-28", "2026-03-01"]);
    }
}
