//! The matrix of menus: campus × service week, or campus × day.

use super::Error;
use super::sheet::{HEADER, centered, heading, plain, sheet, tinted};
use crate::model::date::day;
use crate::outlets::words::menu_state;
use crate::wire::v1::{self, MenuStandingState as State};
use rust_xlsxwriter::Workbook;

/// The matrix as a workbook, as of a time in words.
///
/// # Errors
/// When the workbook could not be made.
pub fn matrix(
    report: &v1::GetMenuMatrixResponse,
    group: &str,
    as_of: &str,
) -> Result<Vec<u8>, Error> {
    let mut columns = vec![("学校".to_owned(), 18.0)];
    columns.extend(
        report
            .columns
            .iter()
            .map(|of| (column(of, report.period()), 12.0)),
    );
    columns
        .extend([("上报率", 11.0), ("按时率", 11.0)].map(|(name, width)| (name.to_owned(), width)));
    let print = format!(
        "截至 {as_of} · ✓ 按时  ○ 迟报  ◐ 不全  ✗ 未报  – 不适用（不计入比率） · 数字为 已报/应报 天数"
    );
    let mut workbook = Workbook::new();
    let width = sheet(
        &mut workbook,
        ("食谱上报", format!("{group} 食谱上报情况").trim(), &print),
        &columns,
    )?;
    let page = workbook.worksheet_from_index(0)?;
    let rates = u16::try_from(width - 2).unwrap_or(u16::MAX);
    let mut row = HEADER;
    for campus in &report.rows {
        row += 1;
        page.set_row_height(row, 30)?;
        page.write_string_with_format(row, 0, &campus.name, &plain())?;
        for (column, cell) in (1..).zip(&campus.cells) {
            page.write_string_with_format(row, column, text(cell), &tinted(tone(cell.state())))?;
        }
        for (column, rate) in (rates..).zip(both(campus.totals.as_ref())) {
            page.write_string_with_format(row, column, rate, &centered())?;
        }
    }
    row += 1;
    page.write_string_with_format(row, 0, "按时 / 计入", &heading())?;
    for (column, of) in (1..).zip(&report.columns) {
        let timeliness = of.totals.as_ref().and_then(|totals| totals.timeliness);
        page.write_string_with_format(row, column, ratio(timeliness), &heading())?;
    }
    for (column, rate) in (rates..).zip(both(report.totals.as_ref())) {
        page.write_string_with_format(row, column, rate, &heading())?;
    }
    workbook.save_to_buffer()
}

/// 第11周 5月11日, or 5月11日.
fn column(of: &v1::MenuColumn, period: v1::MenuPeriod) -> String {
    let date = day(&of.date).map_or_else(
        || of.date.clone(),
        |day| format!("{}月{}日", day.month(), day.day()),
    );
    match (period, of.teaching_week) {
        (v1::MenuPeriod::Day, _) | (_, 0) => date,
        (_, number) => format!("第{number}周\n{date}"),
    }
}

fn tone(state: State) -> &'static str {
    match state {
        State::OnTime => "good",
        State::Late | State::Incomplete => "warn",
        State::Missing => "bad",
        State::NotApplicable => "quiet",
        State::Excused | State::Unspecified => "",
    }
}

/// The sign and the Chinese word, then covered of expected days.
fn text(cell: &v1::MenuStanding) -> String {
    let word = menu_state(cell.state()).splitn(3, ' ').take(2);
    let word = word.collect::<Vec<_>>().join(" ");
    match (cell.state(), cell.expected_days) {
        (_, 0) => word,
        (State::Incomplete | State::Missing, expected) if cell.open => {
            format!("… 未到期\n{}/{expected}", cell.published_days)
        }
        (_, expected) => format!("{word}\n{}/{expected}", cell.published_days),
    }
}

fn both(totals: Option<&v1::MenuTotals>) -> [String; 2] {
    let of = |ratio_of: fn(&v1::MenuTotals) -> Option<v1::Ratio>| ratio(totals.and_then(ratio_of));
    [
        of(|totals| totals.reporting),
        of(|totals| totals.timeliness),
    ]
}

/// Numerator and denominator, so that whoever looks can count again.
fn ratio(ratio: Option<v1::Ratio>) -> String {
    ratio.map_or_else(String::new, |ratio| {
        format!("{}/{}", ratio.numerator, ratio.denominator)
    })
}
