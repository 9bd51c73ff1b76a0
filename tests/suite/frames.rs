//! HTTP/2 by hand (RFC 9113), for what no honest client does.

use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub const HEADERS: u8 = 1;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
const PING: u8 = 6;
pub const GOAWAY: u8 = 7;

pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;
const ACK: u8 = 1;

pub const REFUSED_STREAM: u32 = 7;
const CANCEL: u32 = 8;
pub const ENHANCE_YOUR_CALM: u32 = 11;

/// A frame, as it is sent.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// A frame that takes a stream back.
pub fn reset(stream: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes())
}

/// The headers of a gRPC call, each spelt out (HPACK, RFC 7541, 6.2.2).
pub fn call(path: &str, token: Option<&str>) -> Vec<u8> {
    let authorization = token.map(|token| format!("Bearer {token}"));
    let fields = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", path),
        (":authority", "hub"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
    ];
    let mut block = Vec::new();
    let authorization = authorization
        .as_deref()
        .map(|value| ("authorization", value));
    for (name, value) in fields.into_iter().chain(authorization) {
        block.push(0);
        for text in [name, value] {
            let length = u8::try_from(text.len()).unwrap();
            assert!(length < 127, "one byte tells the length");
            block.push(length);
            block.extend(text.bytes());
        }
    }
    block
}

/// A frame, as it came.
#[derive(Debug)]
pub struct Frame {
    pub kind: u8,
    pub flags: u8,
    pub stream: u32,
    pub payload: Vec<u8>,
}

impl Frame {
    /// The last four bytes: why a stream was reset, or, without a word more, why a connection ends.
    pub fn reason(&self) -> u32 {
        let at = if self.kind == GOAWAY { 4 } else { 0 };
        u32::from_be_bytes(self.payload[at..at + 4].try_into().unwrap())
    }

    /// A setting of a SETTINGS frame.
    pub fn setting(&self, id: u16) -> Option<u32> {
        let mut settings = self.payload.chunks_exact(6);
        let setting = settings.find(|setting| setting[..2] == id.to_be_bytes())?;
        Some(u32::from_be_bytes(setting[2..].try_into().unwrap()))
    }
}

/// A connection that does as it is told.
pub struct Wire {
    tcp: TcpStream,
    last: u32,
}

impl Wire {
    /// Connects, and says hello as every client does.
    pub async fn open(address: SocketAddr) -> Self {
        let mut tcp = TcpStream::connect(address).await.expect("a connection");
        let hello = [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat();
        tcp.write_all(&hello).await.expect("a hello");
        Wire { tcp, last: 0 }
    }

    pub async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.tcp.write_all(bytes).await
    }

    /// The next stream's number.
    pub fn stream(&mut self) -> u32 {
        self.last = if self.last == 0 { 1 } else { self.last + 2 };
        self.last
    }

    /// Begins a call and leaves it open; its stream.
    pub async fn begin(&mut self, path: &str, token: Option<&str>) -> u32 {
        let stream = self.stream();
        let headers = frame(HEADERS, END_HEADERS, stream, &call(path, token));
        self.send(&headers).await.expect("headers are sent");
        stream
    }

    /// The next frame; pings are answered. `None`: the hub closed the connection.
    pub async fn next(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        loop {
            self.tcp.read_exact(&mut head).await.ok()?;
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            let mut payload = vec![0; length.try_into().unwrap()];
            self.tcp.read_exact(&mut payload).await.ok()?;
            let frame = Frame {
                kind: head[3],
                flags: head[4],
                stream: u32::from_be_bytes(head[5..].try_into().unwrap()),
                payload,
            };
            if frame.kind == PING && frame.flags & ACK == 0 {
                let pong = self::frame(PING, ACK, 0, &frame.payload);
                self.send(&pong).await.ok()?;
            } else {
                return Some(frame);
            }
        }
    }

    /// The next frame of a kind.
    pub async fn next_of(&mut self, kind: u8) -> Frame {
        loop {
            let frame = self.next().await;
            let frame = frame.expect("the connection is open");
            if frame.kind == kind {
                return frame;
            }
        }
    }

    /// How a stream ends: with the last of its answer, or reset.
    pub async fn end_of(&mut self, stream: u32) -> Frame {
        loop {
            let frame = self.next().await.expect("the connection is open");
            let last = frame.kind == RST_STREAM || frame.flags & END_STREAM != 0;
            if frame.stream == stream && last {
                return frame;
            }
        }
    }

    /// A call without a token is answered: somebody is there.
    pub async fn served(&mut self) {
        let stream = self.stream();
        let headers = call("/lianxiao.v1.HubService/Describe", None);
        let whole = frame(HEADERS, END_HEADERS | END_STREAM, stream, &headers);
        self.send(&whole).await.expect("the connection is open");
        let end = self.end_of(stream).await;
        assert_eq!(end.kind, HEADERS, "{end:?}");
    }

    /// What came before the hub closed the connection.
    pub async fn until_closed(&mut self) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(frame) = self.next().await {
            frames.push(frame);
        }
        frames
    }

    /// The connection without its frames.
    pub fn into_tcp(self) -> TcpStream {
        self.tcp
    }
}
