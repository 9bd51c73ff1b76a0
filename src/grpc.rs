//! The gRPC door: one stack, one error table, one file a service. A handler converts, calls the hub and
//! converts back.

mod admin_service;
mod audit;
mod auth;
mod door;
mod health;
mod hub_service;
mod office_service;
mod refusals;
mod status;
mod sync_service;

pub use admin_service::Doorplate;
pub use door::{Bounds, Door, Identity, IdentityError, Pages};

use crate::hub::Hub;
use crate::wire;
use crate::wire::v1::admin_service_server::AdminServiceServer;
use crate::wire::v1::hub_service_server::HubServiceServer;
use crate::wire::v1::office_service_server::OfficeServiceServer;
use crate::wire::v1::sync_service_server::SyncServiceServer;
use door::FrontLayer;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use tokio::net::UnixListener;
use tokio_stream::wrappers::UnixListenerStream;
use tonic::codec::CompressionEncoding::{Gzip, Zstd};
use tonic::service::Routes;
use tonic::transport::Server;

/// How far the transport lets a request go beyond the hub's own limit. A request a little too large is
/// read whole and refused in words; one that is larger still is cut off.
const TRANSPORT_SLACK: usize = 4;

/// The most bytes of a request's headers; a token and a trace need a few hundred.
const HEADER_BYTES_MAX: u32 = 16 << 10;

/// The most streams of a connection that their client took back before they were looked at. One more, and
/// the connection is ended: it is how a hub is kept busy with nothing (CVE-2023-44487). h2's own figure.
const TAKEN_BACK_MAX: usize = 20;

/// The most streams of a connection that had to be ended because their client broke the protocol. h2's own
/// figure.
const BROKEN_STREAMS_MAX: usize = 1_024;

/// The largest request of a call that needs no token.
const TOKENLESS_REQUEST_BYTES_MAX: usize = 64 << 10;

/// Serves campuses and the office until `shutdown`, then lets calls in flight finish. A listener alone is a
/// door in plain text.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    hub: Arc<Hub>,
    door: impl Into<Door>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), tonic::transport::Error> {
    let mut door = door.into();
    let pages = std::mem::take(&mut door.pages);
    let bounds = door.bounds;
    // The stack, outermost first. Every answer is counted as it goes out; the error table sees it before;
    // who calls is known before a message is read.
    let stack = tower::ServiceBuilder::new()
        .layer(tower::util::MapResponseLayer::new(refusals::count(
            Arc::clone(&hub),
        )))
        .layer(tower::util::MapResponseLayer::new(status::in_our_words(
            hub.limits(),
        )))
        .layer(FrontLayer::new(bounds, pages))
        .layer(auth::AuthLayer::new(Arc::clone(&hub)))
        .into_inner();
    let services = campus_services(&hub).await;
    drop(hub);
    Server::builder()
        .trace_fn(|call| tracing::info_span!("call", rpc.method = %call.uri().path()))
        .accept_http1(true)
        .timeout(bounds.call)
        .http2_keepalive_interval(Some(bounds.keepalive_interval))
        .http2_keepalive_timeout(Some(bounds.keepalive_timeout))
        .max_concurrent_streams(bounds.streams_per_connection_max)
        .http2_max_header_list_size(HEADER_BYTES_MAX)
        .http2_max_pending_accept_reset_streams(Some(TAKEN_BACK_MAX))
        .http2_max_local_error_reset_streams(Some(BROKEN_STREAMS_MAX))
        .layer(stack)
        .add_routes(services)
        .serve_with_incoming_shutdown(door.connections(), shutdown)
        .await
}

async fn campus_services(hub: &Arc<Hub>) -> Routes {
    let max = hub.limits().request_bytes_max * TRANSPORT_SLACK;
    let health = health::of(hub.feed_moves()).await;
    let mut routes = Routes::builder();
    routes
        .add_service(
            SyncServiceServer::new(sync_service::Sync::new(Arc::clone(hub)))
                .max_decoding_message_size(max)
                .accept_compressed(Gzip)
                .accept_compressed(Zstd)
                .send_compressed(Gzip)
                .send_compressed(Zstd),
        )
        .add_service(
            HubServiceServer::new(hub_service::About::new(Arc::clone(hub)))
                .max_decoding_message_size(TOKENLESS_REQUEST_BYTES_MAX)
                .accept_compressed(Gzip)
                .accept_compressed(Zstd),
        )
        .add_service(
            OfficeServiceServer::new(office_service::Office::new(Arc::clone(hub)))
                .accept_compressed(Gzip)
                .accept_compressed(Zstd)
                .send_compressed(Gzip)
                .send_compressed(Zstd),
        )
        // A client that compresses everything on its channel asks these too.
        .add_service(
            health
                .max_decoding_message_size(TOKENLESS_REQUEST_BYTES_MAX)
                .accept_compressed(Gzip)
                .accept_compressed(Zstd),
        )
        .add_service(
            reflection()
                .build_v1()
                .expect("the descriptors are whole")
                .max_decoding_message_size(TOKENLESS_REQUEST_BYTES_MAX)
                .accept_compressed(Gzip)
                .accept_compressed(Zstd),
        )
        .add_service(
            reflection()
                .build_v1alpha()
                .expect("the descriptors are whole")
                .max_decoding_message_size(TOKENLESS_REQUEST_BYTES_MAX)
                .accept_compressed(Gzip)
                .accept_compressed(Zstd),
        );
    routes.routes()
}

/// The contract, and the error details, so that clients by reflection can read both.
fn reflection() -> tonic_reflection::server::Builder<'static> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(wire::DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
}

/// Serves the operator on a local socket until `shutdown`; invitations say what the `plate` says.
///
/// # Errors
/// When the socket fails.
pub async fn serve_admin(
    hub: Arc<Hub>,
    plate: Doorplate,
    listener: UnixListener,
    shutdown: impl Future<Output = ()>,
) -> Result<(), tonic::transport::Error> {
    let v1 = reflection().build_v1().expect("the descriptors are whole");
    let v1alpha = reflection()
        .build_v1alpha()
        .expect("the descriptors are whole");
    Server::builder()
        .add_service(AdminServiceServer::new(admin_service::Admin::new(
            hub, plate,
        )))
        .add_service(v1)
        .add_service(v1alpha)
        .serve_with_incoming_shutdown(UnixListenerStream::new(listener), shutdown)
        .await
}

/// Binds a local socket that only the hub's own user can open.
///
/// # Errors
/// When the socket cannot be made.
pub fn bind_private(socket: &Path) -> std::io::Result<UnixListener> {
    use std::os::unix::fs::PermissionsExt as _;
    // Left behind by a process that was killed: the lock of the data folder says that it is gone.
    match std::fs::remove_file(socket) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(socket)?;
    std::fs::set_permissions(socket, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}
