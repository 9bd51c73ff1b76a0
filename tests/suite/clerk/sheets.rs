//! Sheets by command.

use super::{Clerk, NOT_REACHED, Town, WAITS, menu, sessions};
use crate::process::admin;
use rust_xlsxwriter::{Format, Workbook};
use serde_json::Value;

fn import(clerk: &Clerk, file: &str, more: &[&str]) -> Value {
    let words = ["import", file, "--today", "2026-05-08", "--yes"];
    clerk.json(0, &[&words[..], more].concat())
}

fn changes(document: &Value) -> Vec<&str> {
    let records = document["records"].as_array().expect("records");
    records
        .iter()
        .map(|record| record["change"].as_str().expect("a word"))
        .collect()
}

const WEEK: [(&str, &str); 2] = [
    ("2026-05-11", "米饭、红烧肉"),
    ("2026-05-12", "米饭、鱼香肉丝"),
];

#[test]
fn a_sheet_is_told_before_it_is_stored_and_the_same_sheet_again_is_unchanged() {
    let mut town = Town::found();
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    town.kill_hub();
    let file = clerk.file("week.csv", &menu(&WEEK));
    let told = clerk.says(WAITS, &["import", &file, "--today", "2026-05-08"]);
    assert!(told.contains("食谱") && told.contains("新增"), "{told}");
    assert!(
        told.contains("2026-05-11 ~ 2026-05-12") && told.contains("没有录入"),
        "{told}"
    );
    assert_eq!(
        clerk.list("menu").len(),
        0,
        "nothing is stored before somebody says so"
    );
    assert_eq!(changes(&import(&clerk, &file, &[])), ["new"]);
    // Typed and not sent yet: it is there all the same.
    assert_eq!(changes(&import(&clerk, &file, &[])), ["unchanged"]);
    clerk.says(NOT_REACHED, &["sync"]);
    town.raise_hub();
    assert_eq!(
        clerk.json(0, &["sync"])["answers"][0]["outcome"],
        "OUTCOME_APPLIED"
    );
    assert_eq!(changes(&import(&clerk, &file, &[])), ["unchanged"]);
    assert_eq!(clerk.json(0, &["sync"])["answers"], serde_json::json!([]));
    // Another computer of the same campus names the same record, though it never saw the other.
    let other = town.clerk(0, "other");
    other.says(0, &["sync"]);
    let file = other.file("again.csv", &menu(&WEEK));
    assert_eq!(changes(&import(&other, &file, &[])), ["unchanged"]);
    assert_eq!(other.list("menu").len(), 1);
}

#[test]
fn two_computers_that_store_one_sheet_without_a_line_make_one_record() {
    let town = Town::found();
    let clerks = [town.clerk(0, "one"), town.clerk(0, "two")];
    for clerk in &clerks {
        clerk.says(0, &["sync"]);
        import(clerk, &clerk.file("week.csv", &menu(&WEEK)), &[]);
    }
    let [one, two] = &clerks;
    assert_eq!(
        one.json(0, &["sync"])["answers"][0]["outcome"],
        "OUTCOME_APPLIED"
    );
    assert_eq!(
        two.json(0, &["sync"])["answers"][0]["outcome"],
        "OUTCOME_UNCHANGED"
    );
    assert_eq!(two.list("menu").len(), 1);
}

#[test]
fn a_corrected_sheet_sends_its_corrections_alone_and_a_vanished_row_stays_until_told_to_go() {
    let town = Town::found();
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    let rows = [
        ("2026-05-11", "五年级语文集体备课"),
        ("2026-05-12", "六年级数学集体备课"),
        ("2026-05-13", "三年级英语集体备课"),
    ];
    let file = clerk.file("plan.csv", &sessions(&rows));
    assert_eq!(
        changes(&import(&clerk, &file, &["--kind", "session"])),
        ["new"; 3]
    );
    clerk.says(0, &["sync"]);
    let corrected = sessions(&[rows[0], ("2026-05-13", rows[1].1)]);
    let file = clerk.file("plan.csv", &corrected);
    let told = import(&clerk, &file, &[]);
    assert_eq!(changes(&told), ["unchanged", "changed"]);
    assert_eq!(told["wishes"], 1);
    let paths = told["records"][1]["changes"].as_array().expect("changes");
    assert!(
        paths
            .iter()
            .all(|change| change["path"].as_str().unwrap().starts_with("session.days")),
        "{paths:?}"
    );
    assert_eq!(told["missing"].as_array().expect("a list").len(), 1);
    clerk.says(0, &["sync"]);
    assert_eq!(
        clerk.list("session").len(),
        3,
        "a vanished row is no deletion"
    );
    let none = [
        "import",
        &file,
        "--today",
        "2026-05-08",
        "--yes",
        "--delete-missing",
        "--delete-max",
        "0",
    ];
    assert!(clerk.says(1, &none).contains("--delete-max 1"));
    import(&clerk, &file, &["--delete-missing"]);
    clerk.says(0, &["sync"]);
    assert_eq!(clerk.list("session").len(), 2);
}

