//! The matrix, and what is on the table.

use super::play::{CLAIM, EXCUSED, LATE, Term, WEEKS};
use crate::actions::acts;
use crate::answers::bad_argument;
use crate::harness::{HEAD, LAKE, SPRING};
use crate::wishes::{create, id, lunch, menu, publish};
use lianxiao::wire::v1;
use v1::MenuStandingState as State;
use v1::TableState as Table;

/// How the head school, 春风分校 and 滨湖分校 stand with the eight weeks; ● is late and excused.
pub const STATES: [&str; 3] = ["✓✓✓✓✓✓✗✓", "✓✓○●◐◐✗✓", "–––✓✓✓✓✗"];
/// On time, late, excused, incomplete, missing, not applicable, first on time.
pub const COUNTS: [[i32; 7]; 3] = [
    [7, 0, 0, 0, 1, 0, 7],
    [3, 1, 1, 2, 1, 0, 5],
    [4, 0, 0, 0, 1, 3, 4],
];
/// The same of all.
pub const ALL: [i32; 7] = [14, 1, 1, 2, 3, 3, 16];
/// Days published of days expected. Two of forty days of 春风分校 were declared without service; 滨湖分校 joined in
/// teaching week 5.
pub const REPORTING: [[i32; 2]; 3] = [[35, 40], [31, 38], [20, 25]];
pub const ALL_REPORTING: [i32; 2] = [86, 103];
/// Weeks on time of weeks that were due.
pub const TIMELINESS: [[i32; 2]; 3] = [[7, 8], [3, 8], [4, 5]];
pub const ALL_TIMELINESS: [i32; 2] = [14, 21];
/// The same by week.
pub const BY_WEEK: [[i32; 2]; 8] = [
    [2, 2],
    [2, 2],
    [1, 2],
    [2, 3],
    [2, 3],
    [2, 3],
    [1, 3],
    [2, 3],
];
/// Changes after publication, those on the day itself, by reason.
pub const AMENDED: [i32; 2] = [2, 1];
pub const REASONS: [(v1::AmendReason, i32); 2] = [
    (v1::AmendReason::OutOfStock, 1),
    (v1::AmendReason::Swapped, 1),
];
/// How far ahead of a week something was out and everything was, in hours and in school days.
pub const LEADS: [(&str, &str, [&str; 4]); 5] = [
    // Friday 15:00, with the make-up Saturday between.
    (HEAD, "2026-05-11", ["57.0", "2", "57.0", "2"]),
    // The make-up Sunday comes first.
    (HEAD, "2026-06-15", ["33.0", "1", "33.0", "1"]),
    // At seven on the Monday itself: seven hours after it began.
    (SPRING, "2026-05-25", ["-7.0", "0", "-7.0", "0"]),
    // Friday 20:00 to Monday 00:00.
    (SPRING, "2026-06-01", ["52.0", "1", "52.0", "1"]),
    // Without the Sunday: first on time, and not complete.
    (SPRING, "2026-06-15", ["33.0", "1", "", ""]),
];
/// Two weeks by day, from 2026-05-18.
pub const DAYS: [&str; 2] = ["✓✓✓✓✓––✓✓✓✓✓", "✓✓––✓––○○○○○"];

pub async fn matrix(
    term: &Term,
    span: [&str; 2],
    period: v1::MenuPeriod,
    time: Option<&str>,
) -> v1::GetMenuMatrixResponse {
    let request = v1::GetMenuMatrixRequest {
        first_date: span[0].to_owned(),
        last_date: span[1].to_owned(),
        time: time.map(stamp),
        period: period.into(),
    };
    let answer = term.office().office.get_menu_matrix(request).await;
    answer.expect("the matrix").into_inner()
}

pub fn stamp(time: &str) -> prost_types::Timestamp {
    let time: jiff::Timestamp = time.parse().expect("a time");
    lianxiao::wire::convert::timestamp(time)
}

