//! Credentials: made, rotated and taken back by the operator, and joined by whoever was invited.

use super::admin::{one_line, random_bits, random_uuid};
use super::{Hub, HubError};
use crate::model::caller::{Caller, Group};
use crate::model::ids::{CredentialId, GroupKey, Place, RecordId, Who};
use crate::model::rights::Rights;
use crate::model::secret::{self, Code, Purpose, Token};
use crate::model::sight::Sight;
use crate::store::{Credential, Handover, ListedCredential, Trade};
use crate::sync::kind_names;
use bytes::Bytes;
use jiff::Timestamp;
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long an invitation can be used.
const INVITATION_LIFE: Duration = Duration::from_hours(7 * 24);

/// A credential to be made.
pub struct NewCredential {
    /// The place it acts for.
    pub place: Place,
    /// The post that holds it (总务处), 1 to 60 characters.
    pub holder: String,
    /// What the operator calls it; may be empty.
    pub label: String,
    /// What of its place's it may do.
    pub rights: Rights,
    /// From when on it is refused; `None`: never.
    pub expires_at: Option<Timestamp>,
}

impl NewCredential {
    /// One that may do everything that its place may, for ever.
    pub fn new(place: Place, holder: impl Into<String>) -> Self {
        NewCredential {
            place,
            holder: holder.into(),
            label: String::new(),
            rights: Rights::default(),
            expires_at: None,
        }
    }
}

/// Whom an invitation is for.
pub enum Invited {
    /// Somebody new.
    New(NewCredential),
    /// The holder of a credential, for its next token.
    Holder(CredentialId),
}

/// An invitation that was made.
pub struct NewInvitation {
    /// What is traded for a credential; seen this once.
    pub code: Code,
    /// The credential.
    pub credential: CredentialId,
    /// From when on it can be used no more.
    pub expires_at: Timestamp,
}

impl Hub {
    /// Makes a credential; its token is seen this once.
    ///
    /// # Errors
    /// When there is no such group or campus, the holder is not named, or a right is on no kind.
    pub async fn create_credential(
        &self,
        group: Uuid,
        new: NewCredential,
    ) -> Result<(CredentialId, Token), HubError> {
        let group = self.group(group).await?;
        let credential = self.new_credential(&group, new).await?;
        let (token, now) = (Token::from_random(random_bits()), self.clock.now());
        let handover = Handover::Token {
            token: token.hash(),
            others_end: now,
        };
        self.store
            .create_credential(&credential, &handover, now)
            .await?;
        Ok((credential.id, token))
    }

    /// Makes an invitation. Once it is used, the credential's other tokens last for `overlap`.
    ///
    /// # Errors
    /// When the credential cannot be made, or is none that lasts; when the overlap is too long.
    pub async fn invite(
        &self,
        group: Uuid,
        invited: Invited,
        overlap: Duration,
    ) -> Result<NewInvitation, HubError> {
        let (group, now) = (self.group(group).await?, self.clock.now());
        let bits = random_bits();
        let code = Code::from_random(std::array::from_fn(|i| bits[i]));
        let expires_at = after(now, INVITATION_LIFE)?;
        after(expires_at, overlap)?;
        let handover = Handover::Invitation {
            code: code.hash(),
            expires_at,
            overlap,
        };
        let credential = match invited {
            Invited::New(new) => {
                let credential = self.new_credential(&group, new).await?;
                self.store
                    .create_credential(&credential, &handover, now)
                    .await?;
                credential.id
            }
            Invited::Holder(id) => {
                self.lasting(&group, id).await?;
                self.store.hand_over(group.key, id, &handover, now).await?;
                id
            }
        };
        Ok(NewInvitation {
            code,
            credential,
            expires_at,
        })
    }

    /// Trades the code of an invitation for a credential, whose token the caller made; who that is then.
    /// The same again changes nothing.
    ///
    /// # Errors
    /// When the code is none, or was traded for another token, or is too old; when the token is none; when
    /// too many codes came from the address.
    pub async fn join(&self, code: &str, token: &str, address: IpAddr) -> Result<Caller, HubError> {
        // Before the look: whoever trades takes the one connection that writes.
        self.rates.sign_in(address)?;
        let bad = |why| move || HubError::invalid("token", why);
        let form = "token must be \"lianxiao_\" and 32 random bytes in base64url without padding";
        let token = Token::parse(token).ok_or_else(bad(form))?.hash();
        let (code, now) = (secret::hash(code), self.clock.now());
        let (store, known) = (Arc::clone(&self.store), Arc::clone(&self.known));
        carry_through(async move {
            match store.trade(&code, &token, now).await? {
                Trade::Done(credential) => known.forget(credential),
                Trade::Unknown => return Err(HubError::InvitationUnknown),
                Trade::Used => return Err(HubError::InvitationUsed),
                Trade::Expired => return Err(HubError::InvitationExpired),
                Trade::TokenTaken => return Err(bad("make a new token for each invitation")()),
            }
            known.caller(token, Purpose::Calls, now).await
        })
        .await
    }

