//! The real program, started as its users start it.

use crate::database;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// How long the program may take to say something it must say. A hub ends what it had begun before it listens, and
/// that takes long on a machine that does much else.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// The program under test.
pub fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_lianxiao"))
}

/// The folder of the program under test, for a shell's PATH.
pub fn program_folder() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_lianxiao"))
        .parent()
        .unwrap()
        .to_owned()
}

/// A program that runs until it is dropped, and then is killed.
pub struct Running {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()
            .expect("it starts");
        let lines = read_lines(child.stdout.take().unwrap());
        Running { child, lines }
    }

    /// The next line of standard output that the reader wants.
    pub fn line<T>(&self, wanted: impl Fn(&str) -> Option<T>) -> T {
        let mut said = Vec::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => match wanted(&line) {
                    Some(found) => return found,
                    None => said.push(line),
                },
                Err(end) => panic!("the program did not say what it must ({end}): {said:#?}"),
            }
        }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the program ends of itself.
    pub fn ended(mut self) -> ExitStatus {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => return self.child.wait().unwrap(),
                Err(RecvTimeoutError::Timeout) => panic!("the program did not end"),
            }
        }
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal by name and waits for the end; true when the program ended with status 0.
    pub fn end_with(mut self, signal: &str) -> bool {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap().success()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a hub on a data folder; where it listens.
pub fn serve(data: &Path) -> (Running, String) {
    serve_as(data, program().env("LIANXIAO_LOG", "error"))
}

/// The same with a command that was made ready.
pub fn serve_as(data: &Path, command: &mut Command) -> (Running, String) {
    serve_on("127.0.0.1:0", data, command.arg("serve"))
}

/// The same on another address, with a command that says `serve` and may say more.
pub fn serve_on(listen: &str, data: &Path, command: &mut Command) -> (Running, String) {
    command.args(["--listen", listen, "--data"]).arg(data);
    command.envs(database::of_program(data).map(|url| ("LIANXIAO_DATABASE", url)));
    let serve = Running::start(command);
    let hub = serve.line(|line| line.strip_prefix("listening on ").map(str::to_owned));
    (serve, hub)
}

/// Runs an `admin` command; what it said.
pub fn try_admin(data: &Path, words: &[&str]) -> Output {
    program()
        .args(["admin", "--data"])
        .arg(data)
        .args(words)
        .output()
        .unwrap()
}

/// Runs an `admin` command that is sure to succeed; what it printed.
pub fn admin(data: &Path, words: &[&str]) -> String {
    let output = try_admin(data, words);
    assert!(
        output.status.success(),
        "{words:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Makes a group with one campus and a clerk; the clerk's token.
pub fn clerk(data: &Path) -> String {
    clerks(data, 1).remove(0)
}

/// Makes a group with one campus and so many clerks; their tokens.
pub fn clerks(data: &Path, count: usize) -> Vec<String> {
    let group = admin(data, &["group", "create", "河海教育集团"]);
    let role = ["--role", "branch", "--name", "春风分校"];
    let campus = admin(
        data,
        &[&["campus", "create", "--group", &group][..], &role].concat(),
    );
    let of = ["--group", &group, "--campus", &campus, "--holder", "教导处"];
    let create = [&["credential", "create"][..], &of].concat();
    (0..count).map(|_| admin(data, &create)).collect()
}

fn read_lines(stdout: ChildStdout) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}
