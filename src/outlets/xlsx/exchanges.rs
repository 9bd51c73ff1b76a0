//! The exchange block of the national teacher record (交流轮岗): its six columns in its order, a row a movement, and
//! beside them the name by which an office finds the row again.

use super::Error;
use super::sheet::{HEADER, centered, plain, sheet};
use crate::outlets::words::{exchange_type, zh};
use crate::wire::v1;
use rust_xlsxwriter::Workbook;

/// The columns, in the national order, and their widths; the last is ours.
const COLUMNS: [(&str, f64); 7] = [
    ("交流轮岗类型", 18.0),
    ("是否调动人事关系", 16.0),
    ("开始年月", 12.0),
    ("结束年月", 12.0),
    ("原单位名称", 24.0),
    ("交流单位名称", 24.0),
    ("姓名（核对用，不上报）", 20.0),
];

/// The movements of a school year as a workbook; `name` gives a campus's.
///
/// # Errors
/// When the workbook could not be made.
pub fn national(
    book: &v1::GetExchangeBookResponse,
    (group, as_of): (&str, &str),
    name: impl Fn(&str) -> String,
) -> Result<Vec<u8>, Error> {
    let columns = COLUMNS.map(|(name, width)| (name.to_owned(), width));
    let title = format!("{group} 交流轮岗");
    let print = format!(
        "{} 至 {} · 截至 {as_of} · 年月空缺：尚未结束或未登记",
        book.year_first_date, book.year_last_date
    );
    let mut workbook = Workbook::new();
    sheet(&mut workbook, ("交流轮岗", title.trim(), &print), &columns)?;
    let page = workbook.worksheet_from_index(0)?;
    for (row, booked) in (HEADER + 1..).zip(&book.exchanges) {
        let cells = cells(booked, &name);
        for (column, text) in (0..).zip(cells) {
            let format = if column < 4 { centered() } else { plain() };
            page.write_string_with_format(row, column, text, &format)?;
        }
    }
    workbook.save_to_buffer()
}

fn cells(booked: &v1::BookedExchange, name: impl Fn(&str) -> String) -> [String; 7] {
    let standing = booked.standing.clone().unwrap_or_default();
    let unit = |unit: Option<v1::Unit>| match unit.and_then(|unit| unit.unit) {
        Some(v1::unit::Unit::CampusId(id)) => name(&id),
        Some(v1::unit::Unit::Outside(name)) => name,
        None => String::new(),
    };
    let person = booked
        .person
        .as_ref()
        .map(|person| person.display_name.clone());
    let unnamed = || format!("{} 人，未定名", standing.people);
    [
        zh(exchange_type(booked.r#type())).to_owned(),
        booked
            .file_moved
            .map_or("", |moved| if moved { "是" } else { "否" })
            .to_owned(),
        month(&standing.real_start),
        month(&booked.real_end),
        unit(standing.home.clone()),
        unit(standing.host.clone()),
        person
            .filter(|name| !name.is_empty())
            .unwrap_or_else(unnamed),
    ]
}

/// The month of a day.
fn month(day: &str) -> String {
    day.chars().take("2026-05".len()).collect()
}
