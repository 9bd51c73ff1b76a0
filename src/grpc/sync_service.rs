//! `SyncService`.

use super::auth::caller;
use super::status::status;
use crate::hub::{Hub, HubError, Watching};
use crate::wire::convert;
use crate::wire::v1;
use futures::stream::{self, BoxStream, StreamExt as _};
use prost::Message;
use std::sync::Arc;
use tonic::{Request, Response, Status};

pub struct Sync {
    hub: Arc<Hub>,
}

impl Sync {
    pub fn new(hub: Arc<Hub>) -> Self {
        Sync { hub }
    }

    fn within_limit(&self, request: &impl Message) -> Result<(), HubError> {
        let (actual, max) = (request.encoded_len(), self.hub.limits().request_bytes_max);
        let limit = "request_bytes_max";
        if actual > max {
            Err(HubError::TooMuch { limit, max, actual })
        } else {
            Ok(())
        }
    }

    async fn push_(&self, request: Request<v1::PushRequest>) -> Result<v1::PushResponse, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let answers = async {
            self.within_limit(&request)?;
            self.hub.push(caller, convert::push(request)?).await
        };
        let answers = answers.await.map_err(|error: HubError| status(&error))?;
        Ok(v1::PushResponse {
            results: answers.iter().map(convert::push_result).collect(),
        })
    }

    async fn pull_(&self, request: Request<v1::PullRequest>) -> Result<v1::PullResponse, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let page = async {
            self.within_limit(&request)?;
            let bytes_max = usize::try_from(request.max_bytes)
                .map_err(|_| HubError::invalid("max_bytes", "max_bytes must not be negative"))?;
            let filter = convert::filter(request.filter)?;
            let position = request.min_position;
            self.hub
                .pull(&caller, &request.cursor, filter, bytes_max, position)
                .await
        };
        let page = page.await.map_err(|error: HubError| status(&error))?;
        Ok(convert::page(page))
    }

    async fn watch_(&self, request: Request<v1::WatchRequest>) -> Result<Events, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let watching = async {
            self.within_limit(&request)?;
            let filter = convert::filter(request.filter)?;
            self.hub.watch(&caller, &request.cursor, filter).await
        };
        match watching.await.map_err(|error: HubError| status(&error))? {
            Ok(watching) => Ok(events(watching)),
            Err(reason) => {
                let reset = convert::event(crate::model::feed::Event::Reset(reason));
                Ok(stream::iter([Ok(reset)]).boxed())
            }
        }
    }
}

type Events = BoxStream<'static, Result<v1::WatchResponse, Status>>;

/// The stream is asked for one event at a time, as fast as its reader takes them.
fn events(watching: Watching) -> Events {
    stream::unfold(watching, |mut watching| async {
        let event = watching.next().await?;
        let event = event
            .map(convert::event)
            .map_err(|error| status(&error.into()));
        Some((event, watching))
    })
    .boxed()
}

#[tonic::async_trait]
impl v1::sync_service_server::SyncService for Sync {
    type WatchStream = Events;

    async fn push(
        &self,
        request: Request<v1::PushRequest>,
    ) -> Result<Response<v1::PushResponse>, Status> {
        self.push_(request).await.map(Response::new)
    }

    async fn pull(
        &self,
        request: Request<v1::PullRequest>,
    ) -> Result<Response<v1::PullResponse>, Status> {
        self.pull_(request).await.map(Response::new)
    }

    async fn watch(&self, request: Request<v1::WatchRequest>) -> Result<Response<Events>, Status> {
        self.watch_(request).await.map(Response::new)
    }

    async fn get_record(
        &self,
        request: Request<v1::GetRecordRequest>,
    ) -> Result<Response<v1::GetRecordResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let record = async {
            self.within_limit(&request)?;
            let id = convert::record_id("record_id", &request.record_id)?;
            self.hub.record(&caller, id, request.min_position).await
        };
        let change = record.await.map_err(|error: HubError| status(&error))?;
        Ok(Response::new(v1::GetRecordResponse {
            record: convert::record(change),
        }))
    }
}
