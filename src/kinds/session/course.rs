//! How a session moves.

use super::{SessionRules, Status, check_days, first_day};
use crate::kinds::found::{Found, only, room};
use crate::kinds::registers::campus::{CampusRules, membership};
use crate::kinds::steps::{Course, Step, Turn, go};
use crate::kinds::{Case, Move, Moved, Refusal};
use crate::model::finding::{Code, Finding};
use crate::model::ids::Place;
use crate::wire::convert::timestamp;
use crate::wire::v1;
use std::collections::BTreeSet;

use Status::{Announced, Cancelled, Held, Planned, Postponed, Recorded};

pub const COURSE: Course<Status> = Course {
    name: Status::as_str_name,
    steps: &[
        Step {
            verb: "announce",
            from: &[Planned, Postponed],
            done: &[Announced, Held, Recorded],
        },
        Step {
            verb: "hold",
            from: &[Announced],
            done: &[Held, Recorded],
        },
        Step {
            verb: "report_attendance",
            from: &[Held],
            done: &[],
        },
        Step {
            verb: "record",
            from: &[Held],
            done: &[Recorded],
        },
        Step {
            verb: "reopen",
            from: &[Recorded],
            done: &[Held],
        },
        Step {
            verb: "postpone",
            from: &[Planned, Announced, Postponed],
            done: &[],
        },
        Step {
            verb: "cancel",
            from: &[Planned, Announced, Postponed],
            done: &[Cancelled],
        },
        Step {
            verb: "put",
            from: &[Planned, Announced, Postponed, Held],
            done: &[],
        },
        Step {
            verb: "delete",
            from: &[Planned],
            done: &[],
        },
    ],
};

pub fn announce(state: &v1::SessionState, case: &Case<'_>) -> Move<SessionRules> {
    case.only_owner()?;
    go(COURSE.act("announce", state.status())?, state, |next| {
        next.status = Announced.into();
        next.announce_time = Some(timestamp(case.now));
    })
}

pub fn hold(
    session: &v1::Session,
    state: &v1::SessionState,
    case: &Case<'_>,
) -> Move<SessionRules> {
    case.only_owner()?;
    let turn = COURSE.act("hold", state.status())?;
    if turn == Turn::Go
        && let Some(first) = first_day(session)
        && first > case.today()
    {
        return Err(Finding::new(Code::DayNotCome, "act.action").with("date", first));
    }
    go(turn, state, |next| {
        next.status = Held.into();
        next.hold_time = Some(timestamp(case.now));
    })
}

/// Puts it off: to new days, or until they are known.
pub fn postpone(
    to: &v1::PostponeSession,
    session: &v1::Session,
    state: &v1::SessionState,
    case: &Case<'_>,
) -> Move<SessionRules> {
    case.only_owner()?;
    COURSE.act("postpone", state.status())?;
    let waits = to.days.is_empty();
    // To the very same days is no other time, unless it was put off until they were known.
    let same = if waits { &[][..] } else { &session.days };
    if to.days == same && waits == (state.status() == Postponed) {
        return Ok(Moved::Nowhere);
    }
    let mut found = Found::under("act.action.session.postpone".into());
    if !waits {
        check_days(&to.days, &mut found);
    }
    if let Some(refusal) = found.first_refusal() {
        return Err(refusal);
    }
    room("state.session.postponements", state.postponements.len())?;
    let mut state = state.clone();
    state.postponements.push(v1::Postponement {
        time: Some(timestamp(case.now)),
        old_dates: session.days.iter().map(|day| day.date.clone()).collect(),
    });
    if waits {
        state.status = Postponed.into();
        return Ok(Moved::To(state));
    }
    state.status = Announced.into();
    state.announce_time = Some(timestamp(case.now));
    let days = to.days.clone();
    Ok(Moved::Rewritten(
        state,
        v1::Session {
            days,
            ..session.clone()
        },
    ))
}

/// Calls it off: the host, or the office when the whole group is invited.
pub fn call_off(
    reason: v1::SessionCancelReason,
    session: &v1::Session,
    state: &v1::SessionState,
    case: &Case<'_>,
) -> Move<SessionRules> {
    let office = case.asker == Place::Office && session.invites_all;
    if case.asker != case.owner && !office {
        return Err(only(
            "承办学校，全集团活动也可由集团办 (the host campus; the office too, when the whole group is invited)",
        ));
    }
    if reason == v1::SessionCancelReason::Unspecified {
        return Err(Finding::new(
            Code::Required,
            "act.action.session.cancel.reason",
        ));
    }
    go(COURSE.act("cancel", state.status())?, state, |next| {
        next.status = Cancelled.into();
        next.cancel_reason = reason.into();
    })
}

