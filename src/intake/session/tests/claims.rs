//! What texts claim, and sessions that are put off or have several clocks.

use super::*;
use crate::wire::v1::PeopleClaim;

fn told(doubts: &[Doubt]) -> bool {
    let told = [Code::NotACount, Code::LeftOut];
    doubts.iter().any(|doubt| told.contains(&doubt.code))
}

#[test]
fn how_many_came_is_claimed_by_what_is_over_and_never_by_a_quota_or_a_plan() {
    let claimed = |count, at_least| Some(PeopleClaim { count, at_least });
    for (typed, expected, doubted) in [
        (
            "4月28日，总校数学教研，参加教师120余人",
            claimed(120, true),
            false,
        ),
        (
            "4月28日 总校数学教研 来自三校的38名教师参加了活动",
            claimed(38, false),
            false,
        ),
        (
            "4月28日 总校数学教研 两百多位老师参加",
            claimed(200, true),
            false,
        ),
        (
            "4月28日 总校数学教研 共一百二十人参加，其中成员校60人参加",
            claimed(120, false),
            true,
        ),
        ("4月28日 总校数学教研 近百人参加", None, true),
        ("4月28日 总校数学教研 参训60人次", None, true),
        ("4月28日 总校数学教研 各校2人参加", None, true),
        ("5月28日 总校数学教研 参加：数学教师30人", None, true),
        ("4月28日 总校数学教研 主备：王老师", None, false),
    ] {
        let (session, doubts) = one(typed);
        assert_eq!(session.claimed_people, expected, "{typed} {doubts:#?}");
        assert_eq!(told(&doubts), doubted, "{typed} {doubts:#?}");
    }
    let (sessions, doubts) = of(
        "日期,时间,主题,主备人,参加人数\n2026-04-28,下午,数学集备,王老师,30\n2026-04-29,下午,语文集备,李老师,25余人\n2026-05-20,下午,英语集备,陈老师,20\n",
    );
    let all: Vec<_> = sessions
        .iter()
        .map(|session| session.claimed_people)
        .collect();
    assert_eq!(all, [claimed(30, false), claimed(25, true), None]);
    assert!(
        doubts
            .iter()
            .any(|doubt| doubt.code == Code::LeftOut && doubt.item == Some(2))
    );
}

#[test]
fn how_many_subjects_are_claimed_stands_beside_those_that_are_named() {
    for (typed, claimed, named) in [
        ("4月28日 集体备课展示 涉及9门学科", 9, 0),
        ("4月28日 语数英等八大学科集体备课", 8, 3),
        ("4月28日 语文、数学两门学科集体备课", 2, 2),
        ("4月28日 周二学科组数学集备", 0, 1),
        ("4月28日 第三个学科数学集备", 0, 1),
    ] {
        let (session, doubts) = one(typed);
        assert_eq!(
            (session.claimed_subject_count, session.subjects.len()),
            (claimed, named),
            "{typed}"
        );
        let told = codes(&doubts).contains(&Code::CountMismatch);
        assert_eq!(
            told,
            claimed != 0 && claimed != i32::try_from(named).unwrap(),
            "{typed}"
        );
    }
}

#[test]
fn a_session_that_is_put_off_is_on_its_new_day_and_one_called_off_is_told() {
    let (session, doubts) =
        one("原定5月12日14:00的数学集备延期至5月20日（周三）15:00，地点总校录播室");
    assert_eq!(when(&session), ["2026-05-20 15:00-"]);
    assert!(
        doubts
            .iter()
            .any(|doubt| doubt.code == Code::DayContradicted && doubt.understood == "5月12日")
    );
    for typed in [
        "5月15日 四年级语文集备取消",
        "5月15日 语文集备延期，另行安排",
    ] {
        let (_, doubts) = one(typed);
        assert!(
            doubts
                .iter()
                .any(|doubt| doubt.detail.starts_with("取消、延期")),
            "{typed} {doubts:#?}"
        );
    }
}

