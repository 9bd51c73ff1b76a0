//! Erasing: everywhere, for good, and without a hole in what is counted and proven.

use super::{COMMON, NAME, Staff, erase, export, figures, files_with, holds, register, who};
use crate::answers::refused;
use crate::harness::{HEAD, LAKE, SPRING};
use crate::reader::{Reader, Watcher, decode};
use crate::wishes::{
    Content as _, accept, act, approve, at, confirm_arrival, create, delete, edit, fresh, named,
    propose, put, session, settle,
};
use lianxiao::wire::convert::digest_to_hex;
use lianxiao::wire::v1;
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use v1::Outcome::{ConflictKept, Merged, Rejected};
use v1::change::Change;

pub const ERASED: &str = "已删除";

fn read(record: &v1::Record) -> v1::content::Kind {
    let content = v1::Content::decode(record.content.clone()).expect("a content");
    content.kind.expect("a kind")
}

pub fn as_session(record: &v1::Record) -> v1::Session {
    match read(record) {
        v1::content::Kind::Session(session) => session,
        other => panic!("{other:?}"),
    }
}

/// A merge that kept what was pushed, a conflict that is open and one that was settled, all of which name
/// the person; the record, and the mutations that wrote them.
async fn clashes(staff: &Staff) -> (String, Vec<v1::Mutation>) {
    let (head, record) = (staff.hub.campus(HEAD), fresh());
    let (led, lesson) = (staff.led_session(), |lesson: &str| v1::Session {
        lesson: lesson.to_owned(),
        ..staff.led_session()
    });
    let textbook = v1::Session {
        textbook: "苏教版".to_owned(),
        ..led.clone()
    };
    let pushed = [
        create(&record, led),
        edit(&record, 1, lesson("分数")),
        edit(&record, 1, textbook),
        edit(&record, 1, lesson("小数")),
        edit(&record, 1, lesson("百分数")),
    ];
    let mut results = Vec::new();
    for mutation in &pushed {
        results.push(head.one(mutation.clone()).await);
    }
    assert_eq!(results[2].outcome(), Merged);
    for late in &results[3..] {
        assert_eq!(late.outcome(), ConflictKept);
    }
    let both = v1::Session {
        textbook: "苏教版".to_owned(),
        ..lesson("小数")
    };
    head.applied(settle(&record, 3, both, &[&results[3].conflict_id]))
        .await;
    (record, pushed.into())
}

/// The person's exchange, active at the lake campus.
async fn active_exchange(staff: &Staff) -> String {
    let (head, lake) = (staff.hub.campus(HEAD), staff.hub.campus(LAKE));
    let record = fresh();
    head.applied(create(&record, staff.exchange())).await;
    head.applied(act(&record, 1, propose())).await;
    lake.applied(act(&record, 2, accept())).await;
    staff.hub.office().applied(act(&record, 3, approve())).await;
    lake.applied(act(&record, 4, confirm_arrival("2026-05-06")))
        .await;
    record
}

#[tokio::test]
async fn nothing_that_is_kept_names_the_person_any_more() {
    let mut staff = Staff::start().await;
    let (record, pushed) = clashes(&staff).await;
    active_exchange(&staff).await;
    let office = staff.hub.office();
    assert_ne!(files_with(&staff.hub.data(), NAME), Vec::<String>::new());
    let before = export(&office, &staff.person).await.expect("an export");

    let erased = staff.erase().await;
    // The person, the session, its open conflict and the settled one, the exchange.
    assert_eq!(erased.records, 5);
    assert_eq!(erased.newest_position, office.newest().await);
    // Every version that was found, but for the tombstone of the settled conflict, which names nobody.
    let versions = usize::try_from(erased.versions).unwrap();
    assert_eq!(versions, before.len());

    let after = export(&office, &staff.person).await.expect("an export");
    assert_eq!(
        after.len(),
        before.len() + 4,
        "each live one has a version more"
    );
    for kept in &after {
        assert!(
            !holds(&kept.encode_to_vec(), NAME),
            "{:?}",
            decode(&kept.change)
        );
    }
    let history = staff.hub.campus(HEAD).history(&record).await.expect("it");
    for entry in &history.entries {
        assert!(!holds(&entry.encode_to_vec(), NAME), "{entry:#?}");
    }
    assert_eq!(history.entries[0].reason, "ERASED");
    assert_eq!(history.entries[0].changes, []);
    let ids = pushed.iter().map(|mutation| mutation.mutation_id.clone());
    let results = staff.hub.campus(HEAD).push_results(ids.collect()).await;
    assert!(!holds(&results.expect("results").encode_to_vec(), NAME));
    assert_eq!(files_with(&staff.hub.data(), NAME), Vec::<String>::new());
    staff.hub.stop().await;
    assert_eq!(files_with(&staff.hub.data(), NAME), Vec::<String>::new());
}

