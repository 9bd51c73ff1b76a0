//! What the hub and the office have to say about what was pushed: doubts, words, corrections.

use crate::actions::{acts, may_not};
use crate::answers::{argument, reads_well, refused};
use crate::courses::content;
use crate::harness::{HEAD, LAKE, SPRING, TestHub};
use crate::reader::Reader;
use crate::wishes::{
    act, amend, announce, ask_correction, create, delete, edit, fresh, lunch, menu, postpone,
    publish, session,
};
use lianxiao::wire::v1;

const SATURDAY: &str = "2026-05-09";
const MONDAY: &str = "2026-05-11";
const TUESDAY: &str = "2026-05-12";

async fn open_corrections(hub: &TestHub, campus: &str) -> Vec<(String, String)> {
    let request = v1::GetGroupStatusRequest {
        first_date: MONDAY.to_owned(),
        last_date: TUESDAY.to_owned(),
        time: None,
    };
    let status = hub.office().office.get_group_status(request).await;
    let campuses = status.expect("figures").into_inner().campuses;
    let own = campuses.into_iter().filter(|row| row.name == campus);
    let open = own.flat_map(|row| row.open_corrections);
    open.map(|open| (open.record_id, open.asked.expect("it was asked").text))
        .collect()
}

#[tokio::test]
async fn what_the_office_asks_stays_in_the_campus_status_until_its_next_version() {
    let hub = TestHub::start().await;
    let (head, lake, office) = (hub.campus(HEAD), hub.campus(LAKE), hub.office());
    let record = fresh();
    head.applied(create(&record, menu(&[MONDAY, TUESDAY])))
        .await;
    acts(&head, &record, 1, publish()).await;
    let ask = || ask_correction("meals[1].dishes", "周二只有一个菜");
    may_not(&head, &record, 2, ask()).await;
    may_not(&lake, &record, 2, ask()).await;
    assert_eq!(
        acts(&office, &record, 2, ask()).await,
        2,
        "the menu is as it was"
    );
    let label = ask_correction("label", "第11周？");
    acts(&office, &record, 2, label).await;
    let asked = |text: &str| (record.clone(), text.to_owned());
    assert_eq!(
        open_corrections(&hub, HEAD).await,
        [asked("周二只有一个菜"), asked("第11周？")]
    );
    assert!(open_corrections(&hub, LAKE).await.is_empty());
    for (reader, count) in [(&head, 1), (&office, 1), (&lake, 0)] {
        let seen = Reader::all(reader).await;
        assert_eq!(seen.ids("correction").len(), count);
    }
    let two = lunch(TUESDAY, "清炒时蔬");
    acts(
        &head,
        &record,
        2,
        amend(v1::AmendReason::Misprint, vec![two]),
    )
    .await;
    assert!(open_corrections(&hub, HEAD).await.is_empty());
    assert!(Reader::all(&office).await.ids("correction").is_empty());
    // Asked anew, it is open anew.
    acts(&office, &record, 3, ask()).await;
    assert_eq!(open_corrections(&hub, HEAD).await.len(), 1);
    let wrong = office
        .one(act(&record, 3, ask_correction("dish", "？")))
        .await;
    let path = "act.action.ask_correction.field";
    assert_eq!(
        argument(refused(&wrong, "CORRECTION_FIELD", path), "kind"),
        "menu"
    );
}

#[tokio::test]
async fn a_correction_ends_with_its_record_and_an_answer_lost_is_given_again() {
    let hub = TestHub::start().await;
    let (head, office) = (hub.campus(HEAD), hub.office());
    let record = fresh();
    head.applied(create(&record, session("数学", TUESDAY)))
        .await;
    let asked = act(&record, 1, ask_correction("title", "哪个年级？"));
    let first = office.applied(asked.clone()).await;
    let again = office.one(asked.clone()).await;
    assert_eq!(
        again,
        v1::PushResult {
            replayed: true,
            ..first
        }
    );
    let told = office
        .push_results(vec![asked.mutation_id.clone()])
        .await
        .expect("answers");
    assert_eq!(told.results, [again]);
    head.applied(delete(&record, 1)).await;
    assert!(Reader::all(&head).await.ids("correction").is_empty());
}

