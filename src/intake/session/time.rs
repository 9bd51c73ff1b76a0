//! When a session is.

use super::build::Builder;
use super::{Field, Notice, clocks};
use crate::intake::doubt::{Code, Doubt};
use crate::intake::sheet::Cell;
use crate::intake::when::month::day_alone;
use crate::intake::when::{self, Said, clock, regex};
use crate::model::calendar::monday;
use crate::wire::v1::{HalfDay, Session, SessionDay};
use jiff::ToSpan as _;
use jiff::civil::Date;
use regex::Regex;
use std::sync::LazyLock;

/// The most days of one session.
const DAYS_MAX: usize = 31;

static LATER: LazyLock<Regex> = LazyLock::new(|| regex(r"[~\-至到]+\s*\d{1,2}\s*[日号]"));

/// The halves of a day in which two days that are joined begin and end: 5月14日上午-5月15日下午.
fn halves_of(cell: &Cell, said: &[(Cell, Said)]) -> Option<(HalfDay, HalfDay)> {
    static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
        regex(r"^[^\d]{0,6}?(上午|下午)\s*[~\-至到]+.*?[日号)]\s*(?:\([^()]*\))?\s*(上午|下午)\s*$")
    });
    let [(first, _), (_, _)] = said else {
        return None;
    };
    let at = cell.text.find(&first.text)? + first.text.len();
    let captures = BEHIND.captures(&cell.text[at..])?;
    let half = |group: usize| match &captures[group] {
        "上午" => HalfDay::Morning,
        _ => HalfDay::Afternoon,
    };
    Some((half(1), half(2)))
}

/// All days between two halves: whole ones, but for a first that begins at noon and a last that ends there.
fn from_half_to_half(days: &mut Vec<SessionDay>, first: HalfDay, last: HalfDay) {
    let ends = |days: &[SessionDay]| {
        Some((
            days.first()?.date.parse().ok()?,
            days.last()?.date.parse().ok()?,
        ))
    };
    let Some((from, to)): Option<(Date, Date)> = ends(days) else {
        return;
    };
    let stated: Vec<(String, i32)> = days
        .iter()
        .map(|day| (day.date.clone(), day.stated_weekday))
        .collect();
    let all = from
        .series(1.days())
        .take_while(|day| *day <= to)
        .take(DAYS_MAX);
    *days = all.map(|date| day(date, None)).collect();
    for (date, weekday) in stated {
        days.iter_mut()
            .filter(|day| day.date == date)
            .for_each(|day| day.stated_weekday = weekday);
    }
    if let Some(day) = days.first_mut().filter(|_| first == HalfDay::Afternoon) {
        day.half_day = first.into();
    }
    if let Some(day) = days.last_mut().filter(|_| last == HalfDay::Morning) {
        day.half_day = last.into();
    }
}

/// The dates that a cell says, each where it stands, and the cell's text without them.
fn dates(cell: &Cell, loose: bool) -> (Vec<(Cell, Said)>, String) {
    let found = when::find(&cell.text, loose);
    let mut rest = cell.text.clone();
    for day in found.iter().rev() {
        rest.replace_range(day.at.clone(), &" ".repeat(day.at.len()));
    }
    if found.is_empty()
        && let Some(said) = when::whole(&cell.text).filter(Said::is_date)
    {
        return (vec![(cell.clone(), said)], String::new());
    }
    let part = |found: when::Found| (cell.part(&cell.text[found.at]), found.said);
    (found.into_iter().map(part).collect(), rest)
}

