//! The door's outer side: a connection is accepted, counted, covered by TLS, and only then handed on. All
//! of it happens before anybody knows who calls, so all of it is bounded.

mod connection;
mod front;
mod identity;
mod seats;
mod self_made;

pub use connection::Peer;
pub use identity::{Identity, IdentityError};

pub(super) use front::FrontLayer;

use connection::{Connection, Io};
use futures::future::ready;
use futures::stream::{self, Stream, StreamExt as _};
use seats::{Seat, Seats};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

/// How long nobody is let in when the process has no file left for a connection.
const OUT_OF_FILES_PAUSE: Duration = Duration::from_millis(200);

/// What answers whoever does not speak gRPC. A request carries the address it came from, as it is counted.
pub type Pages = axum::Router;

/// Where campuses and the office come in.
pub struct Door {
    /// Where they connect.
    pub listener: TcpListener,
    /// The certificate that is shown to them; `None`: plain text.
    pub identity: Option<Arc<Identity>>,
    /// What is shown to a browser.
    pub pages: Pages,
    /// What a stranger may hold.
    pub bounds: Bounds,
}

/// A door in plain text without pages, with the usual bounds.
impl From<TcpListener> for Door {
    fn from(listener: TcpListener) -> Self {
        Door {
            listener,
            identity: None,
            pages: Pages::new(),
            bounds: Bounds::default(),
        }
    }
}

/// What may be held of the hub by whoever connects. An address stands for an IPv4 address or, of IPv6, for
/// the 64 bits that one subscriber is given. A school's machines often share one.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// A TLS handshake must be done this long after the connection was accepted.
    pub handshake: Duration,
    /// The headers of the first request must be whole this long after the handshake. Later ones, over
    /// HTTP/1.1, have the 30 s that hyper gives every request; over HTTP/2 a client that sends headers
    /// without an end cannot answer the ping of `keepalive_interval`.
    pub first_request: Duration,
    /// A request must be whole and its answer begun this long after its headers. A push of the largest size
    /// takes 5 minutes over a line of 120 kbit/s.
    pub call: Duration,
    /// A line that says nothing for so long is asked whether it is still there.
    pub keepalive_interval: Duration,
    /// And given up when it does not answer in this time.
    pub keepalive_timeout: Duration,
    /// The most connections; over it they are closed at once.
    pub connections_max: usize,
    /// The most connections of one address.
    pub connections_per_address_max: usize,
    /// The most open calls of one connection; a client is told, and waits with the next.
    pub streams_per_connection_max: u32,
    /// The most open calls that need no token.
    pub tokenless_calls_max: usize,
    /// The most open calls of one address that need no token.
    pub tokenless_calls_per_address_max: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds {
            handshake: Duration::from_secs(10),
            first_request: Duration::from_secs(10),
            call: Duration::from_mins(10),
            keepalive_interval: Duration::from_secs(30),
            keepalive_timeout: Duration::from_secs(10),
            connections_max: 8_192,
            connections_per_address_max: 2_048,
            streams_per_connection_max: 1_024,
            tokenless_calls_max: 1_024,
            tokenless_calls_per_address_max: 64,
        }
    }
}

impl Door {
    /// The connections that were let in. Dropped, it closes the listener.
    pub(super) fn connections(self) -> impl Stream<Item = io::Result<Connection>> {
        let Door {
            listener,
            identity,
            bounds,
            ..
        } = self;
        let seats = Seats::new(bounds.connections_max, bounds.connections_per_address_max);
        stream::unfold(listener, |listener| async {
            Some((accept(&listener).await, listener))
        })
        .filter_map(move |(tcp, from)| ready(Some(tcp).zip(seats.take(address(from)))))
        .map(move |(tcp, seat)| tokio::spawn(open(tcp, seat, identity.clone(), bounds)))
        // Nobody waits for another's handshake: those under way hold seats, and are bounded by them.
        .buffer_unordered(bounds.connections_max)
        .filter_map(|opened| ready(opened.ok().flatten().map(Ok)))
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // It was gone again before its turn came.
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                sleep(OUT_OF_FILES_PAUSE).await;
            }
        }
    }
}

/// The address as it is counted.
fn address(from: SocketAddr) -> IpAddr {
    match from.ip().to_canonical() {
        IpAddr::V6(address) => {
            Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// A connection that is ready for its first request; `None`: there was no handshake, or not in time.
async fn open(
    tcp: TcpStream,
    seat: Seat,
    identity: Option<Arc<Identity>>,
    bounds: Bounds,
) -> Option<Connection> {
    // A small answer leaves at once.
    tcp.set_nodelay(true).ok()?;
    let io = match identity {
        None => Io::Left(tcp),
        Some(identity) => {
            let handshake = timeout(bounds.handshake, identity.acceptor().accept(tcp)).await;
            let tls = handshake.unwrap_or_else(|late| Err(late.into()));
            let told = |error: &io::Error| {
                tracing::debug!(address = %seat.address, %error, "there was no TLS handshake");
            };
            Io::Right(Box::new(tls.inspect_err(told).ok()?))
        }
    };
    Some(Connection::new(io, seat, bounds.first_request))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_ipv6_counts_as_its_subscriber() {
        let counted = |from: &str| address(from.parse().unwrap()).to_string();
        assert_eq!(counted("192.0.2.7:1"), "192.0.2.7");
        assert_eq!(counted("[::ffff:192.0.2.7]:1"), "192.0.2.7");
        assert_eq!(counted("[2001:db8:1:2:3:4:5:6]:1"), "2001:db8:1:2::");
    }
}
