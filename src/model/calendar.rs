//! The school calendar: which days have school, and the weeks that schools count in.
//!
//! Two kinds of weeks, neither of them ISO's. A **teaching week** (第N周) counts the Monday weeks of a term
//! from the one that holds its first day, holiday weeks included. A **service week** (供餐周) is what one
//! weekly menu covers: Monday to Saturday, and first of all the Sunday before, because schools print a
//! make-up Sunday first in the next week's menu and a make-up Saturday last in its own.

mod national;

pub use national::{NOTICES, National, Notice, national};

use super::date::Span;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use std::collections::BTreeMap;

/// One school term (学期).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Its name as the group writes it.
    pub name: String,
    /// From the first school day to the last.
    pub days: Span,
}

impl Term {
    /// The days of teaching week `number` (第N周), Monday to Sunday, the first one being 1. `None` when the
    /// term has no such week.
    #[must_use]
    pub fn week(&self, number: u16) -> Option<Span> {
        let weeks = i64::from(number.checked_sub(1)?);
        let first = monday(self.days.first).checked_add(weeks.weeks()).ok()?;
        let last = first.checked_add(6.days()).ok()?;
        (first <= self.days.last).then_some(Span { first, last })
    }

    /// The number of the teaching week that holds a day; `None` when the day lies outside the term's
    /// weeks.
    #[must_use]
    pub fn week_of(&self, day: Date) -> Option<u16> {
        let start = monday(self.days.first);
        let days = start.until(day).ok()?.get_days();
        let number = u16::try_from(days.div_euclid(7) + 1).ok()?;
        self.week(number).map(|_| number)
    }
}

/// A single day that is not what its weekday says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpecialDay {
    /// Whether there is school.
    pub school: bool,
    /// The weekday whose timetable it follows (星期六上周一的课, 周一上周二的课).
    pub follows: Option<Weekday>,
    /// The Monday of the service week it was moved to.
    pub service_week: Option<Date>,
}

/// What one record says of the calendar.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    /// Its terms.
    pub terms: Vec<Term>,
    /// The weekdays with school; empty: those of the layers below.
    pub weekdays: Vec<Weekday>,
    /// Its special days.
    pub special: Vec<(Date, SpecialDay)>,
}

/// What a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayKind {
    /// An ordinary school day.
    School,
    /// School on a day that would be free (调休上课).
    MakeUp,
    /// A holiday or a closure.
    Holiday,
    /// A weekday without school inside a term.
    Weekend,
    /// A day outside every term.
    Vacation,
}

impl DayKind {
    /// Whether there is school, and so a meal.
    #[must_use]
    pub fn is_school(self) -> bool {
        matches!(self, DayKind::School | DayKind::MakeUp)
    }
}

/// A day as schools speak of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day<'a> {
    /// The day.
    pub date: Date,
    /// What it is.
    pub kind: DayKind,
    /// The weekday whose timetable it follows; `None` without school, and when nobody has said it.
    pub follows: Option<Weekday>,
    /// Its term and teaching week (第N周), if it is in one.
    pub teaching_week: Option<(&'a Term, u16)>,
    /// The Monday that names its service week (供餐周).
    pub service_week: Date,
}

/// A calendar: layers over the national days.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    terms: Vec<Term>,
    weekdays: Vec<Weekday>,
    special: BTreeMap<Date, SpecialDay>,
}

impl Calendar {
    /// Lays layers over the national days, later ones on top: a term takes the place of those it
    /// overlaps, a special day that of the same day.
    #[must_use]
    pub fn of(layers: impl IntoIterator<Item = Layer>) -> Self {
        let mut calendar = Calendar::default();
        for layer in layers {
            let kept = |term: &Term| !layer.terms.iter().any(|new| overlap(new.days, term.days));
            calendar.terms.retain(kept);
            calendar.terms.extend(layer.terms);
            calendar.special.extend(layer.special);
            if !layer.weekdays.is_empty() {
                calendar.weekdays = layer.weekdays;
            }
        }
        calendar.terms.sort_by_key(|term| term.days.first);
        calendar
    }

