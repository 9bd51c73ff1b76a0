//! The exchange book.

use super::menus::stamp;
use super::play::Term;
use crate::answers::bad_argument;
use crate::harness::{HEAD, LAKE, SPRING};
use crate::wishes::id;
use lianxiao::wire::v1;
use v1::ExchangeConcern::{EndingSoon, HalfOpen, NoTitles, OverlappingShares};

/// Movements, least and most heads, and full-time teachers in percent, out and in; net movements and percent.
type Moved = (&'static str, [i32; 4], [i32; 4], [i32; 2]);

pub const MOVED: [Moved; 4] = [
    // 甲老师 and two who are not yet named, one of whom may be anybody; 乙老师 comes on two of five days.
    (HEAD, [3, 2, 3, 300], [1, 1, 1, 40], [-2, -260]),
    // 乙老师 goes to two places, and is one person.
    (SPRING, [2, 1, 1, 90], [1, 1, 1, 100], [-1, 10]),
    (LAKE, [0, 0, 0, 0], [2, 2, 2, 200], [2, 200]),
    // Outside the group.
    ("", [0, 0, 0, 0], [1, 1, 1, 50], [1, 50]),
];
/// All of them, on the day and in the year.
pub const ALL: [i32; 4] = [5, 2, 4, 390];

pub async fn book(term: &Term, date: &str, time: Option<&str>) -> v1::GetExchangeBookResponse {
    let request = v1::GetExchangeBookRequest {
        date: date.to_owned(),
        time: time.map(stamp),
    };
    let answer = term.office().office.get_exchange_book(request).await;
    answer.expect("the book").into_inner()
}

/// Movements, least and most heads, and full-time teachers in percent.
fn count(count: Option<v1::MovementCount>) -> [i32; 4] {
    let count = count.expect("a count");
    let heads = count.heads.expect("heads");
    [
        count.movements,
        heads.least,
        heads.most,
        count.full_time_percent,
    ]
}

#[tokio::test]
async fn who_is_where_is_as_it_was_counted_by_hand_and_outs_equal_ins() {
    let term = Term::over().await;
    let book = book(&term, "2026-06-30", None).await;
    assert_eq!(
        (book.year_first_date.as_str(), book.year_last_date.as_str()),
        ("2025-09-01", "2026-08-31")
    );
    let rows = book.campuses.iter().chain(&book.outside).map(|campus| {
        let net = [campus.net_movements, campus.net_full_time_percent];
        (
            campus.name.as_str(),
            count(campus.out),
            count(campus.r#in),
            net,
        )
    });
    assert_eq!(rows.collect::<Vec<_>>(), MOVED);
    assert_eq!(count(book.total), ALL);
    assert_eq!(count(book.year_active), ALL);
    assert_eq!(count(book.year_started), ALL);
    let days = book.exchanges.iter().map(|of| {
        let standing = of.standing.clone().unwrap();
        (standing.exchange_id, of.share_percent, of.on_date)
    });
    assert_eq!(
        days.collect::<Vec<_>>(),
        [
            (id("there"), 100, true),
            (id("part"), 40, true),
            (id("outside"), 50, true),
            (id("two"), 100, true),
        ]
    );
    assert_eq!(
        book.exchanges[0].person.clone().unwrap().display_name,
        "甲老师"
    );
    assert_eq!(book.exchanges[3].person, None);
}

#[tokio::test]
async fn the_last_day_is_still_there_and_the_next_is_not() {
    let term = Term::over().await;
    assert_eq!(count(book(&term, "2026-07-01", None).await.total)[0], 4);
    assert_eq!(count(book(&term, "2026-05-10", None).await.total)[0], 0);
    assert_eq!(count(book(&term, "2026-05-11", None).await.total)[0], 1);
    let request = v1::GetExchangeBookRequest {
        date: "2026-07-05".to_owned(),
        time: None,
    };
    bad_argument(
        term.office().office.get_exchange_book(request).await,
        "date",
    );
}

#[tokio::test]
async fn what_to_look_at_names_each_movement_and_why() {
    let term = Term::over().await;
    let concerns = |book: v1::GetExchangeBookResponse| {
        let watched = book.watched_exchanges.into_iter();
        let watched = watched.map(|of| {
            let why: Vec<v1::ExchangeConcern> = of.concerns().collect();
            (of.exchange.unwrap().exchange_id, why)
        });
        watched.collect::<Vec<_>>()
    };
    assert_eq!(
        concerns(book(&term, "", None).await),
        [
            (id("there"), vec![HalfOpen, EndingSoon]),
            (id("outside"), vec![NoTitles]),
            (id("two"), vec![NoTitles]),
        ]
    );
    // While 乙老师 was in two places.
    let june = concerns(book(&term, "", Some("2026-06-15T08:00:00+08:00")).await);
    assert_eq!(
        june,
        [
            (id("there"), vec![HalfOpen, EndingSoon]),
            (id("part"), vec![EndingSoon, OverlappingShares, NoTitles]),
            (id("outside"), vec![OverlappingShares, NoTitles]),
            (id("two"), vec![NoTitles]),
        ]
    );
}

#[tokio::test]
async fn reading_the_book_is_reading_of_persons_and_written_down() {
    let term = Term::over().await;
    let reads = async || {
        let group = Some(term.hub.group.id);
        let mark = lianxiao::model::audit::Mark::before(jiff::Timestamp::UNIX_EPOCH);
        let page = term
            .hub
            .hub()
            .audit(group, mark, jiff::Timestamp::MAX, 10_000)
            .await;
        let entries = page.expect("the audit").entries.into_iter();
        let reads = entries.filter_map(|entry| match entry {
            lianxiao::model::audit::Entry::Deed(_, deed) => Some(deed),
            lianxiao::model::audit::Entry::Refusal(_) => None,
        });
        let told =
            |deed: &lianxiao::model::audit::Audited| deed.kinds.contains(&"exchange".to_owned());
        reads.filter(told).collect::<Vec<_>>()
    };
    let before = reads().await.len();
    book(&term, "2026-06-30", None).await;
    let after = reads().await;
    assert_eq!(after.len(), before + 1);
    assert_eq!(after.last().map(|deed| deed.count), Some(4));
}
