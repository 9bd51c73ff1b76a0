//! Lists of colleagues as strangers type them.

mod offices;

use crate::intake::doubt::{Code, Doubt};
use crate::intake::known::Known;
use crate::intake::{What, read};
use crate::wire::v1::content::Kind;
use crate::wire::v1::{Person, Rank, TitleLevel};
use jiff::civil::date;

const REGISTERS: &str = r#"{"records": [
    {"id": "a", "campus": {"name": "总校"}},
    {"id": "b", "campus": {"name": "春风分校", "aliases": ["春风"]}},
    {"id": "p", "person": {"displayName": "张老师", "homeCampusId": "a"}}]}"#;

fn of(text: &str) -> (Vec<Person>, Vec<Doubt>) {
    let known = Known::on(date(2026, 2, 20))
        .with_registers(REGISTERS.as_bytes())
        .unwrap();
    let reading = read(What::Person, text.as_bytes(), &known).unwrap();
    let all = reading.items.into_iter().map(|item| match item.content {
        Kind::Person(person) => person,
        other => panic!("no person: {other:?}"),
    });
    (all.collect(), reading.doubts)
}

fn codes(doubts: &[Doubt]) -> Vec<Code> {
    doubts.iter().map(|doubt| doubt.code).collect()
}

#[test]
fn a_roster_with_ranks_and_their_days() {
    let (all, doubts) = of(
        "总校教师花名册,,,,\n姓名,所在学校,职称,评聘时间,荣誉称号\n王老师,总校,一级教师,2018.9,区骨干教师\n李老师,春风,高级,2020-12-01,\n",
    );
    assert_eq!(all.len(), 2);
    assert_eq!(
        (
            all[0].home_campus_id.as_str(),
            all[0].ranks[0].rank(),
            all[0].ranks[0].from.as_str()
        ),
        ("a", Rank::First, "2018-09")
    );
    assert_eq!(
        (
            all[1].home_campus_id.as_str(),
            all[1].ranks[0].from.as_str()
        ),
        ("b", "2020-12-01")
    );
    assert_eq!(
        (all[0].titles[0].title.as_str(), all[0].titles[0].level()),
        ("骨干教师", TitleLevel::County)
    );
    assert_eq!(codes(&doubts), []);
}

#[test]
fn rank_and_titles_in_one_cell_in_any_order() {
    let (all, _) = of(
        "单位,姓名,职称/称号\n总校,甲老师,市学科带头人、高级教师\n总校,乙老师,正高级 省特级教师\n总校,丙老师,小学高级\n",
    );
    let ranks: Vec<Rank> = all.iter().map(|person| person.ranks[0].rank()).collect();
    assert_eq!(ranks, [Rank::Senior, Rank::Professor, Rank::First]);
    assert_eq!(all[1].titles[0].title, "特级教师");
}

#[test]
fn whoever_has_no_title_is_said_to_have_none() {
    let (all, doubts) = of(
        "姓名,单位,职称,评聘时间,荣誉称号,骨干情况\n甲老师,总校,一级,2018.9,无,无\n乙老师,总校,无,,,\n丙老师,总校,一级/无,2018.9,,\n丁老师,总校,一级,2018.9,无,县骨干教师\n",
    );
    let said: Vec<(bool, usize)> = (all.iter())
        .map(|person| (person.no_titles, person.titles.len()))
        .collect();
    assert_eq!(said, [(true, 0), (false, 0), (true, 0), (false, 1)]);
    assert_eq!(codes(&doubts), []);
}

#[test]
fn a_rank_without_its_day_is_asked_for() {
    let (_, doubts) = of("姓名,单位,职称\n王老师,总校,一级\n");
    assert_eq!(codes(&doubts), [Code::Unstated]);
}

#[test]
fn private_columns_are_left_out_and_not_shown() {
    let (all, doubts) = of("姓名,性别,出生年月,手机,单位\n王老师,女,1980.1,13800001111,总校\n");
    assert_eq!(all[0].display_name, "王老师");
    assert_eq!(codes(&doubts), [Code::PrivateLeftOut; 3]);
    assert!(!format!("{doubts:?}").contains("1380000"));
}

#[test]
fn lines_without_headings() {
    let (all, _) = of("王老师 总校 一级教师 区骨干\n陈晓明、春风分校、二级\n");
    assert_eq!(
        (
            all.len(),
            all[1].display_name.as_str(),
            all[1].home_campus_id.as_str()
        ),
        (2, "陈晓明", "b")
    );
    assert_eq!(all[0].titles.len(), 1);
}

