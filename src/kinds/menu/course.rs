//! How a menu moves.

use super::{MenuRules, Status};
use crate::kinds::found::{Found, room};
use crate::kinds::registers::policy;
use crate::kinds::steps::{Course, Step, Turn, go};
use crate::kinds::{Case, Move, Moved, Refusal};
use crate::model::date;
use crate::model::finding::{Code, Finding};
use crate::wire::convert::timestamp;
use crate::wire::v1;
use jiff::ToSpan as _;
use jiff::civil::Date;

use Status::{Amended, Closed, Draft, Published, Withdrawn};

pub const COURSE: Course<Status> = Course {
    name: Status::as_str_name,
    steps: &[
        Step {
            verb: "publish",
            from: &[Draft, Withdrawn],
            done: &[Published, Amended, Closed],
        },
        Step {
            verb: "withdraw",
            from: &[Published, Amended],
            done: &[Withdrawn],
        },
        Step {
            verb: "amend",
            from: &[Published, Amended],
            done: &[],
        },
        Step {
            verb: "close",
            from: &[Published, Amended],
            done: &[Closed],
        },
        Step {
            verb: "reopen",
            from: &[Closed],
            done: &[Published, Amended],
        },
        Step {
            verb: "excuse",
            from: &[Published, Amended, Closed],
            done: &[],
        },
        Step {
            verb: "put",
            from: &[Draft, Withdrawn],
            done: &[],
        },
        Step {
            verb: "delete",
            from: &[Draft],
            done: &[],
        },
    ],
};

pub fn publish(state: &v1::MenuState, case: &Case<'_>) -> Move<MenuRules> {
    case.only_owner()?;
    go(COURSE.act("publish", state.status())?, state, |next| {
        next.status = Published.into();
        next.publish_time = Some(timestamp(case.now));
    })
}

pub fn withdraw(menu: &v1::Menu, state: &v1::MenuState, case: &Case<'_>) -> Move<MenuRules> {
    case.only_owner()?;
    let turn = COURSE.act("withdraw", state.status())?;
    if turn == Turn::Go
        && let Some(first) = service_days(menu).next()
        && first <= case.today()
    {
        return Err(Finding::new(Code::AlreadyServed, "act.action").with("date", first));
    }
    go(turn, state, |next| {
        *next = v1::MenuState {
            status: Withdrawn.into(),
            ..Default::default()
        };
    })
}

/// Says that it was served, some days after the last service date.
pub fn close(menu: &v1::Menu, state: &v1::MenuState, case: &Case<'_>) -> Move<MenuRules> {
    case.only_owner()?;
    let turn = COURSE.act("close", state.status())?;
    let days = i64::from(policy::menu_close_days(case.policy().as_ref())) + 1;
    let from = service_days(menu)
        .last()
        .map(|last| last.saturating_add(days.days()));
    if let Some(from) = from.filter(|from| turn == Turn::Go && case.today() < *from) {
        return Err(Finding::new(Code::NotYetOver, "act.action").with("date", from));
    }
    go(turn, state, |next| next.status = Closed.into())
}

pub fn reopen(state: &v1::MenuState, case: &Case<'_>) -> Move<MenuRules> {
    case.only_office()?;
    go(COURSE.act("reopen", state.status())?, state, |next| {
        let as_announced = next.amendments.is_empty();
        next.status = if as_announced { Published } else { Amended }.into();
    })
}

/// The office excuses that it came late.
pub fn excuse(reason: v1::ExcuseReason, state: &v1::MenuState, case: &Case<'_>) -> Move<MenuRules> {
    case.only_office()?;
    let turn = COURSE.act("excuse", state.status())?;
    if reason == v1::ExcuseReason::Unspecified {
        return Err(Finding::new(
            Code::Required,
            "act.action.menu.excuse.reason",
        ));
    }
    let before = state.excuse.as_ref().map(v1::Excuse::reason);
    if before == Some(reason) {
        return Ok(Moved::Nowhere);
    }
    go(turn, state, |next| {
        next.excuse = Some(v1::Excuse {
            time: Some(timestamp(case.now)),
            reason: reason.into(),
        });
    })
}

