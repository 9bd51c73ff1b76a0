//! The record that keeps an edit which lost a clash. It has a state and no content: nobody puts one.

use super::encoded::{variant, wrap};
use crate::model::ids::RecordId;
use crate::wire::v1;
use bytes::Bytes;
use prost::Message as _;

/// The kind's name on the wire.
pub const KIND: &str = "conflict";
/// Its field number in State.
const NUMBER: u32 = 90;

/// The state of a conflict: whose record, over which version, in which fields, what the edit started from, and the
/// edit as pushed.
#[must_use]
pub fn state(
    record: RecordId,
    hub_version: i64,
    paths: Vec<String>,
    [base, pushed]: [Bytes; 2],
) -> Bytes {
    let record_id = record.to_string();
    wrap(
        NUMBER,
        &v1::ConflictState {
            record_id,
            hub_version,
            pushed,
            paths,
            base,
        },
    )
}

/// The record a conflict is about, and the edit as pushed; `None` when the state is no conflict's.
#[must_use]
pub fn pushed(state: &[u8]) -> Option<(RecordId, Bytes)> {
    let (_, body) = variant(state)
        .ok()
        .filter(|(number, _)| *number == NUMBER)?;
    let conflict = v1::ConflictState::decode(body).ok()?;
    Some((conflict.record_id.parse().ok()?, conflict.pushed))
}

/// The record that a stored frame is a conflict or a correction about, if it is one.
#[must_use]
pub fn about(frame: Option<&Bytes>) -> Option<RecordId> {
    let parts = super::frame::parts(frame?).ok()?;
    let conflict = pushed(&parts.state).map(|(record, _)| record);
    conflict.or_else(|| super::correction::about(&parts.state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_knows_its_record_and_its_field_is_the_contracts() {
        let id = RecordId(uuid::Uuid::from_u128(5));
        let state = state(
            id,
            2,
            vec!["menu.canteen".into()],
            [b"w", b"x"].map(|text| Bytes::from_static(text)),
        );
        assert_eq!(pushed(&state), Some((id, Bytes::from_static(b"x"))));
        let typed = v1::State::decode(state).unwrap();
        assert!(matches!(typed.kind, Some(v1::state::Kind::Conflict(_))));
    }
}
