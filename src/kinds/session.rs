//! Sessions (教研活动): planned → announced → held.

use super::found::{Found, only, person_reference, state_forbids, unit_reference};
use super::{Case, Moved, Owner, Reference, Refusal, Rules};
use crate::model::date::{self, Span};
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Place, Who};
use crate::wire::convert::timestamp;
use crate::wire::v1;
use jiff::civil::Date;
use v1::SessionStatus as Status;
use v1::session_action::Action;

/// The rules of sessions.
pub struct SessionRules;

impl Rules for SessionRules {
    const NAME: &'static str = "session";
    const OWNER: Owner = Owner::Campus;
    type Content = v1::Session;
    type State = v1::SessionState;
    type Action = v1::SessionAction;

    fn check(session: &v1::Session, _: &Case<'_>, found: &mut Found) {
        found.required("form", session.form != 0);
        found.line("title", &session.title, 200);
        found.lines("subjects", &session.subjects, 40);
        found.lines("grades", &session.grades, 40);
        found.optional_line("lesson", &session.lesson, 200);
        found.optional_line("textbook", &session.textbook, 200);
        found.text("audience_note", &session.audience_note, 1_000);
        found.lines("co_hosts", &session.co_hosts, 60);
        check_days(&session.days, found);
        check_people(session, found);
        if session.invites_all && !session.invited_campus_ids.is_empty() {
            found.add_with(
                Code::NotWithOther,
                "invited_campus_ids",
                "other",
                "invites_all",
            );
        }
        for (i, row) in session.agenda.iter().enumerate() {
            found.clock_times(&format!("agenda[{i}]"), &row.start, &row.end);
            found.line(&format!("agenda[{i}].item"), &row.item, 200);
        }
        for (i, product) in session.products.iter().enumerate() {
            found.line(&format!("products[{i}].name"), &product.name, 200);
        }
    }

    fn references(session: &v1::Session) -> Vec<Reference> {
        let invited = session.invited_campus_ids.iter().enumerate();
        let invited =
            invited.map(|(i, id)| Reference::new(format!("invited_campus_ids[{i}]"), id, "campus"));
        let place = session.place.as_ref().and_then(|place| place.unit.as_ref());
        let people = people(session);
        let people = people
            .iter()
            .filter_map(|(path, person)| person_reference(path, *person));
        invited
            .chain(unit_reference("place.unit", place))
            .chain(people)
            .collect()
    }

    fn new_state() -> Option<v1::SessionState> {
        Some(v1::SessionState {
            status: Status::Planned.into(),
            ..Default::default()
        })
    }

    fn may_delete(state: &v1::SessionState) -> Result<(), Refusal> {
        match state.status() {
            Status::Planned => Ok(()),
            status => Err(state_forbids("delete", status.as_str_name(), "put")),
        }
    }

    fn binds() -> &'static [&'static str] {
        &["days", "place", "mode", "invites_all", "invited_campus_ids"]
    }

    fn act(
        action: &v1::SessionAction,
        session: &v1::Session,
        state: &v1::SessionState,
        case: &Case<'_>,
    ) -> Result<Moved<v1::SessionState>, Refusal> {
        match &action.action {
            Some(Action::Announce(_)) => announce(state, case),
            Some(Action::Hold(_)) => hold(session, state, case),
            Some(Action::ReportAttendance(report)) => attend(*report, session, state, case),
            None => Err(Finding::new(Code::WishMissing, "act.action.session")),
        }
    }

    fn audience(_: Place, _: &v1::Session, _: &v1::SessionState) -> Vec<Who> {
        vec![Who::Group]
    }

    fn span(session: &v1::Session, _: &v1::SessionState) -> Option<Span> {
        Some(Span {
            first: days(session).min()?,
            last: days(session).max()?,
        })
    }
}

fn days(session: &v1::Session) -> impl Iterator<Item = Date> {
    session.days.iter().filter_map(|day| date::day(&day.date))
}

fn check_days(days: &[v1::SessionDay], found: &mut Found) {
    found.required("days", !days.is_empty());
    for (i, day) in days.iter().enumerate() {
        let path = format!("days[{i}]");
        found.clock_times(&path, &day.start, &day.end);
        let stated = day.stated_weekday;
        found.range(&format!("{path}.stated_weekday"), stated, 0, 7);
        let Some(date) = found.day(&format!("{path}.date"), &day.date) else {
            continue;
        };
        let actual = i32::from(date.weekday().to_monday_one_offset());
        if (1..=7).contains(&stated) && stated != actual {
            let finding = found.add(Code::WeekdayMismatch, &path);
            *finding = finding
                .clone()
                .with("date", date)
                .with("actual", actual)
                .with("stated", stated);
        }
    }
}

fn check_people(session: &v1::Session, found: &mut Found) {
    for (path, person) in people(session) {
        found.person(&path, person);
    }
    if session.lead.is_none() {
        found.add(Code::LeadMissing, "lead");
    }
}

