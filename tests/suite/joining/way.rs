//! The way from a clerk's computer to the hub, on which things get lost.

use std::io::{Read as _, Write as _, copy};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// A way to a hub. What becomes of a caller is decided for each in turn.
pub struct Way {
    listener: TcpListener,
    hub: String,
}

impl Way {
    pub fn to(hub: &str) -> Self {
        Way {
            listener: TcpListener::bind("127.0.0.1:0").unwrap(),
            hub: hub.to_owned(),
        }
    }

    pub fn address(&self) -> String {
        self.listener.local_addr().unwrap().to_string()
    }

    /// Waits for a caller that has said something, of which the hub never hears.
    pub fn hold(&self) {
        let (mut caller, _) = self.listener.accept().unwrap();
        caller.read_exact(&mut [0]).unwrap();
    }

    /// Carries what a caller says to the hub, and loses the answer once a word was in it.
    pub fn lose_the_answer(&self, word: &str) {
        let (mut caller, _) = self.listener.accept().unwrap();
        let mut hub = TcpStream::connect(&self.hub).unwrap();
        let mut to_hub = hub.try_clone().unwrap();
        thread::spawn(move || copy(&mut caller, &mut to_hub));
        let (mut answer, mut part) = (Vec::new(), [0; 4096]);
        while !answer
            .windows(word.len())
            .any(|part| part == word.as_bytes())
        {
            let length = hub.read(&mut part).unwrap();
            assert_ne!(length, 0, "the hub did not answer");
            answer.extend_from_slice(&part[..length]);
        }
    }

    /// Carries everything for every caller from now on.
    pub fn carry(self) {
        thread::spawn(move || {
            for caller in self.listener.incoming() {
                let (caller, hub) = (caller.unwrap(), TcpStream::connect(&self.hub).unwrap());
                pipe(caller.try_clone().unwrap(), hub.try_clone().unwrap());
                pipe(hub, caller);
            }
        });
    }
}

fn pipe(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let _ = copy(&mut from, &mut to);
        let _ = to.flush();
        let _ = to.shutdown(std::net::Shutdown::Write);
    });
}
