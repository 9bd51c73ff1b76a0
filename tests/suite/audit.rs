//! Who did what: what the office reads of persons and what is done with credentials leaves a row of its
//! own, and a flood of refusals a handful of counts.

mod program;
mod refused;

use crate::answers::failed;
use crate::harness::{Client, Group, HEAD, LAKE, NOW, SPRING, TestHub, limited, within};
use crate::reader::{Reader, Watcher, kinds};
use crate::wishes::{
    accept, act, approve, create, delete, edit, exchange, fresh, id, menu, propose, session,
};
use jiff::{SignedDuration, Timestamp};
use lianxiao::hub::AuditPage;
use lianxiao::model::audit::{Audited, Deed, Entry, Mark, Refusal};
use lianxiao::model::ids::Place;
use lianxiao::wire::v1;
use std::collections::BTreeSet;
use tonic::Code;
use uuid::Uuid;

fn now() -> Timestamp {
    NOW.parse().expect("a time")
}

async fn page(hub: &TestHub, group: Option<Uuid>, mark: Mark, limit: usize) -> AuditPage {
    let page = hub.hub().audit(group, mark, Timestamp::MAX, limit);
    within("the audit is read", page).await.expect("the audit")
}

/// All of a group's audit, or of callers whom no group knows.
async fn audit(hub: &TestHub, group: Option<Uuid>) -> Vec<Entry> {
    let mark = Mark::before(Timestamp::UNIX_EPOCH);
    page(hub, group, mark, 10_000).await.entries
}

/// What the office of the first group read of persons.
async fn reads(hub: &TestHub) -> Vec<Audited> {
    let entries = audit(hub, Some(hub.group.id)).await;
    let read = entries.into_iter().filter_map(|entry| match entry {
        Entry::Deed(_, deed) if deed.deed == Deed::Read => Some(deed),
        _ => None,
    });
    read.collect()
}

/// How often whoever was refused for what; of all minutes together.
pub async fn refusals(hub: &TestHub, group: Option<Uuid>) -> Vec<(String, String, i64)> {
    let mut counts: Vec<(String, String, i64)> = Vec::new();
    for refusal in refusal_rows(hub, group).await {
        let known = counts
            .iter_mut()
            .find(|(who, reason, _)| (who, reason) == (&refusal.who, &refusal.reason));
        match known {
            Some((_, _, count)) => *count += refusal.count,
            None => counts.push((refusal.who, refusal.reason, refusal.count)),
        }
    }
    counts.sort();
    counts
}

async fn refusal_rows(hub: &TestHub, group: Option<Uuid>) -> Vec<Refusal> {
    let entries = audit(hub, group).await;
    let refusal = entries.into_iter().filter_map(|entry| match entry {
        Entry::Refusal(refusal) => Some(refusal),
        Entry::Deed(..) => None,
    });
    refusal.collect()
}

async fn credential_of(client: &Client) -> String {
    let caller = client.describe().await.caller;
    caller.expect("a caller").credential_id
}

/// A hub on which 春风分校 has pushed what is about no person, and proposed an exchange with 滨湖分校.
async fn with_exchange() -> (TestHub, String) {
    let hub = TestHub::start().await;
    let (spring, record) = (hub.campus(SPRING), fresh());
    spring
        .applied(create(&fresh(), menu(&["2026-05-11"])))
        .await;
    spring
        .applied(create(&fresh(), session("备课", "2026-05-12")))
        .await;
    let content = exchange(&id(SPRING), &id(LAKE));
    spring.applied(create(&record, content)).await;
    spring.applied(act(&record, 1, propose())).await;
    (hub, record)
}

/// A look of the office at exchanges.
fn look(subject: Option<&str>, count: i64, positions: Option<(i64, i64)>) -> Look {
    let subject = subject.map(str::to_owned);
    (subject, vec!["exchange".to_owned()], count, positions)
}

type Look = (Option<String>, Vec<String>, i64, Option<(i64, i64)>);

/// What the office looked at, all of it by one credential and after a time.
async fn looks(hub: &TestHub) -> Vec<Look> {
    let office = credential_of(&hub.office()).await;
    let looks = reads(hub).await.into_iter().map(|read| {
        assert_eq!(read.by.map(|by| by.to_string()).as_deref(), Some(&*office));
        assert!(read.at >= now(), "{:?}", read.at);
        let subject = read.subject.map(|subject| subject.to_string());
        (subject, read.kinds, read.count, read.positions)
    });
    looks.collect()
}