fn people(session: &v1::Session) -> Vec<(String, Option<&v1::PersonRef>)> {
    let minutes = session.minutes.as_ref();
    let mut people = vec![
        ("lead".to_owned(), session.lead.as_ref()),
        ("chair".to_owned(), session.chair.as_ref()),
        (
            "minutes.follow_up_owner".to_owned(),
            minutes.and_then(|m| m.follow_up_owner.as_ref()),
        ),
    ];
    let speakers = session.speakers.iter().enumerate();
    people.extend(speakers.map(|(i, person)| (format!("speakers[{i}]"), Some(person))));
    let agenda = session.agenda.iter().enumerate();
    people.extend(agenda.map(|(i, row)| (format!("agenda[{i}].by"), row.by.as_ref())));
    people
}

const HOST: &str = "承办学校 (the host campus)";

fn host_only(case: &Case<'_>) -> Result<(), Refusal> {
    if case.asker == case.owner {
        Ok(())
    } else {
        Err(only(HOST))
    }
}

fn announce(state: &v1::SessionState, case: &Case<'_>) -> Result<Moved<v1::SessionState>, Refusal> {
    host_only(case)?;
    match state.status() {
        Status::Planned => Ok(Moved::To(v1::SessionState {
            status: Status::Announced.into(),
            announce_time: Some(timestamp(case.now)),
            ..state.clone()
        })),
        _ => Ok(Moved::Nowhere),
    }
}

fn hold(
    session: &v1::Session,
    state: &v1::SessionState,
    case: &Case<'_>,
) -> Result<Moved<v1::SessionState>, Refusal> {
    host_only(case)?;
    match state.status() {
        Status::Held => return Ok(Moved::Nowhere),
        Status::Announced => {}
        status => {
            return Err(state_forbids(
                "act.action",
                status.as_str_name(),
                "announce",
            ));
        }
    }
    if let Some(first) = days(session).min()
        && first > case.today()
    {
        return Err(Finding::new(Code::DayNotCome, "act.action").with("date", first));
    }
    Ok(Moved::To(v1::SessionState {
        status: Status::Held.into(),
        hold_time: Some(timestamp(case.now)),
        ..state.clone()
    }))
}

