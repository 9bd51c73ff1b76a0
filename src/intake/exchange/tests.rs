//! Exchanges as strangers type them.

use crate::intake::doubt::{Code, Doubt};
use crate::intake::known::Known;
use crate::intake::{What, read};
use crate::wire::v1::content::Kind;
use crate::wire::v1::{Exchange, ExchangeType, Rank, StaffLevel, TitleLevel, Unit, share, unit};
use jiff::civil::date;

const REGISTERS: &str = r#"{"records": [
    {"id": "a", "campus": {"name": "总校"}},
    {"id": "b", "campus": {"name": "春风分校", "aliases": ["春风"]}},
    {"id": "c", "campus": {"name": "滨湖分校"}}]}"#;

fn of(text: &str) -> (Vec<Exchange>, Vec<Doubt>) {
    let known = Known::on(date(2025, 9, 1))
        .with_registers(REGISTERS.as_bytes())
        .unwrap();
    let reading = read(What::Exchange, text.as_bytes(), &known).unwrap();
    let all = reading.items.into_iter().map(|item| match item.content {
        Kind::Exchange(exchange) => exchange,
        other => panic!("no exchange: {other:?}"),
    });
    (all.collect(), reading.doubts)
}

fn one(text: &str) -> (Exchange, Vec<Doubt>) {
    let (mut all, doubts) = of(text);
    assert_eq!(all.len(), 1, "{all:#?} {doubts:#?}");
    (all.remove(0), doubts)
}

fn campus(id: &str) -> Option<Unit> {
    Some(Unit {
        unit: Some(unit::Unit::CampusId(id.to_owned())),
    })
}

fn who(exchange: &Exchange) -> &str {
    exchange
        .person
        .as_ref()
        .map_or("", |person| person.display_name.as_str())
}

fn period(exchange: &Exchange) -> (&str, &str) {
    (&exchange.planned_start, &exchange.planned_end)
}

fn codes(doubts: &[Doubt]) -> Vec<Code> {
    doubts.iter().map(|doubt| doubt.code).collect()
}

