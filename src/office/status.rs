//! Where every campus stands.

use super::menus::Board;
use super::records::{Exchange, Kept, Records, Session};
use super::{matrix, menus, watch};
use crate::kinds::forbidden_foods;
use crate::kinds::registers::calendar::calendar_of;
use crate::kinds::registers::campus::membership;
use crate::kinds::registers::policy::zone;
use crate::model::calendar::Calendar;
use crate::model::date::{self, Span};
use crate::model::ids::Place;
use crate::store::Reported;
use crate::wire::convert::{finding, stored_time, timestamp};
use crate::wire::v1::{self, SessionStatus};
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};

use SessionStatus::{Announced, Held, Planned, Postponed, Recorded};

/// The report, as the contract words it.
pub type GroupStatus = v1::GetGroupStatusResponse;

/// When each place last wrote and was last heard, and what replicas said of themselves: the figures that are not in
/// the records.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// The last commit of each place, up to the instant.
    pub wrote: HashMap<Place, Timestamp>,
    /// The last call of each place, whatever the instant.
    pub called: HashMap<Place, Timestamp>,
    /// What replicas last reported, whatever the instant.
    pub replicas: Vec<Reported>,
}

/// The report: a pure function of the records at `position`, of `time` and of who was heard.
#[must_use]
pub fn group_status(
    records: &Records,
    heard: &Heard,
    span: Span,
    (position, time): (i64, Timestamp),
) -> GroupStatus {
    let members = members(records, span);
    let sessions = sessions(records, &members, span);
    let exchanges = active_exchanges(records, span);
    let today = records.today(time);
    let unrecorded_sessions = watch::sessions(records, &members, span, today);
    let campuses = members
        .iter()
        .map(|campus| {
            let board = Board::of(campus, records);
            let rates = matrix::rates(&board, records, span, time);
            v1::CampusStatus {
                menu: Some(menus::standing(&board, span, time)),
                reporting: rates.reporting,
                timeliness: rates.timeliness,
                open_corrections: open_corrections(campus, records),
                open_proposals: open_proposals(campus, records),
                food_alerts: food_alerts(campus, records, span),
                ..campus_status(campus, &sessions, &exchanges, heard)
            }
        })
        .collect();
    GroupStatus {
        instant: Some(instant(records, (position, time))),
        first_date: span.first.to_string(),
        last_date: span.last.to_string(),
        campuses,
        sessions,
        active_exchanges: exchanges,
        watched_exchanges: watch::exchanges(records, span, today),
        unrecorded_sessions,
    }
}

/// What a report was computed from.
pub fn instant(records: &Records, (position, time): (i64, Timestamp)) -> v1::Instant {
    let zone = zone(records.policy.as_ref());
    v1::Instant {
        position,
        time: Some(timestamp(time)),
        time_zone: zone.iana_name().unwrap_or_default().to_owned(),
    }
}

/// The calendar of the whole group.
pub fn group_calendar(records: &Records) -> Calendar {
    calendar_of(
        "",
        records.calendars.iter().map(|calendar| &calendar.content),
    )
}

/// A campus as reports list it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// Its name; empty: no register knows it.
    pub name: String,
    /// Its part in the group.
    pub role: i32,
}

/// The members, then any other campus that something is counted for, so that parts sum up to totals.
pub fn listed(
    records: &Records,
    members: &[&Kept<v1::Campus>],
    counted: impl Iterator<Item = String>,
) -> Vec<Listed> {
    let listed = |campus: &Kept<v1::Campus>| Listed {
        id: campus.id.to_string(),
        name: campus.content.name.clone(),
        role: campus.content.role,
    };
    let mut all: Vec<Listed> = members.iter().map(|campus| listed(campus)).collect();
    let others: BTreeSet<String> = counted
        .filter(|id| all.iter().all(|known| known.id != *id))
        .collect();
    all.extend(others.into_iter().map(|id| {
        let mut campuses = records.campuses.iter().map(listed);
        let known = campuses.find(|campus| campus.id == id);
        known.unwrap_or_else(|| Listed {
            id,
            ..Listed::default()
        })
    }));
    all
}

