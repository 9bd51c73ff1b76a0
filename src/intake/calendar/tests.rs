//! Calendars as strangers type them.

mod offices;

use crate::intake::doubt::{Code, Doubt};
use crate::intake::known::Known;
use crate::intake::{What, read};
use crate::wire::v1::content::Kind;
use crate::wire::v1::{Calendar, DayKind};
use jiff::civil::date;

fn of(text: &str) -> (Calendar, Vec<Doubt>) {
    let mut reading = read(
        What::Calendar,
        text.as_bytes(),
        &Known::on(date(2026, 2, 20)),
    )
    .unwrap();
    assert_eq!(reading.items.len(), 1, "{reading:#?}");
    match reading.items.remove(0).content {
        Kind::Calendar(calendar) => (calendar, reading.doubts),
        other => panic!("no calendar: {other:?}"),
    }
}

fn terms(calendar: &Calendar) -> Vec<(&str, &str, &str)> {
    calendar
        .terms
        .iter()
        .map(|term| {
            (
                term.name.as_str(),
                term.first_day.as_str(),
                term.last_day.as_str(),
            )
        })
        .collect()
}

/// Special days as `date kind weekday label`: - is off, + is school.
fn days(calendar: &Calendar) -> Vec<String> {
    let day = |day: &crate::wire::v1::SpecialDay| {
        let kind = if day.kind() == DayKind::Workday {
            '+'
        } else {
            '-'
        };
        let follows = if day.follows_weekday == 0 {
            String::new()
        } else {
            format!(" {}", day.follows_weekday)
        };
        format!("{}{kind}{}{follows}", &day.date[5..], day.label)
    };
    calendar.special_days.iter().map(day).collect()
}

fn codes(doubts: &[Doubt]) -> Vec<Code> {
    doubts.iter().map(|doubt| doubt.code).collect()
}

#[test]
fn a_notice_of_the_state_council() {
    let (calendar, _) = of(
        "2026年部分节假日安排\n一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。\n四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。\n",
    );
    assert_eq!(
        days(&calendar),
        [
            "01-01-元旦",
            "01-02-元旦",
            "01-03-元旦",
            "01-04+元旦",
            "05-01-劳动节",
            "05-02-劳动节",
            "05-03-劳动节",
            "05-04-劳动节",
            "05-05-劳动节",
            "05-09+劳动节"
        ]
    );
    assert_eq!(calendar.special_days[0].date, "2026-01-01");
}

#[test]
fn a_term_in_one_line_and_its_days() {
    let (calendar, _) = of(
        "2025-2026学年第二学期：3月2日—6月30日\n5月9日（周六）上周一的课\n6月19日至21日端午节放假\n",
    );
    assert_eq!(
        terms(&calendar),
        [("2025-2026学年第二学期", "2026-03-02", "2026-06-30")]
    );
    assert_eq!(
        days(&calendar),
        ["05-09+ 1", "06-19-端午节", "06-20-端午节", "06-21-端午节"]
    );
}

#[test]
fn first_and_last_days_on_lines_of_their_own() {
    let (calendar, doubts) = of(
        "2025-2026学年第二学期校历\n3月2日（周一）开学\n5月1日-5日 劳动节放假\n6月30日 学期结束\n",
    );
    assert_eq!(
        terms(&calendar),
        [("2025-2026学年第二学期", "2026-03-02", "2026-06-30")]
    );
    assert_eq!(days(&calendar).len(), 5);
    assert!(!codes(&doubts).contains(&Code::Unstated), "{doubts:?}");
}

#[test]
fn a_table_of_terms() {
    let (calendar, _) = of(
        "学期,开学日期,结束日期\n2025-2026学年第一学期,2025-09-01,2026-01-30\n2025-2026学年第二学期,2026-03-02,2026-06-30\n",
    );
    assert_eq!(
        terms(&calendar)[1],
        ("2025-2026学年第二学期", "2026-03-02", "2026-06-30")
    );
    assert_eq!(calendar.terms.len(), 2);
}

#[test]
fn a_table_of_days() {
    let (calendar, _) = of(
        "日期,安排,说明\n2026/5/1-2026/5/5,放假,劳动节\n2026/5/9,上课,调休\n46192,放假,端午节\n",
    );
    assert_eq!(days(&calendar)[5..], ["05-09+调休", "06-19-端午节"]);
}

#[test]
fn several_days_in_one_sentence() {
    let (calendar, _) = of("2026年：5月9日、5月10日上课；4月6日清明节放假。");
    assert_eq!(days(&calendar), ["04-06-清明节", "05-09+", "05-10+"]);
}

