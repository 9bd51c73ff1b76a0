//! `AdminService`, on the local socket only.

use super::audit;
use super::door::Identity;
use super::status::status;
use crate::hub::{Hub, HubError, Invited, ListedCredential, NewCredential};
use crate::model::caller::Group;
use crate::model::ids::{CredentialId, RecordId};
use crate::model::invitation::{Address, Invitation, NotAnAddress};
use crate::model::mutation::{Answer, Outcome};
use crate::wire::convert;
use crate::wire::v1;
use prost::Message as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tonic::{Request, Response, Status};
use uuid::Uuid;
use v1::create_invitation_request::Invited as Whom;

pub struct Admin {
    hub: Arc<Hub>,
    plate: Doorplate,
}

/// Where campuses and the office come in, as their invitations say.
#[derive(Clone)]
pub struct Doorplate {
    /// Where the hub listens.
    pub address: SocketAddr,
    /// The certificate that is shown to them; `None`: plain text.
    pub identity: Option<Arc<Identity>>,
}

impl Doorplate {
    /// The address that the operator says, or the one that the hub listens on.
    fn address(&self, said: &str) -> Result<Address, HubError> {
        if !said.is_empty() {
            let address: Result<_, NotAnAddress> = said.parse();
            return address.map_err(|error| HubError::invalid("address", error.to_string()));
        }
        if self.address.ip().is_unspecified() {
            let why = "the hub listens on every address of its machine: say by which HOST:PORT \
                       campuses reach it";
            return Err(HubError::invalid("address", why));
        }
        let address = self.address.to_string().parse();
        Ok(address.expect("a listener has an address and a port"))
    }
}

impl Admin {
    pub fn new(hub: Arc<Hub>, plate: Doorplate) -> Self {
        Admin { hub, plate }
    }

    async fn create_campus_(
        &self,
        request: v1::CreateCampusRequest,
    ) -> Result<v1::CreateCampusResponse, HubError> {
        let group = uuid("group_id", &request.group_id)?;
        let campus = convert::record_id("campus_id", &request.campus_id)?;
        let missing = || HubError::invalid("campus", "campus is required");
        let kind = v1::content::Kind::Campus(request.campus.ok_or_else(missing)?);
        let content = v1::Content { kind: Some(kind) }.encode_to_vec();
        let answer = self
            .hub
            .create_campus(group, campus, content.into())
            .await?;
        refused(&answer)?;
        Ok(v1::CreateCampusResponse {
            campus_id: request.campus_id,
        })
    }

    async fn create_credential_(
        &self,
        request: v1::CreateCredentialRequest,
    ) -> Result<v1::CreateCredentialResponse, HubError> {
        let group = uuid("group_id", &request.group_id)?;
        let missing = || HubError::invalid("credential", "credential is required");
        let new = new_credential(request.credential.ok_or_else(missing)?)?;
        let (credential, token) = self.hub.create_credential(group, new).await?;
        Ok(v1::CreateCredentialResponse {
            token: token.reveal().to_owned(),
            credential_id: credential.to_string(),
        })
    }

    async fn create_invitation_(
        &self,
        request: v1::CreateInvitationRequest,
    ) -> Result<v1::CreateInvitationResponse, HubError> {
        let group = uuid("group_id", &request.group_id)?;
        let address = self.plate.address(&request.address)?;
        let invited = match request.invited {
            Some(Whom::NewCredential(new)) => Invited::New(new_credential(new)?),
            Some(Whom::CredentialId(id)) => Invited::Holder(convert::id("credential_id", &id)?),
            None => {
                let why = "set new_credential or credential_id";
                return Err(HubError::invalid("new_credential", why));
            }
        };
        let overlap = convert::overlap(request.overlap.as_ref())?;
        let made = self.hub.invite(group, invited, overlap).await?;
        let invitation = Invitation {
            address,
            fingerprint: self.plate.identity.as_ref().map(|of| of.fingerprint()),
            code: made.code,
        };
        Ok(v1::CreateInvitationResponse {
            line: invitation.to_string(),
            credential_id: made.credential.to_string(),
            expire_time: Some(convert::timestamp(made.expires_at)),
        })
    }

