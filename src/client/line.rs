//! The line to a hub: a channel that notices a cut by itself, and the token on every call.

use super::pinned::Pinned;
use crate::model::fingerprint::Fingerprint;
use http::Uri;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
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
/// How long a connection may take to open, and how long its TLS handshake.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a line cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// The address, the token or the certificates are none.
    #[error("the {0} cannot be used")]
    Unusable(&'static str),
    /// The token would leave this machine in plain text, and nobody asked for that.
    #[error(
        "{0} is not this machine: a token is not sent there in plain text unless it is asked for"
    )]
    PlainText(String),
}

/// How a hub is recognised.
#[derive(Clone, Debug)]
pub enum Trust {
    /// Not at all: the address is `http://…`, and whoever is on the way reads token and records.
    PlainText,
    /// By its certificate: the address is `https://…`, under whatever name.
    Fingerprint(Fingerprint),
    /// By the name in the address `https://…`, for which one of these authorities vouches, in PEM.
    Roots(String),
}

/// A line to one hub, for the holder of one token. It connects when it is first used, and again whenever
/// it must.
#[derive(Clone)]
pub struct Line {
    channel: Authorised,
}

impl Line {
    /// A line to a hub on this machine, in plain text: `http://host:port` with a loopback host.
    ///
    /// # Errors
    /// When the address or the token cannot be used.
    pub fn new(address: &str, token: &str) -> Result<Self, LineError> {
        let uri: Uri = address
            .parse()
            .map_err(|_| LineError::Unusable("address"))?;
        let host = uri.host().unwrap_or_default();
        if !is_this_machine(host) {
            return Err(LineError::PlainText(host.to_owned()));
        }
        Line::trusting(address, Trust::PlainText, token)
    }

    /// A line to `address` (`http://host:port`, `https://host:port`), to a hub that is recognised as told.
    ///
    /// # Errors
    /// When the address, the token or the certificates cannot be used, or not together.
    pub fn trusting(address: &str, trust: Trust, token: &str) -> Result<Self, LineError> {
        let unusable = |what| move |_| LineError::Unusable(what);
        let endpoint = Endpoint::from_shared(address.to_owned())
            .map_err(unusable("address"))?
            .connect_timeout(CONNECT_TIMEOUT)
            .http2_keep_alive_interval(KEEPALIVE_INTERVAL)
            .keep_alive_timeout(KEEPALIVE_TIMEOUT)
            .keep_alive_while_idle(true);
        let tls = ClientTlsConfig::new().timeout(CONNECT_TIMEOUT);
        let (scheme, endpoint) = match trust {
            Trust::PlainText => ("http", Ok(endpoint)),
            Trust::Fingerprint(fingerprint) => {
                let pinned = Arc::new(Pinned::new(fingerprint));
                ("https", endpoint.tls_config_with_verifier(tls, pinned))
            }
            Trust::Roots(pem) => {
                let roots = tls.ca_certificate(Certificate::from_pem(pem));
                ("https", endpoint.tls_config(roots))
            }
        };
        let endpoint = endpoint.map_err(unusable("certificates"))?;
        if endpoint.uri().scheme_str() != Some(scheme) {
            return Err(LineError::Unusable("address"));
        }
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

fn is_this_machine(host: &str) -> bool {
    let address: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
    host == "localhost" || address.is_ok_and(|address| address.to_canonical().is_loopback())
}
