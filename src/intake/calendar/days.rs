//! Special days in sentences: 5月1日(周五)至5日(周二)放假,共5天。5月9日(周六)执行周二课表.

use super::Reader;
use crate::intake::doubt::{Code, Doubt};
use crate::intake::sheet::Cell;
use crate::intake::when::{self, regex};
use crate::wire::v1::{DayKind, SpecialDay};
use jiff::ToSpan as _;
use jiff::civil::Date;
use regex::Regex;
use std::sync::LazyLock;

/// The most days that one line calls off.
const DAYS_MAX: usize = 120;

/// A holiday by name.
const HOLIDAYS: &str = "元旦|春节|清明节?|劳动节|五一|端午节?|中秋节?|国庆节?";
static OFF: LazyLock<Regex> =
    LazyLock::new(|| regex("放假|休息|停课|假期|不上课|校休|休假|补休|秋假|春假|寒假|暑假"));
static NAMED: LazyLock<Regex> = LazyLock::new(|| regex(HOLIDAYS));
static ON: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        "不放假|不休息|不停课|照常|上班|上课|补课|补班|调班|工作日|正常教学|上学|[上补按行](?:周|星期)[一二三四五]",
    )
});
/// A day whose lessons another day has: 补5月4日的课.
static TAUGHT: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:上|补上?|按|执行|行|换)(?:的是)?\s*(\d[^补上按行换,。;]*?)\s*(?:的?课|课表|课程|教学)",
    )
});

/// A day from which on something is, without an end.
static OPEN: LazyLock<Regex> =
    LazyLock::new(|| regex(r"[日号)]\s*(?:开始|起)|放假[时日][间期]|寒假|暑假"));

/// Days off that are not everybody's.
static PARTIAL: LazyLock<Regex> =
    LazyLock::new(|| regex(r"年级|[初高][一二三]|部分|除.{1,6}外|以外"));

/// Whether a text calls days off.
pub fn is_off(text: &str) -> bool {
    OFF.is_match(text) || NAMED.is_match(text)
}

/// Whether a text calls days worked.
pub fn is_on(text: &str) -> bool {
    ON.is_match(text)
}

/// Words on the first day of a term.
pub static BEGINS: LazyLock<Regex> = LazyLock::new(|| regex("开学|正式上课|学期开始"));

/// What a line has said so far.
#[derive(Default)]
pub struct Said {
    /// The kind and the label of the last days.
    last: Option<(DayKind, String)>,
    /// The days themselves.
    added: Vec<String>,
    /// Days of which nothing has been said yet, and the part that names the first of them.
    waiting: Vec<Date>,
    unread: Cell,
}

