//! The clock times of a session beyond one a notice: several spans in a day, another on each day; and a session that
//! is put off or called off.

use super::Notice;
use super::build::Builder;
use crate::intake::doubt::{Code, Doubt};
use crate::intake::sheet::Cell;
use crate::intake::when::clock::{self, Clock};
use crate::intake::when::{self, Said, regex};
use crate::wire::v1::{HalfDay, Session};
use regex::Regex;
use std::sync::LazyLock;

/// The clock times of a text, in order.
pub fn spans(text: &str) -> Vec<Clock> {
    let mut all: Vec<Clock> = Vec::new();
    let mut from = 0;
    let late = |clock: &Clock| clock.start.as_deref().is_some_and(|start| start >= "12");
    while let Some(clock) = clock::find(
        &text[from..],
        all.last()
            .filter(|last| late(last))
            .map(|_| HalfDay::Afternoon),
    ) {
        let at = from + clock.at.start..from + clock.at.end;
        from = at.end;
        all.push(Clock { at, ..clock });
    }
    all
}

fn shown(clock: &Clock) -> String {
    let of = |time: &Option<String>| time.clone().unwrap_or_default();
    format!("{}-{}", of(&clock.start), of(&clock.end))
}

impl Builder<'_> {
    /// One span for several: from the first beginning to the last end, when each begins after the one before it ends.
    /// Morning and afternoon are the whole day.
    pub(super) fn one_span(
        &mut self,
        cell: &Cell,
        rest: &str,
        clocks: Vec<Clock>,
    ) -> Option<Clock> {
        let (timed, halves): (Vec<Clock>, Vec<Clock>) =
            clocks.into_iter().partition(|clock| clock.start.is_some());
        let Some(first) = timed.first() else {
            let same = halves.windows(2).all(|pair| pair[0].half == pair[1].half);
            return halves
                .into_iter()
                .next()
                .filter(|_| same && !rest.contains("全天"));
        };
        let [_, .., last] = timed.as_slice() else {
            return timed.into_iter().next();
        };
        let follow = timed
            .windows(2)
            .all(|pair| pair[0].end.is_some() && pair[0].end <= pair[1].start);
        let whole = match follow && last.end.is_some() {
            true => Clock {
                end: last.end.clone(),
                derived: first.derived || last.derived,
                ..first.clone()
            },
            false => first.clone(),
        };
        let all: Vec<String> = timed.iter().map(shown).collect();
        let doubt = Doubt::new(Code::TwoValues, cell.place.clone(), &cell.typed);
        self.doubts
            .push(doubt.as_(shown(&whole)).with(all.join(", ")));
        Some(whole)
    }

    /// Days that have a clock each: 5月12日14:00-15:30、5月13日9:00-10:30. A day without one has that of the next. Whether
    /// they have.
    pub(super) fn clock_a_day(
        &mut self,
        cell: &Cell,
        said: &[(Cell, Said)],
        stated: Option<i8>,
        session: &mut Session,
    ) -> bool {
        let found = when::find(&cell.text, true);
        if said.len() < 2 || found.len() != said.len() || when::period(&cell.text).is_some() {
            return false;
        }
        let end = |index: usize| {
            found
                .get(index + 1)
                .map_or(cell.text.len(), |next| next.at.start)
        };
        let own = |(index, day): (usize, &when::Found)| {
            spans(&cell.text[day.at.end..end(index)]).into_iter().next()
        };
        let clocks: Vec<Option<Clock>> = found.iter().enumerate().map(own).collect();
        if clocks
            .iter()
            .flatten()
            .filter(|clock| clock.start.is_some())
            .count()
            < 2
        {
            return false;
        }
        let mut next: Option<Clock> = None;
        for (day, clock) in said.iter().zip(clocks).rev() {
            next = clock.or(next);
            let mut one = Session::default();
            self.dated(cell, vec![day.clone()], stated, &mut one);
            if let Some(clock) = &next {
                self.clock(cell, clock, &mut one);
            }
            session.days.append(&mut one.days);
        }
        true
    }

    /// What a cell says of a session that is put off: its new day (原定5月12日,延期至5月20日).
    pub(super) fn put_off(&mut self, cell: &Cell) -> Cell {
        static TO: LazyLock<Regex> =
            LazyLock::new(|| regex("(?:延期|推迟|顺延|改期|调整|变更|改)(?:至|到|为|在)"));
        let Some(to) = TO.find(&cell.text) else {
            return cell.clone();
        };
        let before = &cell.text[..to.start()];
        let old: Vec<&str> = when::find(before, false)
            .into_iter()
            .map(|day| &before[day.at])
            .collect();
        let new = cell.part(&cell.text[to.end()..]);
        if old.is_empty() || when::find(&new.text, false).is_empty() {
            return cell.clone();
        }
        let doubt = Doubt::new(Code::DayContradicted, new.place.clone(), &new.typed);
        self.doubts.push(doubt.as_(old.join(" ")));
        new
    }

    /// Doubts a session that is called off, or put off to nobody knows when: its host says so of the record itself.
    pub(super) fn called_off(&mut self, notice: &Notice) {
        static OFF: LazyLock<Regex> = LazyLock::new(|| {
            regex(r"取消|停办|停开|(?:延期|推迟|暂缓)(?:举行|召开|进行)?\s*(?:$|[,。;!)])")
        });
        for cell in notice
            .loose
            .iter()
            .chain(notice.fields.iter().map(|(_, cell)| cell))
        {
            let Some(off) = OFF.find(&cell.text) else {
                continue;
            };
            let part = cell.part(off.as_str().trim_end_matches([',', '。', ';', '!', ')']));
            let doubt = Doubt::new(Code::NotUnderstood, part.place, part.typed);
            self.doubts.push(doubt.with(
                "取消、延期由承办学校在那条记录上操作 its host says so of the record itself",
            ));
        }
    }
}
