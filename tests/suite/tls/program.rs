//! The program: TLS wherever others could read along, with a certificate that it makes and keeps.

use super::{LOOPBACK, Pair, describe, https};
use crate::process::{Running, clerk, program, serve_on};
use lianxiao::client::{Line, Trust};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

/// The fingerprint that a hub prints.
fn fingerprint_of(hub: &Running) -> String {
    hub.line(|line| line.strip_prefix("certificate SHA-256 ").map(str::to_owned))
}

/// A hub on every address of the machine; it, and how this machine reaches it.
fn serve_everywhere(data: &Path, words: &[&str]) -> (Running, SocketAddr) {
    let mut command = program();
    command.env("LIANXIAO_LOG", "error").args(words);
    let (hub, address) = serve_on("0.0.0.0:0", data, &mut command);
    let address: SocketAddr = address.parse().unwrap();
    (hub, (LOOPBACK, address.port()).into())
}

#[tokio::test]
async fn on_an_address_of_the_network_the_hub_speaks_tls_with_a_certificate_that_stays() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("hub");
    let (hub, address) = serve_everywhere(&data, &["serve"]);
    let fingerprint = fingerprint_of(&hub);
    let token = clerk(&data);
    let trust = Trust::Fingerprint(fingerprint.parse().unwrap());
    let line = Line::trusting(&https(address), trust.clone(), &token).unwrap();
    describe(&line).await.expect("the hub answers");
    let plain = Line::new(&format!("http://{address}"), &token).unwrap();
    describe(&plain).await.expect_err("there is no plain text");
    grpcurl_reaches(&data, address, &token);
    let mode = |name: &str| {
        std::fs::metadata(data.join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!((mode("tls/key.pem"), mode("tls")), (0o600, 0o700));
    hub.kill();
    let (again, address) = serve_everywhere(&data, &["serve"]);
    assert_eq!(fingerprint_of(&again), fingerprint);
    let line = Line::trusting(&https(address), trust, &token).unwrap();
    describe(&line).await.expect("it is the same hub");
    assert!(again.end_with("TERM"));
}

fn grpcurl_reaches(data: &Path, address: SocketAddr, token: &str) {
    let grpcurl = std::env::var("GRPCURL").expect("tests/run installs grpcurl and says where");
    let output = Command::new(grpcurl)
        .args(["-cacert", data.join("tls/cert.pem").to_str().unwrap()])
        .args(["-H", &format!("authorization: Bearer {token}")])
        .args([&address.to_string(), "lianxiao.v1.HubService/Describe"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("教导处"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test]
async fn plain_text_is_asked_for_by_name_and_tls_on_loopback_too() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain");
    let (hub, address) = serve_everywhere(&plain, &["serve", "--plaintext"]);
    let token = clerk(&plain);
    let line = Line::new(&format!("http://{address}"), &token).unwrap();
    describe(&line)
        .await
        .expect("the hub answers in plain text");
    assert!(!plain.join("tls").exists());
    drop(hub);
    let covered = folder.path().join("covered");
    let (hub, address) = serve_on("127.0.0.1:0", &covered, program().args(["serve", "--tls"]));
    let trust = Trust::Fingerprint(fingerprint_of(&hub).parse().unwrap());
    let address = https(address.parse().unwrap());
    let line = Line::trusting(&address, trust, &clerk(&covered)).unwrap();
    describe(&line).await.expect("the hub answers over TLS");
}

#[tokio::test]
async fn the_operators_certificate_is_shown_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let (data, pair) = (folder.path().join("hub"), Pair::of(&["localhost"]));
    let (certificate, key) = pair.write(folder.path());
    let mut command = program();
    command
        .arg("serve")
        .env("LIANXIAO_TLS_CERT", certificate)
        .env("LIANXIAO_TLS_KEY", key);
    let (hub, address) = serve_on("127.0.0.1:0", &data, &mut command);
    assert_eq!(fingerprint_of(&hub), pair.fingerprint.to_string());
    let trust = Trust::Fingerprint(pair.fingerprint);
    let address = https(address.parse().unwrap());
    let line = Line::trusting(&address, trust, &clerk(&data)).unwrap();
    describe(&line).await.expect("the hub answers");
    assert!(!data.join("tls").exists());
}

#[test]
fn words_that_contradict_each_other_end_with_status_64_and_a_bad_certificate_with_1() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, _) = Pair::of(&["localhost"]).write(folder.path());
    let file = certificate.to_str().unwrap();
    let data = folder.path().join("hub");
    let said = |words: &[&str]| {
        let command = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--data",
            data.to_str().unwrap(),
        ];
        let output = program().args(command).args(words).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    for (words, named) in [
        (&["--tls-cert", file][..], "--tls-key"),
        (&["--tls-key", file], "--tls-cert"),
        (&["--plaintext", "--tls"], "cannot be used with"),
        (
            &["--plaintext", "--tls-cert", file, "--tls-key", file],
            "cannot be used with",
        ),
    ] {
        let (status, complaint) = said(words);
        assert_eq!(status, Some(64), "{complaint}");
        assert!(complaint.contains(named), "{complaint}");
    }
    let (status, complaint) = said(&["--tls-cert", file, "--tls-key", file]);
    assert_eq!(status, Some(1), "{complaint}");
    assert!(complaint.contains("fullchain.pem"), "{complaint}");
    let demo = program()
        .args(["demo", "--exit", "--listen", "0.0.0.0:0"])
        .output()
        .unwrap();
    assert_eq!(demo.status.code(), Some(64));
}
