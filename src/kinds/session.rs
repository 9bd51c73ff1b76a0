//! Sessions (教研活动): planned → announced → held → recorded; put off or called off before they are held.

mod beside;
mod course;
mod doubts;

use super::found::{Found, person_reference, unit_reference};
use super::registers::calendar::CalendarRules;
use super::registers::campus::CampusRules;
use super::registers::person::{PersonRules, proposes};
use super::registers::vocabulary::VocabularyRules;
use super::{Case, Move, Owner, Reference, Refusal, Rules};
use crate::model::date::{self, Span};
use crate::model::finding::{Code, Finding};
use crate::model::ids::{Place, Who};
use crate::wire::v1;
use course::{COURSE, announce, attend, call_off, close, hold, postpone, reopen};
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

    fn check(session: &v1::Session, case: &Case<'_>, found: &mut Found) {
        found.required("form", session.form != 0);
        found.line("title", &session.title, 200);
        found.lines("subjects", &session.subjects, 40);
        found.lines("grades", &session.grades, 40);
        check_claim(session, found);
        found.optional_line("lesson", &session.lesson, 200);
        found.optional_line("textbook", &session.textbook, 200);
        found.text("audience_note", &session.audience_note, 1_000);
        found.lines("co_hosts", &session.co_hosts, 60);
        check_days(&session.days, found);
        check_people(session, found);
        check_stated(session, found);
        doubts::check(session, case, found);
        beside::check(session, case, found);
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
            found.optional_line(&format!("products[{i}].link"), &product.link, 1_000);
            check_link(&format!("products[{i}].link"), &product.link, found);
            found.sha256(&format!("products[{i}].sha256"), &product.sha256);
            found.optional_line(&format!("products[{i}].version"), &product.version, 40);
        }
        if let Some(place) = &session.place {
            found.optional_line("place.room", &place.room, 60);
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

    fn may_put(state: &v1::SessionState, changed: &[String]) -> Result<(), Refusal> {
        COURSE.turn("put", "put", state.status())?;
        let fixed: &[&str] = match state.status() {
            // Who was told a day is told that it moves.
            Status::Announced => &["days"],
            // Who came, when and by whose invitation, is what was held.
            Status::Held => &["days", "invites_all", "invited_campus_ids"],
            _ => &[],
        };
        match changed.iter().find(|field| fixed.contains(&field.as_str())) {
            Some(field) => {
                let path = format!("put.content.session.{field}");
                Err(COURSE.forbids(&path, state.status()))
            }
            None => Ok(()),
        }
    }

    fn may_delete(state: &v1::SessionState) -> Result<(), Refusal> {
        COURSE.turn("delete", "delete", state.status()).map(|_| ())
    }

    fn binds() -> &'static [&'static str] {
        &["days", "place", "mode", "invites_all", "invited_campus_ids"]
    }

    fn act(
        action: &v1::SessionAction,
        session: &v1::Session,
        state: &v1::SessionState,
        case: &Case<'_>,
    ) -> Move<Self> {
        match &action.action {
            Some(Action::Announce(_)) => announce(state, case),
            Some(Action::Hold(_)) => hold(session, state, case),
            Some(Action::ReportAttendance(report)) => attend(*report, session, state, case),
            Some(Action::Postpone(to)) => postpone(to, session, state, case),
            Some(Action::Cancel(cancel)) => call_off(cancel.reason(), session, state, case),
            Some(Action::Record(record)) => close(&record.waived_campus_ids, session, state, case),
            Some(Action::Reopen(_)) => reopen(state, case),
            None => Err(Finding::new(Code::WishMissing, "act.action.session")),
        }
    }

    /// The calendar says which term it counts in, the vocabulary what its words are; a name without an id is
    /// looked for among the persons, and recording a session asks every campus of a group that was invited
    /// whole.
    fn surveys(session: &v1::Session) -> Vec<&'static str> {
        let people = people(session);
        let unknown = people.iter().any(|(_, person)| proposes(*person));
        let whole = session.invites_all.then_some(CampusRules::NAME);
        let persons = unknown.then_some(PersonRules::NAME);
        let always = [CalendarRules::NAME, VocabularyRules::NAME];
        always.into_iter().chain(whole).chain(persons).collect()
    }

    fn near(session: &v1::Session) -> Option<Span> {
        span(&session.days)
    }

    fn moves_to(action: &v1::SessionAction) -> Option<Span> {
        match &action.action {
            Some(Action::Postpone(to)) => span(&to.days),
            _ => None,
        }
    }

    /// A member school reads the sessions it is invited to and those that are shared with everybody.
    fn audience(owner: Place, session: &v1::Session, _: &v1::SessionState) -> Vec<Who> {
        if session.invites_all || session.shared {
            return vec![Who::Group];
        }
        let invited = session.invited_campus_ids.iter();
        let invited = invited.filter_map(|id| id.parse().ok().map(Who::Campus));
        invited
            .chain([owner.into(), Who::Core, Who::Office])
            .collect()
    }

    fn span(session: &v1::Session, _: &v1::SessionState) -> Option<Span> {
        span(&session.days)
    }
}

/// From the first day to the last.
fn span(days: &[v1::SessionDay]) -> Option<Span> {
    let dates = || days.iter().filter_map(|day| date::day(&day.date));
    Some(Span {
        first: dates().min()?,
        last: dates().max()?,
    })
}

/// The day it begins.
fn first_day(session: &v1::Session) -> Option<Date> {
    span(&session.days).map(|days| days.first)
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
            let finding = Finding::new(Code::WeekdayMismatch, &path);
            found.say(
                finding
                    .with("date", date)
                    .with("actual", actual)
                    .with("stated", stated),
            );
        }
    }
}

/// What a source claims is kept beside what it lists.
fn check_claim(session: &v1::Session, found: &mut Found) {
    let claimed = session.claimed_subject_count;
    found.range("claimed_subject_count", claimed, 0, 100);
    let listed = session.subjects.len();
    if claimed > 0 && usize::try_from(claimed) != Ok(listed) {
        let finding = Finding::new(Code::ClaimDiffers, "claimed_subject_count");
        found.say(finding.with("claimed", claimed).with("listed", listed));
    }
    if let Some(people) = &session.claimed_people {
        found.range("claimed_people.count", people.count, 1, 100_000);
    }
}

/// What every session has (domain.md 3.3) and a notice may leave out. Only joint prep and research are counted by
/// subject and grade: a training may be for everybody.
fn check_stated(session: &v1::Session, found: &mut Found) {
    use v1::SessionForm::{JointPrep, JointResearch, SameLesson};
    let counted = matches!(session.form(), JointPrep | JointResearch | SameLesson);
    if counted {
        let subjects = !session.subjects.is_empty() || session.claimed_subject_count > 0;
        found.stated("subjects", subjects);
        found.stated("stage", session.stage != 0);
        found.stated("grades", !session.grades.is_empty());
    }
    found.stated("mode", session.mode != 0);
    let somewhere = session.place.is_some() || session.mode() != v1::SessionMode::OnSite;
    found.stated("place", somewhere);
}

/// Colleagues click on it: a script is no place where anything lies.
fn check_link(path: &str, link: &str, found: &mut Found) {
    let scheme = link.split_once("://").map(|(scheme, _)| scheme);
    let opens = |scheme: &str| ["http", "https"].map(|web| scheme.eq_ignore_ascii_case(web));
    if !link.is_empty() && !scheme.is_some_and(|scheme| opens(scheme).contains(&true)) {
        found.add(Code::LinkInvalid, path);
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

#[cfg(test)]
mod tests;
