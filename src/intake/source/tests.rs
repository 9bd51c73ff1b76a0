//! Files of every format and encoding, honest and hostile.

use super::*;
use crate::intake::known::Known;
use crate::intake::{What, read};
use crate::wire::v1::content::Kind;
use jiff::civil::date;
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};
use std::io::Write as _;
use zip::write::SimpleFileOptions;

const XLS: &[u8] = include_bytes!("../../../tests/typed/menu.xls");

fn texts(bytes: &[u8]) -> Vec<Vec<String>> {
    let (sheets, _) = sheets(bytes).unwrap();
    let row = |row: &Row| row.iter().map(|cell| cell.typed.clone()).collect();
    sheets[0].rows.iter().map(row).collect()
}

fn book(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

fn codes(doubts: &[Doubt]) -> Vec<Code> {
    doubts.iter().map(|doubt| doubt.code).collect()
}

#[test]
fn a_text_is_read_in_whichever_encoding_it_comes() {
    let text = "日期,菜名,克\n周一,麵條（小份）,80\n";
    let expected = [["日期", "菜名", "克"], ["周一", "麵條（小份）", "80"]];
    let (gbk, _, broken) = encoding_rs::GBK.encode(text);
    assert!(!broken);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xff, 0xfe], utf16.as_slice()].concat();
    for bytes in [
        text.as_bytes(),
        &[b"\xef\xbb\xbf", text.as_bytes()].concat(),
        &gbk,
        &utf16,
        &marked,
    ] {
        assert_eq!(texts(bytes), expected);
    }
    assert_eq!(texts("A;B\r\n1;2\r\n".as_bytes()), [["A", "B"], ["1", "2"]]);
    assert_eq!(
        texts("A\tB\n\"x\ny\"\t2\n".as_bytes()),
        [["A", "B"], ["x\ny", "2"]]
    );
}

#[test]
fn bytes_that_are_no_text_are_told() {
    let (_, doubts) = sheets(
        &[
            [0xd6, 0xdc, 0xd2, 0xbb].repeat(20).as_slice(),
            &[0xff, b'\n'],
        ]
        .concat(),
    )
    .unwrap();
    assert_eq!(codes(&doubts), [Code::BadBytes]);
    let mut cut = "周一：米饭、红烧肉、青菜".as_bytes().to_vec();
    cut.truncate(cut.len() - 1);
    let (sheets_, doubts) = sheets(&cut).unwrap();
    assert_eq!(
        sheets_[0].rows[0][0].typed,
        "周一：米饭、红烧肉、青\u{fffd}"
    );
    assert_eq!(codes(&doubts), [Code::BadBytes]);
    assert!(matches!(sheets(b"%PDF-1.7"), Err(Unreadable::Other(_))));
    assert!(matches!(sheets(&[0; 100]), Err(Unreadable::Other(_))));
    assert_eq!(sheets(b"").unwrap_err(), Unreadable::Empty);
}

#[test]
fn a_sentence_with_commas_is_no_table() {
    let (sheets, _) = sheets("周一：米饭，鱼, 汤\n周二：面, 蛋\n通知\n".as_bytes()).unwrap();
    assert!(sheets[0].is_text());
    let Place::Line { line, column } = sheets[0].rows[1][0].place else {
        panic!("no line")
    };
    assert_eq!((line, column), (2, 1));
}

#[test]
fn cells_know_their_place_and_merged_cells_what_they_hold() {
    let day = ExcelDateTime::from_ymd(2026, 5, 11).unwrap();
    let noon = ExcelDateTime::from_hms(14, 30, 0).unwrap();
    let bytes = book(|sheet| {
        let date = Format::new().set_num_format("yyyy/m/d");
        let clock = Format::new().set_num_format("h:mm");
        sheet.merge_range(2, 1, 4, 1, "", &date).unwrap();
        sheet.write_with_format(2, 1, &day, &date).unwrap();
        sheet.write_with_format(2, 5, &noon, &clock).unwrap();
        sheet.write(3, 5, 46153).unwrap();
        sheet.write(4, 5, 2.5).unwrap();
        sheet.write_boolean(4, 6, true).unwrap();
    });
    assert_eq!(
        texts(&bytes),
        [
            ["2026-05-11", "14:30", ""],
            ["2026-05-11", "46153", ""],
            ["2026-05-11", "2.5", "true"]
        ]
    );
    let (sheets, _) = sheets(&bytes).unwrap();
    let cell = &sheets[0].rows[1][1];
    assert_eq!(
        (cell.place.cell().as_deref(), sheets[0].name.as_str()),
        (Some("F4"), "Sheet1")
    );
}

