//! A hub in a folder of its own, on a clock of its own, called through the public door only.

mod groups;

pub use groups::{Group, NewCampus, campus, credential, limited};

use crate::database::Database;
use groups::small_campuses;
use lianxiao::client::Line;
use lianxiao::console;
use lianxiao::grpc::{self, Bounds, Identity};
use lianxiao::hub::{Config, Drained, Hub, LOOK_EVERY, PostgresAddress};
use lianxiao::model::clock::SteppedClock;
use lianxiao::model::limits::Limits;
use lianxiao::wire::convert::push_request;
use lianxiao::wire::v1;
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use v1::hub_service_client::HubServiceClient;
use v1::office_service_client::OfficeServiceClient;
use v1::sync_service_client::SyncServiceClient;

/// A Friday afternoon: the menus of next week are due.
pub const NOW: &str = "2026-05-08T15:00:00+08:00";

/// The campuses of a small group, each with one canteen that serves lunch.
pub const HEAD: &str = "总校";
pub const SPRING: &str = "春风分校";
pub const LAKE: &str = "滨湖分校";

/// No wait is longer; one that is fails its test in words.
const PATIENCE: Duration = Duration::from_mins(1);

/// Waits for something that is sure to come.
pub async fn within<T>(what: &str, coming: impl Future<Output = T>) -> T {
    let came = tokio::time::timeout(PATIENCE, coming).await;
    came.unwrap_or_else(|_| panic!("waited {PATIENCE:?} in vain: {what}"))
}

/// Limits at which a test need not wait long for a heartbeat, and may call as often as it likes.
pub fn limits() -> Limits {
    Limits {
        heartbeat_interval: Duration::from_millis(100),
        ..Limits::default().without_rates()
    }
}

/// How a hub is entered: without a certificate in plain text.
#[derive(Clone, Default)]
pub struct Entrance {
    pub identity: Option<Arc<Identity>>,
    pub bounds: Bounds,
}

/// A hub, its folder and its first group.
pub struct TestHub {
    folder: TempDir,
    database: Option<Database>,
    limits: Limits,
    entrance: Entrance,
    pub clock: Arc<SteppedClock>,
    running: Option<Running>,
    pub group: Group,
}

struct Running {
    hub: Arc<Hub>,
    drained: Drained,
    address: SocketAddr,
    shutdown: oneshot::Sender<()>,
    served: JoinHandle<Result<(), tonic::transport::Error>>,
}

impl TestHub {
    /// A hub with one group of three campuses.
    pub async fn start() -> Self {
        Self::start_with(limits()).await
    }

    /// The same with other limits.
    pub async fn start_with(limits: Limits) -> Self {
        Self::start_group(limits, small_campuses()).await
    }

    /// A hub with one group of these campuses.
    pub async fn start_group(limits: Limits, campuses: Vec<NewCampus>) -> Self {
        Self::open(limits, campuses, Entrance::default()).await
    }

    /// A hub with one group of three campuses, entered another way.
    pub async fn start_behind(entrance: Entrance) -> Self {
        Self::open(limits(), small_campuses(), entrance).await
    }

