//! How records end, move and are corrected: the rest of each kind's course.

use crate::actions::{acts, exchange_state, may_not, menu_state, session_state, too_early};
use crate::answers::{argument, outcomes, refused};
use crate::harness::{Client, HEAD, LAKE, SPRING, TestHub};
use crate::wishes::{
    accept, act, agree_extension, amend, announce, approve, approve_extension, ask_extension,
    cancel_session, close, complete, confirm_arrival, create, edit, exchange, fresh, hold, id,
    lunch, menu, postpone, postpone_to, propose, publish, record_session, reopen_menu,
    reopen_session, report_attendance, session, withdraw_exchange,
};
use lianxiao::wire::v1;
use prost::Message as _;
use v1::ExchangeStatus as Exchange;
use v1::MenuStatus as Menu;
use v1::Outcome::{Applied, NotApplied, Rejected, Unchanged};
use v1::SessionStatus as Session;

const MONDAY: &str = "2026-05-11";
const TUESDAY: &str = "2026-05-12";
const SATURDAY: &str = "2026-05-09";

fn at(hub: &TestHub, time: &str) {
    hub.clock.set(time.parse().expect("a time"));
}

pub async fn content(client: &Client, record: &str) -> v1::content::Kind {
    let record = client.get(record).await.expect("the record");
    let content = v1::Content::decode(record.content).expect("a content");
    content.kind.expect("a kind")
}

#[tokio::test]
async fn what_was_announced_changes_by_amendments_that_say_what_it_was() {
    use v1::AmendReason::{Misprint, OutOfStock};
    let hub = TestHub::start().await;
    let (head, office) = (hub.campus(HEAD), hub.office());
    let record = fresh();
    head.applied(create(&record, menu(&[MONDAY, TUESDAY])))
        .await;
    let bean = || amend(OutOfStock, vec![lunch(MONDAY, "麻婆豆腐")]);
    too_early(&head, &record, 1, bean()).await;
    acts(&head, &record, 1, publish()).await;
    may_not(&office, &record, 2, bean()).await;
    acts(&head, &record, 2, bean()).await;
    // A make-up day that was left out is added to the service dates, and nothing else moves.
    let added = amend(Misprint, vec![lunch(SATURDAY, "可乐鸡翅")]);
    acts(&head, &record, 3, added).await;
    let v1::content::Kind::Menu(now) = content(&head, &record).await else {
        panic!("a menu");
    };
    assert_eq!(now.service_dates, [SATURDAY, MONDAY, TUESDAY]);
    assert_eq!(now.meals[0], lunch(MONDAY, "麻婆豆腐"));
    let state = menu_state(&hub.campus(LAKE), &record).await;
    assert_eq!(state.status(), Menu::Amended);
    let logged: Vec<_> = state
        .amendments
        .iter()
        .map(|amendment| &amendment.meals[0])
        .collect();
    assert_eq!(
        (&logged[0].before[..], &logged[0].after[..]),
        (&["红烧狮子头".to_owned()][..], &["麻婆豆腐".to_owned()][..])
    );
    assert_eq!(logged[1].before, [""; 0]);
    let broken = head
        .one(act(&record, 4, amend(OutOfStock, vec![lunch(MONDAY, "")])))
        .await;
    refused(
        &broken,
        "REQUIRED",
        "put.content.menu.meals[0].dishes[0].name",
    );
    let empty = head.one(act(&record, 4, amend(OutOfStock, vec![]))).await;
    refused(&empty, "AMENDMENT_EMPTY", "act.action.menu.amend.meals");
}

#[tokio::test]
async fn a_menu_is_closed_when_it_was_eaten_and_opened_again_by_the_office() {
    let hub = TestHub::start().await;
    let (head, office) = (hub.campus(HEAD), hub.office());
    let record = fresh();
    head.applied(create(&record, menu(&[MONDAY]))).await;
    acts(&head, &record, 1, publish()).await;
    let early = head.one(act(&record, 2, close())).await;
    assert_eq!(
        argument(refused(&early, "NOT_YET_OVER", "act.action"), "date"),
        TUESDAY
    );
    at(&hub, "2026-05-12T08:00:00+08:00");
    assert_eq!(acts(&head, &record, 2, close()).await, 3);
    too_early(
        &head,
        &record,
        3,
        amend(v1::AmendReason::Event, vec![lunch(MONDAY, "面")]),
    )
    .await;
    may_not(&head, &record, 3, reopen_menu()).await;
    acts(&office, &record, 3, reopen_menu()).await;
    assert_eq!(menu_state(&head, &record).await.status(), Menu::Published);
}

