//! Movements beside each other: halves of a pair, twins, shares that overlap.

use crate::intake::doubt::{Code, Doubt, Place};
use crate::intake::fold::key;
use crate::intake::sheet::Cell;
use crate::model::date::{LAST_DAY, Span, day_or_month};
use crate::wire::v1::{Exchange, Unit, unit};
use uuid::Uuid;

/// A movement, and what its row says beside it.
#[derive(Debug, Default)]
pub struct Movement {
    /// Where it stands.
    pub place: Place,
    /// The movement.
    pub exchange: Exchange,
    /// It is half of a two-way exchange.
    pub two_way: bool,
    /// Who goes the other way.
    pub partner: Option<Cell>,
    /// What is doubtful about it.
    pub doubts: Vec<Doubt>,
}

/// The name space of pair ids: the same pair read again, or read by the other campus, gets the same id.
const PAIRS: Uuid = Uuid::from_bytes(*b"lianxiao/pairs/1");

/// Gives the halves of two-way exchanges their common id.
pub fn join(movements: &mut [Movement]) {
    for index in 0..movements.len() {
        let movement = &movements[index];
        if !movement.two_way {
            continue;
        }
        let half = |other: &Movement| {
            let exchange = &other.exchange;
            exchange.home == movement.exchange.host
                && exchange.host == movement.exchange.home
                && other.two_way
        };
        let named = |other: &Movement| {
            movement
                .partner
                .as_ref()
                .is_none_or(|partner| key(&partner.text) == name(&other.exchange))
        };
        let found = movements
            .iter()
            .position(|other| half(other) && named(other) && other.exchange.home.is_some());
        let partner = match (&movement.partner, found) {
            (_, Some(other)) => name(&movements[other].exchange),
            (Some(partner), None) => key(&partner.text),
            (None, None) => String::new(),
        };
        let id = pair_id(&movement.exchange, &partner);
        let typed = movement
            .partner
            .as_ref()
            .map(|partner| partner.typed.clone())
            .unwrap_or_default();
        let movement = &mut movements[index];
        movement.exchange.pair_id = id;
        if found.is_none() {
            let who = if typed.is_empty() {
                "对方 the other half".to_owned()
            } else {
                typed
            };
            movement
                .doubts
                .push(Doubt::new(Code::PairHalf, movement.place.clone(), "").with(who));
        }
    }
}

fn pair_id(exchange: &Exchange, partner: &str) -> String {
    let mut ends = [
        format!("{}@{}", name(exchange), school(exchange.home.as_ref())),
        format!("{partner}@{}", school(exchange.host.as_ref())),
    ];
    ends.sort();
    let text = format!("{} {} {}", ends[0], ends[1], exchange.planned_start);
    Uuid::new_v5(&PAIRS, text.as_bytes()).to_string()
}

fn name(exchange: &Exchange) -> String {
    exchange
        .person
        .as_ref()
        .map(|person| key(&person.display_name))
        .unwrap_or_default()
}

fn school(unit: Option<&Unit>) -> &str {
    match unit.and_then(|unit| unit.unit.as_ref()) {
        Some(unit::Unit::CampusId(name) | unit::Unit::Outside(name)) => name,
        None => "",
    }
}

/// Doubts about movements of one name: the same one twice, or two at one time.
pub fn compare(movements: &mut [Movement]) {
    for index in 0..movements.len() {
        for before in 0..index {
            let (a, b) = (&movements[before], &movements[index]);
            let one_name = !name(&a.exchange).is_empty() && name(&a.exchange) == name(&b.exchange);
            if !one_name || a.exchange.home != b.exchange.home {
                continue;
            }
            let meets = match (span(&a.exchange), span(&b.exchange)) {
                (Some(a), Some(b)) => a.first <= b.last && b.first <= a.last,
                _ => false,
            };
            let other = format!("#{before}");
            let doubt = match (a.exchange.host == b.exchange.host, meets) {
                (true, true) => Doubt::new(Code::Twin, b.place.clone(), "").with(other),
                (false, true) => {
                    let who = b
                        .exchange
                        .person
                        .as_ref()
                        .map(|person| person.display_name.clone());
                    Doubt::new(
                        Code::SharesOverlap,
                        b.place.clone(),
                        who.unwrap_or_default(),
                    )
                    .with(other)
                }
                _ => continue,
            };
            movements[index].doubts.push(doubt);
        }
    }
}

fn span(exchange: &Exchange) -> Option<Span> {
    let first = day_or_month(&exchange.planned_start)?.first;
    let last = day_or_month(&exchange.planned_end).map_or(LAST_DAY, |end| end.last);
    Some(Span { first, last })
}