    async fn open(limits: Limits, campuses: Vec<NewCampus>, entrance: Entrance) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let database = Database::of(&folder.path().join("data"));
        Self::open_in(folder, database, limits, campuses, entrance).await
    }

    /// A hub with one group of three campuses on a PostgreSQL database, whatever the run.
    pub async fn start_on(database: Database) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let entrance = Entrance::default();
        Self::open_in(folder, Some(database), limits(), small_campuses(), entrance).await
    }

    async fn open_in(
        folder: TempDir,
        database: Option<Database>,
        limits: Limits,
        campuses: Vec<NewCampus>,
        entrance: Entrance,
    ) -> Self {
        let clock = SteppedClock::starting_at(NOW.parse().expect("a time"));
        let clock = Arc::new(clock);
        let address = database.as_ref().map(Database::address);
        let config = config(&folder, address, limits);
        let running = Running::start(config, Arc::clone(&clock), &entrance).await;
        let group = Group::make(&running.hub, "春风教育集团", campuses).await;
        TestHub {
            folder,
            database,
            limits,
            entrance,
            clock,
            running: Some(running),
            group,
        }
    }

    /// Another hub on the same PostgreSQL database, by which way it is reached, that looks so often for what
    /// others wrote.
    pub async fn beside(&self, address: PostgresAddress, look_every: Duration) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let config = Config {
            look_every,
            ..config(&folder, Some(address), self.limits)
        };
        let running = Running::start(config, Arc::clone(&self.clock), &self.entrance).await;
        TestHub {
            folder,
            database: None,
            limits: self.limits,
            entrance: self.entrance.clone(),
            clock: Arc::clone(&self.clock),
            running: Some(running),
            group: self.group.clone(),
        }
    }

    /// The hub itself, for what the operator does.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.running.as_ref().expect("the hub runs").hub
    }

    /// The PostgreSQL database.
    pub fn database(&self) -> &Database {
        self.database.as_ref().expect("it is PostgreSQL")
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Another group of three campuses, with the same campus ids.
    pub async fn add_group(&self, name: &str) -> Group {
        Group::make(self.hub(), name, small_campuses()).await
    }

    /// A campus of the first group.
    pub fn campus(&self, name: &str) -> Client {
        self.campus_of(&self.group, name)
    }

    /// The office of the first group.
    pub fn office(&self) -> Client {
        self.client(Some(&self.group.office), "")
    }

    /// A campus of a group.
    pub fn campus_of(&self, group: &Group, name: &str) -> Client {
        let member = group.member(name);
        self.client(Some(&member.token), &member.id)
    }

    /// A line to the hub.
    pub fn channel(&self) -> Channel {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address()));
        endpoint.expect("an address").connect_lazy()
    }

    /// A replica's line for a token.
    pub fn line(&self, token: &str) -> Line {
        Line::new(&format!("http://{}", self.address()), token).expect("a line")
    }

    /// Whoever holds a token.
    pub fn client(&self, token: Option<&str>, campus_id: &str) -> Client {
        Client::new(self.address(), token, campus_id)
    }

    /// Where the hub listens.
    pub fn address(&self) -> SocketAddr {
        self.running.as_ref().expect("the hub runs").address
    }

    /// Goes down as the program does: streams say goodbye, calls in flight finish, what was accepted is
    /// written.
    pub async fn stop(&mut self) {
        let running = self.running.take().expect("the hub runs");
        running.hub.stop();
        running.shutdown.send(()).expect("the server waits for it");
        let served = within("the server closes its doors", running.served).await;
        served
            .expect("the server did not panic")
            .expect("the server ended well");
        drop(running.hub);
        within("what was accepted is written", running.drained.finish()).await;
    }

    /// Opens the same folder again, on the same clock. Clients are made anew.
    pub async fn reopen(&mut self) {
        let clock = Arc::clone(&self.clock);
        let address = self.database.as_ref().map(Database::address);
        let config = config(&self.folder, address, self.limits);
        let running = Running::start(config, clock, &self.entrance);
        self.running = Some(running.await);
    }
}

fn config(folder: &TempDir, database: Option<PostgresAddress>, limits: Limits) -> Config {
    Config {
        data: folder.path().join("data"),
        database,
        limits,
        look_every: LOOK_EVERY,
    }
}

impl Running {
    async fn start(config: Config, clock: Arc<SteppedClock>, entrance: &Entrance) -> Self {
        let opened = Hub::open(&config, clock).await;
        let (hub, drained) = opened.expect("the hub opens");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (shutdown, shut) = oneshot::channel();
        let shut = async {
            let _ = shut.await;
        };
        let door = grpc::Door {
            identity: entrance.identity.clone(),
            pages: console::pages(Arc::clone(&hub), entrance.identity.is_some()),
            bounds: entrance.bounds,
            listener,
        };
        let served = tokio::spawn(grpc::serve(Arc::clone(&hub), door, shut));
        Running {
            hub,
            drained,
            address,
            shutdown,
            served,
        }
    }
}

/// Puts a token into every call.
#[derive(Clone)]
pub struct Bearer(Option<MetadataValue<Ascii>>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(value) = &self.0 {
            request
                .metadata_mut()
                .insert("authorization", value.clone());
        }
        Ok(request)
    }
}

type Door = InterceptedService<Channel, Bearer>;

/// One place's way to the hub: the generated clients, and shorthands that fail in words.
#[derive(Clone)]
pub struct Client {
    pub sync: SyncServiceClient<Door>,
    pub about: HubServiceClient<Door>,
    pub office: OfficeServiceClient<Door>,
    /// The campus it calls for; empty for the office.
    pub campus_id: String,
}

