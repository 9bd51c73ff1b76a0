//! Collects what is wrong or worth a look in a content, field by field.

use super::registers::person::PersonRules;
use super::{Neighbour, Neighbours, Reference};
use crate::content::redact::ERASED;
use crate::model::date::{self, Span};
use crate::model::finding::{Code, Finding};
use crate::model::ids::RecordId;
use crate::model::limits::LOG_ROWS_MAX;
use crate::wire::v1;
use jiff::civil::{Date, Time};

/// The most refusals, the most warnings and the most notes of one item.
const FINDINGS_MAX: usize = 20;

/// Findings about the fields under one path.
#[derive(Debug)]
pub struct Found {
    prefix: String,
    /// What was found, in the order it was looked for.
    pub findings: Vec<Finding>,
}

impl Found {
    /// Nothing yet, about the fields under `prefix`.
    pub fn under(prefix: String) -> Self {
        Found {
            prefix,
            findings: Vec::new(),
        }
    }

    /// Adds what a finding says of the field at its path, unless so much was found already that one more
    /// helps nobody.
    pub fn say(&mut self, mut finding: Finding) {
        let weight = finding.weight();
        let alike = |other: &&Finding| other.weight() == weight;
        if self.findings.iter().filter(alike).count() < FINDINGS_MAX {
            finding.path = format!("{}.{}", self.prefix, finding.path);
            self.findings.push(finding);
        }
    }

    /// Looks at the fields under a part.
    pub fn within(&mut self, part: &str, look: impl FnOnce(&mut Self)) {
        let outside = self.prefix.len();
        self.prefix.extend([".", part]);
        look(self);
        self.prefix.truncate(outside);
    }

    /// Adds a finding about a field.
    pub fn add(&mut self, code: Code, path: &str) {
        self.say(Finding::new(code, path));
    }

    /// Adds a finding with one argument.
    pub fn add_with(&mut self, code: Code, path: &str, name: &str, value: impl ToString) {
        self.say(Finding::new(code, path).with(name, value));
    }

    /// The field must be set.
    pub fn required(&mut self, path: &str, set: bool) {
        if !set {
            self.add(Code::Required, path);
        }
    }

    /// One line of 1 to `max` characters.
    pub fn line(&mut self, path: &str, text: &str, max: usize) {
        self.required(path, !text.trim().is_empty());
        self.optional_line(path, text, max);
    }

    /// One line of at most `max` characters, or nothing.
    pub fn optional_line(&mut self, path: &str, text: &str, max: usize) {
        self.text(path, text, max);
        if text.chars().any(char::is_control) {
            self.add(Code::TextNotOneLine, path);
        }
    }

    /// Text of at most `max` characters, in any number of lines.
    pub fn text(&mut self, path: &str, text: &str, max: usize) {
        let length = text.chars().count();
        if length > max {
            let finding = Finding::new(Code::TextTooLong, path);
            self.say(finding.with("length", length).with("max", max));
        }
    }

    /// A list of lines, each set.
    pub fn lines(&mut self, path: &str, lines: &[String], max: usize) {
        for (i, line) in lines.iter().enumerate() {
            self.line(&format!("{path}[{i}]"), line, max);
        }
    }

    /// A number from `min` to `max`.
    pub fn range<N: PartialOrd + ToString>(&mut self, path: &str, value: N, min: N, max: N) {
        // A NaN lies in no range.
        let within = value >= min && value <= max;
        if !within {
            let finding = Finding::new(Code::OutOfRange, path);
            let finding = finding.with("min", min).with("max", max);
            self.say(finding.with("value", value));
        }
    }

    /// A weight or an amount: not negative, and a number.
    pub fn amount(&mut self, path: &str, value: Option<f64>) {
        if let Some(value) = value {
            self.range(path, value, 0.0, 100_000.0);
        }
    }

    /// The SHA-256 of a file, or nothing.
    pub fn sha256(&mut self, path: &str, text: &str) {
        let hex = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !text.is_empty() && !hex {
            self.add(Code::HashInvalid, path);
        }
    }

    /// What must be said and may not be known yet: whoever leaves it out is asked for it.
    pub fn stated(&mut self, path: &str, set: bool) {
        if !set {
            self.add(Code::Unstated, path);
        }
    }

    /// A day.
    pub fn day(&mut self, path: &str, text: &str) -> Option<Date> {
        let day = date::day(text);
        if day.is_none() {
            self.bad(Code::DateInvalid, path, text, "YYYY-MM-DD");
        }
        day
    }

    /// A day, or nothing.
    pub fn optional_day(&mut self, path: &str, text: &str) -> Option<Date> {
        if text.is_empty() {
            None
        } else {
            self.day(path, text)
        }
    }

    /// A day or a month, or nothing.
    pub fn optional_day_or_month(&mut self, path: &str, text: &str) -> Option<Span> {
        if text.is_empty() {
            return None;
        }
        let span = date::day_or_month(text);
        if span.is_none() {
            self.bad(Code::DateInvalid, path, text, "YYYY-MM-DD / YYYY-MM");
        }
        span
    }