/// The office takes its excuse back.
pub fn revoke_excuse(state: &v1::MenuState, case: &Case<'_>) -> Move<MenuRules> {
    case.only_office()?;
    if state.excuse.is_none() {
        return Ok(Moved::Nowhere);
    }
    go(Turn::Go, state, |next| next.excuse = None)
}

fn service_days(menu: &v1::Menu) -> impl Iterator<Item = Date> {
    menu.service_dates.iter().filter_map(|day| date::day(day))
}

/// Changes what was announced, and writes down what it was.
pub fn amend(
    wanted: &v1::AmendMenu,
    menu: &v1::Menu,
    state: &v1::MenuState,
    case: &Case<'_>,
) -> Move<MenuRules> {
    case.only_owner()?;
    COURSE.act("amend", state.status())?;
    check(wanted)?;
    let changed = changed(wanted, menu);
    if changed == *menu {
        return Ok(Moved::Nowhere);
    }
    room("state.menu.amendments", state.amendments.len())?;
    let mut state = state.clone();
    state.status = Amended.into();
    state.amendments.push(amendment(wanted, menu, case));
    Ok(Moved::Rewritten(state, changed))
}

fn check(wanted: &v1::AmendMenu) -> Result<(), Refusal> {
    let mut found = Found::under("act.action.menu.amend".into());
    found.required("reason", wanted.reason != 0);
    for (i, row) in wanted.meals.iter().enumerate() {
        found.day(&format!("meals[{i}].date"), &row.date);
    }
    if wanted.meals.is_empty() && wanted.no_service_days.is_empty() {
        found.add(Code::AmendmentEmpty, "meals");
    }
    found.first_refusal().map_or(Ok(()), Err)
}

/// The menu as it is to be.
fn changed(wanted: &v1::AmendMenu, menu: &v1::Menu) -> v1::Menu {
    let mut menu = menu.clone();
    for row in &wanted.meals {
        let same = |other: &&mut v1::DayMeal| other.date == row.date && other.meal == row.meal;
        match menu.meals.iter_mut().find(same) {
            Some(other) => *other = row.clone(),
            None => menu.meals.push(row.clone()),
        }
        // A day with a meal is served.
        menu.no_service_days.retain(|day| day.date != row.date);
        menu.service_dates.push(row.date.clone());
    }
    for day in &wanted.no_service_days {
        match menu
            .no_service_days
            .iter_mut()
            .find(|other| other.date == day.date)
        {
            Some(other) => *other = day.clone(),
            None => menu.no_service_days.push(day.clone()),
        }
    }
    menu.service_dates.sort_unstable();
    menu.service_dates.dedup();
    menu
}

fn amendment(wanted: &v1::AmendMenu, menu: &v1::Menu, case: &Case<'_>) -> v1::Amendment {
    let names = |row: &v1::DayMeal| row.dishes.iter().map(|dish| dish.name.clone()).collect();
    let meal = |row: &v1::DayMeal| {
        let mut before = menu.meals.iter();
        let before = before.find(|other| other.date == row.date && other.meal == row.meal);
        v1::AmendedMeal {
            date: row.date.clone(),
            meal: row.meal,
            before: before.map(names).unwrap_or_default(),
            after: names(row),
        }
    };
    let no_service = wanted.no_service_days.iter().map(|day| day.date.clone());
    let today = case.today().to_string();
    let dates = wanted.meals.iter().map(|row| row.date.clone());
    v1::Amendment {
        time: Some(timestamp(case.now)),
        reason: wanted.reason,
        same_day: dates.chain(no_service.clone()).any(|date| date == today),
        meals: wanted.meals.iter().map(meal).collect(),
        no_service_dates: no_service.collect(),
    }
}