    /// Makes the next token of a credential, seen this once; its other tokens last for `overlap`.
    ///
    /// # Errors
    /// When there is no such credential that lasts, or the overlap is too long.
    pub async fn rotate_credential(
        &self,
        group: Uuid,
        id: CredentialId,
        overlap: Duration,
    ) -> Result<Token, HubError> {
        let group = self.group(group).await?;
        self.lasting(&group, id).await?;
        let (token, now) = (Token::from_random(random_bits()), self.clock.now());
        let handover = Handover::Token {
            token: token.hash(),
            others_end: after(now, overlap)?,
        };
        let (store, known) = (Arc::clone(&self.store), Arc::clone(&self.known));
        carry_through(async move {
            store.hand_over(group.key, id, &handover, now).await?;
            known.forget(id);
            Ok(token)
        })
        .await
    }

    /// Takes a credential back for good; again, it changes nothing.
    ///
    /// # Errors
    /// When there is no such group or credential.
    pub async fn revoke_credential(&self, group: Uuid, id: CredentialId) -> Result<(), HubError> {
        let (group, now) = (self.group(group).await?, self.clock.now());
        let (store, known) = (Arc::clone(&self.store), Arc::clone(&self.known));
        carry_through(async move {
            let found = store.revoke(group.key, id, now).await?;
            known.forget(id);
            found
                .then_some(())
                .ok_or_else(|| not_found("credential", id))
        })
        .await
    }

    /// The credentials of a group, by place and holder.
    ///
    /// # Errors
    /// When there is no such group.
    pub async fn credentials(&self, group: Uuid) -> Result<Vec<ListedCredential>, HubError> {
        let group = self.group(group).await?;
        Ok(self.store.credentials(group.key).await?)
    }

    /// Lets credentials in again that a restore locked out: those of these ids, or all of the group; how
    /// many there were.
    ///
    /// # Errors
    /// When there is no such group or credential.
    pub async fn confirm_credentials(
        &self,
        group: Uuid,
        ids: &[CredentialId],
    ) -> Result<u64, HubError> {
        let (group, now) = (self.group(group).await?, self.clock.now());
        if ids.is_empty() {
            return Ok(self.store.confirm(group.key, None, now).await?);
        }
        let known = self.store.credentials(group.key).await?;
        let unknown = |id: &&CredentialId| !known.iter().any(|known| known.credential.id == **id);
        if let Some(id) = ids.iter().find(unknown) {
            return Err(not_found("credential", *id));
        }
        Ok(self.store.confirm(group.key, Some(ids), now).await?)
    }

    /// Refuses a credential whose next token would be refused too.
    async fn lasting(&self, group: &Group, id: CredentialId) -> Result<(), HubError> {
        let listed = self.store.credentials(group.key).await?;
        let found = listed.into_iter().find(|of| of.credential.id == id);
        let found = found.ok_or_else(|| not_found("credential", id))?;
        let end = found.revoked_at.or(found.credential.expires_at);
        if end.is_some_and(|end| end <= self.clock.now()) {
            let why = "the credential was revoked or has expired: make a new one";
            return Err(HubError::invalid("credential_id", why));
        }
        Ok(())
    }

    async fn new_credential(
        &self,
        group: &Group,
        new: NewCredential,
    ) -> Result<Credential, HubError> {
        self.check_rights(&new)?;
        if let Place::Campus(campus) = new.place {
            let register = self.register_of(group.key, campus).await?;
            register.ok_or_else(|| not_found("campus", campus))?;
        }
        let label = match new.label.trim() {
            "" => "",
            label => one_line("label", label)?,
        };
        Ok(Credential {
            id: CredentialId(random_uuid()),
            group: group.key,
            place: new.place,
            holder: one_line("holder", &new.holder)?.to_owned(),
            label: label.to_owned(),
            rights: new.rights,
            expires_at: new.expires_at,
            locked: false,
        })
    }

    /// The register record of a campus, encoded as a change.
    pub(super) async fn register_of(
        &self,
        group: GroupKey,
        campus: RecordId,
    ) -> Result<Option<Bytes>, HubError> {
        let everybody = Sight::of([Who::Group]);
        let record = self.store.record(group, campus, &everybody).await?;
        let record = record.filter(|record| record.kind == "campus");
        Ok(record.and_then(|record| record.frame))
    }

    fn check_rights(&self, new: &NewCredential) -> Result<(), HubError> {
        let known = kind_names();
        if let Some((kind, _)) = new.rights.by_kind().find(|(kind, _)| !known.contains(kind)) {
            let why = format!(
                "there is no kind \"{kind}\"; there are: {}",
                known.join(", ")
            );
            return Err(HubError::invalid("rights", why));
        }
        if new.expires_at.is_some_and(|end| end <= self.clock.now()) {
            let why = "expire_time must lie in the future";
            return Err(HubError::invalid("expire_time", why));
        }
        Ok(())
    }
}

fn not_found(what: &'static str, id: impl ToString) -> HubError {
    HubError::NotFound {
        what,
        id: id.to_string(),
        deleted: false,
    }
}

fn after(time: Timestamp, wait: Duration) -> Result<Timestamp, HubError> {
    let end = time.checked_add(wait);
    end.map_err(|_| HubError::invalid("overlap", "overlap reaches beyond the calendar"))
}

/// Does all of it, though whoever asked may hang up in the middle: what is in the database and what is
/// known of it stay the same.
pub(super) async fn carry_through<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> T {
    tokio::spawn(work).await.expect("the work does not panic")
}
