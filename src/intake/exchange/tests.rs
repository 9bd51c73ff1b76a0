//! Exchanges as strangers type them.

mod offices;

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

#[test]
fn two_rows_of_headings_and_two_columns_of_one_meaning() {
    let (exchange, doubts) = one(
        "姓名,学校,交流单位,原单位,交流时间,\n,,,,起,止\n张老师,总校,春风分校,滨湖分校,2026.9,202707\n合计,,,,,1\n填表人：王老师,,,电话：13800001111,,\n",
    );
    assert_eq!(period(&exchange), ("2026-09", "2027-07"));
    assert_eq!(exchange.home, campus("a"));
    let told: Vec<(Code, &str)> = doubts
        .iter()
        .map(|doubt| (doubt.code, doubt.typed.as_str()))
        .filter(|(code, _)| matches!(code, Code::LeftOut | Code::NotUnderstood))
        .collect();
    assert_eq!(
        told,
        [
            (Code::LeftOut, "原单位"),
            (Code::NotUnderstood, "合计 1"),
            (Code::NotUnderstood, "填表人：王老师 电话：***"),
        ]
    );
}

#[test]
fn people_in_one_cell_go_each_and_private_words_behind_a_name_stay_away() {
    let (all, doubts) = of(
        "姓名,原单位,交流单位,起止时间\n王芳、陈明,总校,滨湖分校,2026.9-2027.7\n张  明（女）,总校,春风,2026.9-2027.7\n李芳13800001111,总校,春风,2026-2027学年第一学期\n王老师等3人,总校,春风,2026.9-2027.7\n",
    );
    let names: Vec<&str> = all.iter().map(who).collect();
    assert_eq!(names, ["王芳", "陈明", "张明", "李芳", "王老师"]);
    assert_eq!(period(&all[3]), ("2026-09", "2027-01"));
    assert!(codes(&doubts).contains(&Code::CountMismatch));
    assert!(!format!("{all:?}{doubts:?}").contains("1380000"));
}

#[test]
fn a_form_of_labels_and_values_is_one_movement() {
    let (exchange, doubts) = one(
        "交流轮岗登记表,,,\n姓名,张老师,性别,女\n原单位,总校,交流单位,春风分校\n职称,一级,联系电话,13800001111\n起止时间,2026.9-2027.7,人事关系,不转\n",
    );
    assert_eq!((who(&exchange), &exchange.host), ("张老师", &campus("b")));
    assert_eq!(
        (exchange.rank_at_start(), exchange.file_moved),
        (Rank::First, Some(false))
    );
    let private = codes(&doubts)
        .into_iter()
        .filter(|code| *code == Code::PrivateLeftOut);
    assert_eq!(private.count(), 2);
}

#[test]
fn a_partner_named_in_a_remark_is_the_other_half_and_of_two_nobody_is() {
    let head = "姓名,原单位,交流单位,类型,起止时间,备注\n";
    let (all, doubts) = of(&format!(
        "{head}张老师,总校,春风分校,定期交流,2026.9-2027.7,\n李老师,春风分校,总校,双向,2026.9-2027.7,与张老师对调\n"
    ));
    assert!(!all[0].pair_id.is_empty() && all[0].pair_id == all[1].pair_id);
    assert!(!codes(&doubts).contains(&Code::PairHalf));
    let there = "甲老师,总校,春风分校,双向,2026.9-2027.7,\n";
    let back =
        "乙老师,春风分校,总校,双向,2026.9-2027.7,\n丙老师,春风分校,总校,双向,2026.9-2027.7,\n";
    let (all, doubts) = of(&format!("{head}{there}{back}"));
    assert!(
        all.iter().all(|exchange| exchange.pair_id.is_empty()),
        "{all:#?}"
    );
    assert!(codes(&doubts).contains(&Code::WordUnsure));
}

