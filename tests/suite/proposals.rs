//! Campuses propose what only the office writes: the calendar, the words, the rules and their deadlines.

use crate::actions::{acts, may_not};
use crate::answers::{argument, outcomes, refused};
use crate::courses::content;
use crate::harness::{Client, HEAD, LAKE, SPRING, TestHub};
use crate::reader::Reader;
use crate::wishes::{act, adopt, create, decline_proposal, delete, edit, fresh};
use lianxiao::wire::convert::push_request;
use lianxiao::wire::v1;
use v1::Outcome::{Applied, Merged, Unchanged};
use v1::proposal::Register;

const TERM: &str = "2026-03-02";
const SPORTS_DAY: &str = "2026-05-15";
const OUTING: &str = "2026-05-22";

/// The spring term with these days off.
fn calendar(off: &[&str]) -> v1::Calendar {
    let day = |date: &&str| v1::SpecialDay {
        date: (*date).to_owned(),
        kind: v1::DayKind::Holiday.into(),
        ..Default::default()
    };
    v1::Calendar {
        terms: vec![v1::Term {
            name: "2025-2026学年第二学期".to_owned(),
            first_day: TERM.to_owned(),
            last_day: "2026-06-30".to_owned(),
        }],
        special_days: off.iter().map(day).collect(),
        ..Default::default()
    }
}

/// That a calendar should have these days off.
fn proposal(record: &str, off: &[&str]) -> v1::Proposal {
    v1::Proposal {
        record_id: record.to_owned(),
        seen_version: i64::from(!record.is_empty()),
        why: "运动会停课一天".to_owned(),
        register: Some(Register::Calendar(calendar(off))),
    }
}

/// What waits for the office, by campus.
async fn waiting(hub: &TestHub) -> Vec<(String, v1::OpenProposal)> {
    let request = v1::GetGroupStatusRequest {
        first_date: "2026-05-11".to_owned(),
        last_date: "2026-05-15".to_owned(),
        time: None,
    };
    let status = hub.office().office.get_group_status(request).await;
    let campuses = status.expect("figures").into_inner().campuses.into_iter();
    let open = campuses.flat_map(|row| {
        let name = row.name;
        let open = row.open_proposals.into_iter();
        open.map(move |open| (name.clone(), open))
    });
    open.collect()
}

/// The group's calendar, and a proposal of the lake campus to change it.
async fn proposed(hub: &TestHub) -> (String, String) {
    let (register, record) = (fresh(), fresh());
    let office = hub.office();
    office.applied(create(&register, calendar(&[]))).await;
    let wish = create(&record, proposal(&register, &[SPORTS_DAY]));
    hub.campus(LAKE).applied(wish).await;
    (register, record)
}

async fn proposals(client: &Client) -> usize {
    Reader::all(client).await.ids("proposal").len()
}

#[tokio::test]
async fn a_proposal_waits_in_the_group_status_and_is_adopted_with_the_register_in_one_push() {
    let hub = TestHub::start().await;
    let (lake, office) = (hub.campus(LAKE), hub.office());
    let (register, record) = proposed(&hub).await;
    let open = v1::OpenProposal {
        record_id: record.clone(),
        why: "运动会停课一天".to_owned(),
    };
    assert_eq!(waiting(&hub).await, [(LAKE.to_owned(), open)]);
    for (reader, seen) in [
        (&lake, 1),
        (&office, 1),
        (&hub.campus(SPRING), 0),
        (&hub.campus(HEAD), 0),
    ] {
        assert_eq!(proposals(reader).await, seen);
    }
    // Meanwhile the office wrote another day down: what the campus did not see stays.
    office
        .applied(edit(&register, 1, calendar(&[OUTING])))
        .await;
    let v1::content::Kind::Proposal(wanted) = content(&office, &record).await else {
        panic!("a proposal")
    };
    let Some(Register::Calendar(wished)) = wanted.register else {
        panic!("a calendar")
    };
    let push = v1::PushRequest {
        atomicity: v1::Atomicity::All.into(),
        ..push_request(&[
            edit(&wanted.record_id, wanted.seen_version, wished),
            act(&record, 1, adopt()),
        ])
    };
    let results = office.try_push(push).await.expect("results");
    assert_eq!(outcomes(&results), [Merged, Applied], "{results:#?}");
    let v1::content::Kind::Calendar(written) = content(&lake, &register).await else {
        panic!("a calendar")
    };
    let mut days: Vec<&str> = (written.special_days.iter())
        .map(|day| day.date.as_str())
        .collect();
    days.sort_unstable();
    assert_eq!(days, [SPORTS_DAY, OUTING]);
    assert!(waiting(&hub).await.is_empty());
    let again = office.one(act(&record, 2, adopt())).await;
    assert_eq!(again.outcome(), Unchanged);
    // What was answered stands.
    let edited = lake.one(edit(&record, 2, proposal(&register, &[]))).await;
    refused(&edited, "STATE_FORBIDS", "put");
    refused(
        &lake.one(delete(&record, 2)).await,
        "STATE_FORBIDS",
        "delete",
    );
    assert_eq!(proposals(&lake).await, 1, "and is read");
}