/// The eight weeks.
pub async fn by_week(term: &Term) -> v1::GetMenuMatrixResponse {
    let span = ["2026-05-11", "2026-07-03"];
    matrix(term, span, v1::MenuPeriod::Week, None).await
}

fn ratio([numerator, denominator]: [i32; 2]) -> Option<v1::Ratio> {
    Some(v1::Ratio {
        numerator,
        denominator,
    })
}

/// As in COUNTS.
fn counts(totals: &v1::MenuTotals) -> [i32; 7] {
    [
        totals.on_time,
        totals.late,
        totals.excused,
        totals.incomplete,
        totals.missing,
        totals.not_applicable,
        totals.first_on_time,
    ]
}

fn states(row: &v1::MenuRow) -> String {
    let sign = |cell: &v1::MenuStanding| match cell.state() {
        State::OnTime => '✓',
        State::Late => '○',
        State::Excused => '●',
        State::Incomplete => '◐',
        State::Missing => '✗',
        State::NotApplicable => '–',
        State::Unspecified => '?',
    };
    row.cells.iter().map(sign).collect()
}

#[tokio::test]
async fn the_matrix_of_the_term_is_as_it_was_counted_by_hand() {
    let term = Term::over().await;
    let matrix = by_week(&term).await;
    let weeks: Vec<&str> = matrix
        .columns
        .iter()
        .map(|column| column.date.as_str())
        .collect();
    assert_eq!(weeks, WEEKS);
    let numbers: Vec<i32> = matrix
        .columns
        .iter()
        .map(|column| column.teaching_week)
        .collect();
    assert_eq!(numbers, [2, 3, 4, 5, 6, 7, 8, 9]);
    let names: Vec<&str> = matrix.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, [HEAD, SPRING, LAKE]);
    let rows: Vec<String> = matrix.rows.iter().map(states).collect();
    assert_eq!(rows, STATES);
    let rows: Vec<v1::MenuTotals> = matrix
        .rows
        .iter()
        .filter_map(|row| row.totals.clone())
        .collect();
    let counted: Vec<[i32; 7]> = rows.iter().map(counts).collect();
    assert_eq!(counted, COUNTS);
    let reporting = rows.iter().map(|row| row.reporting).collect::<Vec<_>>();
    assert_eq!(reporting, REPORTING.map(ratio));
    let timeliness = rows.iter().map(|row| row.timeliness).collect::<Vec<_>>();
    assert_eq!(timeliness, TIMELINESS.map(ratio));
}

#[tokio::test]
async fn its_columns_and_its_totals_are_too() {
    let matrix = by_week(&Term::over().await).await;
    let all = matrix.totals.clone().unwrap();
    assert_eq!(counts(&all), ALL);
    assert_eq!(
        (all.reporting, all.timeliness, all.open),
        (ratio(ALL_REPORTING), ratio(ALL_TIMELINESS), 0)
    );
    let columns = matrix
        .columns
        .iter()
        .map(|column| column.totals.clone().unwrap().timeliness);
    assert_eq!(columns.collect::<Vec<_>>(), BY_WEEK.map(ratio));
    let amended = all.amendments.unwrap();
    let reasons: Vec<_> = amended
        .reasons
        .iter()
        .map(|row| (row.reason(), row.count))
        .collect();
    assert_eq!([amended.total, amended.same_day], AMENDED);
    assert_eq!(reasons, REASONS);
}