    /// The terms, by first day.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// All there is to say of a day.
    #[must_use]
    pub fn day(&self, date: Date) -> Day<'_> {
        let kind = self.kind(date);
        let told = self.special.get(&date).and_then(|special| special.follows);
        let follows = match kind {
            DayKind::School => told.or(Some(date.weekday())),
            DayKind::MakeUp => told,
            _ => None,
        };
        Day {
            date,
            kind,
            follows,
            teaching_week: self.teaching_week(date),
            service_week: self.service_week(date),
        }
    }

    /// What a day is. The national days count inside a term, a special day everywhere.
    #[must_use]
    pub fn kind(&self, date: Date) -> DayKind {
        let school = |school: bool| match (school, self.is_school_weekday(date.weekday())) {
            (true, true) => DayKind::School,
            (true, false) => DayKind::MakeUp,
            (false, _) => DayKind::Holiday,
        };
        if let Some(special) = self.special.get(&date) {
            return school(special.school);
        }
        if !self.terms.iter().any(|term| term.days.contains(date)) {
            return DayKind::Vacation;
        }
        match national(date) {
            Some(national) => school(national == National::Worked),
            None if self.is_school_weekday(date.weekday()) => DayKind::School,
            None => DayKind::Weekend,
        }
    }

    fn is_school_weekday(&self, weekday: Weekday) -> bool {
        match self.weekdays.as_slice() {
            [] => !matches!(weekday, Weekday::Saturday | Weekday::Sunday),
            weekdays => weekdays.contains(&weekday),
        }
    }

    /// Whether there is school on a day.
    #[must_use]
    pub fn is_school_day(&self, date: Date) -> bool {
        self.kind(date).is_school()
    }

    /// The term and the number of the teaching week (第N周) that hold a day.
    #[must_use]
    pub fn teaching_week(&self, date: Date) -> Option<(&Term, u16)> {
        let numbered = |term| Some((term, Term::week_of(term, date)?));
        self.terms.iter().find_map(numbered)
    }

    /// The term an event of that day counts in: the one that holds it, else the coming one.
    #[must_use]
    pub fn counted_in(&self, date: Date) -> Option<&Term> {
        self.terms.iter().find(|term| date <= term.days.last)
    }

    /// The Monday that names a day's service week (供餐周).
    #[must_use]
    pub fn service_week(&self, date: Date) -> Date {
        let moved = self.special.get(&date);
        let moved = moved.and_then(|special| special.service_week);
        moved.unwrap_or_else(|| match date.weekday() {
            Weekday::Sunday => date.saturating_add(1.day()),
            _ => monday(date),
        })
    }

    /// The school days of the service week that a Monday names, in order: what its menu covers.
    #[must_use]
    pub fn service_days(&self, monday: Date) -> Vec<Date> {
        let own = Span {
            first: monday.saturating_sub(1.day()),
            last: monday.saturating_add(5.days()),
        };
        let moved = self.special.keys().copied();
        let mut days: Vec<Date> = own.days().chain(moved).collect();
        days.retain(|day| self.service_week(*day) == monday && self.is_school_day(*day));
        days.sort_unstable();
        days.dedup();
        days
    }

    /// Whether deadlines count a day: a school day, and between terms, where there is none, a working day of the
    /// nation. The menu of a term's first week is due when the schools are about to open, not on the last day of the
    /// term before, and also when the calendar knows no term before.
    #[must_use]
    pub fn is_counted(&self, date: Date) -> bool {
        match (self.kind(date), national(date)) {
            (DayKind::Vacation, Some(national)) => national == National::Worked,
            (DayKind::Vacation, None) => self.is_school_weekday(date.weekday()),
            (kind, _) => kind.is_school(),
        }
    }

    /// The day `count` counted days ([`Calendar::is_counted`]) before `day`; with 0 the day itself. `None` when there
    /// are not so many in two years.
    #[must_use]
    pub fn school_days_before(&self, day: Date, count: usize) -> Option<Date> {
        if count == 0 {
            return Some(day);
        }
        day.series(-1_i32.days())
            .skip(1)
            .take(2 * 366)
            .filter(|day| self.is_counted(*day))
            .nth(count - 1)
    }
}

/// The Monday of the week, Monday to Sunday, that holds a day.
#[must_use]
pub fn monday(day: Date) -> Date {
    day.saturating_sub(i32::from(day.weekday().to_monday_zero_offset()).days())
}

/// Whether two spans share a day.
#[must_use]
pub fn overlap(a: Span, b: Span) -> bool {
    a.first <= b.last && b.first <= a.last
}

#[cfg(test)]
mod tests;
