//! A hub whose feed stands still says so, and says when it moves again.

use super::{by, line_to_database};
use crate::checker::proxy::Weather;
use crate::database::Database;
use crate::harness::{TestHub, within};
use lianxiao::hub::LOOK_EVERY;
use std::time::{Duration, Instant};
use tonic_health::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

/// What a hub says of itself, as often as it says something else.
async fn health(hub: &TestHub, service: &str) -> tonic::Streaming<HealthCheckResponse> {
    let request = HealthCheckRequest {
        service: service.to_owned(),
    };
    let watch = HealthClient::new(hub.channel()).watch(request).await;
    watch.expect("a watch").into_inner()
}

async fn becomes(health: &mut tonic::Streaming<HealthCheckResponse>, wanted: ServingStatus) {
    let wanted = wanted as i32;
    let said = async {
        while health
            .message()
            .await
            .expect("the watch goes on")
            .expect("a word")
            .status
            != wanted
        {}
    };
    within("the hub says how it is", said).await;
}

#[tokio::test]
async fn a_hub_is_not_ready_while_it_cannot_see_what_others_write() {
    let here = TestHub::start_on(Database::fresh()).await;
    for weather in [Weather::Cut, Weather::Dark] {
        let line = line_to_database().await;
        let there = here.beside(by(&line, here.database()), LOOK_EVERY).await;
        let (mut hub, mut sync) = (
            health(&there, "").await,
            health(&there, "lianxiao.v1.SyncService").await,
        );
        becomes(&mut hub, ServingStatus::Serving).await;
        becomes(&mut sync, ServingStatus::Serving).await;
        line.turn(weather);
        let since = Instant::now();
        becomes(&mut hub, ServingStatus::NotServing).await;
        becomes(&mut sync, ServingStatus::NotServing).await;
        let took = since.elapsed();
        assert!(took < Duration::from_secs(7), "{weather:?}: {took:?}");
        line.turn(Weather::Fair);
        let since = Instant::now();
        becomes(&mut hub, ServingStatus::Serving).await;
        becomes(&mut sync, ServingStatus::Serving).await;
        let took = since.elapsed();
        assert!(took < Duration::from_secs(10), "{weather:?}: {took:?}");
    }
    let mut first = health(&here, "lianxiao.v1.OfficeService").await;
    becomes(&mut first, ServingStatus::Serving).await;
}
