//! The weak line between a branch and the hub: it can be cut, and it can lose replies.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// It carries everything.
    Fair,
    /// It is cut.
    Cut,
    /// It carries what is asked; the answer is lost, and then it breaks.
    Swallows,
}

/// How long a line goes on carrying questions after it lost an answer.
const AFTER_A_LOSS: Duration = Duration::from_millis(15);

/// One branch's line.
pub struct Proxy {
    pub address: SocketAddr,
    weather: watch::Sender<Weather>,
}

impl Proxy {
    /// A line to wherever the hub is.
    pub async fn start(hub: watch::Receiver<Option<SocketAddr>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (weather, seen) = watch::channel(Weather::Fair);
        tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                let hub = *hub.borrow();
                tokio::spawn(carry(caller, hub, seen.clone()));
            }
        });
        Proxy { address, weather }
    }

    pub fn turn(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

async fn carry(caller: TcpStream, hub: Option<SocketAddr>, weather: watch::Receiver<Weather>) {
    let Some(hub) = hub.filter(|_| *weather.borrow() != Weather::Cut) else {
        return;
    };
    let Ok(hub) = TcpStream::connect(hub).await else {
        return;
    };
    let (from_caller, to_caller) = caller.into_split();
    let (from_hub, to_hub) = hub.into_split();
    let (seen, mut weather) = (weather.clone(), weather);
    let cut = async {
        let _ = weather.wait_for(|weather| *weather == Weather::Cut).await;
    };
    tokio::select! {
        () = cut => {}
        () = questions(from_caller, to_hub) => {}
        () = answers(from_hub, to_caller, seen) => {}
    }
}

async fn questions(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
    let _ = tokio::io::copy(&mut from, &mut to).await;
}

async fn answers(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    weather: watch::Receiver<Weather>,
) {
    let mut buffer = vec![0; 16 << 10];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if *weather.borrow() == Weather::Swallows {
            tokio::time::sleep(AFTER_A_LOSS).await;
            return;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
