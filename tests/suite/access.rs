//! Who may do what: the table of rights, through every RPC that shows or writes records.
//!
//! Goal: no door shows more than another, and what may not be seen is nowhere. Method: a small group in
//! which every right and every audience has somebody, and one table a question. Pushes are judged with
//! `VALIDATE`, so that a row never changes the next.

mod cast;
mod doors;
mod past;
mod public;
mod steps;

use crate::answers::failed;
use crate::harness::{campus, within};
use crate::reader::{Reader, Watcher};
use crate::wishes::{
    accept, act, campus_unit, create, edit, exchange, fresh, id, menu, publish, report_attendance,
    session, withdraw,
};
use cast::{CALLERS, Cast};
use lianxiao::wire::v1;
use tonic::Code;

/// Who sees what. The columns are [`CALLERS`].
const SIGHT: &str = "
                           head spring kitchen logistics lake member office public stranger reader actor inspector
    menu, draft            -    sees   sees    sees      -    -      sees   -      - sees sees sees
    menu, published        sees sees   sees    sees      sees sees   sees   sees   - sees sees sees
    menu, clashing edit    -    sees   sees    sees      -    -      sees   -      - sees sees sees
    session, branches      sees sees   -       -         sees -      sees   -      - sees sees sees
    session, invited       sees sees   -       -         sees sees   sees   -      - sees sees sees
    session, shared        sees sees   -       -         sees sees   sees   -      - sees sees sees
    exchange, draft        -    sees   -       -         -    -      -      -      - sees sees -
    exchange, draft edit   -    sees   -       -         -    -      -      -      - sees sees -
    exchange, proposed     -    sees   -       -         sees -      sees   -      - sees sees -
    exchange, clashing     -    sees   -       -         -    -      sees   -      - sees sees -
    person, at home        -    sees   -       -         -    -      sees   -      - - - -
    person, a guest        -    sees   -       -         sees -      sees   -      - - - -
    policy                 sees sees   sees    sees      sees sees   sees   sees   - sees sees sees
    campus                 sees sees   sees    sees      sees sees   sees   sees   - sees sees sees
    calendar               sees sees   sees    sees      sees sees   sees   sees   - sees sees sees
    proposal               -    sees   -       -         -    -      sees   -      - - - -
    proposal, declined     -    sees   -       -         -    -      sees   -      - - - -
    staff count            sees sees   sees    sees      sees sees   sees   -      - sees sees sees
";

