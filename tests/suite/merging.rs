//! Two edits that meet: both stand where they touch different things, and none is lost where they do not.

use crate::answers::outcomes;
use crate::harness::{HEAD, SPRING, TestHub};
use crate::reader::Reader;
use crate::wishes::{Content as _, act};
use crate::wishes::{after, create, edit, fresh, lunch, menu, publish, put, session};
use lianxiao::wire::v1;
use prost::Message as _;
use v1::Outcome::{ConflictKept, Merged, Unchanged};

const MONDAY: &str = "2026-05-11";
const TUESDAY: &str = "2026-05-12";

fn week() -> v1::Menu {
    menu(&[MONDAY, TUESDAY])
}

/// The week with another dish on one of its days.
fn with(day: usize, dish: &str) -> v1::Menu {
    let mut menu = week();
    menu.meals[day] = lunch(&menu.service_dates[day], dish);
    menu
}

fn standing(record: &v1::Record) -> v1::Menu {
    match v1::Content::decode(record.content.clone()).unwrap().kind {
        Some(v1::content::Kind::Menu(menu)) => menu,
        other => panic!("a menu, not {other:?}"),
    }
}

fn dish(menu: &v1::Menu, day: usize) -> &str {
    &menu.meals[day].dishes[0].name
}

#[tokio::test]
async fn two_clerks_who_edit_different_days_of_one_menu_are_both_heard() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, week())).await;
    head.applied(edit(&record, 1, with(0, "蒜泥白肉"))).await;
    let late = head.one(edit(&record, 1, with(1, "可乐鸡翅"))).await;
    assert_eq!((late.outcome(), late.version), (Merged, 3));
    assert!(late.conflict_id.is_empty());
    let merged = standing(&head.get(&record).await.unwrap());
    assert_eq!(
        (dish(&merged, 0), dish(&merged, 1)),
        ("蒜泥白肉", "可乐鸡翅")
    );
}

#[tokio::test]
async fn the_same_day_edited_twice_keeps_the_hubs_and_names_the_field() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, week())).await;
    head.applied(edit(&record, 1, with(0, "蒜泥白肉"))).await;
    let late = head.one(edit(&record, 1, with(0, "盐水虾"))).await;
    assert_eq!(late.outcome(), ConflictKept);
    let copy = Reader::all(&head).await;
    let state = v1::State::decode(copy.records[&late.conflict_id].state.clone()).unwrap();
    let Some(v1::state::Kind::Conflict(conflict)) = state.kind else {
        panic!("a conflict")
    };
    assert_eq!(
        conflict.paths,
        ["menu.meals[date=2026-05-11,meal=MEAL_LUNCH].dishes"]
    );
    assert_eq!(conflict.pushed, with(0, "盐水虾").encode());
    assert_eq!(
        dish(&standing(&head.get(&record).await.unwrap()), 0),
        "蒜泥白肉"
    );
}

#[tokio::test]
async fn a_merge_that_breaks_a_rule_of_its_kind_is_a_conflict() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    let monday_only = menu(&[MONDAY]);
    let mut tuesday_without_meal = menu(&[MONDAY]);
    tuesday_without_meal.service_dates.push(TUESDAY.into());
    head.applied(create(&record, tuesday_without_meal.clone()))
        .await;
    // One takes Tuesday off the menu, the other gives it a meal: together that is a meal on no day.
    head.applied(edit(&record, 1, monday_only)).await;
    let mut with_meal = tuesday_without_meal;
    with_meal.meals.push(lunch(TUESDAY, "可乐鸡翅"));
    let late = head.one(edit(&record, 1, with_meal)).await;
    assert_eq!(late.outcome(), ConflictKept, "{late:#?}");
}

#[tokio::test]
async fn an_edit_that_says_what_the_hub_has_already_changes_nothing() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, week())).await;
    let mut both = with(0, "蒜泥白肉");
    both.meals[1] = lunch(TUESDAY, "可乐鸡翅");
    head.applied(edit(&record, 1, both)).await;
    let late = head.one(edit(&record, 1, with(1, "可乐鸡翅"))).await;
    assert_eq!((late.outcome(), late.version), (Unchanged, 2));
}

#[tokio::test]
async fn a_chain_of_offline_edits_is_merged_against_what_its_author_saw() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, week())).await;
    head.applied(edit(&record, 1, with(0, "蒜泥白肉"))).await;
    // Offline, a colleague edits Tuesday, and then Tuesday again, upon the first edit of their own.
    let first = edit(&record, 1, with(1, "可乐鸡翅"));
    let second = put(&record, Some(after(&first)), with(1, "五香大排"));
    let results = head.push([first, second]).await;
    assert_eq!(outcomes(&results), [Merged, Merged]);
    let merged = standing(&head.get(&record).await.unwrap());
    assert_eq!(
        (dish(&merged, 0), dish(&merged, 1)),
        ("蒜泥白肉", "五香大排")
    );
}

