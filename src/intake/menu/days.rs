//! Which dates the days of a menu are, when not all of them are printed.

use super::draft::{Day, Draft};
use super::lines::RELATIVE;
use crate::intake::doubt::{Code, Doubt, Place};
use crate::intake::sheet::Cell;
use crate::intake::when::year::{Years, weekday_name};
use crate::intake::when::{self, Said};
use crate::model::calendar::monday;
use crate::model::date::Span;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

/// The longest period that a menu states, in days.
const PERIOD_MAX: i32 = 62;

/// The dates of a menu.
pub struct Dates {
    /// The date of each day; `None`: it cannot be told.
    pub of: Vec<Option<Date>>,
    /// Days of the stated period that are not printed.
    pub missing: Vec<Date>,
}

/// Dates the days of a draft, telling each guess.
pub fn date(draft: &Draft, years: &Years, doubts: &mut Vec<Doubt>) -> Dates {
    let period = period(draft, years, doubts);
    let mut own = Vec::new();
    let said: Vec<Option<Date>> = draft
        .days
        .iter()
        .map(|day| years.day(&day.cell, day.said, &mut own))
        .collect();
    // The year is one question, however many days ask it.
    let asked = doubts.iter().any(|doubt| doubt.code == Code::YearMissing);
    let mut asked = asked;
    own.retain(|doubt| doubt.code != Code::YearMissing || !std::mem::replace(&mut asked, true));
    doubts.extend(own);
    let said: Vec<Option<Date>> = draft
        .days
        .iter()
        .zip(said)
        .map(|(day, date)| date.or_else(|| relative(day, years, doubts)))
        .collect();
    let invalid = |index: usize| draft.days[index].said.is_date() && said[index].is_none();
    let open: Vec<usize> = (0..said.len())
        .filter(|index| said[*index].is_none() && !invalid(*index))
        .collect();
    let mut of = said;
    if let Some(first) = open.first() {
        let day = &draft.days[*first];
        let derived = derive(draft, &of, period, years);
        let text = |cell: &Cell| {
            if cell.typed.is_empty() {
                "(空 blank)".to_owned()
            } else {
                cell.typed.clone()
            }
        };
        let mut typed: Vec<String> = open
            .iter()
            .map(|index| text(&draft.days[*index].cell))
            .collect();
        typed.dedup();
        let doubt = |code| Doubt::new(code, day.cell.place.clone(), typed.join(" "));
        match derived {
            Ok((dates, by)) => {
                for index in &open {
                    of[*index] = dates[*index];
                }
                let dates: Vec<String> = of.iter().flatten().map(Date::to_string).collect();
                doubts.push(doubt(Code::DateDerived).as_(dates.join(" ")).with(by));
            }
            Err(why) => doubts.push(doubt(Code::DateUnknown).with(why)),
        }
    }
    let missing = period
        .map(|period| missing(period, &of, years))
        .unwrap_or_default();
    Dates { of, missing }
}

/// The day that a day is called from today: 今日, 明天.
fn relative(day: &Day, years: &Years, doubts: &mut Vec<Doubt>) -> Option<Date> {
    if day.said != Said::default() {
        return None;
    }
    let days = match RELATIVE.find(&day.cell.text)?.as_str() {
        "昨日" | "昨天" => -1,
        "明日" | "明天" => 1,
        "后天" => 2,
        _ => 0,
    };
    let today = years.today();
    let date = today.checked_add(days.days()).ok()?;
    let doubt = Doubt::new(Code::DateDerived, day.cell.place.clone(), &day.cell.typed);
    doubts.push(doubt.as_(date).with(format!("今天 {today} today")));
    Some(date)
}

