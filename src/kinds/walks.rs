//! Every kind's course, walked at random: no sequence of actions takes a step that the office's charter
//! (domain.md 3.6) does not know, and what was just done is done.

use super::testing::{campus, case};
use super::{Case, Moved, Rules};
use crate::kinds::exchange::ExchangeRules;
use crate::kinds::menu::MenuRules;
use crate::kinds::session::SessionRules;
use crate::model::ids::Place;
use crate::wire::v1;
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeSet;
use v1::exchange_action::Action as OfExchange;
use v1::menu_action::Action as OfMenu;
use v1::session_action::Action as OfSession;

/// The steps of one walk: what is asked, by whom, at what time.
type Walk<A> = Vec<(A, Place, Timestamp)>;

fn steps<A: Clone + std::fmt::Debug + 'static>(actions: Vec<A>) -> impl Strategy<Value = Walk<A>> {
    let asker = prop_oneof![
        Just(campus(1)),
        Just(campus(2)),
        Just(campus(3)),
        Just(Place::Office)
    ];
    let hour = 3_600_i64;
    let start: Timestamp = "2026-05-08T07:00:00Z".parse().unwrap();
    let at =
        (0..240_i64).prop_map(move |hours| start + jiff::SignedDuration::from_secs(hours * hour));
    let step = (proptest::sample::select(actions), asker, at);
    proptest::collection::vec(step, 1..60).prop_map(|mut walk| {
        walk.sort_by_key(|(_, _, at)| *at);
        walk
    })
}

/// The state and the content after an action; `None`: nothing moved.
fn moved<R: Rules>(
    action: &R::Action,
    content: &R::Content,
    state: &R::State,
    case: &Case<'_>,
) -> Option<(R::State, R::Content)>
where
    R::Content: Clone,
{
    match R::act(action, content, state, case) {
        Ok(Moved::To(next) | Moved::Doubted(next, _)) => Some((next, content.clone())),
        Ok(Moved::Rewritten(next, changed)) => Some((next, changed)),
        Ok(Moved::Nowhere) | Err(_) => None,
    }
}

/// The statuses a walk went through, as pairs; an action repeated at once by whoever asked it must say
/// that there is nothing to do.
fn walk<R: Rules>(
    walk: &Walk<R::Action>,
    mut content: R::Content,
    status: fn(&R::State) -> &'static str,
) -> BTreeSet<(&'static str, &'static str)>
where
    R::Content: Clone,
    R::State: Clone + std::fmt::Debug,
    R::Action: std::fmt::Debug,
{
    let mut state = R::new_state().unwrap();
    let mut taken = BTreeSet::new();
    for (action, asker, now) in walk {
        let case = Case {
            now: *now,
            ..case(*asker)
        };
        let Some((next, changed)) = moved::<R>(action, &content, &state, &case) else {
            continue;
        };
        taken.insert((status(&state), status(&next)));
        (state, content) = (next, changed);
        let again = R::act(action, &content, &state, &case);
        assert!(
            matches!(again, Ok(Moved::Nowhere)),
            "{action:?} after {state:?}"
        );
    }
    taken
}

/// Fails on a step that is not in the table.
fn known(taken: &BTreeSet<(&'static str, &'static str)>, prefix: &str, table: &[(&str, &str)]) {
    for (from, to) in taken {
        let step = (
            from.trim_start_matches(prefix),
            to.trim_start_matches(prefix),
        );
        assert!(table.contains(&step), "{step:?}");
    }
}

fn session() -> v1::Session {
    v1::Session {
        form: v1::SessionForm::JointPrep.into(),
        title: "语文".into(),
        days: vec![day("2026-05-12")],
        invited_campus_ids: vec![campus(2).to_text()],
        ..Default::default()
    }
}

fn day(date: &str) -> v1::SessionDay {
    v1::SessionDay {
        date: date.into(),
        ..Default::default()
    }
}

fn session_actions() -> Vec<v1::SessionAction> {
    let report = |attended| v1::ReportAttendance {
        expected: 5,
        attended,
    };
    let cancel = v1::CancelSession {
        reason: v1::SessionCancelReason::Clash.into(),
    };
    let waive = v1::RecordSession {
        waived_campus_ids: vec![campus(1).to_text()],
    };
    let actions = [
        OfSession::Announce(v1::AnnounceSession {}),
        OfSession::Hold(v1::HoldSession {}),
        OfSession::ReportAttendance(report(4)),
        OfSession::ReportAttendance(report(6)),
        OfSession::Postpone(v1::PostponeSession {
            days: vec![day("2026-05-13")],
        }),
        OfSession::Postpone(v1::PostponeSession::default()),
        OfSession::Cancel(cancel),
        OfSession::Record(waive),
        OfSession::Reopen(v1::ReopenSession {}),
    ];
    actions
        .map(|action| v1::SessionAction {
            action: Some(action),
        })
        .to_vec()
}