#[tokio::test]
async fn an_edit_upon_an_edit_that_was_kept_as_a_conflict_brings_only_its_own_change() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, week())).await;
    head.applied(edit(&record, 1, with(0, "蒜泥白肉"))).await;
    let clash = edit(&record, 1, with(0, "盐水虾"));
    let mut upon = with(0, "盐水虾");
    upon.meals[1] = lunch(TUESDAY, "可乐鸡翅");
    let upon = put(&record, Some(after(&clash)), upon);
    let results = head.push([clash, upon]).await;
    assert_eq!(outcomes(&results), [ConflictKept, Merged]);
    let merged = standing(&head.get(&record).await.unwrap());
    assert_eq!(
        (dish(&merged, 0), dish(&merged, 1)),
        ("蒜泥白肉", "可乐鸡翅")
    );
}

#[tokio::test]
async fn a_merged_mutation_sent_again_is_answered_as_it_was() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, week())).await;
    head.applied(edit(&record, 1, with(0, "蒜泥白肉"))).await;
    let late = edit(&record, 1, with(1, "可乐鸡翅"));
    let first = head.one(late.clone()).await;
    let again = head.one(late).await;
    assert_eq!(
        again,
        v1::PushResult {
            replayed: true,
            ..first
        }
    );
}

#[tokio::test]
async fn merged_content_may_name_a_campus_that_only_the_other_edit_named() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let (record, plain) = (
        fresh(),
        v1::Session {
            invites_all: false,
            ..session("数学", TUESDAY)
        },
    );
    head.applied(create(&record, plain.clone())).await;
    let invites = v1::Session {
        invited_campus_ids: vec![hub.campus(SPRING).campus_id],
        ..plain.clone()
    };
    head.applied(edit(&record, 1, invites)).await;
    let retitled = v1::Session {
        title: "数学二".into(),
        ..plain
    };
    let late = head.one(edit(&record, 1, retitled)).await;
    assert_eq!(late.outcome(), Merged, "{late:#?}");
}

#[tokio::test]
async fn lost_replies_are_asked_for_by_mutation() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    let (first, refused) = (create(&record, week()), edit(&record, 7, week()));
    let results = head.push([first.clone(), refused.clone()]).await;
    let ids = vec![first.mutation_id.clone(), refused.mutation_id.clone()];
    let asked = head.push_results(ids.clone()).await.unwrap();
    let expected = v1::PushResult {
        replayed: true,
        ..results[0].clone()
    };
    assert_eq!(asked.results, [expected]);
    assert_eq!(asked.unknown_mutation_ids, [refused.mutation_id]);
    let other = hub.campus(SPRING).push_results(ids).await.unwrap();
    assert!(
        other.results.is_empty(),
        "another campus's mutations are not known"
    );
}

#[tokio::test]
async fn the_history_tells_who_when_why_and_what_was_before() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    head.applied(create(&record, week())).await;
    let mut corrected = edit(&record, 1, with(1, "可乐鸡翅"));
    corrected.reason = "TYPO".into();
    head.applied(corrected).await;
    head.applied(act(&record, 2, publish())).await;
    let history = head.history(&record).await.unwrap().entries;
    let versions: Vec<i64> = history.iter().map(|entry| entry.version).collect();
    assert_eq!(versions, [3, 2, 1]);
    let edited = &history[1];
    assert_eq!(
        (edited.reason.as_str(), edited.campus_id.as_str()),
        ("TYPO", &*head.campus_id)
    );
    assert!(!edited.actor.is_empty() && edited.commit_time.is_some());
    let [change] = &edited.changes[..] else {
        panic!("{:#?}", edited.changes)
    };
    assert_eq!(
        change.path,
        "content.menu.meals[date=2026-05-12,meal=MEAL_LUNCH].dishes"
    );
    assert!(change.before.contains(dish(&week(), 1)) && change.after.contains("可乐鸡翅"));
    assert!(
        history[0]
            .changes
            .iter()
            .any(|change| change.path == "state.menu.status")
    );
    // The drafts were never another campus's to see; the published version is.
    let seen = hub.campus(SPRING).history(&record).await.unwrap().entries;
    assert_eq!(
        seen.iter().map(|entry| entry.version).collect::<Vec<_>>(),
        [3]
    );
}

#[tokio::test]
async fn a_record_is_read_as_it_stood() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let record = fresh();
    let first = head.applied(create(&record, week())).await;
    let then = head.get(&record).await.unwrap().commit_time;
    hub.clock.set("2026-05-08T16:00:00+08:00".parse().unwrap());
    head.applied(edit(&record, 1, with(0, "蒜泥白肉"))).await;
    let old = head.get_as_of(&record, then).await.unwrap();
    assert_eq!((old.version, old.position), (1, first.position));
    assert_eq!(old.content, week().encode());
    let now = head.get(&record).await.unwrap();
    assert_eq!(now.version, 2);
    assert!(
        hub.campus(SPRING).get_as_of(&record, then).await.is_err(),
        "a draft of another campus"
    );
}
