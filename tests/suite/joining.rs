//! `lianxiao campus join`, as a clerk's computer runs it, and what is left of it where.

mod secrets;
mod way;

use crate::process::{Running, admin, program, serve, serve_on};
use lianxiao::client::Credential;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;
use way::Way;

const GROUP: &str = "河海教育集团";

/// A hub that runs as a program, and a clerk's folder.
struct Stage {
    folder: TempDir,
    hub: Running,
    address: String,
    group: String,
    campus: String,
}

impl Stage {
    fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (hub, address) = serve(&folder.path().join("hub"));
        Self::people(folder, hub, address)
    }

    /// Makes a group with one campus.
    fn people(folder: TempDir, hub: Running, address: String) -> Self {
        let data = folder.path().join("hub");
        let group = admin(&data, &["group", "create", GROUP]);
        let of = ["campus", "create", "--group", &group];
        let named = ["--role", "branch", "--name", "春风分校"];
        let campus = admin(&data, &[&of[..], &named].concat());
        Stage {
            folder,
            hub,
            address,
            group,
            campus,
        }
    }

    fn admin(&self, verb: &str, words: &[&str]) -> String {
        let of = ["credential", verb, "--group", &self.group];
        admin(&self.folder.path().join("hub"), &[&of[..], words].concat())
    }

    /// An invitation for a post at the campus.
    fn invite(&self, holder: &str, words: &[&str]) -> String {
        let whom = ["--campus", &self.campus, "--holder", holder];
        self.admin("invite", &[&whom[..], words].concat())
    }

    /// The id of a post's credential.
    fn id_of(&self, holder: &str) -> String {
        let listed = self.admin("list", &[]);
        let line = listed.lines().find(|line| line.contains(holder));
        line.unwrap().split('\t').next().unwrap().to_owned()
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("clerk").join("credential.json")
    }

    /// Joins into the clerk's file.
    fn join(&self, words: &[&str]) -> Output {
        joining(&self.file(), words).output().unwrap()
    }

    /// Brings the clerk's copy up to date; whether the hub let it.
    fn sync(&self) -> bool {
        let mut sync = program();
        sync.args(["campus", "--credential"]).arg(self.file());
        sync.arg("--data").arg(self.folder.path().join("copy.db"));
        let synced = sync.arg("sync").output().unwrap();
        String::from_utf8_lossy(&synced.stdout).contains("已同步到位置")
    }
}

fn joining(file: &Path, words: &[&str]) -> Command {
    let mut command = program();
    command
        .arg("campus")
        .arg("--data")
        .arg(file.with_file_name("first.db"));
    command.args(["join", "--credential"]).arg(file).args(words);
    command
}

fn begun(file: &Path) -> PathBuf {
    file.with_file_name("credential.json.joining")
}