/// What each is answered who puts a new content, as a code; `ok` for what would be stored.
const PUT: &str = "
                           head spring kitchen logistics lake member office public stranger reader actor inspector
    menu, draft            RECORD_NOT_FOUND ok ok ok RECORD_NOT_FOUND RECORD_NOT_FOUND NOT_OWNER call BASE_UNKNOWN RIGHT_MISSING RIGHT_MISSING NOT_OWNER
    menu, published        NOT_OWNER STATE_FORBIDS STATE_FORBIDS STATE_FORBIDS NOT_OWNER NOT_OWNER NOT_OWNER call BASE_UNKNOWN RIGHT_MISSING RIGHT_MISSING NOT_OWNER
    session, branches      NOT_OWNER ok RECORD_NOT_FOUND RECORD_NOT_FOUND NOT_OWNER RECORD_NOT_FOUND NOT_OWNER call BASE_UNKNOWN RIGHT_MISSING RIGHT_MISSING NOT_OWNER
    session, invited       NOT_OWNER ok RECORD_NOT_FOUND RECORD_NOT_FOUND NOT_OWNER NOT_OWNER NOT_OWNER call BASE_UNKNOWN RIGHT_MISSING RIGHT_MISSING NOT_OWNER
    exchange, draft        RECORD_NOT_FOUND ok RECORD_NOT_FOUND RECORD_NOT_FOUND RECORD_NOT_FOUND RECORD_NOT_FOUND RECORD_NOT_FOUND call BASE_UNKNOWN RIGHT_MISSING RIGHT_MISSING RECORD_NOT_FOUND
    exchange, proposed     RECORD_NOT_FOUND ok RECORD_NOT_FOUND RECORD_NOT_FOUND NOT_OWNER RECORD_NOT_FOUND NOT_OWNER call BASE_UNKNOWN RIGHT_MISSING RIGHT_MISSING RECORD_NOT_FOUND
    proposal               RECORD_NOT_FOUND ok RECORD_NOT_FOUND RECORD_NOT_FOUND RECORD_NOT_FOUND RECORD_NOT_FOUND NOT_OWNER call BASE_UNKNOWN RECORD_NOT_FOUND RECORD_NOT_FOUND RECORD_NOT_FOUND
    proposal, declined     RECORD_NOT_FOUND STATE_FORBIDS RECORD_NOT_FOUND RECORD_NOT_FOUND RECORD_NOT_FOUND RECORD_NOT_FOUND NOT_OWNER call BASE_UNKNOWN RECORD_NOT_FOUND RECORD_NOT_FOUND RECORD_NOT_FOUND
    policy                 NOT_OWNER NOT_OWNER NOT_OWNER NOT_OWNER NOT_OWNER NOT_OWNER ok call BASE_UNKNOWN NOT_OWNER NOT_OWNER RIGHT_MISSING
    campus                 NOT_OWNER NOT_OWNER NOT_OWNER NOT_OWNER NOT_OWNER NOT_OWNER ok call BASE_UNKNOWN NOT_OWNER NOT_OWNER RIGHT_MISSING
    calendar               NOT_OWNER NOT_OWNER NOT_OWNER NOT_OWNER NOT_OWNER NOT_OWNER ok call BASE_UNKNOWN NOT_OWNER NOT_OWNER RIGHT_MISSING
    staff count            NOT_OWNER NOT_OWNER NOT_OWNER NOT_OWNER NOT_OWNER NOT_OWNER ok call BASE_UNKNOWN NOT_OWNER NOT_OWNER RIGHT_MISSING
";

/// What each is answered who asks for an action.
const ACT: &str = "
                           head spring kitchen logistics lake member office public stranger reader actor inspector
    menu, draft            RECORD_NOT_FOUND ok RIGHT_MISSING ok RECORD_NOT_FOUND RECORD_NOT_FOUND NOT_ALLOWED call RECORD_NOT_FOUND RIGHT_MISSING ok RIGHT_MISSING
    menu, published        NOT_ALLOWED ok RIGHT_MISSING ok NOT_ALLOWED NOT_ALLOWED NOT_ALLOWED call RECORD_NOT_FOUND RIGHT_MISSING ok RIGHT_MISSING
    session, branches      NOT_ALLOWED STATE_FORBIDS RECORD_NOT_FOUND RECORD_NOT_FOUND NOT_ALLOWED RECORD_NOT_FOUND NOT_ALLOWED call RECORD_NOT_FOUND RIGHT_MISSING STATE_FORBIDS NOT_ALLOWED
    session, invited       NOT_ALLOWED STATE_FORBIDS RECORD_NOT_FOUND RECORD_NOT_FOUND NOT_ALLOWED STATE_FORBIDS NOT_ALLOWED call RECORD_NOT_FOUND RIGHT_MISSING STATE_FORBIDS NOT_ALLOWED
    exchange, proposed     RECORD_NOT_FOUND NOT_ALLOWED RECORD_NOT_FOUND RECORD_NOT_FOUND ok RECORD_NOT_FOUND NOT_ALLOWED call RECORD_NOT_FOUND RIGHT_MISSING NOT_ALLOWED RECORD_NOT_FOUND
";

