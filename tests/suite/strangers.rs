//! What whoever connects may hold of the hub before anybody knows who it is: silence, slow headers, floods
//! of streams and connections. Beside each stands an honest client that is not hit.

use crate::answers::failed;
use crate::frames::{
    END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, GOAWAY, HEADERS, PREFACE, REFUSED_STREAM,
    RST_STREAM, SETTINGS, Wire, call, frame, reset,
};
use crate::harness::{Entrance, SPRING, TestHub, within};
use crate::reader::Watcher;
use crate::wishes::{create, fresh, session};
use lianxiao::grpc::Bounds;
use lianxiao::wire::v1;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::Range;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::interval;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status, Streaming};
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

/// A deadline that a test waits for, and that an honest client keeps on a loaded machine.
const SOON: Duration = Duration::from_secs(2);
/// When the hub acts: clocks on both sides of a line start a little apart, and the transport by itself
/// would wait for half a minute.
const IN_TIME: Range<Duration> = Duration::from_secs(1)..Duration::from_secs(20);
/// A second address of this machine.
const NEXT_DOOR: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

async fn hub(bounds: Bounds) -> TestHub {
    let identity = None;
    TestHub::start_behind(Entrance { identity, bounds }).await
}

/// Sends drops until the hub closes the connection; how long that took.
async fn drip(mut tcp: TcpStream, first: &[u8], drops: &[u8]) -> Duration {
    let began = Instant::now();
    let mut tick = interval(Duration::from_millis(20));
    let _ = tcp.write_all(first).await;
    let mut heard = [0; 1 << 10];
    let closed = async {
        loop {
            tokio::select! {
                read = tcp.read(&mut heard) => if matches!(read, Ok(0) | Err(_)) { return },
                _ = tick.tick() => { let _ = tcp.write_all(drops).await; }
            }
        }
    };
    within("the hub closes the connection", closed).await;
    began.elapsed()
}

/// A request over HTTP/1.1 is answered, and the connection stays.
async fn served_over_1_1(tcp: &mut TcpStream) {
    let request = b"GET /sign-in HTTP/1.1\r\nhost: hub\r\n\r\n";
    tcp.write_all(request).await.expect("a request is sent");
    let mut heard = [0; 4 << 10];
    let read = within("an answer", tcp.read(&mut heard)).await;
    let heard = String::from_utf8_lossy(&heard[..read.expect("an answer")]);
    assert!(heard.starts_with("HTTP/1.1 200 OK"), "{heard}");
}

/// The first bytes of a header frame that is said to be longer.
fn half_headers() -> Vec<u8> {
    let whole = frame(HEADERS, END_HEADERS, 3, &[0; 1_000]);
    whole[..20].to_vec()
}

#[tokio::test]
async fn who_sends_no_whole_request_is_gone_at_the_deadline_and_who_sent_one_stays() {
    let hub = hub(Bounds {
        first_request: SOON,
        ..Bounds::default()
    })
    .await;
    let connect = || async {
        TcpStream::connect(hub.address())
            .await
            .expect("a connection")
    };
    let mut honest = (Wire::open(hub.address()).await, connect().await);
    honest.0.served().await;
    served_over_1_1(&mut honest.1).await;
    let begun = [PREFACE, &frame(SETTINGS, 0, 0, &[]), &half_headers()].concat();
    let slow: [(&[u8], &[u8]); 5] = [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nhost: hub\r\nslow: ", b"x"),
        (&PREFACE[..16], b""),
        (&[PREFACE, &frame(SETTINGS, 0, 0, &[])].concat(), b""),
        (&begun, b"x"),
    ];
    let slow = slow.map(async |(first, drops)| {
        let took = drip(connect().await, first, drops).await;
        let said = String::from_utf8_lossy(first);
        assert!(IN_TIME.contains(&took), "{took:?} after {said:?}");
    });
    futures::future::join_all(slow).await;
    honest.0.served().await;
    served_over_1_1(&mut honest.1).await;
}

