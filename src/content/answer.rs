//! An answer as it is kept with the version it announced, so that the same mutation sent again gets the
//! same answer.

use super::encoded::Malformed;
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

#[cfg(test)]
mod tests {
    use super::*;
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
            findings: vec![Finding::new(Code::DayEmpty, "put").with("date", "2026-05-09")],
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
}
