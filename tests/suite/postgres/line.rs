//! The line between a hub and its database: it counts how often a transaction waits for an answer, and can
//! lose a commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of the next commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is carried out and answered.
    Answered,
    /// It is carried out; the line breaks before the answer.
    Unheard,
    /// The line breaks before it.
    Undone,
}

/// The line, of as many connections as the hub opens.
pub struct Line {
    /// Where the hub finds its database.
    pub server: String,
    fate: watch::Sender<Fate>,
    turns: watch::Receiver<Vec<usize>>,
}

/// What all connections of a line know.
struct Shared {
    fate: watch::Sender<Fate>,
    turns: watch::Sender<Vec<usize>>,
}

impl Line {
    /// A line to a server, given as `postgres://user@host:port`.
    pub async fn to(server: &str) -> Self {
        let (who, host) = server.rsplit_once('@').expect("a user");
        let (listener, host) = (TcpListener::bind("127.0.0.1:0").await, host.to_owned());
        let listener = listener.expect("a port");
        let server = format!("{who}@{}", listener.local_addr().expect("an address"));
        let (fate, turns) = (watch::Sender::new(Fate::Answered), watch::Sender::default());
        let told = turns.subscribe();
        let shared = Arc::new(Shared {
            fate: fate.clone(),
            turns,
        });
        tokio::spawn(async move {
            while let Ok((hub, _)) = listener.accept().await {
                let database = TcpStream::connect(&host).await.expect("the database");
                tokio::spawn(carry(hub, database, Arc::clone(&shared)));
            }
        });
        Line {
            server,
            fate,
            turns: told,
        }
    }

    /// Says what becomes of the next commit.
    pub fn turn(&self, fate: Fate) {
        self.fate.send_replace(fate);
    }

    /// How often each transaction that was committed so far waited for an answer, its commit included.
    pub fn turns(&self) -> Vec<usize> {
        self.turns.borrow().clone()
    }
}

async fn carry(hub: TcpStream, database: TcpStream, shared: Arc<Shared>) {
    let ((from_hub, to_hub), (from_database, to_database)) =
        (hub.into_split(), database.into_split());
    let (asked, unheard) = (AtomicBool::new(false), AtomicBool::new(false));
    tokio::select! {
        () = questions(from_hub, to_database, &shared, (&asked, &unheard)) => {}
        () = answers(from_database, to_hub, (&asked, &unheard)) => {}
    }
}

fn says(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

async fn questions(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    shared: &Shared,
    (asked, unheard): (&AtomicBool, &AtomicBool),
) {
    let (mut buffer, waits) = (vec![0; 64 << 10], AtomicUsize::new(0));
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let said = &buffer[..length];
        if says(said, b"BEGIN; SELECT") {
            waits.store(0, Ordering::Relaxed);
        }
        if !asked.swap(true, Ordering::Relaxed) {
            waits.fetch_add(1, Ordering::Relaxed);
        }
        if says(said, b"; COMMIT") {
            match shared.fate.send_replace(Fate::Answered) {
                Fate::Answered => {}
                Fate::Unheard => unheard.store(true, Ordering::Relaxed),
                Fate::Undone => return,
            }
            let waited = waits.load(Ordering::Relaxed);
            shared.turns.send_modify(|turns| turns.push(waited));
        }
        if to.write_all(said).await.is_err() {
            return;
        }
    }
}

async fn answers(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    (asked, unheard): (&AtomicBool, &AtomicBool),
) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if unheard.load(Ordering::Relaxed) {
            return;
        }
        asked.store(false, Ordering::Relaxed);
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
