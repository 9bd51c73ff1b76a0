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

#[test]
fn a_title_has_its_own_time_and_lends_it_to_no_rank() {
    for typed in [
        "姓名,学校,职称,称号\n张晓明,总校,一级教师2018.9,市骨干(2019.9-2022.8)\n",
        "总校 张晓明 一级教师2018.9 市骨干(2019.9-2022.8)\n",
    ] {
        let (all, doubts) = of(typed);
        let person = &all[0];
        assert_eq!(
            (person.ranks[0].from.as_str(), person.ranks.len()),
            ("2018-09", 1),
            "{typed}"
        );
        assert_eq!(person.titles[0].until, "2022-08", "{typed}");
        assert_eq!(codes(&doubts), [], "{typed}");
    }
    let (all, doubts) = of("姓名,学校,职称,称号\n张晓明,总校,一级教师,市骨干2019\n");
    assert_eq!(
        (
            all[0].titles[0].until.as_str(),
            all[0].ranks[0].from.as_str()
        ),
        ("", "")
    );
    assert_eq!(codes(&doubts), [Code::Unstated, Code::LeftOut]);
}

#[test]
fn labels_side_by_side_in_one_line_are_a_field_each() {
    assert_eq!(
        shown(
            "姓名：张晓明 单位：总校 职称：一级教师（2019.8） 称号：区骨干\n姓名：李芳，单位：春风分校，职称：高级\n"
        ),
        [
            format!("张晓明 a [{}] 骨干教师", i32::from(Rank::First)),
            format!("李芳 b [{}] ", i32::from(Rank::Senior)),
        ]
    );
}
