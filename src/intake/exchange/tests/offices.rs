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

#[test]
fn posts_are_called_as_they_are_today_and_only_heads_of_offices_are_middle_level() {
    let middle = StaffLevel::Middle;
    for (typed, post, level, folded) in [
        ("教务主任", "教导主任", middle, true),
        ("德育处", "德育主任", middle, true),
        ("班主任", "班主任", StaffLevel::Teacher, false),
        ("副园长", "副校长", StaffLevel::School, true),
        ("教务副主任", "教务副主任", middle, false),
    ] {
        let (exchange, doubts) = one(&format!(
            "姓名,原单位,交流单位,交流岗位,交流时间\n张老师,总校,春风分校,{typed},2025.9-2026.7\n"
        ));
        assert_eq!(
            (exchange.host_post.as_str(), exchange.level()),
            (post, level),
            "{typed}"
        );
        assert_eq!(
            codes(&doubts).contains(&Code::Folded),
            folded,
            "{typed} {doubts:#?}"
        );
    }
}

#[test]
fn what_is_said_of_a_longer_stay_is_told_and_changes_no_planned_end() {
    for (period, remark, end, later) in [
        ("2024.9-2025.7", "续一年", "2025-07", "2026-07"),
        ("2024.9-2025.7 延期至2026.7", "", "2025-07", "2026-07"),
        ("2024.9-2025.7（再延长半年）", "", "2025-07", "2026-01"),
        ("2024.9-2025.7", "一延再延", "2025-07", ""),
    ] {
        let (exchange, doubts) = one(&format!(
            "姓名,原单位,交流单位,交流时间,备注\n张老师,总校,春风分校,{period},{remark}\n"
        ));
        assert_eq!(
            super::period(&exchange),
            ("2024-09", end),
            "{period} {remark}"
        );
        let told = doubts.iter().find(|doubt| doubt.code == Code::Extended);
        assert_eq!(
            told.map_or("", |doubt| doubt.understood.as_str()),
            later,
            "{period} {remark} {doubts:#?}"
        );
    }
}

#[test]
fn rows_that_are_no_movement_are_told_whole() {
    let (all, doubts) = of(
        "姓名,性别,原单位,交流单位,起止时间,备注\n张老师,女,总校,总校,2025.9-2026.7,\n李老师,女,总校,春风,2025.9-2025.6,因病\n赵老师,女,总校,,即日起,\n王老师,男,总校,春风,即日起,\n",
    );
    assert_eq!(all.iter().map(who).collect::<Vec<_>>(), ["王老师"]);
    let left: Vec<&str> = doubts
        .iter()
        .filter(|doubt| doubt.code == Code::RowLeftOut && doubt.item.is_none())
        .map(|doubt| doubt.typed.as_str())
        .collect();
    assert_eq!(
        left,
        [
            "张老师 总校 总校 2025.9-2026.7",
            "李老师 总校 春风 2025.9-2025.6",
            "赵老师 总校 即日起"
        ]
    );
}

#[test]
fn two_tables_of_one_sheet_are_read_by_their_own_headings() {
    let (all, doubts) = of(
        "一、派出,,,\n姓名,原单位,交流单位,时间\n张老师,总校,春风分校,2025.9-2026.7\n,,,\n二、接收,,,\n姓名,交流单位,原单位,时间\n谢老师,总校,春风分校,2025年秋学期至2026年春学期\n",
    );
    assert_eq!(
        all.iter().map(who).collect::<Vec<_>>(),
        ["张老师", "谢老师"]
    );
    assert_eq!((&all[1].home, &all[1].host), (&campus("b"), &campus("a")));
    assert_eq!(period(&all[1]), ("2025-09", "2026-07"));
    assert!(
        !codes(&doubts).contains(&Code::CampusUnknown),
        "{doubts:#?}"
    );
}

#[test]
fn what_stands_glued_to_a_destination_is_read() {
    let (exchange, _) = one("王老师从滨湖分校到春风分校支教一年，2026年9月起\n");
    assert_eq!(
        (exchange.r#type(), period(&exchange)),
        (ExchangeType::Rural, ("2026-09", "2027-08"))
    );
    let (exchange, _) = one("姓名,原單位,交流學校,起訖時間\n李老師,總校,春風分校,114.8-115.7\n");
    assert_eq!(period(&exchange), ("2025-08", "2026-07"));
}

#[test]
fn everybody_who_is_sent_in_one_sentence_is_kept_and_counts_go_each_their_way() {
    let (all, _) = of("2025-2026学年选派张老师（语文）、李老师（数学）到春风分校轮岗，期限一年。");
    let read: Vec<_> = all
        .iter()
        .map(|one| (who(one), one.subject.as_str(), period(one)))
        .collect();
    let year = ("2025-09", "2026-08");
    assert_eq!(read, [("张老师", "语文", year), ("李老师", "数学", year)]);
    let (all, _) = of("本学年总校向春风分校选派3人，向滨湖分校选派2人；春风分校向总校派出1人。");
    let read: Vec<_> = all
        .iter()
        .map(|one| (one.unnamed_count, &one.home, &one.host))
        .collect();
    let (a, b, c) = (campus("a"), campus("b"), campus("c"));
    assert_eq!(read, [(3, &a, &b), (2, &a, &c), (1, &b, &a)]);
}

#[test]
fn people_behind_their_way_go_it_and_a_notice_s_dates_are_nobody() {
    let (all, doubts) = of(
        "总校→春风分校：张老师（语文）、李老师（数学）\n春风分校→总校：谢老师\n公示期：2026年6月1日—6月7日\n",
    );
    let read: Vec<_> = all
        .iter()
        .map(|one| (who(one), &one.host, one.subject.as_str()))
        .collect();
    let (a, b) = (campus("a"), campus("b"));
    assert_eq!(
        read,
        [
            ("张老师", &b, "语文"),
            ("李老师", &b, "数学"),
            ("谢老师", &a, "")
        ]
    );
    assert!(
        doubts
            .iter()
            .any(|doubt| doubt.code == Code::NotUnderstood && doubt.typed.starts_with("公示期"))
    );
}
