//! TLS: who the hub is to its clients, a certificate that is renewed under open lines, HTTP/1.1 beside h2.

mod program;

use crate::harness::{Client, Entrance, HEAD, SPRING, TestHub, within};
use crate::reader::Watcher;
use crate::wishes::{create, fresh, session};
use lianxiao::client::{Line, LineError, Replica, ReplicaError, Trust};
use lianxiao::grpc::{Bounds, Identity};
use lianxiao::model::fingerprint::Fingerprint;
use lianxiao::wire::v1;
use rcgen::{CertificateParams, KeyPair};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A hub that shows an identity.
async fn hub(identity: Identity) -> TestHub {
    let identity = Some(Arc::new(identity));
    let bounds = Bounds::default();
    TestHub::start_behind(Entrance { identity, bounds }).await
}

/// An identity of the hub's own making, and the folder that holds it.
fn self_made() -> (TempDir, Identity) {
    let folder = tempfile::tempdir().unwrap();
    let identity = Identity::self_made(&folder.path().join("tls"), LOOPBACK).unwrap();
    (folder, identity)
}

fn token<'a>(hub: &'a TestHub, campus: &str) -> &'a str {
    let member = hub
        .group
        .campuses
        .iter()
        .find(|member| member.name == campus);
    &member.expect("a campus").token
}

fn https(address: SocketAddr) -> String {
    format!("https://{address}")
}

/// Who the hub says that the token's holder is.
async fn describe(line: &Line) -> Result<v1::DescribeResponse, ReplicaError> {
    let mut hub = line.hub();
    let answer = within("an answer", hub.describe(v1::DescribeRequest {})).await;
    Ok(answer?.into_inner())
}

#[tokio::test]
async fn a_hub_is_recognised_by_its_fingerprint_or_by_who_vouches_for_its_name() {
    let (folder, identity) = self_made();
    let fingerprint = identity.fingerprint();
    let pem = std::fs::read_to_string(folder.path().join("tls/cert.pem")).unwrap();
    let hub = hub(identity).await;
    let by_name = format!("https://localhost:{}", hub.address().port());
    for (address, trust) in [
        (https(hub.address()), Trust::Fingerprint(fingerprint)),
        (https(hub.address()), Trust::Roots(pem.clone())),
        (by_name, Trust::Roots(pem)),
    ] {
        let line = Line::trusting(&address, trust, token(&hub, SPRING)).unwrap();
        let description = describe(&line).await.expect("the hub answers");
        assert_eq!(description.caller.expect("a caller").holder, "总务处");
    }
}

#[tokio::test]
async fn another_certificate_is_an_error_that_says_so_and_is_not_tried_again() {
    let ((_, other), (_folder, identity)) = (self_made(), self_made());
    let (expected, shown) = (other.fingerprint(), identity.fingerprint());
    let hub = hub(identity).await;
    let line = Line::trusting(
        &https(hub.address()),
        Trust::Fingerprint(expected),
        token(&hub, HEAD),
    );
    let file = tempfile::tempdir().unwrap();
    let replica = Replica::open(&file.path().join("replica.db"))
        .await
        .unwrap();
    // A watch goes on for ever, whatever passes: it ends here.
    let typed = Notify::new();
    let watch = replica.watch(line.as_ref().unwrap(), &typed, |_| {});
    let error = within("the watch ends", watch)
        .await
        .expect_err("another hub");
    assert!(matches!(error, ReplicaError::NotTheHub(_)), "{error:?}");
    assert!(!error.passes());
    let said = error.to_string();
    assert!(
        said.contains(&shown.to_string()) && said.contains(&expected.to_string()),
        "{said}"
    );
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_or_of_another_name_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (shown, other) = (Pair::of(&["localhost"]), Pair::of(&["localhost"]));
    let (certificate, key) = shown.write(folder.path());
    let hub = hub(Identity::from_files(&certificate, &key).unwrap()).await;
    let by_name = format!("https://localhost:{}", hub.address().port());
    let ask = async |address: &str, roots: &Pair| {
        let trust = Trust::Roots(roots.certificate.clone());
        let line = Line::trusting(address, trust, token(&hub, HEAD)).unwrap();
        describe(&line).await
    };
    ask(&by_name, &shown)
        .await
        .expect("it is the name, and vouched for");
    for (address, roots) in [(&by_name, &other), (&https(hub.address()), &shown)] {
        let error = ask(address, roots).await.expect_err("it is refused");
        assert!(matches!(error, ReplicaError::NotTheHub(_)), "{error:?}");
    }
}

