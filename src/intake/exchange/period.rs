//! From when to when a movement is planned.

use super::Movement;
use super::build::Builder;
use crate::intake::doubt::{Code, Doubt};
use crate::intake::sheet::Cell;
use crate::intake::when::year::{last_month, length_in_months, terms};
use crate::intake::when::{self, Said, regex};
use crate::model::date::day_or_month;
use crate::wire::v1::{Share, Weekdays, share};
use regex::Regex;
use std::sync::LazyLock;

/// The days or months that a cell states, and what stands behind them.
fn stated_days(text: &str) -> (Vec<Said>, &str) {
    if let Some((first, last)) = when::period(text) {
        return (vec![first, last], "");
    }
    let mut found = when::find(text, false);
    if found.is_empty() {
        found = when::months(text);
    }
    if found.is_empty()
        && let Some(said) = when::whole(text).filter(Said::is_date)
    {
        return (vec![said], "");
    }
    let rest = found.last().map_or(text, |last| &text[last.at.end..]);
    (found.into_iter().map(|found| found.said).collect(), rest)
}

/// An end of which only the year is said: 2026年9月-2027年.
static YEAR_BEHIND: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^\s*[~\-至到]+\s*(?:19|20)\d{2}\s*(?:年|$)"));

/// A later end than the planned one: 延期至2027.7, 续一年. Both schools and the office agree to that; a reading tells it.
pub fn extension(cell: &Cell, planned_end: &str, doubts: &mut Vec<Doubt>) -> Option<usize> {
    static LATER: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?:再|又)?(?:延期|延长|顺延|续聘|续签|续任|续派|延|续)\s*(?:交流|支教|任教)?\s*(?:至|到)?\s*([\d一二两三四五六七八九十半].*)$",
        )
    });
    let captures = LATER.captures(&cell.text)?;
    let (whole, behind) = (captures.get(0)?, &captures[1]);
    let said = stated_days(behind).0.into_iter().next();
    let end = match (said, length_in_months(behind), day_or_month(planned_end)) {
        (
            Some(Said {
                year,
                month: Some(month),
                ..
            }),
            ..,
        ) => year.map_or(format!("{month}月"), |year| format!("{year}-{month:02}")),
        (None, Some(months), Some(end)) => last_month(end.last.tomorrow().ok()?, months)?,
        (None, Some(_), None) => behind.to_owned(),
        _ => return None,
    };
    let part = cell.part(whole.as_str());
    doubts.push(Doubt::new(Code::Extended, part.place, part.typed).as_(end));
    Some(whole.start())
}

impl Builder<'_> {
    /// Writes the planned days of the cells that state them.
    pub(super) fn period(&self, cells: &[&Cell], movement: &mut Movement) {
        let mut stated: Vec<(Cell, Said)> = Vec::new();
        let mut length = None;
        let mut later: Vec<Cell> = Vec::new();
        for cell in cells {
            let kept =
                extension(cell, "", &mut Vec::new()).map(|start| cell.part(&cell.text[..start]));
            later.extend(kept.is_some().then(|| (*cell).clone()));
            let cell = &kept.unwrap_or((*cell).clone());
            let days = when::weekly(&cell.text);
            if !days.is_empty() {
                let days = days.into_iter().map(i32::from).collect();
                let weekdays = share::Share::Weekdays(Weekdays { days });
                movement.exchange.share = Some(Share {
                    share: Some(weekdays),
                });
            }
            let (said, rest) = stated_days(&cell.text);
            if !said.is_empty() && YEAR_BEHIND.is_match(rest) {
                let doubt = Doubt::new(Code::YearOnly, cell.place.clone(), rest);
                movement.doubts.push(doubt);
            }
            length = length.or_else(|| Some((cell.clone(), length_in_months(rest)?)));
            if said.is_empty() && length.is_none() && !cell.is_empty() {
                self.unclear(cell, movement);
            }
            stated.extend(said.into_iter().map(|said| (cell.clone(), said)));
        }
        let Movement {
            exchange, doubts, ..
        } = movement;
        let mut day = |index: usize| {
            let (cell, said) = stated.get(index)?;
            self.years.day_or_month(cell, *said, doubts)
        };
        if let Some(start) = day(0) {
            exchange.planned_start = start;
            exchange.planned_end = day(1).unwrap_or_default();
        }
        if let [(_, _), (_, _), (cell, _), ..] = stated.as_slice() {
            let kept = format!("{} {}", exchange.planned_start, exchange.planned_end);
            let doubt = Doubt::new(Code::TwoValues, cell.place.clone(), &cell.typed);
            doubts.push(
                doubt
                    .as_(kept)
                    .with("多于起止两个日期 more than a start and an end"),
            );
        }
        let start = day_or_month(&exchange.planned_start).map(|span| span.first);
        if let (Some(start), Some((cell, months))) =
            (start, length.as_ref().filter(|_| stated.len() < 2))
            && let Some(end) = last_month(start, *months)
        {
            let doubt = Doubt::new(Code::DateDerived, cell.place.clone(), &cell.typed).as_(&end);
            doubts.push(doubt.with("所写的期限 the length stated"));
            exchange.planned_end = end;
        }
        for cell in later {
            extension(&cell, &exchange.planned_end, doubts);
        }
        let open = stated.is_empty() && exchange.planned_start.is_empty();
        if let (true, Some((cell, _))) = (open, &length) {
            let doubt = Doubt::new(Code::NotUnderstood, cell.place.clone(), &cell.typed);
            doubts.push(doubt.with("没有写从何时起 it does not say from when"));
        }
        let ends = (
            day_or_month(&exchange.planned_start),
            day_or_month(&exchange.planned_end),
        );
        if let (Some(start), Some(end)) = ends
            && end.last < start.first
        {
            let (cell, _) = &stated[0];
            doubts.push(Doubt::new(
                Code::EndBeforeStart,
                cell.place.clone(),
                &cell.typed,
            ));
        }
    }

    /// A period without a month: 2014年, 2023学年, 即日起.
    fn unclear(&self, cell: &Cell, movement: &mut Movement) {
        static YEAR: LazyLock<Regex> = LazyLock::new(|| regex(r"(?:19|20)\d{2}\s*年?"));
        if cell.is_blank() || !when::weekly(&cell.text).is_empty() {
            return;
        }
        let doubt = |code| Doubt::new(code, cell.place.clone(), &cell.typed);
        let doubts = &mut movement.doubts;
        if let [span, ..] = terms(&cell.text).as_slice() {
            // A school year runs from September to the July after it.
            let last = terms(&cell.text).iter().map(|term| term.last).max();
            let (first, last) = (span.first, last.unwrap_or(span.last));
            let start = if first.month() == 8 {
                format!("{}-09", first.year())
            } else {
                format!("{}-02", first.year())
            };
            let end = if last.month() == 8 {
                format!("{}-07", last.year())
            } else {
                format!("{}-01", last.year())
            };
            doubts.push(
                doubt(Code::DateDerived)
                    .as_(format!("{start} {end}"))
                    .with("学年学期的起止 the school year"),
            );
            (
                movement.exchange.planned_start,
                movement.exchange.planned_end,
            ) = (start, end);
        } else if YEAR.is_match(&cell.text) {
            doubts.push(doubt(Code::YearOnly));
        } else {
            doubts.push(doubt(Code::NotUnderstood).with("起止时间 period"));
        }
    }
}
