//! The five sessions of the samples.

use super::{assert_same, careful, file, read, term};
use serde_json::{Value, json};

#[test]
fn lines_of_a_chat_are_read_as_each_campus_would() {
    let calendar = term("2026-03-02", "2026-06-30", &[("2026-05-09", "WORKDAY")]);
    let lines: Vec<&str> = file!("typed/prep-17.txt").lines().collect();
    let careful = careful(file!("fixtures/prep-17.json"));
    for (line, (campus, expected)) in lines.iter().zip(&careful) {
        let read = read("session", line.as_bytes(), campus, "2026-05-06", &calendar);
        assert_same(&json!({"session": read.only("session")}), expected, &[]);
    }
    let third = read(
        "session",
        lines[2].as_bytes(),
        "春风分校",
        "2026-05-06",
        &calendar,
    );
    third.doubt("WEEKDAY_MISMATCH", "2026-05-12 是星期二");
    let all = read(
        "session",
        file!("typed/prep-17.txt").as_bytes(),
        "滨湖分校",
        "2026-05-06",
        &calendar,
    );
    // What says itself that it has no day is no session yet: it is told whole.
    assert_eq!(all.contents.len(), 5);
    assert_eq!(
        all.doubt("DATE_MISSING", "时间待定")["content"],
        Value::Null
    );
    all.doubt("ROW_LEFT_OUT", "每月一次 综合组 时间待定");
    assert_eq!(all.doubt("TWIN", "#0")["content"], 1);
    assert_eq!(all.doubt("BUSY_TWICE", "张老师")["content"], 4);
    let folded = all.doubt("FOLDED", "信息技术");
    assert_eq!(
        (&folded["understood"], &folded["place"]["line"]),
        (&json!("信息科技"), &json!(2))
    );
    assert_eq!(folded["place"]["column"], 20);
}

#[test]
fn a_notice_that_contradicts_itself_is_kept_and_told() {
    let calendar = term("2022-02-14", "2022-06-30", &[("2022-05-04", "HOLIDAY")]);
    let read = read(
        "session",
        file!("typed/prep-02.txt").as_bytes(),
        "某小学",
        "2023-04-27",
        &calendar,
    );
    assert_same(
        &json!({"session": read.only("session")}),
        &careful(file!("fixtures/prep-02.json"))[0].1,
        &[],
    );
    read.doubt("WEEKDAY_MISMATCH", "2023-05-04");
    read.doubt("NOT_A_COUNT", "20人左右");
    read.doubt("TIME_DERIVED", "13:50-14:30");
    read.doubt("UNSTATED", "主备人");
}

#[test]
fn half_days_areas_and_quotas_are_read_as_such() {
    let read = read(
        "session",
        file!("typed/prep-05.txt").as_bytes(),
        "某中心小学",
        "2019-05-05",
        &json!({}),
    );
    assert_same(
        &json!({"session": read.only("session")}),
        &careful(file!("fixtures/prep-05.json"))[0].1,
        &[],
    );
    read.doubt("NOT_A_COUNT", "2人");
}

#[test]
fn a_year_that_is_not_stated_is_asked_for() {
    let typed = file!("typed/prep-08.txt").as_bytes();
    let open = read("session", typed, "", "2026-11-25", &json!({}));
    assert_eq!(open.only("session").get("days"), None);
    for year in ["2010-09-09", "2021-09-09"] {
        open.doubt("YEAR_UNKNOWN", year);
    }
    let session = open.only("session");
    assert_eq!(
        (&session["subjects"], &session["chair"]["displayName"]),
        (&json!(["数学"]), &json!("褚老师"))
    );
    let names: Vec<&Value> = session["speakers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| &s["displayName"])
        .collect();
    assert_eq!(names, ["褚老师", "赵老师", "丁主任"]);
    let told = read("session", typed, "", "2021-09-10", &json!({}));
    let day = &told.only("session")["days"][0];
    assert_eq!(
        day,
        &json!({"date": "2021-09-09", "halfDay": "HALF_DAY_AFTERNOON", "statedWeekday": 4})
    );
    told.doubt("YEAR_MISSING", "2010-09-09");
}

#[test]
fn what_is_claimed_and_not_named_is_never_made_up() {
    let read = read(
        "session",
        file!("typed/prep-01.txt").as_bytes(),
        "总校",
        "2024-02-21",
        &json!({}),
    );
    let session = read.only("session");
    assert_eq!(
        session["subjects"],
        json!(["语文", "数学", "英语", "音乐", "体育与健康", "美术"])
    );
    assert_eq!(session["speakers"].as_array().unwrap().len(), 7);
    assert_eq!(session.get("lead"), None);
    assert_eq!(session.get("days"), None);
    assert_eq!(session["form"], "SESSION_FORM_JOINT_PREP");
    assert_eq!(session["claimedSubjectCount"], 8);
    assert_eq!(read.doubt("COUNT_MISMATCH", "八大學科")["understood"], "6");
    read.doubt("DATE_MISSING", "2024春節前夕");
    read.doubt("TWO_VALUES", "7 位领衔");
}
