//! What the operator does: makes groups, campuses and backups.

use super::{Backup, Hub, HubError};
use crate::model::caller::{Caller, Group};
use crate::model::ids::{CredentialId, MutationId, Place, RecordId};
use crate::model::mutation::{Answer, Base, Item, Mutation, Push, Put, Wish};
use crate::model::rights::Rights;
use crate::model::secret::Purpose;
use crate::model::text::is_hidden;
use bytes::Bytes;
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

    /// All groups, by name, and the newest position of each.
    ///
    /// # Errors
    /// When the database failed.
    pub async fn groups(&self) -> Result<Vec<(Group, i64)>, HubError> {
        let mut groups = Vec::new();
        for group in self.store.groups().await? {
            let newest = self.store.head(group.key).await?.position;
            groups.push((group, newest));
        }
        Ok(groups)
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

    /// Notes that a backup is kept which the hub did not write: of each of these groups it holds what was
    /// committed up to a position, if not more.
    ///
    /// # Errors
    /// When there is no such group, or none of its commits goes so far.
    pub async fn note_backup(&self, held: &[(Uuid, i64)]) -> Result<(), HubError> {
        let at = self.clock.now();
        for (id, position) in held {
            let (group, position) = (self.group(*id).await?.key, *position);
            if self.store.head(group).await?.position < position {
                let why = format!("group {id} has not come to position {position} yet");
                return Err(HubError::invalid("groups", why));
            }
            let noted = self.store.last_backup(group).await?;
            if noted.is_none_or(|noted| noted.position <= position) {
                let backup = Backup { position, at };
                self.store.note_backup(group, backup).await?;
                self.heads.backed_up(group, position);
            }
        }
        Ok(())
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
        token: [0; 32],
        purpose: Purpose::Calls,
        ends_at: None,
        place: Place::Office,
        holder: OPERATOR.to_owned(),
        rights: Rights::default(),
    }
}

pub(super) fn one_line<'a>(field: &str, text: &'a str) -> Result<&'a str, HubError> {
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