/// What each is answered who makes a record of a kind.
const CREATE: &str = "
                           head spring kitchen logistics lake member office public stranger reader actor inspector
    menu                   ok ok ok ok ok ok NOT_ALLOWED call ok RIGHT_MISSING RIGHT_MISSING RIGHT_MISSING
    session                ok ok RIGHT_MISSING RIGHT_MISSING ok ok NOT_ALLOWED call ok RIGHT_MISSING RIGHT_MISSING RIGHT_MISSING
    exchange               ok ok RIGHT_MISSING RIGHT_MISSING ok ok NOT_ALLOWED call ok RIGHT_MISSING RIGHT_MISSING RIGHT_MISSING
    proposal               ok ok RIGHT_MISSING RIGHT_MISSING ok ok NOT_ALLOWED call ok RIGHT_MISSING RIGHT_MISSING RIGHT_MISSING
    vocabulary             NOT_ALLOWED NOT_ALLOWED RIGHT_MISSING RIGHT_MISSING NOT_ALLOWED NOT_ALLOWED ok call NOT_ALLOWED RIGHT_MISSING RIGHT_MISSING RIGHT_MISSING
    person                 NOT_ALLOWED NOT_ALLOWED RIGHT_MISSING RIGHT_MISSING NOT_ALLOWED NOT_ALLOWED ok call NOT_ALLOWED RIGHT_MISSING RIGHT_MISSING RIGHT_MISSING
    campus                 NOT_ALLOWED NOT_ALLOWED RIGHT_MISSING RIGHT_MISSING NOT_ALLOWED NOT_ALLOWED ok call NOT_ALLOWED RIGHT_MISSING RIGHT_MISSING RIGHT_MISSING
    calendar               NOT_ALLOWED NOT_ALLOWED RIGHT_MISSING RIGHT_MISSING NOT_ALLOWED NOT_ALLOWED ok call NOT_ALLOWED RIGHT_MISSING RIGHT_MISSING RIGHT_MISSING
    staff count            NOT_ALLOWED NOT_ALLOWED RIGHT_MISSING RIGHT_MISSING NOT_ALLOWED NOT_ALLOWED ok call NOT_ALLOWED RIGHT_MISSING RIGHT_MISSING RIGHT_MISSING
";

/// The rows of a table: a name, and what stands under each caller.
fn rows(table: &str) -> Vec<(&str, Vec<&str>)> {
    let mut rows = table.lines().filter(|line| !line.trim().is_empty());
    let callers: Vec<&str> = rows.next().expect("a head").split_whitespace().collect();
    assert_eq!(callers, CALLERS);
    rows.map(|line| {
        let (name, cells) = line.trim().split_once("  ").expect("a name and its cells");
        let cells: Vec<&str> = cells.split_whitespace().collect();
        assert_eq!(cells.len(), CALLERS.len(), "{name}");
        (name, cells)
    })
    .collect()
}

#[tokio::test]
async fn every_door_shows_each_caller_what_is_theirs_and_nothing_else() {
    let cast = Cast::meet().await;
    for (column, caller) in CALLERS.into_iter().enumerate() {
        let client = cast.client(caller);
        let pulled = Reader::all(client).await;
        let mut watcher = Watcher::start(client, v1::Filter::default()).await;
        watcher.until(client.newest().await).await;
        assert_eq!(watcher.mirror, pulled, "{caller}");
        for (name, cells) in rows(SIGHT) {
            let (what, sees) = (format!("{caller}: {name}"), cells[column] == "sees");
            let record = cast.id(name);
            assert_eq!(pulled.records.contains_key(record), sees, "{what}: pull");
            let got = client.get(record).await;
            let history = client.history(record).await;
            let stood = client.get_as_of(record, cast.now()).await;
            match (sees, caller) {
                (true, _) => assert_eq!(got.expect(&what), pulled.records[record], "{what}"),
                (false, _) => drop(failed(got, Code::NotFound, "NOT_FOUND")),
            }
            match (sees, caller) {
                (_, "public") => {
                    failed(history, Code::PermissionDenied, "NOT_ALLOWED");
                    failed(stood, Code::PermissionDenied, "NOT_ALLOWED");
                }
                (true, _) => {
                    assert!(!history.expect(&what).entries.is_empty(), "{what}");
                    assert_eq!(stood.expect(&what), pulled.records[record], "{what}");
                }
                (false, _) => {
                    failed(history, Code::NotFound, "NOT_FOUND");
                    failed(stood, Code::NotFound, "NOT_FOUND");
                }
            }
        }
    }
}

