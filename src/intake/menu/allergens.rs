//! What a menu declares of allergens, in the codings that the group keeps: 含鸡蛋、牛奶(微量).

use crate::intake::doubt::{Code, Doubt};
use crate::intake::fold::key;
use crate::intake::sheet::Cell;
use crate::wire::v1::{Allergen, Presence};

/// Names, each with its coding and its code there.
type Codings = [(String, String, String)];

/// The allergens of a cell. A name of two codings is left to be chosen, what no coding knows is told.
pub fn read(cell: &Cell, codings: &Codings, doubts: &mut Vec<Doubt>) -> Vec<Allergen> {
    let mut found: Vec<Allergen> = Vec::new();
    let mut traces = false;
    let parts = cell
        .text
        .split(|c: char| c.is_whitespace() || "、,;/+。".contains(c));
    for part in parts.filter(|part| !part.is_empty()) {
        // 可能含花生、芝麻 is of both; 牛奶(微量)、鸡蛋 of the first.
        let begins = |words: &[&str]| words.iter().any(|word| part.starts_with(word));
        traces = begins(&TRACES) || (traces && !begins(&["含"]));
        let mut name = part;
        for word in TRACES
            .iter()
            .chain(&["含有", "含", "致敏原", "过敏原", ":"])
        {
            name = name.trim_start_matches(word).trim_end_matches(word);
        }
        let own_traces = TRACES.iter().any(|word| part.contains(word));
        // 花生(GB7718) says which coding is meant.
        let (name, coding) = name.split_once('(').unwrap_or((name, ""));
        let coding = key(coding.trim_end_matches(')'));
        let meant = |scheme: &str| {
            !codings.iter().any(|(_, of, _)| key(of) == coding) || key(scheme) == coding
        };
        let name = name.trim_end_matches("制品").trim_end_matches('类');
        if name.is_empty() {
            continue;
        }
        let wanted = [
            key(name),
            format!("{}类", key(name)),
            format!("{}制品", key(name)),
        ];
        let mut named: Vec<_> = codings
            .iter()
            .filter(|(name, scheme, _)| wanted.contains(name) && meant(scheme))
            .collect();
        // A coding may have two codes of one name, a number and a letter: the first is written.
        named.sort_by_key(|(name, scheme, _)| (scheme, name));
        named.dedup_by(|a, b| (&a.0, &a.1) == (&b.0, &b.1));
        let codes = named.iter();
        let mut codes: Vec<(&str, &str)> = codes
            .map(|(_, scheme, code)| (scheme.as_str(), code.as_str()))
            .collect();
        codes.sort_unstable();
        codes.dedup();
        let part = cell.part(part);
        let doubt = |code| Doubt::new(code, part.place.clone(), &part.typed);
        match codes.as_slice() {
            [(scheme, code)] => {
                let presence = match traces || own_traces {
                    true => Presence::Traces,
                    false => Presence::Contains,
                };
                found.push(Allergen {
                    scheme: (*scheme).to_owned(),
                    code: (*code).to_owned(),
                    presence: presence.into(),
                });
            }
            [] if codings.is_empty() => doubts.push(
                doubt(Code::LeftOut).with("登记里没有致敏物质词表 the registers have no allergens"),
            ),
            [] => doubts.push(doubt(Code::NotUnderstood).with("致敏物质 allergen")),
            several => {
                let several: Vec<String> = several
                    .iter()
                    .map(|(scheme, code)| format!("{scheme} {code}"))
                    .collect();
                doubts.push(doubt(Code::WordUnsure).with(several.join(", ")));
            }
        }
    }
    found
}

/// Words before or behind what may be there in traces.
const TRACES: [&str; 5] = ["可能含有", "可能含", "微量", "痕量", "可能有"];