#[tokio::test]
async fn who_never_ends_later_headers_cannot_answer_a_ping_and_is_gone() {
    let hub = hub(Bounds {
        keepalive_interval: SOON,
        keepalive_timeout: SOON,
        ..Bounds::default()
    })
    .await;
    let (mut slow, mut idle) = (
        Wire::open(hub.address()).await,
        Wire::open(hub.address()).await,
    );
    slow.served().await;
    idle.served().await;
    let half = half_headers();
    let slow = drip(slow.into_tcp(), &half, b"x");
    let took = tokio::select! {
        took = slow => took,
        frames = idle.until_closed() => panic!("who answers pings is left alone: {frames:?}"),
    };
    assert!(IN_TIME.contains(&took), "{took:?}");
    idle.served().await;
}

/// Thousands of streams in one breath, each as two frames that the number of a stream gives; how the hub
/// ends the connection.
async fn flood(hub: SocketAddr, stream: impl Fn(u32) -> Vec<u8>) -> u32 {
    let mut wire = Wire::open(hub).await;
    let streams: Vec<u8> = (0..4_000).flat_map(|_| stream(wire.stream())).collect();
    // The hub need not read to the end.
    let _ = wire.send(&streams).await;
    let frames = wire.until_closed().await;
    let goodbye = frames.iter().find(|frame| frame.kind == GOAWAY);
    goodbye
        .unwrap_or_else(|| panic!("no goodbye: {frames:?}"))
        .reason()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_floods_the_hub_with_streams_is_ended_and_a_quiet_campus_is_served() {
    let hub = hub(Bounds::default()).await;
    let headers = call("/lianxiao.v1.SyncService/Pull", Some(&hub.group.office));
    let taken_back = |stream| {
        let open = frame(HEADERS, END_HEADERS, stream, &headers);
        [open, reset(stream)].concat()
    };
    // It says that there is a body, and ends: the hub has to reset the stream itself.
    let length = [&[0, 14][..], b"content-length", &[1, b'5']].concat();
    let broken = [&headers[..], &length].concat();
    let broken = |stream| frame(HEADERS, END_HEADERS | END_STREAM, stream, &broken);
    let floods = async {
        for _ in 0..8 {
            assert_eq!(flood(hub.address(), taken_back).await, ENHANCE_YOUR_CALM);
            assert_eq!(flood(hub.address(), broken).await, ENHANCE_YOUR_CALM);
        }
    };
    let quiet = hub.campus(SPRING);
    let pushes = async {
        for _ in 0..50 {
            quiet
                .applied(create(&fresh(), session("备课", "2026-05-12")))
                .await;
        }
    };
    tokio::join!(within("the floods end", floods), pushes);
}

#[tokio::test]
async fn a_client_that_changes_its_mind_now_and_then_keeps_its_connection() {
    let hub = hub(Bounds::default()).await;
    let mut wire = Wire::open(hub.address()).await;
    for _ in 0..200 {
        let stream = wire
            .begin("/lianxiao.v1.SyncService/Pull", Some(&hub.group.office))
            .await;
        wire.send(&reset(stream))
            .await
            .expect("the connection is open");
        wire.served().await;
    }
}

/// The health of the hub, asked from an address of this machine.
fn health(hub: SocketAddr, from: IpAddr) -> HealthClient<Channel> {
    let endpoint = Endpoint::from_shared(format!("http://{hub}")).expect("an address");
    HealthClient::new(endpoint.local_address(Some(from)).connect_lazy())
}

async fn watch_health(
    client: &HealthClient<Channel>,
) -> Result<Streaming<HealthCheckResponse>, Status> {
    let mut client = client.clone();
    let request = HealthCheckRequest::default();
    let watch = within("an answer", client.watch(request)).await;
    watch.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn an_address_holds_no_more_calls_without_a_token_than_it_may() {
    let max = 4;
    let hub = hub(Bounds {
        tokenless_calls_per_address_max: max,
        tokenless_calls_max: max + 1,
        ..Bounds::default()
    })
    .await;
    let here = health(hub.address(), Ipv4Addr::LOCALHOST.into());
    let next_door = health(hub.address(), NEXT_DOOR);
    let mut open = Vec::new();
    for _ in 0..max {
        open.push(watch_health(&here).await.expect("a place is free"));
    }
    let (_, details) = failed(
        watch_health(&here).await,
        Code::ResourceExhausted,
        "LIMIT_EXCEEDED",
    );
    let info = details.error_info().expect("an ErrorInfo");
    assert_eq!(info.metadata["limit"], "tokenless_calls_per_address_max");
    let _theirs = watch_health(&next_door)
        .await
        .expect("others have their own");
    let in_all = watch_health(&next_door).await;
    failed(in_all, Code::ResourceExhausted, "LIMIT_EXCEEDED");
    hub.campus(SPRING).describe().await;
    open.pop();
    let freed = async { while watch_health(&here).await.is_err() {} };
    within("a closed call frees its place", freed).await;
}

#[tokio::test]
async fn a_call_that_is_never_whole_ends_at_the_deadline_and_a_watch_goes_on() {
    let hub = hub(Bounds {
        call: SOON,
        ..Bounds::default()
    })
    .await;
    let spring = hub.campus(SPRING);
    let mut watcher = Watcher::start(&spring, v1::Filter::default()).await;
    watcher.until(0).await;
    let mut wire = Wire::open(hub.address()).await;
    let began = Instant::now();
    let stream = wire
        .begin("/lianxiao.v1.SyncService/Push", Some(&hub.group.office))
        .await;
    within("the call ends", wire.end_of(stream)).await;
    let took = began.elapsed();
    assert!(IN_TIME.contains(&took), "{took:?}");
    let push = create(&fresh(), session("备课", "2026-05-12"));
    let position = spring.applied(push).await.position;
    watcher.until(position).await;
}

#[tokio::test]
async fn a_connection_holds_no_more_streams_than_it_is_told() {
    const STREAMS_MAX: u16 = 3;
    let max = 8;
    let hub = hub(Bounds {
        streams_per_connection_max: max,
        ..Bounds::default()
    })
    .await;
    let mut wire = Wire::open(hub.address()).await;
    let told = wire.next_of(SETTINGS).await.setting(STREAMS_MAX);
    assert_eq!(told, Some(max));
    let push = "/lianxiao.v1.SyncService/Push";
    for _ in 0..max {
        wire.begin(push, Some(&hub.group.office)).await;
    }
    let over = wire.begin(push, Some(&hub.group.office)).await;
    let end = within("the stream is refused", wire.end_of(over)).await;
    assert_eq!((end.kind, end.reason()), (RST_STREAM, REFUSED_STREAM));
    wire.send(&reset(1)).await.expect("the connection is open");
    wire.served().await;
}

/// A connection from an address of this machine that asks something; whether it is answered.
async fn enters(hub: SocketAddr, from: IpAddr) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket
        .bind((from, 0).into())
        .expect("an address of this machine");
    let mut tcp = socket.connect(hub).await.expect("it is accepted");
    let _ = tcp.write_all(b"GET / HTTP/1.1\r\nhost: hub\r\n\r\n").await;
    let read = within("an answer or the end", tcp.read(&mut [0; 4 << 10])).await;
    matches!(read, Ok(1..)).then_some(tcp)
}

#[tokio::test]
async fn an_address_has_no_more_connections_than_it_may_nor_all_together() {
    let hub = hub(Bounds {
        connections_per_address_max: 3,
        connections_max: 5,
        ..Bounds::default()
    })
    .await;
    let here = Ipv4Addr::LOCALHOST.into();
    let enters = |from| enters(hub.address(), from);
    let mut open = Vec::new();
    for from in [here, here, here] {
        open.push(enters(from).await.expect("a place is free"));
    }
    assert!(enters(here).await.is_none(), "the address has its three");
    for from in [NEXT_DOOR, NEXT_DOOR] {
        open.push(enters(from).await.expect("another address has its own"));
    }
    assert!(enters(NEXT_DOOR).await.is_none(), "there are five in all");
    drop(open.remove(0));
    let freed = async { while enters(here).await.is_none() {} };
    within("a closed connection frees its place", freed).await;
}

#[tokio::test]
async fn headers_are_bounded() {
    let hub = hub(Bounds::default()).await;
    let client = hub.campus(SPRING);
    let describe = |bytes: usize| {
        let mut about = client.about.clone();
        let mut request = tonic::Request::new(v1::DescribeRequest {});
        let long = "x".repeat(bytes).parse().expect("a header");
        request.metadata_mut().insert("x-long", long);
        async move { within("an answer", about.describe(request)).await }
    };
    describe(12 << 10).await.expect("within the bound");
    describe(20 << 10).await.expect_err("over the bound");
    describe(0).await.expect("and the connection goes on");
}