    async fn rotate_credential_(
        &self,
        request: v1::RotateCredentialRequest,
    ) -> Result<v1::RotateCredentialResponse, HubError> {
        let group = uuid("group_id", &request.group_id)?;
        let id = convert::id("credential_id", &request.credential_id)?;
        let overlap = convert::overlap(request.overlap.as_ref())?;
        let token = self.hub.rotate_credential(group, id, overlap).await?;
        Ok(v1::RotateCredentialResponse {
            token: token.reveal().to_owned(),
        })
    }

    async fn revoke_credential_(
        &self,
        request: v1::RevokeCredentialRequest,
    ) -> Result<v1::RevokeCredentialResponse, HubError> {
        let group = uuid("group_id", &request.group_id)?;
        let id = convert::id("credential_id", &request.credential_id)?;
        self.hub.revoke_credential(group, id).await?;
        Ok(v1::RevokeCredentialResponse {})
    }
}

fn new_credential(new: v1::NewCredential) -> Result<NewCredential, HubError> {
    Ok(NewCredential {
        place: convert::place(new.place, &new.campus_id)?,
        rights: convert::rights(&new.rights)?,
        expires_at: convert::optional_time("expire_time", new.expire_time.as_ref())?,
        holder: new.holder,
        label: new.label,
    })
}

fn credential_ids(ids: &[String]) -> Result<Vec<CredentialId>, HubError> {
    let id = |(i, id): (usize, &String)| convert::id(&format!("credential_ids[{i}]"), id);
    let ids: Result<_, _> = ids.iter().enumerate().map(id).collect();
    Ok(ids?)
}

/// A refused campus as the call's error, each refusal as a violation of its field.
fn refused(answer: &Answer) -> Result<(), HubError> {
    match answer.findings.first() {
        Some(finding) if answer.outcome == Outcome::Rejected => {
            let field = finding.path.replace("put.content.", "");
            Err(HubError::invalid(field, finding.en()))
        }
        _ => Ok(()),
    }
}

fn uuid(field: &str, text: &str) -> Result<Uuid, HubError> {
    let RecordId(uuid) = convert::record_id(field, text)?;
    Ok(uuid)
}

fn group((group, newest_position): (Group, i64)) -> v1::Group {
    v1::Group {
        id: group.id.to_string(),
        name: group.name,
        newest_position,
    }
}

#[tonic::async_trait]
impl v1::admin_service_server::AdminService for Admin {
    async fn create_group(
        &self,
        request: Request<v1::CreateGroupRequest>,
    ) -> Result<Response<v1::CreateGroupResponse>, Status> {
        let made = self.hub.create_group(&request.into_inner().name).await;
        let made = made.map_err(|error| status(&error))?;
        Ok(Response::new(v1::CreateGroupResponse {
            group: Some(group((made, 0))),
        }))
    }

    async fn list_groups(
        &self,
        _: Request<v1::ListGroupsRequest>,
    ) -> Result<Response<v1::ListGroupsResponse>, Status> {
        let groups = self.hub.groups().await.map_err(|error| status(&error))?;
        let groups = groups.into_iter().map(group).collect();
        Ok(Response::new(v1::ListGroupsResponse { groups }))
    }

    async fn create_campus(
        &self,
        request: Request<v1::CreateCampusRequest>,
    ) -> Result<Response<v1::CreateCampusResponse>, Status> {
        let made = self.create_campus_(request.into_inner()).await;
        made.map(Response::new).map_err(|error| status(&error))
    }

    async fn create_credential(
        &self,
        request: Request<v1::CreateCredentialRequest>,
    ) -> Result<Response<v1::CreateCredentialResponse>, Status> {
        let made = self.create_credential_(request.into_inner()).await;
        made.map(Response::new).map_err(|error| status(&error))
    }

    async fn create_invitation(
        &self,
        request: Request<v1::CreateInvitationRequest>,
    ) -> Result<Response<v1::CreateInvitationResponse>, Status> {
        let made = self.create_invitation_(request.into_inner()).await;
        made.map(Response::new).map_err(|error| status(&error))
    }

