//! What became of sessions: who met, who came, who hosted, what it left.

mod coverage;

use super::people::People;
use super::records::{Kept, Records, Session};
use super::status::{Listed, instant, listed, members, taking_part};
use crate::model::date::{self, Span};
use crate::wire::v1::{self, SessionStatus as Status};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The report, as the contract words it.
pub type SessionReport = v1::GetSessionReportResponse;

type Campus = Kept<v1::Campus>;

/// A session that counts, on its first day.
struct Counted<'a> {
    session: &'a Session,
    first: Date,
    campus_ids: Vec<String>,
}

/// The report: a pure function of the records at `position`.
#[must_use]
pub fn session_report(
    records: &Records,
    span: Span,
    (position, time): (i64, Timestamp),
) -> SessionReport {
    let members = members(records, span);
    let sessions = counted(records, &members, span);
    let coverage = coverage::cells(records, &members, &sessions, span);
    let hosts = sessions.iter().map(|of| of.session.owner.to_text());
    let listed = listed(records, &members, hosts);
    let row = |campus: &Listed| campus_sessions(campus, &sessions);
    let campuses: Vec<_> = listed.iter().map(row).collect();
    SessionReport {
        instant: Some(instant(records, (position, time))),
        first_date: span.first.to_string(),
        last_date: span.last.to_string(),
        covered: Some(coverage::share(&coverage, |_| 1)),
        fulfilled: Some(coverage::share(&coverage, |cell| cell.sessions_min)),
        coverage,
        roles: roles(&campuses),
        forms: forms(&sessions),
        attendances: Some(attendances(&sessions, |_| true)),
        functions: Some(functions(&sessions)),
        products: Some(products(&sessions, |_| true)),
        sessions: Some(count(sessions.iter())),
        campuses,
    }
}

/// The sessions whose first day lies in a span, by that day.
fn counted<'a>(records: &'a Records, members: &[&Campus], span: Span) -> Vec<Counted<'a>> {
    let counted = |session: &'a Session| {
        let days = session.content.days.iter();
        let first = days.filter_map(|day| date::day(&day.date)).min()?;
        span.contains(first).then(|| Counted {
            session,
            first,
            campus_ids: taking_part(session, members),
        })
    };
    let mut counted: Vec<_> = records.sessions.iter().filter_map(counted).collect();
    counted.sort_by_key(|of| (of.first, of.session.id));
    counted
}

impl Counted<'_> {
    fn held(&self) -> bool {
        matches!(self.session.state.status(), Status::Held | Status::Recorded)
    }

    fn planned(&self) -> bool {
        matches!(
            self.session.state.status(),
            Status::Planned | Status::Announced
        )
    }

    fn hosted_by(&self, campus_id: &str) -> bool {
        self.session.owner.to_text() == campus_id
    }

    /// How many of a campus came; `None`: it has not said.
    fn attendance(&self, campus_id: &str) -> Option<&v1::Attendance> {
        let mut rows = self.session.state.attendance.iter();
        rows.find(|row| row.campus_id == campus_id)
    }
}

fn count<'a>(sessions: impl Iterator<Item = &'a Counted<'a>>) -> v1::SessionCount {
    let mut count = v1::SessionCount::default();
    for of in sessions {
        match of.session.state.status() {
            Status::Planned | Status::Announced => count.planned += 1,
            Status::Held | Status::Recorded => count.held += 1,
            Status::Postponed => count.postponed += 1,
            Status::Cancelled => count.cancelled += 1,
            Status::Unspecified => {}
        }
    }
    count
}