const SESSION: [(&str, &str); 12] = [
    ("PLANNED", "ANNOUNCED"),
    ("PLANNED", "POSTPONED"),
    ("PLANNED", "CANCELLED"),
    ("ANNOUNCED", "ANNOUNCED"),
    ("ANNOUNCED", "POSTPONED"),
    ("ANNOUNCED", "CANCELLED"),
    ("ANNOUNCED", "HELD"),
    ("POSTPONED", "ANNOUNCED"),
    ("POSTPONED", "CANCELLED"),
    ("HELD", "HELD"),
    ("HELD", "RECORDED"),
    ("RECORDED", "HELD"),
];

fn menu() -> v1::Menu {
    let meal = |date: &str| v1::DayMeal {
        date: date.into(),
        meal: v1::Meal::Lunch.into(),
        ..Default::default()
    };
    v1::Menu {
        service_dates: vec!["2026-05-11".into(), "2026-05-12".into()],
        meals: vec![meal("2026-05-11"), meal("2026-05-12")],
        ..Default::default()
    }
}

fn menu_actions() -> Vec<v1::MenuAction> {
    let amend = |name: &str| v1::AmendMenu {
        reason: v1::AmendReason::OutOfStock.into(),
        meals: vec![v1::DayMeal {
            dishes: vec![v1::Dish {
                name: name.into(),
                ..Default::default()
            }],
            ..menu().meals.remove(0)
        }],
        ..Default::default()
    };
    let actions = [
        OfMenu::Publish(v1::PublishMenu {}),
        OfMenu::Withdraw(v1::WithdrawMenu {}),
        OfMenu::Amend(amend("豆腐")),
        OfMenu::Amend(amend("鸡蛋")),
        OfMenu::Close(v1::CloseMenu {}),
        OfMenu::Reopen(v1::ReopenMenu {}),
    ];
    actions
        .map(|action| v1::MenuAction {
            action: Some(action),
        })
        .to_vec()
}

const MENU: [(&str, &str); 10] = [
    ("DRAFT", "PUBLISHED"),
    ("WITHDRAWN", "PUBLISHED"),
    ("PUBLISHED", "WITHDRAWN"),
    ("PUBLISHED", "AMENDED"),
    ("PUBLISHED", "CLOSED"),
    ("AMENDED", "AMENDED"),
    ("AMENDED", "WITHDRAWN"),
    ("AMENDED", "CLOSED"),
    ("CLOSED", "PUBLISHED"),
    ("CLOSED", "AMENDED"),
];

fn exchange() -> v1::Exchange {
    let unit = |n| {
        let unit = v1::unit::Unit::CampusId(campus(n).to_text());
        Some(v1::Unit { unit: Some(unit) })
    };
    v1::Exchange {
        unnamed_count: 1,
        home: unit(1),
        host: unit(2),
        planned_start: "2025-09".into(),
        planned_end: "2026-05-10".into(),
        ..Default::default()
    }
}

fn exchange_actions() -> Vec<v1::ExchangeAction> {
    let came = v1::ConfirmArrival {
        date: "2026-05-08".into(),
    };
    let gone = v1::CompleteExchange {
        date: "2026-05-11".into(),
    };
    let ended = v1::WithdrawExchange {
        date: "2026-05-09".into(),
        reason: v1::ExchangeEndReason::Recalled.into(),
    };
    let longer = |end: &str| v1::AskExtension {
        planned_end: end.into(),
    };
    let actions = [
        OfExchange::Propose(v1::ProposeExchange {}),
        OfExchange::Accept(v1::AcceptExchange {}),
        OfExchange::Decline(v1::DeclineExchange {}),
        OfExchange::Approve(v1::ApproveExchange {}),
        OfExchange::Return(v1::ReturnExchange {}),
        OfExchange::Cancel(v1::CancelExchange {}),
        OfExchange::ConfirmArrival(came),
        OfExchange::Complete(gone),
        OfExchange::Withdraw(ended),
        OfExchange::AskExtension(longer("2026-05-11")),
        OfExchange::AskExtension(longer("2026-07")),
        OfExchange::AgreeExtension(v1::AgreeExtension {}),
        OfExchange::ApproveExtension(v1::ApproveExtension {}),
        OfExchange::RefuseExtension(v1::RefuseExtension {}),
    ];
    actions
        .map(|action| v1::ExchangeAction {
            action: Some(action),
        })
        .to_vec()
}

