//! What `ListCommits` tells, and to whom.

use super::live;
use crate::answers::{bad_argument, failed};
use crate::harness::{Client, HEAD, LAKE, SPRING, TestHub, limits};
use crate::reader::Reader;
use crate::wishes::{create, exchange, fresh, id, session};
use lianxiao::model::limits::Limits;
use lianxiao::wire::v1;
use prost::Message as _;
use std::collections::BTreeSet;
use tonic::{Code, Status};

async fn list(
    client: &Client,
    after_position: i64,
    page_size: i32,
) -> Result<v1::ListCommitsResponse, Status> {
    let ask = v1::ListCommitsRequest {
        after_position,
        page_size,
    };
    let page = client.sync.clone().list_commits(ask).await?;
    Ok(page.into_inner())
}

fn leaves(page: &v1::ListCommitsResponse) -> Vec<&v1::Leaf> {
    let commits = page.commits.iter();
    commits.flat_map(|commit| &commit.leaves).collect()
}

#[tokio::test]
async fn a_leaf_is_opened_only_to_who_may_see_its_version() {
    let hub = TestHub::start().await;
    live(&hub, 5).await;
    let mut all = Vec::new();
    for client in [
        hub.campus(HEAD),
        hub.campus(SPRING),
        hub.campus(LAKE),
        hub.office(),
    ] {
        let page = list(&client, 0, 0).await.expect("a page");
        let opened = leaves(&page)
            .into_iter()
            .filter(|leaf| leaf.opening.is_some());
        let opened: BTreeSet<i64> = opened.map(|leaf| leaf.position).collect();
        let copy = Reader::all(&client).await;
        let seen: BTreeSet<i64> = copy
            .records
            .values()
            .map(|record| record.position)
            .collect();
        let (deleted, rest) = opened
            .iter()
            .partition::<Vec<i64>, _>(|at| !seen.contains(at));
        assert_eq!(rest.len(), seen.len(), "each record of its own");
        assert_eq!(deleted.len(), 1, "and the deletion it was told of");
        all.push((page, opened));
    }
    // The hashes are the same for all, and who may not see a version is told nothing else of it.
    let closed = |page: &v1::ListCommitsResponse| -> Vec<_> {
        leaves(page)
            .into_iter()
            .map(|leaf| (leaf.position, leaf.hash.clone()))
            .collect()
    };
    assert!(
        all.iter()
            .all(|(page, _)| closed(page) == closed(&all[0].0))
    );
    assert_ne!(all[0].1, all[2].1);
}

#[tokio::test]
async fn a_salt_is_not_shown_of_a_version_that_was_written_over() {
    let hub = TestHub::start().await;
    live(&hub, 5).await;
    let page = list(&hub.campus(HEAD), 0, 0).await.expect("a page");
    let copy = Reader::all(&hub.campus(HEAD)).await;
    let written_over: Vec<_> = leaves(&page)
        .into_iter()
        .filter(|leaf| {
            copy.records
                .values()
                .all(|record| record.position != leaf.position)
        })
        .collect();
    assert!(written_over.len() > 2, "there is something to be seen");
    let opened = written_over.iter().filter(|leaf| leaf.opening.is_some());
    assert_eq!(
        opened.count(),
        1,
        "the deletion, which is the newest of its record"
    );
}

#[tokio::test]
async fn another_group_is_nowhere_in_it() {
    let hub = TestHub::start().await;
    let other = hub.add_group("实验教育集团").await;
    live(&hub, 5).await;
    let page = list(&hub.campus_of(&other, HEAD), 0, 0)
        .await
        .expect("a page");
    assert_eq!((page.newest_position, leaves(&page).len()), (3, 3));
}

#[tokio::test]
async fn a_page_stays_within_its_bytes_and_the_pages_together_are_all() {
    let small = Limits {
        page_bytes_max: 1_024,
        ..limits()
    };
    let hub = TestHub::start_with(small).await;
    let spring = hub.campus(SPRING);
    // Pushed and owned by one campus, seen by all: nothing costs more.
    let many = (0..40).map(|_| create(&fresh(), session("备课", "2026-05-12")));
    spring.push(many.collect::<Vec<_>>()).await;
    spring
        .push([create(&fresh(), exchange(&id(SPRING), &id(HEAD)))])
        .await;
    for (page_size, most) in [(0, 4), (1, 1), (3, 3), (4, 4), (1_000, 4)] {
        let (mut after, mut seen) = (0, Vec::new());
        while after < 44 {
            let page = list(&spring, after, page_size).await.expect("a page");
            assert!(page.encoded_len() <= 1_024, "{}", page.encoded_len());
            let positions: Vec<i64> = leaves(&page).iter().map(|leaf| leaf.position).collect();
            assert!((1..=most).contains(&positions.len()), "{positions:?}");
            after = *positions.last().expect("a leaf");
            seen.extend(positions);
        }
        assert_eq!(seen, (1..=44).collect::<Vec<i64>>());
        let end = list(&spring, after, page_size).await.expect("a page");
        assert_eq!((end.commits.len(), end.newest_position), (0, 44));
    }
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_in_words() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    bad_argument(list(&head, -1, 0).await, "after_position");
    bad_argument(list(&head, 0, -1).await, "page_size");
    let nobody = hub.client(None, "");
    failed(
        list(&nobody, 0, 0).await,
        Code::Unauthenticated,
        "TOKEN_UNKNOWN",
    );
}