#[test]
fn sheets_of_one_workbook_are_menus_of_their_own_and_sheets_called_by_a_day_are_one() {
    let fill = |sheet: &mut Worksheet, dish: &str| {
        sheet.write_row(0, 0, ["日期", "菜名"]).unwrap();
        sheet.write_row(1, 0, ["2026-05-11", dish]).unwrap();
    };
    let mut book = Workbook::new();
    fill(book.add_worksheet().set_name("A套").unwrap(), "鱼");
    fill(book.add_worksheet().set_name("B套").unwrap(), "肉");
    let known = Known::on(date(2026, 5, 8));
    let reading = read(What::Menu, &book.save_to_buffer().unwrap(), &known).unwrap();
    let sets: Vec<String> = reading
        .items
        .iter()
        .map(|item| match &item.content {
            Kind::Menu(menu) => format!("{} {}", menu.menu_set, menu.meals[0].dishes[0].name),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(sets, ["A 鱼", "B 肉"]);
    let mut book = Workbook::new();
    for (day, dish) in [("周一", "鱼"), ("周二", "肉")] {
        let sheet = book.add_worksheet().set_name(day).unwrap();
        sheet.write_row(0, 0, ["类别", "菜名"]).unwrap();
        sheet.write_row(1, 0, ["大荤", dish]).unwrap();
    }
    let reading = read(What::Menu, &book.save_to_buffer().unwrap(), &known).unwrap();
    let Kind::Menu(menu) = &reading.items[0].content else {
        panic!("no menu")
    };
    assert_eq!(
        (reading.items.len(), menu.service_dates.as_slice()),
        (1, &["2026-05-11".to_owned(), "2026-05-12".to_owned()][..])
    );
}

#[test]
fn an_old_workbook_is_read_as_a_new_one() {
    let reading = read(What::Menu, XLS, &Known::on(date(2026, 5, 8))).unwrap();
    let Kind::Menu(menu) = &reading.items[0].content else {
        panic!("no menu")
    };
    let dish = &menu.meals[0].dishes[1];
    let parts: Vec<(&str, Option<f64>)> = dish
        .ingredients
        .iter()
        .map(|part| (part.name.as_str(), part.grams))
        .collect();
    assert_eq!(menu.meals[0].date, "2026-05-11");
    assert_eq!(
        (dish.name.as_str(), parts),
        ("土豆牛肉", vec![("土豆", Some(25.5)), ("牛肉", Some(75.0))])
    );
    assert!(
        codes(&reading.doubts).contains(&Code::NothingHere),
        "the hidden sheet"
    );
}

#[test]
fn a_broken_workbook_is_told_as_one() {
    let good = book(|sheet| _ = sheet.write(0, 0, "周一").unwrap());
    assert!(matches!(
        sheets(&good[..good.len() / 2]),
        Err(Unreadable::Broken(_))
    ));
    assert!(matches!(sheets(&XLS[..1_000]), Err(Unreadable::Broken(_))));
    assert!(matches!(
        sheets(b"PK\x03\x04 and no more"),
        Err(Unreadable::Broken(_))
    ));
}

/// A workbook with one part replaced.
fn with_part(name: &str, content: &[u8]) -> Vec<u8> {
    let good = book(|sheet| _ = sheet.write(0, 0, "周一").unwrap());
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(good)).unwrap();
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut part = Vec::new();
        std::io::Read::read_to_end(&mut file, &mut part).unwrap();
        let called = file.name().unwrap().into_owned();
        drop(file);
        out.start_file(called.as_str(), SimpleFileOptions::default())
            .unwrap();
        out.write_all(if called == name { content } else { &part })
            .unwrap();
    }
    out.finish().unwrap().into_inner()
}