const EXCHANGE: [(&str, &str); 17] = [
    ("DRAFT", "PROPOSED"),
    ("DRAFT", "CANCELLED"),
    ("PROPOSED", "ACCEPTED"),
    ("PROPOSED", "DECLINED"),
    ("PROPOSED", "CANCELLED"),
    ("ACCEPTED", "APPROVED"),
    ("ACCEPTED", "RETURNED"),
    ("ACCEPTED", "CANCELLED"),
    ("DECLINED", "PROPOSED"),
    ("DECLINED", "CANCELLED"),
    ("RETURNED", "PROPOSED"),
    ("RETURNED", "CANCELLED"),
    ("APPROVED", "ACTIVE"),
    ("APPROVED", "WITHDRAWN"),
    ("ACTIVE", "ACTIVE"),
    ("ACTIVE", "COMPLETED"),
    ("ACTIVE", "WITHDRAWN"),
];

proptest! {
    #[test]
    fn a_session_takes_only_the_steps_of_the_charter(steps in steps(session_actions())) {
        let taken = walk::<SessionRules>(&steps, session(), |state| state.status().as_str_name());
        known(&taken, "SESSION_STATUS_", &SESSION);
    }

    #[test]
    fn a_menu_takes_only_the_steps_of_the_charter(steps in steps(menu_actions())) {
        let taken = walk::<MenuRules>(&steps, menu(), |state| state.status().as_str_name());
        known(&taken, "MENU_STATUS_", &MENU);
    }

    #[test]
    fn an_exchange_takes_only_the_steps_of_the_charter(steps in steps(exchange_actions())) {
        let taken = walk::<ExchangeRules>(&steps, exchange(), |state| state.status().as_str_name());
        known(&taken, "EXCHANGE_STATUS_", &EXCHANGE);
    }
}

/// The most states kept of one status: enough for what a state remembers of its course.
const KEPT: usize = 8;

/// Every step out of every state that can be reached.
fn reached<R: Rules>(
    actions: &[R::Action],
    content: &R::Content,
    status: fn(&R::State) -> &'static str,
) -> BTreeSet<(&'static str, &'static str)>
where
    R::Content: Clone,
    R::State: Clone,
{
    let times = [
        "2026-05-08T07:00:00Z",
        "2026-05-12T07:00:00Z",
        "2026-05-16T07:00:00Z",
    ];
    let times = times.map(|time| time.parse::<Timestamp>().unwrap());
    let askers = [campus(1), campus(2), Place::Office];
    let mut waiting = vec![(R::new_state().unwrap(), content.clone())];
    let (mut taken, mut kept) = (BTreeSet::new(), Vec::new());
    while let Some((state, content)) = waiting.pop() {
        let at = status(&state);
        kept.push(at);
        for (action, asker, now) in asked(actions, &askers, &times) {
            let case = Case { now, ..case(asker) };
            let Some((next, content)) = moved::<R>(action, &content, &state, &case) else {
                continue;
            };
            taken.insert((at, status(&next)));
            let alike = kept.iter().filter(|kept| **kept == status(&next)).count();
            if alike
                + waiting
                    .iter()
                    .filter(|(waiting, _)| status(waiting) == status(&next))
                    .count()
                < KEPT
            {
                waiting.push((next, content));
            }
        }
    }
    taken
}

fn asked<'a, A>(
    actions: &'a [A],
    askers: &'a [Place],
    times: &'a [Timestamp],
) -> impl Iterator<Item = (&'a A, Place, Timestamp)> {
    actions.iter().flat_map(move |action| {
        let asker = askers.iter();
        asker.flat_map(move |asker| times.iter().map(move |now| (action, *asker, *now)))
    })
}

/// The control: every step of the tables is taken by somebody, and none of them is idle.
#[test]
fn every_step_of_the_charter_is_taken_by_somebody() {
    fn all(taken: &BTreeSet<(&'static str, &'static str)>, prefix: &str, table: &[(&str, &str)]) {
        let bare = |status: &&'static str| status.trim_start_matches(prefix).to_owned();
        let taken = taken.iter().map(|(from, to)| (bare(from), bare(to)));
        let table = table
            .iter()
            .map(|(from, to)| ((*from).to_owned(), (*to).to_owned()));
        assert_eq!(taken.collect::<BTreeSet<_>>(), table.collect());
    }
    let sessions = reached::<SessionRules>(&session_actions(), &session(), |state| {
        state.status().as_str_name()
    });
    all(&sessions, "SESSION_STATUS_", &SESSION);
    let menus = reached::<MenuRules>(&menu_actions(), &menu(), |state| {
        state.status().as_str_name()
    });
    all(&menus, "MENU_STATUS_", &MENU);
    let exchanges = reached::<ExchangeRules>(&exchange_actions(), &exchange(), |state| {
        state.status().as_str_name()
    });
    all(&exchanges, "EXCHANGE_STATUS_", &EXCHANGE);
}
