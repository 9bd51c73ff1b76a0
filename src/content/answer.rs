//! An answer as it is kept with the version it announced, so that the same mutation sent again gets the
//! same answer.

use super::encoded::Malformed;
use super::redact::Names;
use crate::model::ids::RecordId;
use crate::model::mutation::{Answer, Outcome};
use crate::wire::convert::{bare_finding, push_result, stored_finding};
use crate::wire::v1;
use prost::Message as _;

/// Encodes what of an answer cannot be told from the version itself. Sentences are left out: they are
/// made when they are read.
#[must_use]
pub fn encode(answer: &Answer) -> Vec<u8> {
    let stored = v1::PushResult {
        mutation_id: String::new(),
        record_id: String::new(),
        refusals: Vec::new(),
        notes: Vec::new(),
        warnings: answer.findings.iter().map(bare_finding).collect(),
        current: None,
        ..push_result(answer)
    };
    stored.encode_to_vec()
}

/// Reads a stored answer back, as the answer to a mutation sent again under these ids.
///
/// # Errors
/// When it is none: the database was damaged.
pub fn decode(stored: &[u8], mutation_id: &str, record_id: &str) -> Result<Answer, Malformed> {
    let broken = Malformed("a stored answer is broken");
    let stored = v1::PushResult::decode(stored).map_err(|_| broken)?;
    let outcome = match stored.outcome() {
        v1::Outcome::Applied => Outcome::Applied,
        v1::Outcome::Merged => Outcome::Merged,
        v1::Outcome::ConflictKept => Outcome::ConflictKept,
        _ => return Err(broken),
    };
    Ok(Answer {
        mutation_id: mutation_id.to_owned(),
        record_id: record_id.to_owned(),
        outcome,
        replayed: true,
        version: stored.version,
        position: stored.position,
        conflict: stored.conflict_id.parse::<RecordId>().ok(),
        findings: stored
            .warnings
            .into_iter()
            .filter_map(stored_finding)
            .collect(),
        current: None,
    })
}

/// A stored answer whose findings speak of nobody of these names; `None` when none does.
#[must_use]
pub fn redacted(stored: &[u8], names: &Names) -> Option<Vec<u8>> {
    let mut answer = v1::PushResult::decode(stored).ok()?;
    let findings = answer.warnings.iter_mut();
    let values = findings.flat_map(|finding| finding.arguments.iter_mut());
    let mut spoken_of = false;
    for argument in values {
        if let Some(blanked) = names.blank(&argument.value) {
            argument.value = blanked;
            spoken_of = true;
        }
    }
    spoken_of.then(|| answer.encode_to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::redact::Whose;
    use crate::model::finding::{Code, Finding};

    #[test]
    fn a_stored_answer_is_the_first_answer_replayed() {
        let first = Answer {
            mutation_id: "m".into(),
            record_id: "r".into(),
            outcome: Outcome::ConflictKept,
            replayed: false,
            version: 4,
            position: 17,
            conflict: Some(RecordId(uuid::Uuid::from_u128(9))),
            findings: vec![
                Finding::new(Code::DayEmpty, "put").with("date", "2026-05-09"),
                Finding::new(Code::FoodBanned, "put").with("food", "四季豆"),
            ],
            current: None,
        };
        let again = decode(&encode(&first), "m", "r").unwrap();
        assert_eq!(
            again,
            Answer {
                replayed: true,
                ..first
            }
        );
    }

    #[test]
    fn a_stored_answer_speaks_of_nobody_who_was_erased() {
        let lead = v1::Session {
            lead: Some(v1::PersonRef {
                display_name: "王老师".into(),
                ..Default::default()
            }),
            ..Default::default()
        };
        let mut names = Names::default();
        let content = crate::content::encoded::wrap(20, &lead);
        names.learn("lianxiao.v1.Content", &content, Whose::Everybody);
        let answer = |name: &str| Answer {
            mutation_id: "m".into(),
            record_id: "r".into(),
            outcome: Outcome::Applied,
            replayed: true,
            version: 1,
            position: 2,
            conflict: None,
            findings: vec![Finding::new(Code::CanteenUnknown, "put").with("name", name)],
            current: None,
        };
        let redacted = redacted(&encode(&answer("王老师的")), &names).unwrap();
        let left = decode(&redacted, "m", "r").unwrap();
        assert_eq!(left, answer("已删除的"));
        assert_eq!(super::redacted(&redacted, &names), None);
    }
}
