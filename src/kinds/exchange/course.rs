//! How a movement moves.

use super::{ExchangeRules, Status, extension, pair, share};
use crate::kinds::found::{Found, only, unit_campus};
use crate::kinds::steps::{Course, Step, Turn, go};
use crate::kinds::{Case, Move, Refusal};
use crate::model::date;
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Place, RecordId};
use crate::wire::convert::timestamp;
use crate::wire::v1;
use jiff::civil::Date;
use v1::exchange_action::Action;

use Status::{
    Accepted, Active, Approved, Cancelled, Completed, Declined, Draft, Proposed, Returned,
    Withdrawn,
};

pub const COURSE: Course<Status> = Course {
    name: Status::as_str_name,
    steps: &[
        Step {
            verb: "propose",
            from: &[Draft, Declined, Returned],
            done: &[Proposed, Accepted, Approved, Active, Completed],
        },
        Step {
            verb: "accept",
            from: &[Proposed],
            done: &[Accepted, Approved, Active, Completed],
        },
        Step {
            verb: "decline",
            from: &[Proposed],
            done: &[Declined],
        },
        Step {
            verb: "approve",
            from: &[Proposed, Accepted],
            done: &[Approved, Active, Completed],
        },
        Step {
            verb: "return",
            from: &[Proposed, Accepted],
            done: &[Returned],
        },
        Step {
            verb: "cancel",
            from: &[Draft, Proposed, Accepted, Declined, Returned],
            done: &[Cancelled],
        },
        Step {
            verb: "confirm_arrival",
            from: &[Approved],
            done: &[Active, Completed],
        },
        Step {
            verb: "complete",
            from: &[Active],
            done: &[Completed],
        },
        Step {
            verb: "withdraw",
            from: &[Approved, Active],
            done: &[Withdrawn],
        },
        Step {
            verb: "ask_extension",
            from: &[Active],
            done: &[],
        },
        Step {
            verb: "agree_extension",
            from: &[Active],
            done: &[],
        },
        Step {
            verb: "approve_extension",
            from: &[Active],
            done: &[],
        },
        Step {
            verb: "refuse_extension",
            from: &[Active],
            done: &[],
        },
        Step {
            verb: "put",
            from: &[Draft, Proposed, Accepted, Declined, Returned],
            done: &[],
        },
        Step {
            verb: "delete",
            from: &[Draft, Proposed, Accepted, Declined, Returned],
            done: &[],
        },
    ],
};

/// Carries out an action.
pub fn act(
    action: &Action,
    exchange: &v1::Exchange,
    state: &v1::ExchangeState,
    case: &Case<'_>,
) -> Move<ExchangeRules> {
    match action {
        Action::Propose(_) => propose(state, case),
        Action::Accept(_) => accept(exchange, state, case),
        Action::Decline(_) => decline(exchange, state, case),
        Action::Approve(_) => approve(exchange, state, case),
        Action::Return(_) => send_back(exchange, state, case),
        Action::Cancel(_) => cancel(state, case),
        Action::ConfirmArrival(arrival) => arrive(&arrival.date, exchange, state, case),
        Action::Complete(complete) => end(&complete.date, exchange, state, case),
        Action::Withdraw(wanted) => withdraw(wanted, state, case),
        Action::AskExtension(ask) => extension::ask(&ask.planned_end, exchange, state, case),
        Action::AgreeExtension(_) => extension::agree(exchange, state, case),
        Action::ApproveExtension(_) => extension::approve(exchange, state, case),
        Action::RefuseExtension(_) => extension::refuse(exchange, state, case),
    }
}

/// The campus that is host, if it is one of the group's.
pub fn host(exchange: &v1::Exchange) -> Option<Place> {
    unit_campus(exchange.host.as_ref()).map(Place::Campus)
}

/// From where the office approves: a host outside the group is not asked, and one that proposes for itself
/// has agreed.
pub fn ready(exchange: &v1::Exchange, home: Option<RecordId>) -> &'static [Status] {
    if host(exchange).is_none() || home.is_none() {
        &[Proposed, Accepted]
    } else {
        &[Accepted]
    }
}

/// The host; for one outside the group, `stands_in` if anybody may.
fn only_host(
    exchange: &v1::Exchange,
    stands_in: Option<Place>,
    case: &Case<'_>,
) -> Result<(), Refusal> {
    if host(exchange).or(stands_in) == Some(case.asker) {
        Ok(())
    } else {
        Err(only("交流单位 (the host campus)"))
    }
}

fn propose(state: &v1::ExchangeState, case: &Case<'_>) -> Move<ExchangeRules> {
    case.only_owner()?;
    go(COURSE.act("propose", state.status())?, state, |next| {
        next.status = Proposed.into();
        next.propose_time = Some(timestamp(case.now));
        // What the host said of an earlier proposal is not said of this one.
        next.accept_time = None;
    })
}

fn accept(
    exchange: &v1::Exchange,
    state: &v1::ExchangeState,
    case: &Case<'_>,
) -> Move<ExchangeRules> {
    only_host(exchange, None, case)?;
    go(COURSE.act("accept", state.status())?, state, |next| {
        next.status = Accepted.into();
        next.accept_time = Some(timestamp(case.now));
    })
}