#[test]
fn several_clocks_are_one_span_a_day_or_a_clock_each() {
    for (typed, expected, doubted) in [
        (
            "5月12日 8:30-10:00，14:00-16:00",
            vec!["2026-05-12 08:30-16:00"],
            true,
        ),
        (
            "5月12日 上午8:30-11:00、下午1:30-4:00",
            vec!["2026-05-12 08:30-16:00"],
            true,
        ),
        (
            "5月12日14:00-15:30、5月13日9:00-10:30",
            vec!["2026-05-12 14:00-15:30", "2026-05-13 09:00-10:30"],
            false,
        ),
        (
            "5月12日、13日 14:00-15:30",
            vec!["2026-05-12 14:00-15:30", "2026-05-13 14:00-15:30"],
            false,
        ),
        ("5月12日 上午、下午", vec!["2026-05-12 -"], false),
    ] {
        let (session, doubts) = one(&format!("主题：研修\n时间：{typed}\n主备：王老师\n"));
        assert_eq!(when(&session), expected, "{typed} {doubts:#?}");
        assert!(
            session
                .days
                .iter()
                .all(|day| day.half_day() == HalfDay::Unspecified),
            "{typed}"
        );
        assert_eq!(
            codes(&doubts).contains(&Code::TwoValues),
            doubted,
            "{typed} {doubts:#?}"
        );
    }
}

#[test]
fn days_are_of_the_month_that_the_title_names() {
    let (sessions, doubts) = of(
        "2026年5月集体备课安排,,,\n日期,时间,学科,主备人\n12日,下午2:00,数学,王老师\n13日（周三）,14:00,语文,李老师\n19,上午,英语,陈老师\n",
    );
    let days: Vec<_> = sessions.iter().flat_map(when).collect();
    assert_eq!(
        days,
        ["2026-05-12 14:00-", "2026-05-13 14:00-", "2026-05-19 -"]
    );
    assert_eq!(
        codes(&doubts)
            .iter()
            .filter(|code| **code == Code::DateDerived)
            .count(),
        3
    );
    let (sessions, _) = of("4月、5月集体备课安排,,\n日期,学科,主备人\n12日,数学,王老师\n");
    assert!(sessions[0].days.is_empty(), "of two months none is chosen");
}

#[test]
fn a_line_is_titled_by_what_it_says_beside_day_clock_and_meeting() {
    for (typed, title) in [
        (
            "5.13 19:30-21:00 集团班主任沙龙 ZOOM会议号 812 3456 7890",
            "集团班主任沙龙",
        ),
        (
            "5月14日 14:00-16:00 青蓝工程师徒结对仪式 总校报告厅",
            "青蓝工程师徒结对仪式",
        ),
    ] {
        let (session, doubts) = one(typed);
        assert_eq!(session.title, title);
        assert!(codes(&doubts).contains(&Code::TitleMade));
    }
}

#[test]
fn what_says_itself_that_it_has_no_day_is_no_session_yet() {
    let (sessions, doubts) = of("5月12日 数学集备 主备：王老师\n每月一次 综合组 时间待定\n");
    assert_eq!(sessions.len(), 1);
    let left = doubts
        .iter()
        .find(|doubt| doubt.code == Code::RowLeftOut)
        .unwrap();
    assert_eq!(
        (left.typed.as_str(), left.item),
        ("每月一次 综合组 时间待定", None)
    );
}

#[test]
fn a_class_is_of_its_grade_and_a_school_of_five_and_four_years_begins_junior_at_six() {
    for (typed, grade, stage) in [
        ("5月12日 三（2）班数学公开课教研", "三年级", Stage::Primary),
        ("5月12日 预初数学集备", "六年级", Stage::Junior),
    ] {
        let (session, _) = one(typed);
        assert_eq!(
            (session.grades.as_slice(), session.stage()),
            (&[grade.to_owned()][..], stage),
            "{typed}"
        );
    }
}