#[test]
fn no_sheet_deletes_more_than_the_group_allows_at_once() {
    let town = Town::found();
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    let days: Vec<String> = (11..=23).map(|day| format!("2026-05-{day}")).collect();
    let rows: Vec<(&str, &str)> = days.iter().map(|day| (day.as_str(), "集体备课")).collect();
    import(&clerk, &clerk.file("plan.csv", &sessions(&rows)), &[]);
    clerk.says(0, &["sync"]);
    assert_eq!(clerk.list("session").len(), 13);
    let half = clerk.file("plan.csv", &sessions(&[rows[0], rows[12]]));
    let half = ["import", &half, "--today", "2026-05-08", "--yes"];
    let all = ["--delete-missing", "--delete-max", "99"];
    let told = clerk.says(1, &[&half[..], &all].concat());
    assert!(told.contains("policy.deletions_max"), "{told}");
    clerk.says(0, &["sync"]);
    assert_eq!(clerk.list("session").len(), 13, "nothing was typed");
}

#[test]
fn a_published_menu_is_amended_for_a_reason_and_the_menu_says_so() {
    let town = Town::found();
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    let file = clerk.file("week.csv", &menu(&WEEK));
    let stored = import(&clerk, &file, &[]);
    let id = stored["records"][0]["record_id"].as_str().expect("an id");
    clerk.says(0, &["act", "menu", "publish", id]);
    clerk.says(0, &["sync"]);
    let file = clerk.file(
        "week.csv",
        &menu(&[WEEK[0], ("2026-05-12", "米饭、番茄炒蛋")]),
    );
    let words = ["import", &file, "--today", "2026-05-08", "--yes"];
    assert!(clerk.says(1, &words).contains("--reason"));
    import(&clerk, &file, &["--reason", "out-of-stock"]);
    let synced = clerk.says(0, &["sync"]);
    assert!(
        synced.contains("已收  食谱") && synced.contains("调整"),
        "{synced}"
    );
    let shown = clerk.json(0, &["show", id]);
    let state = &shown["record"]["state"]["menu"];
    assert_eq!(state["status"], "MENU_STATUS_AMENDED");
    assert_eq!(
        state["amendments"][0]["reason"],
        "AMEND_REASON_OUT_OF_STOCK"
    );
}

#[test]
fn what_the_sheet_has_no_column_for_stays_as_it_was_written() {
    let town = Town::found();
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    let file = clerk.file(
        "plan.csv",
        &sessions(&[("2026-05-12", "六年级数学集体备课")]),
    );
    let stored = import(&clerk, &file, &[]);
    let id = stored["records"][0]["record_id"].as_str().expect("an id");
    let mut content = clerk.json(0, &["show", id])["content"].clone();
    content["session"]["lesson"] = "圆的面积".into();
    let richer = clerk.file("richer.json", &content.to_string());
    clerk.says(0, &["put", &richer, "--record", id]);
    let other_lead = sessions(&[("2026-05-12", "六年级数学集体备课")]).replace("张老师", "李老师");
    let file = clerk.file("plan.csv", &other_lead);
    assert_eq!(changes(&import(&clerk, &file, &[])), ["changed"]);
    clerk.says(0, &["sync"]);
    let session = &clerk.json(0, &["show", id])["content"]["session"];
    assert_eq!(session["lesson"], "圆的面积");
    assert_eq!(session["lead"]["displayName"], "李老师");
}

