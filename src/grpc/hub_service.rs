//! `HubService`.

use super::auth::caller;
use super::status::status;
use crate::hub::Hub;
use crate::model::caller::Caller;
use crate::model::limits::CONTRACT;
use crate::wire::convert::{kind_rights, limits, place_kind, timestamp};
use crate::wire::v1;
use std::sync::Arc;
use tonic::{Request, Response, Status};

pub struct About {
    hub: Arc<Hub>,
}

impl About {
    pub fn new(hub: Arc<Hub>) -> Self {
        About { hub }
    }
}

#[tonic::async_trait]
impl v1::hub_service_server::HubService for About {
    async fn describe(
        &self,
        request: Request<v1::DescribeRequest>,
    ) -> Result<Response<v1::DescribeResponse>, Status> {
        let caller = caller(&request)?;
        let hub = self
            .hub
            .describe(&caller)
            .await
            .map_err(|error| status(&error))?;
        Ok(Response::new(v1::DescribeResponse {
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
            caller: Some(describe_caller(caller)),
            limits: Some(limits(&hub.limits)),
            backup: hub.backup.map(|backup| v1::BackupDescription {
                time: Some(timestamp(backup.at)),
                position: backup.position,
            }),
        }))
    }
}

fn describe_caller(caller: Caller) -> v1::CallerDescription {
    v1::CallerDescription {
        place: place_kind(caller.place).into(),
        campus_id: caller.place.to_text(),
        holder: caller.holder,
        rights: kind_rights(&caller.rights),
        credential_id: caller.credential.to_string(),
    }
}
