//! `HubService`.

use super::auth::caller;
use super::door::Peer;
use super::status::status;
use crate::hub::{Hub, HubError};
use crate::model::caller::Caller;
use crate::model::limits::CONTRACT;
use crate::wire::convert::{campus_name, kind_rights, limits, place_kind, timestamp};
use crate::wire::v1;
use bytes::Bytes;
use std::sync::Arc;
use tonic::{Request, Response, Status};

pub struct About {
    hub: Arc<Hub>,
}

impl About {
    pub fn new(hub: Arc<Hub>) -> Self {
        About { hub }
    }

    /// What a caller is told of the hub.
    async fn about(&self, caller: Caller) -> Result<v1::DescribeResponse, HubError> {
        let hub = self.hub.describe(&caller).await?;
        Ok(v1::DescribeResponse {
            hub_id: hub.hub_id.to_string(),
            software_version: env!("CARGO_PKG_VERSION").to_owned(),
            contract: CONTRACT,
            time: Some(timestamp(hub.time)),
            group: Some(v1::GroupDescription {
                id: caller.group.id.to_string(),
                name: caller.group.name.clone(),
                epoch: caller.group.epoch,
                newest_position: hub.newest,
            }),
            caller: Some(describe_caller(caller, hub.campus)),
            limits: Some(limits(&hub.limits)),
            backup: hub.backup.map(|backup| v1::BackupDescription {
                time: Some(timestamp(backup.at)),
                position: backup.position,
            }),
        })
    }
}

#[tonic::async_trait]
impl v1::hub_service_server::HubService for About {
    async fn describe(
        &self,
        request: Request<v1::DescribeRequest>,
    ) -> Result<Response<v1::DescribeResponse>, Status> {
        let about = self.about(caller(&request)?).await;
        about.map(Response::new).map_err(|error| status(&error))
    }

    async fn join(
        &self,
        request: Request<v1::JoinRequest>,
    ) -> Result<Response<v1::JoinResponse>, Status> {
        let peer = request.extensions().get::<Peer>();
        let address = peer.expect("a request comes over a connection").address;
        let request = request.into_inner();
        let joined = async {
            let hub = &self.hub;
            let caller = hub.join(&request.code, &request.token, address).await?;
            self.about(caller).await
        };
        let description = Some(joined.await.map_err(|error| status(&error))?);
        Ok(Response::new(v1::JoinResponse { description }))
    }
}

fn describe_caller(caller: Caller, campus: Option<Bytes>) -> v1::CallerDescription {
    v1::CallerDescription {
        place: place_kind(caller.place).into(),
        campus_id: caller.place.to_text(),
        campus_name: campus.and_then(campus_name).unwrap_or_default(),
        holder: caller.holder,
        rights: kind_rights(&caller.rights),
        credential_id: caller.credential.to_string(),
        expire_time: caller.ends_at.map(timestamp),
    }
}