#[tokio::test]
async fn who_is_meant_goes_and_everybody_else_and_every_figure_stays() {
    let staff = Staff::start().await;
    let (led, moved) = (staff.held_session().await, active_exchange(&staff).await);
    let (head, office) = (staff.hub.campus(HEAD), staff.hub.office());
    let namesake = register(&office, &head.campus_id, NAME).await;
    staff.erase().await;

    let session = as_session(&head.get(&led).await.expect("it"));
    let who_led = session.lead.expect("a lead");
    assert_eq!(
        who_led,
        v1::PersonRef {
            person_id: staff.person.clone(),
            ..Default::default()
        }
    );
    assert_eq!(session.speakers, [named(COMMON)]);
    assert_eq!(session.title, "已删除公开课");
    assert_eq!(
        session.minutes.expect("minutes").view,
        format!("{ERASED}、{COMMON}都说好")
    );
    let exchange = head.get(&moved).await.expect("it");
    let expected = v1::Exchange {
        person: Some(who_led),
        ..staff.exchange()
    };
    assert_eq!(exchange.content, expected.encode());
    let digest = Sha256::digest(&exchange.content);
    let digest = std::array::from_fn(|i| digest[i]);
    assert_eq!(exchange.content_digest, digest_to_hex(digest));
    let v1::content::Kind::Person(person) = read(&office.get(&staff.person).await.expect("it"))
    else {
        panic!("a person")
    };
    assert_eq!(
        (person.display_name.as_str(), person.ranks, person.titles),
        (ERASED, vec![], vec![])
    );
    assert_eq!(person.home_campus_id, head.campus_id);
    let v1::content::Kind::Person(namesake) = read(&office.get(&namesake).await.expect("it"))
    else {
        panic!("a person")
    };
    assert_eq!(
        namesake.display_name, NAME,
        "a name alone identifies nobody"
    );
}

#[tokio::test]
async fn the_figures_of_every_instant_are_the_same_to_the_digit() {
    let staff = Staff::start().await;
    staff.held_session().await;
    active_exchange(&staff).await;
    let office = staff.hub.office();
    staff
        .hub
        .clock
        .set("2026-05-08T16:00:00+08:00".parse().unwrap());
    let then = "2026-05-08T15:30:00+08:00";
    let before = figures(&office, then).await;
    assert_eq!(before.active_exchanges.len(), 1);
    assert_eq!(before.sessions.len(), 1);
    staff.erase().await;
    let mut after = figures(&office, then).await;
    // What a session is called is no figure.
    after.sessions[0].title = before.sessions[0].title.clone();
    assert_eq!(after, before);
    staff
        .hub
        .clock
        .set("2026-05-08T17:00:00+08:00".parse().unwrap());
    let mut now = figures(&office, "2026-05-08T16:30:00+08:00").await;
    now.instant.clone_from(&before.instant);
    now.sessions[0].title = before.sessions[0].title.clone();
    assert_eq!(now, before);
}

