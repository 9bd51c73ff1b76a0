//! The part of the port by which hubs that share a database notice each other.

use super::Result;
use crate::model::ids::GroupKey;
use async_trait::async_trait;

/// How a group stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The group.
    pub group: GroupKey,
    /// The head of its feed.
    pub position: i64,
    /// How often something was changed that no position tells of: its credentials, what was erased of its
    /// history, what the last backup holds.
    pub changed: i64,
}

/// What is asked about other hubs.
#[async_trait]
pub trait Others: Send + Sync {
    /// How every group stands, whoever wrote for it.
    async fn standings(&self) -> Result<Vec<Standing>>;
    /// Resolves when another hub has said, since this was last asked, that it wrote something. It is a hint:
    /// what is said may get lost.
    async fn hinted(&self);
}
