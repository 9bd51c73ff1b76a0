//! `AdminService`, on the local socket only.

use super::audit;
use super::status::status;
use crate::hub::{Hub, HubError, ListedCredential, NewCredential};
use crate::model::caller::Group;
use crate::model::ids::{CredentialId, RecordId};
use crate::model::mutation::{Answer, Outcome};
use crate::wire::convert;
use crate::wire::v1;
use prost::Message as _;
use std::path::Path;
use std::sync::Arc;
use tonic::{Request, Response, Status};
use uuid::Uuid;

pub struct Admin {
    hub: Arc<Hub>,
}

impl Admin {
    pub fn new(hub: Arc<Hub>) -> Self {
        Admin { hub }
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
        let new = NewCredential {
            place: convert::place(request.place, &request.campus_id)?,
            rights: convert::rights(&request.rights)?,
            expires_at: convert::optional_time("expire_time", request.expire_time.as_ref())?,
            holder: request.holder,
            label: request.label,
        };
        let (credential, token) = self.hub.create_credential(group, new).await?;
        Ok(v1::CreateCredentialResponse {
            token: token.reveal().to_owned(),
            credential_id: credential.to_string(),
        })
    }
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

fn group(group: Group) -> v1::Group {
    v1::Group {
        id: group.id.to_string(),
        name: group.name,
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
            group: Some(group(made)),
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
