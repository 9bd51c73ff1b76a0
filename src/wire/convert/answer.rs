//! Answers to a push and what there is to say about its items.

use super::record;
use crate::model::finding::{Code, Finding, Weight};
use crate::model::mutation::{Answer, Outcome};
use crate::wire::v1;

/// A finding with its sentences.
#[must_use]
pub fn finding(finding: &Finding) -> v1::Finding {
    v1::Finding {
        message_zh: finding.zh(),
        message_en: finding.en(),
        ..bare_finding(finding)
    }
}

/// The findings of one weight.
#[must_use]
pub fn findings(all: &[Finding], weight: Weight) -> Vec<v1::Finding> {
    let of_weight = all.iter().filter(|finding| finding.weight() == weight);
    of_weight.map(finding).collect()
}

/// A finding without its sentences, as it is stored.
#[must_use]
pub fn bare_finding(finding: &Finding) -> v1::Finding {
    let argument = |(name, value): &(String, String)| v1::Argument {
        name: name.clone(),
        value: value.clone(),
    };
    v1::Finding {
        code: finding.code.entry().name.to_owned(),
        path: finding.path.clone(),
        arguments: finding.arguments.iter().map(argument).collect(),
        ..Default::default()
    }
}

/// A stored finding; `None` when this program does not know its code.
#[must_use]
pub fn stored_finding(finding: v1::Finding) -> Option<Finding> {
    Some(Finding {
        code: Code::named(&finding.code)?,
        path: finding.path,
        arguments: finding
            .arguments
            .into_iter()
            .map(|arg| (arg.name, arg.value))
            .collect(),
    })
}

/// An answer as the contract writes it.
#[must_use]
pub fn push_result(answer: &Answer) -> v1::PushResult {
    let of = |weight| findings(&answer.findings, weight);
    v1::PushResult {
        mutation_id: answer.mutation_id.clone(),
        record_id: answer.record_id.clone(),
        outcome: outcome(answer.outcome).into(),
        replayed: answer.replayed,
        version: answer.version,
        position: answer.position,
        conflict_id: answer.conflict.map(|id| id.to_string()).unwrap_or_default(),
        refusals: of(Weight::Refuse),
        warnings: of(Weight::Warn),
        notes: of(Weight::Note),
        current: answer.current.clone().and_then(record),
    }
}

fn outcome(outcome: Outcome) -> v1::Outcome {
    match outcome {
        Outcome::Applied => v1::Outcome::Applied,
        Outcome::Merged => v1::Outcome::Merged,
        Outcome::ConflictKept => v1::Outcome::ConflictKept,
        Outcome::Unchanged => v1::Outcome::Unchanged,
        Outcome::Rejected => v1::Outcome::Rejected,
        Outcome::NotApplied => v1::Outcome::NotApplied,
    }
}
