//! `lianxiao campus`, as a clerk's computer runs it.

use super::forger::Forger;
use crate::process::{Running, clerk, program, serve};
use serde_json::Value;
use std::path::Path;
use std::process::Output;

/// Runs a `campus` command on a copy beside the hub's folder.
fn campus(folder: &Path, hub: &str, token: &str, words: &[&str]) -> Output {
    let mut command = program();
    command.args(["campus", "--hub", &format!("http://{hub}"), "--data"]);
    command.arg(folder.join("copy.db")).args(words);
    command
        .env("LIANXIAO_TOKEN", token)
        .output()
        .expect("it runs")
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

#[tokio::test]
async fn the_command_says_whole_with_status_0_and_rewritten_with_status_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("hub");
    let (running, hub) = serve(&data);
    let token = clerk(&data);
    let synced = campus(folder.path(), &hub, &token, &["sync"]);
    assert!(said(&synced).contains("已同步到位置 1："), "{synced:?}");
    let whole = campus(folder.path(), &hub, &token, &["verify"]);
    assert_eq!(whole.status.code(), Some(0), "{whole:?}");
    let words = said(&whole);
    assert!(words.contains("链头一致：位置 1 到 1 "), "{words}");
    assert!(words.contains("agrees: positions 1 to 1 "), "{words}");
    // It says what was compared, and what was not.
    assert!(words.contains("1 条记录的现行版"), "{words}");
    assert!(
        words.contains("older versions said was not compared this time"),
        "{words}"
    );
    let all = campus(folder.path(), &hub, &token, &["verify", "--all"]);
    let words = said(&all);
    assert!(
        words.contains("0 older versions are, as the hub tells them"),
        "{words}"
    );
    let again = campus(folder.path(), &hub, &token, &["verify", "--json"]);
    let found: Value = serde_json::from_str(&said(&again)).expect("JSON");
    assert_eq!(
        (&found["whole"], &found["after"]),
        (&true.into(), &1.into())
    );
    assert!(running.end_with("TERM"));

    let forger = Forger::open(&data).await;
    forger.reword(1, "春风分校", "秋风分校").await;
    forger.rechain().await;
    forger.close().await;
    let (_running, hub) = serve(&data);
    let rewritten = campus(folder.path(), &hub, &token, &["verify"]);
    assert_eq!(rewritten.status.code(), Some(1), "{rewritten:?}");
    let words = said(&rewritten);
    assert!(
        words.contains("历史被改写：到位置 0 ") && words.contains("rewritten: "),
        "{words}"
    );
    assert!(
        words.contains("内容不符：campus ") && !words.contains("agrees"),
        "{words}"
    );
    let json = campus(folder.path(), &hub, &token, &["verify", "--all", "--json"]);
    assert_eq!(json.status.code(), Some(1), "{json:?}");
    let found: Value = serde_json::from_str(&said(&json)).expect("JSON");
    let expected = serde_json::json!({"what": "rewritten", "after": 0, "by": 1});
    assert_eq!(
        (&found["whole"], &found["difference"]),
        (&false.into(), &expected)
    );
}

#[test]
fn what_cannot_be_found_out_is_status_2_and_the_token_may_stand_in_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("hub");
    let (running, hub) = serve(&data);
    let file = folder.path().join("token");
    std::fs::write(&file, clerk(&data) + "\n").expect("a file");
    let by_file = ["--token-file", file.to_str().expect("a path"), "verify"];
    let by_file = campus(folder.path(), &hub, "lianxiao_nobody", &by_file);
    assert_eq!(by_file.status.code(), Some(0), "{by_file:?}");
    let unknown = campus(folder.path(), &hub, "lianxiao_nobody", &["verify"]);
    assert_eq!(unknown.status.code(), Some(2), "{unknown:?}");
    let why = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(why.contains("a token that this hub knows"), "{why}");
    assert!(running.end_with("TERM"));
    let down = campus(folder.path(), &hub, "lianxiao_nobody", &["verify"]);
    assert_eq!(down.status.code(), Some(2), "{down:?}");
}

#[test]
fn a_hub_under_tls_is_recognised_by_its_certificate() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("hub");
    let mut covered = program();
    let listen = ["serve", "--tls", "--listen", "127.0.0.1:0", "--data"];
    let running = Running::start(covered.args(listen).arg(&data).env("LIANXIAO_LOG", "error"));
    let hub = running.line(|line| line.strip_prefix("listening on ").map(str::to_owned));
    let known = running.line(|line| line.strip_prefix("certificate SHA-256 ").map(str::to_owned));
    let (token, hub) = (clerk(&data), format!("https://{hub}"));
    for (fingerprint, status) in [(known, 0), ("00".repeat(32), 2)] {
        let mut verify = program();
        verify.args([
            "campus",
            "--hub",
            &hub,
            "--fingerprint",
            &fingerprint,
            "--data",
        ]);
        verify.arg(folder.path().join("copy.db")).arg("verify");
        let ended = verify.env("LIANXIAO_TOKEN", &token).output();
        assert_eq!(
            ended.expect("it runs").status.code(),
            Some(status),
            "{fingerprint}"
        );
    }
}
