//! What every record's page says: whose it is, in which version, where its history stands, and what is to be put
//! right.

use super::clerk::words;
use super::read::Ground;
use crate::hub::{Hub, HubError};
use crate::model::caller::Caller;
use crate::model::date::Span;
use crate::wire::convert::record;
use crate::wire::json::described;
use crate::wire::v1::{self, state};
use prost::Message as _;

/// Whose a record is, and its newest version.
pub struct Course {
    /// The record.
    pub id: String,
    /// The owning campus, by name.
    pub owner: String,
    /// The owning campus, by id.
    pub owner_id: String,
    /// The version.
    pub version: i64,
    /// When it was written.
    pub when: String,
    /// By which post.
    pub actor: String,
    /// The fields of its content that a correction may be asked of: as the contract and as schools name them.
    pub fields: Vec<(String, String)>,
    /// What the office asked to be put right: where, what is the matter, and when.
    pub asked: Vec<(String, String, String)>,
}

impl Course {
    /// What a record says of itself, and what is said of it.
    ///
    /// # Errors
    /// When the database failed.
    pub async fn of(
        hub: &Hub,
        caller: &Caller,
        record: &v1::Record,
        ground: &Ground,
    ) -> Result<Self, HubError> {
        let asked = asked(hub, caller, &record.id).await?.into_iter();
        let told = |of: v1::AskedCorrection| {
            let place = words::place(&of.field, ground);
            (place, of.text, ground.told(of.ask_time.as_ref()))
        };
        Ok(Course {
            id: record.id.clone(),
            owner: ground.name(&record.campus_id).to_owned(),
            owner_id: record.campus_id.clone(),
            version: record.version,
            when: ground.told(record.commit_time.as_ref()),
            actor: record.actor.clone(),
            fields: fields(&record.kind),
            asked: asked.map(told).collect(),
        })
    }
}

fn fields(kind: &str) -> Vec<(String, String)> {
    let kind = described("Content").get_field_by_name(kind);
    let message = kind.and_then(|kind| kind.kind().as_message().cloned());
    let fields = message
        .iter()
        .flat_map(prost_reflect::MessageDescriptor::fields);
    fields
        .map(|field| {
            (
                field.name().to_owned(),
                words::field(field.name()).to_owned(),
            )
        })
        .collect()
}

async fn asked(hub: &Hub, caller: &Caller, id: &str) -> Result<Vec<v1::AskedCorrection>, HubError> {
    let open = hub.touching(caller, "correction", Span::ALWAYS).await?;
    let states = open
        .into_iter()
        .filter_map(record)
        .filter_map(|record| v1::State::decode(record.state).ok()?.kind);
    let of_record = states.filter_map(|state| match state {
        state::Kind::Correction(state) if state.record_id == id => Some(state.asked),
        _ => None,
    });
    Ok(of_record.flatten().collect())
}