#[tokio::test]
async fn what_the_office_reads_of_persons_is_written_down_with_who_when_and_what() {
    let (hub, record) = with_exchange().await;
    let office = hub.office();
    let mut expected = Vec::new();
    let mut reader = Reader::new(office.clone(), v1::Filter::default());
    let whole = reader.until_whole(0).await.newest_position;
    expected.push(look(None, 1, Some((1, whole))));
    assert_eq!(looks(&hub).await, expected, "a page");
    reader.until_whole(0).await;
    assert_eq!(looks(&hub).await, expected, "nothing is new");
    let standing = office.get(&record).await.expect("the exchange");
    let position = Some((standing.position, standing.position));
    expected.push(look(Some(&record), 1, position));
    assert_eq!(looks(&hub).await, expected, "a record");
    let then = standing.commit_time;
    let old = office.get_as_of(&record, then).await.expect("it stood");
    assert_eq!(old.version, 2);
    expected.push(look(Some(&record), 1, position));
    assert_eq!(looks(&hub).await, expected, "a record as it stood");
    hub.campus(LAKE).applied(act(&record, 2, accept())).await;
    let history = office.history(&record).await.expect("its versions");
    assert_eq!(
        history.entries.len(),
        2,
        "the draft was not the office's to see"
    );
    let positions = Some((history.entries[1].position, history.entries[0].position));
    expected.push(look(Some(&record), 2, positions));
    assert_eq!(looks(&hub).await, expected, "its versions");
    // An action upon what has changed since is answered with the record as it is.
    let late = office.one(act(&record, 2, accept())).await;
    assert!(late.current.is_some(), "{late:#?}");
    expected.push(look(Some(&record), 1, None));
    assert_eq!(looks(&hub).await, expected, "an answer to a push");
}

#[tokio::test]
async fn a_watch_of_the_office_writes_down_each_part_of_the_feed_that_is_about_persons() {
    let (hub, record) = with_exchange().await;
    let mut watcher = Watcher::start(&hub.office(), v1::Filter::default()).await;
    let first = watcher.until(0).await.newest_position;
    let mut expected = vec![look(None, 1, Some((1, first)))];
    assert_eq!(looks(&hub).await, expected);
    let plain = create(&fresh(), session("备课", "2026-05-12"));
    let plain = hub.campus(SPRING).applied(plain).await.position;
    watcher.until(plain).await;
    assert_eq!(looks(&hub).await, expected, "no person in it");
    let accepted = act(&record, 2, accept());
    let accepted = hub.campus(LAKE).applied(accepted).await.position;
    watcher.until(accepted).await;
    expected.push(look(None, 1, Some((plain + 1, accepted))));
    assert_eq!(looks(&hub).await, expected);
}

#[tokio::test]
async fn a_kept_edit_of_a_record_about_a_person_is_about_that_person() {
    let hub = TestHub::start().await;
    let (spring, record) = (hub.campus(SPRING), fresh());
    let post = |post: &str| v1::Exchange {
        host_post: post.to_owned(),
        ..exchange(&id(SPRING), &id(LAKE))
    };
    spring.applied(create(&record, post("教师"))).await;
    spring.applied(act(&record, 1, propose())).await;
    spring.applied(edit(&record, 2, post("班主任"))).await;
    let late = spring.one(edit(&record, 2, post("教研组长"))).await;
    assert_eq!(late.outcome(), v1::Outcome::ConflictKept, "{late:#?}");
    let office = hub.office();
    let copy = Reader::all(&office).await;
    assert_eq!(copy.ids("exchange"), [&record]);
    assert_eq!(copy.ids("conflict"), [&late.conflict_id]);
    let mut expected = vec![look(None, 2, Some((1, office.newest().await)))];
    assert_eq!(looks(&hub).await, expected);
    let kept = office.get(&late.conflict_id).await.expect("the conflict");
    let position = Some((kept.position, kept.position));
    expected.push(look(Some(&late.conflict_id), 1, position));
    assert_eq!(looks(&hub).await, expected);
    // A kept edit of something else is not.
    let plan = fresh();
    let prep = |title: &str| session(title, "2026-05-12");
    spring.applied(create(&plan, prep("数学"))).await;
    spring.applied(edit(&plan, 1, prep("语文"))).await;
    let late = spring.one(edit(&plan, 1, prep("英语"))).await;
    office.get(&late.conflict_id).await.expect("the conflict");
    assert_eq!(looks(&hub).await, expected);
}

