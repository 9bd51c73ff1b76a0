//! Notices, lists and grids as offices send them.

use super::*;

#[test]
fn a_notice_whose_headings_stand_on_lines_of_their_own() {
    let (session, doubts) = one(
        "关于举行集团小学语文联合教研活动的通知\n一、活动时间\n2026年5月14日（周四）下午13:30—16:00\n二、活动地点\n春风分校三楼报告厅\n三、参加对象\n各校区语文教研组长\n四、活动内容\n1.13:30-14:10 课堂展示《荷花》 执教：王老师\n2.14:20-15:00 评课议课 主持：丁主任\n河海教育集团\n2026年5月8日\n",
    );
    assert_eq!(when(&session), ["2026-05-14 13:30-16:00"]);
    assert_eq!(session.audience_note, "各校区语文教研组长");
    assert_eq!(session.place.as_ref().unwrap().room, "三楼报告厅");
    let agenda: Vec<(&str, &str)> = session
        .agenda
        .iter()
        .map(|item| {
            (
                item.start.as_str(),
                item.by.as_ref().map_or("", |by| by.display_name.as_str()),
            )
        })
        .collect();
    assert_eq!(agenda, [("13:30", "王老师"), ("14:20", "丁主任")]);
    assert!(doubts.iter().any(|doubt| doubt.typed == "河海教育集团"));
}

#[test]
fn guests_come_with_their_schools_and_lessons_are_nobody() {
    let (session, doubts) = one(
        "课题：《荷花》\n时间：2026.5.19\n上课教师：总校王老师 第一节、春风分校李老师\n主讲专家：省教研室 陈教授\n",
    );
    let speakers: Vec<(&str, &str)> = session
        .speakers
        .iter()
        .map(|speaker| (speaker.affiliation.as_str(), speaker.display_name.as_str()))
        .collect();
    assert_eq!(
        speakers,
        [
            ("总校", "王老师"),
            ("春风分校", "李老师"),
            ("省教研室", "陈教授")
        ]
    );
    assert!(
        doubts
            .iter()
            .any(|doubt| doubt.code == Code::NotUnderstood && doubt.typed == "第一节")
    );
}

#[test]
fn half_days_that_are_joined_are_whole_days_between() {
    for (typed, expected) in [
        (
            "5月14日上午—5月15日下午",
            &[(14, HalfDay::Unspecified), (15, HalfDay::Unspecified)][..],
        ),
        (
            "5月14日下午至5月16日上午",
            &[
                (14, HalfDay::Afternoon),
                (15, HalfDay::Unspecified),
                (16, HalfDay::Morning),
            ],
        ),
        (
            "5月14日-16日，每天下午",
            &[
                (14, HalfDay::Afternoon),
                (15, HalfDay::Afternoon),
                (16, HalfDay::Afternoon),
            ],
        ),
    ] {
        let (session, doubts) = one(&format!("主题：研修\n时间：{typed}\n主备：王老师\n"));
        let days: Vec<(i8, HalfDay)> = session
            .days
            .iter()
            .map(|day| (day.date[8..].parse().unwrap(), day.half_day()))
            .collect();
        assert_eq!(days, expected, "{typed}");
        assert!(
            !codes(&doubts).contains(&Code::NotUnderstood),
            "{typed} {doubts:?}"
        );
    }
}

#[test]
fn blanks_under_a_merged_day_and_marks_under_campuses_are_read() {
    let (sessions, doubts) = of(
        "场次,日期,时间,学科,主备人,总校,春风分校\n1,5月12日,上午,语文,王老师,√,√\n2,,下午,数学,李老师,,√\n",
    );
    assert_eq!(when(&sessions[1]), ["2026-05-12 -"]);
    assert_eq!(sessions[0].invited_campus_ids, ["a", "b"]);
    assert_eq!(sessions[1].invited_campus_ids, ["b"]);
    let assumed = doubts
        .iter()
        .find(|doubt| doubt.detail.contains("同上一行"))
        .unwrap();
    assert_eq!(
        (assumed.code, assumed.place.cell().as_deref()),
        (Code::Assumed, Some("B3"))
    );
}

