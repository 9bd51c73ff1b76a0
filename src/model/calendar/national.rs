//! The national holidays and make-up workdays, as the State Council announced them.
//!
//! Source: the yearly notice of its General Office (国务院办公厅关于某年部分节假日安排的通知), whose number
//! stands with its year. Next year's notice comes each November; until its year stands here the office
//! types those days into its calendar. A year that stands here never changes.

use crate::model::date::Span;
use jiff::civil::{Date, date};

/// One year's notice.
#[derive(Debug)]
pub struct Notice {
    /// The year it arranges.
    pub year: i16,
    /// Its number.
    pub number: &'static str,
    /// What is off: the holiday, its first and its last day.
    pub off: &'static [(&'static str, Date, Date)],
    /// The weekend days that are worked instead.
    pub worked: &'static [Date],
}

/// Every notice known, by year.
pub const NOTICES: [Notice; 4] = [
    Notice {
        year: 2023,
        number: "国办发明电〔2022〕16号",
        off: &[
            ("元旦", date(2022, 12, 31), date(2023, 1, 2)),
            ("春节", date(2023, 1, 21), date(2023, 1, 27)),
            ("清明节", date(2023, 4, 5), date(2023, 4, 5)),
            ("劳动节", date(2023, 4, 29), date(2023, 5, 3)),
            ("端午节", date(2023, 6, 22), date(2023, 6, 24)),
            ("中秋节、国庆节", date(2023, 9, 29), date(2023, 10, 6)),
        ],
        worked: &[
            date(2023, 1, 28),
            date(2023, 1, 29),
            date(2023, 4, 23),
            date(2023, 5, 6),
            date(2023, 6, 25),
            date(2023, 10, 7),
            date(2023, 10, 8),
        ],
    },
    Notice {
        year: 2024,
        number: "国办发明电〔2023〕7号",
        off: &[
            ("元旦", date(2024, 1, 1), date(2024, 1, 1)),
            ("春节", date(2024, 2, 10), date(2024, 2, 17)),
            ("清明节", date(2024, 4, 4), date(2024, 4, 6)),
            ("劳动节", date(2024, 5, 1), date(2024, 5, 5)),
            ("端午节", date(2024, 6, 10), date(2024, 6, 10)),
            ("中秋节", date(2024, 9, 15), date(2024, 9, 17)),
            ("国庆节", date(2024, 10, 1), date(2024, 10, 7)),
        ],
        worked: &[
            date(2024, 2, 4),
            date(2024, 2, 18),
            date(2024, 4, 7),
            date(2024, 4, 28),
            date(2024, 5, 11),
            date(2024, 9, 14),
            date(2024, 9, 29),
            date(2024, 10, 12),
        ],
    },
    Notice {
        year: 2025,
        number: "国办发明电〔2024〕12号",
        off: &[
            ("元旦", date(2025, 1, 1), date(2025, 1, 1)),
            ("春节", date(2025, 1, 28), date(2025, 2, 4)),
            ("清明节", date(2025, 4, 4), date(2025, 4, 6)),
            ("劳动节", date(2025, 5, 1), date(2025, 5, 5)),
            ("端午节", date(2025, 5, 31), date(2025, 6, 2)),
            ("国庆节、中秋节", date(2025, 10, 1), date(2025, 10, 8)),
        ],
        worked: &[
            date(2025, 1, 26),
            date(2025, 2, 8),
            date(2025, 4, 27),
            date(2025, 9, 28),
            date(2025, 10, 11),
        ],
    },
    Notice {
        year: 2026,
        number: "国办发明电〔2025〕7号",
        off: &[
            ("元旦", date(2026, 1, 1), date(2026, 1, 3)),
            ("春节", date(2026, 2, 15), date(2026, 2, 23)),
            ("清明节", date(2026, 4, 4), date(2026, 4, 6)),
            ("劳动节", date(2026, 5, 1), date(2026, 5, 5)),
            ("端午节", date(2026, 6, 19), date(2026, 6, 21)),
            ("中秋节", date(2026, 9, 25), date(2026, 9, 27)),
            ("国庆节", date(2026, 10, 1), date(2026, 10, 7)),
        ],
        worked: &[
            date(2026, 1, 4),
            date(2026, 2, 14),
            date(2026, 2, 28),
            date(2026, 5, 9),
            date(2026, 9, 20),
            date(2026, 10, 10),
        ],
    },
];

/// What a notice makes of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum National {
    /// A holiday, by its name.
    Off(&'static str),
    /// A weekend day that is worked (调休).
    Worked,
}

/// What the notices make of a day; `None` when they leave it as it is.
#[must_use]
pub fn national(day: Date) -> Option<National> {
    let off = |(name, first, last): &(&'static str, Date, Date)| {
        let (first, last) = (*first, *last);
        Span { first, last }
            .contains(day)
            .then_some(National::Off(name))
    };
    NOTICES.iter().find_map(|notice| {
        let worked = notice.worked.contains(&day).then_some(National::Worked);
        worked.or_else(|| notice.off.iter().find_map(off))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Weekday;

    #[test]
    fn the_notices_add_up_to_the_days_they_announce() {
        let off = |notice: &Notice| {
            let spans = notice.off.iter();
            let spans = spans.map(|(_, first, last)| Span {
                first: *first,
                last: *last,
            });
            spans.map(|span| span.days().count()).sum::<usize>()
        };
        let sums = NOTICES
            .each_ref()
            .map(|notice| (notice.year, off(notice), notice.worked.len()));
        let announced = [(2023, 27, 7), (2024, 28, 8), (2025, 28, 5), (2026, 33, 6)];
        assert_eq!(sums, announced);
    }

    #[test]
    fn what_is_worked_is_a_weekend_day_and_never_off() {
        for day in NOTICES.iter().flat_map(|notice| notice.worked) {
            let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            assert!(weekend, "{day}");
            assert_eq!(national(*day), Some(National::Worked), "{day}");
        }
        assert_eq!(national(date(2026, 5, 6)), None);
        assert_eq!(national(date(2026, 5, 5)), Some(National::Off("劳动节")));
        assert_eq!(national(date(2022, 12, 31)), Some(National::Off("元旦")));
    }
}
