//! The rules of exchanges as tables.

use super::*;
use crate::content::encoded::wrap;
use crate::kinds::Moved;
use crate::kinds::encoded::Of;
use crate::kinds::testing::{Group, case, case_in, record, told};
use uuid::Uuid;
use v1::exchange_action::Action;

fn id(n: u128) -> RecordId {
    RecordId(Uuid::from_u128(n))
}

fn unit(n: u128) -> Option<v1::Unit> {
    Some(v1::Unit {
        unit: Some(v1::unit::Unit::CampusId(id(n).to_string())),
    })
}

fn outside(name: &str) -> Option<v1::Unit> {
    Some(v1::Unit {
        unit: Some(v1::unit::Unit::Outside(name.into())),
    })
}

fn exchange() -> v1::Exchange {
    v1::Exchange {
        person: Some(v1::PersonRef {
            display_name: "李老师".into(),
            ..Default::default()
        }),
        home: unit(1),
        host: unit(2),
        r#type: v1::ExchangeType::Regular.into(),
        level: v1::StaffLevel::Teacher.into(),
        file_moved: Some(false),
        planned_start: "2025-09".into(),
        planned_end: "2026-07".into(),
        ..Default::default()
    }
}

fn codes(exchange: &v1::Exchange) -> Vec<(Code, String)> {
    told::<ExchangeRules>("e", exchange, &case(Place::Office))
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn each_fault_names_its_field() {
    let base = exchange();
    assert_eq!(codes(&base), []);
    assert_eq!(
        codes(&v1::Exchange {
            host: outside("拉萨市第一小学"),
            ..base.clone()
        }),
        []
    );
    assert_eq!(
        codes(&v1::Exchange {
            person: None,
            unnamed_count: 4,
            ..base.clone()
        }),
        []
    );
    assert_eq!(
        codes(&v1::Exchange {
            planned_end: "2025-09".into(),
            ..base.clone()
        }),
        []
    );
    let percent = |percent| {
        Some(v1::Share {
            share: Some(v1::share::Share::Percent(percent)),
        })
    };
    let paper = |sha256: &str| {
        Some(v1::Paper {
            number: "高学发【2023】49号".into(),
            sha256: sha256.into(),
        })
    };
    let ordered = v1::Exchange {
        paper: paper(&"0123456789abcdef".repeat(4)),
        ..base.clone()
    };
    assert_eq!(codes(&ordered), []);
    for (exchange, code, path) in [
        (
            v1::Exchange {
                paper: paper("0123"),
                ..base.clone()
            },
            Code::HashInvalid,
            "e.paper.sha256",
        ),
        (
            v1::Exchange {
                level: 0,
                ..base.clone()
            },
            Code::Unstated,
            "e.level",
        ),
        (
            v1::Exchange {
                file_moved: None,
                ..base.clone()
            },
            Code::Unstated,
            "e.file_moved",
        ),
        (
            v1::Exchange {
                planned_start: String::new(),
                ..base.clone()
            },
            Code::Unstated,
            "e.planned_start",
        ),
        (
            v1::Exchange {
                host: unit(1),
                ..base.clone()
            },
            Code::HomeIsHost,
            "e.host",
        ),
        (
            v1::Exchange {
                home: unit(3),
                ..base.clone()
            },
            Code::HomeNotOwner,
            "e.home",
        ),
        (
            v1::Exchange {
                home: outside("乙"),
                ..base.clone()
            },
            Code::HomeNotOwner,
            "e.home",
        ),
        (
            v1::Exchange {
                host: None,
                ..base.clone()
            },
            Code::Required,
            "e.host",
        ),
        (
            v1::Exchange {
                person: None,
                ..base.clone()
            },
            Code::Required,
            "e.person",
        ),
        (
            v1::Exchange {
                unnamed_count: 4,
                ..base.clone()
            },
            Code::NotWithOther,
            "e.unnamed_count",
        ),
        (
            v1::Exchange {
                r#type: 0,
                ..base.clone()
            },
            Code::Required,
            "e.type",
        ),
        (
            v1::Exchange {
                share: percent(101),
                ..base.clone()
            },
            Code::OutOfRange,
            "e.share.percent",
        ),
        (
            v1::Exchange {
                planned_end: "2025-06".into(),
                ..base.clone()
            },
            Code::EndBeforeStart,
            "e.planned_end",
        ),
        (
            v1::Exchange {
                planned_start: "2025".into(),
                ..base.clone()
            },
            Code::DateInvalid,
            "e.planned_start",
        ),
        (
            v1::Exchange {
                pair_id: "7".into(),
                ..base.clone()
            },
            Code::IdInvalid,
            "e.pair_id",
        ),
    ] {
        assert_eq!(codes(&exchange), [(code, path.to_owned())]);
    }
}

fn act(
    action: Action,
    exchange: &v1::Exchange,
    state: &v1::ExchangeState,
    asker: Place,
) -> Result<Moved<v1::ExchangeState, v1::Exchange>, Code> {
    let action = v1::ExchangeAction {
        action: Some(action),
    };
    ExchangeRules::act(&action, exchange, state, &case(asker)).map_err(|finding| finding.code)
}

#[test]
fn each_step_belongs_to_one_place_and_to_one_state() {
    let (home, host, office) = (Place::Campus(id(1)), Place::Campus(id(2)), Place::Office);
    let arrival = |date: &str| Action::ConfirmArrival(v1::ConfirmArrival { date: date.into() });
    let steps = [
        (Action::Propose(v1::ProposeExchange {}), home),
        (Action::Accept(v1::AcceptExchange {}), host),
        (Action::Approve(v1::ApproveExchange {}), office),
        (arrival("2026-05-11"), host),
    ];
    let mut state = ExchangeRules::new_state().unwrap();
    for (i, (step, who)) in steps.iter().enumerate() {
        for other in [home, host, office]
            .into_iter()
            .filter(|other| other != who)
        {
            assert_eq!(
                act(step.clone(), &exchange(), &state, other),
                Err(Code::NotAllowed)
            );
        }
        for (later, who) in &steps[i + 1..] {
            assert_eq!(
                act(later.clone(), &exchange(), &state, *who),
                Err(Code::StateForbids)
            );
        }
        let Ok(Moved::To(next)) = act(step.clone(), &exchange(), &state, *who) else {
            panic!("{step:?}")
        };
        state = next;
        assert_eq!(
            act(step.clone(), &exchange(), &state, *who),
            Ok(Moved::Nowhere)
        );
    }
    assert_eq!(state.real_start, "2026-05-11");
    assert_eq!(
        act(arrival("2026-05-10"), &exchange(), &state, host),
        Err(Code::StateForbids)
    );
    assert!(ExchangeRules::may_put(&state, &[]).is_err());
}

#[test]
fn nobody_arrives_tomorrow() {
    let approved = v1::ExchangeState {
        status: Status::Approved.into(),
        ..Default::default()
    };
    let arrival = |date: &str| Action::ConfirmArrival(v1::ConfirmArrival { date: date.into() });
    let host = Place::Campus(id(2));
    assert_eq!(
        act(arrival("2026-05-13"), &exchange(), &approved, host),
        Err(Code::DayNotCome)
    );
    assert_eq!(
        act(arrival("2026-02-30"), &exchange(), &approved, host),
        Err(Code::DateInvalid)
    );
}

#[test]
fn a_host_outside_the_group_is_not_asked() {
    let away = v1::Exchange {
        host: outside("喀什市某小学"),
        ..exchange()
    };
    let proposed = v1::ExchangeState {
        status: Status::Proposed.into(),
        ..Default::default()
    };
    let approve = Action::Approve(v1::ApproveExchange {});
    let Ok(Moved::To(approved)) = act(approve, &away, &proposed, Place::Office) else {
        panic!()
    };
    let arrival = Action::ConfirmArrival(v1::ConfirmArrival {
        date: "2026-05-01".into(),
    });
    assert!(matches!(
        act(arrival, &away, &approved, Place::Campus(id(1))),
        Ok(Moved::To(_))
    ));
}

#[test]
fn a_draft_is_the_owners_and_a_proposal_reaches_home_host_and_office_only() {
    let owner = Place::Campus(id(1));
    let draft = ExchangeRules::new_state().unwrap();
    assert_eq!(
        ExchangeRules::audience(owner, &exchange(), &draft),
        [Who::Campus(id(1))]
    );
    let proposed = v1::ExchangeState {
        status: Status::Proposed.into(),
        ..Default::default()
    };
    let mut who = ExchangeRules::audience(owner, &exchange(), &proposed);
    who.sort_unstable();
    who.dedup();
    assert_eq!(who, [Who::Office, Who::Campus(id(1)), Who::Campus(id(2))]);
}

/// The first day on which a movement asks for more of a person than there is.
fn overlap(
    stays: Vec<v1::Stay>,
    share: Option<v1::Share>,
    state: &v1::ExchangeState,
) -> Option<String> {
    let mut person = record::<PersonRules>(9, &v1::Person::default());
    let number = Of::<PersonRules>::field().number();
    person.parts.state = wrap(number, &v1::PersonState { stays });
    let group = Group::of(vec![person]);
    let asked = v1::Exchange {
        person: Some(v1::PersonRef {
            person_id: id(9).to_string(),
            ..Default::default()
        }),
        share,
        ..exchange()
    };
    let case = case_in(&group, Place::Office);
    let refusal = share::overlap("e", &asked, state, &case);
    let refusal = refusal.filter(Finding::refuses);
    refusal.map(|refusal| refusal.arguments[0].1.clone())
}

#[test]
fn a_proposal_made_again_is_accepted_by_nobody_yet() {
    let sent_back = v1::ExchangeState {
        status: Status::Returned.into(),
        accept_time: Some(crate::wire::convert::timestamp(case(Place::Office).now)),
        ..Default::default()
    };
    let propose = Action::Propose(v1::ProposeExchange {});
    let Ok(Moved::To(again)) = act(propose, &exchange(), &sent_back, Place::Campus(id(1))) else {
        panic!()
    };
    assert_eq!(again.accept_time, None);
}

#[test]
fn a_post_has_the_groups_name_and_may_have_its_own() {
    use crate::kinds::registers::vocabulary::{VocabularyRules, standard};
    let posts = standard().into_iter();
    let posts = posts.filter(|words| words.topic() == Topic::Post);
    let posts = posts.map(|words| record::<VocabularyRules>(60, &words));
    let group = Group::of(posts.collect());
    let told = |post: &str| {
        let exchange = v1::Exchange {
            host_post: post.into(),
            ..exchange()
        };
        let mut found = Found::under("e".into());
        ExchangeRules::check(
            &exchange,
            &case_in(&group, Place::Campus(id(1))),
            &mut found,
        );
        let told = found.findings.into_iter();
        told.map(|finding| (finding.code, finding.path))
            .collect::<Vec<_>>()
    };
    let told_of = |code| vec![(code, "e.host_post".to_owned())];
    assert_eq!(told("执行校长"), []);
    assert_eq!(told("食品安全员"), []);
    assert_eq!(told(""), []);
    assert_eq!(told("教务主任"), told_of(Code::WordOld));
    assert_eq!(told("语文教师兼班主任"), told_of(Code::WordUnlisted));
    assert!(!Finding::new(Code::WordUnlisted, "").refuses());
}

mod days;
