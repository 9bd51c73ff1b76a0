//! Movements beside each other: halves of a pair, twins, shares that overlap.

use crate::intake::doubt::{Code, Doubt, Place};
use crate::intake::fold::key;
use crate::intake::sheet::Cell;
use crate::model::date::{LAST_DAY, Span, day_or_month};
use crate::wire::v1::{Exchange, Unit, unit};
use std::collections::HashMap;
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

/// The most movements that one is compared with.
const COMPARED_MAX: usize = 200;

/// Gives the halves of two-way exchanges their common id. Where two could be the other half, nobody is
/// chosen.
pub fn join(movements: &mut [Movement]) {
    let mut ways: HashMap<(String, String), Vec<usize>> = HashMap::new();
    for (index, movement) in movements.iter().enumerate() {
        ways.entry(way(&movement.exchange)).or_default().push(index);
    }
    for index in 0..movements.len() {
        let movement = &movements[index];
        if !movement.two_way {
            continue;
        }
        let (home, host) = way(&movement.exchange);
        let back = ways
            .get(&(host, home))
            .map(Vec::as_slice)
            .unwrap_or_default();
        let known = movement.exchange.home.is_some() && movement.exchange.host.is_some();
        let halves: Vec<usize> = back
            .iter()
            .copied()
            .take(COMPARED_MAX)
            .filter(|other| known && *other != index)
            // Whoever is named by the other half goes the other way, whether the own row says so or not.
            .filter(|other| movements[*other].two_way || movement.partner.is_some())
            .filter(|other| {
                names(movement, &movements[*other]) && names(&movements[*other], movement)
            })
            .collect();
        let there = ways.get(&way(&movement.exchange)).into_iter().flatten();
        let there = there.filter(|other| movements[**other].two_way).count();
        let sure = movement.partner.is_some() || (halves.len() == 1 && there == 1);
        let place = movement.place.clone();
        if halves.len() > 1 || (halves.len() == 1 && !sure) {
            let who: Vec<String> = halves.iter().map(|other| format!("#{other}")).collect();
            let typed = shown(&movement.exchange);
            let doubt = Doubt::new(Code::WordUnsure, place, format!("{typed} 双向 two-way"));
            movements[index].doubts.push(doubt.with(who.join(", ")));
            continue;
        }
        let partner = match (&movement.partner, halves.first()) {
            (_, Some(other)) => name(&movements[*other].exchange),
            (Some(partner), None) => key(&partner.text),
            (None, None) => String::new(),
        };
        let id = pair_id(&movement.exchange, &partner);
        let typed = movement
            .partner
            .as_ref()
            .map(|partner| partner.typed.clone());
        if let Some(other) = halves.first() {
            movements[*other].exchange.pair_id.clone_from(&id);
        }
        movements[index].exchange.pair_id = id;
        if halves.is_empty() {
            let who = typed.unwrap_or_else(|| "对方 the other half".to_owned());
            let doubt = Doubt::new(Code::PairHalf, place, "").with(who);
            movements[index].doubts.push(doubt);
        }
    }
}

/// From where to where.
fn way(exchange: &Exchange) -> (String, String) {
    let end = |unit: &Option<Unit>| key(school(unit.as_ref()));
    (end(&exchange.home), end(&exchange.host))
}

/// Whether a movement names another as its other half, or nobody.
fn names(movement: &Movement, other: &Movement) -> bool {
    let partner = movement.partner.as_ref();
    partner.is_none_or(|partner| key(&partner.text) == name(&other.exchange))
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

/// Doubts about movements of one name from one school, one doubt a movement: the same one twice, or two at
/// one time.
pub fn compare(movements: &mut [Movement]) {
    let mut seen: HashMap<(String, String), Vec<usize>> = HashMap::new();
    for index in 0..movements.len() {
        let movement = &movements[index];
        let (who, (home, _)) = (name(&movement.exchange), way(&movement.exchange));
        if who.is_empty() {
            continue;
        }
        let before = seen.entry((who, home)).or_default();
        let meets = |other: &&usize| {
            let spans = (span(&movements[**other].exchange), span(&movement.exchange));
            matches!(spans, (Some(a), Some(b)) if a.first <= b.last && b.first <= a.last)
        };
        let other = before.iter().take(COMPARED_MAX).find(meets).copied();
        before.push(index);
        let Some(other) = other else { continue };
        let place = movement.place.clone();
        let same = movements[other].exchange.host == movement.exchange.host;
        let doubt = match same {
            true => Doubt::new(Code::Twin, place, ""),
            false => Doubt::new(Code::SharesOverlap, place, shown(&movement.exchange)),
        };
        movements[index]
            .doubts
            .push(doubt.with(format!("#{other}")));
    }
}

/// The name as typed.
fn shown(exchange: &Exchange) -> String {
    let person = exchange.person.as_ref();
    person
        .map(|person| person.display_name.clone())
        .unwrap_or_default()
}

fn span(exchange: &Exchange) -> Option<Span> {
    let first = day_or_month(&exchange.planned_start)?.first;
    let last = day_or_month(&exchange.planned_end).map_or(LAST_DAY, |end| end.last);
    Some(Span { first, last })
}
