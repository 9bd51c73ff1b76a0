//! Who published menus on time, and what is on the table.

use super::sheet::row;
use super::{Cell, Sheet, ratio, when, words, zone};
use crate::wire::v1::{self, MenuStandingState as State};
use jiff::tz::TimeZone;

/// The heads over a row's totals.
const TOTALS: [&str; 12] = [
    "按时\non time",
    "首发按时\nfirst on time",
    "迟报\nlate",
    "已核准\nexcused",
    "不全\nincomplete",
    "未报\nmissing",
    "未到期\nnot due yet",
    "上报率\nreporting",
    "按时率\ntimeliness",
    "调整\namended",
    "当日调整\nsame day",
    "调整/已报日\namended a day",
];

/// The matrix, and what was late in it.
#[must_use]
pub fn matrix(matrix: &v1::GetMenuMatrixResponse) -> Vec<Sheet> {
    let zone = &zone(matrix.instant.as_ref());
    let shown: Vec<usize> = (0..matrix.columns.len())
        .filter(|i| applies(&matrix.columns[*i], matrix.rows.len()))
        .collect();
    let columns = shown.iter().map(|i| &matrix.columns[*i]);
    let heads = columns.clone().map(|column| match column.teaching_week {
        0 => column.date.clone(),
        week => format!("{}\n第{week}周", column.date),
    });
    let first = std::iter::once("学校\ncampus".to_owned());
    let mut sheet = Sheet {
        title: "食谱上报 menus".to_owned(),
        head: first
            .chain(heads)
            .chain(TOTALS.map(str::to_owned))
            .collect(),
        rows: Vec::new(),
    };
    for row in &matrix.rows {
        let cells = shown.iter().map(|i| Cell::from(cell(&row.cells[*i])));
        let name = std::iter::once(Cell::from(row.name.as_str()));
        let totals = totals(row.totals.as_ref());
        sheet.rows.push(name.chain(cells).chain(totals).collect());
    }
    let under = columns.map(|column| {
        let totals = column.totals.clone().unwrap_or_default();
        ratio(totals.timeliness)
    });
    let name = std::iter::once(Cell::from("合计 total"));
    let all = totals(matrix.totals.as_ref());
    sheet.rows.push(name.chain(under).chain(all).collect());
    vec![
        sheet,
        cells(matrix, zone),
        late(matrix, zone),
        amendments(matrix),
    ]
}

/// Whether anything is expected in a column, or was changed.
fn applies(column: &v1::MenuColumn, campuses: usize) -> bool {
    let totals = column.totals.clone().unwrap_or_default();
    let amended = totals.amendments.is_some_and(|made| made.total > 0);
    amended || usize::try_from(totals.not_applicable) != Ok(campuses)
}

fn cell(standing: &v1::MenuStanding) -> String {
    match standing.state() {
        State::Incomplete | State::Missing if standing.open => {
            format!("… {}/{}", standing.published_days, standing.expected_days)
        }
        State::Incomplete => format!("◐ {}/{}", standing.published_days, standing.expected_days),
        State::NotApplicable => "–".to_owned(),
        state => {
            // ✓ 按时 on time: the sign and the Chinese word are enough in a cell.
            let words = words::menu_state(state).split(' ');
            words.take(2).collect::<Vec<_>>().join(" ")
        }
    }
}

fn totals(totals: Option<&v1::MenuTotals>) -> Vec<Cell> {
    let totals = totals.cloned().unwrap_or_default();
    let amended = totals.amendments.unwrap_or_default();
    let mut row = row![
        totals.on_time,
        totals.first_on_time,
        totals.late,
        totals.excused,
        totals.incomplete,
        totals.missing,
        totals.open,
    ];
    row.extend([ratio(totals.reporting), ratio(totals.timeliness)]);
    row.extend(row![amended.total, amended.same_day]);
    let published = totals.reporting.unwrap_or_default().numerator;
    row.push(format!("{}/{published}", amended.total).into());
    row
}

/// Cell by cell what is expected, what is not there, and how far ahead the rest was.
fn cells(matrix: &v1::GetMenuMatrixResponse, zone: &TimeZone) -> Sheet {
    let mut sheet = Sheet::new(
        "逐格 cells",
        &[
            "学校\ncampus",
            "供餐周或日\nperiod",
            "情况\nstate",
            "已报/应报\ndays",
            "缺报\nmissing",
            "截止\ndue",
            "首发\nfirst out",
            "首发提前小时\nlead, hours",
            "首发提前上课日\nlead, school days",
            "报全\ncomplete",
            "提前小时\nlead, hours",
            "提前上课日\nlead, school days",
        ],
    );
    for row in &matrix.rows {
        for (of, column) in row.cells.iter().zip(&matrix.columns) {
            if of.expected_days == 0 {
                continue;
            }
            let mut cells = row![
                row.name.clone(),
                column.date.clone(),
                cell(of),
                format!("{}/{}", of.published_days, of.expected_days),
                of.missing_dates.join("、"),
                when(of.deadline.as_ref(), zone),
            ];
            for (time, lead) in [
                (of.first_publish_time.as_ref(), of.first_lead),
                (of.complete_time.as_ref(), of.lead),
            ] {
                cells.push(when(time, zone));
                cells.extend(match lead {
                    Some(lead) => row![format!("{:.1}", lead.hours), lead.school_days],
                    None => row!["", ""],
                });
            }
            sheet.rows.push(cells);
        }
    }
    sheet
}

