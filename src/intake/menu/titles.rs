//! What the titles and notes of a menu say of it.

use super::draft::Draft;
use crate::intake::sheet::Cell;
use crate::intake::when::{self, find, regex};
use jiff::civil::Date;
use regex::Regex;
use std::sync::LazyLock;

/// Which of several parallel sets: B套.
pub static SET: LazyLock<Regex> = LazyLock::new(|| regex(r"([A-Da-d甲乙丙])\s*(?:套|餐|组)"));
/// Which class of a kindergarten, when a title names nothing else.
pub static CLASS: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"^([托小中大]班)(?:早餐|午餐|晚餐|餐)?(?:一周|本周|下周)?(?:食谱|菜谱|菜单)?$")
});
/// A canteen by name.
pub static CANTEEN: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:学生|教工|教师|职工|教职工|小|大|第?[一二三四]号?|[东西南北]区?|清真|[A-D])(?:食堂|餐厅)",
    )
});

/// What a pattern finds first in the titles: its first group, or all of it.
pub fn first(draft: &Draft, pattern: &Regex) -> Option<(Cell, String)> {
    draft.titles.iter().find_map(|cell| {
        let captures = pattern.captures(&cell.text)?;
        let found = captures.get(1).or(captures.get(0))?;
        Some((cell.clone(), cell.typed_of(found.as_str()).to_owned()))
    })
}

/// 2016学年第二学期 第11周, as far as it is printed.
pub fn label(draft: &Draft) -> String {
    static TERM: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"\d{3,4}(?:\s*[-~]+\s*\d{2,4})?\s*学年度?\s*第?[一二12上下]学期|\d{4}年?[春秋]季?学期",
        )
    });
    for cell in &draft.titles {
        if let Some((at, _)) = when::weeks(&cell.text) {
            let week = cell.typed_of(&cell.text[at]).to_owned();
            let term = TERM
                .find(&cell.text)
                .map(|term| cell.typed_of(term.as_str()).to_owned());
            let parts: Vec<String> = term.into_iter().chain([week]).collect();
            return parts.join(" ");
        }
    }
    String::new()
}

/// The price of a meal in a title, in fen: 8元B套.
pub fn price(draft: &Draft) -> Option<i32> {
    static PRICE: LazyLock<Regex> =
        LazyLock::new(|| regex(r"(\d{1,3})(?:\.(\d{1,2}))?\s*元(?:$|[^旦宵])"));
    let captures = draft
        .titles
        .iter()
        .find_map(|cell| PRICE.captures(&cell.text))?;
    let yuan: i32 = captures.get(1)?.as_str().parse().ok()?;
    let cents = captures.get(2).map_or("0", |cents| cents.as_str());
    let fen: i32 = format!("{cents:0<2}").parse().ok()?;
    Some(yuan * 100 + fen)
}

/// When the campus says that it published, in China's time: the day and the clock of a line that says so.
pub fn publish_time(draft: &Draft) -> String {
    let mut cells = draft.titles.iter().chain(&draft.notes);
    cells.find_map(published).unwrap_or_default()
}

/// When a line says that the menu was published.
pub fn published(cell: &Cell) -> Option<String> {
    static CLOCK: LazyLock<Regex> = LazyLock::new(|| regex(r"(\d{1,2}):(\d{2})(?::(\d{2}))?"));
    if !["发布", "公布", "公示"]
        .iter()
        .any(|word| cell.text.contains(word))
    {
        return None;
    }
    let found = find(&cell.text, false)
        .into_iter()
        .find(|found| found.said.year.is_some())?;
    let date = Date::new(found.said.year?, found.said.month?, found.said.day?).ok()?;
    let captures = CLOCK.captures(&cell.text[found.at.end..])?;
    let (hour, minute) = (&captures[1], &captures[2]);
    let second = captures.get(3).map_or("00", |second| second.as_str());
    let time = format!("{date}T{hour:0>2}:{minute}:{second}+08:00");
    time.parse::<jiff::Timestamp>().is_ok().then_some(time)
}
