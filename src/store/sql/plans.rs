//! How SQLite goes about the statements: down an index, never over a whole table. Without `ANALYZE`,
//! which nobody runs here, a plan depends on the schema alone, so no data is needed to see it.

use super::statement::Sql;
use super::{audit, chain, commits, erase, feed, history, load, report, retain, write};
use crate::model::date::Span;
use crate::model::feed::Filter;
use crate::model::ids::{GroupKey, Key, MutationId, Place, RecordId, Who};
use crate::model::sight::Sight;
use crate::store::{PageQuery, Stored, Version};
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};
use uuid::Uuid;

const GROUP: GroupKey = GroupKey(1);
const ID: RecordId = RecordId(Uuid::from_u128(1));
const MUTATION: MutationId = MutationId(Uuid::from_u128(1));

fn text(statement: &Sql<'_>) -> String {
    statement.sqlite_text().into_owned()
}

/// The steps of a plan.
async fn plan(sql: &str) -> Vec<String> {
    let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    sqlx::migrate!("migrations/sqlite")
        .run(&mut db)
        .await
        .unwrap();
    let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let rows = sqlx::query(sql).fetch_all(&mut db).await.unwrap();
    rows.iter().map(|row| row.get("detail")).collect()
}

/// Checks that a statement only steps down to those values of an index, table by table.
async fn goes(sql: &str, expected: &[&str]) {
    let plan = plan(sql).await;
    let whole = plan.join("\n");
    assert!(!whole.contains("TEMP B-TREE"), "a sort:\n{whole}");
    assert!(!whole.contains("AUTOMATIC"), "a missing index:\n{whole}");
    for scan in plan.iter().filter_map(|step| step.strip_prefix("SCAN ")) {
        let ours = ["a", "next"].contains(&scan);
        assert!(
            ours || scan.ends_with("VALUES CLAUSE") || scan.ends_with("CONSTANT ROWS"),
            "{whole}"
        );
    }
    let search = |step: &String| -> Option<String> {
        let (table, values) = step.strip_prefix("SEARCH ")?.split_once(" USING ")?;
        let table = table.split(' ').next()?;
        Some(format!("{table} {}", &values[values.find('(')?..]))
    };
    let searches: Vec<String> = plan.iter().filter_map(search).collect();
    assert_eq!(searches, expected, "{whole}");
}

#[tokio::test]
async fn a_page_merges_the_audiences_without_a_sort() {
    let wide = Filter::default();
    let narrow = Filter::new(vec!["menu".to_owned()], vec![ID]);
    for filter in [&wide, &narrow] {
        let query = |audiences: &[Who]| {
            let topics = Some(["menu".to_owned()].into());
            let sight = Sight {
                topics,
                ..Sight::of(audiences)
            };
            text(&feed::statement(
                GROUP,
                &PageQuery {
                    sight: &sight,
                    filter,
                    after: 0,
                    bytes_max: 1,
                },
            ))
        };
        let audience = "a (grp=? AND who=? AND position>?)";
        let version = "v (grp=? AND position=?)";
        goes(&query(&[Who::Group]), &[audience, version]).await;
        let two = query(&[Who::Group, Who::Office]);
        goes(&two, &[audience, version, audience, version]).await;
        let plan = plan(&two).await.join("\n");
        assert!(plan.contains("MERGE (UNION ALL)"), "{plan}");
        assert_eq!(
            plan.matches("COVERING INDEX audience_feed").count(),
            2,
            "{plan}"
        );
    }
}

#[tokio::test]
async fn commits_are_found_by_position_and_by_time() {
    goes(
        commits::COMMIT_BEFORE,
        &["commit (grp=? AND last_position<?)"],
    )
    .await;
    goes(commits::COMMIT_AS_OF, &["commit (grp=? AND at<?)"]).await;
    let version = "v (grp=? AND place=? AND position<?)";
    goes(
        report::LAST_WRITE,
        &["c (grp=? AND last_position>?)", version],
    )
    .await;
}

#[tokio::test]
async fn the_chain_is_read_along_the_feed() {
    let commit = "commit (grp=? AND last_position>?)";
    goes(chain::COMMITS_AFTER, &[commit]).await;
    let sight = Sight::of([Who::Group, Who::Office]);
    let sql = chain::leaves_statement(GROUP, 0, 1, &sight);
    let version = "v (grp=? AND position>?)";
    goes(&text(&sql), &[version, "a (grp=? AND id=? AND who=?)"]).await;
}

#[tokio::test]
async fn records_are_found_by_their_days() {
    let ending = "version (grp=? AND kind=? AND ends_on>? AND ends_on<?)";
    let open = "version (grp=? AND kind=? AND ends_on=? AND superseded_at>?)";
    goes(report::AS_OF, &[ending, open]).await;
    let sight = Sight::of([Who::Group, Who::Office]);
    let sql = report::seen_statement(GROUP, "menu", Span::ALWAYS, &sight);
    let seen = "a (grp=? AND id=? AND who=?)";
    goes(&text(&sql), &[ending, seen, open, seen]).await;
    let sql = load::near_statement(GROUP, &[("session", Span::ALWAYS)]);
    goes(&text(&sql), &[ending]).await;
}