/// Head school first, then branches, then members, each by name.
pub fn members(records: &Records, span: Span) -> Vec<&Kept<v1::Campus>> {
    let belongs = |campus: &&Kept<v1::Campus>| {
        let member = membership(&campus.content);
        member.first <= span.last && span.first <= member.last
    };
    let mut members: Vec<_> = records.campuses.iter().filter(belongs).collect();
    members.sort_by_key(|campus| (campus.content.role, campus.content.name.clone(), campus.id));
    members
}

fn campus_status(
    campus: &Kept<v1::Campus>,
    sessions: &[v1::SessionStanding],
    exchanges: &[v1::ExchangeStanding],
    heard: &Heard,
) -> v1::CampusStatus {
    let campus_id = campus.id.to_string();
    let place = Place::Campus(campus.id);
    let hosted = |statuses: &[SessionStatus]| {
        let counts = |session: &&v1::SessionStanding| {
            session.host_campus_id == campus_id && statuses.contains(&session.status())
        };
        count(sessions.iter().filter(counts).count())
    };
    let moving = |unit: fn(&v1::ExchangeStanding) -> Option<&v1::Unit>| {
        let is_campus = |exchange: &&v1::ExchangeStanding| unit_is(unit(exchange), &campus_id);
        let people = exchanges
            .iter()
            .filter(is_campus)
            .map(|exchange| exchange.people);
        people.fold(0, i32::saturating_add)
    };
    v1::CampusStatus {
        name: campus.content.name.clone(),
        role: campus.content.role,
        sessions_planned: hosted(&[Planned, Announced, Postponed]),
        sessions_held: hosted(&[Held, Recorded]),
        exchanges_out: moving(|exchange| exchange.home.as_ref()),
        exchanges_in: moving(|exchange| exchange.host.as_ref()),
        last_push_time: heard.wrote.get(&place).copied().map(timestamp),
        last_heard_time: heard.called.get(&place).copied().map(timestamp),
        replicas: replicas(&heard.replicas, place),
        campus_id,
        ..Default::default()
    }
}

fn replicas(reported: &[Reported], place: Place) -> Vec<v1::ReplicaStanding> {
    let own = reported.iter().filter(|of| of.place == place);
    let standing = |of: &Reported| v1::ReplicaStanding {
        holder: of.holder.clone(),
        report_time: Some(timestamp(of.at)),
        behind: of.replica.behind,
        unsent: of.replica.unsent,
        refused: of.replica.refused,
        conflicts: of.replica.conflicts,
    };
    own.map(standing).collect()
}

/// What waits for the campus to put it right, oldest first.
pub fn open_corrections(campus: &Kept<v1::Campus>, records: &Records) -> Vec<v1::OpenCorrection> {
    let own = |open: &&Kept<(), v1::CorrectionState>| open.owner == Place::Campus(campus.id);
    let mut open: Vec<v1::OpenCorrection> = (records.corrections.iter().filter(own))
        .flat_map(|open| {
            let record_id = open.state.record_id.clone();
            let asked = open.state.asked.iter().cloned().map(Some);
            asked.map(move |asked| v1::OpenCorrection {
                record_id: record_id.clone(),
                asked,
            })
        })
        .collect();
    open.sort_by_key(|open| stored_time(open.asked.as_ref()?.ask_time.as_ref()));
    open
}

/// What waits for the office's answer.
fn open_proposals(campus: &Kept<v1::Campus>, records: &Records) -> Vec<v1::OpenProposal> {
    let open = records.proposals.iter().filter(|proposal| {
        let waits = proposal.state.status() == v1::ProposalStatus::Proposed;
        waits && proposal.owner == Place::Campus(campus.id)
    });
    open.map(|proposal| v1::OpenProposal {
        record_id: proposal.id.to_string(),
        why: proposal.content.why.clone(),
    })
    .collect()
}

