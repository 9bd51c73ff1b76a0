//! Rosters by campus, in tables and in lines.

use super::*;

/// Each person as name, campus, rank and titles.
fn shown(text: &str) -> Vec<String> {
    let shown = |person: &Person| {
        let ranks: Vec<i32> = person.ranks.iter().map(|rank| rank.rank).collect();
        let titles: Vec<&str> = person
            .titles
            .iter()
            .map(|title| title.title.as_str())
            .collect();
        format!(
            "{} {} {ranks:?} {}",
            person.display_name,
            person.home_campus_id,
            titles.join("+")
        )
    };
    of(text).0.iter().map(shown).collect()
}

#[test]
fn people_of_a_campus_are_people_each_however_they_are_listed() {
    let expected = [
        format!("张晓明 a [{}] 学科带头人", i32::from(Rank::Senior)),
        format!("李芳 a [{}] ", i32::from(Rank::First)),
        format!("王明 b [{}] 骨干教师", i32::from(Rank::Second)),
    ];
    for typed in [
        "总校：张晓明（高级，市学科带头人）、李芳（一级）\n春风分校：王明（二级，区骨干）\n",
        "校区,姓名,职称,荣誉称号\n总校,张晓明,高级教师,市学科带头人\n,李芳,一级教师,\n春风分校,王明,二级,区骨干教师\n",
        "姓名 单位 职称 称号\n张晓明 总校 高级教师 市学科带头人\n李芳 总校 一级教师 无\n王明 春风分校 二级教师 区骨干\n",
    ] {
        assert_eq!(shown(typed), expected, "{typed}");
    }
}