#[test]
fn a_file_that_unpacks_to_too_much_is_refused_before_it_is_read() {
    let bomb = with_part(
        "xl/sharedStrings.xml",
        &vec![b' '; bounds::UNPACKED_MAX + 1],
    );
    assert!(bomb.len() < 1 << 20, "{} bytes", bomb.len());
    assert!(matches!(sheets(&bomb), Err(Unreadable::TooLarge(_))));
    let claim = br#"<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1" uniqueCount="18446744073709551615"><si><t>x</t></si></sst>"#;
    assert!(matches!(
        sheets(&with_part("xl/sharedStrings.xml", claim)),
        Err(Unreadable::Broken(_))
    ));
}

fn sheet_xml(rows: &str, tail: &str) -> Vec<u8> {
    let sheet = format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData>{tail}</worksheet>"#
    );
    with_part("xl/worksheets/sheet1.xml", sheet.as_bytes())
}

#[test]
fn a_million_empty_formatted_rows_hold_nothing() {
    let mut rows = String::from(
        r#"<row r="1"><c r="A1" t="inlineStr"><is><t>周一</t></is></c><c r="B1" t="inlineStr"><is><t>鱼</t></is></c></row>"#,
    );
    for row in 2..=400_000 {
        use std::fmt::Write as _;
        let _ = write!(rows, r#"<row r="{row}"><c r="A{row}" s="0"/></row>"#);
    }
    assert_eq!(texts(&sheet_xml(&rows, "")), [["周一", "鱼"]]);
}

#[test]
fn a_merge_over_everything_fills_only_what_is_used() {
    let rows = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>食谱</t></is></c></row><row r="1048576"><c r="XFD1048576"><v>7</v></c></row>"#;
    let merges = format!(
        r#"<mergeCells count="2000">{}</mergeCells>"#,
        r#"<mergeCell ref="A1:XFD1048575"/>"#.repeat(2_000)
    );
    assert_eq!(
        texts(&sheet_xml(rows, &merges)),
        [["食谱", "食谱"], ["", "7"]]
    );
}

#[test]
fn more_cells_than_any_school_fills_are_cut_with_a_doubt() {
    let line = "x,".repeat(999) + "x\n";
    let (sheets, doubts) = sheets(line.repeat(1_000).as_bytes()).unwrap();
    assert!(codes(&doubts).contains(&Code::TooMuch));
    assert!(sheets[0].rows.len() * 1_000 <= CELLS_MAX);
    let long = "长".repeat(1_000_000);
    let (sheets, _) = super::sheets(long.as_bytes()).unwrap();
    assert_eq!(sheets[0].rows[0][0].typed.chars().count(), CELL_MAX);
    assert!(matches!(
        super::sheets(&vec![b'x'; TEXT_MAX + 1]),
        Err(Unreadable::TooLarge(_))
    ));
    assert!(matches!(
        super::sheets(&vec![b'x'; BYTES_MAX + 1]),
        Err(Unreadable::TooLarge(_))
    ));
}

/// The fixture with some bytes of its workbook stream replaced wherever they stand.
fn xls_with(from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = XLS
        .windows(from.len())
        .position(|here| here == from)
        .expect("it is there");
    let mut bytes = XLS.to_vec();
    bytes[at..at + to.len()].copy_from_slice(to);
    bytes
}

#[test]
fn an_old_workbook_whose_cells_lie_a_world_apart_is_refused_before_it_is_opened() {
    // Dimensions (0x0200) of the first sheet: rows 0 to 5, columns 0 to 5.
    let stated = [0x00, 0x02, 0x0e, 0x00, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 5, 0];
    let wide = [
        0x00, 0x02, 0x0e, 0x00, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 255, 255,
    ];
    assert!(matches!(
        sheets(&xls_with(&stated, &wide)),
        Err(Unreadable::TooLarge(_))
    ));
    // The number 25.5, moved to the last row and column that two bytes can name.
    let cell = [0x03, 0x02, 14, 0, 3, 0, 4, 0];
    let far = [0x03, 0x02, 14, 0, 255, 255, 255, 255];
    let found = XLS.windows(cell.len()).any(|here| here == cell);
    let cell = if found {
        cell
    } else {
        [0x7e, 0x02, 10, 0, 3, 0, 4, 0]
    };
    let far = if found {
        far
    } else {
        [0x7e, 0x02, 10, 0, 255, 255, 255, 255]
    };
    assert!(matches!(
        sheets(&xls_with(&cell, &far)),
        Err(Unreadable::TooLarge(_))
    ));
}

const ALL: [What; 5] = [
    What::Menu,
    What::Session,
    What::Exchange,
    What::Calendar,
    What::Person,
];

fn read_as_all(bytes: &[u8]) {
    let known = Known::on(date(2026, 5, 8));
    for what in ALL {
        let _ = read(what, bytes, &known);
    }
}

/// Words and marks that the readers look for.
const WORDS: [&str; 40] = [
    "周一",
    "星期日",
    "5月11日",
    "2026.5.11",
    "4/24-4/28",
    "第11周",
    "早餐",
    "午餐",
    "大荤",
    "汤",
    "调味品",
    "油10g",
    "盐2.5",
    "1-3年级",
    "大米80g",
    "250~300",
    "(水发)",
    "日期",
    "菜名",
    "配料",
    "克重",
    "主题",
    "时间",
    "主备",
    "张老师",
    "总校",
    "14:00-15:30",
    "下午2点",
    "姓名",
    "原单位",
    "交流单位",
    "2023.9-2025.7",
    "每周二、四",
    "三年",
    "开学",
    "放假",
    "能量",
    "688 31 15 105",
    "—",
    "：",
];

proptest! {
    #[test]
    fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_as_all(&bytes);
    }

    #[test]
    fn no_text_makes_reading_panic(text in "\\PC{0,120}") {
        read_as_all(text.as_bytes());
    }

    #[test]
    fn no_words_in_any_order_make_reading_panic(
        words in proptest::collection::vec((0..WORDS.len(), prop_oneof![Just(","), Just("\n"), Just(" "), Just("\t"), Just("")]), 1..60)
    ) {
        let parts: Vec<&str> = words.iter().flat_map(|(word, mark)| [WORDS[*word], *mark]).collect();
        let text = parts.concat();
        read_as_all(text.as_bytes());
    }

    #[test]
    fn no_damage_makes_a_workbook_panic(at in 0..XLS.len(), byte: u8, xlsx: bool) {
        let mut bytes = match xlsx {
            true => book(|sheet| _ = sheet.write_row(0, 0, ["周一", "鱼"]).unwrap()),
            false => XLS.to_vec(),
        };
        let at = at % bytes.len();
        bytes[at] = byte;
        read_as_all(&bytes);
    }
}