#[test]
fn a_token_leaves_this_machine_in_plain_text_only_when_asked_for() {
    // A channel wants a runtime, though it connects later.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _inside = runtime.enter();
    for here in [
        "http://127.0.0.1:1",
        "http://127.9.9.9:1",
        "http://localhost:1",
        "http://[::1]:1",
    ] {
        assert!(Line::new(here, "token").is_ok(), "{here}");
    }
    for away in [
        "http://192.0.2.1:1",
        "http://hub.example:1",
        "http://localhost.example:1",
        "http://[2001:db8::1]:1",
    ] {
        assert!(
            matches!(Line::new(away, "token"), Err(LineError::PlainText(_))),
            "{away}"
        );
        assert!(
            Line::trusting(away, Trust::PlainText, "token").is_ok(),
            "{away}"
        );
    }
    let pinned = Trust::Fingerprint(Fingerprint::of(b"x"));
    for (address, trust) in [
        ("https://127.0.0.1:1", Trust::PlainText),
        ("http://127.0.0.1:1", pinned),
        ("http://127.0.0.1:1", Trust::Roots(String::new())),
        ("127.0.0.1:1", Trust::PlainText),
    ] {
        let line = Line::trusting(address, trust, "token");
        assert!(matches!(line, Err(LineError::Unusable(_))), "{address}");
    }
}

/// What is read until the other side ends.
async fn asked(
    mut io: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    path: &str,
) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: hub\r\nconnection: close\r\n\r\n");
    io.write_all(request.as_bytes()).await.expect("it is sent");
    let mut answer = Vec::new();
    // A peer may end TLS without a goodbye.
    let _ = within("an answer", io.read_to_end(&mut answer)).await;
    String::from_utf8(answer).expect("it is text")
}

/// A page for a browser.
fn a_page(answer: &str, status: &str) {
    assert!(
        answer.starts_with(&format!("HTTP/1.1 {status}")),
        "{answer}"
    );
    assert!(
        answer.contains("content-type: text/html; charset=utf-8"),
        "{answer}"
    );
    assert!(
        answer.contains("Lianxiao") && !answer.contains("grpc-status"),
        "{answer}"
    );
}

#[tokio::test]
async fn http_1_1_and_h2_are_answered_on_one_port_with_tls() {
    let (folder, identity) = self_made();
    let hub = hub(identity).await;
    let pem = std::fs::read(folder.path().join("tls/cert.pem")).unwrap();
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(&pem).unwrap())
        .unwrap();
    let config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    for (offered, agreed) in [
        (&[][..], None),
        (&[&b"http/1.1"[..]], Some(&b"http/1.1"[..])),
        (&[b"http/1.1", b"h2"], Some(b"h2")),
    ] {
        let mut config = config.clone();
        config.alpn_protocols = offered.iter().map(|name| name.to_vec()).collect();
        let tcp = TcpStream::connect(hub.address()).await.unwrap();
        let name = LOOPBACK.into();
        let tls = TlsConnector::from(Arc::new(config)).connect(name, tcp);
        let tls = within("a handshake", tls).await.expect("a handshake");
        assert_eq!(tls.get_ref().1.alpn_protocol(), agreed);
        if agreed != Some(b"h2") {
            a_page(&asked(tls, "/sign-in").await, "200");
        }
    }
    let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(&pem));
    let endpoint = Endpoint::from_shared(https(hub.address()))
        .unwrap()
        .tls_config(tls);
    let channel = endpoint.unwrap().connect_lazy();
    Client::over(channel, Some(token(&hub, SPRING)), "")
        .describe()
        .await;
}