#[tokio::test]
async fn a_late_cell_shows_what_the_campus_claims_and_whether_it_was_excused() {
    let term = Term::over().await;
    let matrix = by_week(&term).await;
    let cell = |row: usize, week: usize| matrix.rows[row].cells[week].clone();
    let late = cell(1, 2);
    assert_eq!(late.deadline, Some(stamp("2026-05-22T18:00:00+08:00")));
    let [menu] = &late.late_menus[..] else {
        panic!("{late:#?}")
    };
    assert_eq!(menu.record_id, id("spring 2026-05-25"));
    assert_eq!(menu.claimed_publish_time, CLAIM);
    assert_eq!(menu.excuse, None);
    let published = menu.publish_time.expect("a time");
    assert!(
        published.seconds - stamp(LATE).seconds < 60,
        "by the hub's clock"
    );
    assert!(!late.first_on_time);
    let excused = cell(1, 3);
    let excuse = excused.late_menus[0].excuse.expect("an excuse");
    assert_eq!(excuse.reason(), v1::ExcuseReason::Supply);
    let published = excused.late_menus[0].publish_time.expect("a time");
    assert!(published.seconds - stamp(EXCUSED).seconds < 60);
    assert_eq!(
        cell(0, 0).deadline,
        Some(stamp("2026-05-09T18:00:00+08:00"))
    );
    assert_eq!(
        cell(0, 5).deadline,
        Some(stamp("2026-06-12T18:00:00+08:00"))
    );
    let without = cell(1, 5);
    assert_eq!(without.missing_dates, ["2026-06-14"]);
    assert!(without.first_on_time && without.lead.is_none());
}

#[tokio::test]
async fn how_far_ahead_a_week_was_is_as_it_was_counted_by_hand() {
    let matrix = by_week(&Term::over().await).await;
    for (campus, week, leads) in LEADS {
        let row = matrix.rows.iter().find(|row| row.name == campus);
        let column = WEEKS.iter().position(|of| *of == week);
        let cell = &row.expect("a row").cells[column.expect("a week")];
        let told = |lead: Option<v1::MenuLead>| {
            let told =
                lead.map(|lead| [format!("{:.1}", lead.hours), lead.school_days.to_string()]);
            told.unwrap_or_default()
        };
        let shown = [told(cell.first_lead), told(cell.lead)].concat();
        assert_eq!(shown, leads, "{campus} {week}");
    }
}

#[tokio::test]
async fn by_day_a_swap_counts_once_and_days_without_service_are_in_no_rate() {
    let term = Term::over().await;
    let span = ["2026-05-18", "2026-05-29"];
    let matrix = matrix(&term, span, v1::MenuPeriod::Day, None).await;
    assert_eq!(matrix.columns.len(), 12);
    let rows: Vec<String> = matrix.rows.iter().map(states).collect();
    assert_eq!(rows, DAYS);
    let amended = |day: &v1::MenuColumn| day.totals.clone()?.amendments;
    let amended = matrix
        .columns
        .iter()
        .filter_map(amended)
        .map(|made| made.total);
    assert_eq!(
        amended.collect::<Vec<_>>(),
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]
    );
    let totals = matrix.totals.unwrap();
    assert_eq!(
        (totals.reporting, totals.timeliness),
        (ratio([18, 18]), ratio([13, 18]))
    );
}

#[tokio::test]
async fn before_a_deadline_nothing_is_owed_and_after_it_is() {
    let term = Term::begin().await;
    let open = |matrix: v1::GetMenuMatrixResponse| {
        let totals = matrix.totals.unwrap();
        (totals.missing, totals.open, totals.timeliness)
    };
    let span = ["2026-05-11", "2026-05-15"];
    let week = v1::MenuPeriod::Week;
    term.at("2026-05-09T17:59:59+08:00");
    assert_eq!(
        open(matrix(&term, span, week, None).await),
        (2, 2, ratio([0, 0]))
    );
    term.at("2026-05-09T18:00:00+08:00");
    assert_eq!(
        open(matrix(&term, span, week, None).await),
        (2, 0, ratio([0, 2]))
    );
}

#[tokio::test]
async fn the_first_week_of_a_term_is_due_on_the_last_working_day_before_it() {
    let term = Term::begin().await;
    let span = ["2026-05-06", "2026-05-09"];
    let matrix = matrix(&term, span, v1::MenuPeriod::Week, None).await;
    // The first five days of May are free.
    let due = Some(stamp("2026-04-30T18:00:00+08:00"));
    let deadlines: Vec<_> = matrix
        .rows
        .iter()
        .map(|row| row.cells[0].deadline)
        .collect();
    assert_eq!(deadlines, [due; 2]);
}