#[tokio::test]
async fn a_campus_reads_of_its_people_and_the_office_of_other_things_without_a_trace() {
    let (hub, record) = with_exchange().await;
    for name in [SPRING, LAKE] {
        let campus = hub.campus(name);
        let copy = Reader::all(&campus).await;
        assert_eq!(copy.ids("exchange"), [&record], "{name}");
        campus.get(&record).await.expect("the exchange");
        campus.history(&record).await.expect("its versions");
        let mut watcher = Watcher::start(&campus, v1::Filter::default()).await;
        watcher.until(0).await;
        let denied = campus.one(act(&record, 2, approve())).await;
        assert!(denied.current.is_some(), "{denied:#?}");
    }
    let office = hub.office();
    let plain = kinds(&["menu", "session", "campus"]);
    let mut reader = Reader::new(office.clone(), plain.clone());
    reader.until_whole(0).await;
    let mut watcher = Watcher::start(&office, plain).await;
    watcher.until(0).await;
    for plan in reader.mirror.ids("session") {
        office.get(plan).await.expect("the session");
        office.history(plan).await.expect("its versions");
    }
    // Neither what there is not, nor what is gone, tells of anybody.
    let person = fresh();
    let row = v1::Person {
        display_name: "李老师".to_owned(),
        home_campus_id: id(SPRING),
        ..Default::default()
    };
    let made = office.one(create(&person, row)).await;
    assert_eq!(made.outcome(), v1::Outcome::Applied, "{made:#?}");
    office.applied(delete(&person, 1)).await;
    failed(office.get(&person).await, Code::NotFound, "RECORD_DELETED");
    failed(office.get(&fresh()).await, Code::NotFound, "NOT_FOUND");
    assert_eq!(reads(&hub).await, []);
}

#[tokio::test]
async fn the_audit_survives_a_restart_to_the_last_count() {
    let (mut hub, record) = with_exchange().await;
    let group = Some(hub.group.id);
    hub.office().get(&record).await.expect("the exchange");
    let before = audit(&hub, group).await;
    failed(
        hub.campus(HEAD).get(&record).await,
        Code::NotFound,
        "NOT_FOUND",
    );
    failed(
        hub.client(None, "").get(&record).await,
        Code::Unauthenticated,
        "TOKEN_UNKNOWN",
    );
    // Nobody reads the counts before it goes down.
    hub.stop().await;
    hub.reopen().await;
    let after = audit(&hub, group).await;
    let deeds = |entries: &[Entry]| {
        let deed = |entry: &&Entry| matches!(entry, Entry::Deed(..));
        entries.iter().filter(deed).cloned().collect::<Vec<_>>()
    };
    assert_eq!(deeds(&before).len(), 5, "four credentials and a look");
    assert_eq!(deeds(&after), deeds(&before));
    let counted = refusals(&hub, group).await;
    assert_eq!((counted.len(), counted[0].2), (1, 1), "{counted:?}");
    assert_eq!(refusals(&hub, None).await.len(), 1);
}

/// Has everybody of a group refused once, and its office look at an exchange.
async fn live_through(hub: &TestHub, group: &Group) -> BTreeSet<String> {
    let (spring, office) = (
        hub.campus_of(group, SPRING),
        hub.client(Some(&group.office), ""),
    );
    let record = fresh();
    spring
        .applied(create(&record, exchange(&id(SPRING), &id(LAKE))))
        .await;
    spring.applied(act(&record, 1, propose())).await;
    Reader::all(&office).await;
    let mut credentials = BTreeSet::from([credential_of(&office).await]);
    for name in [HEAD, SPRING, LAKE] {
        let campus = hub.campus_of(group, name);
        failed(campus.get(&fresh()).await, Code::NotFound, "NOT_FOUND");
        credentials.insert(credential_of(&campus).await);
    }
    credentials
}

