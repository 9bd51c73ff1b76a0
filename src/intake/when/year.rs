//! Which year a day is in when nobody typed it: by the term or a year that the document names, by the
//! calendar, by the day of reading; never without saying so.

use super::month::{Month, lone_month};
use super::{Said, find, regex};
use crate::intake::doubt::{Code, Doubt};
use crate::intake::fold::number;
use crate::intake::sheet::Cell;
use crate::model::calendar::{Calendar, Term};
use crate::model::date::Span;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use regex::Regex;
use std::sync::LazyLock;

/// How far back a year that nobody typed is looked for.
const YEARS_BACK: i16 = 20;
/// How far outside a term sessions still belong to it: the breaks before and after it, in days.
const BREAK_DAYS: i32 = 45;

/// What a document and its surroundings say about years.
#[derive(Clone, Debug)]
pub struct Years {
    today: Date,
    calendar: Calendar,
    /// The years it names, in the order named.
    stated: Vec<i16>,
    /// The term or school year it names.
    term: Option<Span>,
    /// The one month that it names without a day.
    month: Option<Month>,
}

static TERM: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?x)(\d{3,4}) (?: \s*[-~/至]+\s* (\d{4}|\d{2}) )? \s* (?: 学年度?)
        (?: [\s,]* 第?\s*([一二12上下])\s*学期 )? | (\d{4})年?\s*([春秋])(?:季|学期|$|\s)",
    )
});
static YEAR: LazyLock<Regex> = LazyLock::new(|| regex(r"((?:19|20)\d{2})\s*年"));

/// The days of the term or school year that a text names: 2016学年第二学期, 2025-2026学年, 2025年秋学期.
/// Autumn is from August to the end of the winter break, spring from there to the end of the summer's.
#[must_use]
pub fn term(text: &str) -> Option<Span> {
    terms(text).into_iter().next()
}

/// Where a text names a term or a school year first.
#[must_use]
pub fn term_in(text: &str) -> Option<std::ops::Range<usize>> {
    TERM.find(text).map(|term| term.range())
}

/// All of the terms and school years that a text names.
#[must_use]
pub fn terms(text: &str) -> Vec<Span> {
    let all = TERM.captures_iter(text);
    all.filter_map(|captures| span_of(&captures)).collect()
}

fn span_of(captures: &regex::Captures<'_>) -> Option<Span> {
    let group = |index: usize| captures.get(index).map(|group| group.as_str());
    let autumn = |year: i16| Span {
        first: date(year, 8, 1),
        last: date(year + 1, 2, 20),
    };
    let spring = |year: i16| Span {
        first: date(year, 1, 20),
        last: date(year, 8, 31),
    };
    let year = |text: &str| {
        let year: i16 = text.parse().ok()?;
        let year = if year < 200 { year + 1911 } else { year };
        (1990..=2100).contains(&year).then_some(year)
    };
    if let (Some(named), Some(season)) = (group(4).and_then(year), group(5)) {
        return Some(if season == "春" {
            spring(named)
        } else {
            autumn(named)
        });
    }
    let begins = group(1).and_then(year)?;
    Some(match group(3) {
        Some("一" | "1" | "上") => autumn(begins),
        Some(_) => spring(begins + 1),
        None => Span {
            first: date(begins, 8, 1),
            last: date(begins + 1, 8, 31),
        },
    })
}

