//! What every record's page says: whose it is, in which version, and where its history stands.

use super::read::Ground;
use crate::wire::v1;

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
}

impl Course {
    /// What a record says of itself.
    pub fn of(record: &v1::Record, ground: &Ground) -> Self {
        Course {
            id: record.id.clone(),
            owner: ground.name(&record.campus_id).to_owned(),
            owner_id: record.campus_id.clone(),
            version: record.version,
            when: ground.told(record.commit_time.as_ref()),
            actor: record.actor.clone(),
        }
    }
}
