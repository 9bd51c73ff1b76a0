//! The line to a hub: a channel that notices a cut by itself, and the token on every call.

use std::time::Duration;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use crate::wire::v1::hub_service_client::HubServiceClient;
use crate::wire::v1::office_service_client::OfficeServiceClient;
use crate::wire::v1::sync_service_client::SyncServiceClient;

/// A channel with a token on every call.
pub type Authorised = InterceptedService<Channel, Bearer>;

/// A silent line is asked after this long whether the hub is still there. Without it a client whose line
/// was cut waits for ever.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);
/// And given up when it does not answer in this time.
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a line cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// The address or the token is none.
    #[error("the {0} cannot be used")]
    Unusable(&'static str),
}

/// A line to one hub, for the holder of one token. It connects when it is first used, and again whenever
/// it must.
#[derive(Clone)]
pub struct Line {
    channel: Authorised,
}

impl Line {
    /// A line to `address` (`http://host:port`).
    ///
    /// # Errors
    /// When the address or the token cannot be used.
    pub fn new(address: &str, token: &str) -> Result<Self, LineError> {
        let endpoint = Endpoint::from_shared(address.to_owned())
            .map_err(|_| LineError::Unusable("address"))?
            .connect_timeout(CONNECT_TIMEOUT)
            .http2_keep_alive_interval(KEEPALIVE_INTERVAL)
            .keep_alive_timeout(KEEPALIVE_TIMEOUT)
            .keep_alive_while_idle(true);
        let header = format!("Bearer {token}").parse();
        let mut header: MetadataValue<Ascii> = header.map_err(|_| LineError::Unusable("token"))?;
        header.set_sensitive(true);
        let channel = InterceptedService::new(endpoint.connect_lazy(), Bearer(header));
        Ok(Line { channel })
    }

    /// `HubService` over it.
    #[must_use]
    pub fn hub(&self) -> HubServiceClient<Authorised> {
        HubServiceClient::new(self.channel.clone())
    }

    /// `SyncService` over it.
    #[must_use]
    pub fn sync(&self) -> SyncServiceClient<Authorised> {
        SyncServiceClient::new(self.channel.clone())
    }

    /// `OfficeService` over it.
    #[must_use]
    pub fn office(&self) -> OfficeServiceClient<Authorised> {
        OfficeServiceClient::new(self.channel.clone())
    }
}

/// Puts the token on every call.
#[derive(Clone)]
pub struct Bearer(MetadataValue<Ascii>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request
            .metadata_mut()
            .insert("authorization", self.0.clone());
        Ok(request)
    }
}