#[tokio::test]
async fn the_office_answers_what_it_saw_and_nobody_else_answers() {
    let hub = TestHub::start().await;
    let (lake, office) = (hub.campus(LAKE), hub.office());
    let (register, record) = proposed(&hub).await;
    for answer in [adopt(), decline_proposal()] {
        may_not(&lake, &record, 1, answer).await;
    }
    let other = proposal(&register, &[SPORTS_DAY, OUTING]);
    lake.applied(edit(&record, 1, other)).await;
    let blind = office.one(act(&record, 1, adopt())).await;
    let refusal = refused(&blind, "CHANGED_SINCE_SEEN", "act.seen_version");
    assert_eq!(argument(refusal, "fields"), "calendar");
    acts(&office, &record, 2, decline_proposal()).await;
    assert!(waiting(&hub).await.is_empty());
    let changed = office.one(act(&record, 3, adopt())).await;
    refused(&changed, "STATE_FORBIDS", "act.action");
    // One that nobody has answered its campus takes back.
    let taken_back = fresh();
    lake.applied(create(&taken_back, proposal("", &[]))).await;
    assert_eq!(waiting(&hub).await.len(), 1);
    lake.applied(delete(&taken_back, 1)).await;
    assert!(waiting(&hub).await.is_empty());
}

#[tokio::test]
async fn nothing_is_adopted_that_the_register_does_not_say() {
    let hub = TestHub::start().await;
    let (lake, office) = (hub.campus(LAKE), hub.office());
    let (register, record) = proposed(&hub).await;
    let refuses = async |record: &str, seen: i64, fields: &str| {
        let result = office.one(act(record, seen, adopt())).await;
        let path = "act.action.proposal.adopt";
        let finding = refused(&result, "REGISTER_DIFFERS", path);
        let told = argument(finding, "fields");
        assert!(told.contains(fields), "{told}");
    };
    refuses(&record, 1, SPORTS_DAY).await;
    // Another day than was proposed, and a day taken out again that the campus wants to stay.
    office
        .applied(edit(&register, 1, calendar(&[OUTING])))
        .await;
    refuses(&record, 1, SPORTS_DAY).await;
    let two = calendar(&[OUTING, SPORTS_DAY]);
    office.applied(edit(&register, 2, two)).await;
    acts(&office, &record, 1, adopt()).await;
    // A day less: it must be gone.
    let fewer = v1::Proposal {
        seen_version: 3,
        ..proposal(&register, &[OUTING])
    };
    let less = fresh();
    lake.applied(create(&less, fewer)).await;
    refuses(&less, 1, SPORTS_DAY).await;
    office
        .applied(edit(&register, 3, calendar(&[OUTING])))
        .await;
    acts(&office, &less, 1, adopt()).await;
    // A register that there was not: there must be one, with these words.
    let new_words = fresh();
    lake.applied(create(&new_words, new(words("语文")))).await;
    refuses(&new_words, 1, "vocabulary").await;
    let (Register::Vocabulary(other), Register::Vocabulary(same)) = (words("数学"), words("语文"))
    else {
        unreachable!("words")
    };
    let subjects = fresh();
    office.applied(create(&subjects, other)).await;
    refuses(&new_words, 1, "语文").await;
    office.applied(edit(&subjects, 1, same)).await;
    acts(&office, &new_words, 1, adopt()).await;
}

/// The subjects of a group, of which there is one.
fn words(code: &str) -> Register {
    Register::Vocabulary(v1::Vocabulary {
        topic: v1::VocabularyTopic::Subject.into(),
        words: vec![v1::Word {
            code: code.to_owned(),
            ..Default::default()
        }],
        ..Default::default()
    })
}

/// Rules by which a campus is expected to meet.
fn rules(campus: String) -> Register {
    Register::Policy(v1::Policy {
        time_zone: "Asia/Shanghai".to_owned(),
        prep_set: vec![v1::PrepExpectation {
            subject: "语文".to_owned(),
            grade: "五年级".to_owned(),
            sessions_min: 1,
            campus_ids: vec![campus],
            ..Default::default()
        }],
        ..Default::default()
    })
}

#[tokio::test]
async fn what_the_office_could_not_write_nobody_proposes() {
    type Fault<'a> = (&'a str, &'a str, &'a dyn Fn(&mut v1::Proposal));
    let hub = TestHub::start().await;
    let (register, _) = proposed(&hub).await;
    let faults: [Fault<'_>; 9] = [
        ("REQUIRED", "why", &|of| of.why = " ".to_owned()),
        ("TEXT_TOO_LONG", "why", &|of| of.why = "长".repeat(201)),
        ("REQUIRED", "register", &|of| of.register = None),
        ("OUT_OF_RANGE", "seen_version", &|of| of.seen_version = 0),
        ("RECORD_NOT_FOUND", "record_id", &|of| {
            of.record_id = fresh();
        }),
        ("RECORD_NOT_FOUND", "record_id", &|of| {
            of.register = Some(words("语文"));
        }),
        ("DATE_INVALID", "calendar.special_days[0].date", &|of| {
            of.register = Some(Register::Calendar(calendar(&["2026-05-32"])));
        }),
        ("REQUIRED", "vocabulary.words[0].code", &|of| {
            *of = new(words(""));
        }),
        (
            "CAMPUS_UNKNOWN",
            "policy.prep_set[0].campus_ids[0]",
            &|of| {
                *of = new(rules(fresh()));
            },
        ),
    ];
    for (code, path, fault) in faults {
        let mut wrong = proposal(&register, &[SPORTS_DAY]);
        fault(&mut wrong);
        let result = hub.campus(LAKE).one(create(&fresh(), wrong)).await;
        refused(&result, code, &format!("put.content.proposal.{path}"));
    }
    let lake = hub.campus(LAKE);
    for register in [words("语文"), rules(lake.campus_id.clone())] {
        lake.applied(create(&fresh(), new(register))).await;
    }
}

/// A register that there is not yet.
fn new(register: Register) -> v1::Proposal {
    v1::Proposal {
        register: Some(register),
        ..proposal("", &[])
    }
}
