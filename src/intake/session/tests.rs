//! Sessions as strangers type them.

mod claims;
mod offices;

use crate::intake::doubt::{Code, Doubt};
use crate::intake::known::Known;
use crate::intake::{What, read};
use crate::wire::v1::content::Kind;
use crate::wire::v1::{HalfDay, Session, SessionForm, SessionMode, Stage, unit};
use jiff::civil::date;

const REGISTERS: &str = r#"{"records": [
    {"id": "a", "campus": {"name": "总校", "stages": ["STAGE_PRIMARY"]}},
    {"id": "b", "campus": {"name": "春风分校", "aliases": ["春风"], "stages": ["STAGE_PRIMARY"]}},
    {"id": "p1", "person": {"displayName": "张老师", "homeCampusId": "a"}},
    {"id": "p2", "person": {"displayName": "张老师", "homeCampusId": "b"}}]}"#;

fn of(text: &str) -> (Vec<Session>, Vec<Doubt>) {
    let known = Known::on(date(2026, 5, 8))
        .with_registers(REGISTERS.as_bytes())
        .unwrap();
    let reading = read(What::Session, text.as_bytes(), &known).unwrap();
    let sessions = reading.items.into_iter().map(|item| match item.content {
        Kind::Session(session) => session,
        other => panic!("no session: {other:?}"),
    });
    (sessions.collect(), reading.doubts)
}

fn one(text: &str) -> (Session, Vec<Doubt>) {
    let (mut sessions, doubts) = of(text);
    assert_eq!(sessions.len(), 1, "{sessions:#?}");
    (sessions.remove(0), doubts)
}

fn when(session: &Session) -> Vec<String> {
    let day = |day: &crate::wire::v1::SessionDay| format!("{} {}-{}", day.date, day.start, day.end);
    session.days.iter().map(day).collect()
}

fn lead(session: &Session) -> &str {
    session
        .lead
        .as_ref()
        .map_or("", |lead| lead.display_name.as_str())
}

fn codes(doubts: &[Doubt]) -> Vec<Code> {
    doubts.iter().map(|doubt| doubt.code).collect()
}

#[test]
fn a_list_in_any_order_of_columns() {
    let (sessions, doubts) = of(
        "第10周集体备课安排表,,,,,,\n序号,学科,年级,主备教师,活动时间,地点,备课内容\n1,语文,三年级,王老师,2026-05-12 14:00-15:30,春风分校会议室,第六单元\n2,数学,一至二年级,李老师,5月13日下午2:30,总校,认识时间\n",
    );
    assert_eq!(sessions.len(), 2);
    let (first, second) = (&sessions[0], &sessions[1]);
    assert_eq!(
        (when(first), lead(first)),
        (vec!["2026-05-12 14:00-15:30".to_owned()], "王老师")
    );
    assert_eq!(
        (
            first.subjects.as_slice(),
            first.grades.as_slice(),
            first.stage()
        ),
        (
            &["语文".to_owned()][..],
            &["三年级".to_owned()][..],
            Stage::Primary
        )
    );
    assert_eq!(
        (first.form(), first.title.as_str()),
        (SessionForm::JointPrep, "第六单元")
    );
    let place = first.place.as_ref().unwrap();
    assert_eq!(place.room, "会议室");
    assert_eq!(
        place.unit.as_ref().unwrap().unit,
        Some(unit::Unit::CampusId("b".into()))
    );
    assert_eq!(
        (when(second), second.grades.len()),
        (vec!["2026-05-13 14:30-".to_owned()], 2)
    );
    assert!(codes(&doubts).contains(&Code::YearMissing));
}

#[test]
fn dates_and_times_in_columns_of_their_own() {
    let (session, _) = one(
        "日期\t星期\t具体时间\t学科\t主备人\t地点\n5.12\t二\t14：00～15：30\t英语\t陈老师\t总校三楼\n",
    );
    assert_eq!(when(&session), ["2026-05-12 14:00-15:30"]);
    assert_eq!(session.days[0].stated_weekday, 2);
}