#[test]
fn a_refused_row_is_told_with_its_way_out_and_the_corrected_sheet_takes_its_place() {
    let town = Town::found();
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    // No such canteen in the register.
    let sheet = "食堂：教工食堂\n".to_owned() + &menu(&WEEK);
    let stored = import(&clerk, &clerk.file("week.csv", &sheet), &["--kind", "menu"]);
    let id = stored["records"][0]["record_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let content =
        serde_json::json!({"menu": {"canteen": "没有的食堂", "audience": "MENU_AUDIENCE_PUPILS"}});
    clerk.says(0, &["put", &clerk.file("bad.json", &content.to_string())]);
    let refused = clerk.says(WAITS, &["sync"]);
    assert!(refused.contains("未收  食谱 没有的食堂"), "{refused}");
    let status = clerk.says(WAITS, &["status"]);
    assert!(
        status.contains("未收 1 条") && status.contains("discard"),
        "{status}"
    );
    let told = clerk.json(WAITS, &["status"]);
    let entry = &told["outbox"][0];
    assert!(entry["refusals"][0]["messageZh"].is_string(), "{entry}");
    assert_ne!(entry["record_id"], Value::from(id));
    let mutation = entry["mutation_id"].as_str().expect("an id");
    clerk.says(0, &["discard", &mutation[..8]]);
    clerk.says(0, &["status"]);
}

#[test]
fn rows_of_other_schools_are_told_and_left_to_them() {
    let town = Town::found();
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    let sheet = "姓名,原单位,交流单位,交流类型,起止时间\n张老师,春风分校,滨湖分校,定期交流,2026.9-2027.7\n\
                 李老师,滨湖分校,春风分校,定期交流,2026.9-2027.7\n";
    let told = clerk.says(
        WAITS,
        &[
            "import",
            &clerk.file("交流.csv", sheet),
            "--today",
            "2026-05-08",
        ],
    );
    assert!(told.contains("由滨湖分校上报"), "{told}");
    let stored = import(&clerk, &clerk.file("交流.csv", sheet), &[]);
    assert_eq!(changes(&stored), ["new"]);
    assert_eq!(stored["foreign"][0]["campus"], town.campuses[1].as_str());
    clerk.says(0, &["sync"]);
    assert_eq!(
        clerk.list("exchange")[0]["title"],
        "张老师 春风分校→滨湖分校"
    );
}

#[test]
fn a_workbook_with_merged_cells_and_a_text_in_gbk_are_read_and_a_picture_is_not() {
    let town = Town::found();
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet
        .merge_range(0, 0, 0, 2, "学生食堂食谱", &Format::new())
        .expect("a title");
    for (column, heading) in ["日期", "餐次", "菜名"].into_iter().enumerate() {
        let column = u16::try_from(column).expect("few columns");
        sheet.write(1, column, heading).expect("a heading");
    }
    sheet
        .merge_range(2, 0, 3, 0, "2026-05-11", &Format::new())
        .expect("a day");
    for (row, dish) in [(2, "米饭"), (3, "红烧肉")] {
        sheet.write(row, 1, "午餐").expect("a meal");
        sheet.write(row, 2, dish).expect("a dish");
    }
    let file = clerk.folder.join("week.xlsx");
    book.save(&file).expect("a workbook");
    let stored = import(&clerk, super::text(&file), &[]);
    let dishes = &stored["contents"][0]["content"]["menu"]["meals"][0]["dishes"];
    assert_eq!(dishes.as_array().expect("dishes").len(), 2, "{stored}");
    let gbk = clerk.folder.join("plan.csv");
    let text = sessions(&[("2026-05-12", "六年级数学集体备课")]);
    let (bytes, _, _) = encoding_rs::GBK.encode(&text);
    std::fs::write(&gbk, bytes).expect("a file");
    assert_eq!(changes(&import(&clerk, super::text(&gbk), &[])), ["new"]);
    let picture = clerk.folder.join("photo.jpg");
    std::fs::write(
        &picture,
        [0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0],
    )
    .expect("a file");
    clerk.says(65, &["import", super::text(&picture)]);
    let nothing = clerk.file("poem.txt", "今天天气不错\n");
    assert!(clerk.says(65, &["import", &nothing]).contains("--kind"));
    assert_eq!(admin(&town.data(), &["group", "list"]).lines().count(), 1);
}