/// The period that a title states.
fn period(draft: &Draft, years: &Years, doubts: &mut Vec<Doubt>) -> Option<Span> {
    let (cell, (first, last)) = draft
        .titles
        .iter()
        .find_map(|cell| Some((cell, when::period(&cell.text)?)))?;
    let first = years.day(cell, first, doubts)?;
    let last = Said {
        year: last.year.or(Some(first.year())),
        ..last
    };
    let mut last = years.day(cell, last, doubts)?;
    if last < first {
        // 12.30-1.3 passes the end of the year.
        last = last.checked_add(1.year()).ok()?;
    }
    let long = first.until(last).ok()?.get_days() > PERIOD_MAX;
    if long {
        doubts.push(Doubt::new(
            Code::NotUnderstood,
            cell.place.clone(),
            &cell.typed,
        ));
    }
    (!long).then_some(Span { first, last })
}

type Derived = Result<(Vec<Option<Date>>, String), String>;

/// Dates by the period, by the days that are dated, by the week's number, or as the week to come.
fn derive(draft: &Draft, said: &[Option<Date>], period: Option<Span>, years: &Years) -> Derived {
    let days = &draft.days;
    if let Some(period) = period {
        return in_period(days, said, period, years);
    }
    if let Some(anchor) = said.iter().position(Option::is_some)
        && days
            .iter()
            .zip(said)
            .all(|(day, date)| day.said.weekday.is_some() || date.is_some())
    {
        return around(days, said, anchor);
    }
    let blank = |day: &Day| day.said.weekday.is_none() && !day.said.is_date();
    if days.iter().any(blank) {
        return Err("既无日期也无星期 neither a date nor a weekday is printed".to_owned());
    }
    let titles = draft
        .titles
        .iter()
        .find_map(|cell| Some((cell, when::weeks(&cell.text)?)));
    if let Some((cell, (at, weeks))) = titles {
        let typed = cell.typed_of(&cell.text[at]);
        let Some(term) = years.term() else {
            return Err(format!(
                "{typed} 要有校历 needs a calendar with the term's first day"
            ));
        };
        let first = weeks[0];
        let Some(week) = u16::try_from(first).ok().and_then(|first| term.week(first)) else {
            return Err(format!("{} 没有 {typed} has no such week", term.name));
        };
        let dates =
            run(days, week.first, weeks.len() > 1).ok_or("星期对不上 the weekdays do not fit")?;
        return Ok((
            dates,
            format!("校历 {} {typed} the calendar's week", term.name),
        ));
    }
    // A menu is handed in for the week that comes.
    let today = years.today();
    let next = if today.weekday() == Weekday::Monday {
        today
    } else {
        monday(today)
            .checked_add(7.days())
            .map_err(|error| error.to_string())?
    };
    let dates = run(days, next, false).ok_or("星期对不上 the weekdays do not fit")?;
    Ok((
        dates,
        format!("今天 {today} 之后的一周 the week after today"),
    ))
}

/// Dates inside a period: by weekday, or by order when as many days are printed as it has.
fn in_period(days: &[Day], said: &[Option<Date>], period: Span, years: &Years) -> Derived {
    let all: Vec<Date> = period.days().collect();
    let school: Vec<Date> = all
        .iter()
        .copied()
        .filter(|day| is_school(years, *day))
        .collect();
    for candidates in [&school, &all] {
        let fits = candidates
            .iter()
            .zip(days)
            .zip(said)
            .all(|((date, day), said)| {
                let weekday = date.weekday().to_monday_one_offset();
                day.said.weekday.is_none_or(|stated| stated == weekday)
                    && said.is_none_or(|said| said == *date)
            });
        if candidates.len() == days.len() && fits {
            let dates = candidates.iter().copied().map(Some).collect();
            return Ok((
                dates,
                format!(
                    "{} 至 to {} 的顺序 the period's order",
                    period.first, period.last
                ),
            ));
        }
    }
    let mut from = period.first;
    let mut dates = Vec::new();
    for (day, said) in days.iter().zip(said) {
        let fits = |date: &&Date| {
            day.said.weekday == Some(date.weekday().to_monday_one_offset()) && **date >= from
        };
        let date = said.or_else(|| all.iter().find(fits).copied());
        from = date.and_then(|date| date.tomorrow().ok()).unwrap_or(from);
        dates.push(date);
    }
    match dates.iter().all(Option::is_some) {
        true => Ok((
            dates,
            format!(
                "{} 至 to {} 的星期 the period's weekdays",
                period.first, period.last
            ),
        )),
        false => Err(format!(
            "{} 至 to {} 与所列的天数或星期对不上 does not fit the days printed",
            period.first, period.last
        )),
    }
}