#[tokio::test]
async fn readers_go_on_without_a_reset_and_the_chain_only_grows() {
    let staff = Staff::start().await;
    let led = staff.held_session().await;
    let lake = staff.hub.campus(LAKE);
    let mut reader = Reader::new(lake.clone(), v1::Filter::default());
    let early = {
        reader.page(1).await;
        reader.clone()
    };
    let before = reader.until_whole(0).await;
    let mut watcher = Watcher::start(&lake, v1::Filter::default()).await;
    watcher.until(before.newest_position).await;

    let erased = staff.erase().await;
    let told = watcher.until(erased.newest_position).await;
    // A cursor carries the chain at its position: the hub would not know one that it changed.
    for mut reader in [early, reader] {
        let after = reader.until_whole(0).await;
        assert_eq!(after.chain, told.chain);
        assert_ne!(after.chain, before.chain);
        assert_eq!(reader.mirror, watcher.mirror);
    }
    let told = watcher.mirror.records[&led].clone();
    assert_eq!(
        (told.reason.as_str(), told.actor.as_str()),
        ("ERASED", "集团办")
    );
    assert_eq!((told.version, told.erased_position), (3, told.position));
    assert!(!holds(&told.encode_to_vec(), NAME));
    assert_eq!(watcher.mirror, Reader::all(&lake).await);
    // What comes later says it too: a reader sees the newest version only.
    let next = v1::Session {
        lesson: "小数".to_owned(),
        ..as_session(&told)
    };
    let result = staff.hub.campus(HEAD).applied(edit(&led, 3, next)).await;
    watcher.until(result.position).await;
    let next = &watcher.mirror.records[&led];
    assert_eq!((next.version, next.erased_position), (4, told.position));
}

#[tokio::test]
async fn erased_once_there_is_nothing_left_to_do() {
    let staff = Staff::start().await;
    staff.held_session().await;
    let first = staff.erase().await;
    assert_eq!((first.records, first.versions), (2, 3));
    let again = staff.erase().await;
    assert_eq!((again.records, again.versions), (0, 0));
    assert_eq!(again.newest_position, first.newest_position);
    // Another one later finds the rest.
    let other = staff.held_session_of_somebody_else().await;
    let (office, record) = (staff.hub.office(), other.1);
    let erased = erase(&office, &other.0, &[]).await.expect("erased");
    assert_eq!((erased.records, erased.versions), (2, 2));
    assert!(!holds(
        &office.get(&record).await.expect("it").content,
        "司马"
    ));
}

impl Staff {
    /// Another person and a session of theirs.
    async fn held_session_of_somebody_else(&self) -> (String, String) {
        let head = self.hub.campus(HEAD);
        let person = register(&self.hub.office(), &head.campus_id, "司马").await;
        let record = fresh();
        let led = v1::Session {
            lead: Some(v1::PersonRef {
                display_name: "司马".to_owned(),
                ..who(&person)
            }),
            ..session("备课", "2026-05-12")
        };
        head.applied(create(&record, led)).await;
        (person, record)
    }
}

#[tokio::test]
async fn a_mutation_sent_again_gets_its_first_answer_though_it_cannot_be_compared() {
    let staff = Staff::start().await;
    let (record, pushed) = clashes(&staff).await;
    let head = staff.hub.campus(HEAD);
    let mut first = Vec::new();
    for mutation in &pushed {
        first.push(head.one(mutation.clone()).await);
    }
    let unlike = |mutation: &v1::Mutation| v1::Mutation {
        reason: "OTHER".to_owned(),
        ..mutation.clone()
    };
    let answer = head.one(unlike(&pushed[0])).await;
    refused(&answer, "MUTATION_ID_REUSED", "mutation_id");
    staff.erase().await;
    let newest = head.newest().await;
    for (mutation, first) in pushed.iter().zip(&first) {
        for again in [mutation.clone(), unlike(mutation)] {
            assert_eq!(&head.one(again).await, first);
        }
    }
    assert_eq!(head.newest().await, newest, "no second effect");
    assert_eq!(head.get(&record).await.expect("it").version, 5);
}

#[tokio::test]
async fn no_edit_of_what_was_erased_brings_a_name_back() {
    let staff = Staff::start().await;
    let (head, record) = (staff.hub.campus(HEAD), fresh());
    let first = create(&record, staff.led_session());
    head.applied(first.clone()).await;
    let before = head.get(&record).await.expect("it");
    staff.erase().await;
    let edited = v1::Session {
        lesson: "分数".to_owned(),
        ..staff.led_session()
    };
    let bases = [
        // A script, a replica, a chain of offline edits, and one that believes the record new.
        Some(at(1)),
        Some(v1::Base {
            content_digest: before.content_digest.clone(),
            ..at(1)
        }),
        Some(v1::Base {
            mutation_id: first.mutation_id.clone(),
            ..Default::default()
        }),
        None,
    ];
    for base in bases {
        let result = head.one(put(&record, base.clone(), edited.clone())).await;
        let refusal = refused(&result, "BASE_UNKNOWN", "put.base");
        assert_eq!(crate::answers::argument(refusal, "current"), "2");
        let current = result.current.as_ref().expect("what stands");
        assert!(!holds(&current.encode_to_vec(), NAME));
    }
    let result = head.one(delete(&record, 1)).await;
    refused(&result, "BASE_UNKNOWN", "delete.base");
    // Whoever has seen what stands edits it, and may not name the person beside the id.
    let result = head.one(edit(&record, 2, edited)).await;
    assert_eq!(result.outcome(), Rejected);
    refused(
        &result,
        "PERSON_ERASED",
        "put.content.session.lead.person_id",
    );
    let stands = v1::Session {
        lesson: "分数".to_owned(),
        ..as_session(&head.get(&record).await.expect("it"))
    };
    head.applied(edit(&record, 2, stands)).await;
    let elsewhere = v1::Exchange {
        person: Some(who(&staff.person)),
        ..staff.exchange()
    };
    let result = head.one(create(&fresh(), elsewhere)).await;
    refused(
        &result,
        "PERSON_ERASED",
        "put.content.exchange.person.person_id",
    );
    assert_eq!(files_with(&staff.hub.data(), NAME), Vec::<String>::new());
}