#[tokio::test]
async fn an_announced_session_moves_by_postponing_it() {
    let hub = TestHub::start().await;
    let (head, office) = (hub.campus(HEAD), hub.office());
    let record = fresh();
    head.applied(create(&record, session("数学", TUESDAY)))
        .await;
    acts(&head, &record, 1, announce()).await;
    let moved = head
        .one(edit(&record, 2, session("数学", "2026-05-14")))
        .await;
    let refusal = refused(&moved, "STATE_FORBIDS", "put.content.session.days");
    assert!(argument(refusal, "allowed").contains("postpone"));
    may_not(&office, &record, 2, postpone(&["2026-05-14"])).await;
    let same = v1::SessionDay {
        start: "14:00".to_owned(),
        ..session("数学", TUESDAY).days.remove(0)
    };
    let nothing = head.one(act(&record, 2, postpone_to(vec![same]))).await;
    assert_eq!(nothing.outcome(), Unchanged);
    acts(&head, &record, 2, postpone(&["2026-05-14"])).await;
    let v1::content::Kind::Session(now) = content(&head, &record).await else {
        panic!("a session");
    };
    assert_eq!(now.days[0].date, "2026-05-14");
    acts(&head, &record, 3, postpone(&[])).await;
    let state = session_state(&head, &record).await;
    assert_eq!(state.status(), Session::Postponed);
    let old: Vec<_> = state
        .postponements
        .iter()
        .map(|time| &time.old_dates[0])
        .collect();
    assert_eq!(old, [TUESDAY, "2026-05-14"]);
    // The whole group is invited: the office may call it off.
    acts(&office, &record, 4, cancel_session()).await;
    too_early(&head, &record, 5, announce()).await;
}

#[tokio::test]
async fn a_session_is_recorded_when_everybody_reported_or_is_waived() {
    let hub = TestHub::start().await;
    let (head, spring, office) = (hub.campus(HEAD), hub.campus(SPRING), hub.office());
    let record = fresh();
    head.applied(create(&record, session("数学", TUESDAY)))
        .await;
    acts(&head, &record, 1, announce()).await;
    at(&hub, "2026-05-12T16:00:00+08:00");
    acts(&head, &record, 2, hold()).await;
    acts(&head, &record, 3, report_attendance(9, 9)).await;
    let more = spring
        .applied(act(&record, 4, report_attendance(3, 4)))
        .await;
    assert_eq!(more.warnings[0].code, "MORE_THAN_EXPECTED");
    let silent = head.one(act(&record, 5, record_session(&[]))).await;
    let refusal = refused(&silent, "ATTENDANCE_MISSING", "act.action.session.record");
    let named = argument(refusal, "campuses");
    assert!(named.contains(LAKE) && !named.contains(SPRING), "{named}");
    let all_but = hub.group.campuses.iter().map(|campus| campus.id.clone());
    let waived: Vec<String> = all_but.filter(|campus| *campus != id(SPRING)).collect();
    let stranger = [&waived[..], &[fresh()]].concat();
    let path = format!(
        "act.action.session.record.waived_campus_ids[{}]",
        waived.len()
    );
    let refusal = head.one(act(&record, 5, record_session(&stranger))).await;
    refused(&refusal, "CAMPUS_NOT_INVITED", &path);
    let moved = head
        .one(edit(&record, 5, session("数学", "2026-05-13")))
        .await;
    refused(&moved, "STATE_FORBIDS", "put.content.session.days");
    may_not(&office, &record, 5, record_session(&waived)).await;
    acts(&head, &record, 5, record_session(&waived)).await;
    let shut = head
        .one(edit(&record, 6, session("数学 改", TUESDAY)))
        .await;
    refused(&shut, "STATE_FORBIDS", "put");
    may_not(&head, &record, 6, reopen_session()).await;
    acts(&office, &record, 6, reopen_session()).await;
    head.applied(edit(&record, 7, session("数学 改", TUESDAY)))
        .await;
}

/// Both halves of a two-way exchange, accepted.
async fn pair(hub: &TestHub) -> [String; 2] {
    let (pair_id, halves) = (fresh(), [fresh(), fresh()]);
    for (record, home, host) in [(&halves[0], HEAD, SPRING), (&halves[1], SPRING, HEAD)] {
        let half = v1::Exchange {
            pair_id: pair_id.clone(),
            ..exchange(&id(home), &id(host))
        };
        let pushed = hub.campus(home).applied(create(record, half)).await;
        let codes: Vec<&str> = pushed.warnings.iter().map(|w| w.code.as_str()).collect();
        let alone = *record == halves[0];
        assert_eq!(
            codes,
            if alone {
                vec!["PAIR_HALF_OPEN"]
            } else {
                vec![]
            }
        );
        acts(&hub.campus(home), record, 1, propose()).await;
        acts(&hub.campus(host), record, 2, accept()).await;
    }
    halves
}