#[test]
fn a_notice_with_brackets_and_full_width_marks() {
    let (session, _) = one(
        "【通知】\n活动主题：“大单元教学”研讨\n活动时间：２０２６年５月１４日（星期四）　上午８：３０－１１：００\n活动地点：总校（录播教室）\n主持人：丁主任\n执教：赵老师、钱老师\n参加人员：总校、春风\n",
    );
    assert_eq!(when(&session), ["2026-05-14 08:30-11:00"]);
    assert_eq!(
        (session.form(), session.title.as_str()),
        (SessionForm::JointResearch, "“大单元教学”研讨")
    );
    assert_eq!(session.invited_campus_ids, ["a", "b"]);
    assert_eq!(session.chair.unwrap().display_name, "丁主任");
    assert_eq!(session.speakers.len(), 2);
    assert_eq!(session.place.unwrap().room, "录播教室");
}

#[test]
fn two_notices_after_each_other_are_two_sessions() {
    let (sessions, _) = of(
        "主题：分数\n时间：5月12日下午\n主备：李老师\n\n主题：古诗\n时间：5月13日上午\n主备：王老师\n",
    );
    let titles: Vec<&str> = sessions
        .iter()
        .map(|session| session.title.as_str())
        .collect();
    assert_eq!(titles, ["分数", "古诗"]);
    assert_eq!(sessions[1].days[0].half_day(), HalfDay::Morning);
}

#[test]
fn a_notice_as_a_sheet_of_two_columns() {
    let (session, _) = one(
        "集团数学集体备课,\n时间,2026年5月12日 14:00-16:00\n地点,春风分校 阶梯教室\n主备人,李老师\n年级,五年级\n",
    );
    assert_eq!(
        (when(&session), lead(&session)),
        (vec!["2026-05-12 14:00-16:00".to_owned()], "李老师")
    );
    assert_eq!(
        (
            session.subjects.as_slice(),
            session.place.unwrap().room.as_str()
        ),
        (&["数学".to_owned()][..], "阶梯教室")
    );
}