fn decline(
    exchange: &v1::Exchange,
    state: &v1::ExchangeState,
    case: &Case<'_>,
) -> Move<ExchangeRules> {
    only_host(exchange, None, case)?;
    go(COURSE.act("decline", state.status())?, state, |next| {
        next.status = Declined.into();
    })
}

/// The office decides on what stands ready for it.
fn decidable(
    verb: &str,
    exchange: &v1::Exchange,
    state: &v1::ExchangeState,
    case: &Case<'_>,
) -> Result<Turn, Refusal> {
    case.only_office()?;
    let turn = COURSE.act(verb, state.status())?;
    let home = unit_campus(exchange.home.as_ref());
    if turn == Turn::Go && !ready(exchange, home).contains(&state.status()) {
        let status = state.status();
        // The host has not said anything yet.
        let finding = Finding::new(Code::StateForbids, "act.action");
        return Err(finding
            .with("state", status.as_str_name())
            .with("allowed", "accept, decline, cancel, put, delete"));
    }
    Ok(turn)
}

fn approve(
    exchange: &v1::Exchange,
    state: &v1::ExchangeState,
    case: &Case<'_>,
) -> Move<ExchangeRules> {
    if decidable("approve", exchange, state, case)? == Turn::Go {
        pair::approved_together(exchange, case)?;
        if let Some(refusal) = share::overlap("act.action", exchange, state, case)
            && refusal.refuses()
        {
            return Err(refusal);
        }
    }
    go(COURSE.act("approve", state.status())?, state, |next| {
        next.status = Approved.into();
        next.approve_time = Some(timestamp(case.now));
    })
}

fn send_back(
    exchange: &v1::Exchange,
    state: &v1::ExchangeState,
    case: &Case<'_>,
) -> Move<ExchangeRules> {
    decidable("return", exchange, state, case)?;
    go(COURSE.act("return", state.status())?, state, |next| {
        next.status = Returned.into();
    })
}

fn cancel(state: &v1::ExchangeState, case: &Case<'_>) -> Move<ExchangeRules> {
    case.only_owner()?;
    go(COURSE.act("cancel", state.status())?, state, |next| {
        next.status = Cancelled.into();
    })
}

/// A day that has come.
fn past_day(verb: &str, day: &str, case: &Case<'_>) -> Result<Date, Refusal> {
    let mut found = Found::under(format!("act.action.exchange.{verb}"));
    let date = found.day("date", day);
    if let Some(refusal) = found.first_refusal() {
        return Err(refusal);
    }
    match date {
        Some(date) if date <= case.today() => Ok(date),
        _ => Err(Finding::new(Code::DayNotCome, "act.action").with("date", day)),
    }
}

/// What was confirmed for one day is not confirmed for another.
fn same_day(verb: &str, day: &str, told: &str, state: &v1::ExchangeState) -> Result<(), Refusal> {
    if COURSE.act(verb, state.status())? == Turn::Done && day != told {
        return Err(COURSE.forbids("act.action", state.status()));
    }
    Ok(())
}

fn arrive(
    day: &str,
    exchange: &v1::Exchange,
    state: &v1::ExchangeState,
    case: &Case<'_>,
) -> Move<ExchangeRules> {
    only_host(exchange, Some(case.owner), case)?;
    past_day("confirm_arrival", day, case)?;
    same_day("confirm_arrival", day, &state.real_start, state)?;
    go(
        COURSE.act("confirm_arrival", state.status())?,
        state,
        |next| {
            next.status = Active.into();
            day.clone_into(&mut next.real_start);
        },
    )
}

/// The host says that the person has gone, not before the planned end.
fn end(
    day: &str,
    exchange: &v1::Exchange,
    state: &v1::ExchangeState,
    case: &Case<'_>,
) -> Move<ExchangeRules> {
    only_host(exchange, Some(case.owner), case)?;
    let date = past_day("complete", day, case)?;
    same_day("complete", day, &state.real_end, state)?;
    // An end planned by the month is reached in that month.
    let planned = date::day_or_month(&exchange.planned_end).map(|end| end.first);
    if let Some(from) = planned.max(date::day(&state.real_start))
        && date < from
    {
        return Err(Finding::new(Code::NotYetOver, "act.action").with("date", from));
    }
    go(COURSE.act("complete", state.status())?, state, |next| {
        next.status = Completed.into();
        day.clone_into(&mut next.real_end);
    })
}

fn withdraw(
    wanted: &v1::WithdrawExchange,
    state: &v1::ExchangeState,
    case: &Case<'_>,
) -> Move<ExchangeRules> {
    case.only_office()?;
    let date = past_day("withdraw", &wanted.date, case)?;
    if wanted.reason == 0 {
        let path = "act.action.exchange.withdraw.reason";
        return Err(Finding::new(Code::Required, path));
    }
    same_day("withdraw", &wanted.date, &state.real_end, state)?;
    if let Some(came) = date::day(&state.real_start)
        && date < came
    {
        let finding = Finding::new(Code::EndBeforeStart, "act.action.exchange.withdraw.date");
        return Err(finding.with("start", came).with("end", date));
    }
    go(COURSE.act("withdraw", state.status())?, state, |next| {
        next.status = Withdrawn.into();
        wanted.date.clone_into(&mut next.real_end);
        next.end_reason = wanted.reason;
    })
}
