//! Empty sheets, filled in by hand and read back: nothing in them is asked for again.

use super::{Clerk, Town, WAITS};
use crate::libreoffice::convert;
use serde_json::{Value, json};
use std::io::{Cursor, Read as _, Write as _};

/// A workbook with texts written into empty cells of its first sheet, everything else as it was.
fn filled(book: &[u8], cells: &[(&str, &str)]) -> Vec<u8> {
    let mut parts = zip::ZipArchive::new(Cursor::new(book)).expect("a workbook");
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..parts.len() {
        let mut part = parts.by_index(index).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("its bytes");
        if name == "xl/worksheets/sheet1.xml" {
            let mut xml = String::from_utf8(bytes).expect("text");
            for (cell, text) in cells {
                let start = xml.find(&format!("<c r=\"{cell}\""));
                let start = start.unwrap_or_else(|| panic!("no cell {cell}"));
                let end = start + xml[start..].find("/>").expect("its end");
                assert!(!xml[start..end].contains('>'), "{cell} holds something");
                let said = format!(" t=\"inlineStr\"><is><t>{text}</t></is></c>");
                xml.replace_range(end..end + 2, &said);
            }
            bytes = xml.into_bytes();
        }
        let options = zip::write::SimpleFileOptions::default();
        out.start_file(name, options).expect("a part");
        out.write_all(&bytes).expect("its bytes");
    }
    out.finish().expect("a workbook").into_inner()
}

/// A clerk whose group keeps a term with a holiday, a deadline and words.
fn clerk(town: &Town) -> Clerk {
    let office = town.office();
    office.says(0, &["sync"]);
    let words = crate::process::program().arg("words").output();
    let words: Value = serde_json::from_slice(&words.expect("it runs").stdout).expect("words");
    let words = words["mutations"].as_array().expect("mutations").iter();
    let registers = [
        json!({"calendar": {"terms": [{"name": "2025-2026学年第二学期", "firstDay": "2026-03-02", "lastDay": "2026-06-30"}]}}),
        json!({"policy": {"timeZone": "Asia/Shanghai", "menuDeadlines": [{"schoolDaysBefore": 1, "time": "18:00"}]}}),
    ];
    for content in words
        .map(|of| of["put"]["content"].clone())
        .chain(registers)
    {
        let file = office.file("register.json", &content.to_string());
        office.says(0, &["put", &file]);
    }
    office.says(0, &["sync"]);
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    clerk
}

/// A blank sheet of hers.
fn blank(clerk: &Clerk, words: &[&str]) -> Vec<u8> {
    let file = clerk.file("blank.xlsx", "");
    clerk.says(0, &[&["blank"], words, &[&file]].concat());
    std::fs::read(file).expect("a workbook")
}

/// What importing it understands, as written and as LibreOffice writes it again in each of its forms.
fn read(clerk: &Clerk, kind: &str, book: &[u8]) -> Vec<Value> {
    let mut understood: Option<Vec<Value>> = None;
    let again =
        ["xlsx", "xls", "csv"].map(|to| (to, convert(&[("blank.xlsx", book)], to).remove(0)));
    for (form, bytes) in [("xlsx", book.to_vec())].into_iter().chain(again) {
        let file = clerk.folder.join(format!("filled.{form}"));
        std::fs::write(&file, bytes).expect("a file");
        let file = file.to_str().expect("an ASCII path");
        let words = ["import", file, "--kind", kind, "--today", "2026-05-06"];
        // Persons are the office's to push: a branch's are understood and left out.
        let document = clerk.json(
            if matches!(kind, "person" | "staff-count") {
                0
            } else {
                WAITS
            },
            &words,
        );
        assert_eq!(document["doubts"], json!([]), "{form}: {document:#}");
        let contents = document["contents"].as_array().expect("contents").iter();
        let contents: Vec<Value> = contents.map(|of| of["content"].clone()).collect();
        let first = understood.get_or_insert_with(|| contents.clone());
        assert_eq!(*first, contents, "{form}");
    }
    understood.expect("one form at least")
}

#[test]
fn a_menu_sheet_has_the_days_of_its_week_and_what_is_filled_in_is_read_without_a_doubt() {
    let town = Town::found();
    let clerk = clerk(&town);
    // The week after a holiday: from Wednesday to the make-up Saturday, 7 rows a day.
    let book = blank(&clerk, &["menu", "--week", "2026-05-06"]);
    let mut cells = vec![("E4", "大米80"), ("F5", "大豆(GB7718)"), ("G5", "微量芝麻")];
    let days = ["4", "5", "6"].map(|row| format!("D{row}"));
    cells.extend(
        days.iter()
            .map(String::as_str)
            .zip(["米饭", "红烧豆腐肉", "番茄炒蛋"]),
    );
    cells.extend([
        ("D11", "停餐"),
        ("D18", "米饭"),
        ("D20", "鱼香肉丝"),
        ("D25", "面条"),
    ]);
    let [menu] = &read(&clerk, "menu", &filled(&book, &cells))[..] else {
        panic!("one menu")
    };
    let menu = &menu["menu"];
    let week = json!(["2026-05-06", "2026-05-08", "2026-05-09"]);
    assert_eq!(menu["serviceDates"], week, "{menu:#}");
    assert_eq!(menu["noServiceDays"][0]["date"], "2026-05-07");
    assert_eq!(
        (&menu["canteen"], &menu["audience"]),
        (&json!("学生食堂"), &json!("MENU_AUDIENCE_PUPILS"))
    );
    let dishes = menu["meals"][0]["dishes"].as_array().expect("dishes");
    let names: Vec<&Value> = dishes.iter().map(|dish| &dish["name"]).collect();
    assert_eq!(names, ["米饭", "红烧豆腐肉", "番茄炒蛋"]);
    assert_eq!(dishes[0]["ingredients"][0]["grams"], 80.0);
    assert_eq!(dishes[1]["slot"], "DISH_SLOT_MAIN");
    let declared = json!([
        {"scheme": "GB7718", "code": "大豆", "presence": "PRESENCE_CONTAINS"},
        {"scheme": "EU14", "code": "11", "presence": "PRESENCE_TRACES"},
    ]);
    assert_eq!(dishes[1]["allergens"], declared, "{menu:#}");
}

