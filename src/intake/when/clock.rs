//! Clock times as people write them: 14:00, 下午2:30, 14:00-15:30, 下午2点-4点半, 上午.

use super::regex;
use crate::intake::fold::number;
use crate::wire::v1::HalfDay;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// When something happens within a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// When it begins, HH:MM.
    pub start: Option<String>,
    /// When it ends, HH:MM.
    pub end: Option<String>,
    /// Morning or afternoon, when it is said.
    pub half: Option<HalfDay>,
    /// The afternoon was not said and follows from the hour, or from around.
    pub derived: bool,
    /// Where it stands in the text, in bytes.
    pub at: Range<usize>,
}

static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    let half = "上午|下午|中午|晚上|早上|早晨|晚|早";
    let time = r"(?:(\d{1,2}):(\d{2})(?::\d{2})?|(\d{1,2}|[一二两三四五六七八九十]{1,2})\s*[点时](?:(半)|(一刻)|(三刻)|整|(\d{1,2})分?)?)";
    regex(&format!(
        r"(?:({half})\s*)?{time}(?:\s*[~\-至到]+\s*(?:({half})\s*)?{time})?"
    ))
});
/// 2:00 PM.
static BEHIND: LazyLock<Regex> = LazyLock::new(|| regex(r"^\s*(?i:(am)|(pm))(?-u:\b)"));
static HALF: LazyLock<Regex> = LazyLock::new(|| regex("上午|下午|早上|午后|晚上|中午|全天"));

/// The first clock time of a text. An hour that nobody calls morning or afternoon is one of `around`'s
/// half of the day when that is known, and one of the afternoon before seven: colleagues meet by day.
#[must_use]
pub fn find(text: &str, around: Option<HalfDay>) -> Option<Clock> {
    let Some(captures) = CLOCK.captures(text) else {
        let half = HALF.find(text)?;
        return Some(Clock {
            half: half_of(half.as_str()),
            at: half.range(),
            ..Clock::default()
        });
    };
    let group = |index: usize| captures.get(index).map(|group| group.as_str());
    let whole = captures.get(0)?;
    let behind = BEHIND.captures(&text[whole.end()..]);
    let english = behind.as_ref().map(|behind| match behind.get(1) {
        Some(_) => HalfDay::Morning,
        None => HalfDay::Afternoon,
    });
    let half = group(1).and_then(half_of).or(english);
    let (start, mut derived) = time(&captures, 2, half, around)?;
    let end_half = group(9).and_then(half_of).or(half);
    let end = time(&captures, 10, end_half, around.or(after(start)));
    derived |= end.is_some_and(|(_, derived)| derived);
    let text_of = |(hour, minute): (i8, i8)| format!("{hour:02}:{minute:02}");
    let end = end.map(|(end, _)| later(start, end));
    Some(Clock {
        start: Some(text_of(start)),
        end: end.map(text_of),
        half,
        derived,
        at: whole.start()..whole.end() + behind.map_or(0, |behind| behind[0].len()),
    })
}

fn half_of(word: &str) -> Option<HalfDay> {
    match word {
        "上午" | "早上" | "早晨" | "早" => Some(HalfDay::Morning),
        "下午" | "午后" | "晚上" | "晚" | "中午" => Some(HalfDay::Afternoon),
        _ => None,
    }
}

fn after((hour, _): (i8, i8)) -> Option<HalfDay> {
    (hour >= 12).then_some(HalfDay::Afternoon)
}

/// 11:30-1:00 ends in the afternoon.
fn later(start: (i8, i8), end: (i8, i8)) -> (i8, i8) {
    match end <= start && end.0 < 12 && end.0 + 12 > start.0 {
        true => (end.0 + 12, end.1),
        false => end,
    }
}

type Read = ((i8, i8), bool);

fn time(
    captures: &regex::Captures<'_>,
    first: usize,
    half: Option<HalfDay>,
    around: Option<HalfDay>,
) -> Option<Read> {
    let group = |offset: usize| captures.get(first + offset).map(|group| group.as_str());
    let hour = group(0).or(group(2)).and_then(number)?;
    let minute = match (group(1), group(3), group(4), group(5), group(6)) {
        (Some(minute), ..) | (.., Some(minute)) => minute.parse().ok()?,
        (_, Some(_), ..) => 30,
        (_, _, Some(_), ..) => 15,
        (_, _, _, Some(_), _) => 45,
        _ => 0,
    };
    if !(0..=23).contains(&hour) || !(0..=59).contains(&minute) {
        return None;
    }
    let afternoon = match (half, around) {
        (Some(HalfDay::Afternoon), _) => hour < 12,
        (None, Some(HalfDay::Afternoon)) => hour < 11,
        (Some(_), _) | (None, Some(HalfDay::Morning)) => false,
        (None, _) => (1..7).contains(&hour),
    };
    let derived = half.is_none() && afternoon;
    Some(((hour + if afternoon { 12 } else { 0 }, minute), derived))
}
