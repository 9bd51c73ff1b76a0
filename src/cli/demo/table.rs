//! Where every campus stands, as a table that aligns Chinese.

use crate::wire::convert::stored_time;
use crate::wire::v1::{self, MenuStandingState as State};
use comfy_table::{CellAlignment, Table, presets};
use jiff::tz::TimeZone;

pub fn table(status: &v1::GetGroupStatusResponse, zone: &TimeZone) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header([
        "学校\ncampus",
        "食谱\nmenu",
        "已报/应报\ndays",
        "截止\ndue",
        "报全\ncomplete",
        "教研 拟/已\nsessions",
        "交流 出/进\nexchanges",
        "最近上报\nlast push",
        "最近联系\nlast heard",
    ]);
    for campus in &status.campuses {
        table.add_row(row(campus, zone));
    }
    for column in [2, 5, 6] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Center);
        }
    }
    table
}

fn row(campus: &v1::CampusStatus, zone: &TimeZone) -> [String; 9] {
    let menu = campus.menu.clone().unwrap_or_default();
    let time = |time: &Option<prost_types::Timestamp>| {
        stored_time(time.as_ref())
            .map(|time| {
                time.to_zoned(zone.clone())
                    .strftime("%m-%d %H:%M")
                    .to_string()
            })
            .unwrap_or_default()
    };
    [
        campus.name.clone(),
        state(menu.state()).to_owned(),
        format!("{}/{}", menu.published_days, menu.expected_days),
        time(&menu.deadline),
        time(&menu.complete_time),
        format!("{}/{}", campus.sessions_planned, campus.sessions_held),
        format!("{}/{}", campus.exchanges_out, campus.exchanges_in),
        time(&campus.last_push_time),
        time(&campus.last_heard_time),
    ]
}

fn state(state: State) -> &'static str {
    match state {
        State::OnTime => "✓ 按时 on time",
        State::Late => "○ 迟报 late",
        State::Incomplete => "◐ 不全 incomplete",
        State::Missing => "✗ 未报 missing",
        State::Excused => "○ 迟报·已核准 excused",
        State::NotApplicable | State::Unspecified => "– 不适用 n/a",
    }
}