#[tokio::test]
async fn what_is_doubted_is_kept_with_the_version_and_blocks_nothing() {
    let hub = TestHub::start().await;
    let (head, office) = (hub.campus(HEAD), hub.office());
    let spring = v1::Calendar {
        terms: vec![v1::Term {
            name: "2025-2026学年第二学期".to_owned(),
            first_day: "2026-03-02".to_owned(),
            last_day: "2026-06-30".to_owned(),
        }],
        ..Default::default()
    };
    office.applied(create(&fresh(), spring)).await;
    let record = fresh();
    // The week of the make-up Saturday 2026-05-09, without it.
    let week = v1::Menu {
        service_dates: vec!["2026-05-08".to_owned()],
        meals: vec![lunch("2026-05-08", "四季豆炒蛋")],
        ..menu(&[])
    };
    let put = create(&record, week);
    let first = head.applied(put.clone()).await;
    let codes = |findings: &[v1::Finding]| -> Vec<String> {
        findings
            .iter()
            .map(|finding| finding.code.clone())
            .collect()
    };
    assert_eq!(codes(&first.warnings), ["MAKE_UP_DAY_MISSING"]);
    assert_eq!(codes(&first.notes), ["FOOD_BANNED", "ALLERGEN_LIKELY"]);
    for finding in first.warnings.iter().chain(&first.notes) {
        reads_well(finding);
    }
    let again = head.one(put).await;
    assert_eq!(
        (&again.warnings, &again.notes),
        (&first.warnings, &first.notes)
    );
    // The office is told at once, without having to look for it.
    let request = v1::GetGroupStatusRequest {
        first_date: "2026-05-04".to_owned(),
        last_date: SATURDAY.to_owned(),
        time: None,
    };
    let status = office.office.clone().get_group_status(request).await;
    let campuses = status.expect("figures").into_inner().campuses;
    let alerts: Vec<_> = campuses
        .iter()
        .flat_map(|campus| &campus.food_alerts)
        .collect();
    assert_eq!(alerts.len(), 1);
    assert_eq!(
        (&alerts[0].record_id, &alerts[0].finding),
        (&record, &Some(first.notes[0].clone()))
    );
    // Who may see the version sees what was said of it, if it is the owner or the office.
    acts(&head, &record, 1, publish()).await;
    for (reader, told) in [(&head, true), (&office, true), (&hub.campus(LAKE), false)] {
        let history = reader.history(&record).await.expect("a history").entries;
        let first_version = history.last().expect("the first version");
        let said = (&first_version.warnings, &first_version.notes);
        let nothing = vec![];
        let expected = match told {
            true => (&first.warnings, &first.notes),
            false => (&nothing, &nothing),
        };
        if reader.campus_id == hub.campus(LAKE).campus_id {
            assert_eq!(history.len(), 1, "the draft was not its to see");
        }
        assert_eq!(said, expected);
    }
}

#[tokio::test]
async fn a_session_pushed_twice_and_a_speaker_in_two_places_are_doubted() {
    let hub = TestHub::start().await;
    let (head, spring, office) = (hub.campus(HEAD), hub.campus(SPRING), hub.office());
    let speaker = fresh();
    let person = v1::Person {
        display_name: "张老师".to_owned(),
        home_campus_id: head.campus_id.clone(),
        ..Default::default()
    };
    office.applied(create(&speaker, person)).await;
    let of = |title: &str, subject: &str| v1::Session {
        subjects: vec![subject.to_owned()],
        grades: vec!["六年级".to_owned()],
        lead: Some(v1::PersonRef {
            person_id: speaker.clone(),
            ..Default::default()
        }),
        ..session(title, TUESDAY)
    };
    let codes = |result: &v1::PushResult| -> Vec<String> {
        let warnings = result.warnings.iter();
        warnings.map(|finding| finding.code.clone()).collect()
    };
    let first = fresh();
    let none = head.applied(create(&first, of("数学备课", "数学"))).await;
    assert_eq!(codes(&none), [""; 0]);
    // The same file again, by the same host; both in one push are seen too.
    let again = head
        .push([
            create(&fresh(), of("数学备课（定稿）", "数学")),
            create(&fresh(), of("语文备课", "语文")),
            create(&fresh(), of("语文备课", "语文")),
        ])
        .await;
    assert_eq!(codes(&again[0]), ["SESSION_TWIN"]);
    assert_eq!(argument(&again[0].warnings[0], "id"), first);
    reads_well(&again[0].warnings[0]);
    assert_eq!(
        codes(&again[1]),
        ["PERSON_TWICE"],
        "of each doubt the first"
    );
    assert!(codes(&again[2]).contains(&"SESSION_TWIN".to_owned()));
    // Another school that works on the same subject by itself is no twin.
    let elsewhere = v1::Session {
        lead: session("", TUESDAY).lead,
        ..of("数学备课", "数学")
    };
    let other = spring.applied(create(&fresh(), elsewhere)).await;
    assert_eq!(codes(&other), [""; 0]);
}

