//! Counts as offices keep them.

use crate::intake::doubt::{Code, Doubt};
use crate::intake::known::Known;
use crate::intake::{What, read};
use crate::wire::v1::StaffCount;
use crate::wire::v1::content::Kind;
use jiff::civil::date;

const REGISTERS: &str = r#"{"records": [
    {"id": "a", "campus": {"name": "总校"}},
    {"id": "b", "campus": {"name": "春风分校", "aliases": ["春风"]}}]}"#;

type Figures = [Option<i32>; 4];

fn of(text: &str) -> (Vec<StaffCount>, Vec<Doubt>) {
    let known = Known::on(date(2026, 5, 8))
        .with_registers(REGISTERS.as_bytes())
        .unwrap();
    let reading = read(What::StaffCount, text.as_bytes(), &known).unwrap();
    let all = reading.items.into_iter().map(|item| match item.content {
        Kind::StaffCount(count) => count,
        other => panic!("no count: {other:?}"),
    });
    (all.collect(), reading.doubts)
}

fn figures(count: &StaffCount) -> (&str, Figures) {
    let figures = [
        count.full_time,
        count.eligible,
        count.backbone,
        count.eligible_backbone,
    ];
    (&count.campus_id, figures)
}

fn told(doubts: &[Doubt]) -> Vec<(Code, &str)> {
    doubts
        .iter()
        .map(|doubt| (doubt.code, doubt.typed.as_str()))
        .collect()
}

#[test]
fn figures_are_read_by_whatever_heads_them_and_what_is_blank_was_not_counted() {
    let both: [(&str, Figures); 2] = [
        ("a", [Some(240), Some(90), Some(60), Some(30)]),
        ("b", [Some(80), Some(0), None, None]),
    ];
    let title = "2025-2026学年教师交流基数统计表（截至2025年9月1日）";
    for (typed, doubted) in [
        (
            "学校,专任教师数,符合交流条件的教师数,骨干教师数,符合条件的骨干教师数\n总校,240,90,60,30\n春风,80,0,,—\n",
            &[][..],
        ),
        (
            "序号,单位,专任教师,符合交流条件教师,骨干教师,骨干教师中符合交流条件的\n1,总校,240人,90人,60人,30人\n2,春风分校,80,0,-,-\n合计,,320,90,60,30\n",
            &[],
        ),
        (
            "学校,专任教师,符合交流条件,其中骨干,骨干教师,骨干教师比例\n总校,240,90,30,60,25%\n春风,80,0,,,\n合计,321,90,30,60,\n",
            &[
                (Code::Assumed, ""),
                (Code::LeftOut, "骨干教师比例"),
                (Code::SumMismatch, "321"),
            ],
        ),
        (
            "学校,专任教师,符合交流条件教师,,骨干教师\n,,总数,其中骨干,\n总校,240,90,30,60\n春风,80,0,,\n",
            &[],
        ),
        (
            "项目,总校,春风分校\n专任教师,240,80\n符合交流条件教师,90,0\n骨干教师,60,\n符合条件的骨干教师,30,\n",
            &[],
        ),
        (
            "单位,专任教师,符合交流条件教师,骨干教师,其中：符合交流条件\n总校,240,90,60,30\n春风,80,0,,\n",
            &[(Code::Assumed, "")],
        ),
    ] {
        let (counts, doubts) = of(&format!("{title},,\n{typed}"));
        let read: Vec<_> = counts.iter().map(figures).collect();
        assert_eq!(read, both, "{typed} {doubts:#?}");
        for count in &counts {
            assert_eq!(
                (count.school_year, count.day.as_str()),
                (2025, "2025-09-01")
            );
        }
        assert_eq!(told(&doubts), doubted, "{typed}");
    }
}

#[test]
fn sentences_and_labelled_lines_say_as_much() {
    let one: Figures = [Some(240), Some(90), Some(60), Some(30)];
    for typed in [
        "2025学年总校专任教师240人，符合交流条件的90人，骨干教师60人，其中符合交流条件的30人。（统计时间：2025年9月1日）",
        "学校：总校\n学年：2025-2026学年\n统计日期：2025.9.1\n专任教师数：240\n符合条件教师数：90\n骨干教师：60\n符合条件的骨干教师：30\n",
    ] {
        let (counts, doubts) = of(typed);
        assert_eq!(figures(&counts[0]), ("a", one), "{typed}");
        assert_eq!(
            (counts[0].school_year, counts[0].day.as_str()),
            (2025, "2025-09-01")
        );
        assert_eq!((counts.len(), told(&doubts)), (1, vec![]), "{typed}");
    }
}

#[test]
fn what_a_count_does_not_say_is_asked_for() {
    let (counts, doubts) = of(
        "学校,专任教师,骨干教师,市级骨干教师\n总校,约240,60,12\n青山小学,10,3,1\n总校,240,60,12\n",
    );
    assert_eq!(figures(&counts[0]), ("a", [None, None, Some(60), None]));
    assert_eq!(
        (counts[1].campus_id.as_str(), counts[0].school_year),
        ("", 0)
    );
    let codes: Vec<Code> = doubts.iter().map(|doubt| doubt.code).collect();
    for code in [
        Code::NotUnderstood,
        Code::WordUnknown,
        Code::Unstated,
        Code::LeftOut,
        Code::Twin,
    ] {
        assert!(codes.contains(&code), "{code:?}: {doubts:#?}");
    }
    let (counts, doubts) = of("学校,教师数\n总校,240\n2025年10月8日,\n");
    assert_eq!(
        (counts[0].school_year, counts[0].day.as_str()),
        (2025, "2025-10-08")
    );
    let codes: Vec<Code> = doubts.iter().map(|doubt| doubt.code).collect();
    assert_eq!(codes, [Code::Folded, Code::Assumed, Code::Assumed]);
}
