//! What tests push: records that are in order, and the mutations that carry them.

use bytes::Bytes;
use lianxiao::wire::v1;
use prost::Message as _;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;
use v1::content::Kind;

/// The id of that name: the same name is the same id, in every test.
pub fn id(name: &str) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string()
}

/// An id that nothing else has.
pub fn fresh() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    id(&format!("fresh {}", COUNT.fetch_add(1, Ordering::Relaxed)))
}

/// What a put can carry.
pub trait Content {
    /// The encoded content.
    fn encode(self) -> Bytes;
}

impl Content for Bytes {
    fn encode(self) -> Bytes {
        self
    }
}

macro_rules! content {
    ($($message:ident)*) => {
        $(impl Content for v1::$message {
            fn encode(self) -> Bytes {
                let content = v1::Content { kind: Some(Kind::$message(self)) };
                content.encode_to_vec().into()
            }
        })*
    };
}
content!(Session Exchange Menu CanteenNote Proposal Campus Calendar Policy Person Vocabulary StaffCount);

/// A menu of one lunch a day, for pupils.
pub fn menu(days: &[&str]) -> v1::Menu {
    v1::Menu {
        canteen: "学生食堂".to_owned(),
        audience: v1::MenuAudience::Pupils.into(),
        service_dates: days.iter().map(|day| (*day).to_owned()).collect(),
        meals: days.iter().map(|day| lunch(day, "红烧狮子头")).collect(),
        ..Default::default()
    }
}

/// A lunch of one dish.
pub fn lunch(day: &str, dish: &str) -> v1::DayMeal {
    let dish = v1::Dish {
        name: dish.to_owned(),
        ..Default::default()
    };
    v1::DayMeal {
        date: day.to_owned(),
        meal: v1::Meal::Lunch.into(),
        dishes: vec![dish],
        ..Default::default()
    }
}

/// A joint prep session to which the whole group is invited.
pub fn session(title: &str, day: &str) -> v1::Session {
    let day = v1::SessionDay {
        date: day.to_owned(),
        start: "14:00".to_owned(),
        ..Default::default()
    };
    v1::Session {
        form: v1::SessionForm::JointPrep.into(),
        title: title.to_owned(),
        days: vec![day],
        lead: Some(named("张老师")),
        mode: v1::SessionMode::OnlineLive.into(),
        stage: v1::Stage::Primary.into(),
        invites_all: true,
        ..Default::default()
    }
}

/// A year's exchange between two campuses.
pub fn exchange(home: &str, host: &str) -> v1::Exchange {
    v1::Exchange {
        person: Some(named("李老师")),
        home: Some(campus_unit(home)),
        host: Some(campus_unit(host)),
        r#type: v1::ExchangeType::Regular.into(),
        level: v1::StaffLevel::Teacher.into(),
        file_moved: Some(false),
        planned_start: "2025-09".to_owned(),
        planned_end: "2026-07".to_owned(),
        ..Default::default()
    }
}

/// Somebody known by name only.
pub fn named(name: &str) -> v1::PersonRef {
    v1::PersonRef {
        display_name: name.to_owned(),
        ..Default::default()
    }
}

/// A campus of the group, by id.
pub fn campus_unit(campus_id: &str) -> v1::Unit {
    v1::Unit {
        unit: Some(v1::unit::Unit::CampusId(campus_id.to_owned())),
    }
}

/// A mutation with a new id.
pub fn wish(record: &str, wish: v1::mutation::Wish) -> v1::Mutation {
    v1::Mutation {
        mutation_id: fresh(),
        record_id: record.to_owned(),
        reason: String::new(),
        wish: Some(wish),
    }
}

/// The first put of a record.
pub fn create(record: &str, content: impl Content) -> v1::Mutation {
    put(record, None, content)
}

/// A put that started from a version.
pub fn edit(record: &str, version: i64, content: impl Content) -> v1::Mutation {
    put(record, Some(at(version)), content)
}