#[test]
fn a_list_with_other_headings_in_another_order() {
    let (all, doubts) = of(
        "春风分校2025年交流教师名单,,,,,,\n派出学校,接收学校,教师姓名,学科,职称,荣誉称号,交流起止时间\n总校,春风,张老师,语文,一级教师,区骨干教师,2025年9月1日—2026年7月10日\n滨湖分校,春风,李小明,数学,中学高级,市学科带头人,2025.09-2027.08\n",
    );
    assert_eq!(
        (all.len(), who(&all[0]), who(&all[1])),
        (2, "张老师", "李小明")
    );
    assert_eq!(period(&all[0]), ("2025-09-01", "2026-07-10"));
    assert_eq!(period(&all[1]), ("2025-09", "2027-08"));
    assert_eq!((&all[1].home, &all[1].host), (&campus("c"), &campus("b")));
    assert_eq!(
        (all[1].rank_at_start(), all[1].titles_at_start[0].level()),
        (Rank::Senior, TitleLevel::City)
    );
    assert_eq!(all[0].r#type(), ExchangeType::Group);
    assert!(
        codes(&doubts).contains(&Code::Assumed),
        "the type is not stated"
    );
}

#[test]
fn start_end_and_length_in_columns_of_their_own() {
    let (all, _) = of(
        "姓名\t原单位\t交流单位\t开始时间\t结束时间\t期限\n张老师\t总校\t春风分校\t2025.9\t2026.7\t\n王老师\t总校\t滨湖分校\t2025年9月\t\t一年\n",
    );
    assert_eq!(period(&all[0]), ("2025-09", "2026-07"));
    assert_eq!(period(&all[1]), ("2025-09", "2026-08"));
}

#[test]
fn a_school_year_is_its_months_with_a_doubt() {
    let (exchange, doubts) =
        one("姓名,原单位,交流单位,起止时间\n张老师,总校,春风分校,2025-2026学年\n");
    assert_eq!(period(&exchange), ("2025-09", "2026-07"));
    assert!(codes(&doubts).contains(&Code::DateDerived));
}

#[test]
fn private_columns_are_left_out_and_not_shown() {
    let (exchange, doubts) = one(
        "姓名,性别,身份证号,联系电话,原单位,交流单位,起止时间\n张老师,女,320400198001011234,13800001111,总校,春风分校,2025.9-2026.7\n",
    );
    assert_eq!(who(&exchange), "张老师");
    let left: Vec<&str> = doubts
        .iter()
        .filter(|doubt| doubt.code == Code::PrivateLeftOut)
        .map(|doubt| doubt.detail.as_str())
        .collect();
    assert_eq!(left, ["性别", "身份证号", "联系电话"]);
    let said = format!("{doubts:?}");
    assert!(
        !said.contains("320400") && !said.contains("1380000"),
        "{said}"
    );
}

#[test]
fn lines_with_arrows() {
    let (all, _) = of(
        "张老师：总校→春风分校 2025.9-2026.7 语文 不转\n李老师 滨湖分校 -> 总校 2025.9-2026.7 数学 跟岗\n",
    );
    assert_eq!(
        (all.len(), who(&all[0]), &all[0].home, &all[0].host),
        (2, "张老师", &campus("a"), &campus("b"))
    );
    assert_eq!(
        (all[0].subject.as_str(), all[0].file_moved),
        ("语文", Some(false))
    );
    assert_eq!(
        (period(&all[1]), all[1].r#type()),
        (("2025-09", "2026-07"), ExchangeType::Shadowing)
    );
}

#[test]
fn labelled_lines_with_several_people() {
    let (all, _) = of(
        "姓名：张老师\n原单位：总校\n交流单位：春风分校\n交流时间：2025.9-2026.7\n姓名：李老师\n原单位：总校\n交流单位：滨湖分校\n交流时间：2025.9-2026.7\n",
    );
    assert_eq!(
        (all.len(), who(&all[1]), &all[1].host),
        (2, "李老师", &campus("c"))
    );
}

#[test]
fn a_pair_has_one_id_whoever_reads_it_and_a_half_tells_what_is_missing() {
    let head = "姓名,原单位,交流单位,类型,起止时间,备注\n";
    let out = "李老师,总校,春风分校,双向,2025.9-2026.7,与谢老师对调\n";
    let back = "谢老师,春风分校,总校,双向,2025.9-2026.7,与李老师对调\n";
    let (both, doubts) = of(&format!("{head}{out}{back}"));
    assert_eq!(both[0].pair_id, both[1].pair_id);
    assert!(!both[0].pair_id.is_empty() && !codes(&doubts).contains(&Code::PairHalf));
    let (half, doubts) = one(&format!("{head}{back}"));
    assert_eq!(
        half.pair_id, both[0].pair_id,
        "the other campus reads its own half"
    );
    assert!(codes(&doubts).contains(&Code::PairHalf));
    let (other, _) = one(&format!("{head}{}", out.replace("李老师", "吴老师")));
    assert_ne!(other.pair_id, both[0].pair_id);
}

#[test]
fn shares_of_a_week_are_percent_or_weekdays() {
    let (all, _) = of(
        "姓名,原单位,交流单位,类型,起止时间,备注\n张老师,总校,春风分校,跨校兼课,2025.9-2026.7,每周两天\n李老师,总校,春风分校,兼课,2025.9-2026.7 每周二、周四,\n",
    );
    assert_eq!(
        all[1].share.clone().and_then(|share| share.share),
        Some(share::Share::Weekdays(crate::wire::v1::Weekdays {
            days: vec![2, 4]
        }))
    );
    assert_eq!(all[0].r#type(), ExchangeType::PartTime);
}

#[test]
fn what_is_unclear_is_kept_apart_from_what_is_known() {
    let (exchange, doubts) = one(
        "姓名,原单位,交流单位,职称,人事关系,起止时间,交流岗位\n周老师,总校,青山小学,特聘,看情况,待定,教务副主任\n",
    );
    assert_eq!(
        exchange.host,
        Some(Unit {
            unit: Some(unit::Unit::Outside("青山小学".into()))
        })
    );
    assert_eq!(
        (
            exchange.file_moved,
            period(&exchange),
            exchange.rank_at_start()
        ),
        (None, ("", ""), Rank::Unspecified)
    );
    assert_eq!(exchange.level(), StaffLevel::Middle);
    for code in [Code::CampusUnknown, Code::NotUnderstood, Code::WordUnknown] {
        assert!(codes(&doubts).contains(&code), "{code:?}: {doubts:#?}");
    }
}

#[test]
fn a_sentence_with_a_count_and_a_place() {
    let (exchange, doubts) = one("本学期总校选派骨干教师3名到滨湖分校轮岗交流。");
    assert_eq!((exchange.unnamed_count, &exchange.host), (3, &campus("c")));
    assert!(codes(&doubts).contains(&Code::Unstated));
}

#[test]
fn a_title_above_and_signatures_below_are_no_movements() {
    let (all, doubts) = of(
        "附件2：,,,\n河海教育集团交流轮岗名单,,,\n姓名,原单位,交流单位,起止时间\n张老师,总校,春风分校,2025.9-2026.7\n注：以上名单已公示,,,\n",
    );
    assert_eq!(all.len(), 1);
    assert!(
        doubts
            .iter()
            .any(|doubt| doubt.code == Code::NotUnderstood && doubt.typed.starts_with("注"))
    );
}