#[test]
fn rows_of_a_list_are_titled_by_subject_and_grade_and_words_that_name_people_are_told() {
    let (sessions, _) = of(
        "集团教研安排,,,,\n日期,时间,学科,年级,主备人\n5月12日,下午,数学,三年级,王老师\n5月12日,下午,语文,四年级,李老师\n",
    );
    let titles: Vec<&str> = sessions
        .iter()
        .map(|session| session.title.as_str())
        .collect();
    assert_eq!(titles, ["数学 三年级", "语文 四年级"]);
    let (session, doubts) =
        one("5月12日下午，集团数学联合教研活动在春风分校三楼报告厅举行，市教研员陈老师作了讲座");
    assert_eq!(session.title, "集团数学联合教研活动");
    let place = session.place.unwrap();
    assert_eq!(
        (place.room.as_str(), place.unit.is_some()),
        ("三楼报告厅", true)
    );
    assert!(
        doubts
            .iter()
            .any(|doubt| doubt.code == Code::NotUnderstood && doubt.typed.contains("陈老师"))
    );
}

#[test]
fn a_form_tells_what_it_has_no_field_for_apart_from_what_it_has() {
    let (session, doubts) = one(
        "集体备课记录表,,,\n学科,数学,年级,三年级\n时间,2026年4月12日下午,地点,总校\n主备人,王老师,记录人,吴老师\n课题,两位数乘两位数,课时,2\n参加人员,全体数学教师,实到,30\n",
    );
    assert_eq!(
        (session.title.as_str(), session.lesson.as_str()),
        ("两位数乘两位数", "两位数乘两位数")
    );
    assert_eq!(session.claimed_people.map(|claim| claim.count), Some(30));
    let left: Vec<&str> = doubts
        .iter()
        .filter(|doubt| doubt.code == Code::LeftOut)
        .map(|doubt| doubt.typed.as_str())
        .collect();
    assert_eq!(left, ["吴老师", "2"]);
}

#[test]
fn schools_parted_by_slashes_are_all_invited_and_a_line_with_a_label_of_its_own_is_nobody() {
    let (session, doubts) = one(
        "主题：计算教学\n时间：2026年5月12日 14:00\n主备：王老师\n参与学校：总校/春风\n签到：请提前10分钟\n",
    );
    assert_eq!(session.invited_campus_ids, ["a", "b"]);
    assert_eq!(session.audience_note, "");
    assert!(
        doubts
            .iter()
            .any(|doubt| doubt.code == Code::NotUnderstood && doubt.typed.starts_with("签到"))
    );
    let (session, _) = one("5月12日 英语同课异构 总校 执教：李老师、外校张老师");
    assert_eq!(session.speakers.len(), 2);
}

#[test]
fn a_weekday_of_a_teaching_week_is_a_day_by_the_calendar() {
    let calendar = r#"{"records": [{"id": "", "calendar": {"terms": [
        {"name": "春", "firstDay": "2026-03-02", "lastDay": "2026-06-30"}]}}]}"#;
    let known = Known::on(date(2026, 5, 8))
        .with_registers(calendar.as_bytes())
        .unwrap();
    let typed = "学科组,活动时间,活动内容\n语文组,第12周周二下午,集体备课\n数学组,第13周 星期三 14:00,集体备课\n";
    let reading = read(What::Session, typed.as_bytes(), &known).unwrap();
    let days: Vec<String> = reading
        .items
        .iter()
        .flat_map(|item| match &item.content {
            Kind::Session(session) => when(session),
            other => panic!("no session: {other:?}"),
        })
        .collect();
    assert_eq!(days, ["2026-05-19 -", "2026-05-27 14:00-"]);
    let told = reading
        .doubts
        .iter()
        .filter(|doubt| doubt.code == Code::DateDerived);
    assert_eq!(told.count(), 2);
}