impl Years {
    /// What some texts say about years, before a calendar and on a day of reading.
    pub fn of<'a>(texts: impl Iterator<Item = &'a str>, calendar: Calendar, today: Date) -> Self {
        let mut years = Years {
            today,
            calendar,
            stated: Vec::new(),
            term: None,
            month: None,
        };
        let texts: Vec<&str> = texts.collect();
        years.month = lone_month(&texts);
        for text in texts {
            years.term = years.term.or_else(|| term(text));
            let dated = find(text, false)
                .into_iter()
                .filter_map(|found| found.said.year);
            let named = YEAR
                .captures_iter(text)
                .filter_map(|year| year.get(1)?.as_str().parse().ok());
            years.stated.extend(dated.chain(named));
        }
        years.stated.retain(|year| (1990..=2100).contains(year));
        years.stated.dedup();
        years
    }

    /// The calendar.
    #[must_use]
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The day of reading.
    #[must_use]
    pub fn today(&self) -> Date {
        self.today
    }

    /// The term that a document names, or the one its weeks are counted in: of the calendar's terms.
    #[must_use]
    pub fn term(&self) -> Option<&Term> {
        let terms = self.calendar.terms();
        if let Some(named) = self.term {
            return terms.iter().find(|term| named.contains(term.days.first));
        }
        let far = |term: &&Term| {
            let (first, last) = (term.days.first, term.days.last);
            let inside = term.days.contains(self.today);
            let near = days(self.today, first).min(days(self.today, last));
            if inside { 0 } else { near }
        };
        terms.iter().min_by_key(far)
    }

    /// The one month that the document names without a day, if it names one.
    #[must_use]
    pub fn month(&self) -> Option<Month> {
        self.month
    }

    /// The day that was said, and what is doubtful about it.
    pub fn day(&self, cell: &Cell, said: Said, doubts: &mut Vec<Doubt>) -> Option<Date> {
        let (Some(month), Some(day)) = (said.month, said.day) else {
            return None;
        };
        let doubt = |code| Doubt::new(code, cell.place.clone(), &cell.typed);
        let in_year = |year: i16| Date::new(year, month, day).ok();
        let chosen = match said.year {
            Some(year) => in_year(year),
            None => match self.choose(month, day, said.weekday) {
                Chosen::Named(date) => Some(date),
                Chosen::Guessed(date, why) => {
                    doubts.push(doubt(Code::YearMissing).as_(date).with(why));
                    Some(date)
                }
                Chosen::Open(dates) => {
                    doubts.push(doubt(Code::YearUnknown).with(listed(&dates)));
                    return None;
                }
                Chosen::Nothing => None,
            },
        };
        let Some(chosen) = chosen else {
            doubts.push(doubt(Code::DateInvalid));
            return None;
        };
        if let Some(stated) = said.weekday
            && stated != chosen.weekday().to_monday_one_offset()
        {
            let fits = |date: &Date| date.weekday().to_monday_one_offset() == stated;
            let near: Vec<Date> = (-3..=3)
                .filter_map(|n| in_year(chosen.year() + n))
                .filter(fits)
                .collect();
            let actual = format!(
                "{chosen} 是{} is a {}",
                weekday_name(chosen),
                weekday_en(chosen)
            );
            let detail = format!("{actual}；相符的有 fitting: {}", listed(&near));
            doubts.push(doubt(Code::WeekdayMismatch).as_(chosen).with(detail));
        }
        Some(chosen)
    }

    fn choose(&self, month: i8, day: i8, weekday: Option<i8>) -> Chosen {
        let last = self.today.year() + 1;
        let all: Vec<Date> = (last - 1 - YEARS_BACK..=last)
            .filter_map(|year| Date::new(year, month, day).ok())
            .collect();
        if let Some((Some(year), named)) = self.month
            && named == month
            && let Ok(date) = Date::new(year, month, day)
        {
            return Chosen::Named(date);
        }
        if let Some(date) = all
            .iter()
            .find(|date| self.term.is_some_and(|term| term.contains(**date)))
        {
            return Chosen::Named(*date);
        }
        let nearest = |dates: &mut dyn Iterator<Item = &Date>| {
            dates.min_by_key(|date| days(**date, self.today)).copied()
        };
        if let Some(date) =
            nearest(&mut all.iter().filter(|date| self.stated.contains(&date.year())))
        {
            return Chosen::Guessed(
                date,
                format!("同一文件写有 the document names {}", date.year()),
            );
        }
        let fits =
            |date: &Date| weekday.is_none_or(|said| date.weekday().to_monday_one_offset() == said);
        let fitting: Vec<Date> = all.iter().filter(|date| fits(date)).copied().collect();
        let in_term = |date: &Date| {
            let near = |span: Span| {
                days(*date, span.first).min(days(*date, span.last)) <= BREAK_DAYS
                    || span.contains(*date)
            };
            self.calendar.terms().iter().any(|term| near(term.days))
        };
        let by_calendar = nearest(&mut fitting.iter().filter(|date| in_term(date)));
        if let Some(date) =
            by_calendar.or_else(|| nearest(&mut all.iter().filter(|date| in_term(date))))
        {
            return Chosen::Guessed(date, "按校历 by the calendar".to_owned());
        }
        match nearest(&mut all.iter()) {
            Some(date) if weekday.is_none() => {
                Chosen::Guessed(date, "离今天最近 nearest to today".to_owned())
            }
            Some(date) if fitting.contains(&date) => Chosen::Guessed(
                date,
                format!("星期相符的有 the weekday fits {}", listed(&fitting)),
            ),
            Some(_) if !fitting.is_empty() => Chosen::Open(fitting),
            Some(date) => Chosen::Guessed(date, "离今天最近 nearest to today".to_owned()),
            None => Chosen::Nothing,
        }
    }

    /// A month that was said with its year, as the contract writes it; a day where one is said.
    pub fn day_or_month(&self, cell: &Cell, said: Said, doubts: &mut Vec<Doubt>) -> Option<String> {
        match (said.year, said.month, said.day) {
            (Some(year), Some(month), None) => Some(format!("{year:04}-{month:02}")),
            _ => self.day(cell, said, doubts).map(|date| date.to_string()),
        }
    }
}