impl Builder<'_> {
    /// Writes the days of a notice: those of its 时间, else those among its words.
    pub(super) fn days(&mut self, notice: &Notice, session: &mut Session) {
        let times: Vec<&Cell> = Self::fields(notice, Field::Time).collect();
        let stated =
            Self::fields(notice, Field::Weekday).find_map(|cell| when::whole(&cell.text)?.weekday);
        let times_are_loose = times.is_empty();
        let sources = if times_are_loose {
            notice.loose.iter().collect()
        } else {
            times
        };
        let loose = sources.len() == 1 && notice.lines > 1;
        let mut clock = None;
        let mut halves = None;
        let sources: Vec<Cell> = sources.into_iter().map(|cell| self.put_off(cell)).collect();
        for cell in &sources {
            let (mut said, mut rest) = dates(cell, loose);
            let month = self
                .years
                .month()
                .filter(|_| said.is_empty() && !times_are_loose);
            if let Some((day, behind)) = month.and_then(|month| day_alone(month, &cell.text)) {
                rest = behind.to_owned();
                said.push((cell.clone(), day));
                let doubt = Doubt::new(Code::DateDerived, cell.place.clone(), &cell.typed);
                let day = format!(
                    "{}-{}",
                    day.month.unwrap_or_default(),
                    day.day.unwrap_or_default()
                );
                self.doubts
                    .push(doubt.as_(day).with("文中写的月份 the month that is named"));
            }
            let found = clocks::spans(&rest);
            let from_to = halves_of(cell, &said).is_some();
            if notice.lines > 1
                && !times_are_loose
                && !from_to
                && (!found.is_empty() || !said.is_empty())
            {
                self.beside_the_time(cell, &rest, &found);
            }
            if self.clock_a_day(cell, &said, stated, session) {
                continue;
            }
            clock = clock.or_else(|| Some((cell.clone(), self.one_span(cell, &rest, found)?)));
            halves = halves.or_else(|| halves_of(cell, &said));
            match said.is_empty() && stated.is_none() {
                true => session.days.extend(self.relative(cell)),
                false => self.dated(cell, said, stated, session),
            }
        }
        session.days.sort_by(|a, b| a.date.cmp(&b.date));
        session.days.dedup_by(|a, b| a.date == b.date);
        match (clock, halves) {
            (_, Some((first, last))) => from_half_to_half(&mut session.days, first, last),
            (Some((cell, clock)), None) => self.clock(&cell, &clock, session),
            (None, None) => {}
        }
        let asked = [Code::YearUnknown, Code::DateInvalid];
        if session.days.is_empty() && !self.doubts.iter().any(|doubt| asked.contains(&doubt.code)) {
            let typed: Vec<&str> = sources.iter().map(|cell| cell.typed.as_str()).collect();
            let place = sources
                .first()
                .map(|cell| cell.place.clone())
                .unwrap_or_default();
            self.doubts
                .push(Doubt::new(Code::DateMissing, place, typed.join(" ")));
        }
    }

    /// Doubts what stands in a 时间 beside days and clock: 第二节课.
    fn beside_the_time(&mut self, cell: &Cell, rest: &str, clocks: &[clock::Clock]) {
        let mut rest = rest.to_owned();
        for clock in clocks.iter().rev() {
            rest.replace_range(clock.at.clone(), " ");
        }
        if let Some((at, _)) = when::weeks(&rest).filter(|_| when::weekday(&rest).is_some()) {
            rest.replace_range(at, " ");
        }
        if let Some((_, at)) = when::weekday(&rest) {
            rest.replace_range(at, " ");
        }
        let marks = |c: char| !c.is_alphanumeric() || "至到和日".contains(c);
        // 14日-16日,每天: the day behind the period, and that it is meant of each.
        let left = match when::period(&cell.text) {
            Some(_) => LATER
                .replace(&rest, " ")
                .replace("每天", " ")
                .replace("每日", " "),
            None => rest,
        };
        let left = left.trim_matches(marks);
        if left.chars().count() > 1 && when::whole(&cell.text).is_none() {
            let doubt = Doubt::new(Code::NotUnderstood, cell.place.clone(), left);
            self.doubts.push(doubt);
        }
    }

    /// A day told from the day of reading: 下周二, 明天.
    fn relative(&mut self, cell: &Cell) -> Option<SessionDay> {
        static RELATIVE: LazyLock<Regex> = LazyLock::new(|| {
            regex(r"([本这下])(?:个)?(?:周|星期)([一二三四五六日天])|(今天|今日|明天|明日|后天)")
        });
        let Some(captures) = RELATIVE.captures(&cell.text) else {
            return self.of_week(cell);
        };
        let today = self.years.today();
        let weekday = captures
            .get(2)
            .and_then(|day| when::weekday(&format!("周{}", day.as_str())));
        let weekday = weekday.map(|(weekday, _)| weekday);
        let week = captures.get(1).map(|week| week.as_str());
        let date = if let (Some(week), Some(weekday)) = (week, weekday) {
            let days = i64::from(weekday - 1) + if week == "下" { 7 } else { 0 };
            monday(today).checked_add(days.days()).ok()?
        } else {
            let days = match &captures[3] {
                "明天" | "明日" => 1,
                "后天" => 2,
                _ => 0,
            };
            today.checked_add(days.days()).ok()?
        };
        let typed = cell.part(&cell.text[captures.get(0)?.range()]);
        let doubt = Doubt::new(Code::DateDerived, typed.place, &typed.typed).as_(date);
        self.doubts.push(doubt.with(format!("今天 {today} today")));
        Some(day(date, weekday))
    }

    /// A weekday of a teaching week, by the calendar: 第12周周二.
    fn of_week(&mut self, cell: &Cell) -> Option<SessionDay> {
        let (at, weeks) = when::weeks(&cell.text)?;
        let (weekday, behind) = when::weekday(&cell.text[at.end..])?;
        let [week] = weeks.as_slice() else {
            return None;
        };
        let term = self.years.term()?;
        let monday = monday(term.week(u16::try_from(*week).ok()?)?.first);
        let date = monday.checked_add(i64::from(weekday - 1).days()).ok()?;
        let typed = cell.part(&cell.text[at.start..at.end + behind.end]);
        let doubt = Doubt::new(Code::DateDerived, typed.place, &typed.typed).as_(date);
        self.doubts
            .push(doubt.with(format!("校历 {} the calendar's week", term.name)));
        Some(day(date, Some(weekday)))
    }

    /// Single days, or all between two that are joined.
    pub(super) fn dated(
        &mut self,
        cell: &Cell,
        said: Vec<(Cell, Said)>,
        stated: Option<i8>,
        session: &mut Session,
    ) {
        let mut dates = Vec::new();
        for (part, said) in said {
            let weekday = said.weekday.or(stated);
            if let Some(date) = self.years.day(&part, Said { weekday, ..said }, self.doubts) {
                dates.push((date, weekday));
            }
        }
        let last = match (when::period(&cell.text), dates.as_slice()) {
            (Some(_), [_, (last, _)]) => Some(*last),
            (Some((_, last)), [(first, _)]) => {
                Date::new(first.year(), first.month(), last.day.unwrap_or(first.day())).ok()
            }
            _ => None,
        };
        let Some(last) = last else {
            session
                .days
                .extend(dates.into_iter().map(|(date, weekday)| day(date, weekday)));
            return;
        };
        let (first, weekday) = dates[0];
        let all = first
            .series(1.days())
            .take_while(|day| *day <= last)
            .take(DAYS_MAX);
        session
            .days
            .extend(all.map(|date| day(date, weekday.filter(|_| date == first))));
    }

    pub(super) fn clock(&mut self, cell: &Cell, clock: &clock::Clock, session: &mut Session) {
        let doubt = |code| Doubt::new(code, cell.place.clone(), &cell.typed);
        let (start, end) = (
            clock.start.clone().unwrap_or_default(),
            clock.end.clone().unwrap_or_default(),
        );
        if clock.derived {
            self.doubts
                .push(doubt(Code::TimeDerived).as_(format!("{start}-{end}")));
        }
        if !end.is_empty() && end <= start {
            self.doubts.push(doubt(Code::EndBeforeStart));
        }
        for day in &mut session.days {
            day.start.clone_from(&start);
            day.end.clone_from(&end);
            let half = clock.half.filter(|_| start.is_empty());
            day.half_day = half.unwrap_or(HalfDay::Unspecified).into();
        }
    }
}

fn day(date: Date, stated: Option<i8>) -> SessionDay {
    SessionDay {
        date: date.to_string(),
        stated_weekday: stated.unwrap_or_default().into(),
        ..SessionDay::default()
    }
}
