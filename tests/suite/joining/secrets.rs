//! No secret is anywhere but with its holder.

use super::{Stage, joined, kept};
use crate::database;
use crate::harness::Client;
use crate::process::{program, serve_as};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lianxiao::model::invitation::Invitation;
use lianxiao::model::secret;
use lianxiao::wire::v1;
use std::fmt::Debug;
use std::fs::{self, File};
use std::path::Path;

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Everything in the files of a folder and of those in it.
fn contents(folder: &Path) -> Vec<u8> {
    let mut contents = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap() {
            of if of.is_dir() => contents.extend(self::contents(&entry.path())),
            of if of.is_file() => contents.extend(fs::read(entry.path()).unwrap()),
            _ => {}
        }
    }
    contents
}

#[test]
fn a_message_that_carries_a_secret_is_printed_without_it() {
    let secret = "lianxiao_secret".to_owned();
    let messages: [&dyn Debug; 4] = [
        &v1::CreateCredentialResponse {
            token: secret.clone(),
            ..Default::default()
        },
        &v1::CreateInvitationResponse {
            line: secret.clone(),
            ..Default::default()
        },
        &v1::JoinRequest {
            code: secret.clone(),
            token: secret.clone(),
        },
        &v1::RotateCredentialResponse {
            token: secret.clone(),
        },
    ];
    for message in messages {
        let printed = format!("{message:?}");
        assert!(printed.ends_with("(…)"), "{printed}");
        assert!(!printed.contains(&secret), "{printed}");
    }
}

#[tokio::test]
async fn nothing_but_hashes_is_in_the_hubs_files_and_in_its_logs() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("hub"), folder.path().join("log"));
    let mut serve = program();
    serve.env("LIANXIAO_LOG", "trace");
    serve.stderr(File::create(&log).unwrap());
    let (hub, address) = serve_as(&data, &mut serve);
    let stage = Stage::people(folder, hub, address);
    let created = stage.admin("create", &["--office", "--holder", "集团办"]);
    let rotated = stage.admin("rotate", &[&stage.id_of("集团办")]);
    let line = stage.invite("总务处", &[]);
    joined(&stage.join(&[&line]));
    assert!(stage.sync());
    // A client that does not mark its header as sensitive, as grpcurl does not.
    Client::of_program(&stage.address, &rotated)
        .describe()
        .await;
    // Killed, so that the write-ahead log stays.
    stage.hub.kill();
    let files = [contents(&data), database::contents(&data)].concat();
    let log = fs::read(&log).unwrap();
    assert!(
        contains(&log, b"HubService/Describe"),
        "the log tells of calls"
    );
    let invitation: Invitation = line.parse().unwrap();
    let code = invitation.code.reveal().to_owned();
    let file = stage.folder.path().join("clerk").join("credential.json");
    let token = kept(&file).token.reveal().to_owned();
    for secret in [created, rotated, token, code] {
        let text = secret.strip_prefix("lianxiao_").unwrap_or(&secret);
        let bits = URL_SAFE_NO_PAD.decode(text).unwrap();
        for (place, bytes) in [("files", &files), ("log", &log)] {
            assert!(!contains(bytes, text.as_bytes()), "in the {place}, as text");
            assert!(!contains(bytes, &bits), "in the {place}, as bytes");
        }
        assert!(
            contains(&files, &secret::hash(&secret)),
            "its hash is there"
        );
    }
}
