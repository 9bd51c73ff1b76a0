//! What the operator does: makes groups, campuses and credentials.

use super::{Hub, HubError};
use crate::access::Token;
use crate::model::caller::{Caller, Group};
use crate::model::ids::{CredentialId, MutationId, Place, RecordId, Who};
use crate::model::mutation::{Answer, Base, Item, Mutation, Push, Put, Wish};
use crate::model::rights::Rights;
use crate::model::sight::Sight;
use crate::model::text::is_hidden;
use crate::store::{Credential, ListedCredential};
use crate::sync::kind_names;
use bytes::Bytes;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::path::Path;
use uuid::Uuid;

/// The actor of what the operator writes for the office.
const OPERATOR: &str = "operator";

impl Hub {
    /// Makes a group.
    ///
    /// # Errors
    /// When the name is empty, too long or taken.
    pub async fn create_group(&self, name: &str) -> Result<Group, HubError> {
        let name = one_line("name", name)?;
        let made = self
            .store
            .create_group(random_uuid(), name, self.clock.now())
            .await?;
        made.ok_or_else(|| HubError::Exists {
            what: "group",
            name: name.to_owned(),
        })
    }

    /// All groups, by name.
    ///
    /// # Errors
    /// When the database failed.
    pub async fn groups(&self) -> Result<Vec<Group>, HubError> {
        Ok(self.store.groups().await?)
    }

    /// Writes the first version of a campus's register record, for the office; asked again, it changes
    /// nothing.
    ///
    /// # Errors
    /// When there is no such group.
    pub async fn create_campus(
        &self,
        group: Uuid,
        campus: RecordId,
        content: Bytes,
    ) -> Result<Answer, HubError> {
        let group = self.group(group).await?;
        let caller = operator(group);
        let id = MutationId(Uuid::new_v5(&campus.0, b"create campus"));
        let item = Item {
            raw: Bytes::new(),
            mutation_id: id.to_string(),
            record_id: campus.to_string(),
            mutation: Ok(Mutation {
                id,
                record: campus,
                reason: String::new(),
                hash: Sha256::digest(&content).into(),
                wish: Wish::Put(Put {
                    base: Base::Version(0, None),
                    content,
                    contract: 0,
                    resolves: Vec::new(),
                }),
            }),
        };
        let push = Push {
            items: vec![item],
            validate_only: false,
            all_or_nothing: false,
        };
        let mut answers = self.writer.push(caller, push).await?;
        answers.pop().ok_or(HubError::Stopping)
    }

    /// Makes a credential; its token is seen this once.
    ///
    /// # Errors
    /// When there is no such group or campus, the holder is not named, or a right is on no kind.
    pub async fn create_credential(
        &self,
        group: Uuid,
        new: NewCredential,
    ) -> Result<(CredentialId, Token), HubError> {
        let credential = self.new_credential(group, new).await?;
        let token = Token::from_random(random_bits());
        self.store
            .create_credential(&credential, Some(&token.hash()), self.clock.now())
            .await?;
        Ok((credential.id, token))
    }

    async fn new_credential(
        &self,
        group: Uuid,
        new: NewCredential,
    ) -> Result<Credential, HubError> {
        let group = self.group(group).await?;
        self.check_rights(&new)?;
        if let Place::Campus(campus) = new.place {
            let everybody = Sight::of([Who::Group]);
            let record = self.store.record(group.key, campus, &everybody).await?;
            if record.is_none_or(|record| record.kind != "campus" || record.frame.is_none()) {
                let id = campus.to_string();
                return Err(HubError::NotFound {
                    what: "campus",
                    id,
                    deleted: false,
                });
            }
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
            return Err(HubError::NotFound {
                what: "credential",
                id: id.to_string(),
                deleted: false,
            });
        }
        Ok(self.store.confirm(group.key, Some(ids), now).await?)
    }

    /// Writes a backup of everything committed into a new file; its size in bytes.
    ///
    /// # Errors
    /// When the path is not absolute, or something stands there.
    pub async fn back_up(&self, file: &Path) -> Result<u64, HubError> {
        if !file.is_absolute() {
            return Err(HubError::invalid(
                "path",
                "path must be absolute on the hub's machine",
            ));
        }
        if file.exists() {
            let name = file.display().to_string();
            return Err(HubError::Exists { what: "file", name });
        }
        self.store.back_up(file, self.clock.now()).await?;
        for group in self.store.groups().await? {
            if let Some(backup) = self.store.last_backup(group.key).await? {
                self.heads.backed_up(group.key, backup.position);
            }
        }
        let metadata = std::fs::metadata(file).map_err(|error| HubError::Folder(error.into()))?;
        Ok(metadata.len())
    }

    pub(super) async fn group(&self, id: Uuid) -> Result<Group, HubError> {
        let groups = self.store.groups().await?;
        let unknown = || HubError::NotFound {
            what: "group",
            id: id.to_string(),
            deleted: false,
        };
        groups
            .into_iter()
            .find(|group| group.id == id)
            .ok_or_else(unknown)
    }
}

/// The operator, who writes for the office what a group begins with.
pub(super) fn operator(group: Group) -> Caller {
    Caller {
        group,
        credential: CredentialId(Uuid::nil()),
        place: Place::Office,
        holder: OPERATOR.to_owned(),
        rights: Rights::default(),
    }
}

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

fn one_line<'a>(field: &str, text: &'a str) -> Result<&'a str, HubError> {
    let text = text.trim();
    let fits = (1..=60).contains(&text.chars().count())
        && !text.chars().any(|c| c.is_control() || is_hidden(c));
    let why = || format!("{field} must be one line of 1 to 60 characters");
    if fits {
        Ok(text)
    } else {
        Err(HubError::invalid(field, why()))
    }
}

/// 256 bits from the operating system.
pub fn random_bits() -> [u8; 32] {
    let mut bits = [0; 32];
    getrandom::fill(&mut bits).expect("the operating system gives random bits");
    bits
}

/// A random UUID.
pub fn random_uuid() -> Uuid {
    let bits = random_bits();
    uuid::Builder::from_random_bytes(std::array::from_fn(|i| bits[i])).into_uuid()
}