fn kept(file: &Path) -> Credential {
    Credential::read(file).unwrap().expect("a credential")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn joined(output: &Output) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What a command said that did not succeed.
fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn one_line_leaves_a_credential_that_only_its_user_can_read_and_that_the_other_commands_take() {
    let stage = Stage::set();
    let line = stage.invite("总务处", &["--right", "menu=draft,act"]);
    assert!(!stage.sync(), "nobody has joined");
    let said = joined(&stage.join(&[&line]));
    assert!(said.contains("已同步到位置"), "the first copy: {said}");
    assert!(
        said.contains("已加入河海教育集团：春风分校，总务处；权限：menu=draft,act"),
        "{said}"
    );
    assert!(
        said.contains("joined 河海教育集团: 春风分校, 总务处; rights: menu=draft,act"),
        "{said}"
    );
    let file = stage.file();
    assert!(said.contains(file.to_str().unwrap()), "{said}");
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    assert!(stage.sync());
    let before = kept(&file);
    assert!(!said.contains(before.token.reveal()), "{said}");
    // The same line again, on the same computer and on another one.
    assert_eq!(joined(&stage.join(&[&line])), said);
    assert_eq!(kept(&file), before);
    let elsewhere = stage.folder.path().join("other.json");
    let other = joining(&elsewhere, &[&line]).output().unwrap();
    assert!(
        refused(&other).contains("the invitation was used already"),
        "{other:?}"
    );
    assert!(!elsewhere.exists());
}

#[test]
fn the_line_comes_from_a_file_or_from_standard_input_and_the_credential_has_a_usual_place() {
    let stage = Stage::set();
    let folder = stage.folder.path();
    let by_file = folder.join("invitation");
    fs::write(&by_file, stage.invite("总务处", &[]) + "\n").unwrap();
    joined(&stage.join(&[by_file.to_str().unwrap()]));
    let mut at_home = program();
    at_home
        .args(["campus", "join", "-"])
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("LIANXIAO_COPY", folder.join("copy.db"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut at_home = at_home.spawn().unwrap();
    let line = stage.invite("教导处", &[]);
    let mut stdin = at_home.stdin.take().unwrap();
    stdin.write_all(line.as_bytes()).unwrap();
    drop(stdin);
    let said = joined(&at_home.wait_with_output().unwrap());
    assert!(said.contains("教导处；权限：全部"), "{said}");
    let usual = folder.join("config").join("lianxiao");
    assert_eq!(mode(&usual), 0o700);
    assert_eq!(mode(&usual.join("credential.json")), 0o600);
    let noise = stage.join(&["https://hub.hhjy.cn:50051/join#code=x"]);
    assert!(refused(&noise).contains("not an invitation"), "{noise:?}");
}

#[test]
fn a_join_that_is_killed_before_the_hub_hears_of_it_or_before_its_answer_came_goes_on() {
    for answers in [false, true] {
        let stage = Stage::set();
        let way = Way::to(&stage.address);
        let line = stage.invite("总务处", &["--address", &way.address()]);
        let file = stage.file();
        let clerk = Running::start(&mut joining(&file, &[&line]));
        match answers {
            false => way.hold(),
            // The hub's answer names the group.
            true => way.lose_the_answer(GROUP),
        }
        clerk.kill();
        let token = kept(&begun(&file)).token;
        assert_eq!(mode(&begun(&file)), 0o600);
        assert!(!file.exists());
        way.carry();
        joined(&stage.join(&[&line]));
        assert_eq!(kept(&file).token, token, "the hub had heard it: {answers}");
        assert!(!begun(&file).exists());
    }
}

#[test]
fn whoever_joined_and_loses_the_hub_then_has_joined_and_hears_that_the_first_copy_is_missing() {
    let stage = Stage::set();
    let line = stage.invite("总务处", &[]);
    let mut gone = joining(&stage.file(), &[&line]);
    gone.env("LIANXIAO_HUB", "http://127.0.0.1:9");
    let output = gone.env("LIANXIAO_TOKEN", "x").output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(joined(&output).contains("已加入"));
    assert!(complaint.contains("第一份副本还没有取到"), "{complaint}");
    assert!(stage.sync(), "it comes later");
}

#[test]
fn a_credential_of_somebody_else_is_not_written_over_unless_that_is_wanted() {
    let (stage, other) = (Stage::set(), Stage::set());
    joined(&stage.join(&[&stage.invite("总务处", &[])]));
    let file = stage.file();
    let first = kept(&file);
    // Of another hub: nothing is begun, and the invitation stays good.
    let line = other.invite("总务处", &[]);
    let complaint = refused(&stage.join(&[&line]));
    assert!(
        complaint.contains("holds a credential of http://"),
        "{complaint}"
    );
    assert!(!begun(&file).exists());
    // Of another post at the same hub: it is kept beside.
    let complaint = refused(&stage.join(&[&stage.invite("教导处", &[])]));
    assert!(
        complaint.contains("holds another credential"),
        "{complaint}"
    );
    assert_eq!(kept(&file), first);
    let beside = format!("credential.json.{}", stage.id_of("教导处"));
    let beside = file.with_file_name(beside);
    assert_eq!(mode(&beside), 0o600);
    fs::rename(&beside, &file).unwrap();
    assert!(stage.sync());
    joined(&stage.join(&[&line, "--force"]));
    assert_ne!(kept(&file).address, first.address);
}

#[test]
fn an_invitation_to_a_holder_replaces_its_token_in_its_file() {
    let stage = Stage::set();
    joined(&stage.join(&[&stage.invite("总务处", &[])]));
    let (file, id) = (stage.file(), stage.id_of("总务处"));
    let first = kept(&file);
    joined(&stage.join(&[&stage.admin("rotate", &[&id, "--invite"])]));
    let second = kept(&file);
    assert_ne!(second.token, first.token);
    assert!(stage.sync());
    // The older one lasts for 7 days; a script's next token ends it at once.
    let by_hand = |credential: &Credential| {
        let mut sync = program();
        let hub = format!("http://{}", stage.address);
        sync.args(["campus", "--hub", &hub, "--data"]);
        sync.arg(stage.folder.path().join("copy.db")).arg("sync");
        sync.env("LIANXIAO_TOKEN", credential.token.reveal());
        sync.output().unwrap()
    };
    assert!(by_hand(&first).status.success());
    let printed = stage.admin("rotate", &[&id, "--overlap", "0"]);
    assert!(printed.starts_with("lianxiao_"), "{printed}");
    for older in [&first, &second] {
        let shut_out = by_hand(older);
        assert_eq!(shut_out.status.code(), Some(77), "{shut_out:?}");
        let complaint = String::from_utf8(shut_out.stderr).unwrap();
        assert!(complaint.contains("has expired"), "{complaint}");
    }
    stage.admin("revoke", &[&id]);
    assert!(stage.admin("list", &[]).contains("revoked"));
}

#[test]
fn the_list_tells_when_a_credential_ends_and_when_it_last_called() {
    let stage = Stage::set();
    joined(&stage.join(&[&stage.invite("总务处", &[])]));
    let place = ["--campus", &stage.campus, "--holder", "督导"];
    let until = ["--expires", "2097-08-31T18:00:00+08:00"];
    stage.admin("create", &[&place[..], &until].concat());
    // The columns: id, place, holder, state, rights, end, last call, label.
    let end_and_call = |holder: &str| {
        let listed = stage.admin("list", &[]);
        let mut lines = listed.lines();
        let line = lines.find(|line| line.contains(holder)).unwrap();
        let columns: Vec<&str> = line.split('\t').collect();
        (columns[5].to_owned(), columns[6].to_owned())
    };
    let never = "never".to_owned();
    let expected = ("2097-08-31T10:00:00Z".to_owned(), never.clone());
    assert_eq!(end_and_call("督导"), expected);
    assert!(stage.sync());
    // It is written down while the answer is on its way.
    let mut asked = (0..200).map(|_| end_and_call("总务处"));
    let (end, call) = asked.find(|(_, call)| *call != never).expect("it called");
    assert_eq!(end, never);
    assert!(call.parse::<jiff::Timestamp>().is_ok(), "{call}");
}

#[test]
fn under_tls_the_invitation_carries_the_certificate_and_no_other_one_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("hub");
    let (hub, address) = serve_on("127.0.0.1:0", &data, program().args(["serve", "--tls"]));
    let stage = Stage::people(folder, hub, address);
    let line = stage.invite("总务处", &[]);
    let (before, fingerprint) = line.split_once("&sha256=").expect("a fingerprint");
    assert!(
        line.starts_with(&format!("https://{}/join#code=", stage.address)),
        "{line}"
    );
    let forged = format!("{before}&sha256={}", "07".repeat(32));
    let complaint = refused(&stage.join(&[&forged]));
    assert!(
        complaint.contains(fingerprint),
        "it says what was shown: {complaint}"
    );
    assert!(!stage.file().exists());
    // The code did not leave this computer: it is as good as before.
    joined(&stage.join(&[&line]));
    assert!(stage.sync());
    assert!(stage.hub.end_with("TERM"));
}

#[test]
fn no_code_leaves_the_computer_in_plain_text_unless_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credential.json");
    let line = "http://192.0.2.1:50051/join#code=AAAAAAAAAAAAAAAAAAAAAA";
    let complaint = refused(&joining(&file, &[line]).output().unwrap());
    assert!(complaint.contains("in plain text"), "{complaint}");
    assert!(!begun(&file).exists());
}
