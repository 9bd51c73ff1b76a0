//! `SyncService`.

use super::auth::caller;
use super::status::status;
use crate::hub::{
    Change, Commit, Commits, Entry, Hub, HubError, Leaf, Report, Restore, WatchStream,
};
use crate::model::finding::Weight;
use crate::model::mutation::{Push, item_bytes};
use crate::wire::convert;
use crate::wire::v1;
use bytes::Bytes;
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
            let bytes = request.mutations.iter().map(|raw| item_bytes(raw)).sum();
            let count = request.mutations.len();
            self.hub.weigh(&caller, count, bytes)?;
            self.hub.push(caller, read(request).await?).await
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

/// How many items are read before others have the processor.
const ITEMS_AT_ONCE: usize = 16;

/// Reads a push; a long one does not keep a processor to itself.
async fn read(request: v1::PushRequest) -> Result<Push, HubError> {
    let mut push = convert::push(&request)?;
    for raw in request.mutations {
        push.items.push(convert::item(raw));
        if push.items.len() % ITEMS_AT_ONCE == 0 {
            tokio::task::yield_now().await;
        }
    }
    Ok(push)
}

type Events = BoxStream<'static, Result<v1::WatchResponse, Status>>;

/// The stream is asked for one event at a time, as fast as its reader takes them.
fn events(watching: WatchStream) -> Events {
    stream::unfold(watching, |mut watching| async {
        let event = watching.next().await?;
        let event = event.map(convert::event).map_err(|error| status(&error));
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
            let time = convert::optional_time("time", request.time.as_ref())?;
            self.hub
                .record(&caller, id, request.min_position, time)
                .await
        };
        let change = record.await.map_err(|error: HubError| status(&error))?;
        Ok(Response::new(v1::GetRecordResponse {
            record: convert::record(change),
        }))
    }

    async fn list_history(
        &self,
        request: Request<v1::ListHistoryRequest>,
    ) -> Result<Response<v1::ListHistoryResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let entries = async {
            self.within_limit(&request)?;
            let (id, below, limit) = convert::list_history(&request)?;
            self.hub.history(&caller, id, below, limit).await
        };
        let entries = entries.await.map_err(|error: HubError| status(&error))?;
        let entry = |entry| history_entry(entry, request.whole);
        Ok(Response::new(v1::ListHistoryResponse {
            next_page_token: entries
                .below
                .map(|below| below.to_string())
                .unwrap_or_default(),
            entries: entries.entries.into_iter().map(entry).collect(),
        }))
    }

    async fn get_push_results(
        &self,
        request: Request<v1::GetPushResultsRequest>,
    ) -> Result<Response<v1::GetPushResultsResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let results = async {
            self.within_limit(&request)?;
            let ids = convert::mutation_ids(&request.mutation_ids)?;
            self.hub.push_results(&caller, &ids).await
        };
        let (answers, unknown) = results.await.map_err(|error: HubError| status(&error))?;
        Ok(Response::new(v1::GetPushResultsResponse {
            results: answers.iter().map(convert::push_result).collect(),
            unknown_mutation_ids: unknown.iter().map(ToString::to_string).collect(),
        }))
    }

    async fn list_commits(
        &self,
        request: Request<v1::ListCommitsRequest>,
    ) -> Result<Response<v1::ListCommitsResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let commits = async {
            let (after, limit) = convert::list_commits(&request)?;
            self.hub.commits(&caller, after, limit).await
        };
        let commits = commits.await.map_err(|error: HubError| status(&error))?;
        Ok(Response::new(commits_page(commits)))
    }

    async fn report_status(
        &self,
        request: Request<v1::ReportStatusRequest>,
    ) -> Result<Response<v1::ReportStatusResponse>, Status> {
        let caller = caller(&request)?;
        let report = self.hub.report_status(&caller, request.into_inner().into());
        report.await.map_err(|error| status(&error))?;
        Ok(Response::new(v1::ReportStatusResponse {}))
    }
}

impl From<v1::ReportStatusRequest> for Report {
    fn from(said: v1::ReportStatusRequest) -> Self {
        Report {
            position: said.position,
            unsent: said.unsent,
            refused: said.refused,
            conflicts: said.conflicts,
        }
    }
}

fn history_entry(entry: Entry, whole: bool) -> v1::HistoryEntry {
    let written = entry.written;
    let field = |change: Change| v1::FieldChange {
        path: change.path,
        before: change.before.unwrap_or_default(),
        after: change.after.unwrap_or_default(),
    };
    let deleted = written.version.frame.is_none();
    let (change, salt) = match whole {
        true => (entry.change, written.salt.into()),
        false => (Bytes::new(), Bytes::new()),
    };
    v1::HistoryEntry {
        version: written.version.version,
        position: written.version.position,
        commit_time: Some(convert::timestamp(written.at)),
        campus_id: written.place.to_text(),
        actor: written.actor,
        reason: written.reason,
        deleted,
        changes: entry.changes.into_iter().map(field).collect(),
        warnings: convert::findings(&entry.findings, Weight::Warn),
        notes: convert::findings(&entry.findings, Weight::Note),
        change,
        salt,
    }
}

fn commits_page(page: Commits) -> v1::ListCommitsResponse {
    let leaf = |leaf: Leaf| v1::Leaf {
        position: leaf.position,
        hash: Bytes::copy_from_slice(&leaf.hash),
        opening: leaf.opening.map(|opening| v1::Opening {
            salt: opening.salt.into(),
            campus_id: opening.place.to_text(),
        }),
    };
    let commit = |commit: Commit| v1::Commit {
        last_position: commit.head.position,
        commit_time: Some(convert::timestamp(commit.head.at)),
        chain: Bytes::copy_from_slice(&commit.head.chain),
        leaves: commit.leaves.into_iter().map(leaf).collect(),
    };
    let restored = |restored: Restore| v1::Restored {
        epoch: restored.epoch,
        position: restored.position,
    };
    v1::ListCommitsResponse {
        commits: page.commits.into_iter().map(commit).collect(),
        chain: Bytes::copy_from_slice(&page.chain),
        newest_position: page.head.position,
        restores: page.restores.into_iter().map(restored).collect(),
    }
}