#[tokio::test]
async fn an_action_goes_on_from_what_was_seen_before() {
    let staff = Staff::start().await;
    let (head, lake, record) = (staff.hub.campus(HEAD), staff.hub.campus(LAKE), fresh());
    head.applied(create(&record, staff.exchange())).await;
    head.applied(act(&record, 1, propose())).await;
    staff.erase().await;
    // The host agrees to the person whom it saw: the id is the same.
    lake.applied(act(&record, 2, accept())).await;
    let exchange = head.get(&record).await.expect("it");
    let state = v1::State::decode(exchange.state).expect("a state");
    let Some(v1::state::Kind::Exchange(state)) = state.kind else {
        panic!("an exchange")
    };
    assert_eq!(state.status(), v1::ExchangeStatus::Accepted);
    let office = staff.hub.office();
    assert_eq!(Reader::all(&office).await.ids("exchange"), [&record]);
    let spring = Reader::all(&staff.hub.campus(SPRING)).await;
    assert_eq!(
        spring.ids("exchange"),
        Vec::<&str>::new(),
        "nobody new sees it"
    );
}

#[tokio::test]
async fn a_deletion_is_told_again_when_what_was_deleted_is_erased() {
    let staff = Staff::start().await;
    let (head, lake) = (staff.hub.campus(HEAD), staff.hub.campus(LAKE));
    let led = staff.held_session().await;
    let mut reader = Reader::new(lake, v1::Filter::default());
    reader.until_whole(0).await;
    let gone = head.applied(delete(&led, 2)).await;
    reader.until_whole(0).await;
    staff.erase().await;
    let page = reader.page(0).await;
    let told: Vec<Change> = page.changes.iter().map(decode).collect();
    let [Change::Deleted(told)] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!((told.id.as_str(), told.version), (led.as_str(), 4));
    assert!(told.position > gone.position);
    assert_eq!(told.erased_position, told.position);
    assert_eq!(files_with(&staff.hub.data(), NAME), Vec::<String>::new());
    let result = head.one(create(&led, session("再来", "2026-05-12"))).await;
    assert_eq!(result.outcome(), Rejected, "it is still deleted");
}

#[tokio::test]
async fn what_is_pushed_while_somebody_is_erased_names_nobody_in_the_end() {
    let staff = Staff::start().await;
    staff.held_session().await;
    let head = staff.hub.campus(HEAD);
    let led = staff.led_session();
    let pushing = tokio::spawn(async move {
        let mut stored = 0;
        loop {
            let result = head.one(create(&fresh(), led.clone())).await;
            match result.outcome() {
                v1::Outcome::Applied => stored += 1,
                Rejected => return stored,
                other => panic!("{other:?}"),
            }
        }
    });
    let mut watcher = Watcher::start(&staff.hub.campus(LAKE), v1::Filter::default()).await;
    watcher.until(staff.hub.office().newest().await + 3).await;
    let erased = staff.erase().await;
    let stored: i32 = crate::harness::within("the door closes", pushing)
        .await
        .unwrap();
    assert!(stored >= 3, "some came before");
    assert_eq!(
        erased.records,
        stored + 2,
        "the session and the person besides"
    );
    assert_eq!(files_with(&staff.hub.data(), NAME), Vec::<String>::new());
}