pub fn attend(
    report: v1::ReportAttendance,
    session: &v1::Session,
    state: &v1::SessionState,
    case: &Case<'_>,
) -> Move<SessionRules> {
    let campus_id = case.asker.to_text();
    let takes_part = case.asker == case.owner
        || session.invites_all
        || session.invited_campus_ids.contains(&campus_id);
    if !takes_part || case.asker == Place::Office {
        return Err(only("受邀学校 (an invited campus)"));
    }
    let mut found = Found::under("act.action.session.report_attendance".into());
    for (field, number) in [("expected", report.expected), ("attended", report.attended)] {
        found.range(field, number, 0, 100_000);
    }
    if let Some(refusal) = found.first_refusal() {
        return Err(refusal);
    }
    COURSE.act("report_attendance", state.status())?;
    let row = v1::Attendance {
        campus_id,
        expected: report.expected,
        attended: report.attended,
    };
    if state.attendance.contains(&row) {
        return Ok(Moved::Nowhere);
    }
    let mut state = state.clone();
    let others = |other: &v1::Attendance| other.campus_id != row.campus_id;
    state.attendance.retain(others);
    state.attendance.push(row);
    if report.attended <= report.expected {
        return Ok(Moved::To(state));
    }
    let finding = Finding::new(
        Code::MoreThanExpected,
        "act.action.session.report_attendance.attended",
    );
    let finding = finding
        .with("attended", report.attended)
        .with("expected", report.expected);
    Ok(Moved::Doubted(state, finding))
}

/// Closes the books, when everybody who was invited has reported or is waived.
pub fn close(
    waived: &[String],
    session: &v1::Session,
    state: &v1::SessionState,
    case: &Case<'_>,
) -> Move<SessionRules> {
    case.only_owner()?;
    let turn = COURSE.act("record", state.status())?;
    if turn == Turn::Go {
        settled(waived, session, state, case)?;
    }
    let moved = go(turn, state, |next| {
        next.status = Recorded.into();
        next.waived_campus_ids = waived.to_vec();
    })?;
    Ok(match (moved, claim_differs(waived, session, state)) {
        (Moved::To(next), Some(finding)) => Moved::Doubted(next, finding),
        (moved, _) => moved,
    })
}

/// What the source claims of the people who came is held against what the campuses reported: 600余人 is a floor, and
/// so is a sum from which somebody is waived.
fn claim_differs(
    waived: &[String],
    session: &v1::Session,
    state: &v1::SessionState,
) -> Option<Finding> {
    let claim = session.claimed_people.as_ref()?;
    let rows = state.attendance.iter().map(|row| row.attended);
    let attended = rows.fold(0, i32::saturating_add);
    let fewer = attended < claim.count && waived.is_empty();
    let more = attended > claim.count && !claim.at_least;
    let more_or_so = if claim.at_least { "+" } else { "" };
    let finding = Finding::new(Code::PeopleClaimDiffers, "act.action.session.record");
    let finding = finding.with("claimed", format!("{}{more_or_so}", claim.count));
    (fewer || more).then(|| finding.with("attended", attended))
}

/// Whether nobody's attendance is missing: each of those who take part reported or is waived, and nobody
/// else is.
fn settled(
    waived: &[String],
    session: &v1::Session,
    state: &v1::SessionState,
    case: &Case<'_>,
) -> Result<(), Refusal> {
    let all = taking_part(session, case);
    if let Some(i) = waived.iter().position(|id| !all.contains(id)) {
        let path = format!("act.action.session.record.waived_campus_ids[{i}]");
        return Err(Finding::new(Code::CampusNotInvited, path).with("id", &waived[i]));
    }
    let silent = all.into_iter().filter(|id| {
        let reported = state.attendance.iter().any(|row| row.campus_id == *id);
        !reported && !waived.contains(id)
    });
    // By name where it is known.
    let name = |id: String| {
        let neighbour = id.parse().ok().and_then(|id| case.neighbours.record(id));
        let campus = neighbour.and_then(|campus| campus.read::<CampusRules>());
        campus.map_or(id, |campus| campus.name)
    };
    let silent: Vec<String> = silent.map(name).collect();
    if silent.is_empty() {
        return Ok(());
    }
    let finding = Finding::new(Code::AttendanceMissing, "act.action.session.record");
    Err(finding.with("campuses", silent.join(", ")))
}

/// The host and the campuses invited.
fn taking_part(session: &v1::Session, case: &Case<'_>) -> BTreeSet<String> {
    let first = first_day(session);
    let campuses = case.all::<CampusRules>();
    let members = campuses.values().filter(|campus| {
        let then = |day| membership(&campus.content).contains(day);
        session.invites_all && first.is_none_or(then)
    });
    let members = members.map(|campus| campus.id.to_string());
    let invited = session.invited_campus_ids.iter().cloned();
    members
        .chain(invited)
        .chain([case.owner.to_text()])
        .collect()
}

pub fn reopen(state: &v1::SessionState, case: &Case<'_>) -> Move<SessionRules> {
    case.only_office()?;
    let turn = COURSE.act("reopen", state.status())?;
    go(turn, state, |next| next.status = Held.into())
}