#[test]
fn lines_with_mentions_pictures_and_chatter_between_them() {
    let (sessions, doubts) = of(
        "@所有人 本周安排👇\n1、5/12 14:00 语文 四年级 主备：王老师 总校\n大家辛苦了\n2、5/13 14:00 音乐 主备：周老师 线上\n",
    );
    assert_eq!(sessions.len(), 2);
    assert_eq!(
        (sessions[0].subjects.as_slice(), lead(&sessions[0])),
        (&["语文".to_owned()][..], "王老师")
    );
    assert_eq!(sessions[1].mode(), SessionMode::OnlineLive);
    let left: Vec<&str> = doubts
        .iter()
        .filter(|doubt| doubt.code == Code::LeftOut)
        .map(|doubt| doubt.typed.as_str())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn two_days_are_two_days() {
    let (session, _) = one("主题：寒假集中备课\n时间：2024年1月27日—28日 全天\n地点：总校\n");
    assert_eq!(when(&session), ["2024-01-27 -", "2024-01-28 -"]);
    let (session, _) = one("主题：教研周\n时间：2026年5月12日、5月14日 下午\n地点：总校\n");
    assert_eq!(session.days.len(), 2);
}

#[test]
fn initials_and_old_names_are_folded_with_a_doubt() {
    let (session, doubts) = one("5月12日 14:00 语数英 六年级 主备 张老师 总校");
    assert_eq!(session.subjects, ["语文", "数学", "英语"]);
    assert_eq!(
        session.stage(),
        Stage::Primary,
        "the campus has grade 6 in its primary stage"
    );
    let proposed = doubts
        .iter()
        .find(|doubt| doubt.code == Code::PersonProposed)
        .unwrap();
    assert!(
        proposed.detail.contains("p1") && proposed.detail.contains("p2"),
        "{proposed:?}"
    );
    assert_eq!(
        session.lead.unwrap().person_id,
        "",
        "a name identifies nobody"
    );
    let (session, doubts) = one("5月12日 14:00 思想品德 新初一 主备 张老师");
    assert_eq!(
        (session.subjects[0].as_str(), session.grades[0].as_str()),
        ("道德与法治", "七年级")
    );
    assert_eq!(
        doubts
            .iter()
            .filter(|doubt| doubt.code == Code::Folded)
            .count(),
        2
    );
}

#[test]
fn impossible_days_and_times_are_told() {
    let (session, doubts) = one("主题：单元\n时间：2026年2月30日 16:00-14:00\n地点：总校\n");
    assert_eq!(session.days.len(), 0);
    assert!(codes(&doubts).contains(&Code::DateInvalid));
    let (_, doubts) = one("主题：单元\n时间：2026年5月12日 16:00-14:00\n地点：总校\n");
    assert!(codes(&doubts).contains(&Code::EndBeforeStart));
}

#[test]
fn a_school_of_no_register_stands_outside_the_group() {
    let (session, doubts) =
        one("主题：送教下乡\n时间：2026年5月12日 下午\n地点：青山中心小学二楼\n主讲：赵老师\n");
    let place = session.place.as_ref().unwrap();
    assert_eq!(
        place.unit.as_ref().unwrap().unit,
        Some(unit::Unit::Outside("青山中心小学".into()))
    );
    assert_eq!(
        (place.room.as_str(), session.form()),
        ("二楼", SessionForm::Outreach)
    );
    assert!(codes(&doubts).contains(&Code::CampusUnknown));
}

#[test]
fn the_groups_own_words_come_before_everybodys() {
    let words = r#"{"records": [{"id": "v", "vocabulary": {"topic": "VOCABULARY_TOPIC_SUBJECT", "words": [
        {"code": "编程与人工智能", "aliases": ["AI课", "信息技术"]}]}}]}"#;
    let known = Known::on(date(2026, 5, 8))
        .with_registers(words.as_bytes())
        .unwrap();
    let line = "5月12日 14:00 信息技术 七年级 主备 张老师";
    let mut reading = read(What::Session, line.as_bytes(), &known).unwrap();
    let Kind::Session(session) = reading.items.remove(0).content else {
        panic!("no session")
    };
    assert_eq!(session.subjects, ["编程与人工智能"]);
    let folded = reading
        .doubts
        .iter()
        .find(|doubt| doubt.code == Code::Folded)
        .unwrap();
    assert_eq!(
        (folded.typed.as_str(), folded.understood.as_str()),
        ("信息技术", "编程与人工智能")
    );
}

#[test]
fn a_sentence_says_where_and_who_and_asks_nobody_in_general() {
    let (session, _) = one(
        "各位老师：定于5月14日（周四）下午1：30在春风分校三楼举行四年级数学集体备课活动，主备人：李老师，请相关老师准时参加。",
    );
    assert_eq!((lead(&session), session.speakers.len()), ("李老师", 0));
    assert_eq!(when(&session), ["2026-05-14 13:30-"]);
    let place = session.place.unwrap();
    assert_eq!(
        (place.room.as_str(), place.unit.unwrap().unit),
        ("三楼", Some(unit::Unit::CampusId("b".into())))
    );
}

#[test]
fn words_that_are_not_read_are_doubted() {
    let (_, doubts) = one("5月14日 14:00 语文 二年级 王老师 总校 带红笔");
    let typed: Vec<&str> = doubts
        .iter()
        .filter(|doubt| doubt.code == Code::NotUnderstood)
        .map(|doubt| doubt.typed.as_str())
        .collect();
    assert_eq!(typed, ["王老师", "带红笔"]);
    let (_, doubts) = one("时间：5月14日下午第二节课\n内容：英语教研\n年级：高段\n");
    assert!(
        doubts
            .iter()
            .any(|doubt| doubt.code == Code::NotUnderstood && doubt.typed == "第二节课")
    );
    assert!(
        doubts
            .iter()
            .any(|doubt| doubt.code == Code::WordUnknown && doubt.typed == "高段")
    );
}