/// What a push of one item is answered: the code of its refusal, `ok`, or `call` when the call is refused.
async fn answer(cast: &Cast, caller: &str, mutation: v1::Mutation) -> String {
    let push = v1::PushRequest {
        mode: v1::PushMode::Validate.into(),
        ..lianxiao::wire::convert::push_request(&[mutation])
    };
    match cast.client(caller).try_push(push).await {
        Err(refused) => {
            failed::<()>(Err(refused), Code::PermissionDenied, "NOT_ALLOWED");
            "call".to_owned()
        }
        Ok(results) => match results[0].refusals.first() {
            Some(refusal) => refusal.code.clone(),
            None => "ok".to_owned(),
        },
    }
}

async fn judged(cast: &Cast, table: &str, mutation: impl Fn(&str, &str) -> v1::Mutation) {
    for (name, cells) in rows(table) {
        for (caller, expected) in CALLERS.into_iter().zip(cells) {
            let answer = answer(cast, caller, mutation(caller, name)).await;
            assert_eq!(answer, expected, "{caller}: {name}");
        }
    }
}

#[tokio::test]
async fn nobody_but_its_owner_puts_a_record() {
    let cast = Cast::meet().await;
    judged(&cast, PUT, |_, name| {
        let (record, version) = (cast.id(name), cast.version(name));
        match name.split(',').next() {
            Some("menu") => edit(record, version, menu(&["2026-05-20"])),
            Some("session") => edit(record, version, session("改名", "2026-05-12")),
            Some("proposal") => edit(record, version, cast::words_proposed()),
            Some("policy") => edit(record, version, cast::policy()),
            Some("campus") => edit(record, version, campus("滨江学校", v1::CampusRole::Branch)),
            Some("calendar") => edit(record, version, cast::calendar("2026-02-26")),
            Some("staff count") => edit(record, version, cast.count(31)),
            _ => edit(
                record,
                version,
                v1::Exchange {
                    host_post: "教研组长".to_owned(),
                    ..cast.exchange()
                },
            ),
        }
    })
    .await;
}

#[tokio::test]
async fn each_acts_on_what_its_place_and_its_rights_allow() {
    let cast = Cast::meet().await;
    judged(&cast, ACT, |_, name| {
        let action = match name {
            "menu, draft" => publish(),
            "menu, published" => withdraw(),
            "exchange, proposed" => accept(),
            _ => report_attendance(1, 1),
        };
        act(cast.id(name), cast.version(name), action)
    })
    .await;
}

#[tokio::test]
async fn each_makes_records_of_the_kinds_it_has_a_right_on() {
    let cast = Cast::meet().await;
    judged(&cast, CREATE, |caller, name| match name {
        "menu" => create(&fresh(), menu(&["2026-06-01"])),
        "session" => create(&fresh(), session("备课", "2026-05-12")),
        "exchange" => {
            let home = &cast.client(caller).campus_id;
            let outside = v1::unit::Unit::Outside("乙小学".to_owned());
            let host = v1::Unit {
                unit: Some(outside),
            };
            let exchange = v1::Exchange {
                host: Some(host),
                ..exchange(home, home)
            };
            create(&fresh(), exchange)
        }
        "proposal" => create(&fresh(), cast::words_proposed()),
        "vocabulary" => create(&fresh(), cast::words()),
        "campus" => create(&fresh(), campus("新校", v1::CampusRole::Branch)),
        "calendar" => create(&fresh(), cast::calendar("2025-09-01")),
        "staff count" => {
            let later = "2026-03-10".to_owned();
            create(
                &fresh(),
                v1::StaffCount {
                    day: later,
                    ..cast.count(31)
                },
            )
        }
        _ => create(&fresh(), cast::person("王老师", &id("总校"))),
    })
    .await;
}

