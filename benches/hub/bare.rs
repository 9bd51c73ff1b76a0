//! A bare tonic service: it takes the hub's pushes and appends the same rows through the same group
//! commit, without looking at anything.

use crate::raw::{Batch, database, joined, like, write};
use crate::raw_postgres::Raw;
use crate::server;
use lianxiao::wire::v1;
use prost::Message as _;
use std::sync::mpsc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio_stream::Empty;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};
use uuid::Uuid;
use v1::sync_service_server::{SyncService, SyncServiceServer};

struct Job {
    request: v1::PushRequest,
    answer: oneshot::Sender<v1::PushResponse>,
}

struct Bare {
    jobs: mpsc::Sender<Job>,
}

/// Starts it on a port of its own; `pattern` is what one push of the hub wrote.
pub async fn start(pattern: Batch) -> String {
    let (jobs, waiting) = mpsc::channel();
    std::thread::spawn(move || append(&pattern, &waiting));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let service = SyncServiceServer::new(Bare { jobs });
    tokio::spawn(
        Server::builder()
            .add_service(service)
            .serve_with_incoming(incoming),
    );
    format!("http://{address}")
}

/// Group commit: whatever waits goes into one transaction.
fn append(pattern: &Batch, waiting: &mpsc::Receiver<Job>) {
    let mut write = writer();
    let mut position = 0;
    while let Ok(first) = waiting.recv() {
        let jobs: Vec<Job> = std::iter::once(first).chain(waiting.try_iter()).collect();
        let mut batches = Vec::new();
        let mut answers = Vec::new();
        for job in jobs {
            let mut response = v1::PushResponse::default();
            for mutation in job.request.mutations {
                let mutation = v1::Mutation::decode(mutation).expect("a mutation");
                position += 1;
                let id = |text: &str| Uuid::parse_str(text).expect("an id").into_bytes();
                let (record, wish) = (id(&mutation.record_id), id(&mutation.mutation_id));
                batches.push(like(pattern, position, &record, &wish));
                response.results.push(v1::PushResult {
                    mutation_id: mutation.mutation_id,
                    record_id: mutation.record_id,
                    outcome: v1::Outcome::Applied.into(),
                    version: 1,
                    position,
                    ..Default::default()
                });
            }
            answers.push((job.answer, response));
        }
        write(joined(batches).as_slice());
        for (answer, response) in answers {
            let _ = answer.send(response);
        }
    }
}

type Write = Box<dyn FnMut(&[Batch])>;

/// What writes into a new database of the engine that the benches run on.
fn writer() -> Write {
    if !server::is_there() {
        let folder = TempDir::new().expect("a temporary folder");
        let mut db = database(&folder, "bare.db");
        return Box::new(move |batches| {
            let _ = &folder;
            write(&mut db, batches);
        });
    }
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let mut raw = runtime.block_on(Raw::open());
    Box::new(move |batches| {
        for batch in batches {
            runtime.block_on(raw.write(batch));
        }
    })
}

type Nothing<T> = Result<Response<T>, Status>;

fn only_pushes<T>() -> Nothing<T> {
    Err(Status::unimplemented("it only takes pushes"))
}

#[tonic::async_trait]
impl SyncService for Bare {
    type WatchStream = Empty<Result<v1::WatchResponse, Status>>;

    async fn push(&self, request: Request<v1::PushRequest>) -> Nothing<v1::PushResponse> {
        let (answer, answered) = oneshot::channel();
        let gone = || Status::unavailable("the thread ended");
        let request = request.into_inner();
        let job = Job { request, answer };
        self.jobs.send(job).map_err(|_| gone())?;
        answered.await.map(Response::new).map_err(|_| gone())
    }

    async fn pull(&self, _: Request<v1::PullRequest>) -> Nothing<v1::PullResponse> {
        only_pushes()
    }

    async fn watch(&self, _: Request<v1::WatchRequest>) -> Nothing<Self::WatchStream> {
        only_pushes()
    }

    async fn get_record(&self, _: Request<v1::GetRecordRequest>) -> Nothing<v1::GetRecordResponse> {
        only_pushes()
    }

    async fn list_history(
        &self,
        _: Request<v1::ListHistoryRequest>,
    ) -> Nothing<v1::ListHistoryResponse> {
        only_pushes()
    }

    async fn get_push_results(
        &self,
        _: Request<v1::GetPushResultsRequest>,
    ) -> Nothing<v1::GetPushResultsResponse> {
        only_pushes()
    }

    async fn report_status(
        &self,
        _: Request<v1::ReportStatusRequest>,
    ) -> Nothing<v1::ReportStatusResponse> {
        only_pushes()
    }

    async fn list_commits(
        &self,
        _: Request<v1::ListCommitsRequest>,
    ) -> Nothing<v1::ListCommitsResponse> {
        only_pushes()
    }
}
