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

/// The state of a conflict: whose record, from which version, over which, and the edit as pushed.
#[must_use]
pub fn state(record: RecordId, base_version: i64, hub_version: i64, pushed: Bytes) -> Bytes {
    let record_id = record.to_string();
    wrap(
        NUMBER,
        &v1::ConflictState {
            record_id,
            base_version,
            hub_version,
            pushed,
        },
    )
}

/// The record a conflict is about; `None` when the state is none.
#[must_use]
pub fn record(state: &[u8]) -> Option<RecordId> {
    let (_, body) = variant(state)
        .ok()
        .filter(|(number, _)| *number == NUMBER)?;
    v1::ConflictState::decode(body).ok()?.record_id.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_knows_its_record_and_its_field_is_the_contracts() {
        let id = RecordId(uuid::Uuid::from_u128(5));
        let state = state(id, 1, 2, Bytes::from_static(b"x"));
        assert_eq!(record(&state), Some(id));
        let typed = v1::State::decode(state).unwrap();
        assert!(matches!(typed.kind, Some(v1::state::Kind::Conflict(_))));
    }
}