#[tokio::test]
async fn http_1_1_and_h2_are_answered_on_one_port_in_plain_text() {
    let hub = TestHub::start().await;
    for (path, status) in [
        ("/sign-in", "200"),
        ("/favicon.ico", "404"),
        ("/lianxiao.v1.SyncService/Push", "404"),
    ] {
        let tcp = TcpStream::connect(hub.address()).await.unwrap();
        a_page(&asked(tcp, path).await, status);
    }
    hub.campus(SPRING).describe().await;
}

#[tokio::test]
async fn who_comes_in_plain_text_to_tls_gets_nothing() {
    let (_folder, identity) = self_made();
    let hub = hub(identity).await;
    let mut tcp = TcpStream::connect(hub.address()).await.unwrap();
    let request = b"GET / HTTP/1.1\r\nhost: hub\r\n\r\n";
    tcp.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    let _ = within("the end", tcp.read_to_end(&mut answer)).await;
    // An alert at most: `\x15` begins one.
    assert!(answer.is_empty() || answer[0] == 0x15, "{answer:?}");
}

#[tokio::test]
async fn a_handshake_that_is_not_done_ends_at_the_deadline_and_holds_up_nobody() {
    let soon = Duration::from_secs(2);
    let (_folder, identity) = self_made();
    let trust = Trust::Fingerprint(identity.fingerprint());
    let bounds = Bounds {
        handshake: soon,
        ..Bounds::default()
    };
    let hub = TestHub::start_behind(Entrance {
        identity: Some(Arc::new(identity)),
        bounds,
    })
    .await;
    let silent = (0..100).map(|_| TcpStream::connect(hub.address()));
    let mut silent = futures::future::try_join_all(silent)
        .await
        .expect("connections");
    let line = Line::trusting(&https(hub.address()), trust, token(&hub, SPRING)).unwrap();
    describe(&line)
        .await
        .expect("an honest client is served meanwhile");
    for tcp in &mut silent {
        let read = within("the hub closes it", tcp.read(&mut [0; 16])).await;
        assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    }
    describe(&line).await.expect("and its line goes on");
}

/// A certificate and its key, as an operator gets them.
struct Pair {
    certificate: String,
    key: String,
    fingerprint: Fingerprint,
}

impl Pair {
    fn of(names: &[&str]) -> Self {
        let key = KeyPair::generate().unwrap();
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let certificate = CertificateParams::new(names)
            .unwrap()
            .self_signed(&key)
            .unwrap();
        Pair {
            fingerprint: Fingerprint::of(certificate.der()),
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }

    /// Writes both files; where they are.
    fn write(&self, folder: &Path) -> (PathBuf, PathBuf) {
        let files = (folder.join("fullchain.pem"), folder.join("privkey.pem"));
        std::fs::write(&files.0, &self.certificate).unwrap();
        std::fs::write(&files.1, &self.key).unwrap();
        files
    }
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_to_new_lines_and_an_open_watch_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (Pair::of(&["127.0.0.1"]), Pair::of(&["127.0.0.1"]));
    let (certificate, key) = old.write(folder.path());
    let hub = hub(Identity::from_files(&certificate, &key).unwrap()).await;
    let address = https(hub.address());
    let line = |pair: &Pair| {
        Line::trusting(
            &address,
            Trust::Fingerprint(pair.fingerprint),
            token(&hub, SPRING),
        )
        .unwrap()
    };
    let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(&old.certificate));
    let endpoint = Endpoint::from_shared(address.clone())
        .unwrap()
        .tls_config(tls);
    let spring = Client::over(
        endpoint.unwrap().connect_lazy(),
        Some(token(&hub, SPRING)),
        "",
    );
    let mut watcher = Watcher::start(&spring, v1::Filter::default()).await;
    watcher.until(0).await;
    // One file after the other: between them the hub sees half a pair.
    std::fs::write(&certificate, &new.certificate).unwrap();
    describe(&line(&old))
        .await
        .expect("the old certificate is shown on");
    std::fs::write(&key, &new.key).unwrap();
    let renewed = async { while describe(&line(&new)).await.is_err() {} };
    within("the new certificate is shown", renewed).await;
    describe(&line(&old)).await.expect_err("the old one is not");
    let position = spring
        .applied(create(&fresh(), session("备课", "2026-05-12")))
        .await
        .position;
    watcher.until(position).await;
}