#[tokio::test]
async fn a_groups_audit_never_shows_another_groups() {
    let hub = TestHub::start().await;
    let other = hub.add_group("滨湖教育集团").await;
    let mut seen = Vec::new();
    for group in [&hub.group, &other] {
        let credentials = live_through(&hub, group).await;
        seen.push((group.id, credentials));
    }
    let stranger = hub.client(Some("lxh_nobody"), "").get(&fresh()).await;
    failed(stranger, Code::Unauthenticated, "TOKEN_UNKNOWN");
    for (group, credentials) in &seen {
        let (mut who, mut reasons) = (BTreeSet::new(), BTreeSet::new());
        for entry in audit(&hub, Some(*group)).await {
            match entry {
                Entry::Refusal(refusal) => {
                    who.insert(refusal.who);
                    reasons.insert(refusal.reason);
                }
                Entry::Deed(
                    _,
                    Audited {
                        deed: Deed::Created,
                        subject,
                        ..
                    },
                ) => {
                    who.extend(subject.map(|subject| subject.to_string()));
                }
                Entry::Deed(_, deed) => who.extend(deed.by.map(|by| by.to_string())),
            }
        }
        assert_eq!(&who, credentials, "all of this group's, and no other");
        assert_eq!(reasons, BTreeSet::from(["NOT_FOUND".to_owned()]));
    }
    let [(_, first), (_, second)] = &seen[..] else {
        panic!("two groups")
    };
    assert!(first.is_disjoint(second));
    assert_eq!(refusals(&hub, None).await.len(), 1, "the stranger alone");
}

#[tokio::test]
async fn pages_of_any_size_hold_the_audit_once_and_in_order() {
    let (hub, record) = with_exchange().await;
    let group = Some(hub.group.id);
    let head = hub.campus(HEAD);
    let rights = limited(
        hub.hub(),
        hub.group.id,
        Place::Office,
        "集团办",
        "exchange=read",
    )
    .await;
    let limited = hub.client(Some(&rights), "");
    for minutes in 1..4 {
        // On the minute: refusals and deeds of one time.
        hub.clock.set(now() + SignedDuration::from_mins(minutes));
        for _ in 0..2 {
            hub.office().get(&record).await.expect("the exchange");
            failed(head.get(&record).await, Code::NotFound, "NOT_FOUND");
            let status = v1::GetGroupStatusRequest {
                first_date: "2026-05-11".to_owned(),
                last_date: "2026-05-15".to_owned(),
                ..Default::default()
            };
            let denied = limited.office.clone().get_group_status(status).await;
            failed(denied, Code::PermissionDenied, "NOT_ALLOWED");
        }
    }
    let all = audit(&hub, group).await;
    assert!(all.is_sorted_by_key(Entry::time), "{all:#?}");
    assert_eq!(
        all.len(),
        5 + 6 + 6,
        "credentials, looks, and two counts a minute"
    );
    for size in 1..=all.len() + 1 {
        let mut mark = Some(Mark::before(Timestamp::UNIX_EPOCH));
        let mut read = Vec::new();
        while let Some(from) = mark {
            let page = page(&hub, group, from, size).await;
            assert!((1..=size).contains(&page.entries.len()), "of {size}");
            read.extend(page.entries);
            mark = page.next;
        }
        assert_eq!(read, all, "in pages of {size}");
    }
    let later = now() + SignedDuration::from_secs(130);
    let since = page(&hub, group, Mark::before(later), 100).await.entries;
    let expected = all.iter().filter(|entry| match entry {
        Entry::Deed(_, deed) => deed.at >= later,
        Entry::Refusal(refusal) => refusal.minute >= now() + SignedDuration::from_mins(2),
    });
    assert_eq!(since, expected.cloned().collect::<Vec<_>>());
    assert_eq!(since.len(), 2 + 4);
}

#[tokio::test]
async fn the_audit_of_no_group_is_not_found() {
    let hub = TestHub::start().await;
    let mark = Mark::before(Timestamp::UNIX_EPOCH);
    let nobody = Some(Uuid::from_u128(7));
    let audit = hub.hub().audit(nobody, mark, Timestamp::MAX, 10).await;
    let error = audit.err().expect("an error");
    assert_eq!(
        error.to_string(),
        format!("there is no group {}", Uuid::from_u128(7))
    );
}
