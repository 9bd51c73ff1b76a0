//! Empty sheets to be filled in by hand: drop-down lists, a hint beside each cell, everything typed kept as text (a
//! 2025-09 is no first of September).

use super::Error;
use super::sheet::{HEADER, plain, sheet};
use crate::model::form::{Column, Form, LISTS};
use rust_xlsxwriter::{
    ColNum, DataValidation, DataValidationErrorStyle, Formula, Workbook, Worksheet,
    utility::column_number_to_name,
};

/// The sheets as a workbook. The words of their lists stand on a hidden sheet behind them: a list in a cell's own
/// rule holds 255 characters.
///
/// # Errors
/// When the workbook could not be made.
pub fn blank(forms: &[Form]) -> Result<Vec<u8>, Error> {
    let mut workbook = Workbook::new();
    let mut lists = Worksheet::new();
    lists.set_name(LISTS)?.set_hidden(true);
    let mut next = 0;
    for (number, form) in forms.iter().enumerate() {
        let columns = form.columns.iter();
        let columns = columns.map(|of| (of.head.to_owned(), f64::from(of.width)));
        let columns: Vec<(String, f64)> = columns.collect();
        sheet(
            &mut workbook,
            (&form.name, &form.title, &form.how),
            &columns,
        )?;
        let page = workbook.worksheet_from_index(number)?;
        rows(page, form)?;
        let last = HEADER + u32::try_from(form.rows.len()).unwrap_or_default();
        for (at, column) in (0..).zip(&form.columns) {
            let rule = rule(column, &mut lists, &mut next)?;
            page.add_data_validation(HEADER + 1, at, last, at, &rule)?;
        }
    }
    workbook.push_worksheet(lists);
    workbook.save_to_buffer()
}

fn rows(page: &mut Worksheet, form: &Form) -> Result<(), Error> {
    let text = plain().set_num_format("@");
    for (row, says) in (HEADER + 1..).zip(&form.rows) {
        for column in 0..form.columns.len() {
            let at = ColNum::try_from(column).unwrap_or(ColNum::MAX);
            match says.get(column) {
                Some(says) => page.write_string_with_format(row, at, says, &text)?,
                None => page.write_blank(row, at, &text)?,
            };
        }
    }
    Ok(())
}

/// What a column offers and hints at; its words become the next column of the lists.
fn rule(
    column: &Column,
    lists: &mut Worksheet,
    next: &mut ColNum,
) -> Result<DataValidation, Error> {
    let rule = DataValidation::new().set_input_message(column.hint)?;
    if column.choices.is_empty() {
        return Ok(rule.allow_any_value());
    }
    for (row, word) in (0..).zip(&column.choices) {
        lists.write_string(row, *next, word)?;
    }
    let (name, last) = (column_number_to_name(*next), column.choices.len());
    *next += 1;
    let words = Formula::new(format!("='{LISTS}'!${name}$1:${name}${last}"));
    let rule = rule.allow_list_formula(words);
    rule.set_error_style(DataValidationErrorStyle::Warning)
        .set_error_title("不在下拉表里")?
        .set_error_message("确认要这样写吗？")
}