enum Chosen {
    Named(Date),
    Guessed(Date, String),
    Open(Vec<Date>),
    Nothing,
}

fn days(a: Date, b: Date) -> i32 {
    a.until(b).map_or(i32::MAX, |span| span.get_days().abs())
}

fn listed(dates: &[Date]) -> String {
    let dates: Vec<String> = dates.iter().map(Date::to_string).collect();
    dates.join(", ")
}

/// 星期三.
#[must_use]
pub fn weekday_name(day: Date) -> String {
    let names = ["一", "二", "三", "四", "五", "六", "日"];
    let index = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or_default();
    format!("星期{}", names[index])
}

fn weekday_en(day: Date) -> String {
    format!("{:?}", day.weekday())
}

/// A length of time in months: 一年半, 3年, 两学期, 18个月.
#[must_use]
pub fn length_in_months(text: &str) -> Option<i32> {
    static LENGTH: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?:(?:^|[^\d])([一二两三四五六七八九十]|\d{1,2}(?:\.5)?)\s*年(半)?|(半)年|(?:^|[^\d第])([一二两三四五六七八九十]+|\d{1,2})\s*个?(学期|月|学年))",
        )
    });
    let captures = LENGTH.captures(text)?;
    let group = |index: usize| captures.get(index).map(|group| group.as_str());
    if group(3).is_some() {
        return Some(6);
    }
    if let Some(years) = group(1) {
        let half = i32::from(group(2).is_some() || years.ends_with(".5")) * 6;
        let years = number(years.trim_end_matches(".5"))?;
        return Some(i32::from(years) * 12 + half);
    }
    let count = i32::from(number(group(4)?)?);
    match group(5)? {
        "月" => Some(count),
        "学年" => Some(count * 12),
        _ => Some(count * 6),
    }
}