/// The foods to be asked about in the campus's menus of a span.
fn food_alerts(campus: &Kept<v1::Campus>, records: &Records, span: Span) -> Vec<v1::FoodAlert> {
    let own = |menu: &&Kept<v1::Menu, v1::MenuState>| {
        let mut days = menu.content.service_dates.iter();
        let mine = menu.owner == Place::Campus(campus.id);
        mine && days.any(|day| date::day(day).is_some_and(|day| span.contains(day)))
    };
    let menus = records.menus.iter().filter(own);
    menus
        .flat_map(|menu| {
            let alerts = forbidden_foods(&menu.content).into_iter();
            alerts.map(|alert| v1::FoodAlert {
                record_id: menu.id.to_string(),
                finding: Some(finding(&alert)),
            })
        })
        .collect()
}

/// Whether a school is that campus.
pub fn unit_is(unit: Option<&v1::Unit>, campus_id: &str) -> bool {
    let unit = unit.and_then(|unit| unit.unit.as_ref());
    matches!(unit, Some(v1::unit::Unit::CampusId(id)) if id == campus_id)
}

fn sessions(
    records: &Records,
    members: &[&Kept<v1::Campus>],
    span: Span,
) -> Vec<v1::SessionStanding> {
    let standing = |session| session_standing(session, members, span);
    let mut sessions: Vec<_> = records.sessions.iter().filter_map(standing).collect();
    sessions.sort_by(|a, b| (&a.first_date, &a.session_id).cmp(&(&b.first_date, &b.session_id)));
    sessions
}

/// How a session stands; `None` when no day of it is in the span.
pub fn session_standing(
    session: &Session,
    members: &[&Kept<v1::Campus>],
    span: Span,
) -> Option<v1::SessionStanding> {
    let days = session.content.days.iter();
    let days = days.filter_map(|day| date::day(&day.date));
    let in_span = days.clone().any(|day| span.contains(day));
    in_span.then(|| v1::SessionStanding {
        session_id: session.id.to_string(),
        title: session.content.title.clone(),
        form: session.content.form,
        status: session.state.status,
        host_campus_id: session.owner.to_text(),
        first_date: days.min().map(|day| day.to_string()).unwrap_or_default(),
        campus_ids: taking_part(session, members),
    })
}

/// The host and those invited; the whole group is whoever belonged to it on the first day.
pub fn taking_part(session: &Session, members: &[&Kept<v1::Campus>]) -> Vec<String> {
    let days = session.content.days.iter();
    let first = days.filter_map(|day| date::day(&day.date)).min();
    let takes_part = |campus: &&&Kept<v1::Campus>| {
        let member = first.is_none_or(|first| membership(&campus.content).contains(first));
        session.owner == Place::Campus(campus.id)
            || (session.content.invites_all && member)
            || (session.content.invited_campus_ids).contains(&campus.id.to_string())
    };
    let campuses = members.iter().filter(takes_part);
    campuses.map(|campus| campus.id.to_string()).collect()
}

fn active_exchanges(records: &Records, span: Span) -> Vec<v1::ExchangeStanding> {
    let active = |exchange: &&Exchange| {
        let came = date::day(&exchange.state.real_start).is_some_and(|day| day <= span.last);
        let went = date::day(&exchange.state.real_end).is_some_and(|day| day < span.first);
        came && !went
    };
    let active = records.exchanges.iter().filter(active);
    let mut exchanges: Vec<_> = active.map(exchange_standing).collect();
    exchanges.sort_by(|a, b| (&a.real_start, &a.exchange_id).cmp(&(&b.real_start, &b.exchange_id)));
    exchanges
}

/// How a movement stands.
pub fn exchange_standing(exchange: &Exchange) -> v1::ExchangeStanding {
    let (content, state) = (&exchange.content, &exchange.state);
    v1::ExchangeStanding {
        exchange_id: exchange.id.to_string(),
        status: state.status,
        home: content.home.clone(),
        host: content.host.clone(),
        real_start: state.real_start.clone(),
        planned_start: content.planned_start.clone(),
        planned_end: content.planned_end.clone(),
        people: content.unnamed_count.max(1),
    }
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