#[tokio::test]
async fn a_session_that_is_put_off_is_held_against_those_of_its_new_days() {
    let hub = TestHub::start().await;
    let head = hub.campus(HEAD);
    let of = |subject: &str, day: &str| v1::Session {
        subjects: vec![subject.to_owned()],
        grades: vec!["七年级".to_owned()],
        stage: v1::Stage::Junior.into(),
        ..session("备课", day)
    };
    let (there, moved) = (fresh(), fresh());
    head.applied(create(&there, of("道德与法治", "2026-05-20")))
        .await;
    head.applied(create(&moved, of("道法", TUESDAY))).await;
    acts(&head, &moved, 1, announce()).await;
    let put_off = head.one(act(&moved, 2, postpone(&["2026-05-20"]))).await;
    assert_eq!(put_off.outcome(), v1::Outcome::Applied);
    let twin = put_off
        .warnings
        .iter()
        .find(|told| told.code == "SESSION_TWIN");
    assert_eq!(argument(twin.expect("a twin"), "id"), there);
}

#[tokio::test]
async fn a_word_nobody_knows_is_refused_once_the_office_keeps_a_vocabulary() {
    let hub = TestHub::start().await;
    let (head, office) = (hub.campus(HEAD), hub.office());
    let of = |subject: &str| v1::Session {
        subjects: vec![subject.to_owned()],
        ..session("备课", TUESDAY)
    };
    head.applied(create(&fresh(), of("信息学"))).await;
    let word = v1::Word {
        code: "信息科技".to_owned(),
        aliases: vec!["信息技术".to_owned()],
        ..Default::default()
    };
    let subjects = v1::Vocabulary {
        topic: v1::VocabularyTopic::Subject.into(),
        words: vec![word],
        ..Default::default()
    };
    let vocabulary = fresh();
    office.applied(create(&vocabulary, subjects.clone())).await;
    let twice = office.one(create(&fresh(), subjects)).await;
    refused(&twice, "KEY_TAKEN", "record_id");
    let unknown = head.one(create(&fresh(), of("信息学"))).await;
    let refusal = refused(&unknown, "WORD_UNKNOWN", "put.content.session.subjects[0]");
    assert_eq!(argument(refusal, "known"), "信息科技");
    let record = fresh();
    let old = head.applied(create(&record, of("信息技术"))).await;
    let codes: Vec<&str> = old.warnings.iter().map(|w| w.code.as_str()).collect();
    assert_eq!(
        codes,
        ["UNSTATED", "WORD_OLD"],
        "and which grade is it for?"
    );
    let v1::content::Kind::Session(stored) = content(&head, &record).await else {
        panic!("a session");
    };
    assert_eq!(
        stored.subjects,
        ["信息技术"],
        "what was pushed is never rewritten"
    );
}

#[tokio::test]
async fn what_one_canteen_learned_is_read_by_all_and_corrected_like_every_record() {
    let hub = TestHub::start().await;
    let (lake, office) = (hub.campus(LAKE), hub.office());
    let record = fresh();
    let note = v1::CanteenNote {
        topic: "留样".to_owned(),
        fault: "留样不足125克".to_owned(),
        measure: "专人称重登记".to_owned(),
    };
    hub.campus(SPRING)
        .applied(create(&record, note.clone()))
        .await;
    let v1::content::Kind::CanteenNote(read) = content(&lake, &record).await else {
        panic!("a canteen note");
    };
    assert_eq!(read, note);
    let foreign = lake.one(edit(&record, 1, note.clone())).await;
    refused(&foreign, "NOT_OWNER", "record_id");
    acts(&office, &record, 1, ask_correction("measure", "何时起？")).await;
    let dated = v1::CanteenNote {
        measure: "5月起专人称重登记".to_owned(),
        ..note
    };
    let put = edit(&record, 1, dated);
    hub.campus(SPRING).applied(put.clone()).await;
    assert!(Reader::all(&office).await.ids("correction").is_empty());
    assert!(hub.campus(SPRING).one(put).await.replayed);
}
