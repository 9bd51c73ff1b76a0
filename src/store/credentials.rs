//! The part of the port that keeps who may call: credentials, and the hashes of their tokens and codes.

use super::Result;
use crate::model::caller::Group;
use crate::model::ids::{CredentialId, GroupKey, Place};
use crate::model::rights::Rights;
use crate::model::secret::{Purpose, SecretHash};
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

/// A credential, without its tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its id.
    pub id: CredentialId,
    /// The group it belongs to.
    pub group: GroupKey,
    /// The place it acts for.
    pub place: Place,
    /// The post that holds it.
    pub holder: String,
    /// What the operator calls it (总务处的笔记本电脑); may be empty.
    pub label: String,
    /// What of its place's it may do.
    pub rights: Rights,
    /// From when on it is refused; `None`: never.
    pub expires_at: Option<Timestamp>,
    /// A restore locked it out, until the operator confirms it.
    pub locked: bool,
}

impl fmt::Debug for Credential {
    /// Without its holder, who may be a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("id", &self.id)
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

/// How the holder of a credential comes by a token.
#[derive(Clone, Debug)]
pub enum Handover {
    /// It is there.
    Token {
        /// The token.
        token: SecretHash,
        /// When the credential's other tokens end, if they do not end earlier.
        others_end: Timestamp,
    },
    /// Whoever brings a code names it. Codes for the same credential that nobody brought are void.
    Invitation {
        /// The code.
        code: SecretHash,
        /// From when on it is too late.
        expires_at: Timestamp,
        /// How long the credential's other tokens last once the code was brought.
        overlap: Duration,
    },
}

/// One more token of a credential, for one purpose.
#[derive(Clone, Copy, Debug)]
pub struct Loan {
    /// The token.
    pub token: SecretHash,
    /// What it is good for.
    pub purpose: Purpose,
    /// From when on it is refused; `None`: with the credential.
    pub ends_at: Option<Timestamp>,
}

/// What became of a code that somebody brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trade {
    /// The token is one of this credential's now, or was already by the same code.
    Done(CredentialId),
    /// There is no such code.
    Unknown,
    /// It was traded for another token.
    Used,
    /// It came too late.
    Expired,
    /// Another code was traded for the token, or the hub made it.
    TokenTaken,
}

/// A credential that a token was found to be of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The credential.
    pub credential: Credential,
    /// Its group.
    pub group: Group,
    /// From when on the token is refused; `None`: never.
    pub ends_at: Option<Timestamp>,
    /// What the token is good for.
    pub purpose: Purpose,
    /// The operator took it back.
    pub revoked: bool,
}

/// A credential as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCredential {
    /// The credential.
    pub credential: Credential,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last heard.
    pub heard_at: Option<Timestamp>,
    /// When the operator took it back.
    pub revoked_at: Option<Timestamp>,
}

/// How a replica stands, as it said itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReplicaStanding {
    /// How many positions of the feed it lacked.
    pub behind: i64,
    /// What was typed and has no answer yet.
    pub unsent: i32,
    /// What was refused and nobody corrected.
    pub refused: i32,
    /// Conflicts that it shows open.
    pub conflicts: i32,
}

/// What the replica of a credential last said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// The place it belongs to.
    pub place: Place,
    /// The post that holds the credential.
    pub holder: String,
    /// When it said so.
    pub at: Timestamp,
    /// How it stood.
    pub replica: ReplicaStanding,
}

/// What a store is asked to keep of who may call.
#[async_trait]
pub trait Credentials {
    /// Keeps a credential, and how its holder comes by the first token.
    async fn create_credential(
        &self,
        credential: &Credential,
        handover: &Handover,
        at: Timestamp,
    ) -> Result<()>;
    /// Keeps how the holder of a credential comes by the next token.
    async fn hand_over(
        &self,
        group: GroupKey,
        id: CredentialId,
        handover: &Handover,
        at: Timestamp,
    ) -> Result<()>;
    /// Trades a code for a token.
    async fn trade(&self, code: &SecretHash, token: &SecretHash, now: Timestamp) -> Result<Trade>;
    /// Keeps one more token of a credential. Those of the same purpose that have ended are forgotten.
    async fn lend(
        &self,
        group: GroupKey,
        id: CredentialId,
        loan: &Loan,
        at: Timestamp,
    ) -> Result<()>;
    /// Ends a token of a credential for one purpose, or (`None`) all of that purpose.
    async fn take_back(
        &self,
        group: GroupKey,
        id: CredentialId,
        purpose: Purpose,
        token: Option<&SecretHash>,
    ) -> Result<()>;
    /// Takes a credential back, unless it was before; whether there is one.
    async fn revoke(&self, group: GroupKey, id: CredentialId, at: Timestamp) -> Result<bool>;
    /// The credential whose token has that hash, whatever became of it.
    async fn held(&self, token: &SecretHash) -> Result<Option<Held>>;
    /// The credentials of a group, by place and holder.
    async fn credentials(&self, group: GroupKey) -> Result<Vec<ListedCredential>>;
    /// Lets locked credentials in again: those of these ids, or all of the group; how many there were.
    async fn confirm(
        &self,
        group: GroupKey,
        ids: Option<&[CredentialId]>,
        at: Timestamp,
    ) -> Result<u64>;
    /// Notes when a credential was last heard.
    async fn heard(&self, group: GroupKey, id: CredentialId, at: Timestamp) -> Result<()>;
    /// Notes how the replica of a credential stands.
    async fn report(
        &self,
        group: GroupKey,
        id: CredentialId,
        replica: ReplicaStanding,
        at: Timestamp,
    ) -> Result<()>;
    /// What the replicas of credentials that may call last said, by place and holder.
    async fn reports(&self, group: GroupKey) -> Result<Vec<Reported>>;
    /// When each place was last heard.
    async fn last_heard(&self, group: GroupKey) -> Result<HashMap<Place, Timestamp>>;
}
