//! The exchange book: who is where today, by name, and how the group stands to its rules. Reading it is reading of
//! persons, and is written down.

use super::Console;
use super::charts::{Flow, flows};
use super::frame::Frame;
use super::read::Ground;
use super::trouble::{Trouble, html};
use super::visit::Visitor;
use super::words::{self, Word};
use crate::outlets::{Cell, words as named};
use crate::wire::v1;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

struct Line {
    id: String,
    who: String,
    status: Word,
    kind: Word,
    home: String,
    host: String,
    from: String,
    until: String,
    here: bool,
}

struct Moves {
    name: String,
    out: String,
    into: String,
    net: i32,
}

struct Share {
    name: String,
    campus: String,
    formula: String,
    figure: String,
    threshold: String,
    source: String,
    result: Word,
}

#[derive(Template)]
#[template(path = "templates/book.html")]
struct Page {
    frame: Frame,
    lines: Vec<Line>,
    moves: Vec<Moves>,
    total: Moves,
    shares: Vec<Share>,
    flows: Flow,
}

/// The page.
///
/// # Errors
/// `Denied` for anybody but the office.
pub async fn page(
    State(console): State<Console>,
    Visitor(caller): Visitor,
) -> Result<Response, Trouble> {
    let hub = &console.hub;
    let book = hub.exchange_book(&caller, None, None).await?;
    let shares = hub.exchange_shares(&caller, None, None).await?;
    let ground = Ground::of(hub, &caller).await?;
    let here = book.exchanges.iter().filter(|booked| booked.on_date);
    let here: Vec<_> = here.filter_map(|booked| booked.standing.clone()).collect();
    let page = Page {
        // Every look at it is written down: it is not shown anew by itself.
        frame: Frame {
            live: false,
            ..Frame::of(&caller, &ground, "交流台账 Exchange book")
        },
        lines: book.exchanges.iter().map(|of| line(of, &ground)).collect(),
        moves: (book.campuses.iter().chain(&book.outside))
            .map(moves)
            .collect(),
        total: Moves {
            name: "合计 total".to_owned(),
            out: count(book.total.as_ref()),
            into: count(book.total.as_ref()),
            net: 0,
        },
        shares: shares.shares.iter().map(share).collect(),
        flows: flows(&here, &ground),
    };
    Ok(html(StatusCode::OK, &page))
}

fn line(booked: &v1::BookedExchange, ground: &Ground) -> Line {
    let of = booked.standing.clone().unwrap_or_default();
    let name = booked
        .person
        .as_ref()
        .map(|person| person.display_name.clone());
    let first = |said: &String, planned: &String| {
        if said.is_empty() {
            planned.clone()
        } else {
            said.clone()
        }
    };
    Line {
        who: name
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| format!("{} 人，未定名", of.people)),
        status: words::exchange_status(of.status()),
        kind: Word::of(named::exchange_type(booked.r#type())),
        home: ground.unit(of.home.as_ref()).0,
        host: ground.unit(of.host.as_ref()).0,
        from: first(&of.real_start, &of.planned_start),
        until: first(&booked.real_end, &of.planned_end),
        here: booked.on_date,
        id: of.exchange_id,
    }
}

fn moves(of: &v1::CampusMovements) -> Moves {
    Moves {
        name: match of.name.as_str() {
            "" => "集团外 outside".to_owned(),
            name => name.to_owned(),
        },
        out: count(of.out.as_ref()),
        into: count(of.r#in.as_ref()),
        net: of.net_movements,
    }
}

/// Movements, heads and working time, apart.
fn count(of: Option<&v1::MovementCount>) -> String {
    let of = of.copied().unwrap_or_default();
    let heads = Cell::from(of.heads).text();
    let full = f64::from(of.full_time_percent) / 100.0;
    format!("{} 人次 / {heads} 人 / 折 {full}", of.movements)
}

fn share(of: &v1::ExchangeShare) -> Share {
    let rule = of.rule.clone().unwrap_or_default();
    let formula = [rule.numerator(), rule.denominator()].map(named::exchange_count);
    let figure = [of.numerator, of.denominator].map(|range| Cell::from(range).text());
    let result = Word::of(named::share_result(of.result()));
    let tone = match of.result() {
        v1::ShareResult::Met => "good",
        v1::ShareResult::NotMet => "bad",
        _ => "quiet",
    };
    Share {
        campus: match of.name.as_str() {
            "" => "全集团 group".to_owned(),
            name => name.to_owned(),
        },
        name: rule.name,
        formula: formula.map(named::zh).join(" / "),
        figure: figure.join(" / "),
        threshold: format!("≥ {}%", rule.threshold_percent),
        source: rule.source,
        result: Word { tone, ..result },
    }
}
