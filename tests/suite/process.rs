//! The real program, started as its users start it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long the program may take to say something it must say.
pub const PATIENCE: Duration = Duration::from_secs(30);

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
                Err(mpsc::RecvTimeoutError::Timeout | mpsc::RecvTimeoutError::Disconnected) => {
                    panic!("the program did not say what it must; it said {said:#?}")
                }
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
