//! A clerk at her own computer: `lianxiao campus` as she types it, with a line and without.

mod acting;
mod asking;
mod blanks;
mod disk;
mod kills;
mod pages;
mod pairs;
mod sheets;
mod watching;
mod wrong;

use crate::process::{Running, admin, program, serve, serve_on};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// The words with which she hears that nobody answers.
const NOT_REACHED: i32 = 75;
/// Something waits for her.
const WAITS: i32 = 3;

/// A hub with a group of two campuses, each with a canteen, and their tokens.
pub struct Town {
    folder: TempDir,
    hub: Option<Running>,
    pub address: String,
    group: String,
    pub campuses: [String; 2],
}

impl Town {
    pub fn found() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("hub");
        let (hub, address) = serve(&data);
        let group = admin(&data, &["group", "create", "河海教育集团"]);
        let campus = |name: &str| {
            let create = ["campus", "create", "--group", &group, "--name", name];
            let more = ["--role", "branch", "--canteen", "学生食堂=lunch"];
            admin(&data, &[&create[..], &more].concat())
        };
        let campuses = [campus("春风分校"), campus("滨湖分校")];
        Town {
            folder,
            hub: Some(hub),
            address,
            group,
            campuses,
        }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("hub")
    }

    /// A clerk of a campus, at a computer of her own.
    pub fn clerk(&self, campus: usize, computer: &str) -> Clerk {
        let of = ["--group", &self.group, "--campus", &self.campuses[campus]];
        let create = [&["credential", "create", "--holder", "教导处"][..], &of].concat();
        self.desk(computer, admin(&self.data(), &create))
    }

    /// The office, at a computer of its own.
    pub fn office(&self) -> Clerk {
        let of = ["--group", &self.group, "--office", "--holder", "集团办"];
        let create = [&["credential", "create"][..], &of].concat();
        self.desk("office", admin(&self.data(), &create))
    }

    fn desk(&self, computer: &str, token: String) -> Clerk {
        let folder = self.folder.path().join(computer);
        std::fs::create_dir(&folder).expect("a new computer");
        Clerk {
            folder,
            hub: format!("http://{}", self.address),
            token,
        }
    }

    /// The operator has looked at the credentials after a restore.
    pub fn confirm(&self) {
        admin(
            &self.data(),
            &["credential", "confirm", "--group", &self.group],
        );
    }

    /// `kill -9` of the hub.
    pub fn kill_hub(&mut self) {
        self.hub.take().expect("it runs").kill();
    }

    /// Up again where it was.
    pub fn raise_hub(&mut self) {
        let mut command = program();
        let command = command.env("LIANXIAO_LOG", "error").arg("serve");
        let (hub, _) = serve_on(&self.address, &self.data(), command);
        self.hub = Some(hub);
    }
}

/// A clerk and her computer.
pub struct Clerk {
    pub folder: PathBuf,
    pub hub: String,
    pub token: String,
}

impl Clerk {
    /// A command line of hers, not yet run.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = program();
        command.args(["campus", "--hub", &self.hub, "--data"]);
        command.arg(self.copy()).args(words);
        command
            .env("LIANXIAO_TOKEN", &self.token)
            .env_remove("LANG");
        command.env_remove("LC_ALL").env_remove("LANGUAGE");
        command
    }

    pub fn copy(&self) -> PathBuf {
        self.folder.join("copy.db")
    }

    pub fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().expect("it runs")
    }

    /// Runs what ends with a status; what it said on both screens.
    pub fn says(&self, status: i32, words: &[&str]) -> String {
        let output = self.run(words);
        let said = [&output.stdout[..], &output.stderr[..]].concat();
        let said = String::from_utf8(said).expect("text");
        assert_eq!(output.status.code(), Some(status), "{words:?}: {said}");
        said
    }

    /// The same with `--json`: what was printed.
    pub fn json(&self, status: i32, words: &[&str]) -> Value {
        let output = self.run(&[words, &["--json"]].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{words:?}: {said}");
        let said = String::from_utf8(output.stdout).expect("text");
        let last = said.split_inclusive("\n}\n").next().expect("a document");
        serde_json::from_str(last).unwrap_or_else(|error| panic!("{words:?}: {error}: {said}"))
    }

    /// A file of hers.
    pub fn file(&self, name: &str, text: &str) -> String {
        let file = self.folder.join(name);
        std::fs::write(&file, text).expect("a file");
        file.to_str().expect("an ASCII folder").to_owned()
    }

    /// Her records of a kind, as `list` prints them.
    pub fn list(&self, kind: &str) -> Vec<Value> {
        let listed = self.json(0, &["list", "--kind", kind]);
        listed["records"].as_array().expect("a list").clone()
    }
}

