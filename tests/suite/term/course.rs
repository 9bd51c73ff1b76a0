//! Asked again of an instant, every report is the same to the digit, whatever was pushed since; and after every act
//! parts sum up to totals.

use super::play::{ACTS, Term};
use super::{exchanges, menus, standing};
use crate::wishes::{create, edit, fresh, id};
use lianxiao::wire::v1;

/// Every report as of an instant, without the figures of now.
#[derive(Debug, PartialEq)]
struct All {
    status: v1::GetGroupStatusResponse,
    weeks: v1::GetMenuMatrixResponse,
    days: v1::GetMenuMatrixResponse,
    sessions: v1::GetSessionReportResponse,
    book: v1::GetExchangeBookResponse,
    chase: v1::GetChaseListResponse,
}

async fn all(term: &Term, time: &str) -> All {
    let mut status = standing::status(term, Some(time)).await;
    for campus in &mut status.campuses {
        campus.last_heard_time = None;
    }
    let span = ["2026-05-11", "2026-07-03"];
    let request = v1::GetSessionReportRequest {
        first_date: span[0].to_owned(),
        last_date: span[1].to_owned(),
        time: Some(menus::stamp(time)),
    };
    let sessions = term.office().office.get_session_report(request).await;
    All {
        status,
        weeks: menus::matrix(term, span, v1::MenuPeriod::Week, Some(time)).await,
        days: menus::matrix(term, span, v1::MenuPeriod::Day, Some(time)).await,
        sessions: sessions.expect("the report").into_inner(),
        book: exchanges::book(term, "", Some(time)).await,
        chase: standing::chase(term, Some(time)).await,
    }
}

fn movements(count: Option<v1::MovementCount>) -> (i32, i32) {
    let count = count.expect("a count");
    (count.movements, count.full_time_percent)
}

fn sums_up(all: &All) {
    let book = &all.book;
    let rows = || book.campuses.iter().chain(&book.outside);
    for (total, out, r#in) in [
        (
            book.total,
            rows().map(|row| row.out).collect::<Vec<_>>(),
            rows().map(|row| row.r#in).collect::<Vec<_>>(),
        ),
        (
            book.year_active,
            rows().map(|row| row.year_active_out).collect(),
            rows().map(|row| row.year_active_in).collect(),
        ),
    ] {
        let sum = |counts: Vec<Option<v1::MovementCount>>| {
            let counts = counts.into_iter().map(movements);
            counts.fold((0, 0), |(a, b), (c, d)| (a + c, b + d))
        };
        assert_eq!((sum(out), sum(r#in)), (movements(total), movements(total)));
    }
    assert_eq!(rows().map(|row| row.net_movements).sum::<i32>(), 0);
    for matrix in [&all.weeks, &all.days] {
        let numbers = |totals: &v1::MenuTotals| {
            let (reporting, timeliness) = (totals.reporting.unwrap(), totals.timeliness.unwrap());
            let amended = totals.amendments.clone().unwrap();
            [
                totals.on_time,
                totals.late,
                totals.excused,
                totals.incomplete,
                totals.missing,
                totals.not_applicable,
                totals.open,
                totals.first_on_time,
                reporting.numerator,
                reporting.denominator,
                timeliness.numerator,
                timeliness.denominator,
                amended.total,
                amended.same_day,
                amended.reasons.iter().map(|row| row.count).sum(),
            ]
        };
        let sum = |totals: Vec<v1::MenuTotals>| {
            totals
                .iter()
                .map(numbers)
                .fold([0; 15], |mut sum, numbers| {
                    sum.iter_mut()
                        .zip(numbers)
                        .for_each(|(sum, number)| *sum += number);
                    sum
                })
        };
        let total = numbers(matrix.totals.as_ref().unwrap());
        let rows = matrix.rows.iter().map(|row| row.totals.clone().unwrap());
        let columns = matrix
            .columns
            .iter()
            .map(|column| column.totals.clone().unwrap());
        assert_eq!(
            (sum(rows.collect()), sum(columns.collect())),
            (total, total)
        );
        let cells = matrix.rows.iter().map(|row| row.cells.len()).sum::<usize>();
        assert_eq!(i32::try_from(cells), Ok(total[..6].iter().sum()));
        assert_eq!(total[12], total[14]);
    }
}

#[tokio::test]
async fn what_was_asked_of_an_instant_does_not_move_when_later_pushes_come() {
    let term = Term::begin().await;
    let mut asked = Vec::new();
    for act in 0..ACTS {
        term.play(act).await;
        let now = term
            .office()
            .describe()
            .await
            .time
            .expect("the hub's clock");
        let now = lianxiao::wire::convert::time(&now)
            .expect("a time")
            .to_string();
        let shown = all(&term, &now).await;
        sums_up(&shown);
        asked.push((now, shown));
    }
    // The past is not what registers say today either.
    term.at(super::play::AFTER);
    let office = term.office();
    let lake = office
        .get(&id(crate::harness::LAKE))
        .await
        .expect("a campus");
    let renamed = v1::Campus {
        joined: "2026-06-08".to_owned(),
        ..crate::harness::campus("滨湖新校", v1::CampusRole::Branch)
    };
    office.applied(edit(&lake.id, lake.version, renamed)).await;
    let strict = v1::Policy {
        time_zone: "Asia/Shanghai".to_owned(),
        ..Default::default()
    };
    office.applied(edit(&id("policy"), 1, strict)).await;
    let head = term.hub.campus(crate::harness::HEAD);
    head.applied(create(
        &fresh(),
        crate::wishes::session("补录", "2026-05-13"),
    ))
    .await;
    let (_, last) = &asked[ACTS - 1];
    let later = "2026-07-04T09:00:00+08:00";
    term.at(later);
    let now = all(&term, later).await;
    assert!(now.weeks.rows != last.weeks.rows, "registers count");
    for (time, shown) in asked {
        assert!(all(&term, &time).await == shown, "as of {time}");
    }
}