fn late(matrix: &v1::GetMenuMatrixResponse, zone: &TimeZone) -> Sheet {
    let mut late = Sheet::new(
        "迟报 late menus",
        &[
            "学校\ncampus",
            "供餐周或日\nperiod",
            "截止\ndue",
            "公布（中心时间）\npublished, by the hub",
            "本校自报\nthe campus's claim",
            "核准\nexcuse",
            "记录\nrecord",
        ],
    );
    for row in &matrix.rows {
        for (cell, column) in row.cells.iter().zip(&matrix.columns) {
            for menu in &cell.late_menus {
                late.rows.push(row![
                    row.name.clone(),
                    column.date.clone(),
                    when(cell.deadline.as_ref(), zone),
                    when(menu.publish_time.as_ref(), zone),
                    menu.claimed_publish_time.clone(),
                    menu.excuse
                        .map_or("", |excuse| words::excuse(excuse.reason())),
                    menu.record_id.clone(),
                ]);
            }
        }
    }
    late
}

fn amendments(matrix: &v1::GetMenuMatrixResponse) -> Sheet {
    let mut sheet = Sheet::new("调整原因 amendments", &["原因\nreason", "次数\ncount"]);
    let totals = matrix.totals.clone().unwrap_or_default();
    for reason in totals.amendments.unwrap_or_default().reasons {
        let words = words::amend_reason(reason.reason());
        sheet.rows.push(row![words, reason.count]);
    }
    sheet
}

/// What is on the table: one row a meal, and one for a day of a campus without any.
#[must_use]
pub fn table(table: &v1::GetMealTableResponse) -> Vec<Sheet> {
    let mut meals = Sheet::new(
        "餐桌 on the table",
        &[
            "日期\nday",
            "学校\ncampus",
            "情况\nstate",
            "餐次\nmeal",
            "食堂\ncanteen",
            "对象\nwho eats",
            "菜品\ndishes",
        ],
    );
    let mut allergens = Sheet::new(
        "过敏原 allergens",
        &[
            "日期\nday",
            "学校\ncampus",
            "来源\nwho says so",
            "过敏原\nallergen",
            "菜品\ndishes",
        ],
    );
    for (i, date) in table.dates.iter().enumerate() {
        for campus in &table.campuses {
            if let Some(day) = campus.days.get(i) {
                meals.rows.extend(meal_rows(date, campus, day));
                allergens.rows.extend(allergen_rows(date, campus, day));
            }
        }
    }
    vec![meals, allergens]
}

fn meal_rows(date: &str, campus: &v1::CampusTable, day: &v1::TableDay) -> Vec<Vec<Cell>> {
    let state = words::table_state(day.state());
    if day.meals.is_empty() {
        return vec![row![date, campus.name.as_str(), state, "", "", "", ""]];
    }
    let row = |meal: &v1::TableMeal| {
        let dishes: Vec<&str> = meal.dishes.iter().map(|dish| dish.name.as_str()).collect();
        let canteen = [meal.canteen.as_str(), meal.menu_set.as_str()];
        row![
            date,
            campus.name.as_str(),
            state,
            words::meal(meal.meal()),
            canteen.join(" ").trim_end(),
            words::audience(meal.audience()),
            dishes.join("、"),
        ]
    };
    day.meals.iter().map(row).collect()
}

fn allergen_rows(date: &str, campus: &v1::CampusTable, day: &v1::TableDay) -> Vec<Vec<Cell>> {
    let declared = day.declared_allergens.iter().map(|allergen| {
        let traces = match allergen.presence() {
            v1::Presence::Traces => "（微量 traces）",
            _ => "",
        };
        let name = format!("{} {}{traces}", allergen.scheme, allergen.code);
        ("本校申报 declared", name, &allergen.dishes)
    });
    let likely = day.likely_allergens.iter();
    let likely =
        likely.map(|allergen| ("可能含有 a guess", allergen.name.clone(), &allergen.dishes));
    let row = |(source, name, dishes): (&str, String, &Vec<String>)| {
        row![date, campus.name.as_str(), source, name, dishes.join("、")]
    };
    declared.chain(likely).map(row).collect()
}