/// A put that started from a base.
pub fn put(record: &str, base: Option<v1::Base>, content: impl Content) -> v1::Mutation {
    let put = v1::Put {
        base,
        content: content.encode(),
        ..Default::default()
    };
    wish(record, v1::mutation::Wish::Put(put))
}

/// A put that settles conflicts.
pub fn settle(
    record: &str,
    version: i64,
    content: impl Content,
    conflicts: &[&str],
) -> v1::Mutation {
    let put = v1::Put {
        base: Some(at(version)),
        content: content.encode(),
        resolves: conflicts.iter().map(|id| (*id).to_owned()).collect(),
        ..Default::default()
    };
    wish(record, v1::mutation::Wish::Put(put))
}

/// A deletion that started from a version.
pub fn delete(record: &str, version: i64) -> v1::Mutation {
    let base = Some(at(version));
    wish(record, v1::mutation::Wish::Delete(v1::Delete { base }))
}

/// An action upon what was seen.
pub fn act(record: &str, seen_version: i64, action: Bytes) -> v1::Mutation {
    let act = v1::Act {
        seen_version,
        action,
    };
    wish(record, v1::mutation::Wish::Act(act))
}

/// A base by version.
pub fn at(version: i64) -> v1::Base {
    v1::Base {
        version,
        ..Default::default()
    }
}

/// A base by an earlier mutation.
pub fn after(mutation: &v1::Mutation) -> v1::Base {
    v1::Base {
        mutation_id: mutation.mutation_id.clone(),
        ..Default::default()
    }
}

fn action(kind: v1::action::Kind) -> Bytes {
    let action = v1::Action { kind: Some(kind) };
    action.encode_to_vec().into()
}

fn of_menu(wanted: v1::menu_action::Action) -> Bytes {
    let action_of = v1::MenuAction {
        action: Some(wanted),
    };
    action(v1::action::Kind::Menu(action_of))
}

fn of_session(wanted: v1::session_action::Action) -> Bytes {
    let action_of = v1::SessionAction {
        action: Some(wanted),
    };
    action(v1::action::Kind::Session(action_of))
}

fn of_exchange(wanted: v1::exchange_action::Action) -> Bytes {
    let action_of = v1::ExchangeAction {
        action: Some(wanted),
    };
    action(v1::action::Kind::Exchange(action_of))
}

/// The office's answer to a proposal.
pub fn answer_proposal(answer: v1::proposal_action::Action) -> Bytes {
    let action_of = v1::ProposalAction {
        action: Some(answer),
    };
    action(v1::action::Kind::Proposal(action_of))
}

pub fn adopt() -> Bytes {
    answer_proposal(v1::proposal_action::Action::Adopt(v1::AdoptProposal {}))
}

pub fn decline_proposal() -> Bytes {
    answer_proposal(v1::proposal_action::Action::Decline(v1::DeclineProposal {}))
}

pub fn publish() -> Bytes {
    of_menu(v1::menu_action::Action::Publish(v1::PublishMenu {}))
}

pub fn withdraw() -> Bytes {
    of_menu(v1::menu_action::Action::Withdraw(v1::WithdrawMenu {}))
}

/// The office asks for a correction, of whatever kind.
pub fn ask_correction(field: &str, text: &str) -> Bytes {
    let (field, text) = (field.to_owned(), text.to_owned());
    action(v1::action::Kind::AskCorrection(v1::AskCorrection {
        field,
        text,
    }))
}

pub fn amend(reason: v1::AmendReason, meals: Vec<v1::DayMeal>) -> Bytes {
    of_menu(v1::menu_action::Action::Amend(v1::AmendMenu {
        reason: reason.into(),
        meals,
        ..Default::default()
    }))
}

pub fn close() -> Bytes {
    of_menu(v1::menu_action::Action::Close(v1::CloseMenu {}))
}

pub fn reopen_menu() -> Bytes {
    of_menu(v1::menu_action::Action::Reopen(v1::ReopenMenu {}))
}

/// The office excuses a late menu.
pub fn excuse(reason: v1::ExcuseReason) -> Bytes {
    let reason = reason.into();
    of_menu(v1::menu_action::Action::Excuse(v1::ExcuseMenu { reason }))
}

