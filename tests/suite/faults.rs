//! A disk that can be watched and broken, under a real process.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// What a test notes in the log when the program has acknowledged something.
const ACKNOWLEDGED: &str = "acknowledged";

/// The log of a disk, and the library that keeps it.
pub struct Disk {
    folder: TempDir,
}

impl Disk {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/faults/shim.c");
        let made = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .arg(library(folder.path()))
            .arg(source)
            .arg("-ldl")
            .status()
            .expect("a C compiler; tests/run installs it");
        assert!(made.success(), "the shim does not compile");
        Disk { folder }
    }

    /// The folder of the log, for files of the test's own.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Lets a program run on this disk.
    pub fn carry<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("LD_PRELOAD", library(self.folder()))
            .env("LIANXIAO_FAULTS", self.folder())
    }

    /// From now on no sync succeeds.
    pub fn break_it(&self) {
        File::create(self.folder().join("fail")).unwrap();
    }

    /// From now on syncs succeed again.
    pub fn mend_it(&self) {
        std::fs::remove_file(self.folder().join("fail")).unwrap();
    }

    /// Notes that the program has acknowledged something.
    pub fn note_acknowledged(&self) {
        note_acknowledged(self.folder());
    }

    /// How many acknowledgements there were, and how many of them with no sync of the database's log
    /// since the one before.
    pub fn acknowledged_and_unsynced(&self) -> (usize, usize) {
        let log = std::fs::read_to_string(self.folder().join("log")).unwrap();
        let (mut acknowledged, mut unsynced, mut synced) = (0, 0, false);
        for line in log.lines() {
            if line == ACKNOWLEDGED {
                acknowledged += 1;
                unsynced += usize::from(!synced);
                synced = false;
            } else if line.ends_with("-wal") {
                synced = true;
            }
        }
        (acknowledged, unsynced)
    }
}

/// Notes an acknowledgement in the log of the disk in a folder.
pub fn note_acknowledged(folder: &Path) {
    let mut log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join("log"))
        .unwrap();
    writeln!(log, "{ACKNOWLEDGED}").unwrap();
}

fn library(folder: &Path) -> PathBuf {
    folder.join("shim.so")
}

/// A small disk of its own, on which a program can run out of room. It takes root to mount one.
pub struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    pub fn mount(size: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "lianxiao"])
            .arg(folder.path())
            .status()
            .expect("mount is there");
        assert!(mounted.success(), "this test mounts a disk: run it as root");
        SmallDisk { folder }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes all the room that is left.
    pub fn fill(&self) {
        let mut filler = File::create(self.filler()).unwrap();
        while filler.write_all(&[0; 4096]).is_ok() {}
    }

    /// Gives that room back.
    pub fn make_room(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a program that was killed a moment ago may still hold it.
        let _ = Command::new("umount")
            .arg("--lazy")
            .arg(self.path())
            .status();
    }
}
