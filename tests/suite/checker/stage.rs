//! The real program, and everything that can happen to it.

use crate::process::{Running, program};
use lianxiao::client::Line;
use lianxiao::wire::v1;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;
use tokio::sync::watch;

/// The canteen that every campus has.
pub const CANTEEN: &str = "学生食堂";

/// The room a full disk has left, in blocks of 512 bytes.
const LITTLE_ROOM: u64 = 96;

/// A place of the group and its token.
#[derive(Clone, Debug)]
pub struct Place {
    /// Empty for the office.
    pub campus_id: String,
    pub token: String,
}

/// The hub, its folder, its group.
pub struct Stage {
    folder: TempDir,
    running: Option<Running>,
    address: watch::Sender<Option<SocketAddr>>,
    group: String,
    /// The campuses, then the office.
    pub places: Vec<Place>,
    backups: usize,
    /// The position the last backup holds.
    pub backed_up: Option<i64>,
}

impl Stage {
    /// A hub with one group.
    pub fn start(campuses: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut stage = Stage {
            folder,
            running: None,
            address: watch::channel(None).0,
            group: String::new(),
            places: Vec::new(),
            backups: 0,
            backed_up: None,
        };
        stage.serve(None);
        stage.group = stage.admin(&["group", "create", "河海教育集团"]);
        for name in campuses {
            let place = stage.campus(name);
            stage.places.push(place);
        }
        let office = ["credential", "create", "--holder", "集团办", "--office"];
        let token = stage.of_group(&office);
        stage.places.push(Place {
            campus_id: String::new(),
            token,
        });
        stage
    }

    fn campus(&self, name: &str) -> Place {
        let canteen = format!("{CANTEEN}=lunch");
        let create = ["campus", "create", "--role", "branch", "--name", name];
        let campus_id = self.of_group(&[&create[..], &["--canteen", &canteen]].concat());
        let create = ["credential", "create", "--holder", "教导处"];
        let token = self.of_group(&[&create[..], &["--campus", &campus_id]].concat());
        Place { campus_id, token }
    }

    fn of_group(&self, words: &[&str]) -> String {
        self.admin(&[words, &["--group", &self.group]].concat())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A file for something else.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where the hub is; `None`: nowhere.
    pub fn address(&self) -> watch::Receiver<Option<SocketAddr>> {
        self.address.subscribe()
    }

    /// A good line to the hub.
    pub fn line(&self, place: &Place) -> Line {
        let address = self.address.borrow().expect("the hub runs");
        Line::new(&format!("http://{address}"), &place.token).expect("a line")
    }

    fn serve(&mut self, blocks: Option<u64>) {
        let mut command = match blocks {
            None => program(),
            Some(blocks) => with_little_room(blocks),
        };
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(self.data())
            .env("LIANXIAO_LOG", "off");
        let running = Running::start(&mut command);
        let address = running.line(|line| line.strip_prefix("listening on ").map(str::to_owned));
        self.running = Some(running);
        self.address
            .send_replace(Some(address.parse().expect("an address")));
    }

    fn admin(&self, words: &[&str]) -> String {
        let data = self.data();
        let data = data.to_str().expect("an ASCII path");
        run(&[&["admin", "--data", data], words].concat())
    }

    fn kill(&mut self) {
        self.address.send_replace(None);
        self.running.take().expect("the hub runs").kill();
    }

    /// `kill -9`, and up again.
    pub fn kill_and_restart(&mut self) {
        self.kill();
        self.serve(None);
    }

    /// Up again on a disk that is nearly full.
    pub fn fill_the_disk(&mut self) {
        self.kill();
        let log = self.data().join("lianxiao.db-wal");
        let bytes = std::fs::metadata(log).map_or(0, |log| log.len());
        self.serve(Some(bytes / 512 + LITTLE_ROOM));
    }

    /// A backup of the running hub.
    pub async fn back_up(&mut self) {
        self.backups += 1;
        let file = self.backup();
        self.admin(&["backup", file.to_str().expect("an ASCII path")]);
        let office = self.places.last().expect("the office");
        let mut hub = self.line(office).hub();
        let about = hub.describe(v1::DescribeRequest {}).await;
        let about = about.expect("a description").into_inner();
        self.backed_up = Some(about.backup.expect("a backup").position);
    }

    fn backup(&self) -> PathBuf {
        self.file(&format!("backup-{}", self.backups))
    }

    /// The last backup takes the hub's place, as the manual says.
    pub fn restore(&mut self) {
        self.kill();
        let (data, backup) = (self.data(), self.backup());
        let [data, backup] = [&data, &backup].map(|path| path.to_str().expect("an ASCII path"));
        run(&["restore", "--data", data, backup]);
        self.serve(None);
        self.of_group(&["credential", "confirm"]);
    }

    /// Somebody copies the last backup over the database and tells nobody.
    pub fn restore_silently(&mut self) {
        self.kill();
        let file = self.data().join("lianxiao.db");
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(file.with_file_name(format!("lianxiao.db{suffix}")));
        }
        std::fs::copy(self.backup(), &file).expect("a copy");
        self.serve(None);
    }
}

/// The program with a bound on the size of its files: a write beyond it fails as on a full disk.
fn with_little_room(blocks: u64) -> Command {
    let mut command = Command::new("sh");
    let words = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    command.args(["-c", &words]).arg(program().get_program());
    command
}

fn run(words: &[&str]) -> String {
    let output = program().args(words).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {said}");
    String::from_utf8(output.stdout)
        .expect("text")
        .trim()
        .to_owned()
}
