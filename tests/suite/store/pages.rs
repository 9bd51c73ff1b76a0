//! A page: its order, its beginning and its end.

use super::reader::{Reader, Told, told};
use super::scribe::{Scribe, chain, delete, head, put, record};
use lianxiao::model::feed::Head;
use lianxiao::model::ids::Who;
use lianxiao::store::Store;

const GROUP: [Who; 1] = [Who::Group];

fn new(numbers: impl IntoIterator<Item = u128>) -> Vec<Told> {
    let told = |number| Told::Upsert(record(number), 1);
    numbers.into_iter().map(told).collect()
}

pub async fn an_empty_feed_is_one_empty_page(store: &dyn Store) {
    let scribe = Scribe::new(store, "g").await;
    let page = Reader::of(&scribe, &GROUP).page().await;
    assert_eq!(told(&page), []);
    assert_eq!((page.position, page.chain), (0, [0; 32]));
    assert_eq!(page.head, Head::EMPTY);
}

pub async fn changes_come_in_the_order_of_their_positions(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    // Neither ids nor kinds nor owners are in order.
    let numbers = [5, 9, 1, 7, 3, 8, 2];
    scribe
        .commit(numbers[..4].iter().map(|n| put(record(*n))))
        .await;
    let kind = |n: &u128| put(record(*n)).kind("a");
    scribe.commit_each(numbers[4..].iter().map(kind)).await;
    let page = Reader::of(&scribe, &GROUP).page().await;
    assert_eq!(told(&page), new(numbers));
    assert_eq!(
        (page.position, page.chain, page.head),
        (7, chain(7), head(7))
    );
}

pub async fn only_the_newest_version_comes(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe
        .commit([put(record(1)), put(record(2)), put(record(3))])
        .await;
    scribe
        .commit_each([put(record(1)), delete(record(2)), put(record(1))])
        .await;
    let told = Reader::of(&scribe, &GROUP).rest().await;
    let expected = [
        Told::Upsert(record(3), 1),
        Told::Deleted(record(2), 2),
        Told::Upsert(record(1), 3),
    ];
    assert_eq!(told, expected);
}

pub async fn a_page_starts_after_the_position_given(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe.commit([put(record(1)), put(record(2))]).await;
    scribe.commit([put(record(3)), put(record(4))]).await;
    for after in 0..=4_u8 {
        let told = Reader::of(&scribe, &GROUP).after(after.into()).rest().await;
        assert_eq!(told, new(u128::from(after) + 1..=4), "after {after}");
    }
}

pub async fn a_page_from_the_head_is_empty(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe.commit([put(record(1)), put(record(2))]).await;
    let page = Reader::of(&scribe, &GROUP).after(2).page().await;
    assert_eq!(told(&page), []);
    assert_eq!(
        (page.position, page.chain, page.head),
        (2, chain(2), head(2))
    );
}

pub async fn a_page_ends_before_the_bytes_run_over(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe
        .commit((1..=7).map(|n| put(record(n)).sized(100)))
        .await;
    for (bytes_max, a_page) in [(299, 2), (300, 3), (301, 3), (699, 6), (700, 7), (900, 7)] {
        let mut reader = Reader::of(&scribe, &GROUP).bytes_max(bytes_max);
        let pages = reader.pages().await;
        let sizes: Vec<usize> = pages.iter().map(|page| page.entries.len()).collect();
        assert_eq!(sizes[0], a_page, "{bytes_max} bytes: {sizes:?}");
        assert!(sizes.iter().all(|size| *size <= a_page), "{sizes:?}");
        let positions = pages.iter().map(|page| page.position);
        let sums = sizes.iter().scan(0, |sum, size| {
            *sum += *size;
            i64::try_from(*sum).ok()
        });
        assert!(positions.eq(sums), "{bytes_max} bytes: {pages:?}");
        let all: Vec<Told> = pages.iter().flat_map(told).collect();
        assert_eq!(all, new(1..=7));
    }
}

pub async fn a_larger_frame_comes_alone(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    let sizes = [9_000, 100, 9_000, 9_000, 100, 100, 9_000];
    let weighing = |(n, size)| put(record(n)).sized(size);
    scribe.commit((1..).zip(sizes).map(weighing)).await;
    let mut reader = Reader::of(&scribe, &GROUP).bytes_max(1_000);
    let pages: Vec<Vec<Told>> = reader.pages().await.iter().map(told).collect();
    let expected: [&[u128]; 6] = [&[1], &[2], &[3], &[4], &[5, 6], &[7]];
    assert_eq!(pages, expected.map(|numbers| new(numbers.iter().copied())));
}

pub async fn without_bytes_changes_come_one_by_one(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe.commit([put(record(1)), put(record(2))]).await;
    scribe
        .commit([put(record(3)), delete(record(1)), delete(record(2))])
        .await;
    let pages = Reader::of(&scribe, &GROUP).bytes_max(0).pages().await;
    let told: Vec<Vec<Told>> = pages.iter().map(told).collect();
    let expected = [
        vec![Told::Upsert(record(3), 1)],
        vec![Told::Deleted(record(1), 2)],
        vec![Told::Deleted(record(2), 2)],
    ];
    assert_eq!(told, expected);
}

pub async fn the_chain_of_a_page_is_that_of_the_last_whole_commit(store: &dyn Store) {
    let mut scribe = Scribe::new(store, "g").await;
    scribe
        .commit((1..=3).map(|n| put(record(n)).sized(100)))
        .await;
    scribe
        .commit((4..=5).map(|n| put(record(n)).sized(100)))
        .await;
    let pages = Reader::of(&scribe, &GROUP).bytes_max(100).pages().await;
    let seen: Vec<(i64, [u8; 32])> = pages
        .iter()
        .map(|page| (page.position, page.chain))
        .collect();
    let expected = [
        (1, chain(0)),
        (2, chain(0)),
        (3, chain(3)),
        (4, chain(3)),
        (5, chain(5)),
    ];
    assert_eq!(seen, expected);
    assert!(pages.iter().all(|page| page.head == head(5)));
}

/// A page looks at so many rows at most (4,096); here most positions have two of them, so that the
/// bound falls between the two.
pub async fn a_page_of_many_rows_ends_between_positions(store: &dyn Store) {
    const MANY: u128 = 5_000;
    let mut scribe = Scribe::new(store, "g").await;
    let sees = [Who::Group, Who::Office];
    let odd = put(record(1));
    let even = (2..=MANY).map(|n| put(record(n)).seen_by(&sees));
    scribe.commit(std::iter::once(odd).chain(even)).await;
    for first in [0, 1] {
        let pages = Reader::of(&scribe, &sees).after(first).pages().await;
        assert!(pages.len() > 2, "{} pages", pages.len());
        let all: Vec<Told> = pages.iter().flat_map(told).collect();
        assert_eq!(all, new(u128::try_from(first).expect("small") + 1..=MANY));
        let mut told = usize::try_from(first).expect("small");
        for page in &pages {
            told += page.entries.len();
            assert_eq!(i64::try_from(told), Ok(page.position));
        }
    }
}