/// Dates before and after a day that is dated.
fn around(days: &[Day], said: &[Option<Date>], anchor: usize) -> Derived {
    let mut dates = said.to_vec();
    let step = |from: Option<Date>, day: &Day, by: i32| {
        let mut date = from?;
        for _ in 0..7 {
            date = date.checked_add(by.days()).ok()?;
            if day.said.weekday == Some(date.weekday().to_monday_one_offset()) {
                return Some(date);
            }
        }
        None
    };
    for index in (0..anchor).rev() {
        dates[index] = dates[index].or_else(|| step(dates[index + 1], &days[index], -1));
    }
    for index in anchor + 1..days.len() {
        dates[index] = dates[index].or_else(|| step(dates[index - 1], &days[index], 1));
    }
    Ok((
        dates,
        "已写的日期和星期 the dates and weekdays printed".to_owned(),
    ))
}

/// Weekdays as running days from a Monday week on. Days of a weekend at the head of a menu of one week
/// stand before its Monday: a make-up Sunday is printed first in the next week's menu.
fn run(days: &[Day], monday: Date, several: bool) -> Option<Vec<Option<Date>>> {
    let weekdays: Option<Vec<i8>> = days.iter().map(|day| day.said.weekday).collect();
    let weekdays = weekdays?;
    let head = weekdays.iter().take_while(|day| **day >= 6).count();
    let leads = head > 0 && head < weekdays.len() && !several;
    let mut from = if leads {
        monday.checked_sub(3.days()).ok()?
    } else {
        monday
    };
    let mut dates = Vec::new();
    for weekday in weekdays {
        let mut date = from;
        while date.weekday().to_monday_one_offset() != weekday {
            date = date.tomorrow().ok()?;
        }
        from = date.tomorrow().ok()?;
        dates.push(Some(date));
    }
    Some(dates)
}

/// Whether there is school: by the calendar where a term holds the day, else from Monday to Friday.
pub fn is_school(years: &Years, day: Date) -> bool {
    let calendar = years.calendar();
    match calendar.terms().iter().any(|term| term.days.contains(day)) {
        true => calendar.is_school_day(day),
        false => day.weekday().to_monday_one_offset() <= 5,
    }
}

fn missing(period: Span, of: &[Option<Date>], years: &Years) -> Vec<Date> {
    let printed = |day: &Date| of.contains(&Some(*day));
    period
        .days()
        .filter(|day| is_school(years, *day) && !printed(day))
        .collect()
}

/// Doubts about days on which there is no school.
pub fn doubt_days_off(draft: &Draft, dates: &Dates, years: &Years, doubts: &mut Vec<Doubt>) {
    let calendar = years.calendar();
    for (day, date) in draft.days.iter().zip(&dates.of) {
        if let Some(date) = date
            && calendar
                .terms()
                .iter()
                .any(|term| term.days.contains(*date))
            && !calendar.is_school_day(*date)
            && day.off.is_none()
            && day.meals.iter().any(|served| !served.dishes.is_empty())
        {
            let place: Place = day.cell.place.clone();
            let typed = if day.cell.typed.is_empty() {
                weekday_name(*date)
            } else {
                day.cell.typed.clone()
            };
            doubts.push(Doubt::new(Code::DayOff, place, typed).as_(date));
        }
    }
}