fn attend(
    report: v1::ReportAttendance,
    session: &v1::Session,
    state: &v1::SessionState,
    case: &Case<'_>,
) -> Result<Moved<v1::SessionState>, Refusal> {
    let campus_id = case.asker.to_text();
    let takes_part = case.asker == case.owner
        || session.invites_all
        || session.invited_campus_ids.contains(&campus_id);
    if !takes_part || case.asker == Place::Office {
        return Err(only("受邀学校 (an invited campus)"));
    }
    for (field, number) in [("expected", report.expected), ("attended", report.attended)] {
        let mut found = Found::under("act.action.session.report_attendance".into());
        found.range(field, number, 0, 100_000);
        if let Some(finding) = found.findings.pop() {
            return Err(finding);
        }
    }
    if state.status() != Status::Held {
        return Err(state_forbids(
            "act.action",
            state.status().as_str_name(),
            "announce, hold",
        ));
    }
    let row = v1::Attendance {
        campus_id,
        expected: report.expected,
        attended: report.attended,
    };
    if state.attendance.contains(&row) {
        return Ok(Moved::Nowhere);
    }
    let mut state = state.clone();
    state
        .attendance
        .retain(|other| other.campus_id != row.campus_id);
    state.attendance.push(row);
    Ok(Moved::To(state))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::{Neighbour, Neighbours};
    use crate::model::ids::Key;
    use crate::model::ids::RecordId;
    use uuid::Uuid;

    struct Nobody;
    impl Neighbours for Nobody {
        fn record(&self, _: RecordId) -> Option<Neighbour> {
            None
        }
        fn keyed(&self, _: &Key) -> Option<Neighbour> {
            None
        }
    }

    fn campus(n: u128) -> Place {
        Place::Campus(RecordId(Uuid::from_u128(n)))
    }

    fn case(asker: Place) -> Case<'static> {
        // 07:00 UTC is 15:00 in Shanghai, the group's default zone.
        let now = "2026-05-12T07:00:00Z".parse().unwrap();
        Case {
            asker,
            owner: campus(1),
            now,
            neighbours: &Nobody,
        }
    }

    fn session(date: &str) -> v1::Session {
        v1::Session {
            form: v1::SessionForm::JointPrep.into(),
            title: "信息科技 七年级".into(),
            days: vec![v1::SessionDay {
                date: date.into(),
                ..Default::default()
            }],
            lead: Some(v1::PersonRef {
                display_name: "张老师".into(),
                ..Default::default()
            }),
            invited_campus_ids: vec![campus(2).to_text()],
            ..Default::default()
        }
    }

    fn codes(session: &v1::Session) -> Vec<(Code, String)> {
        let mut found = Found::under("s".into());
        SessionRules::check(session, &case(campus(1)), &mut found);
        found
            .findings
            .into_iter()
            .map(|finding| (finding.code, finding.path))
            .collect()
    }

    #[test]
    fn a_plain_session_is_clean_even_on_a_saturday() {
        assert_eq!(codes(&session("2026-05-09")), []);
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn each_fault_names_its_field() {
        let day = |date: &str, start: &str, end: &str, stated_weekday| v1::SessionDay {
            date: date.into(),
            start: start.into(),
            end: end.into(),
            stated_weekday,
            ..Default::default()
        };
        let base = session("2026-05-12");
        for (session, code, path) in [
            (
                v1::Session {
                    form: 0,
                    ..base.clone()
                },
                Code::Required,
                "s.form",
            ),
            (
                v1::Session {
                    title: " ".into(),
                    ..base.clone()
                },
                Code::Required,
                "s.title",
            ),
            (
                v1::Session {
                    title: "备".repeat(201),
                    ..base.clone()
                },
                Code::TextTooLong,
                "s.title",
            ),
            (
                v1::Session {
                    title: "a\nb".into(),
                    ..base.clone()
                },
                Code::TextNotOneLine,
                "s.title",
            ),
            (
                v1::Session {
                    days: vec![],
                    ..base.clone()
                },
                Code::Required,
                "s.days",
            ),
            (
                v1::Session {
                    days: vec![day("2026-02-30", "", "", 0)],
                    ..base.clone()
                },
                Code::DateInvalid,
                "s.days[0].date",
            ),
            (
                v1::Session {
                    days: vec![day("2026-05-12", "16:30", "14:00", 0)],
                    ..base.clone()
                },
                Code::EndBeforeStart,
                "s.days[0].end",
            ),
            (
                v1::Session {
                    days: vec![day("2026-05-12", "", "", 3)],
                    ..base.clone()
                },
                Code::WeekdayMismatch,
                "s.days[0]",
            ),
            (
                v1::Session {
                    lead: None,
                    ..base.clone()
                },
                Code::LeadMissing,
                "s.lead",
            ),
            (
                v1::Session {
                    invites_all: true,
                    ..base.clone()
                },
                Code::NotWithOther,
                "s.invited_campus_ids",
            ),
        ] {
            assert_eq!(codes(&session), [(code, path.to_owned())]);
        }
    }

    fn act(
        action: Action,
        asker: Place,
        state: &v1::SessionState,
        date: &str,
    ) -> Result<Moved<v1::SessionState>, Code> {
        let action = v1::SessionAction {
            action: Some(action),
        };
        SessionRules::act(&action, &session(date), state, &case(asker))
            .map_err(|finding| finding.code)
    }

    #[test]
    fn a_session_is_announced_held_and_attended_by_those_who_may() {
        let announce = Action::Announce(v1::AnnounceSession {});
        let hold = Action::Hold(v1::HoldSession {});
        let report = |attended| {
            Action::ReportAttendance(v1::ReportAttendance {
                expected: 5,
                attended,
            })
        };
        let planned = SessionRules::new_state().unwrap();

        assert_eq!(
            act(announce, campus(2), &planned, "2026-05-12"),
            Err(Code::NotAllowed)
        );
        assert_eq!(
            act(hold, campus(1), &planned, "2026-05-12"),
            Err(Code::StateForbids)
        );
        let Ok(Moved::To(announced)) = act(announce, campus(1), &planned, "2026-05-12") else {
            panic!()
        };
        assert_eq!(
            act(announce, campus(1), &announced, "2026-05-12"),
            Ok(Moved::Nowhere)
        );
        assert_eq!(
            act(report(4), campus(2), &announced, "2026-05-12"),
            Err(Code::StateForbids)
        );
        assert_eq!(
            act(hold, campus(1), &announced, "2026-05-13"),
            Err(Code::DayNotCome)
        );
        let Ok(Moved::To(over)) = act(hold, campus(1), &announced, "2026-05-12") else {
            panic!()
        };
        assert_eq!(
            act(report(4), campus(3), &over, "2026-05-12"),
            Err(Code::NotAllowed)
        );
        assert_eq!(
            act(report(4), Place::Office, &over, "2026-05-12"),
            Err(Code::NotAllowed)
        );
        assert_eq!(
            act(report(-1), campus(2), &over, "2026-05-12"),
            Err(Code::OutOfRange)
        );
        let Ok(Moved::To(attended)) = act(report(4), campus(2), &over, "2026-05-12") else {
            panic!()
        };
        assert_eq!(
            act(report(4), campus(2), &attended, "2026-05-12"),
            Ok(Moved::Nowhere)
        );
        let Ok(Moved::To(corrected)) = act(report(3), campus(2), &attended, "2026-05-12") else {
            panic!()
        };
        assert_eq!(corrected.attendance.len(), 1);
        assert_eq!(corrected.attendance[0].attended, 3);
    }
}
