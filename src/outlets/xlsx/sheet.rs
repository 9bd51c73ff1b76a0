//! What all sheets have in common: the paper, a title, a header that is repeated on every page.

use super::Error;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook, Worksheet};

/// A4, as the paper is numbered.
const A4: u8 = 9;
/// A font that Windows, WPS and the pages of offices have.
const FONT: &str = "微软雅黑";
/// A sheet's name may have so many characters.
const NAME_MAX: usize = 31;

/// The row of the header: the title and the line below it come first.
pub const HEADER: u32 = 2;

/// How a cell looks.
pub fn plain() -> Format {
    Format::new()
        .set_font_name(FONT)
        .set_font_size(10)
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::RGB(0x9A_A5_A4))
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap()
}

/// In the middle of its cell.
pub fn centered() -> Format {
    plain().set_align(FormatAlign::Center)
}

/// At the head of a column or a row.
pub fn heading() -> Format {
    centered()
        .set_bold()
        .set_background_color(Color::RGB(0xE3_EE_EC))
}

/// On this background.
pub fn tinted(tone: &str) -> Format {
    match tone {
        "good" => centered().set_background_color(Color::RGB(0xDF_F2_E4)),
        "warn" => centered().set_background_color(Color::RGB(0xFC_EF_CF)),
        "bad" => centered()
            .set_background_color(Color::RGB(0xFA_DD_DA))
            .set_bold(),
        "quiet" => centered().set_font_color(Color::RGB(0x6B_75_74)),
        _ => centered(),
    }
}

/// A workbook of one sheet of A4 across, with a title and a line of small print above its columns, each with its
/// name and its width in characters.
pub fn sheet(
    workbook: &mut Workbook,
    (name, title, print): (&str, &str, &str),
    columns: &[(String, f64)],
) -> Result<usize, Error> {
    let sheet = workbook.add_worksheet();
    sheet.set_name(tab(name))?;
    sheet
        .set_paper_size(A4)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.4, 0.4, 0.5, 0.6, 0.25, 0.3)
        .set_print_center_horizontally(true)
        .set_footer("&L&8联校 Lianxiao&R&8第 &P 页，共 &N 页");
    let last = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let titled = Format::new()
        .set_font_name(FONT)
        .set_font_size(15)
        .set_bold()
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter);
    let small = Format::new()
        .set_font_name(FONT)
        .set_font_size(9)
        .set_font_color(Color::RGB(0x4D_58_57))
        .set_align(FormatAlign::Center);
    across(sheet, 0, last, title, &titled)?;
    across(sheet, 1, last, print, &small)?;
    sheet.set_row_height(0, 28)?;
    // A head may have two lines.
    sheet.set_row_height(HEADER, 32)?;
    sheet.set_default_row_height(20);
    for (column, (name, width)) in (0..).zip(columns) {
        sheet.write_string_with_format(HEADER, column, name, &heading())?;
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_repeat_rows(HEADER, HEADER)?;
    sheet.set_freeze_panes(HEADER + 1, 1)?;
    Ok(columns.len())
}

/// A line over all columns.
fn across(
    sheet: &mut Worksheet,
    row: u32,
    last: u16,
    text: &str,
    format: &Format,
) -> Result<(), Error> {
    match last {
        0 => sheet.write_string_with_format(row, 0, text, format)?,
        _ => sheet.merge_range(row, 0, row, last, text, format)?,
    };
    Ok(())
}

/// A name without what a tab cannot show.
fn tab(name: &str) -> String {
    let fits = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
    name.chars().filter(fits).take(NAME_MAX).collect()
}