#[test]
fn a_number_in_a_line_is_nobody_s_business() {
    let (_, doubts) = of("王老师 总校 13800001111\n李老师 总校\n");
    assert_eq!(codes(&doubts), [Code::PrivateLeftOut]);
    assert!(!format!("{doubts:?}").contains("1380000"));
}

#[test]
fn a_name_only_proposes_a_person_of_the_register() {
    let (all, doubts) = of("姓名,单位\n张老師,总校\n");
    assert_eq!(all[0].display_name, "张老師");
    let proposed = doubts
        .iter()
        .find(|doubt| doubt.code == Code::PersonProposed)
        .unwrap();
    assert!(proposed.detail.contains("总校 p"), "{proposed:?}");
}

#[test]
fn two_rows_of_one_name_are_a_question() {
    let (all, doubts) = of("姓名,单位\n王老师,总校\n王老师,总校\n王老师,春风\n");
    assert_eq!(all.len(), 3);
    let twins: Vec<Option<usize>> = doubts
        .iter()
        .filter(|doubt| doubt.code == Code::Twin)
        .map(|doubt| doubt.item)
        .collect();
    assert_eq!(twins, [Some(1)]);
}

#[test]
fn a_school_outside_the_group_is_no_home() {
    let (all, doubts) = of("姓名,单位\n王老师,青山小学\n");
    assert_eq!(all[0].home_campus_id, "");
    assert!(codes(&doubts).contains(&Code::WordUnknown));
}

#[test]
fn a_row_without_a_name_is_nobody() {
    let (all, doubts) = of("姓名,单位,职称\n,总校,一级\n王老师,总校,\n");
    assert_eq!(all.len(), 1);
    assert!(codes(&doubts).contains(&Code::Unstated));
}

#[test]
fn sex_and_birth_are_left_out_of_lines_and_the_day_of_a_rank_is_kept() {
    let (all, doubts) =
        of("1. 王老师 女 1980.1 总校 一级教师 2018.9 区骨干\n王明，总校，男，中学一级（2020.9）\n");
    let from: Vec<&str> = all
        .iter()
        .map(|person| person.ranks[0].from.as_str())
        .collect();
    assert_eq!(from, ["2018-09", "2020-09"]);
    let (private, folded): (Vec<Code>, Vec<Code>) = codes(&doubts)
        .into_iter()
        .partition(|code| *code == Code::PrivateLeftOut);
    assert_eq!(
        (private.len(), folded),
        (3, vec![Code::Folded]),
        "{doubts:#?}"
    );
    assert!(!format!("{all:?}{doubts:?}").contains("1980"));
}

#[test]
fn labelled_lines_are_persons() {
    let (all, doubts) = of(
        "姓名：王老师\n性别：女\n单位：总校\n职称：正高级教师\n身份证号：320400198001011234\n姓名：李老师\n单位：春风\n",
    );
    let home: Vec<&str> = all
        .iter()
        .map(|person| person.home_campus_id.as_str())
        .collect();
    assert_eq!(
        (home, all[0].ranks[0].rank()),
        (vec!["a", "b"], Rank::Professor)
    );
    assert!(!format!("{all:?}{doubts:?}").contains("320400"));
}

#[test]
fn what_stands_above_the_headings_and_rows_nobody_filled_in() {
    let (all, doubts) =
        of("花名册,,\n填报单位：总校,填报人：张主任,\n序号,姓名,单位\n1,王老师,总校\n2,,\n3,,\n");
    assert_eq!((all.len(), all[0].display_name.as_str()), (1, "王老师"));
    assert_eq!(codes(&doubts), [Code::NotUnderstood]);
    assert_eq!(doubts[0].typed, "填报单位：总校 填报人：张主任");
}

#[test]
fn a_rank_and_its_day_in_one_cell() {
    let (all, doubts) = of(
        "姓名,学校,职称及取得时间\n王老师,总校,一级教师2018.9\n李老师,春风,高级（2020年12月）\n",
    );
    let ranks: Vec<(Rank, &str)> = all
        .iter()
        .map(|person| (person.ranks[0].rank(), person.ranks[0].from.as_str()))
        .collect();
    assert_eq!(ranks, [(Rank::First, "2018-09"), (Rank::Senior, "2020-12")]);
    assert_eq!(codes(&doubts), []);
}
