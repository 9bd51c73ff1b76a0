//! The matrix of menus as a page shows it, with what else is known of each campus.

use super::read::{Ground, weekday};
use super::words::{self, Word};
use crate::model::date::day;
use crate::outlets::{ratio, words as named};
use crate::wire::v1;

/// Campus × service week, or campus × day.
pub struct Board {
    /// The columns, by name.
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
    /// Under each column: on time, of those that count.
    pub under: Vec<String>,
    /// Of all cells: how many there are of a kind.
    pub tiles: Vec<(Word, i32)>,
    pub reporting: String,
    pub timeliness: String,
}

/// One campus.
pub struct Row {
    pub id: String,
    pub name: String,
    pub role: Word,
    /// The week as a whole, when the columns are days.
    pub whole: Option<Cell>,
    pub cells: Vec<Cell>,
    pub sessions: String,
    pub exchanges: String,
    pub pushed: String,
    pub heard: String,
    /// What its replicas said of themselves, when it is not all well.
    pub replicas: Vec<String>,
}

/// A cell: its sign, its word, and what is to be said of it.
pub struct Cell {
    pub sign: &'static str,
    pub word: Word,
    pub days: String,
    pub more: String,
    pub late: Vec<Late>,
}

/// A menu that came late.
pub struct Late {
    pub id: String,
    pub excused: bool,
}

/// A matrix as a board. `weeks` gives the week that the days are of: its last column.
pub fn board(
    matrix: &v1::GetMenuMatrixResponse,
    weeks: Option<&v1::GetMenuMatrixResponse>,
    status: &v1::GetGroupStatusResponse,
    ground: &Ground,
) -> Board {
    let shown: Vec<usize> = (0..matrix.columns.len())
        .filter(|i| {
            matrix
                .rows
                .iter()
                .any(|row| row.cells[*i].expected_days > 0)
        })
        .collect();
    let by_day = matrix.period() == v1::MenuPeriod::Day;
    let columns = shown.iter().map(|i| &matrix.columns[*i]);
    let whole_of = |campus: &str| {
        let row = weeks?.rows.iter().find(|row| row.campus_id == campus)?;
        Some(cell(row.cells.last()?, ground))
    };
    // Days sum up to no week: that is a figure of its own.
    let totals = match weeks {
        Some(weeks) => weeks
            .columns
            .last()
            .and_then(|column| column.totals.clone()),
        None => matrix.totals.clone(),
    };
    let totals = totals.unwrap_or_default();
    Board {
        columns: columns.clone().map(|of| column(of, by_day)).collect(),
        under: columns.map(under).collect(),
        rows: (matrix.rows.iter())
            .map(|of| Row {
                whole: whole_of(&of.campus_id),
                cells: shown.iter().map(|i| cell(&of.cells[*i], ground)).collect(),
                ..row(of, status, ground)
            })
            .collect(),
        tiles: tiles(&totals),
        reporting: ratio(totals.reporting).text(),
        timeliness: ratio(totals.timeliness).text(),
    }
}

fn column(of: &v1::MenuColumn, by_day: bool) -> String {
    let Some(date) = day(&of.date) else {
        return of.date.clone();
    };
    let text = format!("{}月{}日", date.month(), date.day());
    match (by_day, of.teaching_week) {
        (true, _) => format!("{text} {}", weekday(date)),
        (false, 0) => text,
        (false, number) => format!("第{number}周 {text}"),
    }
}

fn under(column: &v1::MenuColumn) -> String {
    let totals = column.totals.clone().unwrap_or_default();
    ratio(totals.timeliness).text()
}

fn row(of: &v1::MenuRow, status: &v1::GetGroupStatusResponse, ground: &Ground) -> Row {
    let known = status
        .campuses
        .iter()
        .find(|campus| campus.campus_id == of.campus_id);
    let campus = known.cloned().unwrap_or_default();
    let replica = |of: &v1::ReplicaStanding| {
        let parts = [
            ("待上报", i64::from(of.unsent)),
            ("未收", i64::from(of.refused)),
            ("待定", i64::from(of.conflicts)),
            ("落后", of.behind),
        ];
        let parts = parts.iter().filter(|(_, count)| *count > 0);
        let parts: Vec<String> = parts
            .map(|(what, count)| format!("{what} {count}"))
            .collect();
        (!parts.is_empty()).then(|| format!("{}：{}", of.holder, parts.join(" · ")))
    };
    Row {
        id: of.campus_id.clone(),
        name: of.name.clone(),
        role: Word::of(named::role(of.role())),
        whole: None,
        cells: Vec::new(),
        sessions: format!("{} / {}", campus.sessions_planned, campus.sessions_held),
        exchanges: format!("{} / {}", campus.exchanges_out, campus.exchanges_in),
        pushed: ground.told(campus.last_push_time.as_ref()),
        heard: ground.told(campus.last_heard_time.as_ref()),
        replicas: campus.replicas.iter().filter_map(replica).collect(),
    }
}

fn cell(standing: &v1::MenuStanding, ground: &Ground) -> Cell {
    let (sign, word) = words::menu_standing(standing);
    let days = match standing.expected_days {
        0 => String::new(),
        expected => format!("{}/{expected}", standing.published_days),
    };
    Cell {
        sign,
        word,
        days,
        more: more(standing, ground).join("；"),
        late: standing.late_menus.iter().map(late).collect(),
    }
}

fn late(menu: &v1::LateMenu) -> Late {
    Late {
        id: menu.record_id.clone(),
        excused: menu.excuse.is_some(),
    }
}

/// What is to be said of a cell: when it was due and complete, what the campus claims, what was excused.
fn more(standing: &v1::MenuStanding, ground: &Ground) -> Vec<String> {
    let mut more = Vec::new();
    for (what, time) in [
        ("截止", standing.deadline.as_ref()),
        ("报全", standing.complete_time.as_ref()),
    ] {
        if time.is_some() {
            more.push(format!("{what} {}", ground.told(time)));
        }
    }
    for late in &standing.late_menus {
        if !late.claimed_publish_time.is_empty() {
            more.push(format!("本校自报 {}", late.claimed_publish_time));
        }
        if let Some(excuse) = late.excuse {
            more.push(format!(
                "已核准：{}",
                named::zh(named::excuse(excuse.reason()))
            ));
        }
    }
    let amended = standing.amendments.as_ref().map_or(0, |made| made.total);
    if amended > 0 {
        more.push(format!("调整 {amended} 次"));
    }
    more
}

fn tiles(totals: &v1::MenuTotals) -> Vec<(Word, i32)> {
    use v1::MenuStandingState::{Excused, Incomplete, Late, Missing, NotApplicable, OnTime};
    let all = [
        (OnTime, totals.on_time),
        (Late, totals.late),
        (Excused, totals.excused),
        (Incomplete, totals.incomplete),
        (Missing, totals.missing),
        (NotApplicable, totals.not_applicable),
    ];
    let tile = |(state, count): (v1::MenuStandingState, i32)| {
        let standing = v1::MenuStanding {
            state: state.into(),
            ..Default::default()
        };
        (words::menu_standing(&standing).1, count)
    };
    let shown = all
        .into_iter()
        .filter(|(state, count)| *count > 0 || *state != Excused);
    shown.map(tile).collect()
}
