//! A hub with its doors open, for the commands that run one.

use crate::console;
use crate::grpc::{self, Door, Identity, IdentityError};
use crate::hub::{Config, Drained, Hub};
use crate::model::clock::Clock;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// How long calls in flight may take to finish once the hub is told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// What covers the line to campuses and the office.
pub enum Cover {
    /// Nothing: whoever is on the way reads along.
    PlainText,
    /// Nothing of the hub's own: a proxy in front of it speaks TLS.
    Proxy,
    /// TLS, with a certificate that the hub makes for itself and keeps in its data folder.
    SelfMade,
    /// TLS, with the operator's certificate and key.
    Files {
        /// The certificate, and those that vouch for it, in PEM.
        certificate: PathBuf,
        /// Its key, in PEM.
        key: PathBuf,
    },
}

impl Cover {
    fn identity(&self, data: &Path, listen: IpAddr) -> Result<Option<Identity>, IdentityError> {
        match self {
            Cover::PlainText | Cover::Proxy => Ok(None),
            Cover::SelfMade => Identity::self_made(&data.join("tls"), listen).map(Some),
            Cover::Files { certificate, key } => Identity::from_files(certificate, key).map(Some),
        }
    }
}

/// A hub at work.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// What campuses recognise it by; `None`: plain text.
    pub identity: Option<Arc<Identity>>,
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
        cover: Cover,
    ) -> Result<Self, Error> {
        let (hub, drained) = Hub::open(config, clock).await?;
        let address = listener.local_addr()?;
        let secure = !matches!(cover, Cover::PlainText);
        // In a folder that nobody else has open.
        let identity = cover.identity(&config.data, address.ip())?.map(Arc::new);
        let admin_socket = config.admin_socket();
        let admin_listener = grpc::bind_private(&admin_socket)?;
        let (stop, stopped) = watch::channel(false);
        let told = |mut stopped: watch::Receiver<bool>| async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        let door = Door {
            identity: identity.clone(),
            pages: console::pages(Arc::clone(&hub), secure),
            ..listener.into()
        };
        let campuses = grpc::serve(Arc::clone(&hub), door, told(stopped.clone()));
        let plate = grpc::Doorplate {
            address,
            identity: identity.clone(),
        };
        let operator = grpc::serve_admin(Arc::clone(&hub), plate, admin_listener, told(stopped));
        let doors = [
            tokio::spawn(async { Ok(campuses.await?) }),
            tokio::spawn(async { Ok(operator.await?) }),
        ];
        Ok(Running {
            address,
            identity,
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
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            ended = tokio::signal::ctrl_c() => ended,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