fn campus_sessions(campus: &Listed, sessions: &[Counted<'_>]) -> v1::CampusSessions {
    let id = campus.id.clone();
    v1::CampusSessions {
        name: campus.name.clone(),
        role: campus.role,
        hosted: Some(count(sessions.iter().filter(|of| of.hosted_by(&id)))),
        attendances: Some(attendances(sessions, |campus| campus == id)),
        products: Some(products(sessions, |of| of.hosted_by(&id))),
        campus_id: id,
    }
}

/// Who came of the campuses that are asked about.
fn attendances(sessions: &[Counted<'_>], of: impl Fn(&str) -> bool) -> v1::Attendances {
    let mut all = v1::Attendances::default();
    let mut reports: BTreeMap<&str, i32> = BTreeMap::new();
    for held in sessions.iter().filter(|of| of.held()) {
        for campus_id in held.campus_ids.iter().filter(|id| of(id)) {
            all.asked += 1;
            if let Some(row) = held.attendance(campus_id) {
                all.reported += 1;
                all.expected = all.expected.saturating_add(row.expected);
                all.person_times = all.person_times.saturating_add(row.attended);
                *reports.entry(campus_id).or_default() += i32::from(row.attended > 0);
            } else {
                all.silent.push(silent(held, campus_id));
            }
        }
    }
    // Whoever comes once is counted once; nobody knows who came again.
    let once = reports.values().all(|times| *times <= 1);
    all.persons = once.then_some(all.person_times);
    all
}

fn silent(held: &Counted<'_>, campus_id: &str) -> v1::SilentSession {
    let session = held.session;
    v1::SilentSession {
        session_id: session.id.to_string(),
        title: session.content.title.clone(),
        first_date: held.first.to_string(),
        campus_id: campus_id.to_owned(),
        waived: session
            .state
            .waived_campus_ids
            .iter()
            .any(|id| id == campus_id),
    }
}

/// Those who led, chaired or spoke: whoever does two of it at one session is there once.
fn functions(sessions: &[Counted<'_>]) -> v1::PeopleCount {
    let mut all = People::default();
    let mut person_times = 0;
    for held in sessions.iter().filter(|of| of.held()) {
        let content = &held.session.content;
        let people = content
            .lead
            .iter()
            .chain(&content.chair)
            .chain(&content.speakers);
        let mut here: Vec<&v1::PersonRef> = Vec::new();
        for person in people {
            if !here.iter().any(|other| same(other, person)) {
                here.push(person);
            }
        }
        for person in here {
            all.add(Some(person), 1);
            person_times += 1;
        }
    }
    v1::PeopleCount {
        persons: Some(all.count()),
        person_times,
    }
}

/// Whether two references at one session are to one person: by id, or by the very same words.
fn same(one: &v1::PersonRef, other: &v1::PersonRef) -> bool {
    match one.person_id.is_empty() {
        true => one == other,
        false => one.person_id == other.person_id,
    }
}

fn products(sessions: &[Counted<'_>], of: impl Fn(&Counted<'_>) -> bool) -> v1::ProductCount {
    let held = sessions
        .iter()
        .filter(|session| session.held() && of(session));
    let mut kinds: BTreeMap<i32, i32> = BTreeMap::new();
    let (mut products, mut with) = (0, 0);
    for held in held {
        let list = &held.session.content.products;
        with += i32::from(!list.is_empty());
        for product in list {
            products += 1;
            *kinds.entry(product.kind).or_default() += 1;
        }
    }
    let kinds = kinds.into_iter();
    let row = |(kind, count)| v1::ProductKindCount { kind, count };
    v1::ProductCount {
        products,
        sessions: with,
        kinds: kinds.map(row).collect(),
    }
}

fn roles(campuses: &[v1::CampusSessions]) -> Vec<v1::RoleSessions> {
    let mut roles: BTreeMap<i32, v1::SessionCount> = BTreeMap::new();
    for campus in campuses {
        let sum = roles.entry(campus.role).or_default();
        let hosted = campus.hosted.unwrap_or_default();
        sum.planned += hosted.planned;
        sum.held += hosted.held;
        sum.postponed += hosted.postponed;
        sum.cancelled += hosted.cancelled;
    }
    let row = |(role, hosted)| v1::RoleSessions {
        role,
        hosted: Some(hosted),
    };
    roles.into_iter().map(row).collect()
}

fn forms(sessions: &[Counted<'_>]) -> Vec<v1::FormSessions> {
    let mut forms: BTreeMap<i32, Vec<&Counted<'_>>> = BTreeMap::new();
    for of in sessions {
        forms.entry(of.session.content.form).or_default().push(of);
    }
    let row = |(form, sessions): (i32, Vec<&Counted<'_>>)| v1::FormSessions {
        form,
        sessions: Some(count(sessions.into_iter())),
    };
    forms.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests;