#[test]
fn sentences_tell_of_several_movements_and_what_tells_of_none_is_doubted() {
    let (all, doubts) = of(
        "总校选派3名骨干教师到春风分校交流，2名教师到滨湖分校支教，其中市学科带头人1名。\n请各校做好交接。\n",
    );
    let counts: Vec<i32> = all.iter().map(|exchange| exchange.unnamed_count).collect();
    assert_eq!((counts, &all[1].host), (vec![3, 2], &campus("c")));
    assert_eq!(all[1].r#type(), ExchangeType::Rural);
    let unread: Vec<&str> = doubts
        .iter()
        .filter(|doubt| doubt.code == Code::NotUnderstood)
        .map(|doubt| doubt.typed.as_str())
        .collect();
    assert_eq!(unread, ["其中市学科带头人1名", "请各校做好交接。"]);
    let (all, _) = of("总校的张老师和春风的李老师互换一年（2026.9-2027.8）\n");
    assert_eq!((all.len(), period(&all[1])), (2, ("2026-09", "2027-08")));
    assert_eq!(all[0].pair_id, all[1].pair_id);
    let (all, doubts) = of(
        "经研究，派张老师（语文，一级教师）到春风分校交流，时间为2026年9月1日至2027年7月10日；李老师到滨湖分校支教一年。",
    );
    assert_eq!(period(&all[0]), ("2026-09-01", "2027-07-10"));
    assert_eq!(
        (all[0].subject.as_str(), period(&all[1])),
        ("语文", ("", ""))
    );
    assert!(
        doubts.iter().any(|doubt| doubt.typed == "一年"),
        "{doubts:?}"
    );
}

#[test]
fn each_sheet_of_a_workbook_is_read_for_itself() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let list = book.add_worksheet();
    for (row, cells) in [
        ["姓名", "原单位", "交流单位", "起止时间"],
        ["张老师", "总校", "春风", "2026.9-2027.7"],
    ]
    .iter()
    .enumerate()
    {
        for (column, cell) in (0_u16..).zip(cells) {
            list.write(u32::try_from(row).unwrap(), column, *cell)
                .unwrap();
        }
    }
    let prose = book.add_worksheet();
    prose
        .write(0, 0, "李老师 滨湖分校→总校 2026.9-2027.7")
        .unwrap();
    let known = Known::on(date(2025, 9, 1))
        .with_registers(REGISTERS.as_bytes())
        .unwrap();
    let reading = read(What::Exchange, &book.save_to_buffer().unwrap(), &known).unwrap();
    assert_eq!(reading.items.len(), 2, "{reading:#?}");
}

#[test]
fn titles_and_ranks_are_read_in_the_group_s_own_words() {
    let registers = r#"{"records": [
        {"id": "", "vocabulary": {"topic": "VOCABULARY_TOPIC_TITLE", "words": [
            {"code": "龙城名师"}, {"code": "骨干教师", "aliases": ["教学骨干"]}, {"code": "甲", "aliases": ["新秀"]}, {"code": "乙", "aliases": ["新秀"]}]}},
        {"id": "", "vocabulary": {"topic": "VOCABULARY_TOPIC_RANK", "words": [
            {"code": "RANK_SENIOR", "name": "高级", "aliases": ["高讲"]}]}}]}"#;
    let known = Known::on(date(2025, 9, 1))
        .with_registers(registers.as_bytes())
        .unwrap();
    let typed =
        "姓名,原单位,交流单位,职称,称号\n张老师,甲校,乙校,高讲,市龙城名师、区教学骨干、新秀\n";
    let mut reading = read(What::Exchange, typed.as_bytes(), &known).unwrap();
    let Kind::Exchange(exchange) = reading.items.remove(0).content else {
        panic!("no exchange")
    };
    let titles: Vec<(&str, TitleLevel)> = exchange
        .titles_at_start
        .iter()
        .map(|title| (title.title.as_str(), title.level()))
        .collect();
    assert_eq!(exchange.rank_at_start(), Rank::Senior);
    assert_eq!(
        titles[..2],
        [
            ("龙城名师", TitleLevel::City),
            ("骨干教师", TitleLevel::County)
        ]
    );
    let unsure = reading
        .doubts
        .iter()
        .find(|doubt| doubt.code == Code::WordUnsure);
    assert_eq!(unsure.unwrap().detail, "乙, 甲");
}

#[test]
fn whoever_has_no_title_is_said_to_have_none() {
    let sheet = |titles: &str, rank: &str| {
        let text = format!(
            "派出学校,接收学校,教师姓名,学科,职称,荣誉称号,交流起止时间\n总校,春风,张老师,语文,{rank},{titles},2025.09-2027.08\n"
        );
        let (mut all, _) = of(&text);
        let exchange = all.remove(0);
        (exchange.no_titles_at_start, exchange.titles_at_start.len())
    };
    for (titles, rank, said) in [
        ("无", "一级教师", (true, 0)),
        ("暂无", "一级教师", (true, 0)),
        ("", "一级教师", (false, 0)),
        ("", "一级教师/无", (true, 0)),
        ("", "无", (false, 0)),
        ("区骨干教师", "无", (false, 1)),
    ] {
        assert_eq!(sheet(titles, rank), said, "{rank} {titles}");
    }
}
