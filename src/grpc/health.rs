//! Whether the hub is ready, as `grpc.health.v1` tells it: not while what other hubs write does not come
//! through, because its watches would stand still and nobody could tell; and not once it goes down.

use super::hub_service::About;
use super::office_service::Office;
use super::sync_service::Sync;
use crate::wire::v1::hub_service_server::HubServiceServer;
use crate::wire::v1::office_service_server::OfficeServiceServer;
use crate::wire::v1::sync_service_server::SyncServiceServer;
use tokio::sync::watch;
use tonic::server::NamedService;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};

/// What is ready, and what is not, together; the first stands for the hub.
const SERVICES: [&str; 4] = [
    "",
    SyncServiceServer::<Sync>::NAME,
    HubServiceServer::<About>::NAME,
    OfficeServiceServer::<Office>::NAME,
];

/// Tells whether the hub is ready, as long as it is told whether its feed moves.
pub async fn of(mut moves: watch::Receiver<bool>) -> HealthServer<HealthService> {
    let reporter = HealthReporter::new();
    let service = HealthService::from_health_reporter(reporter.clone());
    let first = *moves.borrow_and_update();
    tell(&reporter, first).await;
    tokio::spawn(async move {
        while moves.changed().await.is_ok() {
            let moves = *moves.borrow_and_update();
            tell(&reporter, moves).await;
        }
        // Nobody looks any more: the hub goes down.
        tell(&reporter, false).await;
    });
    HealthServer::new(service)
}

async fn tell(reporter: &HealthReporter, moves: bool) {
    let status = match moves {
        true => ServingStatus::Serving,
        false => ServingStatus::NotServing,
    };
    for service in SERVICES {
        reporter.set_service_status(service, status).await;
    }
}
