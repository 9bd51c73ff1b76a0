//! Workbooks, read back.

use super::browser::Browser;
use super::{approved_exchange, arrived, hire, in_term, place, published};
use crate::harness::{HEAD, SPRING, TestHub};
use crate::wishes::{exchange, id, menu, named};
use calamine::{Data, Reader as _, Xlsx};
use lianxiao::wire::v1;
use std::io::{Cursor, Read as _};

const FORMULA: &str = "=HYPERLINK(\"http://evil.example\",\"x\")";

struct Book {
    rows: Vec<Vec<String>>,
    formulas: usize,
    sheet: String,
    workbook: String,
}

/// The first sheet of a workbook, and how it is set up.
async fn book(browser: &Browser, path: &str) -> Book {
    let answer = browser.get(path).await;
    answer.is(200);
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    assert_eq!(answer.header("content-type"), Some(kind));
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(answer.bytes.clone())).expect("a workbook");
    let name = workbook.sheet_names()[0].clone();
    let range = workbook.worksheet_range(&name).expect("a sheet");
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        other => panic!("a number or a formula: {other:?}"),
    };
    let formulas = workbook.worksheet_formula(&name).expect("formulas");
    let mut zip = zip::ZipArchive::new(Cursor::new(answer.bytes)).expect("a zip");
    let mut part = |name: &str| {
        let mut text = String::new();
        zip.by_name(name)
            .expect("a part")
            .read_to_string(&mut text)
            .expect("text");
        text
    };
    Book {
        rows: range
            .rows()
            .map(|row| row.iter().map(text).collect())
            .collect(),
        formulas: formulas
            .cells()
            .filter(|(.., text)| !text.is_empty())
            .count(),
        sheet: part("xl/worksheets/sheet1.xml"),
        workbook: part("xl/workbook.xml"),
    }
}

impl Book {
    /// A4 across, as wide as the page, its header on every page, and no formula in it.
    fn is_printed_by_an_office(&self) {
        for set in [
            "paperSize=\"9\"",
            "orientation=\"landscape\"",
            "fitToPage=\"1\"",
        ] {
            assert!(self.sheet.contains(set), "{set}");
        }
        assert!(self.workbook.contains("_xlnm.Print_Titles"));
        assert_eq!(self.formulas, 0);
    }
}

#[tokio::test]
async fn a_week_is_a_sheet_of_meals_and_a_dish_that_looks_like_a_formula_is_text() {
    let hub = TestHub::start().await;
    let mut week = menu(&["2026-05-11", "2026-05-12"]);
    FORMULA.clone_into(&mut week.meals[0].dishes[0].name);
    published(&hub, SPRING, week).await;
    let browser = Browser::signed_in(&hub, &hub.group.member(HEAD).token).await;
    let path = format!("/campus/{}/week.xlsx?week=2026-05-11", id(SPRING));
    let book = book(&browser, &path).await;
    book.is_printed_by_an_office();
    assert_eq!(book.rows[0][0], format!("{SPRING} 每周食谱"));
    assert_eq!(book.rows[2][..3], ["餐次", "5月11日 周一", "5月12日 周二"]);
    assert_eq!(book.rows[3][..3], ["学生食堂\n午餐", FORMULA, "红烧狮子头"]);
    let none = format!("/campus/{}/week.xlsx?week=yesterday", id(SPRING));
    browser.get(&none).await.is(400);
}

#[tokio::test]
async fn the_matrix_has_a_row_a_campus_and_shows_what_is_missing() {
    let hub = in_term().await;
    published(&hub, SPRING, menu(&["2026-05-11", "2026-05-12"])).await;
    let office = Browser::signed_in(&hub, &hub.group.office).await;
    let book = book(&office, "/matrix.xlsx?week=2026-05-11").await;
    book.is_printed_by_an_office();
    let row = |name: &str| {
        let found = book.rows.iter().find(|row| row[0] == name);
        found.unwrap_or_else(|| panic!("no {name} in {:?}", book.rows))
    };
    let newest = book.rows[2]
        .iter()
        .position(|head| head.contains("5月11日"));
    let newest = newest.expect("the week is a column");
    assert!(row(SPRING)[newest].ends_with("2/5"), "{:?}", row(SPRING));
    assert!(row(HEAD)[newest].ends_with("0/5"), "{:?}", row(HEAD));
}

#[tokio::test]
async fn exchanges_have_the_six_national_columns_in_their_order() {
    let hub = TestHub::start().await;
    let moved = v1::Exchange {
        person: Some(named(FORMULA)),
        file_moved: Some(false),
        ..exchange(&id(HEAD), &id(SPRING))
    };
    let record = approved_exchange(&hub, moved).await;
    arrived(&hub, &record).await;
    let office = Browser::signed_in(&hub, &hub.group.office).await;
    let book = book(&office, "/exchanges.xlsx").await;
    book.is_printed_by_an_office();
    let heads = [
        "交流轮岗类型",
        "是否调动人事关系",
        "开始年月",
        "结束年月",
        "原单位名称",
        "交流单位名称",
    ];
    assert_eq!(book.rows[2][..6], heads);
    assert_eq!(
        book.rows[3],
        ["定期交流", "否", "2026-05", "", HEAD, SPRING, FORMULA]
    );
    // Who may read no exchanges prints none.
    let (_, token) = hire(&hub, place(SPRING), "总务处").await;
    Browser::signed_in(&hub, &token)
        .await
        .get("/exchanges.xlsx")
        .await
        .is(403);
}

#[tokio::test]
async fn a_clerk_downloads_empty_sheets_of_her_campus() {
    let hub = in_term().await;
    let clerk = Browser::signed_in(&hub, &hub.group.member(SPRING).token).await;
    let sheet = book(&clerk, "/desk/blank/menu.xlsx?week=2026-05-11").await;
    sheet.is_printed_by_an_office();
    let (title, how) = (&sheet.rows[0][0], &sheet.rows[1][0]);
    assert!(
        title.starts_with(SPRING) && title.ends_with("第11周"),
        "{title}"
    );
    assert!(how.ends_with("请于5月9日 18点前上报"), "{how}");
    assert_eq!(sheet.rows[3][0], "2026-05-11 周一");
    // Left out, it is the week to come.
    let next = book(&clerk, "/desk/blank/menu.xlsx").await;
    assert_eq!(next.rows, sheet.rows);
    for kind in ["session", "exchange", "person"] {
        book(&clerk, &format!("/desk/blank/{kind}.xlsx"))
            .await
            .is_printed_by_an_office();
    }
    let holiday = clerk.get("/desk/blank/menu.xlsx?week=2026-07-20").await;
    holiday.is(400);
    holiday.shows("校历上不上课");
    clerk.get("/desk/blank/nothing.xlsx").await.is(404);
    let office = Browser::signed_in(&hub, &hub.group.office).await;
    office.get("/desk/blank/person.xlsx").await.is(403);
}