    async fn rotate_credential(
        &self,
        request: Request<v1::RotateCredentialRequest>,
    ) -> Result<Response<v1::RotateCredentialResponse>, Status> {
        let made = self.rotate_credential_(request.into_inner()).await;
        made.map(Response::new).map_err(|error| status(&error))
    }

    async fn revoke_credential(
        &self,
        request: Request<v1::RevokeCredentialRequest>,
    ) -> Result<Response<v1::RevokeCredentialResponse>, Status> {
        let done = self.revoke_credential_(request.into_inner()).await;
        done.map(Response::new).map_err(|error| status(&error))
    }

    async fn list_credentials(
        &self,
        request: Request<v1::ListCredentialsRequest>,
    ) -> Result<Response<v1::ListCredentialsResponse>, Status> {
        let request = request.into_inner();
        let listed = async {
            let group = uuid("group_id", &request.group_id)?;
            self.hub.credentials(group).await
        };
        let listed = listed.await.map_err(|error: HubError| status(&error))?;
        let credentials = listed.into_iter().map(credential).collect();
        Ok(Response::new(v1::ListCredentialsResponse { credentials }))
    }

    async fn confirm_credentials(
        &self,
        request: Request<v1::ConfirmCredentialsRequest>,
    ) -> Result<Response<v1::ConfirmCredentialsResponse>, Status> {
        let request = request.into_inner();
        let confirmed = async {
            let group = uuid("group_id", &request.group_id)?;
            let ids = credential_ids(&request.credential_ids)?;
            self.hub.confirm_credentials(group, &ids).await
        };
        let confirmed = confirmed.await.map_err(|error: HubError| status(&error))?;
        let confirmed_count = i32::try_from(confirmed).unwrap_or(i32::MAX);
        Ok(Response::new(v1::ConfirmCredentialsResponse {
            confirmed_count,
        }))
    }

    async fn create_backup(
        &self,
        request: Request<v1::CreateBackupRequest>,
    ) -> Result<Response<v1::CreateBackupResponse>, Status> {
        let path = request.into_inner().path;
        let bytes = self.hub.back_up(Path::new(&path)).await;
        let bytes = bytes.map_err(|error| status(&error))?;
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        Ok(Response::new(v1::CreateBackupResponse { bytes }))
    }

    async fn note_backup(
        &self,
        request: Request<v1::NoteBackupRequest>,
    ) -> Result<Response<v1::NoteBackupResponse>, Status> {
        let noted = async {
            let held = |(i, of): (usize, &v1::Group)| -> Result<_, HubError> {
                Ok((
                    uuid(&format!("groups[{i}].id"), &of.id)?,
                    of.newest_position,
                ))
            };
            let held = request.get_ref().groups.iter().enumerate().map(held);
            self.hub
                .note_backup(&held.collect::<Result<Vec<_>, _>>()?)
                .await
        };
        noted.await.map_err(|error| status(&error))?;
        Ok(Response::new(v1::NoteBackupResponse {}))
    }

    async fn list_audit(
        &self,
        request: Request<v1::ListAuditRequest>,
    ) -> Result<Response<v1::ListAuditResponse>, Status> {
        let page = async {
            let (group, mark, until, limit) = convert::list_audit(request.get_ref())?;
            self.hub.audit(group, mark, until, limit).await
        };
        let page = page.await.map_err(|error: HubError| status(&error))?;
        Ok(Response::new(audit::page(&page)))
    }
}

fn credential(listed: ListedCredential) -> v1::Credential {
    let credential = listed.credential;
    v1::Credential {
        id: credential.id.to_string(),
        place: convert::place_kind(credential.place).into(),
        campus_id: credential.place.to_text(),
        holder: credential.holder,
        create_time: Some(convert::timestamp(listed.created_at)),
        last_heard_time: listed.heard_at.map(convert::timestamp),
        locked: credential.locked,
        rights: convert::kind_rights(&credential.rights),
        label: credential.label,
        expire_time: credential.expires_at.map(convert::timestamp),
        revoke_time: listed.revoked_at.map(convert::timestamp),
    }
}
