//! An exchange: who, from where to where, until when, and how far it is.

use super::Console;
use super::frame::Frame;
use super::read::{Ground, not_here, one};
use super::record::Course;
use super::trouble::{Trouble, html};
use super::visit::Visitor;
use super::words::{self, Word};
use crate::outlets::words as named;
use crate::wire::v1::{self, content, state};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

struct Longer {
    old_end: String,
    new_end: String,
    stands: &'static str,
}

#[derive(Template)]
#[template(path = "templates/exchange.html")]
struct Page {
    frame: Frame,
    course: Course,
    exchange: v1::Exchange,
    state: v1::ExchangeState,
    person: String,
    kind: Word,
    status: Word,
    home: (String, Option<String>),
    host: (String, Option<String>),
    share: String,
    /// When each step was taken.
    steps: Vec<(Word, String)>,
    longer: Vec<Longer>,
}

/// The page of an exchange.
///
/// # Errors
/// When it is not there, or not the visitor's to see.
pub async fn page(
    State(console): State<Console>,
    Visitor(caller): Visitor,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let ground = Ground::of(&console.hub, &caller).await?;
    let seen = one(&console.hub, &caller, &id).await?;
    let course = Course::of(&console.hub, &caller, &seen.record, &ground).await?;
    let (content::Kind::Exchange(exchange), Some(state::Kind::Exchange(state))) =
        (seen.content, seen.state)
    else {
        return Err(not_here(&id).into());
    };
    let person = who(&exchange);
    let page = Page {
        frame: Frame::of(&caller, &ground, format!("交流 {person}")),
        kind: Word::of(named::exchange_type(exchange.r#type())),
        status: words::exchange_status(state.status()),
        home: ground.unit(exchange.home.as_ref()),
        host: ground.unit(exchange.host.as_ref()),
        share: share(&exchange),
        steps: steps(&state, &ground),
        longer: state.extensions.iter().map(longer).collect(),
        person,
        course,
        exchange,
        state,
    };
    Ok(html(StatusCode::OK, &page))
}

/// Who goes: a name, or how many that are not yet named.
pub fn who(exchange: &v1::Exchange) -> String {
    let name = exchange
        .person
        .as_ref()
        .map_or("", |person| person.display_name.as_str());
    match (name, exchange.unnamed_count) {
        ("", count @ 1..) => format!("{count} 人，未定名"),
        ("", _) => "未具名".to_owned(),
        (name, _) => name.to_owned(),
    }
}

fn share(exchange: &v1::Exchange) -> String {
    use v1::share::Share;
    match exchange
        .share
        .as_ref()
        .and_then(|share| share.share.as_ref())
    {
        None | Some(Share::Percent(100)) => "全职 full time".to_owned(),
        Some(Share::Percent(percent)) => format!("{percent}%"),
        Some(Share::Weekdays(of)) => {
            const NAMES: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];
            let names = of
                .days
                .iter()
                .filter_map(|day| NAMES.get(usize::try_from(day - 1).ok()?));
            format!("每周{}", names.copied().collect::<Vec<_>>().join("、"))
        }
    }
}

fn steps(state: &v1::ExchangeState, ground: &Ground) -> Vec<(Word, String)> {
    use v1::ExchangeStatus::{Accepted, Active, Approved, Proposed};
    let times = [
        (Proposed, ground.told(state.propose_time.as_ref())),
        (Accepted, ground.told(state.accept_time.as_ref())),
        (Approved, ground.told(state.approve_time.as_ref())),
        (Active, state.real_start.clone()),
    ];
    let steps = times.into_iter().filter(|(_, time)| !time.is_empty());
    steps
        .map(|(step, time)| (words::exchange_status(step), time))
        .collect()
}

fn longer(extension: &v1::Extension) -> Longer {
    Longer {
        old_end: extension.old_end.clone(),
        new_end: extension.new_end.clone(),
        stands: match extension {
            of if of.refuse_time.is_some() => "未准 refused",
            of if of.approve_time.is_some() => "已批准 approved",
            of if of.agree_time.is_some() => "对方已同意，待批准 agreed, not yet approved",
            _ => "待对方同意 asked",
        },
    }
}
