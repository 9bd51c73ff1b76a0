use super::clock::Clock;
use super::*;
use crate::wire::v1::HalfDay;

fn said(year: Option<i16>, month: i8, day: i8, weekday: Option<i8>) -> Said {
    Said {
        year,
        month: Some(month),
        day: Some(day),
        weekday,
    }
}

#[test]
fn a_day_is_read_in_every_spelling() {
    let year = Some(2026);
    for (text, expected) in [
        ("5月11日", said(None, 5, 11, None)),
        ("2026.5.11", said(year, 5, 11, None)),
        ("2026-05-11", said(year, 5, 11, None)),
        ("2026/5/11", said(year, 5, 11, None)),
        ("2026年5月11号(周一)", said(year, 5, 11, Some(1))),
        ("26.5.11", said(year, 5, 11, None)),
        ("20260511", said(year, 5, 11, None)),
        ("46153", said(year, 5, 11, None)),
        ("五月十一日", said(None, 5, 11, None)),
        ("二〇二六年五月十一日", said(year, 5, 11, None)),
        ("星期一4/24", said(None, 4, 24, Some(1))),
        ("一 10 月 30 日", said(None, 10, 30, Some(1))),
        ("112/5/4(四)", said(Some(2023), 5, 4, Some(4))),
        ("0107.11.22", said(Some(2018), 11, 22, None)),
        ("周一\n5.11", said(None, 5, 11, Some(1))),
        ("5-11", said(None, 5, 11, None)),
        ("5/18/2026", said(year, 5, 18, None)),
        ("18/05/2026", said(year, 5, 18, None)),
        ("5月9日(周六,调休)", said(None, 5, 9, Some(6))),
        ("Mon 5/11", said(None, 5, 11, Some(1))),
        ("2026-05-11 00:00:00", said(year, 5, 11, None)),
    ] {
        assert_eq!(whole(text), Some(expected), "{text}");
    }
    for (text, weekday) in [
        ("周一 \n", 1),
        ("\n \n周二", 2),
        ("礼拜天", 7),
        ("星期日", 7),
        ("三", 3),
        ("(五)", 5),
    ] {
        assert_eq!(
            whole(text).map(|said| said.weekday),
            Some(Some(weekday)),
            "{text}"
        );
    }
}

#[test]
fn what_is_no_day_is_none() {
    for text in [
        "",
        "1-3年级",
        "盐2.5g",
        "大米75g",
        "4-6年级:大米80g",
        "14:00",
        "2/3杯",
        "一年级",
        "红烧肉",
        "13月1日",
        "80",
        "250~300",
        "665.0/733.0",
        "第三周",
        "价格8.5元",
    ] {
        let found = find(text, false);
        assert!(found.is_empty(), "{text}: {found:?}");
    }
    for text in [
        "1-3年级",
        "盐2.5g",
        "午餐",
        "一年级",
        "白米饭",
        "第11周",
        "80",
        "100000",
    ] {
        assert_eq!(whole(text), None, "{text}");
    }
}

#[test]
fn a_date_is_found_inside_a_sentence() {
    let found = find("定于2026年5月12日(周二)下午2点,大厅宽3.2米", false);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].said, said(Some(2026), 5, 12, Some(2)));
}

#[test]
fn two_joined_days_are_a_period() {
    let year = Some(2025);
    for (text, first, last) in [
        (
            "第11周带量菜谱(4.23-4.28)",
            said(None, 4, 23, None),
            said(None, 4, 28, None),
        ),
        (
            "2025年11月10号到11月14号菜谱",
            said(year, 11, 10, None),
            said(year, 11, 14, None),
        ),
        (
            "2025.11.10-2025.11.14",
            said(year, 11, 10, None),
            said(year, 11, 14, None),
        ),
        (
            "第11周 4/24-4/28",
            said(None, 4, 24, None),
            said(None, 4, 28, None),
        ),
        (
            "5月1日(周五)至5日(周二)放假",
            said(None, 5, 1, Some(5)),
            said(None, 5, 5, None),
        ),
        (
            "5月11日~15日",
            said(None, 5, 11, None),
            said(None, 5, 15, None),
        ),
    ] {
        assert_eq!(period(text), Some((first, last)), "{text}");
    }
    assert_eq!(period("5月11日 星期一"), None);
}

#[test]
fn weeks_are_read_in_both_scripts() {
    for (text, weeks_) in [
        ("小食堂--第六、七周食谱", vec![6, 7]),
        ("第11周", vec![11]),
        ("第6-7周", vec![6, 7]),
        ("第十二教学周", vec![12]),
    ] {
        assert_eq!(weeks(text).map(|(_, weeks)| weeks), Some(weeks_), "{text}");
    }
    assert_eq!(weeks("每周一次"), None);
    assert_eq!(weekly("每周二、四"), [2, 4]);
    assert_eq!(weekly("每周一次"), [0; 0]);
    assert_eq!(weekly("每周1天"), [0; 0]);
}

#[test]
fn clock_times_are_read_in_every_spelling() {
    let clock = |text: &str| {
        let Clock {
            start, end, half, ..
        } = clock::find(text, None).unwrap_or_default();
        (start.unwrap_or_default(), end.unwrap_or_default(), half)
    };
    let afternoon = Some(HalfDay::Afternoon);
    for (text, start, end, half) in [
        ("14:00", "14:00", "", None),
        ("下午2:30", "14:30", "", afternoon),
        ("14:00-15:30", "14:00", "15:30", None),
        ("下午2点-4点半", "14:00", "16:30", afternoon),
        ("下午1:00-4:00", "13:00", "16:00", afternoon),
        ("1:00-1:40", "13:00", "13:40", None),
        ("11:30-1:00", "11:30", "13:00", None),
        ("上午8:30至11:00", "08:30", "11:00", Some(HalfDay::Morning)),
        ("上午9点到下午3点", "09:00", "15:00", Some(HalfDay::Morning)),
        ("9时30分", "09:30", "", None),
        ("上午", "", "", Some(HalfDay::Morning)),
        ("12:00", "12:00", "", None),
    ] {
        assert_eq!(
            clock(text),
            (start.to_owned(), end.to_owned(), half),
            "{text}"
        );
    }
    assert_eq!(clock("99:99"), Default::default());
    let inside = clock::find("1:50-2:30", Some(HalfDay::Afternoon)).unwrap();
    assert_eq!(inside.start.as_deref(), Some("13:50"));
    assert!(inside.derived);
}
