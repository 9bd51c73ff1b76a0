//! What is asked of records that have a course, and the steps that the office's charter allows.

use super::{Charter, Course};
use crate::content::frame::Parts;
use crate::kinds::encoded::Of;
use crate::kinds::exchange::ExchangeRules;
use crate::kinds::menu::MenuRules;
use crate::kinds::session::SessionRules;
use crate::kinds::testing::campus;
use crate::wire::v1;
use v1::exchange_action::Action as OfExchange;
use v1::menu_action::Action as OfMenu;
use v1::session_action::Action as OfSession;

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

/// With another title, and on another day.
pub fn sessions() -> Course {
    let status = |parts: &Parts| {
        let status = Of::<SessionRules>::state(parts).status();
        status.as_str_name().trim_start_matches("SESSION_STATUS_")
    };
    let other = v1::Session {
        title: "数学".into(),
        ..session()
    };
    let moved = v1::Session {
        days: vec![day("2026-05-14")],
        ..session()
    };
    Course::of::<SessionRules>(status, &[session(), other, moved], &session_actions())
}

pub const SESSION: Charter = Charter {
    acts: &[
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
    ],
    puts: &[
        ("PLANNED", "PLANNED"),
        ("ANNOUNCED", "ANNOUNCED"),
        ("POSTPONED", "POSTPONED"),
        ("HELD", "HELD"),
    ],
    deletes: &["PLANNED"],
};

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

/// With a label, and with a day more.
pub fn menus() -> Course {
    let status = |parts: &Parts| {
        let status = Of::<MenuRules>::state(parts).status();
        status.as_str_name().trim_start_matches("MENU_STATUS_")
    };
    let other = v1::Menu {
        label: "第11周".into(),
        ..menu()
    };
    let mut longer = menu();
    longer.service_dates.push("2026-05-13".into());
    Course::of::<MenuRules>(status, &[menu(), other, longer], &menu_actions())
}

pub const MENU: Charter = Charter {
    acts: &[
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
    ],
    puts: &[("DRAFT", "DRAFT"), ("WITHDRAWN", "WITHDRAWN")],
    deletes: &["DRAFT"],
};

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

/// With another subject, and for longer, to which nobody agreed.
pub fn exchanges() -> Course {
    let status = |parts: &Parts| {
        let status = Of::<ExchangeRules>::state(parts).status();
        status.as_str_name().trim_start_matches("EXCHANGE_STATUS_")
    };
    let other = v1::Exchange {
        subject: "语文".into(),
        ..exchange()
    };
    let moved = v1::Exchange {
        planned_end: "2026-07".into(),
        ..exchange()
    };
    Course::of::<ExchangeRules>(status, &[exchange(), other, moved], &exchange_actions())
}

pub const EXCHANGE: Charter = Charter {
    acts: &[
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
    ],
    puts: &[
        ("DRAFT", "DRAFT"),
        ("PROPOSED", "PROPOSED"),
        ("PROPOSED", "DRAFT"),
        ("ACCEPTED", "ACCEPTED"),
        ("ACCEPTED", "DRAFT"),
        ("DECLINED", "DECLINED"),
        ("DECLINED", "DRAFT"),
        ("RETURNED", "RETURNED"),
        ("RETURNED", "DRAFT"),
    ],
    deletes: &["DRAFT", "PROPOSED", "ACCEPTED", "DECLINED", "RETURNED"],
};