#[test]
fn a_clock_behind_a_day_and_a_name_behind_its_part() {
    let (sessions, _) = of(
        "5月12日14:00 语文三年级集备 总校会议室 主备张老师\n5月13日下午2：30数学 四、五年级 春风 主讲人：李老师\n5月14日、15日 英语 集备 总校\n",
    );
    assert_eq!(when(&sessions[0]), ["2026-05-12 14:00-"]);
    assert_eq!(lead(&sessions[0]), "张老师");
    assert_eq!(sessions[1].grades, ["四年级", "五年级"]);
    assert_eq!(sessions[1].title, "数学 四、五年级");
    assert_eq!(sessions[1].speakers[0].display_name, "李老师");
    assert_eq!(when(&sessions[2]), ["2026-05-14 -", "2026-05-15 -"]);
}

#[test]
fn a_form_of_labels_and_values_is_one_session() {
    let (session, doubts) = one(
        "联合教研活动登记表,,,\n活动主题,大单元教学设计,学科,数学\n活动时间,2026-05-21 2:00 PM,地点,春风分校二楼会议室\n主持人,丁主任,主讲人,王 芳\n参加人员,各校数学教师,联系电话,13800001111\n",
    );
    assert_eq!(session.title, "大单元教学设计");
    assert_eq!(when(&session), ["2026-05-21 14:00-"]);
    assert_eq!(session.speakers[0].display_name, "王芳");
    assert!(codes(&doubts).contains(&Code::PrivateLeftOut));
    assert!(!format!("{session:?}{doubts:?}").contains("1380000"));
}

#[test]
fn what_a_chat_says_to_its_readers_is_no_part_of_the_notice() {
    let (session, doubts) = one(
        "@全体教师 【集体备课通知】\n1、时间：5月14日（周四）下午1:30—3:00\n2、地点：总校录播室\n3、参加对象：五年级语文老师\n收到请回复👌 联系人王老师 13800001111\n",
    );
    assert_eq!(session.audience_note, "五年级语文老师");
    let unread = doubts
        .iter()
        .find(|doubt| doubt.code == Code::NotUnderstood);
    assert_eq!(unread.unwrap().typed, "收到请回复👌 联系人王老师 ***");
}

#[test]
fn each_line_of_a_posted_list_is_a_session_of_its_own() {
    let (sessions, doubts) =
        of("接龙：下周教研\n1. 语文组 周二下午 总校\n2. 数学组 周三下午 春风\n");
    let subjects: Vec<&str> = sessions
        .iter()
        .map(|one| one.subjects[0].as_str())
        .collect();
    assert_eq!(subjects, ["语文", "数学"]);
    assert!(codes(&doubts).contains(&Code::DateMissing));
}

#[test]
fn grades_are_read_however_they_are_listed() {
    for (typed, grades) in [
        ("一、二、三年级", &["一年级", "二年级", "三年级"][..]),
        ("三四年级", &["三年级", "四年级"]),
        ("一年级至三年级", &["一年级", "二年级", "三年级"]),
        ("初一至初三", &["七年级", "八年级", "九年级"]),
        ("初一3班", &["七年级"]),
        ("高一、高二", &["高一", "高二"]),
        ("7年级", &["七年级"]),
    ] {
        let (session, _) = one(&format!("学科,年级,时间\n语文,{typed},5月12日\n"));
        assert_eq!(session.grades, grades, "{typed}");
    }
}