#[test]
fn sheets_of_sessions_exchanges_persons_and_staff_counts_are_read_without_a_doubt() {
    let town = Town::found();
    let clerk = clerk(&town);
    let session = [
        "2026-05-12",
        "14:00-16:30",
        "集体备课",
        "分数的意义单元备课",
        "数学",
        "五年级",
        "张老师",
        "滨湖分校三楼录播室",
        "滨湖分校",
    ];
    let session = filled(&blank(&clerk, &["session"]), &across("ABCDEFGHI", &session));
    let read_back = &read(&clerk, "session", &session)[0]["session"];
    assert_eq!(
        read_back["form"], "SESSION_FORM_JOINT_PREP",
        "{read_back:#}"
    );
    assert_eq!(read_back["days"][0]["start"], "14:00");
    assert_eq!(read_back["invitedCampusIds"], json!([town.campuses[1]]));
    let exchange = [
        "李老师",
        "春风分校",
        "滨湖分校",
        "定期交流",
        "数学",
        "一级教师",
        "区骨干教师",
        "2026-09",
        "2027-07",
        "否",
    ];
    let exchange = filled(
        &blank(&clerk, &["exchange"]),
        &across("ABCDEFGHIJ", &exchange),
    );
    let read_back = &read(&clerk, "exchange", &exchange)[0]["exchange"];
    assert_eq!(read_back["type"], "EXCHANGE_TYPE_REGULAR", "{read_back:#}");
    assert_eq!(
        (&read_back["plannedStart"], &read_back["plannedEnd"]),
        (&json!("2026-09"), &json!("2027-07"))
    );
    assert_eq!(
        (&read_back["rankAtStart"], &read_back["fileMoved"]),
        (&json!("RANK_FIRST"), &json!(false))
    );
    let person = ["王老师", "春风分校", "高级教师", "2018-09", "区学科带头人"];
    let person = filled(&blank(&clerk, &["person"]), &across("ABCDE", &person));
    let read_back = &read(&clerk, "person", &person)[0]["person"];
    assert_eq!(
        read_back["homeCampusId"],
        json!(town.campuses[0]),
        "{read_back:#}"
    );
    assert_eq!(read_back["ranks"][0]["from"], "2018-09");
    let count = [
        "春风分校",
        "2025-2026",
        "2025-09-01",
        "120",
        "48",
        "30",
        "12",
    ];
    let count = filled(&blank(&clerk, &["staff-count"]), &across("ABCDEFG", &count));
    let read_back = &read(&clerk, "staff-count", &count)[0]["staffCount"];
    assert_eq!(read_back["campusId"], json!(town.campuses[0]));
    assert_eq!(read_back["eligibleBackbone"], 12, "{read_back:#}");
}

/// Texts in the first row of a list, by column.
fn across<'t>(columns: &str, texts: &[&'t str]) -> Vec<(&'static str, &'t str)> {
    let cells = columns.chars().map(|column| &*format!("{column}4").leak());
    cells.zip(texts.iter().copied()).collect()
}

#[test]
fn lists_drop_down_and_a_hidden_sheet_holds_their_words() {
    let town = Town::found();
    let clerk = clerk(&town);
    let book = blank(&clerk, &["session"]);
    let mut parts = zip::ZipArchive::new(Cursor::new(book)).expect("a workbook");
    let mut part = |name: &str| {
        let mut text = String::new();
        parts
            .by_name(name)
            .expect("a part")
            .read_to_string(&mut text)
            .expect("text");
        text
    };
    let sheet = part("xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<formula1>'下拉词表'!$B$1:$B$"), "{sheet}");
    for set in [
        "paperSize=\"9\"",
        "orientation=\"landscape\"",
        "errorStyle=\"warning\"",
    ] {
        assert!(sheet.contains(set), "{set}");
    }
    assert!(part("xl/workbook.xml").contains("state=\"hidden\""));
    let words = part("xl/sharedStrings.xml");
    for word in ["春风分校", "滨湖分校", "道德与法治", "七年级", "全集团"] {
        assert!(words.contains(word), "{word}");
    }
}
