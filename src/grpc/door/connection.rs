//! A connection that was let in, and who is at its other end.

use super::seats::Seat;
use std::future::Future as _;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;
use tonic::transport::server::Connected;

pub type Io = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// Who is at the other end of a connection; an extension of every request that came over it.
#[derive(Clone)]
pub struct Peer {
    /// The address as it is counted: of IPv6 the first 64 bits.
    pub address: IpAddr,
    asked: Arc<AtomicBool>,
}

impl Peer {
    /// Notes that a whole request came.
    pub(super) fn asks(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }
}

/// A connection. It ends when no request comes in time.
pub struct Connection {
    io: Io,
    peer: Peer,
    first_request: Pin<Box<Sleep>>,
    _seat: Seat,
}

impl Connection {
    pub fn new(io: Io, seat: Seat, first_request: Duration) -> Self {
        let peer = Peer {
            address: seat.address,
            asked: Arc::default(),
        };
        Connection {
            io,
            peer,
            first_request: Box::pin(sleep(first_request)),
            _seat: seat,
        }
    }

    fn io(&mut self) -> Pin<&mut Io> {
        Pin::new(&mut self.io)
    }
}

impl Connected for Connection {
    type ConnectInfo = Peer;
    fn connect_info(&self) -> Peer {
        self.peer.clone()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let asked = self.peer.asked.load(Ordering::Relaxed);
        if !asked && self.first_request.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        self.io().poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.io().poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io().poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io().poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.io().poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