/// A week's menu as a list: a row a day.
pub fn menu(rows: &[(&str, &str)]) -> String {
    let rows = rows
        .iter()
        .map(|(date, dishes)| format!("{date},午餐,{dishes}\n"));
    format!("日期,餐次,菜名\n{}", rows.collect::<String>())
}

/// Sessions as a list.
pub fn sessions(rows: &[(&str, &str)]) -> String {
    let rows = rows
        .iter()
        .map(|(date, title)| format!("{date},{title},三楼录播室,张老师\n"));
    format!("日期,活动主题,地点,主备人\n{}", rows.collect::<String>())
}

/// A canteen note as JSON.
fn note(topic: &str) -> String {
    serde_json::json!({"canteenNote": {"topic": topic, "measure": "每餐专人留样"}}).to_string()
}

/// A session as JSON.
fn session_json(title: &str) -> String {
    serde_json::json!({"session": {
        "form": "SESSION_FORM_JOINT_PREP", "title": title, "subjects": ["数学"],
        "days": [{"date": "2026-05-12"}], "invitesAll": true,
    }})
    .to_string()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("an ASCII path")
}

#[test]
fn everything_but_the_sync_works_without_a_line_and_nothing_typed_is_lost_or_sent_twice() {
    let mut town = Town::found();
    let clerk = town.clerk(0, "laptop");
    let never = clerk.says(1, &["status"]);
    assert!(
        never.contains("没有副本") && never.contains("there is no copy"),
        "{never}"
    );
    clerk.says(0, &["sync"]);
    town.kill_hub();
    clerk.says(0, &["put", &clerk.file("note.json", &note("留样"))]);
    let typed = clerk.list("canteen_note");
    assert_eq!(
        (&typed[0]["title"], &typed[0]["waiting"]),
        (&"留样".into(), &true.into())
    );
    let id = typed[0]["record_id"].as_str().expect("an id").to_owned();
    assert!(clerk.says(0, &["show", &id[..8]]).contains("每餐专人留样"));
    let history = clerk.says(0, &["history", &id]);
    assert!(
        history.contains("待上报") && history.contains("--all"),
        "{history}"
    );
    assert!(clerk.says(0, &["conflicts"]).contains("没有两处改动待定"));
    let state = clerk.says(0, &["status"]);
    assert!(
        state.contains("春风分校") && state.contains("待上报 1 条"),
        "{state}"
    );
    let unreached = clerk.says(NOT_REACHED, &["sync"]);
    assert!(
        unreached.contains("联系不上中心") && unreached.contains("没有丢"),
        "{unreached}"
    );
    clerk.says(NOT_REACHED, &["history", &id, "--all"]);
    town.raise_hub();
    let synced = clerk.says(0, &["sync"]);
    assert!(synced.contains("已收  食堂经验与不足 留样"), "{synced}");
    let synced = clerk.json(0, &["sync"]);
    assert_eq!(
        (&synced["answers"], &synced["waiting"]),
        (&serde_json::json!([]), &0.into())
    );
    assert_eq!(clerk.list("canteen_note")[0]["version"], 1);
    let whole = clerk.json(0, &["history", &id, "--all"]);
    assert_eq!(whole["events"].as_array().expect("events").len(), 1);
}

#[test]
fn a_command_speaks_the_language_that_is_asked_for() {
    let town = Town::found();
    let clerk = town.clerk(0, "laptop");
    clerk.says(0, &["sync"]);
    let english = clerk.says(0, &["status", "--lang", "en"]);
    assert!(
        english.contains("0 waiting") && !english.contains("待上报"),
        "{english}"
    );
    let mut by_locale = clerk.command(&["status"]);
    let by_locale = by_locale
        .env("LANG", "en_US.UTF-8")
        .output()
        .expect("it runs");
    let said = String::from_utf8(by_locale.stdout).expect("text");
    assert!(
        said.contains("0 waiting") && !said.contains("待上报"),
        "{said}"
    );
    assert!(clerk.says(0, &["status"]).contains("待上报 0 条"));
}

#[test]
fn help_says_the_statuses_and_completion_knows_every_action() {
    let help = program()
        .args(["campus", "--help"])
        .output()
        .expect("it runs");
    let help = String::from_utf8(help.stdout).expect("text");
    for status in [
        "3 when", "64 for", "65 when", "74 when", "75 when", "77 when",
    ] {
        let told = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(status), "{status}: {help}");
    }
    let script = program()
        .args(["completion", "bash"])
        .output()
        .expect("it runs");
    let script = String::from_utf8(script.stdout).expect("text");
    for word in [
        "confirm-arrival",
        "report-attendance",
        "out-of-stock",
        "ask-correction",
    ] {
        assert!(script.contains(word), "{word}");
    }
}
