//! How a session moves.

use super::{SessionRules, Status, check_days, days};
use crate::kinds::found::{Found, only, room};
use crate::kinds::registers::campus::{CampusRules, membership};
use crate::kinds::steps::{Course, Step, Turn};
use crate::kinds::{Case, Move, Moved, Refusal};
use crate::model::finding::{Code, Finding};
use crate::model::ids::Place;
use crate::wire::convert::timestamp;
use crate::wire::v1;
use std::collections::BTreeSet;

use Status::{Announced, Cancelled, Held, Planned, Postponed, Recorded};

pub const COURSE: Course<Status> = Course(&[
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
]);

const HOST: &str = "承办学校 (the host campus)";
const OFFICE: &str = "集团办 (the group office)";

/// Whether a verb asked at `path` may be done.
pub fn turn(verb: &str, path: &str, state: &v1::SessionState) -> Result<Turn, Refusal> {
    let status = state.status();
    COURSE.turn(verb, path, status, status.as_str_name())
}

/// Does what is still to be done.
fn go(
    verb: &str,
    state: &v1::SessionState,
    next: impl FnOnce(&mut v1::SessionState),
) -> Move<SessionRules> {
    match turn(verb, "act.action", state)? {
        Turn::Done => Ok(Moved::Nowhere),
        Turn::Go => {
            let mut state = state.clone();
            next(&mut state);
            Ok(Moved::To(state))
        }
    }
}

fn only_host(case: &Case<'_>) -> Result<(), Refusal> {
    if case.asker == case.owner {
        Ok(())
    } else {
        Err(only(HOST))
    }
}

pub fn announce(state: &v1::SessionState, case: &Case<'_>) -> Move<SessionRules> {
    only_host(case)?;
    go("announce", state, |next| {
        next.status = Announced.into();
        next.announce_time = Some(timestamp(case.now));
    })
}

pub fn hold(
    session: &v1::Session,
    state: &v1::SessionState,
    case: &Case<'_>,
) -> Move<SessionRules> {
    only_host(case)?;
    if turn("hold", "act.action", state)? == Turn::Go
        && let Some(first) = days(session).min()
        && first > case.today()
    {
        return Err(Finding::new(Code::DayNotCome, "act.action").with("date", first));
    }
    go("hold", state, |next| {
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
    only_host(case)?;
    turn("postpone", "act.action", state)?;
    let waits = to.days.is_empty();
    let again = if waits {
        state.status() == Postponed
    } else {
        !state.postponements.is_empty() && to.days == session.days && state.status() == Announced
    };
    if again {
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
    go("cancel", state, |next| {
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
    turn("report_attendance", "act.action", state)?;
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
    only_host(case)?;
    let silent = silent(waived, session, state, case);
    if turn("record", "act.action", state)? == Turn::Go && !silent.is_empty() {
        let finding = Finding::new(Code::AttendanceMissing, "act.action.session.record");
        return Err(finding.with("campuses", silent.join(", ")));
    }
    go("record", state, |next| {
        next.status = Recorded.into();
        next.waived_campus_ids = waived.to_vec();
    })
}

/// The host and the campuses invited that neither reported nor are waived, by name where it is known.
fn silent(
    waived: &[String],
    session: &v1::Session,
    state: &v1::SessionState,
    case: &Case<'_>,
) -> Vec<String> {
    let first = days(session).min();
    let campuses = case.all::<CampusRules>();
    let members = campuses.iter().filter(|(_, campus)| {
        session.invites_all && first.is_none_or(|day| membership(campus).contains(day))
    });
    let members = members.map(|(id, _)| id.to_string());
    let invited = session.invited_campus_ids.iter().cloned();
    let all: BTreeSet<String> = members
        .chain(invited)
        .chain([case.owner.to_text()])
        .collect();
    let reported = |id: &String| state.attendance.iter().any(|row| row.campus_id == *id);
    let silent = all
        .into_iter()
        .filter(|id| !reported(id) && !waived.contains(id));
    let name = |id: String| {
        let neighbour = id.parse().ok().and_then(|id| case.neighbours.record(id));
        let campus = neighbour.and_then(|campus| campus.read::<CampusRules>());
        campus.map_or(id, |campus| campus.name)
    };
    silent.map(name).collect()
}

pub fn reopen(state: &v1::SessionState, case: &Case<'_>) -> Move<SessionRules> {
    if case.asker != Place::Office {
        return Err(only(OFFICE));
    }
    go("reopen", state, |next| next.status = Held.into())
}
