//! Actions by command, and two edits of one field.

use super::{Clerk, Town, WAITS, session_json};
use serde_json::Value;

fn put(clerk: &Clerk, json: &str, more: &[&str]) -> String {
    let file = clerk.file("content.json", json);
    let typed = clerk.json(0, &[&["put", &file][..], more].concat());
    typed["typed"][0]["record_id"]
        .as_str()
        .expect("an id")
        .to_owned()
}

#[test]
fn a_session_goes_its_whole_course_by_command() {
    let town = Town::found();
    let (host, guest) = (town.clerk(0, "host"), town.clerk(1, "guest"));
    host.says(0, &["sync"]);
    let id = put(&host, &session_json("六年级数学集体备课"), &[]);
    // A chain without a line: nothing of it was answered yet.
    host.says(0, &["act", "session", "announce", &id]);
    host.says(0, &["act", "session", "hold", &id[..8]]);
    let attendance = [
        "act",
        "session",
        "report-attendance",
        &id,
        "--expected",
        "8",
        "--attended",
        "7",
    ];
    host.says(0, &attendance);
    let synced = host.says(0, &["sync"]);
    for word in ["通知", "已举行", "报到会人数"] {
        assert!(synced.contains(word), "{word}: {synced}");
    }
    guest.says(0, &["sync"]);
    guest.says(0, &attendance);
    guest.says(0, &["sync"]);
    let waived = ["act", "session", "record", &id, "--why", "TERM_END"];
    host.says(0, &["sync"]);
    host.says(0, &waived);
    host.says(0, &["sync"]);
    let shown = host.json(0, &["show", &id]);
    assert_eq!(
        shown["record"]["state"]["session"]["status"],
        "SESSION_STATUS_RECORDED"
    );
    assert_eq!(shown["record"]["reason"], "TERM_END");
    assert!(host.says(0, &["list"]).contains("已归档"));
}

#[test]
fn an_action_of_another_kind_or_without_a_name_is_told_with_the_way_out() {
    let town = Town::found();
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    let id = put(&clerk, &session_json("教研"), &[]);
    assert!(
        clerk
            .says(1, &["act", "menu", "publish", &id])
            .contains("是教研活动，不是食谱")
    );
    let unnamed = clerk.says(1, &["act", &id]);
    assert!(
        unnamed.contains("announce 通知") && unnamed.contains("ask-correction"),
        "{unnamed}"
    );
    let wrong = clerk.says(64, &["act", "session", "cancel", &id, "--reason", "rain"]);
    assert!(
        wrong.contains("force") && wrong.contains("order"),
        "{wrong}"
    );
    clerk.says(64, &["act", "session", "dance", &id]);
    assert!(
        clerk
            .says(1, &["act", "menu", "publish", "ffffffff"])
            .contains("campus list")
    );
    clerk.says(WAITS, &["delete", &id]);
    clerk.says(0, &["delete", &id, "--yes"]);
}

/// Two computers of a campus change one title; the one that comes later has a conflict.
fn clash(town: &Town) -> (Clerk, String, Value) {
    let (one, two) = (town.clerk(0, "one"), town.clerk(0, "two"));
    one.says(0, &["sync"]);
    let id = put(&one, &session_json("原来的题目"), &[]);
    one.says(0, &["sync"]);
    two.says(0, &["sync"]);
    for (clerk, title, status) in [(&one, "先到的题目", 0), (&two, "后到的题目", WAITS)] {
        put(clerk, &session_json(title), &["--record", &id]);
        clerk.says(status, &["sync"]);
    }
    let conflicts = two.json(WAITS, &["conflicts"]);
    let conflict = conflicts["conflicts"][0].clone();
    (two, id, conflict)
}

#[test]
fn two_edits_of_one_field_stand_side_by_side_until_one_is_chosen() {
    for (choice, title) in [("--mine", "后到的题目"), ("--theirs", "先到的题目")] {
        let town = Town::found();
        let (clerk, id, conflict) = clash(&town);
        let side = &conflict["differences"][0];
        assert_eq!(side["path"], "session.title");
        assert_eq!(
            (&side["theirs"], &side["mine"]),
            (&"先到的题目".into(), &"后到的题目".into())
        );
        assert_eq!(side["both_changed"], true);
        let conflict = conflict["conflict_id"].as_str().expect("an id");
        let told = clerk.says(WAITS, &["conflicts", &conflict[..8]]);
        assert!(
            told.contains("两处都改") && told.contains("resolve"),
            "{told}"
        );
        clerk.says(WAITS, &["resolve", conflict, choice]);
        clerk.says(0, &["resolve", conflict, choice, "--yes"]);
        // Decided here, and not sent yet.
        clerk.says(0, &["conflicts"]);
        clerk.says(0, &["sync"]);
        clerk.says(0, &["status"]);
        let shown = clerk.json(0, &["show", &id]);
        assert_eq!(shown["content"]["session"]["title"], title, "{choice}");
    }
}

#[test]
fn what_the_edit_started_from_is_shown_where_this_computer_typed_it() {
    let town = Town::found();
    let (one, two) = (town.clerk(0, "one"), town.clerk(0, "two"));
    one.says(0, &["sync"]);
    let id = put(&one, &session_json("原来的题目"), &[]);
    one.says(0, &["sync"]);
    two.says(0, &["sync"]);
    put(&two, &session_json("先到的题目"), &["--record", &id]);
    put(&one, &session_json("后到的题目"), &["--record", &id]);
    two.says(0, &["sync"]);
    one.says(WAITS, &["sync"]);
    let conflicts = one.json(WAITS, &["conflicts"]);
    assert_eq!(
        conflicts["conflicts"][0]["differences"][0]["base"],
        "原来的题目"
    );
}

#[test]
fn the_office_asks_for_a_correction_and_the_campus_sees_it() {
    let town = Town::found();
    let (clerk, office) = (town.clerk(0, "laptop"), town.office());
    clerk.says(0, &["sync"]);
    let id = put(&clerk, &session_json("教研"), &[]);
    clerk.says(0, &["act", "session", "announce", &id]);
    clerk.says(0, &["sync"]);
    office.says(0, &["sync"]);
    office.says(
        0,
        &[
            "act",
            "ask-correction",
            &id,
            "--field",
            "title",
            "--text",
            "写明年级",
        ],
    );
    office.says(0, &["sync"]);
    clerk.says(0, &["sync"]);
    assert!(clerk.says(0, &["status"]).contains("要求更正 1 处"));
}
