//! A PostgreSQL server that one test has for itself, to stop and start.

use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The server. It ends with the test.
pub struct Server {
    folder: TempDir,
    /// The address that a database's name is put behind.
    url: String,
}

impl Server {
    /// As `tests/run` starts its own.
    pub fn start() -> Self {
        let shared = Path::new("/dev/shm");
        let folder = match shared.is_dir() {
            true => tempfile::tempdir_in(shared),
            false => tempfile::tempdir(),
        };
        let folder = folder.expect("a folder");
        let url = tools("start_postgres \"$0\"", folder.path());
        Server { folder, url }
    }

    /// Where an empty database of it is.
    pub fn database(&self) -> String {
        format!("{}/postgres", self.url)
    }

    /// Ends it as a crash does: what is under way is lost.
    pub fn crash(&self) {
        self.run("with_postgres \"$0\" pg_ctl -m immediate -w -s stop");
    }

    /// Starts it again.
    pub fn start_again(&self) {
        self.run("with_postgres \"$0\" pg_ctl -w -s -l \"$0/postgres/log\" start");
    }

    fn run(&self, words: &str) {
        tools(&format!("{words} >&2"), self.folder.path());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        tools("stop_postgres \"$0\"", self.folder.path());
    }
}

/// Runs words of the shell, with what `tests/tools` knows and a folder as `$0`; what they print.
fn tools(words: &str, folder: &Path) -> String {
    let mut shell = Command::new("bash");
    shell
        .args(["-euc", &format!("source tests/tools; {words}")])
        .arg(folder)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit());
    let ran = shell.output().expect("a shell");
    assert!(ran.status.success(), "{words}");
    let said = String::from_utf8(ran.stdout).expect("text");
    said.trim().to_owned()
}
