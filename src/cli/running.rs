//! A hub with its doors open, for the commands that run one.

use crate::grpc;
use crate::hub::{Config, Drained, Hub};
use crate::model::clock::Clock;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// How long calls in flight may take to finish once the hub is told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// A hub at work.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// The operator's socket.
    pub admin_socket: PathBuf,
    hub: Arc<Hub>,
    drained: Drained,
    stop: watch::Sender<bool>,
    doors: [JoinHandle<Result<(), Error>>; 2],
}

impl Running {
    /// Opens the hub, then its doors. When it returns, both answer.
    pub async fn start(
        config: &Config,
        clock: Arc<dyn Clock>,
        listener: TcpListener,
    ) -> Result<Self, Error> {
        let (hub, drained) = Hub::open(config, clock).await?;
        let address = listener.local_addr()?;
        let admin_socket = config.admin_socket();
        let admin_listener = grpc::bind_private(&admin_socket)?;
        let (stop, stopped) = watch::channel(false);
        let told = |mut stopped: watch::Receiver<bool>| async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        let campuses = grpc::serve(Arc::clone(&hub), listener, told(stopped.clone()));
        let entrance = grpc::Entrance {
            address,
            fingerprint: None,
        };
        let operator = grpc::serve_admin(Arc::clone(&hub), entrance, admin_listener, told(stopped));
        let doors = [
            tokio::spawn(async { Ok(campuses.await?) }),
            tokio::spawn(async { Ok(operator.await?) }),
        ];
        Ok(Running {
            address,
            admin_socket,
            hub,
            drained,
            stop,
            doors,
        })
    }

    /// Says goodbye to streams, lets calls finish, and writes what was accepted.
    pub async fn stop(self) -> Result<(), Error> {
        self.hub.stop();
        self.stop.send_replace(true);
        drop(self.hub);
        let finished = async {
            for door in self.doors {
                door.await??;
            }
            self.drained.finish().await;
            Ok::<(), Error>(())
        };
        if let Ok(finished) = tokio::time::timeout(GRACE, finished).await {
            finished?;
        } else {
            tracing::warn!(
                grace_s = GRACE.as_secs(),
                "calls were still open at the end"
            );
        }
        let _ = std::fs::remove_file(&self.admin_socket);
        Ok(())
    }
}

/// Resolves when the process is asked to end.
pub async fn asked_to_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