async fn table(term: &Term, first: &str, last: &str) -> v1::GetMealTableResponse {
    let request = v1::GetMealTableRequest {
        first_date: first.to_owned(),
        last_date: last.to_owned(),
        time: None,
    };
    let answer = term.office().office.get_meal_table(request).await;
    answer.expect("the table").into_inner()
}

#[tokio::test]
async fn the_table_shows_dishes_and_keeps_guesses_apart_from_what_is_declared() {
    let term = Term::over().await;
    let declared = v1::Allergen {
        scheme: "GB7718".to_owned(),
        code: "鱼类".to_owned(),
        presence: v1::Presence::Contains.into(),
    };
    let mut fish = lunch("2026-05-28", "清蒸鲈鱼");
    fish.dishes[0].allergens = vec![declared];
    let staff = v1::Menu {
        audience: v1::MenuAudience::Staff.into(),
        meals: vec![fish],
        ..menu(&["2026-05-28"])
    };
    let spring = term.hub.campus(SPRING);
    spring.applied(create(&id("staff"), staff)).await;
    acts(&spring, &id("staff"), 1, publish()).await;
    let shown = table(&term, "2026-05-27", "2026-05-28").await;
    let states: Vec<Vec<Table>> = shown
        .campuses
        .iter()
        .map(|campus| campus.days.iter().map(v1::TableDay::state).collect())
        .collect();
    // 滨湖分校 is not in the group on these days.
    assert_eq!(states, [[Table::Announced; 2]; 2]);
    let head = &shown.campuses[0].days[0];
    let dishes = head
        .meals
        .iter()
        .flat_map(|meal| &meal.dishes)
        .map(|dish| dish.name.as_str());
    assert_eq!(dishes.collect::<Vec<_>>(), ["清蒸鲈鱼"], "as amended");
    assert!(head.declared_allergens.is_empty());
    let likely: Vec<&str> = head
        .likely_allergens
        .iter()
        .map(|of| of.name.as_str())
        .collect();
    assert_eq!(likely, ["鱼 (fish)"]);
    let spring = &shown.campuses[1].days[1];
    assert_eq!(spring.meals.len(), 2, "pupils and staff");
    assert_eq!(spring.declared_allergens[0].code, "鱼类");
    assert_eq!(spring.declared_allergens[0].dishes, ["清蒸鲈鱼"]);
    assert!(spring.likely_allergens.is_empty());
    let closed = table(&term, "2026-05-20", "2026-05-23").await;
    let states = closed.campuses[1].days.iter().map(v1::TableDay::state);
    assert_eq!(
        states.collect::<Vec<_>>(),
        [
            Table::NoService,
            Table::NoService,
            Table::Announced,
            Table::NotApplicable
        ]
    );
    let june = table(&term, "2026-06-30", "2026-06-30").await;
    let states = june.campuses.iter().map(|campus| campus.days[0].state());
    assert_eq!(
        states.collect::<Vec<_>>(),
        [Table::Announced, Table::Announced, Table::NotAnnounced]
    );
    assert_eq!(june.campuses[2].name, LAKE);
}

#[tokio::test]
async fn a_span_that_is_too_long_is_refused_and_says_how_long_it_may_be() {
    let term = Term::begin().await;
    let mut office = term.office().office;
    let request = v1::GetMenuMatrixRequest {
        first_date: "2026-05-01".to_owned(),
        last_date: "2026-07-02".to_owned(),
        period: v1::MenuPeriod::Day.into(),
        time: None,
    };
    bad_argument(office.get_menu_matrix(request).await, "last_date");
    let request = v1::GetMealTableRequest {
        first_date: "2026-05-01".to_owned(),
        last_date: "2026-05-15".to_owned(),
        time: None,
    };
    bad_argument(office.get_meal_table(request).await, "last_date");
}