#[test]
fn an_autumn_term_passes_the_end_of_the_year() {
    let (calendar, _) = of("2025年秋学期 9月1日至1月30日\n");
    assert_eq!(
        terms(&calendar),
        [("2025年秋学期", "2025-09-01", "2026-01-30")]
    );
}

#[test]
fn a_year_that_is_not_stated_is_told() {
    let (calendar, doubts) = of("5月1日至5日放假\n");
    assert_eq!(calendar.special_days[0].date, "2026-05-01");
    assert!(codes(&doubts).contains(&Code::YearMissing));
}

#[test]
fn days_that_are_none_and_lines_that_say_nothing_are_doubted() {
    let (calendar, doubts) =
        of("2026年\n2月30日放假\n5月1日放假\n第8周家长会安排另行通知到各班主任老师处请关注\n");
    assert_eq!(days(&calendar), ["05-01-"]);
    assert!(
        codes(&doubts).contains(&Code::DateInvalid)
            && codes(&doubts).contains(&Code::NotUnderstood)
    );
}

#[test]
fn a_term_that_ends_before_it_begins_is_told() {
    let (_, doubts) = of("学期,开始,结束\n2025-2026学年第二学期,2026-06-30,2026-03-02\n");
    assert!(codes(&doubts).contains(&Code::EndBeforeStart));
}

#[test]
fn a_text_without_days_is_no_calendar() {
    let reading = read(
        What::Calendar,
        "校历见附件".as_bytes(),
        &Known::on(date(2026, 2, 20)),
    )
    .unwrap();
    assert!(reading.items.is_empty());
    assert!(codes(&reading.doubts).contains(&Code::NothingHere));
}

#[test]
fn a_make_up_day_follows_a_weekday_however_it_is_said() {
    for said in [
        "5月9日（周六）执行周二课表",
        "5月9日（周六）上课，执行星期二课表",
        "5月9日，补课，上周二的课",
        "5月9日（周六）补5月12日（周二）的课",
        "5月1日至5日放假，5月9日上班，执行周二课表",
    ] {
        let (calendar, _) = of(&format!("2026年\n{said}\n"));
        let made_up = days(&calendar).into_iter().find(|day| day.contains('+'));
        assert_eq!(
            made_up.as_deref().map(|day| &day[..6]),
            Some("05-09+"),
            "{said}"
        );
        assert_eq!(
            calendar.special_days.last().unwrap().follows_weekday,
            2,
            "{said}"
        );
    }
}

#[test]
fn nothing_of_a_table_is_dropped_unsaid() {
    let (calendar, doubts) = of(
        "日期,安排,备注,负责人\n2026-09-20,上课,补周一课,教导处\n,放假,国庆,\n2026-09-20,休息,,\n2026-09-28,,国庆文艺汇演,\n2026-10-10,不放假,,\n",
    );
    assert_eq!(days(&calendar), ["09-20-", "10-10+"]);
    for code in [
        Code::LeftOut,
        Code::DateMissing,
        Code::DayContradicted,
        Code::NotUnderstood,
    ] {
        assert!(codes(&doubts).contains(&code), "{code:?}: {doubts:?}");
    }
    let (calendar, doubts) =
        of("学期,开学,放假\n第一学期,2026.9.1,2027.1.29\n第二学期,2027.3.1,\n");
    assert_eq!(terms(&calendar)[1], ("第二学期", "2027-03-01", ""));
    assert!(codes(&doubts).contains(&Code::Unstated));
}

#[test]
fn holidays_and_the_days_worked_for_them_in_one_row() {
    let (calendar, _) = of(
        "节日,放假时间,调休上课,天数\n国庆节,2026年10月1日-2日,9月20日（周日）、10月10日（周六）,7天\n",
    );
    assert_eq!(
        days(&calendar),
        ["09-20+", "10-01-国庆节", "10-02-国庆节", "10-10+"]
    );
}

#[test]
fn a_notice_with_first_day_last_day_and_an_open_holiday() {
    let (calendar, doubts) = of(
        "2026年秋学期校历\n8月31日教师报到，9月1日（周二）正式上课\n11月5日-6日期中考试\n2027年1月29日学期结束，1月30日起放寒假\n",
    );
    assert_eq!(
        terms(&calendar),
        [("2026年秋学期", "2026-09-01", "2027-01-29")]
    );
    assert_eq!(calendar.special_days.len(), 0);
    let unread: Vec<&str> = doubts
        .iter()
        .filter(|doubt| doubt.code == Code::NotUnderstood)
        .map(|doubt| doubt.typed.as_str())
        .collect();
    assert_eq!(
        unread,
        ["8月31日教师报到", "11月5日-6日期中考试", "1月30日起放寒假"]
    );
}
