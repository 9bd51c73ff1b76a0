//! The real program, once on a file or several times on one database, and everything that can happen to it.

use crate::hubs::server::Server;
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

/// How many hubs are on one database.
const HUBS: usize = 2;

/// A hub, or the place of one that was killed.
struct Seat {
    running: Option<Running>,
    own: Option<SocketAddr>,
    /// Where its clients find it or, while it is gone, the next one.
    address: watch::Sender<Option<SocketAddr>>,
}

/// The hubs, their folders, their group.
pub struct Stage {
    folder: TempDir,
    seats: Vec<Seat>,
    server: Option<Server>,
    group: String,
    /// The campuses, then the office.
    pub places: Vec<Place>,
    backups: usize,
    /// The position the last backup holds.
    pub backed_up: Option<i64>,
}

impl Stage {
    /// A hub on a file of its own, with one group.
    pub fn on_a_file(campuses: &[&str]) -> Self {
        Self::start(campuses, 1, None)
    }

    /// Hubs on a server of their own, with one group.
    pub fn of_hubs(campuses: &[&str]) -> Self {
        Self::start(campuses, HUBS, Some(Server::start()))
    }

    fn start(campuses: &[&str], hubs: usize, server: Option<Server>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let seat = |_| Seat {
            running: None,
            own: None,
            address: watch::channel(None).0,
        };
        let mut stage = Stage {
            folder,
            seats: (0..hubs).map(seat).collect(),
            server,
            group: String::new(),
            places: Vec::new(),
            backups: 0,
            backed_up: None,
        };
        for seat in 0..hubs {
            stage.serve(seat, None);
        }
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

    /// Whether the hub keeps its records in a file, which it backs up itself.
    pub fn is_a_file(&self) -> bool {
        self.server.is_none()
    }

    /// That of the first hub.
    fn data(&self) -> PathBuf {
        self.data_of(0)
    }

    fn data_of(&self, seat: usize) -> PathBuf {
        self.folder.path().join(format!("data-{seat}"))
    }

    /// A file for something else.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where a branch finds its hub; `None`: nowhere.
    pub fn address(&self, branch: usize) -> watch::Receiver<Option<SocketAddr>> {
        self.seats[branch % self.seats.len()].address.subscribe()
    }

    /// A good line to the hub.
    pub fn line(&self, place: &Place) -> Line {
        let address = self.seats[0].address.borrow().expect("a hub runs");
        Line::new(&format!("http://{address}"), &place.token).expect("a line")
    }

    fn serve(&mut self, seat: usize, blocks: Option<u64>) {
        let mut command = match blocks {
            None => program(),
            Some(blocks) => with_little_room(blocks),
        };
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(self.data_of(seat))
            .env("LIANXIAO_LOG", "off")
            .envs(
                self.server
                    .iter()
                    .map(|server| ("LIANXIAO_DATABASE", server.database())),
            );
        let running = Running::start(&mut command);
        let address = running.line(|line| line.strip_prefix("listening on ").map(str::to_owned));
        self.seats[seat].running = Some(running);
        self.seats[seat].own = Some(address.parse().expect("an address"));
        self.tell_where();
    }

    fn tell_where(&self) {
        let any = self.seats.iter().find_map(|seat| seat.own);
        for seat in &self.seats {
            seat.address.send_replace(seat.own.or(any));
        }
    }

    fn admin(&self, words: &[&str]) -> String {
        let data = self.data();
        let data = data.to_str().expect("an ASCII path");
        run(&[&["admin", "--data", data], words].concat())
    }

    fn kill(&mut self) {
        let last = self.seats.len() - 1;
        self.seats[last].own = None;
        self.tell_where();
        let running = self.seats[last].running.take();
        running.expect("the hub runs").kill();
    }

    /// `kill -9` of the last hub, and up again.
    pub fn kill_and_restart(&mut self) {
        self.kill();
        self.serve(self.seats.len() - 1, None);
    }

    /// The end of the database under the feet of the hubs, and up again.
    pub fn crash_the_database(&self) {
        let server = self.server.as_ref().expect("a server");
        server.crash();
        server.start_again();
    }

    /// Up again on a disk that is nearly full.
    pub fn fill_the_disk(&mut self) {
        self.kill();
        let log = self.data().join("lianxiao.db-wal");
        let bytes = std::fs::metadata(log).map_or(0, |log| log.len());
        self.serve(0, Some(bytes / 512 + LITTLE_ROOM));
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
        self.serve(0, None);
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
        self.serve(0, None);
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