/// It takes its excuse back.
pub fn revoke_excuse() -> Bytes {
    of_menu(v1::menu_action::Action::RevokeExcuse(v1::RevokeExcuse {}))
}

pub fn postpone(days: &[&str]) -> Bytes {
    let day = |date: &&str| v1::SessionDay {
        date: (*date).to_owned(),
        ..Default::default()
    };
    postpone_to(days.iter().map(day).collect())
}

pub fn postpone_to(days: Vec<v1::SessionDay>) -> Bytes {
    of_session(v1::session_action::Action::Postpone(v1::PostponeSession {
        days,
    }))
}

pub fn cancel_session() -> Bytes {
    let reason = v1::SessionCancelReason::Force.into();
    of_session(v1::session_action::Action::Cancel(v1::CancelSession {
        reason,
    }))
}

pub fn record_session(waived: &[String]) -> Bytes {
    let waived_campus_ids = waived.to_vec();
    of_session(v1::session_action::Action::Record(v1::RecordSession {
        waived_campus_ids,
    }))
}

pub fn reopen_session() -> Bytes {
    of_session(v1::session_action::Action::Reopen(v1::ReopenSession {}))
}

pub fn ask_extension(end: &str) -> Bytes {
    let planned_end = end.to_owned();
    of_exchange(v1::exchange_action::Action::AskExtension(
        v1::AskExtension { planned_end },
    ))
}

pub fn agree_extension() -> Bytes {
    of_exchange(v1::exchange_action::Action::AgreeExtension(
        v1::AgreeExtension {},
    ))
}

pub fn approve_extension() -> Bytes {
    of_exchange(v1::exchange_action::Action::ApproveExtension(
        v1::ApproveExtension {},
    ))
}

pub fn complete(date: &str) -> Bytes {
    let date = date.to_owned();
    of_exchange(v1::exchange_action::Action::Complete(
        v1::CompleteExchange { date },
    ))
}

pub fn withdraw_exchange(date: &str) -> Bytes {
    let wanted = v1::WithdrawExchange {
        date: date.to_owned(),
        reason: v1::ExchangeEndReason::Recalled.into(),
    };
    of_exchange(v1::exchange_action::Action::Withdraw(wanted))
}

pub fn announce() -> Bytes {
    of_session(v1::session_action::Action::Announce(v1::AnnounceSession {}))
}

pub fn hold() -> Bytes {
    of_session(v1::session_action::Action::Hold(v1::HoldSession {}))
}

pub fn report_attendance(expected: i32, attended: i32) -> Bytes {
    let report = v1::ReportAttendance { expected, attended };
    of_session(v1::session_action::Action::ReportAttendance(report))
}

pub fn propose() -> Bytes {
    of_exchange(v1::exchange_action::Action::Propose(v1::ProposeExchange {}))
}

pub fn accept() -> Bytes {
    of_exchange(v1::exchange_action::Action::Accept(v1::AcceptExchange {}))
}

pub fn approve() -> Bytes {
    of_exchange(v1::exchange_action::Action::Approve(v1::ApproveExchange {}))
}

pub fn decline() -> Bytes {
    of_exchange(v1::exchange_action::Action::Decline(v1::DeclineExchange {}))
}

pub fn return_exchange() -> Bytes {
    of_exchange(v1::exchange_action::Action::Return(v1::ReturnExchange {}))
}

pub fn cancel_exchange() -> Bytes {
    of_exchange(v1::exchange_action::Action::Cancel(v1::CancelExchange {}))
}

pub fn refuse_extension() -> Bytes {
    of_exchange(v1::exchange_action::Action::RefuseExtension(
        v1::RefuseExtension {},
    ))
}

pub fn confirm_arrival(date: &str) -> Bytes {
    let date = date.to_owned();
    let arrival = v1::ConfirmArrival { date };
    of_exchange(v1::exchange_action::Action::ConfirmArrival(arrival))
}
