//! Lists and sentences as offices send them.

use super::*;

#[test]
fn blanks_under_a_merged_school_and_ditto_marks_are_the_row_above() {
    let (all, doubts) = of(
        "序号,派出学校,姓名,接收学校,交流时间\n1,总校,张老师,春风分校,2026.9-2027.7\n2,,李老师,滨湖分校,同上\n3,春风分校,谢老师,总校,2026.9-2027.7\n",
    );
    assert_eq!(
        (&all[1].home, period(&all[1])),
        (&campus("a"), ("2026-09", "2027-07"))
    );
    assert_eq!(all[2].home, campus("b"));
    assert!(doubts.iter().any(|doubt| doubt.code == Code::Assumed && doubt.place.cell().as_deref() == Some("B3")));
}

#[test]
fn posts_under_two_schools_are_told_apart() {
    let (exchange, doubts) = one(
        "姓名,原单位,,交流单位,,交流时间,\n,学校,岗位,学校,岗位,起,止\n张老师,总校,班主任,春风分校,教研组长,2026.9,2027.7\n",
    );
    assert_eq!(
        (&exchange.home, &exchange.host),
        (&campus("a"), &campus("b"))
    );
    assert_eq!(
        (exchange.host_post.as_str(), period(&exchange)),
        ("教研组长", ("2026-09", "2027-07"))
    );
    assert!(
        doubts
            .iter()
            .any(|doubt| doubt.code == Code::LeftOut && doubt.typed == "班主任")
    );
}

#[test]
fn the_school_that_sends_is_read_wherever_it_stands() {
    let (all, doubts) =
        of("本学年总校选派3名骨干教师赴春风分校交流，2名教师赴滨湖分校支教，期限一年。");
    assert!(all.iter().all(|one| one.home == campus("a")), "{all:#?}");
    assert_eq!((all[0].unnamed_count, all[1].unnamed_count), (3, 2));
    assert!(doubts.iter().any(|doubt| doubt.detail.contains("从何时起")));
    let (all, _) = of(
        "派出学校：总校\n1.张老师 语文 一级 到春风分校 2026.9-2027.7\n2.李老师 数学 到滨湖分校 2026.9-2027.7\n",
    );
    assert_eq!(
        (all.len(), who(&all[1]), &all[1].home, &all[1].host),
        (2, "李老师", &campus("a"), &campus("c"))
    );
    let (all, _) = of(
        "总校张老师到春风分校交流一年（2026.9—2027.7），语文；春风分校谢老师到总校跟岗半年（2026.9—2027.1）。",
    );
    assert_eq!(
        (all.len(), who(&all[0]), who(&all[1])),
        (2, "张老师", "谢老师")
    );
    assert_eq!((&all[1].home, &all[1].host), (&campus("b"), &campus("a")));
    assert_eq!(
        (all[1].r#type(), period(&all[0])),
        (ExchangeType::Shadowing, ("2026-09", "2027-07"))
    );
}

#[test]
fn the_share_of_a_week_stands_in_a_column_of_its_own() {
    let (all, doubts) = of(
        "姓名,原单位,交流单位,类型,时间,工作量\n陈老师,总校,春风分校,跨校兼课,2026.9-2027.1,40%\n孙老师,总校,春风分校,走教,2026.9-2027.1,周二、周四全天\n赵老师,总校,滨湖分校,跨校兼课,2026.9-2027.1,每周6节\n",
    );
    let share = |index: usize| all[index].share.clone().and_then(|share| share.share);
    assert_eq!(share(0), Some(share::Share::Percent(40)));
    assert_eq!(
        share(1),
        Some(share::Share::Weekdays(crate::wire::v1::Weekdays {
            days: vec![2, 4]
        }))
    );
    assert_eq!(share(2), None);
    assert!(
        doubts
            .iter()
            .any(|doubt| doubt.code == Code::LeftOut && doubt.typed == "每周6节")
    );
    assert!(
        doubts
            .iter()
            .any(|doubt| doubt.detail.starts_with("每周占比"))
    );
}

#[test]
fn marks_under_campuses_and_years_in_any_script() {
    let (all, _) = of(
        "姓名,原单位,交流时间,春风分校,滨湖分校\n张老师,总校,二〇二六年九月至二〇二七年七月,√,\n李老师,总校,26.9-27.7,,√\n",
    );
    assert_eq!((&all[0].host, &all[1].host), (&campus("b"), &campus("c")));
    assert!(
        all.iter().all(|one| period(one) == ("2026-09", "2027-07")),
        "{all:#?}"
    );
}