#[tokio::test]
async fn the_halves_of_a_two_way_exchange_are_approved_together_and_end_singly() {
    let hub = TestHub::start().await;
    let office = hub.office();
    let [there, back] = pair(&hub).await;
    let single = office.one(act(&there, 3, approve())).await;
    let refusal = refused(&single, "PAIR_APART", "act.action");
    assert_eq!(argument(refusal, "other"), back);
    let both = || [act(&there, 3, approve()), act(&back, 3, approve())];
    let apart = office.push(both()).await;
    assert_eq!(
        outcomes(&apart),
        [Rejected, Rejected],
        "not each for itself"
    );
    let all = v1::Atomicity::All;
    let commit = v1::PushMode::Commit;
    let one_broken = [act(&there, 3, approve()), act(&back, 9, approve())];
    let broken = office.push_as(commit, all, one_broken).await;
    assert_eq!(outcomes(&broken), [NotApplied, Rejected]);
    assert_eq!(
        exchange_state(&office, &there).await.status(),
        Exchange::Accepted
    );
    let together = office.push_as(commit, all, both()).await;
    assert_eq!(outcomes(&together), [Applied, Applied]);
    let again = office.push_as(commit, all, both()).await;
    assert_eq!(outcomes(&again), [Unchanged, Unchanged]);
    let head = hub.campus(HEAD);
    may_not(&head, &there, 4, withdraw_exchange("2026-05-08")).await;
    acts(&office, &there, 4, withdraw_exchange("2026-05-08")).await;
    assert_eq!(
        exchange_state(&office, &back).await.status(),
        Exchange::Approved
    );
}

#[tokio::test]
async fn a_third_movement_and_one_that_goes_elsewhere_are_no_pair() {
    let hub = TestHub::start().await;
    let [there, _] = pair(&hub).await;
    let v1::content::Kind::Exchange(half) = content(&hub.campus(HEAD), &there).await else {
        panic!("an exchange");
    };
    for (home, host) in [(HEAD, SPRING), (LAKE, SPRING), (LAKE, HEAD)] {
        let third = v1::Exchange {
            pair_id: half.pair_id.clone(),
            ..exchange(&id(home), &id(host))
        };
        let result = hub.campus(home).one(create(&fresh(), third)).await;
        assert_eq!(result.outcome(), Rejected, "{home} {host}");
    }
}

#[tokio::test]
async fn an_active_exchange_ends_when_its_time_is_over_or_is_extended() {
    let hub = TestHub::start().await;
    let (home, host, office) = (hub.campus(HEAD), hub.campus(SPRING), hub.office());
    let record = fresh();
    let year = v1::Exchange {
        planned_end: "2026-05-10".to_owned(),
        ..exchange(&id(HEAD), &id(SPRING))
    };
    home.applied(create(&record, year)).await;
    acts(&home, &record, 1, propose()).await;
    acts(&host, &record, 2, accept()).await;
    acts(&office, &record, 3, approve()).await;
    acts(&host, &record, 4, confirm_arrival("2026-05-08")).await;
    let early = host.one(act(&record, 5, complete("2026-05-08"))).await;
    refused(&early, "NOT_YET_OVER", "act.action");
    let backwards = host.one(act(&record, 5, ask_extension("2026-05-09"))).await;
    let path = "act.action.exchange.ask_extension.planned_end";
    refused(&backwards, "LATER_END_NEEDED", path);
    may_not(&hub.office(), &record, 5, ask_extension("2026-07")).await;
    acts(&host, &record, 5, ask_extension("2026-07")).await;
    may_not(&host, &record, 6, agree_extension()).await;
    refused(
        &office.one(act(&record, 6, approve_extension())).await,
        "NO_EXTENSION",
        "act.action",
    );
    acts(&home, &record, 6, agree_extension()).await;
    acts(&office, &record, 7, approve_extension()).await;
    let v1::content::Kind::Exchange(now) = content(&home, &record).await else {
        panic!("an exchange");
    };
    assert_eq!(now.planned_end, "2026-07");
    let state = exchange_state(&home, &record).await;
    assert_eq!(state.status(), Exchange::Active);
    assert_eq!(state.extensions[0].old_end, "2026-05-10");
    at(&hub, "2026-07-06T08:00:00+08:00");
    may_not(&home, &record, 8, complete("2026-07-05")).await;
    acts(&host, &record, 8, complete("2026-07-05")).await;
    let state = exchange_state(&home, &record).await;
    assert_eq!(
        (state.status(), state.real_end.as_str()),
        (Exchange::Completed, "2026-07-05")
    );
}