impl Reader<'_> {
    /// The days of a clause; whether it was one of days.
    pub(super) fn clause(&mut self, clause: &Cell, said: &mut Said) -> bool {
        let mut read = false;
        let parts = clause
            .text
            .split(',')
            .filter(|part| !part.trim().is_empty());
        for part in parts {
            read |= self.part(&clause.part(part), said);
        }
        let waiting = std::mem::take(&mut said.waiting);
        match said.last.clone() {
            _ if waiting.is_empty() => read,
            Some((kind, label)) => {
                for day in waiting {
                    self.special(clause, day, kind, None, &label);
                }
                true
            }
            None => {
                // 8月31日教师报到,9月1日开学: a day of which nothing was made.
                if read {
                    let unread = std::mem::take(&mut said.unread);
                    self.doubt(Code::NotUnderstood, &unread);
                }
                read
            }
        }
    }

    /// A part of a clause between commas; whether anything was made of it. Days wait for what is said of them.
    fn part(&mut self, cell: &Cell, said: &mut Said) -> bool {
        if let [only] = when::find(&cell.text, true).as_slice()
            && !OFF.is_match(&cell.text)
            && self.term_end(cell, only.said)
        {
            return true;
        }
        let follows = self.follows(cell);
        let taught = TAUGHT.captures(&cell.text).and_then(|taught| taught.get(1));
        let own = taught.map_or(cell.text.len(), |taught| taught.start());
        let days = self.days(&cell.part(&cell.text[..own]));
        if said.waiting.is_empty() && !days.is_empty() {
            said.unread = cell.clone();
        }
        said.waiting.extend(&days);
        let follows_a_day = follows.map(|_| DayKind::Workday);
        let Some(kind) = kind(&cell.text, !days.is_empty()).or(follows_a_day) else {
            return false;
        };
        if kind == DayKind::Holiday && PARTIAL.is_match(&cell.text) {
            said.waiting.clear();
            let doubt = Doubt::new(Code::NotUnderstood, cell.place.clone(), &cell.typed);
            self.doubts
                .push(doubt.with("只涉及部分年级 only some grades"));
            return true;
        }
        if days.len() == 1 && OPEN.is_match(&cell.text) {
            // 1月30日起放寒假: until when is not said.
            if said.waiting.len() > days.len() {
                let unread = said.unread.clone();
                self.doubt(Code::NotUnderstood, &unread);
            }
            said.waiting.clear();
            self.doubt(Code::NotUnderstood, cell);
            return true;
        }
        let mut label = label(cell);
        if label.is_empty() {
            let last = said.last.take().map(|(_, label)| label);
            label = last.filter(|label| label != "调休").unwrap_or_default();
        }
        said.last = Some((kind, label.clone()));
        let waiting = std::mem::take(&mut said.waiting);
        if waiting.is_empty() {
            // 5月9日补课,上周二的课.
            return follows.is_some_and(|follows| self.follow(said, follows));
        }
        let follows = follows.filter(|_| kind == DayKind::Workday && waiting.len() == 1);
        said.added = waiting.iter().map(Date::to_string).collect();
        for day in waiting {
            self.special(cell, day, kind, follows, &label);
        }
        true
    }

    /// The days that a cell names, all between two that are joined.
    fn days(&mut self, cell: &Cell) -> Vec<Date> {
        let found = when::find(&cell.text, true);
        if let Some((first, last)) = when::period(&cell.text)
            && let Some(first) = self.years.day(cell, first, self.doubts)
        {
            let last = when::Said {
                year: last.year.or(Some(first.year())),
                ..last
            };
            let Some(mut last) = self.years.day(cell, last, self.doubts) else {
                return Vec::new();
            };
            if last < first {
                last = last.checked_add(1.year()).unwrap_or(last);
            }
            let all = first.series(1.days()).take_while(|day| *day <= last);
            let days: Vec<Date> = all.take(DAYS_MAX).collect();
            if days.last().is_some_and(|day| *day < last) {
                let doubt = Doubt::new(Code::TooMuch, cell.place.clone(), &cell.typed);
                self.doubts.push(doubt.with(format!("{DAYS_MAX} 天 days")));
            }
            return days;
        }
        if found.is_empty() {
            let whole = cell
                .text
                .split_whitespace()
                .next()
                .and_then(when::whole)
                .filter(when::Said::is_date);
            return whole
                .and_then(|said| self.years.day(cell, said, self.doubts))
                .into_iter()
                .collect();
        }
        found
            .into_iter()
            .filter_map(|found| self.years.day(cell, found.said, self.doubts))
            .collect()
    }

    fn special(&mut self, cell: &Cell, day: Date, kind: DayKind, follows: Option<i8>, label: &str) {
        let mut special = SpecialDay {
            date: day.to_string(),
            kind: kind.into(),
            follows_weekday: follows.unwrap_or_default().into(),
            label: label.to_owned(),
            ..SpecialDay::default()
        };
        let days = &mut self.calendar.special_days;
        if let Some(before) = days.iter().position(|other| other.date == special.date) {
            let before = days.remove(before);
            if special.follows_weekday == 0 && before.kind == special.kind {
                special.follows_weekday = before.follows_weekday;
            }
            let same =
                (before.kind, before.follows_weekday) == (special.kind, special.follows_weekday);
            let code = if same {
                Code::DayRepeated
            } else {
                Code::DayContradicted
            };
            let doubt = Doubt::new(code, cell.place.clone(), &cell.typed);
            self.doubts.push(doubt.as_(day));
        }
        days.push(special);
    }

    /// The weekday whose lessons a make-up day has: 上周一的课, 补周五课, 执行周二课表, 补5月4日的课.
    fn follows(&mut self, cell: &Cell) -> Option<i8> {
        static FOLLOWS: LazyLock<Regex> = LazyLock::new(|| {
            regex(r"(?:上|补|按|执行|行|换)(?:的是)?\s*\(?\s*((?:周|星期|礼拜)[一二三四五])")
        });
        if let Some(captures) = FOLLOWS.captures(&cell.text) {
            return when::weekday(&captures[1]).map(|(day, _)| day);
        }
        let taught = TAUGHT.captures(&cell.text)?.get(1)?;
        let taught = cell.part(&cell.text[taught.range()]);
        let said = when::find(&taught.text, true).first()?.said;
        let day = self.years.day(&taught, said, self.doubts)?;
        Some(day.weekday().to_monday_one_offset()).filter(|day| *day <= 5)
    }

    /// Writes what the day that was said last follows; whether it was one.
    fn follow(&mut self, said: &Said, follows: i8) -> bool {
        let [only] = said.added.as_slice() else {
            return false;
        };
        let day = self
            .calendar
            .special_days
            .iter_mut()
            .find(|day| day.date == *only);
        day.map(|day| day.follows_weekday = follows.into())
            .is_some()
    }
}

/// Whether days are off or have school, as a part of a sentence says it. A holiday's name alone calls off;
/// with other words it is an occasion (国庆文艺汇演).
fn kind(text: &str, dated: bool) -> Option<DayKind> {
    static BESIDE: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"\d+|[年月日号天共至到,.、/~\-()\s]|(?:周|星期|礼拜)[一二三四五六日天]|[一二三四五六七八九十]、|调休",
        )
    });
    let (on, off) = (ON.find(text), OFF.find(text));
    let named = || {
        let rest = NAMED.replace_all(text, "");
        NAMED.is_match(text)
            && BESIDE
                .replace_all(&rest, "")
                .trim_matches([':', '日'])
                .is_empty()
    };
    match (on, off) {
        (Some(on), Some(off)) if on.as_str().starts_with('不') && on.end() == off.end() => {
            Some(DayKind::Workday)
        }
        (Some(on), Some(off)) if on.start() > off.start() && dated => Some(DayKind::Workday),
        (Some(_), None) => Some(DayKind::Workday),
        (_, Some(_)) => Some(DayKind::Holiday),
        (None, None) => named().then_some(DayKind::Holiday),
    }
}

/// What a day is called: 劳动节.
fn label(cell: &Cell) -> String {
    static LABEL: LazyLock<Regex> =
        LazyLock::new(|| regex(&format!("{HOLIDAYS}|秋假|春假|寒假|暑假|运动会|校庆|调休")));
    let found = LABEL.find(&cell.text);
    found
        .map(|found| cell.typed_of(found.as_str()).to_owned())
        .unwrap_or_default()
}