#[tokio::test]
async fn the_first_answers_to_what_a_right_does_not_cover_are_unknown_to_its_holder() {
    let cast = Cast::meet().await;
    let pushed: Vec<String> = cast.pushed();
    for (caller, known) in [("spring", pushed.len()), ("kitchen", cast.pushed_menus())] {
        let results = cast.client(caller).push_results(pushed.clone()).await;
        let results = results.expect("results");
        assert_eq!(results.results.len(), known, "{caller}");
        assert_eq!(results.unknown_mutation_ids.len(), pushed.len() - known);
    }
    let public = cast.client("public").push_results(pushed.clone()).await;
    failed(public, Code::PermissionDenied, "NOT_ALLOWED");
    for caller in ["head", "office", "stranger"] {
        let results = cast.client(caller).push_results(pushed.clone()).await;
        assert_eq!(results.expect("results").results, [], "{caller}");
    }
}

#[tokio::test]
async fn a_kind_without_a_right_is_a_kind_that_a_filter_finds_nothing_of() {
    let cast = Cast::meet().await;
    for (caller, kinds) in [("kitchen", 1), ("spring", 10), ("public", 0)] {
        let wanted = crate::reader::kinds(&["exchange", "session", "person", "conflict"]);
        let mut reader = Reader::new(cast.client(caller).clone(), wanted);
        reader.until_whole(0).await;
        let records = reader.mirror.records.values();
        let found = records.filter(|of| of.kind != "person" && of.kind != "session");
        assert_eq!(found.count(), kinds, "{caller}");
    }
}

#[tokio::test]
async fn a_campus_that_becomes_a_member_school_begins_again_and_sees_less() {
    let cast = Cast::meet().await;
    let lake = cast.client("lake");
    let (shared, hidden) = (cast.id("session, shared"), cast.id("session, branches"));
    let mut reader = Reader::new(lake.clone(), v1::Filter::default());
    reader.until_whole(0).await;
    let mut watcher = Watcher::start(lake, v1::Filter::default()).await;
    watcher.until(lake.newest().await).await;
    assert!(reader.mirror.records.contains_key(hidden));

    cast.becomes_member("滨湖分校").await;
    let reset = async {
        loop {
            match watcher.next_news().await {
                v1::watch_response::Event::ResetRequired(reset) => return reset.reason(),
                v1::watch_response::Event::Changes(changes) => {
                    panic!("told of {} changes before the reset", changes.changes.len())
                }
                _ => {}
            }
        }
    };
    let reason = within("the watch is reset", reset).await;
    assert_eq!(reason, v1::ResetReason::Filter);
    let pull = v1::PullRequest {
        cursor: reader.cursor.clone(),
        ..Default::default()
    };
    let page = lake.pull(pull).await.expect("a page");
    assert!(page.changes.is_empty());
    let reason = page.reset_required.map(|reset| reset.reason());
    assert_eq!(reason, Some(v1::ResetReason::Filter));
    let copy = Reader::all(lake).await;
    assert!(copy.records.contains_key(shared) && !copy.records.contains_key(hidden));
    failed(lake.get(hidden).await, Code::NotFound, "NOT_FOUND");
}

#[tokio::test]
async fn a_guest_is_seen_by_its_host_from_the_approval_on_and_no_campus_else() {
    let cast = Cast::meet().await;
    let lake = cast.client("lake");
    let person = cast.id("person, at home");
    let mut watcher = Watcher::start(lake, v1::Filter::default()).await;
    watcher.until(lake.newest().await).await;
    let exchange = cast.sends("spring", person).await;
    watcher.until(lake.newest().await).await;
    assert!(!watcher.mirror.records.contains_key(person));
    cast.client("office")
        .applied(act(&exchange, 3, crate::wishes::approve()))
        .await;
    watcher.until(lake.newest().await).await;
    assert!(watcher.mirror.records.contains_key(person));
    assert_eq!(watcher.mirror, Reader::all(lake).await);
    for caller in ["head", "member", "kitchen"] {
        let copy = Reader::all(cast.client(caller)).await;
        assert!(!copy.records.contains_key(person), "{caller}");
    }
    let unit = Some(campus_unit(&lake.campus_id));
    let got = lake.get(&exchange).await.expect("the exchange");
    assert_eq!(cast::exchange_of(&got).host, unit);
}
