//! Calendars as tables of weeks and as grids of months.

use super::*;

#[test]
fn the_days_of_a_week_are_not_the_days_of_what_happens_in_it() {
    for typed in [
        "2025-2026学年第二学期,,\n周次,起止日期,工作安排\n1,3.2-3.8,3月2日开学\n2,3.9-3.15,\n6,4.6-4.12,4月6日清明放假\n10,5.4-5.10,5月4日、5日放假；5月9日补课（上周一课）\n18,6.29-7.5,期末考试\n",
        "2025-2026学年第二学期\n第1周（3.2-3.8）：3月2日开学\n第2周（3.9-3.15）：\n第6周（4.6-4.12）：4月6日清明放假\n第10周（5.4-5.10）：5月4日、5日放假；5月9日补课（上周一课）\n第18周（6.29-7.5）：期末考试\n",
    ] {
        let (calendar, doubts) = of(typed);
        assert_eq!(
            days(&calendar),
            ["04-06-清明", "05-04-", "05-05-", "05-09+ 1"],
            "{typed}"
        );
        assert_eq!(
            terms(&calendar),
            [("2025-2026学年第二学期", "2026-03-02", "2026-07-05")]
        );
        assert!(codes(&doubts).contains(&Code::DateDerived));
        let left: Vec<&str> = doubts
            .iter()
            .filter(|doubt| doubt.code == Code::LeftOut)
            .map(|doubt| doubt.typed.as_str())
            .collect();
        assert_eq!(left, ["期末考试"], "{typed}");
    }
}

#[test]
fn a_holiday_of_a_week_without_a_day_is_asked_for() {
    let (calendar, doubts) =
        of("周次,日期,主要工作\n1,9月1日-9月5日,9月1日开学\n5,9月29日-10月3日,国庆放假\n");
    assert!(calendar.special_days.is_empty());
    assert!(
        doubts
            .iter()
            .any(|doubt| doubt.code == Code::DateMissing && doubt.typed == "国庆放假")
    );
}

#[test]
fn a_grid_of_a_month_says_what_is_written_into_its_days() {
    let (calendar, doubts) = of(
        "2026年5月校历,,,,,,\n一,二,三,四,五,六,日\n,,,,1休,2休,3休\n4休,5休,6,7,8,9班,10\n11,12,13,14,15,16,17\n",
    );
    assert_eq!(
        days(&calendar),
        ["05-01-", "05-02-", "05-03-", "05-04-", "05-05-", "05-09+"]
    );
    assert!(
        !codes(&doubts).contains(&Code::WeekdayMismatch),
        "{doubts:?}"
    );
}

#[test]
fn a_grid_of_a_term_with_what_happens_beside_its_weeks() {
    let (calendar, doubts) = of(
        "2025-2026学年第二学期校历,,,,,,,,,\n月份,周次,一,二,三,四,五,六,日,备注\n三月,1,2,3,4,5,6,7,8,3月2日开学\n,2,9,10,11,12,13,14,15,\n,3,16,17,18,19,20,21,22,家长会\n,4,23,24,25,26,27,28,29,\n四月,5,30,31,1,2,3,4休,5休,\n,6,6休,7,8,9,10,11,12,\n",
    );
    assert_eq!(days(&calendar), ["04-04-", "04-05-", "04-06-"]);
    assert_eq!(calendar.terms[0].first_day, "2026-03-02");
    assert!(
        !codes(&doubts).contains(&Code::WeekdayMismatch),
        "{doubts:?}"
    );
    assert!(doubts.iter().any(|doubt| doubt.typed == "家长会"));
}

#[test]
fn a_term_and_its_days_in_one_cell_and_the_day_a_break_begins() {
    let (calendar, _) = of(
        "学期,起止时间,周数\n2025-2026学年第一学期,2025年9月1日-2026年1月30日,22周\n2025-2026学年第二学期,2026年3月2日-2026年6月30日,18周\n",
    );
    assert_eq!(
        terms(&calendar)[0],
        ("2025-2026学年第一学期", "2025-09-01", "2026-01-30")
    );
    assert_eq!(calendar.terms.len(), 2);
    let (calendar, doubts) = of("第一学期：2025年9月1日开学，2026年1月30日放寒假\n");
    assert_eq!(terms(&calendar), [("第一学期", "2025-09-01", "2026-01-30")]);
    assert!(
        codes(&doubts).contains(&Code::Assumed),
        "is the 30th a school day?"
    );
}

#[test]
fn full_dates_in_a_grid_carry_its_months_and_a_day_off_is_called_as_its_list_calls_it() {
    let (calendar, doubts) = of(
        "2026-2027学年第一学期校历,,,,,,,,\n周次,一,二,三,四,五,六,日,备注\n1,8/31,9/1,2,3,4,5,6,\n5,28,29,30,10/1,2,3,4休,\n",
    );
    let days: Vec<&str> = calendar
        .special_days
        .iter()
        .map(|day| day.date.as_str())
        .collect();
    assert_eq!(days, ["2026-10-04"], "{doubts:#?}");
    assert!(
        !doubts.iter().any(|doubt| doubt.code == Code::DateUnknown),
        "{doubts:#?}"
    );
    let (calendar, _) = of("日期,类型,说明\n46176,停课,中考\n2026.6.19,放假,端午节\n");
    let days: Vec<(&str, &str)> = calendar
        .special_days
        .iter()
        .map(|day| (day.date.as_str(), day.label.as_str()))
        .collect();
    assert_eq!(days, [("2026-06-03", "中考"), ("2026-06-19", "端午节")]);
}

#[test]
fn days_off_for_some_grades_are_nobody_s_holiday_and_terms_have_names_and_ends() {
    let (calendar, doubts) = of(
        "2026-2027学年校历\n第一学期：9月1日开学，2027年1月29日结束\n第二学期：2027年3月1日开学，7月2日结束\n6月16日—18日初三以外年级停课\n10月1日国庆放假\n",
    );
    assert_eq!(
        terms(&calendar),
        [
            ("2026-2027学年第一学期", "2026-09-01", "2027-01-29"),
            ("2026-2027学年第二学期", "2027-03-01", "2027-07-02"),
        ]
    );
    assert_eq!(days(&calendar), ["10-01-国庆"]);
    assert!(
        doubts
            .iter()
            .any(|doubt| doubt.detail.starts_with("只涉及部分年级"))
    );
}