#[test]
fn grades_of_the_group_s_own_words_have_the_stages_it_gives_them() {
    let words = |scheme: &str, stage: &str| {
        format!(
            r#"{{"id": "", "vocabulary": {{"topic": "VOCABULARY_TOPIC_GRADE", "scheme": "{scheme}", "words": [
                {{"code": "六年级", "aliases": ["预初"], "stage": "STAGE_{stage}"}},
                {{"code": "七年级", "aliases": ["初一"], "stage": "STAGE_JUNIOR"}}]}}}}"#
        )
    };
    let read_with = |vocabularies: &[String], typed: &str| {
        let registers = format!(r#"{{"records": [{}]}}"#, vocabularies.join(","));
        let known = Known::on(date(2026, 5, 8))
            .with_registers(registers.as_bytes())
            .unwrap();
        let mut reading = read(What::Session, typed.as_bytes(), &known).unwrap();
        let Kind::Session(session) = reading.items.remove(0).content else {
            panic!("no session")
        };
        (session, reading.doubts)
    };
    let typed = "学科,年级,时间\n语文,预初,5月12日\n";
    let (session, _) = read_with(&[words("5-4", "JUNIOR")], typed);
    assert_eq!(
        (session.grades[0].as_str(), session.stage()),
        ("六年级", Stage::Junior)
    );
    let both = [words("5-4", "JUNIOR"), words("6-3", "PRIMARY")];
    let (session, doubts) = read_with(&both, typed);
    assert_eq!(
        (session.grades[0].as_str(), session.stage()),
        ("六年级", Stage::Unspecified)
    );
    let asked = doubts.iter().find(|doubt| doubt.detail.starts_with("学段"));
    assert_eq!(asked.unwrap().code, Code::Unstated, "6-3 or 5-4?");
    let own = r#"{"id": "00000000-0000-0000-0000-000000000001", "campus": {"name": "一校",
        "stages": ["STAGE_PRIMARY", "STAGE_JUNIOR"], "gradeSystem": "GRADE_SYSTEM_FIVE_FOUR"}}"#;
    let [five_four, six_three] = both;
    let row = "学科,年级,时间,地点\n语文,预初,5月12日,一校\n";
    let (session, _) = read_with(&[five_four, six_three, own.to_owned()], row);
    assert_eq!(session.stage(), Stage::Junior, "the school has said which");
}

#[test]
fn a_lesson_of_the_day_is_no_date_and_is_told() {
    let (session, doubts) = one("学科,周几,时间,地点\n语文,周二,下午第1-2节,总校\n");
    assert_eq!(session.days.len(), 0);
    let told = |typed: &str| doubts.iter().any(|doubt| doubt.typed == typed);
    assert!(told("下午第1-2节"), "{doubts:?}");
    let (_, doubts) = one("学科,时间,地点\n语文,5月12日第二节课,总校\n");
    assert!(
        doubts.iter().any(|doubt| doubt.typed == "第二节课"),
        "{doubts:?}"
    );
}

#[test]
fn a_thousand_sessions_alike_are_a_doubt_each() {
    let row = "语文,三年级,5月12日 14:00-15:00,张老师\n";
    let (sessions, doubts) = of(&format!("学科,年级,时间,主备人\n{}", row.repeat(3000)));
    let alike = doubts
        .iter()
        .filter(|doubt| doubt.code == Code::Twin)
        .count();
    let busy = doubts
        .iter()
        .filter(|doubt| doubt.code == Code::BusyTwice)
        .count();
    assert_eq!((sessions.len(), alike, busy), (3000, 2999, 0));
}

#[test]
fn two_sessions_in_one_line_are_two() {
    let (sessions, _) = of(
        "三年级数学集备：5月12日下午，总校三楼会议室，主备人李老师；五年级语文集备：5月13日14:00，春风，主备人王老师\n",
    );
    let leads: Vec<&str> = sessions.iter().map(lead).collect();
    assert_eq!(leads, ["李老师", "王老师"]);
    assert_eq!(when(&sessions[1]), ["2026-05-13 14:00-"]);
}

#[test]
fn a_subject_is_read_by_every_name_of_the_standard_words() {
    use crate::intake::words;
    for (subject, names) in crate::kinds::registers::vocabulary::subject_names() {
        for name in names {
            assert_eq!(words::subject(name), Some(subject), "{name}");
        }
    }
    assert_eq!(words::subjects("信息化培训"), [], "no subject");
    assert_eq!(words::subjects("生物备课")[0].name, "生物学");
}