#[test]
fn a_grid_of_times_and_grades_is_a_session_a_cell() {
    let (sessions, _) = of("时间,一年级,二年级\n5月12日下午,语文,数学\n5月13日下午,英语,\n");
    let all: Vec<String> = sessions
        .iter()
        .map(|one| {
            format!(
                "{} {} {}",
                one.days[0].date,
                one.grades[0],
                one.subjects.join("")
            )
        })
        .collect();
    assert_eq!(
        all,
        [
            "2026-05-12 一年级 语文",
            "2026-05-12 二年级 数学",
            "2026-05-13 一年级 英语"
        ]
    );
}

#[test]
fn a_weekly_list_is_a_session_a_line_without_days() {
    let (sessions, doubts) = of("语文组：每周二下午 总校会议室\n数学组：每周三下午 总校会议室\n");
    assert_eq!(sessions.len(), 2);
    assert!(sessions.iter().all(|session| session.days.is_empty()));
    let missing = codes(&doubts)
        .into_iter()
        .filter(|code| *code == Code::DateMissing);
    assert_eq!(missing.count(), 2);
}

#[test]
fn a_place_that_is_also_on_the_net_is_kept_and_the_meeting_s_number_is_told() {
    let (session, doubts) = one(
        "活动主题：数学教研\n活动时间：5月15日 14:00\n活动地点：总校会议室（腾讯会议号：123-456-789）\n参与学校：总校、春风分校、某某中学\n",
    );
    assert!(session.place.is_some());
    assert_eq!(session.invited_campus_ids, ["a", "b"]);
    assert!(
        doubts
            .iter()
            .any(|doubt| doubt.code == Code::LeftOut && doubt.typed.contains("123-456-789"))
    );
    assert!(
        doubts
            .iter()
            .any(|doubt| doubt.code == Code::WordUnknown && doubt.typed == "某某中学")
    );
}

#[test]
fn a_day_told_from_today_is_derived_and_told() {
    let (session, doubts) = one("下周二下午2点，四年级英语集备，地点：春风三楼，主备陈老师");
    assert_eq!(when(&session), ["2026-05-12 14:00-"]);
    assert_eq!(session.place.unwrap().room, "三楼");
    assert!(codes(&doubts).contains(&Code::DateDerived));
}

#[test]
fn a_form_with_merged_values_and_a_table_of_blanks_are_read_as_such() {
    let (session, _) = one(
        "集体备课活动记录表,,,\n学科,数学,年级,三年级\n时间,2026年5月12日,地点,总校会议室\n主备人,李老师,参加人员,三年级全体数学教师\n课题,认识小数,认识小数,认识小数\n",
    );
    assert_eq!(
        (when(&session), lead(&session)),
        (vec!["2026-05-12 -".to_owned()], "李老师")
    );
    assert_eq!(session.lesson, "认识小数");
    let (sessions, _) =
        of("时间 学科 年级 主备人\n5月12日 语文 三年级 王老师\n5月13日 数学 四年级 李老师\n");
    assert_eq!((sessions.len(), lead(&sessions[1])), (2, "李老师"));
}

#[test]
fn a_word_of_the_group_that_is_no_longer_used_is_not_read() {
    let words = r#"{"records": [{"id": "v", "vocabulary": {"topic": "VOCABULARY_TOPIC_SUBJECT", "words": [
        {"code": "编程", "aliases": ["科创"], "until": "2025-08-31"}, {"code": "人工智能", "aliases": ["科创"], "from": "2025-09-01"}]}}]}"#;
    for (today, subject) in [(date(2025, 5, 8), "编程"), (date(2026, 5, 8), "人工智能")] {
        let known = Known::on(today).with_registers(words.as_bytes()).unwrap();
        let typed = "学科,时间,主备人\n科创,5月12日,王老师\n";
        let mut reading = read(What::Session, typed.as_bytes(), &known).unwrap();
        let Kind::Session(session) = reading.items.remove(0).content else {
            panic!("no session")
        };
        assert_eq!(session.subjects, [subject]);
    }
}