/// The last month of a stay that begins on a day and lasts some months: three years from 2024-09 end in
/// 2027-08.
#[must_use]
pub fn last_month(first: Date, months: i32) -> Option<String> {
    let last = first.checked_add(months.months()).ok()?.yesterday().ok()?;
    Some(format!("{:04}-{:02}", last.year(), last.month()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::doubt::Place;
    use crate::intake::when;
    use crate::model::calendar::Layer;

    fn read(
        text: &str,
        around: &[&str],
        calendar: Calendar,
        today: Date,
    ) -> (Option<Date>, Vec<Doubt>) {
        let years = Years::of(around.iter().copied(), calendar, today);
        let cell = Cell::new(Place::Whole, text);
        let mut doubts = Vec::new();
        let said = when::whole(&cell.text).unwrap();
        (years.day(&cell, said, &mut doubts), doubts)
    }

    fn spring_2026() -> Calendar {
        Calendar::of([Layer {
            terms: vec![Term {
                name: "春".into(),
                days: Span {
                    first: date(2026, 3, 2),
                    last: date(2026, 6, 30),
                },
            }],
            ..Layer::default()
        }])
    }

    #[test]
    fn a_year_is_taken_from_the_document_before_the_calendar_before_today() {
        let today = date(2026, 11, 25);
        let none = Calendar::default;
        let (day, doubts) = read("4/24", &["2016学年第二学期 第11周"], none(), today);
        assert_eq!((day, doubts.len()), (Some(date(2017, 4, 24)), 0));
        let (day, doubts) = read("5月12日", &["2024.5.12"], spring_2026(), today);
        assert_eq!(
            (day, doubts[0].code),
            (Some(date(2024, 5, 12)), Code::YearMissing)
        );
        let (day, doubts) = read("5月12日", &[], spring_2026(), date(2029, 1, 1));
        assert_eq!(
            (day, doubts[0].code),
            (Some(date(2026, 5, 12)), Code::YearMissing)
        );
        let (day, _) = read("1月8日", &[], none(), today);
        assert_eq!(day, Some(date(2027, 1, 8)));
    }

    #[test]
    fn a_year_that_only_the_weekday_could_tell_is_asked_for() {
        let (day, doubts) = read("9月9日周四", &[], Calendar::default(), date(2026, 11, 25));
        assert_eq!(day, None);
        assert_eq!(doubts[0].code, Code::YearUnknown);
        assert_eq!(doubts[0].detail, "2010-09-09, 2021-09-09, 2027-09-09");
        let (day, doubts) = read("9月9日周四", &[], Calendar::default(), date(2021, 9, 20));
        assert_eq!(
            (day, doubts[0].code),
            (Some(date(2021, 9, 9)), Code::YearMissing)
        );
        assert!(
            doubts[0].detail.ends_with("2010-09-09, 2021-09-09"),
            "{doubts:?}"
        );
    }

    #[test]
    fn a_weekday_that_does_not_fit_is_told_with_the_years_in_which_it_would() {
        let (day, doubts) = read(
            "2022年5月4日(周四)",
            &[],
            Calendar::default(),
            date(2023, 4, 27),
        );
        assert_eq!(
            (day, doubts[0].code),
            (Some(date(2022, 5, 4)), Code::WeekdayMismatch)
        );
        assert!(doubts[0].detail.contains("Wednesday") && doubts[0].detail.contains("2023-05-04"));
        let (day, doubts) = read("2026年2月30日", &[], Calendar::default(), date(2026, 1, 1));
        assert_eq!((day, doubts[0].code), (None, Code::DateInvalid));
    }

    #[test]
    fn terms_are_named_in_many_ways() {
        for (text, day, inside) in [
            ("2025-2026学年第二学期", date(2026, 5, 11), true),
            ("2025-2026学年第二学期", date(2025, 10, 11), false),
            ("2025学年第一学期", date(2025, 10, 11), true),
            ("2025年秋学期", date(2025, 10, 11), true),
            ("113學年度第二學期", date(2025, 3, 1), true),
            ("2023-2024学年度", date(2024, 5, 1), true),
        ] {
            let text = crate::intake::fold::fold(text);
            assert_eq!(term(&text).unwrap().contains(day), inside, "{text} {day}");
        }
        assert_eq!(term("第11周菜谱"), None);
    }

    #[test]
    fn lengths_end_in_the_month_before() {
        for (text, months) in [
            ("一年半", 18),
            ("三年", 36),
            ("两学期", 12),
            ("3年", 36),
            ("半年", 6),
            ("18个月", 18),
            ("1.5年", 18),
        ] {
            assert_eq!(length_in_months(text), Some(months), "{text}");
        }
        let end = |first, months| last_month(first, months).unwrap();
        assert_eq!(end(date(2024, 9, 1), 36), "2027-08");
        assert_eq!(end(date(2018, 8, 10), 18), "2020-02");
    }
}
