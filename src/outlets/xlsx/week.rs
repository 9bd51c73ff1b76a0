//! The week of a canteen: campus × day × meal, as it hangs on the wall.

use super::Error;
use super::sheet::{HEADER, heading, plain, sheet, tinted};
use crate::outlets::week::{Cell, Week};
use crate::outlets::words::{meal, zh};
use rust_xlsxwriter::Workbook;

/// How high a line of a cell is, in points.
const LINE: f64 = 15.0;

/// The week as a workbook. `campus` names whose it is.
///
/// # Errors
/// When the workbook could not be made.
pub fn week(week: &Week, campus: &str, as_of: &str) -> Result<Vec<u8>, Error> {
    const NAMES: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
    let mut columns = vec![("餐次".to_owned(), 16.0)];
    columns.extend(week.days.iter().map(|day| {
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
        (
            format!("{}月{}日 {}", day.month(), day.day(), NAMES[weekday]),
            20.0,
        )
    }));
    let print = format!("截至 {as_of} · 过敏原为本校申报，未列出的不等于没有");
    let mut workbook = Workbook::new();
    let title = format!("{campus} 每周食谱");
    sheet(&mut workbook, (campus, &title, &print), &columns)?;
    let page = workbook.worksheet_from_index(0)?;
    for (row, of) in (HEADER + 1..).zip(&week.rows) {
        let name = format!("{}\n{}", of.canteen, zh(meal(of.meal)));
        page.write_string_with_format(row, 0, name, &heading())?;
        let mut lines = 2;
        for (column, cell) in (1..).zip(&of.cells) {
            let (text, format) = match cell {
                Cell::Dishes(dishes) => {
                    lines = lines.max(dishes.len());
                    let dish = |of: &crate::outlets::week::Dish| match of.allergens.as_str() {
                        "" => of.name.clone(),
                        allergens => format!("{}（{allergens}）", of.name),
                    };
                    let dishes: Vec<String> = dishes.iter().map(dish).collect();
                    (dishes.join("\n"), plain())
                }
                Cell::NoService => ("停餐".to_owned(), tinted("quiet")),
                Cell::Nothing => ("未公布".to_owned(), tinted("quiet")),
            };
            page.write_string_with_format(row, column, text, &format)?;
        }
        page.set_row_height(
            row,
            LINE * f64::from(u32::try_from(lines + 1).unwrap_or(20)),
        )?;
    }
    workbook.save_to_buffer()
}
