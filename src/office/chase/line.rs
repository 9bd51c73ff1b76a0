//! The line to paste into a chat group. It names campuses and days, and no person: titles stay out.

use crate::wire::v1::{self, ChaseReason as Reason};
use jiff::civil::Date;

/// All that is owed, as one line.
pub fn of(today: Date, campuses: &[v1::ChasedCampus]) -> String {
    let head = format!("【催报】{}月{}日", today.month(), today.day());
    if campuses.is_empty() {
        return format!("{head} 各校均已上报。");
    }
    let campuses: Vec<String> = campuses.iter().map(campus).collect();
    format!("{head} {}。请尽快上报。", campuses.join("；"))
}

fn campus(campus: &v1::ChasedCampus) -> String {
    let items = &campus.items;
    let menus = items.iter().filter_map(menu);
    let counts = COUNTED.iter().filter_map(|(reason, words, unit)| {
        let owed = items.iter().filter(|item| item.reason() == *reason).count();
        (owed > 0).then(|| format!("{words}{owed}{unit}"))
    });
    let owed: Vec<String> = menus.chain(counts).collect();
    format!("{}：{}", campus.name, owed.join("、"))
}

/// What is told by number, with the word that Chinese counts it by.
const COUNTED: [(Reason, &str, &str); 5] = [
    (Reason::AttendanceMissing, "考勤未报", "场"),
    (Reason::SessionOpen, "活动未归档", "场"),
    (Reason::ArrivalOpen, "到岗未确认", "人次"),
    (Reason::EndOpen, "离岗未确认", "人次"),
    (Reason::CorrectionOpen, "待更正", "处"),
];

fn menu(item: &v1::ChaseItem) -> Option<String> {
    let words = match item.reason() {
        Reason::MenuMissing => "食谱未报",
        Reason::MenuIncomplete => "食谱不全",
        _ => return None,
    };
    // Of 2026-05-11 the 05-11: the year goes without saying.
    let days: Vec<&str> = item.dates.iter().filter_map(|date| date.get(5..)).collect();
    Some(format!("{words}（{}）", days.join("、")))
}