    /// The first and the last day of something, at `{path}from` and `{path}until`; an empty one is open.
    pub fn period(&mut self, path: &str, from: &str, until: &str) {
        let end = format!("{path}until");
        let first = self.optional_day(&format!("{path}from"), from);
        let last = self.optional_day(&end, until);
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            self.backwards(&end, from, until);
        }
    }

    /// A clock time, or nothing.
    pub fn optional_clock_time(&mut self, path: &str, text: &str) -> Option<Time> {
        if text.is_empty() {
            return None;
        }
        let time = date::clock_time(text);
        if time.is_none() {
            self.bad(Code::TimeInvalid, path, text, "HH:MM");
        }
        time
    }

    /// A beginning and an end, of which the end comes later.
    pub fn clock_times(&mut self, path: &str, start: &str, end: &str) {
        let end_path = format!("{path}.end");
        let first = self.optional_clock_time(&format!("{path}.start"), start);
        let last = self.optional_clock_time(&end_path, end);
        if let (Some(first), Some(last)) = (first, last)
            && last <= first
        {
            self.backwards(&end_path, start, end);
        }
    }

    /// Says that an end lies before its start.
    pub fn backwards(&mut self, path: &str, start: &str, end: &str) {
        let finding = Finding::new(Code::EndBeforeStart, path);
        self.say(finding.with("start", start).with("end", end));
    }

    fn bad(&mut self, code: Code, path: &str, value: &str, format: &str) {
        let finding = Finding::new(code, path);
        self.say(finding.with("value", value).with("format", format));
    }

    /// Says that a text is no time as `format` shows.
    pub fn bad_time(&mut self, path: &str, value: &str, format: &str) {
        self.bad(Code::TimeInvalid, path, value, format);
    }

    /// A person, by id or by name.
    pub fn person(&mut self, path: &str, person: Option<&v1::PersonRef>) {
        let Some(person) = person else { return };
        let name = format!("{path}.display_name");
        self.required(
            &name,
            !person.person_id.is_empty() || !person.display_name.is_empty(),
        );
        self.optional_line(&name, &person.display_name, 40);
        self.optional_line(&format!("{path}.affiliation"), &person.affiliation, 60);
    }

    /// A school: a campus or a named one outside the group.
    pub fn unit(&mut self, path: &str, unit: Option<&v1::Unit>) {
        match unit.and_then(|unit| unit.unit.as_ref()) {
            None => self.required(path, false),
            Some(v1::unit::Unit::Outside(name)) => self.line(&format!("{path}.outside"), name, 60),
            Some(v1::unit::Unit::CampusId(_)) => {}
        }
    }

    /// What refuses the item first, if anything does.
    pub fn first_refusal(self) -> Option<Finding> {
        self.findings.into_iter().find(Finding::refuses)
    }

    /// A reference must name a live record of its kind.
    pub fn reference(&mut self, reference: &Reference, neighbours: &dyn Neighbours) {
        let Ok(id) = reference.id.parse::<RecordId>() else {
            return self.add_with(Code::IdInvalid, &reference.path, "value", &reference.id);
        };
        let neighbour = neighbours.record(id);
        let there = neighbour.filter(|record| record.kind == reference.kind);
        if let Some(there) = there {
            if reference.called && is_erased(&there) {
                self.add_with(Code::PersonErased, &reference.path, "id", id);
            }
        } else {
            let code = match reference.kind {
                "person" => Code::PersonUnknown,
                "campus" => Code::CampusUnknown,
                _ => Code::RecordNotFound,
            };
            self.add_with(code, &reference.path, "id", id);
        }
    }
}

/// The reference inside a person, if it names one.
pub fn person_reference(path: &str, person: Option<&v1::PersonRef>) -> Option<Reference> {
    let person = person.filter(|person| !person.person_id.is_empty())?;
    let path = format!("{path}.person_id");
    Some(Reference {
        called: !person.display_name.is_empty() || !person.affiliation.is_empty(),
        ..Reference::new(path, &person.person_id, "person")
    })
}

/// Whether a neighbour is a person whose name was erased: nobody brings it back beside the id.
fn is_erased(neighbour: &Neighbour) -> bool {
    let person = neighbour.read::<PersonRules>();
    person.is_some_and(|person| person.display_name == ERASED)
}

/// The reference inside a school, if it is a campus.
pub fn unit_reference(path: &str, unit: Option<&v1::Unit>) -> Option<Reference> {
    match unit.and_then(|unit| unit.unit.as_ref())? {
        v1::unit::Unit::CampusId(id) => {
            Some(Reference::new(format!("{path}.campus_id"), id, "campus"))
        }
        v1::unit::Unit::Outside(_) => None,
    }
}

/// The campus of a school, if it is one of the group's.
pub fn unit_campus(unit: Option<&v1::Unit>) -> Option<RecordId> {
    match unit.and_then(|unit| unit.unit.as_ref())? {
        v1::unit::Unit::CampusId(id) => id.parse().ok(),
        v1::unit::Unit::Outside(_) => None,
    }
}

/// A refusal because somebody else would have to ask.
pub fn only(who: &str) -> super::Refusal {
    Finding::new(Code::NotAllowed, "act.action").with("who", who)
}

/// Refuses to write down more in a state than it may hold.
pub fn room(path: &str, rows: usize) -> Result<(), super::Refusal> {
    if rows < LOG_ROWS_MAX {
        return Ok(());
    }
    Err(Finding::new(Code::ListTooLong, path).with("max", LOG_ROWS_MAX))
}