#[tokio::test]
async fn an_action_is_not_held_to_what_was_wrong_before_it() {
    let hub = TestHub::start().await;
    let (head, office) = (hub.campus(HEAD), hub.office());
    let record = fresh();
    let declaring = |day: &str, code: &str| {
        let mut meal = lunch(day, "西红柿蛋汤");
        meal.dishes[0].allergens = vec![v1::Allergen {
            scheme: "EU14".to_owned(),
            code: code.to_owned(),
            presence: v1::Presence::Contains.into(),
        }];
        meal
    };
    let week = v1::Menu {
        meals: vec![declaring(MONDAY, "c"), lunch(TUESDAY, "可乐鸡翅")],
        ..menu(&[MONDAY, TUESDAY])
    };
    head.applied(create(&record, week)).await;
    acts(&head, &record, 1, publish()).await;
    let numbers = v1::Vocabulary {
        topic: v1::VocabularyTopic::Allergen.into(),
        scheme: "EU14".to_owned(),
        words: vec![v1::Word {
            code: "3".to_owned(),
            ..Default::default()
        }],
    };
    office.applied(create(&fresh(), numbers)).await;
    let instead = |meal| amend(v1::AmendReason::OutOfStock, vec![meal]);
    let worse = head
        .one(act(&record, 2, instead(declaring(TUESDAY, "c"))))
        .await;
    let path = "put.content.menu.meals[1].dishes[0].allergens[0].code";
    refused(&worse, "WORD_UNKNOWN", path);
    acts(&head, &record, 2, instead(declaring(TUESDAY, "3"))).await;
}

#[tokio::test]
async fn a_record_does_not_grow_without_end() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let limit = head
        .describe()
        .await
        .limits
        .expect("limits")
        .record_bytes_max;
    let record = fresh();
    head.applied(create(&record, menu(&[MONDAY]))).await;
    acts(&head, &record, 1, publish()).await;
    // Each adds 800 KB, which is less than a content may have.
    let grown = |day: &str| {
        let mut meal = lunch(day, "八宝饭");
        let ingredient = v1::Ingredient {
            name: "莲".repeat(60),
            ..Default::default()
        };
        meal.dishes[0].ingredients = vec![ingredient; 1_000];
        meal.dishes = vec![meal.dishes[0].clone(); 4];
        amend(v1::AmendReason::Event, vec![meal])
    };
    head.applied(act(&record, 2, grown(MONDAY))).await;
    head.applied(act(&record, 3, grown(TUESDAY))).await;
    let more = head.one(act(&record, 4, grown("2026-05-13"))).await;
    let refusal = refused(&more, "CONTENT_TOO_LARGE", "act.action");
    assert_eq!(argument(refusal, "max"), limit.to_string());
}

#[tokio::test]
async fn who_went_back_is_a_guest_no_more_and_free_for_another_movement() {
    let hub = TestHub::start().await;
    let (home, host, office) = (hub.campus(HEAD), hub.campus(SPRING), hub.office());
    let person = fresh();
    let known = v1::Person {
        display_name: "李老师".to_owned(),
        home_campus_id: id(HEAD),
        ..Default::default()
    };
    office.applied(create(&person, known)).await;
    let term = |first: &str, last: &str| v1::Exchange {
        person: Some(v1::PersonRef {
            person_id: person.clone(),
            ..Default::default()
        }),
        planned_start: first.to_owned(),
        planned_end: last.to_owned(),
        ..exchange(&id(HEAD), &id(SPRING))
    };
    let record = fresh();
    home.applied(create(&record, term("2025-09-01", "2026-05-08")))
        .await;
    acts(&home, &record, 1, propose()).await;
    acts(&host, &record, 2, accept()).await;
    acts(&office, &record, 3, approve()).await;
    acts(&host, &record, 4, confirm_arrival("2025-09-03")).await;
    host.get(&person).await.expect("the host's guest");
    acts(&host, &record, 5, complete("2026-05-08")).await;
    let gone = host.get(&person).await.expect_err("no guest any more");
    assert_eq!(gone.code(), tonic::Code::NotFound);
    // The days that were lived are taken, before and after them there is time.
    let then = home
        .one(create(&fresh(), term("2026-04-01", "2026-04-30")))
        .await;
    let path = "put.content.exchange.person";
    assert_eq!(
        argument(refused(&then, "FULL_TIME_OVERLAP", path), "date"),
        "2026-04-01"
    );
    home.applied(create(&fresh(), term("2026-05-09", "2026-07")))
        .await;
    // Another school neither sends them anywhere nor hears where they are.
    let theirs = v1::Exchange {
        person: term("", "").person,
        ..exchange(&id(LAKE), &id(SPRING))
    };
    let sent = hub.campus(LAKE).one(create(&fresh(), theirs)).await;
    refused(&sent, "PERSON_NOT_OF_HOME", &format!("{path}.person_id"));
    assert_eq!(sent.refusals.len(), 1);
}