impl Client {
    fn new(address: SocketAddr, token: Option<&str>, campus_id: &str) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
        Self::over(endpoint.connect_lazy(), token, campus_id)
    }

    /// A clerk of a hub that runs as a program.
    pub fn of_program(address: &str, token: &str) -> Self {
        let address = address.parse().expect("an address");
        Self::new(address, Some(token), "")
    }

    /// Whoever calls over a channel.
    pub fn over(channel: Channel, token: Option<&str>, campus_id: &str) -> Self {
        let value = token.map(|token| format!("Bearer {token}").parse().expect("a header"));
        let bearer = Bearer(value);
        Client {
            sync: SyncServiceClient::with_interceptor(channel.clone(), bearer.clone()),
            about: HubServiceClient::with_interceptor(channel.clone(), bearer.clone()),
            office: OfficeServiceClient::with_interceptor(channel, bearer),
            campus_id: campus_id.to_owned(),
        }
    }

    /// Pushes, with everything that can be said of a push.
    pub async fn try_push(&self, push: v1::PushRequest) -> Result<Vec<v1::PushResult>, Status> {
        let mut sync = self.sync.clone();
        let response = within("a push is answered", sync.push(push)).await;
        response.map(|response| response.into_inner().results)
    }

    /// Pushes; each item stands alone.
    pub async fn push(&self, mutations: impl Into<Vec<v1::Mutation>>) -> Vec<v1::PushResult> {
        self.push_as(v1::PushMode::Commit, v1::Atomicity::Item, mutations)
            .await
    }

    /// Pushes in a mode.
    pub async fn push_as(
        &self,
        mode: v1::PushMode,
        atomicity: v1::Atomicity,
        mutations: impl Into<Vec<v1::Mutation>>,
    ) -> Vec<v1::PushResult> {
        let mutations = mutations.into();
        let sent: Vec<String> = mutations.iter().map(|m| m.mutation_id.clone()).collect();
        let push = v1::PushRequest {
            mode: mode.into(),
            atomicity: atomicity.into(),
            ..push_request(&mutations)
        };
        let results = self.try_push(push).await.expect("the push is taken");
        let answered: Vec<String> = results.iter().map(|r| r.mutation_id.clone()).collect();
        assert_eq!(answered, sent, "one answer an item, in the order sent");
        results
    }

    /// Pushes one item.
    pub async fn one(&self, mutation: v1::Mutation) -> v1::PushResult {
        let mut results = self.push([mutation]).await;
        results.pop().expect("one answer an item")
    }

    /// Pushes one item that is sure to be stored.
    pub async fn applied(&self, mutation: v1::Mutation) -> v1::PushResult {
        let result = self.one(mutation).await;
        assert_eq!(result.outcome(), v1::Outcome::Applied, "{result:#?}");
        result
    }

    /// Reads a page.
    pub async fn pull(&self, pull: v1::PullRequest) -> Result<v1::PullResponse, Status> {
        let mut sync = self.sync.clone();
        let page = within("a page is read", sync.pull(pull)).await;
        page.map(tonic::Response::into_inner)
    }

    /// Reads one record.
    pub async fn get(&self, record_id: &str) -> Result<v1::Record, Status> {
        self.get_at(record_id, 0).await
    }

    /// Reads one record from a hub that holds at least a position.
    pub async fn get_at(&self, record_id: &str, position: i64) -> Result<v1::Record, Status> {
        let request = v1::GetRecordRequest {
            record_id: record_id.to_owned(),
            min_position: position,
            ..Default::default()
        };
        let mut sync = self.sync.clone();
        let response = within("a record is read", sync.get_record(request)).await?;
        Ok(response.into_inner().record.expect("a record"))
    }

    /// The record as it stood at a time.
    pub async fn get_as_of(
        &self,
        record_id: &str,
        time: Option<prost_types::Timestamp>,
    ) -> Result<v1::Record, Status> {
        let request = v1::GetRecordRequest {
            record_id: record_id.to_owned(),
            time,
            ..Default::default()
        };
        let call = self.sync.clone().get_record(request).await?;
        Ok(call.into_inner().record.expect("a record"))
    }

    /// The first answers to mutations.
    pub async fn push_results(
        &self,
        mutation_ids: Vec<String>,
    ) -> Result<v1::GetPushResultsResponse, Status> {
        let request = v1::GetPushResultsRequest { mutation_ids };
        Ok(self
            .sync
            .clone()
            .get_push_results(request)
            .await?
            .into_inner())
    }

    /// The newest versions of a record.
    pub async fn history(&self, record_id: &str) -> Result<v1::ListHistoryResponse, Status> {
        let request = v1::ListHistoryRequest {
            record_id: record_id.to_owned(),
            ..Default::default()
        };
        Ok(self.sync.clone().list_history(request).await?.into_inner())
    }

    /// Asks the hub about itself.
    pub async fn describe(&self) -> v1::DescribeResponse {
        let mut about = self.about.clone();
        let response = within(
            "the hub says who it is",
            about.describe(v1::DescribeRequest {}),
        );
        response.await.expect("a description").into_inner()
    }

    /// The newest position of the group's feed.
    pub async fn newest(&self) -> i64 {
        self.describe()
            .await
            .group
            .expect("a group")
            .newest_position
    }
}
