//! Joining: an invitation is traded for a credential, so that nothing can be lost on the way. The token is
//! made here and on the disk before the hub hears of it; whoever is cut off joins again by the same line.

use super::credential::{Credential, CredentialError, remove, with_suffix};
use super::error::ReplicaError;
use super::line::{Line, LineError};
use crate::model::ids::CredentialId;
use crate::model::invitation::Invitation;
use crate::model::secret::Token;
use crate::wire::v1;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::timeout;

/// How long the hub may take to answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// Why nobody was let in. What was begun is kept: the same invitation goes on with it.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// A file cannot be read or written.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// The invitation's address cannot be used, or not safely.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The hub refused, or is not reached, or not recognised.
    #[error("not joined: {0}")]
    Hub(#[from] ReplicaError),
    /// The hub did not answer in time.
    #[error("not joined: the hub did not answer within {} seconds", PATIENCE.as_secs())]
    Silent,
    /// The hub broke the contract.
    #[error("not joined: the hub did not say what was joined")]
    Contract,
    /// Another credential stands in the file.
    #[error(
        "{file:?} holds a credential of {hub}; keep this one in another file, or say that it replaces that"
    )]
    Occupied {
        /// The file.
        file: PathBuf,
        /// The hub of that credential.
        hub: String,
    },
    /// The hub let the caller in, as somebody else than the holder of the credential that stands in the
    /// file.
    #[error(
        "{file:?} holds another credential of the same hub; the new one is kept in {kept:?}: move it where you want it"
    )]
    Another {
        /// The file.
        file: PathBuf,
        /// Where the new credential is.
        kept: PathBuf,
    },
}

/// Somebody who was invited.
pub struct Joining<'a> {
    /// The invitation.
    pub invitation: &'a Invitation,
    /// Where the credential is to be.
    pub file: &'a Path,
    /// It takes the place of any other credential in that file.
    pub replace: bool,
    /// The token may leave this machine in plain text, if the invitation says so.
    pub plaintext: bool,
}

impl Joining<'_> {
    /// Joins. `bits` are the token's, and must come from a secure source.
    ///
    /// # Errors
    /// When the hub does not let anybody in by this invitation, or the file is somebody else's.
    pub async fn join(&self, bits: [u8; 32]) -> Result<v1::DescribeResponse, JoinError> {
        let kept = Credential::read(self.file)?;
        let credential = self.begin(kept.as_ref(), bits)?;
        let line = match (credential.fingerprint, self.plaintext) {
            // To this machine only.
            (None, false) => Line::new(&credential.url(), credential.token.reveal())?,
            _ => credential.line()?,
        };
        credential.write(&self.begun())?;
        let description = self.trade(&line, &credential).await?;
        let caller = description.caller.as_ref();
        let id = caller.and_then(|caller| caller.credential_id.parse().ok());
        self.keep(id.ok_or(JoinError::Contract)?, credential, kept)?;
        Ok(description)
    }

    /// Puts what was joined in its place, unless another credential stands there.
    fn keep(
        &self,
        id: CredentialId,
        joined: Credential,
        kept: Option<Credential>,
    ) -> Result<(), JoinError> {
        let free = self.replace || kept.is_none_or(|kept| kept.id == Some(id));
        let place = match free {
            true => self.file.to_owned(),
            false => with_suffix(self.file, &format!(".{id}")),
        };
        let id = Some(id);
        Credential { id, ..joined }.write(&place)?;
        let begun = self.begun();
        remove(&begun).map_err(|error| CredentialError::File(begun, error))?;
        match free {
            true => Ok(()),
            false => Err(JoinError::Another {
                file: self.file.to_owned(),
                kept: place,
            }),
        }
    }

    /// Where the credential is until the hub has answered.
    fn begun(&self) -> PathBuf {
        with_suffix(self.file, ".joining")
    }

    /// The token that goes with the invitation: the one it was begun with, or a new one.
    fn begin(&self, kept: Option<&Credential>, bits: [u8; 32]) -> Result<Credential, JoinError> {
        let begun = Credential::read(&self.begun())?;
        let mut earlier = begun.iter().chain(kept);
        if let Some(same) = earlier.find(|of| of.is_of(self.invitation)) {
            return Ok(same.clone());
        }
        if let Some(other) = kept.filter(|kept| kept.address != self.invitation.address)
            && !self.replace
        {
            return Err(JoinError::Occupied {
                file: self.file.to_owned(),
                hub: other.url(),
            });
        }
        Ok(Credential::to_join(
            self.invitation,
            Token::from_random(bits),
        ))
    }

    async fn trade(
        &self,
        line: &Line,
        credential: &Credential,
    ) -> Result<v1::DescribeResponse, JoinError> {
        let request = v1::JoinRequest {
            code: self.invitation.code.reveal().to_owned(),
            token: credential.token.reveal().to_owned(),
        };
        let mut hub = line.hub();
        let answer = timeout(PATIENCE, hub.join(request)).await;
        let answer = answer.map_err(|_| JoinError::Silent)?;
        let joined = answer.map_err(ReplicaError::from)?.into_inner();
        joined.description.ok_or(JoinError::Contract)
    }
}