#[test]
fn rows_of_a_csv_keep_their_numbers_and_a_cut_cell_is_told() {
    let typed = format!(
        "标题,,\n\n\nA,\"两\n行\",C\n\nD,E,{}",
        "长".repeat(CELL_MAX + 1)
    );
    let (sheets, doubts) = sheets(typed.as_bytes()).unwrap();
    let first = |row: &Row| row[0].place.cell().unwrap();
    let rows: Vec<String> = sheets[0].rows.iter().map(first).collect();
    assert_eq!(rows, ["A1", "A4", "A6"]);
    assert_eq!(codes(&doubts), [Code::TooMuch]);
    assert_eq!(doubts[0].place.cell().as_deref(), Some("C6"));
    let (_, doubts) = super::sheets("长".repeat(CELL_MAX + 1).as_bytes()).unwrap();
    assert_eq!(codes(&doubts), [Code::TooMuch]);
    let bytes = book(|sheet| {
        sheet.write(2, 1, "长".repeat(CELL_MAX + 1)).unwrap();
    });
    let (_, doubts) = super::sheets(&bytes).unwrap();
    assert_eq!(doubts[0].place.cell().as_deref(), Some("B3"));
}

#[test]
fn a_table_under_a_title_that_is_wider_is_a_table() {
    let typed = "食谱,,,,,\r\n日期,周一,周二\r\n早餐,粥,饼\r\n午餐,饭,面\r\n";
    assert_eq!(texts(typed.as_bytes())[1], ["日期", "周一", "周二"]);
}