#[tokio::test]
async fn a_record_is_found_by_its_id() {
    let expected = [
        "r (grp=? AND id=?)",
        "v (grp=? AND position=?)",
        "a (grp=? AND id=? AND who=?)",
    ];
    let sight = Sight::of([Who::Group, Who::Office]);
    let sql = feed::record_statement(GROUP, ID, &sight);
    goes(&text(&sql), &expected).await;
    goes(history::RECORD_AT, &["version (grp=? AND id=?)"]).await;
    let commit = "c (grp=? AND last_position>?)";
    let versions = "v (grp=? AND id=? AND version<?)";
    goes(history::HISTORY, &[versions, commit]).await;
}

#[tokio::test]
async fn what_a_batch_touches_is_found_by_its_ids() {
    let sql = load::records_statement(GROUP, &[ID, ID]);
    goes(
        &text(&sql),
        &["r (grp=? AND id=?)", "v (grp=? AND position=?)"],
    )
    .await;
    let sql = load::audience_statement(GROUP, &[ID, ID]);
    goes(&text(&sql), &["audience (grp=? AND id=?)"]).await;
    let wanted = [(Place::Office, MUTATION), (Place::Public, MUTATION)];
    let sql = load::mutations_statement(GROUP, &wanted);
    let mutation = "version (grp=? AND place=? AND mutation_id=?)";
    goes(&text(&sql), &[mutation]).await;
    let sql = load::versions_statement(GROUP, &[(ID, 1), (ID, 2)]);
    goes(&text(&sql), &["version (grp=? AND id=? AND version=?)"]).await;
    let (a, b) = (key("a"), key("b"));
    let (keys, by_key) = ([&a, &b], "k (grp=? AND kind=? AND value=?)");
    goes(&text(&load::keys_statement(GROUP, &keys)), &[by_key]).await;
    let record = ["r (grp=? AND id=?)", "v (grp=? AND position=?)"];
    let sql = load::holders_statement(GROUP, &keys);
    goes(&text(&sql), &[&[by_key], &record[..]].concat()).await;
    let sql = load::holders_audience_statement(GROUP, &keys);
    goes(&text(&sql), &[by_key, "a (grp=? AND id=?)"]).await;
}

fn key(value: &str) -> Key {
    Key {
        kind: "menu".to_owned(),
        value: value.to_owned(),
    }
}

#[tokio::test]
async fn what_is_erased_is_found_by_position_kind_or_id() {
    let slice = "version (grp=? AND position>? AND position<?)";
    goes(erase::MENTIONS, &[slice]).await;
    goes(erase::ACTED, &[slice]).await;
    goes(erase::MENTIONED_BY, &["version (grp=? AND kind=?)"]).await;
    goes(erase::VERSIONS_OF, &["version (grp=? AND id=?)"]).await;
    let stored = |position| Stored {
        version: Version {
            id: ID,
            kind: "menu".to_owned(),
            topic: "menu".to_owned(),
            owner: Place::Office,
            version: 1,
            position,
            erased: 0,
            frame: None,
        },
        actor: String::new(),
        pushed: None,
        answer: None,
    };
    let rewritten = [stored(1), stored(2)];
    let sql = erase::rewrite_statement(GROUP, &rewritten);
    goes(&text(&sql), &["version (grp=? AND position=?)"]).await;
}

#[tokio::test]
async fn what_is_kept_too_long_is_found_by_what_ended_or_was_written_since() {
    let newest = ["r (grp=? AND id=?)", "newest (grp=? AND position=?)"];
    for (sql, since) in [
        (
            retain::ENDED,
            "v (grp=? AND kind=? AND ends_on>? AND ends_on<?)",
        ),
        (retain::WRITTEN, "v (grp=? AND position>?)"),
        (
            retain::UNDATED,
            "v (grp=? AND kind=? AND ends_on=? AND starts_on=?)",
        ),
    ] {
        goes(sql, &[&[since], &newest[..]].concat()).await;
    }
}

#[tokio::test]
async fn what_a_batch_changes_is_found_by_its_ids() {
    let sql = write::superseded(GROUP, &[(1, 3), (2, 4)]);
    goes(&text(&sql), &["version (grp=? AND position=?)"]).await;
    let (a, b) = (key("a"), key("b"));
    let freed = [&a, &b];
    let sql = write::keys_freed(GROUP, &freed);
    goes(&text(&sql), &["key (grp=? AND kind=? AND value=?)"]).await;
}

#[tokio::test]
async fn what_was_done_is_found_by_its_time_and_numbered_after_the_last() {
    goes(audit::WRITE, &["audit (grp=?)"]).await;
    let plan = plan(audit::WRITE).await.join("\n");
    assert!(plan.contains("COVERING INDEX"), "{plan}");
    goes(audit::DEEDS, &["audit (grp=? AND (at,seq)>(?,?) AND at<?)"]).await;
    let minute = "refusal (grp=? AND (minute,who,reason)>(?,?,?) AND minute<?)";
    goes(audit::REFUSALS, &[minute]).await;
}
